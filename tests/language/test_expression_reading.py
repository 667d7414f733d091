"""Expressions are read as the plan language says, and what is none is refused at its place with a mend."""

from __future__ import annotations

import re
import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commcalc.language.expression import (
    KINDS,
    ExpressionFault,
    Scope,
    Type,
    calls,
    check_expression,
    free_of,
    names_in,
    parse_expression,
    without_division,
)
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
    Node,
    Number,
    Text,
    Unary,
)


def spoken(node: Node) -> str:
    """The tree with every bracket written."""
    match node:
        case Number(value, _, currency):
            return f"{value} {currency}" if currency else str(value)
        case Text(value):
            return repr(value)
        case DateLit(value):
            return value.isoformat()
        case Name(id):
            return id
        case Member(base, id):
            return f"{base}.{id}"
        case Call(function, args):
            return f"{function}({', '.join(map(spoken, args))})"
        case Unary(op, operand):
            return f"({op} {spoken(operand)})"
        case Binary(op, left, right):
            return f"({spoken(left)} {op} {spoken(right)})"
        case In(item, options, negated):
            return f"({spoken(item)} {'not ' * negated}in [{', '.join(map(spoken, options))}])"
        case Between(item, low, high):
            return f"({spoken(item)} between {spoken(low)} , {spoken(high)})"
        case Like(item, pattern):
            return f"({spoken(item)} like {pattern!r})"
        case IsEmpty(item, negated):
            return f"({spoken(item)} is {'not ' * negated}empty)"


READ = {
    "a or b and not c": "(a or (b and (not c)))",
    "not a = b": "(not (a = b))",
    "not a and b": "((not a) and b)",
    "a - b - c": "((a - b) - c)",
    "a / b * c": "((a / b) * c)",
    "a + b * -c": "(a + (b * (- c)))",
    "(a + b) * c": "((a + b) * c)",
    "a + 1 >= b * 2 AND c": "(((a + 1) >= (b * 2)) and c)",
    "a == b OR a != c": "((a = b) or (a <> c))",
    "x between 1 and 2 and y": "((x between 1 , 2) and y)",
    "x not between 1 and 2": "(not (x between 1 , 2))",
    "x not in ('A', 'it''s')": "(x not in ['A', \"it's\"])",
    "x Like 'A%' and x not like 'B'": "((x like 'A%') and (not (x like 'B')))",
    "x is empty or y is not empty": "((x is empty) or (y is not empty))",
    "MIN(a, 3) > payee.ote": "(min(a, 3) > payee.ote)",
    "payee.is = 1": "(payee.is = 1)",
    "amount > 500 AND new": "((amount > 500) and new)",
    "if(a, b, c) + value('m') / quota": "(if(a, b, c) + (value('m') / quota))",
    "d >= 2026-01-31": "(d >= 2026-01-31)",
    "2026-01": None,  # 01 is no number: periods are not part of expressions
}


@pytest.mark.parametrize(("text", "tree"), READ.items())
def test_signs_and_words_bind_in_the_stated_order(text, tree):
    if tree is None:
        with pytest.raises(ExpressionFault):
            parse_expression(text)
    else:
        assert spoken(parse_expression(text).node) == tree


@pytest.mark.parametrize(
    ("text", "value", "kind", "currency"),
    [
        ("150_000", "150000", "number", None),
        ("0.0525", "0.0525", "number", None),
        ("8%", "0.08", "ratio", None),
        ("8.00%", "0.08", "ratio", None),
        ("75bp", "0.0075", "ratio", None),
        ("1.5x", "1.5", "ratio", None),
        ("500 USD", "500", "money", "USD"),
        ("999_999_999_999_999.123456789012", "999999999999999.123456789012", "number", None),
        ("0.0000000001%", "0.000000000001", "ratio", None),
    ],
)
def test_a_literal_is_the_number_as_written(text, value, kind, currency):
    node = parse_expression(text).node
    assert isinstance(node, Number)
    assert (node.value, node.type, node.currency) == (Decimal(value), kind, currency)
    assert (node.start, node.end) == (0, len(text))


def test_a_date_is_a_day_of_the_calendar():
    node = parse_expression("2028-02-29").node
    assert isinstance(node, DateLit)
    assert node.value == date(2028, 2, 29)


# text, code, where it begins, what the mend must say
REFUSED = [
    ("().__class__.__bases__[0].__subclasses__()", "X001", 2, "take it away"),
    ("__import__('os').system('id')", "X001", 0, "functions are"),
    ("eval('1')", "X001", 0, "functions are"),
    ("open('x')", "X001", 0, "functions are"),
    ("print.__reduce__()", "X001", 5, "write `print` alone"),
    ("x.gi_frame.f_globals", "X001", 1, "write `x` alone"),
    ("9**9**9", "X002", 1, "product"),
    ("10^1000000", "X002", 2, "product"),
    ("[0]*10**9", "X001", 0, "no indexing"),
    ('"{:>999999999}".format(1)', "X001", 15, "take it"),
    ("lambda x: x", "X001", 0, "functions to define"),
    ("(x for x in y)", "X001", 3, "loops"),
    ("(x := 5)", "X001", 3, "columns"),
    ("f'{x}'", "X001", 0, "'...'"),
    ("await x", "X001", 0, "wait"),
    ("stage = null", "X001", 8, "is empty"),
    ("new = true", "X001", 6, "not is_new"),
    ("case when a then b", "X001", 0, "if("),
    ("rond(a, 2)", "X001", 0, "`round`"),
    ("payee.manager.region", "X001", 13, "`payee.manager` alone"),
    ("a && b", "X001", 2, "`and`"),
    ("a => b", "X001", 2, "`>=`"),
    ("0 < x < 10", "X008", 6, "0 < x and x < 10"),
    ("a = b = c + 1", "X008", 6, "a = b and b = c + 1"),
    ("stage = ‘Won’", "X007", 8, "straight quote"),
    ("amount * 8％", "X007", 10, "plain `%`"),
    ("amоunt > 1", "X007", 2, "plain `o`"),
    ("am\u200bount > 1", "X007", 2, "take it away"),
    ("a\u00a0> 1", "X007", 1, "ordinary space"),
    ("stage = 'Won\u200b'", "X007", 12, "anew"),
    ("a − 1", "X007", 2, "plain `-`"),
    ("a > 10,000", "X010", 4, "10_000"),
    ("a > 80 %", "X010", 4, "80%"),
    ("$500", "X010", 0, "500 USD"),
    ("500USD", "X010", 0, "500 USD"),
    ("500 usd", "X009", 4, "500 USD"),
    ("5k", "X010", 0, "5_000"),
    ("1.5M", "X010", 0, "1_500_000"),
    ("1e3", "X010", 0, "number out"),
    (".5", "X010", 0, "0.5"),
    ("010", "X010", 0, "write 10"),
    ("12_34", "X010", 0, "1_234"),
    ("0x1F", "X010", 0, "decimals"),
    ("1000000000000000", "X010", 0, "15 digits"),
    ("0.00000000001%", "X010", 0, "10 before"),
    ("2026-02-30", "X012", 0, "day that exists"),
    ("2026-1-31", "X012", 0, "2026-01-31"),
    ("31.01.2026", "X012", 0, "year-month-day"),
    ("2026-01-31T10:00", "X012", 0, "2026-01-31"),
    ("stage = \"Closed Won\"", "X011", 8, "'Closed Won'"),
    ("stage = 'Won", "X011", 8, "put `'`"),
    ("(a + b", "X009", 0, "put `)`"),
    ("a + b)", "X009", 5, "take it away"),
    ("a +", "X009", 3, "what belongs"),
    ("", "X009", 0, "value"),
    ("a b", "X009", 2, "sign between"),
    ("a in 'x'", "X009", 2, "in ('A', 'B')"),
    ("a in ()", "X009", 2, "what it may be"),
    ("a between 1 or 2", "X009", 12, "between 10 and 20"),
    ("a > 7,5", "X009", 5, "decimal point"),
    ("a = not b", "X009", 4, "(not x)"),
    ("a is 5", "X009", 5, "is empty"),
    ("a like 5", "X009", 7, "like 'A%'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "start", "mend"), REFUSED)
def test_what_is_no_expression_is_refused_at_its_place_with_a_mend(text, code, start, mend):
    with pytest.raises(ExpressionFault) as caught:
        parse_expression(text)
    fault = caught.value
    problem = fault.kind.at(None, **fault.facts)
    assert (problem.code, fault.start) == (code, start), problem.message
    assert mend in problem.mend
    assert "{" not in re.sub("`[^`]*`", "", problem.message + problem.mend)
    assert 0 <= fault.start <= fault.end <= len(text)


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000 + "1" + ")" * 10_000, "1+" * 500_000 + "1", "(" * 240, "not " * 120 + "a", "-" * 499 + "1",
     "1+" * 249 + "1", "if(a,b," * 60 + "c"],
)  # fmt: skip
def test_too_large_an_expression_is_refused_at_once(text):
    began = time.perf_counter()
    with pytest.raises(ExpressionFault) as caught:
        parse_expression(text)
    assert caught.value.kind.code == "X003"
    assert time.perf_counter() - began < 0.05


PIECES = st.sampled_from(
    ["a", "payee", ".", "(", ")", ",", "'", "'x'", "8%", "500 USD", "1", "-", "+", "*", "<", "=", "and", "or", "not",
     "in", "between", "like", "is", "empty", "if", "min", "value", "2026-01-01", " ", "\u200b", "‘", "[", "**", "%"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=14).map(" ".join), st.lists(PIECES).map("".join)))
def test_any_text_is_an_expression_or_a_fault_within_it(text):
    try:
        parsed = parse_expression(text)
    except ExpressionFault as fault:
        assert 0 <= fault.start <= fault.end <= len(text)
        assert fault.kind in KINDS
    else:
        assert spoken(parse_expression(text).node) == spoken(parsed.node)


def test_expressions_are_equal_by_their_text():
    assert parse_expression("a + 1") == parse_expression("a + 1")
    assert len({parse_expression("a"), parse_expression("a"), parse_expression("b")}) == 2


def test_what_an_expression_reads_is_told_apart():
    node = parse_expression("attainment('m') > p and payee.x = y and earned('c') > table('t') and value > 1").node
    free = free_of(node)
    assert (free.measures, free.components, free.tables) == ({"m"}, {"c"}, {"t"})
    assert (free.names, free.payee, free.own) == ({"p", "y"}, {"x"}, {"value"})
    assert names_in(node) == {"p", "y", "value"}
    assert calls(node, "earned", "table") == {"c", "t"}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("attainment('m') >= 40%", "(attained:m >= (0.40 * scale:m))"),
        ("40% < attainment", "((0.40 * scale:) < attained:)"),
        ("not attainment between 1x and p", "(not (attained: between (1 * scale:) , (p * scale:)))"),
        ("attainment in (100%)", "(attained: in [(1.00 * scale:)])"),
        ("if(attainment > 1, attainment, 0)", "if((attained: > (1 * scale:)), attainment, 0)"),
        ("attainment('a') > attainment('b')", "(attainment('a') > attainment('b'))"),
        ("attainment('a') * 2 > 1", "((attainment('a') * 2) > 1)"),
    ],
)
def test_no_division_decides_a_comparison_with_attainment(text, tree):
    assert spoken(without_division(parse_expression(text).node)) == tree


PAGES = Scope(
    columns={"amount": Type.MONEY, "stage": Type.TEXT, "close_date": Type.DATE, "discount": Type.RATIO},
    measures={"bookings": Type.MONEY},
    currency="USD",
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.code)
def test_the_examples_of_a_page_fail_and_work_as_they_say(kind):
    fails, works = (re.search(rf"^{word}: `(.+?)`(?: \(|$)", kind.page, re.M)[1] for word in ("Fails", "Works"))
    scope = Scope(measures=PAGES.measures, columns=PAGES.columns, deal_in_scope="in a gate" not in kind.page)
    scope = Scope(scope.columns, measures=scope.measures, currency="USD", deal_in_scope=scope.deal_in_scope)
    assert codes(fails, scope) == [kind.code]
    assert codes(works, scope) == []


def codes(text, scope):
    try:
        expression = parse_expression(text)
    except ExpressionFault as fault:
        return [fault.kind.code]
    return [fault[0].code for fault in check_expression(expression, scope)[1]]
