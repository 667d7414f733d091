"""What the second calculation is given - plans and plain rows - and what it answers: lines, with how each was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from commcalc.base.calendar import Calendar
from commcalc.checks.facts import Facts
from commcalc.plan.crediting import Crediting
from commcalc.plan.exchange import Exchange
from commcalc.plan.model import Plan

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class House:
    """What the project says for all plans: readings, currency, the credit date's column, types of columns, crediting rules."""

    readings: Mapping[str, str] = field(default_factory=dict)
    currency: str = "USD"
    credit_date: str = "close_date"
    types: Mapping[str, str] = field(default_factory=dict)
    crediting: Crediting | None = None
    territory_keys: tuple[str, ...] = ()
    facts: Facts = field(default_factory=Facts)
    fx: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What closed periods posted, oldest first; each row says in `posted` on the last day of which period.

    periods: first and last day of each; lines, slices, payments, balances: as the result tables have them.
    deal_rates: at which rates deals in other currencies were credited.
    """

    periods: tuple[tuple[date, date], ...]
    lines: Rows
    slices: Rows
    payments: Rows
    balances: Rows
    deal_rates: Rows = ()


@dataclass(frozen=True, slots=True)
class Job:
    """All that a calculation is made from: plans, tables in canonical columns, calendar, house, and the period asked for."""

    plans: tuple[Plan, ...]
    deals: Rows
    payees: Rows
    assignments: Rows
    calendar: Calendar
    house: House
    period: str
    quotas: Rows = ()
    splits: Rows = ()
    kpis: Rows = ()
    openings: Rows = ()
    territories: Rows = ()
    events: Rows = ()
    adjustments: Rows = ()
    withdrawn: Rows = ()
    fx: Rows = ()
    posted: Posted | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a line: its tier (from 1; 0 where there are none), where it begins and stops in the measure, its basis, rate, factor and exact amount."""

    tier: int
    start: Decimal | None
    stop: Decimal | None
    basis: Decimal | None
    rate: Decimal | None
    factor: Decimal
    exact: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One credit (or one payee, for a bonus) under a component, of one kind: what it adds to the pay of this run."""

    payee: str
    plan: str
    component: str
    deal: str
    line: int
    role: str
    level: int
    credit_date: date
    window_first: date | None
    window_last: date | None
    basis: Decimal | None
    rate: Decimal | None
    factor: Decimal | None
    exact: Decimal
    amount: Decimal
    kind: str
    cause: str
    corrects: str
    accrued: bool
    held: bool
    slices: tuple[Slice, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Exceptional:
    """Something that was not calculated: a deal, or a payee's component, and why."""

    payee: str
    component: str
    deal: str
    reason: str


@dataclass(frozen=True, slots=True)
class Payout:
    """A payee's sums of the run: earned, of it payable now, held and accrued."""

    payee: str
    plan: str
    earned: Decimal
    payable: Decimal
    held: Decimal
    accrued: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """One step of a payee's payment under a plan; `order` is its place among the steps, `component` a charge's name too.

    Where it is paid in another currency: which, how much of it, and the rate of one unit of `rate_from` on a day or of a period.
    """

    payee: str
    plan: str
    currency: str
    order: int
    step: str
    component: str
    amount: Decimal
    paid_currency: str | None = None
    paid_amount: Decimal | None = None
    rate: Decimal | None = None
    rate_from: str | None = None
    rate_of: str | None = None

    def abroad(
        self,
        currency: str,
        amount: Decimal | None = None,
        rate: Decimal | None = None,
        source: str | None = None,
        of: str | None = None,
    ) -> Payment:
        """Return the step with what is paid of it in another currency; nothing where there is no rate."""
        return replace(self, paid_currency=currency, paid_amount=amount, rate=rate, rate_from=source, rate_of=of)


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed under a plan, by its name (draw, carried), and how the payment of the run changed it."""

    payee: str
    plan: str
    currency: str
    balance: str
    opening: Decimal
    given: Decimal
    recovered: Decimal
    forgiven: Decimal
    closing: Decimal


@dataclass(frozen=True, slots=True)
class Answer:
    """The lines in a fixed order, sums by payee, exceptions, what became of each deal row, and what is paid and owed."""

    lines: tuple[Line, ...]
    payouts: tuple[Payout, ...]
    exceptions: tuple[Exceptional, ...]
    statuses: Mapping[tuple[str, int], str]
    payments: tuple[Payment, ...] = ()
    balances: tuple[Balance, ...] = ()
