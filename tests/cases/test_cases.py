"""Every case is a plan test: read and run as `commcalc test --verify` does, by the engine and by the reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from commcalc.base.source import Sources
from commcalc.cli.test import told
from commcalc.plan.tests_load import LoadedTest, files_beside, load_tests
from commcalc.plan_trial import run_tests

HERE = Path(__file__).parent
FOUND, REPORT = load_tests(files_beside(HERE), HERE)


def test_every_case_is_read() -> None:
    assert not [f"{p.place}: {p.message}" for p in REPORT]


def test_no_two_cases_have_one_name() -> None:
    names = [t.test.test for t in FOUND.tests]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", FOUND.tests, ids=lambda t: f"{t.file}: {t.test.test}")
def test_case(case: LoadedTest) -> None:
    (outcome,) = run_tests(None, [case], with_reference=True)
    assert outcome.passed, "\n".join(told(outcome, Sources(FOUND.texts)))
