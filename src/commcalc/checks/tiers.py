"""Tiers and points: in order, starting at nought, by a measure that grows credit by credit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.problems import (
    FEW_POINTS,
    FIRST_TIER,
    POINTS,
    REACHES,
    TIER_AVERAGE,
    TIER_BY,
    TIER_ORDER,
    TIER_OTHER,
)
from commcalc.language.expression import Expression
from commcalc.language.expression.nodes import Call, Name, Node, Number, Text, Unary
from commcalc.plan.components import Commission
from commcalc.plan.load import LoadedPlan
from commcalc.plan.shapes import Points
from commcalc.plan.tiers import Tiers
from commcalc.plan.walk import Path

IN_ORDER = ("marginal", "prospective", "inclusive")


def number_of(expression: Expression) -> Decimal | None:
    """Return the number that an expression plainly is, else None."""
    node: Node = expression.node
    if isinstance(node, Unary) and node.op == "-" and isinstance(node.operand, Number):
        return -node.operand.value
    return node.value if isinstance(node, Number) else None


def measure_of(expression: Expression, own: str | None) -> tuple[str, str | None] | None:
    """Return (`attainment` or `value`, measure) where an expression is plainly one of these, else None."""
    node = expression.node
    if isinstance(node, Name) and node.id in ("attainment", "value"):
        return node.id, own
    if isinstance(node, Call) and node.function in ("attainment", "value"):
        named = node.args[0] if node.args else None
        return node.function, named.value if isinstance(named, Text) else own
    return None


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with the tiers of each commission and the points of every curve."""
    del facts
    for name, component in loaded.plan.components.items():
        path: Path = ("components", name)
        if isinstance(component, Commission):
            for key, tiers in (("rate", component.rate), ("accelerators", component.accelerators)):
                if isinstance(tiers, Tiers):
                    yield from _tiers(loaded, (*path, key), tiers, component.on)
    for path, curve in curves(loaded):
        yield from _points(loaded, path, curve)


def _tiers(loaded: LoadedPlan, path: Path, tiers: Tiers, on: str) -> Iterator[Problem]:
    tree = loaded.tree
    by = measure_of(tiers.by, on)
    if by is None:
        yield TIER_BY.at(tree.span_of((*path, "by")), text=tiers.by.text)
    elif by[1] in loaded.plan.measures:
        yield from _by(loaded, path, tiers, (by[0], str(by[1])), on)
    before: tuple[Decimal, Path] | None = None
    for number, tier in enumerate(tiers.tiers):
        at = (*path, "tiers", number, "from" if tier.includes else "above")
        bound = number_of(tier.start)
        if number == 0 and bound is not None and bound > 0:
            yield FIRST_TIER.at(tree.span_of(at), bound=tier.start.text)
        if bound is not None and before is not None and bound <= before[0]:
            previous = tiers.tiers[number - 1].start.text
            how = "below" if bound < before[0] else "where it starts:"
            yield TIER_ORDER.at(tree.span_of(at), bound=tier.start.text, how=how, before=previous).with_also(
                tree.span_of(before[1]), "the tier before it"
            )
        before = (bound, at) if bound is not None else before
        yield from _reaches(loaded, (*path, "tiers", number, "reaches"), tiers, number)


def _by(loaded: LoadedPlan, path: Path, tiers: Tiers, by: tuple[str, str], on: str) -> Iterator[Problem]:
    _, name = by
    measure = loaded.plan.measures[name]
    if tiers.apply in IN_ORDER and name != on:
        yield TIER_OTHER.at(loaded.tree.span_of((*path, "apply")), apply=tiers.apply, name=name)
    if tiers.apply in IN_ORDER and name == on and measure.aggregate not in ("sum", "count"):
        yield TIER_AVERAGE.at(loaded.tree.span_of((*path, "apply")), name=name, aggregate=measure.aggregate)


def _reaches(loaded: LoadedPlan, path: Path, tiers: Tiers, number: int) -> Iterator[Problem]:
    reaches = tiers.tiers[number].reaches
    if reaches == "here":
        return
    place = loaded.tree.span_of(path)
    if tiers.apply != "marginal":
        yield REACHES.at(
            place, what=f"`reaches` says something only where `apply` is marginal, and it is {tiers.apply}", mend="leave it out"
        )
    elif reaches.startswith("tier ") and int(reaches[5:]) > number + 1:
        yield REACHES.at(place, what=f"tier {number + 1} cannot reach up to {reaches}", mend="name a tier below it, or zero")


def curves(loaded: LoadedPlan) -> Iterator[tuple[Path, Points]]:
    """Yield every curve of a plan with its path."""
    for path, value in values(loaded):
        if isinstance(value, Points):
            yield path, value


def values(loaded: LoadedPlan) -> Iterator[tuple[Path, object]]:
    """Yield every value of a plan that may be a table or a curve, with its path."""
    plan = loaded.plan
    for section, found in (("columns", plan.columns), ("tables", plan.tables)):
        for name, value in found.items():
            yield (section, name), value
    for name, param in plan.params.items():
        yield ("params", name, "default"), getattr(param, "default", None)
    for name, measure in plan.measures.items():
        yield ("measures", name, "weight"), measure.weight
        yield ("measures", name, "quota"), measure.quota
    for name, component in plan.components.items():
        path: Path = ("components", name)
        for key in ("rate", "payout", "pay"):
            yield (*path, key), getattr(component, key, None)
        for key, field in (("kickers", "add"), ("multiply", "factor")):
            items = getattr(component, key)
            for number, item in enumerate(items):
                yield ((*path, key, field) if len(items) == 1 else (*path, key, number, field)), getattr(item, field)
        for key in ("rate", "accelerators"):
            tiers = getattr(component, key, None)
            if isinstance(tiers, Tiers):
                for number, tier in enumerate(tiers.tiers):
                    yield (*path, key, "tiers", number, "pay"), tier.pay


def _points(loaded: LoadedPlan, path: Path, curve: Points) -> Iterator[Problem]:
    tree = loaded.tree
    if curve.between == "linear" and len(curve.points) < 2:
        yield FEW_POINTS.at(tree.span_of((*path, "points"), key=True))
    before: tuple[Decimal, str] | None = None
    for x in curve.points:
        bound = number_of(x)
        if bound is not None and before is not None and bound <= before[0]:
            at = tree.span_of((*path, "points", x.text), key=True)
            yield POINTS.at(at, bound=x.text, before=before[1]).with_also(
                tree.span_of((*path, "points", before[1]), key=True), "the point before it"
            )
        if bound is not None:
            before = (bound, x.text)
