"""`close`: a period's run is posted to the ledger, exactly as it was approved."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from commcalc.cli import books, shown

EPILOG = """

**Examples**

```text
commcalc close 2026-01 --by mia         # calculates once more, then posts
commcalc close 2026-02 --by mia --allow-empty
commcalc ledger verify                  # the books, from the first entry on
```
"""


def verb(
    period: Annotated[str, typer.Argument(help="The pay period; after the first, the next one in turn.")],
    by: Annotated[str, typer.Option("--by", help="Who closes it.")],
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    set_aside: Annotated[bool, typer.Option("--set-aside", help="As the run was calculated with it.")] = False,
    allow_empty: Annotated[bool, typer.Option("--allow-empty", help="Close a period in which nobody earns anything.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Close a period: post its run to the ledger. What is closed is never rewritten."""
    opened = books.opened(project)
    order = books.order(opened, period, by)
    module = importlib.import_module("commcalc.closing")
    outcome = module.close(order, set_aside=set_aside, allow_empty=allow_empty, progress=shown.progress(quiet=quiet))
    shown.progress_over(quiet=quiet)
    books.refused(outcome, opened)
    if quiet:
        return
    entry = outcome.entry
    if outcome.again:
        shown.note(f"{entry.period} is already closed, identical: entry {entry.number} by {entry.by}")
        return
    shown.note(f"{entry.period} is closed: entry {entry.number}, {entry.rows}")
    shown.note(f"head {entry.hash}; next: commcalc ledger backup FILE, commcalc statements --period {entry.period}")


verb.__doc__ = (verb.__doc__ or "") + EPILOG
