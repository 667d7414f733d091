"""Crediting: which deals count for whom, with what share, at which place in their order (§3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from commcalc.plan.measures import Measure, RoleCredit
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
    def order(self) -> tuple[date, str, int, str, int]:
        """Credit date, deal id by code point, line (§1.4)."""
        return (self.day, self.deal_id, self.line, self.role, self.level)

    def shared(self, amount: Decimal) -> Decimal:
        """Return the credit's share of an amount: the sum of its parts."""
        return sum((p.of(amount) for p in self.parts), Decimal(0))


def candidates(records: Records, measure: Measure, earner: Earner) -> Iterator[Credit]:
    """Yield the deals that the measure could credit to the earner, by whose deals they are."""
    column = measure.date or records.house.credit_date
    whose = measure.credit
    for deal in records.deals:
        day = deal.get(column)
        if day is None or day > records.now:
            continue
        if whose == "reports":
            parts = _of_reports(records, deal, (day, column), earner.payee)
            found = ("manager", 1, parts)
        else:
            role = whose.role if isinstance(whose, RoleCredit) else "owner"
            found = (role, 0, own_parts(records, deal, role, earner, column))
        if found[2]:
            yield Credit(deal, day, earner, *found)


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


def _of_reports(records: Records, deal: Row, dated: tuple[date, str], manager: str) -> tuple[Part, ...]:
    """The owner shares of those whose manager this payee is on the credit date, the manager's own left out (§3.6)."""
    day, column = dated
    found: list[Part] = []
    for who in owners(records, deal, column):
        if who not in (NOBODY, manager) and who in records.payees:
            above = records.facts(who, day).get("manager")
            if above and records.named(above) == manager:
                found += own_parts(records, deal, "owner", Earner(who), column)
    if not found:
        return ()
    share = sum((p.fraction for p in found), Fraction(0))  # added as fractions: no rest is taken
    return (Part(((share.numerator, share.denominator),)),)


def owners(records: Records, deal: Row, column: str) -> list[str]:
    """Return who has a share as owner of the deal."""
    holders = records.shares_of(deal, column).get("owner", ())
    return [who for who, _, _ in holders] if holders else [records.named(deal.get("owner") or "")]


def may_be_credited(records: Records, credit: Credit, plan: Any) -> bool:
    """Tell whether the payee is on the plan on the credit date, all of a stream's payees with it, and hired by then (§3.4, §3.5, §9)."""
    on, holders = on_plan(records, credit.earner, credit.day, plan)
    return on == holders


def on_plan(records: Records, earner: Earner, day: date, plan: Any) -> tuple[int, int]:
    """Return how many of those who earn are hired and on the plan on a day, and how many they are."""
    holders = {who for who, _, _ in earner.shares if who != NOBODY} or {earner.payee}
    on = [who for who in holders if records.assignment(who, plan, day) is not None and records.hired(who, day)]
    return len(on), len(holders)


def count_changes(credits: list[Credit]) -> None:
    """Set each row's change of the count: a sale counts at its first row, and off again when returns bring it to nothing (§4.2)."""
    net: dict[tuple[Window, str], Decimal] = {}
    went_down: dict[tuple[Window, str], bool] = {}
    counted: dict[tuple[Window, str], bool] = {}
    for credit in credits:
        key = (credit.window, credit.sale)
        amount = credit.deal.get("amount") or Decimal(0)
        net[key] = net.get(key, Decimal(0)) + amount
        went_down[key] = went_down.get(key, False) or amount < 0
        counts = net[key] > 0 or not went_down[key]
        credit.change = int(counts) - int(counted.get(key, False))
        counted[key] = counts
