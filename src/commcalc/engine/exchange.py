"""Exchange: the rate from one currency to another for a day - of that day, of its period, or fixed for longer (docs/semantics.md 12.1)."""

from __future__ import annotations

import polars as pl

from commcalc.base.calendar import Calendar
from commcalc.engine.events import later
from commcalc.language.days import Length
from commcalc.plan.exchange import RateKind
from commcalc.tables.exact import D, product, quotient

RATES: dict[str, pl.DataType | type[pl.DataType]] = {
    "~one": pl.String,
    "~other": pl.String,
    "~kind": pl.String,
    "~first": pl.Date,
    "~last": pl.Date,
    "~rate": D,
    "~of": pl.String,
}
"""Of one unit of a currency in another: what kind of rate, on which days it holds, and the day or period that it is of."""
PAIR = ["~one", "~other"]


def rates_of(rows: pl.DataFrame | None, calendar: Calendar) -> pl.DataFrame:
    """Return the rates of the table `fx`, RATES: of a period of the calendar the average, of a longer one fixed."""
    if rows is None or rows.is_empty():
        return pl.DataFrame(schema=RATES)
    spans = {n: s for n in rows["period"].drop_nulls().unique().to_list() if (s := calendar.named(n)) is not None}
    own = {(p.first, p.last) for p in calendar.periods}
    kinds = {n: "period average" if s in own else "fixed" for n, s in spans.items()}
    firsts, lasts = ({n: s[i] for n, s in spans.items()} for i in (0, 1))

    def of(values: dict[str, object], otherwise: pl.Expr, type_: pl.DataType | type[pl.DataType]) -> pl.Expr:
        found = pl.col("period").replace_strict(values, default=None, return_dtype=type_) if values else pl.lit(None, dtype=type_)
        return pl.coalesce(found, otherwise)

    return rows.select(
        pl.col("from").alias("~one"),
        pl.col("to").alias("~other"),
        of(dict(kinds), pl.lit("on date"), pl.String).alias("~kind"),
        of(dict(firsts), pl.col("date"), pl.Date).alias("~first"),
        of(dict(lasts), pl.col("date"), pl.Date).alias("~last"),
        pl.col("rate").cast(D).alias("~rate"),
        pl.coalesce(pl.col("date").dt.to_string("iso"), pl.col("period")).alias("~of"),
    )


def rated(asked: pl.DataFrame, rates: pl.DataFrame, kind: RateKind | None, max_age: Length | None) -> pl.DataFrame:
    """Return `~one ~other ~day` with `~rate ~from ~of`: one unit of `~from` in the other currency; empty where there is no rate.

    The rows of the direction that is asked for come first, then those of the other one.
    """
    rows = rates.filter(pl.col("~kind") == kind) if kind is not None else rates.clear()
    if kind == "on date" and max_age is not None:
        rows = rows.with_columns(later(pl.col("~first"), max_age).alias("~last"))
    found = asked.select(*PAIR, "~day").sort("~day", maintain_order=True)
    for name, one, other in (("straight", "~one", "~other"), ("inverse", "~other", "~one")):
        theirs = rows.select(
            pl.col(one).alias("~one"), pl.col(other).alias("~other"), "~first", "~last", pl.col("~rate").alias(name),
            pl.col("~of").alias(f"{name} of"),
        ).sort("~first")  # fmt: skip
        found = found.join_asof(theirs, left_on="~day", right_on="~first", by=PAIR, check_sortedness=False)
        holds = (pl.col("~day") <= pl.col("~last")).fill_null(value=False)
        found = found.with_columns(pl.when(holds).then(pl.col(c)).alias(c) for c in (name, f"{name} of"))
        found = found.drop("~first", "~last")
    straight = pl.col("straight").is_not_null()
    return found.select(
        *PAIR,
        "~day",
        pl.coalesce("straight", "inverse").alias("~rate"),
        pl.when(straight).then("~one").when(pl.col("inverse").is_not_null()).then("~other").alias("~from"),
        pl.when(straight).then("straight of").otherwise("inverse of").alias("~of"),
    )


def exchanged(amount: pl.Expr, *, straight: pl.Expr) -> pl.Expr:
    """Return an amount at `~rate`: times it, or where only the other direction is given divided by it."""
    return pl.when(straight).then(product(amount, pl.col("~rate"))).otherwise(quotient(amount, pl.col("~rate")))
