"""Too long: a figure that cannot be kept exact, told with the component and with the deal or payee of its largest part."""

from __future__ import annotations

from typing import Any

import polars as pl

from commcalc.base.problem import Problem
from commcalc.base.source import Cell
from commcalc.engine.book import Book
from commcalc.engine.problems import DIGITS
from commcalc.plan.load import LoadedPlan
from commcalc.tables.digits import TooLong


def too_long(book: Book, loaded: LoadedPlan, name: str, found: TooLong) -> Problem:
    """Return the problem of a component (or of the `measures`): at the deal that has the largest part, else in the plan."""
    rule = loaded.tree.span_of(("measures",) if name == "measures" else ("components", name), key=True)
    row, payee, largest = found.row.get("~row"), found.row.get("~p"), found.largest
    deal = _deal(book, row)
    if largest is None and (deal := _deal(book, _largest(book))) is not None:  # a product without a row: where to look first
        largest = deal["amount"]
    whose = f" of deal `{deal['deal_id']}`" if deal else f" of `{_payee(book, payee)}`" if payee is not None else ""
    by = f"; the largest figure is {_plain(largest)}{whose}" if largest is not None else ""
    cell = Cell(str(deal["file"]), deal["row"], "amount", deal["deal_id"]) if deal and "file" in deal else None
    facts = {"component": f"{loaded.plan.plan}.{name}", "figure": found.figure, "digits": found.digits, "by": by}
    return DIGITS.at(cell, **facts).with_also(rule, "the rule") if cell else DIGITS.at(rule, **facts)


def _largest(book: Book) -> int | None:
    at = book.deals["amount"].abs().arg_max() if len(book.deals) else None
    return None if at is None else int(book.deals["~row"][at])


def _deal(book: Book, row: int | None) -> dict[str, Any] | None:
    found = book.deals.filter(pl.col("~row") == row) if row is not None else book.deals.clear()
    return found.row(0, named=True) if len(found) else None


def _payee(book: Book, payee: int) -> str:
    found = book.people.ids.filter(pl.col("~p") == payee)["payee_id"]
    return str(found[0]) if len(found) else "a shared deal"


def _plain(value: object) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
