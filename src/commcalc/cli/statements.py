"""`statements`: a page for every payee, from a run that was written."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commcalc.base.problem import Problem
from commcalc.cli import shown
from commcalc.cli.runs import opened_run
from commcalc.language.names import nearest

if TYPE_CHECKING:
    from commcalc.documents.statement import Statement, Statements

EPILOG = """

**Examples**

```text
commcalc statements                     # of the last run: HTML and text
commcalc statements --period 2026-01
commcalc statements --only ann          # prints ann's, writes nothing
```
"""


def verb(
    period: Annotated[str | None, typer.Option("--period", "-p", help="The pay period; without it the last run.")] = None,
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    only: Annotated[str | None, typer.Option("--only", help="Print this payee's statement as text.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Write a statement for every payee of a run, as an HTML page and as text."""
    opened = opened_run(project, period)
    document = importlib.import_module("commcalc.documents.statement")  # brings polars; the verb's help does without
    statements: Statements = document.Statements(opened.run, opened.words, opened.company)
    if only is not None:
        _print(statements, only)
        return
    exports = importlib.import_module("commcalc.exports.statements")
    tell = shown.progress(quiet=quiet)
    written = exports.write_statements(opened.run.folder, _pages(statements), lambda n: tell(f"statement {n:,}"))
    shown.progress_over(quiet=quiet)
    if isinstance(written, Problem):
        shown.single(written)
        raise typer.Exit(3)
    if not quiet:
        shown.note(f"{written:,} statements are in {opened.run.folder / 'statements'}; index.csv lists them")


verb.__doc__ = (verb.__doc__ or "") + EPILOG


def _print(statements: Statements, only: str) -> None:
    payouts = statements.run.tables["payouts"].to_dicts()
    mine = [row for row in payouts if only in (row["payee"], row["name"])]
    if not mine:
        near = nearest(only, [row["payee"] for row in payouts])
        suggestion = f"; did you mean `{near}`?" if near else ""
        shown.note(f"{only} has no statement in {statements.run.manifest['period']}{suggestion}")
        raise typer.Exit(1)
    text = importlib.import_module("commcalc.documents.statement_text")
    for row in mine:
        print(text.text_of(statements.of(row)), end="")


def _pages(statements: Iterable[Statement]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield each payee with the files of the statement; a second currency has files of its own."""
    pages = importlib.import_module("commcalc.documents.statement_html").Pages()
    text = importlib.import_module("commcalc.documents.statement_text")
    names = importlib.import_module("commcalc.documents.file_names")
    before: set[str] = set()
    for statement in statements:
        stem = names.file_name(statement.payee)
        if statement.payee in before:
            stem += f"-{statement.payout['currency'].lower()}"
        before.add(statement.payee)
        files = {f"{stem}.html": pages.html_of(statement), f"{stem}.txt": text.text_of(statement)}
        yield statement.payee, statement.payout["name"] or "", files
