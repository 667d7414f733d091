"""The books as beancount has them: the real `bean-check` agrees that they balance, and finds a cent that is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import polars as pl
from months import approved, closed, copied, passed, program

from commcalc.exports.beancount import beancount_of
from commcalc.ledger.form import POSTINGS, Entry
from commcalc.ledger.read import Books
from commcalc.tables.result_types import TYPES
from commcalc.tables.results import BALANCE, BALANCES


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    """What `bean-check` says of a file."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("bean-check")), str(file)], capture_output=True, text=True, check=False
    )  # fmt: skip


def exported(folder: Path) -> Path:
    file = folder.parent / "books.beancount"
    passed("ledger", "beancount", "--output", str(file), folder=folder)
    return file


def test_months_that_are_closed_and_opened_again_balance_for_bean_check(february: Path) -> None:
    for period in ("2026-02", "2026-03"):
        if period != "2026-02":
            approved(february, period)
        closed(february, period)
        done = checked(exported(february))
        assert (done.returncode, done.stderr) == (0, ""), period
    passed("reopen", "2026-03", "--by", "mia", "--reason", "a slip", folder=february)
    done = checked(exported(february))
    assert (done.returncode, done.stderr) == (0, "")
    approved(february, "2026-03")
    closed(february, "2026-03")
    file = exported(february)
    text = file.read_text()
    assert checked(file).returncode == 0
    assert text.count(' * "ann" "2026-03 closed"') == 2 and text.count('"2026-03 opened again"') == 3
    assert "balance Assets:Receivable:Ann:Draw  " in text and "balance Liabilities:Held:Ben  " in text
    again = copied(february, february.parent / "again")
    assert exported(again).read_text() == text


def test_a_cent_more_anywhere_is_found(february: Path) -> None:
    closed(february, "2026-02")
    file = exported(february)
    text = file.read_text()
    places = list(re.finditer(r"(?<=  )-?\d+\.\d\d(?=( ~ 0)? USD)", text))
    assert len(places) > 20
    for place in places[:: len(places) // 12]:
        digit = "1" if place[0][-1] != "1" else "2"
        file.write_text(text[: place.end() - 1] + digit + text[place.end() :])
        assert checked(file).returncode != 0, text[place.start() - 60 : place.end() + 10]


def test_a_file_that_is_no_export_is_not_written_over(january: Path) -> None:
    done = program("ledger", "beancount", "--output", "commcalc.yaml", folder=january)
    assert done.returncode == 2 and (january / "commcalc.yaml").read_text().startswith("commcalc: 1")


def test_names_that_look_alike_or_are_none_have_accounts_of_their_own(tmp_path: Path) -> None:
    payees = ["ann", "Ann", "a n n", "Zoë", '"x"\\', "007", "-", "Ann:Lee", "日本"]
    entry = Entry(1, "close", "2026-01", "2026-01-01", "2026-01-31", 'M"ia', "", "", 0, "r", "0", "", "", "", "h")
    rows = []
    for n, payee in enumerate(payees, 1):
        rows += [
            ("expense", payee, "a plan", "c", "", "earned", "", n),
            ("payable", payee, "a plan", "c", "", "released", "", -n),
        ]
    columns = {c.name: TYPES[c.type] for c in POSTINGS.columns}
    made = pl.DataFrame([(*r, "USD") for r in rows], schema=POSTINGS.names, orient="row").cast(columns)  # type: ignore[arg-type]
    postings = made.with_columns(pl.lit(1).alias("entry"))
    figures = dict.fromkeys(BALANCE, 0)  # a debt that has come to nothing, and that no posting moves
    debt = pl.DataFrame([{"payee": "ann", "plan": "a plan", "currency": "USD", "balance": "debt Ann", **figures}])
    balances = debt.cast({c.name: TYPES[c.type] for c in BALANCES.columns}).with_columns(pl.lit(1).alias("entry"))
    books = Books(tmp_path, (entry,), "h", {"postings": postings, "balances": balances, "payments": pl.DataFrame()})
    file = tmp_path / "names.beancount"
    file.write_text(beancount_of(books, 'The "Acme"'))
    done = checked(file)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^2026-02-01 balance Assets:Receivable:\S+:Debt-Ann\S*  0.00 ~ 0 USD$", file.read_text(), re.MULTILINE)
    assert len(set(re.findall(r"open (Liabilities:Payable:\S+)", file.read_text()))) == len(payees)
