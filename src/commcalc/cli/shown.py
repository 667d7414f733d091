"""How results and problems look on a terminal, in a pipe, and to a script."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

from commcalc.base.problem import Problem, Report
from commcalc.base.render import render_concise, render_full, shown, summary
from commcalc.base.source import Sources

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 100
NARROWEST = 10  # a column of text is not squeezed below this: each field has a line of its own then
UNSEEN = 400  # the width where nobody looks: nothing is folded in a pipe
ENVIRONMENT = ("D001", "D003", "D005", "D008", "O001")  # a file that is not there, is none, or may not be read or written
FORCED = {"FORCE_COLOR", "TTY_COMPATIBLE"}  # colours are asked for, or forbidden, whatever is written to
COLOURS = {"error": "bold red", "exception": "bold yellow", "warning": "yellow", "advice": "cyan"}


def _console(file: TextIO) -> Console:
    stated = os.environ.get("COLUMNS", "")
    width = int(stated) if stated.isdigit() and int(stated) > 0 else None if file.isatty() else UNSEEN
    rich = importlib.import_module("rich.console")  # a run in a script draws nothing and does without
    console: Console = rich.Console(file=file, width=width, highlight=False, markup=False, emoji=False)
    return console


def _write(file: TextIO, text: str, style: str = "") -> None:
    """Write lines as they are, in colour where a terminal shows it."""
    if file.isatty() or os.environ.keys() & FORCED:
        console = _console(file)
        console.print(importlib.import_module("rich.text").Text(text, style=style), soft_wrap=True)
    else:
        print(text, file=file, flush=True)


def problems(report: Report, sources: Sources, style: str, *, to_stdout: bool = False) -> None:
    """Print problems for people and how many there are: all of them as a result, at most a hundred as messages."""
    found = report.sorted()
    file = sys.stdout if to_stdout else sys.stderr
    most = len(found) if to_stdout else MOST_SHOWN
    for problem in found[:most]:
        text = render_concise(problem) if style == "concise" else render_full(problem, sources) + "\n"
        first, _, rest = text.partition("\n")
        _write(file, first, COLOURS[problem.severity] if style == "full" else "")
        if rest:
            _write(file, rest)
    if len(found) > most:
        _write(file, f"and {len(found) - most} more")
    if found:
        _write(file, summary(found))


def status(report: Report) -> int:
    """Return how the program ends with these problems: 3 where files lack, 1 where something is wrong in them."""
    return 3 if any(p.code in ENVIRONMENT for p in report.errors) else 1


def money(value: Decimal | None, places: int = 2) -> str:
    """Return an amount with thousands apart and never a minus nought."""
    if value is None:
        return ""
    rounded = round(value, places)
    return f"{rounded if rounded else Decimal(0):,.{places}f}"


def figure(value: Decimal) -> str:
    """Return a figure with thousands apart and the decimals that it has, two where it has any."""
    whole, _, decimals = f"{value if value else Decimal(0):,f}".partition(".")
    kept = decimals.rstrip("0")
    return f"{whole}.{kept:0<2}" if kept else whole


def table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """Print rows under columns (name, `left` or `right`); figures are never cut.

    Where the columns do not fit beside each other, each field has a line of its own.
    """
    console = _console(sys.stdout)
    listed = [[shown(cell) for cell in row] for row in rows]
    longest = [max([len(name), *(len(r[i]) for r in listed)]) for i, (name, _) in enumerate(columns)]
    needed = sum(n if how == "right" else min(n, NARROWEST) for n, (_, how) in zip(longest, columns, strict=True))
    if title:
        _write(sys.stdout, title, "bold")
    if needed + 2 * len(columns) > console.width:
        for row in listed:
            for (name, _), cell in zip(columns, row, strict=True):
                if cell:
                    _write(sys.stdout, f"{name}: {cell}" if name else cell)
            _write(sys.stdout, "")
        return
    draw, text = importlib.import_module("rich.table"), importlib.import_module("rich.text")
    grid = draw.Table(box=None, pad_edge=False, header_style="bold")
    for size, (name, how) in zip(longest, columns, strict=True):
        right = how == "right"
        least = size if right else min(size, NARROWEST)
        grid.add_column(name, justify="right" if right else "left", no_wrap=right, min_width=least, overflow="fold")
    for row in listed:
        grid.add_row(*(text.Text(cell) for cell in row))
    console.print(grid)


def as_json(value: Any) -> None:
    """Print a value as JSON, decimals as exact text."""
    print(json_text(value))


def json_text(value: Any) -> str:
    """Return a value as JSON, decimals as exact text."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        text = f"{value if value else Decimal(0):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def line(text: str) -> None:
    """Print a line of a result."""
    _write(sys.stdout, shown(text))


def note(text: str) -> None:
    """Print a message."""
    lines = "\n".join(shown(part) for part in text.split("\n"))
    _write(sys.stderr, lines)


def single(problem: Problem) -> None:
    """Print one problem in full."""
    problems(Report([problem]), Sources({}), "full")


def written(path: Path, text: str) -> None:
    """Write a file whole; where that cannot be done, say why and end the verb."""
    found: Problem | None = importlib.import_module("commcalc.exports.one_file").write_text(path, text)
    if found is not None:
        single(found)
        raise typer.Exit(3 if found.code in ENVIRONMENT else 1)


def progress(*, quiet: bool) -> Callable[[str], None]:
    """Return what tells the step under way: on a terminal only, and once a second has gone by."""
    begun = time.monotonic()
    told = [begun]

    def tell(step: str) -> None:
        now = time.monotonic()
        if not quiet and sys.stderr.isatty() and now - begun > 1 and now - told[0] > 0.1:
            told[0] = now
            sys.stderr.write(f"\r\x1b[K{shown(step)} ...")
            sys.stderr.flush()

    return tell


def progress_over(*, quiet: bool) -> None:
    """Clear the line that told the step under way."""
    if not quiet and sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
