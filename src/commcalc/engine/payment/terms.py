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


def terms_of(book: Book, plan: Plan, rules: Rules, spans: pl.DataFrame, also: pl.Series, mode: str) -> pl.DataFrame:
    """Return a row for each payee of the plan, and of `also`, in each paying span: `~p ~k ~part ~gone` and what it is paid by.

    In: spans `~k ~first ~last`. Amounts: `~draw`; of recovery `~share ~protect ~most`; `~owed`, the most owed; `~minimum ~maximum`. `~entry`: the number of the entry of `draw` in force; `~lasting`: it is paid back;
    `~fills`: it is a guarantee; `~begun`: recovery has begun; `~drawn`, `~back`: no figure of the draw, of its recovery, is missing; `charge N`: each charge of the span; `~unknown`: what has no figure.
    """
    frame = _everybody(book, plan, spans, also)
    pay = plan.payment
    values = [c.amount for c in pay.charges] + [d.amount for d in pay.draw] + [pay.minimum, pay.maximum and pay.maximum.at]
    values += [x for d in pay.draw for x in (d.balance_limit, d.recover and d.recover.protect, d.recover and d.recover.limit)]
    values += [x for d in pay.named_debts for x in (d.recover.protect, d.recover.limit)]
    said = [v for v in values if v is not None]
    reads = rules.reads(*said)
    starts = any(d.recover.starts is not None for d in pay.named_debts)
    payee = reads.payee | ({"periods_on_plan"} if pay.draw or starts else frozenset())
    frame = with_facts(book, plan, frame, payee, reads.params)

    def cents(value: object) -> pl.Expr:
        return round_to(rules.value(value).cast(D), minor_units(plan.currency), mode)

    asked = [(f"charge {c.name}", c.amount, pl.col("~part")) for c in pay.charges]
    asked += [("minimum", pay.minimum, pl.col("~part")), ("maximum", pay.maximum and pay.maximum.at, pl.lit(value=True))]
    for debt in pay.named_debts:
        asked += [(f"debt {debt.name} {k}", getattr(debt.recover, k), pl.col("~part")) for k in ("protect", "limit")]
    unknown = [pl.when(rules.value(v).is_null() & due).then(pl.lit(what)) for what, v, due in asked if v is not None]
    frame = frame.with_columns(
        _told(unknown).alias("~unknown"),
        (pl.when("~part").then(cents(pay.minimum)) if pay.minimum is not None else NONE).alias("~minimum"),
        (cents(pay.maximum.at) if pay.maximum is not None else NONE).alias("~maximum"),
        *(
            (-product(cents(c.amount), pl.col("~periods").cast(D))).fill_null(ZERO).alias(f"charge {n}")
            for n, c in enumerate(pay.charges)
        ),
    )
    return _with_draws(plan, _with_debts(plan, frame, cents), cents)


def _with_debts(plan: Plan, frame: pl.DataFrame, cents: Callable[[object], pl.Expr]) -> pl.DataFrame:
    """Add of each debt what is protected, the most that is paid back, and whether it is: who takes no part has no protection.

    Where a figure of it is empty nothing is paid back.
    """
    part = pl.col("~part")
    for number, said in enumerate(plan.payment.named_debts):
        protect, limit = said.recover.protect, said.recover.limit
        known = [cents(v).is_not_null() for v in (protect, limit) if v is not None]
        begun = _begun(said.recover)
        frame = frame.with_columns(
            pl.when(part).then(ZERO if protect is None else cents(protect)).otherwise(ZERO).alias(f"~debt protect {number}"),
            pl.when(part).then(NONE if limit is None else cents(limit)).otherwise(NONE).alias(f"~debt limit {number}"),
            (begun & (pl.all_horizontal(pl.lit(value=True), *known) | ~part)).alias(f"~debt begun {number}"),
        )
    return frame


def _everybody(book: Book, plan: Plan, spans: pl.DataFrame, also: pl.Series) -> pl.DataFrame:
    """Return every payee of the plan, and those of `also`, in every span: `~p ~k ~part ~a ~d ~t ~wfirst ~wlast ~periods ~gone`.

    `~d` is the last day of the span on which they take part, else the last one before it, else the span's last.
    """
    part = stretches(book.people, plan)
    payees = pl.concat([part["~p"], also.cast(pl.UInt32)]).unique().sort().to_frame()
    every = payees.join(spans, how="cross").sort("~p", "~last")
    days = part.sort("~p", "~b").with_columns(pl.col("~b").alias("~from"))
    found = every.join_asof(days, left_on="~last", right_on="~from", by="~p", check_sortedness=False)
    day = pl.min_horizontal("~z", "~last").fill_null(pl.col("~last"))
    found = found.with_columns(day.alias("~d"), (pl.col("~z") >= pl.col("~first")).fill_null(value=False).alias("~part"))
    counts = _periods(book, part, spans)
    found = found.join(counts, on=["~p", "~k"], how="left", maintain_order="left")
    wanted = (pl.col("~d").alias("~t"), pl.col("~first").alias("~wfirst"), pl.col("~last").alias("~wlast"))
    return _gone(book, found).select("~p", "~k", "~part", "~a", "~d", *wanted, pl.col("~periods").fill_null(0), "~gone")


def _periods(book: Book, part: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Return `~p ~k ~periods`: in how many periods of the calendar a payee takes part in each span."""
    days = part.join(spans, how="cross").filter((pl.col("~b") <= pl.col("~last")) & (pl.col("~z") >= pl.col("~first")))
    number = book.moments.number
    days = days.with_columns(pl.max_horizontal("~b", "~first").alias("~x"), pl.min_horizontal("~z", "~last").alias("~y"))
    each = days.with_columns(pl.int_ranges(number("period", "~x"), number("period", "~y") + 1).alias("~in")).explode("~in")
    return each.group_by("~p", "~k").agg(pl.col("~in").n_unique().cast(pl.Int64).alias("~periods"))


def _gone(book: Book, frame: pl.DataFrame) -> pl.DataFrame:
    """Add whether the payee has left by the end of the span, as their row on that day says, else the last one before."""
    facts = book.people.facts
    if "payee.left" not in facts.columns:
        return frame.with_columns(pl.lit(value=False).alias("~gone"))
    rows = facts.select("~p", pl.col("~from").alias("~begun"), pl.col("payee.left").alias("~left")).sort("~p", "~begun")
    found = frame.join_asof(rows, left_on="~last", right_on="~begun", by="~p", check_sortedness=False)
    return found.with_columns((pl.col("~left") <= pl.col("~last")).fill_null(value=False).alias("~gone"))


def _with_draws(plan: Plan, frame: pl.DataFrame, cents: Callable[[object], pl.Expr]) -> pl.DataFrame:
    """Add the entry of `draw` that holds each payee's periods on the plan, and by which terms a balance is paid back."""
    draws = plan.payment.draw
    entry = pl.lit(None, dtype=pl.Int64)
    for number in reversed(range(len(draws))):
        here = pl.col("~part") & _holds(draws[number].periods)
        entry = pl.when(here).then(pl.lit(number, dtype=pl.Int64)).otherwise(entry)

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

    def empty(**asked: object) -> list[pl.Expr]:
        return [pl.when(cents(v).is_null()).then(pl.lit(what)) for what, v in asked.items() if v is not None]

    def of_draw(said: Draw | None, _: Recover | None) -> list[pl.Expr]:
        return empty(draw=said.amount, balance_limit=said.balance_limit) if said is not None else []

    def of_recovery(said: Draw | None, terms: Recover | None) -> list[pl.Expr]:
        guarded = said.amount if said is not None and said.how == "guarantee" and terms and terms.protect is None else None
        return empty(draw=guarded, protect=terms.protect, limit=terms.limit) if terms is not None else []

    frame = frame.with_columns(entry.alias("~entry"))
    return frame.with_columns(
        chosen(lambda said, terms: _none(of_draw(said, terms))).alias("~drawn"),
        chosen(lambda said, terms: _none(of_recovery(said, terms))).alias("~back"),
        chosen(lambda said, _: figure(said and said.amount)).alias("~draw"),
        chosen(lambda said, _: figure(said and said.balance_limit)).alias("~owed"),
        chosen(lambda said, _: pl.lit(said is not None and said.kind == "recoverable")).alias("~lasting"),
        chosen(lambda said, _: pl.lit(said is not None and said.how == "guarantee")).alias("~fills"),
        chosen(lambda _, terms: exact_lit(terms.share) if terms else NONE).alias("~share"),
        chosen(protected).alias("~protect"),
        chosen(lambda _, terms: figure(terms and terms.limit)).alias("~most"),
        chosen(lambda _, terms: _begun(terms)).alias("~begun"),
        _told([pl.col("~unknown"), chosen(lambda said, terms: _told([*of_draw(said, terms), *of_recovery(said, terms)]))]).alias(
            "~unknown"
        ),
    )


def _none(texts: Sequence[pl.Expr]) -> pl.Expr:
    """Whether none of the texts is there."""
    return pl.all_horizontal(t.is_null() for t in texts) if texts else pl.lit(value=True)


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
    if cell.kind == "any":
        return pl.lit(value=True)
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
