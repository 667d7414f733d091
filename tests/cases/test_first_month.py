"""The example of the README earns what its README says, and the template plans run on the data that `init` writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from commcalc.api import open_project

REPOSITORY = Path(__file__).parent.parent.parent
TEMPLATES = sorted(p.stem for p in (REPOSITORY / "plans").glob("*.yaml") if not p.stem.endswith(".test"))


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return Path(shutil.copytree(REPOSITORY / "examples" / "first-month", tmp_path / "first-month", ignore=_without_runs))


def _without_runs(folder: str, names: list[str]) -> list[str]:
    del folder
    return [n for n in names if n == "out"]


def test_january_as_the_readme_tells_it(example: Path) -> None:
    project = open_project(example)
    run = project.calculate("2026-01")
    assert run.result is not None, [p.message for p in run.report]
    assert not project.verify(run).errors
    assert all(i.holds for i in run.result.identities)
    payouts = run.result.payouts
    assert payouts["earned"].sum() == Decimal("89206.10")
    assert payouts["payable"].sum() == Decimal("171571.72")
    assert sorted(run.result.exceptions["code"]) == ["K101", "K101", "K103", "K110"]
    crossing = run.result.lines.filter((pl.col("deal") == "B-1029") & (pl.col("payee") == "E105"))
    assert crossing["amount"].to_list() == [Decimal("1790.66")]
    slices = run.result.slices.filter(pl.col("line_id") == crossing["id"][0]).sort("n")
    assert slices["basis"].to_list() == [Decimal("38731.75"), Decimal("15418.25")]


def test_february_takes_the_shared_deal_back_from_all_three(example: Path) -> None:
    run = open_project(example).calculate("2026-02")
    assert run.result is not None, [p.message for p in run.report]
    returned = run.result.lines.filter((pl.col("deal") == "B-1951") & (pl.col("role") == "owner"))
    assert returned["payee"].to_list() == ["E101", "E102", "E103"]
    assert set(returned["amount"]) == {Decimal("-261.90")}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_runs_as_init_writes_it(template: str, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    command = [sys.executable, "-m", "commcalc", "init", str(folder), "--template", template]
    ran = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    project = open_project(folder)
    assert not [p.message for p in project.validate().errors]
    run = project.calculate("2026-01")
    assert run.result is not None, [p.message for p in run.report]
    assert not project.verify(run).errors
    assert run.result.lines["amount"].sum() > 0
