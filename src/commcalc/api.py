"""The project as Python sees it: open it, validate it, calculate a period, verify the result."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commcalc.advice import advise
from commcalc.advice.silence import silenced
from commcalc.base.problem import Report
from commcalc.base.source import Sources
from commcalc.checks import Facts, check_plans
from commcalc.checks.plan_tests import check_tests
from commcalc.inputs.project import FILE, ProjectFile, calendar_of, column_types, read_project, stated_columns, written_types
from commcalc.plan.load import LoadedPlan, load_plans, plan_files
from commcalc.plan.tests_load import LoadedTests, files_beside, load_tests
from commcalc.plan.tests_problems import NO_SUCH_PLAN

if TYPE_CHECKING:  # the engine brings polars, which `validate` does without
    from commcalc.dry_run import DryRun
    from commcalc.engine.kept import Kept
    from commcalc.engine.result import Result
    from commcalc.inputs.tables import Inputs
    from commcalc.tables.posted import Posted

VERSION = "0.1.0"
Progress = Callable[[str], None]


def _silent(_: str) -> None:
    return


@dataclass(frozen=True, slots=True)
class Run:
    """A calculation: its result (None where it was refused), what was found, and what it was made from."""

    result: Result | None
    report: Report
    manifest: Mapping[str, Any] = field(default_factory=dict)
    inputs: Inputs | None = None
    posted: Posted | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """An opened project: its file and its plans as they bound, with everything found on the way in `report`."""

    root: Path
    file: ProjectFile | None
    plans: tuple[LoadedPlan, ...]
    sources: Sources
    report: Report
    plan_count: int = 0  # plan files, whether they bound or not

    def validate(self) -> Report:
        """Return every problem of the project file and the plans. Never reads a table."""
        report = Report(list(self.report.problems))
        if self.file is not None:
            report.extend(check_plans(self.plans, facts_of(self.file)))
        return report

    def advise(self) -> Report:
        """Return what is to be advised of plans without errors. Never reads a table."""
        return advise(self.plans, facts_of(self.file)) if self.file is not None else Report()

    def without_silenced(self, report: Report, today: date, *, whole: bool = True) -> Report:
        """Return a report without what the project silences; where it is `whole`, entries that silence nothing are told."""
        if self.file is None:
            return report
        return silenced(report, self.file.model.policy.silence, (self.plans, self.file.tree), today, whole=whole)

    def tests(self, files: list[Path] | None = None) -> tuple[LoadedTests, Report]:
        """Read the plan tests beside the plans, or those of `files`, and return them with what is wrong in them."""
        root = self.root if self.file is not None else Path()  # tests that stand alone are named from where one stands
        found, report = load_tests(files_beside(self.root / "plans") if files is None else files, root)
        if self.file is not None and found.tests:
            known = {p.plan.plan: p for p in self.plans}
            problems = check_tests(found.tests, known, self.file.model.currency, calendar_of(self.file))
            unread = len(self.plans) < self.plan_count  # then a test may name a plan that is there but did not bind
            report.extend(p for p in problems if not (unread and p.kind is NO_SUCH_PLAN))
        return found, report

    def check_data(self, *, set_aside: bool = False) -> tuple[Inputs | None, Report]:
        """Read every table as `calculate` would and return them with what is wrong in them."""
        assert self.file is not None, "a project whose file was refused has no data"
        tables = importlib.import_module("commcalc.inputs.tables")
        found: tuple[Inputs | None, Report] = tables.read_inputs(
            self.file, [p.plan.plan for p in self.plans if not p.plan.of_all], set_aside=set_aside
        )
        return found

    def calculate(
        self, period: str | None = None, *, set_aside: bool = False, progress: Progress = _silent, kept: Kept | None = None
    ) -> Run:
        """Calculate a period; without one the last that has credits. Refused where plans or tables have errors.

        `kept` is where lines and slices go, for instance an `exports.run_folder.RunWriter`; without it into memory.
        """
        report = self.validate()
        if self.file is None:
            return Run(None, report)
        progress("reading the tables")
        inputs, found = self.check_data(set_aside=set_aside)
        unread = len(self.plans) < self.plan_count  # then assignments name plans that are there but did not bind
        known = report.errors  # what is wrong with a path was told on opening
        report.extend(p for p in found if p not in known and not (unread and p.code == "D055"))
        if inputs is None or report.errors:
            return Run(None, report, {}, inputs)
        month_end = importlib.import_module("commcalc.month_end")
        run: Run = month_end.calculate_after_closed(self, inputs, report, period, progress, kept)
        return run

    def verify(self, run: Run) -> Report:
        """Calculate once more with the reference interpreter and return every difference."""
        month_end = importlib.import_module("commcalc.month_end")
        found: Report = month_end.verify(self, run)
        return found


def compare(before: Project, after: Project, against: str = "last-quarter", *, progress: Progress = _silent) -> DryRun:
    """Compare two projects over a past span: `commcalc.compare(commcalc.open("."), commcalc.open("proposal"))`."""
    found: DryRun = importlib.import_module("commcalc.dry_run").compare_projects(before, after, against, progress)
    return found


def facts_of(file: ProjectFile) -> Facts:
    """Return what checks want to know of the project: columns with types, readings, currency."""
    types = column_types(file)
    return Facts(
        columns=types["deals"],
        stated=stated_columns(file, "deals"),
        counts=frozenset(c for c, t in written_types(file, "deals").items() if t == "count"),
        payee_columns=types["payees"],
        links=frozenset(c for c, t in written_types(file, "payees").items() if t == "payee"),
        readings=dict(file.model.readings),
        currency=file.model.currency,
        credit_date=file.model.credit_date,
    )


def open_project(path: Path | str = ".") -> Project:
    """Open the project that holds `path`: read its file and plans, without reading any data."""
    start = Path(path)
    file, report = read_project(start)
    if file is None:
        return Project(start, None, (), _texts(start, {}), report)
    loaded, found = load_plans(plan_files(file.root / "plans"), file.root)
    report.extend(found)
    return Project(file.root, file, loaded.plans, _texts(file.root, loaded.texts), report, len(loaded.texts))


def _texts(root: Path, texts: dict[str, str]) -> Sources:
    path = root / FILE
    if path.is_file():
        texts = {**texts, FILE: path.read_text(encoding="utf-8-sig", errors="replace")}
    return Sources(texts)
