"""Events: what happened to a sale later, from which day on it acts, and how long a span of time after a day is (§3.10, §8.7)."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from commcalc.language.days import Length
from commcalc.reference.job import Row, Rows

MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a sale on a day; it acts from that day, or from the later one on which it was known."""

    name: str
    sale: str
    day: date
    id: str
    acts: date
    amount: Decimal | None


class Events:
    """The events of each sale by their name, in the order of date and id; and those of deals that there are not."""

    def __init__(self, rows: Rows, deals: Rows) -> None:
        sales: dict[str, set[str]] = defaultdict(set)
        for row in deals:
            sales[str(row["deal_id"])].add(sale_of(row))
        self._of: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self.strays: list[Event] = []
        for row in rows:
            name, acts = str(row["event"]), max(row["date"], row.get("known") or row["date"])
            deal = str(row["deal_id"])
            for sale in sorted(sales.get(deal, ())):
                event = Event(name, sale, row["date"], str(row["event_id"]), acts, row.get("amount"))
                self._of[name, sale].append(event)
            if deal not in sales:
                self.strays.append(Event(name, deal, row["date"], str(row["event_id"]), acts, row.get("amount")))
        for found in self._of.values():
            found.sort(key=lambda e: (e.day, e.id))

    def of(self, name: str, sale: str, at: date) -> list[Event]:
        """Return the events of a name that a sale has had, as far as they act by a day."""
        return [e for e in self._of.get((name, sale), ()) if e.acts <= at]


def sale_of(deal: Row) -> str:
    """Return the sale that a deal row belongs to: what it takes back, else itself."""
    return str(deal.get("returns") or deal["deal_id"])


def takes_back(deal: Row) -> bool:
    """Tell whether a row takes back a sale, rather than being one."""
    return bool(deal.get("returns")) or (deal.get("amount") or Decimal(0)) < 0


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of that month where it has no such day (§2.2)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def after(day: date, span: Length | None, times: int = 1) -> date:
    """Return the day a span of time after a day, taken so many times; one past all calendars is the last there is."""
    if span is None:
        return day
    if span.unit in MONTHS:
        return months_after(day, span.count * MONTHS[span.unit] * times)
    days = span.count * DAYS[span.unit] * times
    return day + timedelta(days=days) if days <= (date.max - day).days else date.max


def months_begun(first: date, last: date) -> int:
    """Return the fewest whole months after which the first day is not before the last: a month begun is served (§8.7)."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if months_after(first, months) < last:
        months += 1
    return max(0, months)
