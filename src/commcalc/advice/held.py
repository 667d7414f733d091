"""What a condition leaves open: the values that each column can still have where the condition holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from commcalc.language.cells import Cell
from commcalc.language.expression import Expression
from commcalc.language.expression.nodes import Between, Binary, DateLit, In, Name, Node, Number, Text

Literal_ = Decimal | date | str
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


@dataclass(frozen=True, slots=True)
class Held:
    """The values that a column can have: one of `values`, where these are known, and between two ends."""

    values: frozenset[Literal_] | None = None
    low: tuple[Literal_, bool] | None = None  # the end, and whether it is in
    high: tuple[Literal_, bool] | None = None

    def also(self, other: Held) -> Held:
        """Return the values that both leave open."""
        values = self.values if other.values is None else other.values if self.values is None else self.values & other.values
        lows = [end for end in (self.low, other.low) if end is not None]
        highs = [end for end in (self.high, other.high) if end is not None]
        low = max(lows, key=lambda e: (e[0], not e[1])) if lows else None
        high = min(highs, key=lambda e: (e[0], e[1])) if highs else None
        found = Held(values, low, high)
        return found if values is None else replace(found, values=frozenset(v for v in values if found.within(v)))

    def within(self, value: Literal_) -> bool:
        """Whether a value lies between the ends."""
        above = self.low is None or value > self.low[0] or (value == self.low[0] and self.low[1])  # type: ignore[operator]
        below = self.high is None or value < self.high[0] or (value == self.high[0] and self.high[1])  # type: ignore[operator]
        return above and below

    @property
    def empty(self) -> bool:
        """Whether no value is left."""
        if self.values is not None:
            return not self.values
        if self.low is None or self.high is None:
            return False
        low, high = self.low, self.high
        return low[0] > high[0] or (low[0] == high[0] and not (low[1] and high[1]))  # type: ignore[operator]


def known(*conditions: Expression | None) -> dict[str, Held]:
    """Return what is known of each column where all the conditions hold; values of two types never meet."""
    found: dict[str, Held] = {}
    for condition in conditions:
        for name, held in _all_of(condition.node) if condition is not None else ():
            before = found.get(name, Held())
            if len({type(v) for v in (*_of(before), *_of(held))}) == 1:
                found[name] = before.also(held)
    return found


def of_cell(cell: Cell) -> Held:
    """Return what a cell of a table holds."""
    if cell.kind == "value" and cell.value is not None:
        return Held(frozenset((cell.value,)))
    low = (cell.low, cell.low_in) if cell.low is not None else None
    high = (cell.high, cell.high_in) if cell.high is not None else None
    return Held(None, low, high)


def meet(one: Held, other: Held) -> bool:
    """Whether some value is left by both; where types differ nothing is known."""
    if len({type(v) for v in (*_of(one), *_of(other))}) > 1:
        return True
    return not one.also(other).empty


def _of(held: Held) -> list[Literal_]:
    return [*(held.values or ()), *(end[0] for end in (held.low, held.high) if end is not None)]


def _all_of(node: Node) -> Iterator[tuple[str, Held]]:
    """Yield what each part of a condition says of a column; parts joined by `or` say nothing by themselves."""
    if isinstance(node, Binary) and node.op == "and":
        yield from _all_of(node.left)
        yield from _all_of(node.right)
    elif isinstance(node, Binary) and node.op in TURNED:
        for name, op, other in ((node.left, node.op, node.right), (node.right, TURNED[node.op], node.left)):
            value = _literal(other)
            if isinstance(name, Name) and value is not None:
                yield name.id, _compared(op, value)
    elif isinstance(node, In) and not node.negated and isinstance(node.item, Name):
        values = [_literal(option) for option in node.options]
        if all(v is not None for v in values):
            yield node.item.id, Held(frozenset(v for v in values if v is not None))
    elif isinstance(node, Between) and isinstance(node.item, Name):
        low, high = _literal(node.low), _literal(node.high)
        if low is not None and high is not None:
            yield node.item.id, Held(None, (low, True), (high, True))


def _compared(op: str, value: Literal_) -> Held:
    if op == "=":
        return Held(frozenset((value,)))
    end = (value, "=" in op)
    return Held(low=end) if op.startswith(">") else Held(high=end)


def _literal(node: Node) -> Literal_ | None:
    return node.value if isinstance(node, Number | Text | DateLit) else None
