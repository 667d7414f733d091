"""Base pay of a calendar period, where the plan pays it (§7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from commcalc.base.money import minor_units
from commcalc.plan.model import Plan
from commcalc.reference.job import Payment
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ZERO, Cents, over
from commcalc.reference.payments import STEPS
from commcalc.reference.records import Records
from commcalc.reference.time import overlap


def base_pay(records: Records, plan: Plan) -> Iterator[Payment]:
    """Yield the base pay of the run's calendar period, where the plan pays it (§7.3)."""
    period = records.calendar.period_of(records.now)
    assert period is not None, records.now
    if plan.payment.base != "paid":
        return
    for payee in sorted(records.assignments):
        rows = [
            (days, min(last, period.last), row)
            for first, last, row in records.rows_on(payee, plan)
            if (days := overlap([(first, last)], period.first, period.last))
        ]
        amount = _base(records, plan, payee, rows)
        if amount:
            yield Payment(payee, plan.plan, plan.currency, STEPS.index("base") + 1, "base", "", amount)


def _base(records: Records, plan: Plan, payee: str, rows: list[tuple[int, date, Any]]) -> Decimal:
    """The period's share of the year's base, the cents left to the earliest; by days where the plan says so."""
    period = records.calendar.period_of(records.now)
    assert period is not None, records.now
    year = records.calendar.periods_of_year(period)
    cents = Cents(minor_units(plan.currency), records.house.readings.get("rounding", "half-up"))  # type: ignore[arg-type]
    parts = []
    for days, last, row in rows:
        scope = Scope(records, plan, payee, last)
        scope.assigned = row
        whole = scope.earnings("base")
        if whole is not None:
            shares = cents.shared(cents.rounded(whole), [over(whole, len(year))] * len(year))
            parts.append((shares[year.index(period)], days))
    if not parts:
        return ZERO
    if plan.payment.prorate is None or plan.payment.prorate.base != "days":
        return parts[-1][0]
    total = sum((amount * days for amount, days in parts), ZERO)
    return cents.rounded(over(total, (period.last - period.first).days + 1))
