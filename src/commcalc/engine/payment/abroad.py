"""Paid abroad: each step of a payment in the currency that its payee is paid in, converted and rounded by itself (docs/semantics.md 12.3)."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from commcalc.base.money import EXACT, RoundingMode, minor_units, round_money
from commcalc.engine.book import Book
from commcalc.engine.currency_problems import NO_PAY_RATE, lacking
from commcalc.engine.exchange import rated
from commcalc.engine.problems import DIGITS
from commcalc.engine.tables_out import of_payees
from commcalc.plan.exchange import Chosen, exchange_of
from commcalc.tables.exact import D
from commcalc.tables.results import PAYMENTS, PAYOUTS

OF_COMPONENTS = ("released", "clawback")
BY = "~by"  # which choice of rates a step goes by
MOST = Decimal(10) ** 24  # of a step that is paid: so many can be added up exactly
FOUND: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("currency", "paid_currency"), pl.String),
    BY: pl.UInt32,
    "~rate": D,
    **dict.fromkeys(("~from", "~of"), pl.String),
}


def paid_abroad(book: Book, steps: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the steps with the columns that those of payees in other currencies have, and what has no rate as exceptions.

    Where everybody is paid in the currency of their plan the steps are what they were.
    """
    theirs = _currencies(book)
    home = {p.plan.plan: p.plan.currency for p in book.plans}
    if theirs is None or not theirs["paid_currency"].is_in(list(set(home.values()))).not_().any():
        return steps, of_payees(book.people.ids.clear(), "", NO_PAY_RATE.code, [])
    choices, by = _choices(book)
    joined = steps.join(theirs, on="payee", how="left", maintain_order="left")
    abroad = pl.col("paid_currency") != pl.col("currency")
    component = pl.when(pl.col("step").is_in(OF_COMPONENTS)).then("component").otherwise(pl.lit(""))
    joined = joined.with_columns(pl.when(abroad).then("paid_currency").alias("paid_currency"), component.alias("~component"))
    joined = joined.join(by, on=["plan", "~component"], how="left", maintain_order="left", nulls_equal=True)
    found = _with_rates(book, joined, choices)
    found = found.with_columns(
        _paid(book, found), pl.col("~rate").alias("rate"), pl.col("~from").alias("rate_from"), pl.col("~of").alias("rate_of")
    )
    lacks = found.filter(pl.col("paid_currency").is_not_null() & pl.col("paid_amount").is_null())
    return found.select(*PAYMENTS.names, *(c.name for c in PAYMENTS.abroad)), _exceptions(book, lacks, choices)


def payouts_abroad(payouts: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Add to the payouts what is paid in other currencies, where the steps are: the sum of theirs; of one without a rate none."""
    if "paid_currency" not in steps.columns:
        return payouts
    told = steps.filter(pl.col("paid_currency").is_not_null()).group_by("payee", "currency").agg(
        pl.when(pl.col("paid_amount").is_not_null().all()).then(pl.col("paid_amount").sum()).alias("paid_amount"),
        pl.col("paid_currency").first(),
    )  # fmt: skip
    names = [*PAYOUTS.names, *(c.name for c in PAYOUTS.abroad)]
    return payouts.join(told, on=["payee", "currency"], how="left", maintain_order="left").select(names)


def _currencies(book: Book) -> pl.DataFrame | None:
    """Return `payee paid_currency` of who has one at the run's end, as the row that then holds says, else the last before, else the first."""
    facts = book.people.facts
    if "payee.currency" not in facts.columns or facts["payee.currency"].null_count() == len(facts):
        return None
    first = facts.sort("~p", "~from").unique("~p", keep="first")
    held = facts.filter(pl.col("~from") <= book.now).sort("~p", "~from").unique("~p", keep="last")
    rows = pl.concat([held, first.join(held, on="~p", how="anti")])
    named = rows.join(book.people.ids.select("~p", pl.col("payee_id").alias("payee")), on="~p")
    return named.select("payee", pl.col("payee.currency").alias("paid_currency")).drop_nulls()


def _choices(book: Book) -> tuple[list[Chosen], pl.DataFrame]:
    """Return the rates that plans and components name, each once, and `plan ~component ~by`: the number of the one that holds."""
    rows: list[tuple[str, str, int]] = []
    choices: list[Chosen] = []
    for plan in (p.plan for p in book.plans):
        for name, component in (("", None), *plan.components.items()):
            chosen = exchange_of(book.house.fx, plan, component)
            if chosen not in choices:
                choices.append(chosen)
            rows.append((plan.plan, name, choices.index(chosen)))
    return choices, pl.DataFrame(rows, schema={"plan": pl.String, "~component": pl.String, BY: pl.UInt32}, orient="row")


def _with_rates(book: Book, steps: pl.DataFrame, choices: list[Chosen]) -> pl.DataFrame:
    """Add `~rate ~from ~of` as of the run's end."""
    pairs = steps.select(pl.col("currency").alias("~one"), pl.col("paid_currency").alias("~other"), BY).drop_nulls().unique()
    pairs = pairs.with_columns(pl.lit(book.now).alias("~day"))
    found = [pl.DataFrame(schema=FOUND)]
    for number, chosen in enumerate(choices):
        one = rated(pairs.filter(pl.col(BY) == number), book.rates, chosen.pay, chosen.max_age)
        by = pl.lit(number, dtype=pl.UInt32).alias(BY)
        found.append(
            one.select(pl.col("~one").alias("currency"), pl.col("~other").alias("paid_currency"), by, "~rate", "~from", "~of")
        )
    return steps.join(pl.concat(found), on=["currency", "paid_currency", BY], how="left", maintain_order="left")


def _paid(book: Book, steps: pl.DataFrame) -> pl.Series:
    """Return each step in the paid currency, rounded once.

    By Python's own decimals: a product or quotient at 12 places, as columns have it, may make a half of what is less than one.
    """
    mode: RoundingMode = book.house.readings.get("rounding", "half-up")  # type: ignore[assignment]
    found: list[Decimal | None] = []
    for amount, rate, source, currency, theirs in steps.select(
        "amount", "~rate", "~from", "currency", "paid_currency"
    ).iter_rows():
        if rate is None:
            found.append(None)
            continue
        exact = EXACT.multiply(amount, rate) if source == currency else EXACT.divide(amount, rate)
        found.append(round_money(exact, minor_units(theirs), mode) if abs(exact) < MOST else None)
    return pl.Series("paid_amount", found, dtype=D)


def _exceptions(book: Book, lacks: pl.DataFrame, choices: list[Chosen]) -> pl.DataFrame:
    """Return who is not paid a step, for want of a rate or because it would be too long: columns of EXCEPTIONS but the id."""
    found = [of_payees(book.people.ids.clear(), "", NO_PAY_RATE.code, [])]
    lacks = lacks.with_columns(pl.col("~rate").is_not_null().alias("~long"))
    for (plan, number, currency, theirs, long), rows in lacks.group_by(
        "plan", BY, "currency", "paid_currency", "~long", maintain_order=True
    ):
        component = f"{plan}.payment"
        named = rows.select(pl.col("payee").alias("payee_id")).unique(maintain_order=True)
        if long:
            figure = f"what is paid in {theirs}"
            said = [DIGITS.at(None, component=component, figure=figure, digits="more than 24", by="")] * len(named)
        else:
            facts = {"component": component, "currency": str(theirs), "plan": str(currency)}
            pair, kind = (str(currency), str(theirs)), choices[int(str(number))].pay
            said = [lacking(NO_PAY_RATE, book.rates, pair, book.now, kind, payee=p, **facts) for p in named["payee_id"]]
        found.append(of_payees(named, component, said[0].code, said))
    return pl.concat(found)
