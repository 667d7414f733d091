"""Curves: bonuses and funds that fall where the measure grows, found point by point, exactly."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from math import ceil

from commcalc.advice.ladders import OF_DEALS
from commcalc.advice.problems import FALLS
from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.tiers import measure_of, number_of
from commcalc.language.cells import Cell
from commcalc.language.expression import Expression
from commcalc.plan.load import LoadedPlan
from commcalc.plan.shapes import Bands, Points, Rows
from commcalc.plan.walk import Path

Step = tuple[str, Decimal, str, Decimal, Path]
"""Where it is, what it gives there, where it is then, what it gives there, and where that stands."""


def advise(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield each point at which one more unit of a measure of deals lowers what is paid."""
    del facts
    for name, component in loaded.plan.components.items():
        for key in ("payout", "fund"):
            curve = getattr(component, key, None)
            path: Path = ("components", name, key)
            by = curve.by if isinstance(curve, Points | Bands) else curve.by[0] if isinstance(curve, Rows) else None
            read = measure_of(by, component.runs_over) if by is not None else None
            measure = loaded.plan.measures.get(str(read[1])) if read is not None else None
            if read is None or measure is None or measure.aggregate not in OF_DEALS:
                continue
            for below, low, at, high, place in _steps(path, curve):
                if high < low:
                    said = {"below": below, "low": _shown(low), "at": at, "high": _shown(high)}
                    yield FALLS.at(loaded.tree.span_of(place, key="points" in place), measure=read[1], **said)


def _shown(figure: Decimal) -> str:
    return f"{figure.normalize():,f}"


def _steps(path: Path, curve: object) -> Iterator[Step]:
    if isinstance(curve, Points):
        yield from _points(path, curve)
    elif isinstance(curve, Bands):
        yield from _bands(path, curve)
    elif isinstance(curve, Rows) and len(curve.by) == 1:
        yield from _rows(path, curve)


def _points(path: Path, curve: Points) -> Iterator[Step]:
    """Between two points a curve is straight or level, so it falls where the second lies lower; and at its two ends."""
    points = [(x.text, number_of(y)) for x, y in curve.points.items()]
    first, last = points[0], points[-1]
    before = number_of(curve.before) if isinstance(curve.before, Expression) else None
    beyond = number_of(curve.beyond) if isinstance(curve.beyond, Expression) else None
    if before is not None and first[1] is not None:
        yield f"less than {first[0]}", before, first[0], first[1], (*path, "points", first[0])
    for (x, y), (x2, y2) in itertools.pairwise(points):
        if y is not None and y2 is not None:
            yield x, y, x2, y2, (*path, "points", x2)
    if beyond is not None and last[1] is not None:
        yield last[0], last[1], f"more than {last[0]}", beyond, (*path, "beyond")


def _bands(path: Path, curve: Bands) -> Iterator[Step]:
    """A band rises by its points up to the next one's bound, which may give less."""
    before = number_of(curve.before)
    first = number_of(curve.bands[0].pay)
    if before is not None and first is not None:
        yield f"less than {curve.bands[0].start.text}", before, curve.bands[0].start.text, first, (*path, "bands", 0, "pay")
    for number, (one, two) in enumerate(zip(curve.bands, curve.bands[1:], strict=False), 1):
        start, end, pay, then = (number_of(e) for e in (one.start, two.start, one.pay, two.pay))
        each = number_of(one.per_point) if one.per_point is not None else Decimal(0)
        if start is None or end is None or pay is None or then is None or each is None:
            continue
        reached = (end - start) * curve.point
        points = reached if curve.fractions == "count" else Decimal(max(0, ceil(reached) - 1))
        yield f"just below {two.start.text}", pay + each * points, two.start.text, then, (*path, "bands", number, "pay")


def _rows(path: Path, table: Rows) -> Iterator[Step]:
    """Rows of ranges are steps, in the order of their ranges."""
    found = [(cells[0], number_of(given), n) for n, (cells, given) in enumerate(table.entries()) if isinstance(given, Expression)]
    ranges = sorted((r for r in found if r[0].kind == "range"), key=lambda r: _low(r[0]))
    for (one, pays, _), (two, then, number) in itertools.pairwise(ranges):
        if pays is not None and then is not None:
            at = (*path, "rows", two.text) if isinstance(table.rows, dict) else (*path, "rows", number)
            yield one.text, pays, two.text, then, at


def _low(cell: Cell) -> tuple[bool, Decimal, bool]:
    low = cell.low if isinstance(cell.low, Decimal) else None
    return low is not None, low or Decimal(0), not cell.low_in
