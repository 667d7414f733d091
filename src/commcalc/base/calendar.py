"""The calendar: which pay period, quarter, half and year a day lies in, and what each of them is called."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import pairwise
from typing import Literal

Kind = Literal["period", "quarter", "half", "year"]
FIRST_YEAR, LAST_YEAR = 1900, 2200
WELL_KNOWN = date(2026, 7, 15)  # a day of most calendars
_NAMED = re.compile(r"(FY)?(\d{4})(?:-(?:(Q|H|W|P)?(\d{1,2})))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A pay period of the calendar: its days, both ends in, and the names of the quarter, half and year that hold it."""

    first: date
    last: date
    name: str
    quarter: str
    half: str
    year: str

    def holds(self, day: date) -> bool:
        """Return whether the day lies in the period."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Calendar:
    """Periods in order, without gaps; each lies in one quarter, half and year.

    Made of months (`Calendar.months`), whose fiscal year may start in any of them, or of a table's rows (`Calendar.rows`).
    """

    periods: tuple[Period, ...]
    year_starts: int = 1  # the month, in a calendar of months
    _firsts: tuple[date, ...] = field(repr=False, compare=False, default=())

    @classmethod
    def months(
        cls, year_starts: int = 1, year_named: Literal["start", "end"] = "start",
        first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR,
    ) -> Calendar:  # fmt: skip
        """Return the calendar whose periods are months; a year is named after the calendar year it starts or ends in.

        January years: 2026-02, 2026-Q1, 2026-H1, 2026. Others: FY2026-P02, FY2026-Q1, FY2026-H1, FY2026.
        """
        assert 1 <= year_starts <= 12, year_starts
        return _of_months(year_starts, year_named, first_year, last_year)

    @classmethod
    def rows(cls, periods: Sequence[Period]) -> Calendar:
        """Return the calendar of these periods, which follow one another without gap or overlap."""
        made = tuple(sorted(periods))
        return cls(made, 1, tuple(p.first for p in made))

    def place(self, day: date) -> int | None:
        """Return the number (from 0) of the period that holds the day; None outside the calendar."""
        at = bisect_right(self._firsts, day) - 1
        return at if at >= 0 and day <= self.periods[at].last else None

    def period_of(self, day: date) -> Period | None:
        """Return the period that holds the day; None outside the calendar."""
        at = self.place(day)
        return None if at is None else self.periods[at]

    @property
    def examples(self) -> str:
        """Names of a period, a quarter and a year, as somebody is shown how they are written."""
        one = self.period_of(WELL_KNOWN) or self.periods[-1]
        return f"{one.name}, {one.quarter} or {one.year}"

    def between(self, first: date, last: date) -> list[Period]:
        """Return the periods that have a day from `first` to `last`, in order."""
        start = max(bisect_right(self._firsts, first) - 1, 0)
        stop = bisect_right(self._firsts, last)
        return [p for p in self.periods[start:stop] if p.last >= first]

    def number(self, day: date, kind: Kind) -> int | None:
        """Return the number (from 0) of the period, quarter, half or year that holds the day."""
        at = self.place(day)
        return None if at is None else self._numbers[kind][at]

    def period_named(self, name: str) -> Period | None:
        """Return the period that `name` means: its own name, or the last period of the quarter, half or year so named."""
        span = self.named(name)
        return None if span is None or re.fullmatch(r"\d{4}-W\d\d", name) else self.period_of(span[1])

    def named(self, name: str) -> tuple[date, date] | None:
        """Return the first and last day of a period, quarter, half, year, month (2026-02) or ISO week (2026-W05); else None."""
        if name in self._spans:
            return self._spans[name]
        found = _NAMED.fullmatch(name)
        if found is None or found[1] or not found[4] or len(found[4]) != 2:
            return None
        year, number = int(found[2]), int(found[4])
        if found[3] == "W":
            return week(year, number)
        if found[3] is None and 1 <= number <= 12 and year >= 1:
            return month_of(date(year, number, 1))
        return None

    def window_of(self, day: date, kind: Kind) -> tuple[date, date] | None:
        """Return the first and last day of the period, quarter, half or year that holds the day."""
        found = self.period_of(day)
        return None if found is None else self._spans[found.name if kind == "period" else getattr(found, kind)]

    def periods_in(self, first: date, last: date) -> list[Period]:
        """Return the periods that lie wholly in the days from `first` to `last`."""
        return [p for p in self.between(first, last) if p.first >= first and p.last <= last]

    def periods_of_year(self, period: Period) -> list[Period]:
        """Return all periods of the year that holds this one, in order."""
        return [p for p in self.between(*self._spans[period.year]) if p.year == period.year]

    def periods_per_year(self, period: Period) -> int:
        """Return how many periods the year that holds this one has."""
        return len(self.periods_of_year(period))

    def periods_between(self, earlier: Period, later: Period) -> int:
        """Return how many periods later lies after earlier; 0 where they are the same, below zero where it is before."""
        return self._places[later.name] - self._places[earlier.name]

    def after(self, period: Period, count: int = 1) -> Period | None:
        """Return the period `count` later (earlier below zero); None outside the calendar."""
        at = self._places[period.name] + count
        return self.periods[at] if 0 <= at < len(self.periods) else None

    @cached_property
    def _places(self) -> dict[str, int]:
        return {p.name: n for n, p in enumerate(self.periods)}

    @cached_property
    def _numbers(self) -> dict[Kind, list[int]]:
        numbers: dict[Kind, list[int]] = {"period": list(range(len(self.periods)))}
        for kind in ("quarter", "half", "year"):
            seen: dict[str, int] = {}
            numbers[kind] = [seen.setdefault(getattr(p, kind), len(seen)) for p in self.periods]
        return numbers

    @cached_property
    def _spans(self) -> dict[str, tuple[date, date]]:
        spans: dict[str, tuple[date, date]] = {}
        for p in self.periods:
            for name in dict.fromkeys((p.year, p.half, p.quarter, p.name)):
                first = spans[name][0] if name in spans else p.first
                spans[name] = (first, p.last)
        return spans


@cache
def _of_months(year_starts: int, year_named: str, first_year: int, last_year: int) -> Calendar:
    """Return a calendar of months, made once: every project and plan test asks for one of a few."""
    firsts = [date(y, m, 1) for y in range(first_year, last_year + 1) for m in range(1, 13)] + [date(last_year + 1, 1, 1)]
    made: list[Period] = []
    year, shares = "", [("", "")]
    for first, after in pairwise(firsts):
        place = (first.month - year_starts) % 12
        if place == 0 or not made:
            year = _year_of(first, year_starts, year_named)
            shares = [(f"{year}-Q{p // 3 + 1}", f"{year}-H{p // 6 + 1}") for p in range(12)]
        name = f"{year}-{place + 1:02}" if year_starts == 1 else f"{year}-P{place + 1:02}"
        made.append(Period(first, after - timedelta(days=1), name, *shares[place], year))
    return Calendar(tuple(made), year_starts, tuple(firsts[:-1]))


def _year_of(first: date, year_starts: int, year_named: str) -> str:
    """Return what the year that holds a month is called."""
    if year_starts == 1:
        return f"{first.year:04}"
    started = first.year if first.month >= year_starts else first.year - 1
    return f"FY{started + (year_named == 'end'):04}"


def month_of(day: date) -> tuple[date, date]:
    """Return the first and last day of the calendar month that holds the day."""
    first = day.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, after - timedelta(days=1)


def week_of(day: date) -> tuple[date, date]:
    """Return the Monday and Sunday of the week that holds the day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def week(year: int, number: int) -> tuple[date, date] | None:
    """Return the Monday and Sunday of an ISO week (2026-W05 is week(2026, 5)); None where the year has no such week."""
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
    return monday, monday + timedelta(days=6)


def week_name(day: date) -> str:
    """Return the ISO name of the week that holds the day: 2026-W05."""
    year, number, _ = day.isocalendar()
    return f"{year:04}-W{number:02}"


def days_of(first: date, last: date) -> Iterator[date]:
    """Yield every day from `first` to `last`."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)
