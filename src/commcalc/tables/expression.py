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
    walk,
)
from commcalc.tables.exact import D, exact_lit, product, quotient, round_to

Names = Callable[[Node], pl.Expr]
SMALL = 12  # parts of an operand that may be written out twice in the query

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
            return (
                self.told(_CALCULATE[node.op], node.left, node.right)
                if node.op == "/"
                else (_CALCULATE[node.op](self.column(node.left), self.column(node.right)))
            )
        if isinstance(node, Call):
            return self.call(node)
        return self.condition(node)

    def told(self, form: Callable[..., pl.Expr], *nodes: Node) -> pl.Expr:
        """Return `form` of the nodes' columns; large ones are worked out once, however often `form` names them."""
        columns = [self.column(n) for n in nodes]
        if any(sum(1 for _ in walk(n)) > SMALL for n in nodes):
            return _once(form, columns)
        return form(*columns)

    def condition(self, node: In | Between | Like | IsEmpty) -> pl.Expr:
        if isinstance(node, Between):
            return self.told(lambda x, low, high: (x >= low) & (x <= high), node.item, node.low, node.high)
        if isinstance(node, In):
            found = self.told(lambda x, *options: reduce(or_, [x == o for o in options]), node.item, *node.options)
            return ~found if node.negated else found
        item = self.column(node.item)
        if isinstance(node, Like):
            return item.cast(pl.String).str.contains(_pattern(node.pattern))
        return item.is_not_null() if node.negated else item.is_null()

    def call(self, node: Call) -> pl.Expr:
        if node.function == "round":
            places = node.args[1]
            assert isinstance(places, Number)
            return round_to(self.column(node.args[0]), int(places.value), self.rounding)
        if node.function == "coalesce":
            return pl.coalesce([self.column(a) for a in node.args])
        if node.function == "days_between":
            first, last = (self.column(a) for a in node.args)
            return (last - first).dt.total_days().cast(D)
        return self.told(_FORMS[node.function], *node.args)


def _once(form: Callable[..., pl.Expr], columns: list[pl.Expr]) -> pl.Expr:
    """Name the columns inside a struct, so that nested forms do not double the work at each level."""
    named = pl.struct([c.alias(f"~{i}") for i, c in enumerate(columns)])
    result = form(*(pl.field(f"~{i}") for i in range(len(columns))))
    return named.struct.with_fields(result.alias("~")).struct.field("~")


def _least(*columns: pl.Expr) -> pl.Expr:
    return pl.when(pl.all_horizontal([c.is_not_null() for c in columns])).then(pl.min_horizontal(columns))


def _most(*columns: pl.Expr) -> pl.Expr:
    return pl.when(pl.all_horizontal([c.is_not_null() for c in columns])).then(pl.max_horizontal(columns))


def _if(condition: pl.Expr, yes: pl.Expr, no: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(yes).when(~condition).then(no)


def _months(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """Whole months from a to b; counted from the earlier day, and below zero where b is the earlier."""
    early, late = pl.min_horizontal(a, b), pl.max_horizontal(a, b)
    months = (late.dt.year() - early.dt.year()).cast(pl.Int64) * 12 + late.dt.month() - early.dt.month()
    due = pl.min_horizontal(early.dt.day(), late.dt.month_end().dt.day())
    whole = months - (late.dt.day() < due).cast(pl.Int64)
    known = a.is_not_null() & b.is_not_null()
    return pl.when(known & (a <= b)).then(whole).when(known).then(-whole).cast(D)


def _pattern(like: str) -> str:
    """`A%` as a regular expression: every character as its code, so that none has a meaning of its own."""
    return "(?s)^" + "".join(".*" if c == "%" else f"\\x{{{ord(c):x}}}" for c in like) + "$"


_FORMS: dict[str, Callable[..., pl.Expr]] = {
    "min": _least,
    "max": _most,
    "if": _if,
    "months_between": _months,
    "abs": lambda x: x.abs(),
    "floor": lambda x: x.floor(),
    "ceil": lambda x: x.ceil(),
    "year": lambda d: d.dt.year().cast(D),
    "month": lambda d: d.dt.month().cast(D),
    "day": lambda d: d.dt.day().cast(D),
}
