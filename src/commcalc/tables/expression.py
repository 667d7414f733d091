"""An expression as a column: what a condition or formula of the plan gives for every row of a table.

How it is worked out stands in language/expression/nodes; this is that page in columns of Decimal(38, 12).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_

import polars as pl

from commcalc.language.expression.nodes import (
    NAMING,
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
from commcalc.tables.exact import D, exact_lit, product, quotient, round_to

Names = Callable[[Node], pl.Expr]

_COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_CALCULATE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": product,
    "/": quotient,
    "and": and_,
    "or": or_,
    **_COMPARE,
}


def compile_expression(node: Node, names: Names, rounding: str) -> pl.Expr:
    """Return the expression as a column; `names` gives those of names, `payee.x`, value(...) and its like."""
    return _Compiler(names, rounding).column(node)


class _Compiler:
    def __init__(self, names: Names, rounding: str) -> None:
        self.names = names
        self.rounding = rounding

    def column(self, node: Node) -> pl.Expr:
        if isinstance(node, Name | Member) or (isinstance(node, Call) and node.function in NAMING):
            return self.names(node)
        if isinstance(node, Number):
            return exact_lit(node.value)
        if isinstance(node, Text | DateLit):
            return pl.lit(node.value)
        if isinstance(node, Unary):
            operand = self.column(node.operand)
            return ~operand if node.op == "not" else -operand
        if isinstance(node, Binary):
            return _CALCULATE[node.op](self.column(node.left), self.column(node.right))
        if isinstance(node, Call):
            return self.call(node)
        return self.condition(node)

    def condition(self, node: In | Between | Like | IsEmpty) -> pl.Expr:
        item = self.column(node.item)
        if isinstance(node, IsEmpty):
            return item.is_not_null() if node.negated else item.is_null()
        if isinstance(node, Between):
            return (item >= self.column(node.low)) & (item <= self.column(node.high))
        if isinstance(node, Like):
            return item.cast(pl.String).str.contains(_pattern(node.pattern))
        found = reduce(or_, [item == self.column(option) for option in node.options])
        return ~found if node.negated else found

    def call(self, node: Call) -> pl.Expr:
        if node.function == "round":
            places = node.args[1]
            assert isinstance(places, Number)
            return round_to(self.column(node.args[0]), int(places.value), self.rounding)
        args = [self.column(a) for a in node.args]
        if node.function in ("min", "max"):
            least = pl.min_horizontal(args) if node.function == "min" else pl.max_horizontal(args)
            return pl.when(pl.all_horizontal([a.is_not_null() for a in args])).then(least)
        if node.function == "if":
            return pl.when(args[0]).then(args[1]).when(~args[0]).then(args[2])
        if node.function == "coalesce":
            return pl.coalesce(args)
        if node.function == "days_between":
            return (args[1] - args[0]).dt.total_days().cast(D)
        if node.function == "months_between":
            return _months(args[0], args[1]).cast(D)
        return _OF_ONE[node.function](args[0])


_OF_ONE: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "abs": lambda x: x.abs(),
    "floor": lambda x: x.floor(),
    "ceil": lambda x: x.ceil(),
    "year": lambda d: d.dt.year().cast(D),
    "month": lambda d: d.dt.month().cast(D),
    "day": lambda d: d.dt.day().cast(D),
}


def _pattern(like: str) -> str:
    """`A%` as a regular expression: every character as its code, so that none has a meaning of its own."""
    return "(?s)^" + "".join(".*" if c == "%" else f"\\x{{{ord(c):x}}}" for c in like) + "$"


def _months(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """Whole months from a to b; counted from the earlier day, and below zero where b is the earlier."""
    early, late = pl.min_horizontal(a, b), pl.max_horizontal(a, b)
    months = (late.dt.year() - early.dt.year()).cast(pl.Int64) * 12 + late.dt.month() - early.dt.month()
    due = pl.min_horizontal(early.dt.day(), late.dt.month_end().dt.day())
    whole = months - (late.dt.day() < due).cast(pl.Int64)
    known = a.is_not_null() & b.is_not_null()
    return pl.when(known & (a <= b)).then(whole).when(known).then(-whole)
