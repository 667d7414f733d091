"""Make the yardstick's project: plan, people and seeded deals, the same bytes for the same arguments.

python tests/benchmarks/make_data.py FOLDER [--rows N] [--payees N] [--components N] [--largest PERCENT] [--bad-row]
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import dataclass
from datetime import date
from math import gcd
from pathlib import Path

import polars as pl

YARDSTICK = Path(__file__).parent / "yardstick"
PRODUCTS, REGIONS, TERMS, DAYS, MOST_CENTS = 20, 8, 36, 365, 2_000_000
AT_ONCE = 1_000_000  # rows made at a time, so that any number of rows takes the same memory
WORD = 2**32


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a project is, and what is odd about it."""

    rows: int
    payees: int = 5_000
    components: int = 1  # commissions that divide the deals among them
    largest: int = 0  # the share of the deals that the first payee has, in percent
    bad_row: bool = False  # the second-last amount is written 1e3


def _mixed(rows: pl.Expr, seed: int, below: int) -> pl.Expr:
    """A whole number below `below` for each row, as if drawn: 32 bits mixed (multiply, fold), each column by its own seed."""
    x = (rows + seed * 0x9E3779B9) % WORD
    for factor in (0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F):
        x = ((x ^ (x // 2**15)) * factor) % WORD
    return (x ^ (x // 2**16)) % below


def deals(first: int, last: int, shape: Shape) -> pl.DataFrame:
    """Return the deals numbered from `first` up to but not with `last`."""
    row = pl.col("row")
    cents = _mixed(row, 5, MOST_CENTS) + 1
    owner = _mixed(row, 1, shape.payees)
    owner = pl.when(_mixed(row, 7, 100) < shape.largest).then(0).otherwise(owner)
    return pl.DataFrame({"row": pl.int_range(first, last, dtype=pl.UInt64, eager=True)}).select(
        pl.format("D{}", row.cast(pl.String).str.zfill(8)).alias("deal_id"),
        pl.format("P{}", owner.cast(pl.String).str.zfill(5)).alias("owner"),
        (pl.lit(date(2026, 1, 1)) + pl.duration(days=_mixed(row, 2, DAYS).cast(pl.Int64))).cast(pl.Date).alias("close_date"),
        pl.format("{}.{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2)).alias("amount"),
        pl.format("Product {}", _mixed(row, 3, PRODUCTS) + 1).alias("product"),
        pl.format("Region {}", _mixed(row, 4, REGIONS) + 1).alias("region"),
        (_mixed(row, 6, TERMS) + 1).alias("term_months"),
    )


def write(folder: Path, shape: Shape) -> None:
    """Write commcalc.yaml, plans/ and data/ into `folder`."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    shutil.copy(YARDSTICK / "commcalc.yaml", folder)
    (folder / "plans").mkdir(exist_ok=True)
    plan = (YARDSTICK / "plans" / "yardstick.yaml").read_text(encoding="utf-8")
    (folder / "plans" / "yardstick.yaml").write_text(_divided(plan, shape.components), encoding="utf-8")
    with (data / "deals.csv").open("wb") as file:
        for first in range(0, shape.rows, AT_ONCE):
            part = deals(first, min(first + AT_ONCE, shape.rows), shape)
            if shape.bad_row and first + AT_ONCE >= shape.rows:
                bad = pl.int_range(pl.len()) == pl.len() - 2
                part = part.with_columns(pl.when(bad).then(pl.lit("1e3")).otherwise("amount").alias("amount"))
            part.write_csv(file, include_header=first == 0)
    ids = pl.DataFrame({"payee_id": [f"P{i:05}" for i in range(shape.payees)]})
    ids.with_columns(pl.format("Payee {}", "payee_id").alias("name")).write_csv(data / "payees.csv")
    ids.with_columns(pl.lit("yardstick").alias("plan"), pl.lit("2026-01-01").alias("from")).write_csv(data / "assignments.csv")
    quota = max(1, shape.rows // shape.payees) * MOST_CENTS // 200  # what a payee sells on average
    ids.with_columns(
        pl.lit("bookings").alias("measure"), pl.lit("2026").alias("period"), pl.lit(quota).alias("amount")
    ).write_csv(data / "quotas.csv")


def _divided(plan: str, components: int) -> str:
    """The plan with its commission divided into so many, each for some products and terms: together they pay the same deals."""
    if components == 1:
        return plan
    head, found, rest = plan.partition("  commission:\n")
    commission, spiff, end = rest.partition("  launch:\n    kind: spiff\n")
    by_product = gcd(components, PRODUCTS)
    by_term = components // by_product
    assert found and spiff and by_term <= TERMS
    bounds = [TERMS * i // by_term for i in range(by_term + 1)]
    parts = []
    for number in range(components):
        group, term = number % by_product, number // by_product
        names = ", ".join(f"'Product {p + 1}'" for p in range(group, PRODUCTS, by_product))
        where = f"    where: product in ({names}) and term_months between {bounds[term] + 1} and {bounds[term + 1]}\n"
        parts.append(f"  commission-{number + 1}:\n{where}{commission}")
    return head + "".join(parts) + spiff + end


def main() -> None:
    """Write one project as the arguments say."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--rows", type=int, default=10_000_000)
    words.add_argument("--payees", type=int, default=5_000)
    words.add_argument("--components", type=int, default=1)
    words.add_argument("--largest", type=int, default=0)
    words.add_argument("--bad-row", action="store_true")
    said = words.parse_args()
    write(said.folder, Shape(said.rows, said.payees, said.components, said.largest, said.bad_row))


if __name__ == "__main__":
    main()
