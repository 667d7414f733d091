"""The statements folder: a page and a text for every payee, written as one or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from commcalc.base.problem import Problem
from commcalc.exports.run_folder import CANNOT_WRITE, LINK, new_file, swap

FEW = 2_000
Pages = Iterable[tuple[str, str, dict[str, str]]]
"""Payee id, name, and each file's name with its text."""


def write_statements(run: Path, pages: Pages, tell: Callable[[int], None]) -> int | Problem:
    """Write `statements/` of a run; return how many payees, or why nothing was changed."""
    target, beside = run / "statements", run / ".statements.new"
    if run.is_symlink() or target.is_symlink():
        return LINK.at(None, path=target)
    index = io.StringIO()
    rows = csv.writer(index, lineterminator="\n")
    rows.writerow(("payee", "name", "file", "digest"))
    count = 0
    try:
        if beside.exists():
            shutil.rmtree(beside)
        beside.mkdir(mode=0o700)
        for payee, name, files in pages:
            for file, text in files.items():
                data = text.encode()
                with new_file(beside / file).open("wb") as opened:
                    opened.write(data)
                rows.writerow((_safe(payee), _safe(name), file, hashlib.sha256(data).hexdigest()))
            count += 1
            tell(count)
        with new_file(beside / "index.csv").open("w", encoding="utf-8", newline="") as opened:
            opened.write(index.getvalue())
        if count > FEW:
            os.sync()  # one sync of the disk is quicker than one of each of thousands of files
        swap(beside, target, sync_files=count <= FEW)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        return CANNOT_WRITE.at(None, path=error.filename or target, why=error.strerror or error)
    return count


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in tuple("=+-@\t\r＝") else text
