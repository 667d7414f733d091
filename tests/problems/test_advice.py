"""Advice is exact: it is given where the plan pays in this way, with the figures, and never where it does not."""

from __future__ import annotations

import random
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from test_pages import END, FACTS, HEAD, MEASURES, counted, paid, spiff, tiers, top
from typer.testing import CliRunner

from commcalc.advice import advise
from commcalc.api import open_project
from commcalc.checks import check_plans
from commcalc.cli.catalogue import kinds
from commcalc.cli.main import app
from commcalc.plan.load import load_plan
from commcalc.plan.tests_load import load_tests
from commcalc.plan_trial import run_tests


def advised(plan: str) -> list[str]:
    """Return the advice on a plan, each with its code and line; the plan itself is right."""
    loaded, report = load_plan(plan.encode(), "plans/sales-rep.yaml", Path("plans/sales-rep.yaml"), Path())
    assert loaded is not None, [str(p.message) for p in report]
    report.extend(check_plans((loaded,), FACTS))
    assert [f"{p.code} {p.message}" for p in report.errors] == []
    found = advise((loaded,), FACTS)
    assert {p.severity for p in found} <= {"advice"}
    assert not any(re.search(r"\{\w+\}", p.message + p.mend) for p in found)
    return [f"{p.code} {p.place.line if p.place is not None and hasattr(p.place, 'line') else 0}: {p.message}" for p in found]  # type: ignore[union-attr]


def codes(plan: str) -> set[str]:
    return {line.split()[0] for line in advised(served(plan))}


def served(plan: str) -> str:
    """The plan with its component serving its goal, and its SPIFF announced."""
    plan = re.sub(r"(    kind: \w+\n)", r"\1    goal: growth\n", plan)
    return re.sub(r"kind: (commission|spiff|pool|contest|bonus), ", r"kind: \1, goal: growth, ", plan)


def ladder(apply: str, *lines: str, by: str = "value", more: str = "") -> str:
    text = tiers(f"by: {by}; apply: {apply}; tiers: [{', '.join('{' + line + '}' for line in lines)}]")
    return text.replace("    kind: commission\n", f"    kind: commission\n{more}")


def factors(apply: str, *lines: str, rate: str = "5%", by: str = "attainment") -> str:
    return paid(
        f"rate: {rate}\naccelerators: {{by: {by}, apply: {apply}, tiers: [{', '.join('{' + line + '}' for line in lines)}]}}"
    )


def bonus(payout: str, measures: str = MEASURES) -> str:
    return f"{HEAD}{measures}components:\n  base:\n    kind: bonus\n    on: bookings\n    payout: {payout}\n{END}"


def curve(points: str, before: str = "0 USD", beyond: str = "flat", between: str = "linear", measures: str = MEASURES) -> str:
    return bonus(f"{{by: value, between: {between}, before: {before}, beyond: {beyond}, points: {{{points}}}}}", measures)


def legal(text: str) -> str:
    return top(f"legal: {{{text}}}")


ORBIT = counted("where: product = 'Orbit'")
BOTH = counted("where: product in ('Orbit', 'Comet')")
TABLE = "rate: {by: product, rows: {Orbit: 5%, Comet: 6%}}"
PAGES: dict[str, tuple[str, str]] = {
    "A001": (ORBIT.replace("rate: 5%", TABLE), BOTH.replace("rate: 5%", TABLE)),
    "A002": tuple(top("").replace("{growth: {title: Grow}}", goals) for goals in ("{growth: {title: Grow}, margin: {title: Margin}}", "{growth: {title: Grow}}")),
    "A004": tuple(spiff(f"dates: 2026-Q1{told}", "life") for told in ("", ", announce: {headline: 50 USD for each Orbit in March}")),
    "A005": tuple(spiff(f"{dates}announce: {{headline: More}}", "life") for dates in ("", "dates: 2026-Q1, ")),
    "A006": tuple(factors("marginal", "from: 0%, pay: 1x", f"from: 100%, pay: {x}") for x in ("0.5x", "1.5x")),
    "A007": tuple(ladder(apply, "from: 0, pay: 5%", "from: 100, pay: 6%") for apply in ("prospective", "marginal")),
    "A008": tuple(ladder(apply, "from: 0, pay: 5%", "from: 100_000, pay: 6%") for apply in ("retroactive", "marginal")),
    "A009": tuple(bonus(f"{{by: attainment, between: linear, before: 0 USD, beyond: flat, points: {{50%: 100 USD, 100%: 500 USD, 120%: {y} USD}}}}") for y in (400, 600)),
    "A010": (legal("law: California"), legal("law: California, method: Sections 2 to 4, on_leaving: Section 7")),
}  # type: ignore[assignment]  # fmt: skip


@pytest.mark.parametrize("code", PAGES)
def test_the_example_of_a_page_is_advised_and_the_better_one_is_not(code: str) -> None:
    fails, works = PAGES[code]
    assert code in codes(fails)
    assert codes(works) == set()


def test_a_component_without_a_goal_is_advised_where_the_plan_has_goals() -> None:
    assert [line[:4] for line in advised(top(""))] == ["A003", "A002"]
    assert codes(top("")) == set()
    assert advised(top("").replace("goals: {growth: {title: Grow}}\n", "")) == []


def test_every_kind_of_advice_has_a_page_with_both_examples() -> None:
    advice = {code: kind for code, kind in kinds().items() if code.startswith("A")}
    assert set(advice) == {*PAGES, "A003", "A011"}
    for kind in advice.values():
        assert kind.severity == "advice"
        assert "\nFails: " in kind.page
        assert "\nWorks: " in kind.page


FIGURES = [
    (
        ladder("retroactive", "from: 0, pay: 5%", "from: 100_000, pay: 6%"),
        "A008: 99,999.99 pays 5,000.00 USD, and 100,000 6,000.00 USD: crossing `100_000` is worth 1,000.00 USD",
    ),
    (
        ladder("retroactive", "from: 0, pay: 5%", "above: 100_000, pay: 6%"),
        "A008: 100,000 pays 5,000.00 USD, and 100,000.01 6,000.00 USD: crossing `100_000` is worth 1,000.00 USD",
    ),
    (
        ladder("retroactive", "from: 0%, pay: 5%", "from: 100%, pay: 6%", by="attainment"),
        "A008: 999.99 pays 50.00 USD, and 1,000 60.00 USD: crossing `100%` is worth 10.00 USD",
    ),
    (
        ladder("retroactive", "from: 0%, pay: 5%", "from: 100%, pay: 6%", by="attainment").replace("quota: 1_000", "quota: own"),
        "A008: just below `100%` pays 5% of the quota, and at it 6% of the quota: crossing `100%` is worth 1% of the quota",
    ),
    (
        ladder("marginal", "from: 0, pay: 5%", "from: 100, pay: 6%, reaches: zero"),
        "A008: 99.99 pays 5.00 USD, and 100 6.00 USD: crossing `100` is worth 1.00 USD",
    ),
    (
        ladder("marginal", "from: 0, pay: 5%", "from: 100, pay: 6%", "from: 200, pay: 8%, reaches: tier 2"),
        "A008: 199.99 pays 11.00 USD, and 200 13.00 USD: crossing `200` is worth 2.00 USD",
    ),
    (
        factors("retroactive", "from: 0%, pay: 1x", "from: 100%, pay: 1.5x"),
        "A008: 999.99 pays 50.00 USD, and 1,000 75.00 USD: crossing `100%` is worth 25.00 USD",
    ),
    (
        factors("retroactive", "from: 0%, pay: 1x", "from: 100%, pay: 1.5x", rate="on-target\ntarget: 800 USD"),
        "A008: 999.99 pays 799.99 USD, and 1,000 1,200.00 USD: crossing `100%` is worth 400.01 USD",
    ),
    (
        factors("retroactive", "from: 0%, pay: 1x", "from: 100%, pay: 1.5x", rate="on-target\ntarget: 80% of variable"),
        "A008: just below `100%` pays 100% of the target pay, and at it 150% of the target pay: crossing `100%` is worth 50% of the target pay",
    ),
    (
        ladder("retroactive", "from: 0, pay: 5%", "from: 100_000, pay: 6%", more="    basis: discount * amount\n"),
        "A008: just below `100_000` pays 5% of what is counted, and at it 6% of what is counted: crossing `100_000` is worth 1% of what is counted",
    ),
    (
        ladder("retroactive", "from: 0, pay: 5%", "from: 100_000, pay: 6%", more="    cap: {at: 9_000 USD, excess: forfeit}\n"),
        "A008: just below `100_000` pays 5% of what is counted, and at it 6% of what is counted: crossing `100_000` is worth 1% of what is counted",
    ),
    (
        ladder("retroactive", "from: 0, pay: 6%", "from: 100_000, pay: 5%"),
        "A009: one more of `bookings` lowers the pay: 99,999.99 pays 6,000.00 USD, and 100,000 5,000.00 USD",
    ),
    (
        ladder("marginal", "from: 0, pay: 6%", "from: 100_000, pay: 5%"),
        "A006: from `100_000` on it pays 5%, less than the 6% before it",
    ),
    (curve("0: 0 USD, 37_411.22: 900 USD, 37_411.23: 899.99 USD, 37_411.24: 901 USD"), "A009: one more of `bookings` lowers the pay: 37_411.22 pays 900, and 37_411.23 899.99"),
    (curve("100: 5 USD, 200: 9 USD", before="7 USD"), "A009: one more of `bookings` lowers the pay: less than 100 pays 7, and 100 5"),
    (curve("100: 5 USD, 200: 9 USD", beyond="8 USD"), "A009: one more of `bookings` lowers the pay: 200 pays 9, and more than 200 8"),
    (
        bonus("{by: attainment, before: 0 USD, fractions: count, bands: [{from: 90%, pay: 10 USD, per_point: 2 USD}, {from: 100%, pay: 25 USD}]}"),
        "A009: one more of `bookings` lowers the pay: just below 100% pays 30, and 100% 25",
    ),
    (bonus("{by: value, rows: {..<10: 5 USD, 10..<20: 8 USD, 20..: 7 USD}}"), "A009: one more of `bookings` lowers the pay: 10..<20 pays 8, and 20.. 7"),
    (
        ORBIT.replace("rate: 5%", "rate: 5%, multiply: {factor: 2x, when: product = 'Comet'}"),
        "A001: `when: product = 'Comet'` is never reached: deals are taken in where product = 'Orbit'",
    ),
    (
        ORBIT.replace("rate: 5%", "rate: {by: [product, term], rows: [[Orbit, any, 5%], [Comet, any, 6%]]}"),
        "A001: the row `Comet, any` is never reached: deals are taken in where product = 'Orbit'",
    ),
    (
        counted("where: amount >= 50_000").replace("rate: 5%", "rate: {by: amount, rows: {..<50_000: 5%, 50_000..: 6%}}"),
        "A001: the row `..<50_000` is never reached: deals are taken in where amount >= 50_000",
    ),
    (
        BOTH.replace("rate: 5%", "rate: {by: product, rows: {Orbit: 5%, Comet: 6%, any: 1%}}"),
        "A001: the row `any` is never reached: deals are taken in where product in ('Orbit', 'Comet')",
    ),
    (counted("where: product = 'Orbit' and product = 'Comet'"), "A001: any deal of `bookings` is never reached: its condition contradicts itself"),
    (ORBIT.replace("rate: 5%", "rate: 5%, where: product = 'Comet'"), "A001: any deal is never reached: `where: product = 'Orbit' and product = 'Comet'` never holds"),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "wanted"), FIGURES, ids=[f"{n} {wanted[:4]}" for n, (_, wanted) in enumerate(FIGURES)])
def test_advice_names_the_point_and_what_it_is_worth(plan: str, wanted: str) -> None:
    assert [re.sub(r" \d+:", ":", line, count=1) for line in advised(served(plan))] == [wanted]


KPI = MEASURES.replace("{sum: amount,", "{kpi: churn,")
SILENT = {
    "a marginal ladder that rises": ladder("marginal", "from: 0, pay: 5%", "from: 100, pay: 6%"),
    "a ladder of each period": ladder("period", "from: 0, pay: 5%", "from: 100, pay: 6%"),
    "a curve that rises and stays": curve("0: 0 USD, 100: 5 USD, 200: 5 USD, 300: 9 USD"),
    "a curve over a KPI that falls": curve("0: 9 USD, 100: 5 USD", measures=KPI),
    "rows that a condition joined by or leaves open": counted("where: product = 'Orbit' or amount > 5").replace("rate: 5%", TABLE),
    "a row of another type": counted("where: amount >= 50").replace("rate: 5%", "rate: {by: product, rows: {Orbit: 5%, any: 1%}}"),
    "rows that touch what is left": counted("where: amount >= 50").replace(
        "rate: 5%", "rate: {by: amount, rows: {..50: 5%, above 50: 6%}}"
    ),
    "an any for what else there is": counted("where: product <> 'Orbit'").replace(
        "rate: 5%", "rate: {by: product, rows: {Orbit: 5%, any: 1%}}"
    ),
    "no law that is named": legal("method: Section 2"),
}  # fmt: skip


@pytest.mark.parametrize("what", SILENT)
def test_what_is_as_it_should_be_is_left_alone(what: str) -> None:
    assert advised(served(SILENT[what])) == []


CLIFF = served(ladder("retroactive", "from: 0, pay: 5%", "from: 100_000, pay: 6%")).replace("plan: sales-rep", "plan: rep")
PROJECT = """commcalc: 1
currency: USD
time_zone: UTC
credit_date: close_date
readings: {rounding: half-up, round: line}
tables: {deals: {file: t.csv}, payees: {file: t.csv}, assignments: {file: t.csv}}
"""


def reported(folder: Path, silence: str, today: date = date(2026, 3, 1)) -> list[str]:
    (folder / "plans").mkdir(exist_ok=True)
    (folder / "t.csv").write_text("")
    (folder / "plans" / "rep.yaml").write_text(CLIFF)
    (folder / "plans" / "heir.yaml").write_text("plan: heir\nextends: rep\n")
    (folder / "commcalc.yaml").write_text(PROJECT + (f"policy: {{silence: [{silence}]}}\n" if silence else ""))
    project = open_project(folder)
    report = project.validate()
    assert report.errors == []
    report.extend(project.advise())
    return sorted(f"{p.code} {p.place}" for p in project.without_silenced(report, today).sorted())


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        ("", ["A008 plans/rep.yaml:16:42"]),
        ("{code: A008, because: agreed}", []),
        ("{code: A008, because: agreed, until: 2026-03-01}", []),
        ("{code: A008, because: agreed, until: 2026-02-28}", ["A008 plans/rep.yaml:16:42", "A011 commcalc.yaml:7:27"]),
        ("{code: A008, where: rep.base, because: agreed}", []),
        ("{code: A008, where: heir.base, because: agreed}", []),
        ("{code: A008, where: rep.bookings, because: agreed}", ["A008 plans/rep.yaml:16:42", "A011 commcalc.yaml:7:27"]),
        ("{code: A008, where: other, because: agreed}", ["A008 plans/rep.yaml:16:42", "A011 commcalc.yaml:7:27"]),
        ("{code: A009, because: agreed}", ["A008 plans/rep.yaml:16:42", "A011 commcalc.yaml:7:27"]),
    ],
)  # fmt: skip
def test_advice_is_silenced_for_a_part_with_a_reason_and_for_as_long_as_it_is_said(
    entry: str, left: list[str], tmp_path: Path
) -> None:
    assert reported(tmp_path, entry) == left


def test_an_entry_without_a_reason_is_refused(tmp_path: Path) -> None:
    reported(tmp_path, "")
    (tmp_path / "commcalc.yaml").write_text(PROJECT + "policy: {silence: [{code: A008}]}\n")
    assert [p.code for p in open_project(tmp_path).report.errors] == ["P002"]


def test_advice_ends_with_0_and_under_strict_with_1_and_quick_leaves_it_out(tmp_path: Path) -> None:
    reported(tmp_path, "")
    (tmp_path / "plans" / "shares.yaml").write_text(served(paid("target: 60% of variable")).replace("sales-rep", "shares"))
    runs = {
        words: CliRunner().invoke(app, ["validate", str(tmp_path), *words])
        for words in ((), ("--strict",), ("--quick", "--strict"))
    }
    assert [done.exit_code for done in runs.values()] == [0, 1, 0]
    assert [{"A008", "P243"} <= set(re.findall(r"[AP]\d{3}", done.output)) for done in runs.values()] == [True, True, False]


def made_ladder(seed: int) -> str:
    """Tiers of plain figures, with bounds that are in or out and tiers that reach down, some of them paying less."""
    chance = random.Random(seed)
    apply = chance.choice(["marginal", "retroactive"])
    bounds = [0, *sorted(chance.sample(range(100, 90_000), 3))]
    lines = []
    for number, bound in enumerate(bounds):
        cents = "" if number == 0 else f".{chance.randrange(100):02}"
        key = "from" if number == 0 else chance.choice(["from", "above"])
        reaches = chance.choice(["zero", "tier 1", "tier 2"]) if number == 3 and apply == "marginal" else "here"
        lines.append(f"{{{key}: {bound}{cents}, pay: {chance.randrange(1, 40) / 4}%, reaches: {reaches}}}")
    return f"{{by: value, apply: {apply}, tiers: [{', '.join(lines)}]}}"


@pytest.mark.parametrize("seed", range(12))
def test_the_figures_of_a_cliff_are_what_both_calculations_pay_there(seed: int, tmp_path: Path) -> None:
    text = made_ladder(seed)
    plan = (
        f"{HEAD}{MEASURES}components:\n  base:\n    kind: commission\n    goal: growth\n    on: bookings\n    rate: {text}\n{END}"
    )
    loaded, _ = load_plan(plan.encode(), "plans/sales-rep.yaml", Path("plans/sales-rep.yaml"), Path())
    assert loaded is not None
    found = [p for p in advise((loaded,), FACTS) if p.code in ("A008", "A009")]
    points = {
        p.facts[at].replace(",", ""): p.facts[pays].removesuffix(" USD")
        for p in found
        for at, pays in (("below", "low"), ("at", "high"))
    }
    assert points
    payees = ", ".join(f"P{n}: {{}}" for n in range(len(points)))
    deals = "".join(f"      - {{id: D{n}, owner: P{n}, date: 2026-01-05, amount: {sold}}}\n" for n, sold in enumerate(points))
    wanted = "".join(f"    P{n}: {{2026-01: {{base: {pay.replace(',', '')}}}}}\n" for n, pay in enumerate(points.values()))
    component = f"components: {{base: {{kind: commission, on: bookings, rate: {text}}}}}"
    test = f"- test: it pays so\n  plan: {{measures: {{bookings: {{sum: amount, window: month}}}}, {component}}}\n"
    test += f"  given:\n    payees: {{{payees}}}\n    deals:\n{deals}  expect:\n{wanted}"
    (tmp_path / "made.test.yaml").write_text(test)
    tests, report = load_tests([tmp_path / "made.test.yaml"], tmp_path)
    assert report.problems == []
    (outcome,) = run_tests(None, tests.tests, with_reference=True)
    assert outcome.passed, [p.message for p in outcome.problems] + [str(d) for d in outcome.differences]
    assert all(
        p.kind.code
        == (
            "A009"
            if Decimal(p.facts["high"].split()[0].replace(",", "")) < Decimal(p.facts["low"].split()[0].replace(",", ""))
            else "A008"
        )
        for p in found
    )
