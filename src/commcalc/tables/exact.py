"""Exact sums over columns: the one place where columns are multiplied, divided, rounded and shared out.

Every number column is `Decimal(38, 12)`. A product or a quotient is rounded half-even to 12 decimals at once.
Sums over groups wrap in silence past 26 digits before the point, and a product that is longer has no row to be found by:
both are told beforehand from the largest figures (tables.digits).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import polars as pl

D = pl.Decimal(38, 12)
Rounding = Literal["half-up", "half-even", "down"]
Remainder = Literal["largest", "first", "last", "drop"]


def exact_lit(value: Decimal | int) -> pl.Expr:
    """Return a number as a column value, to the last of its 12 decimals."""
    return pl.lit(as_text(value)).cast(D)


def as_text(value: Decimal | int) -> str:
    """Return a number as the text that columns are made from: polars takes it faster than Python's own numbers."""
    exact = Decimal(value)
    assert -exact.as_tuple().exponent <= 12 or exact == round(exact, 12), exact  # type: ignore[operator]
    whole, point, decimals = f"{exact:f}".partition(".")
    return f"{whole}{point}{decimals[:12]}"


def product(first: pl.Expr, *others: pl.Expr) -> pl.Expr:
    """Return the product, taken in the order given, each step rounded half-even to 12 decimals."""
    result = first
    for factor in others:
        result = result * factor
    return result


def quotient(numerator: pl.Expr, divisor: pl.Expr) -> pl.Expr:
    """Return numerator / divisor, rounded half-even to 12 decimals; empty where the divisor is zero."""
    return numerator / pl.when(divisor != ZERO).then(divisor)


def round_to(expr: pl.Expr, places: int, mode: str) -> pl.Expr:
    """Return the figure at `places` decimals: half-up is away from zero, down towards it; the type stays."""
    assert 0 <= places <= 12, places
    if mode == "half-up":
        return expr.round(places, mode="half_away_from_zero")
    if mode == "half-even":
        return expr.round(places, mode="half_to_even")
    assert mode == "down", mode
    return expr.truncate(places)


ZERO = exact_lit(0)


@dataclass(frozen=True, slots=True)
class Sharing:
    """How a whole is shared out: among the rows of a group, ties in `order`, to so many decimals."""

    group: Sequence[str]
    order: Sequence[str]
    places: int
    remainder: str = "largest"
    mode: str = "half-up"  # of the others, with remainder first and last


def largest_remainder(frame: pl.LazyFrame, whole: str, figure: str, how: Sharing) -> pl.LazyFrame:
    """Add the column `share`: the rounded whole of the group, shared as the exact figures say.

    `whole` is the same in all rows of a group and already rounded to `places`; the figures are what each row
    would have unrounded. They are cut downwards (where the whole is negative: their opposites are), and what
    is left goes by single cents to the largest remainders, ties in the stated order. Where more is left than
    there are rows, or less than nothing, each row first takes an equal number of cents of it. With `first`
    and `last` the others are rounded and the one named takes the whole less these; `drop` only cuts.
    """
    if not how.group:
        together = replace(how, group=("~all",))
        return largest_remainder(frame.with_columns(pl.lit(0).alias("~all")), whole, figure, together).drop("~all")
    group, cent = list(how.group), exact_lit(Decimal(1).scaleb(-how.places))
    sign = pl.when(pl.col(whole) < ZERO).then(exact_lit(-1)).otherwise(exact_lit(1))
    placed = frame.sort([*group, *how.order], nulls_last=False, maintain_order=True).with_row_index("~place")
    if how.remainder in ("first", "last"):
        rounded = round_to(pl.col(figure), how.places, how.mode)
        named = pl.col("~place") == (pl.col("~place").min() if how.remainder == "first" else pl.col("~place").max())
        rest = pl.col(whole) - (rounded.sum().over(group) - rounded)
        return placed.with_columns(pl.when(named.over(group)).then(rest).otherwise(rounded).alias("share")).drop("~place")
    up = pl.col(figure) * sign
    cut = placed.with_columns(_floor_to(up, how.places).alias("~floor"), up.alias("~up"), sign.alias("~sign"))
    if how.remainder == "drop":
        return cut.with_columns((pl.col("~floor") * pl.col("~sign")).alias("share")).drop("~place", "~floor", "~up", "~sign")
    left = (pl.col(whole) * pl.col("~sign") - pl.col("~floor").sum().over(group)) / cent
    turn = (pl.col("~floor") - pl.col("~up")).rank("ordinal").over(group, order_by="~place")
    rows = pl.len().over(group).cast(D)
    counted = cut.with_columns(left.alias("~left"), turn.cast(D).alias("~turn"), rows.alias("~rows"))
    each = (pl.col("~left") / pl.col("~rows")).floor()
    more = pl.when(pl.col("~turn") <= pl.col("~left") - each * pl.col("~rows")).then(cent).otherwise(ZERO)
    share = (pl.col("~floor") + each * cent + more) * pl.col("~sign")
    return counted.with_columns(share.alias("share")).drop("~place", "~floor", "~up", "~sign", "~left", "~turn", "~rows")


def _floor_to(expr: pl.Expr, places: int) -> pl.Expr:
    cut = expr.truncate(places)
    return pl.when(cut > expr).then(cut - exact_lit(Decimal(1).scaleb(-places))).otherwise(cut)
