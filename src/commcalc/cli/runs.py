"""The run that a verb speaks of: the one named, else the last one written."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import commcalc
from commcalc.base.problem import Problem
from commcalc.cli import shown

if TYPE_CHECKING:
    from commcalc.api import Project
    from commcalc.documents.plan_words import PlanWords
    from commcalc.exports.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Opened:
    """A written run and the project that it belongs to."""

    project: Project
    run: RunFolder
    words: PlanWords

    @property
    def company(self) -> str:
        """The company's name, where the project has one."""
        return (self.project.file.model.company if self.project.file else None) or ""


def opened_run(path: Path, period: str | None) -> Opened:
    """Return a written run; ends the verb where there is none, or where its files are not as they were written."""
    project = commcalc.open(path)
    if project.file is None:
        shown.problems(project.report, project.sources, "full")
        raise typer.Exit(3)
    folder = _folder(project.root / "out", period)
    found: RunFolder | Problem = importlib.import_module("commcalc.exports.run_folder").read_run(folder)
    if isinstance(found, Problem):
        shown.single(found)
        raise typer.Exit(1)
    words = importlib.import_module("commcalc.documents.plan_words").words_of(project.plans, found.manifest["plans"])
    return Opened(project, found, words)


def written_runs(out: Path) -> list[Path]:
    """Return the folders of the runs that were written, the last one last."""
    return sorted(p for p in out.glob("*") if not p.name.startswith(".") and (p / "manifest.json").is_file())


def _folder(out: Path, period: str | None) -> Path:
    runs = written_runs(out)
    found = [p for p in runs if p.name == period] if period is not None else runs[-1:]
    if found:
        return found[0]
    killed = out / f".{period}.old"  # a run that was killed in its last moment: reading puts the former one back
    if period is not None and period == Path(period).name and killed.is_dir():
        return out / period
    names = ", ".join(p.name for p in runs) or "none"
    how = "commcalc calculate" + (f" --period {period}" if period else "")
    shown.note(f"there is no run of {period or 'any period'}; written are: {names}. Make one: {how}")
    raise typer.Exit(3)
