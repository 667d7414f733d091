"""Random crediting rules and territories: every kind of rule, in both readings of their order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

Row = dict[str, Any]
WHEN = (
    "product = 'Orbit'", "account = 'Acme'", "type = 'new'", "amount >= 500", "term_months >= 24", "credit_date >= 2026-02-01",
    "credit_date < 2026-01-20 or product = 'Atlas'", "type is not empty and type <> 'renewal'", "not (product = 'Harbor')", "units > 2",
)  # fmt: skip
PAYEES = (
    "payee.region = 'East'", "payee.team = 'red' and amount > 0", "payee.payee_id in ('P1', 'P2', '3')", "payee.title = 'Senior Rep'",
    "payee.region = if(product = 'Orbit', 'East', 'West')", "payee.team = 'blue' and payee.hired < credit_date",
    "payee.region = 'East' or type = 'new' and payee.team = 'red'", "payee.title = 'Nobody at all'",
    "if(type = 'new', 'red', 'blue') = payee.team and payee.title <> 'Trainee'",
)  # fmt: skip
ROLES = ("SE", "SE", "overlay")
PARTS = ("50%", "1/3", "25%", "2/3", "10%")
REST = {"50%": "50%", "1/3": "2/3", "25%": "75%", "2/3": "1/3", "10%": "90%"}


def made_crediting(r: Random) -> dict[str, Any]:
    """Make crediting rules, for some worlds."""
    if r.random() > 0.3:
        return {}
    match = r.choice(("first", "all"))
    rules: list[dict[str, Any]] = []
    for _ in range(r.choice((1, 1, 2, 3))):
        made = _rules(r, match)
        rules += [{"rule": f"rule-{len(rules) + n + 1}", **said} for n, said in enumerate(made)]
    return {"match": match, "rules": rules}


def _rules(r: Random, match: str) -> list[dict[str, Any]]:
    """One rule; or, where all are asked, two that share the owner's part."""
    when = {"when": r.choice(WHEN)} if r.random() < 0.85 or match == "all" else {}
    if match == "all" and r.random() < 0.4:
        part = r.choice(PARTS)
        return [{**when, **_whom(r), "share": part}, {**when, **_whom(r, several=False), "share": REST[part]}]
    said = {**when, **_whom(r)}
    if r.random() < 0.4:
        said |= {"role": r.choice(ROLES), "share": r.choice((*PARTS, "100%"))}
    if "to" not in said and "nobody" not in said and r.random() < 0.5:
        said["share"] = "equal"
        if said.get("role") or (match == "all" and r.random() < 0.3):
            said["of"] = r.choice((*PARTS, "100%"))
    return [said]


def _whom(r: Random, *, several: bool = True) -> dict[str, Any]:
    kind = r.choice(("to", "payees", "payees", "table", "nobody") if several else ("to", "nobody", "payees"))
    if kind == "to":
        return {"to": "owner"}
    if kind == "payees":
        return {"payees": r.choice(PAYEES)}
    return {"table": "territories"} if kind == "table" else {"nobody": "yes"}


def made_territories(r: Random, ids: list[str]) -> list[Row]:
    """Make territories: blank keys, open ends, priorities, shares, roles, and the one that is nobody's."""
    rows: list[Row] = []
    prior, shared = r.random() < 0.3, r.random() < 0.3
    for product in r.sample(("Orbit", "Atlas", "Harbor", None), r.randint(1, 4)):
        for account in r.sample(("Acme", "Bolt", "Cory", None), r.randint(1, 3)):
            day = date(2025, 12, 1) + timedelta(r.choice((0, 0, 45, 62)))
            row: Row = {"product": product, "account": account, "payee_id": r.choice(ids), "from": day}
            if r.random() < 0.3:
                row["to"] = day + timedelta(r.randint(20, 90))
            if prior and r.random() < 0.7:
                row["priority"] = Decimal(r.choice((1, 2, 3)))
            if shared and r.random() < 0.7:
                share = Fraction(r.choice((1, 1, 2)), r.choice((2, 3, 4)))
                row |= {
                    "share": f"{share.numerator}/{share.denominator}",
                    "share_num": share.numerator,
                    "share_den": share.denominator,
                }
            if r.random() < 0.15:
                row |= {"role": r.choice(("SE", "owner"))}
            if r.random() < 0.2:
                row |= {"order": Decimal(r.choice((1, 2)))}
            rows.append({**row, "payee_id": "nobody"} if r.random() < 0.1 else row)
    return rows
