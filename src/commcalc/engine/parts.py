"""Parts: a run's payees in groups of whole payees, so that many cores work and no table grows with the company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.people import People
from commcalc.tables.ordering import order_of
from commcalc.tables.rows import runs_of

ROWS = 500_000
"""About how many deal rows a part has. The parts depend on the data alone, never on the machine."""


def parts_of(book: Book) -> list[Callable[[], Book]]:
    """Return the book in parts, each a book of its own once it is asked for: its payees, and the deals that they own.

    What payees share - a split deal, a manager's reports, a team, a SPIFF's budget or its first ten in all - needs them all
    together: then there is one part.
    """
    order = order_of(book.deals, "~p", book.house.credit_date, "~k")
    if len(book.deals) <= ROWS or _shared(book):
        return [partial(_with_deals, book, order)]
    by_owner = book.deals["~p"] if order is None else book.deals["~p"].gather(order)
    owners = runs_of(by_owner.to_frame(), "~p")  # those of nobody come last
    payees, ends = owners.heads["~p"], owners.ends
    last = (ends // ROWS).cast(pl.Int64)
    cuts = [0, *(int(e) + 1 for e in ends.filter(last != last.shift(-1).fill_null(-1)))]
    firsts = [0, *(int(p) for p in payees.filter((last != last.shift(1)).fill_null(value=False)).fill_null(len(book.people.ids)))]
    firsts.append(len(book.people.ids))
    rows = order if order is not None else pl.int_range(len(book.deals), dtype=pl.UInt32, eager=True)
    return [
        partial(_part, book, rows.slice(cuts[i], cuts[i + 1] - cuts[i]), (firsts[i], firsts[i + 1])) for i in range(len(cuts) - 1)
    ]


def _shared(book: Book) -> bool:
    """Whether one payee's pay can depend on another's deals."""
    plans = [p.plan for p in book.plans]
    spiffs = any(c.shared_by_all for p in plans for c in p.components.values())
    rolled = any(m.credit != "own" for p in plans for m in p.measures.values())
    return book.splits is not None or rolled or spiffs or _returned_by_others(book.deals)


def _returned_by_others(deals: pl.DataFrame) -> bool:
    """Whether a sale and what comes back of it have different owners: limits per deal look at the net of both."""
    back = deals.filter(pl.col("~sale") != pl.col("~deal"))
    if back.is_empty():
        return False
    of_sales = deals.filter(pl.col("~sale").is_in(back["~sale"].unique().implode()))
    return bool((of_sales.group_by("~sale").agg(pl.col("~p").n_unique())["~p"] > 1).any())


def _with_deals(book: Book, rows: pl.Series | None) -> Book:
    deals = book.deals if rows is None else book.deals[rows]
    return replace(book, deals=deals.with_row_index("~row"), withdrawn=_after(deals, book.withdrawn))


def _after(deals: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """Number the rows that are no longer there from the last of those that are."""
    return gone.with_columns((pl.int_range(pl.len(), dtype=pl.UInt32) + len(deals)).cast(pl.UInt32).alias("~row"))


def _part(book: Book, rows: pl.Series, payees: tuple[int, int]) -> Book:
    def mine(frame: pl.DataFrame) -> pl.DataFrame:
        if "~p" not in frame.columns:
            return frame
        of_nobody = pl.col("~p").is_null()  # a team's or plan's row is everybody's
        return frame.filter(of_nobody | pl.col("~p").is_between(payees[0], payees[1], closed="left"))

    people = People(book.people.ids, mine(book.people.facts), mine(book.people.assignments))
    part = replace(book, people=people, quotas=mine(book.quotas), kpis=mine(book.kpis), openings=mine(book.openings))
    return _with_deals(part, rows)
