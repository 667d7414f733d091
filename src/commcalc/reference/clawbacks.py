"""Clawback: what part of a credit is taken back, and from which day on (§8.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from commcalc.language.days import Length
from commcalc.plan.components.settlement import ClawbackOn, ClawbackUnless
from commcalc.plan.model import Plan
from commcalc.reference.events import MONTHS, Event, Events, after, months_begun, sale_of
from commcalc.reference.job import Row
from commcalc.reference.measured import NotPaid
from commcalc.reference.names import Scope
from commcalc.reference.rates import value_of

NOTHING, WHOLE = Fraction(0), Fraction(1)
Taken = list[tuple[date, Fraction]]  # from which day on so much more of the credit, or less, is taken


@dataclass(frozen=True, slots=True)
class Place:
    """A credit as a clawback looks at it: its deal row, the day that counts, and the names on its credit date."""

    deal: Row
    day: date
    scope: Scope


def taken(said: Any, events: Events, place: Place, at: date) -> Taken:
    """Return from which days on a clawback takes how much of a credit, by the events that act by a day."""
    if isinstance(said, ClawbackOn):
        return _on(said, events, place, at)
    return _unless(said, events, place, at)


def part(changes: Iterable[tuple[date, Fraction]], at: date) -> Fraction:
    """Return what part is taken on a day: of several together, at most the whole."""
    return min(WHOLE, sum((f for day, f in changes if day <= at), NOTHING))


def reliefs(plan: Plan, measure: str) -> list[tuple[Any, str]]:
    """Return the clawbacks that relieve a measure, each with the window that it relieves: components say the same ones."""
    for component in plan.components.values():
        if component.runs_over == measure:
            found = [(said, relief(said)) for said in component.clawback if relief(said) != "none"]
            if found:
                return found
    return []


def relief(said: Any) -> str:
    """Return which window of the measure a clawback relieves: original, current or none."""
    return "original" if said.take == "rerun" else said.quota_relief or "none"


def _on(said: ClawbackOn, events: Events, place: Place, at: date) -> Taken:
    """The first event of the name, where it is in time, takes from the day on which it acts."""
    found = events.of(said.on, sale_of(place.deal), at)
    if not found:
        return []
    first = found[0]
    if first.day > _limit(said.within, place):
        return []
    return [(first.acts, _fraction(said, place, first))]


def _unless(said: ClawbackUnless, events: Events, place: Place, at: date) -> Taken:
    """From the day after the last one it takes, until an event comes: any, or only one that was in time."""
    last, fraction = _limit(said.within, place), _fraction(said, place, None)
    if last == date.max:
        return []
    begins = last + timedelta(days=1)
    undoing = [e for e in events.of(said.unless, sale_of(place.deal), at) if said.restore != "never" or e.day <= last]
    ends = min((e.acts for e in undoing), default=date.max)
    return [(begins, fraction), (ends, -fraction)] if ends > begins else []


def _limit(within: Length | str, place: Place) -> date:
    """The last day that is in time: so long after the day that counts, or what a column of the deal says."""
    return after(place.day, within) if isinstance(within, Length) else _column(within, place)


def _column(name: str, place: Place) -> date:
    said: date | None = place.deal.get(name)
    if said is None:
        raise NotPaid(f"{name} is empty, within which pay may be taken back")
    return said


def _fraction(said: Any, place: Place, event: Event | None) -> Fraction:
    """What part is taken: all, for the time not served, or what an expression or table gives on the credit date."""
    if said.take in ("all", "rerun"):
        return WHOLE
    if said.take == "pro rata":
        assert event is not None, "pro rata wants an event"
        return _not_served(said.within, place, event)
    scope = place.scope
    if event is not None:
        months, days = months_begun(place.day, event.day), max(0, (event.day - place.day).days)
        scope.facts |= {"months_served": Decimal(months), "days_served": Decimal(days)}
    found = value_of(said.take, scope)
    if found is None:
        raise NotPaid("what is taken back is empty, or no row of its table holds")
    return max(NOTHING, min(WHOLE, Fraction(found)))


def _not_served(within: Length | str, place: Place, event: Event) -> Fraction:
    """The time not served of the time asked for, in its unit; of a column in days."""
    days = (event.day - place.day).days
    if isinstance(within, str):
        whole, served = (_column(within, place) - place.day).days, days
    elif within.unit in MONTHS:
        whole, served = within.count * MONTHS[within.unit], months_begun(place.day, event.day)
    else:
        whole, served = (after(place.day, within) - place.day).days, days
    return WHOLE if whole <= 0 else max(NOTHING, min(WHOLE, Fraction(whole - served, whole)))


def day_of(day: date, *, back: bool, sale: Sequence[date]) -> date:
    """Return the day that counts: the credit date; of what takes a sale back, the first one of the sale's rows."""
    return min([day, *sale]) if back else day
