"""A small project that reads without a fault, so that each fault is the only thing wrong with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HEADER = "deal_id,owner,close_date,amount\n"
GOOD = HEADER + "D1,ann,2026-01-05,100.00\nD2,bob,2026-01-06,250.50\n"
PLAN = """plan: sales
version: 2026.1
effective: 2026-01-01 .. 2026-12-31
currency: USD
measures: {booked: {sum: amount, window: month}}
components: {commission: {kind: commission, on: booked, rate: 5%}}
payment: {every: month, negative: carry}
"""
FILES: Mapping[str, bytes] = {
    "deals": GOOD.encode(),
    "payees": b"payee_id,name\nann,Ann Lee\nbob,Bob Ray\ncy,Cy Moe\n",
    "assignments": b"payee_id,plan,from\nann,sales,2026-01-01\nbob,sales,2026-01-01\ncy,sales,2026-01-01\n",
}
READINGS = {
    "rounding": "half-up", "round": "line", "remainder": "largest", "split": "credit", "late": "insert", "negative": "carry",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """An input with something wrong, or odd, in it, and what must become of it.

    The name begins with the fault's number. files: bytes by table, over those of the small project. options: keys of a
    table in commcalc.yaml. project: keys of the file itself. plan: the plan, where it is another one.

    Refused: `says` names every error with its line, `D031 2` (or `D031 2:18`; just the code: anywhere), and no other may be.
    Otherwise `pays` names what everybody is paid, `ann 5.00`, who is not named nothing; `lists` every exception with its
    line, `K101 2`; `account` what became of the deal rows where not all are credited: `later 1`. `warns` names the warnings
    of either. `shows`: words that must stand in what is told.
    """

    name: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    pays: str | None = None
    lists: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    account: str = ""
    amounts: tuple[str, ...] | None = None  # of the deals as read, to the last decimal
    project: Mapping[str, Any] = field(default_factory=dict)
    plan: str | None = None
    period: str = "2026-01"
    status: int | None = None  # the exit status, where it is not 0 for what is paid and 1 for what is refused

    @property
    def number(self) -> str:
        """The fault's number; a neighbour without one has none."""
        first = self.name.split(" ", 1)[0]
        return first if re.fullmatch(r"F[0-9]{3}", first) else ""


def write_small(folder: Path, fault: Fault) -> Path:
    """Write the project with the fault in it."""
    (folder / "data").mkdir(parents=True)
    (folder / "plans").mkdir()
    (folder / "plans" / "sales.yaml").write_text(fault.plan or PLAN, encoding="utf-8")
    tables: dict[str, Any] = {}
    for name, content in {**FILES, **fault.files}.items():
        (folder / "data" / f"{name}.csv").write_bytes(content)
        tables[name] = {"file": f"data/{name}.csv"}
    for name, options in fault.options.items():
        tables[name] = {**tables.get(name, {}), **options}
    tables = {n: {k: v for k, v in t.items() if v is not None} for n, t in tables.items() if not n.startswith("_")}
    said = {
        "commcalc": "1", "currency": "USD", "time_zone": "UTC", "credit_date": "close_date", "readings": READINGS, **fault.project,
    }  # fmt: skip
    text = yaml.dump({**said, "tables": tables}, sort_keys=False, allow_unicode=True, width=10_000)
    (folder / "commcalc.yaml").write_text(text, encoding="utf-8")
    return folder


def deals(*rows: str, header: str = HEADER) -> dict[str, bytes]:
    """Return the deals file with these rows."""
    return {"deals": (header + "".join(f"{r}\n" for r in rows)).encode()}


def amount(text: str) -> dict[str, bytes]:
    """Return the deals file with one row of this amount."""
    return deals(f"D1,ann,2026-01-05,{text}")


def day(text: str) -> dict[str, bytes]:
    """Return the deals file with one row of this date."""
    return deals(f"D1,ann,{text},100.00")


def read(**options: str) -> dict[str, dict[str, Any]]:
    """Return the deals table's `read:` options."""
    return {"deals": {"read": options}}


def program(*arguments: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does; a traceback is never right."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COMMCALC", "COLUMNS", "NO_COLOR", "FORCE_COLOR"))}
    environment = {**kept, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), **more}
    command = [sys.executable, "-m", "commcalc", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stdout + done.stderr
    return done
