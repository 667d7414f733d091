"""What a side of a comparison pays: the plans, the house and the tables, calculated for every pay period of a span."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from commcalc.base.calendar import Period
from commcalc.base.problem import Report
from commcalc.checks import Facts, check_plans
from commcalc.engine.book import House
from commcalc.engine.run import run
from commcalc.inputs.tables import Inputs
from commcalc.plan.load import LoadedPlan
from commcalc.tables.exact import D

Progress = Callable[[str], None]
BASE = "base pay"
KEY = ("payee", "plan", "component", "goal", "deal", "credit_date", "window_first", "window_last")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("payee", "plan", "component", "goal", "deal"), pl.String),
    **dict.fromkeys(("credit_date", "window_first", "window_last"), pl.Date),
    "amount": D,
}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: the plans in force by name, and all that they are calculated with."""

    plans: tuple[LoadedPlan, ...]
    house: House
    inputs: Inputs
    facts: Facts

    def with_plans(self, plans: Sequence[LoadedPlan]) -> Side:
        """Return this side under other plans."""
        return replace(self, plans=tuple(sorted(plans, key=lambda p: p.plan.plan)))

    def reading(self, key: str, value: str | None) -> Side:
        """Return this side with one of the house's readings changed; None takes it away."""
        readings = {k: v for k, v in self.house.readings.items() if k != key} | ({} if value is None else {key: value})
        return replace(self, house=replace(self.house, readings=readings), facts=replace(self.facts, readings=readings))


@dataclass(frozen=True, slots=True)
class Paid:
    """What a side pays in a span.

    money: payee plan component goal deal credit_date window_first window_last amount, one row each; people: payee name plan.
    """

    money: pl.DataFrame
    people: pl.DataFrame
    exceptions: int


def paid(side: Side, periods: Sequence[Period], progress: Progress) -> tuple[Paid | None, Report]:
    """Calculate each period of the span; None where the plans are refused.

    What a slower plan has accrued counts once: where it is paid, or at the end of the span where it is not paid within.
    """
    report = check_plans(side.plans, side.facts)
    if report.errors:
        return None, report
    money, people, exceptions = [pl.DataFrame(schema=SCHEMA)], [], 0
    for period in periods:
        progress(f"calculating {period.name}")
        result = run(side.plans, side.house, side.inputs.calendar, side.inputs.tables, period, side.inputs.exceptions)
        report.extend(result.report)
        if result.report.errors:
            return None, report
        lines = result.lines if period is periods[-1] else result.lines.filter(~pl.col("accrued"))
        money.append(_plain(lines))
        money.append(_base(result.payments))
        people.append(result.payouts.select("payee", "name", "plan"))
        exceptions = len(result.exceptions)
    return Paid(pl.concat(money), _once(people), exceptions), report


def _plain(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.select(pl.col(n).cast(t) for n, t in SCHEMA.items()) if len(lines) else pl.DataFrame(schema=SCHEMA)


def _base(payments: pl.DataFrame) -> pl.DataFrame:
    """Base pay that the plan pays, as if a component of it; it has no goal, deal or window."""
    steps = payments.filter(pl.col("step") == "base") if len(payments) else pl.DataFrame(schema=SCHEMA)
    known = steps.with_columns(pl.lit(BASE).alias("component"))
    return known.select((pl.col(n) if n in known.columns else pl.lit(None)).cast(t).alias(n) for n, t in SCHEMA.items())


def _once(people: list[pl.DataFrame]) -> pl.DataFrame:
    """Each payee once, with the name known last and every plan of the span."""
    every = pl.concat(people)
    plans = every.with_columns(pl.col("plan").str.split(", ")).explode("plan").unique(["payee", "plan"]).sort("payee", "plan")
    joined = plans.group_by("payee").agg(pl.col("plan").drop_nulls().str.join(", "))
    names = every.group_by("payee", maintain_order=True).agg(pl.col("name").drop_nulls().last())
    return names.join(joined, on="payee", how="left").sort("payee")
