"""Currency: what a deal's money is in the plan's currency, by which rate (§12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from commcalc.base.calendar import Calendar
from commcalc.language.expression import Type
from commcalc.plan.exchange import Chosen, exchange_of
from commcalc.plan.model import Plan
from commcalc.reference.events import after, sale_of, takes_back
from commcalc.reference.job import Job, Row, Rows
from commcalc.reference.numbers import Cents, over, times

NO_RATE = "no rate"
"""Set in a deal of which no rate is known."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of a currency in another; `of`: the day or period that it is the rate of."""

    source: str
    figure: Decimal
    of: str

    def converted(self, amount: Decimal, currency: str) -> Decimal:
        """Return an amount of a currency in the other one, at twelve places."""
        return times(amount, self.figure) if currency == self.source else over(amount, self.figure)

    def paid(self, amount: Decimal, currency: str, cents: Cents) -> Decimal:
        """Return an amount in the other currency, rounded once; nothing is rounded before."""
        return cents.rounded(amount * self.figure if currency == self.source else amount / self.figure)


def rate(rows: Rows, calendar: Calendar, pair: tuple[str, str], day: date, said: tuple[str | None, Any]) -> Rate | None:
    """Return the rate from one currency to another for a day: the rows of that direction first, then the others (§12.1)."""
    for one, other in (pair, pair[::-1]):
        mine = [r for r in rows if (r["from"], r["to"]) == (one, other)]
        found = _named(mine, calendar, day, said)
        if found is not None:
            return Rate(one, found["rate"], str(found.get("date") or found["period"]))
    return None


def _named(rows: list[Row], calendar: Calendar, day: date, said: tuple[str | None, Any]) -> Row | None:
    kind, max_age = said
    if kind == "on date":
        begun = [r for r in rows if r.get("date") is not None and r["date"] <= day <= after(r["date"], max_age)]
        return max(begun, key=lambda r: r["date"], default=None)
    for row in (r for r in rows if r.get("period") is not None):
        days = calendar.named(row["period"])
        assert days is not None, row["period"]
        averaged = any((p.first, p.last) == days for p in calendar.periods)
        if days[0] <= day <= days[1] and averaged == (kind == "period average"):
            return row
    return None


class Valued:
    """The deals with their money in the plan's currency, each looked up once for each way to convert it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        dates = {m.date for p in job.plans for m in p.measures.values() if m.date}
        self.dates = [job.house.credit_date, *sorted(dates - {job.house.credit_date})]
        self.money = [c for c, t in job.house.facts.columns.items() if t is Type.MONEY]
        ids = {str(r["deal_id"]) for r in job.deals}
        self.first: dict[str, date] = {}
        self.sale = {id(r): sale_of(r) if sale_of(r) in ids else str(r["deal_id"]) for r in job.deals}
        for row in job.deals:
            day = self._day(row)
            if day is not None:
                self.first[self.sale[id(row)]] = min(day, self.first.get(self.sale[id(row)], day))
        self.known: dict[tuple[int, str, Chosen], Row] = {}
        self.posted = _posted(job)

    def _day(self, row: Row) -> date | None:
        return next((row[c] for c in self.dates if row.get(c) is not None), None)

    def of(self, row: Row, plan: Plan | None) -> Row:
        """Return a deal as the plan sees it, or as the house's rules do: its money converted; without a rate it has none (§12.2)."""
        home = self.job.house.currency if plan is None else plan.currency
        if (row.get("currency") or home) == home:
            return row
        chosen = exchange_of(self.job.house.fx, plan)
        name = "" if plan is None else plan.plan
        key = (id(row), name, chosen)
        if key not in self.known:
            found = self._kept(row, name) or self._now(row, home, chosen)
            self.known[key] = self._converted(row, found)
        return self.known[key]

    def _now(self, row: Row, home: str, chosen: Chosen) -> Rate | None:
        """The rate by the table as it is now."""
        day = self._rated_on(row)
        said = (chosen.credit, chosen.max_age)
        return None if day is None else rate(self.job.fx, self.job.calendar, (row["currency"], home), day, said)

    def _rated_on(self, row: Row) -> date | None:
        return self.first.get(self.sale[id(row)]) if takes_back(row) else self._day(row)

    def _kept(self, row: Row, plan: str) -> Rate | None:
        """The rate at which a closed period credited the row, or of what comes back the sale that it takes back (§12.4)."""
        if not self.posted:
            return None
        sold = [row]
        if takes_back(row):
            same = [
                r for r in self.job.deals if self.sale[id(r)] == self.sale[id(row)] and self._rated_on(r) == self._rated_on(row)
            ]
            sold += sorted(same, key=_place)
        found = (self.posted.get((plan, *_place(r), row["currency"])) for r in sold if r.get("currency") == row["currency"])
        return next((f for f in found if f is not None), None)

    def _converted(self, row: Row, found: Rate | None) -> Row:
        money = {c: row[c] for c in self.money if row.get(c) is not None}
        if found is None:
            return {**row, **dict.fromkeys(money), NO_RATE: True}
        return {**row, **{c: found.converted(Decimal(v), row["currency"]) for c, v in money.items()}}


def _place(row: Row) -> tuple[str, int]:
    return str(row["deal_id"]), int(row.get("line") or 0)


def _posted(job: Job) -> dict[tuple[str, str, int, str], Rate]:
    """Return the rates that deals keep: by plan, deal, line and currency, those posted first before the period."""
    found: dict[tuple[str, str, int, str], Rate] = {}
    period = job.calendar.period_named(job.period)
    assert period is not None
    rows = () if job.posted is None else job.posted.deal_rates
    taken: set[tuple[str, str, int]] = set()
    for row in sorted((r for r in rows if r["posted"] < period.first), key=lambda r: r["posted"]):
        place = (row["plan"], row["deal"], row["line"])
        if place not in taken:
            taken.add(place)
            found[(*place, row["deal_currency"])] = Rate(row["rate_from"], row["rate"], row["rate_of"])
    return found


def unrated(row: Mapping[str, Any]) -> bool:
    """Tell whether no rate is known of a deal."""
    return bool(row.get(NO_RATE))
