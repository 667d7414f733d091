"""Whole columns of figures written for people, letter for letter as `figures` writes one: a run has millions of lines."""

from __future__ import annotations

import polars as pl

from commcalc.base.money import minor_units
from commcalc.tables.exact import exact_lit, product

VALUE = pl.col("value")


def plain(c: pl.Expr) -> pl.Expr:
    """A figure for a machine: all the decimals that it has, none that are idle, nothing between thousands."""
    return c.cast(pl.String).str.strip_chars_end("0").str.strip_suffix(".")


def exact(column: pl.Series) -> pl.Series:
    """Figures with all the decimals that they have and none that are idle."""
    return _thousands(column.to_frame("value").select(plain(VALUE)).to_series())


def near(column: pl.Series) -> pl.Series:
    """Figures for the eye: cut after two decimals, with dots where something was cut."""
    return exact(column).str.replace(r"(\.\d\d)\d+$", "$1...")


def rate(column: pl.Series, each: pl.Series) -> pl.Series:
    """Rates: an amount for each unit as it is, a share as a percentage; from three up it is no share."""
    shares = pl.when(~pl.col("each") & (VALUE.abs() < exact_lit(3))).then(product(VALUE, exact_lit(100)))
    frame = pl.DataFrame({"value": column, "each": each}).select("value", shares.alias("share"))
    found = pl.DataFrame({"value": exact(frame["value"]), "share": exact(frame["share"])})
    return found.select(pl.coalesce(pl.col("share") + "%", "value")).to_series()


def amount(column: pl.Series, currency: pl.Series) -> pl.Series:
    """Amounts with thousands apart and the decimals of their rows' currencies."""
    return _thousands(cents(column, currency))


def cents(column: pl.Series, currency: pl.Series) -> pl.Series:
    """Amounts for a machine, with the decimals of their rows' currencies."""
    text = plain(VALUE)
    for name in currency.unique().sort().to_list():
        places = minor_units(name)
        rounded = VALUE.round(places, mode="half_to_even").cast(pl.Decimal(38, places)).cast(pl.String)
        text = pl.when(pl.col("currency") == name).then(rounded).otherwise(text)
    return pl.DataFrame({"value": column, "currency": currency}).select(text).to_series()


def _thousands(text: pl.Series) -> pl.Series:
    """Set commas between thousands, from the right, as long as any figure has digits left."""
    split = pl.col("text").str.splitn(".", 2)
    whole, sign = split.struct.field("field_0"), pl.col("text").str.starts_with("-")
    digits = whole.str.strip_chars_start("-")
    frame = text.to_frame("text").select(
        pl.when(sign).then(pl.lit("-")).otherwise(pl.lit("")).alias("sign"),
        digits.str.head(-3).alias("left"),
        digits.str.tail(3).alias("done"),
        pl.concat_str(pl.lit("."), split.struct.field("field_1")).fill_null("").alias("rest"),
    )
    left, done = pl.col("left"), pl.col("done")
    while frame.select((left != "").any()).item():
        apart = pl.concat_str(left.str.tail(3), pl.lit(","), done)
        frame = frame.with_columns(pl.when(left != "").then(apart).otherwise(done).alias("done"), left.str.head(-3))
    return frame.select(pl.concat_str("sign", "done", "rest")).to_series()
