"""A kernel by hand for this one plan: polars with whole numbers of cents, the ordered trace as Parquet; nothing checked."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
from terms import PERCENT, SPIFF_FIRST, SPIFF_PAY, SPIFF_PRODUCT, TIERS, folders

data, out = folders()
CENTS = pl.Decimal(18, 2)
quotas = pl.read_csv(data / "quotas.csv", columns=["payee_id", "amount"]).rename({"payee_id": "owner", "amount": "quota"})
rates = pl.DataFrame({"product": list(PERCENT), "bp": [int(Fraction(p) * 100) for p in PERCENT.values()]})
payees, products = pl.Enum(quotas["owner"].sort()), pl.Enum(rates["product"])
deals = (
    pl.scan_csv(data / "deals.csv", schema_overrides={"amount": CENTS, "close_date": pl.Date})
    .select(
        "deal_id",
        pl.col("owner").cast(payees),
        "close_date",
        pl.col("amount").to_physical().cast(pl.Int64).alias("cents"),
        pl.col("product").cast(products),
    )
    .join(quotas.lazy().with_columns(pl.col("owner").cast(payees), pl.col("quota") * 100), on="owner", how="left")
    .join(rates.lazy().with_columns(pl.col("product").cast(products)), on="product", how="left")
    .sort("owner", "close_date", "deal_id")
)
after = pl.col("cents").cum_sum().over("owner").alias("after")
starts = [Fraction(start) for start, _ in TIERS]


def part(number: int) -> pl.Expr:
    """The part of a deal inside a tier, in cents."""
    low = pl.col("quota") * starts[number].numerator // starts[number].denominator
    after, before = pl.col("after"), pl.col("after") - pl.col("cents")
    if number + 1 == len(starts):
        return after.clip(lower_bound=low) - before.clip(lower_bound=low)
    high = pl.col("quota") * starts[number + 1].numerator // starts[number + 1].denominator
    return after.clip(low, high) - before.clip(low, high)


tenths = [int(Fraction(factor) * 10) for _, factor in TIERS]
weighted = pl.sum_horizontal(pl.col(f"tier {i + 1}") * tenth for i, tenth in enumerate(tenths))
launch = pl.col("product") == SPIFF_PRODUCT
trace = (
    deals.with_columns(after)
    .with_columns(part(i).alias(f"tier {i + 1}") for i in range(len(TIERS)))
    .with_columns(
        ((weighted * pl.col("bp") + 50_000) // 100_000).alias("commission"),  # cents x tenths x bp: half a cent goes up
        pl.when(launch & (launch.cum_sum().over("owner") <= SPIFF_FIRST)).then(SPIFF_PAY * 100).otherwise(0).alias("spiff"),
    )
    .drop("quota", "bp")
    .collect()
)
trace.write_parquet(out / "trace.parquet", compression="zstd", compression_level=1, row_group_size=250_000)
paid = trace.group_by("owner", pl.col("close_date").dt.to_string("%Y-%m").alias("month")).agg(
    (pl.col("commission") + pl.col("spiff")).sum().alias("cents")
)
paid.sort("owner", "month").select(
    pl.col("owner").cast(pl.String).alias("payee"),
    "month",
    pl.format("{}.{}", pl.col("cents") // 100, (pl.col("cents") % 100).cast(pl.String).str.zfill(2)).alias("amount"),
).write_csv(out / "payouts.csv")
