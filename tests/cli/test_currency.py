"""Deals and payees in other currencies, as people read them: files, statements, explanations, and why a deal is not paid."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import commcalc

FILES = {
    "commcalc.yaml": """commcalc: 1
company: Acme
currency: USD
credit_date: close_date
fx: {credit: on date, pay: period average, max_age: 3 days}
readings: {rounding: half-up, round: line, remainder: largest, split: credit, late: insert, negative: carry}
tables:
  deals: {file: data/deals.csv}
  payees: {file: data/payees.csv}
  assignments: {file: data/assignments.csv}
  fx: {file: data/fx.csv}
""",
    "plans/field.yaml": """plan: field
version: 2026.1
effective: 2026
currency: USD
payment: {every: month}
measures: {sales: {sum: amount, window: month}}
components:
  commission: {kind: commission, title: Commission, on: sales, rate: 10%}
  half: {kind: commission, title: Half of it, on: sales, rate: 5%, fx: {pay: fixed}}
""",
    "data/deals.csv": "deal_id,owner,close_date,amount,currency\nD1,ann,2026-01-05,1000.00,EUR\nD2,ann,2026-01-06,50000,JPY\n"
    "D3,bob,2026-01-07,1000.00,USD\nD4,bob,2026-01-20,10.50,EUR\n",
    "data/payees.csv": "payee_id,name,currency\nann,Ann,INR\nbob,Bob,\n",
    "data/assignments.csv": "payee_id,plan,from\nann,field,2026-01-01\nbob,field,2026-01-01\n",
    "data/fx.csv": "from,to,date,period,rate\nEUR,USD,2026-01-04,,1.0842\nUSD,JPY,2026-01-06,,151.37\nUSD,INR,,2026-01,84.5\nUSD,INR,,2026,83\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A month with deals in euros and yen, and a payee who is paid in rupees."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = commcalc("calculate", "--period", "2026-01", "--verify", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "verified" in done.stderr
    return tmp_path


def test_files_have_the_rate_its_day_and_what_is_paid(project: Path) -> None:
    rows = (project / "out/2026-01/payments.csv").read_text().splitlines()
    # 1,000 x 1.0842 + 50,000 / 151.37 = 1,414.516..., by line 108.42 + 33.03 and 54.21 + 16.52
    assert rows[1] == 'ann,USD,2,released,field,commission,141.45,"",11952.53,INR,84.5,USD,2026-01'
    assert rows[2] == 'ann,USD,2,released,field,half,70.73,"",5870.59,INR,83,USD,2026'
    assert rows[3] == 'bob,USD,2,released,field,commission,100.00,"",,,,,'
    payouts = (project / "out/2026-01/payouts.csv").read_text().splitlines()
    assert payouts[1].endswith(",212.18,17823.12,INR")
    assert payouts[2].endswith(",150.00,,")
    lines = (project / "out/2026-01/lines.csv").read_text().splitlines()
    assert lines[1].endswith(",EUR,1.0842,EUR,2026-01-04")
    assert lines[2].endswith(",JPY,151.37,USD,2026-01-06")


def test_the_table_of_payouts_says_what_is_paid_abroad(project: Path) -> None:
    said = commcalc("calculate", "--period", "2026-01", folder=project).stdout.splitlines()
    ann, bob = (next(line for line in said if line.startswith(name)) for name in ("ann", "bob"))
    assert ann.endswith("USD  17,823.12 INR")
    assert bob.rstrip().endswith("USD")


def test_statements_show_foreign_money_with_its_rate_and_what_is_shown_adds_up(project: Path) -> None:
    assert commcalc("statements", "--format", "html,text,md,json", folder=project).returncode == 0
    folder = project / "out/2026-01/statements"
    text = next(folder.glob("ann-*.txt")).read_text(encoding="utf-8")
    said = [" ".join(line.split()) for line in text.splitlines()]
    assert "Paid in INR INR 17,823.12" in said
    assert "Commission: 141.45 USD x 84.5 (2026-01) 11,952.53" in said
    assert "Half of it: 70.73 USD x 83 (2026) 5,870.59" in said
    assert "2026-01-05 D1 (1 EUR = 1.0842 USD, 2026-01-04) 108.42" in said
    assert "2026-01-06 D2 (1 USD = 151.37 JPY, 2026-01-06) 33.03" in said
    paid = json.loads(next(folder.glob("ann-*.json")).read_text(encoding="utf-8"))["paid"]
    assert (paid["currency"], paid["amount"]) == ("INR", "17823.12")
    assert [(s["component"], s["rate"], s["rate_of"], s["paid"]) for s in paid["steps"]] == [
        ("commission", "84.5", "2026-01", "11952.53"),
        ("half", "83", "2026", "5870.59"),
    ]
    assert "17,823.12 INR" in next(folder.glob("ann-*.html")).read_text(encoding="utf-8")
    assert "**Paid: 17,823.12 INR**" in next(folder.glob("ann-*.md")).read_text(encoding="utf-8")
    assert "INR" not in next(folder.glob("bob-*.txt")).read_text(encoding="utf-8")


def test_an_explanation_names_the_rates(project: Path) -> None:
    said = commcalc("explain", "payee", "ann", folder=project).stdout
    assert (
        "That is 17,823.12 INR: commission 141.45 USD x 84.5 (2026-01) = 11,952.53; half 70.73 USD x 83 (2026) = 5,870.59."
        in said
    )
    assert "  the deal is in EUR: 1 EUR = 1.0842 USD (2026-01-04)" in said


def test_why_a_deal_without_a_rate_is_not_paid(project: Path) -> None:
    said = commcalc("explain", "--why-not", "D4", "--payee", "bob", folder=project).stdout
    assert "exchange rate: no rate from EUR to USD on 2026-01-20; the latest is of 2026-01-04" in said
    assert (
        "33.03 USD on D2 by field.commission" in commcalc("explain", "--why-not", "D2", "--payee", "ann", folder=project).stdout
    )


def test_without_another_currency_no_file_has_a_column_more(project: Path) -> None:
    for name in ("deals", "payees"):
        path = project / f"data/{name}.csv"
        path.write_text(path.read_text().replace("EUR", "USD").replace("JPY", "USD").replace("INR", ""), encoding="utf-8")
    assert commcalc("calculate", "--period", "2026-01", folder=project).returncode == 0
    folder = project / "out/2026-01"
    assert (folder / "payments.csv").read_text().splitlines()[0] == "payee,currency,order,step,plan,component,amount,note"
    assert (folder / "payouts.csv").read_text().splitlines()[0].endswith(",payable")
    assert (folder / "lines.csv").read_text().splitlines()[0].endswith(",place")
