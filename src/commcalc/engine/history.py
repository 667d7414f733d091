"""History: what a component had come to at the end of each earlier paying span, worked out anew while nothing is closed (semantics 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.earnings import Job
from commcalc.engine.openings import of_windows, with_openings
from commcalc.engine.settle import Settled, settled
from commcalc.engine.stability import chained, rises, stable
from commcalc.plan.model import Plan
from commcalc.tables.exact import D

Changed = Callable[[Settled, date], Settled]
"""What makes of figures to a day those that are paid: under `split: pay` they are shared out."""
EARLIER: dict[str, pl.DataType | type[pl.DataType]] = {"~p": pl.UInt32, "~k": pl.UInt32, "amount": D}


def paying_spans(book: Book, plan: Plan, until: date) -> list[tuple[date, date]]:
    """Return the first and last days of a plan's paying spans from its beginning to the one that holds `until`."""
    start = plan.effective.first or book.moments.first
    rows = book.moments.windows[window_of_payment(book, plan)]
    found = rows.filter((pl.col("~last") >= start) & (pl.col("~first") <= until))
    return list(found.select("~first", "~last").sort("~first").iter_rows())


def window_of_payment(book: Book, plan: Plan) -> str:
    """Return the windows of the calendar that a plan's paying spans are."""
    return plan.payment.every if plan.payment.every in book.moments.windows else "period"


def posted(job: Job, first: date) -> Settled | None:
    """Return what had been posted before `first`: recomputed, as a chain over earlier spans where rounding looks back."""
    start = job.plan.effective.first or job.book.moments.first
    if first <= start:
        return None
    if not chained(job):
        return settled(job, first - timedelta(days=1), None)
    return [found for _, found in _to_each_end(job, first)][-1]


def _to_each_end(job: Job, first: date) -> Iterator[tuple[date, Settled]]:
    """Yield the figures to the end of each paying span before `first`."""
    spans = paying_spans(job.book, job.plan, first - timedelta(days=1))
    previous: Settled | None = None
    if chained(job) and spans:
        previous = with_openings(job, None, spans[0][0])  # as of a day before the first span has ended, too
    for _, end in spans:
        found = settled(job, end, previous if chained(job) else None)
        previous = with_openings(job, found, end + timedelta(days=1))
        assert previous is not None
        yield end, previous


def looks_back(jobs: list[Job]) -> bool:
    """Whether what a plan pays depends on the payments before: on a balance that there may be."""
    if not jobs:
        return False
    payment = jobs[0].plan.payment
    if payment.keeps or not jobs[0].book.openings.is_empty():
        return True
    carries = negative_of(jobs[0].book, jobs[0].plan) == "carry"
    return carries and (bool(payment.charges) or not all(rises(job) for job in jobs))


def negative_of(book: Book, plan: Plan) -> str | None:
    """Return what becomes of a payment below zero, as the plan or the house says; a program has no balances."""
    return None if plan.of_all else plan.payment.negative or book.house.readings.get("negative")


def released_earlier(job: Job, first: date, changed: Changed) -> pl.DataFrame:
    """Return `~p ~k amount`: what was released in each paying span before `first`, the first of the plan being 0."""
    spans = paying_spans(job.book, job.plan, first - timedelta(days=1))
    ends = [last for _, last in spans]
    if not ends:
        return pl.DataFrame(schema=EARLIER)
    if stable(job, first):
        rows = settled(job, ends[-1], None).rows
        span = pl.lit(pl.Series(ends)).search_sorted(pl.col("~d"), side="left").cast(pl.UInt32)
        return rows.group_by("~p", span.alias("~k")).agg(pl.col("~amount").sum().alias("amount"))
    found: list[pl.DataFrame] = []
    stood = with_openings(job, None, spans[0][0])  # what had been paid before the first run
    for number, (end, figures) in enumerate(_to_each_end(job, first)):
        begun = spans[number][0]
        before = of_windows(job, stood, figures, begun) if stood is not None else None
        was = changed(before, begun - timedelta(days=1)) if before is not None else None
        free = released(changed(figures, end), was)
        found.append(free.with_columns(pl.lit(number, dtype=pl.UInt32).alias("~k")).select(*EARLIER))
        stood = figures
    return pl.concat(found)


def released(now: Settled, before: Settled | None) -> pl.DataFrame:
    """Return `~p amount`: what is free to be paid now less what was; a gate that opens releases what it held."""
    free = now.rows.filter(~pl.col("~held")).select("~p", pl.col("~amount").alias("amount"))
    if before is not None:
        taken = before.rows.filter(~pl.col("~held")).select("~p", (-pl.col("~amount")).alias("amount"))
        free = pl.concat([free, taken])
    return free.group_by("~p").agg(pl.col("amount").sum())
