"""Plans on public sample data: the installed program is run as a user runs it, and every row of the answer must be the same.

A folder gets commcalc.yaml, the plans and the CSV files of the shared folder as they are, and nothing else. The shared folder is
named by COMMCALC_SHARED, else it stands beside the repository; where it is absent, the scenarios are skipped and say so.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
SHARED = Path(os.environ.get("COMMCALC_SHARED", REPOSITORY.parent / "shared"))

Row = dict[str, str]
Answer = dict[tuple[str, str, str], Decimal]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A project of ours, the data that it reads, the periods that it takes, and how it labels a line's window."""

    name: str
    data: str
    files: tuple[str, ...]
    periods: tuple[str, ...]
    label: Callable[[Row], str]
    steps: Mapping[str, str] | None = None  # payment steps that are rows of the answer, and what it calls them


def _first_day(line: Row) -> str:
    return line["window_first"]


def _quarter(line: Row) -> str:
    year, month, _ = line["credit_date"].split("-")
    return f"{year}-Q{(int(month) + 2) // 3}"


def _month(line: Row) -> str:
    return line["credit_date"][:7]


def _fiscal_quarter(line: Row) -> str:
    """The quarter of a year that begins in April and is named after the year in which it ends."""
    year, month = (int(part) for part in line["credit_date"].split("-")[:2])
    return f"FY{year + (month > 3)}-Q{(month - 4) % 12 // 3 + 1}"


SCENARIOS = (
    Scenario(
        "aw_quota_accel",
        "adventureworks",
        ("SalesOrderHeader_first1000.csv", "SalesPerson.csv", "SalesPersonQuotaHistory.csv"),
        ("2011-Q2", "2011-Q3", "2011-Q4"),
        _first_day,
    ),
    Scenario(
        "crm_tiers_override",
        "maven_crm",
        ("sales_pipeline.csv", "sales_teams.csv", "products.csv", "accounts.csv"),
        ("2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"),
        _quarter,
    ),
    Scenario(
        "chinook_micro",
        "chinook",
        ("Customer.csv", "Employee.csv", "Genre.csv", "Invoice.csv", "InvoiceLine.csv", "Track.csv"),
        tuple(f"{year}-Q{quarter}" for year in range(2021, 2026) for quarter in range(1, 5)),
        _quarter,
    ),
    Scenario(
        "nw_team_pool",
        "northwind",
        ("Employees.csv", "OrderDetails.csv", "Orders.csv"),
        tuple(
            f"FY{year}-Q{quarter}"
            for year in range(1997, 2000)
            for quarter in range(1, 5)
            if (1997, 1) < (year, quarter) < (1999, 2)
        ),
        _fiscal_quarter,
    ),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_every_row_of_the_answer(scenario: Scenario, installed: Any, tmp_path: Path) -> None:
    project = _copied(scenario, tmp_path / scenario.name)
    found: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for period in scenario.periods:
        done = installed.run("calculate", "--period", period, "--verify", folder=project)
        assert done.returncode == 0, f"{period}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "verified" in done.stderr
        for line in _rows(_out(project, period) / "lines.csv"):
            key = (line["payee"], scenario.label(line), line["component"].replace("-", "_"))
            found[key] += Decimal(line["amount"])
        for step in _rows(_out(project, period) / "payments.csv"):
            if scenario.steps and step["step"] in scenario.steps:
                found[step["payee"], period, scenario.steps[step["step"]]] += Decimal(step["amount"])
    answer = {key: amount for key, amount in found.items() if amount != 0}
    assert answer == _expected(scenario)


def _copied(scenario: Scenario, folder: Path) -> Path:
    source = SHARED / "data" / scenario.data
    if not source.is_dir():
        pytest.skip(f"the sample data {source} are not here; COMMCALC_SHARED names another place")
    shutil.copytree(HERE / scenario.name, folder)
    (folder / "data").mkdir()
    for name in scenario.files:
        shutil.copyfile(source / name, folder / "data" / name)
    return folder


def _out(project: Path, period: str) -> Path:
    """A quarter is calculated as its last period; the folder bears that period's name."""
    if "-Q" not in period:
        return project / "out" / period
    year, quarter = period.split("-Q")
    last = f"{int(quarter) * 3:02d}"
    return project / "out" / (f"{year}-P{last}" if year.startswith("FY") else f"{year}-{last}")


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _expected(scenario: Scenario) -> Answer:
    rows = _rows(SHARED / "cases" / "scenarios" / scenario.name / "expected.csv")
    return {(r["payee"], r["period"], r["component"]): Decimal(r["amount"]) for r in rows}
