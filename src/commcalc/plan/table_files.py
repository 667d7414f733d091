"""Table files: the rows of a CSV file beside a plan, put in the place of its name with their own places for messages."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from commcalc.base.problem import Report
from commcalc.base.source import Span
from commcalc.language.tree import Mapping_, Node, Scalar, Sequence_
from commcalc.plan.problems import OUTSIDE, TABLE_FILE, UNREADABLE

MOST_BYTES = 16 * 1024 * 1024
Row = list[Scalar]


def with_tables(node: Node, folder: Path, root: Path, report: Report) -> Node:
    """Put the rows of each CSV file in the place of its name."""
    if isinstance(node, Sequence_):
        return Sequence_(tuple(with_tables(n, folder, root, report) for n in node.items), node.span)
    if not isinstance(node, Mapping_):
        return node
    entries = []
    for key, value in node.entries:
        if key.text in SHAPES and isinstance(value, Scalar) and value.text.endswith(".csv"):
            entries.append((key, _table(value, key.text, (folder, root), report)))
        else:
            entries.append((key, with_tables(value, folder, root, report)))
    return Mapping_(tuple(entries), node.span)


def _table(at: Scalar, key: str, where: tuple[Path, Path], report: Report) -> Node:
    """Read a table's CSV; its first line is its header."""
    folder, root = where
    path = folder / at.text
    leads_out = at.text.startswith(("/", "~")) or "://" in at.text or not path.resolve().is_relative_to(root.resolve())
    if leads_out or not path.is_file():
        report.add((OUTSIDE if leads_out else TABLE_FILE).at(at.span, path=at.text))
        return at
    rows = _rows(path, str(path.resolve().relative_to(root.resolve())), at, report)
    if not rows:
        return at
    return Sequence_((), at.span) if len(rows) < 2 else SHAPES[key](rows, at.span)


def _rows(path: Path, name: str, at: Scalar, report: Report) -> list[Row]:
    """Return the cells of each line that is not blank, or nothing and what is wrong with the file."""
    what = ""
    rows: list[Row] = []
    if path.stat().st_size > MOST_BYTES:
        what = f"it has {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} are read"
    else:
        try:
            text = path.read_text(encoding="utf-8-sig")
            if any(not c.isprintable() and c not in "\r\n\t" for c in text):
                what = "it has a character that cannot be seen"
            reader = csv.reader(io.StringIO(text, newline=""), strict=True)
            for cells in reader:
                span = Span(name, reader.line_num, 1, reader.line_num, len(",".join(cells)) + 1)
                rows += [[Scalar(cell.strip(), span, "plain") for cell in cells]] if cells else []
        except UnicodeDecodeError:
            what = "it is not plain UTF-8"
        except csv.Error as error:
            what = f"its quotes or fields are not right: {error}"
        what = what or ("" if rows else "it has nothing in it")
    if what:
        report.add(UNREADABLE.at(at.span, path=at.text, what=what))
        return []
    return rows


def _listed(rows: list[Row], at: Span) -> Node:
    """Rows of a look-up: a list of cells each, the value last; the header is for people."""
    return Sequence_(tuple(Sequence_(tuple(row), row[0].span) for row in rows[1:]), at)


def _crossed(rows: list[Row], at: Span) -> Node:
    """A matrix: its header holds the ranges across, behind a corner that says nothing."""
    return Sequence_(tuple(Sequence_(tuple(row[1:] if n == 0 else row), row[0].span) for n, row in enumerate(rows)), at)


def _keyed(rows: list[Row], at: Span) -> Node:
    """Tiers: each line is keys with values, the header naming the keys; what is left empty is not said."""
    return Sequence_(tuple(_entries(rows[0], row) for row in rows[1:]), at)


def _entries(header: Row, row: Row) -> Node:
    pairs = [(Scalar(k.text, row[0].span, "plain"), cell) for k, cell in zip(header, row, strict=False) if cell.text]
    surplus = [(Scalar("", row[0].span, "plain"), cell) for cell in row[len(header) :]]
    return Mapping_(tuple(pairs + surplus), row[0].span)


def _pairs(rows: list[Row], at: Span) -> Node:
    """Points: each line is the value looked up and the value given."""
    if any(len(row) != 2 for row in rows[1:]):
        return _listed(rows, at)
    return Mapping_(tuple((row[0], row[1]) for row in rows[1:]), at)


SHAPES: dict[str, Callable[[list[Row], Span], Node]] = {
    "rows": _listed, "matrix": _crossed, "tiers": _keyed, "points": _pairs,
}  # fmt: skip
