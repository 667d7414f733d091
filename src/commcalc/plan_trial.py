"""Plan tests run: each test's tables through the same calculation as a month's, then compared with what it expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import polars as pl

from commcalc.api import Project, Run, facts_of
from commcalc.base.calendar import Calendar
from commcalc.base.problem import Problem, Report
from commcalc.base.source import Sources
from commcalc.checks import check_plans
from commcalc.checks.plan_tests import check_test, expects_refusal, periods_named
from commcalc.inputs.tables import calendar_read
from commcalc.language.expression.problems import UNKNOWN
from commcalc.month_end import calculate, verify
from commcalc.plan.load import LoadedPlan
from commcalc.plan.tests_load import LoadedTest
from commcalc.plan.tests_model import Expected
from commcalc.plan.tests_problems import UNKNOWN_COLUMN
from commcalc.studies.compare_expected import At, Difference, Seen, differences
from commcalc.studies.plan_test_rows import expected_periods
from commcalc.studies.plan_tests import Setting, neutral_house, set_up
from commcalc.studies.problems import OTHER_REFUSAL
from commcalc.studies.span import periods_of
from commcalc.tables.posted import KEPT, Posted, posted


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a test: what differs, or what kept it from being calculated; neither where it passed. plans: those it was of."""

    loaded: LoadedTest
    differences: tuple[Difference, ...] = ()
    problems: Report = field(default_factory=Report)
    unlike: Report = field(default_factory=Report)  # where engine and reference disagree
    plans: tuple[LoadedPlan, ...] = ()

    @property
    def passed(self) -> bool:
        """True where everything came out as expected."""
        return not self.differences and not self.problems.errors and not self.unlike.errors


def run_tests(project: Project | None, tests: Sequence[LoadedTest], *, with_reference: bool = False) -> Iterator[Outcome]:
    """Run the tests one after another. project: whose plans and house they speak of; None where they stand alone."""
    house = project.file if project is not None and project.file is not None else neutral_house()
    calendar, problems = calendar_read(house)
    if calendar is None:
        yield from (Outcome(loaded, problems=problems) for loaded in tests)
        return
    known = {p.plan.plan: p for p in project.plans} if project is not None else {}
    for loaded in tests:
        wrong = Report(list(periods_named(loaded, calendar)) if loaded.test.given.calendar is None else [])
        if wrong.errors:
            yield Outcome(loaded, problems=wrong)
            continue
        known_on = partial(set_up, loaded, house, calendar, known)
        yield _outcome(loaded, known_on, calendar, with_reference=with_reference)


def run_deals(project: Project, span: str, progress: Callable[[str], None]) -> Report:
    """Calculate the pay periods of a span from the project's own tables, by engine and reference; return what kept it or differs."""
    assert project.file is not None, "a project whose file was refused has no deals"
    progress("reading the tables")
    inputs, report = project.check_data()
    if inputs is None or report.errors:
        return report
    days = inputs.tables["deals"][project.file.model.credit_date].drop_nulls()
    periods, found = periods_of(span, inputs.calendar, days)
    for period in periods:
        progress(f"calculating {period.name}")
        run = calculate(project, inputs, Report(), period.name, lambda _: None)
        if run.result is None:
            return run.report
        progress(f"calculating {period.name} once more, by the reference")
        found.extend(verify(project, run))
    return Report(found.errors)


def _outcome(
    loaded: LoadedTest, known_on: Callable[[date | None], Setting], calendar: Calendar, *, with_reference: bool
) -> Outcome:
    """Calculate each period that is closed or expected, in order, and compare; what is closed is posted."""
    setting = known_on(None)
    report = Report(list(setting.report))
    report.extend(check_plans(setting.plans, facts_of(setting.file)))
    refusal = expects_refusal(loaded)
    report.extend(check_test(loaded, setting.plans, whole=not setting.report.errors))
    if report.errors and not refusal:
        return Outcome(loaded, problems=_without_echoes(report))
    project = Project(setting.file.root, setting.file, setting.plans, Sources({}), report, len(setting.plans))
    components = [c for p in setting.plans for c in p.plan.components]
    components += [f"{p.plan.plan}.{c}" for p in setting.plans for c in p.plan.components]
    found: list[Difference] = []
    unlike = Report()
    own = setting.inputs.calendar if setting.inputs is not None else calendar
    closed = {own.period_named(n) for n in loaded.test.given.closed}
    runs: list[tuple[date, date, Mapping[str, pl.DataFrame]]] = []
    for period in expected_periods(loaded, own):
        known = known_on(period.last) if setting.learns else setting
        before = posted(runs)
        run = _calculated(project, known, known.report if known.report.errors else report, period.name, before)
        if period in closed and run.result is not None:
            runs.append((period.first, period.last, {name: getattr(run.result, name) for name in KEPT}))
        expected = [(p, w, n, e) for p, w, n, e in loaded.test.expected() if own.period_named(n) == period]
        if run.result is None and not any(e.refused for *_, e in expected):
            return Outcome(loaded, problems=run.report)
        if run.result is not None and with_reference:
            unlike.extend(verify(project, run))
        for path, payee, name, what in expected:
            at = At(loaded, path, payee, name)
            if what.refused:
                found += _refused(at, what, run)
            elif run.result is not None:
                found += differences(at, what, Seen.of(run.result, payee, setting.plans), components)
    return Outcome(loaded, tuple(found), unlike=unlike, plans=setting.plans)


def _without_echoes(report: Report) -> Report:
    """A column whose type is not stated is told where it is given; that rules do not know it either then goes without saying."""
    told = {p.facts["name"] for p in report if p.kind is UNKNOWN_COLUMN}
    return Report([p for p in report if p.kind is not UNKNOWN or p.facts["name"] not in told])


def _calculated(project: Project, setting: Setting, report: Report, period: str, before: Posted | None) -> Run:
    if report.errors or setting.inputs is None:
        return Run(None, report)
    return calculate(project, setting.inputs, Report(), period, lambda _: None, posted=before)


def _refused(at: At, what: Expected, run: Run) -> Iterator[Difference]:
    """The project is refused, and for the reason that the test names."""
    place = at.loaded.tree.span_of((*at.path, "refused"))
    expected = f"a refusal for {what.refused}"
    if run.result is not None:
        yield Difference(OTHER_REFUSAL.at(place, found=f"{at.period} was calculated", expected=expected))
    elif what.refused not in (codes := sorted({p.code for p in run.report.errors})):
        how = tuple(_said(p) for p in run.report.errors)
        yield Difference(OTHER_REFUSAL.at(place, found=f"it is refused for {', '.join(codes)}", expected=expected), how)


def _said(problem: Problem) -> str:
    where = f"{problem.place}: " if problem.place is not None else ""
    return f"{where}{problem.code}: {problem.message}"
