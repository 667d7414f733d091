"""What cannot be converted: a deal, or a payment, in a currency of which no rate is known."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.base.problem import Kind, Problem
from commcalc.plan.exchange import RateKind

NO_RATE = Kind(
    "K150",
    "No rate for a deal's currency",
    "{component}: no rate from {currency} to {plan} {when}{latest}",
    "add the rate to the table `fx`{age}",
    """A deal in another currency is credited at the rate that the plan names. Where there is none, and none that is young enough, the
deal is listed and nothing is paid on it; no rate is ever taken as 1. The other direction will do: then it is divided.

Fails: a deal in EUR of 2026-01-05 by `fx: {credit: on date}` where the last rate is of 2025-12-31.
Works: a row EUR, USD, 2026-01-05, 1.0842; or `max_age: 7 days`.""",
    "exception",
)
NO_PAY_RATE = Kind(
    "K151",
    "No rate for a payee's currency",
    "{component}: `{payee}` is paid in {currency}, and there is no rate from {plan} {when}{latest}",
    "add the rate to the table `fx`{age}",
    """A payee in another currency is paid at the rate that the component, the plan or the project names. Where there is none the step
has no paid amount, and the payment no sum, until the rate is there.

Fails: a payee with `currency: INR`, `fx: {pay: fixed}`, and no rate fixed for the year.
Works: a row USD, INR, period 2026, 83.""",
    "exception",
)
WHEN = {"on date": "on {day}", "period average": "for the period that holds {day}", "fixed": "fixed for {day}"}
KINDS: tuple[Kind, ...] = (NO_RATE, NO_PAY_RATE)


def lacking(
    kind: Kind, rates: pl.DataFrame, pair: tuple[str, str], day: date | None, named: RateKind | None, **facts: str
) -> Problem:
    """Return what is said of a rate that there is not: between which currencies, when, and which was the latest before."""
    mine = (
        (pl.col("~kind") == named) & (pl.col("~first") <= day) if named is not None and day is not None else pl.lit(value=False)
    )
    both = pl.col("~one").is_in(pair) & pl.col("~other").is_in(pair)
    before = rates.filter(mine & both).sort("~first")
    latest = f"; the latest is of {before['~of'][-1]}" if len(before) else ""
    age = ", or let an older one be taken: `max_age: 7 days`" if named == "on date" else ""
    when = WHEN[named].format(day=day) if named is not None else f"on {day}"
    return kind.at(None, when=when, latest=latest, age=age, **facts)
