"""Numbers and dates as they are written in an expression: 150_000, 8%, 75bp, 1.5x, 500 USD, 2026-01-31."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import NoReturn

from commcalc.language.expression.nodes import DateLit, Number
from commcalc.language.expression.problems import DATE, NUMBER, ExpressionFault

MOST_BEFORE_POINT = 15
MOST_DECIMALS = 12

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?![\d_.])")
_OTHER_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}(?!\d)|0\d/\d{1,2}/\d{4}(?!\d)|\d{1,2}/0\d/\d{4}(?!\d)")
_TIME = re.compile(r"\d{1,3}(?::\d{2})+(?!\d)")
_MONTH = re.compile(r"(\d{4})-(0[1-9])(?![\d-])")
_CHUNK = re.compile(r"\d[0-9A-Za-z_.]*")
_NUMBER = re.compile(r"(\d{1,3}(?:_\d{3})+|\d+)(\.\d+)?")
_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)")
_MONEY = re.compile(r"[ \t]+([A-Z]{3})(?![A-Za-z0-9_])")
_SHIFT = {"%": 2, "bp": 4}
_SHORT = {"k": 1_000, "m": 1_000_000, "mn": 1_000_000, "b": 1_000_000_000}
_SIGNS = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY"}


def read_number(text: str, at: int) -> Number | DateLit:
    """Read the number, ratio, money or date that begins at this place."""
    day = _DATE.match(text, at)
    if day:
        return _date(text, day)
    other = _OTHER_DATE.match(text, at)
    if other:
        _refuse(DATE, other[0], at, "is not how a date is written", "write year-month-day, as 2026-01-31")
    month = _MONTH.match(text, at)
    if month:
        _refuse(DATE, month[0], at, "is a month, and one day is wanted", f"write {month[0]}-01, or the month's last day")
    time = _TIME.match(text, at)
    if time:
        _refuse(NUMBER, time[0], at, "is written like a time of day", "write a decimal, as 12.5")
    chunk = _CHUNK.match(text, at)
    assert chunk is not None
    body, end = chunk[0], chunk.end()
    commas = _COMMAS.match(text, at)
    if commas and text[end : end + 1] == ",":
        _refuse(
            NUMBER, commas[0], at, "has a comma in it",
            f"write {commas[0].replace(',', '_')}; where two values are meant, put a space after the comma",
        )  # fmt: skip
    unit = ""
    if text[end : end + 1] == "%":
        unit, end = "%", end + 1
    elif body.endswith("bp"):
        unit, body = "bp", body[:-2]
    elif body.endswith("x") and (body == "0x" or not body.startswith("0x")):
        unit, body = "x", body[:-1]
    _must_be_plain(body, text[at:end], at)
    value = _value(body.replace("_", ""), _SHIFT.get(unit, 0), text[at:end], at)
    if unit:
        return Number(value, "ratio", None, at, end)
    return _number_or_money(value, text, at, end)


def _number_or_money(value: Decimal, text: str, at: int, end: int) -> Number:
    spaced = re.compile(r"[ \t]+%").match(text, end)
    if spaced:
        written = text[at : spaced.end()]
        _refuse(NUMBER, written, at, "has a space in it", f"write {text[at:end]}%")
    money = _MONEY.match(text, end)
    if money and money[1] not in ("AND", "NOT"):
        return Number(value, "money", money[1], at, money.end())
    return Number(value, "number", None, at, end)


def _date(text: str, match: re.Match[str]) -> DateLit:
    start, end = match.span()
    after = re.compile(r"[0-9A-Za-z_:.]*").match(text, end)
    assert after is not None
    if after[0]:
        what = "is no plain date" if not after[0].startswith("T") else "has a time in it; days have none"
        _refuse(DATE, match[0] + after[0], start, what, f"write {match[0]}")
    year, month, day = (int(part) for part in match.groups())
    try:
        value = date(year, month, day)
    except ValueError:
        _refuse(DATE, match[0], start, "is not a day of the calendar", "write a day that exists, as 2026-01-31")
    if match[0] != value.isoformat():
        _refuse(DATE, match[0], start, "is not how a date is written", f"write {value.isoformat()}")
    return DateLit(value, start, end)


def _must_be_plain(body: str, written: str, at: int) -> None:
    """Refuse what is no number of the plan language, each way of it with its own mend."""
    if _NUMBER.fullmatch(body) and not (len(body) > 1 and body[0] == "0" and body[1] != "."):
        return
    number = re.compile(r"\d[0-9_]*(\.\d+)?").match(body)
    assert number is not None
    digits, tail = number[0].replace("_", ""), body[number.end() :]
    what, mend = "is not a number of the plan language", "write it as 150_000 or 0.0525"
    if re.fullmatch(r"[eE]\d*", tail):
        what, mend = "is in powers of ten", "write the number out, as 150_000"
    elif body[:2].lower() in ("0x", "0b", "0o"):
        what, mend = "is not a decimal number", "write it in decimals, as 150_000"
    elif tail.lower() in _SHORT:
        amount = Decimal(digits) * _SHORT[tail.lower()]
        what, mend = f"is shortened by `{tail}`", f"write {_grouped(amount)}"
    elif tail == ".":
        what, mend = "ends with a point", f"write {digits}"
    elif re.fullmatch(r"[A-Za-z]{3}", tail):
        what, mend = "lacks the space before the currency", f"write {digits} {tail.upper()}"
    elif tail.lower() in ("pct", "percent"):
        what, mend = f"ends with `{tail}`", f"write {digits}%"
    elif tail in ("X", "BP", "Bp", "bps", "pp"):
        what, mend = (
            f"ends with `{tail}`",
            f"write {digits}{'x' if tail == 'X' else '%' if tail == 'pp' else 'bp'}",
        )
    elif not tail and "_" in body:
        what, mend = "has `_` elsewhere than between groups of three", f"write {_grouped(Decimal(digits))}"
    elif not tail and body[0] == "0":
        what, mend = (
            "begins with a zero",
            f"write {digits.lstrip('0') or '0'}; a text stands in single quotes",
        )
    _refuse(NUMBER, written, at, what, mend)


def _grouped(amount: Decimal) -> str:
    whole = amount.to_integral_value()
    return f"{amount if amount != whole else whole:,f}".replace(",", "_")


def _value(digits: str, shift: int, written: str, at: int) -> Decimal:
    """Return the number as it counts, the point moved by `shift` places, or refuse it."""
    whole, _, decimals = digits.partition(".")
    whole, decimals = whole.lstrip("0"), decimals.rstrip("0")
    if len(whole) > MOST_BEFORE_POINT + shift:
        _refuse(NUMBER, written, at, "is too long", "write at most 15 digits before the point")
    if len(decimals) + shift > MOST_DECIMALS:
        more = f" ({MOST_DECIMALS - shift} before its sign)" if shift else ""
        _refuse(NUMBER, written, at, "has more than 12 decimals", f"write at most 12 decimals{more}")
    return Decimal(f"{whole or 0}.{decimals}").scaleb(-shift)


def refuse_bare_point(text: str, at: int) -> NoReturn:
    """Refuse `.5`."""
    match = re.compile(r"\.\d+[%A-Za-z]*").match(text, at)
    assert match is not None
    _refuse(NUMBER, match[0], at, "begins with a point", f"write 0{match[0]}")


def refuse_currency_sign(text: str, at: int) -> NoReturn:
    """Refuse `$500`."""
    match = re.compile(r".[ ]?([\d_,.]*)", re.DOTALL).match(text, at)
    assert match is not None
    amount = match[1].replace(",", "_").rstrip("._") or "500"
    _refuse(NUMBER, match[0], at, "has a currency sign", f"write {amount} {_SIGNS[text[at]]}")


def _refuse(kind: object, written: str, at: int, what: str, mend: str) -> NoReturn:
    shown = written if len(written) <= 60 else written[:57] + "..."
    facts = {"text": shown, "what": what, "mend": mend}
    raise ExpressionFault(kind, at, at + len(written), facts)  # type: ignore[arg-type]
