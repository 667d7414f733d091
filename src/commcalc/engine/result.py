"""What a run gives: its tables, its account of every row, and what was found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from commcalc.base.problem import Report
from commcalc.engine.kept import LARGE, Kept


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
    """A run of one period; every table has the columns of `tables.results`, sorted by its key.

    deal_rates: at which rates deals in other currencies are credited for the first time, to be kept by who closes the period.
    """

    period: str
    kept: Kept
    credits: pl.DataFrame
    measures: pl.DataFrame
    payments: pl.DataFrame
    payouts: pl.DataFrame
    balances: pl.DataFrame
    exceptions: pl.DataFrame
    left_out: pl.DataFrame
    deal_rates: pl.DataFrame
    identities: tuple[Identity, ...]
    counts: Mapping[str, int]
    report: Report

    @property
    def lines(self) -> pl.DataFrame:
        """The run's lines, in the order of its parts, plans and components; those of a very large run are read from the disk."""
        return self.kept.read("lines")

    @property
    def slices(self) -> pl.DataFrame:
        """The slices of the lines, in their order."""
        return self.kept.read("slices")

    def length(self, name: str) -> int:
        """Return how many rows a table has, without reading it."""
        return self.kept.length(name) if name in LARGE else len(getattr(self, name))
