"""A part of a run: some payees with all their deals, credited, measured, earned and settled by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl

from commcalc.base.problem import Problem
from commcalc.checks.pay_types import pays_amount
from commcalc.engine.account import Account, account_of
from commcalc.engine.book import Book
from commcalc.engine.clawback import clawed, without_dead
from commcalc.engine.comparing import Compared, Free, free_of, marked, since_closed, since_worked_out
from commcalc.engine.currency import RATE_DAY
from commcalc.engine.earnings import Blank, Job
from commcalc.engine.history import EARLIER, looks_back, released_by_day, span_of
from commcalc.engine.lines_out import Naming, credit_rows, line_rows, slice_rows
from commcalc.engine.measure import Measured, measure
from commcalc.engine.plan_currency import credited_rates, in_plan_currency
from commcalc.engine.posted import closed_before
from commcalc.engine.reading import Readings
from commcalc.engine.release import forfeited
from commcalc.engine.relief import relieves, with_relief, without_relieved
from commcalc.engine.rules import Rules, deal_rules
from commcalc.engine.settle import Settled, difference, renumbered, settled
from commcalc.engine.sharing import Streams, apart, shared_out, streams_of, with_floors
from commcalc.engine.stability import stable
from commcalc.engine.tables_out import exception_rows, measure_rows
from commcalc.engine.teller import teller
from commcalc.engine.too_long import too_long
from commcalc.plan.components.spiff import Spiff
from commcalc.plan.load import LoadedPlan
from commcalc.plan.model import Plan
from commcalc.plan.readings import as_prorated, reading
from commcalc.plan.whose import RoleCredit, of_others
from commcalc.tables.digits import TooLong, overflowing
from commcalc.tables.exact import D
from commcalc.tables.rows import only, runs_of


@dataclass(frozen=True, slots=True)
class Paid:
    """What one component of one plan pays to the payees of a part.

    ids: sixty bits of each line's id; earned: `~p earned accrued held` of the lines; released: `~p amount`;
    taken: of it, `~p amount`, what was taken back; held: `~p opening closing`, what is earned and not released; earlier: `~p ~k amount`, what was released in each paying span before,
    where payments look back.
    """

    ids: pl.Series
    earned: pl.DataFrame
    released: pl.DataFrame
    taken: pl.DataFrame
    held: pl.DataFrame
    earlier: pl.DataFrame
    blanks: list[tuple[Job, Blank]]
    accrued: bool
    credited: pl.Series  # numbers of the deals that it takes in without a measure


@dataclass(frozen=True, slots=True)
class PartResult:
    """All that a part gives. lines, slices: as in tables.results, one table for each component; amount: what the lines add up to.

    paid: by plan and component; credits and measures: by plan; rates: DEAL_RATES of what they credit.
    """

    lines: Sequence[pl.DataFrame]
    slices: Sequence[pl.DataFrame]
    amount: Decimal
    paid: Mapping[tuple[str, str], Paid]
    credits: Mapping[str, pl.DataFrame]
    measures: Mapping[str, pl.DataFrame]
    rates: Sequence[pl.DataFrame]
    account: Account
    exceptions: pl.DataFrame


def calculated(book: Book, naming: Naming) -> PartResult | list[Problem]:
    """Calculate every plan for the payees of a part; where a figure is too long to be exact, return what is wrong."""
    problems: list[Problem] = []
    measured: dict[str, Mapping[str, Measured]] = {}
    jobs: dict[str, list[Job]] = {}
    paid: dict[tuple[str, str], Paid] = {}
    tables: list[tuple[pl.DataFrame, pl.DataFrame]] = []
    rates: list[pl.DataFrame] = []
    streams: dict[tuple[str, str, str], Streams | None] = {}
    for loaded in book.plans:
        name = loaded.plan.plan
        rules = rules_of(book, loaded)
        measured[name] = {}
        jobs[name] = []
        known = len(problems)
        with _exactly(book, loaded, "measures", problems):
            own = in_plan_currency(book, loaded.plan)
            base = _measures(own, loaded, rules)
            measured[name] = _as_of(own, loaded.plan, rules, base)(book.now)
        if len(problems) > known:
            continue
        common = Readings(own, loaded.plan, rules, measured[name])
        by_name: dict[str, Job] = {}
        tell = teller(by_name)
        for component, said in loaded.plan.components.items():
            plan = as_prorated(loaded.plan, said)
            readings = common if plan is loaded.plan else Readings(own, plan, rules, measured[name])
            amount = pays_amount(plan, component, book.house.facts)
            on_day = _readings_on(own, plan, rules, base)
            by_name[component] = Job(own, plan, component, said, rules, readings, amount, on_day, tell)
        jobs[name] = list(by_name.values())
        for job in jobs[name]:
            with _exactly(book, loaded, job.name, problems):
                paid[name, job.name], *rows = _component(naming, job, *_as_streams(job, loaded, streams))
                tables.append((rows[0], rows[1]))
        rates += credited_rates(own, loaded.plan, _credited(measured[name], paid, jobs[name]))
    if problems:
        return problems
    undecided = [(plan, m) for plan, by_name in measured.items() for m in by_name.values() if m.open]
    unmeasured = [p.credited for p in paid.values()]
    account = account_of(book, measured, unmeasured, [m.without_credit["~row"] for _, m in undecided])
    blanks = [b for p in paid.values() for b in p.blanks]
    stands: dict[str, pl.DataFrame] = {}
    for loaded in book.plans:
        if js := jobs[loaded.plan.plan]:
            with _exactly(book, loaded, "measures", problems):
                stands[loaded.plan.plan] = measure_rows(book, js)
    return problems or PartResult(
        [lines for lines, _ in tables],
        [slices for _, slices in tables],
        sum((Decimal(lines["amount"].sum()) for lines, _ in tables), Decimal(0)),
        paid,
        {plan: credit_rows(book, naming.labels, by_name, plan) for plan, by_name in measured.items()},
        stands,
        rates,
        account,
        exception_rows(book, account.exceptions, blanks, undecided),
    )


def _credited(measured: Mapping[str, Measured], paid: Mapping[tuple[str, str], Paid], jobs: Sequence[Job]) -> list[pl.Series]:
    """Return the numbers of the deals that a plan credits, in measures or without one."""
    by_measure = [m.rows["~row"] for m in measured.values() if "~row" in m.rows.columns]
    return by_measure + [paid[key].credited for j in jobs if (key := (j.plan.plan, j.name)) in paid]


@contextmanager
def _exactly(book: Book, loaded: LoadedPlan, name: str, problems: list[Problem]) -> Iterator[None]:
    """Take in, as a problem at the deal or payee, that a figure of a component or of the measures is too long."""
    try:
        with overflowing("a product"):
            yield
    except TooLong as found:
        problems.append(too_long(book, loaded, name, found))


def rules_of(book: Book, loaded: LoadedPlan) -> Rules:
    """Return how a plan's rules are read in this run."""
    mode = book.house.readings.get("rounding", "half-up")
    overrides = frozenset(loaded.plan.params) & frozenset(book.people.assignments.columns)
    return Rules(loaded.plan, mode, None, overrides)


def _measures(book: Book, loaded: LoadedPlan, rules: Rules) -> dict[str, Measured]:
    """Every measure of a plan that counts credits; KPIs and formulas are read, not counted."""
    plan = loaded.plan
    needed: dict[str, frozenset[str]] = {}
    for component in plan.components.values():
        on = getattr(component, "on", None)
        if on is None:
            continue
        needed[on] = needed.get(on, frozenset({"amount"})) | rules.on(on).reads(*deal_rules(component)).columns
    return {
        name: measure(book, plan, name, rules.on(name), _inner(rules, needed.get(name, frozenset())))
        for name, said in plan.measures.items()
        if said.aggregate not in ("kpi", "formula")
    }


def _inner(rules: Rules, columns: frozenset[str]) -> frozenset[str]:
    """Add the deal columns that the plan's own columns are made of."""
    found = columns
    for name in columns & rules.plan.columns.keys():
        found = found | rules.reads(rules.plan.columns[name]).columns
    return found


def _as_streams(job: Job, loaded: LoadedPlan, known: dict[tuple[str, str, str], Streams | None]) -> tuple[Job, Streams | None]:
    """Under `split: pay` a component is calculated on streams of deals with the same shares (docs/semantics.md 9)."""
    credit = job.measured.measure.credit if job.measured is not None else "own"
    paid = (reading("split", job.component, job.book.house.readings) or "credit") == "pay"
    if not paid or job.component.per_payee or of_others(credit):
        return job, None
    role = credit.role if isinstance(credit, RoleCredit) else "owner"
    date = (job.measured.measure.date if job.measured is not None else None) or job.book.house.credit_date
    own = job.plan.plan if RATE_DAY in job.book.deals.columns else ""  # each plan has its own rates
    if (key := (own, role, date)) not in known:
        known[key] = streams_of(job.book, role, date)
    streams = known[key]
    if streams is None:
        return job, None
    base = _measures(streams.book, loaded, job.rules)
    now = _as_of(streams.book, job.plan, job.rules, base)(streams.book.now)
    readings = Readings(streams.book, job.plan, job.rules, now)
    on_day = _readings_on(streams.book, job.plan, job.rules, base)
    return replace(job, book=streams.book, readings=readings, readings_on=on_day), streams


def _as_of(book: Book, plan: Plan, rules: Rules, base: Mapping[str, Measured]) -> Callable[[date], Mapping[str, Measured]]:
    """Return what gives a plan's measures as of a day: without what was taken back by then, where they are relieved of it."""
    if not relieves(plan):
        return lambda _: base
    dated = with_relief(book, plan, rules, base)
    return cache(lambda day: without_relieved(book, plan, rules, dated, day))


def _readings_on(book: Book, plan: Plan, rules: Rules, base: Mapping[str, Measured]) -> Callable[[date], Readings] | None:
    if not relieves(plan):
        return None
    as_of = _as_of(book, plan, rules, base)
    return cache(lambda day: Readings(book, plan, rules, as_of(day)))


def _component(naming: Naming, plain: Job, job: Job, streams: Streams | None) -> tuple[Paid, pl.DataFrame, pl.DataFrame]:
    """Calculate a component now and as of the span before, and take the difference (semantics 8). Returned with lines and slices.

    `job` is `plain`, or under `split: pay` the same on streams.
    """
    first, last = span_of(job.book, job.plan)
    now, accrued = job.book.now, last > job.book.now
    blanks: list[Blank] = []

    def changed(figures: Settled, day: date) -> Settled:
        if streams is not None:
            figures = renumbered(with_floors(plain, shared_out(job, figures, streams), day))
        return forfeited(plain, clawed(plain, figures, day), day)

    free = Free()
    closed = closed_before(job.book, first)
    back = closed is None and looks_back(job.book, job.plan) and not accrued
    if closed is None and stable(job, first):
        # nothing earlier can have changed: calculated once, and only what is credited since is paid
        found = settled(job, now, None)
        both = Compared(found, found, None, released_by_day(job, found, first) if back else pl.DataFrame(schema=EARLIER))
        lines = only(difference(found, None, first, now), pl.col("~d") >= first)
    else:
        both = (
            since_closed(plain, job, changed, closed) if closed is not None else since_worked_out(job, changed, first, back=back)
        )
        blanks = apart(job) if streams is not None else []
        lines = without_dead(difference(both.now, both.before, first, now), both.now, both.before, first)
        free = free_of(plain, both, first)
        blanks = [*blanks, *free.blanks]
        if free.to_date is not None:
            lines = marked(lines, free.to_date, both.now)
    earned = _earned(lines, None if accrued else free.held, accrued=accrued)
    released = free.amount
    if released is None:  # nothing is held where nothing can change later
        released = earned.select("~p", pl.col("earned").alias("amount"))
    named = line_rows(plain.book, naming, plain, lines, accrued=accrued)
    slices = slice_rows(named, both.now, both.before)
    every = [(plain, b) for b in (*both.now.blanks, *blanks)]
    unmeasured = isinstance(plain.component, Spiff) and plain.component.on is None
    credited = both.earned.rows["~row"].drop_nulls() if unmeasured else both.now.rows.clear()["~row"]
    return (
        Paid(named.marks["~id"], earned, released, free.taken, free.kept, both.earlier, every, accrued, credited),
        named.lines,
        slices,
    )


def _sums(rows: pl.DataFrame, *sums: pl.Expr) -> pl.DataFrame:
    """Add up by payee; rows of a payee that stand together are added up before payees are looked for."""
    runs = runs_of(rows, "~p")
    frame = rows.with_columns(runs.run.alias("~run"))
    return frame.lazy().group_by("~run", maintain_order=True).agg(pl.col("~p").first(), *sums).drop("~run").collect()


def _earned(lines: pl.DataFrame, held: pl.DataFrame | None, *, accrued: bool) -> pl.DataFrame:
    """Return `~p earned accrued held`: what the lines add up to, and of it what is held back - or, before it is payable, all."""
    zero = pl.lit(0).cast(D)
    found = _sums(lines, pl.col("~amount").sum().alias("earned"))
    found = found.with_columns((pl.col("earned") if accrued else zero).alias("accrued"), zero.alias("held"))
    if held is None or held.is_empty():
        return found
    every = pl.concat([found, held.select("~p", zero.alias("earned"), zero.alias("accrued"), "held")])
    return every.group_by("~p", maintain_order=True).agg(pl.all().sum())
