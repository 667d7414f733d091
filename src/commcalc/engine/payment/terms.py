"""Terms: what the plan draws, charges and guarantees for each payee in each paying span, as columns (docs/semantics.md 10.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import polars as pl

from commcalc.base.money import minor_units
from commcalc.engine.book import Book
from commcalc.engine.facts import with_facts
from commcalc.engine.people import stretches
from commcalc.engine.rules import Rules
from commcalc.language.fields import Cell
from commcalc.plan.draws import Draw, Recover
from commcalc.plan.model import Plan
from commcalc.tables.exact import D, exact_lit, product, round_to

ZERO = pl.lit(0).cast(D)
NONE = pl.lit(None, dtype=D)
PERIODS = "payee.periods_on_plan"
TERMS = ("~draw", "~share", "~protect", "~most", "~owed", "~minimum", "~maximum")
"""Amounts of a span: the draw; the terms of recovery: share, what is protected, the most at a time; the most owed; limits."""


def terms_of(book: Book, plan: Plan, rules: Rules, spans: pl.DataFrame, mode: str) -> pl.DataFrame:
    """Return a row for each payee and paying span with a day in which they take part: `~p ~k`, TERMS and what tells the draw.

    In: spans `~k ~first ~last`. `~entry`: the number of the entry of `draw` in force; `~lasting`: it is paid back;
    `~fills`: it is a guarantee; `~begun`: recovery has begun; `charge N`: each charge of the span; `~unknown`: what has no figure.
    """
    frame = _taking_part(book, plan, spans)
    pay = plan.payment
    values = [c.amount for c in pay.charges] + [d.amount for d in pay.draw] + [pay.minimum, pay.maximum and pay.maximum.at]
    values += [x for d in pay.draw for x in (d.balance_limit, d.recover and d.recover.protect, d.recover and d.recover.limit)]
    said = [v for v in values if v is not None]
    reads = rules.reads(*said)
    payee = reads.payee | ({"periods_on_plan"} if pay.draw else frozenset())
    frame = with_facts(book, plan, frame, payee, reads.params)

    def cents(value: object) -> pl.Expr:
        return round_to(rules.value(value).cast(D), minor_units(plan.currency), mode)

    asked = [(what, v) for what, v in _named(plan) if v is not None]
    unknown = [pl.when(rules.value(v).is_null()).then(pl.lit(what)) for what, v in asked]
    frame = frame.with_columns(
        _told(unknown).alias("~unknown"),
        (cents(pay.minimum) if pay.minimum is not None else NONE).alias("~minimum"),
        (cents(pay.maximum.at) if pay.maximum is not None else NONE).alias("~maximum"),
        *(
            (
                -round_to(product(rules.value(c.amount).cast(D), pl.col("~periods").cast(D)), minor_units(plan.currency), mode)
            ).alias(f"charge {n}")
            for n, c in enumerate(pay.charges)
        ),
    )
    return _with_draws(plan, frame, cents)


def _named(plan: Plan) -> list[tuple[str, object]]:
    """Return what must have a figure for everybody; of draws only the entry in force is asked."""
    pay = plan.payment
    found: list[tuple[str, object]] = [(f"charge {c.name}", c.amount) for c in pay.charges]
    return [*found, ("minimum", pay.minimum), ("maximum", pay.maximum.at if pay.maximum is not None else None)]


def _taking_part(book: Book, plan: Plan, spans: pl.DataFrame) -> pl.DataFrame:
    """Return `~p ~k ~a ~d ~t ~wfirst ~wlast ~periods`: the last day of each span on which a payee takes part, and in how many periods."""
    days = stretches(book.people, plan).join(spans, how="cross")
    days = days.filter((pl.col("~b") <= pl.col("~last")) & (pl.col("~z") >= pl.col("~first")))
    begin, end = pl.max_horizontal("~b", "~first"), pl.min_horizontal("~z", "~last")
    number = book.moments.number
    days = days.with_columns(begin.alias("~x"), end.alias("~d")).with_columns(
        pl.int_ranges(number("period", "~x"), number("period", "~d") + 1).alias("~in")
    )
    counts = days.explode("~in").group_by("~p", "~k").agg(pl.col("~in").n_unique().alias("~periods"))
    last = days.sort("~p", "~k", "~d").unique(["~p", "~k"], keep="last", maintain_order=True).join(counts, on=["~p", "~k"])
    wanted = (pl.col("~d").alias("~t"), pl.col("~first").alias("~wfirst"), pl.col("~last").alias("~wlast"))
    return last.sort("~p", "~k").select("~p", "~k", "~a", "~d", *wanted, "~periods")


def _with_draws(plan: Plan, frame: pl.DataFrame, cents: Callable[[object], pl.Expr]) -> pl.DataFrame:
    """Add the entry of `draw` that holds each payee's periods on the plan, and by which terms a balance is paid back."""
    draws = plan.payment.draw
    entry = pl.lit(None, dtype=pl.Int64)
    for number in reversed(range(len(draws))):
        entry = pl.when(_holds(draws[number].periods)).then(pl.lit(number, dtype=pl.Int64)).otherwise(entry)

    def chosen(of: Callable[[Draw | None, Recover | None], pl.Expr]) -> pl.Expr:
        found = of(None, terms_in_force(draws, None))
        for number, said in enumerate(draws):
            found = pl.when(pl.col("~entry") == number).then(of(said, terms_in_force(draws, number))).otherwise(found)
        return found

    def figure(value: object) -> pl.Expr:
        return cents(value) if value is not None else NONE

    def protected(said: Draw | None, terms: Recover | None) -> pl.Expr:
        if terms is not None and terms.protect is not None:
            return cents(terms.protect)
        return cents(said.amount) if said is not None and said.how == "guarantee" else ZERO

    def unknown(said: Draw | None, terms: Recover | None) -> pl.Expr:
        asked = [("draw", said and said.amount), ("balance_limit", said and said.balance_limit)]
        asked += [("protect", terms and terms.protect), ("limit", terms and terms.limit)]
        return _told([pl.when(cents(v).is_null()).then(pl.lit(what)) for what, v in asked if v is not None])

    frame = frame.with_columns(entry.alias("~entry"))
    return frame.with_columns(
        chosen(lambda said, _: figure(said and said.amount)).alias("~draw"),
        chosen(lambda said, _: figure(said and said.balance_limit)).alias("~owed"),
        chosen(lambda said, _: pl.lit(said is not None and said.kind == "recoverable")).alias("~lasting"),
        chosen(lambda said, _: pl.lit(said is not None and said.how == "guarantee")).alias("~fills"),
        chosen(lambda _, terms: exact_lit(terms.share) if terms else NONE).alias("~share"),
        chosen(protected).alias("~protect"),
        chosen(lambda _, terms: figure(terms and terms.limit)).alias("~most"),
        chosen(lambda _, terms: _begun(terms)).alias("~begun"),
        _told([pl.col("~unknown"), chosen(unknown)]).alias("~unknown"),
    )


def _begun(terms: Recover | None) -> pl.Expr:
    if terms is None or terms.starts is None:
        return pl.lit(terms is not None)
    return (pl.col(PERIODS) >= exact_lit(terms.starts)).fill_null(value=False)


def _told(texts: Sequence[pl.Expr]) -> pl.Expr:
    """Join texts; none of them may be there."""
    return pl.concat_str(texts, separator=", ", ignore_nulls=True).str.strip_chars(", ") if texts else pl.lit("")


def terms_in_force(draws: tuple[Draw, ...], number: int | None) -> Recover | None:
    """Return by what a balance is paid back: the entry's own terms, else those of the last before it, or with none in force of the last."""
    if number is not None and draws[number].kind == "recoverable":
        return draws[number].recover
    before = [d.recover for d in (draws if number is None else draws[:number]) if d.kind == "recoverable"]
    return before[-1] if before else None


def _holds(cell: Cell) -> pl.Expr:
    tests = [pl.col(PERIODS).is_not_null()]
    if cell.kind == "value":
        tests.append(pl.col(PERIODS) == exact_lit(Decimal(str(cell.value))))
    if cell.low is not None:
        low = exact_lit(Decimal(str(cell.low)))
        tests.append(pl.col(PERIODS) >= low if cell.low_in else pl.col(PERIODS) > low)
    if cell.high is not None:
        high = exact_lit(Decimal(str(cell.high)))
        tests.append(pl.col(PERIODS) <= high if cell.high_in else pl.col(PERIODS) < high)
    return pl.all_horizontal(tests)
