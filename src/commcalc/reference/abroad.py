"""Paid abroad: each step of a payment in the currency that its payee is paid in (§12.3)."""

from __future__ import annotations

from commcalc.base.money import minor_units
from commcalc.plan.exchange import exchange_of
from commcalc.plan.model import Plan
from commcalc.reference.currency import rate
from commcalc.reference.job import Payment
from commcalc.reference.numbers import Cents
from commcalc.reference.records import Records


def abroad(records: Records, plan: Plan, steps: list[Payment]) -> list[Payment]:
    """Return the steps of a payment, each with what it is in the currency that its payee is paid in (§12.3)."""
    return [_abroad(records, plan, step) for step in steps]


def _abroad(records: Records, plan: Plan, step: Payment) -> Payment:
    theirs = records.facts(step.payee, records.now).get("currency") or plan.currency
    if theirs == plan.currency:
        return step
    component = plan.components.get(step.component) if step.step in ("released", "clawback") else None
    chosen = exchange_of(records.house.fx, plan, component)
    said = (chosen.pay, chosen.max_age)
    found = rate(records.job.fx, records.calendar, (plan.currency, theirs), records.now, said)
    if found is None:
        records.refuse(step.payee, "payment", "", f"no rate to pay {theirs}")
        return step.abroad(theirs)
    cents = Cents(minor_units(theirs), records.house.readings.get("rounding", "half-up"))  # type: ignore[arg-type]
    return step.abroad(theirs, found.paid(step.amount, plan.currency, cents), found.figure, found.source, found.of)
