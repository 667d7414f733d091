"""Payment: what is released of each component, and base pay; the steps add up to what is payable (semantics 9)."""

from __future__ import annotations

import polars as pl

from commcalc.base.money import minor_units
from commcalc.engine.book import Book
from commcalc.engine.facts import ote_columns
from commcalc.engine.people import LAST_DAY
from commcalc.engine.rules import Rules
from commcalc.engine.tenure import days_of
from commcalc.plan.model import Plan
from commcalc.tables.exact import D, product, quotient, round_to

ZERO = pl.lit(0).cast(D)
STEPS = ("released", "base")
"""The steps of a payment, in order."""


def base_pay(book: Book, plan: Plan, rules: Rules, mode: str) -> pl.DataFrame:
    """Return `~p ~base` for the calendar period: the year's base shared over its periods, prorated if so said (semantics 9.4).

    The cents left go to the earliest periods: 100,000 is 8,333.34 in January to April and 8,333.33 after.
    """
    rows = book.people.assignments.filter(pl.col("plan") == plan.plan)
    has_ote = plan.payment.ote is not None or ("ote" in rows.columns and rows["ote"].null_count() < len(rows))
    if plan.payment.base is None or not has_ote:
        return pl.DataFrame(schema={"~p": pl.UInt32, "~base": D})
    period = book.period
    rows = rows.select("~p", "~a", "~from", "~to").filter((pl.col("~from") <= period.last) & (pl.col("~to") >= period.first))
    rows = rows.with_columns(pl.min_horizontal("~to", pl.lit(period.last)).alias("~d"))
    rows = ote_columns(book, plan, rows, rules)
    places = minor_units(plan.currency)
    year = round_to(quotient(product(pl.col("~ote"), pl.col("~base")), pl.col("~base") + pl.col("~variable")), places, mode)
    names = [p.name for p in book.calendar.periods_of_year(period)]
    count, index = len(names), names.index(period.name)
    units = (year * 10**places).cast(pl.Int64)
    mine = units // count + (units % count > index).cast(pl.Int64)
    rows = rows.with_columns((mine.cast(D) / pl.lit(10**places).cast(D)).alias("~base"))
    switch = plan.payment.prorate
    if switch is not None and switch.base == "days":
        rows = _by_days(book, rows, places, mode)
    else:
        rows = rows.sort("~p", "~from").unique("~p", keep="last", maintain_order=True)
    return rows.group_by("~p", maintain_order=True).agg(pl.col("~base").sum())


def _by_days(book: Book, rows: pl.DataFrame, places: int, mode: str) -> pl.DataFrame:
    """Each assignment's part of the period's base, by days employed on it."""
    facts = book.people.facts
    employed = facts.group_by("~p").agg(
        (pl.col("payee.hired").last() if "payee.hired" in facts.columns else pl.lit(None, dtype=pl.Date)).alias("~hired"),
        (pl.col("payee.left").last() if "payee.left" in facts.columns else pl.lit(None, dtype=pl.Date)).alias("~left"),
    )
    joined = rows.join(employed, on="~p", how="left").with_columns(
        pl.lit(book.period.first).alias("~pf"), pl.lit(book.period.last).alias("~pl")
    )
    begin, end = pl.max_horizontal("~pf", "~from", "~hired"), pl.min_horizontal("~pl", "~to", "~left", pl.lit(LAST_DAY))
    taken = ((end - begin).dt.total_days() + 1).clip(lower_bound=0).cast(D)
    part = quotient(product(pl.col("~base"), taken), days_of("~pf", "~pl").cast(D))
    return joined.with_columns(round_to(part, places, mode).alias("~base"))


def payments(released: pl.DataFrame, bases: pl.DataFrame) -> pl.DataFrame:
    """Return the payment steps: columns of tables.results.PAYMENTS.

    In: released `payee plan currency component amount`; bases `payee plan currency amount`.
    """
    steps = [
        released.select(
            "payee",
            "currency",
            pl.lit(1, dtype=pl.UInt32).alias("order"),
            pl.lit("released").alias("step"),
            "plan",
            "component",
            "amount",
        ),
        bases.select(
            "payee",
            "currency",
            pl.lit(2, dtype=pl.UInt32).alias("order"),
            pl.lit("base").alias("step"),
            "plan",
            pl.lit("").alias("component"),
            "amount",
        ),
    ]
    return pl.concat(steps)


def payouts(earned: pl.DataFrame, paid: pl.DataFrame, names: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Return one row per payee and currency: columns of tables.results.PAYOUTS.

    In: `payee currency earned accrued held`; people: everybody who is on a plan.
    """
    steps = paid.group_by("payee", "currency").agg(
        pl.col("amount").filter(pl.col("step") == "base").sum().alias("base"),
        pl.col("amount").filter(pl.col("step") == "released").sum().alias("released"),
    )
    frame = people.join(earned, on=["payee", "currency"], how="full", coalesce=True).join(
        steps, on=["payee", "currency"], how="full", coalesce=True
    )
    frame = frame.join(names, on="payee", how="left")
    figures = ["base", "base_shown", "earned", "accrued", "held", "released"]
    frame = frame.with_columns(pl.col(figures).fill_null(ZERO)).with_columns(
        (pl.col("base") + pl.col("released")).alias("payable")
    )
    return frame.select("payee", "name", "plan", "currency", *figures, "payable")
