"""Figures checked: quotas, splits, KPIs, openings and the calendar's own table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import lcm

import polars as pl
from pydantic_core import PydanticCustomError

from commcalc.base.calendar import Calendar, Period
from commcalc.base.problem import Report
from commcalc.base.render import cut
from commcalc.base.source import Cell
from commcalc.inputs.field_problems import (
    BACKWARDS,
    DATE,
    NO_PERIODS,
    NOT_A_TARGET,
    PERIOD,
    SHARE,
    SHARE_SIGN,
    SHARES,
    SHARES_TOO_FINE,
    TWICE,
    UNKNOWN_DEAL,
    UNKNOWN_PLAN,
)
from commcalc.inputs.mapped import Mapped
from commcalc.inputs.people import Names, resolved, strangers, unknown
from commcalc.inputs.project import ProjectFile
from commcalc.language.expression.nodes import Number
from commcalc.language.fields import read_literal
from commcalc.tables.schemas import TABLES

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})", re.ASCII)
TARGETS = ("payment", "debt")
MOST_DIGITS = 15  # of each part of a fraction, so that all products stay exact
MOST = 10**MOST_DIGITS  # of the common divisor of the shares of a deal, likewise: rollups add them over roles


def check_dated_figures(
    frame: pl.DataFrame, table: str, names: Names | None, calendar: Calendar | None, report: Report
) -> pl.DataFrame:
    """Quotas and KPIs: payees known, periods of the calendar; a date names the period that holds it and is kept as `start`."""
    if "payee_id" in frame.columns:
        frame = frame.with_columns(resolved("payee_id", names).alias("payee_id"))
        unknown(frame, "payee_id", table, names, report)
    key = [c for c in ("payee_id", "team", "plan", "measure", "kpi", "period", "from") if c in frame.columns]
    if table == "quotas":
        once(frame, key, table, report)
    if calendar is None:
        return frame
    texts = frame["period"].unique(maintain_order=True).drop_nulls().to_list()
    periods: dict[str, str] = {}
    starts: dict[str, object] = {}
    for text in texts:
        found = _period(text, calendar)
        if found is None:
            rows = frame.filter(pl.col("period") == text).select("~file", "~line")
            cells = [Cell(f, n, "period") for f, n in rows.head(6).iter_rows()]
            report.add(PERIOD.at(cells[0], text=cut(text), example=calendar.examples).times(len(rows), cells[1:]))
        else:
            periods[text], starts[text] = found
    start = pl.col("period").replace_strict(starts, default=None, return_dtype=pl.Date)
    return frame.with_columns(
        start.alias("start"), pl.col("period").replace_strict(periods, default=None, return_dtype=pl.String)
    )


def _period(text: str, calendar: Calendar) -> tuple[str, object] | None:
    if calendar.named(text) is not None:
        return text, None
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match[1])
    except ValueError:
        return None
    period = calendar.period_of(day)
    return (period.name, day) if period is not None else None


def check_adjustments(adjustments: pl.DataFrame, plans: Sequence[str], report: Report) -> None:
    """Each adjustment once, of a pay period, of what can be adjusted; a plan that it names is one of the project's."""
    once(adjustments, ["adjustment_id"], "adjustments", report)
    if "target" in adjustments.columns:
        odd = adjustments.filter(~pl.col("target").is_in(TARGETS))
        strangers(odd, "target", (NOT_A_TARGET, "adjustments", TARGETS), report)
    if "plan" in adjustments.columns:
        strangers(adjustments.filter(~pl.col("plan").is_in(plans)), "plan", (UNKNOWN_PLAN, "adjustments", plans), report)


def once(frame: pl.DataFrame, key: Sequence[str], table: str, report: Report) -> None:
    """Report a key that stands again: one problem, with the places of the first two and how many rows there are."""
    again = frame.filter(~pl.struct(key).is_first_distinct())
    if again.is_empty():
        return
    second = again.row(0, named=True)
    first = frame.filter(pl.all_horizontal(pl.col(k).eq_missing(pl.lit(second[k])) for k in key)).row(0, named=True)
    cells = [Cell(f, n) for f, n in again.select("~file", "~line").head(6).iter_rows()]
    shown = cut(" / ".join(str(second[k]) for k in key if second[k] is not None))
    problem = TWICE.at(cells[0], table=table, key=shown, same="", mend="keep one of the rows")
    report.add(problem.with_also(Cell(first["~file"], first["~line"]), "the first").times(len(again), cells[1:]))


def check_splits(splits: pl.DataFrame, names: Names | None, deals: pl.Series | None, report: Report) -> pl.DataFrame:
    """Shares as exact fractions, each payee once in a role, owner shares of a deal exactly 100%."""
    splits = splits.with_columns(resolved("payee_id", names).alias("payee_id"))
    unknown(splits.filter(pl.col("payee_id") != "nobody"), "payee_id", "splits", names, report)
    splits = with_fractions(splits, report)
    if "share_num" not in splits.columns:
        return splits
    splits = splits.with_columns(
        (pl.col("role").fill_null("owner") if "role" in splits.columns else pl.lit("owner")).alias("role"),
    )
    once(splits, ["deal_id", "role", "payee_id"], "splits", report)
    _sums(splits, report)
    _common_divisors(splits, report)
    if deals is None:
        return splits
    strangers = splits.filter(~pl.col("deal_id").is_in(deals.implode()))
    if len(strangers):
        cells = [Cell(f, n, "deal_id") for f, n in strangers.select("~file", "~line").head(6).iter_rows()]
        problem = UNKNOWN_DEAL.at(cells[0], table="splits", text=cut(strangers["deal_id"][0]))
        report.add(problem.times(len(strangers), cells[1:]))
    return splits


def with_fractions(frame: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Add the shares as exact fractions, `share_num` / `share_den`; where one is no share it is told, and none is added."""
    fractions = {t: _share(t) for t in frame["share"].unique().drop_nulls().to_list()}
    for text, share in fractions.items():
        if share is None or share <= 0:
            rows = frame.filter(pl.col("share") == text).select("~file", "~line")
            cells = [Cell(f, n, "share") for f, n in rows.iter_rows()]
            kind = SHARE if share is None else SHARE_SIGN
            report.add(kind.at(cells[0], text=cut(text)).times(len(cells), cells[1:6]))
    if any(f is None or f <= 0 for f in fractions.values()):
        return frame
    numbers = {t: f.numerator for t, f in fractions.items() if f is not None}
    divisors = {t: f.denominator for t, f in fractions.items() if f is not None}
    return frame.with_columns(
        pl.col("share").replace_strict(numbers, default=None, return_dtype=pl.Int64).alias("share_num"),
        pl.col("share").replace_strict(divisors, default=None, return_dtype=pl.Int64).alias("share_den"),
    )


def _sums(splits: pl.DataFrame, report: Report) -> None:
    owners = splits.filter(pl.col("role") == "owner")
    sums: dict[str, Fraction] = {}
    places: dict[str, Cell] = {}
    for deal, n, q, file, line in owners.select("deal_id", "share_num", "share_den", "~file", "~line").iter_rows():
        sums[deal] = sums.get(deal, Fraction(0)) + Fraction(n, q)
        places.setdefault(deal, Cell(file, line, "share"))
    for deal, total in sums.items():
        if total != 1:
            report.add(SHARES.at(places[deal], deal=cut(deal), sum=f"{_percent(total)}%"))


def _common_divisors(splits: pl.DataFrame, report: Report) -> None:
    """The shares of each deal, in all its roles, have a common divisor over which they can be added exactly."""
    divisors = splits.group_by("deal_id", maintain_order=True).agg("share_den")
    alike = divisors.select("share_den").unique()
    fine = [lcm(*several) > MOST for several in alike["share_den"].to_list()]
    told = divisors.join(alike.filter(pl.Series(fine, dtype=pl.Boolean)), on="share_den", how="semi", maintain_order="left")
    rows = splits.join(told, on="deal_id", how="semi").sort("share_den", descending=True, maintain_order=True)
    finest = rows.unique("deal_id", keep="first", maintain_order=True).sort("~file", "~line")
    for deal, text, file, line in finest.select("deal_id", "share", "~file", "~line").iter_rows():
        report.add(SHARES_TOO_FINE.at(Cell(file, line, "share"), deal=cut(deal), text=cut(text)))


def _percent(total: Fraction) -> str:
    """A sum of shares in percent, at four decimals for the reader."""
    shown = f"{Decimal(round(total * 1_000_000)) / 10_000:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _share(text: str) -> Fraction | None:
    body = text.strip()
    match = re.fullmatch(r"([0-9]+)/([0-9]+)", body)
    if match:
        fine = match[2].strip("0") and max(len(match[1]), len(match[2])) <= MOST_DIGITS
        return Fraction(int(match[1]), int(match[2])) if fine else None
    try:
        found = read_literal(body)
    except PydanticCustomError:
        return None
    return Fraction(found.value) if isinstance(found, Number) and found.type == "ratio" else None


def calendar_from(mapped: Mapped | None, project: ProjectFile, report: Report) -> Calendar | None:
    """Return the calendar of a table of periods: each named once, no gap, no overlap. None where it is not one."""
    if mapped is None or not set(TABLES["calendar"].required) <= set(mapped.frame.columns):
        return None
    if mapped.frame.is_empty() and mapped.bad_rows is not None:
        return None  # every row of it has a fault, which is told
    if mapped.frame.is_empty():
        report.add(NO_PERIODS.at(project.tree.span_of(("tables", "calendar"), key=True)))
        return None
    known = len(report.errors)
    rows = mapped.frame.sort("from").to_dicts()
    once(mapped.frame, ["period"], "calendar", report)
    for row in rows:
        if row["to"] < row["from"]:
            report.add(BACKWARDS.at(Cell(row["~file"], row["~line"], "to"), to=row["to"], first=row["from"]))
    for row, after in pairwise(rows):
        if (after["from"] - row["to"]).days != 1:
            why = f": the next period starts on {after['from']}"
            mend = "let each period begin on the day after the one before"
            report.add(DATE.at(Cell(row["~file"], row["~line"], "to"), text=row["to"], why=why, mend=mend))
    if len(report.errors) > known:
        return None
    return Calendar.rows(
        [Period(r["from"], r["to"], r["period"], r["quarter"], r.get("half") or r["year"], r["year"]) for r in rows]
    )
