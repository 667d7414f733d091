"""`approve`: somebody has looked at a run; only this very run can then be closed."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from commcalc.cli import books, shown

EPILOG = """

**Examples**

```text
commcalc approve 2026-01 --by ann       # the run in out/2026-01
commcalc calculate --period 2026-01     # a changed run has to be approved anew
```
"""


def verb(
    period: Annotated[str, typer.Argument(help="The pay period.")],
    by: Annotated[str, typer.Option("--by", help="Who has looked at the run.")],
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Approve a period's run: a name is bound to its digest."""
    opened = books.opened(project)
    order = books.order(opened, period, by)
    outcome = importlib.import_module("commcalc.closing").approve(order)
    books.refused(outcome, opened)
    if not quiet:
        run = outcome.status.run[:12]
        shown.note(f"{order.by} has approved run {run} of {period}; next: commcalc close {period} --by NAME")


verb.__doc__ = (verb.__doc__ or "") + EPILOG
