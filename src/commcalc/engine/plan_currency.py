"""A plan's own currency: the book as a plan sees it, and the deals of which no rate is known (docs/semantics.md 12.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from commcalc.base.problem import Problem
from commcalc.engine.book import Book
from commcalc.engine.currency import RATE_DAY, in_currency
from commcalc.engine.currency_problems import NO_RATE as NO_RATE_OF_DEAL
from commcalc.engine.currency_problems import lacking
from commcalc.plan.exchange import exchange_of
from commcalc.plan.model import Plan

NO_RATE = "exchange rate"
"""The rule that a deal without a rate does not meet."""


def in_plan_currency(book: Book, plan: Plan) -> Book:
    """Return the book as a plan sees it: all money of deals in its currency, at the rates that it names."""
    if RATE_DAY not in book.deals.columns:
        return book
    chosen = exchange_of(book.house.fx, plan)
    return replace(book, deals=in_currency(book.deals, book.rates, plan.currency, chosen, book.house.facts))


def no_rates(book: Book, rows: pl.DataFrame, component: str) -> list[Problem]:
    """Return for each deal (with its columns as they were read) that there is no rate of its currency."""
    plan = next(p.plan for p in book.plans if p.plan.plan == component.rsplit(".", 1)[0])
    chosen = exchange_of(book.house.fx, plan)
    known: dict[tuple[str, date | None], Problem] = {}
    for currency, day in rows.select("currency", RATE_DAY).unique(maintain_order=True).iter_rows():
        facts = {"component": component, "currency": currency, "plan": plan.currency}
        known[currency, day] = lacking(NO_RATE_OF_DEAL, book.rates, (currency, plan.currency), day, chosen.credit, **facts)
    return [known[pair] for pair in rows.select("currency", RATE_DAY).iter_rows()]
