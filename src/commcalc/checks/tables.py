"""Tables: no gap between ranges, no two rows for one value, no bound that cents fall through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations

from commcalc.base.problem import Problem
from commcalc.base.source import Span
from commcalc.checks.facts import Facts
from commcalc.checks.problems import GAP, INTEGER_BOUNDS, OPEN_ENDS, OVERLAP, SAME_ROW, SHAPE
from commcalc.checks.tiers import values
from commcalc.language.expression import Expression
from commcalc.language.expression.nodes import Call, Member, Name, Node, Number
from commcalc.language.fields import Cell
from commcalc.plan.load import LoadedPlan
from commcalc.plan.shapes import Matrix, Rows
from commcalc.plan.walk import Path

MOST_ROWS = 2_000
"""Larger tables are looked at for gaps key by key, not row against row."""
WHOLE_OF_PAYEE = ("months_on_plan", "months_employed", "periods_on_plan", "days_in_window")
Cells = tuple[Cell, ...]


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with the tables of a plan."""
    for path, value in values(loaded):
        if isinstance(value, Rows):
            yield from _rows(loaded, path, value, facts.counts)
        elif isinstance(value, Matrix):
            yield from _matrix(loaded, path, value, facts.counts)


def _places(loaded: LoadedPlan, path: Path, table: Rows) -> list[Span]:
    if isinstance(table.rows, dict):
        return [loaded.tree.span_of((*path, "rows", c.text), key=True) for c in table.rows]
    return [loaded.tree.span_of((*path, "rows", n)) for n in range(len(table.rows))]


def _rows(loaded: LoadedPlan, path: Path, table: Rows, counts: frozenset[str]) -> Iterator[Problem]:
    rows = [cells for cells, _ in table.entries()]
    places = _places(loaded, path, table)
    uneven = [(n, cells) for n, cells in enumerate(rows) if len(cells) != len(table.by)]
    for n, cells in uneven:
        yield SHAPE.at(places[n], found=len(cells), wanted=len(table.by))
    if uneven:
        return
    if len(rows) <= MOST_ROWS:
        yield from _overlaps(rows, places)
    for key, by in enumerate(table.by):
        for held in _lines(rows, key):
            yield from _line([rows[n][key] for n in held], [places[n] for n in held], _whole(by, counts))


def _lines(rows: list[Cells], key: int) -> Iterator[list[int]]:
    """Yield the rows that stand along one key: with the same cells for the other keys, or with cells that hold those."""
    others = [(*cells[:key], *cells[key + 1 :]) for cells in rows]
    wide = [n for n, cells in enumerate(others) if any(c.kind != "value" for c in cells)] if len(rows) <= MOST_ROWS else []
    alike: dict[tuple[str, ...], list[int]] = {}
    for n, cells in enumerate(others):
        alike.setdefault(tuple(c.text.strip() for c in cells), []).append(n)
    for group in alike.values():
        inside = others[group[0]]
        held = [n for n in wide if n not in group and all(_covers(a, b) for a, b in zip(others[n], inside, strict=True))]
        if any(rows[n][key].kind == "range" for n in group):
            yield sorted([*group, *held])


def _covers(a: Cell, b: Cell) -> bool:
    """Tell whether every value of the second cell is one of the first."""
    if a.kind == "any" or a.text.strip() == b.text.strip():
        return True
    if b.kind == "value":
        return _holds(a, b.value)
    if a.kind != "range" or b.kind != "range":
        return False
    below = a.low is None or (b.low is not None and (a.low, not a.low_in) <= (b.low, not b.low_in))
    return below and (a.high is None or (b.high is not None and (a.high, a.high_in) >= (b.high, b.high_in)))


def _rank(cells: tuple[Cell, ...]) -> tuple[int, int]:
    return sum(c.kind != "any" for c in cells), sum(c.kind == "value" for c in cells)


def _overlaps(rows: list[Cells], places: list[Span]) -> Iterator[Problem]:
    """Two rows of equal rank that hold one and the same value leave open which of them does."""
    seen: dict[tuple[object, ...], int] = {}
    for n, cells in enumerate(rows):
        key = tuple(c.text.strip() if c.value is None else c.value for c in cells)
        if key in seen:
            text = ", ".join(c.text.strip() for c in cells)
            yield SAME_ROW.at(places[n], text=text).with_also(places[seen[key]], "the first")
        seen.setdefault(key, n)
    ranged = [n for n, cells in enumerate(rows) if any(c.kind != "value" for c in cells)]
    for a, b in combinations(ranged, 2):
        first, second = rows[a], rows[b]
        if _rank(first) != _rank(second) or [c.text.strip() for c in first] == [c.text.strip() for c in second]:
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


def _line(cells: list[Cell], places: list[Span], whole: bool) -> Iterator[Problem]:
    """Along one key the ranges leave no gap and are open at both ends, unless a row holds everything."""
    ranges = sorted(
        ((c, p) for c, p in zip(cells, places, strict=True) if c.kind == "range"),
        key=lambda x: (x[0].low is not None, x[0].low or 0, not x[0].low_in),
    )
    if not ranges or any(c.kind == "any" for c in cells):
        return
    singles: set[object] = {c.value for c in cells if c.kind == "value"}
    first, place = ranges[0]
    if not singles and isinstance(first.low, Decimal) and first.low > (1 if whole else 0):
        mend = f"..{'' if first.high is None or first.high_in else '<'}{first.high if first.high is not None else first.low}"
        yield OPEN_ENDS.at(place, where="below", bound=first.low, side="first", mend=mend)
    reach = first
    for cell, place in ranges[1:]:
        yield from _gap(reach, cell, place, (singles, whole))
        if reach.high is not None and (cell.high is None or (cell.high, cell.high_in) > (reach.high, reach.high_in)):
            reach = cell
    if reach.high is not None:
        last = next(p for c, p in ranges if c is reach)
        yield OPEN_ENDS.at(last, where="above", bound=reach.high, side="last", mend=_opened(reach))


def _opened(cell: Cell) -> str:
    if cell.low is None:
        return "any"
    return f"{cell.low}.." if cell.low_in else f"above {cell.low}"


def _gap(reach: Cell, cell: Cell, place: Span, said: tuple[set[object], bool]) -> Iterator[Problem]:
    """What lies between the end of what is held so far and the beginning of the next range."""
    singles, whole = said
    low, high = reach.high, cell.low
    if low is None or high is None or low > high:  # type: ignore[operator]
        return
    if low == high:
        if not reach.high_in and not cell.low_in and low not in singles:
            yield GAP.at(place, low=low, high=high)
        return
    one = isinstance(low, Decimal) and high - low == 1  # type: ignore[operator]
    if one and not whole:
        yield INTEGER_BOUNDS.at(place, bound=high, before=low, half=low + Decimal("0.5"))  # type: ignore[operator]
    elif not (one and whole) and not singles and not _next_day(reach, cell):
        yield GAP.at(place, low=low, high=high)


def _next_day(reach: Cell, cell: Cell) -> bool:
    """Dates have no time in them: a range may begin on the day after another's last."""
    if not isinstance(reach.high, date) or not isinstance(cell.low, date):
        return False
    return reach.high_in and cell.low_in and (cell.low - reach.high).days == 1


def _whole(by: Expression, counts: frozenset[str]) -> bool:
    """Whether what is looked up is a whole number, so that nothing lies between 2 and 3."""
    return _whole_node(by.node, counts)


def _whole_node(node: Node, counts: frozenset[str]) -> bool:
    if isinstance(node, Number):
        return node.value == node.value.to_integral_value()
    if isinstance(node, Call) and node.function in ("coalesce", "min", "max"):
        return all(_whole_node(a, counts) for a in node.args)
    if isinstance(node, Call):
        return node.function in ("months_between", "days_between", "year", "month", "day", "floor", "ceil")
    if isinstance(node, Member):
        return node.id in WHOLE_OF_PAYEE
    return isinstance(node, Name) and (node.id in counts or node.id == "level")


def _matrix(loaded: LoadedPlan, path: Path, table: Matrix, counts: frozenset[str]) -> Iterator[Problem]:
    across = len(table.matrix[0])
    uneven = [(n, len(row)) for n, row in enumerate(table.matrix[1:], 1) if len(row) != across + 1]
    for n, size in uneven:
        yield SHAPE.at(loaded.tree.span_of((*path, "matrix", n)), found=size - 1, wanted=across)
    if uneven:
        return
    sides = (
        (table.down, [loaded.tree.span_of((*path, "matrix", n, 0)) for n in range(1, len(table.matrix))]),
        (table.across, [loaded.tree.span_of((*path, "matrix", 0, n)) for n in range(across)]),
    )
    for (cells, places), by in zip(sides, table.by, strict=True):
        yield from _overlaps([(c,) for c in cells], places)
        yield from _line(cells, places, _whole(by, counts))
