"""Paying: what payroll is told of a closed period, and what it says that it has paid, read back and posted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from commcalc.api import VERSION, Project
from commcalc.base.calendar import Period
from commcalc.base.problem import Problem, Report
from commcalc.base.render import cut
from commcalc.base.source import Cell
from commcalc.closing import Order, begin, moment
from commcalc.exports.payroll import Employee, Sheet, employees, in_pay_currency, payroll_of, shared_ids
from commcalc.exports.run_folder import read_run
from commcalc.inputs.csv_file import TextTable, read_csv
from commcalc.inputs.model import ReadOptions
from commcalc.inputs.tables import read_people
from commcalc.ledger.file import Refused
from commcalc.ledger.form import SOURCES, Entry
from commcalc.ledger.lock import locked
from commcalc.ledger.post import post
from commcalc.ledger.posted import sound
from commcalc.ledger.postings import CLEARING, PAYABLE
from commcalc.ledger.problems import NOT_CLOSED, READ_BACK, REGISTER, TWO_EMPLOYEES, UNRATED
from commcalc.ledger.read import Books
from commcalc.tables.exact import D

NEEDED = ("employee_id", "amount")
AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Unlike:
    """What was not paid as it was said: of a payee, or of an employee id that is nobody's here."""

    payee: str
    employee: str
    currency: str
    said: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Paid:
    """What came of a register. entry: what was posted, where anything was; amounts: what was paid in all, by currency."""

    report: Report
    entry: Entry | None = None
    unlike: tuple[Unlike, ...] = ()
    amounts: Mapping[str, Decimal] = ()  # type: ignore[assignment]
    notes: tuple[str, ...] = ()


def payroll(order: Order, pay_date: date | None, *, draft: bool) -> str | Report:
    """Return the file for payroll of a closed period, or with `draft` of the run that stands in its folder."""
    found = begin(order)
    if isinstance(found, Report):
        return found
    period, _, ledger = found
    out = order.project.root / "out"
    books, report = sound(ledger, out)
    if books is None:
        return report
    entry = books.closing_of(period.name)
    if entry is not None:
        payments = books.of("payments", entry)
    elif draft:
        run = read_run(out / period.name)
        if isinstance(run, Problem):
            return Report([run])
        payments = run.tables["payments"]
    else:
        return Report([_not_closed(books, period, draft=True)])
    known = _known(order.project, payments, period)
    if isinstance(known, Report):
        return known
    rows = in_pay_currency(payments)
    report = Report(list(_unrated(rows)))
    kinds = {(p.plan.plan, name): c.kind for p in order.project.plans for name, c in p.plan.components.items()}
    assert order.project.file is not None
    codes = order.project.file.model.exports.payroll.codes
    sheet = Sheet(period.name, period.first, period.last, pay_date, kinds, codes, entry is None)
    return payroll_of(rows, known, sheet) if report.ok else report


def read_back(order: Order, file: Path) -> Paid:
    """Post what a register says was paid, and return what it does not pay as the period's payments say."""
    found = begin(order)
    if isinstance(found, Report):
        return Paid(found)
    period, _, ledger = found
    table, report = read_csv(file, file.name, ReadOptions())
    if table is None:
        return Paid(report)
    try:
        with locked(ledger, order.now) as left:
            notes = (f"a lock was left behind by {left}, which has ended; it is cleared",) if left else ()
            books, report = sound(ledger, order.project.root / "out", ("sources",))
            if books is None:
                return Paid(report, notes=notes)
            closed = books.closing_of(period.name)
            if closed is None:
                return Paid(Report([_not_closed(books, period, draft=False)]), notes=notes)
            return _posted(order, (books, closed), (file.name, table), notes)
    except Refused as refused:
        return Paid(Report([refused.problem]))


def _posted(order: Order, of: tuple[Books, Entry], register: tuple[str, TextTable], notes: tuple[str, ...]) -> Paid:
    books, closed = of
    name, table = register
    if (before := _before(books, table.digest)) is not None:
        return Paid(Report([READ_BACK.at(None, file=name, entry=before.number, by=before.by)]), notes=notes)
    payments = books.of("payments", closed)
    period = Period(date.fromisoformat(closed.first), date.fromisoformat(closed.last), closed.period, "", "", "")
    known = _known(order.project, payments, period)
    if isinstance(known, Report):
        return Paid(known, notes=notes)
    said = {
        (p, c): a
        for p, c, a in in_pay_currency(payments)
        .group_by("payee", "currency")
        .agg(pl.col("amount").sum())
        .select("payee", "currency", "amount")
        .iter_rows()
    }
    rows = _rows(name, table, {e.id: e.payee for e in known.values()}, dict(said))
    if isinstance(rows, Report):
        return Paid(rows, notes=notes)
    unlike, postings = _compared(books, closed, known, (said, rows))
    entry: Entry | None = None
    if postings:
        sources = pl.DataFrame([("register", name, table.digest)], schema=SOURCES.names, orient="row")
        posted = post(books, _entry(order, closed), {"sources": sources, "postings": _table(postings)}, order.last_step)
        if isinstance(posted, Problem):
            return Paid(Report([posted]), notes=notes)
        entry = posted
    amounts: dict[str, Decimal] = {}
    for (_, currency), amount in rows.items():
        amounts[currency] = amounts.get(currency, Decimal(0)) + amount
    return Paid(Report(), entry, tuple(unlike), amounts, notes)


def _compared(
    books: Books,
    closed: Entry,
    known: Mapping[str, Employee],
    of: tuple[Mapping[tuple[str, str], Decimal], Mapping[tuple[str, str], Decimal]],
) -> tuple[list[Unlike], list[tuple[str, str, str, Decimal]]]:
    """Return what was paid otherwise than said, less what earlier registers have paid; and the postings: account, payee, currency, amount."""
    said, rows = of
    owed = _owed(books, closed)
    unlike, postings = [], []
    for key in sorted({*said, *rows}):
        payee, currency = key
        whole, paid = said.get(key, Decimal(0)), rows.get(key, Decimal(0))
        one = known.get(payee)
        if one is None:
            unlike.append(Unlike("", payee, currency, Decimal(0), paid))
            continue
        at_home = (payee, currency) in owed
        left = any(a for (p, _), a in owed.items() if p == payee)
        open_ = owed[key] if at_home else whole if left else Decimal(0)
        if paid != open_:
            unlike.append(Unlike(payee, one.id, currency, open_, paid))
        moved = [(c, a) for (p, c), a in owed.items() if p == payee and a] if not at_home else [(currency, paid)]
        if paid and (at_home or paid == open_):  # abroad what was paid in part has no amount in the plan's currency
            postings += [
                (account, payee, c, a if account == PAYABLE else -a) for c, a in moved for account in (PAYABLE, CLEARING)
            ]
    return unlike, postings


def _owed(books: Books, closed: Entry) -> dict[tuple[str, str], Decimal]:
    """Return what is payable of the period and not paid yet, by payee and the plan's currency."""
    numbers = [e.number for e in books.entries if e.period == closed.period]
    rows = books.tables["postings"].filter(pl.col("entry").is_in(numbers) & (pl.col("account") == PAYABLE))
    sums = rows.group_by("payee", "currency").agg(-pl.col("amount").sum())
    return {(p, c): Decimal(a) for p, c, a in sums.iter_rows()}


def _rows(
    name: str, table: TextTable, payees: Mapping[str, str], currency_of: Mapping[str, str]
) -> dict[tuple[str, str], Decimal] | Report:
    """Return what the register pays, by payee (or an id that is nobody's) and currency; or everything that is wrong with it."""
    report = Report()
    for column in NEEDED:
        if column not in table.headers:
            said = f"{name} has no column `{column}`"
            report.add(
                REGISTER.at(
                    Cell(name, 1),
                    what=said,
                    mend=f"name the columns as in the file that was exported: {', '.join(NEEDED)}, currency",
                )
            )
    if not report.ok:
        return report
    found: dict[tuple[str, str], Decimal] = {}
    for row in table.frame.iter_rows(named=True):
        text, employee = row["amount"] or "", row["employee_id"]
        if not AMOUNT.fullmatch(text) or employee is None:
            column = "amount" if employee is not None else "employee_id"
            what = f"`{cut(text)}` is not an amount" if employee is not None else "nobody is named"
            report.add(
                REGISTER.at(
                    Cell(name, row["~line"], column), what=what, mend="write 1234.50" if employee else "name the employee"
                )
            )
            continue
        payee = payees.get(employee, employee)
        currency = row.get("currency") or currency_of.get(payee, "")
        found[payee, currency] = found.get((payee, currency), Decimal(0)) + Decimal(text)
    return found if report.ok else report


def _before(books: Books, digest: str) -> Entry | None:
    """Return the entry that posted the same register."""
    rows = books.tables["sources"].filter((pl.col("kind") == "register") & (pl.col("digest") == digest))
    return books.entries[rows["entry"][0] - 1] if len(rows) else None


def _known(project: Project, payments: pl.DataFrame, period: Period) -> dict[str, Employee] | Report:
    """Return who the payees of the payments are in payroll; or whose ids cannot be told apart."""
    assert project.file is not None
    payees, _, _ = read_people(project.file)
    if payees is None:
        found = project.check_data()[1]
        return Report(found.errors)
    known = employees(payees, payments["payee"].unique().sort().to_list(), period.last)
    report = Report([TWO_EMPLOYEES.at(None, id=i, payees=" and of ".join(p)) for i, p in shared_ids(known)])
    return known if report.ok else report


def _unrated(rows: pl.DataFrame) -> Iterator[Problem]:
    lost = rows.filter(pl.col("amount").is_null()).group_by("payee", "currency", maintain_order=True).len()
    for payee, currency, count in lost.head(MOST_TOLD).iter_rows():
        yield UNRATED.at(None, payee=payee, currency=currency, amount=f"{count} steps")


def _not_closed(books: Books, period: Period, *, draft: bool) -> Problem:
    closed = f"; closed are {', '.join(e.period for e in books.closed)}" if books.closed else "; no period is"
    more = ", or look at it beforehand with --draft" if draft else ""
    return NOT_CLOSED.at(None, period=period.name, closed=closed, draft=more)


def _entry(order: Order, closed: Entry) -> Entry:
    return Entry(
        number=0, kind="paid", period=closed.period, first=closed.first, last=closed.last, by=order.by, approved_by="",
        reason="", reverses=0, run=closed.run, engine=VERSION, at=moment(order.now), rows="", previous="", hash="",
    )  # fmt: skip


def _table(postings: list[tuple[str, str, str, Decimal]]) -> pl.DataFrame:
    frame = pl.DataFrame(
        postings, schema={"account": pl.String, "payee": pl.String, "currency": pl.String, "amount": D}, orient="row"
    )
    empty = [pl.lit("").alias(c) for c in ("plan", "component", "line_id", "balance")]
    return frame.with_columns(*empty, pl.lit("paid").alias("step"))
