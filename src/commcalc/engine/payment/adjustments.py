"""Adjustments: what is paid, or added to a debt, by hand and with a reason (docs/semantics.md 10.2)."""

from __future__ import annotations

import polars as pl

from commcalc.engine.book import Book
from commcalc.plan.model import Plan
from commcalc.tables.exact import D

ZERO = pl.lit(0).cast(D)
GIVEN: dict[str, pl.DataType | type[pl.DataType]] = {
    "adjustment_id": pl.String,
    "~p": pl.UInt32,
    "~day": pl.Date,
    "debt": pl.String,
    "amount": D,
    "note": pl.String,
}


def with_plans(book: Book) -> pl.DataFrame:
    """Return the adjustments of payees with `~plan`, under which each is paid, and `~day`, the last day of its period.

    The plan is the one that is named, else that of the payee's assignment on the last day of the period on which there is one.
    """
    rows = book.adjustments
    days = {n: s[1] for n in rows["period"].unique().to_list() if (s := book.calendar.named(n)) is not None}
    firsts = {n: s[0] for n in days if (s := book.calendar.named(n)) is not None}
    dated = rows.with_columns(
        pl.col("period").replace_strict(days, default=None, return_dtype=pl.Date).alias("~day"),
        pl.col("period").replace_strict(firsts, default=None, return_dtype=pl.Date).alias("~begins"),
    ).sort("~p", "~day")
    plans = [p.plan.plan for p in book.plans if not p.plan.of_all]
    assigned = book.people.assignments.filter(pl.col("plan").is_in(plans) & ~pl.col("~derived"))
    assigned = assigned.select("~p", pl.col("plan").alias("~theirs"), "~from", "~to").sort("~p", "~from")
    found = dated.join_asof(assigned, left_on="~day", right_on="~from", by="~p", check_sortedness=False)
    theirs = pl.when(pl.col("~to") >= pl.col("~begins")).then(pl.col("~theirs"))
    named = pl.coalesce("plan", theirs) if "plan" in rows.columns else theirs
    return found.with_columns(named.alias("~plan")).drop("~begins", "~theirs", "~from", "~to").sort("adjustment_id")


def adjustments_of(book: Book, plan: Plan) -> pl.DataFrame:
    """Return the adjustments under a plan up to the run's end, GIVEN; `debt` is the debt that is added to, else it is paid."""
    if book.adjustments.is_empty():
        return pl.DataFrame(schema=GIVEN)
    rows = with_plans(book).filter((pl.col("~plan") == plan.plan) & (pl.col("~day") <= book.now))
    component = pl.col("component") if "component" in rows.columns else pl.lit(None, dtype=pl.String)
    if "currency" in rows.columns:  # of another currency it is an exception
        rows = rows.filter(pl.col("currency").is_null() | (pl.col("currency") == plan.currency))
    target = pl.col("target").fill_null("payment") if "target" in rows.columns else pl.lit("payment")
    debt = pl.when(target == "debt").then(component.fill_null(""))
    return rows.select(
        "adjustment_id", "~p", "~day", debt.alias("debt"), pl.col("amount").cast(D), pl.col("reason").alias("note")
    )


def in_spans(given: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Add `~k`, the number of the paying span that holds each adjustment's period; those before the first have none."""
    found = given.sort("~day").join_asof(spans.select("~k", "~first").sort("~first"), left_on="~day", right_on="~first")
    return found.filter(pl.col("~k").is_not_null()).drop("~first").sort("adjustment_id")


def with_adjustments(plan: Plan, rows: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Add `~adjusted`, what is paid by hand in each payee's span, `~lent N`, what is added to each debt, and `~written`: there is any.

    One for a debt that the plan does not have is an exception and makes no payment.
    """
    debts = [d.name for d in plan.payment.named_debts]
    wanted = [("~adjusted", pl.col("debt").is_null()), *((f"~lent {n}", pl.col("debt") == name) for n, name in enumerate(debts))]
    placed = given.filter(pl.col("debt").is_null() | pl.col("debt").is_in(debts)).select("~p", "~k").unique()
    placed = placed.with_columns(pl.lit(value=True).alias("~written"))
    rows = rows.join(placed, on=["~p", "~k"], how="left", maintain_order="left").with_columns(
        pl.col("~written").fill_null(value=False)
    )
    for name, which in wanted:
        sums = given.filter(which).group_by("~p", "~k").agg(pl.col("amount").sum().alias(name))
        rows = rows.join(sums, on=["~p", "~k"], how="left", maintain_order="left").with_columns(pl.col(name).fill_null(ZERO))
    return rows
