"""Kept rates: a deal that a closed period credited keeps the rate of then, and what comes back of it comes back at that (docs/semantics.md 12.4)."""

from __future__ import annotations

import polars as pl

from commcalc.engine.currency import KEPT_RATES, RATE_DAY, taken_back
from commcalc.tables.posted import ON, Posted

HOUSE = ""  # in the place of a plan: the rates by which crediting rules look at deals
ROW = ["deal_id", "line"]


def kept_rates(deals: pl.DataFrame, posted: Posted | None) -> pl.DataFrame:
    """Return the rates that deals keep, KEPT_RATES: those posted of the row itself, else, of what comes back, of its sale.

    In: all deals, with `~sale currency` and the day as of which each is converted. A row whose currency was mended keeps none.
    """
    if posted is None or posted.deal_rates.is_empty() or RATE_DAY not in deals.columns:
        return pl.DataFrame(schema=KEPT_RATES)
    first = posted.deal_rates.sort(ON, maintain_order=True).unique(["plan", "deal", "line"], keep="first", maintain_order=True)
    rates = first.select(
        "plan", pl.col("deal").alias("deal_id"), "line", pl.col("deal_currency").alias("currency"),
        pl.col("rate").alias("~rate"), pl.col("rate_from").alias("~from"), pl.col("rate_of").alias("~of"),
    )  # fmt: skip
    rows = deals.select("deal_id", pl.col("line").cast(pl.UInt32).fill_null(0), "currency", "~sale", RATE_DAY, taken_back(deals))
    own = rows.join(rates, on=[*ROW, "currency"])
    sale = ["plan", "~sale", RATE_DAY, "currency"]
    decides = own.sort(ROW).unique(sale, keep="first", maintain_order=True).select(*sale, "~rate", "~from", "~of")
    back = rows.filter("~back").join(decides, on=sale[1:]).join(own, on=["plan", *ROW], how="anti")
    return pl.concat([own.select(KEPT_RATES.keys()), back.select(KEPT_RATES.keys())])
