"""Verification: the engine's lines, slices, payments and balances beside the reference interpreter's, cell for cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from commcalc.base.calendar import Calendar
from commcalc.base.problem import Report
from commcalc.engine.book import House
from commcalc.engine.result import Result
from commcalc.plan.model import Plan
from commcalc.reference import run as reference
from commcalc.studies.problems import DIFFERENT, MISSING
from commcalc.tables.posted import KEPT, Posted
from commcalc.tables.results import PAYMENTS

Key = tuple[object, ...]
TABLES = (
    "deals",
    "payees",
    "assignments",
    "quotas",
    "splits",
    "kpis",
    "events",
    "adjustments",
    "openings",
    "territories",
    "withdrawn",
    "fx",
)
KEY = ("payee", "plan", "component", "deal", "line", "role", "level", "window_first", "kind")
STEP = ("payee", "plan", "currency", "step", "component")
ABROAD = tuple(c.name for c in PAYMENTS.abroad)
BALANCE = ("payee", "plan", "currency", "balance")


def verified(
    result: Result,
    plans: tuple[Plan, ...],
    house: House,
    calendar: Calendar,
    tables: Mapping[str, pl.DataFrame],
    posted: Posted | None = None,
) -> Report:
    """Run the reference interpreter on the same plans and rows, after what is posted, and return every difference."""
    rows = {name: tables[name].to_dicts() if name in tables else [] for name in TABLES}
    before = plain_posted(posted)
    job = reference.Job(plans=plans, calendar=calendar, house=plain_house(house), period=result.period, posted=before, **rows)
    return compared(result, reference.run(job))


def plain_posted(posted: Posted | None) -> reference.Posted | None:
    """Return what closed periods posted as the reference interpreter takes it."""
    if posted is None:
        return None
    return reference.Posted(posted.periods, **{n: getattr(posted, n).to_dicts() for n in KEPT})


def plain_house(house: House) -> reference.House:
    """Return what the project says as the reference interpreter takes it."""
    counts = dict.fromkeys(house.count_columns, "count")
    return reference.House(
        dict(house.readings), house.currency, house.credit_date, counts, house.crediting, house.territory_keys, house.facts,
        house.fx,
    )  # fmt: skip


def compared(result: Result, answer: reference.Answer) -> Report:
    """Return every difference between the two: lines, steps and balances that one lacks, figures and slices that differ."""
    report = Report()
    _lines(report, result, answer)
    paid = _with_columns(result.payments, ABROAD)
    _rows(report, STEP, ("amount", "order", *ABROAD), paid, answer.payments)
    _rows(report, BALANCE, ("closing", "opening", "given", "recovered", "forgiven"), result.balances, answer.balances)
    return report


def _with_columns(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Add the columns that a table of payments has only where somebody is paid in another currency."""
    return frame.with_columns(pl.lit(None).alias(c) for c in names if c not in frame.columns)


def _lines(report: Report, result: Result, answer: reference.Answer) -> None:
    engine = {_key(row): row for row in result.lines.to_dicts()}
    slices = _engine_slices(result)
    plain = {_key(line.__dict__ if hasattr(line, "__dict__") else _fields(line)): line for line in answer.lines}
    for key, row in engine.items():
        if key not in plain:
            report.add(MISSING.at(None, line=_named(KEY, key), who="engine", amount=row["amount"]))
    for key, line in plain.items():
        found = engine.get(key)
        if found is None:
            report.add(MISSING.at(None, line=_named(KEY, key), who="reference", amount=line.amount))
            continue
        for what in ("amount", "exact", "basis", "rate", "factor", "cause", "corrects", "accrued", "held", "credit_date", "rule"):
            _compare(report, _named(KEY, key), what, found[what], getattr(line, what))
        mine = slices.get(found["id"], [])
        theirs = [(s.tier, s.basis, s.rate, s.factor, s.exact) for s in line.slices]
        if mine != theirs and line.kind == "earning":
            report.add(DIFFERENT.at(None, what="slices", line=_named(KEY, key), engine=_slices(mine), reference=_slices(theirs)))


def _rows(report: Report, key: tuple[str, ...], figures: tuple[str, ...], engine: pl.DataFrame, plain: Sequence[object]) -> None:
    """Compare two tables: rows that one lacks are told by their first figure; those of zeros are nothing."""
    mine = _by_key(key, figures, engine.iter_rows(named=True))
    theirs = _by_key(key, figures, ({name: getattr(row, name) for name in (*key, *figures)} for row in plain))
    for at in dict.fromkeys((*mine, *theirs)):
        if at not in mine or at not in theirs:
            who, row = ("engine", mine[at]) if at in mine else ("reference", theirs[at])
            report.add(MISSING.at(None, line=_named((*key, "n"), at), who=who, amount=row[0]))
            continue
        for what, one, other in zip(figures, mine[at], theirs[at], strict=True):
            _compare(report, _named((*key, "n"), at), what, one, other)


def _by_key(names: tuple[str, ...], figures: tuple[str, ...], rows: Iterable[Mapping[str, object]]) -> dict[Key, list[object]]:
    """The figures of each row by its key; rows of one key, as charges of one name are, are told apart by their place."""
    found: dict[Key, list[object]] = {}
    for row in rows:
        if not any(row[f] for f in figures if f != "order"):
            continue
        key = (*(row[n] or "" for n in names), 0)
        while key in found:
            key = (*key[:-1], int(str(key[-1])) + 1)
        found[key] = [row[f] for f in figures]
    return found


def _fields(line: object) -> dict[str, object]:
    return {name: getattr(line, name) for name in KEY}


def _compare(report: Report, line: str, what: str, engine: object, plain: object) -> None:
    if (engine or None) != (plain or None) and engine != plain:
        report.add(DIFFERENT.at(None, what=what, line=line, engine=engine, reference=plain))


def _key(row: Mapping[str, object]) -> Key:
    return tuple(row[name] if row[name] is not None else "" for name in KEY)


def _named(names: tuple[str, ...], key: Key) -> str:
    return ", ".join(f"{n} {v}" for n, v in zip(names, key, strict=True) if v not in ("", None, 0))


def _engine_slices(result: Result) -> dict[str, list[tuple[object, ...]]]:
    found: dict[str, list[tuple[object, ...]]] = {}
    for row in result.slices.sort("line_id", "n").iter_rows(named=True):
        found.setdefault(row["line_id"], []).append((row["tier"], row["basis"], row["rate"], row["factor"], row["exact"]))
    return found


def _slices(rows: Sequence[tuple[object, ...]]) -> str:
    shown = [f"tier {t}: {_short(b)} x {_short(r)} x {_short(f)} = {_short(x)}" for t, b, r, f, x in rows]
    return "; ".join(shown) or "none"


def _short(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
