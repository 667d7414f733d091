"""The calendar: periods hold each day once, and are called what the plans call them."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from commcalc.base.calendar import Calendar, Period, week, week_name, week_of

JANUARY = Calendar.months()
APRIL = Calendar.months(4, "end")
DAYS = st.dates(date(1900, 12, 1), date(2199, 12, 31))
STARTS = st.integers(1, 12)


@given(DAYS, STARTS, st.sampled_from(["start", "end"]))
def test_every_day_lies_in_one_period_quarter_half_and_year(day: date, starts: int, named: str) -> None:
    calendar = Calendar.months(starts, named, day.year - 2, day.year + 2)  # type: ignore[arg-type]
    period = calendar.period_of(day)
    assert period is not None and period.holds(day)
    for name in (period.name, period.quarter, period.half, period.year):
        span = calendar.named(name)
        assert span is not None and span[0] <= period.first and period.last <= span[1]
    assert len(calendar.periods_of_year(period)) == calendar.periods_per_year(period) == 12
    assert calendar.periods_of_year(period)[0].first.month == starts


def test_a_year_that_starts_in_january_has_plain_names() -> None:
    assert JANUARY.named("2026-Q1") == (date(2026, 1, 1), date(2026, 3, 31))
    assert JANUARY.named("2026-H2") == (date(2026, 7, 1), date(2026, 12, 31))
    assert JANUARY.named("2026") == (date(2026, 1, 1), date(2026, 12, 31))
    assert JANUARY.named("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert JANUARY.period_named("2026-Q1") == JANUARY.period_of(date(2026, 3, 31))


def test_a_fiscal_year_is_named_after_the_year_that_was_said() -> None:
    july = APRIL.period_of(date(1996, 7, 4))
    assert july is not None
    assert (july.name, july.quarter, july.half, july.year) == ("FY1997-P04", "FY1997-Q2", "FY1997-H1", "FY1997")
    assert APRIL.named("1996-07") == (date(1996, 7, 1), date(1996, 7, 31))
    started = Calendar.months(4, "start").period_of(date(1996, 7, 4))
    assert started is not None and started.year == "FY1996"


def test_what_is_no_period_is_none() -> None:
    for name in ("", "2026-13", "2026-00", "2026-Q5", "2026-H3", "FY2026", "2026-1", "2026-W54", "0000-01", "Q1 2026", "٢٠٢٦"):
        assert JANUARY.named(name) is None, name
        assert JANUARY.period_named(name) is None, name


def test_periods_between_two_days_are_those_that_have_one_of_them() -> None:
    found = JANUARY.between(date(2025, 12, 31), date(2026, 2, 1))
    assert [p.name for p in found] == ["2025-12", "2026-01", "2026-02"]
    assert [p.name for p in JANUARY.periods_in(date(2025, 12, 31), date(2026, 2, 28))] == ["2026-01", "2026-02"]
    assert JANUARY.periods_between(found[0], found[2]) == 2
    assert JANUARY.after(found[0], 2) == found[2]
    assert JANUARY.after(JANUARY.periods[0], -1) is None


def test_a_calendar_of_rows_has_its_own_names() -> None:
    first = Period(date(2026, 1, 1), date(2026, 1, 28), "W1-4", "A", "A", "Y")
    second = Period(date(2026, 1, 29), date(2026, 2, 25), "W5-8", "A", "A", "Y")
    calendar = Calendar.rows([second, first])
    assert calendar.named("A") == (date(2026, 1, 1), date(2026, 2, 25))
    assert calendar.period_of(date(2026, 1, 29)) == second
    assert calendar.period_of(date(2026, 3, 1)) is None
    assert calendar.number(date(2026, 2, 1), "period") == 1


@given(DAYS)
def test_a_week_is_seven_days_and_its_name_leads_back_to_it(day: date) -> None:
    monday, sunday = week_of(day)
    assert monday <= day <= sunday == monday + timedelta(days=6)
    year, number = week_name(day).split("-W")
    assert week(int(year), int(number)) == (monday, sunday)
