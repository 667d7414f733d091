"""What every format of findings starts from: the problems in order, their places in the repository, their fingerprints."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from commcalc.base.problem import Problem, Severity
from commcalc.base.render import shown
from commcalc.base.source import Place, Sources, Span

UNPLACED = "commcalc.yaml"  # where a problem of the project as a whole is shown
SEVERITIES: tuple[Severity, ...] = ("error", "exception", "warning", "advice")


@dataclass(frozen=True, slots=True)
class Region:
    """A place as the tools know it: a file of the repository, lines and columns from 1, the end exclusive."""

    file: str
    line: int
    column: int | None = None  # a row of a table has none
    end_line: int | None = None
    end_column: int | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """The problems of a project, the worst first, and what was looked at."""

    problems: tuple[Problem, ...]
    sources: Sources
    files: tuple[str, ...]  # every file that was looked at, as problems name it
    version: str
    folder: str = ""  # the project's folder as seen from the root of its repository
    strict: bool = False

    def fails(self, problem: Problem) -> bool:
        """Tell whether a problem is one for which `validate` ends with an error."""
        return self.strict or problem.severity == "error"

    def path(self, file: str) -> str:
        """Return a file's path from the root of the repository, with `/` on every system."""
        inside = file.replace("\\", "/")
        return f"{self.folder}/{inside}" if self.folder else inside

    def region(self, place: Place | None) -> Region:
        """Return a place in the repository; what has none stands at the first line of the project file."""
        if place is None:
            return Region(self.path(UNPLACED), 1)
        if isinstance(place, Span):
            return Region(self.path(place.file), place.line, place.column, place.end_line, place.end_column)
        return Region(self.path(place.file), max(place.row, 1))

    def with_fingerprints(self) -> Iterator[tuple[Problem, str]]:
        """Yield each problem with what tells it from all others and stays when lines are added above it."""
        seen: Counter[str] = Counter()
        for problem in self.problems:
            place = problem.place
            text = self.sources.line(place.file, place.line) if isinstance(place, Span) else None
            region = self.region(place)
            facts = json.dumps([problem.code, region.file, problem.message, (text or "").strip()])
            seen[facts] += 1
            yield problem, hashlib.sha256(f"{facts}{seen[facts]}".encode()).hexdigest()


def headline(problem: Problem) -> str:
    """Return the message on one line, with the number of rows where there are several."""
    rows = f" ({problem.count:,} rows in all)" if problem.count > 1 else ""
    return shown(problem.message) + rows


def advice(problem: Problem) -> str:
    """Return what to do: the edit that mends it, and where its page is."""
    mend = f"mend: {shown(problem.mend)}\n" if problem.mend else ""
    return f"{mend}more: commcalc explain code {problem.code}"


def json_text(value: Any) -> str:
    """Return a value as JSON in which nothing steers a terminal: what cannot be seen is written by its number."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    return "\n".join(line if line.isprintable() else _numbered(line) for line in lines)


def _numbered(line: str) -> str:
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)
