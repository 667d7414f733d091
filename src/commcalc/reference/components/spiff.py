"""SPIFF: so much for each matching sale or unit inside its dates (§6.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from commcalc.language.fields import read_expression
from commcalc.plan.measures import SumMeasure
from commcalc.reference.components.commission import entry_of, kickers, multipliers
from commcalc.reference.crediting import Credit, candidates, count_changes, may_be_credited
from commcalc.reference.currency import NO_RATE, unrated
from commcalc.reference.expression import evaluate
from commcalc.reference.job import Slice
from commcalc.reference.measured import NotPaid
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE, ZERO, over, times, within
from commcalc.reference.rates import value_of
from commcalc.reference.records import Earner
from commcalc.reference.time import Window
from commcalc.reference.work import Entry, Work


@dataclass(slots=True)
class Matching:
    """A matching deal row: what counts of it as deals or units, what of that is paid, and of its sale the whole and its room."""

    credit: Credit
    scope: Scope
    counts: Decimal = ZERO
    paid: Decimal = ZERO
    whole: Decimal = ZERO
    room: Decimal | None = None  # none: no limit
    reached: bool = True  # the minimum


def earn(work: Work, earner: Earner, at: date) -> Iterator[Entry]:
    """Yield what each matching deal up to the moment has earned."""
    component: Any = work.component
    matching = _matching(work, earner, at)
    if component.first is not None and component.first.of == "payee":
        _place(component.first.count, matching)
    elif component.first is not None:  # the deals of all payees stand in one order
        others = [one for other in work.earners if other != earner for one in _matching(work, other, at)]
        every = sorted([*matching, *others], key=lambda one: (*one.credit.order[:3], work.records.place(one.credit.earner.payee)))
        _place(component.first.count, every)
    for one in matching:
        try:
            yield _line(work, one)
        except NotPaid as missing:
            work.refuse(earner, one.credit.deal_id, missing.reason)


def _matching(work: Work, earner: Earner, at: date) -> list[Matching]:
    """The payee's deals inside the dates that the conditions let through, with what counts of each."""
    found: list[Matching] = []
    for credit in _credits(work, earner):
        if credit.day > at:
            continue
        scope = work.credit_scope(credit, credit.window, at)
        try:
            if work.eligible(credit, scope):
                if unrated(credit.deal):
                    raise NotPaid(NO_RATE)
                found.append(Matching(credit, scope))
        except NotPaid as missing:
            work.refuse(earner, credit.deal_id, missing.reason)
    count_changes([one.credit for one in found])
    for one in found:
        one.paid = one.counts = _counts(work.component, one)
    return _at_least(work, earner, at, found) if work.component.minimum is not None else found


def _counts(component: Any, one: Matching) -> Decimal:
    """A sale counts its share of one, a row of units its share of them; units that are not known count as none."""
    if component.each == "deal":
        return one.credit.shared(Decimal(one.credit.change))
    try:
        return one.credit.shared(_basis(component, one.credit, one.scope))
    except NotPaid:
        return ZERO


def _at_least(work: Work, earner: Earner, at: date, found: list[Matching]) -> list[Matching]:
    """Below the minimum nothing is paid, and nothing takes a place; where it cannot be told nothing is earned (§6.3)."""
    kept: list[Matching] = []
    for window in {one.credit.window: None for one in found}:
        rows = [one for one in found if one.credit.window == window]
        try:
            minimum = value_of(work.component.minimum, work.payee_scope(earner, window, at))
            if minimum is None:
                raise NotPaid("the minimum is empty")
        except NotPaid as missing:
            if not missing.silent:
                work.refuse(earner, "", missing.reason)
            continue
        for one in rows if sum((one.counts for one in rows), ZERO) < minimum else ():
            one.reached, one.paid = False, ZERO
        kept += rows
    return sorted(kept, key=lambda one: one.credit.order)


def _place(limit: Decimal, rows: list[Matching]) -> None:
    """Each sale has the room that those before it leave; what came back takes none, so that the next one moves up (§6.3)."""
    sales: dict[Any, list[Matching]] = {}
    for one in rows:
        sales.setdefault((one.credit.window, one.credit.earner, one.credit.sale), []).append(one)
    taken: dict[Window, Decimal] = defaultdict(Decimal)
    for (of, *_), sale in sales.items():
        room = max(ZERO, limit - taken[of])
        whole = max(ZERO, *accumulate(one.paid for one in sale))
        for one, paid in zip(sale, within(room, [one.paid for one in sale]), strict=True):
            one.paid, one.whole, one.room = paid, whole, room
        taken[of] += max(ZERO, sum((one.counts for one in sale if one.reached), ZERO))


def _credits(work: Work, earner: Earner) -> list[Credit]:
    """The measure's deals, as copies whose count is the SPIFF's own; without a measure the payee's own deals."""
    if work.on is not None:
        found = [c for credits in work.measures.credits(work.on, earner).values() for c in credits]
        copies = []
        for one in found:
            copy = Credit(one.deal, one.day, one.earner, one.role, one.level, one.parts)
            copy.m, copy.value, copy.weight, copy.window, copy.before = one.m, one.value, one.weight, one.window, one.before
            copy.whole = one.whole
            copies.append(copy)
        return sorted(copies, key=lambda c: c.order)
    own = SumMeasure.model_validate({"sum": read_expression("amount"), "window": "life"})
    dates = work.component.dates
    window = Window(dates.first or date.min, dates.last or date.max) if dates else Window(date.min, date.max)
    mine = [c for c in candidates(work.records, work.plan, own, earner) if may_be_credited(work.records, c, work.plan)]
    for credit in mine:
        credit.window, credit.value = window, credit.deal.get("amount")
    return sorted(mine, key=lambda c: c.order)


def _line(work: Work, one: Matching) -> Entry:
    """Money once per sale counted, or for each unit; a ratio of the basis for each row; of the part that is paid."""
    component: Any = work.component
    credit, scope = one.credit, one.scope
    pay = value_of(component.pay, scope)
    if pay is None:
        raise NotPaid("the pay is empty, or no row of its table holds")
    pay += kickers(component, scope)
    factors = multipliers(component, scope)
    product = times(ONE, *factors)
    entry = entry_of(credit)
    per_sale = component.each == "deal" and component.basis is None and work.pays_amount
    if per_sale:
        entry.basis = one.paid
        whole = credit.shared(times(Decimal(credit.change), pay))
        entry.exact = times(whole if one.paid == one.counts else times(one.paid, pay), *factors)
    elif component.each == "unit":
        _basis(component, credit, scope)
        entry.basis = one.paid
        entry.exact = times(entry.basis, pay, *factors)
    else:
        basis = credit.shared(_basis(component, credit, scope))  # one that is empty is told, also where nothing is paid yet
        basis = basis if one.reached else ZERO
        part = one.whole if one.room is None else min(one.whole, one.room)
        entry.basis, entry.exact = basis, times(basis, pay, *factors)
        if part < one.whole:  # a part of the sale: all products first, then one division
            entry.basis = over(times(basis, part), one.whole)
            entry.exact = over(times(basis, part, pay, *factors), one.whole)
    entry.earned, entry.factor = entry.exact, product
    entry.slices = (Slice(0, None, None, entry.basis, pay, product, entry.exact),)
    return entry


def _basis(component: Any, credit: Credit, scope: Scope) -> Decimal:
    if component.basis is not None:
        found = evaluate(component.basis.node, scope)
    else:  # what the measure sums; a count sums nothing, its deals have their amount
        found = credit.deal.get("amount") if credit.value is None else credit.value
    if found is None:
        raise NotPaid("basis is empty")
    return Decimal(found)
