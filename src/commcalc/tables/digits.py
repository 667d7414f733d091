"""Digits: a figure that would be too long to be exact is told before it is made, with the row of the largest operand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Any

import polars as pl

MOST_DIGITS = 26  # before the point: what a product may have of the largest of its operands, and a sum of as many rows
ONE = Decimal(1)


@dataclass
class TooLong(Exception):
    """A figure that cannot be kept exact: what it is, its digits, and the row of the largest operand (empty: not known)."""

    figure: str
    digits: str
    largest: Decimal | None
    row: Mapping[str, Any]


def keep_exact(frame: pl.DataFrame, figure: str, *operands: pl.Expr, rows: int = 1) -> None:
    """Raise where the product of the largest operands, added up over so many rows, may have more than 26 digits before the point.

    An operand below one counts as one: what comes before it is a product as well.
    """
    if frame.is_empty() or not operands:
        return
    named = [o.abs().alias(str(i)) for i, o in enumerate(operands)]
    found = frame.lazy().select(named).max().collect().row(0)
    largest = [v if v is not None and v > 1 else ONE for v in found]
    bound = prod((int(v) + 1 if v > 1 else 1 for v in largest), start=rows)
    if bound <= 10**MOST_DIGITS:
        return
    which = max(range(len(largest)), key=lambda i: largest[i])
    at = frame.select(named[which]).to_series().arg_max()
    assert at is not None
    held: dict[str, Any] = {c: frame[c][at] for c in ("~row", "~p") if c in frame.columns}
    raise TooLong(figure, str(len(str(bound))), largest[which], held)


@contextmanager
def overflowing(figure: str) -> Iterator[None]:
    """Let polars' own refusal of a product that is too long, which names no row, be a TooLong."""
    try:
        yield
    except pl.exceptions.ComputeError as error:
        if "overflow" not in str(error):
            raise
        raise TooLong(figure, f"more than {MOST_DIGITS}", None, {}) from None
