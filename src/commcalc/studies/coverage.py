"""Coverage: the tiers, rows, points, branches, conditions and limits of a plan, and which of them nothing ever reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from commcalc.base.source import Place as Where
from commcalc.language.expression.nodes import Call, Node, walk
from commcalc.plan.load import LoadedPlan
from commcalc.plan.walk import Path, Place, named
from commcalc.reference.watch import Watch

Wanted = Literal["reached", "on"]
TABLES = ("rows", "matrix")


@dataclass(frozen=True, slots=True)
class Point:
    """Something of a plan that a calculation reaches or does not.

    what: in words, for instance `tier 3 of rate, from 120%`; lacks: what never happened, where it is not reached.
    """

    place: Where | None
    what: str
    lacks: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """A plan and all its points, in the order of its file."""

    plan: str
    file: str
    points: tuple[Point, ...]

    @property
    def missing(self) -> tuple[Point, ...]:
        """The points that nothing reached."""
        return tuple(p for p in self.points if not p.reached)


def coverage_of(loaded: LoadedPlan, watch: Watch, variants: Iterable[LoadedPlan] = ()) -> Coverage:
    """Return what was reached of a plan while it was watched. variants: the same plan with params of a test."""
    own = {(p.path, p.key): p.expression for p in loaded.places}
    for place in (p for variant in variants for p in variant.places):
        mine = own.get((place.path, place.key))
        if mine == place.expression:  # but for the params themselves
            for node, other in zip(walk(mine.node), walk(place.expression.node), strict=True):
                watch.add(node, other)
    points = [*_of_expressions(loaded, watch), *_of_limits(loaded, watch)]
    return Coverage(loaded.plan.plan, loaded.file, tuple(points))


def _of_expressions(loaded: LoadedPlan, watch: Watch) -> Iterator[Point]:
    every = loaded.places
    for tier in _tiers(every):
        yield _tier(loaded, tier, [p for p in every if p.path[: len(tier)] == tier], watch)
    for place in every:
        where = loaded.tree.span_of(place.path)
        node = place.expression.node
        said = _looked_up(place, every)
        if said is not None:
            what, wanted = said
            reached = watch.on(node) if wanted == "on" else bool(watch.seen(node))
            yield Point(where, what, "nothing is looked up there", reached)
        if place.wanted == "condition":
            yield Point(where, named(place.path), "it never holds", True in watch.seen(node))
            yield Point(where, named(place.path), "it never fails to hold", False in watch.seen(node))
        yield from _branches(loaded, place, watch)


def _tiers(every: Iterable[Place]) -> list[Path]:
    """Return the path of each tier, in order."""
    found = (p.path[: p.path.index("tiers") + 2] for p in every if "tiers" in p.path and p.path[0] == "components")
    return list(dict.fromkeys(found))


def _tier(loaded: LoadedPlan, path: Path, inside: list[Place], watch: Watch) -> Point:
    bound = next(p for p in inside if p.path[-1] in ("from", "above"))
    pays = [p.expression.node for p in inside if len(p.path) > len(path) and p.path[len(path)] == "pay" and not p.key]
    number = int(path[-1]) + 1
    what = f"tier {number} of {named(path[:-2])}, {bound.path[-1]} {bound.expression.text}"
    return Point(loaded.tree.span_of(path), what, "it never pays", any(watch.seen(n) for n in pays))


def _looked_up(place: Place, every: Iterable[Place]) -> tuple[str, Wanted] | None:
    """Return what a value is looked up in, where it is, and how it is told that it was."""
    path = place.path
    for kind in TABLES:
        if kind in path and path[-1] != "by" and "by" not in path:
            return f"{place.expression.text} in {named(path[: path.index(kind)])}, {_row(path, kind)}", "reached"
    if "bands" in path and path[-1] == "pay":
        return f"band {int(path[-2]) + 1} of {named(path[: path.index('bands')])}", "reached"
    if "points" in path and not place.key and path[-2] == "points":
        last = [p.path for p in every if p.path[:-1] == path[:-1]][-1] == path
        return f"{path[-1]}{' and beyond' if last else ' and what follows'} on {named(path[: path.index('points')])}", "on"
    return None


def _row(path: Path, kind: str) -> str:
    rest = path[path.index(kind) + 1 :]
    if kind == "matrix":
        return f"row {rest[0]}, column {rest[1]}"
    return f"row {int(rest[0]) + 1}" if isinstance(rest[0], int) else f"row {rest[0]}"


def _branches(loaded: LoadedPlan, place: Place, watch: Watch) -> Iterator[Point]:
    """Yield both branches of each `if` of an expression."""
    for node in walk(place.expression.node):
        if isinstance(node, Call) and node.function == "if":
            for branch, lacks in ((node.args[1], "its condition never holds"), (node.args[2], "its condition always holds")):
                where = loaded.tree.scalar_place(place.path, branch.start, branch.end)
                what = f"`{_text(place, branch)}` of the if() in {named(place.path)}"
                yield Point(where, what, lacks, bool(watch.seen(branch)))


def _text(place: Place, node: Node) -> str:
    return place.expression.text[node.start : node.end]


def _of_limits(loaded: LoadedPlan, watch: Watch) -> Iterator[Point]:
    """Yield each component, reached where it pays, with its caps and floors, reached where they changed somebody's pay."""
    for name, component in loaded.plan.components.items():
        pays = watch.bit(loaded.plan.plan, name, "earning")
        yield Point(loaded.tree.span_of(("components", name)), f"component {name}", "it never pays anything", pays)
        for key, limits, of_deal in (("cap", component.caps, "maximum"), ("floor", component.floors, "minimum")):
            for number, limit in enumerate(limits):
                path: Path = ("components", name, key, *([number] if len(limits) > 1 else []))
                # what limits each deal has lines of another kind than what limits a window
                bit = watch.bit(loaded.plan.plan, name, of_deal if limit.per == "deal" else key)
                yield Point(loaded.tree.span_of(path), named(path), "it never changes what is paid", bit)
