"""Currencies over closed months: the books keep at which rate each deal was credited, and what was paid abroad."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from months import approved, closed, passed, rows, written

FX = """from,to,date,period,rate
EUR,USD,2026-01-08,,1.25
EUR,USD,2026-02-03,,1.30
USD,JPY,,2026-01,150
USD,JPY,,2026-02,151.5
"""


@pytest.fixture
def abroad(tmp_path: Path) -> Path:
    """The project with Ann's deals in euros, paid in yen, January closed."""
    folder = written(tmp_path / "p")
    project = folder / "commcalc.yaml"
    text = project.read_text().replace(
        "tables:\n", "fx: {credit: on date, pay: period average}\ntables:\n  fx: {file: data/fx.csv}\n"
    )
    project.write_text(text)
    (folder / "data" / "fx.csv").write_text(FX)
    deals = folder / "data" / "deals.csv"
    head, *lines = deals.read_text().splitlines()
    kept = [f"{line},{'EUR' if ',ann,' in line else ''}" for line in lines if not line.startswith("D-07")]
    deals.write_text("\n".join([f"{head},currency", *kept, ""]))
    (folder / "data" / "payees.csv").write_text("payee_id,name,currency\nann,Ann Lee,JPY\nben,Ben Ortiz,\ncy,Cy Moe,\n")
    closed(folder, "2026-01")
    return folder


def of_ann(folder: Path, period: str, table: str) -> list[dict[str, str]]:
    with (folder / "out" / period / f"{table}.csv").open() as file:
        return [r for r in csv.DictReader(file) if r["payee"] == "ann"]


def test_the_books_keep_the_rate_of_each_deal_and_what_was_paid_abroad(abroad: Path) -> None:
    ledger = abroad / "ledger.sqlite"
    found = rows(ledger, "SELECT plan, deal, line, deal_currency, rate, rate_from, rate_of FROM deal_rates")
    assert found == [("rep", "D-01", "0", "EUR", "1.25", "EUR", "2026-01-08")]
    steps = rows(ledger, "SELECT step, amount, paid_amount, paid_currency, rate FROM payments WHERE payee = 'ann' ORDER BY row")
    assert steps == [
        ("released", "625", "93750", "JPY", "150"),  # 10,000 x 1.25 x 5%
        ("adjustment", "25", "3750", "JPY", "150"),
        ("draw", "350", "52500", "JPY", "150"),
    ]
    assert rows(ledger, "SELECT count(paid_amount) FROM payments WHERE payee <> 'ann'") == [(0,)]
    passed("ledger", "verify", folder=abroad)


def test_a_rate_that_is_changed_after_the_close_takes_nothing_back_and_a_late_deal_has_it(abroad: Path) -> None:
    (abroad / "data" / "fx.csv").write_text(FX.replace("1.25", "1.05"))
    with (abroad / "data" / "deals.csv").open("a") as file:
        file.write("D-90,ann,2026-01-08,1000.00,EUR\nD-91,ann,2026-02-03,-2000.00,EUR\n")
    text = (abroad / "data" / "deals.csv").read_text().splitlines()
    named = [f"{line},{'returns' if n == 0 else 'D-01' if line.startswith('D-91') else ''}" for n, line in enumerate(text)]
    (abroad / "data" / "deals.csv").write_text("\n".join([*named, ""]))
    passed("calculate", "-q", "--verify", "--period", "2026-02", folder=abroad)
    lines = {r["deal"]: (r["amount"], r["deal_rate"]) for r in of_ann(abroad, "2026-02", "lines")}
    assert lines == {"D-04": ("1950.00", "1.3"), "D-90": ("52.50", "1.05"), "D-91": ("-125.00", "1.25")}
    approved(abroad, "2026-02")
    passed("close", "2026-02", "--by", "mia", folder=abroad)
    found = rows(abroad / "ledger.sqlite", "SELECT deal, rate FROM deal_rates WHERE entry = 2 ORDER BY deal")
    assert found == [("D-04", "1.3"), ("D-90", "1.05")]  # what comes back has its rate from its sale
