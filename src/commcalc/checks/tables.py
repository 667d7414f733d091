"""Tables: no gap between ranges, no two rows for one value, no bound that cents fall through."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise

from commcalc.base.problem import Problem
from commcalc.base.source import Span
from commcalc.checks.facts import Facts
from commcalc.checks.problems import BACKWARDS, GAP, INTEGER_BOUNDS, OPEN_ENDS, OVERLAP, SAME_ROW, SHAPE
from commcalc.checks.tiers import values
from commcalc.language.expression import Expression, Type
from commcalc.language.expression.nodes import Call, Name
from commcalc.language.fields import Cell
from commcalc.plan.load import LoadedPlan
from commcalc.plan.shapes import Matrix, Rows
from commcalc.plan.walk import Path

MOST_ROWS = 2_000
"""Larger tables are looked at for gaps key by key, not row against row."""


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with the tables of a plan."""
    counts = {name for name, kind in facts.columns.items() if kind is Type.NUMBER}
    for path, value in values(loaded):
        if isinstance(value, Rows):
            yield from _rows(loaded, path, value, counts)
        elif isinstance(value, Matrix):
            yield from _matrix(loaded, path, value)


def _places(loaded: LoadedPlan, path: Path, table: Rows) -> list[Span]:
    if isinstance(table.rows, dict):
        return [loaded.tree.span_of((*path, "rows", c.text), key=True) for c in table.rows]
    return [loaded.tree.span_of((*path, "rows", n)) for n in range(len(table.rows))]


def _rows(loaded: LoadedPlan, path: Path, table: Rows, counts: set[str]) -> Iterator[Problem]:
    rows = list(table.entries())
    places = _places(loaded, path, table)
    uneven = [(n, cells) for n, (cells, _) in enumerate(rows) if len(cells) != len(table.by)]
    for n, cells in uneven:
        yield SHAPE.at(places[n], found=len(cells), wanted=len(table.by))
    if uneven:
        return
    for n, (cells, _) in enumerate(rows):
        for cell in cells:
            if _empty(cell):
                yield BACKWARDS.at(places[n], text=cell.text)
    if len(rows) <= MOST_ROWS:
        yield from _overlaps(rows, places)
    if len(table.by) == 1:
        yield from _line([c[0] for c, _ in rows], places, table.by[0], counts)


def _empty(cell: Cell) -> bool:
    if cell.kind != "range" or cell.low is None or cell.high is None:
        return False
    return cell.low > cell.high or (cell.low == cell.high and not (cell.low_in and cell.high_in))  # type: ignore[operator]


def _rank(cells: tuple[Cell, ...]) -> tuple[int, int]:
    return sum(c.kind != "any" for c in cells), sum(c.kind == "value" for c in cells)


def _overlaps(rows: list[tuple[tuple[Cell, ...], Expression]], places: list[Span]) -> Iterator[Problem]:
    """Two rows of equal rank that hold one and the same value leave open which of them does."""
    seen: dict[tuple[str, ...], int] = {}
    for n, (cells, _) in enumerate(rows):
        key = tuple(c.text.strip() for c in cells)
        if key in seen:
            yield SAME_ROW.at(places[n], text=", ".join(key)).with_also(places[seen[key]], "the first")
        seen.setdefault(key, n)
    ranged = [n for n, (cells, _) in enumerate(rows) if any(c.kind != "value" for c in cells)]
    for a, b in combinations(ranged, 2):
        first, second = rows[a][0], rows[b][0]
        if _rank(first) != _rank(second) or first == second:
            continue
        common = [_common(x, y) for x, y in zip(first, second, strict=True)]
        if all(c is not None for c in common):
            shown = ", ".join(str(c) for c in common)
            yield OVERLAP.at(places[b], value=shown).with_also(places[a], "the other row")


def _common(a: Cell, b: Cell) -> object | None:
    """Return a value that both cells hold, or None."""
    if a.kind == "any" or b.kind == "any":
        return b.text if a.kind == "any" else a.text
    if a.kind == "value" or b.kind == "value":
        value, other = (a.value, b) if a.kind == "value" else (b.value, a)
        return value if _holds(other, value) else None
    lows = [(c.low, c.low_in) for c in (a, b) if c.low is not None]
    highs = [(c.high, c.high_in) for c in (a, b) if c.high is not None]
    low = max(lows, key=lambda x: (x[0], not x[1])) if lows else None
    high = min(highs, key=lambda x: (x[0], x[1])) if highs else None
    if low is None or high is None:
        return (low or high or ("everything",))[0]
    if low[0] < high[0]:  # type: ignore[operator]
        return low[0] if low[1] else high[0] if high[1] else f"values above {low[0]}"
    return low[0] if low[0] == high[0] and low[1] and high[1] else None


def _holds(cell: Cell, value: object) -> bool:
    if cell.kind == "value":
        return cell.value == value
    if type(value) not in (type(cell.low), type(cell.high)):
        return False
    if cell.low is not None and (value < cell.low or (value == cell.low and not cell.low_in)):  # type: ignore[operator]
        return False
    return not (cell.high is not None and (value > cell.high or (value == cell.high and not cell.high_in)))  # type: ignore[operator]


def _line(cells: list[Cell], places: list[Span], by: Expression, counts: set[str]) -> Iterator[Problem]:
    """Along one key the ranges leave no gap and are open at both ends, unless a row holds everything."""
    ranges = sorted(
        ((c, p) for c, p in zip(cells, places, strict=True) if c.kind == "range"),
        key=lambda x: (x[0].low is not None, x[0].low or 0),
    )
    if not ranges or any(c.kind == "any" for c in cells):
        return
    singles = {c.value for c in cells if c.kind == "value"}
    whole = _whole(by, counts)
    for (low, _), (high, place) in pairwise(ranges):
        if low.high is None or high.low is None or low.high > high.low:  # type: ignore[operator]
            continue
        if low.high == high.low:
            if not low.high_in and not high.low_in and low.high not in singles:
                yield GAP.at(place, low=low.high, high=high.low)
        elif isinstance(low.high, Decimal) and high.low - low.high == 1 and whole:  # type: ignore[operator]
            continue
        elif isinstance(low.high, Decimal) and high.low - low.high == 1:  # type: ignore[operator]
            yield INTEGER_BOUNDS.at(place, bound=high.low, before=low.high, half=low.high + Decimal("0.5"))
        elif not singles:
            yield GAP.at(place, low=low.high, high=high.low)
    last, place = ranges[-1]
    if last.high is not None:
        yield OPEN_ENDS.at(
            place, where="above", bound=last.high, side="last", mend=f"{last.low if last.low is not None else ''}.."
        )


def _whole(by: Expression, counts: set[str]) -> bool:
    """Whether what is looked up is a whole number, so that nothing lies between 2 and 3."""
    node = by.node
    if isinstance(node, Call):
        return node.function in ("months_between", "days_between", "year", "month", "day", "floor", "ceil")
    return isinstance(node, Name) and node.id in counts


def _matrix(loaded: LoadedPlan, path: Path, table: Matrix) -> Iterator[Problem]:
    across = len(table.matrix[0])
    for n, row in enumerate(table.matrix[1:], 1):
        if len(row) != across + 1:
            yield SHAPE.at(loaded.tree.span_of((*path, "matrix", n)), found=len(row) - 1, wanted=across)
