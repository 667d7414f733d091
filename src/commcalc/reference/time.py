"""Time: the windows in which a measure runs, the spans in which a plan pays, and how many days somebody took part (§2, §4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from commcalc.base.calendar import Calendar, Period, month_of
from commcalc.plan.windows import Rolling, rolling_of

FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
EVERY = {"month": "period", "week": "period", "semi-month": "period", "period": "period"}


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of days, both ends in; of a deal's own window also the deal."""

    first: date
    last: date
    deal: str = ""

    def holds(self, day: date) -> bool:
        """Tell whether the day lies in it."""
        return self.first <= day <= self.last

    @property
    def has_end(self) -> bool:
        """True where it is open at neither end: it has days to go by."""
        return self.first != date.min and self.last != date.max

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


OPEN = Window(date.min, date.max)


def spans(calendar: Calendar, every: str, first: date, now: date) -> Iterator[Window]:
    """Yield the paying spans of a plan from the day `first` on, up to the one that holds `now`; that one stops at `now` (§2.1)."""
    day = first
    while day <= now:
        span = span_of(calendar, every, day)
        yield Window(span.first, min(span.last, now))
        day = span.last + timedelta(days=1)


def span_of(calendar: Calendar, every: str, day: date) -> Window:
    """Return the paying span that holds the day: calendar periods, grouped as the plan pays."""
    if every == "month":
        first, last = month_of(day)
        periods = calendar.between(first, last)
        inside = [p for p in periods if p.first >= first and p.last <= last]
        if len(inside) == len(periods):  # weeks and 4-4-5 periods do not fill months: there each period pays
            return Window(first, last)
    kind = EVERY.get(every, every)
    found = calendar.window_of(day, kind)  # type: ignore[arg-type]
    assert found is not None, f"{day} is outside the calendar"
    return Window(*found)


def window_of(calendar: Calendar, kind: str, day: date, deal: str, starts: Sequence[date] = ()) -> Window | None:
    """Return the window of this kind that holds the day; None before the first quota row (§4.3)."""
    if kind == "deal":
        return Window(day, day, deal)
    if kind == "life":
        return OPEN
    if kind == "month":
        return Window(*month_of(day))
    if (rolling := rolling_of(kind)) is not None:
        return _rolling(calendar, rolling, day)
    if kind == "quota row":
        begun = [s for s in starts if s <= day]
        later = [s for s in starts if s > day]
        return Window(begun[-1], later[0] - timedelta(days=1) if later else date.max) if begun else None
    found = calendar.window_of(day, kind)  # type: ignore[arg-type]
    return None if found is None else Window(*found)


def _rolling(calendar: Calendar, rolling: Rolling, day: date) -> Window | None:
    """The window that holds the day and so many before it; where the calendar begins later, from there (§4.3)."""
    last = window_of(calendar, rolling.base, day, "")
    first = last
    for _ in range(rolling.count - 1):
        before = None if first is None else window_of(calendar, rolling.base, first.first - timedelta(days=1), "")
        if before is None:
            break
        first = before
    return None if first is None or last is None else Window(first.first, last.last)


def windows_between(calendar: Calendar, kind: str, first: date, last: date) -> list[Window]:
    """Return the windows of a kind that have a day from `first` to `last`."""
    found: list[Window] = []
    day = first
    while day <= last:
        window = window_of(calendar, kind, day, "")
        if window is None:
            break
        found.append(window)
        if window.last >= last:
            break
        day = window.last + timedelta(days=1)
    return found


def period_of(calendar: Calendar, day: date) -> Period:
    """Return the calendar period that holds the day."""
    found = calendar.period_of(day)
    assert found is not None, f"{day} is outside the calendar"
    return found


def overlap(stretches: Sequence[tuple[date, date]], first: date, last: date) -> int:
    """Return how many days from `first` to `last` lie in the stretches, both ends counted."""
    return sum(max((min(b, last) - max(a, first)).days + 1, 0) for a, b in stretches)
