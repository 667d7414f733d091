"""The tables in: each with its columns, their types, which are required, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

InputType = Literal["text", "money", "ratio", "number", "count", "date", "yes/no", "share", "period", "payee"]


@dataclass(frozen=True, slots=True)
class InputColumn:
    """A column of an input table."""

    name: str
    type: InputType
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class InputTable:
    """An input table: its columns and the columns whose values tell one row from another."""

    name: str
    key: tuple[str, ...]
    columns: tuple[InputColumn, ...]

    @property
    def types(self) -> dict[str, InputType]:
        """The type of each column."""
        return {c.name: c.type for c in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that must be there."""
        return tuple(c.name for c in self.columns if c.required)


def _t(name: str, type_: InputType, meaning: str) -> InputColumn:
    return InputColumn(name, type_, meaning)


def _r(name: str, type_: InputType, meaning: str) -> InputColumn:
    return InputColumn(name, type_, meaning, required=True)


DEALS = InputTable(
    "deals",
    ("deal_id", "line"),
    (
        _r("deal_id", "text", "what tells one deal from another"),
        _t("line", "count", "line of the deal"),
        _t("owner", "payee", "who sold it: id or alias of a payee"),
        _r("amount", "money", "what it is worth"),
        _t("returns", "text", "the sale that a negative row takes back"),
        _t("currency", "text", "currency of the amount"),
        _t("stage", "text", "stage in the CRM"),
        _t("product", "text", "what was sold"),
        _t("segment", "text", "market segment"),
        _t("region", "text", "region"),
        _t("account", "text", "customer"),
        _t("type", "text", "new, upsell, cross-sell or renewal"),
        _t("term_months", "count", "length of the contract in months"),
        _t("margin", "money", "margin"),
        _t("units", "count", "units sold"),
    ),
)
PAYEES = InputTable(
    "payees",
    ("payee_id",),
    (
        _r("payee_id", "text", "what tells one payee from another"),
        _t("from", "date", "first day on which the row holds"),
        _t("to", "date", "last day on which the row holds"),
        _r("name", "text", "name on the statement"),
        _t("aliases", "text", "CRM ids and names that mean this payee, `;` between"),
        _t("email", "text", "e-mail address"),
        _t("title", "text", "job title"),
        _t("region", "text", "region"),
        _t("team", "text", "team"),
        _t("manager", "payee", "the payee's manager"),
        _t("hired", "date", "first day employed"),
        _t("left", "date", "last day employed"),
        _t("currency", "text", "currency the payee is paid in"),
        _t("country", "text", "country"),
        _t("employee_id", "text", "id in payroll"),
        _t("legal_entity", "text", "employing entity"),
        _t("cost_center", "text", "cost centre"),
        _t("pay_group", "text", "pay group"),
    ),
)
ASSIGNMENTS = InputTable(
    "assignments",
    ("payee_id", "from"),
    (
        _r("payee_id", "payee", "who"),
        _r("plan", "text", "on which plan"),
        _r("from", "date", "first day on it"),
        _t("to", "date", "last day on it"),
        _t("ote", "money", "on-target earnings a year"),
        _t("mix", "text", "base to variable, 50/50"),
        _t("target", "money", "target variable a year"),
    ),
)
QUOTAS = InputTable(
    "quotas",
    ("payee_id", "team", "plan", "measure", "period", "from"),
    (
        _t("payee_id", "payee", "whose quota"),
        _t("team", "text", "or of which team"),
        _t("plan", "text", "or of everybody on which plan"),
        _t("measure", "text", "of which measure"),
        _r("period", "period", "month, quarter or year; or the date a quota row starts"),
        _r("amount", "ratio", "how much: 250000, or 90%"),
    ),
)
SPLITS = InputTable(
    "splits",
    ("deal_id", "role", "payee_id"),
    (
        _r("deal_id", "text", "which deal"),
        _r("payee_id", "payee", "who has a share; `nobody` may hold one"),
        _r("share", "share", "40%, or 1/3"),
        _t("role", "text", "owner, or an overlay role"),
        _t("order", "number", "who comes first when cents are shared out"),
    ),
)
KPIS = InputTable(
    "kpis",
    ("payee_id", "team", "kpi", "period"),
    (
        _t("payee_id", "payee", "whose figure"),
        _t("team", "text", "or of which team"),
        _r("kpi", "text", "name of the KPI"),
        _r("period", "period", "when"),
        _r("value", "ratio", "the figure: 4.5, or 105%"),
        _t("weight", "number", "its weight among several"),
    ),
)
OPENINGS = InputTable(
    "openings",
    ("payee_id", "as_of", "kind", "name"),
    (
        _r("payee_id", "payee", "whose"),
        _r("as_of", "date", "last day it speaks of"),
        _r("kind", "text", "measure, earned, draw or carried"),
        _r("name", "text", "which measure, component, or plan"),
        _r("amount", "number", "how much"),
    ),
)
TERRITORIES = InputTable(
    "territories",
    ("payee_id", "from"),
    (
        _r("payee_id", "payee", "who has it; `nobody` may"),
        _r("from", "date", "first day on which the row holds"),
        _t("to", "date", "last day on which the row holds"),
        _t("priority", "number", "of several rows that hold, those of the least one count"),
        _t("share", "share", "40%, or 1/3; else as the rule says"),
        _t("role", "text", "owner, or an overlay role; else as the rule says"),
        _t("order", "number", "who comes first when cents are shared out"),
    ),
)
EVENTS = InputTable(
    "events",
    ("event_id",),
    (
        _r("event_id", "text", "what tells one event from another"),
        _r("deal_id", "text", "the deal that it happened to"),
        _r("event", "text", "what happened: cash, cancelled, delivered"),
        _r("date", "date", "when it happened"),
        _t("amount", "money", "how much, for instance of cash"),
        _t("known", "date", "when we learnt of it; the date, where left out"),
    ),
)
ADJUSTMENTS = InputTable(
    "adjustments",
    ("adjustment_id",),
    (
        _r("adjustment_id", "text", "what tells one adjustment from another"),
        _r("payee_id", "payee", "whose pay"),
        _r("period", "period", "in which pay period"),
        _r("amount", "money", "how much; below zero it is taken"),
        _r("reason", "text", "why"),
        _r("author", "text", "who asked for it"),
        _t("plan", "text", "under which plan; the payee's, where left out"),
        _t("target", "text", "payment: it is paid; debt: it is added to a debt of the plan"),
        _t("component", "text", "the name of the debt"),
        _t("currency", "text", "currency of the amount; that of the plan, where left out"),
        _t("approver", "text", "who agreed"),
        _t("reference", "text", "where it is written down"),
    ),
)
WITHDRAWN = InputTable(
    "withdrawn",
    ("deal_id",),
    (
        _r("deal_id", "text", "a deal that was paid on and is no longer among the deals"),
        _r("reason", "text", "why it is gone"),
        _r("author", "text", "who says so"),
    ),
)
ACKNOWLEDGED = InputTable(
    "acknowledged",
    ("exception_id",),
    (
        _r("exception_id", "text", "the id of an exception, as exceptions.csv has it"),
        _r("reason", "text", "why the period may be closed with it"),
        _r("author", "text", "who looked at it"),
    ),
)
FX = InputTable(
    "fx",
    ("from", "to", "date", "period"),
    (
        _r("from", "text", "the currency of which one unit is exchanged"),
        _r("to", "text", "the currency that it is exchanged for"),
        _t("date", "date", "the day of the rate"),
        _t("period", "period", "or the period: of a period of the calendar the average, of a longer one the rate fixed for it"),
        _r("rate", "number", "how many of the one currency are one of the other"),
    ),
)
CALENDAR = InputTable(
    "calendar",
    ("period",),
    (
        _r("period", "text", "name of the period"),
        _r("from", "date", "first day"),
        _r("to", "date", "last day"),
        _r("quarter", "text", "quarter that holds it"),
        _t("half", "text", "half that holds it"),
        _r("year", "text", "year that holds it"),
    ),
)
TABLES: dict[str, InputTable] = {
    t.name: t
    for t in (
        DEALS, PAYEES, ASSIGNMENTS, QUOTAS, SPLITS, KPIS, EVENTS, ADJUSTMENTS, OPENINGS, TERRITORIES, WITHDRAWN, ACKNOWLEDGED,
        FX, CALENDAR,
    )
}  # fmt: skip
LATER_TABLES = ("absences",)
"""Tables of the language that this version does not read yet."""
