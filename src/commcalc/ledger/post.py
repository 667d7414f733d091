"""Posting: one entry added at the end of the ledger, in one transaction, or nothing."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import astuple, replace
from typing import Any

import polars as pl

from commcalc.base.problem import Problem
from commcalc.exports.whole_folder import LastStep
from commcalc.ledger.file import Refused, make, opened, told
from commcalc.ledger.form import HEADER, TABLES, Cell, Entry, header_text, mark_of, row_text, rows_text
from commcalc.ledger.problems import LOCKED
from commcalc.ledger.read import Books, read_books
from commcalc.tables.results import Table

BATCH = 20_000


def post(books: Books, entry: Entry, tables: Mapping[str, pl.DataFrame], last_step: LastStep) -> Entry | Problem:
    """Add an entry with its rows after the last one; return it with its number and hash.

    `entry` says what it is of; number, rows, previous and hash are filled in here. `last_step` is entered for the moment in
    which it is posted.
    """
    needed = int(sum(t.estimated_size() for t in tables.values()))
    try:
        if not books.head:
            make(books.path, f"commcalc {entry.engine}")
            fresh, report = read_books(books.path)
            if fresh is None:
                return report.errors[0]
            books = fresh
        with (
            told(books.path, "written", needed),
            opened(books.path, writing=True) as connection,
            told(books.path, "written", needed),
        ):
            connection.execute("BEGIN IMMEDIATE")
            _is_the_head(connection, books)
            posted = _written(connection, books, entry, tables)
            with last_step():
                _committed(connection, books, posted)
    except Refused as refused:
        return refused.problem
    return posted


def _committed(connection: sqlite3.Connection, books: Books, posted: Entry) -> None:
    """Commit. Where the system fails only after the journal is gone the entry stands, and it is not said that it does not."""
    try:
        connection.execute("COMMIT")
    except sqlite3.Error:
        connection.close()
        with opened(books.path) as again:
            found = again.execute('SELECT "hash" FROM entries WHERE "number" = ?', (posted.number,)).fetchone()
        if found != (posted.hash,):
            raise


def _is_the_head(connection: sqlite3.Connection, books: Books) -> None:
    """Nobody has posted since the books were read: the lock sees to it, and this sees to the lock."""
    found = connection.execute('SELECT "hash" FROM entries ORDER BY "number" DESC LIMIT 1').fetchone()
    if (found[0] if found else books.head) != books.head or (found is None) != (not books.entries):
        raise Refused(LOCKED.at(None, who="another program that has just posted to it"))


def _written(connection: sqlite3.Connection, books: Books, entry: Entry, tables: Mapping[str, pl.DataFrame]) -> Entry:
    number = len(books.entries) + 1
    frames = {t.name: as_text(tables[t.name], t) if t.name in tables else pl.DataFrame() for t in TABLES}
    counts = {name: len(frame) for name, frame in frames.items()}
    entry = replace(entry, number=number, rows=rows_text(counts), previous=books.head)
    digest = hashlib.sha256(header_text(astuple(entry)))
    for table in TABLES:
        if counts[table.name]:
            places = ", ".join("?" * (len(table.columns) + 3))
            rows = _rows(table.name, number, frames[table.name], digest)
            connection.executemany(f"INSERT INTO {table.name} VALUES ({places})", rows)
    entry = replace(entry, hash=digest.hexdigest())
    connection.execute(f"INSERT INTO entries VALUES ({', '.join('?' * len(HEADER))})", astuple(entry))
    return entry


def _rows(name: str, entry: int, frame: pl.DataFrame, digest: Any) -> Iterator[tuple[Cell, ...]]:
    """Yield rows as they are stored - entry, number, cells, mark - and add each to the hash of the entry."""
    number = 0
    for batch in frame.iter_slices(BATCH):
        for cells in batch.rows():
            number += 1
            text = row_text(name, number, cells)
            digest.update(text)
            yield (entry, number, *cells, mark_of(text))


def as_text(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return a table as text: days as 2026-01-31, figures exact and without idle noughts."""
    figures = [c.name for c in table.columns if c.type == "decimal"]
    known = set(frame.columns)  # those of other currencies are there only where some are
    texts = frame.select((pl.col(c) if c in known else pl.lit(None)).cast(pl.String).alias(c) for c in table.names)
    return texts.with_columns(pl.col(c).str.replace(r"\.0+$|(\.[0-9]*[1-9])0+$", "$1") for c in figures)
