"""What mapping works on: a source to be mapped, and its rows once they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from commcalc.base.money import minor_units
from commcalc.inputs.model import Source
from commcalc.inputs.project import ProjectFile
from commcalc.inputs.typed import Typed, Typing

PLACES = ("~file", "~line")
Path = tuple[str | int, ...]
TableOf = Callable[[str], pl.DataFrame | None]
Marked = tuple[Typing, Typed]


@dataclass(slots=True)
class Mapped:
    """A source mapped: its typed rows with `~file ~line`, and the account of what did not come along."""

    frame: pl.DataFrame
    rows_read: int = 0
    left_out: int = 0
    exceptions: list[pl.DataFrame] = field(default_factory=list)  # ~file ~line and the canonical columns, code, reason, mend
    bad_rows: pl.DataFrame | None = None  # ~file ~line ~deal ~code ~reason ~mend of rows that cannot be read exactly
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Job:
    """A source to be mapped: of which table, where it stands in the project file, and what else it may look into."""

    project: ProjectFile
    table: str
    source: Source
    path: Path
    table_of: TableOf
    digests: dict[str, str] = field(default_factory=dict)  # of every file read, by its path in the project


def typing_of(job: Job, column: str, type_: str) -> Typing:
    """Return how the text of a column of this source is read."""
    options = job.source.read
    return Typing(column, type_, minor_units(job.project.model.currency), options, job.project.model.time_zone)
