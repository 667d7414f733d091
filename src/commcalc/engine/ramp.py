"""Ramp: what part of a quota counts in each pay period, while a payee is new to the plan."""

from __future__ import annotations

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.facts import with_facts
from commcalc.engine.people import join_effective, stretches
from commcalc.engine.rules import Rules
from commcalc.engine.tenure import days_of, taking_part
from commcalc.plan.measures import MeasureBase
from commcalc.plan.model import Plan
from commcalc.tables.exact import D, product

ONE = pl.lit(1).cast(D)


def ramped(book: Book, plan: Plan, said: MeasureBase, rules: Rules, parts: pl.DataFrame, *, days: bool) -> pl.DataFrame:
    """Divide each part evenly among the pay periods that it lies in, each times its ramp and its days (docs/semantics.md 4.7)."""
    pay = plan.payment.every if plan.payment.every in book.moments.windows else "period"
    spans = book.moments.windows[pay]
    numbers = [book.moments.number(pay, c).alias(n) for c, n in (("~first", "~i"), ("~last", "~j"))]
    numbered = parts.with_row_index("~part").with_columns(numbers)
    numbered = numbered.with_columns((pl.col("~j") - pl.col("~i") + 1).cast(D).alias("~count"))
    pieces = numbered.with_columns(pl.int_ranges("~i", pl.col("~j") + 1).alias("~at")).explode("~at").drop("~i", "~j")
    at = pl.col("~at").cast(pl.UInt32)
    pieces = pieces.with_columns(
        pl.max_horizontal("~first", pl.lit(spans["~first"]).gather(at)).alias("~first"),
        pl.min_horizontal("~last", pl.lit(spans["~last"]).gather(at)).alias("~last"),
    )
    pieces = _ramp_of(book, plan, said, rules, pieces.drop("~at", "~part").with_row_index("~piece"))
    amount = product(product(pl.col("~amount"), pl.col("~num")), pl.col("~ramp"))
    length = days_of("~first", "~last")
    some = (pl.col("~taken") != length) & pl.lit(days)
    return pieces.with_columns(
        amount.alias("~amount"),
        pl.when(some).then(pl.col("~taken").cast(D)).otherwise(ONE).alias("~num"),
        product(pl.col("~den"), pl.col("~count"), pl.when(some).then(length.cast(D)).otherwise(ONE)).alias("~den"),
    )


def _ramp_of(book: Book, plan: Plan, said: MeasureBase, rules: Rules, pieces: pl.DataFrame) -> pl.DataFrame:
    """Add `~ramp`, as of the last day of each piece on which the payee takes part, and `~taken`; all of it where that is none."""
    taken = taking_part(book, plan, pieces, "~first", "~last")
    both = taken.select("~piece", "~p", "~first", "~last").join(stretches(book.people, plan), on="~p")
    both = both.filter((pl.col("~b") <= pl.col("~last")) & (pl.col("~z") >= pl.col("~first")))
    asked = both.group_by("~piece", "~p").agg(pl.min_horizontal("~z", "~last").max().alias("~t"))
    reads = rules.reads(said.ramp)
    asked = asked.with_columns(pl.col("~t").alias("~d"))
    rows = book.people.assignments.filter(pl.col("plan") == plan.plan).select("~p", "~from", "~to", "~a")
    asked = with_facts(book, plan, join_effective(asked, rows, "~d"), reads.payee, reads.params)
    asked = asked.select("~piece", rules.value(said.ramp).alias("~ramp"), pl.lit(value=True).alias("~some"))
    found = taken.join(asked, on="~piece", how="left", maintain_order="left")
    return found.with_columns(pl.when("~some").then("~ramp").otherwise(ONE).alias("~ramp")).drop("~some", "~piece")
