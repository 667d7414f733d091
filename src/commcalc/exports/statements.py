"""The statements folder: a page and a text for every payee, written as one or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path

from commcalc.base.problem import Problem
from commcalc.exports.for_people import safe_text
from commcalc.exports.problems import CANNOT_WRITE
from commcalc.exports.whole_folder import refused, write_bytes, written_whole

Pages = Iterable[tuple[str, str, dict[str, str]]]
"""Payee id, name, and each file's name with its text."""


def write_statements(run: Path, pages: Pages, tell: Callable[[int], None]) -> int | Problem:
    """Write `statements/` of a run; return how many payees, or why nothing was changed."""
    target = run / "statements"
    problem = refused(run.parent, run, target)
    if problem is not None:
        return problem
    index = io.StringIO()
    rows = csv.writer(index, lineterminator="\n")
    rows.writerow(("payee", "name", "file", "digest"))
    count = 0
    try:
        with written_whole(target) as folder:
            for payee, name, files in pages:
                for file, text in files.items():
                    rows.writerow((safe_text(payee), safe_text(name), file, write_bytes(folder / file, text.encode())))
                count += 1
                tell(count)
            write_bytes(folder / "index.csv", index.getvalue().encode())
    except OSError as error:
        return CANNOT_WRITE.at(None, path=error.filename or target, why=error.strerror or error)
    return count
