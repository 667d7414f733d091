"""Payment: what is released of each component, and base pay; the steps add up to what is payable (semantics 9)."""

from __future__ import annotations

import polars as pl

from commcalc.base.money import minor_units
from commcalc.engine.book import Book
from commcalc.engine.facts import ote_columns
from commcalc.engine.people import stretches
from commcalc.engine.rules import Rules
from commcalc.plan.model import Plan
from commcalc.tables.exact import D, exact_lit, product, quotient, round_to
from commcalc.tables.results import PAYMENTS, PAYOUTS, STEPS

ZERO = pl.lit(0).cast(D)


def base_pay(book: Book, plan: Plan, rules: Rules, mode: str) -> pl.DataFrame:
    """Return `~p ~base` for the calendar period: the year's base shared over its periods, prorated if so said (semantics 9.4).

    The cents left go to the earliest periods: 100,000 is 8,333.34 in January to April and 8,333.33 after.
    """
    rows = book.people.assignments.filter(pl.col("plan") == plan.plan)
    has_ote = plan.payment.ote is not None or ("ote" in rows.columns and rows["ote"].null_count() < len(rows))
    if plan.payment.base is None or not has_ote:
        return pl.DataFrame(schema={"~p": pl.UInt32, "~base": D})
    period = book.period
    rows = stretches(book.people, plan).filter((pl.col("~b") <= period.last) & (pl.col("~z") >= period.first))
    rows = rows.with_columns(pl.min_horizontal("~z", pl.lit(period.last)).alias("~d"))
    rows = ote_columns(book, plan, rows, rules)
    places = minor_units(plan.currency)
    year = round_to(quotient(product(pl.col("~ote"), pl.col("~base")), pl.col("~base") + pl.col("~variable")), places, mode)
    names = [p.name for p in book.calendar.periods_of_year(period)]
    count, index = len(names), names.index(period.name)
    units = (year * 10**places).cast(pl.Int64)
    mine = units // count + (units % count > index).cast(pl.Int64)
    rows = rows.with_columns((mine.cast(D) / pl.lit(10**places).cast(D)).alias("~base"))
    switch = plan.payment.prorate
    if switch is None or switch.base != "days":
        last = rows.sort("~p", "~d").unique("~p", keep="last", maintain_order=True)
        return last.select("~p", "~base").filter(pl.col("~base").is_not_null())
    begun = pl.max_horizontal("~b", pl.lit(period.first))
    taken = product(pl.col("~base"), ((pl.col("~d") - begun).dt.total_days() + 1).cast(D))
    sums = rows.with_columns(taken.alias("~taken")).group_by("~p", maintain_order=True).agg(pl.col("~taken").sum())
    whole = exact_lit((period.last - period.first).days + 1)
    return sums.select("~p", round_to(quotient(pl.col("~taken"), whole), places, mode).alias("~base"))


def payments(released: pl.DataFrame, bases: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return the payment steps that are not zero: columns of tables.results.PAYMENTS.

    In: released `payee plan currency component step amount`; bases `payee plan currency amount`; others: the rest, with `step`.
    """
    columns = ["payee", "currency", "step", "plan", "component", "amount"]
    base = bases.with_columns(pl.lit("base").alias("step"), pl.lit("").alias("component"))
    every = pl.concat([released.select(columns), others.select(*columns, "note"), base.select(columns)], how="diagonal")
    every = every.with_columns(pl.col("note").fill_null(""))
    order = pl.col("step").replace_strict({s: n for n, s in enumerate(STEPS, 1)}, return_dtype=pl.UInt32).alias("order")
    found = every.filter(pl.col("amount") != 0).with_columns(order).select(PAYMENTS.names)
    return found.sort("payee", "currency", "order", "plan", "component", maintain_order=True)


def payouts(earned: pl.DataFrame, paid: pl.DataFrame, names: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Return one row per payee and currency: columns of tables.results.PAYOUTS.

    In: `payee currency earned accrued held`; people: everybody who is on a plan.
    """
    steps = paid.group_by("payee", "currency").agg(
        *(pl.col("amount").filter(pl.col("step") == step).sum().alias(column) for step, column in STEPS.items()),
        pl.col("amount").sum().alias("payable"),
    )
    frame = people.join(earned, on=["payee", "currency"], how="full", coalesce=True).join(
        steps, on=["payee", "currency"], how="full", coalesce=True
    )
    frame = frame.join(names, on="payee", how="left")
    text = ("payee", "name", "plan", "currency")
    return frame.select(*text, *(pl.col(c).fill_null(ZERO) for c in PAYOUTS.names if c not in text))
