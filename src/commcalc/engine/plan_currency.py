"""A plan's own currency: the book as a plan sees it, and the deals of which no rate is known (docs/semantics.md 12.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from commcalc.base.problem import Problem
from commcalc.engine.book import Book
from commcalc.engine.currency import RATE, RATE_DAY, RATE_FROM, RATE_OF, in_currency
from commcalc.engine.currency_problems import NO_RATE as NO_RATE_OF_DEAL
from commcalc.engine.currency_problems import lacking
from commcalc.engine.kept_rates import HOUSE, ROW
from commcalc.plan.exchange import exchange_of
from commcalc.plan.model import Plan
from commcalc.tables.results import DEAL_RATES

NO_RATE = "exchange rate"
"""The rule that a deal without a rate does not meet."""


def in_plan_currency(book: Book, plan: Plan) -> Book:
    """Return the book as a plan sees it: all money of deals in its currency, at the rates that it names."""
    if RATE_DAY not in book.deals.columns:
        return book
    chosen = exchange_of(book.house.fx, plan)
    kept = book.kept_rates.filter(pl.col("plan") == plan.plan)
    return replace(book, deals=in_currency(book.deals, book.rates, plan.currency, chosen, book.house.facts, kept))


def no_rates(book: Book, rows: pl.DataFrame, component: str) -> list[Problem]:
    """Return for each deal (with its columns as they were read) that there is no rate of its currency."""
    plan = next(p.plan for p in book.plans if p.plan.plan == component.rsplit(".", 1)[0])
    chosen = exchange_of(book.house.fx, plan)
    known: dict[tuple[str, date | None], Problem] = {}
    for currency, day in rows.select("currency", RATE_DAY).unique(maintain_order=True).iter_rows():
        facts = {"component": component, "currency": currency, "plan": plan.currency}
        known[currency, day] = lacking(NO_RATE_OF_DEAL, book.rates, (currency, plan.currency), day, chosen.credit, **facts)
    return [known[pair] for pair in rows.select("currency", RATE_DAY).iter_rows()]


def credited_rates(book: Book, plan: Plan | None, rows: Sequence[pl.Series]) -> list[pl.DataFrame]:
    """Return the rates, DEAL_RATES, at which a plan credits deals - or by which crediting rules look at them - and that are not kept yet.

    In: the book as the plan sees it; the numbers of the deals that are credited.
    """
    if RATE_DAY not in book.deals.columns or not rows:
        return []
    deals, name = book.deals[pl.concat(r.cast(pl.UInt32) for r in rows).unique().sort()], HOUSE
    if plan is None:
        chosen = exchange_of(book.house.fx, None)
        deals = in_currency(deals.drop(RATE, strict=False), book.rates, book.house.currency, chosen, book.house.facts)
    else:
        name = plan.plan
    kept = book.kept_rates.filter(pl.col("plan") == name)
    known = deals.filter(pl.col(RATE).is_not_null()).with_columns(pl.col("line").cast(pl.UInt32).fill_null(0))
    found = known.join(kept, on=ROW, how="anti", maintain_order="left").select(
        pl.lit(name).alias("plan"), pl.col("deal_id").alias("deal"), "line", pl.col("currency").alias("deal_currency"),
        pl.col(RATE).alias("rate"), pl.col(RATE_FROM).alias("rate_from"), pl.col(RATE_OF).alias("rate_of"),
    )  # fmt: skip
    return [found.select(DEAL_RATES.names)]
