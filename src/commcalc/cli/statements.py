"""`statements`: a page for every payee, the list of all and each manager's reports, from a run that was written."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commcalc.base.problem import Problem
from commcalc.cli import shown
from commcalc.cli.last_step import beyond_interrupts
from commcalc.cli.runs import Opened, opened_run
from commcalc.language.names import nearest

if TYPE_CHECKING:
    from commcalc.documents.overview import Teams

FORMATS = ("html", "text", "md", "json")
WIDEST = 120
EPILOG = """

**Examples**

```text
commcalc statements                     # of the last run: HTML and text, index.html and managers' pages
commcalc statements --period 2026-01 --format html,json
commcalc statements --only ann          # prints ann's, writes nothing
commcalc statements --only ann --only ben --format md
```
"""


def verb(
    period: Annotated[str | None, typer.Option("--period", "-p", help="The pay period; without it the last run.")] = None,
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    only: Annotated[list[str] | None, typer.Option("--only", help="Print this payee's statement; may be repeated.")] = None,
    style: Annotated[
        str | None,
        typer.Option("--format", help="html, text, md, json, commas between; `html,text` unless said, printed `text`."),
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, max=64, help="Processes; as many as pay unless said.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Write a statement for every payee of a run, the list of all, and a page for every manager."""
    formats = _formats(style or ("text" if only else "html,text"))
    if only and (len(formats) > 1 or ("html" in formats and len(only) > 1)):
        raise typer.BadParameter("one format is printed at a time, and one page of HTML", param_hint="--format")
    opened = opened_run(project, period)
    if only:
        _print(opened, only, formats[0])
        return
    exports = importlib.import_module("commcalc.exports.statements")  # brings polars; the verb's help does without
    tell = shown.progress(quiet=quiet)
    teams = _teams(opened, quiet=quiet) if "html" in formats else {}
    order = exports.Order(opened.words, opened.company, formats, teams, jobs)
    written = exports.write_statements(opened.run, order, lambda n: tell(f"statement {n:,}"), beyond_interrupts)
    shown.progress_over(quiet=quiet)
    if isinstance(written, Problem):
        shown.single(written)
        raise typer.Exit(3)
    if not quiet:
        first = "index.html" if "html" in formats else "index.csv"
        shown.note(f"{written:,} statements are in {opened.run.folder / 'statements'}; {first} lists them")


verb.__doc__ = (verb.__doc__ or "") + EPILOG


def _formats(text: str) -> tuple[str, ...]:
    """Return the formats named, in our order; an unknown one ends the verb."""
    named = [part.strip() for part in text.split(",") if part.strip()]
    for name in named:
        if name not in FORMATS:
            near = nearest(name, FORMATS)
            suggestion = f"; did you mean `{near}`?" if near else ""
            raise typer.BadParameter(f"`{name}` is none of {', '.join(FORMATS)}{suggestion}", param_hint="--format")
    if not named:
        raise typer.BadParameter(f"name one of {', '.join(FORMATS)}", param_hint="--format")
    return tuple(f for f in FORMATS if f in named)


def _print(opened: Opened, only: list[str], style: str) -> None:
    """Print the statements of some payees, named by id or name."""
    payouts = opened.run.tables["payouts"].to_dicts()
    for name in only:
        if not any(name in (row["payee"], row["name"]) for row in payouts):
            near = nearest(name, [row["payee"] for row in payouts])
            suggestion = f"; did you mean `{near}`?" if near else ""
            shown.note(f"{name} has no statement in {opened.run.manifest['period']}{suggestion}")
            raise typer.Exit(1)
    mine = {row["payee"] for row in payouts if {row["payee"], row["name"]} & set(only)}
    document = importlib.import_module("commcalc.documents.statement")
    found = list(document.Statements(opened.run, opened.words, opened.company, payees=sorted(mine), records=style == "json"))
    if style == "json":
        record_of = importlib.import_module("commcalc.documents.statement_json").record_of
        shown.as_json([record_of(statement) for statement in found])
    elif style == "md":
        markdown_of = importlib.import_module("commcalc.documents.statement_markdown").markdown_of
        print("\n".join(markdown_of(statement) for statement in found), end="")
    elif style == "html":
        html_of = importlib.import_module("commcalc.documents.statement_html").Pages().html_of
        print("\n".join(html_of(statement) for statement in found))
    else:
        text = importlib.import_module("commcalc.documents.statement_text")
        columns = min(shutil.get_terminal_size().columns, WIDEST) if sys.stdout.isatty() else text.WIDTH
        print("\n".join(text.text_of(statement, columns) for statement in found), end="")


def _teams(opened: Opened, *, quiet: bool) -> Teams:
    """Return the managers of the period; none, and why, where the payees are not those of the run any more."""
    assert opened.project.file is not None
    tables = importlib.import_module("commcalc.inputs.tables")
    payees, calendar, digests = tables.read_people(opened.project.file)
    inputs: Mapping[str, str] = opened.run.manifest["inputs"]
    period = calendar.period_named(opened.run.manifest["period"]) if calendar is not None else None
    if payees is None or period is None or any(inputs.get(file) != digest for file, digest in digests.items()):
        if not quiet:
            shown.note("the payees have changed since the run, so managers have no pages; calculate again to have them")
        return {}
    overview = importlib.import_module("commcalc.documents.overview")
    teams: Teams = overview.teams_of(payees, period.first, period.last)
    return teams
