"""Measures: the running total of each window, its value to date, and what it is read as (§4)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from commcalc.base.money import RoundingMode
from commcalc.plan.components.common import Prorate
from commcalc.plan.measures import AverageMeasure, CountMeasure, DistinctMeasure, FormulaMeasure, KpiMeasure, SumMeasure
from commcalc.plan.model import Plan
from commcalc.plan.windows import ANNIVERSARY, rolling_of
from commcalc.reference import clawbacks
from commcalc.reference.crediting import Credit, candidates, count_changes, may_be_credited
from commcalc.reference.currency import NO_RATE, unrated
from commcalc.reference.events import takes_back
from commcalc.reference.expression import evaluate
from commcalc.reference.instead import both, not_counted_by, takes
from commcalc.reference.measured import Measured, NotPaid
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE, ZERO, over, times
from commcalc.reference.quotas import Quotas
from commcalc.reference.rates import value_of
from commcalc.reference.records import Earner, Records
from commcalc.reference.time import OPEN, Window, window_of

Credits = dict[Window, list[Credit]]


class Measures:
    """The measures of one plan, counted once for each earner."""

    def __init__(self, records: Records, plan: Plan) -> None:
        self.records, self.plan = records, plan
        self.quotas = Quotas(records, plan)
        self._credits: dict[tuple[str, Earner], Credits] = {}
        self._totals: dict[tuple[str, Earner, Window], tuple[list[date], list[Decimal]]] = {}
        self._read: dict[Any, Measured] = {}
        self._relieved: dict[tuple[str, Earner, Window], list[tuple[date, Decimal]]] = defaultdict(list)
        self._reliefs = {name: clawbacks.reliefs(plan, name) for name in plan.measures}
        self.known = records.now

    def known_at(self, at: date) -> None:
        """Say up to which day events act on what is counted: a clawback may relieve a measure, in windows long gone (§8.7)."""
        if at != self.known and self.relieves:
            for kept in (self._credits, self._totals, self._read, self._relieved):
                kept.clear()
        self.known = at

    @property
    def relieves(self) -> bool:
        """Whether a clawback relieves any measure, so that what was counted depends on what has happened since."""
        return any(self._reliefs.values())

    def measure(self, name: str) -> Any:
        """Return the plan's measure of this name."""
        return self.plan.measures[name]

    def window(self, name: str, earner: Earner, day: date, deal: str = "") -> Window | None:
        """Return the measure's window that holds the day; quota rows are the payee's own."""
        kind = self.measure(name).window
        if kind == ANNIVERSARY:
            return self.records.anniversaries(earner.payee, day)
        starts = self.quotas.starts(name, earner.payee) if kind == "quota row" else ()
        found = window_of(self.records.calendar, kind, day, deal, starts)
        last = self.plan.effective.last
        if found is not None and kind == "quota row" and found.last == date.max and last is not None:
            return Window(found.first, last)
        return found

    def tile(self, name: str, earner: Earner, day: date) -> Window | None:
        """Return the window that a component on the measure runs over; a rolling one moves on by those that it is made of (§4.3)."""
        rolling = rolling_of(self.measure(name).window)
        return self.window(name, earner, day) if rolling is None else window_of(self.records.calendar, rolling.base, day, "")

    def credits(self, name: str, earner: Earner) -> Credits:
        """Return the measure's credits of the earner by window, in order, each with its m and the running total before it."""
        if (name, earner) not in self._credits:
            self._credits[name, earner] = self._counted(name, earner)
        return self._credits[name, earner]

    def _counted(self, name: str, earner: Earner) -> Credits:
        measure = self.measure(name)
        found: list[Credit] = []
        if isinstance(measure, KpiMeasure | FormulaMeasure):
            return {}  # they are read, not counted
        for credit in candidates(self.records, self.plan, measure, earner):
            if not may_be_credited(self.records, credit, self.plan) or not self._measured(name, credit):
                continue
            rolling = rolling_of(measure.window) is not None
            window = OPEN if rolling else self.window(name, earner, credit.day, credit.deal_id)
            if window is None:
                why = "no hired date" if measure.window == ANNIVERSARY else "before the first quota row"
                self._undecided(name, credit, why)
                continue
            credit.window = window
            found.append(credit)
        found.sort(key=lambda c: c.order)
        count_changes(found, whole=isinstance(measure, CountMeasure) and measure.count == "whole deals")
        windows: Credits = defaultdict(list)
        for credit in found:
            windows[credit.window].append(credit)
        for credit in found:
            credit.m = credit.whole = self._m(measure, credit)
        if self._reliefs[name]:
            self._relieve(name, earner, found)
        for window, credits in windows.items():
            self._count_up(name, earner, window, credits)
        return windows

    def _count_up(self, name: str, earner: Earner, window: Window, credits: list[Credit]) -> None:
        """Give each credit what was counted before it: what relieves the measure on a day comes after that day's credits."""
        total = self.opening(name, earner, window)
        relieved = list(self._relieved[name, earner, window])
        for credit in credits:
            while relieved and relieved[0][0] < credit.day:
                total += relieved.pop(0)[1]
            credit.before = total
            total += credit.m

    def _relieve(self, name: str, earner: Earner, found: list[Credit]) -> None:
        """Take off what is clawed back: off the credit in its own window, or by a row on the day on which it is (§8.7)."""
        days: dict[Any, list[date]] = defaultdict(list)
        for credit in found:
            days[credit.sale, credit.role, credit.level].append(credit.day)
        for credit in found:
            day = clawbacks.day_of(credit.day, back=takes_back(credit.deal), sale=days[credit.sale, credit.role, credit.level])
            scope = Scope(self.records, self.plan, earner.payee, credit.day).with_credit(credit)
            place = clawbacks.Place(credit.deal, day, scope)
            try:
                taken = [
                    (which, max(since, credit.day), more)
                    for said, which in self._reliefs[name]
                    for since, more in clawbacks.taken(said, self.records.events, place, self.known)
                ]
            except NotPaid as missing:
                self.records.refuse(earner.payee, name, credit.deal_id, missing.reason)
                continue
            whole = clawbacks.part([(since, more) for which, since, more in taken if which == "original"], self.known)
            credit.m -= over(times(credit.whole, whole.numerator), whole.denominator)
            current = [(since, more) for which, since, more in taken if which == "current"]
            before = clawbacks.NOTHING
            for since in sorted({since for since, _ in current if since <= self.known}):
                now = min(clawbacks.part(current, since), clawbacks.WHOLE - whole)
                window = self.window(name, earner, since, credit.deal_id)
                if window is not None and now != before:
                    off = over(times(credit.whole, (before - now).numerator), (before - now).denominator)
                    self._relieved[name, earner, window].append((since, off))
                before = now
        for rows in self._relieved.values():
            rows.sort()

    def _measured(self, name: str, credit: Credit) -> bool:
        """Set the credit's value and weight; False where the measure leaves it out, or a rule is empty (§3.7)."""
        measure = self.measure(name)
        scope = Scope(self.records, self.plan, credit.earner.payee, credit.day).with_credit(credit)
        holds = True if measure.where is None else evaluate(measure.where.node, scope)
        holds = both(holds, [takes(self.plan, s, scope, credit.day) for s in not_counted_by(self.plan, name)])
        if holds is False:
            return False
        if unrated(credit.deal):
            self._undecided(name, credit, NO_RATE)
            return False
        credit.value = None if measure.expression is None else evaluate(measure.expression.node, scope)
        weight = ONE if measure.weight is None else value_of(measure.weight, scope)
        if isinstance(measure, AverageMeasure) and measure.weighted_by is not None:
            weight = evaluate(measure.weighted_by.node, scope)
        wants_value = measure.expression is not None
        if holds is None or weight is None or (wants_value and credit.value is None):
            rule = "where" if holds is None else "weight" if weight is None else measure.aggregate
            self._undecided(name, credit, f"{rule} of {name} is empty")
            return False
        credit.weight = weight
        return True

    def _undecided(self, name: str, credit: Credit, why: str) -> None:
        self.records.refuse(credit.earner.payee, name, credit.deal_id, why)
        self.records.undecided.add((credit.deal_id, credit.line))

    @staticmethod
    def _m(measure: Any, credit: Credit) -> Decimal:
        """What the credit adds: expression x weight x share, or the sale counted x weight x share (§4.1)."""
        if isinstance(measure, SumMeasure):
            return credit.shared(times(credit.value, credit.weight) if measure.weight is not None else credit.value)
        if isinstance(measure, CountMeasure):
            one = times(credit.weight, credit.change)
            return one if measure.count == "whole deals" else credit.shared(one)
        return ZERO

    def opening(self, name: str, earner: Earner, window: Window) -> Decimal:
        """Return what the window already had before the first run (§4.9)."""
        if earner.stream:
            return ZERO
        return sum((
            r["amount"] for r in self.records.job.openings
            if r["kind"] == "measure" and r["name"] == name
            and self.records.named(r["payee_id"]) == earner.payee and window.holds(r["as_of"])
        ), ZERO)  # fmt: skip

    def value(self, name: str, earner: Earner, window: Window, at: date) -> Decimal | None:
        """Return the value to date at a moment (§4.4)."""
        measure = self.measure(name)
        if isinstance(measure, KpiMeasure):
            return self._kpi(measure, earner, window, at)
        if isinstance(measure, FormulaMeasure):
            scope = Scope(self.records, self.plan, earner.payee, min(at, window.last))
            read = scope.reading(lambda m: self.read(m or name, earner, min(at, window.last)))
            found: Decimal | None = evaluate(measure.formula.node, read)
            return found
        if rolling_of(measure.window) is not None:
            rows = self._rolling(name, earner, window, at)
            if isinstance(measure, SumMeasure | CountMeasure):
                return self.opening(name, earner, window) + sum((c.m for c in rows), ZERO)
        elif isinstance(measure, SumMeasure | CountMeasure):
            return self._total(name, earner, window, at)
        else:
            rows = [c for c in self.credits(name, earner).get(window, ()) if c.day <= at]
        rows = list({(c.deal_id, c.line): c for c in rows}.values())  # a row once, at however many levels it is credited
        if isinstance(measure, DistinctMeasure):
            return Decimal(len({c.value for c in rows}))
        if not rows:
            return None
        if isinstance(measure, AverageMeasure):
            if measure.weighted_by is None:
                return over(sum((c.value for c in rows), ZERO), len(rows))
            weights = sum((c.weight for c in rows), ZERO)
            return over(sum((times(c.value, c.weight) for c in rows), ZERO), weights) if weights else None
        least: Decimal = (min if measure.aggregate == "min" else max)(c.value for c in rows)
        return least

    def _rolling(self, name: str, earner: Earner, window: Window, at: date) -> list[Credit]:
        """The credits of a rolling window to date: what of a sale lies in it is counted as if there were no more (§4.3)."""
        measure = self.measure(name)
        every = self.credits(name, earner).get(OPEN, ())
        rows = [replace(c, window=window) for c in every if window.first <= c.day <= at]
        count_changes(rows, whole=isinstance(measure, CountMeasure) and measure.count == "whole deals")
        for credit in rows:
            credit.m = self._m(measure, credit)
        return rows

    def _total(self, name: str, earner: Earner, window: Window, at: date) -> Decimal:
        key = (name, earner, window)
        if key not in self._totals:
            credits = self.credits(name, earner).get(window, [])
            rows = sorted([*((c.day, c.m) for c in credits), *self._relieved[name, earner, window]], key=lambda r: r[0])
            sums = list(accumulate((m for _, m in rows), initial=self.opening(name, earner, window)))
            self._totals[key] = ([day for day, _ in rows], sums)
        days, sums = self._totals[key]
        return sums[bisect_right(days, at)]

    def _kpi(self, measure: KpiMeasure, earner: Earner, window: Window, at: date) -> Decimal | None:
        """The mean of the rows whose period lies in the window, or holds it, by weight; rows that begin after the moment are not known (§4.5)."""
        team = self.records.facts(earner.payee, min(at, window.last)).get("team")
        products, weights = ZERO, ZERO
        for row in self.records.job.kpis:
            who = row.get("payee_id")
            mine = self.records.named(who) == earner.payee if who else team is not None and row.get("team") == team
            if row["kpi"] != measure.kpi or not mine:
                continue
            span = self.records.calendar.named(row["period"])
            assert span is not None, row["period"]
            inside = window.first <= span[0] and span[1] <= window.last
            if span[0] <= at and (inside or (span[0] <= window.first and window.last <= span[1])):
                weight = row.get("weight")
                weight = ONE if weight is None else weight
                products, weights = products + times(row["value"], weight), weights + weight
        return over(products, weights) if weights else None

    def measured(self, name: str, earner: Earner, window: Window, at: date, prorate: Prorate | None = None) -> Measured:
        """Return the measure of a window as it stands at a moment."""
        days = prorate is not None and prorate.quota == "days"
        key = (name, earner, window, min(at, window.last), days)
        if key not in self._read:
            measure = self.measure(name)
            value = self.value(name, earner, window, key[3])
            quota, unclear = None, False
            try:
                quota = None if measure.quota is None else self.quotas.quota(name, earner.payee, window, key[3], days=days)
            except NotPaid:
                unclear = True
            step = measure.round.to if measure.round else None
            how: RoundingMode = measure.round.how if measure.round else "half-up"
            self._read[key] = Measured(value, quota, measure.no_quota, step, how, unclear)
        return self._read[key]

    def read(self, name: str, earner: Earner, day: date, prorate: Prorate | None = None) -> Measured:
        """Return the measure of the window that holds the day, as of that day."""
        window = self.window(name, earner, day)
        if window is None:
            raise NotPaid(f"{name} has no window here: no quota row yet, or no hired date")
        return self.measured(name, earner, window, day, prorate)
