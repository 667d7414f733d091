"""Random payment settings: draws and their recovery, charges, a least and a most, what is below zero, and what was owed before."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from worlds import Row

Said = dict[str, Any]
AMOUNTS = (
    "50 USD", "100 USD", "250.50 USD", "333.335", "1_000 USD", "payee.variable / 365", "if(payee.months_employed > 12, 200, 75.25)",
    {"by": "payee.title", "rows": {"Rep": "150 USD", "Senior Rep": "300 USD", "any": "40 USD"}},
    {"by": "payee.region", "rows": {"East": "120", "any": "60"}},
)  # fmt: skip
PLAIN = ("25 USD", "100 USD", "500", "payee.variable / 1_000", "0 USD")
PERIODS = (("any",), ("1..2", "3.."), ("1", "2..3", "4.."), ("2..3",), ("1..1", "any"), ("..2", "5.."), ("1..3", "2.."))
SHARES = ("100%", "50%", "33.3333%", "10%")


def made_payment(r: Random) -> Said:
    """Make some of the settings that a payment may have beside what is earned."""
    said: Said = {"negative": r.choice(("carry", "carry", "collect", "forgive"))}
    if r.random() < 0.7:
        draws = [_draw(r, periods) for periods in r.choice(PERIODS)]
        said["draw"] = draws if len(draws) > 1 or r.random() < 0.5 else draws[0]
        if r.random() < 0.6:
            said["leaving"] = {"draw": r.choice(("forgive", "deduct", "receivable"))}
    if r.random() < 0.4:
        names = ("Desk fee", "Software")[: r.choice((1, 1, 2))]
        said["charges"] = [{"name": name, "amount": r.choice((*AMOUNTS, *PLAIN)), "each": "period"} for name in names]
    if r.random() < 0.3:
        said["minimum"] = r.choice(AMOUNTS)
    if r.random() < 0.3:
        said["maximum"] = {"at": r.choice((*AMOUNTS, "2_000 USD")), "excess": r.choice(("forfeit", "later", "later"))}
    return json.loads(json.dumps(said))  # a table picked twice stands twice, or it would be written as an anchor


def _draw(r: Random, periods: str) -> Said:
    kind = r.choice(("recoverable", "recoverable", "non-recoverable"))
    said: Said = {"periods": periods, "amount": r.choice(AMOUNTS), "kind": kind, "as": r.choice(("guarantee", "addition"))}
    if kind == "non-recoverable":
        return said
    said["recover"] = {"share": r.choice(SHARES)}
    for key, options in (("protect", PLAIN), ("limit", PLAIN), ("starts", ("period 1", "period 2", "period 3"))):
        if r.random() < 0.35:
            said["recover"][key] = r.choice(options)
    if r.random() < 0.4:
        said["balance_limit"] = r.choice(("100 USD", "450.25 USD", "1_000"))
    return said


def payment_openings(r: Random, ids: list[str], plans: list[str]) -> list[Row]:
    """Make what some payees owe, or are owed, when the first run begins."""
    rows: list[Row] = []
    for payee in r.sample(ids, len(ids) // 3):
        name, day = r.choice(plans), r.choice((date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 10)))
        for kind, amounts in (("draw", ("250", "99.99")), ("carried", ("-120.50", "80"))):
            if r.random() < 0.6:
                rows.append({"payee_id": payee, "as_of": day, "kind": kind, "name": name, "amount": Decimal(r.choice(amounts))})
    return rows
