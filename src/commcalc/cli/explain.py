"""`explain`: why somebody was paid this, from the cent to the line of the plan; and what a problem's code means."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated, Literal

import typer

from commcalc.base.render import shown as visible
from commcalc.cli import shown
from commcalc.cli.catalogue import kinds
from commcalc.cli.runs import opened_run
from commcalc.cli.why_not import why_not
from commcalc.language.names import nearest

EPILOG = """

**Examples**

```text
commcalc explain payee ann              # of the last run
commcalc explain deal D-17 --period 2026-01
commcalc explain line L-ABCDEFGHIJKLMNOP --json
commcalc explain code P210
commcalc explain --why-not D-17 --payee ann
```
"""


def verb(
    noun: Annotated[Literal["payee", "deal", "line", "code"] | None, typer.Argument(help="What to explain.")] = None,
    name: Annotated[str | None, typer.Argument(help="Which one.")] = None,
    deal: Annotated[
        str | None, typer.Option("--why-not", metavar="DEAL", help="Why the deal does not pay --payee, and what would make it.")
    ] = None,
    payee: Annotated[str | None, typer.Option("--payee", help="The payee that --why-not asks about.")] = None,
    period: Annotated[str | None, typer.Option("--period", "-p", help="The pay period; without it the last run.")] = None,
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    machine: Annotated[bool, typer.Option("--json", help="Everything that is needed to recompute it.")] = False,
) -> None:
    """Explain a payee's pay, a deal or a line in words; or a problem's code."""
    if deal is not None:
        if payee is None or noun is not None:
            raise typer.BadParameter("write `explain --why-not DEAL --payee PAYEE`")
        why_not(project, deal, payee, period, machine=machine)
        return
    if noun is None or name is None:
        raise typer.BadParameter("say what to explain: payee, deal, line or code, and which one")
    if noun == "code":
        _code(name)
        return
    opened = opened_run(project, period)
    explanation = importlib.import_module("commcalc.documents.explanation")  # brings polars; help does without
    if not explanation.is_known(opened.run, noun, name):
        near = nearest(name, explanation.names_known(opened.run, noun))
        suggestion = f"; did you mean `{near}`?" if near else ""
        shown.note(f"there is no {noun} `{name}` in the run of {opened.run.manifest['period']}{suggestion}")
        raise typer.Exit(1)
    if machine:
        shown.as_json(explanation.facts(opened.run, noun, name, opened.words))
        return
    for text in explanation.explained(opened.run, noun, name, opened.words):
        print("\n".join(visible(line) for line in text.split("\n")))


verb.__doc__ = (verb.__doc__ or "") + EPILOG


def _code(code: str) -> None:
    known = kinds()
    kind = known.get(code.upper())
    if kind is None:
        near = nearest(code.upper(), known)
        shown.note(f"there is no problem `{code}`" + (f"; did you mean {near}?" if near else ""))
        raise typer.Exit(1)
    print(f"{kind.code}: {kind.title} ({kind.severity})\n\n{kind.page}\n\nMend: {kind.mend}")
