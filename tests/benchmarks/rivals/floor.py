"""The floor: polars reads the deals and writes them as Parquet; nothing is checked, nothing is calculated."""

from __future__ import annotations

import polars as pl
from terms import folders

data, out = folders()
pl.scan_csv(data / "deals.csv").sink_parquet(out / "deals.parquet", compression="zstd", compression_level=1)
