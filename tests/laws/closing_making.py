"""Months that are closed one after another while what is known of them changes: deals come late, change, vanish, are withdrawn."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

import polars as pl
from worlds import World, answered, calculated, calendar, sums_of

from commcalc.engine.result import Result
from commcalc.plan.load import LoadedPlan
from commcalc.studies.verify import compared
from commcalc.tables.posted import KEPT, Posted, posted

FIRST = date(2025, 12, 1)
"""No plan of a made world pays anything before."""
MONTHS = ("2025-12", "2026-01", "2026-02", "2026-03")
"""They end with a quarter, so that plans that pay by the quarter have paid."""


@dataclass(slots=True)
class Books:
    """What has been closed so far."""

    runs: list[tuple[date, date, dict[str, pl.DataFrame]]] = field(default_factory=list)

    @property
    def posted(self) -> Posted | None:
        """All that is posted."""
        return posted(self.runs)

    def close(self, result: Result) -> None:
        """Post a result, which is that of the month after the last."""
        span = calendar().named(result.period)
        assert span is not None
        self.runs.append((*span, {name: getattr(result, name) for name in KEPT}))


def closable(world: World) -> World:
    """The world without openings that speak of a time when books were kept already."""
    world.tables["openings"] = [r for r in world.tables.get("openings", []) if r["as_of"] < FIRST]
    return world


def as_once_known(world: World, random: Random) -> World:
    """The same world before it was known better: some deals not there yet, or otherwise; other quotas, figures and rates."""
    once = copy.deepcopy(world)
    deals = []
    for row in once.tables["deals"]:
        chance = random.random()
        if chance < 0.12:
            continue
        if chance < 0.2 and row.get("amount") is not None:
            row["amount"] *= random.choice([2, Decimal("0.5"), Decimal("1.01")])
        elif chance < 0.25:
            row["owner"] = random.choice(once.tables["deals"])["owner"]
        elif chance < 0.3:
            row["close_date"] = random.choice(once.tables["deals"])["close_date"]
        deals.append(row)
    once.tables["deals"] = deals
    there = {r["deal_id"] for r in deals}
    for name in ("splits", "events"):
        once.tables[name] = [r for r in once.tables.get(name, []) if r["deal_id"] in there]
    for name, figure in (("quotas", "amount"), ("kpis", "value")):
        for row in once.tables.get(name, []):
            if random.random() < 0.2 and row.get(figure) is not None:
                row[figure] *= 2
    once.tables["fx"] = [r for r in once.tables.get("fx", []) if random.random() < 0.9]
    for row in once.tables["fx"]:
        if random.random() < 0.3:
            row["rate"] *= random.choice([2, Decimal("0.98")])
    if random.random() < 0.5:
        gone = sorted({r["deal_id"] for r in world.tables["deals"]} - there)
        listed = [d for d in gone if random.random() < 0.7]
        once.tables["withdrawn"] = [{"deal_id": d, "reason": "it is gone", "author": "somebody"} for d in listed]
    return once


def differences_while_closing(world: World, plans: tuple[LoadedPlan, ...], random: Random, books: Books) -> Iterator[str]:
    """Close month after month, each as it was known then, the last as it is; yield where the two calculations differ."""
    for month in MONTHS:
        known = world if month == MONTHS[-1] else as_once_known(world, random)
        before = books.posted
        result, answer = calculated(known, plans, month, before), answered(known, plans, month, before)
        for problem in [*result.report.problems, *compared(result, answer).problems]:
            yield f"{month}: {problem.message}"
        yield from (f"{month}: {told}" for told in sums_of(known, result, answer))
        books.close(result)
