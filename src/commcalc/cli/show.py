"""`show`: a plan as it holds - all that it extends written out, and the file and line of each value."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import commcalc
from commcalc.cli import shown
from commcalc.language.names import nearest

if TYPE_CHECKING:
    from commcalc.plan.load import LoadedPlan

EPILOG = """

**Examples**

```text
commcalc show ae-commercial             # each value with its file and line, and its curves
commcalc show ae-enterprise             # with all that it extends
commcalc show sdr --format json         # for a script
commcalc show sdr --svg sdr.svg         # its payout curves as a picture
```
"""


def verb(
    plan: Annotated[str, typer.Argument(help="The plan or program, by its name.")],
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    style: Annotated[Literal["yaml", "json"], typer.Option("--format", help="A page to read, or facts for a script.")] = "yaml",
    svg: Annotated[Path | None, typer.Option("--svg", help="Write the payout curves and marginal rates to this file.")] = None,
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
    if svg is not None:
        _drawn(found, svg)
        return
    readings = opened.file.model.readings
    if style == "json":
        shown.as_json(document.facts_of(found, readings, opened.file.tree))
        return
    for line in document.text_of(found, readings, opened.file.tree).split("\n"):
        shown.line(line)


def _drawn(loaded: LoadedPlan, file: Path) -> None:
    if file.suffix != ".svg":
        raise typer.BadParameter("the file ends in .svg, so that no input is overwritten", param_hint="--svg")
    curves = list(importlib.import_module("commcalc.documents.plan_curves").curves_of(loaded))
    if not curves:
        shown.note(f"{loaded.plan.plan} has no tiers or curves of plain figures over one measure to be drawn")
        raise typer.Exit(1)
    text = importlib.import_module("commcalc.documents.plan_curves_svg").svg_of(loaded.plan.title or loaded.plan.plan, curves)
    shown.written(file, text)
    shown.note(f"{len(curves):,} curve{'' if len(curves) == 1 else 's'} written to {file}")


verb.__doc__ = (verb.__doc__ or "") + EPILOG
