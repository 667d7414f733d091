"""The tables a run gives: each column with its type and what it means; the docs and files are made from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

ColumnType = Literal["text", "decimal", "count", "date", "yes/no"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result table."""

    name: str
    type: ColumnType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A result table: its columns and the full key by which it is sorted."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    abroad: tuple[Column, ...] = ()  # further ones, of a run in which deals, or pay, are in another currency

    def among(self, there: Collection[str]) -> tuple[Column, ...]:
        """Return the columns that a table has, the further ones where they are there."""
        return (*self.columns, *(c for c in self.abroad if c.name in there))

    @property
    def whole(self) -> Table:
        """The table with its further columns among the others, as it is posted."""
        return replace(self, columns=(*self.columns, *self.abroad), abroad=())

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [c.name for c in self.columns]


def _c(name: str, type_: ColumnType, meaning: str) -> Column:
    return Column(name, type_, meaning)


LINES = Table(
    "lines",
    ("payee", "plan", "component", "credit_date", "deal", "line", "role", "level", "window_first", "kind"),
    (
        _c("id", "text", "L- and sixteen characters; the same as long as the line's key is"),
        _c("payee", "text", "who is paid"),
        _c("plan", "text", "plan"),
        _c("version", "text", "version of the plan"),
        _c("component", "text", "component of the plan"),
        _c("goal", "text", "goals it serves, comma between"),
        _c("deal", "text", "deal id; empty for lines of a payee and window"),
        _c("line", "count", "line of the deal; 0 where it has none"),
        _c("role", "text", "owner, manager, or the role by splits or crediting rules"),
        _c("level", "count", "levels below in a rollup; 0 for own credits"),
        _c("rule", "text", "the crediting rules that gave the share, ` + ` between; empty where none did"),
        _c("credit_date", "date", "the date that decides the period"),
        _c("window_first", "date", "first day of the window; empty where it is open"),
        _c("window_last", "date", "last day of the window; empty where it is open"),
        _c("basis", "decimal", "what the rate is paid on, this credit's share; of a true-up the whole basis"),
        _c(
            "rate",
            "decimal",
            "rate x factor of the line's one slice; of several (tiers crossed, or former ones taken back) exact / basis to 12 decimals; empty without a basis and where the kind is not earning",
        ),
        _c(
            "factor",
            "decimal",
            "accelerator (where one) x multipliers as they stand now; empty where slices have different ones and where the kind is not earning",
        ),
        _c("exact", "decimal", "unrounded earning less what had been posted unrounded"),
        _c("amount", "decimal", "rounded earning less what had been posted, plan currency"),
        _c("currency", "text", "the plan's currency"),
        _c("kind", "text", "earning, minimum, maximum, gate, proration, cap, budget, floor, clawback, forfeit"),
        _c("cause", "text", "new or true-up"),
        _c("corrects", "text", "the period a true-up corrects"),
        _c("accrued", "yes/no", "earned but payable only at the end of the plan's own span"),
        _c("held", "yes/no", "earned, not wholly released yet (by a gate, or by parts that wait)"),
        _c("place", "text", "plan file:line that states the component"),
    ),
    (
        _c("deal_currency", "text", "the currency of the deal; empty where it is the plan's"),
        _c("deal_rate", "decimal", "the exchange rate at which it is credited, as the table `fx` has it"),
        _c("deal_rate_from", "text", "the currency of which that is one unit"),
        _c("deal_rate_of", "text", "the day or the period of that rate"),
    ),
)
SLICES = Table(
    "slices",
    ("line_id", "n"),
    (
        _c("line_id", "text", "the line it belongs to"),
        _c("n", "count", "place among the line's slices, from 1"),
        _c("tier", "count", "the tier that pays, from 1; 0 without tiers"),
        _c("start", "decimal", "where the slice begins on the measure"),
        _c("stop", "decimal", "where it ends"),
        _c("basis", "decimal", "the part of the basis in it"),
        _c("rate", "decimal", "the rate paid on it"),
        _c("factor", "decimal", "accelerator and multipliers on it"),
        _c("exact", "decimal", "its exact amount; negative where a true-up takes the former slice back"),
    ),
)
CREDITS = Table(
    "credits",
    ("payee", "plan", "measure", "credit_date", "deal", "line", "role", "level"),
    (
        _c("deal", "text", "deal id"),
        _c("line", "count", "line of the deal"),
        _c("payee", "text", "who is credited"),
        _c("plan", "text", "under which plan"),
        _c("measure", "text", "in which measure"),
        _c("role", "text", "owner, manager, or the role by splits or crediting rules"),
        _c("level", "count", "levels below in a rollup"),
        _c("rule", "text", "the crediting rules that gave the share, ` + ` between; empty where none did"),
        _c("credit_date", "date", "the date that decides the period"),
        _c("amount", "decimal", "quota credit: aggregate x weight x share"),
        _c("before", "decimal", "running total of the window before it"),
    ),
)
MEASURES = Table(
    "measures",
    ("payee", "plan", "measure", "window_first"),
    (
        _c("payee", "text", "payee"),
        _c("plan", "text", "plan"),
        _c("measure", "text", "measure"),
        _c("window", "text", "window's name, for instance 2026-Q1"),
        _c("window_first", "date", "first day"),
        _c("window_last", "date", "last day"),
        _c("value", "decimal", "to date"),
        _c("quota", "decimal", "quota of the window; empty where none"),
        _c("attainment", "decimal", "value / quota; empty where none"),
        _c("tier", "text", "tier in force by component, for instance `new-business 2 of 3`"),
        _c("next_at", "decimal", "the value at which the next tier starts; empty at the top"),
    ),
)
STEPS: Mapping[str, str] = {
    "carried in": "carried_in",
    "released": "released",
    "clawback": "clawback",
    "adjustment": "adjustments",
    "charge": "charges",
    "draw": "draw",
    "recovery": "recovery",
    "minimum": "minimum",
    "maximum": "maximum",
    "forgiven": "forgiven",
    "carried out": "carried_out",
    "base": "base",
}
"""The steps of a payment, in their order, each with the column of the payouts that has its sum."""
BALANCE = ("opening", "given", "recovered", "forgiven", "closing")
"""The figures of a balance: before a payment, in it, and after it."""
PAYMENTS = Table(
    "payments",
    ("payee", "currency", "order", "component"),
    (
        _c("payee", "text", "payee"),
        _c("currency", "text", "currency"),
        _c("order", "count", "place among the payment steps"),
        _c(
            "step",
            "text",
            "carried in, released, clawback, adjustment, charge, draw, recovery, minimum, maximum, forgiven, carried out or base",
        ),
        _c("plan", "text", "plan"),
        _c(
            "component",
            "text",
            "component, the name of a charge or debt, or the id of an adjustment; empty for steps without one",
        ),
        _c("amount", "decimal", "the step's amount"),
        _c("note", "text", "why, of an adjustment"),
    ),
    (
        _c("paid_amount", "decimal", "what is paid of it in the payee's currency, rounded; empty where there is no rate"),
        _c("paid_currency", "text", "the payee's currency; empty where it is the plan's"),
        _c("rate", "decimal", "the exchange rate, as the table `fx` has it"),
        _c("rate_from", "text", "the currency of which it is one unit: amount x rate where it is the plan's, else amount / rate"),
        _c("rate_of", "text", "the day or the period of the rate"),
    ),
)
DEAL_RATES = Table(
    "deal_rates",
    ("plan", "deal", "line"),
    (
        _c("plan", "text", "under which plan; empty: by which crediting rules looked at it"),
        _c("deal", "text", "deal id"),
        _c("line", "count", "line of the deal"),
        _c("deal_currency", "text", "the currency of the deal"),
        _c("rate", "decimal", "the exchange rate at which it was credited"),
        _c("rate_from", "text", "the currency of which it is one unit"),
        _c("rate_of", "text", "the day or the period of the rate"),
    ),
)
"""No file of a run: what a closed period posts of deals in other currencies, which keep it."""
PAYOUTS = Table(
    "payouts",
    ("payee", "currency"),
    (
        _c("payee", "text", "payee"),
        _c("name", "text", "name"),
        _c("plan", "text", "plans, comma between"),
        _c("currency", "text", "currency"),
        _c("base", "decimal", "base pay of the period, where the plan pays it"),
        _c("base_shown", "decimal", "base pay of the period that is paid elsewhere and only shown"),
        _c("earned", "decimal", "sum of the run's lines"),
        _c("accrued", "decimal", "of it, payable only at the end of the plan's own span"),
        _c("held", "decimal", "of it, held back"),
        _c("released", "decimal", "of it, payable now"),
        _c("carried_in", "decimal", "carried in from the payment before; below zero it was owed"),
        _c("clawback", "decimal", "what had been released and is taken back, below zero"),
        _c("adjustments", "decimal", "adjustments"),
        _c("charges", "decimal", "charges, below zero"),
        _c("draw", "decimal", "draw or guarantee given"),
        _c("recovery", "decimal", "draw paid back, below zero"),
        _c("minimum", "decimal", "what the payment lacked of its minimum"),
        _c("maximum", "decimal", "what was above its maximum, below zero"),
        _c("forgiven", "decimal", "what was below zero and is forgiven"),
        _c("carried_out", "decimal", "what was below zero and is carried into the next payment"),
        _c("payable", "decimal", "base + released + all of these"),
    ),
    (
        _c(
            "paid_amount",
            "decimal",
            "the sum of what is paid of each step in the payee's currency; empty where a rate is missing",
        ),
        _c("paid_currency", "text", "the payee's currency; empty where it is the plan's"),
    ),
)
BALANCES = Table(
    "balances",
    ("payee", "plan", "currency", "balance"),
    (
        _c("payee", "text", "payee"),
        _c("plan", "text", "plan"),
        _c("currency", "text", "currency"),
        _c(
            "balance",
            "text",
            "draw: what is owed of draws; debt NAME: what is owed of a debt; held: what is earned and not released; carried: what is carried into the next payment",
        ),
        _c("opening", "decimal", "before the payment"),
        _c("given", "decimal", "added by it"),
        _c("recovered", "decimal", "paid back in it"),
        _c("forgiven", "decimal", "forgiven in it"),
        _c("closing", "decimal", "opening + given - recovered - forgiven"),
    ),
)
EXCEPTIONS = Table(
    "exceptions",
    ("file", "row", "deal", "payee", "component", "code"),
    (
        _c("id", "text", "E- and sixteen characters that a changed row changes, and other rows do not"),
        _c("file", "text", "input file"),
        _c("row", "count", "row of the file; 0 where none"),
        _c("deal", "text", "deal id"),
        _c("payee", "text", "payee or owner as written"),
        _c("component", "text", "plan.component or plan.measure that could not be calculated"),
        _c("amount", "decimal", "amount of the deal"),
        _c("code", "text", "code of the problem"),
        _c("reason", "text", "what is wrong"),
        _c("mend", "text", "what to do"),
    ),
)
LEFT_OUT = Table(
    "left_out",
    ("deal", "line"),
    (
        _c("deal", "text", "deal id"),
        _c("line", "count", "line of the deal"),
        _c("payee", "text", "owner"),
        _c("status", "text", "left out, waiting or later"),
        _c("rule", "text", "the rule that left it out"),
        _c("amount", "decimal", "amount of the deal"),
    ),
)
TABLES = (LINES, SLICES, CREDITS, MEASURES, PAYMENTS, PAYOUTS, BALANCES, EXCEPTIONS, LEFT_OUT)
