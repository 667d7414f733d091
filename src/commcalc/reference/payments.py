"""Payments: from the first span of a plan to the run's, one after the other, what is paid and what is owed after it (§10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from commcalc.base.money import minor_units
from commcalc.plan.draws import Debt, Draw, Recover
from commcalc.plan.model import Plan
from commcalc.plan.readings import reading
from commcalc.reference.adjustments import adjusted, adjusted_from, adjustments, debt_of
from commcalc.reference.freed import Free
from commcalc.reference.job import Balance, Payment, Row
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE, ZERO, Cents, times
from commcalc.reference.posted import closed_before, owed_before
from commcalc.reference.rates import holds, value_of
from commcalc.reference.records import Records
from commcalc.reference.time import Window, overlap, span_of, spans

STEPS = (
    "carried in", "released", "clawback", "adjustment", "charge", "draw", "recovery", "minimum", "maximum", "forgiven",
    "carried out", "base",
)  # fmt: skip
PAYMENT = "payment"
"""Where a figure of a payment is empty, this is what could not be calculated."""


@dataclass(slots=True)
class Owed:
    """What stands between payee and house when a span begins: the draw and the debts that are owed, and what was carried or kept."""

    draw: Decimal = ZERO
    carried: Decimal = ZERO
    debts: dict[str, Decimal] = field(default_factory=dict)

    @property
    def anything(self) -> bool:
        """Whether anything stands."""
        return bool(self.draw or self.carried or any(self.debts.values()))


def negative(records: Records, plan: Plan) -> str | None:
    """Return what becomes of a payment below zero: the plan's word, else the house's; a program's stands."""
    return None if plan.of_all else reading("negative", plan.payment, records.house.readings)


def worked_out(records: Records, plan: Plan) -> list[Window]:
    """Return the spans whose payments are worked out: all up to the run's, where one leaves something to the next.

    None where the run's period does not end its span.
    """
    calendar, every = records.calendar, plan.payment.every
    span = span_of(calendar, every, records.now)
    begins = [d for d in adjusted_from(records, plan) if plan.effective.first is None or d >= plan.effective.first]
    if records.now < span.last or min([records.first_day(plan), *begins]) > records.now:
        return []
    if closed_before(records, span.first) is not None:
        return [span]
    opened = any(r["kind"] in ("draw", "carried") and r["name"] == plan.plan for r in records.job.openings)
    if not (plan.payment.keeps or opened or negative(records, plan) == "carry"):
        return [span]
    return list(spans(calendar, every, min([records.first_day(plan), span.first, *begins]), records.now))


def settled(records: Records, plan: Plan, worked: list[Window], free: Free) -> tuple[list[Payment], list[Balance]]:
    """Return the steps of each payee's payment of the run's span, and what is owed before and after it."""
    payments: list[Payment] = []
    balances: list[Balance] = []
    if not worked:
        return payments, balances
    owners = {records.named(r["payee_id"]) for r in records.job.openings}
    members = {p for p, rows in records.assignments.items() if any(r["plan"] == plan.plan for r in rows)}
    posted = {r["payee"] for r in records.job.posted.balances} if records.job.posted is not None else set()
    for payee in sorted(members | owners | posted | {payee for payee, *_ in free.paid} | adjusted(records, plan)):
        opened, owed = _opened(records, plan, payee)
        closed = closed_before(records, worked[0].first)
        if closed is not None and opened < closed.periods[-1][1]:
            left = owed_before(closed, plan, payee)
            debts = {d.name: left.get(f"debt {d.name}", ZERO) for d in plan.payment.debts if isinstance(d, Debt)}
            owed = Owed(left.get("draw", ZERO), left.get("carried", ZERO), debts)
        for span in (s for s in worked if s.last > opened):
            day = Payday(records, plan, payee, span, owed)
            given = {
                (step, c): free.paid.get((payee, span.last, step, c), ZERO)
                for step in ("released", "clawback")
                for c in plan.components
            }
            if day.takes_part or _something(given) or owed.anything or day.adjustments:
                day.pay(given)
                owed = day.left
                if span == worked[-1]:
                    payments += day.steps
                    balances += day.balances()
            if span == worked[-1]:
                balances += _held(plan, payee, free.held.get((payee, span.last), (ZERO, ZERO)))
    return payments, balances


def _something(given: Mapping[tuple[str, str], Decimal]) -> bool:
    """Whether anything was released, or what had been was taken back."""
    return bool(sum(given.values(), ZERO)) or any(amount for (step, _), amount in given.items() if step == "clawback")


def _held(plan: Plan, payee: str, held: tuple[Decimal, Decimal]) -> Iterator[Balance]:
    """Yield what is earned and not released, where there is any (§10.3)."""
    begun, now = held
    if begun or now:
        yield Balance(payee, plan.plan, plan.currency, "held", begun, now - begun, ZERO, ZERO, now)


def _opened(records: Records, plan: Plan, payee: str) -> tuple[date, Owed]:
    """Return the last day for which openings say what is owed, and what it is then (§10.4)."""
    owed, last = Owed(), date.min
    rows = [r for r in records.job.openings if r["kind"] in ("draw", "carried") and r["name"] == plan.plan]
    for row in sorted(rows, key=lambda r: r["as_of"]):
        if records.named(row["payee_id"]) == payee:
            setattr(owed, row["kind"], row["amount"])
            last = row["as_of"]
    return last, owed


@dataclass(frozen=True, slots=True)
class DebtPaid:
    """What is owed of a debt before a payment, what adjustments add to it, and what is paid back of it."""

    name: str
    opening: Decimal
    given: Decimal
    recovered: Decimal

    @property
    def closing(self) -> Decimal:
        """What is owed after the payment."""
        return self.opening + self.given - self.recovered


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
    debts: list[DebtPaid] = field(default_factory=list)

    def pay(self, free: Mapping[tuple[str, str], Decimal]) -> None:
        """Take the steps in their order."""
        said = self.plan.payment
        self._step("carried in", self.owed.carried)
        for (step, component), amount in free.items():
            self._step(step, amount, component)
        for row in self.adjustments:
            if debt_of(row) is None:
                self._step("adjustment", self._cents.rounded(row["amount"]), str(row["adjustment_id"]))
        for charge in said.charges if self.takes_part else ():
            fee = self._figure(charge.amount, f"the charge {charge.name}")
            self._step("charge", -(fee or ZERO) * self._periods, charge.name)
        earned = self.x
        entry = self._in_force()
        draw = self._drawn(entry, earned)
        self._step("draw", draw)
        self.given = draw if entry is not None and entry.kind == "recoverable" else ZERO
        self._pay_back(entry, earned)
        rest = self.owed.draw + self.given - self.recovered
        self.forgiven = rest if self._gone and said.leaving is not None and said.leaving.draw == "forgive" else ZERO
        self._step("minimum", self._lacking())
        excess = self._excess()
        self._step("maximum", -excess)
        kept_back = excess if said.maximum and said.maximum.excess == "later" else ZERO
        self.left = Owed(rest - self.forgiven, kept_back, {d.name: d.closing for d in self.debts})
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

    @property
    def adjustments(self) -> list[Row]:
        """The adjustments of this payment."""
        return list(adjustments(self.records, self.plan, self.payee, self.span))

    def _pay_back(self, entry: Draw | None, earned: Decimal) -> None:
        """Recover draw and debts in their stated order, each out of what those before it leave; the draw is last where it has no place."""
        order: list[Debt | None] = [d if isinstance(d, Debt) else None for d in self.plan.payment.debts]
        for debt in order if None in order else [*order, None]:
            if debt is None:
                self.recovered = self._recovered(entry, earned)
                back = self.recovered
            else:
                back = self._debt(debt, earned)
            self._step("recovery", -back, "" if debt is None else debt.name)
            earned -= back

    def _debt(self, debt: Debt, earned: Decimal) -> Decimal:
        """What is taken out of what is earned for a debt, what adjustments add to it included."""
        rows = [r for r in self.adjustments if debt_of(r) == debt.name]
        given = sum((self._cents.rounded(r["amount"]) for r in rows), ZERO)
        opening = self.owed.debts.get(debt.name, ZERO)
        back = self._back(debt.recover, opening + given, earned, None)
        self.debts.append(DebtPaid(debt.name, opening, given, back))
        return back

    def _recovered(self, entry: Draw | None, earned: Decimal) -> Decimal:
        """What is taken out of what is earned for a draw that is owed, this gift included."""
        balance = self.owed.draw + self.given
        leaving = self.plan.payment.leaving
        if self._gone and leaving is not None and leaving.draw == "deduct":
            return max(ZERO, min(balance, max(ZERO, earned)))
        terms = self._terms(entry)
        return ZERO if terms is None else self._back(terms, balance, earned, entry)

    def _back(self, terms: Recover, balance: Decimal, earned: Decimal, entry: Draw | None) -> Decimal:
        """A share of what is earned above what is protected, as far as it is owed; who takes no part has neither limit nor protection."""
        if balance <= 0 or not self._begun(terms):
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
            *((f"debt {d.name}", (d.opening, d.given, d.recovered, ZERO, d.closing)) for d in self.debts),
            ("carried", (begun.carried, left.carried - begun.carried, ZERO, ZERO, left.carried)),
        ):
            if any(figures):
                yield Balance(self.payee, self.plan.plan, self.plan.currency, name, *figures)
