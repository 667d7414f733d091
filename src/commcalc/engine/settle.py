"""Settling: earnings rounded once, changed in order, and compared with what had been posted (semantics 1.4, 7, 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from commcalc.engine.budget import within_budget
from commcalc.engine.change import floors, gates, maximum, minimum, proration
from commcalc.engine.components import KINDS
from commcalc.engine.earnings import KEY, SLICE, Blank, Earned, Job
from commcalc.engine.joint import capped
from commcalc.engine.rounding import cents, shared_among
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.readings import reading
from commcalc.tables.exact import D, largest_remainder
from commcalc.tables.ordering import each_after_the_last
from commcalc.tables.rows import only

STEP = [*KEY, "kind"]
FIGURES = [*STEP, "~line", "~k", "~d", "~wfirst", "~wlast", "~basis", "~rate", "~factor", "~exact", "~amount", "~held"]
Change = Callable[[Job, pl.DataFrame, date], tuple[pl.DataFrame, list[Blank]]]
CHANGES: tuple[tuple[str, Change], ...] = (
    ("minimum", minimum),
    ("maximum", maximum),
    ("gate", gates),
    ("proration", proration),
    ("cap", capped),
    ("budget", within_budget),
    ("floor", floors),
)
"""What changes a result, in the order in which it does (semantics 7)."""
KIND = pl.Enum(["earning", *(kind for kind, _ in CHANGES), "clawback", "forfeit"])
"""The kinds of line in the order in which they come about, which is how they sort."""
ZERO = pl.lit(0).cast(D)


@dataclass(frozen=True, slots=True)
class Settled:
    """A component's figures to a day. rows: FIGURES, one row per key and kind; slices as earned; blanks met on the way.

    dead: KEY of credits that are taken back whole.
    """

    rows: pl.DataFrame
    slices: pl.DataFrame
    blanks: list[Blank]
    dead: pl.DataFrame | None = None


def settled(job: Job, day: date, previous: Settled | None) -> Settled:
    """Return a component's figures to `day`; `previous` are those of the span before, where rounding looks back."""
    earned = KINDS[job.component.kind](job, day)
    # the order of credits decides under caps and limits: lines of several slices stood apart until here
    frame = _in_order(_rounded(job, earned, previous))
    slices = earned.slices
    if isinstance(job.component, Bonus) and job.component.earned == "ratchet" and previous is not None:
        frame, slices = _ratcheted(frame, slices, previous)
    frame = frame.with_columns(pl.lit(value=False).alias("~held"))
    steps = [frame.with_columns(pl.lit("earning", dtype=KIND).alias("kind"))]
    blanks = list(earned.blanks)
    for kind, change in CHANGES:
        before = frame
        frame, found = change(job, frame, day)
        blanks += found
        if found or len(frame) < len(before):
            # what could not be decided is not paid at all: neither what was earned nor what changed it before
            steps = [_still_in(frame, step) for step in steps]
            slices, before = _still_in(frame, slices), _still_in(frame, before)
        if frame is not before:
            steps.append(_difference(before, frame).with_columns(pl.lit(kind, dtype=KIND).alias("kind")))
    rows = pl.concat([s.select(FIGURES) for s in steps]) if len(steps) > 1 else steps[0].select(FIGURES)
    if frame["~held"].any():
        held = frame.filter("~held").select("~p", "~w").unique()
        mark = held.with_columns(pl.lit(value=True).alias("~h"))
        rows = rows.join(mark, on=["~p", "~w"], how="left", maintain_order="left", nulls_equal=True)
        rows = rows.with_columns(pl.col("~h").fill_null(value=False).alias("~held")).select(FIGURES)
    return Settled(rows, slices, blanks)


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Put figures in the order of their credits; they stand in it already unless cents were shared or roles share a deal."""
    if each_after_the_last(frame, "~p", "~d", "~k"):
        return frame
    return frame.sort("~p", "~d", "~k", "~level", "~role", nulls_last=True, maintain_order=True)


def _still_in(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose earning is still in the frame."""
    return rows.join(frame.select(KEY).unique(), on=KEY, how="semi", nulls_equal=True, maintain_order="left")


def _difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """What a change did to each row: the rounded and the exact figure after less before."""
    old = before.select(*KEY, pl.col("~exact").alias("~x"), pl.col("~amount").alias("~a"))
    both = after.join(old, on=KEY, how="left", maintain_order="left", nulls_equal=True)
    both = both.with_columns(
        (pl.col("~exact") - pl.col("~x").fill_null(ZERO)).alias("~exact"),
        (pl.col("~amount") - pl.col("~a").fill_null(ZERO)).alias("~amount"),
    )
    return both.filter((pl.col("~amount") != 0) | (pl.col("~exact") != 0))


def _rounded(job: Job, earned: Earned, previous: Settled | None) -> pl.DataFrame:
    """Round each credit, each deal or each window once (docs/semantics.md 8.1)."""
    how = reading("round", job.component, job.book.house.readings) or "line"
    rows = earned.rows
    if how == "line" or rows.is_empty():
        return rows.with_columns(cents(job, pl.col("~exact")).alias("~amount"))
    group = ["~p", "~deal", "~alone"] if how == "deal" else ["~p", "~w"]
    if how == "deal":
        deals = job.book.deals.select("~row", "~deal")
        rows = rows.join(deals, on="~row", how="left", maintain_order="left", nulls_equal=True)
        rows = rows.with_columns(pl.when(pl.col("~row").is_null()).then("~w").alias("~alone"))  # a bonus has no deal
    kept = rows.with_columns(pl.lit(None, dtype=D).alias("~kept"))
    if previous is not None:
        old = previous.rows.filter(pl.col("kind") == "earning").select(
            *KEY, pl.col("~exact").alias("~x"), pl.col("~amount").alias("~a")
        )
        both = rows.join(old, on=KEY, how="left", maintain_order="left", nulls_equal=True)
        same = pl.when(pl.col("~x") == pl.col("~exact")).then(pl.col("~a")).otherwise(pl.lit(None, dtype=D))
        kept = both.with_columns(same.alias("~kept")).drop("~x", "~a")
    return _shared_cents(job, kept, group).drop("~kept", "~deal", "~alone", strict=False)


def _shared_cents(job: Job, rows: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """The rounded total of a group less the cents of unchanged rows, shared over the changed ones."""
    total = cents(job, pl.col("~exact").sum().over(group))
    rows = rows.with_columns((total - pl.col("~kept").fill_null(ZERO).sum().over(group)).alias("~whole"))
    fixed = rows.filter(pl.col("~kept").is_not_null()).with_columns(pl.col("~kept").alias("~amount"))
    moved = rows.filter(pl.col("~kept").is_null())
    if moved.is_empty():
        return fixed.drop("~whole")
    how = shared_among(job, group, ["~d", "~k", "~level", "~role"])
    shared = largest_remainder(moved.lazy(), "~whole", "~exact", how).rename({"share": "~amount"}).collect()
    return pl.concat([fixed, shared.select(fixed.columns)]).sort("~p", "~d", "~k").drop("~whole")


def _ratcheted(frame: pl.DataFrame, slices: pl.DataFrame, previous: Settled) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Never less than it has been (semantics 6.1): where nothing is above it the figure of before stands, with its slices."""
    old = previous.rows.filter(pl.col("kind") == "earning").select(
        *KEY, pl.col("~exact").alias("~x"), pl.col("~amount").alias("~a"), pl.col("~factor").alias("~f")
    )
    both = frame.join(old, on=KEY, how="left", maintain_order="left", nulls_equal=True)
    factor = pl.when(pl.col("~x") >= pl.col("~exact")).then("~f").otherwise("~factor")
    both = both.with_columns(factor.alias("~factor")).drop("~f")
    stands = both.filter(pl.col("~x") >= pl.col("~exact")).select(KEY)
    slices = pl.concat(
        [
            slices.join(stands, on=KEY, how="anti", nulls_equal=True),
            previous.slices.join(stands, on=KEY, how="semi", nulls_equal=True),
        ]
    )
    slices = _with_numbers(slices, frame)
    figures = (pl.max_horizontal("~exact", "~x").alias("~exact"), pl.max_horizontal("~amount", "~a").alias("~amount"))
    return both.with_columns(figures).drop("~x", "~a"), slices


def difference(now: Settled, before: Settled | None, since: date, until: date) -> pl.DataFrame:
    """Return what the run pays to `until`: figures now less those posted to the day before `since`, per key and kind.

    A row stays where its rounded or exact figure differs, or where it is an earning credited since. `~was` tells
    whether something had been posted; `~line` and `~j` are the numbers of the row now and before, for their slices.
    """
    rows = now.rows
    none = pl.lit(None, dtype=pl.UInt32).alias("~j")
    if before is None:
        changed = rows.with_columns(pl.lit(value=False).alias("~was"), none)
    else:
        old = before.rows.select(*STEP, pl.col("~exact").alias("~x"), pl.col("~amount").alias("~a"), pl.col("~line").alias("~j"))
        both = rows.join(old, on=STEP, how="full", coalesce=True, nulls_equal=True, maintain_order="left_right")
        gone = pl.col("~amount").is_null()
        lost = both.filter(gone).select(*STEP, "~j").join(before.rows, on=STEP, nulls_equal=True)
        lost = lost.with_columns(
            (-pl.col("~exact")).alias("~exact"),
            (-pl.col("~amount")).alias("~amount"),
            pl.lit(None, dtype=pl.UInt32).alias("~line"),
            pl.lit(value=False).alias("~held"),  # it takes back, it holds nothing
        )
        kept = both.filter(~gone).with_columns(
            (pl.col("~exact") - pl.col("~x").fill_null(ZERO)).alias("~exact"),
            (pl.col("~amount") - pl.col("~a").fill_null(ZERO)).alias("~amount"),
            (pl.col("~a").fill_null(ZERO) != 0).alias("~was"),
        )
        changed = pl.concat([kept.drop("~x", "~a"), lost.with_columns(pl.lit(value=True).alias("~was"))], how="diagonal")
    # a credit is new in the span that holds its date; a line of a payee and window, where nothing had been posted for it
    was = pl.when(pl.col("~row").is_null()).then(pl.col("~was")).otherwise(pl.col("~d") < since)
    new = pl.col("~d").is_between(since, until) & (pl.col("kind") == "earning")
    return only(changed.with_columns(was.alias("~was")), (pl.col("~amount") != 0) | new)


def renumbered(found: Settled) -> Settled:
    """Number the rows anew where they were made of others, and give each slice the number of its row."""
    rows = found.rows.drop("~line").with_row_index("~line").select(FIGURES)
    return Settled(rows, _with_numbers(found.slices, rows.filter(pl.col("kind") == "earning")), found.blanks)


def _with_numbers(slices: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return slices.drop("~line").join(rows.select(*KEY, "~line"), on=KEY, nulls_equal=True, maintain_order="left").select(SLICE)
