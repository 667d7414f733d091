"""What a run keeps: its lines and slices, part by part as they are calculated. They are by far its largest tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import polars as pl

LARGE = ("lines", "slices")


class Kept(Protocol):
    """Where a run's lines and slices go: into memory, or to the disk while later parts are still calculated."""

    def begin(self, period: str, parts: int) -> None:
        """Hear which period's lines are to come, and in how many parts."""

    def keep(self, part: Mapping[str, pl.DataFrame]) -> None:
        """Take the lines and slices of the next part; parts come in their order."""

    def length(self, name: str) -> int:
        """Return how many rows a table has."""

    def read(self, name: str) -> pl.DataFrame:
        """Return a table whole."""


class InMemory:
    """Lines and slices of all parts, held in memory; no table is copied."""

    def __init__(self, **tables: pl.DataFrame) -> None:
        self._parts: dict[str, list[pl.DataFrame]] = {name: [tables[name]] if name in tables else [] for name in LARGE}

    def begin(self, period: str, parts: int) -> None:
        """Memory takes whatever comes."""

    def keep(self, part: Mapping[str, pl.DataFrame]) -> None:
        """Take the lines and slices of the next part."""
        for name, frame in part.items():
            self._parts[name].append(frame)

    def length(self, name: str) -> int:
        """Return how many rows a table has."""
        return sum(map(len, self._parts[name]))

    def read(self, name: str) -> pl.DataFrame:
        """Return a table whole."""
        parts = self._parts[name]
        if len(parts) != 1:
            parts = self._parts[name] = [pl.concat(parts)] if parts else [pl.DataFrame()]
        return parts[0]
