"""Territories checked: payees known, days in order, shares exact, nobody twice in one on a day."""

from __future__ import annotations

import polars as pl

from commcalc.base.problem import Report
from commcalc.base.source import Cell
from commcalc.inputs.figures import with_fractions
from commcalc.inputs.people import Names, overlaps, resolved, unknown
from commcalc.inputs.problems import NO_COLUMN


def check_territories(frame: pl.DataFrame, keys: tuple[str, ...], names: Names | None, report: Report) -> pl.DataFrame:
    """Return the table with payees resolved and shares as fractions."""
    frame = frame.with_columns(resolved("payee_id", names).alias("payee_id"))
    unknown(frame.filter(pl.col("payee_id") != "nobody"), "payee_id", "territories", names, report)
    for key in keys:
        if key not in frame.columns:
            mend = f"add it, map it, or leave it out of the table's `key`: it is one of {', '.join(keys)}"
            report.add(NO_COLUMN.at(Cell(frame["~file"][0], 1) if len(frame) else None, column=key, near="", mend=mend))
    told = [c for c in (*keys, "payee_id", "role", "priority") if c in frame.columns]
    shown = pl.concat_str([pl.col(c).cast(pl.String) for c in told], separator=" / ", ignore_nulls=True)
    blank = pl.concat_str([pl.when(pl.col(c).is_null()).then(pl.lit(f" {c}")).otherwise(pl.lit("")) for c in told])
    overlaps(frame.with_columns((shown + blank).alias("~key")), "~key", "territories", report)
    return with_fractions(frame, report) if "share" in frame.columns else frame
