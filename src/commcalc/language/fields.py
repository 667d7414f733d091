"""Fields: how each kind of text in a plan is read - numbers, ratios, dates, spans, cells - and refused where it is not one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from commcalc.base.money import CURRENCIES
from commcalc.base.problem import Kind
from commcalc.language.expression import Expression, ExpressionFault, parse_expression
from commcalc.language.expression.literals import read_number
from commcalc.language.expression.nodes import DateLit, Number
from commcalc.language.names import nearest
from commcalc.language.problems import (
    NOT_A_CURRENCY,
    NOT_A_DATE,
    NOT_A_MIX,
    NOT_A_NAME,
    NOT_A_NUMBER,
    NOT_A_PERIOD,
    NOT_A_RANGE,
    NOT_A_RATIO,
    NOT_A_SPAN,
    NOT_TEXT,
    NOT_YES_NO,
)

T = TypeVar("T")


class FieldFault(PydanticCustomError):
    """A text that is not what its field wants; carries the kind of problem, its facts and where in the text."""


def fault(kind: Kind, start: int = 0, end: int = -1, **facts: object) -> PydanticCustomError:
    """Return the error that `bind` turns into a problem of `kind` at these characters of the text."""
    words = {k: str(v) for k, v in facts.items()}
    return PydanticCustomError("field", "{code}", {"code": kind.code, "kind": kind, "start": start, "end": end, "facts": words})


def reader(read: Callable[[str], T], pattern: str | None = None, example: str = "") -> Any:
    """Return the pydantic type of a text that `read` turns into a value; what is already a value stays."""

    def of_text(value: Any) -> Any:
        if isinstance(value, (dict, list)):
            raise fault(NOT_TEXT, what="a list" if isinstance(value, list) else "a mapping", example=example)
        return read(value) if isinstance(value, str) else value

    schema: dict[str, Any] = {"type": ["string", "number"] if pattern is None else "string"}
    if pattern is not None:
        schema["pattern"] = pattern
    if example:
        schema["examples"] = [example]
    return PlainValidator(of_text, json_schema_input_type=Any), WithJsonSchema(schema)


@dataclass(frozen=True, slots=True)
class MoneyValue:
    """An amount; without currency it is in the plan's."""

    amount: Decimal
    currency: str | None


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends in; an end that is None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Length:
    """A span of time: 90 days, 3 months."""

    count: int
    unit: Literal["day", "week", "month", "quarter", "year", "period"]


@dataclass(frozen=True, slots=True)
class BaseToVariable:
    """A mix: the parts of base and variable in their sum."""

    base: Decimal
    variable: Decimal


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


def read_literal(text: str) -> Number | DateLit:
    """Read a whole text as one number, ratio, money or date; a leading minus is taken."""
    body = text.strip()
    negative = body.startswith("-")
    try:
        found = read_number(body, 1 if negative else 0)
    except ExpressionFault as error:
        raise fault(error.kind, error.start, error.end, **error.facts) from None
    except (IndexError, AssertionError):
        raise fault(NOT_A_NUMBER, text=text) from None
    if found.end != len(body):
        raise fault(NOT_A_NUMBER, text=text)
    if negative and isinstance(found, Number):
        return Number(-found.value, found.type, found.currency, 0, found.end)
    return found


def _number(text: str) -> Decimal:
    found = read_literal(text) if re.match(r"^\s*-?\d", text) else None
    if not isinstance(found, Number) or found.type != "number":
        raise fault(NOT_A_NUMBER, text=text)
    return found.value


def _ratio(text: str) -> Decimal:
    body = text.strip()
    if re.fullmatch(r"\d+/\d+", body):
        raise fault(NOT_A_RATIO, text=text, why="a fraction is not kept exact here", example="33.3333%")
    if not re.match(r"^-?\d", body):
        raise fault(NOT_A_RATIO, text=text, why="it is not a number with %, bp or x", example=_mended_ratio(body))
    if re.fullmatch(r"-?[\d_.]+\s+%", body):
        raise fault(NOT_A_RATIO, text=text, why="there is a space before the percent sign", example=body.replace(" ", ""))
    found = read_literal(body)
    if not isinstance(found, Number) or found.type != "ratio":
        raise fault(NOT_A_RATIO, text=text, why=f"{body} what?", example=f"{body}%, {body}x")
    return found.value


def _mended_ratio(body: str) -> str:
    digits = re.sub(r"[^\d._]", "", body)
    return f"{digits}%" if digits else "8%"


def _share(text: str) -> Fraction:
    body = text.strip()
    match = re.fullmatch(r"(\d+)/(\d+)", body)
    if match and int(match[2]):
        return Fraction(int(match[1]), int(match[2]))
    return Fraction(_ratio(text))


def _money(text: str) -> MoneyValue:
    found = read_literal(text)
    if not isinstance(found, Number) or found.type == "ratio":
        raise fault(NOT_A_NUMBER, text=text)
    return MoneyValue(found.value, found.currency)


def _date(text: str) -> date:
    body = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", body):
            return date.fromisoformat(body)
    except ValueError:
        raise fault(NOT_A_DATE, text=text, why="there is no such day", example=_nearest_day(body)) from None
    raise fault(NOT_A_DATE, text=text, why="a date is year-month-day", example="2026-01-31")


def _nearest_day(body: str) -> str:
    for day in ("30", "29", "28"):
        try:
            return date.fromisoformat(body[:8] + day).isoformat()
        except ValueError:
            continue
    return "2026-01-31"


PERIOD = re.compile(r"^(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>0[1-9]|1[0-2])))?$")


def period_days(text: str) -> Days | None:
    """Return the days of a period of the common calendar: 2026, 2026-H1, 2026-Q1, 2026-02; else None."""
    match = PERIOD.match(text)
    if match is None:
        return None
    year = int(match["year"])
    first, months = 1, 12
    if match["quarter"]:
        first, months = 3 * int(match["quarter"]) - 2, 3
    elif match["half"]:
        first, months = 6 * int(match["half"]) - 5, 6
    elif match["month"]:
        first, months = int(match["month"]), 1
    after = date(year + (first + months - 1) // 12, (first + months - 1) % 12 + 1, 1)
    return Days(date(year, first, 1), date.fromordinal(after.toordinal() - 1))


def _range(text: str) -> Days:
    body = text.strip()
    if ".." not in body:
        named = period_days(body)
        if named is not None:
            return named
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", body):
            raise fault(NOT_A_RANGE, text=text, example=f"{body} .. or {body} .. {body}")
        raise fault(NOT_A_PERIOD, text=text)
    low, high = (part.strip() for part in body.split("..", 1))
    found = Days(_edge(low, first=True), _edge(high, first=False))
    if found.first and found.last and found.first > found.last:
        raise fault(NOT_A_RANGE, text=text, example=f"{high} .. {low}")
    return found


def _edge(text: str, *, first: bool) -> date | None:
    if not text:
        return None
    named = period_days(text)
    if named is not None:
        return named.first if first else named.last
    return _date(text)


def _span(text: str) -> Length:
    match = re.fullmatch(r"(\d+) (day|week|month|quarter|year|period)s?", text.strip())
    if match is None:
        raise fault(NOT_A_SPAN, text=text)
    return Length(int(match[1]), match[2])  # type: ignore[arg-type]


def _mix(text: str) -> BaseToVariable:
    parts = text.strip().split("/")
    if len(parts) != 2 or not all(re.fullmatch(r"[\d_]+(\.\d+)?%?", p.strip()) for p in parts):
        raise fault(NOT_A_MIX, text=text, example=text.strip().replace(":", "/") if ":" in text else "50/50")
    base, variable = (_number(p.strip().removesuffix("%")) for p in parts)
    if base + variable <= 0:
        raise fault(NOT_A_MIX, text=text, example="50/50")
    return BaseToVariable(base, variable)


def _yes_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise fault(NOT_YES_NO, text=text)
    return text == "yes"


def _word(text: str) -> str:
    bad = next((c for c in text if not c.isprintable() or c in "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), None)
    if bad is not None or not text.strip():
        raise fault(NOT_A_NAME, text=text[:60], why=f"it has the character U+{ord(bad):04X}" if bad else "it is empty", example="")
    if len(text) > 500:
        raise fault(NOT_A_NAME, text=text[:60], why="it is longer than 500 characters", example="")
    return text


def _name(text: str) -> str:
    _word(text)
    if len(text) > 200:
        raise fault(NOT_A_NAME, text=text[:60], why="it is longer than 200 characters", example="a shorter one")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*", text):
        made = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower() or "new-business"
        raise fault(NOT_A_NAME, text=text, why="a name is letters and digits with - between", example=made)
    return text


def _currency(text: str) -> str:
    if text in CURRENCIES:
        return text
    near = nearest(text.upper().replace("$", "D"), CURRENCIES)
    raise fault(NOT_A_CURRENCY, text=text, example=near or "USD")


def read_cell(text: str) -> Cell:
    """Read a cell of a table: `24`, `24..36`, `24..<36`, `24..`, `above 24`, `any`, or a text as it stands."""
    body = text.strip()
    if body == "any":
        return Cell("any", None, None, True, None, True, text)
    low_in, rest = True, body
    if body.startswith("above ") and re.match(r"above\s+-?\d", body):
        low_in, rest = False, body[6:].strip()
        rest = rest if ".." in rest else rest + ".."
    match = re.fullmatch(r"(-?\d[^.]*(?:\.\d+[^.]*)?)?\.\.(<)?(-?\d.*)?", rest)
    if match and (match[1] or match[3]):
        low, high = _plain(match[1]), _plain(match[3])
        return Cell("range", None, low, low_in, high, match[2] is None, text)
    if re.match(r"^-?\d", body):
        try:
            return Cell("value", _plain(body), None, True, None, True, text)
        except PydanticCustomError:
            return Cell("value", body, None, True, None, True, text)
    return Cell("value", body, None, True, None, True, text)


def _plain(text: str | None) -> Decimal | date | None:
    if not text or not text.strip():
        return None
    found = read_literal(text)
    return found.value


def read_expression(text: str) -> Expression:
    """Read an expression; what is wrong is placed at its characters."""
    try:
        return parse_expression(text)
    except ExpressionFault as error:
        raise fault(error.kind, error.start, error.end, **error.facts) from None


Exact = Annotated[Decimal, *reader(_number, example="150_000")]
Ratio = Annotated[Decimal, *reader(_ratio, example="8%")]
Share = Annotated[Fraction, *reader(_share, example="1/3")]
Money = Annotated[MoneyValue, *reader(_money, example="500 USD")]
DateField = Annotated[date, *reader(_date, example="2026-01-31")]
DateRange = Annotated[Days, *reader(_range, example="2026-01-01 .. 2026-12-31")]
Duration = Annotated[Length, *reader(_span, example="90 days")]
Mix = Annotated[BaseToVariable, *reader(_mix, example="50/50")]
YesNo = Annotated[bool, *reader(_yes_no, example="yes")]
Word = Annotated[str, *reader(_word)]
PlainName = Annotated[str, *reader(_name, example="new-business")]
CurrencyCode = Annotated[str, *reader(_currency, example="USD")]
CellRange = Annotated[Cell, *reader(read_cell, example="24..36")]
Expr = Annotated[Expression, *reader(read_expression)]


def _many(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


class OneOrMany:
    """`T | list[T]` in the file, a tuple in the model."""

    def __class_getitem__(cls, item: Any) -> Any:
        """Return the pydantic type of one or several `item`."""
        return Annotated[tuple[item, ...], BeforeValidator(_many, json_schema_input_type=item | list[item])]
