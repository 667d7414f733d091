"""Quotas: whose rows count for a window, spread over shorter windows and reduced for days not taken part in (§4.6, §4.7)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import lcm
from typing import Any

from commcalc.language.expression import calls, walk
from commcalc.language.expression.nodes import Binary
from commcalc.plan.model import Plan
from commcalc.plan.whose import ReportsCredit
from commcalc.plan.windows import ANNIVERSARY, rolling_of
from commcalc.reference.crediting import in_group
from commcalc.reference.job import Row
from commcalc.reference.measured import NotPaid
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE, Figure, times
from commcalc.reference.rates import value_of
from commcalc.reference.records import Records
from commcalc.reference.time import Window, overlap, span_of, windows_between

Parts = list[tuple[Decimal, int]]


class Quotas:
    """The quotas table as one plan reads it."""

    def __init__(self, records: Records, plan: Plan) -> None:
        self.records, self.plan = records, plan

    def starts(self, name: str, payee: str) -> list[date]:
        """Return the days on which the payee's quota rows begin."""
        return sorted({self._span(r).first for r in self._rows(name) if self._mine(r, payee)})

    def quota(self, name: str, payee: str, window: Window, at: date, *, days: bool) -> Figure | None:
        """Return the quota of the window as known at a moment, undivided; None where there is none above zero."""
        measure: Any = self.plan.measures[name]
        days = days and self._grows(name)
        if measure.quota in ("own", "team", "plan", "sum of reports"):
            parts = self._of_rows(name, payee, window, at, days=days)
        else:
            value = value_of(measure.quota, Scope(self.records, self.plan, payee, at))
            parts = [] if value is None else self._reduced(measure, (value, 1), payee, window, days=days)
        if not parts:
            return None
        common = lcm(*(d for _, d in parts))
        total = sum((times(n, common // d) for n, d in parts), Decimal(0))
        return Figure(total, Decimal(common)) if total > 0 else None

    def _grows(self, name: str) -> bool:
        """Tell whether half the days make half the figure: sums and counts, and formulas of these without a quotient (§4.7)."""
        measure: Any = self.plan.measures[name]
        if measure.aggregate != "formula":
            return measure.aggregate in ("sum", "count", "distinct")
        node = measure.formula.node
        divided = [n.right for n in walk(node) if isinstance(n, Binary) and n.op == "/"]
        if any(calls(n, "value", "quota", "attainment") for n in divided):
            return False
        read = calls(node, "value", "quota", "attainment")
        return bool(read) and all(self._grows(m) for m in read)

    def _rows(self, name: str) -> list[Row]:
        """The rows of the measure; a row that names none is everybody's."""
        known = getattr(self.plan.measures[name], "named", None) or name
        return [r for r in self.records.job.quotas if r.get("measure") in (None, known)]

    def _mine(self, row: Row, payee: str) -> bool:
        who = row.get("payee_id")
        return bool(who) and self.records.named(who) == payee  # type: ignore[arg-type]

    def _span(self, row: Row) -> Window:
        found = self.records.calendar.named(row["period"])
        assert found is not None, row["period"]
        return Window(row.get("start") or found[0], found[1])

    def _of_rows(self, name: str, payee: str, window: Window, at: date, *, days: bool) -> Parts:
        """The payee's own rows for the window, else those of the team, else those of the plan (§4.6)."""
        measure: Any = self.plan.measures[name]
        team = self.records.facts(payee, at).get("team")
        rows = self._rows(name)
        if measure.quota == "sum of reports":
            counted = [r for r in rows if r.get("payee_id") and self._counts(measure, r, payee)]
            return self._parts(measure, payee, window, at, counted, days=days)
        whose = {
            "own": [r for r in rows if self._mine(r, payee)],
            "team": [r for r in rows if not r.get("payee_id") and team and r.get("team") == team],
            "plan": [r for r in rows if not r.get("payee_id") and not r.get("team") and r.get("plan") == self.plan.plan],
        }
        for kind in ("own", "team", "plan") if measure.quota == "own" else (measure.quota,):
            if measure.window == "quota row":
                found = [(r["amount"], 1) for r in whose[kind] if self._span(r).first == window.first]
            else:
                found = self._parts(measure, payee, window, at, whose[kind], days=days)
            if found:
                return found
        return []

    def _counts(self, measure: Any, row: Row, payee: str) -> bool:
        """Tell whether a row is of somebody whose deals the measure counts for a payee on the last day of the row's period (§4.6)."""
        who, day = self.records.named(row["payee_id"]), self._span(row).last
        if who not in self.records.payees:
            return False
        if isinstance(measure.whose, ReportsCredit):
            level = self.records.above(who, day, measure.whose.reports_by).get(payee)
            return measure.whose.own is not None if who == payee else level is not None and measure.whose.levels.hold(level)
        return in_group(self.records, measure.whose, who, payee, day)

    def _parts(self, measure: Any, payee: str, window: Window, at: date, rows: list[Row], *, days: bool) -> Parts:
        parts: Parts = []
        moves = measure.window == ANNIVERSARY or rolling_of(measure.window) is not None
        for row in rows:
            span = self.records.calendar.named(row["period"])
            assert span is not None, row["period"]
            first, last = span
            if window.first <= first and last <= window.last:
                if measure.against != "quota to date" or first <= at:
                    parts += self._reduced(measure, (row["amount"], 1), payee, Window(first, last), days=days)
            elif moves and first <= window.last and window.first <= last:
                raise NotPaid("a quota row lies in the window in part only", whole=True)
            elif first <= window.first and window.last <= last:
                parts += self._spread(measure, payee, window, (row, Window(first, last)), days=days)
        return parts

    def _spread(self, measure: Any, payee: str, window: Window, longer: tuple[Row, Window], *, days: bool) -> Parts:
        """A row longer than the window: an even part of it, or the ratio at the window's place."""
        row, span = longer
        if measure.spread is None:
            raise NotPaid("a quota row is longer than the window, and no spread is said", whole=True)
        windows = windows_between(self.records.calendar, measure.window, span.first, span.last)
        if measure.spread != "evenly" and len(measure.spread) != len(windows):
            raise NotPaid("a quota row has not as many windows as the spread has ratios", whole=True)
        if measure.spread == "evenly":
            return self._reduced(measure, (row["amount"], len(windows)), payee, window, days=days)
        ratio = measure.spread[windows.index(window)]
        return self._reduced(measure, (times(row["amount"], ratio), 1), payee, window, days=days)

    def _reduced(self, measure: Any, part: tuple[Decimal, int], payee: str, span: Window, *, days: bool) -> Parts:
        """A part by its ramp and by the days taken part in it, where the plan says so (§4.7)."""
        if measure.ramp is None or not span.has_end:
            return [self._by_days(part, payee, span, days=days)]
        amount, divisor = part
        pieces = self._pieces(span)
        found = []
        for piece in pieces:
            factor = self._ramp(measure, payee, piece)
            found.append(self._by_days((times(amount, factor), divisor * len(pieces)), payee, piece, days=days))
        return found

    def _pieces(self, span: Window) -> list[Window]:
        """The pay periods that have a day of the span, as far as they lie in it."""
        found: list[Window] = []
        day = span.first
        while day <= span.last:
            pay = span_of(self.records.calendar, self.plan.payment.every, day)
            found.append(Window(day, min(pay.last, span.last)))
            day = pay.last + timedelta(days=1)
        return found

    def _ramp(self, measure: Any, payee: str, piece: Window) -> Decimal:
        """The ramp as of the last day of the piece on which the payee takes part; all of it where that is none."""
        days = [(a, b) for a, b in self.records.days_on(payee, self.plan) if a <= piece.last and b >= piece.first]
        if not days:
            return ONE
        found: Decimal | None = value_of(measure.ramp, Scope(self.records, self.plan, payee, min(days[-1][1], piece.last)))
        if found is None:
            raise NotPaid("the ramp is empty", whole=True)
        return found

    def _by_days(self, part: tuple[Decimal, int], payee: str, span: Window, *, days: bool) -> tuple[Decimal, int]:
        """Amount x days taking part / days of the span, where the plan prorates quotas."""
        amount, divisor = part
        if not days or not span.has_end:
            return part
        taken = overlap(self.records.days_on(payee, self.plan), span.first, span.last)
        if taken == span.days:
            return part
        return times(amount, taken), divisor * span.days
