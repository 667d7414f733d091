"""`commcalc test`: a failure names the figure, its place and how it was made; slips of a test file are told where they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from program import project_file
from typer.testing import CliRunner

from commcalc.cli.main import app

PROJECT = project_file(types="gross_profit: money")
PLAN = """plan: ae
version: 2026.1
effective: 2026-01-01 .. 2026-12-31
currency: USD
payment: {every: month}
params: {multiple: 2x}
measures:
  bookings: {sum: amount, window: month, quota: own}
components:
  new-business:
    kind: commission
    on: bookings
    rate:
      by: attainment
      apply: marginal
      tiers:
        - {from: 0%, pay: 5%}
        - {from: 100%, pay: 10%}
  extra: {kind: commission, on: bookings, rate: 1%, multiply: {factor: multiple}}
"""
TEST = """- test: a deal that crosses 100% is paid at both rates
  plan: ae
  given:
    quotas: {bookings: 1_000}
    deals:
      - {id: D1, date: 2026-01-15, amount: 800}
      - {id: D2, date: 2026-01-16, amount: 400}
  expect:
    2026-01:
      new-business: 70.00
      extra: 24.00
      attainment bookings: 120%
      lines: [{deal: D2, component: new-business, slices: [10, 20], amount: 30}]
      nothing else: yes
"""


def made(folder: Path, test: str = TEST, **files: str) -> Path:
    written = {"commcalc.yaml": PROJECT, "plans/ae.yaml": PLAN, "plans/ae.test.yaml": test, **files}
    written["data/payees.csv"] = "payee_id,name\nann,Ann\n"
    written["data/assignments.csv"] = "payee_id,plan,from\nann,ae,2026-01-01\n"
    written["data/deals.csv"] = "deal_id,owner,close_date,amount,gross_profit\nX1,ann,2026-01-01,1,1\n"
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def ran(folder: Path, *arguments: str, verb: str = "test") -> Any:
    place = ("--project",) if verb == "test" else ()
    return CliRunner().invoke(app, [verb, *place, str(folder), *arguments])


def test_what_comes_out_as_expected_passes(tmp_path: Path) -> None:
    done = ran(made(tmp_path), "--verify")
    assert (done.exit_code, done.output) == (0, "1 test passed\n")


def test_a_failure_names_the_figure_its_place_and_how_it_was_made(tmp_path: Path) -> None:
    done = ran(made(tmp_path, TEST.replace("70.00", "69.99").replace("120%", "110%")))
    assert done.exit_code == 1
    told = [line for line in done.output.split("\n") if "  L-" not in line]
    assert told == [
        "failed: a deal that crosses 100% is paid at both rates (plans/ae.test.yaml:1)",
        "  error[K197]: 2026-01: `new-business` is 70 (0.01 too much), and 69.99 is expected",
        "    --> plans/ae.test.yaml:10:21",
        "      9 |     2026-01:",
        "     10 |       new-business: 69.99",
        "        |                     ^^^^^",
        "     mend: mend the plan; or the test, if the plan is as it is meant",
        "     more: commcalc explain code K197",
        "     how it was made:",
        "         = 800 at 5% = 40  (tier 1, from 0%: 5%; bookings 0 to 800)",
        "         = 200 at 5% = 10  (tier 1, from 0%: 5%; bookings 800 to 1,000)",
        "         + 200 at 10% = 20  (tier 2, from 100%: 10%; bookings 1,000 to 1,200)",
        "       P1 has 1,200 in bookings for 2026-01 of a quota of 1,000, 120.0%",
        "       by plans/ae.yaml:10",
        "     and 1 more:",
        "  plans/ae.test.yaml:12:28: error[K197]: 2026-01: `attainment bookings` is 120% (10% too much), and 110% is expected",
        "",
        "0 tests passed, 1 failed",
        "",
    ]


DIFFERENT = {
    "a component": ("extra: 24.00", "extra: 24.01", "10", "`extra` is 24 (0.01 too little), and 24.01 is expected"),
    "a slice": ("[10, 20]", "[11, 19]", "13", "line deal D2 component new-business: slices is [10, 20], and [11, 19] is expected"),
    "the amount of a line": ("amount: 30}", "amount: 31}", "13", "new-business: amount is 30, and 31 is expected"),
    "a line that is not there": ("deal: D2, c", "deal: D3, c", "13", "line deal D3 component new-business is 0 lines, and one line is expected"),
    "what is not named": ("      extra: 24.00\n", "", "13", "`extra` is 24, and nothing else is expected"),
    "a currency": ("70.00", "70.00 EUR", "10", "`new-business` is in USD, and 70 EUR is expected"),
    "an exception": ("nothing else: yes", "exceptions: {K101: 1}", "14", "exceptions K101 is 0, and 1 is expected"),
    "no exception": ("quotas: {bookings: 1_000}", "readings: {}", "10", "`new-business` is 0 (70 too little), and 70 is expected"),
    "a deal": ("extra: 24.00", "deal D1: 1", "11", "`deal D1` is 56 (55 too much), and 1 is expected"),
    "pay": ("extra: 24.00", "payable: 1", "11", "`payable` is 94 (93 too much), and 1 is expected"),
}  # fmt: skip


@pytest.mark.parametrize("what", DIFFERENT)
def test_each_thing_that_can_be_expected_can_fail(what: str, tmp_path: Path) -> None:
    before, after, _, said = DIFFERENT[what]
    assert before in TEST
    done = ran(made(tmp_path, TEST.replace(before, after)))
    assert done.exit_code == 1
    assert said in done.output


SLIPS = {
    "nothing expected at all": ("  expect:\n" + TEST.split("  expect:\n")[1], "  expect: {}\n", "P401", 8),
    "nothing expected of a period": (TEST.split("  expect:\n")[1], "    2026-01: {}\n", "P401", 9),
    "a component that is not there": ("extra: 24", "exta: 24", "P402", 11),
    "a measure that is not there": ("attainment bookings", "attainment booking", "P402", 12),
    "a component of a line": ("component: new-business", "component: new-busines", "P402", 13),
    "a plan that is not there": ("plan: ae", "plan: aee", "P400", 2),
    "a param that is not there": ("quotas:", "params: {multple: 3x}\n    quotas:", "P408", 4),
    "a key that is not there": ("given:", "givn:", "P001", 3),
    "a table that comes later": ("quotas:", "absences:", "P005", 4),
    "a figure that is none": ("70.00", "7O.00", "X010", 10),
    "a period that is none": ("2026-01:", "January:", "P406", 9),
    "a refusal beside figures": ("nothing else: yes", "refused: P210", "P409", 14),
    "no sentence": ("- test: a deal that crosses 100% is paid at both rates\n  plan: ae", "- plan: ae", "P002", 1),
    "no plan": ("  plan: ae\n", "", "P002", 1),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("verb", ["test", "validate"])
def test_a_slip_of_a_test_file_is_told_at_its_line(slip: str, verb: str, tmp_path: Path) -> None:
    before, after, code, line = SLIPS[slip]
    assert before in TEST
    done = ran(made(tmp_path, TEST.replace(before, after)), "--format", "json", verb=verb)
    assert done.exit_code == 1
    found = json.loads(done.stdout)["findings" if verb == "validate" else "problems"]
    assert (code, line) in {(p["code"], p["line"]) for p in found}, found


GIVEN = {
    "a column that is not there": ("amount: 400}", "amount: 400, amuont: 1}", "P404", "did you mean `amount`?"),
    "a quota of a measure that is not there": ("{bookings: 1_000}", "{booking: 1_000}", "P407", "did you mean `bookings`?"),
    "a deal without its amount": (", amount: 400}", "}", "D030", "plans/ae.test.yaml:7:amount (deal D2)"),
    "an amount that is none": ("amount: 400}", "amount: 4OO}", "D031", "plans/ae.test.yaml:7:amount (deal D2)"),
    "a deal twice": ("id: D2", "id: D1", "D0", "plans/ae.test.yaml:7:deal_id"),
    "a file that is not there": ("deals:\n      - {id: D1, date: 2026-01-15, amount: 800}\n      - {id: D2, date: 2026-01-16, amount: 400}", "deals: dales.csv", "P410", "dales.csv"),
}  # fmt: skip


@pytest.mark.parametrize("slip", GIVEN)
def test_what_a_test_gives_is_checked_as_what_is_read_from_files(slip: str, tmp_path: Path) -> None:
    before, after, code, said = GIVEN[slip]
    assert before in TEST
    done = ran(made(tmp_path, TEST.replace(before, after)))
    assert done.exit_code == 1
    assert f"error[{code}" in done.output
    assert said in done.output
    assert "0 tests passed, 1 failed" in done.output


def test_a_column_without_a_type_is_told_once_where_it_is_given(tmp_path: Path) -> None:
    test = """test: by lead
plan:
  measures: {sales: {sum: amount, window: month}}
  components: {c: {kind: commission, on: sales, rate: {by: lead, rows: {own: 10%, any: 5%}}}}
given: {deals: [{id: D1, date: 2026-01-15, lead: own, amount: 100}]}
expect: {2026-01: {c: 10}}
"""
    done = ran(made(tmp_path, test), "--format", "json")
    assert [p["code"] for p in json.loads(done.stdout)["tests"][0]["problems"]] == ["P404"]


def test_rows_may_stand_in_a_csv_beside_the_test(tmp_path: Path) -> None:
    start, end = TEST.index("    deals:"), TEST.index("  expect:")
    test = TEST[:start] + "    deals: deals.csv\n" + TEST[end:]
    rows = {"plans/deals.csv": "id,date,amount\nD1,2026-01-15,800\nD2,2026-01-16,400\n"}
    assert ran(made(tmp_path, test, **rows)).output == "1 test passed\n"


def test_a_param_is_set_for_the_test_alone(tmp_path: Path) -> None:
    test = TEST.replace("quotas:", "params: {multiple: 3x}\n    quotas:").replace("extra: 24.00", "extra: 36.00")
    assert ran(made(tmp_path, test + TEST.replace("a deal", "the same"))).output == "2 tests passed\n"


def test_a_plan_may_be_written_in_the_test_and_its_faults_are_told_there(tmp_path: Path) -> None:
    test = """test: ten per cent
plan:
  measures: {sales: {sum: gross_profit, window: month}}
  components: {c: {kind: commission, on: sales, rate: 10%}}
given:
  deals: [{date: 2026-02-01, id: D1, amount: 1, gross_profit: 50}]
expect: {2026-02: {c: 5, nothing else: yes}}
"""
    assert ran(made(tmp_path, test)).output == "1 test passed\n"
    done = ran(made(tmp_path, test.replace("on: sales", "on: sails")))
    assert done.exit_code == 1
    column = test.split("\n")[3].index("sales,") + 1
    assert f"--> plans/ae.test.yaml:4:{column}" in done.output


def test_a_refusal_is_expected_for_its_reason(tmp_path: Path) -> None:
    test = """test: tiers out of order are refused
plan:
  measures: {sales: {sum: amount, window: month}}
  components: {c: {kind: commission, on: sales, rate: {by: value, apply: marginal, tiers: [{from: 5, pay: 1%}, {from: 0, pay: 2%}]}}}
given: {deals: [{id: D1, date: 2026-01-01, amount: 1}]}
expect: {2026-01: {refused: P210}}
"""
    assert ran(made(tmp_path, test)).exit_code == 0
    other = ran(made(tmp_path, test.replace("refused: P210", "refused: P999")))
    assert "it is refused for P210, and a refusal for P999 is expected" in other.output.replace("P210, P211", "P210")
    fine = ran(made(tmp_path, test.replace("from: 5", "from: 0").replace("{from: 0, pay: 2%}", "{from: 5, pay: 2%}")))
    assert "2026-01 was calculated, and a refusal for P210 is expected" in fine.output


def test_several_payees_are_expected_by_payee(tmp_path: Path) -> None:
    test = """test: each has what is theirs
plan: ae
given:
  payees: {A: {}, B: {}}
  quotas: {bookings: 1_000}
  deals: [{id: D1, owner: A, date: 2026-01-01, amount: 100}]
expect:
  A: {2026-01: {new-business: 5}}
  B: {2026-01: {new-business: 0, total: 0}}
"""
    assert ran(made(tmp_path, test)).exit_code == 0
    done = ran(made(tmp_path, test.replace("  B: {2026-01", "  C: {2026-01")))
    assert "P405" in done.output


def test_the_report_for_a_build_server_is_well_formed(tmp_path: Path) -> None:
    bad = TEST.replace("a deal that", 'less < more & "a deal" that').replace("70.00", "1.00")
    data = TEST.replace("a deal that", "a wrong row that").replace("amount: 400}", "amount: x}")
    folder = made(tmp_path, TEST + bad + data)
    done = ran(folder, "--junit", str(tmp_path / "tests.xml"))
    assert done.exit_code == 1
    root = ElementTree.parse(tmp_path / "tests.xml").getroot()
    assert {k: root.attrib[k] for k in ("tests", "failures", "errors")} == {"tests": "3", "failures": "1", "errors": "1"}
    cases = root.findall("./testsuite/testcase")
    assert [c.attrib["name"][:6] for c in cases] == ["a deal", "less <", "a wron"]
    assert [[e.tag for e in c] for c in cases] == [[], ["failure"], ["error"]]
    assert "`new-business` is 70 (69 too much)" in (cases[1][0].text or "")


def test_json_has_every_test_with_its_problems(tmp_path: Path) -> None:
    done = ran(made(tmp_path, TEST + TEST.replace("a deal", "other").replace("70.00", "1.00")), "--format", "json")
    found = json.loads(done.stdout)["tests"]
    assert [(t["line"], t["status"]) for t in found] == [(1, "passed"), (15, "failed")]
    assert found[1]["problems"][0]["line"] == 24
    assert found[1]["problems"][0]["how"][-1] == "by plans/ae.yaml:10"


def test_tests_are_chosen_by_name_and_none_at_all_is_no_success(tmp_path: Path) -> None:
    folder = made(tmp_path, TEST + TEST.replace("a deal", "other").replace("70.00", "1.00"))
    assert ran(folder, "-k", "A DEAL").output == "1 test passed\n"
    assert ran(folder, "-k", "nothing like it").exit_code == 1
    (folder / "plans/ae.test.yaml").unlink()
    done = ran(folder)
    assert (done.exit_code, "there are no plan tests" in done.output) == (1, True)


def test_two_tests_of_one_name_are_refused(tmp_path: Path) -> None:
    done = ran(made(tmp_path, TEST + TEST))
    assert done.exit_code == 1
    assert "P403" in done.output


def test_a_draft_is_tested_too(tmp_path: Path) -> None:
    done = ran(made(tmp_path, **{"plans/ae.yaml": PLAN.replace("version:", "status: draft\nversion:")}))
    assert done.exit_code == 0


def test_the_neutral_values_are_those_of_a_project_and_plan_that_can_be_read(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["test", "--show-defaults"])
    assert done.exit_code == 0
    house = done.output.split("\n\n")[0]
    assert "readings: {rounding: half-up," in house
    folder = made(tmp_path, **{"commcalc.yaml": house.replace("tables: {}", PROJECT[PROJECT.index("tables:") :])})
    assert ran(folder).exit_code == 0
