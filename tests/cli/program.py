"""The program run as a user runs it: in a process of its own, in a project that `init` wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COMMCALC", "COLUMNS", "NO_COLOR", "FORCE_COLOR"))}
    return {**kept, "PYTHONPATH": str(SOURCE), **more}


def commcalc(*arguments: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the program and return what it said; a traceback is never right."""
    command = [sys.executable, "-m", "commcalc", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(**more), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


def project_file(*, types: str) -> str:
    """Return a commcalc.yaml of a small house; `types` are those of further columns of its deals."""
    return f"""commcalc: 1
currency: USD
time_zone: UTC
credit_date: close_date
calendar: {{period: month, year_starts: january}}
readings: {{rounding: half-up, round: line, remainder: largest, split: credit, late: insert, negative: carry}}
tables:
  deals: {{file: data/deals.csv, types: {{{types}}}}}
  payees: {{file: data/payees.csv}}
  assignments: {{file: data/assignments.csv}}
"""
