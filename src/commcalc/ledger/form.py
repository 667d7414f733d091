"""What the ledger keeps, table by table, and the text of it that hashes are taken over."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from commcalc.tables.results import BALANCES, DEAL_RATES, LINES, PAYMENTS, SLICES, Column, Table

FORM = 1
APPLICATION = 0x434F4D4D  # "COMM"
Cell = str | int | None


def _texts(name: str, *columns: str) -> Table:
    return Table(name, (), tuple(Column(c, "text", "") for c in columns))


SOURCES = _texts("sources", "kind", "name", "digest")
"""What the run was made from: `input` and `plan` files with their digests."""
ACKNOWLEDGED = _texts("acknowledged", "exception_id", "reason", "author")
POSTINGS = Table(
    "postings",
    (),
    (
        Column("account", "text", "expense, payable, draw receivable, held or clearing"),
        Column("payee", "text", "payee"),
        Column("plan", "text", "plan"),
        Column("component", "text", "component, charge, debt or adjustment"),
        Column("line_id", "text", "the line that is posted; empty for what is none"),
        Column("step", "text", "earned, a step of the payment, or what moves a balance without one"),
        Column("balance", "text", "the balance that it moves: draw, debt NAME, held, carried; empty for none"),
        Column("amount", "decimal", "above zero debit, below zero credit"),
        Column("currency", "text", "currency"),
    ),
)
TABLES: tuple[Table, ...] = (
    SOURCES,
    ACKNOWLEDGED,
    POSTINGS,
    LINES.whole,
    SLICES,
    PAYMENTS.whole,
    BALANCES,
    DEAL_RATES,
)
"""The tables of an entry, in the order in which its text has them."""
BY_NAME = {t.name: t for t in TABLES}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the ledger: a period that was closed (`close`), one that was opened again (`reopen`), what was paid (`paid`).

    run: the digest of the run that was posted. rows: how many rows each table has of it. at: when, in UTC; nothing is decided
    by it, the number is the order. reverses: of one opened again, the number of the entry that it takes back; else 0.
    """

    number: int
    kind: str
    period: str
    first: str
    last: str
    by: str
    approved_by: str
    reason: str
    reverses: int
    run: str
    engine: str
    at: str
    rows: str
    previous: str
    hash: str


HEADER = tuple(f.name for f in fields(Entry))
NUMBERS = ("number", "reverses")


def row_text(table: str, number: int, cells: Sequence[Cell]) -> bytes:
    """Return a row as the text that is hashed: a JSON list of the table, the row's number in the entry, and its cells."""
    return json.dumps((table, number, *cells), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def mark_of(text: bytes) -> int:
    """Return the mark of a row, by which the one that was changed is found."""
    return zlib.crc32(text)


def header_text(cells: Sequence[Cell]) -> bytes:
    """Return the head of an entry, all but its own hash, as text."""
    return row_text("entries", 0, cells[:-1])


def rows_text(counts: dict[str, int]) -> str:
    """Return how many rows each table has, as the head of an entry says it."""
    return ", ".join(f"{t.name} {counts[t.name]}" for t in TABLES)


def beginning(about: Iterable[tuple[str, str]]) -> str:
    """Return what the first entry carries as the hash before it: that of what the ledger says of itself."""
    return hashlib.sha256(b"".join(row_text("about", 0, pair) for pair in sorted(about))).hexdigest()


def statements() -> tuple[tuple[str, str, str], ...]:
    """Return type, name and SQL of everything that the file is made of: tables, and triggers that refuse any change."""
    made = [("table", "about", "CREATE TABLE about (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID")]
    columns = ", ".join(f'"{c}" {"INTEGER" if c in NUMBERS else "TEXT"} NOT NULL' for c in HEADER)
    made.append(("table", "entries", f'CREATE TABLE entries ({columns}, PRIMARY KEY ("number")) WITHOUT ROWID'))
    for table in TABLES:
        columns = ", ".join(f'"{c}" TEXT' for c in table.names)
        keyed = (
            f'"entry" INTEGER NOT NULL, "row" INTEGER NOT NULL, {columns}, "mark" INTEGER NOT NULL, PRIMARY KEY ("entry", "row")'
        )
        made.append(("table", table.name, f"CREATE TABLE {table.name} ({keyed}) WITHOUT ROWID"))
    for name in ("about", "entries", *BY_NAME):
        for done, verb in (("changed", "UPDATE"), ("deleted", "DELETE")):
            text = f"CREATE TRIGGER {name}_never_{done} BEFORE {verb} ON {name} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            made.append(("trigger", f"{name}_never_{done}", text))
    for name in BY_NAME:
        sealed = "EXISTS (SELECT 1 FROM entries WHERE number >= NEW.entry)"
        text = f"CREATE TRIGGER {name}_sealed BEFORE INSERT ON {name} WHEN {sealed} BEGIN SELECT RAISE(ABORT, 'the entry is sealed'); END"
        made.append(("trigger", f"{name}_sealed", text))
    after = "NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM entries)"
    text = f"CREATE TRIGGER entries_in_turn BEFORE INSERT ON entries WHEN {after} BEGIN SELECT RAISE(ABORT, 'entries follow one another'); END"
    return (*made, ("trigger", "entries_in_turn", text))
