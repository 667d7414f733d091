"""Days: how dates, stretches of days and spans of time are read from the text as written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from commcalc.base.calendar import week
from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_DATE, NOT_A_PERIOD, NOT_A_RANGE, NOT_A_SPAN
from commcalc.language.names import nearest

Unit = Literal["day", "week", "month", "quarter", "year", "period"]
MOST_OF_A_UNIT = 9_999
PERIOD = re.compile(
    r"^(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|W(?P<week>[0-9]{2})|(?P<month>0[1-9]|1[0-2])))?$"
)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OTHER = re.compile(r"(?P<a>[0-9]{1,4})(?P<sign>[-./])(?P<b>[0-9]{1,2})(?P=sign)(?P<c>[0-9]{1,4})")
_SHORT = {
    "d": "day",
    "w": "week",
    "wk": "week",
    "m": "month",
    "mo": "month",
    "mth": "month",
    "q": "quarter",
    "y": "year",
    "yr": "year",
}
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "nine": 9, "twelve": 12}


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends in; an end that is None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Length:
    """A span of time: 90 days, 3 months."""

    count: int
    unit: Unit


def date_of(text: str) -> date:
    """Read a date: 2026-01-31."""
    return _date(text, text, 0)


def _date(written: str, text: str, start: int) -> date:
    """Read the part `written` of `text`, which begins at `start`."""
    body = written.strip()
    begin = start + len(written) - len(written.lstrip())
    end = begin + len(body) if body else -1
    if _ISO.fullmatch(body):
        try:
            return date.fromisoformat(body)
        except ValueError:
            raise fault(NOT_A_DATE, begin, end, text=body, why="there is no such day", example=_nearest_day(body)) from None
    why, example = _date_slip(body)
    raise fault(NOT_A_DATE, begin, end, text=body, why=why, example=example)


def _date_slip(body: str) -> tuple[str, str]:
    if re.match(rf"{_ISO.pattern}[T ]", body):
        return "it has a time in it; days have none", body[:10]
    if period_days(body) is not None:
        return "it is a period, and one day is wanted", f"{_first_of(body)}"
    other = _OTHER.fullmatch(body)
    if other is not None:
        made = _reordered(other)
        return "a date is year-month-day, two digits for month and day", made or "2026-01-31"
    return "a date is year-month-day", "2026-01-31"


def _first_of(body: str) -> str:
    found = period_days(body)
    assert found is not None and found.first is not None
    return found.first.isoformat()


def _reordered(parts: re.Match[str]) -> str | None:
    """Return the date that was meant where only one reading makes a day; 03/04/2026 may be two."""
    a, b, c = (int(parts[name]) for name in "abc")
    if len(parts["a"]) == 4:
        readings = {(a, b, c)}
    elif parts["sign"] == ".":
        readings = {(c, b, a)}
    else:
        readings = {(c, b, a), (c, a, b)}
    days: set[date] = set()
    for year, month, day in readings:
        try:
            days.add(date(year, month, day))
        except ValueError:
            continue
    return days.pop().isoformat() if len(days) == 1 else None


def _nearest_day(body: str) -> str:
    for day in ("31", "30", "29", "28"):
        try:
            return date.fromisoformat(body[:8] + day).isoformat()
        except ValueError:
            continue
    return "2026-01-31"


def period_days(text: str) -> Days | None:
    """Return the days of a period of the common calendar: 2026, 2026-H1, 2026-Q1, 2026-02, 2026-W05; else None."""
    match = PERIOD.match(text)
    if match is None or not 1 <= int(match["year"]) <= 9998:
        return None
    year = int(match["year"])
    if match["week"]:
        found = week(year, int(match["week"]))
        return Days(*found) if found else None
    first, months = 1, 12
    if match["quarter"]:
        first, months = 3 * int(match["quarter"]) - 2, 3
    elif match["half"]:
        first, months = 6 * int(match["half"]) - 5, 6
    elif match["month"]:
        first, months = int(match["month"]), 1
    after = date(year + (first + months - 1) // 12, (first + months - 1) % 12 + 1, 1)
    return Days(date(year, first, 1), date.fromordinal(after.toordinal() - 1))


def range_of(text: str) -> Days:
    """Read a stretch of days: 2026-01-01 .. 2026-03-31, with an end left out, or the name of a period."""
    if ".." not in text:
        return _named(text)
    low, high = text.split("..", 1)
    if not low.strip() and not high.strip():
        raise fault(NOT_A_RANGE, text=text, why="it has neither end", example="2026-01-01 ..")
    if ".." in high:
        raise fault(NOT_A_RANGE, text=text, why="it has more than two ends", example="2026-01-01 .. 2026-03-31")
    found = Days(_edge(low, text, 0, first=True), _edge(high, text, len(low) + 2, first=False))
    if found.first and found.last and found.first > found.last:
        raise fault(NOT_A_RANGE, text=text, why="it ends before it begins", example=f"{found.last} .. {found.first}")
    return found


def _named(text: str) -> Days:
    body = text.strip()
    named = period_days(body)
    if named is not None:
        return named
    if _ISO.fullmatch(body):
        day = _date(body, text, 0)
        raise fault(
            NOT_A_RANGE, text=text, why="it is one day", example=f"{day} .. for from then on, {day} .. {day} for that day"
        )
    swapped = re.fullmatch(r"([QH][1-4])[ -]?([0-9]{4})", body)
    joined = re.fullmatch(rf"({_ISO.pattern})\s*(?:-|–|to|until|/|:)\s*({_ISO.pattern})", body)
    if joined is not None:
        raise fault(NOT_A_RANGE, text=text, why="two dots stand between its dates", example=f"{joined[1]} .. {joined[2]}")
    example = f"{swapped[2]}-{swapped[1]}" if swapped else "2026, 2026-Q1, 2026-02 or 2026-01-01 .. 2026-03-31"
    raise fault(NOT_A_PERIOD, text=text, example=example)


def _edge(written: str, text: str, start: int, *, first: bool) -> date | None:
    body = written.strip()
    if not body:
        return None
    named = period_days(body)
    if named is not None:
        return named.first if first else named.last
    return _date(written, text, start)


def span_of_time(text: str) -> Length:
    """Read a span: 90 days, 3 months, 1 year, 2 periods."""
    body = text.strip()
    match = re.fullmatch(r"([0-9]{1,6}) (day|week|month|quarter|year|period)s?", body)
    if match is None or not 0 <= int(match[1]) <= MOST_OF_A_UNIT:
        raise fault(NOT_A_SPAN, text=text, example=_meant_span(body))
    return Length(int(match[1]), match[2])  # type: ignore[arg-type]


def _meant_span(body: str) -> str:
    usual = "90 days, 3 months, 1 year or 2 periods"
    found = re.fullmatch(r"([0-9]{1,4}|[A-Za-z]+)[\s-]*([A-Za-z]+)\.?", body)
    if found is None:
        bare = re.fullmatch(r"[0-9]{1,4}", body)
        return f"{body} days or {body} months" if bare else usual
    count = int(found[1]) if found[1].isdigit() else _COUNTS.get(found[1].lower())
    word = found[2].lower()
    unit = _SHORT.get(word) or nearest(word.removesuffix("s"), get_args(Unit))
    if count is None or unit is None:
        return usual
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
