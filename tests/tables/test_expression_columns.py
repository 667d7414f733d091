"""Every expression gives in columns what it gives one row at a time with a pencil, empties included."""

from __future__ import annotations

import calendar
import math
import re
import time
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commcalc.language.expression import ExpressionFault, parse_expression
from commcalc.language.expression.nodes import (
    Between,
    Binary,
    Call,
    DateLit,
    In,
    IsEmpty,
    Like,
    Member,
    Name,
    Number,
    Text,
    Unary,
)
from commcalc.tables.exact import D
from commcalc.tables.expression import compile_expression

WIDE = Context(prec=90)
MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
SCHEMA = {"n": D, "m": D, "payee.k": D, "s": pl.String, "d": pl.Date, "e": pl.Date, "y": pl.Boolean, "value:b": D}


def names(node):
    if isinstance(node, Call):
        return pl.col(f"{node.function}:{node.args[0].value}")
    return pl.col(f"payee.{node.id}" if isinstance(node, Member) else node.id)


def twelve(value):
    return value.quantize(Decimal("1e-12"), rounding=ROUND_HALF_EVEN, context=WIDE)


def either(a, b):
    return True if a is True or b is True else None if a is None or b is None else False


def opposite(a):
    return None if a is None else not a


def months(a, b):
    if b < a:
        return -months(b, a)
    due = min(a.day, calendar.monthrange(b.year, b.month)[1])
    return (b.year - a.year) * 12 + b.month - a.month - (b.day < due)


COMPARE = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip
PLAIN = {
    **COMPARE,
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: twelve(a * b),
    "/": lambda a, b: twelve(a / b) if b else None,
    "min": min, "max": max, "abs": abs, "floor": lambda a: Decimal(math.floor(a)),
    "ceil": lambda a: Decimal(math.ceil(a)), "year": lambda d: Decimal(d.year), "month": lambda d: Decimal(d.month),
    "day": lambda d: Decimal(d.day), "days_between": lambda a, b: Decimal((b - a).days),
    "months_between": lambda a, b: Decimal(months(a, b)),
}  # fmt: skip


def strict(name, *args):
    return None if None in args else PLAIN[name](*args)


def pencil(node, row, mode="half-up"):
    """What the node gives for one row."""

    def of(n):
        return pencil(n, row, mode)

    match node:
        case Number(value) | Text(value) | DateLit(value):
            return value
        case Name(id):
            return row[id]
        case Member(_, id):
            return row[f"payee.{id}"]
        case Unary("not", operand):
            return opposite(of(operand))
        case Unary(_, operand):
            return None if of(operand) is None else -of(operand)
        case Binary("or", left, right):
            return either(of(left), of(right))
        case Binary("and", left, right):
            return opposite(either(opposite(of(left)), opposite(of(right))))
        case Binary(op, left, right):
            return strict(op, of(left), of(right))
        case In(item, options, negated):
            found = False
            for option in options:
                found = either(found, strict("=", of(item), of(option)))
            return opposite(found) if negated else found
        case Between(item, low, high):
            inside = [strict(">=", of(item), of(low)), strict("<=", of(item), of(high))]
            return opposite(either(*map(opposite, inside)))
        case Like(item, pattern):
            exact = ".*".join(map(re.escape, pattern.split("%")))
            return None if of(item) is None else re.fullmatch(exact, of(item), re.S) is not None
        case IsEmpty(item, negated):
            return (of(item) is None) != negated
        case Call("if", (condition, yes, no)):
            taken = of(condition)
            return None if taken is None else of(yes) if taken else of(no)
        case Call("coalesce", args):
            return next((v for v in map(of, args) if v is not None), None)
        case Call("round", (x, places)):
            cent = Decimal(1).scaleb(-int(places.value))
            return None if of(x) is None else of(x).quantize(cent, rounding=MODES[mode], context=WIDE)
        case Call("value", (name,)):
            return row[f"value:{name.value}"]
        case Call(function, args):
            return strict(function, *map(of, args))


def grown(leaves, *branches):
    return st.recursive(leaves, lambda inner: st.one_of(*(b(inner) for b in branches)), max_leaves=6)


def two(form):
    return lambda inner: st.tuples(inner, inner).map(lambda p: form.format(*p))


DATES = st.sampled_from(["d", "e", "2026-02-28", "2024-02-29", "max(d, e)", "coalesce(d, 2026-01-31)"])
TEXTS = st.sampled_from(["s", "'A'", "'A.b'", "'%'", "''", "coalesce(s, 'A')"])
NUMBERS = grown(
    st.one_of(
        st.sampled_from(["n", "m", "payee.k", "value('b')", "0", "1", "0.005", "8%", "1.5x", "333 USD", "2.345"]),
        DATES.map("day({0})".format), DATES.map("month({0})".format), DATES.map("year({0})".format),
        st.tuples(DATES, DATES).map(lambda p: "days_between({}, {})".format(*p)),
        st.tuples(DATES, DATES).map(lambda p: "months_between({}, {})".format(*p)),
    ),
    *map(two, ("({} + {})", "({} - {})", "({} * {})", "({} / {})", "min({}, {})", "max({}, {})", "coalesce({}, {})",
               "if(y, {}, {})", "if(n > 0, {}, {})")),
    lambda inner: inner.map("(-{0})".format), lambda inner: inner.map("abs({0})".format),
    lambda inner: inner.map("floor({0})".format), lambda inner: inner.map("ceil({0})".format),
    lambda inner: inner.map("round({0}, 2)".format), lambda inner: inner.map("round({0}, 0)".format),
)  # fmt: skip
OPERATORS = st.sampled_from(sorted(COMPARE))
CONDITIONS = grown(
    st.one_of(
        st.just("y"),
        st.tuples(NUMBERS, OPERATORS, NUMBERS).map(" ".join),
        st.tuples(DATES, OPERATORS, DATES).map(" ".join),
        st.tuples(TEXTS, st.sampled_from(["=", "<>"]), TEXTS).map(" ".join),
        st.tuples(TEXTS, TEXTS, TEXTS).map(lambda t: "{} not in ({}, {})".format(*t)),
        st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda t: "{} in ({}, {})".format(*t)),
        st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda t: "{} between {} and {}".format(*t)),
        st.tuples(TEXTS, st.sampled_from(["A%", "%b", "%.%", "A", "%", "", "A_b"])).map(lambda t: "{} like '{}'".format(*t)),
        st.one_of(NUMBERS, TEXTS, DATES).map("{0} is empty".format),
        st.one_of(NUMBERS, TEXTS, DATES).map("{0} is not empty".format),
    ).map("({0})".format),
    *map(two, ("({} and {})", "({} or {})", "if({}, {}, y)")),
    lambda inner: inner.map("(not {0})".format),
)  # fmt: skip
CENTS = st.one_of(
    st.integers(-(10**6), 10**6).map(lambda n: Decimal(n).scaleb(-2)),
    st.integers(-(10**5), 10**5).map(lambda n: Decimal(n).scaleb(-5)),
    st.sampled_from([Decimal(0), Decimal(3), Decimal("0.005"), Decimal("-2.345")]),
)
DAYS = st.dates(date(2023, 12, 25), date(2026, 3, 5))
ROWS = st.lists(
    st.fixed_dictionaries({
        **{k: st.none() | CENTS for k in ("n", "m", "payee.k", "value:b")},
        "s": st.none() | st.sampled_from(["A", "A.b", "Axb", "a\nb", "%", "A_b"]),
        "d": st.none() | DAYS, "e": st.none() | DAYS, "y": st.none() | st.booleans(),
    }),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.one_of(NUMBERS, CONDITIONS, DATES, TEXTS), ROWS, st.sampled_from(sorted(MODES)))
def test_columns_give_what_the_pencil_gives(text, rows, mode):
    try:
        node = parse_expression(text).node
    except ExpressionFault as fault:
        assert fault.kind.code == "X003"
        return
    frame = pl.LazyFrame({k: [r[k] for r in rows] for k in SCHEMA}, schema=SCHEMA)
    done = frame.select(pl.col("n").alias("~n"), compile_expression(node, names, mode).alias("x")).collect()
    with localcontext(WIDE):
        expected = [pencil(node, row, mode) for row in rows]
    assert done["x"].to_list() == expected, text
    if any(isinstance(v, Decimal) for v in expected):
        assert done["x"].dtype == D


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        ("2026-01-31", "2026-02-28", 1),
        ("2026-01-31", "2026-02-27", 0),
        ("2026-01-15", "2026-02-14", 0),
        ("2024-02-29", "2025-02-28", 12),
        ("2026-03-15", "2026-01-15", -2),
        ("2026-03-15", "2026-01-16", -1),
        ("2026-03-15", "2026-03-15", 0),
    ],
)
def test_months_between_counts_whole_months(first, last, whole):
    node = parse_expression(f"months_between({first}, {last})").node
    assert pl.select(compile_expression(node, names, "half-up")).item() == whole


def test_an_exact_decimal_sum_is_equal_to_what_it_should_be():
    node = parse_expression("0.1 + 0.2 = 0.3").node
    assert pl.select(compile_expression(node, names, "half-up")).item() is True


def test_a_text_column_of_an_enum_is_looked_at_as_text():
    frame = pl.DataFrame({"s": ["Won", "Lost", None]}, schema={"s": pl.Enum(["Lost", "Won"])})
    for text, expected in (("s like 'W%'", [True, False, None]), ("s in ('Won', 'Open')", [True, False, None])):
        node = parse_expression(text).node
        assert frame.select(x=compile_expression(node, names, "half-up"))["x"].to_list() == expected


def test_the_deepest_expression_is_still_worked_out_soon():
    text = "min(n,1/(" * 7 + "if(n>0,n,1)" + "))" * 7
    frame = pl.LazyFrame({"n": [Decimal(4), Decimal(-4)]}, schema={"n": D})
    began = time.perf_counter()
    frame.select(compile_expression(parse_expression(text).node, names, "half-up")).collect()
    assert time.perf_counter() - began < 1
