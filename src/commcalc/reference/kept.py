"""What is kept of what was earned, and how much of it may be paid: clawback, what a leaver loses, release (§8.7, §8.8, §10.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from commcalc.base.money import minor_units
from commcalc.reference import clawbacks
from commcalc.reference.events import sale_of, takes_back
from commcalc.reference.measured import NotPaid
from commcalc.reference.numbers import ALL, ONE, ZERO, Cents, Figure, over, times
from commcalc.reference.releases import reached
from commcalc.reference.settle import Standing, Standings
from commcalc.reference.time import Window
from commcalc.reference.work import Work

CreditKey = tuple[str, str, int, str, int, Window]  # payee, role, level, deal, line, window
Kinds = dict[str, Standing]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a credit comes to, what of that was taken back, and the share of it that is released: none behind a gate."""

    amount: Decimal = ZERO
    clawback: Decimal = ZERO
    share: Figure = ALL
    dead: bool = False

    def free(self, cents: Cents, amount: Decimal | None = None) -> Decimal:
        """Return what is released of it, or of another amount at its share."""
        return _part(cents, self.amount if amount is None else amount, self.share)


def by_credit(found: Standings) -> dict[Any, Kinds]:
    """Return what stands for each credit, by kind; a floor stands by itself, on the payee."""
    credits: dict[Any, Kinds] = defaultdict(dict)
    for key, one in found.items():
        credits[key if key[6] == "floor" else key[:6]][key[6]] = one
    return credits


def kept(found: Standings) -> dict[CreditKey, Kept]:
    """Return what each credit comes to and the share of it that is released."""
    credits = {}
    for key, kinds in by_credit(found).items():
        some = next(iter(kinds.values()))
        back = kinds["clawback"].amount if "clawback" in kinds else ZERO
        share = Figure(ZERO) if some.held else some.share
        credits[key] = Kept(_sum(s.amount for s in kinds.values()), back, share, some.dead)
    return credits


def house_cents(work: Work) -> Cents:
    """Return how a payment is rounded: in the house's mode."""
    return Cents(minor_units(work.plan.currency), work.records.house.readings.get("rounding", "half-up"))  # type: ignore[arg-type]


def ended(work: Work, found: Standings, at: date) -> Standings:
    """Return what stands by a day once clawbacks have taken their part and leavers lost theirs, with the share that is released."""
    component = work.component
    if not (component.clawback or component.release):
        return found
    after: Standings = {}
    after |= {key: one for key, one in found.items() if key[6] == "floor"}  # released at once
    credits = by_credit({key: one for key, one in found.items() if key[6] != "floor"})
    days = days_of_sales(work, credits)
    for key, kinds in credits.items():
        try:
            if key[3] and component.clawback:
                _claw_back(work, key, kinds, days, at)
        except NotPaid as missing:
            work.records.refuse(key[0], work.name, key[3], missing.reason)
            continue
        _release(work, key, kinds, (credit_day(work, key, kinds, days), at))
        after |= {(*key, kind): one for kind, one in kinds.items()}
    return after


def days_of_sales(work: Work, credits: Mapping[Any, Kinds]) -> dict[Any, list[date]]:
    """Return the days on which each payee was credited with a sale, what takes it back included."""
    days: dict[Any, list[date]] = defaultdict(list)
    for (payee, role, level, deal, line, _), kinds in credits.items():
        if deal:
            days[payee, role, level, sale_of(work.records.rows[deal, line])].append(_some(kinds).day)
    return days


def _claw_back(work: Work, key: CreditKey, kinds: Kinds, days: dict[Any, list[date]], at: date) -> None:
    """Take a part of what all kinds before it come to, as a kind of its own; of a dead credit all of it (§8.7)."""
    payee, role, level, deal, line, _ = key
    row, some = work.records.valued.of(work.records.rows[deal, line], work.plan), _some(kinds)
    day = credit_day(work, key, kinds, days)
    scope = work.scope(payee, some.day)
    scope.deal = row
    scope.facts |= {"credit_date": some.day, "role": role, "level": Decimal(level)}
    place = clawbacks.Place(row, day, scope)
    changes = [c for said in work.component.clawback for c in clawbacks.taken(said, work.records.events, place, at)]
    part = clawbacks.part(changes, at)
    if not part:
        return
    left: Fraction = 1 - part
    exact = _sum(s.exact for s in kinds.values())
    what = over(times(exact, left.numerator), left.denominator)
    _put(kinds, "clawback", work.cents.rounded(what), what)
    if part == 1:
        for kind, one in kinds.items():
            kinds[kind] = replace(one, dead=True)


def credit_day(work: Work, key: CreditKey, kinds: Kinds, days: dict[Any, list[date]]) -> date:
    """Return the day of a credit that counts: of what takes a sale back, the sale's (§8.7)."""
    payee, role, level, deal, line, _ = key
    day = _some(kinds).day
    if not deal:
        return day
    row = work.records.rows[deal, line]
    return clawbacks.day_of(day, back=takes_back(row), sale=days[payee, role, level, sale_of(row)])


def _release(work: Work, key: CreditKey, kinds: Kinds, when: tuple[date, date]) -> None:
    """Say what share is released; of what a leaver has not been paid by then all is, or none will be (§10.1)."""
    payee, deal, line, some = key[0], key[3], key[4], _some(kinds)
    day, at = when
    sale = sale_of(work.records.rows[deal, line]) if deal else ""
    leaving, left = work.plan.payment.leaving, work.records.left(payee, at)
    held = leaving.held if leaving is not None and left is not None else None
    try:
        share = ALL if held == "release" else reached(work, sale, day, max(some.day, left if held and left else at))
    except NotPaid as missing:
        work.records.refuse(payee, work.name, deal, missing.reason)
        share, held = Figure(ZERO), None
    amount = _sum(s.amount for s in kinds.values())
    if held == "forfeit":
        exact = over(times(amount, share.numerator), share.divisor)
        if share.numerator < share.divisor:
            _put(kinds, "forfeit", _part(house_cents(work), amount, share), exact)
        share = ALL
    amount = _sum(s.amount for s in kinds.values())
    waits = amount != (ZERO if some.held else _part(house_cents(work), amount, share))
    for kind, one in kinds.items():
        kinds[kind] = replace(one, share=share, waits=waits)


def _put(kinds: Kinds, kind: str, amount: Decimal, exact: Decimal) -> None:
    """Let all kinds together come to an amount by a kind of its own."""
    some = _some(kinds)
    less = amount - _sum(s.amount for s in kinds.values())
    off = exact - _sum(s.exact for s in kinds.values())
    if less or off:
        kinds[kind] = replace(some, amount=less, exact=off, factor=ONE, slices=())


def _some(kinds: Kinds) -> Standing:
    return next(iter(kinds.values()))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _part(cents: Cents, amount: Decimal, share: Figure) -> Decimal:
    """Return a share of an amount in cents; all of it is all of it."""
    if share.numerator == share.divisor:
        return amount
    return cents.rounded(over(times(amount, share.numerator), share.divisor))
