"""Caps: a component's own, then those over several components, of which the one listed last gives way first (semantics 8.5)."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.engine.change import caps, limited, replaced, under_cap
from commcalc.engine.earnings import Blank, Job
from commcalc.engine.measure import with_plan_columns
from commcalc.engine.reading import with_assignment
from commcalc.engine.rounding import cents
from commcalc.language.expression import Expression
from commcalc.plan.caps import JointCap
from commcalc.tables.exact import D, product, quotient

ZERO = pl.lit(0).cast(D)
GROUP = ["~p", "~span"]


def capped(job: Job, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Take off what is above the component's caps, and above those that it has together with others."""
    frame, blanks = caps(job, frame, day)
    for cap in job.plan.caps:
        if job.name in cap.over:
            frame, found = _together(job, frame, cap, day)
            blanks += found
    return frame, blanks


def _together(job: Job, frame: pl.DataFrame, cap: JointCap, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Leave to the component what those listed before it have left of a cap."""
    rest = frame.clear()
    if cap.of_deals:
        rest, frame = frame.filter(pl.col("~row").is_null()), frame.filter(pl.col("~row").is_not_null())
    limits = _of_deals(job, frame, cap) if cap.of_deals else limited(job, frame, cap.stretch, day)
    blanks: list[Blank] = []
    if cap.over[0] == job.name:
        both = limits.with_columns(ZERO.alias("~taken"), pl.col("~limit").is_not_null().alias("~known"))
    else:
        taken, lost, never = _taken(job, cap, day)
        both = limits.join(taken, on=GROUP, how="left", maintain_order="left").with_columns(pl.col("~taken").fill_null(ZERO))
        both = both.join(lost.with_columns(pl.lit(value=True).alias("~lost")), on=GROUP, how="left", maintain_order="left")
        known = pl.col("~limit").is_not_null() & pl.col("~lost").is_null() & ~pl.col("~p").is_in(never.implode())
        both = both.with_columns(known.alias("~known"))
    undecided = both.filter(~pl.col("~known"))
    if len(undecided):
        rows = undecided.select("~p", "~row" if cap.of_deals else pl.lit(None, dtype=pl.UInt32).alias("~row"))
        blanks.append(Blank(_rule(cap), "blank", rows.unique(maintain_order=True)))
        both = both.filter("~known")
    both = replaced(both, under_cap(GROUP, pl.col("~taken")))
    kept = both.select(frame.columns)
    return (pl.concat([kept, rest]) if len(rest) else kept), blanks


def _rule(cap: JointCap) -> str:
    return f"caps: {cap.at.text} per {cap.per}"


def named_cap(job: Job, rule: str) -> JointCap | None:
    """Return the cap over components that a rule of an exception names."""
    return next((c for c in job.plan.caps if _rule(c) == rule), None)


def _of_deals(job: Job, frame: pl.DataFrame, cap: JointCap) -> pl.DataFrame:
    """Add `~span`, the deal or what the column says of it, and `~limit`: that of the last row, times its share; empty where either is."""
    assert isinstance(cap.at, Expression), "checked: a cap for deals is an amount"
    rules = job.rules.on(None)
    reads = rules.reads(cap.at)
    columns = [c for c in dict.fromkeys((cap.per, *sorted(reads.columns))) if c in job.book.deals.columns]
    rows = (
        frame
        if not columns
        else frame.join(job.book.deals.select("~row", *columns), on="~row", how="left", maintain_order="left")
    )
    rows = with_assignment(job.book, job.plan, rows.with_columns(pl.col("~d").alias("~t")), reads.payee, reads.params)
    rows = with_plan_columns(job.plan, rows.with_columns(pl.col("~t").alias("~d")), reads.columns, rules)
    at = cents(job, quotient(product(rules.expression(cap.at), pl.col("~share_n")), pl.col("~share_q")))
    rows = rows.with_columns(_key(job, cap).alias("~span")).with_columns(at.last().over(GROUP).alias("~limit"))
    limit = pl.when(pl.col("~span").is_not_null()).then("~limit")
    return rows.with_columns(limit.alias("~limit")).select(*frame.columns, "~span", "~limit")


def _key(job: Job, cap: JointCap) -> pl.Expr:
    """What the cap is for: the sale, or what its column says of the deal; a column that no deal has says nothing."""
    key = "~sale" if cap.per == "deal" else cap.per
    return pl.col(key).cast(pl.String) if key in job.book.deals.columns else pl.lit(None, dtype=pl.String)


def _taken(job: Job, cap: JointCap, day: date) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """Return `~p ~span ~taken` of the components listed before this one, GROUP of what cannot be told, and `~p` of whom nothing can."""
    deals = job.book.deals.select("~row", "~deal", _key(job, cap).alias("~span")) if cap.of_deals else None
    taken, lost, never = [], [], []
    for name in cap.over[: cap.over.index(job.name)]:
        told = job.tell(name, day)
        always = told.lost["~deal"].is_null()
        if deals is None:
            span = job.book.moments.number(cap.per, "~d").alias("~span")
            taken.append(told.rows.select("~p", span, "~amount"))
            lost.append(told.lost.filter(~always).select("~p", span))
        else:
            taken.append(told.rows.join(deals.drop("~deal"), on="~row").select(*GROUP, "~amount"))
            lost.append(told.lost.join(deals, on="~deal").select(GROUP))
        never.append(told.lost.filter(always)["~p"])
    sums = pl.concat(taken).group_by(GROUP).agg(pl.col("~amount").sum().alias("~taken"))
    return sums, pl.concat(lost).unique(), pl.concat(never).unique()
