"""A copy of the ledger, taken at one moment and read back before it is called one."""

from __future__ import annotations

from pathlib import Path

from commcalc.base.problem import Problem, Report
from commcalc.ledger.file import Refused, copied
from commcalc.ledger.read import Books, read_books


def backup(ledger: Path, target: Path) -> Books | Problem | Report:
    """Copy the ledger and return the books of the copy; or what is wrong with the ledger, the target or the copy."""
    try:
        copied(ledger, target)
    except Refused as refused:
        return refused.problem
    found, report = read_books(target)
    return found if found is not None else report
