"""How results and problems look on a terminal, in a pipe, and to a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from commcalc.base.problem import Problem, Report
from commcalc.base.render import render_concise, render_full, shown, summary, to_json
from commcalc.base.source import Sources

MOST_SHOWN = 100
COLOURS = {"error": "bold red", "exception": "bold yellow", "warning": "yellow", "advice": "cyan"}


def out() -> Console:
    """Return the console of results: stdout, as wide as it needs where nobody looks."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, highlight=False, soft_wrap=False)


def err() -> Console:
    """Return the console of messages: stderr."""
    return Console(file=sys.stderr, width=None if sys.stderr.isatty() else 200, highlight=False)


def problems(report: Report, sources: Sources, style: str, *, to_stdout: bool = False) -> None:
    """Print problems in a format, at most a hundred, then how many there are."""
    found = report.sorted()
    console = out() if to_stdout else err()
    if style == "json":
        print(json.dumps([to_json(p) for p in found], indent=1, ensure_ascii=False), file=sys.stdout if to_stdout else sys.stderr)
        return
    for problem in found[:MOST_SHOWN]:
        text = render_concise(problem) if style == "concise" else render_full(problem, sources) + "\n"
        first, _, rest = text.partition("\n")
        console.print(Text(first, style=COLOURS[problem.severity] if style == "full" else ""), soft_wrap=True)
        if rest:
            console.print(Text(rest), soft_wrap=True)
    if len(found) > MOST_SHOWN:
        console.print(Text(f"and {len(found) - MOST_SHOWN} more"))
    if found:
        console.print(Text(summary(found)))


def money(value: Decimal | None, places: int = 2) -> str:
    """Return an amount with thousands apart and never a minus nought."""
    if value is None:
        return ""
    rounded = round(value, places)
    return f"{rounded + 0:,.{places}f}" if rounded else f"{Decimal(0):,.{places}f}"


def table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """Print rows under columns (name, `left` or `right`); numbers are never cut: too narrow, each field has a line of its own."""
    console = out()
    listed = [[shown(cell) for cell in row] for row in rows]
    needed = sum(max([len(name), *(len(r[i]) for r in listed)]) + 3 for i, (name, how) in enumerate(columns) if how == "right")
    if title:
        console.print(Text(title, style="bold"))
    if needed + 12 > console.width:
        for row in listed:
            for (name, _), cell in zip(columns, row, strict=True):
                console.print(Text(f"{name}: {cell}"), soft_wrap=True)
            console.print()
        return
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for name, how in columns:
        grid.add_column(name, justify="right" if how == "right" else "left", no_wrap=how == "right", overflow="fold")
    for row in listed:
        grid.add_row(*(Text(cell) for cell in row))
    console.print(grid)


def as_json(value: Any) -> None:
    """Print a value as JSON, decimals as exact text."""
    print(json.dumps(value, indent=1, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def note(text: str) -> None:
    """Print a message."""
    err().print(Text(shown(text)), soft_wrap=True)


def single(problem: Problem) -> None:
    """Print one problem in full."""
    problems(Report([problem]), Sources({}), "full")
