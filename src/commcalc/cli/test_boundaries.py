"""What `test --make-boundaries` does: tests at every bound, printed or written to a new file."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from commcalc.cli import shown
from commcalc.cli.threads import one_thread

if TYPE_CHECKING:
    from commcalc.api import Project

ENDING = ".test.yaml"


def made(opened: Project, name: str, output: Path | None) -> None:
    """Make the tests of the plans whose name has `name` in it; a file that is there is never written over."""
    if output is not None and not output.name.endswith(ENDING):
        raise typer.BadParameter(f"the file ends in {ENDING}", param_hint="--output")
    if output is not None and output.exists():
        shown.note(f"{output} is there already; name a new file, and then take over what you have checked")
        raise typer.Exit(2)
    report = opened.validate()
    if report.errors:
        shown.problems(report, opened.sources, "full")
        raise typer.Exit(shown.status(report))
    one_thread()
    making = importlib.import_module("commcalc.boundaries")  # brings polars; the verb's help does without
    tests, report = making.boundary_tests(opened, name, shown.progress(quiet=False))
    shown.progress_over(quiet=False)
    if report.errors:
        shown.problems(report, opened.sources, "full")
        raise typer.Exit(shown.status(report))
    count, lacking = sum(not t.why for t in tests), sum(bool(t.why) for t in tests)
    if not tests:
        shown.note(
            "the plans have no bounds at which what is paid changes" if not name else f"no bound of a plan called like `{name}`"
        )
        return
    text = making.text_of(tests)
    if output is None:
        print(text, end="")
    else:
        shown.written(output, text)
    told = f"{count:,} tests" + (f" written to {output}" if output is not None else "")
    shown.note(told + (f"; {lacking:,} bounds that no test could be made for are named at the end" if lacking else ""))
