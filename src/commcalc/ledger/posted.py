"""What was posted: the lines, slices and balances of the closed periods, with which a later period is compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from commcalc.base.problem import Report
from commcalc.ledger.read import Books, read_books
from commcalc.ledger.tail import lost, statuses


@dataclass(frozen=True, slots=True)
class Posted:
    """What the closed periods posted.

    lines, slices: columns of tables.results, and `period`, the one that they were posted in; of lines those that are not
    accrued. balances: payee, plan, currency, balance and its last closing. last: the last day that is closed, as 2026-01-31.
    """

    lines: pl.DataFrame
    slices: pl.DataFrame
    balances: pl.DataFrame
    last: str | None


def posted(ledger: Path, out: Path) -> tuple[Posted | None, Report]:
    """Read what was posted; nothing of a ledger that was changed, or whose end is missing, is used."""
    books, report = sound(ledger, out, ("lines", "slices"))
    if books is None:
        return None, report
    latest = books.latest
    lines, slices = books.posted("lines"), books.posted("slices")
    return Posted(lines, slices, books.balances(), latest.last if latest is not None else None), report


def sound(ledger: Path, out: Path, wanted: tuple[str, ...] = ()) -> tuple[Books | None, Report]:
    """Read the ledger and compare its end with what the run folders know; none, where anything is wrong with it."""
    books, report = read_books(ledger, wanted)
    if books is not None:
        report.extend(lost(books, statuses(out)))
    return (books if report.ok else None), report
