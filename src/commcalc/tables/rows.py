"""Rows: kept, or found again, without copying a table where nothing changes."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


def only(frame: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    """Return the rows for which the condition holds; where it holds for all, the table itself."""
    keep = frame.lazy().select(condition.fill_null(value=False).alias("~keep")).collect()["~keep"]
    return frame if keep.all() else frame.filter(keep)


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows that stand together and agree in a key. heads: the first row of each run; run: each row's run (UInt32, from 0)."""

    heads: pl.DataFrame
    run: pl.Series
    starts: pl.Series  # number of each run's first row

    @property
    def ends(self) -> pl.Series:
        """The number of each run's last row."""
        return (self.starts.shift(-1, fill_value=len(self.run)) - 1) if len(self.starts) else self.starts

    def spread(self, figures: pl.DataFrame) -> pl.DataFrame:
        """Return the columns of a table of one row per run, repeated for each row."""
        return figures.lazy().select(pl.all().gather(pl.lit(self.run))).collect()

    def last(self, column: pl.Series) -> pl.Series:
        """Return, for each row, the value of `column` in the last row of its run."""
        return column.gather(self.ends).gather(self.run)


def runs_of(frame: pl.DataFrame, *key: str) -> Runs:
    """Return the runs of rows with the same key, in the order in which they stand."""
    changes = [pl.col(c).ne_missing(pl.col(c).shift(1)) for c in key]
    new = (pl.any_horizontal(changes) | (pl.int_range(pl.len()) == 0)).alias("~new")
    marks = frame.lazy().select(new).with_columns((pl.col("~new").cum_sum() - 1).cast(pl.UInt32).alias("~run")).collect()
    starts = marks["~new"].arg_true()
    # ends are made when asked for: most who ask for runs want their heads
    return Runs(frame[starts], marks["~run"], starts)


def patched(frame: pl.DataFrame, rows: pl.Series, values: pl.DataFrame) -> pl.DataFrame:
    """Return the table with the numbered rows replaced by `values`, one for each, in the same columns."""
    return pl.DataFrame([frame[c].clone().scatter(rows, values[c]) for c in frame.columns])
