"""The project file as it may be written: company, calendar, readings, and where each table comes from."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from commcalc.language.fields import CurrencyCode, Expr, Word, YesNo
from commcalc.plan.shapes import Shape

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
ColumnType = Literal["money", "ratio", "number", "count", "text", "date", "yes/no", "payee"]


def _many(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


Words = Annotated[tuple[Word, ...], BeforeValidator(_many, json_schema_input_type=Word | list[Word])]
LATER_SOURCE = {
    "query": "rows from a database",
    "connect": "a database",
    "preset": "a CRM's own column names",
    "latest_by": "which version of a key wins",
    "guard": "how much posted money may change",
}


class ReadOptions(Shape):
    """What a file needs in order to be read: each a named relaxation, counted in the manifest."""

    encoding: Literal["utf-8", "cp1252", "latin-1", "utf-16"] = "utf-8"
    delimiter: Literal[",", ";", "|", "\t", "tab"] = ","
    date: Word | None = None
    thousands: Literal[",", ".", "'", " "] | None = None
    decimal: Literal[".", ","] = "."
    negative: Literal["minus", "parentheses"] = "minus"
    currency_symbol: Word | None = None
    time: Literal["drop midnight"] | None = None
    zone: Word | None = None
    extra_decimals: Literal["keep"] | None = None
    skip_footer: Annotated[int, Field(ge=0)] = 0
    trim: YesNo = False


class LookUp(Shape):
    """Columns taken from another table by a unique key."""

    in_: Word = Field(alias="in")
    by: Word | list[Word] | dict[Word, Word]
    take: dict[Word, Word]
    missing: Literal["blank"] | None = None


class Source(Shape):
    """One source of a table and how its columns become ours."""

    later: ClassVar[dict[str, str]] = LATER_SOURCE

    file: Word | None = None
    columns: dict[Word, Words] = Field(default_factory=dict)
    types: dict[Word, ColumnType] = Field(default_factory=dict)
    values: dict[Word, dict[str, Word] | Word] = Field(default_factory=dict)
    read: ReadOptions = ReadOptions()
    look_up: list[LookUp] = Field(default_factory=list)
    add: dict[Word, Expr] = Field(default_factory=dict)
    where: Expr | None = None
    once_per_key: YesNo = False


class TableSource(Source):
    """A table: one source, or several put together."""

    later: ClassVar[dict[str, str]] = LATER_SOURCE

    from_: list[Source] = Field(alias="from", default_factory=list)
    key: Words = ()
    holds: Literal["everything", "news"] | None = None


class CalendarMonths(Shape):
    """The fiscal calendar: months, or a table of periods."""

    period: Literal["month"] | None = None
    year_starts: Literal[MONTHS] = "january"  # type: ignore[valid-type]
    year_named: Literal["start", "end"] | None = None
    table: Word | None = None


class ProjectModel(Shape):
    """The file commcalc.yaml."""

    later: ClassVar[dict[str, str]] = {
        "crediting": "rules that credit deals",
        "splits": "rules about shares",
        "fx": "exchange rates",
        "exports": "files for payroll and journal",
        "statements": "how statements look",
        "policy": "approvals and silenced advice",
        "ledger": "closed periods",
    }

    commcalc: Word = Field(description="version of the project file: 1")
    company: Word | None = None
    currency: CurrencyCode
    time_zone: Word | None = None
    credit_date: Word
    calendar: CalendarMonths = CalendarMonths()
    readings: dict[Word, Word] = Field(default_factory=dict)
    tables: dict[Word, TableSource]
