"""A small world made in memory - plans, tables, house - and both calculations of it, without files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from commcalc.base.calendar import Calendar
from commcalc.base.problem import Report
from commcalc.checks import Facts, check_plans
from commcalc.engine.book import House
from commcalc.engine.result import Result
from commcalc.engine.run import run
from commcalc.inputs.project import TYPES
from commcalc.plan.crediting import Crediting
from commcalc.plan.exchange import Exchange
from commcalc.plan.load import LoadedPlan, load_plan
from commcalc.reference import run as reference
from commcalc.studies.verify import TABLES as READ
from commcalc.studies.verify import compared, plain_house, plain_posted
from commcalc.tables.posted import Posted
from commcalc.tables.schemas import DEALS, TABLES

Row = dict[str, Any]
D = pl.Decimal(38, 12)
POLARS = {"text": pl.String, "payee": pl.String, "period": pl.String, "share": pl.String, "date": pl.Date, "yes/no": pl.Boolean}
TERRITORY_KEYS = ("product", "account")
DEAL_DATES = {"close_date": "date", "paid_on": "date"}
MADE: Mapping[str, Mapping[str, Any]] = {  # columns that reading adds
    "quotas": {"start": pl.Date},
    "kpis": {"start": pl.Date},
    "adjustments": {"start": pl.Date},
    "splits": {"share_num": pl.Int64, "share_den": pl.Int64},
    "territories": {"share_num": pl.Int64, "share_den": pl.Int64},
    "assignments": {"mix_base": D, "mix_variable": D},
}
ALWAYS: Mapping[str, tuple[str, ...]] = {
    "splits": ("role",),
    "deals": ("owner", "amount", "close_date"),
    "assignments": ("from",),
    "fx": ("date", "period"),
}


@dataclass(slots=True)
class World:
    """Plans as they would be written, the rows of each table, the house's readings, and the periods to calculate."""

    plans: dict[str, dict[str, Any]]
    tables: dict[str, list[Row]]
    readings: dict[str, str]
    periods: list[str]
    currency: str = "USD"
    deal_columns: dict[str, str] = field(default_factory=dict)
    crediting: dict[str, Any] = field(default_factory=dict)  # as it would be written in commcalc.yaml
    fx: dict[str, Any] = field(default_factory=dict)  # likewise

    def shown(self) -> str:
        """The world as text, to be read and to be written into a case."""
        rows = {n: [{k: str(v) for k, v in r.items() if v is not None} for r in t] for n, t in self.tables.items() if t}
        said = {
            "plans": self.plans,
            "readings": self.readings,
            "crediting": self.crediting,
            "fx": self.fx,
            "periods": self.periods,
            "given": rows,
        }
        return yaml.dump(said, sort_keys=False, width=140, Dumper=yaml.CSafeDumper)


@cache
def calendar() -> Calendar:
    """The months of a few years: one calendar for all worlds."""
    return Calendar.months(1, "start", 2024, 2028)


def types_of(name: str) -> dict[str, str]:
    """The columns of a table and how each is written."""
    more = {"deals": DEAL_DATES, "payees": {"upline": "payee"}, "territories": {k: DEALS.types[k] for k in TERRITORY_KEYS}}
    return {**TABLES[name].types, **more.get(name, {})}


def frame(name: str, rows: list[Row]) -> pl.DataFrame:
    """The rows as reading yields them: only the columns that the file has, typed, with file and row."""
    types = types_of(name)
    made = MADE.get(name, {})
    used = {c for r in rows for c, v in r.items() if v is not None} | set(ALWAYS.get(name, ())) | set(TABLES[name].required)
    if name == "deals":  # what a plan may name is in the file, filled in or not
        used |= set(types) - {"line", "returns", "currency"}
    if name == "territories":
        used |= {*TERRITORY_KEYS, *types}
    if name == "payees":
        used |= {"title", "region", "team", "manager", "upline", "hired", "left"}
    if name == "assignments" and "mix" not in used:
        made = {}
    schema = {c: POLARS.get(t, D) for c, t in types.items() if c in used}
    schema |= {**made, "file": pl.Enum([f"data/{name}.csv"]), "row": pl.UInt32}
    whole = [{**r, "file": f"data/{name}.csv", "row": r.get("row", n)} for n, r in enumerate(rows, 2)]
    return pl.DataFrame(
        {c: pl.Series(c, [r.get(c) for r in whole], dtype=t, strict=True) for c, t in schema.items()}, schema=schema
    )


def load(world: World) -> tuple[tuple[LoadedPlan, ...], Report]:
    """The plans through the real loader and every check; a report with errors where they are refused."""
    loaded, report = [], Report()
    for name, said in world.plans.items():
        file = f"plans/{name}.yaml"
        text = yaml.dump(said, sort_keys=False, width=100_000, Dumper=yaml.CSafeDumper)
        found, problems = load_plan(text.encode(), file, Path(file), Path())
        report.extend(problems)
        if found is not None:
            loaded.append(found)
    report.extend(check_plans(tuple(loaded), facts(world)))
    return tuple(loaded), report


def facts(world: World) -> Facts:
    """What the checks know of the project around the plans."""
    return Facts(
        columns={c: TYPES[t] for c, t in types_of("deals").items()},
        payee_columns={c: TYPES[t] for c, t in types_of("payees").items()},
        links=frozenset({"manager", "upline"}),
        readings=world.readings,
        currency=world.currency,
    )


def house_of(world: World) -> House:
    """The house as the engine knows it."""
    counts = frozenset(c for c, t in types_of("deals").items() if t == "count")
    return House(
        world.readings, world.currency, "close_date", counts, crediting_of(world), TERRITORY_KEYS, facts(world), fx_of(world)
    )


def crediting_of(world: World) -> Crediting | None:
    """The world's crediting rules, as they would be read."""
    return Crediting.model_validate(world.crediting) if world.crediting else None


def fx_of(world: World) -> Exchange | None:
    """Which rates the world's house takes, as it would be read."""
    return Exchange.model_validate(world.fx) if world.fx else None


def frames(world: World) -> dict[str, pl.DataFrame]:
    """All tables that have rows; deals, payees and assignments always."""
    return {n: frame(n, rows) for n, rows in world.tables.items() if rows or n in ("deals", "payees", "assignments")}


def calculated(world: World, plans: tuple[LoadedPlan, ...], period: str, before: Posted | None = None) -> Result:
    """The engine's result of a period, after what closed periods have posted."""
    found = calendar().period_named(period)
    assert found is not None
    return run(plans, house_of(world), calendar(), frames(world), found, posted=before)


def answered(world: World, plans: tuple[LoadedPlan, ...], period: str, before: Posted | None = None) -> reference.Answer:
    """The reference interpreter's answer for a period, after what closed periods have posted."""
    tables = frames(world)
    rows = {n: tables[n].to_dicts() if n in tables else [] for n in READ}
    plain = plain_house(house_of(world))
    posted = plain_posted(before)
    job = reference.Job(
        plans=tuple(p.plan for p in plans), calendar=calendar(), house=plain, period=period, posted=posted, **rows
    )
    return reference.run(job)


def differences(world: World, plans: tuple[LoadedPlan, ...]) -> Iterator[str]:
    """Every difference of the two calculations, period by period, and every identity that does not hold."""
    for period in world.periods:
        result, answer = calculated(world, plans, period), answered(world, plans, period)
        for problem in [*result.report.problems, *compared(result, answer).problems]:
            yield f"{period}: {problem.message}"
        yield from (f"{period}: {told}" for told in sums_of(world, result, answer))


def sums_of(world: World, result: Result, answer: reference.Answer) -> Iterator[str]:
    """Every difference in what each payee is paid, what could not be calculated, and what became of the deals."""
    shares = '"pay"' in json.dumps([world.readings, world.plans])  # a stream has the name of its first payee, or of each
    yield from _sums(result, answer, named=not shares)


def _sums(result: Result, answer: reference.Answer, *, named: bool) -> Iterator[str]:
    """What each payee is paid in all, and for what there was an exception."""
    zero = Decimal(0)
    mine = {r["payee"]: (r["earned"], r["held"], r["accrued"]) for r in result.payouts.to_dicts()}
    theirs: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    for p in answer.payouts:
        e, y, a = theirs.get(p.payee, (zero, zero, zero))
        theirs[p.payee] = (e + p.earned, y + p.held, a + p.accrued)
    for payee in sorted({*mine, *theirs}):
        one, other = mine.get(payee, (zero, zero, zero)), theirs.get(payee, (zero, zero, zero))
        if one != other:
            yield f"earned, held and accrued of {payee}: engine {one}, reference {other}"
    refused = {(r["payee"], _last(r["component"]), r["deal"]) for r in result.exceptions.to_dicts() if r["component"]}
    plain = {(x.payee, x.component, x.deal) for x in answer.exceptions if x.component}
    for missing in sorted(refused ^ plain):
        who = "engine" if missing in refused else "reference"
        yield f"exception {missing} of the {who} alone"
    refused = {(r["payee"], r["deal"]) for r in result.exceptions.to_dicts() if not r["component"]}
    plain_ = {(x.payee, x.deal) for x in answer.exceptions if not x.component}
    for missing_ in sorted(refused ^ plain_):
        yield f"deal's exception {missing_} of the {'engine' if missing_ in refused else 'reference'} alone"
    statuses = result.counts
    counted: dict[str, int] = {}
    for status in answer.statuses.values():
        counted[status] = counted.get(status, 0) + 1
    for status in ("credited", "left out", "waiting", "later", "exception"):
        if statuses.get(status, 0) != counted.get(status, 0):
            yield f"deals {status}: engine {statuses.get(status, 0)}, reference {counted.get(status, 0)}"


def _last(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def day(text: str) -> date:
    """A date as written."""
    return date.fromisoformat(text)
