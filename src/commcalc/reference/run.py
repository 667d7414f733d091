"""The run: every plan, every component, every payee, up to now and up to the span before; the differences are the lines (§2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from commcalc.plan.components import Bonus, Commission
from commcalc.plan.measures import RoleCredit
from commcalc.plan.model import Plan
from commcalc.reference.change import changed, floors, within_budget
from commcalc.reference.components import bonus, commission, spiff
from commcalc.reference.crediting import own_parts, owners
from commcalc.reference.job import Answer, House, Job, Line, Payout, Slice
from commcalc.reference.measures import Measures
from commcalc.reference.numbers import CONTEXT, ZERO
from commcalc.reference.records import NOBODY, Earner, Records
from commcalc.reference.settle import Standings, differences, standings, with_openings
from commcalc.reference.time import span_of, spans
from commcalc.reference.work import Entry, Work

__all__ = ["Answer", "House", "Job", "Line", "Payout", "Slice", "run"]


def run(job: Job) -> Answer:
    """Return the lines that a period pays, with sums by payee, exceptions and what became of each deal."""
    with localcontext(CONTEXT):
        records = Records(job)
        lines: list[Line] = []
        held: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        books = {plan.plan: Measures(records, plan) for plan in job.plans}
        for plan in job.plans:
            for name in plan.components:
                lines += _component(Work(records, books[plan.plan], name), records.now, held)
        lines.sort(key=lambda x: (x.payee, x.plan, x.component, x.credit_date, x.deal, x.line, x.role, x.level, x.kind))
        statuses = _statuses(records, books, records.now)
        return Answer(tuple(lines), _payouts(lines, held), tuple(sorted(records.exceptions)), statuses)


def _component(work: Work, now: date, held: dict[tuple[str, str], Decimal]) -> list[Line]:
    """E(now) less E(before), each a chain over the spans so far where rounding needs it (§2.2, §8.1)."""
    plan = work.plan
    span = span_of(work.records.calendar, plan.payment.every, now)
    before = span.first - timedelta(days=1)
    start = work.records.first_day(plan)
    chained = work.round_by != "line"
    moments = [s.last for s in spans(work.records.calendar, plan.payment.every, start, before)] if chained else [before]
    posted: dict[Any, tuple[Decimal, Decimal]] = {}
    earlier: Standings = {}
    known = set(work.records.exceptions)
    for moment in [m for m in moments if m >= start]:
        earlier, posted = _earned(work, moment, posted)
    # what could not be decided then may be decided now
    work.records.exceptions = known | {x for x in work.records.exceptions if x.component != work.name}
    after, _ = _earned(work, now, posted)
    after = with_openings(work, after, now)
    earlier = with_openings(work, earlier, before, after)
    for found, sign in ((after, 1), (earlier, -1)) if now == span.last else ():
        for key, one in found.items():  # what is held back now, less what was
            held[key[0], plan.plan] += sign * one.amount if one.held else ZERO
    return differences(work, after, earlier, (span.first, now, now < span.last))


def _earned(
    work: Work, at: date, posted: Mapping[Any, tuple[Decimal, Decimal]]
) -> tuple[Standings, dict[Any, tuple[Decimal, Decimal]]]:
    """Return what stands for every payee up to a moment, and the exact and rounded earning of each credit."""
    found: Standings = {}
    rounded: dict[Any, tuple[Decimal, Decimal]] = {}
    work.earners = _earners(work)
    every = {e: changed(work, list(_kind(work).earn(work, e, at)), at, posted) for e in work.earners}
    within_budget(work, every, at)
    for earner, entries in every.items():
        for entry in entries:
            changes = sum((a for a, _ in entry.changes.values()), ZERO)
            rounded[entry.key] = (entry.earned, entry.amount - changes)
        if work.component.floors and not (earner.stream or earner.alone):
            entries = floors(work, earner, entries, at, [] if earner.stream else work.windows(earner, at))
        found |= standings(work, entries)
    if work.component.floors and any(e.alone for e in _earners(work)):
        found |= _floors_of_payees(work, found, at)
    return found, rounded


def _floors_of_payees(work: Work, found: Standings, at: date) -> Standings:
    """Where pay is shared a floor is each payee's own: of his deals and his shares together (§9)."""
    added: Standings = {}
    for earner in (Earner(e.payee) for e in _earners(work) if e.alone):
        mine = [
            Entry(earner, role, level, deal, line, one.day, window, amount=one.amount)
            for (payee, role, level, deal, line, window, _), one in found.items()
            if payee == earner.payee
        ]
        kept = floors(work, earner, mine, at, work.windows(earner, at))
        unpaid = {e.key for e in mine} - {e.key for e in kept}
        for key in [k for k in found if k[0] == earner.payee and (earner, *k[1:6]) in unpaid]:
            del found[key]
        added |= standings(work, [e for e in kept if e.made_up])
    return added


def _kind(work: Work) -> Any:
    if isinstance(work.component, Commission):
        return commission
    return bonus if isinstance(work.component, Bonus) else spiff


def _earners(work: Work) -> list[Earner]:
    """The payees that were ever on the plan; where pay is split, each with what nobody shares, and each stream (§9)."""
    records = work.records
    payees = sorted(p for p, rows in records.assignments.items() if any(r["plan"] == work.plan.plan for r in rows))
    if work.split != "pay" or isinstance(work.component, Bonus):
        return [Earner(p) for p in payees]
    role = "owner"
    if work.on is not None:
        whose = work.measures.measure(work.on).credit
        if whose == "reports":
            return [Earner(p) for p in payees]
        role = whose.role if isinstance(whose, RoleCredit) else "owner"
    streams = {roles[role] for roles in records.shares.values() if role in roles}
    first = {s: next((who for who, _, _ in s if who != NOBODY), NOBODY) for s in streams}
    return [Earner(p, alone=True) for p in payees] + sorted(Earner(first[s], s) for s in streams)


def _payouts(lines: list[Line], held: Mapping[tuple[str, str], Decimal]) -> tuple[Payout, ...]:
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for key, amount in held.items():
        sums[key][1] += amount
    for line in lines:
        one = sums[line.payee, line.plan]
        one[0] += line.amount
        one[2] += line.amount if line.accrued else ZERO
    return tuple(Payout(p, plan, e, e - h - a, h, a) for (p, plan), (e, h, a) in sorted(sums.items()))


def _statuses(records: Records, books: Mapping[str, Measures], now: date) -> dict[tuple[str, int], str]:
    """What became of each deal row: credited, left out, waiting, later, or an exception (§3.1, §3.5)."""
    credited = _credited(books, now)
    found: dict[tuple[str, int], str] = {}
    for deal in records.deals:
        key = (str(deal["deal_id"]), int(deal.get("line") or 0))
        day = deal.get(records.house.credit_date)
        if key in credited:
            found[key] = "credited"
        elif day is None:
            found[key] = "waiting"
        elif day > now:
            found[key] = "later"
        else:
            found[key] = _uncredited(records, deal, day, [m.plan for m in books.values()])
    return found


def _credited(books: Mapping[str, Measures], now: date) -> set[tuple[str, int]]:
    found = set()
    for measures in books.values():
        for name in measures.plan.measures:
            for payee in measures.records.assignments:
                windows = measures.credits(name, Earner(payee))
                found |= {(c.deal_id, c.line) for credits in windows.values() for c in credits if c.day <= now}
    return found


def _uncredited(records: Records, deal: Any, day: date, plans: list[Plan]) -> str:
    """Nobody has a credit: the owner is not known or on no plan, or every measure leaves the deal out."""
    who = [p for p in owners(records, deal) if p != NOBODY]
    if any(p not in records.payees for p in who):
        records.refuse(who[0] if who else "", "", deal["deal_id"], "the owner is no payee")
        return "exception"
    if any(x.deal == deal["deal_id"] for x in records.exceptions):
        return "exception"
    if not any(records.assignment(p, plan, day) for p in who for plan in plans):
        records.refuse(who[0] if who else "", "", deal["deal_id"], "the owner is on no plan on the credit date")
        return "exception"
    return "left out" if any(own_parts(records, deal, "owner", Earner(p)) for p in who) else "exception"
