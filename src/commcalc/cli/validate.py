"""`validate`: all errors of plans and project at once, with their places and the edits that mend them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

import commcalc
from commcalc.base.problem import Report
from commcalc.base.source import Sources
from commcalc.cli import shown
from commcalc.plan.tests_load import LoadedTests

EPILOG = """

**Examples**

```text
commcalc validate                       # the project one stands in
commcalc validate examples/first-month  # another one
commcalc validate --data                # its tables too
commcalc validate --format concise      # a line for each problem
```
"""


def verb(
    path: Annotated[Path, typer.Argument(help="The project's folder, or a plan in it.")] = Path(),
    data: Annotated[bool, typer.Option("--data", help="Read the tables too and show the mapping.")] = False,
    style: Annotated[Literal["full", "concise", "json"], typer.Option("--format", help="How problems are shown.")] = "full",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings and exceptions count as errors.")] = False,
) -> None:
    """Check plans and project: every error at once, each at its line, with the edit that mends it."""
    project = commcalc.open(path)
    report = project.validate()
    tests, found = project.tests() if project.file is not None else (LoadedTests((), {}), Report())
    report.extend(found)
    if data and project.file is not None and not report.errors:
        inputs, found = project.check_data()
        report = Report([*report.problems, *found.problems])
        if inputs is not None and style == "full":
            rows = [
                (name, *(f"{counts.get(c, 0):,}" for c in ("read", "left out", "set aside")))
                for name, counts in inputs.counts.items()
            ]
            shown.table([("table", "left"), ("rows read", "right"), ("left out", "right"), ("set aside", "right")], rows)
    shown.problems(report, Sources({**project.sources.texts, **tests.texts}), style, to_stdout=True)
    if report.errors or (strict and len(report)):
        raise typer.Exit(shown.status(report))
    if style == "full":
        plans = ", ".join(p.plan.plan for p in project.plans)
        also = f", and {len(tests.tests)} tests of them (commcalc test)" if tests.tests else ""
        shown.note(f"{len(project.plans)} plans are fine: {plans}{also}. Next: commcalc calculate")


verb.__doc__ = (verb.__doc__ or "") + EPILOG
