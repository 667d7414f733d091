"""Fields: the type of each kind of text in a plan, as models name it - numbers, ratios, dates, spans, names, cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from commcalc.base.money import CURRENCIES
from commcalc.language.cells import Cell, read_cell
from commcalc.language.days import PERIOD, Days, Length, date_of, period_days, range_of, span_of_time
from commcalc.language.expression import Expression, ExpressionFault, parse_expression
from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_CURRENCY, NOT_A_NAME, NOT_TEXT, NOT_YES_NO
from commcalc.language.figures import (
    BaseToVariable,
    MoneyValue,
    mix_of,
    money_of,
    number_of,
    ratio_of,
    read_literal,
    share_of,
)
from commcalc.language.names import nearest

T = TypeVar("T")
MOST_IN_NAME, MOST_IN_TEXT = 200, 500
_SYMBOLS = {"$": "USD", "US$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY"}
_JOINERS = "\u200c\u200d"  # inside emoji and several scripts; a text may have them, a name may not


@dataclass(frozen=True, slots=True)
class reader:
    """The pydantic type of a text that `read` turns into a value; what is already a value stays.

    It says itself how it is read and what editors are told: pydantic's own would look into the type of the value too.
    """

    read: Callable[[str], Any]
    pattern: str | None = None
    example: str = ""

    def __call__(self, value: object) -> object:
        """Read a value as it stands in the file."""
        if isinstance(value, (dict, list)):
            what = "a list" if isinstance(value, list) else "a mapping"
            raise fault(NOT_TEXT, what=what, example=f", as {self.example}" if self.example else "")
        return self.read(value) if isinstance(value, str) else value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how the field is read."""
        del source, handler
        return core_schema.no_info_plain_validator_function(self)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return what editors are told of the field."""
        del schema, handler
        told: dict[str, Any] = {"type": "string", "pattern": self.pattern} if self.pattern else {"type": ["string", "number"]}
        return {**told, "examples": [self.example]} if self.example else told


def _yes_no(text: str) -> bool:
    if text not in ("yes", "no"):
        said = {"true": "yes", "y": "yes", "on": "yes", "1": "yes", "false": "no", "n": "no", "off": "no", "0": "no"}
        word = text.strip().lower()
        raise fault(NOT_YES_NO, text=text, example=said.get(word, word if word in ("yes", "no") else "yes or no"))
    return text == "yes"


def _word(text: str) -> str:
    bad = next((c for c in text if not c.isprintable() and c not in _JOINERS), None)
    if bad is not None:
        name = unicodedata.name(bad, "a control character").lower()
        why = f"it has a character that cannot be seen, U+{ord(bad):04X} ({name})"
        raise fault(NOT_A_NAME, text=text, why=why, example="the text anew, on one line and without it")
    if not text.strip():
        raise fault(NOT_A_NAME, text=text, why="it is empty", example="a text, or leave the key out")
    if len(text) > MOST_IN_TEXT:
        why = f"it has {len(text):,} characters; at most {MOST_IN_TEXT} are taken"
        raise fault(NOT_A_NAME, text=text, why=why, example="a shorter one")
    return text


def _name(text: str) -> str:
    if len(text) > MOST_IN_NAME:
        why = f"it has {len(text):,} characters; at most {MOST_IN_NAME} are taken"
        raise fault(NOT_A_NAME, text=text, why=why, example="a shorter one")
    _word(text)
    if text.lower() == "null":
        raise fault(NOT_A_NAME, text=text, why="in YAML it says that nothing stands there", example="another name")
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*", text):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    made = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()
    why = "a name is letters a to z and digits with `-` between"
    if made[:1].isdigit():
        why, made = "a name begins with a letter", f"plan-{made}"
    raise fault(NOT_A_NAME, text=text, why=why, example=made or "new-business")


def _bare_name(text: str) -> str:
    """Read the name of a param or column, which stands bare in expressions: new_name."""
    _name(text)
    if "-" in text:
        why = "in an expression `-` is a minus, and this name stands there without quotes"
        raise fault(NOT_A_NAME, text=text, why=why, example=text.replace("-", "_"))
    return text


def _currency(text: str) -> str:
    if text in CURRENCIES:
        return text
    body = text.strip()
    near = _SYMBOLS.get(body) or nearest(body.upper(), CURRENCIES)
    raise fault(NOT_A_CURRENCY, text=text, example=near or "USD")


def read_expression(text: str) -> Expression:
    """Read an expression; what is wrong is placed at its characters."""
    try:
        return parse_expression(text)
    except ExpressionFault as error:
        raise fault(error.kind, error.start, error.end, **error.facts) from None


Exact = Annotated[Decimal, reader(number_of, example="150_000")]
Ratio = Annotated[Decimal, reader(ratio_of, example="8%")]
Share = Annotated[Fraction, reader(share_of, example="1/3")]
Money = Annotated[MoneyValue, reader(money_of, example="500 USD")]
DateField = Annotated[date, reader(date_of, example="2026-01-31")]
DateRange = Annotated[Days, reader(range_of, example="2026-01-01 .. 2026-12-31")]
Duration = Annotated[Length, reader(span_of_time, example="90 days")]
Mix = Annotated[BaseToVariable, reader(mix_of, example="50/50")]
YesNo = Annotated[bool, reader(_yes_no, pattern="^(yes|no)$", example="yes")]
Word = Annotated[str, reader(_word)]
PlainName = Annotated[str, reader(_name, example="new-business")]
BareName = Annotated[str, reader(_bare_name, example="new_name")]
CurrencyCode = Annotated[str, reader(_currency, pattern="^[A-Z]{3}$", example="USD")]
CellRange = Annotated[Cell, reader(read_cell, example="24..36")]
Expr = Annotated[Expression, reader(read_expression)]


def _many(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


if TYPE_CHECKING:
    OneOrMany = tuple[T, ...]
else:

    class OneOrMany:
        """`T | list[T]` in the file, a tuple in the model."""

        def __class_getitem__(cls, item: Any) -> Any:
            """Return the pydantic type of one or several `item`."""
            return Annotated[tuple[item, ...], BeforeValidator(_many, json_schema_input_type=item | list[item])]


__all__ = [
    "PERIOD", "BareName", "BaseToVariable", "Cell", "CellRange", "CurrencyCode", "DateField", "DateRange", "Days", "Duration", "Exact",
    "Expr", "Length", "Mix", "Money", "MoneyValue", "OneOrMany", "PlainName", "Ratio", "Share", "Word", "YesNo", "fault",
    "period_days", "read_cell", "read_expression", "read_literal", "reader",
]  # fmt: skip
