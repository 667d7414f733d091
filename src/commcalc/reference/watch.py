"""Watching: what the expressions of a plan gave while it was calculated, so that what no test reaches can be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from commcalc.language.expression.nodes import Node

Outcome = bool | None
"""Of a condition whether it held; None where it was empty, and of all that is no condition."""


class Watch:
    """What was seen: the outcomes of each node that was worked out, the points of curves reached, the kinds of lines of components.

    Nodes are told by their identity: they live as long as the plan that they were read from.
    """

    def __init__(self) -> None:
        self.outcomes: dict[int, set[Outcome]] = defaultdict(set)
        self.points: set[int] = set()
        self.kinds: set[tuple[str, str, str]] = set()

    def seen(self, node: Node) -> set[Outcome]:
        """Return the outcomes of a node; none at all where it was never worked out."""
        return self.outcomes.get(id(node), set())

    def on(self, node: Node) -> bool:
        """Tell whether a curve was read at or after its point whose value the node is."""
        return id(node) in self.points

    def add(self, node: Node, other: Node) -> None:
        """Count what was seen of another node as seen of this one, which says the same."""
        self.outcomes[id(node)] |= self.seen(other)
        if self.on(other):
            self.points.add(id(node))

    def bit(self, plan: str, component: str, kind: str) -> bool:
        """Tell whether a component had a line of a kind, for instance `cap`, that is not zero."""
        return (plan, component, kind) in self.kinds


_watching: list[Watch] = []


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch every calculation within."""
    watch = Watch()
    _watching.append(watch)
    try:
        yield watch
    finally:
        _watching.remove(watch)


def note(node: Node, found: Any) -> Any:
    """Take in what a node gave, and return it."""
    for watch in _watching:
        watch.outcomes[id(node)].add(found if isinstance(found, bool) else None)
    return found


def note_point(node: Node) -> None:
    """Take in that a curve was read at or after the point whose value the node is."""
    for watch in _watching:
        watch.points.add(id(node))


def note_kind(plan: str, component: str, kind: str) -> None:
    """Take in that a component has a line of a kind that is not zero."""
    for watch in _watching:
        watch.kinds.add((plan, component, kind))
