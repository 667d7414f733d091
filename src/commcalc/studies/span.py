"""The span that a change is tried against: whole pay periods, by the name of a quarter, two periods or two dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from commcalc.base.calendar import Calendar, Period
from commcalc.base.problem import Report
from commcalc.studies.problems import NO_QUARTER, NO_SPAN

LAST_QUARTER = "last-quarter"


def periods_of(text: str, calendar: Calendar, days: Iterable[date]) -> tuple[tuple[Period, ...], Report]:
    """Return the pay periods of a span; `days` are those on which deals are credited, for `last-quarter`."""
    if text == LAST_QUARTER:
        return _last_quarter(calendar, days)
    report = Report()
    ends = [e for e in re.split(r"\s*\.\.\s*|\s*,\s*|\s+", text.strip()) if e]
    spans = [_days(e, calendar) for e in ends]
    known = [s for s in spans if s is not None]
    if not ends or len(ends) > 2 or len(known) < len(ends):
        wrong = next((e for e, s in zip(ends, spans, strict=True) if s is None), text)
        report.add(NO_SPAN.at(None, text=wrong, why="it is no period of the calendar and no date"))
        return (), report
    first, last = known[0][0], known[-1][1]
    found = tuple(calendar.periods_in(first, last)) if first <= last else ()
    if not found or found[0].first != first or found[-1].last != last:
        part = "it ends before it begins" if first > last else "it does not begin and end with a pay period"
        report.add(NO_SPAN.at(None, text=text, why=part))
        return (), report
    return found, report


def _days(text: str, calendar: Calendar) -> tuple[date, date] | None:
    named = calendar.named(text)
    if named is not None:
        return named
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
    return None if day is None or calendar.period_of(day) is None else (day, day)


def _last_quarter(calendar: Calendar, days: Iterable[date]) -> tuple[tuple[Period, ...], Report]:
    """Return the last quarter of which every pay period has a credited deal: a slip of a date far ahead fills none."""
    held = {p for p in (calendar.period_of(d) for d in days) if p is not None}
    for period in sorted(held, reverse=True):
        quarter = calendar.named(period.quarter)
        assert quarter is not None, "the calendar names the quarter of each of its periods"
        every = calendar.periods_in(*quarter)
        if held.issuperset(every):
            return tuple(every), Report()
    last = max(held).name if held else "2026-01"
    return (), Report([NO_QUARTER.at(None, example=last)])
