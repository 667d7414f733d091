"""`schema`: what may stand in a plan or a project file, for an editor that completes and explains."""

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
```
"""


def verb(
    what: Annotated[Literal["plan", "program", "project"], typer.Argument(help="Which file's schema.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to a file.")] = None,
) -> None:
    """Print the JSON Schema of a plan, a program or the project file, for completion and explanations in an editor."""
    text = json.dumps(_schema(what), indent=2, ensure_ascii=False) + "\n"
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
    shown.note(f"written to {output}; next, as a file's first line: # yaml-language-server: $schema=<the path from there>")


def _schema(what: str) -> dict[str, Any]:
    """Return a schema; the plan language is loaded only now."""
    module = importlib.import_module("commcalc.inputs.schema" if what == "project" else "commcalc.plan.schema")
    found: dict[str, Any] = module.program_schema() if what == "program" else module.schema()
    return found


verb.__doc__ = (verb.__doc__ or "") + EPILOG
