"""Conditions and formulas, worked out one at a time for one deal or one payee; empties as the language says."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Protocol

from commcalc.base.money import RoundingMode, round_money
from commcalc.language.expression.nodes import (
    COMPARISONS,
    NAMING,
    OWN,
    Between,
    Binary,
    Call,
    DateLit,
    In,
    IsEmpty,
    Like,
    Member,
    Name,
    Node,
    Number,
    Text,
    Unary,
)
from commcalc.reference.numbers import over, times
from commcalc.reference.watch import note

Given = Any  # Decimal, str, date, bool, or None for empty


class Names(Protocol):
    """What the names of an expression stand for where it is worked out."""

    rounding: RoundingMode

    def name(self, word: str) -> Given:
        """Return a deal's column, a param or a built-in."""

    def member(self, word: str) -> Given:
        """Return a fact of the payee."""

    def measured(self, function: str, measure: str | None) -> Given:
        """Return value, quota or attainment of a measure; None is the component's own."""

    def scaled(self, measure: str | None) -> tuple[Decimal, Decimal] | None:
        """Return attainment undivided: (value x divisor, quota), so that no division decides."""

    def table(self, word: str) -> Given:
        """Return what a named table gives here."""


def evaluate(node: Node, names: Names) -> Given:
    """Return what the expression gives; None where it is empty."""
    return note(node, _evaluated(node, names))


def _evaluated(node: Node, names: Names) -> Given:
    if isinstance(node, Number | DateLit | Text):
        return node.value
    if isinstance(node, Name):
        return names.measured(node.id, None) if node.id in OWN else names.name(node.id)
    if isinstance(node, Member):
        return names.member(node.id)
    if isinstance(node, Call):
        return _call(node, names)
    if isinstance(node, Unary):
        return _unary(node, names)
    if isinstance(node, Binary):
        return _binary(node, names)
    if isinstance(node, In):
        found = _any(_compare("=", node.item, option, names) for option in node.options)
        return _not(found) if node.negated else found
    if isinstance(node, Between):
        return _all((_compare(">=", node.item, node.low, names), _compare("<=", node.item, node.high, names)))
    item = evaluate(node.item, names)
    if isinstance(node, IsEmpty):
        return (item is None) is not node.negated
    assert isinstance(node, Like)
    pattern = ".*".join(re.escape(run) for run in node.pattern.split("%"))
    return None if item is None else re.fullmatch(pattern, item, re.DOTALL) is not None


def attained(node: Node) -> tuple[str | None] | None:
    """Return the measure whose attainment the node is, as (name,) - (None,) for the component's own; None if it is none."""
    if isinstance(node, Name) and node.id == "attainment":
        return (None,)
    if isinstance(node, Call) and node.function == "attainment":
        return (_text(node),)
    return None


def undivided(node: Node, names: Names) -> tuple[Decimal, Decimal] | None:
    """Return a value as (v, q), to be compared with bounds times q: attainment undivided, anything else with q = 1 (§4.8)."""
    measure = attained(node)
    if measure is not None:
        return names.scaled(measure[0])
    value = evaluate(node, names)
    return None if value is None else (value, Decimal(1))


def _unary(node: Unary, names: Names) -> Given:
    value = evaluate(node.operand, names)
    if node.op == "not":
        return _not(value)
    return None if value is None else -value


def _binary(node: Binary, names: Names) -> Given:
    if node.op == "and":
        return _all((evaluate(node.left, names), evaluate(node.right, names)))
    if node.op == "or":
        return _any((evaluate(node.left, names), evaluate(node.right, names)))
    if node.op in COMPARISONS:
        return _compare(node.op, node.left, node.right, names)
    left, right = evaluate(node.left, names), evaluate(node.right, names)
    if left is None or right is None:
        return None
    if node.op == "+":
        return left + right
    if node.op == "-":
        return left - right
    if node.op == "*":
        return times(left, right)
    return None if right == 0 else over(left, right)


def _compare(op: str, left: Node, right: Node, names: Names) -> bool | None:
    """Compare two values; attainment on one side only is compared as value with so much of the quota (§4.8)."""
    mine, theirs = attained(left), attained(right)
    if mine is not None and theirs is None:
        return _against(op, mine[0], right, names)
    if theirs is not None and mine is None:
        return _against(_TURNED[op], theirs[0], left, names)
    return _ordered(op, evaluate(left, names), evaluate(right, names))


def _against(op: str, measure: str | None, bound: Node, names: Names) -> bool | None:
    pair, limit = names.scaled(measure), evaluate(bound, names)
    if pair is None or limit is None:
        return None
    return _ordered(op, pair[0], times(limit, pair[1]))


_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ORDER: dict[str, Callable[[Given, Given], bool]] = {
    "=": lambda a, b: bool(a == b), "<>": lambda a, b: bool(a != b), "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b), ">": lambda a, b: bool(a > b), ">=": lambda a, b: bool(a >= b),
}  # fmt: skip


def _ordered(op: str, left: Given, right: Given) -> bool | None:
    return None if left is None or right is None else _ORDER[op](left, right)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _all(values: Any) -> bool | None:
    """No if one is no, else empty if one is empty, else yes."""
    found = list(values)
    return False if any(v is False for v in found) else None if any(v is None for v in found) else True


def _any(values: Any) -> bool | None:
    """Yes if one is yes, else empty if one is empty, else no."""
    found = list(values)
    return True if any(v is True for v in found) else None if any(v is None for v in found) else False


def _text(node: Call) -> str:
    name = node.args[0]
    assert isinstance(name, Text)
    return name.value


def _call(node: Call, names: Names) -> Given:
    if node.function in NAMING:
        named = _text(node)
        return names.table(named) if node.function == "table" else names.measured(node.function, named)
    if node.function == "if":
        condition = evaluate(node.args[0], names)
        return None if condition is None else evaluate(node.args[1 if condition else 2], names)
    if node.function == "coalesce":
        return next((v for v in (evaluate(a, names) for a in node.args) if v is not None), None)
    values = [evaluate(a, names) for a in node.args]
    if any(v is None for v in values):
        return None
    if node.function == "round":
        return round_money(values[0], int(values[1]), names.rounding)
    return _FUNCTIONS[node.function](*values)


def months_between(first: date, last: date) -> int:
    """Return the whole months from first to last; a month is over on the same day, else on the month's last."""
    if last < first:
        return -months_between(last, first)
    months = (last.year - first.year) * 12 + last.month - first.month
    due = min(first.day, monthrange(last.year, last.month)[1])
    return months if last.day >= due else months - 1


_FUNCTIONS: dict[str, Callable[..., Given]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "floor": lambda x: x.to_integral_value(ROUND_FLOOR),
    "ceil": lambda x: x.to_integral_value(ROUND_CEILING),
    "year": lambda d: Decimal(d.year),
    "month": lambda d: Decimal(d.month),
    "day": lambda d: Decimal(d.day),
    "days_between": lambda a, b: Decimal((b - a).days),
    "months_between": lambda a, b: Decimal(months_between(a, b)),
}
