"""The project file as it may be written: company, calendar, readings, and where each table comes from."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from commcalc.language.fields import CurrencyCode, DateField, Expr, Word, YesNo
from commcalc.plan.crediting import Crediting
from commcalc.plan.exchange import Exchange
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

    model_config = ConfigDict(title="reading")

    encoding: Literal["utf-8", "cp1252", "latin-1", "utf-16"] = Field(
        default="utf-8", description="how the file's letters are stored"
    )
    delimiter: Literal[",", ";", "|", "\t", "tab"] = Field(default=",", description="what stands between two fields")
    date: Word | None = Field(
        default=None, description="how days are written, where it is not 2026-01-31", examples=["%d/%m/%Y", "%m/%d/%Y"]
    )
    thousands: Literal[",", ".", "'", " "] | None = Field(default=None, description="what stands between groups of three digits")
    decimal: Literal[".", ","] = Field(default=".", description="what stands before the cents")
    negative: Literal["minus", "parentheses"] = Field(
        default="minus", description="how amounts below zero are written: with a minus, or in parentheses"
    )
    currency_symbol: Word | None = Field(default=None, description="a sign that stands at amounts and is dropped", examples=["$"])
    time: Literal["drop midnight"] | None = Field(
        default=None, description="days come with a time: 00:00 is dropped, any other refused"
    )
    zone: Word | None = Field(
        default=None, description="moments come with an offset: the day is that of this time zone", examples=["Europe/Paris"]
    )
    extra_decimals: Literal["keep"] | None = Field(default=None, description="amounts finer than the currency's cents are kept")
    skip_footer: Annotated[int, Field(ge=0)] = Field(default=0, description="how many lines at the end of the file are no data")
    trim: YesNo = Field(default=False, description="spaces around each field are dropped")


class LookUp(Shape):
    """Columns taken from another table by a unique key."""

    model_config = ConfigDict(title="look-up")

    in_: Word = Field(
        alias="in", description="where it is looked up: a file, or a table of this project", examples=["data/products.csv"]
    )
    by: Word | list[Word] | dict[Word, Word] = Field(
        description="the column that both have, a list of several, or ours and what it is called there", examples=["product"]
    )
    take: dict[Word, Word] = Field(description="what is taken: our name for it, and its name there")
    missing: Literal["blank"] | None = Field(
        default=None, description="blank: what is not found stays blank; else the row is an exception"
    )


class Source(Shape):
    """One source of a table and how its columns become ours."""

    later: ClassVar[dict[str, str]] = LATER_SOURCE

    model_config = ConfigDict(title="source")

    file: Word | None = Field(
        default=None, description="the CSV file, or a pattern of several, seen from commcalc.yaml", examples=["data/deals/*.csv"]
    )
    columns: dict[Word, Words] = Field(
        default_factory=dict, description="our name of a column, and the header that it has in the file (or a list of them)"
    )
    types: dict[Word, ColumnType] = Field(default_factory=dict, description="what stands in a column of your own that plans name")
    values: dict[Word, dict[str, Word] | Word] = Field(
        default_factory=dict, description="by column: what the file says, and what is meant; or a CSV file of both"
    )
    read: ReadOptions = Field(default_factory=ReadOptions, description="how the file is written, where it is not plain CSV")
    look_up: list[LookUp] = Field(default_factory=list, description="columns taken from another file or table")
    add: dict[Word, Expr] = Field(default_factory=dict, description="columns calculated from others of the row")
    where: Expr | None = Field(
        default=None, description="which rows are taken; the others are left out and counted", examples=["stage = 'Closed Won'"]
    )
    once_per_key: YesNo = Field(default=False, description="rows that repeat a key with the same facts count once")


class TableSource(Source):
    """A table: one source, or several put together."""

    later: ClassVar[dict[str, str]] = LATER_SOURCE

    model_config = ConfigDict(title="table")

    from_: list[Source] = Field(alias="from", default_factory=list, description="several sources that are put together")
    key: Words = Field(
        default=(),
        description="the columns that together tell one row from another; of territories those in which a row equals a deal",
    )
    holds: Literal["everything", "news"] | None = Field(
        default=None, description="everything: all that was ever sold, each time; news: what is new or has changed"
    )


class CalendarMonths(Shape):
    """The fiscal calendar: months, or a table of periods."""

    model_config = ConfigDict(title="calendar")

    period: Literal["month"] | None = Field(default=None, description="the length of a period")
    year_starts: Literal[MONTHS] = Field(default="january", description="the first month of the fiscal year")  # type: ignore[valid-type]
    year_named: Literal["start", "end"] | None = Field(
        default=None, description="whether a fiscal year is called by the calendar year in which it starts or ends"
    )
    table: Word | None = Field(default=None, description="the table that periods come from: calendar", examples=["calendar"])


class LedgerFile(Shape):
    """Where closed periods are kept."""

    later: ClassVar[dict[str, str]] = {
        "accounts": "the accounts of your own books",
        "by": "how entries are parted",
    }

    model_config = ConfigDict(title="ledger")

    file: Word = Field(description="the file of closed periods, seen from commcalc.yaml", examples=["ledger.sqlite"])
    keep_inputs: Literal["yes", "no"] = Field(
        default="yes",
        description="whether the files that a closed period was made from are kept beside it, each once, under its digest",
    )


class Silence(Shape):
    """A piece of advice that is not wanted, and why."""

    model_config = ConfigDict(title="silence")

    code: Annotated[str, Field(pattern=r"^[A-Z][0-9]{3}$")] = Field(
        description="the code of the advice or warning", examples=["A008"]
    )
    where: Word | None = Field(
        default=None,
        description="the plan that it is about, or one of its components or measures; all plans, where left out",
        examples=["sdr", "sdr.meetings"],
    )
    because: Word = Field(description="why it is as it should be", examples=["the cliff is the point of this plan"])
    until: DateField | None = Field(default=None, description="the last day on which it is silent; for good, where left out")


class Policy(Shape):
    """The house's controls: what a person has to do before money moves, and which advice is not wanted."""

    later: ClassVar[dict[str, str]] = {
        "review": "limits above which pay is looked at",
        "fail_on": "advice that refuses",
    }

    model_config = ConfigDict(title="policy")

    approve: Literal["two people", "one person", "none"] = Field(
        default="one person",
        description="what closing a period asks for: that somebody has approved its run, that somebody else than the closer has, or nothing",
    )
    silence: list[Silence] = Field(default_factory=list, description="advice and warnings of validate that are not wanted")


class Payroll(Shape):
    """The file for payroll: one row for each payee and earning code."""

    model_config = ConfigDict(title="payroll")

    codes: dict[Word, Word] = Field(
        default_factory=dict,
        description="payroll's earning codes: by component, by kind of component, or by step of the payment (base, draw, adjustment); "
        "what has none is named in capitals",
        examples=[{"commission": "COM", "spiff": "SPF", "draw": "DRW"}],
    )


class Exports(Shape):
    """Files for other programs."""

    later: ClassVar[dict[str, str]] = {"journal": "a file for the general ledger"}

    model_config = ConfigDict(title="exports")

    payroll: Payroll = Field(default_factory=Payroll, description="the file for payroll")


class ProjectModel(Shape):
    """The file commcalc.yaml."""

    later: ClassVar[dict[str, str]] = {
        "splits": "rules about shares",
        "statements": "how statements look",
    }

    model_config = ConfigDict(title="project")

    commcalc: Word = Field(description="version of the project file: 1", examples=["1"])
    company: Word | None = Field(default=None, description="the company's name, as statements show it")
    currency: CurrencyCode = Field(description="the currency of deals and totals")
    time_zone: Word | None = Field(default=None, description="the time zone of the company's days", examples=["America/New_York"])
    credit_date: Word = Field(description="the date column that decides when a deal counts", examples=["close_date"])
    calendar: CalendarMonths = Field(default_factory=CalendarMonths, description="the fiscal calendar")
    readings: dict[Word, Word] = Field(
        default_factory=dict, description="the house's answers, wherever a plan does not give its own; each of them decides money"
    )
    fx: Exchange | None = Field(
        default=None, description="at which rates of the table fx deals and pay are converted, wherever a plan does not say"
    )
    tables: dict[Word, TableSource] = Field(
        description="where each table comes from: deals, payees, assignments, quotas and more"
    )
    crediting: Crediting | None = Field(
        default=None, description="rules that credit deals to others than their owner: territories, house accounts, overlays"
    )
    ledger: LedgerFile | None = Field(default=None, description="where closed periods are kept")
    exports: Exports = Field(default_factory=Exports, description="files for other programs, made from closed periods")
    policy: Policy = Field(
        default_factory=Policy, description="what a person has to do before money moves, and which advice is not wanted"
    )
