"""`validate`: all errors of plans and project at once, with their places and the edits that mend them."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import commcalc
from commcalc.base.problem import Report
from commcalc.base.render import summary
from commcalc.base.source import Sources
from commcalc.cli import shown

if TYPE_CHECKING:
    from commcalc.api import Project
    from commcalc.documents.findings import Findings

Style = Literal["full", "concise", "json", "github", "gitlab", "sarif", "junit", "auto"]
FOR_PEOPLE = ("full", "concise")
EPILOG = """

**Examples**

```text
commcalc validate                       # the project one stands in
commcalc validate examples/first-month  # another one
commcalc validate --data                # its tables too
commcalc validate --format concise      # a line for each problem
commcalc validate --quick                # without advice
commcalc validate --strict --format sarif > commcalc.sarif
```
"""


def verb(
    path: Annotated[Path, typer.Argument(help="The project's folder, or a plan in it.")] = Path(),
    data: Annotated[bool, typer.Option("--data", help="Read the tables too and show the mapping.")] = False,
    style: Annotated[
        Style, typer.Option("--format", help="How problems are shown; `auto`: as the build server wants them, else `full`.")
    ] = "full",
    quick: Annotated[bool, typer.Option("--quick", help="Errors and warnings only, no advice on how a plan works.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings and advice end with an error too.")] = False,
) -> None:
    """Check plans and project: every error at once, each at its line, with the edit that mends it; and what may not be meant."""
    style = _picked(style, os.environ)
    project = commcalc.open(path)
    report = project.validate()
    if not quick and not report.errors:
        report.extend(project.advise())
    count = 0
    if project.file is not None:
        tests, found = project.tests()
        report.extend(found)
        project = replace(project, sources=Sources({**project.sources.texts, **tests.texts}))
        count = len(tests.tests)
    if data and project.file is not None and not report.errors:
        inputs, found = project.check_data()
        report.extend(found)
        if inputs is not None and not report.errors:
            importlib.import_module("commcalc.plans_and_tables").check_together(project.file, project.plans, inputs, report)
        if inputs is not None and style == "full":
            rows = [
                (name, *(f"{counts.get(c, 0):,}" for c in ("read", "left out", "set aside")))
                for name, counts in inputs.counts.items()
            ]
            shown.table([("table", "left"), ("rows read", "right"), ("left out", "right"), ("set aside", "right")], rows)
    report = project.without_silenced(report, date.today(), whole=not quick and not report.errors)
    report = Report([p for p in report if not quick or p.severity != "advice"])
    if style in FOR_PEOPLE:
        shown.problems(report, project.sources, style, to_stdout=True)
    else:
        _for_machines(project, report, style, strict=strict)
    if report.errors or (strict and len(report)):
        raise typer.Exit(shown.status(report))
    if style in ("full", "github"):
        names = [p.plan.plan for p in project.plans if not p.plan.of_all]
        programs = [p.plan.plan for p in project.plans if p.plan.of_all]
        fine = f"{len(names)} plan{'s are' if len(names) != 1 else ' is'} fine: {', '.join(names)}"
        fine += f"; {len(programs)} program{'s' * (len(programs) > 1)} for them: {', '.join(programs)}" if programs else ""
        also = (
            f", and {count} test{'s' * (count > 1)} of {'it' if len(names) + len(programs) == 1 else 'them'} (commcalc test)"
            if count
            else ""
        )
        shown.note(f"{fine}{also}. Next: commcalc calculate")


verb.__doc__ = (verb.__doc__ or "") + EPILOG


def _picked(style: Style, environment: Mapping[str, str]) -> Style:
    """Return the format that `auto` stands for where the program runs."""
    if style != "auto":
        return style
    if environment.get("GITHUB_ACTIONS") == "true":
        return "github"
    return "gitlab" if environment.get("GITLAB_CI") else "full"


def _for_machines(project: Project, report: Report, style: str, *, strict: bool) -> None:
    found = report.sorted()
    files = tuple(sorted({*project.sources.texts, *(p.place.file for p in found if p.place is not None)}))
    version = importlib.import_module("commcalc.api").VERSION
    documents = importlib.import_module("commcalc.documents.findings")  # what help and `full` do without
    folder = _in_repository(project.root)
    findings: Findings = documents.Findings(tuple(found), project.sources, files, version, folder, strict)
    text = documents.FORMATS[style](findings)
    if text:
        print(text)
    if style == "github":
        print(summary(found))
        summary_file = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary_file:
            with Path(summary_file).open("a", encoding="utf-8") as file:
                file.write(documents.github.step_summary(findings))


def _in_repository(root: Path) -> str:
    """Return the project's folder as seen from the root of its repository; nothing where it is the root, or in none."""
    root = root.resolve() if root.is_dir() else root.resolve().parent
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            inside = root.relative_to(folder).as_posix()
            return "" if inside == "." else inside
    return ""
