"""Room: what a limit on a number or an amount leaves for each sale, the sales before it in credit order coming first."""

from __future__ import annotations

import polars as pl

from commcalc.tables.exact import D

ZERO = pl.lit(0).cast(D)
ORDER = ["~d", "~k", "~p"]
"""Credit order over all payees: date, deal, line; who share a deal in the order of their ids."""


def kept_within(frame: pl.DataFrame, figure: str, group: list[str], limit: pl.Expr) -> pl.DataFrame:
    """Return `~kept`, what the limit leaves of each row's figure, and of its sale `~size` and `~room` (docs/semantics.md 6.3).

    In: rows of a group in credit order, with `~p` and `~sale`. A sale has as its room the limit less what the sales before
    it come to; of its rows one keeps min(r, room) - min(r before, room), r being the sale's own running total. So a sale
    that came back takes no room, and the next one moves up.
    """
    sale = [*group, "~p", "~sale"]
    if not frame["~sale"].is_duplicated().any():  # one row each, nearly always
        size = pl.col(figure).clip(lower_bound=0)
        frame = frame.with_columns(size.alias("~size")).with_columns(
            (limit - (pl.col("~size").cum_sum().over(group) - pl.col("~size"))).clip(lower_bound=0).alias("~room")
        )
        return frame.with_columns(pl.min_horizontal(figure, "~room").alias("~kept"))
    running = pl.col(figure).cum_sum().over(sale)
    first = pl.int_range(pl.len()).over(sale) == 0
    net = pl.col(figure).sum().over(sale).clip(lower_bound=0)
    frame = frame.with_columns(running.alias("~r"), pl.when(first).then(net).otherwise(ZERO).alias("~net"))
    before = pl.col("~net").cum_sum().over(group) - pl.col("~net")
    frame = frame.with_columns(before.alias("~before"), pl.col("~r").max().over(sale).clip(lower_bound=0).alias("~size"))
    room = (limit - pl.col("~before").first().over(sale)).clip(lower_bound=0)
    frame = frame.with_columns(room.alias("~room"))
    kept = pl.min_horizontal("~r", "~room") - pl.min_horizontal(pl.col("~r") - pl.col(figure), "~room")
    return frame.with_columns(kept.alias("~kept")).drop("~r", "~net", "~before")
