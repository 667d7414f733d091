"""Deals and payees in other currencies, and rates of all kinds, some of them missing, put into a world that is there already."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from worlds import Row, World

CURRENCIES = ("EUR", "GBP", "JPY", "KWD")
RATES = ("1.0842", "0.9223", "151.37", "3.25", "2", "0.5", "0.006606", "1.333333333333", "2.000000000004", "7")
KINDS = ("on date", "on date", "period average", "fixed")
AGES = ("1 day", "7 days", "2 weeks", "1 month", "1 year")
FIRST = date(2025, 12, 1)


def put_currencies(r: Random, world: World) -> None:
    """Let some deals be in another currency and some payees be paid in one; the house or the plans say by which rates."""
    if r.random() < 0.6:
        return
    world.fx = _said(r, credit=True) | {"credit": r.choice(KINDS), "pay": r.choice(KINDS)}
    for said in world.plans.values():
        if r.random() < 0.4:
            said["fx"] = _said(r, credit=True)
        for component in said.get("components", {}).values():
            if r.random() < 0.25:
                component["fx"] = _said(r, credit=False)
    sales: dict[str, str | None] = {}
    ids = {row["deal_id"] for row in world.tables["deals"]}
    for row in world.tables["deals"]:
        sale = row["returns"] if row.get("returns") in ids else row["deal_id"]
        row["currency"] = sales.setdefault(sale, r.choice((None, None, "USD", *CURRENCIES)))
    for row in world.tables["payees"]:
        row["currency"] = r.choice((None, "USD", *CURRENCIES))
    world.tables["fx"] = _rates(r)


def _said(r: Random, *, credit: bool) -> dict[str, Any]:
    said = {"pay": r.choice(KINDS), "max_age": r.choice(AGES), **({"credit": r.choice(KINDS)} if credit else {})}
    return {key: said[key] for key in r.sample(list(said), r.randint(1, len(said)))}


def _rates(r: Random) -> list[Row]:
    """Rates to dollars, from them, or both; on some days, for some months, for some longer periods."""
    rows: list[Row] = []
    for other in CURRENCIES:
        for one, two in r.choice((((other, "USD"),), (("USD", other),), ((other, "USD"), ("USD", other)), ())):
            days = sorted({FIRST + timedelta(r.randint(0, 140)) for _ in range(r.choice((0, 3, 20, 80)))})
            months = [f"2026-{n:02}" for n in range(1, 7) if r.random() < 0.8]
            longer = r.choice((["2026"], ["2025", "2026-Q1", "2026-H2"], ["2026-Q1"], []))
            for key, values in (("date", days), ("period", [*months, *longer])):
                rows += [{"from": one, "to": two, key: value, "rate": Decimal(r.choice(RATES))} for value in values]
    return rows
