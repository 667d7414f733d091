"""Whatever two plans and two files of deals are compared, the parts of every payee add up to the payee's difference, to the cent."""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from plan_making import made_plan
from program_making import made_program
from table_making import made_world
from worlds import World, calculated, calendar, facts, frames, house_of, load

from commcalc.inputs.tables import Inputs
from commcalc.plan.load import LoadedPlan
from commcalc.studies.compare import Comparison, compare_sides
from commcalc.studies.trial import Side

Plans = tuple[LoadedPlan, ...]
ZERO = Decimal(0)
PAIRS = settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def side_of(world: World, plans: Plans) -> Side:
    inputs = Inputs(frames(world), calendar(), None, {}, {}, (), pl.DataFrame())  # type: ignore[arg-type]
    return Side(tuple(sorted(plans, key=lambda p: p.plan.plan)), house_of(world), inputs, facts(world))


def other_plans(world: World, r: Random) -> World:
    """The world with some values of its plans taken from other plans of the same names."""
    found = copy.deepcopy(world)
    for name, said in found.plans.items():
        if "program" in said:
            other = made_program(r, name, world.readings)
            said |= {
                key: other[key]
                for key in said
                if key in ("where", "pay", "rate", "dates", "eligible")
                and key in other
                and said["kind"] == other["kind"]
                and r.random() < 0.5
            }
            continue
        other = made_plan(r, name, world.readings)
        for part in ("measures", "components"):
            for key, value in other.get(part, {}).items():
                if r.random() < 0.5:
                    said[part][key] = value
        for component in said["components"].values():
            if component["kind"] == "commission" and isinstance(component["rate"], str) and component["rate"].endswith("%"):
                component["rate"] = r.choice(("3%", "4.5%"))
    return found


def other_deals(world: World, r: Random) -> World:
    """The world without some of its deals, and with other amounts in some."""
    found = copy.deepcopy(world)
    gone = {d["deal_id"] for d in world.tables["deals"] if r.random() < 0.1} - {s["deal_id"] for s in world.tables["splits"]}
    found.tables["deals"] = [d for d in found.tables["deals"] if d["deal_id"] not in gone and d.get("returns") not in gone]
    for deal in found.tables["deals"]:
        if r.random() < 0.2 and deal["amount"] is not None:
            deal["amount"] += Decimal("100.01")
    return found


def paid_by(world: World, plans: Plans, period: str) -> dict[tuple[str, str, str], Decimal]:
    """What a run pays by payee, plan and component."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: ZERO)
    for row in calculated(world, plans, period).lines.iter_rows(named=True):
        sums[row["payee"], row["plan"], row["component"]] += row["amount"]
    return sums


def hold(comparison: Comparison, before: dict[tuple[str, str, str], Decimal], after: dict[tuple[str, str, str], Decimal]) -> None:
    parts: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: ZERO)
    for payee in comparison.payees:
        assert payee.difference == sum((p.amount for p in payee.parts), ZERO)
        for part in payee.parts:
            parts[payee.payee, part.plan, part.component] += part.amount
    earned = {k: v for k, v in parts.items() if k[2] != "base pay"}
    for key in {*before, *after, *earned}:
        assert earned.get(key, ZERO) == after.get(key, ZERO) - before.get(key, ZERO), key
    moved = sum((comparison.moved(n) for n in range(len(comparison.causes))), ZERO)
    assert moved == comparison.difference == sum((g.difference for g in comparison.components), ZERO)
    assert comparison.difference == sum((g.difference for g in comparison.goals), ZERO)
    gains = sum((p.difference for p in comparison.winners), ZERO)
    assert gains - comparison.keep_whole == comparison.difference


@pytest.mark.parametrize("batch", range(3))
def test_parts_add_up_over_random_pairs_of_plans_and_data(batch: int) -> None:
    seen: list[int] = []

    @PAIRS
    @given(number=st.integers(0, 2**40))
    def adds_up(number: int) -> None:
        r = Random(number * 3 + batch)
        world = made_world(r.getrandbits(40), payees=(3, 8), small=r.random() < 0.5)
        changed = other_plans(world, r) if r.random() < 0.85 else world
        changed = other_deals(changed, r) if r.random() < 0.5 else changed
        (plans, report), (others, found) = load(world), load(changed)
        if report.errors or found.errors:
            return
        period = calendar().period_named(world.periods[0])
        assert period is not None
        before, after = side_of(world, plans), side_of(changed, others)
        compared, told = compare_sides(before, after, (period,))
        if compared is None:  # the old plan cannot be paid on the new data, or a side is refused
            assert told.errors
            return
        comparison = compared.comparison
        assert [p.name for p in comparison.periods] == world.periods
        hold(comparison, paid_by(world, plans, period.name), paid_by(changed, others, period.name))
        again, _ = compare_sides(before, after, (period,))
        assert again is not None
        assert again.comparison == comparison
        seen.append(len(comparison.causes))

    adds_up()
    assert sum(seen) >= 5, f"only {sum(seen)} changes were tried"


def test_a_changed_reading_is_a_cause_of_its_own() -> None:
    world = made_world(7, payees=(6, 6), small=True)
    plans, report = load(world)
    assert not report.errors
    side = side_of(world, plans)
    rounded = side.reading("rounding", "down" if world.readings["rounding"] != "down" else "half-up")
    period = calendar().period_named(world.periods[0])
    assert period is not None
    compared, _ = compare_sides(side, rounded, (period,))
    assert compared is not None
    assert [c.kind for c in compared.comparison.causes] == ["reading"]


def test_the_same_side_twice_has_no_cause_and_moves_nothing() -> None:
    world = made_world(11, payees=(4, 4), small=True)
    plans, _ = load(world)
    side = side_of(world, plans)
    period = calendar().period_named(world.periods[0])
    assert period is not None
    compared, _ = compare_sides(side, replace(side), (period,))
    assert compared is not None
    assert compared.comparison.causes == ()
    assert not compared.comparison.differing
    assert isinstance(compared.after.money, pl.DataFrame)
