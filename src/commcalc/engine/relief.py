"""Quota relief: a measure without what is taken back, in the window of the deal or in that of the event (docs/semantics.md 8.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.clawback import Said, taken_of, with_days
from commcalc.engine.earnings import Job
from commcalc.engine.events import later
from commcalc.engine.measure import Measured, running, window_of
from commcalc.engine.reading import Readings
from commcalc.engine.rules import Rules
from commcalc.language.days import Length
from commcalc.plan.components.settlement import ClawbackOn
from commcalc.plan.model import Plan
from commcalc.tables.exact import D, product, quotient
from commcalc.tables.rows import runs_of

ZERO = pl.lit(0).cast(D)


def relieves(plan: Plan) -> bool:
    """Whether anything that is taken back relieves a measure of the plan."""
    return any(c.relief is not None for component in plan.components.values() for c in component.clawback)


def without_relieved(book: Book, plan: Plan, rules: Rules, measured: Mapping[str, Measured], day: date) -> dict[str, Measured]:
    """Return the measures as they stand with what was taken back by `day` out of the windows of its deals."""
    found = dict(measured)
    for name, job, claws in _of_measures(book, plan, rules, measured, "original"):
        rows = taken_of(job, _ready(book, measured[name].rows), claws, pl.lit(day))
        unsure = rows.filter(pl.col("~fn").is_null()).select("~p", "~row")
        part = product(pl.col("~m"), pl.col("~fd") - pl.col("~fn"))
        left = pl.when(pl.col("~fn") == pl.col("~fd")).then(ZERO).otherwise(quotient(part, pl.col("~fd")))
        known = (pl.col("~fn") > 0).fill_null(value=False)
        less = pl.when(known).then(left).otherwise(pl.col("~m")).alias("~m")
        rows = rows.with_columns(pl.col("~m").alias("~whole"), less).select(*measured[name].rows.columns, "~whole")
        found[name] = replace(measured[name], rows=running(rows, measured[name].opened), unsure=unsure)
    return found


def with_relief(book: Book, plan: Plan, rules: Rules, measured: Mapping[str, Measured]) -> dict[str, Measured]:
    """Return the measures with a row for each time that what is taken back of a credit changes, on that day: no component is paid on it."""
    found = dict(measured)
    for name, job, claws in _of_measures(book, plan, rules, measured, "current"):
        one = measured[name]
        rows = _ready(book, one.rows).with_row_index("~credit")
        days = _days(job, rows, claws)
        dated = rows.join(days, on="~credit").with_columns(pl.max_horizontal("~at", "~d").alias("~at"))
        dated = dated.filter(pl.col("~at") <= book.now).unique(["~credit", "~at"]).sort("~credit", "~at")
        asked = taken_of(job, dated, claws, pl.col("~at"))
        unsure = asked.filter(pl.col("~fn").is_null()).select("~p", "~row")
        figure = quotient(product(pl.col("~m"), pl.col("~fn").fill_null(ZERO)), pl.col("~fd"))
        asked = asked.with_columns(figure.alias("~f"))
        before = pl.col("~f").shift(1).over("~credit").fill_null(ZERO)
        asked = asked.with_columns((before - pl.col("~f")).alias("~m"), pl.col("~at").alias("~d"))
        added = asked.filter(pl.col("~m") != 0).select(one.rows.columns).with_columns(pl.lit(value=True).alias("~relief"))
        every = pl.concat([one.rows.with_columns(pl.lit(value=False).alias("~relief")), added])
        every = every.sort("~p", "~d", "~relief", "~k", maintain_order=True)
        every = every.with_columns(window_of(book, plan, name, every).alias("~w")).filter(pl.col("~w").is_not_null())
        every = every.with_columns(runs_of(every, "~p", "~w").run.alias("~g"))
        found[name] = replace(one, rows=running(every, one.opened), unsure=unsure)
    return found


def _of_measures(
    book: Book, plan: Plan, rules: Rules, measured: Mapping[str, Measured], how: str
) -> list[tuple[str, Job, tuple[Said, ...]]]:
    """Return the measures that are relieved so, each with a component that says it: all that relieve one measure say the same."""
    found: dict[str, tuple[str, Job, tuple[Said, ...]]] = {}
    for name, component in plan.components.items():
        claws = tuple(c for c in component.clawback if c.relief == how)
        on = component.runs_over
        if claws and on is not None and on in measured and on not in found:
            found[on] = (on, Job(book, plan, name, component, rules, Readings(book, plan, rules, {})), claws)
    return list(found.values())


def _ready(book: Book, rows: pl.DataFrame) -> pl.DataFrame:
    """Add what clawbacks ask of a credit: its sale's first day where it takes back."""
    deals = book.deals
    back = (deals["amount"] < 0) | (deals["~sale"] != deals["~deal"])
    return with_days(rows.with_columns(pl.lit(back).gather(pl.col("~row")).alias("~back")))


def _days(job: Job, rows: pl.DataFrame, claws: tuple[Said, ...]) -> pl.DataFrame:
    """Return `~credit ~at`: the days on which what is taken back of a credit may change."""
    names = [c.on if isinstance(c, ClawbackOn) else c.unless for c in claws]
    happened = job.book.events.filter(pl.col("event").is_in(names)).select("~sale", pl.col("~acts").alias("~at"))
    found = [rows.select("~credit", pl.col("~d").alias("~at"))]  # on its own day, too, it may be that it cannot be told
    found.append(rows.select("~credit", "~sale").join(happened, on="~sale").select("~credit", "~at"))
    for said in claws:
        if not isinstance(said, ClawbackOn):
            limit = pl.lit(job.book.deals[said.within]).gather(pl.col("~row")) if isinstance(said.within, str) else None
            day = later(pl.col("~day"), said.within) if isinstance(said.within, Length) else limit
            found.append(rows.select("~credit", later(day, Length(1, "day")).alias("~at")))  # type: ignore[arg-type]
    return pl.concat(found).drop_nulls().unique(maintain_order=True)
