"""Events: what happened to sales after they were made, and from which day each is known (docs/semantics.md 3.10)."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from commcalc.language.days import Length
from commcalc.tables.exact import D

UNITS = {"day": "d", "week": "w", "month": "mo", "quarter": "q", "year": "y"}
EVENTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "~sale": pl.UInt32,
    "event": pl.String,
    "~on": pl.Date,
    "~acts": pl.Date,
    "paid": D,
}


def events_of(events: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """Return the events of sales that the deals have, EVENTS, by sale and name in the order of date and id.

    `~on`: its date, which says whether it is in time; `~acts`: the day from which it counts; `paid`: its amount.
    """
    if events.is_empty():
        return pl.DataFrame(schema=EVENTS)
    sales = deals.select("deal_id", "~sale").unique("deal_id", keep="first")
    known = pl.col("known") if "known" in events.columns else pl.lit(None, dtype=pl.Date)
    amount = pl.col("amount").cast(D) if "amount" in events.columns else pl.lit(None, dtype=D)
    found = events.join(sales, on="deal_id", maintain_order="left").sort("~sale", "event", "date", "event_id")
    return found.select(
        "~sale",
        "event",
        pl.col("date").alias("~on"),
        pl.max_horizontal("date", known).alias("~acts"),
        amount.alias("paid"),
    )


def sales_with_amounts(deals: pl.DataFrame, events: pl.DataFrame, dates: Iterable[str]) -> pl.DataFrame:
    """Return `~sale amount` and the dates of every row, of whoever it is, of the sales that have an event with an amount or come to nothing."""
    back = deals.filter(pl.col("amount") <= 0)["~sale"]
    sales = pl.concat([events.filter(pl.col("paid").is_not_null())["~sale"], back.cast(pl.UInt32)]).unique()
    return deals.filter(pl.col("~sale").is_in(sales.implode())).select("~sale", pl.col("amount").cast(D), *dates)


def later(day: pl.Expr, span: Length, times: int | pl.Expr = 1) -> pl.Expr:
    """Return the day so much later: months and years end on the same day, else on the month's last."""
    if isinstance(times, int):
        return day.dt.offset_by(f"{span.count * times}{UNITS[span.unit]}")
    return day.dt.offset_by(pl.format(f"{{}}{UNITS[span.unit]}", times * span.count))
