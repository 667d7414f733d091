"""Moments: which period, quarter or year a day lies in, as whole numbers that tables can be grouped by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from commcalc.base.calendar import Calendar

CALENDAR_WINDOWS = ("period", "month", "quarter", "half", "year")


@dataclass(frozen=True, slots=True)
class Moments:
    """Every day from `first` to `last` with the windows that hold it.

    days: one row per day: `day`, and for each calendar window its number (Int64).
    windows: for each calendar window a table `~w`, `~first`, `~last`, `~name`, `~periods` (calendar periods in it).
    """

    first: date
    last: date
    days: pl.DataFrame
    windows: dict[str, pl.DataFrame]

    def number(self, window: str, day: str | pl.Expr) -> pl.Expr:
        """Return the number of the window that holds the day; the day lies within the table."""
        column = pl.col(day) if isinstance(day, str) else day
        return pl.lit(self.days[window]).gather((column - pl.lit(self.first)).dt.total_days().cast(pl.UInt32))


def prepare_moments(calendar: Calendar, first: date, last: date) -> Moments:
    """Return the windows of the calendar over the days from `first` to `last`."""
    periods = calendar.between(first, last)
    days: dict[str, list[object]] = {"day": []}
    numbers: dict[str, dict[str, int]] = {w: {} for w in CALENDAR_WINDOWS}
    rows: dict[str, dict[str, list[object]]] = {w: {} for w in CALENDAR_WINDOWS}
    for w in CALENDAR_WINDOWS:
        days[w] = []
    for period in periods:
        for first, last in _months(period.first, period.last):
            names = {"period": period.name, "quarter": period.quarter, "half": period.half, "year": period.year}
            names["month"] = f"{first.year:04}-{first.month:02}"
            count = (last - first).days + 1
            for w, name in names.items():
                number = numbers[w].setdefault(name, len(numbers[w]))
                span = rows[w].setdefault(name, [first, last, set()])
                span[1] = last
                span[2].add(period.name)  # type: ignore[attr-defined]
                days[w] += [number] * count
            days["day"] += [first + timedelta(days=n) for n in range(count)]
    table = pl.DataFrame(days, schema={"day": pl.Date, **dict.fromkeys(CALENDAR_WINDOWS, pl.Int64)})
    return Moments(periods[0].first, periods[-1].last, table, {w: _windows(rows[w]) for w in CALENDAR_WINDOWS})


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the stretches of the days from `first` to `last` that lie in one calendar month."""
    while first <= last:
        after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(last, after - timedelta(days=1))
        first = after


def _windows(rows: dict[str, list[object]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "~w": range(len(rows)),
            "~first": [r[0] for r in rows.values()],
            "~last": [r[1] for r in rows.values()],
            "~name": list(rows),
            "~periods": [len(r[2]) for r in rows.values()],  # type: ignore[arg-type]
        },
        schema={"~w": pl.Int64, "~first": pl.Date, "~last": pl.Date, "~name": pl.String, "~periods": pl.Int64},
    )
