"""Earnings: what a component earns to a day, one row per credit, with the slices that explain it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.measure import Measured
from commcalc.engine.people import FIRST_DAY, LAST_DAY
from commcalc.engine.reading import Readings
from commcalc.engine.rules import Rules
from commcalc.engine.windows import own_windows
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.model import Plan
from commcalc.plan.windows import OF_PAYEE
from commcalc.tables.exact import D

KEY = ["~p", "~role", "~level", "~row", "~w"]
"""What tells one earning of a component from another; `~row` is empty for a line of a payee and window."""

TOLD = ["~p", "~row", "~role", "~level"]
"""What tells one credit from another, whatever component it is of."""

ROW = [*KEY, "~line", "~k", "~d", "~sale", "~share_n", "~share_q", "~wfirst", "~wlast", "~basis", "~rate", "~factor", "~exact"]
SLICE = [*KEY, "~line", "~n", "tier", "start", "stop", "basis", "rate", "factor", "exact"]
"""`~line` is the number of the row, from 0; a slice has that of its row."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Rows that a rule could not decide: an empty field, no row of a table, no quota."""

    rule: str
    code: str
    rows: pl.DataFrame  # `~p`, `~row` (may be empty)


@dataclass(frozen=True, slots=True)
class Earned:
    """What a component earns to a day. rows: columns ROW; slices: columns SLICE; blanks: what could not be decided."""

    rows: pl.DataFrame
    slices: pl.DataFrame
    blanks: list[Blank] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """What a component has earned to a day. rows: `~p ~row ~role ~level ~deal ~d ~amount`, in whole cents; lost: `~p ~deal ~d` of
    what could not be decided, without a deal for all that the payee earns there.
    """

    rows: pl.DataFrame
    lost: pl.DataFrame


def _nobody(name: str, day: date) -> Told:
    raise AssertionError(f"nothing tells what `{name}` has earned by {day}")


@dataclass(frozen=True, slots=True)
class Job:
    """All that a component is calculated from."""

    book: Book
    plan: Plan
    name: str
    component: ComponentBase
    rules: Rules
    readings: Readings
    pays_amount: bool = False  # a bonus or spiff: an amount, not a ratio
    readings_on: Callable[[date], Readings] | None = None  # where what is taken back later relieves a measure: as of a day
    tell: Callable[[str, date], Told] = _nobody  # what another component of the plan has earned

    def on_day(self, day: date) -> Job:
        """Return the job with the measures as they stood on a day."""
        return self if self.readings_on is None else replace(self, readings=self.readings_on(day))

    @property
    def measured(self) -> Measured | None:
        """The measure the component is on."""
        on = getattr(self.component, "on", None)
        return self.readings.measured.get(on) if on else None


def window_days(book: Book, plan: Plan, measured: Measured, frame: pl.DataFrame) -> pl.DataFrame:
    """Add `~wfirst ~wlast ~periods ~year`: the days of each row's window, its calendar periods and those of its year."""
    window = measured.measure.window
    none = pl.lit(None, dtype=pl.Int64)
    if window in book.moments.windows:
        spans = book.moments.windows[window]  # numbered from 0, so a window's number is its row
        years = book.moments.windows["year"]["~periods"].gather(spans.select(book.moments.number("year", "~first")).to_series())
        at = pl.col("~w").cast(pl.UInt32)
        named = zip(("~wfirst", "~wlast", "~periods"), ("~first", "~last", "~periods"), strict=True)
        days = [pl.lit(spans[theirs]).gather(at).alias(ours) for ours, theirs in named]
        return frame.with_columns(*days, pl.lit(years).gather(at).alias("~year"))
    if window == "deal":
        return frame.with_columns(
            pl.col("~d").alias("~wfirst"), pl.col("~d").alias("~wlast"), none.alias("~periods"), none.alias("~year")
        )
    if window in OF_PAYEE:
        rows = own_windows(book, plan, measured.measure, measured.name)
        spans = rows.select("~p", "~w", pl.col("~first").alias("~wfirst"), pl.col("~last").alias("~wlast"))
        found = frame.join(spans, on=["~p", "~w"], how="left", maintain_order="left")
        return found.with_columns(none.alias("~periods"), none.alias("~year"))
    open_ = (pl.lit(FIRST_DAY).alias("~wfirst"), pl.lit(LAST_DAY).alias("~wlast"))
    return frame.with_columns(*open_, none.alias("~periods"), none.alias("~year"))


def to_date(job: Job, measured: Measured, day: date) -> pl.DataFrame:
    """Return the measure's credits up to `day`, with what relieves it."""
    return measured.rows if day >= job.book.now else measured.rows.filter(pl.col("~d") <= day)


def credits_only(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out the rows that relieve a measure of what was taken back: they are no credits."""
    return frame.filter(~pl.col("~relief")) if "~relief" in frame.columns else frame


def quota_credit(frame: pl.DataFrame) -> pl.Expr:
    """Return what each credit counts, before the measure is relieved of it: nothing less is paid on."""
    return pl.col("~whole" if "~whole" in frame.columns else "~m")


def probe_day(day: date, *, of_credit: bool, book: Book) -> pl.Expr:
    """Return the day measures are read at: the end of the credit's own period, or of its window, never past `day`."""
    if of_credit:
        ends = book.moments.windows["period"]["~last"]
        own = pl.lit(ends).gather(book.moments.number("period", "~d").cast(pl.UInt32))
        return pl.min_horizontal(own, pl.lit(day))
    return pl.min_horizontal("~wlast", pl.lit(day))


EMPTY_ROWS: dict[str, pl.DataType | type[pl.DataType]] = {
    "~p": pl.UInt32,
    "~role": pl.String,
    "~level": pl.UInt32,
    "~row": pl.UInt32,
    "~w": pl.Int64,
    "~line": pl.UInt32,
    "~k": pl.UInt32,
    "~d": pl.Date,
    "~sale": pl.UInt32,
    "~share_n": D,
    "~share_q": D,
    "~wfirst": pl.Date,
    "~wlast": pl.Date,
    "~basis": D,
    "~rate": D,
    "~factor": D,
    "~exact": D,
}
EMPTY_SLICES: dict[str, pl.DataType | type[pl.DataType]] = {
    **{k: EMPTY_ROWS[k] for k in (*KEY, "~line")},
    "~n": pl.UInt32,
    "tier": pl.UInt32,
    "start": D,
    "stop": D,
    "basis": D,
    "rate": D,
    "factor": D,
    "exact": D,
}


def nothing() -> Earned:
    """Return earnings of no rows."""
    return Earned(pl.DataFrame(schema=EMPTY_ROWS), pl.DataFrame(schema=EMPTY_SLICES))
