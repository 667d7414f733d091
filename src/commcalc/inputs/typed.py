"""From text to values: every field is looked at as it was written before it becomes a number, a date or a yes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from commcalc.base.problem import Problem
from commcalc.base.render import cut
from commcalc.base.source import Cell
from commcalc.inputs.field_problems import BLANK, DATE, DECIMALS, LARGE, NUMBER, SPREADSHEET, YES_NO
from commcalc.inputs.model import ReadOptions
from commcalc.tables.exact import D

NOTHING_WORDS = (
    *("NULL", "null", "N/A", "n/a", "#N/A", "#n/a", "NaN", "nan"),
    *("#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#CALC!", "#SPILL!"),
)
NUMERIC = ("money", "ratio", "number", "count")
YES = {
    "yes": True,
    "no": False,
    "Yes": True,
    "No": False,
    "YES": True,
    "NO": False,
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    "TRUE": True,
    "FALSE": False,
    "1": True,
    "0": False,
}
NO_PERCENT = "write the number itself, 1.05 for 105%; a column of your own may have the type ratio"
MOST_LISTED = 5
WHERE = ("~file", "~line", "~deal")
MIDNIGHT = r"[ T]00:00(:00(\.0+)?)?$"


@dataclass(frozen=True, slots=True)
class Typing:
    """How a column's text is read."""

    column: str
    type: str
    places: int  # decimals that money may have
    options: ReadOptions
    zone: str | None


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed column and, where a text could not be read, `bad`: true in those rows."""

    value: pl.Series
    bad: pl.Series | None
    text: pl.Series


def typed(text: pl.Series, how: Typing) -> Typed:
    """Return the values of a text column; what cannot be read exactly is null and marked."""
    if how.type in NUMERIC:
        return _number(text, how)
    if how.type == "date":
        return _date(text, how)
    if how.type == "yes/no":
        value = text.replace_strict(YES, default=None, return_dtype=pl.Boolean)
        return _marked(text, value)
    if how.type == "period":
        return Typed(_period_text(text, how), None, text)
    if how.type not in ("text", "payee"):
        return Typed(text, None, text)
    bad = text.to_frame("t").lazy().select(pl.col("t").is_in(NOTHING_WORDS)).collect().to_series()
    return Typed(text, bad if bad.any() else None, text)


def _period_text(text: pl.Series, how: Typing) -> pl.Series:
    """A period may be a date in the form that the mapping names; it becomes year-month-day, anything else stays."""
    shaped = pl.col("t")
    if how.options.time == "drop midnight":
        shaped = shaped.str.replace(MIDNIGHT, "")
    if how.options.date is not None:
        day = shaped.str.to_date(how.options.date, strict=False).dt.to_string("iso")
        shaped = pl.coalesce(day, shaped)
    return text.to_frame("t").lazy().select(shaped.alias("v")).collect()["v"]


def _marked(text: pl.Series, value: pl.Series) -> Typed:
    if value.null_count() == text.null_count():
        return Typed(value, None, text)
    return Typed(value, value.is_null() & text.is_not_null(), text)


def _number(text: pl.Series, how: Typing) -> Typed:
    options, shaped = how.options, pl.col("t")
    if options.currency_symbol:
        shaped = shaped.str.replace(options.currency_symbol, "", literal=True).str.strip_chars()
    if options.negative == "parentheses":
        shaped = shaped.str.replace(r"^\((.*)\)$", "-$1")
    if options.thousands:
        mark = re.escape(options.thousands)
        point = re.escape(options.decimal)
        fine = shaped.str.contains(rf"^-?[0-9]{{1,3}}({mark}[0-9]{{3}})*({point}[0-9]+)?$") | ~shaped.str.contains(
            options.thousands, literal=True
        )
        shaped = pl.when(fine).then(shaped.str.replace_all(options.thousands, "", literal=True)).otherwise(pl.lit("?"))
    if options.decimal == ",":
        shaped = (
            pl.when(shaped.str.contains(".", literal=True))
            .then(pl.lit("?"))
            .otherwise(shaped.str.replace(",", ".", literal=True))
        )
    decimals = 0 if how.type == "count" else how.places if how.type == "money" and options.extra_decimals is None else 12
    tail = rf"(\.[0-9]{{1,{decimals}}})?" if decimals else r"(\.0+)?"
    pattern = rf"^-?(0|[1-9][0-9]{{0,14}}){tail}$"
    percent = shaped.str.strip_suffix("%") if how.type == "ratio" else shaped
    fits = percent.str.contains(pattern)
    if how.type == "ratio":  # a percentage is divided by a hundred, which takes two of the twelve decimals
        fits = fits & ~shaped.str.contains(r"\.[0-9]{11,}%$")
    number = pl.when(fits).then(percent).cast(D)
    if how.type == "ratio":
        hundredth = pl.lit("0.01").cast(D)
        number = pl.when(shaped.str.ends_with("%")).then(number * hundredth).otherwise(number)
    value = text.to_frame("t").lazy().select(number.alias("v")).collect()["v"]
    return _marked(text, value)


def _date(text: pl.Series, how: Typing) -> Typed:
    options, shaped = how.options, pl.col("t")
    if options.zone is not None or how.options.time is not None:
        moments = _moments(text, how)
        if moments is not None:
            return moments
    if options.time == "drop midnight":
        shaped = shaped.str.replace(MIDNIGHT, "")
    pattern = options.date or "%Y-%m-%d"
    strict = shaped if options.date else pl.when(shaped.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(shaped)
    value = text.to_frame("t").lazy().select(strict.str.to_date(pattern, strict=False).alias("v")).collect()["v"]
    return _marked(text, value)


def _moments(text: pl.Series, how: Typing) -> Typed | None:
    """Timestamps with an offset, as dates in the named zone (docs: `read.zone`)."""
    if how.options.zone is None:
        return None
    zone = ZoneInfo(how.options.zone)
    known = text.unique().drop_nulls()
    days = pl.Series([_moment(value, zone) for value in known.to_list()], dtype=pl.Date)
    return _marked(text, text.replace_strict(known, days, default=None, return_dtype=pl.Date))


def _moment(value: str, zone: ZoneInfo) -> object:
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment.astimezone(zone).date() if moment.tzinfo is not None else (moment.date() if len(value) == 10 else None)


def faults(found: Typed, how: Typing, places: pl.DataFrame, keep: pl.Series | None) -> Iterator[Problem]:
    """Yield what is wrong with the marked fields, rows of one cause together. places: `~file ~line`, of deals `~deal`; keep: rows that count."""
    if found.bad is None:
        return
    mask = found.bad if keep is None else found.bad & keep
    rows = places.with_columns(found.text.alias("~text")).filter(mask)
    if "~deal" not in rows.columns:
        rows = rows.with_columns(pl.lit("").alias("~deal"))
    yield from grouped(rows, how)


def blanks(empty: pl.Series, column: str, places: pl.DataFrame) -> Iterator[Problem]:
    """Yield the rows in which a column that must be filled is empty."""
    if empty.any():
        rows = places.filter(empty)
        cells = [Cell(f, n, column, cut(deal)) for f, n, deal in rows.select(WHERE).head(MOST_LISTED + 1).iter_rows()]
        yield BLANK.at(cells[0], column=column).times(len(rows), cells[1:])


def grouped(rows: pl.DataFrame, how: Typing) -> Iterator[Problem]:
    """Yield one problem for each kind and reason, with its count and the next rows. rows: `~file ~line ~deal ~text`."""
    found: dict[tuple[str, str], tuple[Problem, int, list[Cell]]] = {}
    texts = rows.group_by("~text", maintain_order=True).agg(pl.len().alias("n"), pl.col(WHERE).head(MOST_LISTED + 1))
    for text, count, files, lines, deals in texts.iter_rows():
        cells = [Cell(f, n, how.column, cut(d)) for f, n, d in zip(files, lines, deals, strict=True)]
        problem = explained(text, how, cells[0])
        key = (problem.code, problem.facts.get("why", ""))
        first, before, places = found.get(key, (problem, 0, []))
        found[key] = (first, before + count, sorted([*places, *cells])[: MOST_LISTED + 1])
    for first, count, places in found.values():
        yield first.times(count, places[1:])


def reasons(texts: Iterable[str], how: Typing) -> dict[str, Problem]:
    """Return for each text that cannot be read what is wrong with it."""
    return {text: explained(text, how, None) for text in texts}


def explained(text: str, how: Typing, cell: Cell | None) -> Problem:
    """Return the problem of a text: why it cannot be read, and the edit or option that mends it."""
    if text in NOTHING_WORDS and how.type not in NUMERIC:
        return SPREADSHEET.at(cell, text=text)
    if how.type == "date":
        return _date_problem(text, cell)
    if how.type == "yes/no":
        return YES_NO.at(cell, text=cut(text))
    return _number_problem(text, how, cell)


def _number_problem(text: str, how: Typing, cell: Cell | None) -> Problem:
    shown = cut(text)
    if text in NOTHING_WORDS and not text.lower().startswith("nan"):
        return SPREADSHEET.at(cell, text=shown)
    plain = re.fullmatch(r"-?(0|[1-9][0-9]*)(?:\.([0-9]+))?%?", text)
    if plain:
        if text.endswith("%") and how.type != "ratio":
            return NUMBER.at(cell, text=shown, why=": it is a percentage", mend=NO_PERCENT)
        decimals = len(plain[2] or "")
        if len(plain[1]) > 15:
            return LARGE.at(cell, text=shown)
        if how.type == "count":
            return NUMBER.at(
                cell, text=shown, why=": a count is a whole number", mend="correct it, or give the column the type number"
            )
        most = how.places if how.type == "money" and how.options.extra_decimals is None else 12
        most = 10 if text.endswith("%") else most
        return DECIMALS.at(cell, text=shown, found=decimals, most=most, what="the currency has" if most < 12 else "a number has")
    for pattern, why, mend in _NUMBER_REASONS:
        if re.search(pattern, text):
            return NUMBER.at(
                cell,
                text=shown,
                why=why,
                mend=mend.replace("{text}", cut(text.strip())).replace("{plain}", cut(re.sub(r"[^0-9.\-]", "", text))),
            )
    return NUMBER.at(cell, text=shown, why="", mend="write digits, a point and decimals: 1234.50")


_NUMBER_REASONS = (
    (r"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$", ": it has commas", "write {plain}, or `read: {thousands: ','}` for this table"),
    (
        r"^-?[0-9]{1,3}(\.[0-9]{3})*,[0-9]+$",
        ": it has a decimal comma",
        "write `read: {decimal: ','}` (and thousands: '.') for this table",
    ),
    (r"^\(.*\)$", ": it stands in parentheses", "write `read: {negative: parentheses}` for this table, if that means below zero"),
    (r"^[0-9.+\-]+[eE][+\-]?[0-9]+$", ": it has an exponent", "write it out: 1000, not 1e3"),
    (r"(?i)^[+\-]?(nan|inf|infinity)$", ": it is no number at all", "mend it at the source"),
    (
        r"[€$£¥]|[A-Za-z]{3}\s?[0-9]|[0-9]\s?[A-Z]{3}$",
        ": it has a currency sign",
        "write {plain}, or `read: {currency_symbol: '$'}` for this table",
    ),
    (r"^\s|\s$", ": it has spaces around it", "write `read: {trim: yes}` for this table, or mend the file"),
    (
        r"^-?[0-9]{1,3}( [0-9]{3})+(\.[0-9]+)?$",
        ": it has spaces in it",
        "write {plain}, or `read: {thousands: ' '}` for this table",
    ),
    (r"[0-9]\s[0-9]", ": it has spaces in it", "write {plain}"),
    (r"^\+", ": it has a plus sign", "write it without the plus"),
    (r"_", ": it has an underscore", "write the digits without it"),
    (r"^-?0[0-9]", ": it begins with a nought", "write it without; if it is an id, give the column the type text"),
    (r"^-?\.|\.$", ": a digit is missing beside the point", "write 0.5, or 5"),
    (r"[^\x00-\x7f]", ": it is written in other digits or signs", "write the digits 0 to 9"),
)


def _date_problem(text: str, cell: Cell | None) -> Problem:
    shown = cut(text)
    slashed = re.fullmatch(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{2,4})", text)
    if slashed:
        both = int(slashed[1]) <= 12 and int(slashed[2]) <= 12
        why = ": day and month could be either way round" if both else ": day, month and year are in another order"
        return DATE.at(
            cell, text=shown, why=why, mend="write `read: {date: '%m/%d/%Y'}` or '%d/%m/%Y' for this table, whichever it is"
        )
    short = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text)
    if short:
        full = f"{short[1]}-{int(short[2]):02}-{int(short[3]):02}"
        if full != text:
            return DATE.at(cell, text=shown, why=": month and day have two digits", mend=f"write {full}")
        return DATE.at(cell, text=shown, why=": there is no such day", mend="correct it at the source")
    if re.match(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", text):
        midnight = re.search(r"[T ]00:00(:00(\.0+)?)?$", text)
        mend = (
            "write `read: {time: drop midnight}` for this table"
            if midnight
            else "write `read: {zone: America/New_York}` to take the date in that zone"
        )
        return DATE.at(cell, text=shown, why=": it has a time of day", mend=mend)
    if re.fullmatch(r"[0-9]{5}", text):
        return DATE.at(cell, text=shown, why=": it looks like a spreadsheet's day number", mend="export the column as a date")
    return DATE.at(
        cell, text=shown, why="", mend="write year-month-day, as 2026-01-31, or name the form: `read: {date: '%d.%m.%Y'}`"
    )
