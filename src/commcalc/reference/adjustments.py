"""Adjustments: which plan's payment each belongs to, and in which span (§10.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from commcalc.plan.model import Plan
from commcalc.reference.job import Row
from commcalc.reference.records import Records
from commcalc.reference.time import Window

ADJUSTMENTS = "adjustments"
"""What could not be calculated, where an adjustment belongs to no payment."""


def adjustments(records: Records, plan: Plan, payee: str, span: Window) -> Iterator[Row]:
    """Yield the adjustments that are a payee's payment's for a span, in the order of their ids."""
    for row in sorted(records.job.adjustments, key=lambda r: str(r["adjustment_id"])):
        mine = records.named(row["payee_id"]) == payee and plan_of(records, row) == plan.plan and placed(plan, row)
        if mine and span.holds(_days(records, row)[1]):
            yield row


def placed(plan: Plan, row: Row) -> bool:
    """Whether an adjustment under a plan is paid or added to a debt of it; another is an exception and makes no payment."""
    debt = debt_of(row)
    return debt is None or debt in {d.name for d in plan.payment.named_debts}


def debt_of(row: Row) -> str | None:
    """Return the debt that an adjustment is added to; None where it is paid."""
    return str(row.get("component") or "") if row.get("target") == "debt" else None


def adjusted(records: Records, plan: Plan) -> set[str]:
    """Return who has an adjustment under a plan."""
    mine = (r for r in records.job.adjustments if plan_of(records, r) == plan.plan and placed(plan, r))
    return {records.named(r["payee_id"]) for r in mine}


def adjusted_from(records: Records, plan: Plan) -> list[date]:
    """Return the last days of the periods of all adjustments under a plan: there is a payment also before anybody is on it."""
    mine = (r for r in records.job.adjustments if plan_of(records, r) == plan.plan and placed(plan, r))
    return [_days(records, r)[1] for r in mine]


def plan_of(records: Records, row: Row) -> str | None:
    """Return the plan an adjustment is under: its own, else that of the payee's last assignment in the period; None where there is none."""
    if row.get("plan"):
        return str(row["plan"])
    first, last = _days(records, row)
    programs = {p.plan for p in records.job.plans if p.of_all}
    found: list[tuple[date, str]] = []
    for plan in (p for p in records.job.plans if p.plan not in programs):
        for one in records.assignments.get(records.named(row["payee_id"]), ()):
            begins = max(one["from"], plan.effective.first or date.min, first)
            ends = min(one.get("to") or date.max, plan.effective.last or date.max, last)
            if one["plan"] == plan.plan and begins <= ends:
                found.append((ends, plan.plan))
    return max(found)[1] if found else None


def refuse_unplaced(records: Records) -> None:
    """Note each adjustment that has come due and is no payment's: of nobody's plan, or of a debt that the plan does not have."""
    plans = {p.plan: p for p in records.job.plans}
    for row in (r for r in records.job.adjustments if _days(records, r)[1] <= records.now):
        payee, plan = records.named(row["payee_id"]), plans.get(plan_of(records, row) or "")
        if plan is None:
            records.refuse(payee, ADJUSTMENTS, "", f"the adjustment {row['adjustment_id']} is under no plan")
        elif not placed(plan, row):
            records.refuse(
                payee, ADJUSTMENTS, "", f"the adjustment {row['adjustment_id']} is for a debt that the plan does not have"
            )


def _days(records: Records, row: Row) -> tuple[date, date]:
    found = records.calendar.named(row["period"])
    assert found is not None, row["period"]
    return found
