"""Gathers what is wrong with an expression, each with its place and the words as written there."""

from __future__ import annotations

from dataclasses import dataclass, field

from commcalc.base.problem import Kind
from commcalc.language.expression.nodes import Node

Fault = tuple[Kind, int, int, dict[str, str]]
LONGEST = 60


@dataclass(slots=True)
class Trouble:
    """The faults found so far in one text."""

    text: str
    found: list[Fault] = field(default_factory=list)

    def add(self, kind: Kind, node: Node, **facts: str) -> None:
        """Take in a fault that stands where the node stands."""
        self.found.append((kind, node.start, node.end, facts))

    def words(self, node: Node) -> str:
        """Return the node as written, cut where it is long."""
        written = " ".join(self.text[node.start : node.end].split())
        return written if len(written) <= LONGEST else written[: LONGEST - 3] + "..."
