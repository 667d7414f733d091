"""Bonus: one line for each payee and window, by what a measure reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from commcalc.engine.components.lines import kicked, multipliers
from commcalc.engine.components.payees import lines_of, listed, payees_in_windows, standing, window_measure
from commcalc.engine.earnings import Blank, Earned, Job, nothing
from commcalc.engine.people import stretches
from commcalc.engine.target import target_of
from commcalc.engine.windows import own_windows
from commcalc.language.expression import Expression
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.components.spiff import Spiff
from commcalc.plan.windows import ANNIVERSARY
from commcalc.tables.exact import D, product, quotient

ONE = pl.lit(1).cast(D)


def earn_once(job: Job, day: date) -> Earned:
    """Return what a SPIFF pays once to each payee who has reached its goal by `day` (docs/semantics.md 6.4)."""
    said = job.component
    assert isinstance(said, Spiff)
    common = {name: getattr(said, name) for name in ComponentBase.model_fields}
    to_date = Bonus.model_construct(**{**common, "kind": "bonus", "on": said.goal_over, "payout": said.pay, "earned": "to date"})
    return earn(replace(job, component=to_date), day, said.when)


def earn(job: Job, day: date, when: Expression | None = None) -> Earned:
    """Return what a bonus earns to `day`: in windows that have ended, or to date where so said (semantics 6.1).

    With `when` only those have a line for whom it holds.
    """
    said = job.component
    assert isinstance(said, Bonus)
    name = window_measure(job)
    rules = job.rules.on(said.on or name)
    frame = payees_in_windows(job, name, day, at_end=said.earned not in ("to date", "ratchet"))
    blanks = _without_hire(job, name, day)
    if frame.is_empty():
        return Earned(nothing().rows, nothing().slices, blanks)
    reads = rules.reads(said.payout, *(m.factor for m in said.multiply), *(m.when for m in said.multiply if m.when))
    reads = reads | rules.reads(*(x for k in said.kickers for x in (k.add, k.when) if x), *([when] if when is not None else []))
    if isinstance(said.target, Expression):
        reads = reads | rules.reads(said.target)
    frame, ineligible = standing(job, frame, name, reads, day)
    blanks += ineligible
    if when is not None:
        frame = frame.with_columns(rules.expression(when).alias("~holds"))
        undecided = frame.filter(pl.col("~holds").is_null())
        blanks += _missing(undecided, rules.reads(when).quotas) if len(undecided) else []
        frame = frame.filter("~holds").drop("~holds")
    frame = target_of(job.book, job.plan, said, rules, frame)
    numerator, divisor = rules.parts(said.payout)
    more = kicked(said, rules)
    if more is not None:
        numerator = numerator + (more if divisor is None else product(more, divisor))
    of_target = not job.pays_amount
    rate = numerator if divisor is None else quotient(numerator, divisor)
    frame = frame.with_columns((rate if of_target else pl.lit(None, dtype=D)).alias("~rate"))
    if of_target:
        numerator = product(pl.col("~tn"), numerator)
        divisor = pl.col("~td") if divisor is None else product(pl.col("~td"), divisor)
    factors = multipliers(said, rules)
    numerator = product(numerator, *factors)
    frame = frame.with_columns(numerator.alias("~num"), (divisor if divisor is not None else ONE).alias("~div"))
    exact = pl.when(pl.col("~div") == 1).then(pl.col("~num")).otherwise(quotient(pl.col("~num"), pl.col("~div")))
    frame = frame.with_columns(exact.alias("~exact"), product(ONE, *factors).alias("~factor"))
    empty = frame.filter(pl.col("~exact").is_null())
    if len(empty):
        blanks += _missing(empty, reads.quotas)
        frame = frame.filter(pl.col("~exact").is_not_null())
    value = pl.col(f"value:{name}") if f"value:{name}" in frame.columns else pl.lit(None, dtype=D)
    target = quotient(pl.col("~tn"), pl.col("~td")) if of_target else pl.lit(None, dtype=D)
    frame = frame.with_columns(target.alias("~basis"), value.alias("stop"), pl.lit(0, dtype=pl.UInt32).alias("tier"))
    return lines_of(frame, blanks)


def _without_hire(job: Job, name: str, day: date) -> list[Blank]:
    """Payees whose years go by their hire, and of whom none is known: no window of theirs is ever paid."""
    if job.plan.measures[name].window != ANNIVERSARY:
        return []
    rows = stretches(job.book.people, job.plan).filter(pl.col("~b") <= day)
    known = own_windows(job.book, job.plan, job.plan.measures[name], name)["~p"].unique()
    return listed(f"window: {ANNIVERSARY}", "blank", rows.filter(~pl.col("~p").is_in(known.implode())))


def _missing(empty: pl.DataFrame, asked: frozenset[str]) -> list[Blank]:
    """Payees whose bonus cannot be worked out: for want of a quota, or of another figure."""
    blanks: list[Blank] = []
    for name in sorted(asked):
        bad = pl.col(f"attainment:{name}").is_null() & pl.col(f"value:{name}").is_not_null()
        blanks += listed(f"quota of {name}", "quota", empty.filter(bad))
        empty = empty.filter(~bad)
    return blanks + listed("payout", "blank", empty)
