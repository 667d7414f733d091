"""A company over fifteen months, closed month after month, in which things happen as they do: the year turns, and what is known changes.

Deals come late into closed months and lift a quarter over a retroactive tier; contracts are cancelled; deals vanish and are withdrawn;
splits, quotas and managers change; people leave and change plans; rates are changed for months that are closed. Each is counted.
"""

from __future__ import annotations

import calendar as days_of
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from worlds import Row, World

MONTHS = tuple(f"{year}-{month:02}" for year in (2026, 2027) for month in range(1, 13))[:15]
REPS, MANAGERS = ("ann", "ben", "cal", "dee", "eva", "fin"), ("max", "mia")
AMOUNTS = ("4000", "9000.50", "12000", "20000", "333.33", "0.01", "7777.77", "15000")
READINGS = {
    "rounding": "half-up", "round": "line", "remainder": "largest", "split": "credit", "late": "insert", "negative": "carry",
}  # fmt: skip
Said = dict[str, Any]


def plans(base: str, effective: dict[str, str]) -> dict[str, Said]:
    """The company's plans: reps before and after the change of the middle of the year, and managers. base: the reps' lowest rate."""
    quarter = {"sum": "amount", "window": "quarter", "quota": "own", "against": "full quota", "spread": "evenly"}
    payment = {"every": "month", "negative": "carry"}
    reps: Said = {
        "version": "1", "effective": effective["old"], "currency": "USD",
        "payment": {**payment, "draw": {"periods": "1..4", "amount": "500 USD", "kind": "recoverable", "as": "guarantee", "recover": {"share": "50%"}}},
        "measures": {"bookings": quarter},
        "components": {
            "new-business": {
                "kind": "commission", "on": "bookings", "returns": "unwind",
                "rate": {"by": "attainment", "apply": "retroactive", "tiers": [{"from": "0%", "pay": base}, {"from": "100%", "pay": "8%"}]},
                "clawback": {"on": "cancelled", "within": "120 days", "take": "all", "quota_relief": "none"},
            },
            "quarter": {
                "kind": "bonus", "on": "bookings", "earned": "to date",
                "payout": {"by": "attainment", "between": "steps", "before": "0 USD", "beyond": "flat", "points": {"100%": "750 USD"}},
            },
        },
    }  # fmt: skip
    later = deepcopy(reps) | {"effective": effective["new"], "payment": payment}
    later["components"]["new-business"]["rate"] = {
        "by": "attainment", "apply": "marginal", "tiers": [{"from": "0%", "pay": "6%"}, {"from": "100%", "pay": "10%"}],
    }  # fmt: skip
    managers: Said = {
        "version": "1", "effective": "2026-01-01 .. 2027-12-31", "currency": "USD", "payment": payment,
        "measures": {"team": {"sum": "amount", "window": "year", "credit": "reports"}},
        "components": {
            "override": {
                "kind": "commission", "on": "team", "returns": "unwind",
                "rate": {"by": "value", "apply": "marginal", "tiers": [{"from": "0", "pay": "1%"}, {"from": "150_000", "pay": "2%"}]},
            },
        },
    }  # fmt: skip
    return {
        "reps": {"plan": "reps", **reps},
        "reps-h2": {"plan": "reps-h2", **later},
        "managers": {"plan": "managers", **managers},
    }


@dataclass(slots=True)
class Company:
    """What is known at the end of each month, and how often each thing happened."""

    known: list[World] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Facts:
    """What is known now."""

    random: Random
    happened: Counter[str]
    base: str = "5%"
    deals: dict[str, Row] = field(default_factory=dict)
    splits: dict[str, tuple[str, str]] = field(default_factory=dict)
    events: list[Row] = field(default_factory=list)
    quotas: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    managers: dict[str, list[tuple[date, str]]] = field(default_factory=dict)
    left: dict[str, date] = field(default_factory=dict)
    withdrawn: list[Row] = field(default_factory=list)

    def month(self, place: int) -> World:
        """Let a month happen, and return what is known at its end."""
        first = date.fromisoformat(MONTHS[place] + "-01")
        r = self.random
        for payee in REPS:
            if first.month in (1, 4, 7, 10):
                self.quotas[payee, f"{first.year}-Q{(first.month + 2) // 3}"] = Decimal(r.choice(("25000", "40000", "30000.01")))
        for _ in range(r.randint(5, 9)):
            self._deal(first)
        if place:
            self._corrections(place, first)
        return self._world()

    def _corrections(self, place: int, first: date) -> None:
        r = self.random
        closed = date.fromisoformat(MONTHS[r.randrange(max(0, place - 5), place)] + "-01")
        if r.random() < 0.7:
            self._deal(closed)
            self.happened["late deal into a closed month"] += 1
            self.happened["into the year before"] += closed.year < first.year
        mine = sorted(self.deals)
        if r.random() < 0.6:
            deal = r.choice(mine)
            day = first + timedelta(r.randrange(27))
            self.events.append(
                {
                    "event_id": f"X{len(self.events)}",
                    "deal_id": deal,
                    "event": "cancelled",
                    "date": day,
                    "amount": None,
                    "known": None,
                }
            )
            self.happened["cancelled contract"] += 1
        if r.random() < 0.5:
            deal = r.choice(mine)
            one, other = r.sample(REPS, 2)
            self.happened["changed split" if deal in self.splits else "new split"] += 1
            self.splits[deal] = (one, other)
        if r.random() < 0.5:
            self.deals[r.choice(mine)]["amount"] = Decimal(r.choice(AMOUNTS))
            self.happened["changed amount"] += 1
        if r.random() < 0.4:
            gone = r.choice(mine)
            del self.deals[gone]
            self.splits.pop(gone, None)
            self.events = [e for e in self.events if e["deal_id"] != gone]
            self.withdrawn.append({"deal_id": gone, "reason": "it was never signed", "author": "Kim"})
            self.happened["vanished and withdrawn"] += 1
        if r.random() < 0.3:
            self.quotas[r.choice(sorted(self.quotas))] *= Decimal(r.choice(("0.5", "1.25")))
            self.happened["changed quota"] += 1
        if r.random() < 0.25:
            rep = r.choice(REPS)
            since = first if r.random() < 0.5 else closed
            self.managers.setdefault(rep, [(date(2020, 1, 1), MANAGERS[REPS.index(rep) % 2])])
            self.managers[rep] = [m for m in self.managers[rep] if m[0] < since] + [(since, r.choice(MANAGERS))]
            self.happened["changed manager"] += 1
        if r.random() < 0.15:
            self.base = r.choice(("4%", "5%", "6%", "5.5%"))
            self.happened["rate changed for closed months"] += 1
        if r.random() < 0.15 and len(self.left) < 2:
            rep = r.choice([x for x in REPS if x not in self.left])
            self.left[rep] = first + timedelta(14)
            self.happened["leaver"] += 1

    def _deal(self, month: date) -> None:
        r = self.random
        number = f"D{len(self.deals) + len(self.withdrawn) + 1:04}"
        day = month + timedelta(r.randrange(days_of.monthrange(month.year, month.month)[1]))
        there = [x for x in REPS if self.left.get(x, date.max) >= day]
        self.deals[number] = {
            "deal_id": number,
            "owner": r.choice(there),
            "amount": Decimal(r.choice(AMOUNTS)),
            "close_date": day,
        }
        if r.random() < 0.2:
            one, other = r.sample(there, 2)
            self.splits[number] = (one, other)

    def _world(self) -> World:
        """Everything as it is known: a leaver's assignment has ended, everybody changed plans in July."""
        tables: dict[str, list[Row]] = {
            "deals": [dict(d) for d in self.deals.values()],
            "events": deepcopy(self.events),
            "withdrawn": deepcopy(self.withdrawn),
        }
        tables["splits"] = [
            {"deal_id": deal, "payee_id": payee, "role": "owner", "share": "1/2", "share_num": 1, "share_den": 2}
            for deal, both in sorted(self.splits.items()) for payee in both
        ]  # fmt: skip
        tables["quotas"] = [
            {"payee_id": payee, "measure": "bookings", "period": period, "start": _start(period), "amount": amount}
            for (payee, period), amount in sorted(self.quotas.items())
        ]
        tables["payees"], tables["assignments"] = [], []
        for number, rep in enumerate(REPS):
            links = self.managers.get(rep, [(date(2020, 1, 1), MANAGERS[number % 2])])
            for at, (since, manager) in enumerate(links):
                until = links[at + 1][0] - timedelta(1) if at + 1 < len(links) else None
                tables["payees"].append(
                    {"payee_id": rep, "name": rep, "manager": manager, "from": since, "to": until, "left": self.left.get(rep)}
                )
            for plan, since, until in (
                ("reps", date(2026, 1, 1), date(2026, 6, 30)),
                ("reps-h2", date(2026, 7, 1), date(2027, 12, 31)),
            ):
                until = min(until, self.left.get(rep, until))
                if since <= until:
                    tables["assignments"].append({"payee_id": rep, "plan": plan, "from": since, "to": until})
        for manager in MANAGERS:
            tables["payees"].append({"payee_id": manager, "name": manager, "from": date(2020, 1, 1)})
            tables["assignments"].append({"payee_id": manager, "plan": "managers", "from": date(2026, 1, 1)})
        said = plans(self.base, {"old": "2026-01-01 .. 2026-06-30", "new": "2026-07-01 .. 2027-12-31"})
        return World(said, tables, READINGS, list(MONTHS))


def _start(period: str) -> date:
    return date(int(period[:4]), 3 * int(period[-1]) - 2, 1)


def made_company(seed: int) -> Company:
    """Make a company; the same seed makes the same one."""
    company = Company()
    facts = Facts(Random(seed), company.happened)
    company.known = [facts.month(place) for place in range(len(MONTHS))]
    return company
