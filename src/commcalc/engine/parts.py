"""Parts: a run's payees in groups of whole payees, so that many cores work and no table grows with the company."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.people import People
from commcalc.plan.components.spiff import Spiff
from commcalc.tables.rows import runs_of

ROWS = 500_000
"""About how many deal rows a part has. The parts depend on the data alone, never on the machine."""


def parts_of(book: Book) -> list[Book]:
    """Return the book in parts, each a book of its own: its payees, and the deals that they own, numbered anew.

    What payees share - a split deal, a manager's reports, a team, a SPIFF's budget or its first ten in all - needs them all
    together: then there is one part.
    """
    if len(book.deals) <= ROWS or _shared(book):
        return [book]
    owners = runs_of(book.deals.select("~p"), "~p")  # deals stand by owner, those of nobody last
    payees, ends = owners.heads["~p"], owners.ends
    last = (ends // ROWS).cast(pl.Int64)
    cuts = [0, *(int(e) + 1 for e in ends.filter(last != last.shift(-1).fill_null(-1)))]
    firsts = [0, *(int(p) for p in payees.filter((last != last.shift(1)).fill_null(value=False)).fill_null(len(book.people.ids)))]
    firsts.append(len(book.people.ids))
    return [_part(book, cuts[i : i + 2], firsts[i : i + 2]) for i in range(len(cuts) - 1)]


def _shared(book: Book) -> bool:
    plans = [p.plan for p in book.plans]
    spiffs = [c for p in plans for c in p.components.values() if isinstance(c, Spiff)]
    credit = any(m.credit != "own" for p in plans for m in p.measures.values())
    return book.splits is not None or credit or any(s.shared_by_all for s in spiffs)


def _part(book: Book, rows: list[int], payees: list[int]) -> Book:
    deals = book.deals.slice(rows[0], rows[1] - rows[0]).drop("~row").with_row_index("~row")

    def mine(frame: pl.DataFrame) -> pl.DataFrame:
        if "~p" not in frame.columns:
            return frame
        of_nobody = pl.col("~p").is_null()  # a team's or plan's row is everybody's
        return frame.filter(of_nobody | pl.col("~p").is_between(payees[0], payees[1], closed="left"))

    people = People(book.people.ids, mine(book.people.facts), mine(book.people.assignments))
    return replace(book, people=people, deals=deals, quotas=mine(book.quotas), kpis=mine(book.kpis), openings=mine(book.openings))
