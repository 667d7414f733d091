"""What closed periods have posted: their lines, slices, payments and balances, as they stood when each was closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from commcalc.tables.result_types import TYPES
from commcalc.tables.results import BALANCES, DEAL_RATES, LINES, PAYMENTS, SLICES, Table

ON = "posted"
"""The column that says which period posted a row: that period's last day."""
KEPT: Mapping[str, Table] = {t.name: t.whole for t in (LINES, SLICES, PAYMENTS, BALANCES, DEAL_RATES)}


@dataclass(frozen=True, slots=True)
class Posted:
    """Closed periods one after another: `lines`, `slices`, `payments`, `balances`, `deal_rates` as in tables.results, with `posted`.

    periods: first and last day of each, oldest first; there is no gap between them.
    """

    periods: tuple[tuple[date, date], ...]
    lines: pl.DataFrame
    slices: pl.DataFrame
    payments: pl.DataFrame
    balances: pl.DataFrame
    deal_rates: pl.DataFrame

    def __post_init__(self) -> None:
        """Hold what is said: a period to a day, and the next one from the day after."""
        assert all(a < b for (_, a), (b, _) in zip(self.periods, self.periods[1:], strict=False))

    def before(self, first: date) -> Posted | None:
        """Return what periods before a day posted; None where none did."""
        periods = tuple(p for p in self.periods if p[1] < first)
        if not periods:
            return None
        rows = {name: getattr(self, name).filter(pl.col(ON) < first) for name in KEPT}
        return Posted(periods, **rows)


def typed(name: str, rows: pl.DataFrame, last: date) -> pl.DataFrame:
    """Return a result table as it is posted: plain types, with the last day of the period that posts it."""
    known = set(rows.columns)
    columns = (
        (pl.col(c.name) if c.name in known else pl.lit(None)).cast(TYPES[c.type]).alias(c.name) for c in KEPT[name].columns
    )
    return rows.select(*columns, pl.lit(last).alias(ON))


def posted(runs: Sequence[tuple[date, date, Mapping[str, pl.DataFrame]]]) -> Posted | None:
    """Return what runs post, oldest first: the first and last day of each period, and its tables by name."""
    if not runs:
        return None
    frames = {n: pl.concat([typed(n, tables[n], last) for _, last, tables in runs]) for n in KEPT}
    return Posted(tuple((first, last) for first, last, _ in runs), **frames)
