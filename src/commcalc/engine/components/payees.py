"""Payees in windows: everybody on the plan in a window that counts, what is read of them, and the lines they get."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.engine.earnings import EMPTY_ROWS, ROW, SLICE, Blank, Earned, Job
from commcalc.engine.facts import with_facts
from commcalc.engine.people import FIRST_DAY, LAST_DAY, stretches
from commcalc.engine.rules import Reads
from commcalc.engine.told import with_earned
from commcalc.engine.windows import own_windows
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.measures import MeasureBase
from commcalc.plan.windows import OF_PAYEE, tile_of
from commcalc.tables.exact import D, product

ONE = pl.lit(1).cast(D)


def window_measure(job: Job) -> str:
    """Return the measure in whose windows payees are paid: what the component says, else the first that its payout or gates read."""
    said = job.component
    if said.runs_over is not None:
        return said.runs_over
    assert isinstance(said, Bonus)
    return min(job.rules.reads(said.payout, *(g.when for g in said.gate)).measures)


def payees_in_windows(job: Job, name: str, day: date, *, at_end: bool) -> pl.DataFrame:
    """Return `~p ~a ~w ~wfirst ~wlast ~periods ~year ~t ~d ~ended` for each payee on the plan in a window that counts."""
    said = job.component
    book, plan = job.book, job.plan
    rows = stretches(book.people, plan)
    spans = _spans(job, job.plan.measures[name], name)
    frame = rows.join(spans, on="~p") if "~p" in spans.columns else rows.join(spans, how="cross")
    frame = frame.filter((pl.col("~b") <= pl.col("~wlast")) & (pl.col("~z") >= pl.col("~wfirst")))
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


def standing(job: Job, frame: pl.DataFrame, name: str, reads: Reads, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Add what is read of each payee and the measures at `~t`; leave out who is not eligible. `name`: whose windows they are."""
    rules, said = job.rules.on(getattr(job.component, "on", None) or name), job.component
    blanks: list[Blank] = []
    if said.eligible is not None:
        reads = reads | rules.reads(said.eligible)
    frame = with_facts(job.book, job.plan, frame, reads.payee, reads.params, "~t")
    if said.eligible is not None:
        frame, blanks = those(frame, rules.expression(said.eligible), f"eligible: {said.eligible.text}")
    frame = with_earned(job, job.readings.attach(frame, reads.measures, name), reads.components, day)
    return job.readings.left_out(frame, reads.quotas), blanks


def those(frame: pl.DataFrame, condition: pl.Expr, rule: str) -> tuple[pl.DataFrame, list[Blank]]:
    """Keep those for whom a condition holds; where it is empty they are listed."""
    frame = frame.with_columns(condition.alias("~holds"))
    blanks = listed(rule, "blank", frame.filter(pl.col("~holds").is_null()))
    return frame.filter("~holds").drop("~holds"), blanks


def listed(rule: str, code: str, rows: pl.DataFrame) -> list[Blank]:
    """Return the payees of these rows as what a rule could not decide."""
    named = rows.select("~p", pl.lit(None, dtype=pl.UInt32).alias("~row")).unique(maintain_order=True)
    return [Blank(rule, code, named)] if len(named) else []


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


def lines_of(frame: pl.DataFrame, blanks: list[Blank]) -> Earned:
    """Return a line of one slice for each row. In: `~basis ~rate ~factor ~exact`, `tier`, and `stop`, the figure read."""
    rows = frame.with_columns(
        pl.lit("owner").alias("~role"),
        pl.lit(0, dtype=pl.UInt32).alias("~level"),
        pl.lit(None, dtype=pl.UInt32).alias("~row"),
        pl.lit(None, dtype=pl.UInt32).alias("~k"),
        pl.lit(None, dtype=pl.UInt32).alias("~sale"),
        pl.col("~t").alias("~d"),
        ONE.alias("~share_n"),
        ONE.alias("~share_q"),
        pl.lit(1, dtype=pl.UInt32).alias("~n"),
        pl.lit(None, dtype=D).alias("start"),
        pl.col("~factor").alias("factor"),
        pl.col("~exact").alias("exact"),
    )
    rows = rows.with_row_index("~line").with_columns(pl.col("~rate").alias("rate"), pl.col("~basis").alias("basis"))
    rows = rows.with_columns(product(pl.col("rate"), pl.col("factor")).alias("~rate"))
    return Earned(rows.select(ROW).cast(EMPTY_ROWS), rows.select(SLICE), blanks)  # type: ignore[arg-type]
