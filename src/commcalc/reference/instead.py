"""A SPIFF in the place of others: whether it takes a deal in, so that they are not paid on it (§6.5)."""

from __future__ import annotations

from datetime import date

from commcalc.plan.components import Spiff
from commcalc.plan.components.spiff import InsteadOf
from commcalc.plan.model import Plan
from commcalc.reference.expression import Given, evaluate
from commcalc.reference.names import Scope


def takes(plan: Plan, spiff: Spiff, scope: Scope, day: date) -> Given:
    """Tell whether the SPIFF takes the deal in: by its dates, its conditions and its measure's; None where that is undecided."""
    dates = spiff.dates
    if dates is not None and not (dates.first or date.min) <= day <= (dates.last or date.max):
        return False
    measured = plan.measures[spiff.on].where if spiff.on is not None else None
    found = [evaluate(said.node, scope) for said in (spiff.eligible, spiff.where, measured) if said is not None]
    return False if False in found else None if None in found else True


def in_place_of(plan: Plan, component: str) -> list[Spiff]:
    """Return the SPIFFs that are paid instead of a component."""
    return [s for s in _all(plan) if component in s.stacks.instead_of]  # type: ignore[union-attr]


def not_counted_by(plan: Plan, measure: str) -> list[Spiff]:
    """Return the SPIFFs whose deals do not count in a measure: it is that of a component in whose place they are paid."""
    return [
        s
        for s in _all(plan)
        if isinstance(s.stacks, InsteadOf)
        and not s.stacks.counts_to_quota
        and any(plan.components[name].runs_over == measure for name in s.stacks.instead_of)
    ]


def _all(plan: Plan) -> list[Spiff]:
    return [c for c in plan.components.values() if isinstance(c, Spiff) and isinstance(c.stacks, InsteadOf)]


def both(holds: Given, taken: list[Given]) -> Given:
    """Return whether a condition holds and no SPIFF takes the deal in; what is undecided decides nothing that is decided without it."""
    found = [holds, *(None if t is None else not t for t in taken)]
    return False if False in found else None if None in found else True
