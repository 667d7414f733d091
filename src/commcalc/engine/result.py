"""What a run gives: its tables, its account of every row, and what was found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from commcalc.base.problem import Report


@dataclass(frozen=True, slots=True)
class Identity:
    """Two figures that must be the same: rows in and rows accounted for, lines and payouts."""

    name: str
    left: Decimal
    right: Decimal

    @property
    def holds(self) -> bool:
        """True where both sides agree exactly."""
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Result:
    """A run of one period; every table has the columns of `tables.results`, sorted by its key."""

    period: str
    lines: pl.DataFrame
    slices: pl.DataFrame
    credits: pl.DataFrame
    measures: pl.DataFrame
    payments: pl.DataFrame
    payouts: pl.DataFrame
    exceptions: pl.DataFrame
    left_out: pl.DataFrame
    identities: tuple[Identity, ...]
    counts: Mapping[str, int]
    report: Report
