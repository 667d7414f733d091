"""Cells: how one key of a table's row is read - a value, a range with its ends in or out, or anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NoReturn

from pydantic_core import PydanticCustomError

from commcalc.language.expression.nodes import DateLit, Number
from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_CELL
from commcalc.language.figures import read_literal

_END = r"-?[0-9](?:(?!\.\.).)*?"
_RANGE = re.compile(rf"(?P<low>{_END})?\s*\.\.\s*(?P<out><)?\s*(?P<high>{_END})?")
_COMPARED = re.compile(r"(?P<sign>>=|<=|>|<|≥|≤)\s*(?P<rest>[0-9].*)")
_MEANT = {">": "above {0}", ">=": "{0}..", "≥": "{0}..", "<": "..<{0}", "<=": "..{0}", "≤": "..{0}"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: one value, a range, or anything."""

    kind: Literal["any", "value", "range"]
    value: Decimal | date | str | None
    low: Decimal | date | None
    low_in: bool
    high: Decimal | date | None
    high_in: bool
    text: str
    currency: str | None = None  # of money; in the plan's own where it is not said


def read_cell(text: str) -> Cell:
    """Read a cell of a table: `24`, `24..36`, `24..<36`, `24..`, `above 24`, `any`, or a text as it stands."""
    body = text.strip()
    if body == "any":
        return Cell("any", None, None, True, None, True, text)
    _refuse_slips(text, body)
    above = re.fullmatch(r"above\s+(-?[0-9].*)", body)
    rest = above[1] if above else body
    if above and ".." not in rest:
        rest += ".."
    match = _RANGE.fullmatch(rest)
    if match is not None and (match["low"] or match["high"]):
        return _range(text, match, low_in=above is None)
    if above or (".." in body and re.match(r"-?[0-9]", body)):
        _refuse(text, "it is no range", "24..36, 24..<36, 24.., ..36 or above 24")
    if re.match(r"-?[0-9]", body):
        return _value(text, body)
    return Cell("value", body, None, True, None, True, text)


def _refuse_slips(text: str, body: str) -> None:
    """Refuse what is never a text of a table, but another way to say a range or everything."""
    if body.lower() in ("any", "*", ".."):
        _refuse(text, "everything is written `any`", "any")
    compared = _COMPARED.fullmatch(body)
    if compared is not None:
        _refuse(text, "a range is not written with a sign", _MEANT[compared["sign"]].format(compared["rest"]))
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", body):
        _refuse(text, "there is a comma in it", body.replace(",", "_"))
    if re.fullmatch(r"-?[0-9][0-9_]*\.\.\.+(-?[0-9][0-9_]*)?", body):
        _refuse(text, "two dots make a range", re.sub(r"\.\.+", "..", body))
    if not body:
        _refuse(text, "it is empty", "any for everything")


def _range(text: str, match: re.Match[str], *, low_in: bool) -> Cell:
    low, high = _end(match["low"]), _end(match["high"])
    if not low_in and low is None:
        _refuse(text, "`above` wants its end", "above 24..36")
    units = [_unit(end) for end in (low, high) if end is not None]
    if len(set(units)) > 1:
        _refuse(text, f"one end is {units[0]}, the other {units[1]}", "both ends alike, as 10%..20%")
    high_in = match["out"] is None
    if low is not None and high is not None:
        _in_order(text, match, low, high, both_in=low_in and high_in)
    some = low or high
    currency = some.currency if isinstance(some, Number) else None
    return Cell("range", None, low.value if low else None, low_in, high.value if high else None, high_in, text, currency)


def _in_order(text: str, match: re.Match[str], low: Number | DateLit, high: Number | DateLit, *, both_in: bool) -> None:
    a, b = low.value, high.value
    if a > b:  # type: ignore[operator]
        _refuse(text, "its lower end comes first", f"{match['high']}..{match['low']}")
    if a == b and not both_in:
        _refuse(text, "nothing is in it: its ends are the same, and one is out", f"{match['low']}")


def _unit(end: Number | DateLit) -> str:
    if isinstance(end, DateLit):
        return "a date"
    return f"in {end.currency}" if end.currency else f"a {end.type}"


def _end(text: str | None) -> Number | DateLit | None:
    return read_literal(text) if text and text.strip() else None


def _value(text: str, body: str) -> Cell:
    """Read one value; what is no number or date, as 007 or 24m, is a text, but for a day that does not exist."""
    try:
        found = read_literal(body)
    except PydanticCustomError:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", body):
            raise
        return Cell("value", body, None, True, None, True, text)
    currency = found.currency if isinstance(found, Number) else None
    return Cell("value", found.value, None, True, None, True, text, currency)


def _refuse(text: str, why: str, example: str) -> NoReturn:
    raise fault(NOT_A_CELL, text=text, why=why, example=example)
