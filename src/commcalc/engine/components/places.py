"""Places: which deals or units of a SPIFF are paid - the first so many, once a minimum is reached."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.engine.credit import share_of
from commcalc.engine.earnings import Blank, Job
from commcalc.engine.measure import deals_counted
from commcalc.engine.reading import with_assignment
from commcalc.engine.room import ORDER, kept_within
from commcalc.plan.components.spiff import Spiff
from commcalc.plan.shapes import Value
from commcalc.tables.exact import D, exact_lit, product, quotient

ONE = pl.lit(1).cast(D)
ZERO = pl.lit(0).cast(D)


def placed(job: Job, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Add what counts of each credit, `~x`, and what of it is paid, `~kept`, with `~size ~room` of its sale (docs/semantics.md 6.3).

    The minimum comes first: deals of a payee who has not reached it take no place among the first.
    """
    said = job.component
    assert isinstance(said, Spiff)
    frame = frame.with_columns(pl.col("~basis").fill_null(ZERO).alias("~x"))
    if said.each == "deal":
        frame = frame.with_columns(deals_counted(frame).alias("~counted"))
        frame = frame.with_columns(share_of(frame, pl.col("~counted"), job.book).alias("~x"))
    frame = frame.with_columns(pl.col("~x").alias("~places"))
    blanks: list[Blank] = []
    if said.minimum is not None:
        frame, blanks = _reached(job, said.minimum, frame, day)
    if said.first is None:
        return frame.with_columns(pl.col("~places").alias("~kept"), ZERO.alias("~size"), ZERO.alias("~room")), blanks
    limit = exact_lit(said.first.count)
    if said.first.of == "payee":
        return kept_within(frame, "~places", ["~g"], limit), blanks
    every = frame.with_row_index("~i").sort(ORDER)
    return kept_within(every, "~places", ["~w"], limit).sort("~i").drop("~i"), blanks


def _reached(job: Job, minimum: Value, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Let nothing take a place under a payee and window that have fewer deals or units than the minimum."""
    rules = job.rules.on(getattr(job.component, "on", None))
    reads = rules.reads(minimum)
    groups = frame.group_by("~p", "~w", maintain_order=True).agg(pl.col("~wfirst", "~wlast").first(), pl.col("~x").sum())
    groups = groups.with_columns(pl.min_horizontal("~wlast", pl.lit(day)).alias("~t"))
    groups = with_assignment(job.book, job.plan, groups, reads.payee, reads.params)
    groups = job.readings.attach(groups, reads.measures, rules.own)
    groups = job.readings.left_out(groups, reads.quotas)
    groups = groups.with_columns((pl.col("~x") >= rules.value(minimum)).alias("~reached"))
    found = frame.join(groups.select("~p", "~w", "~reached"), on=["~p", "~w"], how="inner", maintain_order="left")
    undecided = groups.filter(pl.col("~reached").is_null())
    blanks = []
    if len(undecided):
        nobodys = pl.lit(None, dtype=pl.UInt32).alias("~row")
        blanks.append(Blank("minimum", "blank", undecided.select("~p", nobodys).unique(maintain_order=True)))
        found = found.filter(pl.col("~reached").is_not_null())
    places = pl.when("~reached").then("~places").otherwise(ZERO)
    return found.with_columns(places.alias("~places")), blanks


def in_parts(frame: pl.DataFrame) -> pl.DataFrame:
    """What a ratio is paid on, for a sale of which only a part is among the first: basis x part / the sale's count."""
    taken = pl.min_horizontal("~size", "~room")
    some = taken < pl.col("~size")
    numerator = pl.when(some).then(product(pl.col("~basis"), taken)).otherwise(pl.col("~basis"))
    if "~reached" in frame.columns:
        numerator = pl.when("~reached").then(numerator).otherwise(pl.col("~basis") * ZERO)
    divisor = pl.when(some).then("~size").otherwise(ONE)
    frame = frame.with_columns(numerator.alias("~bn"), divisor.alias("~bd"))
    shown = pl.when(pl.col("~bd") == 1).then("~bn").otherwise(quotient(pl.col("~bn"), pl.col("~bd")))
    return frame.with_columns(shown.alias("~basis"))
