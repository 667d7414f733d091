"""The teller: works out what a component has earned, once for each day, for those of its plan that read it (docs/semantics.md 4.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

import polars as pl

from commcalc.engine.earnings import TOLD, Job, Told
from commcalc.engine.settle import settled


def teller(jobs: Mapping[str, Job]) -> Callable[[str, date], Told]:
    """Return what tells a component's earnings as of a day, each worked out once."""
    known: dict[tuple[str, date], Told] = {}

    def tell(name: str, day: date) -> Told:
        if (name, day) not in known:
            known[name, day] = _told(jobs[name], day)
        return known[name, day]

    return tell


def _told(job: Job, day: date) -> Told:
    found = settled(job.on_day(day), day, None)
    deals = job.book.deals.select("~row", "~deal")
    rows = found.rows.join(deals, on="~row", how="left", maintain_order="left", nulls_equal=False)
    none = pl.DataFrame(schema={"~p": pl.UInt32, "~deal": deals.schema["~deal"], "~d": pl.Date})
    lost = [none, *_lost(job, [b.rows for b in found.blanks])]
    return Told(rows.select(*TOLD, "~deal", "~d", "~amount"), pl.concat(lost))


def _lost(job: Job, blanks: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield of whom, and of which deals on which days, the earnings cannot be told; without a deal of whom they never can."""
    date_of = (job.measured.measure.date if job.measured is not None else None) or job.book.house.credit_date
    dates = job.book.deals.select("~row", "~deal", pl.col(date_of).alias("~d"))
    for rows in blanks:
        whole = rows.filter(pl.col("~row").is_null())
        empty = (pl.lit(None, dtype=dates.schema["~deal"]).alias("~deal"), pl.lit(None, dtype=pl.Date).alias("~d"))
        yield whole.select("~p", *empty)
        deals = rows.join(dates.select("~row", "~deal"), on="~row").select("~p", "~deal").unique(maintain_order=True)
        yield deals.join(dates.select("~deal", "~d"), on="~deal").select("~p", "~deal", "~d")
