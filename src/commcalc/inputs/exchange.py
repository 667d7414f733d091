"""Exchange rates checked: real currencies, one rate at a time, above nothing; and each sale in one currency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.base.calendar import Calendar
from commcalc.base.money import CURRENCIES
from commcalc.base.problem import Report
from commcalc.base.render import cut
from commcalc.base.source import Cell
from commcalc.inputs.exchange_problems import AGAINST_ITSELF, DAY_OR_PERIOD, NOT_A_RATE, TWO_CURRENCIES, TWO_RATES
from commcalc.inputs.field_problems import CURRENCY, PERIOD
from commcalc.language.names import nearest

LEAST, MOST = Decimal("1E-11"), Decimal("1E+11")  # amounts of fifteen digits stay exact, multiplied or divided
Days = tuple[str, date, date]


def known_currencies(frame: pl.DataFrame, column: str, report: Report) -> None:
    """Report what is no currency of ISO 4217, each text once with its rows."""
    if column not in frame.columns:
        return
    odd = frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(list(CURRENCIES)))
    for (text,), group in odd.group_by(column, maintain_order=True):
        near = nearest(str(text).upper().replace("$", "D"), CURRENCIES)
        cells = [Cell(f, n, column) for f, n in group.select("~file", "~line").head(6).iter_rows()]
        problem = CURRENCY.at(cells[0], text=cut(str(text)), near=f"; did you mean {near}?" if near else "")
        report.add(problem.times(len(group), cells[1:]))


def check_rates(rates: pl.DataFrame, calendar: Calendar | None, report: Report) -> pl.DataFrame:
    """Return the rates with `date` and `period`, whatever of the two the table has; what is wrong goes to the report."""
    for column in ("from", "to"):
        known_currencies(rates, column, report)
    missing = {"date": pl.Date, "period": pl.String}
    rates = rates.with_columns(pl.lit(None, dtype=t).alias(c) for c, t in missing.items() if c not in rates.columns)
    seen: dict[tuple[object, ...], list[tuple[Days, Cell, str]]] = {}
    for row in rates.iter_rows(named=True):
        one, other, at = row["from"], row["to"], (row["~file"], row["~line"])
        if not LEAST <= row["rate"] <= MOST:
            report.add(NOT_A_RATE.at(Cell(*at, "rate"), text=_plain(row["rate"])))
        if one == other:
            report.add(AGAINST_ITSELF.at(Cell(*at, "rate"), text=_plain(row["rate"]), one=one))
        if (row["date"] is None) == (row["period"] is None):
            report.add(DAY_OR_PERIOD.at(Cell(*at, "date"), found="neither" if row["date"] is None else "both"))
            continue
        days = _held(row, calendar)
        if days is None and calendar is not None:
            report.add(PERIOD.at(Cell(*at, "period"), text=cut(row["period"]), example=calendar.examples))
        if days is None:
            continue
        before = seen.setdefault((one, other, *(days[:1] if days[0] == "fixed" else days)), [])
        for theirs, place, when in before:
            if theirs[1] <= days[2] and days[1] <= theirs[2]:
                twice = when if row["period"] in (None, when.removeprefix("for ")) else f"{when} and for {cut(row['period'])}"
                report.add(TWO_RATES.at(Cell(*at), one=one, other=other, when=twice).with_also(place, "the first"))
                break
        when = f"on {row['date']}" if row["date"] is not None else f"for {cut(row['period'])}"
        before.append((days, Cell(*at), when))
    return rates


def _held(row: Mapping[str, Any], calendar: Calendar | None) -> Days | None:
    """What kind of rate a row gives, and the days on which it holds; None where its period is none."""
    if row["date"] is not None:
        return "on date", row["date"], row["date"]
    found = calendar.named(row["period"]) if calendar is not None else None
    if found is None or calendar is None:
        return None
    if averaged(calendar, *found):
        return "period average", *found
    longer = {name for p in calendar.periods for name in (p.quarter, p.half, p.year)}
    return ("fixed", *found) if row["period"] in longer else None


def averaged(calendar: Calendar, first: date, last: date) -> bool:
    """Tell whether days are those of a period of the calendar: its rate is an average, that of a longer one is fixed."""
    period = calendar.period_of(first)
    return period is not None and (period.first, period.last) == (first, last)


def one_currency_each(deals: pl.DataFrame, currency: str, report: Report) -> None:
    """Report sales of which one row is in another currency than the first: an empty one is the project's own."""
    said = pl.col("currency").fill_null(currency)
    if "currency" not in deals.columns or deals.filter(said != currency).is_empty():
        return
    sale = pl.col("deal_id")
    if "returns" in deals.columns:
        known = pl.col("returns").is_in(deals["deal_id"].unique().implode()).fill_null(value=False)
        sale = pl.when(known).then("returns").otherwise("deal_id")
    rows = deals.select("deal_id", "~file", "~line", said.alias("said"), sale.alias("sale"))
    rows = rows.with_columns(pl.col("said").first().over("sale").alias("first"))
    other = rows.filter(pl.col("said") != pl.col("first"))
    for row in other.unique("sale", keep="first", maintain_order=True).iter_rows(named=True):
        place = Cell(row["~file"], row["~line"], "currency", cut(row["deal_id"]))
        report.add(TWO_CURRENCIES.at(place, deal=cut(row["sale"]), one=row["first"], other=row["said"]))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
