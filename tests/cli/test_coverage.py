"""`commcalc test --coverage`: what of the plans no test and no deal has reached is named with its place, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import project_file
from typer.testing import CliRunner

from commcalc.cli.main import app

PROJECT = project_file(types="region: text")
PLAN = """plan: ae
version: 2026.1
effective: 2026-01-01 .. 2026-12-31
currency: USD
payment: {every: month}
measures:
  bookings: {sum: amount, window: month, where: amount > 0}
components:
  tiered:
    kind: commission
    on: bookings
    rate:
      by: value
      apply: marginal
      tiers:
        - {from: 0, pay: 5%}
        - {from: 1_000, pay: 10%}
    cap: {at: 500 USD, excess: forfeit}
  by-region:
    kind: commission
    on: bookings
    rate: {by: region, rows: {east: 1%, west: 2%, any: 0%}}
  branch: {kind: commission, on: bookings, rate: "if(amount >= 300, 3%, 4%)"}
  good-month:
    kind: bonus
    gate: {when: value >= 100, else: 0%}
    on: bookings
    payout: {by: value, between: linear, before: 0, beyond: flat, points: {0: 0, 1_000: 50, 2_000: 80}}
"""
TESTS = """- test: a small month in the east
  plan: ae
  given: {deals: [{id: D1, date: 2026-01-15, amount: 400, region: east}]}
  expect: {2026-01: {tiered: 20.00}}
"""
MORE = """- test: a large month in the west, with a row of nothing and one of elsewhere
  plan: ae
  given:
    deals:
      - {id: D1, date: 2026-01-15, amount: 12_000, region: west}
      - {id: D2, date: 2026-01-16, amount: 0, region: west}
      - {id: D3, date: 2026-01-17, amount: 1, region: north}
  expect: {2026-01: {tiered: 500.00}}
- test: a month of nearly nothing
  plan: ae
  given: {deals: [{id: D1, date: 2026-01-15, amount: 10, region: east}]}
  expect: {2026-01: {good-month: 0}}
- test: a month above a thousand
  plan: ae
  given: {deals: [{id: D1, date: 2026-01-15, amount: 1_500, region: east}]}
  expect: {2026-01: {good-month: 65}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "commcalc.yaml": PROJECT,
        "plans/ae.yaml": PLAN,
        "plans/ae.test.yaml": TESTS,
        "data/deals.csv": "deal_id,owner,close_date,amount,region\nD1,ann,2026-01-05,1200,west\n",
        "data/payees.csv": "payee_id,name\nann,Ann\n",
        "data/assignments.csv": "payee_id,plan,from\nann,ae,2026-01-01\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def _ran(project: Path, *more: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["test", "--project", str(project), "--coverage", *more])
    return found.exit_code, found.stdout


def test_what_no_test_reaches_is_named_with_its_place(project: Path) -> None:
    status, text = _ran(project)
    assert status == 0
    assert text.splitlines() == [
        "1 test passed",
        "plans/ae.yaml: 10 of 19 reached",
        "  plans/ae.yaml:17:11: tier 2 of rate of tiered, from 1_000: it never pays",
        "  plans/ae.yaml:7:49: where of bookings: it never fails to hold",
        "  plans/ae.yaml:22:47: 2% in rate of by-region, row west: nothing is looked up there",
        "  plans/ae.yaml:22:56: 0% in rate of by-region, row any: nothing is looked up there",
        "  plans/ae.yaml:23:73: `4%` of the if() in rate of branch: its condition always holds",
        "  plans/ae.yaml:26:18: gate of good-month: it never fails to hold",
        "  plans/ae.yaml:28:89: 1_000 and what follows on payout of good-month: nothing is looked up there",
        "  plans/ae.yaml:28:100: 2_000 and beyond on payout of good-month: nothing is looked up there",
        "  plans/ae.yaml:18:10: cap of tiered: it never changes what is paid",
    ]


def test_what_a_test_reaches_is_missing_no_longer(project: Path) -> None:
    (project / "plans/ae.test.yaml").write_text(TESTS + MORE, encoding="utf-8")
    assert _ran(project) == (0, "4 tests passed\nplans/ae.yaml: 19 of 19 reached\n")


def test_a_test_that_sets_params_reaches_what_the_plan_says(project: Path) -> None:
    plan = PLAN.replace("measures:", "params: {share: 3%}\nmeasures:").replace("300, 3%, 4%", "300, share, 4%")
    (project / "plans/ae.yaml").write_text(plan, encoding="utf-8")
    (project / "plans/ae.test.yaml").write_text(TESTS.replace("given: {", "given: {params: {share: 5%}, "), encoding="utf-8")
    status, text = _ran(project)
    assert status == 0 and "plans/ae.yaml: 10 of 19 reached\n" in text
    assert "`share` of the if()" not in text and "`4%` of the if()" in text


def test_the_deals_of_a_span_count_where_they_are_asked_for(project: Path) -> None:
    _, text = _ran(project, "--against", "2026-01")
    assert "tier 2" not in text and "row west" not in text and "row any" in text
    (project / "plans/ae.test.yaml").unlink()
    status, text = _ran(project, "--against", "2026-01")
    assert status == 0 and "tests passed" not in text and "row east" in text and "row west" not in text


def test_a_build_fails_under_what_it_asks_for_and_a_machine_reads_the_same(project: Path) -> None:
    assert _ran(project, "--fail-under", "52")[0] == 0
    assert _ran(project, "--fail-under", "53")[0] == 1
    _, text = _ran(project, "--format", "json")
    (found,) = json.loads(text)["coverage"]
    assert (found["plan"], found["points"], found["reached"], len(found["missing"])) == ("ae", 19, 10, 9)
    assert found["missing"][0] == {
        "place": "plans/ae.yaml:17:11",
        "what": "tier 2 of rate of tiered, from 1_000",
        "lacks": "it never pays",
    }


def test_what_goes_with_coverage_is_refused_without_it(project: Path) -> None:
    found = CliRunner().invoke(app, ["test", "--project", str(project), "--against", "2026-01"])
    assert found.exit_code == 2 and "--coverage" in found.output
