"""Settling: what is earned up to now less what was earned up to the span before, line by line (§2, §9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from commcalc.plan.components import Bonus
from commcalc.reference.components.bonus import openings
from commcalc.reference.job import Line, Slice
from commcalc.reference.numbers import ALL, ONE, ZERO, Cents, Figure, over, times
from commcalc.reference.records import NOBODY, Earner
from commcalc.reference.time import Window, period_of
from commcalc.reference.work import Entry, Work

Key = tuple[str, str, int, str, int, Window, str]  # payee, role, level, deal, line, window, kind


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for one line up to a moment."""

    day: date
    amount: Decimal
    exact: Decimal
    basis: Decimal | None
    factor: Decimal
    held: bool
    slices: tuple[Slice, ...]
    dead: bool = False  # all of the credit is clawed back
    share: Figure = ALL  # what is released of it, held or not
    waits: bool | None = None  # whether anything of the credit is not released, once that is known


Standings = dict[Key, Standing]


def standings(work: Work, entries: list[Entry]) -> Standings:
    """Return what stands for each line: the earning, and each change as a line of its own; pay of a stream is shared (§9)."""
    found: Standings = {}
    run: dict[Any, Decimal] = {}  # what has been shared so far of what is rounded together
    for entry in entries:
        if not entry.made_up:
            amount = entry.amount - sum((a for a, _ in entry.changes.values()), ZERO)
            one = Standing(entry.day, amount, entry.earned, entry.basis, entry.factor, entry.held, entry.slices)
            _put(work, found, (entry, run), "earning", one)
        for kind, (amount, exact) in entry.changes.items():
            _put(work, found, (entry, run), kind, Standing(entry.day, amount, exact, entry.basis, ONE, entry.held, ()))
    return found


def with_openings(work: Work, found: Standings, at: date, known: Standings | None = None) -> Standings:
    """Let an opening stand in the place of what a bonus was worked out to be, until a span has been paid since (§4.9).

    `known` is what the run calculates: an opening of any other window is no business of the run's.
    """
    if not isinstance(work.component, Bonus):
        return found
    for payee in {work.records.named(r["payee_id"]) for r in work.records.job.openings}:
        for window, paid in openings(work, Earner(payee)).items():
            if max(as_of for as_of, _ in paid) < at and any((k[0], k[5]) == (payee, window) for k in found):
                continue
            found = {k: one for k, one in found.items() if not (k[0] == payee and _opened(k, one, window))}
            if known is not None and not any((k[0], k[5]) == (payee, window) for k in known):
                continue
            whole, day = sum((a for _, a in paid), ZERO), max(d for d, _ in paid)
            slices = (Slice(0, None, None, None, None, ONE, whole),)
            found[payee, "owner", 0, "", 0, window, "earning"] = Standing(day, whole, whole, None, ONE, False, slices)
    return found


def _opened(key: Key, one: Standing, window: Window) -> bool:
    """Tell whether an opening of the window speaks of it: a bonus of that window, or a floor that falls due in it (§4.9)."""
    return key[5] == window or (key[6] == "floor" and window.holds(one.day))


def _put(work: Work, found: Standings, of: tuple[Entry, dict[Any, Decimal]], kind: str, one: Standing) -> None:
    entry, run = of
    rest: Any = (entry.role, entry.level, entry.deal, entry.line, entry.window, kind)
    if not entry.earner.stream:
        if not entry.earner.alone or work.takes(entry.earner.payee, entry):
            found[(entry.earner.payee, *rest)] = one
        return
    together: Any = {"line": rest, "deal": (kind, entry.deal), "component": (kind, entry.window)}[work.round_by]
    before = run.get(together, ZERO)
    run[together] = before + one.amount
    for payee, part in _shared(work.cents, entry, one, before):
        if payee != NOBODY and work.takes(payee, entry):
            found[(payee, *rest)] = part


def _shared(cents: Cents, entry: Entry, one: Standing, before: Decimal) -> list[tuple[str, Standing]]:
    """Share the running total over the holders, less what was theirs of it before; what their shares lack is nobody's, last."""
    holders = list(entry.earner.shares)
    lacking = 1 - sum((Fraction(n, d) for _, n, d in holders), Fraction(0))
    if lacking > 0:
        holders.append((NOBODY, lacking.numerator, lacking.denominator))

    def shared(total: Decimal) -> list[Decimal]:
        return cents.shared(total, [over(times(total, n), d) for _, n, d in holders])

    amounts = [a - b for a, b in zip(shared(before + one.amount), shared(before), strict=True)]
    found = []
    for (payee, n, d), amount in zip(holders, amounts, strict=True):
        basis = None if one.basis is None else over(times(one.basis, n), d)
        part = replace(one, amount=amount, exact=over(times(one.exact, n), d), basis=basis)
        found.append((payee, replace(part, slices=_slices_shared(one.slices, part, (n, d)))))
    return found


def _slices_shared(slices: tuple[Slice, ...], line: Standing, share: tuple[int, int]) -> tuple[Slice, ...]:
    """Each slice times the share; the highest takes what is left of the line's share, basis and exact figure."""
    n, d = share
    parts = [replace(s, basis=over(times(s.basis or ZERO, n), d), exact=over(times(s.exact, n), d)) for s in slices]
    if parts:
        basis = (line.basis or ZERO) - sum((s.basis or ZERO for s in parts[:-1]), ZERO)
        parts[-1] = replace(parts[-1], basis=basis, exact=line.exact - sum((s.exact for s in parts[:-1]), ZERO))
    return tuple(parts)


def differences(work: Work, now: Standings, before: Standings, span: tuple[date, date, bool]) -> list[Line]:
    """Return the lines of a run: what differs, and what was credited in the span (§2.3)."""
    first, at, accrued = span
    found = []
    died = {k[:6] for k, one in now.items() if one.dead}
    dead = {k[:6] for k, one in before.items() if one.dead} & died
    buried = {credit: posted for credit in died - dead if (posted := _posted(credit, before)) is not None}
    for credit, posted in buried.items():
        if posted.amount:
            found.append(_line(work, (*credit, "clawback"), (None, posted), (-posted.amount, False, accrued)))
    for key in sorted({*now, *before}, key=lambda k: (k[0], k[3], k[4], k[1], k[2], k[5], k[6])):
        if key[:6] in dead or key[:6] in buried:
            continue
        one, earlier = now.get(key), before.get(key)
        day = (one or earlier).day  # type: ignore[union-attr]
        amount = (one.amount if one else ZERO) - (earlier.amount if earlier else ZERO)
        inside = first <= day <= at
        if amount == 0 and not (inside and key[6] == "earning" and one is not None):
            continue
        found.append(_line(work, key, (one, earlier), (amount, inside, accrued)))
    return found


def _posted(key: tuple[Any, ...], before: Standings) -> Standing | None:
    """What was posted for a credit that has died since: all of it is taken back in one line (§8.7); None where nothing was."""
    kinds = [one for k, one in before.items() if k[:6] == key]
    if not kinds:
        return None
    amount, exact = sum((s.amount for s in kinds), ZERO), sum((s.exact for s in kinds), ZERO)
    return replace(kinds[0], amount=amount, exact=exact, slices=())


def _rate_and_factor(kind: str, some: Standing, exact: Decimal, *, taken_back: bool) -> tuple[Decimal | None, Decimal | None]:
    """Of one slice rate x factor, of several exact / basis; the factor that the slices that stand have in common."""
    if kind != "earning":
        return None, None
    factors = {s.factor for s in some.slices}
    factor = factors.pop() if len(factors) == 1 else None
    if len(some.slices) == 1 and not taken_back:
        one = some.slices[0]
        return None if one.rate is None else times(one.rate, one.factor), factor
    return (over(exact, some.basis) if some.basis else None), factor


def _line(work: Work, key: Key, stood: tuple[Standing | None, Standing | None], said: tuple[Decimal, bool, bool]) -> Line:
    one, earlier = stood
    amount, inside, accrued = said
    payee, role, level, deal, line, window, kind = key
    some = one or earlier
    assert some is not None
    unpaid = earlier is None or earlier.amount == 0
    cause = "new" if (inside if deal else unpaid) else "true-up"
    slices = one.slices if one else ()
    exact = one.exact if one else ZERO
    if earlier is not None:
        slices += tuple(replace(s, basis=None if s.basis is None else -s.basis, exact=-s.exact) for s in earlier.slices)
        exact -= earlier.exact
    corrects = period_of(work.records.calendar, some.day).name if cause == "true-up" else ""
    return Line(
        payee, work.plan.plan, work.name, deal, line, role, level, some.day,
        None if window.first == date.min else window.first, None if window.last == date.max else window.last,
        some.basis, *_rate_and_factor(kind, some, exact, taken_back=earlier is not None), exact, amount, kind, cause, corrects, accrued, bool(one and (one.held if one.waits is None else one.waits)), slices, _rule(work, key),
    )  # fmt: skip


def _rule(work: Work, key: Key) -> str:
    """Return the crediting rules that gave the share a line is paid on (§3.11)."""
    payee, role, _, deal, line, *_ = key
    if work.records.house.crediting is None or not deal:
        return ""
    row = next((d for d in work.records.deals if d["deal_id"] == deal and int(d.get("line") or 0) == line), None)
    if row is None:
        return ""  # it was withdrawn
    return " + ".join(work.records.by_rules(row, work.date_column).rules.get((role, payee), []))
