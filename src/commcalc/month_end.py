"""Month end: a project's tables through the engine, with a manifest of all that went in, and the second opinion."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from commcalc.api import VERSION, Progress, Run, facts_of
from commcalc.base.calendar import Calendar, Period
from commcalc.base.problem import Kind, Report
from commcalc.base.source import Cell
from commcalc.engine.book import House
from commcalc.engine.kept import Kept
from commcalc.engine.result import Identity, Result
from commcalc.engine.run import run as run_engine
from commcalc.inputs.deals import FAR
from commcalc.inputs.field_problems import FAR_AHEAD
from commcalc.inputs.project import written_types
from commcalc.inputs.tables import Inputs
from commcalc.language.names import nearest
from commcalc.language.tree import plain
from commcalc.plans_and_tables import check_together
from commcalc.tables.posted import KEPT, Posted

if TYPE_CHECKING:
    from commcalc.api import Project
    from commcalc.studies.why_not import Answer

NO_PERIOD = Kind(
    "K001",
    "Not a period",
    "`{period}` is not a period of the calendar{near}",
    "write {example}",
    """A period is named as the calendar names it; a quarter or year means its last period.

Fails: --period january
Works: --period 2026-01""",
)
NO_CREDITS = Kind(
    "K002",
    "Nothing to calculate",
    "no deal has a credit date, so there is no period to calculate",
    "name a period: --period 2026-01",
    """Without --period the last period that has credits is calculated.

Fails: a file without deals
Works: --period 2026-01""",
)
NOT_IN_FORCE = Kind(
    "K003",
    "Assigned to a plan that is not in force",
    "`{plan}` is {status}, so whoever is assigned to it is paid nothing by it",
    "{mend}",
    """Only active plans are calculated. A draft or approved plan is tried with `commcalc dry-run`, and a retired one has had its time.

Fails: an assignment to ae-commercial in the month, and status: draft in the plan
Works: status: active""",
    "warning",
)
IN_LIFE = {
    "draft": ("a draft", "say `status: active` in the plan once it is agreed; try it with `commcalc dry-run`"),
    "approved": ("approved and not yet active", "say `status: active` in the plan from when it pays"),
    "retired": ("retired", "end the assignments, or assign these payees to a plan in force"),
}
NOT_CLOSED = Kind(
    "K005",
    "Closed periods that do not count yet",
    "the periods between {last} and {period} are not closed, so what was paid before {period} is worked out anew",
    "close the periods in their order, then calculate {period} again",
    """What closed periods paid stands, and a later period pays what has become due since. That takes all periods before it to
be closed. Where one is open, every payment before is worked out as all facts known now would have it.

Fails: --period 2026-04 where 2026-02 is the last that is closed
Works: --period 2026-03""",
    "warning",
)
KINDS: tuple[Kind, ...] = (NO_PERIOD, NO_CREDITS, NOT_IN_FORCE, NOT_CLOSED)


def calculate(
    project: Project,
    inputs: Inputs,
    report: Report,
    period: str | None,
    progress: Progress,
    kept: Kept | None = None,
    posted: Posted | None = None,
) -> Run:
    """Calculate a period from tables that were read and checked.

    `kept` is where its lines and slices go, `posted` what closed periods have paid.
    """
    assert project.file is not None
    chosen = _period(inputs, project.file.model.credit_date, period, report)
    if chosen is None:
        return Run(None, report, {}, inputs)
    _far_ahead(inputs, project.file.model.credit_date, chosen, report)
    plans = tuple(p for p in project.plans if p.plan.status == "active")
    _not_in_force(project, inputs, chosen, report)
    check_together(project.file, project.plans, inputs, report)
    if report.errors:
        return Run(None, report, {}, inputs)
    result = run_engine(
        plans, house_of(project), inputs.calendar, _tables(inputs), chosen, inputs.exceptions, progress, kept, posted
    )
    report.extend(result.report)
    if result.report.errors:
        return Run(None, report, {}, inputs)
    return Run(_with_mapping(result, inputs), report, _manifest(project, inputs, chosen), inputs, posted)


def calculate_after_closed(
    project: Project, inputs: Inputs, report: Report, period: str | None, progress: Progress, kept: Kept | None = None
) -> Run:
    """Calculate a period after what the project's ledger says was paid, where it has one that is sound."""
    assert project.file is not None
    said = project.file.model.ledger
    if said is None:
        return calculate(project, inputs, report, period, progress, kept)
    progress("reading the ledger")
    ledger = importlib.import_module("commcalc.ledger.posted")  # read only where there is one
    books, problems = ledger.sound(project.root / said.file, project.root / "out", tuple(KEPT))
    report.extend(problems)
    if books is None:
        return Run(None, report, {}, inputs)
    return calculate_after(project, inputs, report, period, books, progress, kept)


def calculate_after(
    project: Project,
    inputs: Inputs,
    report: Report,
    period: str | None,
    books: Any,
    progress: Progress,
    kept: Kept | None = None,
) -> Run:
    """Calculate a period after what books (ledger.read.Books, with the tables of tables.posted.KEPT) say was paid."""
    posted: Posted | None = importlib.import_module("commcalc.ledger.posted").posted_of(books)
    run = calculate(project, inputs, report, period, progress, kept, posted)
    if run.result is None or run.posted is None:
        return run
    found = inputs.calendar.period_named(run.result.period)
    assert found is not None
    before = run.posted.before(found.first)
    if before is not None and before.periods[-1][1] != found.first - timedelta(days=1):
        last = inputs.calendar.period_of(before.periods[-1][1])
        report.add(NOT_CLOSED.at(None, period=found.name, last=last.name if last is not None else before.periods[-1][1]))
    entries = [e for e in books.closed if e.last < found.first.isoformat()]
    return replace(run, manifest={**run.manifest, "ledger": entries[-1].hash}) if entries else run


def _not_in_force(project: Project, inputs: Inputs, period: Period, report: Report) -> None:
    """An assignment of the period to a plan that is not calculated is told as what it is: somebody may wait for that pay."""
    rows = inputs.tables["assignments"]
    held = pl.lit(value=True)
    for column, compared in (("from", pl.col("from") <= period.last), ("to", pl.col("to") >= period.first)):
        held &= compared.fill_null(value=True) if column in rows.columns else True
    for plan in (p.plan for p in project.plans if p.plan.status != "active" and not p.plan.of_all):
        cells = [
            Cell(f, n, "plan") for f, n in rows.filter(held & (pl.col("plan") == plan.plan)).select("file", "row").iter_rows()
        ]
        if cells:
            status, mend = IN_LIFE[plan.status]
            found = NOT_IN_FORCE.at(cells[0], plan=plan.plan, status=status, mend=mend)
            report.add(found.times(len(cells), cells[1:6]))


def _far_ahead(inputs: Inputs, credit_date: str, period: Period, report: Report) -> None:
    """A deal dated after the period waits for its own; one more than a year ahead is told, for its year may be a slip."""
    year = period.last + timedelta(days=366)
    far = inputs.tables["deals"].filter(pl.col(credit_date).is_between(year, FAR, closed="left"))
    if len(far):
        cells = [Cell(f, n, credit_date) for f, n in far.select("file", "row").head(6).iter_rows()]
        report.add(FAR_AHEAD.at(cells[0], text=far[credit_date][0], period=period.name).times(len(far), cells[1:]))


def _with_mapping(result: Result, inputs: Inputs) -> Result:
    """Count the deal rows that the mapping's `where` left out among the rows in and the rows left out."""
    read = inputs.counts.get("deals", {}).get("read", result.counts["rows"])
    left = inputs.counts.get("deals", {}).get("left out", 0)
    counts = {**result.counts, "rows": read, "left out": result.counts.get("left out", 0) + left, "left out by the mapping": left}
    kept = Identity(
        "deal rows read = rows calculated + left out by the mapping", Decimal(read), Decimal(result.counts["rows"] + left)
    )
    return replace(result, counts=counts, identities=(kept, *result.identities))


def verify(project: Project, run: Run) -> Report:
    """Return every difference between the engine's result and the reference interpreter's."""
    assert run.result is not None and run.inputs is not None
    plans = tuple(p.plan for p in project.plans if p.plan.status == "active")
    verified = importlib.import_module("commcalc.studies.verify").verified  # the second opinion is read only when asked for
    found: Report = verified(run.result, plans, house_of(project), run.inputs.calendar, _tables(run.inputs), run.posted)
    return found


def why_not(project: Project, run: Run, deal: str, payee: str) -> list[Answer]:
    """Return why a deal does not pay a payee in the run's period; nothing where no file has such a deal."""
    assert run.result is not None and run.inputs is not None and project.file is not None
    period = run.inputs.calendar.period_named(run.result.period)
    assert period is not None
    plans = tuple(p for p in project.plans if p.plan.status == "active")
    study = importlib.import_module("commcalc.studies.why_not")  # read only when asked for
    mapping = importlib.import_module("commcalc.studies.why_not_mapping")
    refusals = mapping.refused_by_mapping(project.file, [p.plan.plan for p in project.plans], run.inputs, deal)
    tables, house = _tables(run.inputs), house_of(project)
    world = study.World(plans, house, run.inputs.calendar, tables, period, run.inputs.exceptions, refusals)
    found: list[Answer] = study.why_not(world, deal, payee)
    return found


def house_of(project: Project) -> House:
    """Return what the project says for all plans."""
    assert project.file is not None
    types = written_types(project.file, "deals")
    counts = frozenset(c for c, t in types.items() if t == "count")
    model = project.file.model
    keys = model.tables["territories"].key if "territories" in model.tables else ()
    return House(
        dict(model.readings),
        model.currency,
        model.credit_date,
        counts,
        model.crediting,
        tuple(keys),
        facts_of(project.file),
        model.fx,
    )


def _tables(inputs: Inputs) -> dict[str, pl.DataFrame]:
    return dict(inputs.tables)


def _period(inputs: Inputs, credit_date: str, name: str | None, report: Report) -> Period | None:
    calendar: Calendar = inputs.calendar
    if name is None:
        last = inputs.tables["deals"][credit_date].max()
        if last is None:
            report.add(NO_CREDITS.at(None))
            return None
        return calendar.period_of(last)  # type: ignore[arg-type]
    found = calendar.period_named(name)
    if found is None:
        near = nearest(name, [p.name for p in calendar.periods])
        report.add(
            NO_PERIOD.at(None, period=name, near=f"; did you mean `{near}`?" if near else "", example="2026-01, 2026-Q1 or 2026")
        )
    return found


def _manifest(project: Project, inputs: Inputs, period: Period) -> dict[str, Any]:
    """What the run was made from: versions, digests, counts. No time, host or path of this machine."""
    said = {key: project.file.tree.node_at((key,)) for key in ("crediting", "fx")} if project.file else {}
    return {
        "commcalc": VERSION,
        "polars": pl.__version__,
        "period": period.name,
        "inputs": dict(inputs.digests),
        "plans": {file: digest for p in project.plans for file, digest in p.digests.items()},
        "readings": dict(project.file.model.readings) if project.file else {},
        **{key: plain(node) for key, node in said.items() if node is not None},
        "tables": {n: dict(c) for n, c in sorted(inputs.counts.items())},
        "notes": list(inputs.notes),
    }
