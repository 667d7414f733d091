"""A plan test as it may be written: what is given, and what exactly is to come of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.expression.nodes import Number
from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_NUMBER
from commcalc.language.fields import PlainName, Word, read_literal, reader
from commcalc.plan.crediting import Crediting
from commcalc.plan.shapes import Shape


def _figure(text: str) -> Number:
    """Read an expected figure: 1_000.50, 8%, 1.5x or 500 USD."""
    found = read_literal(text)
    if not isinstance(found, Number):
        raise fault(NOT_A_NUMBER, text=text, wanted="a figure", why=": it is a date", example="10_000.00, 8% or 500 USD")
    return found


def _count(text: str) -> int:
    found = _figure(text)
    if found.type != "number" or found.value != found.value.to_integral_value() or found.value < 0:
        raise fault(NOT_A_NUMBER, text=text, wanted="a whole number", why="", example="1")
    return int(found.value)


def _code(text: str) -> str:
    if not re.fullmatch(r"[A-Z][0-9]{3}", text):
        why = "a problem is named by its code, a letter and three digits"
        raise fault(NOT_A_NUMBER, text=text, wanted="a code", why=f": {why}", example="K101")
    return text


def _csv_name(text: str) -> str:
    if not text.endswith(".csv"):
        raise fault(NOT_A_NUMBER, text=text, wanted="a file", why="", example="rows, or the name of a .csv file beside the test")
    return text


def _text(text: str) -> str:
    return text


CellText = Annotated[str, reader(_text)]
Figure = Annotated[Number, reader(_figure, example="10_000.00")]
Count = Annotated[int, reader(_count, example="1")]
Code = Annotated[str, reader(_code, pattern="^[A-Z][0-9]{3}$", example="K101")]
CsvName = Annotated[str, reader(_csv_name, example="deals.csv")]
Row = dict[Word, CellText]
Rows = list[Row] | CsvName
ColumnType = Literal["money", "ratio", "number", "count", "text", "date", "yes/no", "payee"]
LATER = {
    "absences": "leave",
    "acknowledged": "what was looked at and accepted",
    "today": "the day on which the period is calculated",
}
SELECTORS = ("deal", "component", "kind", "cause", "role", "level", "corrects")
FIGURES = ("amount", "exact", "basis", "rate", "factor")


class Given(Shape):
    """What a test gives: people, tables, and what it says otherwise than the house."""

    later: ClassVar[dict[str, str]] = LATER

    payee: Row | None = Field(default=None, description="the one payee, P1: facts, plan, ote, mix, target, from, to")
    payees: dict[Word, Row] | Rows | None = Field(default=None, description="several, by id; then `expect` is keyed by payee")
    assignments: Rows | None = None
    quotas: Row | Rows | None = Field(default=None, description="amounts by measure, or rows")
    kpis: Rows | None = None
    splits: Rows | None = None
    events: Rows | None = Field(default=None, description="what happened to deals: deal, event, date, amount, known")
    adjustments: Rows | None = Field(default=None, description="what is paid by hand: id, payee, period, amount, plan, target")
    openings: Row | Rows | None = Field(default=None, description="values by measure, or rows")
    withdrawn: Rows | None = Field(default=None, description="deals that are gone, and may be: deal, reason")
    closed: list[Word] = Field(
        default_factory=list,
        description="periods that are closed one after another, each with the rows that are there on its last day: any row may say `known`, the day it was learnt, and `gone`, the day from which it is missing; of rows with one key the one known last holds",
        examples=[["2026-01", "2026-02"]],
    )
    territories: Rows | None = None
    fx: Rows | None = Field(default=None, description="exchange rates: from, to, date or period, rate")
    territory_key: list[Word] = Field(default_factory=list, description="the key columns of the territories")
    crediting: Literal["project"] | Crediting | None = Field(
        default=None,
        union_mode="left_to_right",
        description="crediting rules of this test, or `project`: those of commcalc.yaml; deals are their owners', where left out",
    )
    deals: Rows | None = None
    calendar: Rows | None = None
    params: Row = Field(default_factory=dict, description="params of the plan that this test sets")
    readings: Row = Field(default_factory=dict, description="the house's readings that this test sets")
    types: dict[Word, ColumnType] = Field(default_factory=dict, description="types of columns that no table has yet")


class ExpectedLine(Shape):
    """One line: told by its deal, component, kind, cause, role and level; then its figures and slices."""

    deal: Word | None = None
    component: Word | None = None
    kind: Word | None = None
    cause: Literal["new", "true-up"] | None = None
    role: Word | None = None
    level: Count | None = None
    corrects: Word | None = None
    amount: Figure | None = None
    exact: Figure | None = None
    basis: Figure | None = None
    rate: Figure | None = None
    factor: Figure | None = None
    slices: list[Figure] | None = Field(default=None, description="the exact amount of each slice")
    tiers: list[Count] | None = Field(default=None, description="the tier of each slice")
    from_: Figure | None = Field(default=None, alias="from", description="where the first slice begins on the measure")
    to: Figure | None = Field(default=None, description="where the last slice ends")


class Expected(Shape):
    """What a payee gets in a period: figures by their name, lines, exceptions; or that the project is refused."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Figure] = Field(init=False)

    lines: Annotated[list[ExpectedLine], Field(min_length=1)] | None = None
    exceptions: Annotated[dict[Code, Count], Field(min_length=1)] | Count | None = None
    refused: Code | None = None
    nothing_else: Literal["yes"] | None = Field(default=None, alias="nothing else")

    @property
    def figures(self) -> dict[str, Number]:
        """The figures by their name, in the order written."""
        return self.__pydantic_extra__ or {}

    @property
    def is_empty(self) -> bool:
        """True where nothing is expected, so that nothing can fail."""
        return not (self.figures or self.lines or self.exceptions is not None or self.refused or self.nothing_else)


class PlanTest(Shape):
    """One plan test."""

    later: ClassVar[dict[str, str]] = {
        "always": "what must hold whatever is sold",
    }

    test: Word = Field(description="a sentence that can be false")
    plan: PlainName | dict[str, Any] | None = Field(default=None, description="a plan's name, or a plan written here")
    plans: list[PlainName] | dict[PlainName, dict[str, Any]] | None = Field(
        default=None, description="several, programs among them: by name, or written here"
    )
    program: PlainName | dict[str, Any] | None = Field(
        default=None, description="a program's name, or a program written here; every payee of the test is on it"
    )
    given: Given = Given()
    source: Word | None = Field(default=None, description="where a published figure comes from")


class TestOfOne(PlanTest):
    """A test of one payee: `expect` is keyed by period."""

    expect: dict[Word, Expected]

    def expected(self) -> Iterator[tuple[tuple[str, ...], str | None, str, Expected]]:
        """Yield each expectation with its path in the test, its payee and its period."""
        for period, what in self.expect.items():
            yield ("expect", period), None, period, what


class TestOfMany(PlanTest):
    """A test of several payees: `expect` is keyed by payee, then by period."""

    expect: dict[Word, dict[Word, Expected]]

    def expected(self) -> Iterator[tuple[tuple[str, ...], str | None, str, Expected]]:
        """Yield each expectation with its path in the test, its payee and its period."""
        for payee, periods in self.expect.items():
            for period, what in periods.items():
                yield ("expect", payee, period), payee, period, what


def value_of(figure: Number) -> Decimal:
    """Return an expected figure as a number: 8% is 0.08."""
    return figure.value
