"""The bounds of a plan: every figure of a measure or a column at which a tier, a curve, a row or a condition changes what is paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from commcalc.base.source import Span
from commcalc.checks.tiers import measure_of, number_of
from commcalc.language.cells import read_cell
from commcalc.language.expression import Expression
from commcalc.language.expression.nodes import COMPARISONS, Binary, Name, Number, walk
from commcalc.language.tree import Scalar
from commcalc.plan.load import LoadedPlan
from commcalc.plan.walk import Path, Place, named

By = Literal["attainment", "value", "column"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound: of which component, where it stands, on what, and the figure.

    by: `attainment` or `value` of the measure `name`, or the `column` of the deals that is called so; at: the figure, plan currency where money;
    path: where it stands in the plan.
    """

    component: str
    place: Span
    what: str
    by: By
    name: str
    at: Decimal
    path: Path


def bounds_of(loaded: LoadedPlan) -> list[Bound]:
    """Return the bounds of a plan's components in the order of its file, each place once."""
    found: dict[tuple[str, By, str, Decimal], Bound] = {}
    for place in loaded.places:
        if place.component is not None:
            for bound in (*_of_keys(loaded, place), *_of_condition(loaded, place)):
                if bound.at == 0 and bound.by != "column":
                    continue  # where a measure begins, nothing is below
                found.setdefault((bound.component, bound.by, bound.name, bound.at), bound)
    return list(found.values())


def _of_keys(loaded: LoadedPlan, place: Place) -> Iterator[Bound]:
    """Yield the bounds among which a value is looked up: where it says by what, all of them at once."""
    path = place.path
    if "by" not in path:
        return
    at = path.index("by")
    on = _read(place, place.expression)
    if on is None:
        return
    above, number = path[:at], path[at + 1] if len(path) > at + 1 else 0
    for where, text, figure, path in _figures(loaded, above, int(number)):
        yield Bound(str(place.component), where, f"{text} of {named(above)}", *on, figure, path)


def _figures(loaded: LoadedPlan, above: Path, number: int) -> Iterator[tuple[Span, str, Decimal, Path]]:
    """Yield place, words, figure and path of each bound under a path: of tiers, points and bands, or of cells of the key of that number."""
    for one in loaded.places:
        rest = one.path[len(above) :]
        figure = number_of(one.expression)
        if one.path[: len(above)] != above or figure is None:
            continue
        if one.key:
            yield loaded.tree.span_of(one.path, key=True), f"point {rest[-1]}", figure, one.path
        elif rest[0] in ("tiers", "bands") and rest[-1] in ("from", "above") and len(rest) == 3:
            said = f"{rest[0][:-1]} {int(rest[1]) + 1} ({rest[-1]} {one.expression.text})"
            yield loaded.tree.span_of(one.path), said, figure, one.path
    for path, key in _cells(loaded, above, number):
        node = loaded.tree.node_at(path)
        text = str(path[-1]) if key else node.text if isinstance(node, Scalar) else ""
        cell = read_cell(text) if text else None
        for end in (cell.low, cell.high) if cell is not None and cell.kind == "range" else ():
            if isinstance(end, Decimal):
                yield loaded.tree.span_of(path, key=key), f"the row `{text}`", end, path


def _cells(loaded: LoadedPlan, above: Path, number: int) -> Iterator[tuple[Path, bool]]:
    """Yield the path of each cell of one key of a table, and whether it is a key of the file."""
    every = [p.path for p in loaded.places if p.path[: len(above)] == above]
    for path in every:
        rest = path[len(above) :]
        if rest[0] == "rows" and len(rest) == 2:
            yield path, True
        elif rest[0] == "rows" and len(rest) == 3:
            yield (*path[:-1], number), False
        elif rest[0] == "matrix":
            cell = (*above, "matrix", rest[1], 0) if number == 0 else (*above, "matrix", 0, int(rest[2]) - 1)
            yield cell, False


def _of_condition(loaded: LoadedPlan, place: Place) -> Iterator[Bound]:
    """Yield what a condition compares with a plain number."""
    for node in walk(place.expression.node):
        if isinstance(node, Binary) and node.op in COMPARISONS and isinstance(node.right, Number):
            on = _read(place, Expression("", node.left))
            if on is not None:
                where = loaded.tree.scalar_place(place.path, node.start, node.end)
                said = place.expression.text[node.start : node.end]
                yield Bound(str(place.component), where, f"`{said}` in {named(place.path)}", *on, node.right.value, place.path)


def _read(place: Place, by: Expression) -> tuple[By, str] | None:
    """Return what an expression plainly reads: a measure's attainment or value, or a column of the deal."""
    read = measure_of(by, place.own)
    if read is not None and read[1] is not None:
        return ("attainment" if read[0] == "attainment" else "value"), read[1]
    return ("column", by.node.id) if isinstance(by.node, Name) and by.node.id != "quota" else None
