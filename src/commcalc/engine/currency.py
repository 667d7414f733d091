"""Currency: deals in other currencies stand in the plan's own before anything is counted (docs/semantics.md 12.2)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from commcalc.checks.facts import Facts
from commcalc.engine.exchange import exchanged, rated
from commcalc.language.expression import Type
from commcalc.plan.exchange import Chosen
from commcalc.tables.exact import D

RATE_DAY = "~rateday"
UNRATED = "~unrated"
"""Whether a deal is in another currency and no rate is known of it; the column is there only where some deal is."""
RATE, RATE_FROM, RATE_OF = "~deal rate", "~deal rate from", "~deal rate of"
"""At which rate a deal stands in the plan's currency, of one unit of which, of which day or period; empty where it is in it."""


KEPT_RATES: dict[str, pl.DataType | type[pl.DataType]] = {
    "plan": pl.String,
    "deal_id": pl.String,
    "line": pl.UInt32,
    "~rate": D,
    "~from": pl.String,
    "~of": pl.String,
}
"""The rate that a deal row keeps under a plan, because a closed period credited it."""


def in_other_currencies(deals: pl.DataFrame, currency: str) -> bool:
    """Tell whether any deal is in another currency than the project's."""
    return "currency" in deals.columns and bool((deals["currency"] != currency).any())


def with_rate_days(deals: pl.DataFrame, dates: Sequence[str]) -> pl.DataFrame:
    """Add the day as of which each deal is converted: its credit date, else another that credits it; of what comes back the sale's first.

    In: `~sale` and `dates`, the project's credit date first.
    """
    day = pl.coalesce(dates)
    return deals.with_columns(pl.when(taken_back(deals)).then(day.min().over("~sale")).otherwise(day).alias(RATE_DAY))


def taken_back(deals: pl.DataFrame) -> pl.Expr:
    """Tell of each row, as `~back`, whether it takes something back: it is below zero or names its sale."""
    back = pl.col("amount") < 0
    return (back | pl.col("returns").is_not_null() if "returns" in deals.columns else back).alias("~back")


def money_columns(deals: pl.DataFrame, facts: Facts) -> list[str]:
    """Return the columns of a deal's own money."""
    return [c for c in deals.columns if facts.columns.get(c) is Type.MONEY and deals.schema[c] == D]


def in_currency(
    deals: pl.DataFrame, rates: pl.DataFrame, currency: str, chosen: Chosen, facts: Facts, kept: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return deals with their money in a currency, each at its own rate; without a rate it is empty, and the deal is marked.

    kept: of KEPT_RATES those that hold here, whatever the table of rates says.
    """
    asked = deals.select(pl.col("currency").alias("~one"), pl.lit(currency).alias("~other"), pl.col(RATE_DAY).alias("~day"))
    asked = asked.filter((pl.col("~one") != currency) & pl.col("~day").is_not_null()).unique()
    found = rated(asked, rates, chosen.credit, chosen.max_age)
    found = found.select(pl.col("~one").alias("currency"), pl.col("~day").alias(RATE_DAY), "~rate", "~from", "~of")
    joined = deals.join(found, on=["currency", RATE_DAY], how="left", maintain_order="left")
    if kept is not None and len(kept):
        joined = _with_kept(joined, kept)
    foreign = (pl.col("currency") != currency).fill_null(value=False)
    straight = pl.col("~from") == pl.col("currency")
    money = [
        pl.when(foreign).then(exchanged(pl.col(c), straight=straight)).otherwise(pl.col(c)).alias(c)
        for c in money_columns(deals, facts)
    ]
    unrated = foreign & pl.col("~rate").is_null()
    return joined.with_columns(*money, unrated.alias(UNRATED)).rename({"~rate": RATE, "~from": RATE_FROM, "~of": RATE_OF})


def _with_kept(deals: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    figures = ["~rate", "~from", "~of"]
    keyed = deals.with_columns(pl.col("line").cast(pl.UInt32).fill_null(0).alias("~keyed"))
    theirs = kept.select("deal_id", pl.col("line").alias("~keyed"), *(pl.col(c).alias(f"{c} kept") for c in figures))
    both = keyed.join(theirs, on=["deal_id", "~keyed"], how="left", maintain_order="left")
    holds = pl.col("~rate kept").is_not_null()
    chosen = (pl.when(holds).then(f"{c} kept").otherwise(c).alias(c) for c in figures)
    return both.with_columns(chosen).drop("~keyed", *(f"{c} kept" for c in figures))
