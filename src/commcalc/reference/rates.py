"""Values looked up: an expression, a table of rows, a matrix or a curve, each for one deal or one payee (§5.3, §6.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from commcalc.language.expression.nodes import Expression
from commcalc.language.fields import Cell
from commcalc.plan.shapes import Bands, Matrix, Points, Rows
from commcalc.reference.expression import Given, Names, evaluate, undivided
from commcalc.reference.numbers import ZERO, Figure, times
from commcalc.reference.watch import note_point


def value_of(value: Any, names: Names) -> Given:
    """Return what a value gives; None where it is empty or no row holds."""
    if isinstance(value, Expression):
        return evaluate(value.node, names)
    if isinstance(value, Points | Bands):
        figure = figure_of(value, names)
        return None if figure is None else figure.quotient
    return _look_up(value, names)


def figure_of(value: Any, names: Names) -> Figure | None:
    """Return what a value gives, undivided: between two points of a curve it has a divisor of its own."""
    if isinstance(value, Points):
        return _curve(value, names)
    if isinstance(value, Bands):
        return _bands(value, names)
    found = value_of(value, names)
    return None if found is None else Figure(found)


def _look_up(table: Rows | Matrix, names: Names) -> Given:
    """The row whose cells hold the keys; more cells beat fewer, single values beat ranges."""
    keys = [undivided(by.node, names) for by in table.by]
    rows = list(table.entries())
    asked = [any(cells[i].kind != "any" for cells, _ in rows) for i in range(len(keys))]
    if any(key is None and wanted for key, wanted in zip(keys, asked, strict=True)):
        return None  # what a row asks for is not known: none of them may be guessed
    best: tuple[int, int] | None = None
    found: Expression | None = None
    for cells, value in rows:
        if all(holds(cell, key) for cell, key in zip(cells, keys, strict=True)):
            rank = (sum(c.kind != "any" for c in cells), sum(c.kind == "value" for c in cells))
            if best is None or rank > best:
                best, found = rank, value
    return None if found is None else evaluate(found.node, names)


def holds(cell: Cell, key: tuple[Any, Decimal] | None) -> bool:
    """Tell whether a cell holds a key, given as (v, q): bounds are compared times q."""
    if cell.kind == "any":
        return True
    if key is None:
        return False
    value, quota = key
    if cell.kind == "value":
        if isinstance(value, bool):
            return cell.text.strip() == ("yes" if value else "no")
        if isinstance(value, str):
            return cell.text.strip() == value
        return bool(_bound(cell.value, quota) == value)
    low, high = _bound(cell.low, quota), _bound(cell.high, quota)
    above = low is None or (value >= low if cell.low_in else value > low)
    return above and (high is None or (value <= high if cell.high_in else value < high))


def _bound(bound: Any, quota: Decimal) -> Any:
    return bound if bound is None or isinstance(bound, str | date) else times(bound, quota)


def _curve(curve: Points, names: Names) -> Figure | None:
    """The highest point reached, or the straight line between two, with one division (§6.1)."""
    key = undivided(curve.by.node, names)
    points = [(evaluate(x.node, names), evaluate(y.node, names)) for x, y in curve.points.items()]
    if key is None or any(x is None or y is None for x, y in points):
        return None
    value, quota = key
    reached = [i for i, (x, _) in enumerate(points) if value >= times(x, quota)]
    if not reached:
        return _outside(curve, points, key, names)
    at = reached[-1]
    note_point(list(curve.points.values())[at].node)
    on_last = value == times(points[at][0], quota)
    if at == len(points) - 1 and not on_last:
        return _outside(curve, points, key, names, last=True)
    if curve.between == "steps" or len(points) == 1:
        return Figure(points[at][1])
    start = min(at, len(points) - 2)  # a point is where a stretch begins; the last one where it ends
    return _straight(points[start], points[start + 1], key)


def _outside(
    curve: Points, points: list[tuple[Decimal, Decimal]], key: tuple[Decimal, Decimal], names: Names, *, last: bool = False
) -> Figure | None:
    """Outside the points: the outermost point's value, its segment going on, or what is said."""
    said = curve.beyond if last else curve.before
    if isinstance(said, Expression):
        found = evaluate(said.node, names)
        return None if found is None else Figure(found)
    if said == "flat" or len(points) == 1 or curve.between == "steps":  # a step has no slope that could go on
        return Figure(points[-1 if last else 0][1])
    one, other = points[-2:] if last else points[:2]
    return _straight(one, other, key)


def _straight(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal], key: tuple[Decimal, Decimal]) -> Figure:
    (a0, p0), (a1, p1), (v, q) = one, other, key
    numerator = times(p0, q, a1 - a0) + times(v - times(a0, q), p1 - p0)
    return Figure(numerator, times(q, a1 - a0))


def _bands(said: Bands, names: Names) -> Figure | None:
    """The start of the band that is reached, and so much for each point above it, with one division (§6.1)."""
    key = undivided(said.by.node, names)
    starts = [evaluate(b.start.node, names) for b in said.bands]
    if key is None or any(s is None for s in starts):
        return None
    value, quota = key
    reached = [i for i, start in enumerate(starts) if value >= times(start, quota)]
    if not reached:
        below = evaluate(said.before.node, names)
        return None if below is None else Figure(below)
    band, start = said.bands[reached[-1]], starts[reached[-1]]
    pay = evaluate(band.pay.node, names)
    each = evaluate(band.per_point.node, names) if band.per_point is not None else ZERO
    if pay is None or each is None:
        return None
    over_start = times(value - times(start, quota), said.point)
    if said.fractions == "drop":
        return Figure(pay + times(each, over_start // quota))
    return Figure(times(pay, quota) + times(each, over_start), quota)


def values_of(value: Any) -> list[Expression]:
    """Return every expression of a value: what is looked up, and what is given."""
    if isinstance(value, Expression):
        return [value]
    if isinstance(value, Points):
        said = [x for x in (value.before, value.beyond) if isinstance(x, Expression)]
        return [value.by, *value.points.keys(), *value.points.values(), *said]
    if isinstance(value, Bands):
        said = [e for b in value.bands for e in (b.start, b.pay, b.per_point) if e is not None]
        return [value.by, value.before, *said]
    return [*value.by, *(v for _, v in value.entries())]
