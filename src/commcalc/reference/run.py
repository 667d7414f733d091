"""The run: every plan, every component, every payee, up to now and up to the span before; the differences are the lines (§2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from commcalc.plan.components import Bonus, Commission, Contest, Spiff
from commcalc.plan.components.groups import Together
from commcalc.plan.model import Plan
from commcalc.plan.whose import RoleCredit, of_others
from commcalc.reference.abroad import abroad
from commcalc.reference.adjustments import refuse_unplaced
from commcalc.reference.base import base_pay
from commcalc.reference.change import changed, floors, within_budget
from commcalc.reference.components import bonus, commission, contest, once, pool, spiff
from commcalc.reference.crediting import on_plan, own_parts
from commcalc.reference.freed import Free, freed_before, released, released_since
from commcalc.reference.job import Answer, Balance, House, Job, Line, Payment, Payout, Posted, Slice
from commcalc.reference.kept import ended
from commcalc.reference.measures import Measures
from commcalc.reference.numbers import CONTEXT, ZERO
from commcalc.reference.payments import settled, worked_out
from commcalc.reference.posted import (
    best_of,
    chain_of,
    closed_before,
    posted_standings,
    refuse_vanished,
    released_before,
    with_shares,
)
from commcalc.reference.records import NOBODY, Earner, Records
from commcalc.reference.settle import Standings, differences, standings, with_openings
from commcalc.reference.time import Window, span_of, spans
from commcalc.reference.told import Earnings
from commcalc.reference.watch import note_kind
from commcalc.reference.work import Entry, Tell, Work

__all__ = ["Answer", "Balance", "House", "Job", "Line", "Payment", "Payout", "Posted", "Slice", "run"]


def run(job: Job) -> Answer:
    """Return the lines that a period pays, with sums by payee, exceptions and what became of each deal."""
    with localcontext(CONTEXT):
        records = Records(job)
        for event in records.events.strays:
            if event.acts <= records.now:
                records.refuse("", event.name, event.sale, "the event is of a deal that there is not")
        refuse_unplaced(records)
        refuse_vanished(records)
        lines: list[Line] = []
        held: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        books = {plan.plan: Measures(records, plan) for plan in job.plans}
        tell = _teller()
        paid: list[Payment] = []
        owed: list[Balance] = []
        for plan in job.plans:
            worked, free = worked_out(records, plan), Free()
            for name in plan.components:
                work = Work(records, books[plan.plan], name)
                work.tell = tell
                lines += _component(work, (worked, free))
            if worked:
                for payee, (begun, now) in free.held_in(worked[-1]).items():  # what is held back now, less what was
                    held[payee, plan.plan] += now - begun
            payments, balances = settled(records, plan, worked, free)
            paid += abroad(records, plan, [*payments, *base_pay(records, plan)])
            owed += balances
        lines.sort(key=lambda x: (x.payee, x.plan, x.component, x.credit_date, x.deal, x.line, x.role, x.level, x.kind))
        statuses = _statuses(records, books, records.now)
        paid.sort(key=lambda p: (p.payee, p.plan, p.order))
        exceptions = tuple(sorted(records.exceptions))
        return Answer(tuple(lines), _payouts(lines, held), exceptions, statuses, tuple(paid), tuple(owed))


def _component(work: Work, to_pay: tuple[list[Window], Free]) -> list[Line]:
    """E(now) less E(before), each a chain over the spans so far where rounding needs it (§2.2, §8.1)."""
    plan, now = work.plan, work.records.now
    worked, free = to_pay
    span = span_of(work.records.calendar, plan.payment.every, now)
    closed = closed_before(work.records, span.first)
    stood, earlier, opened = _since_closed(work, closed) if closed is not None else _since_worked_out(work, span, worked)
    if isinstance(work.component, Spiff) and work.on is None:
        work.records.taken |= {(key[3], key[4]) for key in stood[now]}
    _apart(work, now)
    after = ended(work, with_openings(work, stood[now], now), now)
    for key, one in after.items():
        if one.amount:
            note_kind(plan.plan, work.name, key[6])
    known = set(work.records.exceptions)
    if closed is not None:
        earlier = with_shares(work, earlier, span.first - timedelta(days=1))
        if worked:
            paid = released_before(work, closed, opened, freed_before(work, earlier))
            released_since(work, (after, earlier), span, free, paid)
    else:
        released(work, stood, worked, free)
    work.records.exceptions = known  # what could not be decided at the ends of earlier spans is told where it still cannot be
    return differences(work, after, earlier, (span.first, now, now < span.last))


def _since_worked_out(work: Work, span: Window, worked: list[Window]) -> tuple[dict[date, Standings], Standings, Standings]:
    """Work out every span that matters anew: what stood at the end of each, and what was paid by the end of the one before."""
    plan, now = work.plan, work.records.now
    before = span.first - timedelta(days=1)
    start = work.records.first_day(plan)
    chained = work.round_by != "line" or len(worked) > 1
    moments = [s.last for s in spans(work.records.calendar, plan.payment.every, start, before)] if chained else [before]
    stood, posted = _chain(work, [m for m in moments if m >= start])
    stood[now], _ = _earned(work, now, posted)
    known = set(work.records.exceptions)
    opened = with_openings(work, stood[now], now)
    earlier = ended(work, with_openings(work, stood.get(before, {}), before, opened), before)
    work.records.exceptions = known
    return stood, earlier, {}


def _chain(work: Work, moments: list[date]) -> tuple[dict[date, Standings], dict[Any, tuple[Decimal, Decimal]]]:
    """Return what stood at each moment, one looking back at the other, and the earnings at the last."""
    posted: dict[Any, tuple[Decimal, Decimal]] = {}
    stood: dict[date, Standings] = {}
    known = set(work.records.exceptions)
    for moment in moments:
        stood[moment], posted = _earned(work, moment, posted)
    # what could not be decided then may be decided now
    work.records.exceptions = known | {x for x in work.records.exceptions if x.component != work.name}
    return stood, posted


def _since_closed(work: Work, closed: Posted) -> tuple[dict[date, Standings], Standings, Standings]:
    """Return what stands now, what closed periods posted, and of that what openings said; rounding looks back at what was posted."""
    now = work.records.now
    known = set(work.records.exceptions)
    if isinstance(work.component, Bonus):
        work.posted = best_of(work, closed)
    first, _ = _earned(work, now, {})
    before, opened = posted_standings(work, closed, first)
    if work.round_by == "line":
        return {now: first}, before, opened
    work.records.exceptions = known | {x for x in work.records.exceptions if x.component != work.name}
    if any(e.stream for e in work.earners):  # of streams nothing is posted: what payees were paid is their shares
        ends = [
            s.last
            for s in spans(
                work.records.calendar, work.plan.payment.every, work.records.first_day(work.plan), closed.periods[-1][1]
            )
        ]
        _, posted = _chain(work, ends)
    else:
        posted = chain_of(before)
    again, _ = _earned(work, now, posted)
    return {now: again}, before, opened


def _earned(
    work: Work, at: date, posted: Mapping[Any, tuple[Decimal, Decimal]]
) -> tuple[Standings, dict[Any, tuple[Decimal, Decimal]]]:
    """Return what stands for every payee up to a moment, and the exact and rounded earning of each credit."""
    found: Standings = {}
    rounded: dict[Any, tuple[Decimal, Decimal]] = {}
    work.measures.known_at(at)
    work.earners = _earners(work)
    every = {e: changed(work, entries, at, posted) for e, entries in _entries(work, at).items()}
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


def _teller() -> Tell:
    """Return what works out, once for each component and moment, what it has earned by itself: nothing was posted (§4.10)."""
    known: dict[tuple[str, str, date], Earnings] = {}

    def tell(asking: Work, name: str) -> Earnings:
        records, at = asking.records, asking.measures.known
        key = (asking.plan.plan, name, at)
        if key not in known:
            work = Work(records, asking.measures, name)
            work.tell = tell
            told, records.exceptions = records.exceptions, set()
            lines, _ = _earned(work, at, {})
            known[key] = Earnings(work, lines, records.exceptions)
            records.exceptions = told
        return known[key]

    return tell


def _entries(work: Work, at: date) -> dict[Earner, list[Entry]]:
    """What each has earned up to a moment; a contest and a pool look at all payees at once (§6.6)."""
    if not isinstance(work.component, Together):
        return {earner: list(_kind(work).earn(work, earner, at)) for earner in work.earners}
    found: dict[Earner, list[Entry]] = {earner: [] for earner in work.earners}
    for entry in (contest if isinstance(work.component, Contest) else pool).earn(work, at):
        found[entry.earner].append(entry)
    return found


def _apart(work: Work, now: date) -> None:
    """Deals of a stream whose payees are not all on the plan that day: none of them is paid (§9)."""
    column = work.date_column
    for earner in (e for e in _earners(work) if e.stream):
        for deal in work.records.deals:
            day = deal.get(column)
            if day is None or day > now or earner.shares not in work.records.shares_of(deal, column).values():
                continue
            on, holders = on_plan(work.records, earner, day, work.plan)
            if 0 < on < holders and own_parts(work.records, deal, _role(work) or "owner", earner, column):
                work.records.refuse(earner.payee, work.name, deal["deal_id"], "those who share the deal are not all on one plan")


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
    if isinstance(work.component, Spiff) and work.component.once:
        return once
    return bonus if isinstance(work.component, Bonus) else spiff


def _earners(work: Work) -> list[Earner]:
    """The payees that were ever on the plan; where pay is split, each with what nobody shares, and each stream (§9)."""
    records = work.records
    payees = sorted(p for p, rows in records.assignments.items() if any(r["plan"] == work.plan.plan for r in rows))
    if work.split != "pay" or work.component.per_payee:
        return [Earner(p) for p in payees]
    role = _role(work)
    if role is None:
        return [Earner(p) for p in payees]
    by = work.date_column
    streams = {roles[role] for roles in (records.shares_of(d, by) for d in records.deals) if role in roles}
    first = {s: next((who for who, _, _ in s if who != NOBODY), NOBODY) for s in streams}
    return [Earner(p, alone=True, by=by) for p in payees] + sorted(Earner(first[s], s, by=by) for s in streams)


def _role(work: Work) -> str | None:
    """Return the role whose shares the component pays; None where it pays for what others hold."""
    whose = work.measures.measure(work.on).credit if work.on is not None else "own"
    return whose.role if isinstance(whose, RoleCredit) else None if of_others(whose) else "owner"


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
    credited = _credited(books, now) | records.taken
    plans = [m.plan for m in books.values()]
    roles = {"owner", *(m.credit.role for p in plans for m in p.measures.values() if isinstance(m.credit, RoleCredit))}
    found: dict[tuple[str, int], str] = {}
    for deal in records.deals:
        key = (str(deal["deal_id"]), int(deal.get("line") or 0))
        day = deal.get(records.house.credit_date)
        due = day is not None and day <= now
        refused = day is not None and due and _refused(records, deal, day, (plans, roles, key in credited))
        refused = _not_decided(records, deal, plans, now) or refused
        if key in credited:
            found[key] = "credited"
        elif day is None:
            found[key] = "waiting"
        elif not due:
            found[key] = "later"
        else:
            found[key] = "exception" if refused or key in records.undecided else "left out"
    return found


def _refused(records: Records, deal: Any, day: date, said: tuple[list[Plan], set[str], bool]) -> bool:
    """Note who could not be credited: each who shares the deal; or its owner, where nobody else has it (§3.5)."""
    plans, roles, credited = said
    shares = records.shares_of(deal, records.house.credit_date)
    who = {p for role in roles for p, _, _ in shares.get(role, ()) if p != NOBODY}
    if "owner" not in shares and not credited:
        who.add(records.named(deal.get("owner") or ""))
    refused = False
    for payee in sorted(who):
        why = "is no payee" if payee not in records.payees else "was hired later" if not records.hired(payee, day) else ""
        if not why and not any(records.assignment(payee, plan, day) for plan in plans):
            why = "is on no plan on the credit date"
        if why:
            records.refuse(payee, "", deal["deal_id"], f"{payee} {why}")
            refused = True
    return refused


def _not_decided(records: Records, deal: Any, plans: list[Plan], now: date) -> bool:
    """Note that the crediting rules do not decide a row, as of any date that credits it (§3.11)."""
    dates = {records.house.credit_date, *(m.date for p in plans for m in p.measures.values() if m.date)}
    due = [c for c in dates if deal.get(c) is not None and deal[c] <= now]
    whys = {records.by_rules(deal, c).why for c in due} - {""}
    for why in whys:
        records.refuse(records.named(deal.get("owner") or ""), "", deal["deal_id"], why)
    return bool(whys)


def _credited(books: Mapping[str, Measures], now: date) -> set[tuple[str, int]]:
    found = set()
    for measures in books.values():
        for name in measures.plan.measures:
            for payee in measures.records.assignments:
                windows = measures.credits(name, Earner(payee))
                found |= {(c.deal_id, c.line) for credits in windows.values() for c in credits if c.day <= now}
    return found
