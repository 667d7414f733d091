"""Budget: the most that a SPIFF pays to all payees together, and which deals it refuses once it is spent."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.engine.change import CENTS, replaced
from commcalc.engine.earnings import Blank, Job
from commcalc.engine.people import LAST_DAY
from commcalc.engine.room import ORDER, kept_within
from commcalc.engine.rounding import cents, shared_among
from commcalc.plan.components.spiff import Budget
from commcalc.tables.exact import largest_remainder, product, quotient


def within_budget(job: Job, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """What the budget leaves of each figure; what it refuses is a line of its own (docs/semantics.md 8.6)."""
    said = getattr(job.component, "budget", "none")
    if not isinstance(said, Budget) or frame.is_empty():
        return frame, []
    limit = cents(job, job.rules.expression(said.amount))
    if said.when_spent == "first come":
        every = frame.with_row_index("~i").sort(ORDER, nulls_last=True)
        kept = kept_within(every, CENTS, ["~w"], limit).sort("~i").select("~kept").to_series()
        return replaced(frame.with_columns(kept), pl.col("~kept")).drop("~kept"), []
    # until the window ends nobody knows what everybody's part is: it is earned, and held
    last = job.component.dates.last if job.component.dates is not None else None
    ended = pl.min_horizontal("~wlast", pl.lit(last or LAST_DAY)) <= day
    frame = frame.with_columns(ended.alias("~ended"), (pl.col("~held") | ~ended).alias("~held"))
    return _in_proportion(job, frame, limit).drop("~ended"), []


def _in_proportion(job: Job, frame: pl.DataFrame, limit: pl.Expr) -> pl.DataFrame:
    """Share the budget of each window that has ended over its figures, where they come to more (largest remainder)."""
    whole = pl.col(CENTS).sum().over("~w")
    frame = frame.with_columns(whole.alias("~total"), limit.alias("~budget")).with_row_index("~i")
    over = pl.col("~ended") & (pl.col("~total") > pl.col("~budget"))
    cut, stands = frame.filter(over), frame.filter(~over)
    if cut.is_empty():
        return frame.drop("~i", "~total", "~budget")
    part = quotient(product(pl.col(CENTS), pl.col("~budget")), pl.col("~total"))
    how = shared_among(job, ["~w"], ORDER)
    shared = largest_remainder(cut.with_columns(part.alias("~part")).lazy(), "~budget", "~part", how).collect()
    every = pl.concat([stands.with_columns(pl.col(CENTS).alias("share")), shared.select(*frame.columns, "share")])
    return replaced(every.sort("~i"), pl.col("share")).drop("~i", "~total", "~budget", "share")
