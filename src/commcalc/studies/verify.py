"""Verification: the engine's lines and slices beside the reference interpreter's, cell for cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from commcalc.base.calendar import Calendar
from commcalc.base.problem import Report
from commcalc.engine.book import House
from commcalc.engine.result import Result
from commcalc.plan.model import Plan
from commcalc.reference import run as reference
from commcalc.studies.problems import DIFFERENT, MISSING

Key = tuple[object, ...]
TABLES = ("deals", "payees", "assignments", "quotas", "splits", "kpis", "openings", "territories")
KEY = ("payee", "plan", "component", "deal", "line", "role", "level", "window_first", "kind")


def verified(
    result: Result, plans: tuple[Plan, ...], house: House, calendar: Calendar, tables: Mapping[str, pl.DataFrame]
) -> Report:
    """Run the reference interpreter on the same plans and rows, and return every difference."""
    rows = {name: tables[name].to_dicts() if name in tables else [] for name in TABLES}
    job = reference.Job(plans=plans, calendar=calendar, house=plain_house(house), period=result.period, **rows)
    return compared(result, reference.run(job))


def plain_house(house: House) -> reference.House:
    """Return what the project says as the reference interpreter takes it."""
    counts = dict.fromkeys(house.count_columns, "count")
    return reference.House(
        dict(house.readings), house.currency, house.credit_date, counts, house.crediting, house.territory_keys, house.facts
    )  # fmt: skip


def compared(result: Result, answer: reference.Answer) -> Report:
    """Return every difference between the two: lines that one lacks, amounts and slices that differ."""
    report = Report()
    engine = {_key(row): row for row in result.lines.to_dicts()}
    slices = _engine_slices(result)
    plain = {_key(line.__dict__ if hasattr(line, "__dict__") else _fields(line)): line for line in answer.lines}
    for key, row in engine.items():
        if key not in plain:
            report.add(MISSING.at(None, line=_named(key), who="engine", amount=row["amount"]))
    for key, line in plain.items():
        found = engine.get(key)
        if found is None:
            report.add(MISSING.at(None, line=_named(key), who="reference", amount=line.amount))
            continue
        for what in ("amount", "exact", "basis", "rate", "factor", "cause", "corrects", "accrued", "held", "credit_date", "rule"):
            _compare(report, key, what, found[what], getattr(line, what))
        mine = slices.get(found["id"], [])
        theirs = [(s.tier, s.basis, s.rate, s.factor, s.exact) for s in line.slices]
        if mine != theirs and line.kind == "earning":
            report.add(DIFFERENT.at(None, what="slices", line=_named(key), engine=_slices(mine), reference=_slices(theirs)))
    return report


def _fields(line: object) -> dict[str, object]:
    return {name: getattr(line, name) for name in KEY}


def _compare(report: Report, key: Key, what: str, engine: object, plain: object) -> None:
    if (engine or None) != (plain or None) and engine != plain:
        report.add(DIFFERENT.at(None, what=what, line=_named(key), engine=engine, reference=plain))


def _key(row: Mapping[str, object]) -> Key:
    return tuple(row[name] if row[name] is not None else "" for name in KEY)


def _named(key: Key) -> str:
    return ", ".join(f"{n} {v}" for n, v in zip(KEY, key, strict=True) if v not in ("", None, 0))


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
