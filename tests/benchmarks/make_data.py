"""Make the yardstick's deals: seeded, ten million rows by default, as a CSV beside its payees, quotas and plan.

python tests/benchmarks/make_data.py FOLDER [ROWS]
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl

PAYEES, PRODUCTS, REGIONS = 5_000, 20, 8


def _mixed(n: int, seed: int, below: int) -> pl.Expr:
    """A spread-out whole number below `below` for each row: a multiplicative hash, the same on every machine."""
    x = (pl.int_range(n, dtype=pl.UInt64) * 2_654_435_761 + seed * 40_503) % (2**32)
    return (((x * 2_246_822_519) % (2**32)) // 8) % below


def write(folder: Path, rows: int) -> None:
    """Write data/deals.csv, payees.csv, assignments.csv, quotas.csv into `folder`."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    first = pl.lit(date(2026, 1, 1))
    cents = _mixed(rows, 5, 2_000_000) + 1
    frame = pl.LazyFrame({"x": pl.Series([0])}).select(
        pl.format("D{}", pl.int_range(rows).cast(pl.String).str.zfill(8)).alias("deal_id"),
        pl.format("P{}", (_mixed(rows, 1, PAYEES)).cast(pl.String).str.zfill(5)).alias("owner"),
        (first + pl.duration(days=_mixed(rows, 2, 365).cast(pl.Int64))).cast(pl.Date).alias("close_date"),
        pl.format("{}.{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2)).alias("amount"),
        pl.format("Product {}", (_mixed(rows, 3, PRODUCTS) + 1).cast(pl.String)).alias("product"),
        pl.format("Region {}", (_mixed(rows, 4, REGIONS) + 1).cast(pl.String)).alias("region"),
        (_mixed(rows, 6, 36) + 1).alias("term_months"),
    )
    frame.collect().write_csv(data / "deals.csv")
    ids = pl.DataFrame({"payee_id": [f"P{i:05}" for i in range(PAYEES)]})
    ids.with_columns(pl.format("Payee {}", "payee_id").alias("name")).write_csv(data / "payees.csv")
    ids.with_columns(pl.lit("yardstick").alias("plan"), pl.lit("2026-01-01").alias("from")).write_csv(data / "assignments.csv")
    quota = rows // PAYEES * 10_000
    ids.with_columns(
        pl.lit("bookings").alias("measure"), pl.lit("2026").alias("period"), pl.lit(quota).alias("amount")
    ).write_csv(data / "quotas.csv")


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000)
