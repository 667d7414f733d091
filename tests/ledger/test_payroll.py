"""What payroll is told of a closed period, and what it says that it has paid: to the cent, posted once, and balanced for bean-check."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from months import approved, closed, passed, program, rows, written

LAYOUT = "employee_id,employee_name,earning_code,amount,currency,period_start,period_end,pay_date,memo"
CODES = "exports: {payroll: {codes: {commission: COM, held.commission: HLD, draw: DRW}}}\n"


def numbered(folder: Path) -> None:
    """Give two of the payees an employee id."""
    (folder / "data" / "payees.csv").write_text(
        "payee_id,name,employee_id\nann,Ann Lee,001001\nben,Ben Ortiz,001002\ncy,Cy Moe,\n"
    )


def exported(folder: Path, period: str, *more: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(passed("export", "payroll", period, *more, folder=folder))))


def payable(folder: Path, period: str) -> dict[str, Decimal]:
    """What the ledger says is payable of a period, in all its entries."""
    found = rows(
        folder / "ledger.sqlite",
        f"SELECT p.payee, p.amount FROM postings p JOIN entries e ON e.number = p.entry WHERE e.period = '{period}' AND account = 'payable'",
    )
    sums: dict[str, Decimal] = {}
    for payee, amount in found:
        sums[payee] = sums.get(payee, Decimal(0)) - Decimal(amount)
    return {p: a for p, a in sums.items() if a}


def test_the_file_adds_up_to_what_is_payable_by_code(february: Path) -> None:
    numbered(february)
    project = february / "commcalc.yaml"
    project.write_text(project.read_text() + CODES)
    approved(february, "2026-02")
    closed(february, "2026-02")
    text = passed("export", "payroll", "2026-02", "--pay-date", "2026-03-15", folder=february)
    assert text.splitlines()[0] == LAYOUT
    found = list(csv.DictReader(io.StringIO(text)))
    sums: dict[str, Decimal] = {}
    for row in found:
        sums[row["employee_id"]] = sums.get(row["employee_id"], Decimal(0)) + Decimal(row["amount"])
        assert (row["period_start"], row["period_end"], row["pay_date"]) == ("2026-02-01", "2026-02-28", "2026-03-15")
    owed = payable(february, "2026-02")
    assert owed and sums == {{"ann": "001001", "ben": "001002"}.get(p, p): a for p, a in owed.items()}
    assert {r["earning_code"] for r in found} >= {"COM", "HLD", "CHARGE"}
    assert {r["memo"] for r in found} == {"2026-02: rep", "2026-02: held"}
    assert text == passed("export", "payroll", "2026-02", "--pay-date", "2026-03-15", folder=february)


def test_an_open_period_is_not_exported_but_as_a_draft(january: Path) -> None:
    refused = program("export", "payroll", "2026-01", folder=january)
    assert refused.returncode == 5 and "L031" in refused.stderr + refused.stdout
    assert all(r["memo"].startswith("DRAFT 2026-01: ") for r in exported(january, "2026-01", "--draft"))
    assert program("export", "payroll", "2026-01", "--draft", "--output", "data/deals.txt", folder=january).returncode == 2


def test_two_payees_with_one_employee_id_are_refused(february: Path) -> None:
    (february / "data" / "payees.csv").write_text("payee_id,name,employee_id\nann,Ann Lee,1\nben,Ben Ortiz,1\ncy,Cy Moe,3\n")
    done = program("export", "payroll", "2026-01", folder=february)
    assert done.returncode == 1 and "L032" in done.stderr + done.stdout and "ann and of ben" in done.stderr + done.stdout


def test_what_was_paid_as_said_leaves_nothing_payable_and_is_posted_once(february: Path) -> None:
    file = february.parent / "register.csv"
    passed("export", "payroll", "2026-01", "--output", str(file), folder=february)
    assert payable(february, "2026-01")
    done = program("ledger", "paid", "2026-01", str(file), "--by", "zoe", folder=february)
    assert done.returncode == 0 and "all of it as the period says" in done.stderr
    assert payable(february, "2026-01") == {}
    again = program("ledger", "paid", "2026-01", str(file), "--by", "zoe", folder=february)
    assert again.returncode == 5 and "L034" in again.stderr + again.stdout
    passed("ledger", "verify", folder=february)
    closed(february, "2026-02")  # what was paid is no closing: the next period follows the one before
    books = february.parent / "books.beancount"
    passed("ledger", "beancount", "--output", str(books), folder=february)
    assert '"2026-01 paid"' in books.read_text()
    check = subprocess.run([Path(sys.executable).with_name("bean-check"), books], capture_output=True, text=True, check=False)
    assert (check.returncode, check.stderr) == (0, "")


def test_what_was_paid_otherwise_is_listed_and_posted_and_a_correction_settles_it(february: Path) -> None:
    owed = payable(february, "2026-01")
    file = february.parent / "register.csv"
    text = "employee_id,amount,currency\n" + "".join(
        f"{p},{a - (Decimal(10) if p == 'ann' else 0)},USD\n" for p, a in owed.items()
    )
    file.write_text(text + "stranger,1.00,USD\n")
    done = program("ledger", "paid", "2026-01", str(file), "--by", "zoe", "--format", "json", folder=february)
    told = json.loads(done.stdout)
    assert done.returncode == 1 and told["entry"] == 2
    assert [(u["payee"], u["employee"], Decimal(u["paid"]) - Decimal(u["said"])) for u in told["unlike"]] == [
        ("ann", "ann", Decimal(-10)),
        ("", "stranger", Decimal(1)),
    ]
    assert payable(february, "2026-01") == {"ann": Decimal(10)}
    file.write_text("employee_id,amount,currency\nann,10.00,USD\n")
    passed("ledger", "paid", "2026-01", str(file), "--by", "zoe", folder=february)
    assert payable(february, "2026-01") == {}
    passed("ledger", "verify", folder=february)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("employee,amount\nann,5\n", "has no column `employee_id`"),
        ('employee_id,amount\nann,"1,000.00"\n,5\n', "register.csv:2:amount"),
        ("employee_id,amount\nann,5\n,5\n", "register.csv:3:employee_id"),
    ],
)
def test_a_register_that_cannot_be_read_posts_nothing(february: Path, text: str, said: str) -> None:
    (february / "register.csv").write_text(text)
    before = (february / "ledger.sqlite").read_bytes()
    done = program("ledger", "paid", "2026-01", "register.csv", "--by", "zoe", folder=february)
    assert done.returncode == 1 and said in done.stdout + done.stderr
    assert (february / "ledger.sqlite").read_bytes() == before


def test_of_a_period_that_is_open_nothing_is_read_back(january: Path) -> None:
    (january / "register.csv").write_text("employee_id,amount\nann,5\n")
    done = program("ledger", "paid", "2026-01", "register.csv", "--by", "zoe", folder=january)
    assert done.returncode == 5 and "L031" in done.stdout + done.stderr


def test_opened_again_a_period_keeps_what_was_paid(february: Path) -> None:
    file = february.parent / "register.csv"
    passed("export", "payroll", "2026-01", "--output", str(file), folder=february)
    owed = payable(february, "2026-01")
    passed("ledger", "paid", "2026-01", str(file), "--by", "zoe", folder=february)
    passed("reopen", "2026-01", "--by", "mia", "--reason", "a slip", folder=february)
    assert payable(february, "2026-01") == {p: -a for p, a in owed.items()}
    approved(february, "2026-01")
    closed(february, "2026-01")
    assert payable(february, "2026-01") == {}


def test_abroad_the_file_is_in_the_payees_currency_and_its_register_clears_the_plans(tmp_path: Path) -> None:
    folder = written(tmp_path / "p")
    project = folder / "commcalc.yaml"
    project.write_text(
        project.read_text().replace(
            "tables:\n", "fx: {credit: on date, pay: period average}\ntables:\n  fx: {file: data/fx.csv}\n"
        )
    )
    (folder / "data" / "fx.csv").write_text("from,to,date,period,rate\nUSD,JPY,,2026-01,150.5\n")
    (folder / "data" / "payees.csv").write_text("payee_id,name,currency\nann,Ann Lee,JPY\nben,Ben Ortiz,\ncy,Cy Moe,\n")
    closed(folder, "2026-01")
    found = exported(folder, "2026-01")
    yen = [r for r in found if r["employee_id"] == "ann"]
    assert {r["currency"] for r in yen} == {"JPY"} and all("." not in r["amount"] for r in yen)
    paid = {r["payee"]: r for r in csv.DictReader((folder / "out" / "2026-01" / "payouts.csv").open())}
    assert str(sum(Decimal(r["amount"]) for r in yen)) == paid["ann"]["paid_amount"]
    file = folder / "register.csv"
    passed("export", "payroll", "2026-01", "--output", str(file), folder=folder)
    passed("ledger", "paid", "2026-01", str(file), "--by", "zoe", folder=folder)
    assert payable(folder, "2026-01") == {}
