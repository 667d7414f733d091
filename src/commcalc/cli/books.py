"""What the verbs of the books have in common: who asks, when, and how they end."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import commcalc
from commcalc.base.problem import Report
from commcalc.cli import shown
from commcalc.cli.last_step import beyond_interrupts
from commcalc.cli.threads import as_many_as_needed
from commcalc.ledger.problems import EXIT

if TYPE_CHECKING:
    import polars as pl

    from commcalc.api import Project
    from commcalc.closing import Order, Outcome

LONGEST_NAME = 200


def named(by: str) -> str:
    """Take a person's name: one line of text that can be read."""
    name = by.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise typer.BadParameter("name the person, in one line", param_hint="--by")
    return name


def opened(path: Path) -> Project:
    """Open the project; ends the verb where its file cannot be used."""
    project = commcalc.open(path)
    if project.file is None:
        shown.problems(project.report, project.sources, "full")
        raise typer.Exit(shown.status(project.report))
    as_many_as_needed(project)
    return project


def order(project: Project, period: str, by: str) -> Order:
    """Return what is asked for, as of now."""
    made: Order = importlib.import_module("commcalc.closing").Order(
        project, period, named(by), datetime.now(UTC), beyond_interrupts
    )
    return made


def refused(outcome: Outcome, project: Project) -> None:
    """Show what speaks against it and end the verb, where anything does."""
    for note in outcome.notes:
        shown.note(note)
    errors = Report(outcome.report.errors)
    if errors.ok:
        return
    if outcome.differences is not None:
        differences(outcome.differences, outcome.sources)
    ended(errors, project)


def differences(found: pl.DataFrame, sources: tuple[str, ...]) -> None:
    """Show by payee what two runs of a period differ in, and which files changed between them."""
    money = importlib.import_module("commcalc.base.money").minor_units
    rows = [
        (payee, *(shown.money(f, money(currency)) for f in figures), currency) for payee, currency, *figures in found.iter_rows()
    ]
    names = ("earned then", "earned now", "payable then", "payable now")
    if rows:
        shown.table([("payee", "left"), *((n, "right") for n in names), ("", "left")], rows, "Differences")
    else:
        shown.line("nobody earns or is paid otherwise")
    if sources:
        shown.line(f"files: {', '.join(sources)}")


def ended(report: Report, project: Project) -> None:
    """Show what was found and end the verb: 5 where a control refuses, 4 where the ledger is not sound, 3 for the system."""
    shown.problems(report, project.sources, "full")
    raise typer.Exit(max((EXIT.get(p.code, 0) for p in report.errors), default=0) or shown.status(report))
