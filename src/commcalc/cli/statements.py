"""`statements`: a page for every payee, from a run that was written."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commcalc.base.problem import Problem
from commcalc.cli import shown
from commcalc.cli.runs import latest_run

if TYPE_CHECKING:
    from commcalc.documents.statement import Statement

EPILOG = """
**Examples**

    commcalc statements                     # of the last run: HTML and text for everybody
    commcalc statements --period 2026-01
    commcalc statements --only ann          # prints ann's to the terminal; writes nothing
"""


def verb(
    period: Annotated[str | None, typer.Option("--period", "-p", help="The pay period; without it the last run.")] = None,
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    only: Annotated[str | None, typer.Option("--only", help="Print this payee's statement as text.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Write a statement for every payee of a run, as an HTML page and as text."""
    run = latest_run(project, period)
    documents = importlib.import_module("commcalc.documents.statement")
    statements: list[Statement] = documents.statements_of(run)
    if only is not None:
        mine = [s for s in statements if s.payee == only or s.payout["name"] == only]
        if not mine:
            shown.note(f"{only} has no statement in {run.manifest['period']}")
            raise typer.Exit(1)
        text = importlib.import_module("commcalc.documents.statement_text")
        for statement in mine:
            print(text.text_of(statement), end="")
        return
    written = importlib.import_module("commcalc.exports.statements").write_statements(run.folder, _pages(statements), lambda _: None)
    if isinstance(written, Problem):
        shown.single(written)
        raise typer.Exit(3)
    if not quiet:
        shown.note(f"{written} statements in {run.folder / 'statements'}; index.csv lists them")


def _pages(statements: list[Statement]) -> Iterator[tuple[str, str, dict[str, str]]]:
    pages = importlib.import_module("commcalc.documents.statement_html").Pages()
    text = importlib.import_module("commcalc.documents.statement_text")
    names = importlib.import_module("commcalc.documents.file_names")
    currencies: dict[str, int] = {}
    for statement in statements:
        currencies[statement.payee] = currencies.get(statement.payee, 0) + 1
        several = f"-{statement.payout['currency'].lower()}" if currencies[statement.payee] > 1 else ""
        stem = names.file_name(statement.payee) + several
        files = {f"{stem}.html": pages.html_of(statement), f"{stem}.txt": text.text_of(statement)}
        yield statement.payee, statement.payout["name"] or "", files


verb.__doc__ = (verb.__doc__ or "") + EPILOG
