"""Crediting: which deals count for whom, with what share, at which place in their order (§3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from commcalc.plan.measures import Measure
from commcalc.plan.model import Plan
from commcalc.plan.whose import MANAGER, Company, ReportsCredit, RoleCredit, SameCredit
from commcalc.reference.job import Row
from commcalc.reference.numbers import Part
from commcalc.reference.records import NOBODY, Earner, Records
from commcalc.reference.time import Window


@dataclass(slots=True)
class Credit:
    """A deal row that counts for a payee: role, level, shares, date; and once measured its part m and what was before it."""

    deal: Row
    day: date
    earner: Earner
    role: str
    level: int
    parts: tuple[Part, ...]
    m: Decimal = Decimal(0)
    whole: Decimal = Decimal(0)  # m before a clawback relieves the measure of it
    value: Any = None  # of the measure's expression, unshared
    weight: Decimal = Decimal(1)
    change: int = 0  # of the count of sales: 1, 0 or -1
    window: Window = field(default_factory=lambda: Window(date.min, date.max))
    before: Decimal = Decimal(0)  # the running total c

    @property
    def deal_id(self) -> str:
        """The deal's id."""
        return str(self.deal["deal_id"])

    @property
    def line(self) -> int:
        """The line of the deal; none is 0."""
        return int(self.deal.get("line") or 0)

    @property
    def sale(self) -> str:
        """The sale that the row belongs to: what it takes back, else itself (§4.2)."""
        return str(self.deal.get("returns") or self.deal["deal_id"])

    @property
    def order(self) -> tuple[date, str, int, int, str]:
        """Credit date, deal id by code point, line; of one row by level, then role (§1.4)."""
        return (self.day, self.deal_id, self.line, self.level, self.role)

    def shared(self, amount: Decimal) -> Decimal:
        """Return the credit's share of an amount: the sum of its parts."""
        return sum((p.of(amount) for p in self.parts), Decimal(0))


def candidates(records: Records, plan: Plan, measure: Measure, earner: Earner) -> Iterator[Credit]:
    """Yield the deals that the measure could credit to the earner, by whose deals they are; in the plan's currency."""
    column = measure.date or records.house.credit_date
    whose = measure.whose
    if isinstance(whose, ReportsCredit):
        deals = records.held_below(earner.payee, column, whose.reports_by)
    else:
        deals = records.dated(column) if isinstance(whose, SameCredit | Company) else records.held_by(earner, column)
    for deal in deals:
        day = deal[column]
        if isinstance(whose, ReportsCredit):
            found = list(_rolled_up(records, whose, deal, (day, column), earner.payee))
        elif isinstance(whose, SameCredit | Company):
            found = list(_of_group(records, whose, deal, (day, column), earner.payee))
        else:
            role = whose.role if isinstance(whose, RoleCredit) else "owner"
            found = [(role, 0, own_parts(records, deal, role, earner, column))]
        for role, level, parts in found:
            if parts:
                yield Credit(records.valued.of(deal, plan), day, earner, role, level, parts)


def own_parts(records: Records, deal: Row, role: str, earner: Earner, column: str) -> tuple[Part, ...]:
    """Return the earner's share of a deal in a role: all of it, by splits and rules, or the whole for a stream (§3.3, §9)."""
    roles = records.shares_of(deal, earner.by or column)
    holders = roles.get(role, ())
    if earner.stream:
        return (Part(),) if holders == earner.shares else ()
    if holders:
        if earner.alone:
            return ()
        shares = tuple((n, d) for _, n, d in holders)
        return tuple(Part(shares, i) for i, (who, _, _) in enumerate(holders) if who == earner.payee)
    if role != "owner":
        return ()
    return (Part(),) if records.named(deal.get("owner") or "") == earner.payee else ()


def _rolled_up(
    records: Records, whose: ReportsCredit, deal: Row, dated: tuple[date, str], payee: str
) -> Iterator[tuple[str, int, tuple[Part, ...]]]:
    """The shares of those below, each at its level: the owners' before the roles named, never more than the deal (§3.6)."""
    day, column = dated
    left = Fraction(1)
    for role in ("owner", *(r for r in whose.roles if r != "owner")):
        levels: dict[int, Fraction] = {}
        for who in records.holders(deal, column).get(role, []):
            level = 0 if who == payee else records.above(who, day, whose.reports_by).get(payee)
            if level is not None and (whose.levels.hold(level) if level else whose.own):
                levels[level] = levels.get(level, Fraction(0)) + _share(records, deal, role, who, column)
        for level, share in sorted(levels.items()):
            kept = min(share, left)
            left -= kept
            if kept > 0:
                yield (MANAGER if role == "owner" and level else role), level, _whole_part(kept)


def _of_group(
    records: Records, whose: SameCredit | Company, deal: Row, dated: tuple[date, str], payee: str
) -> Iterator[tuple[str, int, tuple[Part, ...]]]:
    """The owners' shares of everybody in the payee's group on the credit date, the payee's own among them (§3.6)."""
    day, column = dated
    members = [who for who in records.holders(deal, column)["owner"] if in_group(records, whose, who, payee, day)]
    share = sum((_share(records, deal, "owner", who, column) for who in members), Fraction(0))
    if share > 0:
        yield ("company" if isinstance(whose, Company) else whose.same), 0, _whole_part(share)


def in_group(records: Records, whose: SameCredit | Company, who: str, payee: str, day: date) -> bool:
    """Tell whether somebody is in a payee's group on a day: any payee is in the company."""
    if isinstance(whose, Company):
        return who in records.payees
    theirs = records.stated(who, day, whose.same)
    return theirs is not None and theirs == records.stated(payee, day, whose.same)


def _share(records: Records, deal: Row, role: str, who: str, column: str) -> Fraction:
    return sum((p.fraction for p in own_parts(records, deal, role, Earner(who), column)), Fraction(0))


def _whole_part(share: Fraction) -> tuple[Part, ...]:
    """A sum of shares: added as fractions, no rest is taken."""
    return (Part(((share.numerator, share.denominator),)),)


def may_be_credited(records: Records, credit: Credit, plan: Any) -> bool:
    """Tell whether the payee is on the plan on the credit date, all of a stream's payees with it, and hired by then (§3.4, §3.5, §9)."""
    on, holders = on_plan(records, credit.earner, credit.day, plan)
    return on == holders


def on_plan(records: Records, earner: Earner, day: date, plan: Any) -> tuple[int, int]:
    """Return how many of those who earn are hired and on the plan on a day, and how many they are."""
    holders = {who for who, _, _ in earner.shares if who != NOBODY} or {earner.payee}
    on = [who for who in holders if records.assignment(who, plan, day) is not None and records.hired(who, day)]
    return len(on), len(holders)


def count_changes(credits: list[Credit], *, whole: bool = False) -> None:
    """Set each row's change of the count: a sale counts at its first row, and off again when returns bring it to nothing (§4.2).

    A share is counted in each role and at each level; `whole`: the sale once for the payee, at its first row of any.
    """
    net: dict[Any, Decimal] = {}
    went_down: dict[Any, bool] = {}
    counted: dict[Any, bool] = {}
    first: dict[Any, tuple[str, int]] = {}
    for credit in credits:
        sale = (credit.window, credit.sale)
        mine = (credit.role, credit.level)
        if whole and first.setdefault((*sale, credit.deal_id, credit.line), mine) != mine:
            credit.change = 0  # another level's share of the same row
            continue
        key = sale if whole else (*sale, *mine)
        amount = credit.deal.get("amount") or Decimal(0)
        net[key] = net.get(key, Decimal(0)) + amount
        went_down[key] = went_down.get(key, False) or amount < 0
        counts = net[key] > 0 or not went_down[key]
        credit.change = int(counts) - int(counted.get(key, False))
        counted[key] = counts
