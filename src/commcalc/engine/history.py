"""History: what a component had come to at the end of each earlier paying span, worked out anew while nothing is closed (semantics 8)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.earnings import Job
from commcalc.engine.openings import of_windows, with_openings
from commcalc.engine.release import steps, waits
from commcalc.engine.settle import Settled, settled
from commcalc.engine.stability import chained
from commcalc.plan.model import Plan
from commcalc.tables.exact import D

Changed = Callable[[Settled, date], Settled]
"""What makes of figures to a day those that are paid: under `split: pay` they are shared out."""
BALANCES = ("draw", "carried")
"""What may be owed or kept from one payment to the next."""
EARLIER: dict[str, pl.DataType | type[pl.DataType]] = {"~p": pl.UInt32, "~k": pl.UInt32, "amount": D}


def window_of_payment(book: Book, plan: Plan) -> str:
    """Return the windows of the calendar that a plan's paying spans are."""
    return plan.payment.every if plan.payment.every in book.moments.windows else "period"


def span_of(book: Book, plan: Plan) -> tuple[date, date]:
    """Return the first and last day of the plan's own paying span that holds the run's period (docs/semantics.md 2.1)."""
    window = book.moments.windows[window_of_payment(book, plan)]
    row = window.filter((pl.col("~first") <= book.now) & (pl.col("~last") >= book.now)).row(0, named=True)
    return row["~first"], row["~last"]


def paying_spans(book: Book, plan: Plan, until: date) -> list[tuple[date, date]]:
    """Return the first and last days of a plan's paying spans from its beginning to the one that holds `until`."""
    start = plan.effective.first or book.moments.first
    rows = book.moments.windows[window_of_payment(book, plan)]
    found = rows.filter((pl.col("~last") >= start) & (pl.col("~first") <= until))
    return list(found.select("~first", "~last").sort("~first").iter_rows())


def negative_of(book: Book, plan: Plan) -> str | None:
    """Return what becomes of a payment below zero, as the plan or the house says; a program has no balances."""
    return None if plan.of_all else plan.payment.negative or book.house.readings.get("negative")


def looks_back(book: Book, plan: Plan) -> bool:
    """Whether what a plan pays depends on the payments before: on a balance that there may be."""
    rows = book.openings
    opened = not rows.is_empty() and bool((rows["kind"].is_in(BALANCES) & (rows["name"] == plan.plan)).any())
    return not plan.of_all and (plan.payment.keeps or opened or negative_of(book, plan) == "carry")


def posted(job: Job, first: date) -> Settled | None:
    """Return what had been posted before `first`, with openings in its place: a chain over earlier spans where rounding looks back."""
    if chained(job):
        last = deque(_to_each_end(job, first), maxlen=1)
        return last[0][1] if last else with_openings(job, None, first)
    start = job.plan.effective.first or job.book.moments.first
    day = first - timedelta(days=1)
    return with_openings(job, settled(job.on_day(day), day, None) if first > start else None, first)


def posted_and_released(job: Job, first: date, changed: Changed) -> tuple[Settled | None, pl.DataFrame]:
    """Return what had been posted before `first`, and `~p ~k amount`: what was released in each span before it, the plan's first being 0."""
    spans = paying_spans(job.book, job.plan, first - timedelta(days=1))
    stood = with_openings(job, None, spans[0][0] if spans else first)  # what had been paid before the first run
    found = [pl.DataFrame(schema=EARLIER)]
    for number, ((begun, end), (_, figures)) in enumerate(zip(spans, _to_each_end(job, first), strict=True)):
        before = of_windows(job, stood, figures, begun) if stood is not None else None
        eve = begun - timedelta(days=1)
        was = (changed(before, eve), eve) if before is not None else None
        free = released(job, (changed(figures, end), end), was)
        found.append(free.with_columns(pl.lit(number, dtype=pl.UInt32).alias("~k")).select(*EARLIER))
        stood = figures
    return stood, pl.concat(found)


def released_by_day(job: Job, found: Settled, first: date) -> pl.DataFrame:
    """Return the same of a component whose credits earn once and for all what they do on their day."""
    ends = pl.Series([end for _, end in paying_spans(job.book, job.plan, first - timedelta(days=1))], dtype=pl.Date)
    rows = found.rows.filter(pl.col("~d") < first)
    span = pl.lit(ends).search_sorted(pl.col("~d"), side="left").cast(pl.UInt32)
    return rows.group_by("~p", span.alias("~k")).agg(pl.col("~amount").sum().alias("amount"))


def _to_each_end(job: Job, first: date) -> Iterator[tuple[date, Settled]]:
    """Yield the figures to the end of each paying span before `first`."""
    spans = paying_spans(job.book, job.plan, first - timedelta(days=1))
    previous: Settled | None = None
    if chained(job) and spans:
        previous = with_openings(job, None, spans[0][0])  # as of a day before the first span has ended, too
    for _, end in spans:
        found = settled(job.on_day(end), end, previous if chained(job) else None)
        previous = with_openings(job, found, end + timedelta(days=1))
        assert previous is not None
        yield end, previous


def released(job: Job, now: tuple[Settled, date], before: tuple[Settled, date] | None) -> pl.DataFrame:
    """Return `~p amount`: what is free to be paid now less what was; a gate that opens releases what it held."""
    if waits(job):
        return steps(job, now, before)[0].select("~p", "amount")
    free = now[0].rows.filter(~pl.col("~held")).select("~p", pl.col("~amount").alias("amount"))
    if before is not None:
        taken = before[0].rows.filter(~pl.col("~held")).select("~p", (-pl.col("~amount")).alias("amount"))
        free = pl.concat([free, taken])
    return free.group_by("~p").agg(pl.col("amount").sum())
