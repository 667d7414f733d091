"""Windows: those that begin and end on days of each payee's own, and those that roll on."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.moments import Moments
from commcalc.engine.quota import quota_rows
from commcalc.plan.measures import MeasureBase
from commcalc.plan.model import Plan
from commcalc.plan.windows import QUOTA_ROW, Rolling


def own_windows(book: Book, plan: Plan, said: MeasureBase, name: str) -> pl.DataFrame:
    """Return `~p ~w ~first ~last`: the windows of each payee, by payee and day; they tile time from the first one on."""
    if said.window == QUOTA_ROW:
        return quota_rows(book, plan, said, name).select("~p", "~w", "~first", "~last")
    return _anniversaries(book)


def _anniversaries(book: Book) -> pl.DataFrame:
    """Years from one anniversary of the hire to the day before the next, as the last row that names a hire has it."""
    facts = book.people.facts
    if "payee.hired" not in facts.columns:
        return pl.DataFrame(schema={"~p": pl.UInt32, "~w": pl.Int64, "~first": pl.Date, "~last": pl.Date})
    hires = facts.sort("~p", "~from").filter(pl.col("payee.hired").is_not_null()).group_by("~p", maintain_order=True)
    years = range(book.moments.first.year - 1, book.moments.last.year + 2)
    numbers = pl.Series("~w", list(years), dtype=pl.Int64).to_frame()
    every = hires.agg(pl.col("payee.hired").last().alias("~hired")).join(numbers, how="cross")
    first, after = (_in_year("~hired", pl.col("~w") + more) for more in (0, 1))
    every = every.select("~p", "~w", first.alias("~first"), (after - timedelta(days=1)).alias("~last"))
    return every.sort("~p", "~w")


def _in_year(day: str, year: pl.Expr) -> pl.Expr:
    """The same day of another year; 28 February where that year has no 29th."""
    month, number = pl.col(day).dt.month(), pl.col(day).dt.day()
    leap = pl.date(year, 1, 1).dt.is_leap_year()
    none = (month == 2) & (number == 29) & ~leap
    return pl.date(year, month, pl.when(none).then(28).otherwise(number))


def rolling_at(moments: Moments, rolling: Rolling, probes: pl.DataFrame) -> pl.DataFrame:
    """Add `~w ~wfirst ~wlast`: the window that holds each probe's day `~t`, and so many before it."""
    windows = moments.windows[rolling.base]
    found = probes.with_columns(moments.number(rolling.base, "~t").alias("~w"))
    begun = (pl.col("~w") - (rolling.count - 1)).clip(lower_bound=0).cast(pl.UInt32)
    first = pl.lit(windows["~first"]).gather(begun)
    last = pl.lit(windows["~last"]).gather(pl.col("~w").cast(pl.UInt32))
    return found.with_columns(first.alias("~wfirst"), last.alias("~wlast"))
