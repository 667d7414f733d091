"""The ledger read: every row against its mark, every entry against the chain, so that nothing that was changed is used."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from commcalc.base.problem import Problem, Report
from commcalc.ledger.file import Refused, exists, opened
from commcalc.ledger.form import BY_NAME, HEADER, NUMBERS, TABLES, Entry, beginning, header_text, mark_of, row_text, rows_text
from commcalc.ledger.problems import CHAIN, DAMAGED, ROW_CHANGED
from commcalc.ledger.ties import TIED, untied
from commcalc.tables.result_types import TYPES
from commcalc.tables.results import LINES, Table

BATCH = 20_000
EARNED = ("currency", "accrued", "amount")  # of each line, whoever reads
MOST_TOLD = 20  # rows of a table; one that lost its order would tell every one


@dataclass(frozen=True, slots=True)
class Books:
    """What is in the ledger, found to be as it was posted.

    head: the hash of the last entry, which the next one carries. tables: of all entries, with the number of each as `entry`.
    """

    path: Path
    entries: tuple[Entry, ...] = ()
    head: str = ""
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def closed(self) -> tuple[Entry, ...]:
        """The entries of the periods that are closed, in their order: those opened again, and what was paid, are not among them."""
        back = {e.reverses for e in self.entries}
        return tuple(e for e in self.entries if e.kind == "close" and e.number not in back)

    @property
    def latest(self) -> Entry | None:
        """The entry of the latest closed period."""
        return self.closed[-1] if self.closed else None

    def closing_of(self, period: str) -> Entry | None:
        """Return the entry that closed a period, where it is closed."""
        return next((e for e in self.closed if e.period == period), None)

    def posted(self, name: str) -> pl.DataFrame:
        """Return a table of all closed periods, with the period that each row was posted in as `period`, in their order.

        Of lines those that were earned: an accrued one was shown, and is posted by the period that ends its span.
        """
        periods = {e.number: e.period for e in self.closed}
        table = self.tables.get(name, _frame(BY_NAME[name], []))
        found = table.filter(pl.col("entry").is_in(list(periods)))
        if name == LINES.name:
            found = found.filter(~pl.col("accrued"))
        period = pl.col("entry").replace_strict(periods, default=None, return_dtype=pl.String).alias("period")
        return found.select(period, *BY_NAME[name].names)

    def before(self, entry: Entry) -> Books:
        """Return the books as they were when an entry was posted."""
        entries = self.entries[: entry.number - 1]
        tables = {n: t.filter(pl.col("entry") < entry.number) for n, t in self.tables.items()}
        return Books(self.path, entries, entry.previous, tables)

    def of(self, name: str, entry: Entry) -> pl.DataFrame:
        """Return a table of one entry."""
        table = self.tables.get(name, _frame(BY_NAME[name], []))
        return table.filter(pl.col("entry") == entry.number).drop("entry")

    def balances(self) -> pl.DataFrame:
        """Return the last closing of each balance over the closed periods: payee, plan, currency, balance, closing.

        A plan that pays by the quarter moves no balance in between; the last that it left stands.
        """
        keys = ["payee", "plan", "currency", "balance"]
        last = self.posted("balances").unique(keys, keep="last", maintain_order=True)
        return last.select(*keys, "closing").sort(keys)


def read_books(path: Path, wanted: Sequence[str] = ()) -> tuple[Books | None, Report]:
    """Read the whole ledger and find whatever was changed in it; none, where it is not as it was posted.

    wanted: the tables that are kept beside those that are always needed. A ledger that is not there yet has no entries.
    """
    report = Report()
    if not exists(path):
        return Books(path), report
    reading = _Reading(path, {*wanted, *TIED}, report)
    try:
        with opened(path) as connection:
            connection.execute("BEGIN")  # all tables as of one moment
            head = reading.read(connection)
        if not report.ok:
            return None, report
        tables = {name: _frame(BY_NAME[name], parts) for name, parts in reading.parts.items()}
    except Refused as refused:
        report.add(refused.problem)
        return None, report
    except pl.exceptions.PolarsError as error:  # a figure that is none, under hashes made to fit it
        report.add(DAMAGED.at(None, path=path, why=error))
        return None, report
    report.extend(untied(reading.entries, tables))
    kept = {name: tables[name] for name in tables if name in (*wanted, *TIED)}
    return (Books(path, tuple(reading.entries), head, kept) if report.ok else None), report


class _Reading:
    """One pass over the file: each table once, each row added to the hash of its entry."""

    def __init__(self, path: Path, wanted: set[str], report: Report) -> None:
        self.path, self.wanted, self.report = path, wanted, report
        self.entries: list[Entry] = []
        self.hashes: dict[int, Any] = {}
        self.counts: dict[int, dict[str, int]] = {}
        self.parts: dict[str, list[pl.DataFrame]] = {name: [] for name in {*wanted, LINES.name}}

    def read(self, connection: sqlite3.Connection) -> str:
        """Read everything; return the hash that the next entry has to carry."""
        for problem in connection.execute("PRAGMA quick_check(5)").fetchall():
            if problem[0] != "ok":
                self.report.add(DAMAGED.at(None, path=self.path, why=problem[0]))
        start = self._heads(connection)
        for table in TABLES:
            if self.report.ok:
                self._table(connection, table)
        return self._chain(start) if self.report.ok else start

    def _heads(self, connection: sqlite3.Connection) -> str:
        """Read what the ledger says of itself and the head of each entry; return what the first one has to carry."""
        about = connection.execute("SELECT name, value FROM about ORDER BY name").fetchall()
        names = ", ".join(f'"{c}"' for c in HEADER)
        for place, cells in enumerate(connection.execute(f'SELECT {names} FROM entries ORDER BY "number"'), 1):
            whole = all(isinstance(c, int if n in NUMBERS else str) for n, c in zip(HEADER, cells, strict=True))
            if not whole or cells[0] != place:
                what = "is not where it was: one before it is missing" if whole else "has a head that is none"
                self.report.add(CHAIN.at(None, entry=place if not whole else cells[0], period=cells[2], what=what))
                break
            entry = Entry(*cells)
            self.entries.append(entry)
            self.hashes[place] = hashlib.sha256(header_text(cells))
            self.counts[place] = dict.fromkeys(BY_NAME, 0)
        if not all(isinstance(c, str) for pair in about for c in pair):
            self.report.add(DAMAGED.at(None, path=self.path, why="what it says of itself is no text"))
            return ""
        return beginning(about)

    def _table(self, connection: sqlite3.Connection, table: Table) -> None:
        told = 0
        names = ", ".join(f'"{c}"' for c in table.names)
        cursor = connection.execute(f'SELECT "entry", "row", {names}, "mark" FROM {table.name} ORDER BY "entry", "row"')
        while batch := cursor.fetchmany(BATCH):
            for row in batch:
                problem = self._row(table, row)
                if problem is not None and (told := told + 1) <= MOST_TOLD:
                    self.report.add(problem)
            if table.name in self.parts and self.report.ok:
                self._keep(table, batch)

    def _row(self, table: Table, row: Sequence[Any]) -> Problem | None:
        """Add a row to the hash of its entry; return what is wrong with it."""
        number, n, cells, mark = row[0], row[1], row[2:-1], row[-1]
        counts = self.counts.get(number)
        period = self.entries[number - 1].period if counts is not None else "none"
        facts = {"entry": number, "period": period, "row": f"row {n} of {table.name}"}
        if counts is None:
            return ROW_CHANGED.at(None, **facts, what="is of an entry that is not there")
        counts[table.name] += 1
        if n != counts[table.name]:
            counts[table.name] = n if isinstance(n, int) else counts[table.name]
            return ROW_CHANGED.at(None, **facts, what="follows one that is missing")
        text = row_text(table.name, n, cells) if all(c is None or isinstance(c, str) for c in cells) else b""
        self.hashes[number].update(text)
        if mark_of(text) != mark:
            return ROW_CHANGED.at(None, **facts, what=f"was changed; it says now: {_said(table, cells)}")
        return None

    def _keep(self, table: Table, batch: Sequence[Sequence[Any]]) -> None:
        """Keep rows as they are, as text; of lines that nobody wants what they have to agree in."""
        texts: list[tuple[str, pl.DataType | type[pl.DataType]]] = [(c, pl.String) for c in table.names]
        schema = [("entry", pl.UInt32), ("row", pl.UInt32), *texts, ("mark", pl.UInt32)]
        frame = pl.DataFrame(batch, schema=schema, orient="row").drop("row", "mark")
        self.parts[table.name].append(frame if table.name in self.wanted else frame.select("entry", *EARNED))

    def _chain(self, before: str) -> str:
        """Compare each entry with the hash that it carries and with the one before; return the last hash."""
        for entry in self.entries:
            facts = {"entry": entry.number, "period": entry.period}
            counts = rows_text(self.counts[entry.number])
            if counts != entry.rows:
                self.report.add(CHAIN.at(None, **facts, what=f"was posted with {entry.rows}; there are {counts}"))
            elif entry.previous != before:
                self.report.add(CHAIN.at(None, **facts, what="does not follow the one before it: the hash it carries is another"))
            elif self.hashes[entry.number].hexdigest() != entry.hash:
                self.report.add(CHAIN.at(None, **facts, what="has another content than its hash was taken over"))
            before = entry.hash
        return before


def _said(table: Table, cells: Sequence[Any]) -> str:
    return ", ".join(f"{n} {c}" for n, c in zip(table.names, cells, strict=True) if c not in (None, ""))


def _typed(name: str, type_: str) -> pl.Expr:
    c = pl.col(name)
    if type_ == "date":
        return c.str.to_date("%Y-%m-%d")
    return (c == "true").alias(name) if type_ == "yes/no" else c.cast(TYPES[type_])


def _frame(table: Table, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Put the rows of a table together, each column in its own type."""
    there = parts[0].columns if parts else ["entry", *table.names]
    schema = {"entry": pl.UInt32, **{c.name: TYPES[c.type] for c in table.columns if c.name in there}}
    typed = [_typed(c.name, c.type) for c in table.columns if c.name in there]
    return pl.concat([pl.DataFrame(schema=schema), *(p.select("entry", *typed) for p in parts)])
