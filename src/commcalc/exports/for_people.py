"""CSV files that people open in a spreadsheet: amounts in whole cents, no idle noughts, and never a formula."""

from __future__ import annotations

import polars as pl

from commcalc.base.money import minor_units
from commcalc.tables.result_types import TYPES
from commcalc.tables.results import BALANCE, STEPS, Table

RISKY = "=+\\-@\t\r\n＝"  # what a spreadsheet takes for the beginning of a formula, or skips to find one
MONEY = ("amount", "base_shown", "earned", "accrued", "held", "payable", *STEPS.values(), *BALANCE)


def safe_text(text: str) -> str:
    """Return a text that a spreadsheet shows and does not calculate."""
    return f"'{text}" if text.lstrip("'")[:1] in tuple("=+-@\t\r\n＝") and text.lstrip("'") else text


def for_people(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return a result table as text: amounts with their currency's decimals, other figures exact."""
    currencies = frame["currency"].unique().sort().to_list() if "currency" in frame.columns else []
    columns = []
    for column in table.among(frame.columns):
        c = pl.col(column.name)
        if column.name == "paid_amount":
            columns.append(_amount(column.name, frame["paid_currency"].drop_nulls().unique().sort().to_list(), "paid_currency"))
        elif column.type == "decimal" and column.name in MONEY and currencies:
            columns.append(_amount(column.name, currencies))
        elif column.type == "decimal":
            columns.append(_exact(c))
        elif column.type == "text":
            text = c.cast(pl.String)
            risky = text.str.contains(f"^'*[{RISKY}]")
            columns.append(pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(column.name))
        else:
            columns.append(c)
    return frame.select(columns)


def _exact(c: pl.Expr) -> pl.Expr:
    """A figure with all its decimals and none that are idle."""
    return c.cast(pl.String).str.replace(r"\.?0+$", "")


def _amount(name: str, currencies: list[str], of: str = "currency") -> pl.Expr:
    """An amount with the decimals of its row's currency; one that has more is shown whole, never rounded here."""
    c = pl.col(name)
    shown = _exact(c)
    for currency in currencies:
        places = minor_units(currency)
        whole = c.round(places, mode="half_to_even") == c
        cents = c.cast(pl.Decimal(38, places)).cast(pl.String)
        shown = pl.when(whole & (pl.col(of) == currency)).then(cents).otherwise(shown)
    return shown.alias(name)


def as_typed(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return a table that was read back as text in its own types; the reverse of `for_people`."""
    columns = []
    for column in table.among(frame.columns):
        c = pl.col(column.name)
        if column.type == "text":
            columns.append(c.fill_null("").str.replace(f"^'('*[{RISKY}])", "$1"))
        elif column.type == "date":
            columns.append(c.str.to_date("%Y-%m-%d"))
        elif column.type == "yes/no":
            columns.append(c == "true")
        else:
            columns.append(c.cast(TYPES[column.type]))
    return frame.select(columns)
