"""What a component has earned, read by another: `earned('c')` (docs/semantics.md 4.10)."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.engine.earnings import TOLD, Job
from commcalc.engine.people import FIRST_DAY, LAST_DAY
from commcalc.tables.exact import D

ZERO = pl.lit(0).cast(D)


def with_earned(job: Job, frame: pl.DataFrame, names: frozenset[str], day: date) -> pl.DataFrame:
    """Add `earned:c`: what the payee's lines of each row's window add up to, as of `day`. In: `~p ~wfirst ~wlast`."""
    for name in sorted(names):
        told = job.tell(name, day)
        windows = frame.select("~p", "~wfirst", "~wlast").unique(maintain_order=True).with_row_index("~i")
        first, last = pl.col("~wfirst").fill_null(FIRST_DAY), pl.col("~wlast").fill_null(LAST_DAY)
        inside = pl.col("~d").is_between(first, last)
        sums = windows.join(told.rows.select("~p", "~d", "~amount"), on="~p").filter(inside)
        lost = windows.join(told.lost.select("~p", "~d"), on="~p").filter(inside | pl.col("~d").is_null())
        frame = _joined(frame, windows, (sums.group_by("~i").agg(pl.col("~amount").sum()), lost), name)
    return frame


def with_earned_on(job: Job, frame: pl.DataFrame, names: frozenset[str], day: date) -> pl.DataFrame:
    """Add `earned:c`: what has been earned on the same credit, as of `day`. In: TOLD and `~deal`."""
    for name in sorted(names):
        told = job.tell(name, day)
        credit = frame.select(*TOLD, "~deal").unique(TOLD, maintain_order=True).with_row_index("~i")
        sums = credit.join(told.rows.select(*TOLD, "~amount"), on=TOLD)
        never = told.lost.filter(pl.col("~deal").is_null()).select("~p")
        lost = [credit.join(told.lost, on=["~p", "~deal"], how="semi"), credit.join(never, on="~p", how="semi")]
        figures = (sums.group_by("~i").agg(pl.col("~amount").sum()), pl.concat(lost))
        frame = _joined(frame, credit.drop("~deal"), figures, name)
    return frame


def _joined(frame: pl.DataFrame, keyed: pl.DataFrame, found: tuple[pl.DataFrame, pl.DataFrame], name: str) -> pl.DataFrame:
    sums, lost = found
    both = keyed.join(sums, on="~i", how="left", maintain_order="left")
    known = ~pl.col("~i").is_in(lost["~i"].unique().implode())
    both = both.with_columns(pl.when(known).then(pl.col("~amount").fill_null(ZERO)).alias(f"earned:{name}"))
    key = [c for c in keyed.columns if c != "~i"]
    return frame.join(both.select(*key, f"earned:{name}"), on=key, how="left", maintain_order="left", nulls_equal=True)
