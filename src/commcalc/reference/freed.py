"""Freed: what each span frees to be paid of what was earned, and what it takes back (§10.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from commcalc.reference.kept import Kept, ended, house_cents, kept
from commcalc.reference.numbers import ZERO
from commcalc.reference.settle import Standings, with_openings
from commcalc.reference.time import Window
from commcalc.reference.work import Work

NOTHING = Kept()


@dataclass(slots=True)
class Free:
    """What each span pays of what was earned, by payee, span's last day, step and component; and what it holds, before and after."""

    paid: dict[tuple[str, date, str, str], Decimal] = field(default_factory=dict)
    held: dict[tuple[str, date], tuple[Decimal, Decimal]] = field(default_factory=dict)

    def pay(self, key: tuple[str, date, str, str], amount: Decimal) -> None:
        """Add what a span pays."""
        self.paid[key] = self.paid.get(key, ZERO) + amount

    def hold(self, payee: str, span: Window, begun: Decimal, now: Decimal) -> None:
        """Add what is held when a span begins and when it ends."""
        before, after = self.held.get((payee, span.last), (ZERO, ZERO))
        self.held[payee, span.last] = (before + begun, after + now)

    def held_in(self, span: Window) -> dict[str, tuple[Decimal, Decimal]]:
        """Return what is held of each payee when a span begins and when it ends."""
        return {payee: figures for (payee, last), figures in self.held.items() if last == span.last}


def released(work: Work, stood: Mapping[date, Standings], worked: list[Window], free: Free) -> None:
    """Add what each span pays of a component: free of E at its end less free of E at the end of the span before.

    Of that the clawback is what had been released and is taken back; what was held falls by itself (§10.1).
    """
    cents = house_cents(work)
    for span in worked:
        before = span.first - timedelta(days=1)
        opened = with_openings(work, stood.get(span.last, {}), span.last)
        now = kept(ended(work, opened, span.last))
        then = kept(ended(work, with_openings(work, stood.get(before, {}), before, opened), before))
        for key in {**now, **then}:
            one, earlier = now.get(key, NOTHING), then.get(key, NOTHING)
            payee, free_now, free_then = key[0], one.free(cents), earlier.free(cents)
            back = ZERO
            if key in then and key in now:
                whole = one.amount - one.clawback + earlier.clawback
                back = earlier.free(cents, one.amount) - earlier.free(cents, whole)
            if one.dead:  # it is not trued up, only taken back
                back = free_now - free_then
            free.pay((payee, span.last, "released", work.name), free_now - free_then - back)
            free.pay((payee, span.last, "clawback", work.name), back)
            free.hold(payee, span, earlier.amount - free_then, one.amount - free_now)


def released_since(work: Work, stood: tuple[Standings, Standings], span: Window, free: Free, paid: Mapping[str, Decimal]) -> None:
    """Add what a span pays of a component since what was posted: all that is free now less what was paid of it before."""
    cents = house_cents(work)
    now, then = (kept(s) for s in stood)
    for key in {**now, **then}:
        one, earlier = now.get(key, NOTHING), then.get(key, NOTHING)
        free_now, back = one.free(cents), ZERO
        if key in then and key in now:
            whole = one.amount - one.clawback + earlier.clawback
            back = earlier.free(cents, one.amount) - earlier.free(cents, whole)
        if one.dead:  # it is not trued up, only taken back
            back = free_now - earlier.free(cents)
        free.pay((key[0], span.last, "released", work.name), free_now - back)
        free.pay((key[0], span.last, "clawback", work.name), back)
        free.hold(key[0], span, earlier.amount, one.amount - free_now)
    for payee, amount in paid.items():
        free.pay((payee, span.last, "released", work.name), -amount)
        free.hold(payee, span, -amount, ZERO)


def freed_before(work: Work, before: Standings) -> dict[str, Decimal]:
    """Return what is free of each payee's credits as they stood before."""
    found: dict[str, Decimal] = {}
    for key, one in kept(before).items():
        found[key[0]] = found.get(key[0], ZERO) + one.free(house_cents(work))
    return found
