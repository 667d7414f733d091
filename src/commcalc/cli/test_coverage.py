"""What `test --coverage` shows: for each plan how much was reached, and what was not, with its place."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from commcalc.cli import shown

if TYPE_CHECKING:
    from commcalc.api import Project
    from commcalc.base.problem import Report
    from commcalc.plan_trial import Outcome
    from commcalc.studies.coverage import Coverage


def watched(opened: Project, run: Callable[[], list[Outcome]], span: str | None) -> tuple[list[Outcome], list[Coverage]]:
    """Run the tests, and the project's deals of a span, and return the outcomes and what was reached of each active plan."""
    study = importlib.import_module("commcalc.studies.coverage")
    with importlib.import_module("commcalc.reference.watch").watching() as watch:
        outcomes = run()
        if span is not None:
            _deals(opened, span)
    tried = [p for o in outcomes for p in o.plans if o.loaded.test.given.params]
    plans = [p for p in opened.plans if p.plan.status != "retired"]
    return outcomes, [study.coverage_of(p, watch, [v for v in tried if v.written is p.written]) for p in plans]


def _deals(opened: Project, span: str) -> None:
    report: Report = importlib.import_module("commcalc.plan_trial").run_deals(opened, span, shown.progress(quiet=False))
    shown.progress_over(quiet=False)
    if report.errors:
        shown.problems(report, opened.sources, "full")
        raise typer.Exit(shown.status(report))


def share(covered: list[Coverage]) -> Decimal:
    """Return how much of all plans was reached, in percent; all of nothing."""
    every = sum(len(c.points) for c in covered)
    return Decimal(100 * (every - sum(len(c.missing) for c in covered))) / every if every else Decimal(100)


def show(covered: list[Coverage]) -> None:
    """Print what was reached of each plan, and below it each thing that was not."""
    for one in covered:
        reached = len(one.points) - len(one.missing)
        shown.line(f"{one.file}: {reached:,} of {len(one.points):,} reached")
        for point in one.missing:
            shown.line(f"  {point.place}: {point.what}: {point.lacks}")
    if len(covered) > 1:
        shown.line(f"reached of all: {share(covered):.1f}%")


def facts_of(one: Coverage) -> dict[str, object]:
    """A plan's coverage for a machine."""
    missing = [{"place": str(p.place), "what": p.what, "lacks": p.lacks} for p in one.missing]
    return {
        "plan": one.plan,
        "file": one.file,
        "points": len(one.points),
        "reached": len(one.points) - len(missing),
        "missing": missing,
    }
