"""The end of the ledger: what each run folder knows of its entry tells whether the last ones were lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from commcalc.base.problem import Problem
from commcalc.exports.status import FILE, Status, read_status
from commcalc.ledger.file import exists
from commcalc.ledger.problems import TAIL
from commcalc.ledger.read import Books

LETTERS = 12  # of a hash, where people read it


def statuses(out: Path) -> Mapping[Path, Status]:
    """Return the status of every run that was written."""
    found = {folder / FILE: read_status(folder) for folder in sorted(out.glob("*")) if not folder.name.startswith(".")}
    return {path: status for path, status in found.items() if status is not None}


def lost(books: Books, known: Mapping[Path, Status]) -> Iterator[Problem]:
    """Yield each status that knows of an entry which the ledger does not have, or has otherwise."""
    for path, status in known.items():
        number, stated = status.ledger.get("entry", ""), status.ledger.get("hash", "")
        if not status.ledger:
            continue
        here = books.entries[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(books.entries) else None
        if here is not None and here.hash == stated:
            continue
        if not exists(books.path):
            what = f"there is no {books.path.name}"
        elif here is None:
            what = f"{books.path.name} has {len(books.entries)} entries"
        else:
            what = f"in {books.path.name} that entry has the hash {here.hash[:LETTERS]}"
        yield TAIL.at(None, status=f"{path.parent.name}/{path.name}", entry=number, hash=stated[:LETTERS], what=what)


def unaware(books: Books, known: Mapping[Path, Status]) -> Iterator[str]:
    """Yield the closed periods whose run folder does not say so: a run that stopped just after posting."""
    by_period = {path.parent.name: status for path, status in known.items()}
    for entry in books.closed:
        status = by_period.get(entry.period)
        if status is not None and status.run == entry.run and status.ledger.get("hash") != entry.hash:
            yield entry.period
