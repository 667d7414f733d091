"""A SPIFF in the place of others: its conditions, turned round, are conditions of those it stands for (docs/semantics.md 6.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

from commcalc.language.expression import Expression
from commcalc.language.expression.nodes import Binary, DateLit, Name, Node, Unary
from commcalc.plan.components.spiff import InsteadOf, Spiff
from commcalc.plan.load import LoadedPlan
from commcalc.plan.model import Plan


def with_places_taken(loaded: LoadedPlan) -> LoadedPlan:
    """Return the plan with every component and measure leaving out the deals that SPIFFs take in instead."""
    plan = loaded.plan
    spiffs = [(n, c, c.stacks) for n, c in plan.components.items() if isinstance(c, Spiff) and isinstance(c.stacks, InsteadOf)]
    if not spiffs:
        return loaded
    components, measures = dict(plan.components), dict(plan.measures)
    for name, spiff, stacks in spiffs:
        taken = _taken(plan, spiff)
        for other in stacks.instead_of:
            said = components[other]
            components[other] = said.model_copy(update={"where": _but_not(said.where, taken, name)})
        for on in {plan.components[other].runs_over for other in stacks.instead_of} if not stacks.counts_to_quota else ():
            counted = measures[on or ""]
            measures[on or ""] = counted.model_copy(update={"where": _but_not(counted.where, taken, name)})
    return replace(loaded, plan=plan.model_copy(update={"components": components, "measures": measures}))


def _taken(plan: Plan, spiff: Spiff) -> Node | None:
    """The condition by which a SPIFF takes a deal in: its dates, whom it is for, its own condition and its measure's; none: all."""
    parts = list(_conditions(plan, spiff))
    return reduce(lambda left, right: Binary("and", left, right, 0, 0), parts) if parts else None


def _conditions(plan: Plan, spiff: Spiff) -> Iterator[Node]:
    day = Name("credit_date", 0, 0)
    if spiff.dates is not None and spiff.dates.first is not None:
        yield Binary(">=", day, DateLit(spiff.dates.first, 0, 0), 0, 0)
    if spiff.dates is not None and spiff.dates.last is not None:
        yield Binary("<=", day, DateLit(spiff.dates.last, 0, 0), 0, 0)
    measured = plan.measures[spiff.on].where if spiff.on is not None else None
    yield from (said.node for said in (spiff.eligible, spiff.where, measured) if said is not None)


def _but_not(where: Expression | None, taken: Node | None, spiff: str) -> Expression:
    """Join a condition with that the SPIFF does not take the deal in; without any condition it takes all, and nothing is left."""
    name = Name("deal_id", 0, 0)
    never: Node = Binary("<>", name, name, 0, 0)
    node: Node = Unary("not", taken, 0, 0) if taken is not None else never
    text = f"not paid by {spiff} instead"
    if where is None:
        return Expression(text, node)
    return Expression(f"({where.text}) and {text}", Binary("and", where.node, node, 0, 0))
