"""`schema`: what may stand in a plan or a project file, for an editor that completes and explains, or as a page to read."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from commcalc.cli import shown

EPILOG = """

**Examples**

```text
commcalc schema plan                           # JSON Schema of a plan, on stdout
commcalc schema plan --output plan.schema.json # beside commcalc.yaml, for the editor
commcalc schema program                        # of a program, for several plans
commcalc schema project                        # of commcalc.yaml
commcalc schema plan --format markdown         # the reference, to read
commcalc schema files --format markdown        # the columns of every table
```
"""

INTRO = {
    "plan": "All that may stand in a plan (`plans/NAME.yaml`); made from the program by `commcalc schema plan --format markdown`.",
    "program": "All that may stand in a program (`plans/NAME.yaml`); made from the program by `commcalc schema program --format markdown`.",
    "project": "All that may stand in `commcalc.yaml`; made from the program by `commcalc schema project --format markdown`.",
}


def verb(
    what: Annotated[
        Literal["plan", "program", "project", "files"],
        typer.Argument(help="A plan's, a program's, the project file's, or tables' columns."),
    ],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to a file.")] = None,
    style: Annotated[Literal["json", "markdown"], typer.Option("--format", help="JSON Schema, or a page to read.")] = "json",
) -> None:
    """Print the JSON Schema of a plan, a program or the project file, for completion and explanations in an editor."""
    text = _page(what) if style == "markdown" else json.dumps(_schema(what), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        print(text, end="")
        return
    beside = output.with_name(f".{output.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(output)
    except OSError as error:
        beside.unlink(missing_ok=True)
        shown.note(f"{output} cannot be written: {error.strerror}")
        raise typer.Exit(3) from None
    if style == "markdown" or what == "files":
        shown.note(f"written to {output}")
        return
    shown.note(f"written to {output}; next, as a file's first line: # yaml-language-server: $schema=<the path from there>")


def _schema(what: str) -> dict[str, Any]:
    """Return a schema; the plan language is loaded only now."""
    if what == "files":
        return dict(importlib.import_module("commcalc.documents.file_columns").columns())
    module = importlib.import_module("commcalc.inputs.schema" if what == "project" else "commcalc.plan.schema")
    found: dict[str, Any] = module.program_schema() if what == "program" else module.schema()
    return found


def _page(what: str) -> str:
    """Return the reference as a page."""
    if what == "files":
        return str(importlib.import_module("commcalc.documents.file_columns").page())
    whole = {"plan": "whole_plan", "program": "whole_program"}.get(what)  # parts that extend others have the same keys
    schema = getattr(importlib.import_module("commcalc.plan.schema"), whole)() if whole is not None else _schema(what)
    return str(importlib.import_module("commcalc.documents.reference").reference(schema, INTRO[what]))


verb.__doc__ = (verb.__doc__ or "") + EPILOG
