"""The chain of payments: span by span from the first to the run's, each with the balances that the one before left (docs/semantics.md 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from commcalc.base.money import minor_units
from commcalc.engine.book import Book
from commcalc.engine.history import BALANCES, looks_back, negative_of, paying_spans
from commcalc.engine.payment.adjustments import adjustments_of, in_spans, with_adjustments
from commcalc.engine.payment.debts import debts_paid_back
from commcalc.engine.payment.terms import terms_in_force, terms_of
from commcalc.engine.posted import closed_before
from commcalc.engine.rules import Rules
from commcalc.plan.model import Plan
from commcalc.tables.exact import D, exact_lit, product, round_to
from commcalc.tables.posted import ON, Posted
from commcalc.tables.results import BALANCE, STEPS

ZERO = pl.lit(0).cast(D)
NOTHING = pl.lit(None, dtype=D)
STATE: dict[str, pl.DataType | type[pl.DataType]] = {"~p": pl.UInt32, "~b": D, "~c": D}
"""Who, what is owed of draws, what is carried; and of each debt `~owes N`."""
STEP: dict[str, pl.DataType | type[pl.DataType]] = {
    "~p": pl.UInt32,
    "step": pl.String,
    "component": pl.String,
    "amount": D,
    "note": pl.String,
}


def _due(plan: Plan) -> pl.Expr:
    """There is a payment: the payee takes part, or something is released, adjusted, owed or kept."""
    amounts = ["~released", "~b", "~c", *(f"~owes {n}" for n in range(len(plan.payment.named_debts)))]
    return pl.col("~part") | pl.col("~written") | pl.any_horizontal(pl.col(c) != ZERO for c in amounts)


@dataclass(frozen=True, slots=True)
class PaidOut:
    """What a plan pays at the end of a span. steps: STEP beside what is released; balances: `~p balance` and BALANCE; waiting: who is paid nothing yet; unknown: `~p rule`."""

    steps: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=STEP))
    balances: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"~p": pl.UInt32, "balance": pl.String, **dict.fromkeys(BALANCE, D)})
    )
    waiting: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.UInt32))
    unknown: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"~p": pl.UInt32, "rule": pl.String}))


def paid_out(book: Book, plan: Plan, rules: Rules, now: pl.DataFrame, earlier: pl.DataFrame) -> PaidOut:
    """Return the payment of the span that the run ends, with the balances before and after it.

    In: `now`: `~p amount`, what the span releases; `earlier`: `~p ~k amount`, what each span before it released.
    """
    pay = plan.payment
    below = negative_of(book, plan)
    back = looks_back(book, plan)
    given = adjustments_of(book, plan)
    asked = back or pay.draw or pay.debts or pay.charges or below or pay.minimum is not None or pay.maximum is not None
    if plan.of_all or not (asked or len(given)):
        return PaidOut()
    mode = book.house.readings.get("rounding", "half-up")
    spans = paying_spans(book, plan, book.now)
    if not spans:  # the plan begins later
        return PaidOut()
    closed = closed_before(book, spans[-1][0])
    if closed is not None or not back:
        spans, earlier = spans[-1:], earlier.clear()  # that of another part may
    numbers = pl.DataFrame(
        {"~k": range(len(spans)), "~first": [a for a, _ in spans], "~last": [z for _, z in spans]},
        schema={"~k": pl.UInt32, "~first": pl.Date, "~last": pl.Date},
    )
    state, opened = _openings(book, plan)
    state = state.with_columns(ZERO.alias(f"~owes {n}") for n in range(len(pay.named_debts)))
    if closed is not None:
        state = _as_posted(book, plan, closed, state.join(opened, on="~p", how="left"))
    given = in_spans(given, numbers)
    people = pl.concat([state["~p"], opened["~p"], earlier["~p"], now["~p"], given["~p"]])
    terms = terms_of(book, plan, rules, numbers, people, mode)
    last = len(spans) - 1
    every = pl.concat(
        [earlier.select("~p", "~k", "amount"), now.select("~p", pl.lit(last, dtype=pl.UInt32).alias("~k"), "amount")]
    )
    released = every.group_by("~p", "~k").agg(pl.col("amount").sum().alias("~released"))
    released = released.filter(pl.col("~k") <= last)
    rows = terms.join(released, on=["~p", "~k"], how="left").with_columns(pl.col("~released").fill_null(ZERO))
    rows = with_adjustments(plan, rows, given)
    rows = rows.join(opened, on="~p", how="left").filter((pl.col("~wlast") > pl.col("~as_of")).fill_null(value=True))
    found, unknown = rows.clear(), []
    for number in range(len(spans)):
        here = rows.filter(pl.col("~k") == number)
        waits = opened.filter(pl.col("~as_of") >= spans[number][1])["~p"].implode()
        found = _payment(plan, here, state.filter(~pl.col("~p").is_in(waits)), below, mode)
        unknown.append(found.filter((pl.col("~unknown") != "") & _due(plan)).select("~p", pl.col("~unknown").alias("rule")))
        debts = [pl.col(f"~left {n}").alias(f"~owes {n}") for n in range(len(pay.named_debts))]
        moved = found.select("~p", pl.col("~closing").alias("~b"), pl.col("~carried").alias("~c"), *debts)
        state = pl.concat([moved, state.join(moved, on="~p", how="anti")])
    waiting = opened.filter(pl.col("~as_of") >= spans[-1][1])["~p"]
    return PaidOut(
        _steps(plan, found, given.filter(pl.col("~k") == last)),
        _balances(plan, found),
        waiting,
        pl.concat(unknown).unique(maintain_order=True).sort("~p", maintain_order=True),
    )


def _openings(book: Book, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the balances that payees came with (STATE), and `~p ~as_of`, the day up to which nothing is worked out for them."""
    rows = book.openings
    if not rows.is_empty():
        mine = pl.col("name") == plan.plan
        rows = rows.filter(pl.col("kind").is_in(BALANCES) & mine & pl.col("~p").is_not_null())
    if rows.is_empty():
        return pl.DataFrame(schema=STATE), pl.DataFrame(schema={"~p": pl.UInt32, "~as_of": pl.Date})
    amount = pl.col("amount").cast(D)
    sums = (
        rows.sort("~p", "as_of", maintain_order=True)
        .group_by("~p", maintain_order=True)
        .agg(
            amount.filter(pl.col("kind") == "draw").last().fill_null(0).alias("~b"),
            amount.filter(pl.col("kind") == "carried").last().fill_null(0).alias("~c"),
            pl.col("as_of").max().alias("~as_of"),
        )
    )
    return sums.select(list(STATE)), sums.select("~p", "~as_of")


def _as_posted(book: Book, plan: Plan, closed: Posted, opened: pl.DataFrame) -> pl.DataFrame:
    """Return the balances that the last closed period left; an opening as of that day or later stands in their place."""
    names = {"draw": "~b", "carried": "~c", **{f"debt {d.name}": f"~owes {n}" for n, d in enumerate(plan.payment.named_debts)}}
    last = closed.periods[-1][1]
    rows = closed.balances.filter((pl.col("plan") == plan.plan) & pl.col("balance").is_in(list(names)))
    payees = book.people.ids.select(pl.col("payee_id").alias("payee"), "~p")
    rows = rows.join(payees, on="payee").sort(ON, maintain_order=True)  # one that became nothing has a row that says so
    columns = [c for c in opened.columns if c != "~as_of"]
    left = rows.group_by("~p", maintain_order=True).agg(
        pl.col("closing").filter(pl.col("balance") == name).last().fill_null(0).cast(D).alias(column)
        for name, column in names.items()
    )
    later = opened.filter(pl.col("~as_of") >= last).select(columns)
    return pl.concat([left.select(columns).join(later, on="~p", how="anti"), later])


def _payment(plan: Plan, rows: pl.DataFrame, state: pl.DataFrame, below: str | None, mode: str) -> pl.DataFrame:
    """Work out one span's payment for everybody who has one: each step a column, and the balances after it."""
    pay, places = plan.payment, minor_units(plan.currency)
    frame = rows.join(state, on="~p", how="left").with_columns(pl.col(state.columns[1:]).fill_null(ZERO))
    amounts = ["~c", "~released", "~adjusted", *(f"charge {n}" for n in range(len(pay.charges)))]
    gone = terms_in_force(pay.draw, None)  # by which somebody pays back who takes no part
    frame = frame.with_columns(
        pl.when("~part").then("~share").otherwise(exact_lit(gone.share) if gone is not None else NOTHING).alias("~share"),
        pl.when("~part").then("~protect").otherwise(ZERO).alias("~protect"),
        pl.when("~part").then("~most").otherwise(NOTHING).alias("~most"),
    )
    frame = frame.with_columns(pl.sum_horizontal(amounts).alias("~x"))
    over = pl.col("~x").clip(lower_bound=0)
    given = pl.when("~fills").then((pl.col("~draw") - over).clip(lower_bound=0)).otherwise("~draw")
    room = (pl.col("~owed") - pl.col("~b")).clip(lower_bound=0)
    given = pl.when(pl.col("~lasting") & room.is_not_null()).then(pl.min_horizontal(given, room)).otherwise(given)
    given = pl.when("~drawn").then(given.clip(lower_bound=0)).otherwise(ZERO)
    frame = frame.with_columns(given.fill_null(ZERO).alias("draw"))
    frame = frame.with_columns(pl.when("~lasting").then("draw").otherwise(ZERO).alias("~given"))
    owed = pl.col("~b") + pl.col("~given")
    frame, before, after = debts_paid_back(plan, frame, places, mode)
    left = pl.col("~x") - before
    share = round_to(product(pl.col("~share"), (left - pl.col("~protect")).clip(lower_bound=0)), places, mode)
    back = pl.min_horizontal(owed, share, pl.col("~most"))
    back = pl.when(pl.col("~begun") & pl.col("~back") & share.is_not_null()).then(back.clip(lower_bound=0)).otherwise(ZERO)
    leaving = pay.leaving.draw if pay.leaving is not None else None
    if leaving == "deduct":
        back = pl.when("~gone").then(pl.min_horizontal(owed, left.clip(lower_bound=0))).otherwise(back)
    frame = frame.with_columns(back.fill_null(ZERO).alias("~repaid"))
    lost = pl.when("~gone").then(owed - pl.col("~repaid")).otherwise(ZERO) if leaving == "forgive" else ZERO
    frame = frame.with_columns((-pl.col("~repaid")).alias("recovery"), lost.alias("~lost"))
    frame = frame.with_columns((owed - pl.col("~repaid") - pl.col("~lost")).alias("~closing"))
    frame = after(frame)
    repaid = [pl.col(f"recovery {n}") for n in range(len(pay.named_debts))]
    frame = frame.with_columns(pl.sum_horizontal("~x", "draw", "recovery", *repaid).alias("~x"))
    lacks = pl.when("~part").then((pl.col("~minimum") - pl.col("~x")).clip(lower_bound=0))
    frame = frame.with_columns(lacks.fill_null(ZERO).alias("minimum"))
    frame = frame.with_columns((pl.col("~x") + pl.col("minimum")).alias("~x"))
    above = (pl.col("~maximum") - pl.col("~x")).clip(upper_bound=0).fill_null(ZERO)
    frame = frame.with_columns(above.alias("maximum")).with_columns((pl.col("~x") + pl.col("maximum")).alias("~x"))
    short = pl.col("~x").clip(upper_bound=0)
    later = -pl.col("maximum") if pay.maximum is not None and pay.maximum.excess == "later" else ZERO
    return frame.with_columns(
        (-short if below == "forgive" else ZERO).alias("forgiven"),
        (-short if below == "carry" else ZERO).alias("carried out"),
        ((short if below == "carry" else ZERO) + later).alias("~carried"),
        pl.col("~c").alias("carried in"),
    ).sort("~p")


def _steps(plan: Plan, found: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Return the steps that are not zero; a charge and a debt have their name, an adjustment its id in the place of the component."""
    named: Mapping[str, tuple[str, str]] = {
        **{f"charge {n}": ("charge", c.name) for n, c in enumerate(plan.payment.charges)},
        **{s: (s, "") for s in STEPS if s not in ("released", "clawback", "adjustment", "charge", "base")},
        **{f"recovery {n}": ("recovery", d.name) for n, d in enumerate(plan.payment.named_debts)},
    }
    frames = [
        found.filter(pl.col(column) != ZERO).select(
            "~p",
            pl.lit(step).alias("step"),
            pl.lit(component).alias("component"),
            pl.col(column).alias("amount"),
            pl.lit("").alias("note"),
        )
        for column, (step, component) in named.items()
    ]
    paid = given.filter(pl.col("debt").is_null() & pl.col("~p").is_in(found["~p"].implode()))
    adjusted = paid.select("~p", pl.lit("adjustment").alias("step"), pl.col("adjustment_id").alias("component"), "amount", "note")
    return pl.concat([pl.DataFrame(schema=STEP), adjusted, *frames])


def _balances(plan: Plan, found: pl.DataFrame) -> pl.DataFrame:
    """Return the draw balance, the debts and what is carried, opening to closing, of everybody who has any."""
    draw = found.select(
        "~p", pl.lit("draw").alias("balance"), pl.col("~b").alias("opening"), pl.col("~given").alias("given"),
        pl.col("~repaid").alias("recovered"), pl.col("~lost").alias("forgiven"), pl.col("~closing").alias("closing"),
    )  # fmt: skip
    carried = found.select(
        "~p", pl.lit("carried").alias("balance"), pl.col("~c").alias("opening"), (pl.col("~carried") - pl.col("~c")).alias("given"),
        ZERO.alias("recovered"), ZERO.alias("forgiven"), pl.col("~carried").alias("closing"),
    )  # fmt: skip
    debts = [
        found.select(
            "~p", pl.lit(f"debt {said.name}").alias("balance"), pl.col(f"~owes {n}").alias("opening"), pl.col(f"~lent {n}").alias("given"),
            (-pl.col(f"recovery {n}")).alias("recovered"), ZERO.alias("forgiven"), pl.col(f"~left {n}").alias("closing"),
        )
        for n, said in enumerate(plan.payment.named_debts)
    ]  # fmt: skip
    return pl.concat([draw, carried, *debts]).filter(pl.any_horizontal(pl.col(c) != ZERO for c in BALANCE)).sort("~p", "balance")
