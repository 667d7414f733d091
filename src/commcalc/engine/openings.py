"""Openings: what a bonus had been paid before the first run counts as posted (semantics 5.6)."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.engine.components.payees import window_measure
from commcalc.engine.earnings import EMPTY_ROWS, EMPTY_SLICES, KEY, SLICE, Job
from commcalc.engine.measure import window_of
from commcalc.engine.people import FIRST_DAY, LAST_DAY
from commcalc.engine.settle import FIGURES, KIND, Settled, renumbered
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.windows import tile_of
from commcalc.tables.exact import D

ONE = pl.lit(1).cast(D)
FLOOR = ["~p", "~w", "kind"]


def of_windows(job: Job, before: Settled, now: Settled, first: date) -> Settled:
    """Leave out openings of windows that the run does not calculate: what was paid in them is not taken back."""
    figures = _opened(job, first, before)
    if figures is None:
        return before
    alone = figures.select("~p", "~w").join(now.rows, on=["~p", "~w"], how="anti")
    rows = before.rows.join(alone, on=["~p", "~w"], how="anti", maintain_order="left")
    return renumbered(Settled(rows, before.slices.join(alone, on=["~p", "~w"], how="anti"), before.blanks))


def _opened(job: Job, first: date, found: Settled | None) -> pl.DataFrame | None:
    """Return `~p ~w ~amount ~d ~wfirst ~wlast` of the openings that hold before `first`; None where there are none.

    Those of a window that the figures of then could not tell hold on: nothing has been paid in their place.
    """
    rows = job.book.openings
    if rows.is_empty() or not isinstance(job.component, Bonus) or job.component.earned not in ("to date", "ratchet"):
        return None
    rows = rows.filter((pl.col("kind") == "earned") & (pl.col("name") == job.name) & pl.col("~p").is_not_null())
    if rows.is_empty():
        return None
    dated = rows.with_columns(pl.col("as_of").alias("~d"), pl.col("as_of").alias("~t"), pl.lit(0, dtype=pl.UInt32).alias("~deal"))
    name = window_measure(job)
    dated = dated.with_columns(window_of(job.book, job.plan, name, dated).alias("~w"))
    dated = dated.filter(pl.col("~w").is_not_null())  # without a window of the payee's own there is none that it was paid in
    figures = dated.group_by("~p", "~w", maintain_order=True).agg(
        pl.col("amount").sum().alias("~amount"), pl.col("~d").max(), pl.col("~t").max()
    )
    holds = pl.col("~d").dt.offset_by("1d") >= first
    if found is not None:
        told = found.rows.select("~p", "~w", pl.lit(value=True).alias("~told")).unique()
        figures = figures.join(told, on=["~p", "~w"], how="left", maintain_order="left")
        holds = holds | pl.col("~told").is_null()
    figures = figures.filter(holds).select("~p", "~w", "~amount", "~d", "~t")
    if figures.is_empty():
        return None
    said = job.plan.measures[name]
    tiled = said.model_copy(update={"window": tile_of(said.window)})
    spans = job.readings.windows_at(name, tiled, figures.select("~p", "~t").unique())
    figures = figures.join(spans.select("~p", "~t", "~wfirst", "~wlast"), on=["~p", "~t"], how="left", maintain_order="left")
    if tiled.window != "life":
        return figures
    life = job.plan.effective  # that of a bonus begins and ends with its plan
    return figures.with_columns(pl.lit(life.first or FIRST_DAY).alias("~wfirst"), pl.lit(life.last or LAST_DAY).alias("~wlast"))


def with_openings(job: Job, posted: Settled | None, first: date) -> Settled | None:
    """Return what was posted before `first` with opening earnings in the place of what was recomputed.

    An opening of kind `earned` names a component and the last day it speaks of. For the window that holds that day it is
    what had been posted, as long as no span has been paid since (docs/semantics.md 4.9).
    """
    figures = _opened(job, first, posted)
    if figures is None:
        return posted
    opened = figures.with_columns(
        pl.lit("owner").alias("~role"),
        pl.lit(0, dtype=pl.UInt32).alias("~level"),
        pl.lit("earning", dtype=KIND).alias("kind"),
        pl.col("~amount").alias("~exact"),
        pl.lit(value=False).alias("~held"),
        ONE.alias("~factor"),
        *(pl.lit(None, dtype=EMPTY_ROWS[c]).alias(c) for c in ("~row", "~line", "~k", "~basis", "~rate")),
    ).select(FIGURES)
    slices = opened.with_columns(
        pl.lit(1, dtype=pl.UInt32).alias("~n"),
        pl.lit(0, dtype=pl.UInt32).alias("tier"),
        *(pl.lit(None, dtype=D).alias(c) for c in ("start", "stop", "basis", "rate")),
        ONE.alias("factor"),
        pl.col("~exact").alias("exact"),
    ).select(SLICE)
    if posted is None:
        return renumbered(Settled(opened, slices.cast(EMPTY_SLICES), []))  # type: ignore[arg-type]
    rest = posted.rows.join(opened.select("~p", "~w"), on=["~p", "~w"], how="anti")
    rest = _without_floors(rest, figures)
    kept = posted.slices.join(opened.select(KEY), on=KEY, how="anti", nulls_equal=True)
    return renumbered(Settled(pl.concat([rest, opened]), pl.concat([kept, slices]), posted.blanks))


def _without_floors(rows: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """A floor that falls due in an opened window is in what had been posted: it has a window of its own, told by its day."""
    floors = rows.filter(pl.col("kind") == "floor").select(*FLOOR, "~d")
    if floors.is_empty():
        return rows
    due = floors.join(figures.select("~p", pl.col("~wfirst").alias("~b"), pl.col("~wlast").alias("~z")), on="~p")
    due = due.filter(pl.col("~d").is_between("~b", "~z"))
    return rows.join(due, on=FLOOR, how="anti", maintain_order="left")
