"""Pages about many payees: the list of everybody, and each manager's own reports, with what they attained and are paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.base.money import minor_units
from commcalc.exports.run_folder import RunFolder

FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
Teams = Mapping[str, tuple[str, ...]]
"""Managers with those who report to them in the period."""


@dataclass(frozen=True, slots=True)
class Attained:
    """A measure that has a quota, and how much of it is reached."""

    measure: str
    window: str
    attainment: Decimal


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """A payee in a list: one for each currency, or one without figures where nothing was calculated."""

    payee: str
    name: str
    plan: str
    currency: str
    earned: Decimal | None
    payable: Decimal | None
    places: int
    attained: tuple[Attained, ...]
    page: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """What the rows of one currency come to."""

    currency: str
    earned: Decimal
    payable: Decimal
    places: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The list of everybody."""

    company: str
    period: str
    run: str
    rows: tuple[PayeeRow, ...]

    @property
    def totals(self) -> tuple[Total, ...]:
        """The sums by currency."""
        return totals_of(self.rows)


@dataclass(frozen=True, slots=True)
class Team:
    """A manager with the direct reports of the period."""

    company: str
    period: str
    run: str
    manager: str
    name: str
    page: str
    reports: int
    rows: tuple[PayeeRow, ...]

    @property
    def totals(self) -> tuple[Total, ...]:
        """The sums by currency."""
        return totals_of(self.rows)


def totals_of(rows: Sequence[PayeeRow]) -> tuple[Total, ...]:
    """Return what rows come to, by currency: amounts of different currencies are never added."""
    found: dict[str, Total] = {}
    for row in rows:
        if row.payable is not None:
            before = found.get(row.currency, Total(row.currency, Decimal(0), Decimal(0), row.places))
            earned = before.earned + (row.earned or Decimal(0))
            found[row.currency] = Total(row.currency, earned, before.payable + row.payable, row.places)
    return tuple(total for _, total in sorted(found.items()))


def teams_of(payees: pl.DataFrame, first: date, last: date) -> dict[str, tuple[str, ...]]:
    """Return the managers of anybody on any day of the period, each with the reports in the order of the payees."""
    if "manager" not in payees.columns:
        return {}
    begins = pl.col("from").fill_null(FIRST) if "from" in payees.columns else pl.lit(FIRST)
    ends = pl.col("to").fill_null(LAST) if "to" in payees.columns else pl.lit(LAST)
    rows = payees.filter(begins <= last, ends >= first, pl.col("manager").is_not_null()).select("manager", "payee_id").unique()
    found: dict[str, list[str]] = {}
    for manager, payee in rows.sort("manager", "payee_id").iter_rows():
        found.setdefault(manager, []).append(payee)
    return {manager: tuple(reports) for manager, reports in found.items()}


class Overviews:
    """Makes the list of everybody and the managers' pages from a run's payouts and measures."""

    def __init__(self, run: RunFolder, company: str, pages: Mapping[tuple[str, str], str]) -> None:
        """Read payouts and measures; `pages` are the statements' files by payee and currency."""
        self._said = (company, run.manifest["period"], run.manifest["run"])
        reached = run.tables["measures"].filter(pl.col("attainment").is_not_null())
        attained: dict[str, list[Attained]] = {}
        for payee, *facts in reached.select("payee", "measure", "window", "attainment").iter_rows():
            attained.setdefault(payee, []).append(Attained(*facts))
        self._rows: dict[str, list[PayeeRow]] = {}
        for row in run.tables["payouts"].iter_rows(named=True):
            self._rows.setdefault(row["payee"], []).append(_row(row, attained.get(row["payee"], ()), pages))

    def everybody(self, teams: Mapping[str, str]) -> Overview:
        """Return the list of everybody; `teams` are the files of those who have a page as a manager."""
        rows = (row for rows in self._rows.values() for row in rows)
        return Overview(*self._said, tuple(_with_team(rows, teams)))

    def team(self, manager: str, reports: Sequence[str], teams: Mapping[str, str]) -> Team:
        """Return a manager's page; a report without a payout stands there without figures."""
        mine = self._rows.get(manager, [])
        rows = (row for report in reports for row in self._rows.get(report, [_nothing(report)]))
        name, page = (mine[0].name, mine[0].page) if mine else ("", "")
        return Team(*self._said, manager, name or manager, page, len(reports), tuple(_with_team(rows, teams)))


def _row(row: Mapping[str, Any], attained: Iterable[Attained], pages: Mapping[tuple[str, str], str]) -> PayeeRow:
    payee, currency = row["payee"], row["currency"]
    figures = (row["earned"], row["payable"], minor_units(currency), tuple(attained))
    return PayeeRow(payee, row["name"] or payee, row["plan"] or "", currency, *figures, pages.get((payee, currency), ""))


def _nothing(payee: str) -> PayeeRow:
    return PayeeRow(payee, payee, "", "", None, None, 2, (), "")


def _with_team(rows: Iterable[PayeeRow], teams: Mapping[str, str]) -> Iterator[PayeeRow]:
    return (replace(row, team=teams.get(row.payee, "")) for row in rows)
