"""SPIFFs: what is counted, shared or spent over a window has a window, an end and payees of its own."""

from __future__ import annotations

from collections.abc import Iterator

from commcalc.base.problem import Problem
from commcalc.checks.expressions import at_place, scope_of
from commcalc.checks.facts import Facts
from commcalc.checks.problems import (
    LIMIT_BELOW,
    SPIFF_BUDGET,
    SPIFF_END,
    SPIFF_FLOOR,
    SPIFF_MINIMUM,
    SPIFF_SPLIT,
    SPIFF_WINDOW,
)
from commcalc.language.expression import Type, check_expression
from commcalc.language.expression.nodes import Number, Unary
from commcalc.plan.components.spiff import Budget, Spiff
from commcalc.plan.load import LoadedPlan
from commcalc.plan.walk import Path, component_places
from commcalc.plan.windows import OF_PAYEE


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with the limits of each SPIFF."""
    for name, said in loaded.plan.components.items():
        if isinstance(said, Spiff) and (said.limits_count or isinstance(said.budget, Budget)):
            path: Path = ("components", name)
            yield from _window(loaded, path, said)
            yield from _split(loaded, path, said, facts)
            yield from _budget(loaded, path, said)
            yield from _minimum(loaded, name, said, facts)


def _keys(said: Spiff) -> list[str]:
    """The keys by which a SPIFF looks at more than one deal, in the order of the reference."""
    asked = {"first": said.first is not None, "minimum": said.minimum is not None, "budget": isinstance(said.budget, Budget)}
    return [key for key, there in asked.items() if there]


def _window(loaded: LoadedPlan, path: Path, said: Spiff) -> Iterator[Problem]:
    measure = loaded.plan.measures.get(said.on) if said.on is not None else None
    window = measure.window if measure is not None else ""
    why = "each deal is alone in it" if window == "deal" else "each payee has another"
    if window == "deal" or (window in OF_PAYEE and said.shared_by_all):
        key = _keys(said)[0] if window == "deal" else "budget" if isinstance(said.budget, Budget) else "first"
        yield SPIFF_WINDOW.at(loaded.tree.span_of((*path, key), key=True), key=key, on=said.on, window=window, why=why)


def _split(loaded: LoadedPlan, path: Path, said: Spiff, facts: Facts) -> Iterator[Problem]:
    if (said.split or facts.readings.get("split")) == "pay":
        key = _keys(said)[0]
        yield SPIFF_SPLIT.at(loaded.tree.span_of((*path, key), key=True), key=key)


def _budget(loaded: LoadedPlan, path: Path, said: Spiff) -> Iterator[Problem]:
    budget, tree = said.budget, loaded.tree
    if not isinstance(budget, Budget):
        return
    node, at = budget.amount.node, tree.span_of((*path, "budget", "amount"))
    if isinstance(node, Unary) and node.op == "-" and isinstance(node.operand, Number):
        yield LIMIT_BELOW.at(at, what="the budget", text=budget.amount.text)
    elif not isinstance(node, Number) or node.type == "ratio":
        yield SPIFF_BUDGET.at(at, text=budget.amount.text, currency=loaded.plan.currency)
    if any(limit.per != "deal" for limit in said.floors):
        yield SPIFF_FLOOR.at(tree.span_of((*path, "floor"), key=True))
    window = loaded.plan.measures[said.on].window if said.on in loaded.plan.measures else "life"
    if budget.when_spent == "prorate" and window == "life" and (said.dates is None or said.dates.last is None):
        yield SPIFF_END.at(tree.span_of((*path, "budget", "when_spent")))


def _minimum(loaded: LoadedPlan, name: str, said: Spiff, facts: Facts) -> Iterator[Problem]:
    scope = scope_of(loaded.plan, facts)
    for place in component_places(name, said):
        if place.path[2] != "minimum" or "by" in place.path or place.key:
            continue
        found = check_expression(place.expression, at_place(scope, place))[0]
        if found in (Type.MONEY, Type.RATIO):
            shown = "an amount" if found is Type.MONEY else "a ratio"
            yield SPIFF_MINIMUM.at(loaded.tree.span_of(place.path), text=place.expression.text, found=shown)
