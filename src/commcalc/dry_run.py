"""The dry run: a changed plan, a folder of them or a branch of git, tried against a past span before anybody signs it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from commcalc.api import Progress, Project, facts_of, open_project
from commcalc.base.money import minor_units
from commcalc.base.problem import Problem, Report
from commcalc.base.render import render_concise
from commcalc.base.source import Sources, Span
from commcalc.documents.figures import amount
from commcalc.inputs.at_ref import commit_of, written_from
from commcalc.inputs.project import FILE, ProjectFile
from commcalc.inputs.tables import Inputs, read_inputs
from commcalc.language.names import nearest
from commcalc.month_end import house_of
from commcalc.plan.load import LoadedPlan, heirs_of, load_plans, plan_files
from commcalc.plans_and_tables import hidden_columns
from commcalc.studies.compare import Compared, compare_sides
from commcalc.studies.harm import FROM, Announced, Guarded, guarded
from commcalc.studies.problems import HARMED, LATER_BEGIN, MIDDLE, NO_BASE, NOBODY, NOTHING_TO_TRY, OTHER_HOUSE
from commcalc.studies.span import periods_of
from commcalc.studies.steps import Steps
from commcalc.studies.trial import Side


@dataclass(frozen=True, slots=True)
class DryRun:
    """A change that was tried: what it moves (None where a side was refused), what the guard says, and what was found.

    base_refused: whether it is the side before that could not be calculated.
    """

    compared: Compared | None
    guard: Guarded | None
    report: Report
    sources: Sources
    base_refused: bool = False


@contextmanager
def changed_project(project: Project, changed: str) -> Iterator[tuple[Project | None, Report]]:
    """Yield the project with the change: a plan file or a folder of plans in the place of those of the same name, a project, or a ref."""
    path = Path(changed)
    if path.is_dir() and not (path / FILE).is_file():
        yield _with_plans(project, plan_files(path), path)
    elif path.is_dir() or path.name == FILE:
        found = open_project(path)
        yield found, found.report
    elif path.is_file():
        yield _with_plans(project, [path], path.parent)
    elif (commit := commit_of(project.root, changed)) is not None:
        with _at_commit(project, changed, commit) as (found, report):
            yield found, report
    else:
        yield None, Report([NOTHING_TO_TRY.at(None, changed=changed)])


@contextmanager
def base_project(project: Project, ref: str) -> Iterator[tuple[Project | None, Report]]:
    """Yield the project as git has it at a ref: what a change is set against; None where it cannot be calculated there."""
    if (commit := commit_of(project.root, ref)) is None:
        yield None, Report([NO_BASE.at(None, ref=ref, why="git knows no such ref here")])
        return
    with _at_commit(project, ref, commit) as (found, report):
        report = found.validate() if report.ok else report
        yield (found, report) if report.ok else (None, no_base(ref, report))


def no_base(ref: str, report: Report) -> Report:
    """Return the problem that there is nothing to set a change against, with the first of what is wrong there."""
    first, *others = report.sorted()
    return Report([NO_BASE.at(None, ref=ref, why=render_concise(first) + (f"; and {len(others)} more" if others else ""))])


@contextmanager
def _at_commit(project: Project, ref: str, commit: str) -> Iterator[tuple[Project, Report]]:
    with tempfile.TemporaryDirectory(prefix="commcalc-") as folder:
        root = Path(folder).resolve()
        report = written_from(project.root, ref, commit, root)
        found = open_project(root) if report.ok else project
        yield found, report if not report.ok else found.report


def _with_plans(project: Project, files: list[Path], folder: Path) -> tuple[Project | None, Report]:
    """Return the project with these plans in the place of those that have their names; what extends them follows."""
    inside = folder.resolve().is_relative_to(project.root)
    loaded, report = load_plans([f.resolve() for f in files], project.root if inside else folder.resolve(), project.plans)
    heirs, found = heirs_of(loaded, project.plans)
    report.extend(found)
    if report.errors:
        return replace(project, sources=Sources({**project.sources.texts, **loaded.texts}), report=report), report
    tried = tuple(_active(p) for p in loaded.plans)
    names = {p.plan.plan for p in (*tried, *heirs)}
    plans = (*(p for p in project.plans if p.plan.plan not in names), *tried, *heirs)
    sources = Sources({**project.sources.texts, **loaded.texts})
    return replace(project, plans=plans, sources=sources, plan_count=len(plans)), report


def _active(loaded: LoadedPlan) -> LoadedPlan:
    """A draft is tried as if it were in force: that is what a dry run is for."""
    plan = loaded.plan
    return loaded if plan.status == "retired" else replace(loaded, plan=plan.model_copy(update={"status": "active"}))


def compare_projects(before: Project, after: Project, against: str, progress: Progress) -> DryRun:
    """Compare two projects over a span; each problem is told with the texts of the side that has it."""
    for side in (before, after):
        report = side.validate()
        if side.file is None or report.errors:
            return DryRun(None, None, report, side.sources, side is before)
    report = Report(list(_unlike(before, after)))
    if report.errors:
        return DryRun(None, None, report, after.sources)
    progress("reading the tables")
    names = sorted({p.plan.plan for side in (before, after) for p in side.plans if not p.plan.of_all})
    one, report = _read(before, names)
    two, found = (one, Report()) if before.file is after.file else _read(after, names)
    report.extend(found)
    if one is None or two is None or report.errors:
        return DryRun(None, None, report, before.sources if one is None else after.sources, one is None)
    assert before.file is not None
    periods, found = periods_of(against, one.calendar, one.tables["deals"][before.file.model.credit_date].drop_nulls())
    report.extend(found)
    sides = _side(before, one, report), _side(after, two, report, active={p.plan.plan for p in before.plans if _in_force(p)})
    if not periods or report.errors:
        return DryRun(None, None, report, after.sources)
    compared, found = compare_sides(*sides, periods, progress)
    report = Report([p for p in report if p.severity != "exception"])
    report.extend(p for p in found if p.severity != "exception")
    if compared is None:
        middle = any(p.kind is MIDDLE for p in report)
        return DryRun(None, None, report, (before if middle else after).sources)
    guard = guarded(compared)
    _told(compared, guard, two, report)
    return DryRun(compared, guard, report, after.sources)


def _read(project: Project, plans: list[str]) -> tuple[Inputs | None, Report]:
    assert project.file is not None
    return read_inputs(project.file, plans)


def _in_force(loaded: LoadedPlan) -> bool:
    return loaded.plan.status == "active"


def _side(project: Project, inputs: Inputs, report: Report, active: set[str] | None = None) -> Side:
    """Return a side; a plan that was in force before is tried as a draft too, a retired one is taken away."""
    assert project.file is not None
    known = active or set()
    plans = [_active(p) if p.plan.plan in known else p for p in project.plans]
    chosen = tuple(sorted((p for p in plans if _in_force(p)), key=lambda p: p.plan.plan))
    hidden_columns(chosen, inputs, report)
    return Side(chosen, house_of(project), inputs, facts_of(project.file))


def _unlike(before: Project, after: Project) -> Iterator[Problem]:
    """What must be the same on both sides: currency and calendar."""
    one, two = _file(before), _file(after)
    if one.model.currency != two.model.currency:
        place = two.tree.span_of(("currency",))
        yield OTHER_HOUSE.at(place, what="the currency", before=one.model.currency, after=two.model.currency)
    if one.model.calendar != two.model.calendar:
        place = two.tree.span_of(("calendar",))
        yield OTHER_HOUSE.at(place, what="the calendar", before=_said(one, "calendar"), after=_said(two, "calendar"))


def _file(project: Project) -> ProjectFile:
    assert project.file is not None
    return project.file


def _said(file: ProjectFile, key: str) -> str:
    return str(file.tree.data().get(key, "months"))


def _told(compared: Compared, guard: Guarded, inputs: Inputs, report: Report) -> None:
    """Tell what a reader of the figures must know, and what the guard refuses."""
    steps = compared.steps
    for name, changed in steps.changed.items():
        if changed.begins_later:
            place = changed.after.tree.span_of(("effective",))
            held = changed.before.plan.effective.first or "the start"
            report.add(LATER_BEGIN.at(place, plan=name, first=changed.after.plan.effective.first, held=held))
    assigned = set(inputs.tables["assignments"]["plan"].drop_nulls().to_list())
    for loaded in steps.after.plans:
        if loaded.plan.plan in steps.added and loaded.plan.plan not in assigned and not loaded.plan.of_all:
            near = nearest(loaded.plan.plan, assigned)
            place = loaded.tree.span_of(("plan",))
            report.add(NOBODY.at(place, plan=loaded.plan.plan, near=f" (`{near}`?)" if near else ""))
    places = minor_units(compared.comparison.currency)
    for one in guard.announced:
        harms = [h for h in guard.harms if h.plan == one.plan]
        if not harms:
            continue
        worst = min(harms, key=lambda h: (h.difference, h.payee, h.deal))
        figures = (amount(f, places) for f in (worst.before, worst.after))
        named = f"{worst.deal or worst.component} of {worst.payee}, {' -> '.join(figures)}"
        count = f"{len(harms):,} deal{'' if len(harms) == 1 else 's'}" + (" or windows" if any(not h.deal for h in harms) else "")
        lost = amount(-sum((h.difference for h in harms), Decimal(0)), places)
        facts = {"count": count, "day": one.day or "any announcement", "lost": lost, "worst": named}
        report.add(HARMED.at(_announced_at(steps, one), plan=one.plan, currency=compared.comparison.currency, **facts))


def _announced_at(steps: Steps, one: Announced) -> Span | None:
    changed = steps.changed.get(one.plan)
    if changed is None:
        return None
    return changed.after.tree.span_of(("announce", "from") if one.said == FROM else ("effective",))
