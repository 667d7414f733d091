"""The run: from tables and plans to a period's lines, payments and the account of every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from commcalc.base.calendar import Calendar, Period
from commcalc.base.problem import Problem, Report
from commcalc.engine.account import Account, account_of
from commcalc.engine.book import Book, House, prepare_book
from commcalc.engine.earnings import Blank, Job
from commcalc.engine.measure import Measured, measure
from commcalc.engine.openings import with_openings
from commcalc.engine.pay import base_pay, payments, payouts
from commcalc.engine.problems import IDENTITY
from commcalc.engine.reading import Readings
from commcalc.engine.result import Identity, Result
from commcalc.engine.rules import Rules, deal_rules
from commcalc.engine.settle import Settled, difference, settled
from commcalc.engine.sharing import Streams, apart, shared_out, streams_of, with_floors
from commcalc.engine.stability import chained, stable
from commcalc.engine.tables_out import credit_rows, exception_rows, line_rows, measure_rows, slice_rows
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.load import LoadedPlan
from commcalc.plan.measures import RoleCredit
from commcalc.plan.readings import as_prorated, reading
from commcalc.tables.exact import D
from commcalc.tables.results import EXCEPTIONS, LEFT_OUT

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Paid:
    """What one component of one plan pays in the run."""

    job: Job
    lines: pl.DataFrame  # differences, with FIGURES and `~was`
    slices: pl.DataFrame
    released: pl.DataFrame  # `~p amount`
    blanks: list[Blank]
    accrued: bool


def run(
    plans: tuple[LoadedPlan, ...],
    house: House,
    calendar: Calendar,
    tables: Mapping[str, pl.DataFrame],
    period: Period,
    aside: pl.DataFrame | None = None,
    progress: Progress = lambda _: None,
) -> Result:
    """Return the result of a period. In: typed tables (tables.schemas), plans that passed every check.

    `aside` are deal rows that the mapping set aside: they are exceptions of the run and count among its rows.
    """
    progress("reading the book")
    book = prepare_book(plans, house, calendar, tables, period)
    measured: dict[str, dict[str, Measured]] = {}
    paid: list[Paid] = []
    streams: dict[str, Streams | None] = {}
    for loaded in plans:
        progress(f"crediting {loaded.plan.plan}")
        rules = _rules(book, loaded)
        measured[loaded.plan.plan] = _measures(book, loaded, rules)
        for name, component in loaded.plan.components.items():
            progress(f"calculating {loaded.plan.plan}.{name}")
            plan = as_prorated(loaded.plan, component)
            job = Job(book, plan, name, component, rules, Readings(book, plan, rules, measured[plan.plan]))
            paid.append(_component(*_as_streams(job, loaded, streams)))
    progress("settling the account")
    return _result(book, measured, paid, aside)


def _rules(book: Book, loaded: LoadedPlan) -> Rules:
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


def span_of(book: Book, every: str) -> tuple[date, date]:
    """Return the first and last day of the plan's own paying span that holds the run's period (docs/semantics.md 2.1)."""
    window = every if every in book.moments.windows else "period"
    row = book.moments.windows[window].filter((pl.col("~first") <= book.now) & (pl.col("~last") >= book.now)).row(0, named=True)
    return row["~first"], row["~last"]


def _as_streams(job: Job, loaded: LoadedPlan, known: dict[str, Streams | None]) -> tuple[Job, Job, Streams | None]:
    """Under `split: pay` a component is calculated on streams of deals with the same shares (docs/semantics.md 9)."""
    credit = job.measured.measure.credit if job.measured is not None else "own"
    paid = (reading("split", job.component, job.book.house.readings) or "credit") == "pay"
    if not paid or isinstance(job.component, Bonus) or credit == "reports":
        return job, job, None
    role = credit.role if isinstance(credit, RoleCredit) else "owner"
    if role not in known:
        known[role] = streams_of(job.book, role)
    streams = known[role]
    if streams is None:
        return job, job, None
    readings = Readings(streams.book, job.plan, job.rules, _measures(streams.book, loaded, job.rules))
    return replace(job, book=streams.book, readings=readings), job, streams


def _component(job: Job, plain: Job, streams: Streams | None) -> Paid:
    """Calculate a component now and as of the span before, and take the difference (semantics 8)."""
    first, last = span_of(job.book, job.plan.payment.every)
    now = job.book.now
    if stable(job, first):
        # nothing earlier can have changed: calculated once, and only what is credited since is paid
        found = settled(job, now, None)
        lines = difference(found, None, first).filter(pl.col("~d") >= first)
        released = lines.group_by("~p").agg(pl.col("~amount").sum().alias("amount"))
        return Paid(job, lines, found.slices, released, found.blanks, last > now)
    before = with_openings(job, _posted(job, first), first)
    found = settled(job, now, before)
    found = with_openings(job, found, now + timedelta(days=1)) or found
    blanks: list[Blank] = []
    if streams is not None:
        found = with_floors(plain, shared_out(job, found, streams), now)
        if before is not None:
            before = with_floors(plain, shared_out(job, before, streams), first - timedelta(days=1))
        blanks = apart(job)
    lines = difference(found, before, first)
    slices = _slices(lines, found, before)
    return Paid(plain, lines, slices, _released(found, before), [*found.blanks, *blanks], last > now)


def _posted(job: Job, first: date) -> Settled | None:
    """What had been posted before the span: recomputed, as a chain over earlier spans where rounding looks back."""
    start = job.plan.effective.first or job.book.moments.first
    if first <= start:
        return None
    if not chained(job):
        return settled(job, first - timedelta(days=1), None)
    window = job.plan.payment.every if job.plan.payment.every in job.book.moments.windows else "period"
    ends = job.book.moments.windows[window].filter((pl.col("~last") < first) & (pl.col("~last") >= start))["~last"]
    previous: Settled | None = None
    for end in ends:
        previous = with_openings(job, settled(job, end, previous), end + timedelta(days=1))
    return previous


def _slices(lines: pl.DataFrame, now: Settled, before: Settled | None) -> pl.DataFrame:
    """The slices now, and those of before with their sign reversed where a line corrects them."""
    if before is None or before.slices.is_empty():
        return now.slices
    keys = ["~p", "~role", "~level", "~row", "~w"]
    corrected = lines.filter(pl.col("kind") == "earning").select(keys).unique()
    old = before.slices.join(corrected, on=keys, how="semi", nulls_equal=True)
    counts = now.slices.group_by(keys).agg(pl.len().cast(pl.UInt32).alias("~k"))
    old = old.join(counts, on=keys, how="left", nulls_equal=True).with_columns(
        (pl.col("~n") + pl.col("~k").fill_null(0)).alias("~n"),
        (-pl.col("exact")).alias("exact"),
        (-pl.col("basis")).alias("basis"),
    )
    return pl.concat([now.slices, old.drop("~k")])


def _released(now: Settled, before: Settled | None) -> pl.DataFrame:
    """What is free to be paid now less what was: a gate that opens releases what it held."""
    free = now.rows.filter(~pl.col("~held")).select("~p", pl.col("~amount").alias("amount"))
    if before is not None:
        taken = before.rows.filter(~pl.col("~held")).select("~p", (-pl.col("~amount")).alias("amount"))
        free = pl.concat([free, taken])
    return free.group_by("~p").agg(pl.col("amount").sum())


def _result(book: Book, measured: Mapping[str, Mapping[str, Measured]], paid: list[Paid], aside: pl.DataFrame | None) -> Result:
    lines = pl.concat([line_rows(book, p.job, p.lines, accrued=p.accrued) for p in paid])
    slices = slice_rows(book, lines, [(p.job, p.slices) for p in paid])
    lines = lines.drop("~key")
    ids = book.people.ids
    blanks = [(p.job, b) for p in paid for b in p.blanks]
    undecided = [(plan, m) for plan, by_name in measured.items() for m in by_name.values() if len(m.blank)]
    rows = [m.blank.select("~row") for _, m in undecided]
    account = account_of(book, measured, pl.concat(rows) if rows else pl.DataFrame(schema={"~row": pl.UInt32}))
    crediting = account.exceptions if aside is None else pl.concat([account.exceptions, aside.select(account.exceptions.columns)])
    exceptions = exception_rows(book, crediting, blanks, undecided)
    names = ids.select(pl.col("payee_id").alias("payee"), "name")
    released = _released_rows(ids, paid)
    steps = (
        payments(released, _bases(book, ids, "paid"))
        .filter(pl.col("amount") != 0)
        .sort("payee", "currency", "order", "plan", "component")
    )
    shown = _bases(book, ids, "shown").group_by("payee", "currency").agg(pl.col("amount").sum().alias("base_shown"))
    out = payouts(lines, steps, names, _on_plans(book).join(shown, on=["payee", "currency"], how="left"))
    out = out.sort("payee", "currency")
    figures = _measures_out(book, measured, paid)
    counts = dict(account.statuses.group_by("status").len().sort("status").iter_rows())
    rows_aside = len(aside) if aside is not None else 0
    if rows_aside:
        counts["exception"] = counts.get("exception", 0) + rows_aside
    identities = _identities(book, account, lines, steps, out)
    report = Report([_broken(i) for i in identities if not i.holds])
    return Result(
        book.period.name,
        lines,
        slices,
        credit_rows(book, measured),
        figures,
        steps,
        out,
        exceptions.select(EXCEPTIONS.names),
        account.left_out.select(LEFT_OUT.names),
        identities,
        {"rows": len(book.deals) + rows_aside, **{k: int(v) for k, v in counts.items()}},
        report,
    )


def _broken(identity: Identity) -> Problem:
    return IDENTITY.at(None, name=identity.name, left=identity.left, right=identity.right)


def _released_rows(ids: pl.DataFrame, paid: list[Paid]) -> pl.DataFrame:
    frames = [
        p.released.join(ids, on="~p").select(
            pl.col("payee_id").alias("payee"),
            pl.lit(p.job.plan.plan).alias("plan"),
            pl.lit(p.job.plan.currency).alias("currency"),
            pl.lit(p.job.name).alias("component"),
            "amount",
        )
        for p in paid
        if not p.accrued
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "payee": pl.String,
        "plan": pl.String,
        "currency": pl.String,
        "component": pl.String,
        "amount": D,
    }
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def _bases(book: Book, ids: pl.DataFrame, how: str) -> pl.DataFrame:
    """Base pay of the period under plans that pay it, or that only show it."""
    frames = [pl.DataFrame(schema={"payee": pl.String, "plan": pl.String, "currency": pl.String, "amount": D})]
    mode = book.house.readings.get("rounding", "half-up")
    for loaded in book.plans:
        plan = loaded.plan
        if plan.payment.base == how:
            rows = base_pay(book, plan, _rules(book, loaded), mode).join(ids, on="~p")
            frames.append(
                rows.select(
                    pl.col("payee_id").alias("payee"),
                    pl.lit(plan.plan).alias("plan"),
                    pl.lit(plan.currency).alias("currency"),
                    pl.col("~base").alias("amount"),
                )
            )
    return pl.concat(frames)


def _on_plans(book: Book) -> pl.DataFrame:
    """Everybody who is on a plan in the period: each has a statement, also with nothing earned."""
    frames = [pl.DataFrame(schema={"~p": pl.UInt32, "plan": pl.String, "currency": pl.String})]
    for loaded in book.plans:
        first, _ = span_of(book, loaded.plan.payment.every)
        rows = book.people.assignments.filter(
            (pl.col("plan") == loaded.plan.plan) & (pl.col("~from") <= book.now) & (pl.col("~to") >= first)
        )
        frames.append(rows.select("~p", "plan", pl.lit(loaded.plan.currency).alias("currency")).unique())
    every = pl.concat(frames).join(book.people.ids, on="~p").sort("~p", "plan")
    return every.group_by(pl.col("payee_id").alias("payee"), "currency", maintain_order=True).agg(pl.col("plan").str.join(", "))


def _measures_out(book: Book, measured: Mapping[str, Mapping[str, Measured]], paid: list[Paid]) -> pl.DataFrame:
    jobs: dict[str, list[Job]] = {}
    for p in paid:
        jobs.setdefault(p.job.plan.plan, []).append(p.job)
    return pl.concat([measure_rows(book, js) for js in jobs.values()]).sort("payee", "plan", "measure", "window_first")


def _identities(
    book: Book, account: Account, lines: pl.DataFrame, steps: pl.DataFrame, out: pl.DataFrame
) -> tuple[Identity, ...]:
    statuses = account.statuses
    total = {r[0]: r[1] for r in statuses.group_by("status").agg(pl.col("amount").cast(D).sum()).iter_rows()}
    counted = {r[0]: r[1] for r in statuses.group_by("status").len().iter_rows()}
    zero = Decimal(0)

    def added(frame: pl.DataFrame, column: str) -> Decimal:
        return Decimal(frame[column].sum()) if len(frame) else zero

    return (
        Identity(
            "deal rows in = credited + left out + waiting + later + exceptions",
            Decimal(len(book.deals)),
            Decimal(sum(counted.values())),
        ),
        Identity(
            "amounts in = amounts accounted for",
            added(book.deals.with_columns(pl.col("amount").cast(D)), "amount"),
            sum(total.values(), zero),
        ),
        Identity("sum of lines = earned of payouts", added(lines, "amount"), added(out, "earned")),
        Identity("payment steps = payable of payouts", added(steps, "amount"), added(out, "payable")),
    )
