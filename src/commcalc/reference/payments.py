"""Payments: from the first span of a plan to the run's, one after the other, what is paid and what is owed after it (§10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from commcalc.base.money import minor_units
from commcalc.plan.draws import Draw, Recover
from commcalc.plan.model import Plan
from commcalc.plan.readings import reading
from commcalc.reference.job import Balance, Payment
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE, ZERO, Cents, over, times
from commcalc.reference.rates import holds, value_of
from commcalc.reference.records import Records
from commcalc.reference.settle import Standings, with_openings
from commcalc.reference.time import Window, overlap, span_of, spans
from commcalc.reference.work import Work

STEPS = (
    "carried in", "released", "charge", "draw", "recovery", "minimum", "maximum", "forgiven", "carried out", "base",
)  # fmt: skip
PAYMENT = "payment"
"""Where a figure of a payment is empty, this is what could not be calculated."""
Released = dict[tuple[str, date, str], Decimal]  # payee, last day of the span, component


@dataclass(slots=True)
class Owed:
    """What stands between payee and house when a span begins: the draw that is owed, and what was carried or kept."""

    draw: Decimal = ZERO
    carried: Decimal = ZERO


def negative(records: Records, plan: Plan) -> str | None:
    """Return what becomes of a payment below zero: the plan's word, else the house's; a program's stands."""
    return None if plan.of_all else reading("negative", plan.payment, records.house.readings)


def worked_out(records: Records, plan: Plan) -> list[Window]:
    """Return the spans whose payments are worked out: all up to the run's, where one leaves something to the next.

    None where the run's period does not end its span.
    """
    calendar, every = records.calendar, plan.payment.every
    span = span_of(calendar, every, records.now)
    if records.now < span.last or records.first_day(plan) > records.now:
        return []
    opened = any(r["kind"] in ("draw", "carried") and r["name"] == plan.plan for r in records.job.openings)
    if not (plan.payment.keeps or opened or negative(records, plan) == "carry"):
        return [span]
    return list(spans(calendar, every, min(records.first_day(plan), span.first), records.now))


def released(work: Work, stood: Mapping[date, Standings], worked: list[Window]) -> Released:
    """Return what each span paid of a component: free of E at its end less free of E at the end of the span before."""
    found: Released = {}
    for span in worked:
        before = span.first - timedelta(days=1)
        after = with_openings(work, stood.get(span.last, {}), span.last)
        earlier = with_openings(work, stood.get(before, {}), before, after)
        for standing, sign in ((after, 1), (earlier, -1)):
            for (payee, *_), one in standing.items():
                key = (payee, span.last, work.name)
                found[key] = found.get(key, ZERO) + (ZERO if one.held else sign * one.amount)
    return found


def settled(records: Records, plan: Plan, worked: list[Window], free: Released) -> tuple[list[Payment], list[Balance]]:
    """Return the steps of each payee's payment of the run's span, and what is owed before and after it."""
    payments: list[Payment] = []
    balances: list[Balance] = []
    if not worked:
        return payments, balances
    owners = {records.named(r["payee_id"]) for r in records.job.openings}
    members = {p for p, rows in records.assignments.items() if any(r["plan"] == plan.plan for r in rows)}
    for payee in sorted(members | owners | {payee for payee, *_ in free}):
        opened, owed = _opened(records, plan, payee)
        for span in (s for s in worked if s.last > opened):
            day = Payday(records, plan, payee, span, owed)
            given = {c: free.get((payee, span.last, c), ZERO) for c in plan.components}
            if not (day.takes_part or sum(given.values(), ZERO) or owed.draw or owed.carried):
                continue  # there is no payment
            day.pay(given)
            if span == worked[-1]:
                payments += day.steps
                balances += day.balances()
            owed = day.left
    return payments, balances


def _opened(records: Records, plan: Plan, payee: str) -> tuple[date, Owed]:
    """Return the last day for which openings say what is owed, and what it is then (§10.4)."""
    owed, last = Owed(), date.min
    rows = [r for r in records.job.openings if r["kind"] in ("draw", "carried") and r["name"] == plan.plan]
    for row in sorted(rows, key=lambda r: r["as_of"]):
        if records.named(row["payee_id"]) == payee:
            setattr(owed, row["kind"], row["amount"])
            last = row["as_of"]
    return last, owed


@dataclass(slots=True)
class Payday:
    """One payment as it is worked out: what was owed, the steps so far, and what is owed after it."""

    records: Records
    plan: Plan
    payee: str
    span: Window
    owed: Owed
    steps: list[Payment] = field(default_factory=list)
    given: Decimal = ZERO
    recovered: Decimal = ZERO
    forgiven: Decimal = ZERO
    left: Owed = field(default_factory=Owed)

    def pay(self, free: Mapping[str, Decimal]) -> None:
        """Take the steps in their order."""
        said = self.plan.payment
        self._step("carried in", self.owed.carried)
        for component, amount in free.items():
            self._step("released", amount, component)
        for charge in said.charges if self.takes_part else ():
            fee = self._figure(charge.amount, f"the charge {charge.name}")
            self._step("charge", -(fee or ZERO) * self._periods, charge.name)
        earned = self.x
        entry = self._in_force()
        draw = self._drawn(entry, earned)
        self._step("draw", draw)
        self.given = draw if entry is not None and entry.kind == "recoverable" else ZERO
        self.recovered = self._recovered(entry, earned)
        self._step("recovery", -self.recovered)
        rest = self.owed.draw + self.given - self.recovered
        self.forgiven = rest if self._gone and said.leaving is not None and said.leaving.draw == "forgive" else ZERO
        self._step("minimum", self._lacking())
        excess = self._excess()
        self._step("maximum", -excess)
        self.left = Owed(rest - self.forgiven, excess if said.maximum and said.maximum.excess == "later" else ZERO)
        self._below_zero()

    @property
    def x(self) -> Decimal:
        """The running sum of the steps."""
        return sum((s.amount for s in self.steps), ZERO)

    def _step(self, step: str, amount: Decimal, component: str = "") -> None:
        if amount:
            order = STEPS.index(step) + 1
            self.steps.append(Payment(self.payee, self.plan.plan, self.plan.currency, order, step, component, amount))

    @property
    def _days(self) -> list[tuple[date, date]]:
        return self.records.days_on(self.payee, self.plan)

    @property
    def takes_part(self) -> bool:
        """Whether the payee takes part for a day of the span."""
        return overlap(self._days, self.span.first, self.span.last) > 0

    @property
    def _gone(self) -> bool:
        """Whether the payee has left by the end of the span, as their row then says."""
        return (self.records.facts(self.payee, self.span.last).get("left") or date.max) <= self.span.last

    @property
    def _periods(self) -> int:
        """How many of the span's calendar periods have a day on which the payee takes part."""
        inside = self.records.calendar.between(self.span.first, self.span.last)
        return sum(overlap(self._days, max(p.first, self.span.first), min(p.last, self.span.last)) > 0 for p in inside)

    @property
    def _scope(self) -> Scope:
        """The payee as on the last of their days so far; who never took part, as on the span's last day."""
        until = self.span.last
        day = max((min(last, until) for first, last in self._days if first <= until), default=until)
        return Scope(self.records, self.plan, self.payee, day).rounded(self._cents.mode)

    @property
    def _cents(self) -> Cents:
        return Cents(minor_units(self.plan.currency), self.records.house.readings.get("rounding", "half-up"))  # type: ignore[arg-type]

    def _figure(self, said: Any, what: str) -> Decimal | None:
        """Return a figure of the payee in cents; one that is empty is an exception, and its step is not taken."""
        found = value_of(said, self._scope)
        if found is None:
            self.records.refuse(self.payee, PAYMENT, "", f"{what} is empty")
            return None
        return self._cents.rounded(found)

    def _in_force(self) -> Draw | None:
        """The first entry whose periods hold how long the payee is on the plan; none for who does not take part."""
        place = self._scope.tenure("periods_on_plan")
        key = None if place is None else (place, ONE)
        return next((d for d in self.plan.payment.draw if self.takes_part and holds(d.periods, key)), None)

    def _drawn(self, entry: Draw | None, earned: Decimal) -> Decimal:
        amount = None if entry is None else self._figure(entry.amount, "the draw")
        if entry is None or amount is None:
            return ZERO
        draw = max(ZERO, amount - max(ZERO, earned) if entry.how == "guarantee" else amount)
        if entry.kind != "recoverable" or entry.balance_limit is None:
            return draw
        most = self._figure(entry.balance_limit, "the limit of the draw's balance")
        return ZERO if most is None else min(draw, max(ZERO, most - self.owed.draw))

    def _recovered(self, entry: Draw | None, earned: Decimal) -> Decimal:
        """What is taken out of what is earned for a draw that is owed, this gift included."""
        balance = self.owed.draw + self.given
        leaving = self.plan.payment.leaving
        if self._gone and leaving is not None and leaving.draw == "deduct":
            return max(ZERO, min(balance, max(ZERO, earned)))
        terms = self._terms(entry)
        if balance <= 0 or terms is None or not self._begun(terms):
            return ZERO
        protect: Decimal | None = ZERO
        limit: Decimal | None = balance
        if self.takes_part:
            protect = self._protected(entry, terms)
            limit = balance if terms.limit is None else self._figure(terms.limit, "the limit of what is paid back")
        if protect is None or limit is None:
            return ZERO
        part = self._cents.rounded(times(terms.share, max(ZERO, earned - protect)))
        return max(ZERO, min(balance, limit, part))

    def _terms(self, entry: Draw | None) -> Recover | None:
        """The terms of the entry in force; else of the last recoverable one before it; where none is in force, of the last."""
        entries = list(self.plan.payment.draw)
        upto = entries if entry is None else entries[: entries.index(entry) + 1]
        return next((d.recover for d in reversed(upto) if d.kind == "recoverable"), None)

    def _begun(self, terms: Recover) -> bool:
        return terms.starts is None or (self._scope.tenure("periods_on_plan") or ZERO) >= terms.starts

    def _protected(self, entry: Draw | None, terms: Recover) -> Decimal | None:
        if terms.protect is not None:
            return self._figure(terms.protect, "what is protected")
        return self._figure(entry.amount, "the draw") if entry is not None and entry.how == "guarantee" else ZERO

    def _lacking(self) -> Decimal:
        said = self.plan.payment.minimum
        least = None if said is None or not self.takes_part else self._figure(said, "the minimum")
        return ZERO if least is None else max(ZERO, least - self.x)

    def _excess(self) -> Decimal:
        said = self.plan.payment.maximum
        most = None if said is None else self._figure(said.at, "the maximum")
        return ZERO if most is None else max(ZERO, self.x - most)

    def _below_zero(self) -> None:
        """A payment below zero is carried into the next one, forgiven, or stands."""
        short, how = -self.x, negative(self.records, self.plan)
        if short <= 0 or how not in ("carry", "forgive"):
            return
        self._step("carried out" if how == "carry" else "forgiven", short)
        if how == "carry":
            self.left.carried -= short

    def balances(self) -> Iterator[Balance]:
        """Yield each balance with a figure in it."""
        begun, left = self.owed, self.left
        for name, figures in (
            ("draw", (begun.draw, self.given, self.recovered, self.forgiven, left.draw)),
            ("carried", (begun.carried, left.carried - begun.carried, ZERO, ZERO, left.carried)),
        ):
            if any(figures):
                yield Balance(self.payee, self.plan.plan, self.plan.currency, name, *figures)


def base_pay(records: Records, plan: Plan) -> Iterator[Payment]:
    """Yield the base pay of the run's calendar period, where the plan pays it (§7.3)."""
    period = records.calendar.period_of(records.now)
    assert period is not None, records.now
    if plan.payment.base != "paid":
        return
    for payee in sorted(records.assignments):
        rows = [
            (days, min(last, period.last), row)
            for first, last, row in records.rows_on(payee, plan)
            if (days := overlap([(first, last)], period.first, period.last))
        ]
        amount = _base(records, plan, payee, rows)
        if amount:
            yield Payment(payee, plan.plan, plan.currency, STEPS.index("base") + 1, "base", "", amount)


def _base(records: Records, plan: Plan, payee: str, rows: list[tuple[int, date, Any]]) -> Decimal:
    """The period's share of the year's base, the cents left to the earliest; by days where the plan says so."""
    period = records.calendar.period_of(records.now)
    assert period is not None, records.now
    year = records.calendar.periods_of_year(period)
    cents = Cents(minor_units(plan.currency), records.house.readings.get("rounding", "half-up"))  # type: ignore[arg-type]
    parts = []
    for days, last, row in rows:
        scope = Scope(records, plan, payee, last)
        scope.assigned = row
        whole = scope.earnings("base")
        if whole is not None:
            shares = cents.shared(cents.rounded(whole), [over(whole, len(year))] * len(year))
            parts.append((shares[year.index(period)], days))
    if not parts:
        return ZERO
    if plan.payment.prorate is None or plan.payment.prorate.base != "days":
        return parts[-1][0]
    total = sum((amount * days for amount, days in parts), ZERO)
    return cents.rounded(over(total, (period.last - period.first).days + 1))
