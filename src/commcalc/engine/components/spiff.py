"""SPIFF: an amount or a rate for each matching deal or unit between two dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from commcalc.engine.components.bonus import earn_once
from commcalc.engine.components.lines import Paying, filtered, kicked, multipliers, slices_and_lines
from commcalc.engine.components.places import in_parts, placed
from commcalc.engine.credit import share_of
from commcalc.engine.earnings import Blank, Earned, Job, credits_only, nothing, probe_day, quota_credit, to_date, window_days
from commcalc.engine.facts import with_facts
from commcalc.engine.measure import Measured, deals_counted, measure, with_plan_columns
from commcalc.engine.people import FIRST_DAY, LAST_DAY
from commcalc.engine.plan_currency import NO_RATE
from commcalc.engine.told import with_earned_on
from commcalc.plan.components.spiff import Spiff
from commcalc.plan.measures import SumMeasure
from commcalc.plan.measures import own_deals as own_deals_measure
from commcalc.tables.exact import product

OWN_DEALS = "~own-deals"


def own_deals(job: Job, columns: frozenset[str]) -> Measured:
    """Return all own deals as a measure without window: what a SPIFF without `on` looks at."""
    plan = job.plan.model_copy(update={"measures": {**job.plan.measures, OWN_DEALS: own_deals_measure()}})
    return measure(job.book, plan, OWN_DEALS, job.rules, columns)


def earn(job: Job, day: date) -> Earned:
    """Return what a SPIFF earns on all credits up to `day` (semantics 6.2)."""
    said = job.component
    assert isinstance(said, Spiff)
    if said.once:
        return earn_once(job, day)
    rules = job.rules.on(said.on)
    values = [
        v
        for v in (
            said.pay,
            said.basis,
            *(x for m in said.multiply for x in (m.factor, m.when)),
            *(x for k in said.kickers for x in (k.add, k.when)),
        )
        if v
    ]
    conditions = [v for v in (said.where, said.eligible) if v is not None]
    reads = rules.reads(*values)
    needed = reads.columns | rules.reads(*conditions).columns
    measured = job.measured or own_deals(job, needed | {"amount"})
    frame = window_days(job.book, job.plan, measured, credits_only(to_date(job, measured, day)))
    if job.measured is None and said.dates is not None:
        days = (said.dates.first or FIRST_DAY, said.dates.last or LAST_DAY)
        frame = frame.with_columns(pl.lit(d, dtype=pl.Date).alias(c) for d, c in zip(days, ("~wfirst", "~wlast"), strict=True))
    frame, blanks = filtered(job, frame)
    blanks += _without_rate(job, measured)
    if frame.is_empty():
        return Earned(nothing().rows, nothing().slices, blanks)
    frame = with_facts(job.book, job.plan, frame, reads.payee, reads.params)
    frame = with_plan_columns(job.plan, frame, reads.columns, rules)
    of_credit = said.as_of == "credit period"
    frame = frame.with_columns(probe_day(day, of_credit=of_credit, book=job.book).fill_null(day).alias("~t"))
    frame = job.readings.attach(frame, reads.measures, said.on)
    frame = with_earned_on(job, frame, reads.components, day)
    frame = job.readings.left_out(frame, reads.quotas)
    frame = frame.with_columns(_basis(job, measured, said, frame))
    if said.limits_count:
        frame, undecided = placed(job, frame, day)
        blanks += undecided
    rate, more = rules.value(said.pay), kicked(said, rules)
    rate = rate if more is None else rate + more
    paying = Paying((rate,), None, multipliers(said, rules))
    if said.each == "deal" and job.pays_amount and said.basis is None:  # so much for a sale, then its share
        frame = frame.with_columns(deals_counted(frame).alias("~counted"))
        paid = share_of(frame, product(pl.col("~counted"), rate), job.book)
        frame = frame.with_columns(paid.alias("~paid"))
        if said.limits_count:
            whole = pl.col("~kept") == pl.col("~x")
            part = pl.when(whole).then("~paid").otherwise(product(pl.col("~kept"), rate))
            frame = frame.with_columns(part.alias("~paid"), pl.col("~kept").alias("~basis"))
        paying = replace(paying, pay=pl.col("~paid"))
    elif said.limits_count and said.each == "unit":
        frame = frame.with_columns(pl.when(pl.col("~basis").is_not_null()).then("~kept").alias("~basis"))
    elif said.limits_count:
        frame = in_parts(frame)
        paying = replace(paying, basis=(pl.col("~bn"), pl.col("~bd")))
    frame = frame.with_columns(pl.col("~c").alias("~s"), pl.col("~cum").alias("~e")).with_row_index("~line")
    return slices_and_lines(frame, paying, blanks)


def _without_rate(job: Job, measured: Measured) -> list[Blank]:
    """The deals that a SPIFF without a measure would take in and of which no rate is known; a measure's are told there."""
    if job.measured is not None or measured.unrated is None or measured.unrated.is_empty():
        return []
    taken, undecided = filtered(job, measured.unrated)
    rows = [taken.select("~p", "~row"), *(b.rows for b in undecided)]
    return [Blank(NO_RATE, "rate", pl.concat(rows))]


def _basis(job: Job, measured: Measured, said: Spiff, frame: pl.DataFrame) -> pl.Expr | pl.Series:
    """The deals counted, the units, or what a ratio is paid on; each times its share."""
    rules = job.rules.on(said.on)
    if said.basis is not None:
        found = share_of(frame, rules.value(said.basis), job.book)
        return found.alias("~basis")
    if said.each == "deal":
        if not job.pays_amount and not isinstance(measured.measure, SumMeasure):
            return share_of(frame, pl.col("amount"), job.book).alias("~basis")
        if isinstance(measured.measure, SumMeasure) and not job.pays_amount:
            return share_of(frame, rules.value(measured.measure.sum), job.book).alias("~basis")
        return _deals(job, frame).alias("~basis")
    if isinstance(measured.measure, SumMeasure):
        return share_of(frame, rules.value(measured.measure.sum), job.book).alias("~basis")
    return quota_credit(frame).alias("~basis")


def _deals(job: Job, frame: pl.DataFrame) -> pl.Expr | pl.Series:
    """Each sale once, at its first row, while its net stays above zero or nothing of it came back."""
    frame = frame.with_columns(deals_counted(frame).alias("~counted"))
    found = share_of(frame, pl.col("~counted"), job.book)
    return frame.select(found.alias("~basis")).to_series() if isinstance(found, pl.Expr) else found
