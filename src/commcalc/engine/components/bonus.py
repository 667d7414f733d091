"""Bonus: one line for each payee and window, by what a measure reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from commcalc.engine.components.lines import kicked, multipliers
from commcalc.engine.earnings import EMPTY_ROWS, ROW, SLICE, Blank, Earned, Job, nothing
from commcalc.engine.facts import with_facts
from commcalc.engine.people import FIRST_DAY, LAST_DAY, stretches
from commcalc.engine.target import target_of
from commcalc.engine.windows import own_windows
from commcalc.language.expression import Expression
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.components.spiff import Spiff
from commcalc.plan.measures import MeasureBase
from commcalc.plan.windows import ANNIVERSARY, OF_PAYEE, tile_of
from commcalc.tables.exact import D, product, quotient

ONE = pl.lit(1).cast(D)


def window_measure(job: Job) -> str:
    """Return the measure whose windows a bonus runs over: `on`, else the one it reads."""
    said = job.component
    if isinstance(said, Spiff):
        assert said.goal_over is not None
        return said.goal_over
    assert isinstance(said, Bonus)
    if said.on is not None:
        return said.on
    return sorted(job.rules.reads(said.payout, *(g.when for g in said.gate)).measures)[0]


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
    frame = _windows(job, job.plan.measures[name], name, day)
    blanks = _without_hire(job, name, day)
    if frame.is_empty():
        return Earned(nothing().rows, nothing().slices, blanks)
    reads = rules.reads(said.payout, *(m.factor for m in said.multiply), *(m.when for m in said.multiply if m.when))
    reads = reads | rules.reads(*(x for k in said.kickers for x in (k.add, k.when) if x), *([when] if when is not None else []))
    if said.eligible is not None:
        reads = reads | rules.reads(said.eligible)
    if isinstance(said.target, Expression):
        reads = reads | rules.reads(said.target)
    frame = with_facts(job.book, job.plan, frame, reads.payee, reads.params, "~t")
    if said.eligible is not None:
        frame = frame.with_columns(rules.expression(said.eligible).alias("~holds"))
        blanks += _listed(f"eligible: {said.eligible.text}", "blank", frame.filter(pl.col("~holds").is_null()))
        frame = frame.filter("~holds").drop("~holds")
    frame = job.readings.attach(frame, reads.measures, name)
    frame = job.readings.left_out(frame, reads.quotas)
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
    return _lines(frame, name, blanks, of_target=of_target)


def _without_hire(job: Job, name: str, day: date) -> list[Blank]:
    """Payees whose years go by their hire, and of whom none is known: no window of theirs is ever paid."""
    if job.plan.measures[name].window != ANNIVERSARY:
        return []
    rows = stretches(job.book.people, job.plan).filter(pl.col("~b") <= day)
    known = own_windows(job.book, job.plan, job.plan.measures[name], name)["~p"].unique()
    return _listed(f"window: {ANNIVERSARY}", "blank", rows.filter(~pl.col("~p").is_in(known.implode())))


def _missing(empty: pl.DataFrame, asked: frozenset[str]) -> list[Blank]:
    """Payees whose bonus cannot be worked out: for want of a quota, or of another figure."""
    blanks: list[Blank] = []
    for name in sorted(asked):
        bad = pl.col(f"attainment:{name}").is_null() & pl.col(f"value:{name}").is_not_null()
        blanks += _listed(f"quota of {name}", "quota", empty.filter(bad))
        empty = empty.filter(~bad)
    return blanks + _listed("payout", "blank", empty)


def _listed(rule: str, code: str, rows: pl.DataFrame) -> list[Blank]:
    named = rows.select("~p", pl.lit(None, dtype=pl.UInt32).alias("~row")).unique(maintain_order=True)
    return [Blank(rule, code, named)] if len(named) else []


def _windows(job: Job, measure: MeasureBase, name: str, day: date) -> pl.DataFrame:
    """Return `~p ~a ~w ~wfirst ~wlast ~periods ~year ~t ~d ~ended` for each payee on the plan in a window that counts."""
    said = job.component
    book, plan = job.book, job.plan
    rows = stretches(book.people, plan)
    spans = _spans(job, measure, name)
    frame = rows.join(spans, on="~p") if "~p" in spans.columns else rows.join(spans, how="cross")
    frame = frame.filter((pl.col("~b") <= pl.col("~wlast")) & (pl.col("~z") >= pl.col("~wfirst")))
    assert isinstance(said, Bonus)
    at_end = said.earned not in ("to date", "ratchet")
    begun = pl.col("~wlast") <= day if at_end else pl.col("~wfirst") <= day
    frame = frame.filter(begun).with_columns(pl.min_horizontal("~wlast", pl.lit(day)).alias("~t"))
    # the assignment in force at the day read, else the last one in the window, governs (docs/semantics.md 7.1)
    frame = frame.sort("~p", "~w", "~b").filter(pl.col("~b") <= pl.col("~t"))
    frame = frame.unique(["~p", "~w"], keep="last", maintain_order=True)
    if said.dates is not None:
        low, high = said.dates.first or FIRST_DAY, said.dates.last or LAST_DAY
        frame = frame.filter(pl.col("~wlast").is_between(low, high))  # a window counts by its last day, also before it ends
    frame = frame.with_columns(pl.min_horizontal("~t", "~z").alias("~d"), (pl.col("~wlast") <= day).alias("~ended"))
    return frame.drop("~b", "~z")


def _spans(job: Job, measure: MeasureBase, name: str) -> pl.DataFrame:
    book = job.book
    none = pl.lit(None, dtype=pl.Int64)
    window = tile_of(measure.window)
    if window in OF_PAYEE:
        days = (pl.col("~first").alias("~wfirst"), pl.col("~last").alias("~wlast"))
        own = own_windows(book, job.plan, measure, name)
        return own.select("~p", "~w", *days, none.alias("~periods"), none.alias("~year"))
    if window in book.moments.windows:
        years = book.moments.windows["year"].select(pl.col("~w").alias("~y"), pl.col("~periods").alias("~year"))
        return (
            book.moments.windows[window]
            .select("~w", pl.col("~first").alias("~wfirst"), pl.col("~last").alias("~wlast"), "~periods")
            .with_columns(book.moments.number("year", "~wfirst").alias("~y"))
            .join(years, on="~y", how="left", maintain_order="left")
            .drop("~y")
        )
    first, last = job.plan.effective.first or FIRST_DAY, job.plan.effective.last or LAST_DAY
    return pl.DataFrame(
        {"~w": [0], "~wfirst": [first], "~wlast": [last], "~periods": [None], "~year": [None]},
        schema={"~w": pl.Int64, "~wfirst": pl.Date, "~wlast": pl.Date, "~periods": pl.Int64, "~year": pl.Int64},
    )


def _lines(frame: pl.DataFrame, name: str, blanks: list[Blank], *, of_target: bool) -> Earned:
    value = pl.col(f"value:{name}") if f"value:{name}" in frame.columns else pl.lit(None, dtype=D)
    target = quotient(pl.col("~tn"), pl.col("~td")) if of_target else pl.lit(None, dtype=D)
    rows = frame.with_columns(
        pl.lit("owner").alias("~role"),
        pl.lit(0, dtype=pl.UInt32).alias("~level"),
        pl.lit(None, dtype=pl.UInt32).alias("~row"),
        pl.lit(None, dtype=pl.UInt32).alias("~k"),
        pl.lit(None, dtype=pl.UInt32).alias("~sale"),
        pl.col("~t").alias("~d"),
        ONE.alias("~share_n"),
        ONE.alias("~share_q"),
        target.alias("~basis"),
        pl.lit(0, dtype=pl.UInt32).alias("tier"),
        pl.lit(1, dtype=pl.UInt32).alias("~n"),
        value.alias("stop"),
        pl.lit(None, dtype=D).alias("start"),
        pl.col("~factor").alias("factor"),
        pl.col("~exact").alias("exact"),
    )
    rows = rows.with_row_index("~line").with_columns(pl.col("~rate").alias("rate"), pl.col("~basis").alias("basis"))
    rows = rows.with_columns(product(pl.col("rate"), pl.col("factor")).alias("~rate"))
    return Earned(rows.select(ROW).cast(EMPTY_ROWS), rows.select(SLICE), blanks)  # type: ignore[arg-type]
