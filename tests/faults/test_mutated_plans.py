"""Plans and expressions mutated at random are accepted or refused with a place, never a traceback, never for long."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from commcalc.base.problem import Report
from commcalc.base.source import Span
from commcalc.checks import Facts, check_plans
from commcalc.language.expression import ExpressionFault, Scope, Type, check_expression, parse_expression
from commcalc.plan.load import load_plan

LONGEST = 2.0
FACTS = Facts(
    columns={
        "amount": Type.MONEY, "close_date": Type.DATE, "product": Type.TEXT, "units": Type.NUMBER, "term_months": Type.NUMBER,
        "margin_pct": Type.RATIO, "is_new": Type.YES_NO, "owner": Type.TEXT,
    },
    payee_columns={"region": Type.TEXT, "title": Type.TEXT, "salary": Type.MONEY},
    counts=frozenset({"units"}),
)  # fmt: skip
SCOPE = Scope(columns=FACTS.columns, payee=FACTS.payee_columns, measures={"booked": Type.MONEY}, own=Type.MONEY, currency="USD")
PIECES = (
    "amount", "units", "product", "close_date", "is_new", "payee.region", "payee.", "value", "attainment('booked')", "'Orbit'",
    "8%", "1.5x", "75bp", "500 USD", "10_000", "2026-01-31", "2026-02-30", "0", "1e9", ".5", "12:30", "(", ")", "(", ")", ",",
    "+", "-", "*", "/", "=", "==", "<>", "<", ">=", "and", "or", "not", "in", "between", "like", "is", "empty", "if(", "min(",
    "round(", "coalesce(", "days_between(", "table('t')", "**", "[", "]", "{", "'", '"', ".", ":", "#", "\u200b", "\u0430", "é",
    "\U0001f600", "\n", "\t", "$", "%", "!", "lambda", "__import__", "null", "-", "^", ";",
)  # fmt: skip
PLAN = """plan: sales
version: 2026.1
effective: 2026-01-01 .. 2026-12-31
currency: USD
goals: {growth: {title: Grow, behaviour: new logos}}
params: {least: {default: 100 USD, title: {AE: 200 USD}}, twice: 2}
columns: {half: amount / 2, full: half * twice}
tables: {t: {by: units, rows: {..5: 1%, 6..: 2%}}}
measures:
  booked: {sum: amount, where: product = 'Orbit' and amount > 10_000, window: quarter, quota: own, against: full quota}
  deals: {count: deals, window: month, date: close_date}
  mean: {formula: value('booked') / value('deals'), window: quarter}
components:
  new-business:
    kind: commission
    goal: growth
    target: 80% of variable
    on: booked
    rate: {by: attainment, apply: marginal, tiers: [{from: 0%, pay: 5%}, {above: 100%, pay: 8%}]}
    multiply: {when: term_months >= 24, factor: 1.1x}
    gate: {when: attainment('booked') >= 40%, else: 0%, until_known: hold}
    cap: {at: 200% of target, excess: forfeit}
  grid:
    kind: commission
    on: booked
    rate:
      by: [units, amount]
      matrix:
        - [..<50, 50..]
        - [..5, 1%, 2%]
        - [6.., 3%, 4%]
  bonus:
    kind: bonus
    on: booked
    target: 20% of variable
    earned: at end
    payout: {by: attainment, between: linear, before: 0%, beyond: flat, points: {80%: 50%, 100%: 100%}}
  orbit: {kind: spiff, on: deals, dates: 2026-Q1, where: product = 'Orbit', pay: 500 USD, each: deal, budget: none, stacks: on top}
payment: {every: month, ote: 150_000, mix: 50/50, base: shown, negative: carry, prorate: {quota: days}}
"""
TOKENS = re.split(r"(\W)", PLAN)
WORDS = sorted({t for t in TOKENS if t.strip()} | {p for p in PIECES if "\n" not in p})


def expression(chance: random.Random) -> str:
    """Return pieces side by side: sometimes an expression, mostly none."""
    return " ".join(chance.choices(PIECES, k=chance.randint(1, 14)))


def mutated(chance: random.Random) -> str:
    """Return the plan with a few of its words and signs taken out, doubled, swapped or replaced."""
    tokens = list(TOKENS)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(tokens))
        tokens[at] = chance.choice(
            ("", tokens[at] * 2, chance.choice(WORDS), tokens[chance.randrange(len(tokens))], tokens[at] + "\n")
        )
    return "".join(tokens)


def checked(text: str) -> Report:
    """Return what is wrong with a plan."""
    loaded, report = load_plan(text.encode(), "plans/sales.yaml", Path("plans/sales.yaml"), Path())
    if loaded is not None:
        report.extend(check_plans((loaded,), FACTS))
    else:
        assert report.errors, "refused without a word"
    return report


def try_expressions(count: int, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        text = expression(chance)
        started = time.process_time()
        try:
            found = parse_expression(text)
        except ExpressionFault as fault:
            assert 0 <= fault.start <= fault.end <= len(text), text
        else:
            for _, start, end, _facts in check_expression(found, SCOPE)[1]:
                assert 0 <= start < end <= len(text), text
        assert time.process_time() - started < LONGEST, text


def try_plans(count: int, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        text = mutated(chance)
        started = time.process_time()
        for problem in checked(text):
            assert isinstance(problem.place, Span), (problem.message, text)
            assert not re.search(r"\{\w+\}", problem.kind.says.format_map(dict.fromkeys(problem.facts, ""))), problem.kind.code
            assert problem.mend
        assert time.process_time() - started < LONGEST, text


def test_the_plan_before_it_is_mutated_is_right() -> None:
    assert [f"{p.code} {p.place} {p.message}" for p in checked(PLAN).errors if p.code != "P300"] == []


def test_ten_thousand_expressions() -> None:
    try_expressions(10_000, 1)


def test_two_thousand_plans() -> None:
    try_plans(2_000, 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_thousand_expressions_and_twenty_thousand_plans(seed: int) -> None:
    try_expressions(10_000, 100 + seed)
    try_plans(2_000, 100 + seed)
