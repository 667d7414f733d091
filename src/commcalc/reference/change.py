"""What changes a result: rounding, per-deal minimum and maximum, gates, proration, caps and floors, in this order (§8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from commcalc.plan.caps import JointCap
from commcalc.plan.components import Bonus
from commcalc.plan.components.common import Gate, Limit
from commcalc.plan.components.spiff import Budget
from commcalc.plan.targets import PartOf
from commcalc.plan.windows import OF_PAYEE
from commcalc.reference.expression import evaluate
from commcalc.reference.measured import NotPaid
from commcalc.reference.numbers import ZERO, over, times, within
from commcalc.reference.records import Earner
from commcalc.reference.time import Window, overlap, window_of
from commcalc.reference.work import Entry, Work

T = TypeVar("T")
Posted = Mapping[Any, tuple[Decimal, Decimal]]  # an entry's key: its exact and its rounded earning a span ago


def changed(work: Work, entries: list[Entry], at: date, posted: Posted) -> list[Entry]:
    """Return one payee's entries rounded and changed, with the shortfall that a floor makes up."""
    entries.sort(key=lambda e: e.order)
    _round(work, entries, posted)
    component = work.component
    for limit in component.floors:
        if limit.per == "deal":
            entries = _per_deal(work, entries, at, (limit, "minimum"))
    for limit in component.caps:
        if limit.per == "deal":
            entries = _per_deal(work, entries, at, (limit, "maximum"))
    for gate in component.gate:
        entries = _gate(work, gate, entries, at)
    _prorate(work, entries)
    for limit in component.caps:
        if limit.per != "deal":
            _cap(work, limit, entries, at)
    for cap in work.plan.caps:
        if work.name in cap.over:
            _joint(work, cap, entries, at)
    return entries


def _grouped(entries: Sequence[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    found: dict[Hashable, list[T]] = defaultdict(list)
    for entry in entries:
        found[key(entry)].append(entry)
    return list(found.values())


def _round(work: Work, entries: list[Entry], posted: Posted) -> None:
    """Round each line; or a whole that its lines share, those unchanged since the span before keeping their cents (§8.1)."""
    if work.round_by == "line":
        for entry in entries:
            entry.amount = work.cents.rounded(entry.exact)
        return
    by_deal = work.round_by == "deal"
    for group in _grouped(entries, lambda e: (e.deal or e.window) if by_deal else e.window):
        open_ = []
        whole = work.cents.rounded(sum((e.exact for e in group), ZERO))
        for entry in group:
            exact, amount = posted.get(entry.key, (None, ZERO))
            if exact == entry.exact:
                entry.amount = amount
                whole -= amount
            else:
                open_.append(entry)
        if open_:
            for entry, amount in zip(open_, work.cents.shared(whole, [e.exact for e in open_]), strict=True):
                entry.amount = amount


def _per_deal(work: Work, entries: list[Entry], at: date, said: tuple[Limit, str]) -> list[Entry]:
    """A sale's least or most, times the share, once its rows together are above zero; an empty one pays nothing (§8.2)."""
    limit, kind = said
    unpaid: set[int] = set()
    for rows in _grouped(entries, lambda e: (e.role, e.level, e.sale)):
        if sum((e.net for e in rows), ZERO) <= 0 or rows[0].credit is None:
            continue
        last = rows[-1]
        assert last.credit is not None
        scope = work.credit_scope(last.credit, last.window, at)
        try:
            bound = _limit_of(work, limit, scope, last.window)
        except NotPaid as missing:
            work.refuse(last.earner, last.deal, missing.reason)
            unpaid |= {id(entry) for entry in rows}
            continue
        bound = work.cents.rounded(over(times(bound, last.share.numerator), last.share.denominator))
        if kind == "minimum":
            short = bound - sum((e.amount for e in rows), ZERO)
            if short > 0:
                last.change(kind, last.amount + short, last.amount + short)
        else:
            _kept(rows, bound, kind)
    return [entry for entry in entries if id(entry) not in unpaid]


def _kept(rows: Sequence[Entry], bound: Decimal, kind: str, total: Decimal = ZERO) -> None:
    """Credit i keeps min(r_i, cap) - min(r_(i-1), cap), r the running total of rounded figures; what is whole keeps its exact figure."""
    for entry in rows:
        before, total = total, total + entry.amount
        kept = min(total, bound) - min(before, bound)
        if kept != entry.amount:
            entry.change(kind, kept, kept)


def _limit_of(work: Work, limit: Limit, scope: Any, window: Window) -> Decimal:
    if isinstance(limit.at, PartOf):
        figure = work.target(scope, window, limit.at)
        return figure.quotient
    found: Decimal | None = evaluate(limit.at.node, scope)
    if found is None:
        raise NotPaid("a cap or floor is empty")
    return found


def _gate(work: Work, gate: Gate, entries: list[Entry], at: date) -> list[Entry]:
    """A gate that holds pays all; else the fraction - or, while its window is open, as `until_known` says (§8.3)."""
    kept: list[Entry] = []
    for rows in _grouped(entries, lambda e: e.window):
        window = rows[0].window
        scope = work.payee_scope(rows[0].earner, window, at)
        try:
            holds = evaluate(gate.when.node, scope)
            fraction = evaluate(gate.otherwise.node, scope)
            if holds is None or fraction is None:
                raise NotPaid("the gate is empty")
        except NotPaid as missing:
            if not missing.silent:
                work.refuse(rows[0].earner, "", missing.reason)
            continue
        kept += rows
        open_ = window.last > at
        if holds or (open_ and gate.until_known == "pay"):
            continue
        if open_ and gate.until_known == "hold":
            for entry in rows:
                entry.held = True
            continue
        for entry in rows:
            exact = times(entry.exact, fraction)
            entry.change("gate", work.cents.rounded(exact), exact)
    return sorted(kept, key=lambda e: e.order)


def _prorate(work: Work, entries: list[Entry]) -> None:
    """A bonus that is an amount: x days taking part / days of the window (§7.2)."""
    if work.prorate.bonus != "days" or not isinstance(work.component, Bonus) or not work.pays_amount:
        return
    for entry in entries:
        days = overlap(work.records.days_on(entry.earner.payee, work.plan), entry.window.first, entry.window.last)
        if entry.window.has_end and days != entry.window.days:
            exact = over(times(entry.exact, days), entry.window.days)
            entry.change("proration", work.cents.rounded(exact), exact)


def _stretch(work: Work, limit: Limit, window: Window, day: date) -> Window:
    """The stretch that a cap or floor looks at: the component's window, or the period, month and so on that holds the day."""
    if limit.per == "window":
        return window
    found = window_of(work.records.calendar, limit.per, day, "")
    assert found is not None, day
    return found


def _bound(work: Work, limit: Limit, earner: Earner, stretch: Window, at: date, *, cap: bool) -> Decimal:
    """The amount of a cap or floor for a stretch, in whole coins; a cap for days taking part where the plan says so."""
    scope = work.payee_scope(earner, stretch, at)
    amount = _limit_of(work, limit, scope, stretch)
    reduced = isinstance(limit.at, PartOf) and work.prorate.target == "days"  # once is enough (§7.2)
    if cap and work.prorate.cap == "days" and stretch.has_end and not reduced:
        days = overlap(work.records.days_on(earner.payee, work.plan), stretch.first, stretch.last)
        amount = over(times(amount, days), stretch.days)
    return work.cents.rounded(amount)


def _cap(work: Work, limit: Limit, entries: list[Entry], at: date) -> None:
    """Nobody's running total passes the cap, not by a cent (§8.5)."""
    groups: dict[Window, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[_stretch(work, limit, entry.window, entry.day)].append(entry)
    for stretch, rows in groups.items():
        try:
            bound = _bound(work, limit, rows[0].earner, stretch, at, cap=True)
        except NotPaid as missing:
            work.refuse(rows[0].earner, "", missing.reason)
            unpaid = {id(entry) for entry in rows}
            entries[:] = [entry for entry in entries if id(entry) not in unpaid]
            continue
        _kept(rows, bound, "cap")


def _joint(work: Work, cap: JointCap, entries: list[Entry], at: date) -> None:
    """What several components pay together stays under a cap: what those listed before this one have taken is not there (§8.5)."""
    groups: dict[Any, list[Entry]] = defaultdict(list)
    for entry in entries:
        if not cap.of_deals:
            groups[_named_stretch(work, cap, entry.day)].append(entry)
        elif entry.credit is not None:
            value = entry.credit.sale if cap.per == "deal" else entry.credit.deal.get(cap.per)
            groups[value].append(entry)
    for group, rows in groups.items():
        earner = rows[0].earner
        try:
            if group is None:
                raise NotPaid("what a cap goes by is empty")
            taken = _taken(work, cap, earner.payee, group)
            bound = _joint_bound(work, cap, rows, group, at)
        except NotPaid as missing:
            for entry in rows:
                work.refuse(earner, entry.deal if cap.of_deals else "", missing.reason)
            unpaid = {id(entry) for entry in rows}
            entries[:] = [entry for entry in entries if id(entry) not in unpaid]
            continue
        _kept(rows, bound, "cap", taken)


def _named_stretch(work: Work, cap: JointCap, day: date) -> Window:
    found = window_of(work.records.calendar, cap.per, day, "")
    assert found is not None, day
    return found


def _joint_bound(work: Work, cap: JointCap, rows: list[Entry], group: Any, at: date) -> Decimal:
    if not cap.of_deals:
        return _bound(work, cap.stretch, rows[0].earner, group, at, cap=True)
    last = rows[-1]
    assert last.credit is not None and not isinstance(cap.at, PartOf)
    found: Decimal | None = evaluate(cap.at.node, work.credit_scope(last.credit, last.window, at))
    if found is None:
        raise NotPaid("a cap over components is empty")
    return work.cents.rounded(over(times(found, last.share.numerator), last.share.denominator))


def _taken(work: Work, cap: JointCap, payee: str, group: Any) -> Decimal:
    """What the components listed before have earned of the group; a figure that is not known leaves the cap untold."""
    total = ZERO
    for name in cap.over[: cap.over.index(work.name)]:
        told = work.tell(work, name)
        found = told.in_window(payee, group) if not cap.of_deals else told.on_deals(payee, cap.per, group)
        if found is None:
            raise NotPaid(f"what {name} has earned is not known")
        total += found
    return total


def within_budget(work: Work, entries: Mapping[Earner, Sequence[Entry]], at: date) -> None:
    """All payees together are paid no more than the budget of each window: first come, or in proportion at its end (§8.6)."""
    budget = getattr(work.component, "budget", "none")
    if not isinstance(budget, Budget):
        return
    limit = work.cents.rounded(evaluate(budget.amount.node, work.scope("", at)) or ZERO)
    every = [(earner, entry) for earner, rows in entries.items() for entry in rows]
    every.sort(key=lambda x: (*x[1].order[:3], work.records.place(x[0].payee)))
    for window in {entry.window: None for _, entry in every}:
        rows = [(earner, entry) for earner, entry in every if entry.window == window]
        if budget.when_spent == "first come":
            _first_come(rows, limit)
        else:
            _in_proportion(work, [entry for _, entry in rows], limit, at)


def _first_come(rows: list[tuple[Earner, Entry]], limit: Decimal) -> None:
    """Each sale has the room that those before it leave (§6.3)."""
    taken = ZERO
    for sale in _grouped(rows, lambda x: (x[0], x[1].sale)):
        room = max(ZERO, limit - taken)
        amounts = [entry.amount for _, entry in sale]
        taken += max(ZERO, sum(amounts, ZERO))
        for (_, entry), kept in zip(sale, within(room, amounts), strict=True):
            if kept != entry.amount:
                entry.change("budget", kept, kept)


def _in_proportion(work: Work, rows: list[Entry], limit: Decimal, at: date) -> None:
    """Held until the window or the dates end; then shared by largest remainder where it is not enough."""
    dates = work.component.dates
    if min(rows[0].window.last, (dates.last if dates else None) or date.max) > at:
        for entry in rows:
            entry.held = True
        return
    total = sum((entry.amount for entry in rows), ZERO)
    if total > limit:
        parts = [over(times(entry.amount, limit), total) for entry in rows]
        for entry, kept in zip(rows, work.cents.shared(limit, parts), strict=True):
            if kept != entry.amount:
                entry.change("budget", kept, kept)


def floors(work: Work, earner: Earner, entries: list[Entry], at: date, windows: list[Window]) -> list[Entry]:
    """Return the entries with the shortfall below each floor, at the end of its stretch, also where there were no credits (§8.5)."""
    days = work.records.days_on(earner.payee, work.plan)
    made: dict[Window, Entry] = {}
    for limit in (f for f in work.component.floors if f.per != "deal"):
        stretches: dict[Window, list[Entry]] = {w: [] for w in windows if limit.per == "window"}
        for first, last in days if limit.per != "window" else []:
            for day in (first, *(w.first for w in _stretches(work, limit, first, min(last, at)))):
                if day <= at:
                    stretches.setdefault(_stretch(work, limit, Window(day, day), day), [])
        for entry in (*entries, *made.values()):
            own = _own_stretch(work, limit, earner, entry)
            if own is not None:
                stretches.setdefault(own, []).append(entry)
        for stretch, rows in stretches.items():
            if stretch.last > at or not overlap(days, stretch.first, stretch.last):
                continue
            try:
                short = _bound(work, limit, earner, stretch, at, cap=False) - sum((e.amount for e in rows), ZERO)
            except NotPaid as missing:
                work.refuse(earner, "", missing.reason)
                unpaid = {id(entry) for entry in rows}
                entries = [entry for entry in entries if id(entry) not in unpaid]
                continue
            if short > 0:
                one = made.setdefault(stretch, Entry(earner, "owner", 0, "", 0, stretch.last, stretch, made_up=True))
                one.change("floor", one.amount + short, one.exact + short)
    return [*entries, *made.values()]


def _own_stretch(work: Work, limit: Limit, earner: Earner, entry: Entry) -> Window | None:
    """The stretch an entry lies in; of quota rows the payee's own, whoever the deal is shared with."""
    name = work.measure
    if limit.per == "window" and name is not None and work.measures.measure(name).window in OF_PAYEE:
        return work.measures.window(name, earner, entry.day)
    return _stretch(work, limit, entry.window, entry.day)


def _stretches(work: Work, limit: Limit, first: date, last: date) -> list[Window]:
    found: list[Window] = []
    day = max(first, work.records.calendar.periods[0].first)
    while day <= last:
        found.append(_stretch(work, limit, Window(day, day), day))
        day = date.fromordinal(found[-1].last.toordinal() + 1)
    return found
