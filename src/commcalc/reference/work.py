"""One component of one plan as it is worked on: its readings, its measures, its targets, and the moments at which it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, Protocol

from commcalc.base.money import minor_units
from commcalc.checks.pay_types import pays_amount
from commcalc.language.expression import calls, walk
from commcalc.language.expression.nodes import Member, Name
from commcalc.plan.components import Bonus
from commcalc.plan.components.common import Prorate
from commcalc.plan.model import Plan
from commcalc.plan.readings import reading
from commcalc.plan.targets import PartOf
from commcalc.plan.windows import ANNIVERSARY
from commcalc.reference.crediting import Credit
from commcalc.reference.expression import evaluate
from commcalc.reference.instead import both, in_place_of, takes
from commcalc.reference.job import Slice
from commcalc.reference.measured import Measured, NotPaid
from commcalc.reference.measures import Measures
from commcalc.reference.names import Reading, Scope
from commcalc.reference.numbers import ONE, ZERO, Cents, Figure, over, times
from commcalc.reference.rates import values_of
from commcalc.reference.records import NOBODY, Earner, Records
from commcalc.reference.time import Window, overlap, period_of


@dataclass(slots=True)
class Entry:
    """What one credit (or one payee, for a bonus) has earned up to a moment, and what changed it."""

    earner: Earner
    role: str
    level: int
    deal: str
    line: int
    day: date
    window: Window
    basis: Decimal | None = ZERO  # None: a bonus that is an amount
    factor: Decimal = ONE
    exact: Decimal = ZERO
    earned: Decimal = ZERO  # the exact figure before anything changed it
    amount: Decimal = ZERO
    slices: tuple[Slice, ...] = ()
    changes: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)  # kind: amount, exact
    held: bool = False
    share: Fraction = Fraction(1)
    sale: str = ""
    net: Decimal = ZERO  # the row's amount
    credit: Credit | None = None
    made_up: bool = False  # the shortfall below a floor: no earning of its own

    @property
    def order(self) -> tuple[date, str, int, int, str]:
        """The order of credits (§1.4)."""
        return (self.day, self.deal, self.line, self.level, self.role)

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells the entry from others under its component."""
        return (self.earner, self.role, self.level, self.deal, self.line, self.window)

    def change(self, kind: str, amount: Decimal, exact: Decimal) -> None:
        """Let the figure become another; the difference of the rounded figures is a line of its own (§8)."""
        before, earlier = self.changes.get(kind, (ZERO, ZERO))
        if amount != self.amount or exact != self.exact:
            self.changes[kind] = (before + amount - self.amount, earlier + exact - self.exact)
        self.amount, self.exact = amount, exact


class Told(Protocol):
    """What a component has earned, by all that is known at a moment (§4.10)."""

    def in_window(self, payee: str, window: Window) -> Decimal | None:
        """Return what a payee's lines dated in a window add up to; None where it cannot be told."""

    def on_credit(self, credit: Credit) -> Decimal | None:
        """Return what has been earned on a credit."""

    def on_deals(self, payee: str, column: str, value: Any) -> Decimal | None:
        """Return what has been earned on the deals of a sale (`deal`), or of which a column has a value."""


class Work:
    """A component with all that it needs."""

    def __init__(self, records: Records, measures: Measures, name: str) -> None:
        self.records, self.measures, self.name = records, measures, name
        self.plan: Plan = measures.plan
        self.component: Any = self.plan.components[name]
        house = records.house.readings
        self.cents = Cents(
            minor_units(self.plan.currency),
            reading("rounding", self.component, house) or "half-up",  # type: ignore[arg-type]
            reading("remainder", self.component, house) or "largest",
        )
        self.round_by = reading("round", self.component, house) or "line"
        self.split = reading("split", self.component, house) or "credit"
        self.prorate = self._prorate()
        self.earners: list[Earner] = []  # everybody who earns under the component
        self.posted: dict[tuple[str, date], Slice] | None = None  # of a bonus, what closed periods paid, by payee and window
        self.on: str | None = getattr(self.component, "on", None)
        self.pays_amount = pays_amount(self.plan, name, records.house.facts)
        self.tell: Tell = _nobody

    def _prorate(self) -> Prorate:
        """The payment's switches; the component's own where it says them."""
        common = self.plan.payment.prorate or Prorate()
        own = self.component.prorate
        return common if own is None else common.model_copy(update={k: getattr(own, k) for k in own.model_fields_set})

    def refuse(self, earner: Earner, deal: str, reason: str) -> None:
        """Note what was not calculated: of a stream it is not paid to any of those who share it."""
        for payee in {who for who, _, _ in earner.shares if who != NOBODY} or {earner.payee}:
            self.records.refuse(payee, self.name, deal, reason)

    def scope(self, payee: str, day: date) -> Scope:
        """Return the names for a payee on a day."""
        return Scope(self.records, self.plan, payee, day).rounded(self.cents.mode)

    def credit_scope(self, credit: Credit, window: Window, at: date) -> Scope:
        """Return the names for a credit, measures read at its moment (§5.8)."""
        scope = self.scope(credit.earner.payee, credit.day).with_credit(credit)
        scope.window = window
        scope.earned = lambda name: self.tell(self, name).on_credit(credit)
        return scope.reading(self._reads(credit, window, at))

    def _reads(self, credit: Credit, window: Window, at: date) -> Reading:
        own_end = period_of(self.records.calendar, credit.day).last

        def read(name: str | None) -> Measured:
            measure = name or self.on
            assert measure is not None
            earner = credit.earner
            said = self.component.as_of
            moment = min(at, own_end) if said == "credit period" else min(at, window.last)
            if measure == self.on:
                return self.measures.measured(measure, earner, window, moment, self.prorate)
            if said is None or self.measures.measure(measure).window == "deal":
                its = self.measures.window(measure, earner, credit.day, credit.deal_id)
                if its is None:
                    raise NotPaid(f"before the first quota row of {measure}")
                return self.measures.measured(measure, earner, its, min(at, its.last), self.prorate)
            return self.measures.read(measure, earner, moment, self.prorate)

        return read

    def last_day(self, earner: Earner, window: Window, at: date) -> date:
        """Return the last of the payee's days on the plan in the window so far (§6.1)."""
        moment = min(at, window.last)
        days = self.records.days_on(earner.payee, self.plan)
        return max((min(last, moment) for first, last in days if first <= moment), default=moment)

    def payee_scope(self, earner: Earner, window: Window, at: date, day: date | None = None) -> Scope:
        """Return the names for a payee, as on a day, at a moment: the end of the window, or now if that is earlier (§8.3)."""
        moment = min(at, window.last)
        scope = self.scope(earner.payee, day or moment)
        scope.assigned = self.records.standing(earner.payee, self.plan, window.first, moment) or scope.assigned
        scope.facts["window_ended"] = window.last <= at
        scope.window = window
        scope.earned = lambda name: self.tell(self, name).in_window(earner.payee, window)

        def read(name: str | None) -> Measured:
            measure = name or self.on
            assert measure is not None
            if measure == self.on and window.deal:
                return self.measures.measured(measure, earner, window, moment, self.prorate)
            return self.measures.read(measure, earner, moment, self.prorate)

        return scope.reading(read)

    def target(self, scope: Scope, window: Window, said: object = None) -> Figure:
        """Return the target for a window, undivided: a part of the year's variable, or an amount (§7.1)."""
        said = self.component.target if said is None else said
        if said is None:
            raise NotPaid("no target")
        if isinstance(said, PartOf) and said.of == "target":
            whole = self.target(scope, window)
            return Figure(times(whole.numerator, said.share), whole.divisor)
        if self.prorate.target == "days" and window.has_end:
            return self._prorated_target(scope, window, said)
        return self._target(scope, window, said)

    def _target(self, scope: Scope, window: Window, said: object) -> Figure:
        if not isinstance(said, PartOf):
            amount = evaluate(said.node, scope)  # type: ignore[attr-defined]
            if amount is None:
                raise NotPaid("the target is empty")
            return Figure(amount)
        ote, mix = scope.ote, scope.mix
        if ote is None or mix is None:
            raise NotPaid("no on-target earnings")
        calendar = self.records.calendar
        here = period_of(calendar, window.first)
        periods = len(calendar.periods_in(window.first, window.last))
        numerator = times(ote, mix[1], said.share, periods)
        return Figure(numerator, times(mix[0] + mix[1], calendar.periods_per_year(here)))

    def _prorated_target(self, scope: Scope, window: Window, said: object) -> Figure:
        """Each assignment's target, as of the last of its days, x these / days of the window, over their common divisor (§7.1)."""
        parts = []
        for first, last, row in self.records.rows_on(scope.payee, self.plan):
            days = overlap([(first, last)], window.first, window.last)
            if days:
                then = self.scope(scope.payee, min(last, window.last)).reading(scope.read)
                then.assigned = row
                parts.append((self._target(then, window, said), days))
        if not parts:
            return Figure(ZERO)
        if len(parts) == 1 and parts[0][1] == window.days:
            return parts[0][0]
        common = Decimal(lcm(*(int(f.divisor) for f, _ in parts))) if all(f.divisor == int(f.divisor) for f, _ in parts) else ONE
        if any(common % f.divisor for f, _ in parts):
            common = max(f.divisor for f, _ in parts)
        total = sum((times(f.numerator, over(common, f.divisor), days) for f, days in parts), ZERO)
        return Figure(total, times(common, window.days))

    @property
    def date_column(self) -> str:
        """The column of the date that credits the component's deals."""
        own: str | None = self.measures.measure(self.on).date if self.on is not None else None
        return own or self.records.house.credit_date

    def windows(self, earner: Earner, at: date) -> list[Window]:
        """Return the windows that have begun, one for each that holds a day on which the payee takes part (§6.1, §8.5)."""
        found: list[Window] = []
        name, dates = self.measure, self.component.dates
        if name is None or self.measures.measure(name).window == "deal":
            own = Window(dates.first or date.min, dates.last or date.max) if name is None and dates is not None else None
            return [own] if own is not None and own.first <= at else []
        for first, last in self.records.days_on(earner.payee, self.plan):
            day = max(first, self.records.calendar.periods[0].first)
            while day <= min(last, at):
                window = self.measures.tile(name, earner, day)
                if window is None and self.measures.measure(name).window == ANNIVERSARY:
                    if isinstance(self.component, Bonus):
                        self.refuse(earner, "", "no hired date")
                    break
                if window is None:  # before the first quota row
                    later = [s for s in self.measures.quotas.starts(name, earner.payee) if s > day]
                    if not later:
                        break
                    day = later[0]
                    continue
                if window not in found:
                    found.append(window)
                if window.last == date.max:
                    break
                day = date.fromordinal(window.last.toordinal() + 1)
        return found

    @property
    def measure(self) -> str | None:
        """The measure whose windows the component has: its own, else the first that it reads; a bonus reads one in its gates too."""
        if not isinstance(self.component, Bonus) or self.on is not None:
            return self.component.runs_over  # type: ignore[no-any-return]
        said = [self.component.payout, *(g.when for g in self.component.gate)]
        names = {n for v in said for e in values_of(v) for n in calls(e.node, "value", "quota", "attainment")}
        return min(names, default=None)

    def eligible(self, credit: Credit, scope: Scope) -> bool:
        """Tell whether the component pays the credit: its dates, who is eligible, and its own condition."""
        dates = self.component.dates
        if dates is not None and not (dates.first or date.min) <= credit.day <= (dates.last or date.max):
            return False
        for rule in ("eligible", "where"):
            said = getattr(self.component, rule)
            if said is not None and self.split == "pay" and credit.earner.stream and self.of_payees(said):
                continue  # after the sharing
            holds = True if said is None else evaluate(said.node, scope)
            if rule == "where":
                instead = [takes(self.plan, s, scope, credit.day) for s in in_place_of(self.plan, self.name)]
                holds = both(holds, instead)
            if holds is None:
                raise NotPaid(f"{rule} is empty")
            if not holds:
                return False
        return True

    def of_payees(self, condition: Any) -> bool:
        """Tell whether a condition looks at the payee or the role: where pay is shared it acts on each payee afterwards (§9)."""
        looked_at = [condition.node]
        for node in looked_at:
            for part in walk(node):
                if isinstance(part, Member) or (isinstance(part, Name) and (part.id == "role" or part.id in self.plan.params)):
                    return True
                if isinstance(part, Name) and part.id in self.plan.columns:
                    looked_at += [e.node for e in values_of(self.plan.columns[part.id])]
        return False

    def takes(self, payee: str, entry: Entry) -> bool:
        """Tell whether conditions on the payee or the role let a share of the entry through (§9)."""
        if entry.credit is None:
            return True
        scope = self.scope(payee, entry.day).with_credit(entry.credit)
        for rule in ("eligible", "where"):
            said = getattr(self.component, rule)
            if said is None or not self.of_payees(said):
                continue
            holds = evaluate(said.node, scope)
            if holds is None:
                self.records.refuse(payee, self.name, entry.deal, f"{rule} is empty")
            if not holds:
                return False
        return True


Tell = Callable[[Work, str], Told]


def _nobody(work: Work, name: str) -> Told:
    raise AssertionError(f"nothing tells `{work.name}` what `{name}` has earned")
