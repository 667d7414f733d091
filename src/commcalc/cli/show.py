"""`show`: a plan as it holds - all that it extends written out, and the file and line of each value."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated, Literal

import typer

import commcalc
from commcalc.cli import shown
from commcalc.language.names import nearest

EPILOG = """

**Examples**

```text
commcalc show ae-commercial             # each value with its file and line, and its curves
commcalc show ae-enterprise             # with all that it extends
commcalc show sdr --format json         # for a script
```
"""


def verb(
    plan: Annotated[str, typer.Argument(help="The plan or program, by its name.")],
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    style: Annotated[Literal["yaml", "json"], typer.Option("--format", help="A page to read, or facts for a script.")] = "yaml",
) -> None:
    """Show a plan written out in full: what it extends, where each value comes from, what the house's readings add, its curves."""
    opened = commcalc.open(project)
    if opened.file is None:
        shown.problems(opened.report, opened.sources, "full")
        raise typer.Exit(shown.status(opened.report))
    found = next((p for p in opened.plans if p.plan.plan == plan), None)
    if found is None and opened.report.errors:
        shown.problems(opened.report, opened.sources, "full")
        raise typer.Exit(shown.status(opened.report))
    if found is None:
        names = [p.plan.plan for p in opened.plans]
        near = nearest(plan, names)
        shown.note(
            f"there is no plan `{plan}`" + (f"; did you mean `{near}`?" if near else f"; the plans are {', '.join(names)}")
        )
        raise typer.Exit(1)
    document = importlib.import_module("commcalc.documents.plan_shown")  # help does without
    readings = opened.file.model.readings
    if style == "json":
        shown.as_json(document.facts_of(found, readings, opened.file.tree))
        return
    for line in document.text_of(found, readings, opened.file.tree).split("\n"):
        shown.line(line)


verb.__doc__ = (verb.__doc__ or "") + EPILOG
