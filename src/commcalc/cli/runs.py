"""The run that a verb speaks of: the one named, else the last one written."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from commcalc.api import open_project
from commcalc.base.problem import Problem
from commcalc.cli import shown

if TYPE_CHECKING:
    from commcalc.exports.run_folder import RunFolder


def latest_run(path: Path, period: str | None) -> RunFolder:
    """Return a written run; ends the verb where there is none, or where its files are not as they were written."""
    project = open_project(path)
    if project.file is None:
        shown.problems(project.report, project.sources, "full")
        raise typer.Exit(3)
    out = project.root / "out"
    runs = sorted(p for p in out.glob("*") if (p / "manifest.json").is_file() and not p.name.startswith("."))
    folder = out / period if period is not None else runs[-1] if runs else None
    if folder is None or not folder.is_dir():
        names = ", ".join(p.name for p in runs) or "none"
        shown.note(f"there is no run of {period or 'any period'}; written are: {names}. Make one: commcalc calculate" + (f" --period {period}" if period else ""))
        raise typer.Exit(3)
    found: RunFolder | Problem = importlib.import_module("commcalc.exports.run_folder").read_run(folder)
    if isinstance(found, Problem):
        shown.single(found)
        raise typer.Exit(1)
    return found
