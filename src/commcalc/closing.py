"""Closing: a run is approved, posted as it was approved, and opened again only by name and with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from commcalc.api import VERSION, Progress, Project, Run
from commcalc.base.calendar import Calendar, Period
from commcalc.base.problem import Problem, Report
from commcalc.exports.problems import CANNOT_WRITE
from commcalc.exports.run_folder import RunFolder, RunWriter, read_run
from commcalc.exports.status import FILE, Status, read_status, write_status
from commcalc.exports.whole_folder import LastStep, digest_of
from commcalc.inputs.project import FILE as PROJECT
from commcalc.inputs.tables import calendar_read
from commcalc.language.names import nearest
from commcalc.ledger.file import Refused
from commcalc.ledger.form import ACKNOWLEDGED, SOURCES, Entry
from commcalc.ledger.kept import folder_of, keep
from commcalc.ledger.lock import locked
from commcalc.ledger.persons import same_person
from commcalc.ledger.post import post
from commcalc.ledger.posted import sound
from commcalc.ledger.postings import postings_of, settled_balances
from commcalc.ledger.problems import (
    CLOSED,
    CLOSED_OTHERWISE,
    EXCEPTIONS,
    NO_LEDGER,
    NOT_APPROVED,
    NOT_LATEST,
    NOTHING,
    OUT_OF_ORDER,
    RUN_DIFFERS,
    SAME_PERSON,
    STATUS,
)
from commcalc.ledger.read import Books
from commcalc.month_end import NO_PERIOD

SHORT = 12  # letters of a digest, where people read it
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks to be done with a period: which, by whom, and when (in UTC)."""

    project: Project
    period: str
    by: str
    now: datetime
    last_step: LastStep = nullcontext


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. entry: of the ledger, where there is one; again: it was there already, and is the same run.

    differences: where two runs of the period differ, by payee and currency: earned and payable, then and now.
    """

    report: Report
    entry: Entry | None = None
    status: Status | None = None
    notes: tuple[str, ...] = ()
    again: bool = False
    differences: pl.DataFrame | None = None
    sources: tuple[str, ...] = field(default=())


def ledger_of(project: Project) -> Path | None:
    """Return the ledger's file, where the project names one."""
    said = project.file.model.ledger if project.file is not None else None
    return project.root / said.file if said is not None else None


def approve(order: Order) -> Outcome:
    """Bind a name to the run that stands in the run folder."""
    found = begin(order)
    if isinstance(found, Report):
        return Outcome(found)
    period, _, ledger = found
    folder = order.project.root / "out" / period.name
    run = read_run(folder)
    if isinstance(run, Problem):
        return Outcome(Report([run]))
    books, report = sound(ledger, folder.parent)
    if books is None:
        return Outcome(report)
    if (entry := books.closing_of(period.name)) is not None:
        return Outcome(Report([CLOSED.at(None, period=period.name, by=entry.by)]))
    digest = run.manifest["run"]
    status = read_status(folder) or Status(digest)
    approved = {"by": order.by, "at": moment(order.now), "run": digest}
    status = replace(status, run=digest, state="approved", approved=approved)
    return Outcome(_stated(folder, status), status=status)


def close(order: Order, *, set_aside: bool, allow_empty: bool, progress: Progress) -> Outcome:
    """Calculate the period once more and post it, where it is the run that stands in its folder and was approved."""
    found = begin(order)
    if isinstance(found, Report):
        return Outcome(found)
    period, calendar, ledger = found
    out = order.project.root / "out"
    try:
        with locked(ledger, order.now) as left:
            notes = (f"a lock was left behind by {left}, which has ended; it is cleared",) if left else ()
            progress("reading the ledger")
            books, report = sound(ledger, out, ("lines", "sources"))
            if books is None:
                return Outcome(report, notes=notes)
            with RunWriter(out) as writer:
                run = order.project.calculate(period.name, set_aside=set_aside, progress=progress, kept=writer)
                written = writer.beside(run.result, run.manifest) if run.result is not None else None
                if written is None or isinstance(written, Problem):
                    return Outcome(run.report if written is None else Report([written]), notes=notes)
                closing = _Closing(order, period, books, run, written.digest)
                outcome = closing.again() or closing.posted(calendar, allow_empty=allow_empty, progress=progress)
                return replace(outcome, notes=notes)
    except Refused as refused:
        return Outcome(Report([refused.problem]))


def reopen(order: Order, reason: str) -> Outcome:
    """Take back the latest closed period by an entry of its own."""
    found = begin(order)
    if isinstance(found, Report):
        return Outcome(found)
    period, _, ledger = found
    folder = order.project.root / "out" / period.name
    try:
        with locked(ledger, order.now) as left:
            notes = (f"a lock was left behind by {left}, which has ended; it is cleared",) if left else ()
            books, report = sound(ledger, folder.parent)
            if books is None:
                return Outcome(report, notes=notes)
            latest = books.latest
            if latest is None or latest.period != period.name:
                return Outcome(Report([_not_latest(period, books)]), notes=notes)
            entry = replace(latest, kind="reopen", by=order.by, approved_by="", reason=reason, reverses=latest.number)
            entry = replace(entry, engine=VERSION, at=moment(order.now))
            postings = books.of("postings", latest).with_columns(-pl.col("amount"))
            posted = post(books, entry, {"postings": postings}, order.last_step)
            if isinstance(posted, Problem):
                return Outcome(Report([posted]), notes=notes)
            status = read_status(folder)
            if status is None:  # nobody has kept the run
                return Outcome(Report(), posted, notes=notes)
            status = Status(status.run, "reopened", {}, {"entry": str(posted.number), "hash": posted.hash})
            return Outcome(_stated(folder, status, posted), posted, status, notes)
    except Refused as refused:
        return Outcome(Report([refused.problem]))


def begin(order: Order) -> tuple[Period, Calendar, Path] | Report:
    """Return the period that is meant, the calendar and the ledger's file; or what is wrong with the project or the name."""
    file = order.project.file
    if file is None:
        return order.project.report
    ledger = ledger_of(order.project)
    if ledger is None:
        return Report([NO_LEDGER.at(None)])
    calendar, report = calendar_read(file)
    if calendar is None:
        return report
    period = calendar.period_named(order.period)
    if period is None:
        near = nearest(order.period, [p.name for p in calendar.periods])
        said = f"; did you mean `{near}`?" if near else ""
        return Report([NO_PERIOD.at(None, period=order.period, near=said, example="2026-01, 2026-Q1 or 2026")])
    return period, calendar, ledger


@dataclass(frozen=True, slots=True)
class _Closing:
    """A period on its way into the ledger: what was read, and the run as it was just calculated."""

    order: Order
    period: Period
    books: Books
    run: Run
    digest: str

    @property
    def folder(self) -> Path:
        return self.order.project.root / "out" / self.period.name

    def again(self) -> Outcome | None:
        """Return what closing a period means that is closed already: nothing to do, or the differences; else None."""
        entry = self.books.closing_of(self.period.name)
        if entry is None:
            return None
        if entry.run == self.digest:
            status = read_status(self.folder)
            if status is None or status.run != self.digest or status.ledger.get("hash") == entry.hash:
                return Outcome(Report(), entry, status, again=True)
            status = _closed(entry, status)  # it was posted, and the run folder was not told any more
            return Outcome(_stated(self.folder, status, entry), entry, status, again=True)
        facts = {"period": entry.period, "by": entry.by, "then": entry.run[:SHORT], "now": self.digest[:SHORT]}
        then = _figures(self.books.of("lines", entry), self.books.of("payments", entry))
        was = {(k, n): d for k, n, d in self.books.of("sources", entry).iter_rows() if k != "project"}
        changed = _changed(was, _sources(self.run))
        return Outcome(Report([CLOSED_OTHERWISE.at(None, **facts)]), entry, differences=self._differences(then), sources=changed)

    def posted(self, calendar: Calendar, *, allow_empty: bool, progress: Progress) -> Outcome:
        """Post the run where nothing speaks against it; else return everything that does."""
        result = self.run.result
        assert result is not None and self.run.inputs is not None
        status = read_status(self.folder) or Status("")
        run = read_run(self.folder)
        if isinstance(run, Problem):
            return Outcome(Report([run]))
        report = Report(list(self._against(run, status, calendar, allow_empty=allow_empty)))
        if not report.ok:
            differs = run.manifest["run"] != self.digest
            then = _figures(run.tables["lines"], run.tables["payments"]) if differs else None
            was = {("input", n): d for n, d in run.manifest["inputs"].items()}
            was |= {("plan", n): d for n, d in run.manifest["plans"].items()}
            changed = _changed(was, _sources(self.run)) if differs else ()
            return Outcome(report, differences=self._differences(then) if then is not None else None, sources=changed)
        progress("posting")
        before = self.books.balances()
        lines, payments = result.lines, result.payments
        balances = settled_balances(lines, payments, result.balances, before)
        tables = {
            "sources": pl.DataFrame(self._sources(), schema=SOURCES.names, orient="row"),
            "acknowledged": self.run.inputs.acknowledged.select(ACKNOWLEDGED.names).filter(
                pl.col("exception_id").is_in(result.exceptions["id"].implode())
            ),
            "postings": postings_of(lines, payments, balances, before),
            "lines": lines,
            "slices": result.slices,
            "payments": payments,
            "balances": balances,
            "deal_rates": result.deal_rates,
        }
        if (lost := self._kept()) is not None:
            return Outcome(Report([lost]))
        entry = post(self.books, self._entry(status), tables, self.order.last_step)
        if isinstance(entry, Problem):
            return Outcome(Report([entry]))
        status = _closed(entry, status)
        return Outcome(_stated(self.folder, status, entry), entry, status)

    def _sources(self) -> list[tuple[str, str, str]]:
        """Return what the run was made from: kind, name and digest of each file, that of the project first."""
        root = self.order.project.root
        return [("project", PROJECT, digest_of(root / PROJECT)), *((*k, d) for k, d in _sources(self.run).items())]

    def _kept(self) -> Problem | None:
        """Keep what the run was made from, unless the project does not want it."""
        project = self.order.project
        assert project.file is not None and project.file.model.ledger is not None
        if project.file.model.ledger.keep_inputs == "no":
            return None
        return keep(project.root, {name: digest for _, name, digest in self._sources()}, folder_of(self.books.path))

    def _entry(self, status: Status) -> Entry:
        period, order = self.period, self.order
        return Entry(
            number=0,
            kind="close",
            period=period.name,
            first=period.first.isoformat(),
            last=period.last.isoformat(),
            by=order.by,
            approved_by=status.approved.get("by", ""),
            reason="",
            reverses=0,
            run=self.digest,
            engine=VERSION,
            at=moment(order.now),
            rows="",
            previous="",
            hash="",
        )

    def _against(self, run: RunFolder, status: Status, calendar: Calendar, *, allow_empty: bool) -> Iterator[Problem]:
        """Yield everything that speaks against posting this run."""
        assert self.run.result is not None and self.run.inputs is not None and self.order.project.file is not None
        period, result = self.period, self.run.result
        yield from _out_of_order(period, self.books.latest, calendar)
        if self.books.latest is None:
            yield from self._paid_before(calendar)
        if run.manifest["run"] != self.digest:
            then = run.manifest["run"][:SHORT]
            yield RUN_DIFFERS.at(None, period=period.name, now=self.digest[:SHORT], then=then, where=f"out/{period.name}")
        policy = self.order.project.file.model.policy.approve
        approver = status.approved.get("by") if status.approved.get("run") == run.manifest["run"] else None
        if policy != "none" and approver is None:
            yield NOT_APPROVED.at(None, run=run.manifest["run"][:SHORT], period=period.name)
        if policy == "two people" and approver is not None and same_person(approver, self.order.by):
            yield SAME_PERSON.at(None, by=self.order.by, period=period.name)
        known = self.run.inputs.acknowledged["exception_id"]
        missing = [i for i in result.exceptions["id"].to_list() if i not in set(known)]
        if missing:
            more = f" and {len(missing) - MOST_NAMED:,} more" if len(missing) > MOST_NAMED else ""
            count = f"{len(missing):,} exception{'s' if len(missing) > 1 else ''}"
            yield EXCEPTIONS.at(None, count=count, period=period.name, ids=", ".join(missing[:MOST_NAMED]) + more)
        if not allow_empty and not result.length("lines") and not len(result.payments):
            yield NOTHING.at(None, period=period.name)

    def _paid_before(self, calendar: Calendar) -> Iterator[Problem]:
        """What was paid before the first period that is closed would be nowhere: it would be paid once more in the next one."""
        project = self.order.project
        starts = [p.plan.effective.first for p in project.plans if p.plan.status == "active"]
        start = min((s for s in starts if s is not None), default=None)
        for period in (p for p in calendar.periods if p.last < self.period.first and (start is None or p.last >= start)):
            run = project.calculate(period.name)
            if run.result is not None and (run.result.length("lines") or len(run.result.payments)):
                mend = f"close {period.name} first, or leave its deals out and say what was paid in the table `openings`"
                yield OUT_OF_ORDER.at(None, period=self.period.name, why=f"{period.name} pays, and is open", mend=mend)
                return

    def _differences(self, then: pl.DataFrame) -> pl.DataFrame:
        assert self.run.result is not None
        now = _figures(self.run.result.lines, self.run.result.payments)
        keys = ["payee", "currency"]
        both = then.join(now, on=keys, how="full", coalesce=True, suffix=" now").with_columns(pl.exclude(keys).fill_null(0))
        moved = (pl.col("earned") != pl.col("earned now")) | (pl.col("payable") != pl.col("payable now"))
        return both.filter(moved).select(*keys, "earned", "earned now", "payable", "payable now").sort(keys)


def _figures(lines: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """Return what everybody earned and is paid: `payee currency earned payable`."""
    keys = [pl.col(c).cast(pl.String) for c in ("payee", "currency")]
    earned = lines.select(*keys, pl.col("amount").alias("earned"), (pl.col("amount") * 0).alias("payable"))
    paid = payments.select(*keys, (pl.col("amount") * 0).alias("earned"), pl.col("amount").alias("payable"))
    return pl.concat([earned, paid]).group_by("payee", "currency").agg(pl.col("earned", "payable").sum())


def _out_of_order(period: Period, latest: Entry | None, calendar: Calendar) -> Iterator[Problem]:
    """The first period that is closed may be any; then each follows the one before, without gap or overlap."""
    if latest is None:
        return
    due = date.fromisoformat(latest.last) + timedelta(days=1)
    if period.first < due:
        why = f"all days up to {latest.last} are closed ({latest.period})"
        yield OUT_OF_ORDER.at(None, period=period.name, why=why, mend="what has become known since is paid in the open period")
    elif period.first > due:
        after = calendar.period_of(due)
        name = after.name if after is not None else f"the period of {due}"
        yield OUT_OF_ORDER.at(None, period=period.name, why=f"{name} is open", mend=f"close {name} first")


def _not_latest(period: Period, books: Books) -> Problem:
    latest = books.latest
    if books.closing_of(period.name) is None or latest is None:
        closed = f"; closed are {', '.join(e.period for e in books.closed)}" if books.closed else "; no period is"
        return NOT_LATEST.at(None, period=period.name, what=f"is not closed{closed}", mend="name the latest closed period")
    return NOT_LATEST.at(
        None, period=period.name, what=f"was closed before {latest.period}", mend=f"reopen {latest.period} first"
    )


def _closed(entry: Entry, status: Status) -> Status:
    about = {"entry": str(entry.number), "hash": entry.hash, "run": entry.run, "by": entry.by}
    return Status(entry.run, "closed", status.approved, about)


def _stated(folder: Path, status: Status, entry: Entry | None = None) -> Report:
    """Write the status into the run folder; where that cannot be, say what stands in the ledger all the same."""
    try:
        write_status(folder, status)
    except OSError as error:
        path, why = error.filename or folder / FILE, error.strerror or error
        if entry is None:
            return Report([CANNOT_WRITE.at(None, path=path, why=why)])
        return Report([STATUS.at(None, period=folder.name, entry=entry.number, path=path, why=why)])
    return Report()


def _sources(run: Run) -> dict[tuple[str, str], str]:
    """Return the digest of every file that the run was made from: inputs, then plans."""
    inputs = {("input", name): digest for name, digest in run.manifest["inputs"].items()}
    return {**inputs, **{("plan", name): digest for name, digest in run.manifest["plans"].items()}}


def _changed(then: dict[tuple[str, str], str], now: dict[tuple[str, str], str]) -> tuple[str, ...]:
    """Name the files that are new, gone or not the same."""
    said = {key: "new" if key not in then else "gone" if key not in now else "changed" for key in sorted({*then, *now})}
    return tuple(f"{name} ({said[kind, name]})" for kind, name in said if then.get((kind, name)) != now.get((kind, name)))


def moment(now: datetime) -> str:
    """Return a moment as the ledger writes it."""
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"
