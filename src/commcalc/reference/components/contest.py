"""Contest: prizes for the first places of a ranking, shared by those who are level (§6.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from commcalc.language.expression import Expression
from commcalc.plan.components import Contest
from commcalc.plan.measures import FormulaMeasure, KpiMeasure
from commcalc.reference.components.groups import Member, groups, refuse
from commcalc.reference.expression import evaluate
from commcalc.reference.job import Slice
from commcalc.reference.measured import NotPaid
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE, ZERO, Figure, over, times
from commcalc.reference.work import Entry, Work


@dataclass(frozen=True, slots=True)
class Ranked:
    """A member with the figure that counts, and the one that decides between those who are level."""

    member: Member
    figure: Decimal
    second: Decimal | None = None

    def beats(self, other: Ranked, *, lowest: bool) -> bool:
        """Tell whether this one is better than another."""
        if self.figure != other.figure:
            return (self.figure < other.figure) == lowest
        if self.second is None or other.second is None:
            return self.second is not None and other.second is None
        return self.second > other.second


def earn(work: Work, at: date) -> Iterator[Entry]:
    """Yield a line for everybody who is ranked in a window that has ended."""
    lowest = work.component.order == "lowest first"
    for members in groups(work, at):
        ranked = [one for member in members for one in _ranked(work, member)]
        places = [1 + sum(other.beats(one, lowest=lowest) for other in ranked) for one in ranked]
        for place in sorted(set(places)):
            level = [one for one, its in zip(ranked, places, strict=True) if its == place]
            yield from _paid(work, level, place, len(ranked))


def _ranked(work: Work, member: Member) -> Iterator[Ranked]:
    """Ranked is who has a figure above zero and qualifies; where one of the two is not so, the other is not asked for."""
    component: Contest = work.component
    figure = member.scope.read(None).value
    told = isinstance(work.measures.measure(component.on), KpiMeasure | FormulaMeasure)
    if not told if figure is None else figure <= 0:  # nothing was done
        return
    try:
        holds = True if component.qualify is None else evaluate(component.qualify.node, member.scope)
        if holds is None or (holds and figure is None):
            raise NotPaid("qualify is empty" if holds is None else "the figure that decides the place is empty")
    except NotPaid as missing:
        refuse(work, [member.earner], missing)
        return
    if holds and figure is not None:
        yield Ranked(member, figure, _second(component, member.scope))


def _second(component: Contest, scope: Scope) -> Decimal | None:
    """The figure that decides between those who are level; none where none is asked for, or it has no window here."""
    with suppress(NotPaid):
        return None if component.tie_breaker is None else scope.read(component.tie_breaker).value
    return None


def _paid(work: Work, level: Sequence[Ranked], place: int, count: int) -> Iterator[Entry]:
    """Those who are level have the prizes of the places that they hold together; or each has that of the first."""
    component: Contest = work.component
    each = component.ties == "each"
    held = [_prize(component, p, count) for p in range(place, place + (1 if each else len(level)))]
    prizes = [p for p in held if p is not None]
    between = 1 if each else len(level)
    if not work.pays_amount:
        yield from (e for one in level for e in _of_target(work, one, place, prizes, between))
    else:
        for together in [[one] for one in level] if each else [level]:
            yield from _in_money(work, together, place, prizes)


def _prize(component: Contest, place: int, count: int) -> Expression | None:
    """The prize of a place: that of the key that holds it; `top` holds the places after all that are numbered."""
    numbered = max((p.last for p in component.prizes if p.top is None), default=0)
    for places, prize in component.prizes.items():
        first, last = places.first, places.last
        if places.top is not None:
            first, last = numbered + 1, int(times(places.top, count).to_integral_value(ROUND_FLOOR))
        if first <= place <= last:
            return prize
    return None


def _sum(prizes: Sequence[Expression], one: Ranked) -> Decimal:
    total = ZERO
    for prize in prizes:
        found = evaluate(prize.node, one.member.scope)
        if found is None:
            raise NotPaid("a prize is empty")
        total += found
    return total


def _in_money(work: Work, level: Sequence[Ranked], place: int, prizes: Sequence[Expression]) -> Iterator[Entry]:
    """The sum, as the first by payee id reads it, is rounded and shared out in equal parts; one alone has the prize as it is."""
    try:
        total = _sum(prizes, level[0])
    except NotPaid as missing:
        refuse(work, [one.member.earner for one in level], missing)
        return
    whole = work.cents.rounded(total)
    parts = [total] if len(level) == 1 else work.cents.shared(whole, [over(whole, len(level))] * len(level))
    for one, part in zip(level, parts, strict=True):
        yield one.member.entry(part, Slice(place, None, one.figure, None, None, ONE, part))


def _of_target(work: Work, one: Ranked, place: int, prizes: Sequence[Expression], between: int) -> Iterator[Entry]:
    """Target x sum of the prizes / those who share it: each by their own target, divided once."""
    try:
        ratio = Figure(_sum(prizes, one), Decimal(between))
        target = work.target(one.member.scope, one.member.scope.window)
    except NotPaid as missing:
        refuse(work, [one.member.earner], missing)
        return
    exact = over(times(target.numerator, ratio.numerator), times(target.divisor, ratio.divisor))
    yield one.member.entry(exact, Slice(place, None, one.figure, target.quotient, ratio.quotient, ONE, exact))
