"""What an expression is once read: a tree of numbers, names and calls, each with its place in the text.

How an expression is worked out, wherever it is worked out:

- An operand that is empty makes the result empty. A division by zero is empty. Who asked makes an exception
  of a row whose rule is empty, and names the rule.
- `coalesce` gives its first value that is not empty; `is empty` and `is not empty` always give yes or no.
- `and`, `or` and `not` go by three values: no and empty is no, yes or empty is yes, else empty stays empty.
- `x in (a, b)` is `x = a or x = b`; `x between a and b` is `x >= a and x <= b`. With x empty they are empty.
- `if` looks at the branch that is taken only; with an empty condition it is empty.
- `min` and `max` with an empty operand are empty.
- `like`: `%` stands for any run of characters, also none; every other character for itself; case counts.
- Sums and differences are exact. A product or a quotient is rounded half-even to 12 decimals at once, in the
  order written, left to right. `round` rounds in the house's mode; `floor` goes down and `ceil` up,
  below zero too.
- `days_between(a, b)` is b - a in days. `months_between(a, b)` counts the whole months from a to b: a month
  has gone by on the same day of the next month, else on that month's last; where b is before a,
  those from b to a, below zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

NumberType = Literal["number", "ratio", "money"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number: plain, a ratio (8%, 75bp, 1.5x) or money (500 USD); the value is the pure number."""

    value: Decimal
    type: NumberType
    currency: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text in single quotes; `value` is what stands between them."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateLit:
    """A date such as 2026-01-31."""

    value: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name: a deal column, a param, a built-in (`credit_date`), or bare value, quota, attainment."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Member:
    """`payee.x`: a fact of the payee; `base` is always `payee`."""

    base: str
    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; the name is in small letters and one of FUNCTIONS."""

    function: str
    args: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`; `op` is `-` or `not`."""

    op: str
    operand: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands; `op` is one of `+ - * /`, `= <> < <= > >=`, `and or`, however it was written."""

    op: str
    left: Node
    right: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class In:
    """`x in (a, b)`, or `not in`."""

    item: Node
    options: tuple[Node, ...]
    negated: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Between:
    """`x between low and high`, both ends in."""

    item: Node
    low: Node
    high: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Like:
    """`x like 'A%'`."""

    item: Node
    pattern: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """`x is empty`, or `is not empty`."""

    item: Node
    negated: bool
    start: int
    end: int


Node: TypeAlias = Number | Text | DateLit | Name | Member | Call | Unary | Binary | In | Between | Like | IsEmpty
LEAVES = (Number, Text, DateLit, Name, Member)

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
OWN = ("value", "quota", "attainment")  # bare: of the component's own measure; called: of the measure named
NAMING = (*OWN, "earned", "table")  # the functions whose argument is a name in quotes
FUNCTIONS = (
    "min", "max", "abs", "round", "floor", "ceil", "coalesce", "if",
    "year", "month", "day", "days_between", "months_between", *NAMING,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression: its text as written and the tree read from it. Two with the same text are equal."""

    text: str
    node: Node = field(compare=False, repr=False)

    def __str__(self) -> str:
        return self.text


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node, from left to right."""
    if isinstance(node, LEAVES):  # most expressions of a plan are one number
        return ()
    if isinstance(node, Call):
        return node.args
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, In):
        return (node.item, *node.options)
    if isinstance(node, Between):
        return (node.item, node.low, node.high)
    if isinstance(node, Like | IsEmpty):
        return (node.item,)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all nodes under it, each before its parts, from left to right."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(children(here)))
