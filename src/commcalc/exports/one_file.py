"""One file that appears whole or not at all: written beside its place, then renamed, readable by its owner alone."""

from __future__ import annotations

from pathlib import Path

from commcalc.base.problem import Problem
from commcalc.exports.problems import CANNOT_WRITE, LINK
from commcalc.exports.whole_folder import write_bytes


def write_text(path: Path, text: str) -> Problem | None:
    """Write a file in the place of one that may be there; return why nothing was changed."""
    if path.is_symlink():
        return LINK.at(None, path=path)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.unlink(missing_ok=True)
        write_bytes(beside, text.encode())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        return CANNOT_WRITE.at(None, path=path, why=error.strerror or error)
    return None
