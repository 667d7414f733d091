"""SPIFF for a goal: an amount once in a window to each payee for whom the condition holds (§6.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from commcalc.plan.components import Spiff
from commcalc.reference.components.bonus import eligible
from commcalc.reference.components.commission import kickers, multipliers
from commcalc.reference.expression import evaluate
from commcalc.reference.job import Slice
from commcalc.reference.measured import NotPaid
from commcalc.reference.numbers import ONE, over, times
from commcalc.reference.rates import figure_of
from commcalc.reference.records import Earner
from commcalc.reference.time import Window, overlap
from commcalc.reference.work import Entry, Work


def earn(work: Work, earner: Earner, at: date) -> Iterator[Entry]:
    """Yield the amount of each window in which the payee has reached the goal by now."""
    component: Spiff = work.component
    dates = component.dates
    for window in work.windows(earner, at):
        if not overlap(work.records.days_on(earner.payee, work.plan), window.first, min(window.last, at)):
            continue
        if dates is not None and not (dates.first or date.min) <= window.last <= (dates.last or date.max):
            continue
        try:
            paid = _paid(work, earner, window, at)
        except NotPaid as missing:
            if not missing.silent:
                work.refuse(earner, "", missing.reason)
            continue
        if paid is None:
            continue
        amount, factor = paid
        entry = Entry(earner, "owner", 0, "", 0, min(at, window.last), window, basis=None)
        entry.exact = entry.earned = amount
        entry.factor = factor
        entry.slices = (Slice(0, None, None, None, None, factor, amount),)
        yield entry


def _paid(work: Work, earner: Earner, window: Window, at: date) -> tuple[Decimal, Decimal] | None:
    """The amount and its factors where the payee is eligible and the condition holds, else nothing."""
    component: Spiff = work.component
    if not eligible(work, earner, window, at):
        return None
    assert component.when is not None
    scope = work.payee_scope(earner, window, at, work.last_day(earner, window, at))
    holds = evaluate(component.when.node, scope)
    if holds is None:
        raise NotPaid("when is empty")
    if not holds:
        return None
    pay = figure_of(component.pay, scope)
    if pay is None:
        raise NotPaid("the pay is empty, or no row of its table holds")
    extra = times(kickers(component, scope), pay.divisor)
    factors = multipliers(component, scope)
    return over(times(pay.numerator + extra, *factors), pay.divisor), times(ONE, *factors)
