"""A plan that names a column which a table does not have is refused at its place in the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from commcalc.api import open_project

PROJECT = """commcalc: 1
currency: USD
time_zone: UTC
credit_date: close_date
readings: {rounding: half-up, round: line, remainder: largest, split: credit, late: insert, negative: carry}
tables: {deals: {file: deals.csv}, payees: {file: payees.csv}, assignments: {file: assignments.csv}}
"""
PLAN = """plan: ae
version: 1
effective: 2026
currency: USD
payment: {every: month}
measures: {sales: {sum: amount, window: month}}
components:
  c: {kind: commission, on: sales, rate: 1%, where: RULE}
"""


@pytest.mark.parametrize(("rule", "start"), [("segment = 'new'", 0), ("amount > 1 and payee.team = 'east'", 15)])
def test_a_column_that_a_table_lacks_is_told_in_the_plan(rule: str, start: int, tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    files = {
        "commcalc.yaml": PROJECT,
        "plans/ae.yaml": PLAN.replace("RULE", rule),
        "deals.csv": "deal_id,owner,close_date,amount\nD1,ann,2026-01-01,5\n",
        "payees.csv": "payee_id,name\nann,Ann\n",
        "assignments.csv": "payee_id,plan,from\nann,ae,2026-01-01\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    run = open_project(tmp_path).calculate("2026-01")
    assert run.result is None
    column = PLAN.split("\n")[7].index("RULE") + 1 + start
    assert [(p.code, str(p.place)) for p in run.report.errors] == [("D015", f"plans/ae.yaml:8:{column}")]
