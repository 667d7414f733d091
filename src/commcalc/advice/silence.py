"""Silence: advice that the house has looked at and does not want, each with the reason why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from commcalc.advice.problems import SILENT_FOR_NOTHING
from commcalc.base.problem import Problem, Report
from commcalc.base.source import Span
from commcalc.inputs.model import Silence
from commcalc.language.tree import Tree, walk
from commcalc.plan.load import LoadedPlan

SILENCED = ("advice", "warning")
Around = tuple[Sequence[LoadedPlan], Tree]
"""The plans that a report is of, and the project's file."""


def silenced(report: Report, entries: Sequence[Silence], around: Around, today: date, *, whole: bool) -> Report:
    """Return the report without what the entries silence; an error is never silenced.

    whole: whether all advice is in the report, so that an entry that silences nothing is told.
    """
    plans, file = around
    in_force = [entry for entry in entries if entry.until is None or entry.until >= today]
    used: set[int] = set()
    left: list[Problem] = []
    for problem in report:
        by = next((e for e in in_force if problem.severity in SILENCED and _covers(e, problem, plans)), None)
        if by is None:
            left.append(problem)
        else:
            used.add(id(by))
    for number, entry in enumerate(entries):
        if whole and id(entry) not in used:
            late = f"the silence ended on {entry.until}" if entry not in in_force else "there is none"
            place = file.span_of(("policy", "silence", number, "code"))
            where = f" for {entry.where}" if entry.where is not None else ""
            left.append(SILENT_FOR_NOTHING.at(place, code=entry.code, where=where, late=late))
    return Report(left)


def _covers(entry: Silence, problem: Problem, plans: Sequence[LoadedPlan]) -> bool:
    """Whether an entry is of this code, and of the plan or part of a plan in which the problem stands."""
    if entry.code != problem.code:
        return False
    if entry.where is None:
        return True
    name, _, part = entry.where.partition(".")
    place = problem.place
    return isinstance(place, Span) and any(
        _within(place, plan.tree, path) for plan in plans if plan.plan.plan == name for path in _paths(plan, part)
    )


def _paths(plan: LoadedPlan, part: str) -> list[tuple[str, ...]]:
    if not part:
        return [()]
    return [(section, part) for section in ("components", "measures") if part in getattr(plan.plan, section)]


def _within(place: Span, tree: Tree, path: tuple[str, ...]) -> bool:
    """Whether a place is that of a part of a plan, or of something in it, also of what the part inherits."""
    if path and tree.span_of(path, key=True) == place:
        return True
    node = tree.node_at(path)
    return node is not None and any(_inside(place, inner.span) for _, inner in walk(node))


def _inside(place: Span, span: Span) -> bool:
    first, last = (span.line, span.column), (span.end_line, span.end_column)
    return place.file == span.file and first <= (place.line, place.column) <= last
