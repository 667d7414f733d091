"""One project with nine faults of nine kinds: all nine are found at once, each at its place, and nothing is written."""

from __future__ import annotations

from pathlib import Path

from commcalc.api import open_project

PROJECT = """commcalc: 1
currency: USD
credit_date: close_date
readings: {rounding: half-up, round: line, remainder: largest, split: credit, late: insert, negative: carry}
tables:
  deals: {file: deals.csv}
  payees: {file: payees.csv}
  assignments: {file: assignments.csv}
"""
HEAD = "version: 1\neffective: 2026\ncurrency: USD\npayment: {every: month}\n"
PLANS = {
    # a tab and a duplicate key: faults of the text
    "text": "plan: text\n" + HEAD + "measures:\n\tsales: {sum: amount, window: month}\ntitle: a\ntitle: b\n"
    "components:\n  c: {kind: commission, on: sales, rate: 5%}\n",
    # a misspelt key and a literal that is none: faults of the shape
    "shape": "plan: shape\n" + HEAD + "measures:\n  sales: {sum: amount, windw: month}\n"
    "components:\n  c: {kind: commission, on: sales, rate: 5 %}\n",
    # a type error, an unknown measure and tiers out of order: faults of the whole
    "whole": "plan: whole\n" + HEAD + "measures:\n  sales: {sum: amount, window: month, where: amount > '100'}\n"
    "components:\n  c:\n    kind: commission\n    on: sales\n    rate:\n      by: value\n      apply: marginal\n      tiers:\n"
    "        - {from: 0, pay: 1%}\n        - {from: 100, pay: 2%}\n        - {from: 80, pay: 3%}\n"
    "  d: {kind: commission, on: salse, rate: 5%}\n",
}
EXPECTED = {
    ("plans/text.yaml", 7, 1),  # the tab
    ("plans/text.yaml", 9, 1),  # the second title
    ("plans/shape.yaml", 7, 24),  # windw
    ("plans/shape.yaml", 9, 42),  # 5 %
    ("plans/whole.yaml", 7, 46),  # amount > '100'
    ("plans/whole.yaml", 18, 18),  # from: 80 after 100
    ("plans/whole.yaml", 19, 29),  # salse
}


def _project(folder: Path) -> Path:
    (folder / "plans").mkdir()
    (folder / "commcalc.yaml").write_text(PROJECT, encoding="utf-8")
    for name, text in PLANS.items():
        (folder / "plans" / f"{name}.yaml").write_text(text, encoding="utf-8")
    rows = [f"D{n},p,2026-01-05,10.00" for n in range(2, 12_001)]
    rows[9_001 - 2] = "D9001,p,2026-02-30,10.00"  # row 9,001 of the file
    rows[500] = "D502,p,2026-01-05"
    (folder / "deals.csv").write_text("deal_id,owner,close_date,amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "payees.csv").write_text("payee_id,name\np,P\n", encoding="utf-8")
    (folder / "assignments.csv").write_text("payee_id,plan,from\np,whole,2026-01-01\n", encoding="utf-8")
    return folder


def test_nine_faults_are_nine_findings_each_at_its_place(tmp_path: Path) -> None:
    project = open_project(_project(tmp_path))
    run = project.calculate("2026-01")
    assert run.result is None
    assert not (tmp_path / "out").exists()
    errors = run.report.errors
    spans = {(p.place.file, p.place.line, p.place.column) for p in errors if hasattr(p.place, "line")}
    assert spans >= EXPECTED, EXPECTED - spans
    cells = {(p.place.file, p.place.row) for p in errors if hasattr(p.place, "row")}
    assert ("deals.csv", 502) in cells
    assert ("deals.csv", 9_001) in cells
    assert len(errors) == 9
