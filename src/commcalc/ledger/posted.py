"""What was posted: the lines, slices, payments and balances of the closed periods, with which a later period is compared."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from commcalc.base.problem import Report
from commcalc.ledger.read import Books, read_books
from commcalc.ledger.tail import lost, statuses
from commcalc.tables.posted import KEPT, ON, Posted


def posted_of(books: Books) -> Posted | None:
    """Return what the closed periods posted; None where none is closed. The books were read with the tables KEPT."""
    closed = books.closed
    if not closed:
        return None
    days = {e.number: date.fromisoformat(e.last) for e in closed}
    on = pl.col("entry").replace_strict(days, default=None, return_dtype=pl.Date).alias(ON)
    rows = {n: books.tables[n].filter(pl.col("entry").is_in(list(days))).select(*KEPT[n].names, on) for n in KEPT}
    return Posted(tuple((date.fromisoformat(e.first), days[e.number]) for e in closed), **rows)


def sound(ledger: Path, out: Path, wanted: tuple[str, ...] = ()) -> tuple[Books | None, Report]:
    """Read the ledger and compare its end with what the run folders know; none, where anything is wrong with it."""
    known = statuses(out)  # read first: somebody may close a period between the two, and then the ledger is ahead, never behind
    books, report = read_books(ledger, wanted)
    if books is not None:
        report.extend(lost(books, known))
    return (books if report.ok else None), report
