"""`reopen`: the latest closed period is opened again, by a named person and with a reason."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from commcalc.cli import books, shown

EPILOG = """

**Examples**

```text
commcalc reopen 2026-01 --by mia --reason "the quota of team north was a typing error; nobody was paid yet"
```
"""


def verb(
    period: Annotated[str, typer.Argument(help="The latest closed period.")],
    by: Annotated[str, typer.Option("--by", help="Who opens it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays in the ledger.")],
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Open the latest closed period again: an entry of its own takes back all its postings."""
    opened = books.opened(project)
    why = reason.strip()
    if not why or not why.isprintable():
        raise typer.BadParameter("say why, in one line", param_hint="--reason")
    outcome = importlib.import_module("commcalc.closing").reopen(books.order(opened, period, by), why)
    books.refused(outcome, opened)
    if not quiet:
        entry = outcome.entry
        shown.note(f"{entry.period} is open again: entry {entry.number} takes back entry {entry.reverses}; head {entry.hash}")


verb.__doc__ = (verb.__doc__ or "") + EPILOG
