"""`commcalc test --make-boundaries`: tests at each bound of the plans, which hold the plans as they are and no others."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commcalc.cli.main import app

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "examples/first-month", tmp_path / "project", ignore=shutil.ignore_patterns("out")))


def _ran(project: Path, *more: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["test", "--project", str(project), *more])
    return found.exit_code, found.stdout, found.stderr


def _made(project: Path) -> Path:
    file = project / "plans/bounds.test.yaml"
    status, _, said = _ran(project, "--make-boundaries", "--output", str(file))
    assert (status, said.count("not be made")) == (0, 0)
    return file


def test_each_bound_has_a_test_a_step_below_on_it_and_a_step_above(project: Path) -> None:
    text = _made(project).read_text()
    for bound, figures in {
        # 75,000 at 0.8% instead of 0.5%: 600, a cent less sold is 375.00 rounded
        "tier 2 (from 75%) of rate of override": (
            "375, value team: 74_999.99",
            "600, value team: 75_000",
            "600, value team: 75_000.01",
        ),
        # target 80% of 60,000 over the quota of 100,000 x 12, 1.1 for 24 months; the bound itself pays 1x
        "tier 2 (from 100%) of accelerators of new-business": (
            "value bookings: 99_999.99",
            "value bookings: 100_000",
            "100_000.01",
        ),
        "point 3 of payout of renewals": ("renewals: 0, value renewals: 2", "250, value renewals: 3", "250, value renewals: 4"),
        "the row `..<24` of rate of commission": ("commission: 200", "commission: 300", "commission: 300"),
        # of 20% of the quarter's variable 15,000: 3,000 at 4.5, half as much again at 4.9
        "point 4.9 of payout of csat": ("value csat: 4.89", "csat: 4_500, value csat: 4.9", "csat: 4_500, value csat: 4.91"),
    }.items():
        tests = [t for t in text.split("- test: ") if bound in t.split("\n")[0]]
        assert [word for t in tests for word in ("below", "exactly on", "above") if f"{word} {bound}" in t] == [
            "below",
            "exactly on",
            "above",
        ]
        assert all(figure in test for figure, test in zip(figures, tests, strict=True)), bound


def test_they_pass_on_the_plans_as_they_are_and_fail_when_a_bound_moves_or_changes_sides(project: Path) -> None:
    _made(project)
    status, said, _ = _ran(project, "--verify")
    assert status == 0 and said == "45 tests passed\n"
    plan = project / "plans/manager.yaml"
    before = plan.read_text()
    for old, new in (("from: 75%", "above: 75%"), ("from: 75%", "from: 75.00001%"), ("from: 100%", "from: 99.99999%")):
        assert before.count(old) == 1
        plan.write_text(before.replace(old, new))
        status, said, _ = _ran(project, "-k", "of override")
        assert status == 1 and said.endswith("5 tests passed, 1 failed\n"), (new, said)


def test_without_a_file_they_are_printed_and_only_those_of_the_plans_that_are_named(project: Path) -> None:
    status, text, said = _ran(project, "--make-boundaries", "-k", "manager")
    assert status == 0 and text.count("- test:") == 15 and "plan: ae-commercial" not in text  # account-manager and manager
    assert "15 tests" in said


def test_no_file_is_written_over_and_only_tests_are_written(project: Path) -> None:
    file = project / "plans/manager.test.yaml"
    file.write_text("mine")
    assert _ran(project, "--make-boundaries", "--output", str(file))[0] == 2
    assert file.read_text() == "mine"
    assert _ran(project, "--make-boundaries", "--output", str(project / "plans/bounds.yaml"))[0] == 2
    assert not (project / "plans/bounds.yaml").exists()


def test_a_bound_that_no_deal_can_be_made_for_is_named_with_the_reason(project: Path) -> None:
    plan = project / "plans/manager.yaml"
    plan.write_text(plan.read_text().replace("sum: amount", "sum: amount * 2"))
    status, text, said = _ran(project, "--make-boundaries", "-k", "manager")
    assert status == 0 and "bounds that no test could be made for" in said
    assert "tier 2 (from 75%) of rate of override: what the measure counts is no plain column of the deals" in text


def test_a_plan_that_has_always_held_is_tried_on_a_day_of_our_time(project: Path) -> None:
    plan = project / "plans/manager.yaml"
    plan.write_text(re.sub(r"effective: .*", "effective: .. 2026-05-31", plan.read_text()))
    status, text, _ = _ran(project, "--make-boundaries", "-k", "manager")
    assert status == 0 and "date: 2026-05-31, owner: P2" in text and "P1: {2026-05: {override: 600, value team: 75_000}}" in text
