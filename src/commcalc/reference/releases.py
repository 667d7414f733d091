"""Release: what part of a credit is payable by a day, in parts that wait for days and events (§10.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import lcm

from commcalc.plan.components.settlement import END_OF, Release
from commcalc.reference.events import Event, after
from commcalc.reference.measured import NotPaid
from commcalc.reference.numbers import ALL, ONE, ZERO, Figure, times
from commcalc.reference.time import window_of
from commcalc.reference.work import Work


@dataclass(frozen=True, slots=True)
class Waiting:
    """A credit that waits to be released: its sale (none: a line without a deal), its date, and the day it is looked at."""

    work: Work
    sale: str
    day: date
    at: date

    @property
    def net(self) -> Decimal:
        """What the sale is worth by then: all its rows, whosever they are; one, where it has moved to a later day since it was paid."""
        column = self.work.date_column
        rows = [r for r in self.work.records.sales[self.sale] if r.get(column) is not None and r[column] <= self.at]
        return ONE if not rows else sum((r.get("amount") or ZERO for r in rows), ZERO)

    def events(self, part: Release) -> list[Event] | None:
        """Return the events that a part waits for; None where it waits for a day, as it does without a deal."""
        return None if part.event is None or not self.sale else self.work.records.events.of(part.event, self.sale, self.at)


def reached(work: Work, sale: str, day: date, at: date) -> Figure:
    """Return the share of a credit that is reached by a day, undivided: at most all of it."""
    parts: Sequence[Release] = work.component.release
    if not parts:
        return ALL
    waiting = Waiting(work, sale, day, at)
    common = lcm(*(_count(p) for p in parts))
    net = waiting.net if sale else ZERO
    by_amount, by_day = ZERO, ZERO
    proportional = False
    for part, ratio in zip(parts, ratios(parts), strict=True):
        events = waiting.events(part)
        late = part.latest is not None and after(day, part.latest) <= at
        if events and not late and part.partial is None and any(e.amount is not None for e in events):
            raise NotPaid(f"{part.on} has an amount, and what a partial one releases is not said")
        if events is not None and part.partial == "in proportion" and net > 0:
            proportional = True
            whole = times(ratio, net, common)
            due = sum((times(_amount(e, net), _due(part, e.acts, at) * common // _count(part)) for e in events), ZERO)
            by_amount += whole if late else max(ZERO, min(whole, times(ratio, due)))
            continue
        begins = _begins(waiting, part, events, net)
        nothing_owed = events is not None and part.partial is not None and net <= 0
        instalments = _count(part) if late or nothing_owed else 0 if begins is None else _due(part, begins, at)
        by_day += times(ratio, instalments * common // _count(part))
    share = Figure(by_amount + times(net, by_day), times(net, common)) if proportional else Figure(by_day, Decimal(common))
    return Figure(min(share.numerator, share.divisor), share.divisor)


def ratios(parts: Sequence[Release]) -> list[Decimal]:
    """Return the ratio of each part; the rest is what all others leave."""
    said = sum((p.part for p in parts if isinstance(p.part, Decimal)), ZERO)
    return [p.part if isinstance(p.part, Decimal) else ONE - said for p in parts]


def _count(part: Release) -> int:
    """In how many instalments a part is released."""
    return 1 if part.over is None else max(1, part.over.count)


def _amount(event: Event, net: Decimal) -> Decimal:
    return net if event.amount is None else event.amount


def _begins(waiting: Waiting, part: Release, events: list[Event] | None, net: Decimal) -> date | None:
    """The day on which a part begins, before what comes after it; None where it waits still."""
    if events is None:
        if part.on not in END_OF:
            return waiting.day
        window = window_of(waiting.work.records.calendar, END_OF[part.on], waiting.day, "")
        return None if window is None else window.last
    days = sorted({e.acts for e in events})
    if part.partial is None:
        return days[0] if days else None
    for day in days:
        if sum((_amount(e, net) for e in events if e.acts <= day), ZERO) >= net:
            return day
    return None


def _due(part: Release, begins: date, at: date) -> int:
    """How many instalments are due: one unit apart, the first so long after the part begins."""
    first = after(begins, part.after)
    if part.over is None or part.over.count == 0:
        return int(first <= at)
    one = type(part.over)(1, part.over.unit)
    return sum(after(first, one, n) <= at for n in range(part.over.count))
