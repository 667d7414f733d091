"""Types and names: what fits has its type; all that does not is said at once, each with its mend."""

from __future__ import annotations

import pytest

from commcalc.language.expression import Scope, Type, check_expression, parse_expression

SCOPE = Scope(
    columns={
        "amount": Type.MONEY, "stage": Type.TEXT, "close_date": Type.DATE, "term": Type.NUMBER, "margin": Type.RATIO,
        "is_new": Type.YES_NO,
    },
    payee={"region": Type.TEXT, "ote": Type.MONEY},
    params={"threshold": Type.NUMBER},
    others={"credit_date": Type.DATE},
    measures={"bookings": Type.MONEY, "deals": Type.NUMBER},
    components=frozenset({"new-business"}),
    tables={"steps": Type.RATIO},
    own=Type.MONEY,
    currency="USD",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("amount * 8%", "money"),
        ("8% * amount * term", "money"),
        ("amount / payee.ote", "ratio"),
        ("amount / 12", "money"),
        ("amount / margin", "money"),
        ("12 / amount", "ratio"),
        ("margin * margin", "ratio"),
        ("term * term", "number"),
        ("1 - margin", "ratio"),
        ("amount + 500", "money"),
        ("amount - 500 USD", "money"),
        ("-amount", "money"),
        ("amount > 100", "yes/no"),
        ("min(amount, 5_000)", "money"),
        ("max(close_date, credit_date)", "date"),
        ("if(is_new, 8%, 0)", "ratio"),
        ("coalesce(amount, 0)", "money"),
        ("round(amount * 3%, 2)", "money"),
        ("days_between(close_date, 2026-01-31) / 30", "number"),
        ("year(close_date)", "number"),
        ("value", "money"),
        ("attainment", "ratio"),
        ("value('deals')", "number"),
        ("quota('bookings')", "money"),
        ("attainment('deals') >= threshold", "yes/no"),
        ("earned('new-business') + earned('other-plan.spiff')", "money"),
        ("table('steps')", "ratio"),
        ("stage in ('A', 'B') and not is_new and stage like 'A%' and amount is not empty", "yes/no"),
        ("payee.region = stage", "yes/no"),
    ],
)
def test_what_fits_has_its_type(text, type_):
    found, faults = check_expression(parse_expression(text), SCOPE)
    assert faults == []
    assert str(found) == type_


# text, code, words at fault, what the mend must say
FAULTS = [
    ("amount > '100'", "X004", "amount > '100'", "`100` without quotes"),
    ("close_date > 5", "X004", "close_date > 5", "year(close_date)"),
    ("stage = 5", "X004", "stage = 5", "types: {stage: number}"),
    ("stage < 'M'", "X004", "stage < 'M'", "types: {column: number}"),
    ("amount + 8%", "X004", "amount + 8%", "amount * 8%"),
    ("amount * amount", "X004", "amount * amount", "ratio"),
    ("margin / amount", "X004", "margin / amount", "ratio"),
    ("amount > 8%", "X004", "amount > 8%", "money with money"),
    ("close_date - credit_date", "X004", "close_date - credit_date", "days_between(credit_date, close_date)"),
    ("amount and is_new", "X004", "amount", "amount > 0"),
    ("is_new = 1", "X004", "is_new = 1", "not is_new"),
    ("is_new + 1", "X004", "is_new + 1", "if(condition, 1, 0)"),
    ("if(amount, 1, 2)", "X004", "amount", "compare"),
    ("if(is_new, 5%, 'x')", "X004", "'x'", "same"),
    ("min(5, amount, 8%)", "X004", "8%", "same"),
    ("coalesce(5, 500 USD, 5, 8%)", "X004", "coalesce(5, 500 USD, 5, 8%)", "all ratios or all money"),
    ("amount like 'A%'", "X004", "amount like 'A%'", "between"),
    ("abs(stage)", "X004", "stage", "number"),
    ("amuont * 2", "X005", "amuont", "`amount`"),
    ("if(window_ended, 1, 2)", "X005", "window_ended", "gate"),
    ("Amount * 2", "X005", "Amount", "`amount`"),
    ("gross_profit * 2", "X005", "gross_profit", "types: {gross_profit: money}"),
    ("region = 'EMEA'", "X005", "region", "`payee.region`"),
    ("payee.regoin = 'EMEA'", "X005", "payee.regoin", "`payee.region`"),
    ("bookings > 5", "X005", "bookings", "value('bookings')"),
    ("round(amount)", "X013", "round(amount)", "round(x, 2)"),
    ("round(amount, term)", "X013", "term", "round(x, 2)"),
    ("attainment(bookings) > 1", "X013", "attainment(bookings)", "attainment('bookings')"),
    ("attainment('boookings') > 1", "X015", "'boookings'", "`bookings`"),
    ("earned('new-busines')", "X015", "'new-busines'", "`new-business`"),
    ("amount > 500 EUR", "X017", "500 EUR", "USD"),
    ("amount / 0", "X018", "amount / 0", "something else"),
    ("stage = ''", "X011", "''", "stage is empty"),
]


@pytest.mark.parametrize(("text", "code", "words", "mend"), FAULTS)
def test_what_does_not_fit_is_said_with_its_place_and_mend(text, code, words, mend):
    _, faults = check_expression(parse_expression(text), SCOPE)
    assert [(f[0].code, text[f[1] : f[2]]) for f in faults] == [(code, words)]
    kind, _, _, facts = faults[0]
    assert mend in kind.at(None, **facts).mend


def test_all_faults_of_an_expression_are_said_at_once():
    text = "amuont > '100' and close_date > 5 or payee.x = 1 and value('m') > 0"
    _, faults = check_expression(parse_expression(text), SCOPE)
    assert [f[0].code for f in faults] == ["X005", "X004", "X005", "X015"]


def test_where_no_deal_is_in_scope_its_columns_are_refused_by_name():
    scope = Scope(columns=SCOPE.columns, payee={"stage": Type.TEXT}, measures=SCOPE.measures, deal_in_scope=False)
    _, faults = check_expression(parse_expression("amount > 1 and stage = 'A' and value > 1"), scope)
    problems = [f[0].at(None, **f[3]) for f in faults]
    assert [p.code for p in problems] == ["X014", "X014", "X016"]
    assert problems[0].message == "`amount` is a column of a deal; here no deal is in scope"
    assert "payee.stage" in problems[1].mend
    assert "value('bookings')" in problems[2].mend


def test_a_product_in_brackets_is_quoted_with_its_brackets():
    _, faults = check_expression(parse_expression("(amount + 1) * (amount - 1)"), SCOPE)
    kind, _, _, facts = faults[0]
    assert "`(amount + 1)` is money, `(amount - 1)` is money" in kind.at(None, **facts).message
