"""Vanished: deals on which closed periods paid and which are no longer among the deals (semantics 8, "the wrong file")."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from commcalc.tables.exact import D
from commcalc.tables.posted import Posted

GONE: dict[str, pl.DataType | type[pl.DataType]] = {"deal_id": pl.String, "line": pl.UInt32, "~row": pl.UInt32, "~k": pl.UInt32}
"""Deal rows that are no longer there by consent: their numbers follow those of the deals."""
VANISHED: dict[str, pl.DataType | type[pl.DataType]] = {
    "deal": pl.String,
    "payee": pl.String,
    "component": pl.String,
    "amount": D,
}
"""What was posted on deals, for payees or by components that are no longer there; deal, payee or component may be empty."""
NONE = pl.lit(None, dtype=pl.UInt32)


def gone_of(posted: Posted | None, deals: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return GONE of posted deal rows that are withdrawn, and VANISHED of those that are missing without a word."""
    if posted is None:
        return pl.DataFrame(schema=GONE), pl.DataFrame(schema=VANISHED)
    paid = posted.lines.filter(~pl.col("accrued") & (pl.col("deal") != ""))
    known = deals.select(pl.col("deal_id").alias("deal"), pl.col("line").cast(pl.UInt32).fill_null(0))
    missing = paid.join(known, on=["deal", "line"], how="anti")
    consented = tables.get("withdrawn", pl.DataFrame(schema={"deal_id": pl.String}))["deal_id"].unique().implode()
    rows = missing.filter(pl.col("deal").is_in(consented)).select("deal", "line").unique().sort("deal", "line")
    gone = rows.select(pl.col("deal").alias("deal_id"), "line", NONE.alias("~row"), NONE.alias("~k"))
    silent = missing.filter(~pl.col("deal").is_in(consented))
    found = silent.group_by("payee", "plan", "component", "deal").agg(pl.col("amount").sum())
    found = found.sort("deal", "payee", "plan", "component")
    return gone, found.select("deal", "payee", (pl.col("plan") + "." + pl.col("component")).alias("component"), "amount")


def strangers_of(posted: Posted | None, payees: pl.Series, components: Mapping[str, frozenset[str]]) -> pl.DataFrame:
    """Return VANISHED of posted payees whom the payees' table does not know, and of components that their plans have no longer."""
    if posted is None:
        return pl.DataFrame(schema=VANISHED)
    paid = posted.lines.filter(~pl.col("accrued") & pl.col("plan").is_in(list(components)))
    there = [f"{plan}.{name}" for plan, names in components.items() for name in names]
    of_plan = (pl.col("plan") + "." + pl.col("component")).alias("component")
    unknown = paid.filter(~pl.col("payee").is_in(payees.implode())).group_by("payee").agg(pl.col("amount").sum())
    removed = (
        paid.with_columns(of_plan).filter(~pl.col("component").is_in(there)).group_by("component").agg(pl.col("amount").sum())
    )
    empty = pl.lit("")
    return pl.concat(
        [
            unknown.sort("payee").select(empty.alias("deal"), "payee", empty.alias("component"), "amount"),
            removed.sort("component").select(empty.alias("deal"), empty.alias("payee"), "component", "amount"),
        ]
    ).filter(pl.col("amount") != 0)
