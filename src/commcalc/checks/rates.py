"""Rates and limits: a ratio or an amount, not below zero; caps above floors; targets that can be had."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.problems import (
    BARE_RATE,
    BELOW_ZERO,
    CAP_FLOOR,
    LIMIT_BELOW,
    NO_AMOUNT,
    NO_QUOTA,
    NO_TARGET,
    OVER_ONE,
    SHARES,
)
from commcalc.checks.tiers import number_of
from commcalc.language.expression import Expression
from commcalc.language.expression.nodes import Number, Unary
from commcalc.plan.components import Bonus, Commission
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.load import LoadedPlan
from commcalc.plan.shapes import Points, Rows
from commcalc.plan.targets import PartOf
from commcalc.plan.walk import Path, Place

YEARLY = ("period", "month", "quarter", "half", "year")


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with rates, limits and targets."""
    del facts
    for place in loaded.places:
        if _is_fraction(place):
            yield from _rate(loaded, place, amount="")
        elif _is_rate(place):
            yield from _rate(loaded, place, amount=f", {place.expression.text} {loaded.plan.currency} for an amount")
        yield from _amount(loaded, place)
    for name, component in loaded.plan.components.items():
        path: Path = ("components", name)
        yield from _limits(loaded, path, component)
        yield from _target(loaded, path, name, component)
    yield from _shares(loaded)


def _is_rate(place: Place) -> bool:
    """A place where a rate, a tier's pay, a factor or a SPIFF's pay stands: not a key, bound or point."""
    path = place.path
    if path[0] != "components" or place.wanted != "figure" or place.key or "by" in path[3:]:
        return False
    if path[-2] == "points" and path[-1] == place.expression.text:  # a point's key is what is looked up, not what is paid
        return False
    if path[2] == "accelerators":
        return "pay" in path
    if path[2] == "rate":
        return "tiers" not in path or "pay" in path
    if path[2] == "pay":
        return True
    return (path[2] == "multiply" and "factor" in path) or (path[2] == "kickers" and "add" in path)


def _is_fraction(place: Place) -> bool:
    """A gate's `else`: the part of the pay that it lets through."""
    return place.path[0] == "components" and place.path[2] == "gate" and place.path[-1] == "else"


def _plain(expression: Expression) -> tuple[Number, bool] | None:
    """Return the number that an expression plainly is, and whether it is below zero."""
    node = expression.node
    negative = isinstance(node, Unary) and node.op == "-"
    number = node.operand if isinstance(node, Unary) else node
    return (number, negative and number.value != 0) if isinstance(number, Number) else None


def _rate(loaded: LoadedPlan, place: Place, *, amount: str) -> Iterator[Problem]:
    plain = _plain(place.expression)
    if plain is None:
        return
    number, negative = plain
    text = place.expression.text
    if number.type == "number" and number.value != 0:
        yield BARE_RATE.at(loaded.tree.span_of(place.path), text=text, amount=amount)
    elif negative and place.path[2] != "kickers":
        yield BELOW_ZERO.at(loaded.tree.span_of(place.path), text=text)
    elif place.path[2] == "rate" and number.type == "ratio" and number.value > 1 and text.strip().endswith("%"):
        yield OVER_ONE.at(loaded.tree.span_of(place.path), text=text)


def _amount(loaded: LoadedPlan, place: Place) -> Iterator[Problem]:
    """A target, a quota and earnings are not below zero."""
    plain = _plain(place.expression)
    if plain is None or not plain[1]:
        return
    ends = {("components", "target"): "the target", ("measures", "quota"): "the quota", ("payment", "ote"): "the earnings"}
    what = ends.get(
        (str(place.path[0]), str(place.path[-1] if place.path[0] == "payment" else place.path[2:3] and place.path[2]))
    )
    if what is not None and not place.key:
        yield LIMIT_BELOW.at(loaded.tree.span_of(place.path), what=what, text=place.expression.text)


def _limits(loaded: LoadedPlan, path: Path, component: ComponentBase) -> Iterator[Problem]:
    """Caps and floors are not below zero, and no cap is below the floor of the same stretch and unit."""
    floors: dict[tuple[str, str], tuple[Decimal, str]] = {}
    for key, limits in (("floor", component.floors), ("cap", component.caps)):
        for number, limit in enumerate(limits):
            at: Path = (*path, key, "at") if len(limits) == 1 else (*path, key, number, "at")
            part = isinstance(limit.at, PartOf)
            value = limit.at.share if isinstance(limit.at, PartOf) else number_of(limit.at)
            text = limit.at.text
            if value is None:
                continue
            if value < 0:
                yield LIMIT_BELOW.at(loaded.tree.span_of(at), what=f"the {key}", text=text)
            unit = (limit.per, limit.at.of if isinstance(limit.at, PartOf) else "")
            floor = floors.get(unit)
            if key == "floor":
                floors[unit] = (value, text)
            elif floor is not None and value < floor[0] and (part or value >= 0):
                yield CAP_FLOOR.at(loaded.tree.span_of(at), cap=text, floor=floor[1])


def _target(loaded: LoadedPlan, path: Path, name: str, component: ComponentBase) -> Iterator[Problem]:
    plan, tree = loaded.plan, loaded.tree
    target = component.target
    on = getattr(component, "on", None)
    measure = plan.measures.get(on) if on else None
    if isinstance(component, Commission) and component.rate == "on-target":
        if target is None:
            yield NO_TARGET.at(tree.span_of((*path, "rate")), key="rate: on-target", name=name)
        if measure is not None and measure.quota is None:
            yield NO_QUOTA.at(tree.span_of((*path, "rate")), text="on-target", name=on)
    if isinstance(component, Bonus) and target is None and _is_ratio(component):
        yield NO_TARGET.at(tree.span_of((*path, "payout"), key=True), key="a payout in percent", name=name)
    for limit in (*component.caps, *component.floors):
        if isinstance(limit.at, PartOf) and limit.at.of == "target" and target is None:
            yield NO_TARGET.at(tree.span_of((*path, "cap"), key=True), key="a limit in parts of the target", name=name)
            break
    if isinstance(target, PartOf) and target.share < 0:
        yield LIMIT_BELOW.at(tree.span_of((*path, "target")), what="the target", text=target.text)
    if isinstance(target, PartOf) and target.of == "variable" and measure is not None and measure.window not in YEARLY:
        yield NO_AMOUNT.at(tree.span_of((*path, "target")), window=measure.window)


def _is_ratio(component: Bonus) -> bool:
    payout = component.payout
    first = (
        next(iter(payout.points.values()))
        if isinstance(payout, Points)
        else next((v for _, v in payout.entries()), None)
        if isinstance(payout, Rows)
        else payout
    )
    return isinstance(first, Expression) and isinstance(first.node, Number) and first.node.type == "ratio"


def _shares(loaded: LoadedPlan) -> Iterator[Problem]:
    """Advice where the shares of the target variable do not add up to 100%."""
    shares = [
        (n, c.target.share)
        for n, c in loaded.plan.components.items()
        if isinstance(c.target, PartOf) and c.target.of == "variable"
    ]
    total = sum((s for _, s in shares), Decimal(0))
    if shares and total != 1:
        shown = f"{total * 100:f}".rstrip("0").rstrip(".") if "." in f"{total * 100:f}" else f"{total * 100:f}"
        yield SHARES.at(loaded.tree.span_of(("components", shares[-1][0], "target")), sum=f"{shown}%")
