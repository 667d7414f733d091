"""Tenure: how many months or periods somebody has been there, and on how many days of a window (docs/semantics.md 7.4)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.people import FIRST_DAY, LAST_DAY, People, stretches
from commcalc.plan.model import Plan
from commcalc.tables.exact import D

TENURE = ("months_on_plan", "months_employed", "periods_on_plan", "days_in_window")


def with_tenure(book: Book, plan: Plan, frame: pl.DataFrame, names: frozenset[str], day: str) -> pl.DataFrame:
    """Add `payee.<name>` of the names that are asked for, as of the day in each row; days in a window: of `~wfirst ~wlast`."""
    asked = [n for n in TENURE if n in names and f"payee.{n}" not in frame.columns]
    if not asked:
        return frame
    if "days_in_window" in asked:
        frame = taking_part(book, plan, frame, "~wfirst", "~wlast")
        frame = frame.rename({"~taken": "payee.days_in_window"}).with_columns(pl.col("payee.days_in_window").cast(D))
    if asked == ["days_in_window"]:
        return frame
    numbered = frame.select("~p", pl.col(day).alias("~day")).with_row_index("~i").sort("~p", "~day")
    spans = _since(book.people, plan)
    found = numbered.join_asof(spans, left_on="~day", right_on="~b", by="~p", check_sortedness=False)
    found = found.join(_hires(book.people), on="~p", how="left").sort("~i")
    since, until = pl.max_horizontal("~since", "~hire"), pl.min_horizontal("~day", "~z")
    there = pl.col("~since").is_not_null() & (since <= until)
    first = book.moments.first
    number = [book.moments.number("period", pl.max_horizontal(d, pl.lit(first))) for d in (since, until)]
    figures = {
        "months_on_plan": pl.when(there).then(_months(since, until)),
        "months_employed": pl.when(pl.col("~hire") <= pl.col("~day")).then(_months(pl.col("~hire"), pl.col("~day"))),
        "periods_on_plan": pl.when(there).then(number[1] - number[0] + 1),
    }
    wanted = [figures[n].cast(pl.Int64).cast(D).alias(f"payee.{n}") for n in asked if n in figures]
    return frame.hstack(found.select(wanted))


def _months(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """How many calendar months have a day from first to last."""
    years = last.dt.year().cast(pl.Int64) - first.dt.year().cast(pl.Int64)
    return years * 12 + last.dt.month().cast(pl.Int64) - first.dt.month().cast(pl.Int64) + 1


def _hires(people: People) -> pl.DataFrame:
    """Return `~p ~hire`: the hire that the payee's last row names, of those that name one."""
    facts = people.facts
    if "payee.hired" not in facts.columns:
        return pl.DataFrame(schema={"~p": pl.UInt32, "~hire": pl.Date})
    known = facts.sort("~p", "~from").filter(pl.col("payee.hired").is_not_null())
    return known.group_by("~p", maintain_order=True).agg(pl.col("payee.hired").last().alias("~hire"))


def _since(people: People, plan: Plan) -> pl.DataFrame:
    """Return `~p ~b ~z ~since`: each stretch of taking part, with the first day of the assignments that led to it unbroken."""
    rows = people.assignments.filter(pl.col("plan") == plan.plan).sort("~p", "~from").select("~p", "~a", "~from", "~to")
    begins = (pl.col("~p") != pl.col("~p").shift(1)) | (pl.col("~from") != pl.col("~to").shift(1) + timedelta(days=1))
    rows = rows.with_columns(pl.when(begins.fill_null(value=True)).then("~from").forward_fill().alias("~since"))
    known = stretches(people, plan).join(rows.select("~a", "~since"), on="~a", how="left", maintain_order="left")
    return known.select("~p", "~b", "~z", pl.col("~since").fill_null(FIRST_DAY)).sort("~p", "~b")


def taking_part(book: Book, plan: Plan, spans: pl.DataFrame, first: str, last: str) -> pl.DataFrame:
    """Return `spans` with `~taken`: days of each payee's span on the plan and employed, both ends counted."""
    numbered = spans.with_row_index("~i")
    joined = numbered.select("~i", "~p", pl.col(first).alias("~x"), pl.col(last).alias("~y")).join(
        stretches(book.people, plan), on="~p", how="left"
    )
    days = pl.min_horizontal("~y", "~z") - pl.max_horizontal("~x", "~b")
    counted = pl.when(pl.col("~b").is_not_null()).then((days.dt.total_days() + 1).clip(lower_bound=0)).otherwise(0)
    taken = joined.group_by("~i").agg(counted.sum().alias("~taken"))
    return numbered.join(taken, on="~i", how="left", maintain_order="left").drop("~i")


def days_of(first: str, last: str) -> pl.Expr:
    """Return the days from `first` to `last`, both counted."""
    return (pl.col(last) - pl.col(first)).dt.total_days() + 1


def has_end(first: str, last: str) -> pl.Expr:
    """Whether a window has days to go by: it is open at neither end."""
    return (pl.col(first) > FIRST_DAY) & (pl.col(last) < LAST_DAY)
