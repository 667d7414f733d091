"""Groups: who takes part in a contest or pool in each window that has ended, and with whom (docs/semantics.md 6.6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from commcalc.engine.components.payees import listed, payees_in_windows, standing, window_measure
from commcalc.engine.earnings import Blank, Job
from commcalc.engine.rules import NOTHING, Reads
from commcalc.plan.components.groups import Together

GROUP = ["~w", "~g"]


def members(job: Job, day: date, reads: Reads) -> tuple[pl.DataFrame, list[Blank]]:
    """Return everybody who takes part, with their group `~g` and what is read of them on the window's last day, `~t`."""
    name = window_measure(job)
    assert isinstance(job.component, Together)
    column = job.component.group_column
    if column is not None:
        reads = reads | replace(NOTHING, payee=frozenset({column}))
    frame, blanks = standing(job, payees_in_windows(job, name, day, at_end=True), name, reads, day)
    if column is None:
        return frame.with_columns(pl.lit("").alias("~g")), blanks
    frame = frame.with_columns(pl.col(f"payee.{column}").cast(pl.String).alias("~g"))
    alone = pl.col("~g").is_null() | (pl.col("~g") == "")
    blanks += listed(f"among: same {column}", "blank", frame.filter(alone))
    return frame.filter(~alone), blanks


def whole_groups(frame: pl.DataFrame, unknown: pl.Expr, rule: str) -> tuple[pl.DataFrame, list[Blank]]:
    """Keep the groups of which everything is known: where one figure is missing nobody's part can be told."""
    frame = frame.with_columns(unknown.any().over(GROUP).alias("~unknown"))
    blanks = listed(rule, "blank", frame.filter("~unknown"))
    return frame.filter(~pl.col("~unknown")).drop("~unknown"), blanks
