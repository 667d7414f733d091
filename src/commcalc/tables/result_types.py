"""The types of result tables in polars; apart from the tables themselves, which are read without it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from commcalc.tables.exact import D

TYPES: Mapping[str, type[pl.DataType] | pl.DataType] = {
    "decimal": D,
    "count": pl.UInt32,
    "date": pl.Date,
    "yes/no": pl.Boolean,
    "text": pl.String,
}
