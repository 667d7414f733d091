"""A project of a few months with everything that moves a balance: draws, what is held, carried and owed, and an exception."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "src"
PROJECT = """commcalc: 1
currency: USD
time_zone: UTC
credit_date: close_date
readings: {rounding: half-up, round: line, remainder: largest, split: credit, late: insert, negative: carry}
ledger: {file: ledger.sqlite}
tables:
  deals: {file: data/deals.csv}
  payees: {file: data/payees.csv}
  assignments: {file: data/assignments.csv}
  events: {file: data/events.csv}
  adjustments: {file: data/adjustments.csv}
  acknowledged: {file: data/acknowledged.csv}
"""
PLANS = {
    "rep": """plan: rep
version: 1
effective: 2026
currency: USD
measures: {booked: {sum: amount, window: month}}
components: {commission: {kind: commission, on: booked, rate: 5%}}
payment:
  every: month
  draw:
    - {periods: any, amount: 1_000 USD, kind: recoverable, as: guarantee, recover: {share: 100%}}
""",
    "held": """plan: held
version: 1
effective: 2026
currency: USD
measures: {booked: {sum: amount, window: month}}
components:
  commission:
    kind: commission
    on: booked
    rate: 10%
    release: [{part: 50%, on: credit}, {part: rest, on: cash, partial: when whole}]
payment:
  every: month
  negative: carry
  maximum: {at: 2_000 USD, excess: later}
  charges: [{name: desk, amount: 150 USD, each: period}]
  debts: [{name: Leads, recover: {share: 50%}}]
""",
    "quarter": """plan: quarter
version: 1
effective: 2026
currency: USD
measures: {booked: {sum: amount, window: quarter}}
components: {commission: {kind: commission, on: booked, rate: 2%}}
payment: {every: quarter, negative: collect}
""",
}
FILES = {
    "deals": """deal_id,owner,close_date,amount
D-01,ann,2026-01-08,10000.00
D-02,ben,2026-01-12,30000.00
D-03,cy,2026-01-20,50000.00
D-04,ann,2026-02-03,30000.00
D-05,ben,2026-02-10,40000.05
D-06,cy,2026-02-11,20000.00
D-07,ann,2026-03-05,8000.00
D-08,cy,2026-03-30,1000.10
""",
    "payees": "payee_id,name\nann,Ann Lee\nben,Ben Ortiz\ncy,Cy Moe\n",
    "assignments": "payee_id,plan,from\nann,rep,2026-01-01\nben,held,2026-01-01\ncy,quarter,2026-01-01\n",
    "events": "event_id,deal_id,event,date,amount\nE1,D-02,cash,2026-02-20,30000.00\n",
    "adjustments": """adjustment_id,payee_id,period,amount,reason,author,target,component
A1,ben,2026-02,400.00,leads bought,mia,debt,Leads
A2,ann,2026-01,25.00,put right,mia,,
""",
    "acknowledged": "exception_id,reason,author\n",
}
MONTHS = ("2026-01", "2026-02", "2026-03")
TABLES = ("sources", "acknowledged", "postings", "lines", "slices", "payments", "balances", "deal_rates")


def written(folder: Path) -> Path:
    """Write the project."""
    for part in ("data", "plans"):
        (folder / part).mkdir(parents=True)
    (folder / "commcalc.yaml").write_text(PROJECT, encoding="utf-8")
    for name, text in PLANS.items():
        (folder / "plans" / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, text in FILES.items():
        (folder / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return what a user's shell would have, with the sources of this checkout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COMMCALC", "COLUMNS", "NO_COLOR", "FORCE_COLOR"))}
    return {**kept, "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1", **more}


def program(*arguments: str, folder: Path, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does; a traceback is never right."""
    command = [*before, sys.executable, "-m", "commcalc", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=300
    )  # fmt: skip
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def passed(*arguments: str, folder: Path) -> str:
    """Run a command that has to go well; return what it said."""
    done = program(*arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def approved(folder: Path, period: str) -> None:
    """Calculate a month and approve it."""
    passed("calculate", "-q", "--period", period, folder=folder)
    passed("approve", period, "--by", "ann", folder=folder)


def closed(folder: Path, *periods: str) -> None:
    """Calculate, approve and close months."""
    for period in periods:
        approved(folder, period)
        passed("close", period, "--by", "mia", folder=folder)


def copied(project: Path, folder: Path) -> Path:
    """A copy of a project that a test may spoil."""
    return Path(shutil.copytree(project, folder, symlinks=True))


def rows(ledger: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the ledger as somebody with SQLite's own shell would."""
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute(query).fetchall()


def content(ledger: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that was posted; not when, and so not the hashes that tell it."""
    found = {t: rows(ledger, f"SELECT * FROM {t} ORDER BY entry, row") for t in TABLES}
    head = "number, kind, period, first, last, by, approved_by, reason, reverses, run, engine, rows"
    return {"entries": rows(ledger, f"SELECT {head} FROM entries ORDER BY number"), **found}
