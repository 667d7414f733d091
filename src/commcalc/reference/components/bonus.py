"""Bonus: an amount for each payee and window, by what was reached (§6.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commcalc.language.days import Days
from commcalc.plan.components import Bonus
from commcalc.reference.components.commission import kickers, multipliers
from commcalc.reference.expression import evaluate
from commcalc.reference.job import Slice
from commcalc.reference.measured import NotPaid
from commcalc.reference.numbers import ONE, ZERO, Figure, over, times
from commcalc.reference.rates import figure_of
from commcalc.reference.records import Earner
from commcalc.reference.time import Window, overlap, spans
from commcalc.reference.work import Entry, Work


@dataclass(frozen=True, slots=True)
class Paid:
    """What a bonus pays: exact, the ratio of the target (none where it is an amount), the multipliers."""

    exact: Decimal
    rate: Decimal | None = None
    factor: Decimal = ONE
    basis: Decimal | None = None  # the target; none where it is an amount, or what an opening says


def earn(work: Work, earner: Earner, at: date) -> Iterator[Entry]:
    """Yield the bonus of each window that has begun, for a payee who is on the plan for a day of it."""
    component: Bonus = work.component
    at_end = component.earned in (None, "at end")
    for window in (closed(w, work.plan.effective) for w in work.windows(earner, at)):
        if not overlap(work.records.days_on(earner.payee, work.plan), window.first, min(window.last, at)):
            continue
        if at_end and window.last > at:  # not before its window has ended
            continue
        dates = component.dates
        if dates is not None and not (dates.first or date.min) <= window.last <= (dates.last or date.max):
            continue
        until = min(at, window.last)
        entry = Entry(earner, "owner", 0, "", 0, until, window)
        try:
            if not eligible(work, earner, window, until):
                continue
            paid = _earned(work, earner, window, at)
        except NotPaid as missing:
            if not missing.silent:
                work.refuse(earner, "", missing.reason)
            continue
        entry.exact = entry.earned = paid.exact
        entry.factor = paid.factor
        entry.basis = (
            None
            if work.pays_amount
            else work.target(work.payee_scope(earner, window, until, work.last_day(earner, window, until)), window).quotient
        )
        entry.slices = (Slice(0, None, None, paid.basis, paid.rate, paid.factor, paid.exact),)
        yield entry


def closed(window: Window, effective: Days) -> Window:
    """A window that is open, as life is, begins and ends with the plan (§6.1); any other stands as it is."""
    if window.last != date.max:
        return window
    return Window(max(window.first, effective.first or date.min), min(window.last, effective.last or date.max), window.deal)


def eligible(work: Work, earner: Earner, window: Window, at: date) -> bool:
    """Whether the bonus is for the payee, as they are on the last of their days on the plan in the window so far."""
    said = work.component.eligible
    if said is None:
        return True
    holds = evaluate(said.node, work.scope(earner.payee, work.last_day(earner, window, at)))
    if holds is None:
        raise NotPaid("eligible is empty")
    return bool(holds)


def _earned(work: Work, earner: Earner, window: Window, at: date) -> Paid:
    until = min(at, window.last)
    if work.component.earned != "ratchet":
        return _payout(work, earner, window, until)
    paid = openings(work, earner)[window]
    opened = max((day for day, _ in paid), default=date.min)
    if at <= opened:  # the opening stands in its place
        return _payout(work, earner, window, until)
    start = max(window.first, work.records.first_day(work.plan))
    ends = [s.last for s in spans(work.records.calendar, work.plan.payment.every, start, at)]
    on = work.records.days_on(earner.payee, work.plan)
    days = sorted({min(d, until) for d in ends if d > opened and overlap(on, window.first, min(d, until))})
    if work.measures.relieves:  # what was counted then was counted by what was known then
        days = [d for d in ends if d > opened and overlap(on, window.first, min(d, until))]
    posted = [Paid(sum((amount for _, amount in paid), ZERO))] if paid else []
    if work.posted is not None:  # what closed periods paid is the least, whatever is known of them now
        best = work.posted.get((earner.payee, window.first))
        posted = [] if best is None else [Paid(best.exact, best.rate, best.factor, best.basis)]
        days = days[-1:]
    known = list(_known(work, earner, window, days[:-1]))
    work.measures.known_at(at)
    now = _payout(work, earner, window, min(days[-1], until))
    return max((*posted, *known, now), key=lambda p: p.exact)


def _known(work: Work, earner: Earner, window: Window, days: list[date]) -> Iterator[Paid]:
    """What the bonus came to at the end of earlier spans; one that could not be decided, or was not for the payee, paid nothing."""
    for known in days:
        day = min(known, window.last)
        work.measures.known_at(known)
        with suppress(NotPaid):
            if eligible(work, earner, window, day):
                yield _payout(work, earner, window, day)


def openings(work: Work, earner: Earner) -> dict[Window, list[tuple[date, Decimal]]]:
    """What was earned and paid before the first run, of a bonus that looks back, by the window that it speaks of (§4.9)."""
    found: dict[Window, list[tuple[date, Decimal]]] = defaultdict(list)
    if work.component.earned not in ("to date", "ratchet"):
        return found
    for row in work.records.job.openings:
        if row["kind"] == "earned" and row.get("name") == work.name and work.records.named(row["payee_id"]) == earner.payee:
            window = work.measures.tile(work.measure or "", earner, row["as_of"])
            if window is not None:
                found[closed(window, work.plan.effective)].append((row["as_of"], row["amount"]))
    return found


def _payout(work: Work, earner: Earner, window: Window, at: date) -> Paid:
    """Payout x target x multipliers, divided once; or an amount as it is."""
    scope = work.payee_scope(earner, window, at, work.last_day(earner, window, at))
    scope.facts["window_ended"] = closed(window, work.plan.effective).last <= at
    payout = figure_of(work.component.payout, scope)
    if payout is None:
        raise NotPaid("the payout is empty, or no row of its table holds")
    extra = kickers(work.component, scope)
    if extra:
        payout = Figure(payout.numerator + times(extra, payout.divisor), payout.divisor)
    factors = multipliers(work.component, scope)
    factor = times(ONE, *factors)
    if work.pays_amount:
        return Paid(over(times(payout.numerator, *factors), payout.divisor), None, factor)
    target = work.target(scope, window)
    numerator = times(target.numerator, payout.numerator, *factors)
    return Paid(over(numerator, times(target.divisor, payout.divisor)), payout.quotient, factor, target.quotient)
