"""SPIFF: so much for each matching sale or unit inside its dates (§6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from commcalc.language.fields import read_expression
from commcalc.plan.measures import SumMeasure
from commcalc.reference.components.commission import entry_of, kickers, multipliers
from commcalc.reference.crediting import Credit, candidates, count_changes, may_be_credited
from commcalc.reference.expression import evaluate
from commcalc.reference.job import Slice
from commcalc.reference.measured import NotPaid
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE, times
from commcalc.reference.rates import first_value, is_money, value_of
from commcalc.reference.records import Earner
from commcalc.reference.time import Window
from commcalc.reference.work import Entry, Work


def earn(work: Work, earner: Earner, at: date) -> Iterator[Entry]:
    """Yield what each matching deal up to the moment has earned."""
    matching: list[tuple[Credit, Scope]] = []
    for credit in _credits(work, earner):
        if credit.day > at:
            continue
        scope = work.credit_scope(credit, credit.window, at)
        try:
            if work.eligible(credit, scope):
                matching.append((credit, scope))
        except NotPaid as missing:
            work.refuse(earner, credit.deal_id, missing.reason)
    count_changes([c for c, _ in matching])
    for credit, scope in matching:
        try:
            yield _line(work, credit, scope)
        except NotPaid as missing:
            work.refuse(earner, credit.deal_id, missing.reason)


def _credits(work: Work, earner: Earner) -> list[Credit]:
    """The measure's deals, as copies whose count is the SPIFF's own; without a measure the payee's own deals."""
    if work.on is not None:
        found = [c for credits in work.measures.credits(work.on, earner).values() for c in credits]
        copies = []
        for one in found:
            copy = Credit(one.deal, one.day, one.earner, one.role, one.level, one.parts)
            copy.m, copy.value, copy.weight, copy.window, copy.before = one.m, one.value, one.weight, one.window, one.before
            copies.append(copy)
        return sorted(copies, key=lambda c: c.order)
    own = SumMeasure.model_validate({"sum": read_expression("amount"), "window": "life"})
    dates = work.component.dates
    window = Window(dates.first or date.min, dates.last or date.max) if dates else Window(date.min, date.max)
    mine = [c for c in candidates(work.records, own, earner) if may_be_credited(work.records, c, work.plan)]
    for credit in mine:
        credit.window, credit.value = window, credit.deal.get("amount")
    return sorted(mine, key=lambda c: c.order)


def _line(work: Work, credit: Credit, scope: Scope) -> Entry:
    """Money once per sale counted, or for each unit; a ratio of the basis for each row."""
    component: Any = work.component
    pay = value_of(component.pay, scope)
    if pay is None:
        raise NotPaid("the pay is empty, or no row of its table holds")
    pay += kickers(component, scope)
    factors = multipliers(component, scope)
    product = times(ONE, *factors)
    written = first_value(component.pay)
    entry = entry_of(credit)
    per_sale = component.each == "deal" and written is not None and is_money(written.node) is not False
    if per_sale:
        entry.basis = credit.shared(Decimal(credit.change))
        entry.exact = times(credit.shared(times(Decimal(credit.change), pay)), *factors)
    else:
        entry.basis = credit.shared(_basis(component, credit, scope))
        entry.exact = times(entry.basis, pay, *factors)
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
