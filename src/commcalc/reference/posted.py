"""What closed periods posted: what stands for each line in the place of what would be worked out anew (§8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from commcalc.plan.model import Plan
from commcalc.reference.events import sale_of
from commcalc.reference.job import Posted, Row, Slice
from commcalc.reference.kept import by_credit, credit_day, days_of_sales
from commcalc.reference.measured import NotPaid
from commcalc.reference.numbers import ALL, ONE, ZERO, Figure
from commcalc.reference.records import Earner, Records
from commcalc.reference.releases import reached
from commcalc.reference.settle import Key, Standing, Standings, with_openings
from commcalc.reference.time import Window, period_of
from commcalc.reference.work import Work


def closed_before(records: Records, first: date) -> Posted | None:
    """Return what was posted before a day; None unless all periods up to the day before are closed."""
    posted = records.job.posted
    if posted is None:
        return None
    periods = tuple(p for p in posted.periods if p[1] < first)
    if not periods or periods[-1][1] != first - timedelta(days=1):
        return None

    def before(rows: Any) -> tuple[Row, ...]:
        return tuple(r for r in rows if r["posted"] < first)

    return Posted(periods, before(posted.lines), before(posted.slices), before(posted.payments), before(posted.balances))


def refuse_vanished(records: Records) -> None:
    """Note what closed periods paid on and is no longer there: deals without a word, payees, components of plans (§8)."""
    posted = records.job.posted
    if posted is None:
        return
    first = period_of(records.calendar, records.now).first
    now = [r for r in posted.lines if r["posted"] < first and not r["accrued"]]
    for row in now:
        if has_vanished(records, row):
            records.refuse(row["payee"], row["component"], row["deal"], "the deal has vanished")
    plans = {p.plan: p.components for p in records.job.plans}
    strangers: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in (r for r in now if r["plan"] in plans):
        if row["payee"] not in records.payees:
            strangers[row["payee"], ""] += row["amount"]
        if row["component"] not in plans[row["plan"]]:
            strangers["", row["component"]] += row["amount"]
    for (payee, component), amount in strangers.items():
        if amount:
            records.refuse(payee, component, "", "is no longer there")


def posted_standings(work: Work, closed: Posted, now: Standings) -> tuple[Standings, Standings]:
    """Return what was posted for each line, line by line added up, and of it what openings say was paid before the first period."""
    windows = {(*k[:5], k[5].first, _due(k)): k[5] for k in now}
    lines: dict[Key, list[Row]] = defaultdict(list)
    for row in closed.lines:
        if (row["plan"], row["component"]) != (work.plan.plan, work.name) or row["accrued"]:
            continue
        if has_vanished(work.records, row):
            continue  # nothing is taken back
        key = _key(row)
        window = windows.get((*key[:5], key[5].first, _due(key)), key[5])
        lines[(*key[:5], window, key[6])].append(row)
    found = {key: _standing(closed, rows) for key, rows in lines.items()}
    found = {k: one for k, one in found.items() if k[6] == "earning" or one.amount or one.exact}
    opened = _opened(work, closed, lines)
    for key, one in opened.items():
        if key in found:
            here = found[key]
            amount, exact = here.amount + one.amount, here.exact + one.exact
            found[key] = replace(here, amount=amount, exact=exact, slices=one.slices + here.slices)
        else:
            found[key] = one
    return found, opened


def _key(row: Row) -> Key:
    window = Window(row["window_first"] or date.min, row["window_last"] or date.max)
    return (row["payee"], row["role"], row["level"], row["deal"], row["line"], window, row["kind"])


def _due(key: Key) -> date | None:
    """What tells the floors of a payee apart, whose windows may begin on one day."""
    return key[5].last if key[6] == "floor" and not key[3] else None


def _standing(closed: Posted, rows: list[Row]) -> Standing:
    last = rows[-1]
    exact, amount = sum((r["exact"] for r in rows), ZERO), sum((r["amount"] for r in rows), ZERO)
    slices: tuple[Slice, ...] = ()
    for row in rows if last["kind"] == "earning" else ():
        shown = [s for s in closed.slices if (s["line_id"], s["posted"]) == (row["id"], row["posted"])]
        if shown:  # its own come first, then those that stood, with signs reversed
            shown.sort(key=lambda s: s["n"])
            slices = tuple(_slice(s) for s in shown[: len(shown) - len(slices)])
    factor = ONE if last["factor"] is None else last["factor"]
    return Standing(last["credit_date"], amount, exact, last["basis"], factor, held=False, slices=slices)


def _slice(row: Row) -> Slice:
    return Slice(row["tier"], row["start"], row["stop"], row["basis"], row["rate"], row["factor"], row["exact"])


def _opened(work: Work, closed: Posted, lines: dict[Key, list[Row]]) -> Standings:
    begun = closed.periods[0][0] - timedelta(days=1)
    posted: dict[tuple[str, date], date] = {}
    for key, rows in lines.items():
        at = (key[0], key[5].first)
        posted[at] = min(posted.get(at, date.max), rows[0]["posted"])
    found = with_openings(work, {}, begun)
    return {k: one for k, one in found.items() if posted.get((k[0], k[5].first), date.max) > one.day}


def chain_of(before: Standings) -> dict[Any, tuple[Decimal, Decimal]]:
    """Return the exact and rounded earning of each credit, where what is rounded next looks back at it."""
    return {(Earner(k[0]), *k[1:6]): (one.exact, one.amount) for k, one in before.items() if k[6] == "earning"}


def best_of(work: Work, closed: Posted) -> dict[tuple[str, date], Slice]:
    """Return what closed periods paid of a bonus, by payee and the first day of its window: it never falls back behind that."""
    found, _ = posted_standings(work, closed, {})
    earned = {(k[0], k[5].first): one for k, one in found.items() if k[6] == "earning"}
    return {at: replace(one.slices[-1], exact=one.exact) for at, one in earned.items() if one.slices}


def with_shares(work: Work, before: Standings, at: date) -> Standings:
    """Return what was posted with the share of each credit that is released by a day, and what is dead marked as such."""
    found = dict(before)
    rows = work.records.rows
    credits = {key: kinds for key, kinds in by_credit(before).items() if len(key) == 6}  # a floor is released at once
    credits = {key: kinds for key, kinds in credits.items() if not key[3] or (key[3], key[4]) in rows}
    days = days_of_sales(work, credits)
    for key, kinds in credits.items():
        dead = "clawback" in kinds and not any(sum(f, ZERO) for f in _figures(kinds))
        share = (
            _share(work, key, kinds, (at, credit_day(work, key, kinds, days)))
            if work.component.release or work.component.clawback
            else ALL
        )
        for kind, one in kinds.items():
            found[(*key, kind)] = replace(one, share=share, dead=dead)
    return found


def _figures(kinds: dict[str, Standing]) -> Iterator[list[Decimal]]:
    yield [one.amount for one in kinds.values()]
    yield [one.exact for one in kinds.values()]


def _share(work: Work, key: Any, kinds: dict[str, Standing], when: tuple[date, date]) -> Figure:
    payee, _, _, deal, line, _ = key
    at, day = when
    some = next(iter(kinds.values()))
    leaving, left = work.plan.payment.leaving, work.records.left(payee, at)
    held = leaving.held if leaving is not None and left is not None else None
    if held == "release":
        return ALL
    sale = sale_of(work.records.rows[deal, line]) if deal else ""
    try:
        share = reached(work, sale, day, max(some.day, left if held and left else at))
    except NotPaid:
        return Figure(ZERO)
    return ALL if held else share


def released_before(work: Work, closed: Posted, opened: Standings, before: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what was released to each payee of the component, by what was posted and by openings.

    What was paid on deals that have vanished stands, and is left out: where parts are released it cannot be told from the rest,
    and what was released `before` of the others by what is known now stands in the place of it.
    """
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in closed.payments:
        if (row["plan"], row["component"]) == (work.plan.plan, work.name) and row["step"] in ("released", "clawback"):
            found[row["payee"]] += row["amount"]
    for key, one in opened.items():
        found[key[0]] += one.amount
    for row in closed.lines:
        mine = (row["plan"], row["component"]) == (work.plan.plan, work.name) and not row["accrued"]
        if not mine or not has_vanished(work.records, row):
            continue
        if work.component.release or work.component.clawback:
            found[row["payee"]] = before.get(row["payee"], ZERO)
        elif not row["held"]:
            found[row["payee"]] -= row["amount"]
    return found


def has_vanished(records: Records, row: Row) -> bool:
    """Whether a posted line is of a deal that is not there and was not withdrawn."""
    return bool(row["deal"]) and (row["deal"], row["line"]) not in records.rows and row["deal"] not in records.withdrawn


def owed_before(closed: Posted, plan: Plan, payee: str) -> dict[str, Decimal]:
    """Return the balances that the last payments left to a payee, by name; one that became nothing has a row that says so."""
    rows = [r for r in closed.balances if (r["plan"], r["payee"]) == (plan.plan, payee)]
    return {r["balance"]: r["closing"] for r in sorted(rows, key=lambda r: r["posted"])}
