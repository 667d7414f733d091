"""What holds for every plan and every deal: two calculations agree, order and strangers change nothing, sums add up.

The worlds are made, not picked: any plan the language allows, any deals. One that breaks a law is made small before it is shown.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from plan_making import OPEN_FINDINGS
from polars.testing import assert_frame_equal
from shrinking import small
from table_making import made_world
from worlds import World, calculated, differences, load

from commcalc.engine import parts
from commcalc.engine.result import Result
from commcalc.plan.components import Contest, Pool
from commcalc.plan.load import LoadedPlan
from commcalc.plan.whose import Company, SameCredit
from commcalc.tables.results import CREDITS

BATCHES = 8  # so that several processes share the work
WORLDS = 30  # in each batch; about thirteen payees each
CASES = 20_000  # in worlds of more payees, which cost less by the case
MANY = int(os.environ.get("COMMCALC_LAW_CASES", "100000"))
NUMBERS = st.integers(0, 2**48)
TABLES = ("lines", "slices", "credits", "measures", "payments", "payouts", "exceptions", "left_out")
Plans = tuple[LoadedPlan, ...]


def examples(count: int) -> settings:
    """The same examples each time; what fails is made smaller by `shrinking`, which knows what a plan is."""
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def worlds(number: int, batch: int = 0) -> tuple[World, Plans] | None:
    """A world and its plans; None where a check refuses them."""
    world = made_world(number * BATCHES + batch)
    plans, report = load(world)
    return None if report.errors else (world, plans)


def cases(world: World) -> int:
    """One payee under one plan in one period is a case."""
    return len({(r["payee_id"], r["plan"]) for r in world.tables["assignments"]}) * len(world.periods)


def tell(world: World, plans: Plans) -> None:
    """Fail with the smallest world in which the two still differ."""
    told = list(differences(world, plans))
    if not told:
        return
    if OPEN_FINDINGS and "COMMCALC_LAW_CASES" not in os.environ:
        pytest.fail(told[0], pytrace=False)  # known to happen; made small only by hand
    least = small(world)
    again, _ = load(least)
    shown = list(differences(least, again)) or told
    pytest.fail("\n".join([*shown[:12], "", least.shown()]), pytrace=False)


@pytest.mark.xfail(bool(OPEN_FINDINGS), reason="some differences are known and not yet mended: see OPEN_FINDINGS", strict=False)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_engine_and_reference_agree_on_every_line_slice_exception_and_payout(batch: int) -> None:
    seen: list[int] = []

    @examples(WORLDS)
    @given(number=NUMBERS)
    def agree(number: int) -> None:
        if (made := worlds(number, batch)) is not None:
            tell(*made)
            seen.append(cases(made[0]))

    agree()
    assert sum(seen) >= WORLDS * 8, f"only {sum(seen)} cases: too many plans were refused"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_engine_and_reference_agree_on_twenty_thousand_cases(batch: int) -> None:
    done, number = 0, batch
    while done < CASES // BATCHES:
        world = made_world(1_000_000 + number, payees=(60, 120))
        number += BATCHES
        plans, report = load(world)
        if not report.errors:
            tell(world, plans)
            done += cases(world)


@pytest.mark.slow
@pytest.mark.skipif("COMMCALC_LAW_CASES" not in os.environ, reason="by hand: COMMCALC_LAW_CASES=100000")
def test_engine_and_reference_agree_on_many_more_cases() -> None:
    r = Random(os.environ.get("COMMCALC_LAW_SEED", "1"))
    done = 0
    while done < MANY:
        if (made := worlds(r.getrandbits(48), r.randrange(BATCHES))) is not None:
            tell(*made)
            done += cases(made[0])


def law(count: int, check: Callable[[World, Plans], None]) -> None:
    """Hold a law against worlds of their own."""

    @examples(count)
    @given(number=NUMBERS)
    def holds(number: int) -> None:
        if (made := worlds(number)) is not None:
            check(*made)

    holds()


def results(world: World, plans: Plans) -> list[Result]:
    return [calculated(world, plans, period) for period in world.periods]


def test_the_order_of_the_rows_changes_nothing() -> None:
    def check(world: World, plans: Plans) -> None:
        other = copy.deepcopy(world)
        for name, rows in other.tables.items():
            for number, row in enumerate(rows, 2):
                row["row"] = number  # a row keeps its place in the file
            Random(len(rows)).shuffle(rows)
            assert len(rows) == len(world.tables[name])
        for one, two in zip(results(world, plans), results(other, plans), strict=True):
            for table in TABLES:
                assert_frame_equal(getattr(one, table), getattr(two, table))

    law(20, check)


def test_the_size_of_the_parts_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(world: World, plans: Plans) -> None:
        whole = results(world, plans)
        with monkeypatch.context() as small_parts:
            small_parts.setattr(parts, "ROWS", 3)
            for one, two in zip(whole, results(world, plans), strict=True):
                for table in TABLES:
                    first, second = (getattr(r, table) for r in (one, two))
                    key = {"lines": ["id"], "slices": ["line_id", "n"], "credits": CREDITS.key}.get(table)  # others stand so
                    assert_frame_equal(first.sort(key) if key else first, second.sort(key) if key else second)
                assert one.counts == two.counts

    law(25, check)


def test_every_identity_holds_and_sums_add_up() -> None:
    def check(world: World, plans: Plans) -> None:
        for result in results(world, plans):
            assert [i.name for i in result.identities if not i.holds] == []
            _slices_are_the_line(result)
            _lines_are_the_payouts(result)

    law(25, check)


def _slices_are_the_line(result: Result) -> None:
    sums = result.slices.group_by("line_id").agg(pl.col("exact").sum().alias("sum"))
    earned = result.lines.filter(pl.col("kind") == "earning").join(sums, left_on="id", right_on="line_id", how="left")
    for line in earned.to_dicts():
        assert (line["sum"] or 0) == line["exact"], line


def _lines_are_the_payouts(result: Result) -> None:
    zero = Decimal(0)
    earned: dict[str, Decimal] = {}
    for line in result.lines.to_dicts():
        earned[line["payee"]] = earned.get(line["payee"], zero) + line["amount"]
    paid: dict[str, Decimal] = {}
    for step in result.payments.to_dicts():
        paid[step["payee"]] = paid.get(step["payee"], zero) + step["amount"]
    for payout in result.payouts.to_dicts():
        assert payout["earned"] == earned.pop(payout["payee"], zero), payout
        assert payout["payable"] == paid.pop(payout["payee"], zero), payout
    assert not any(earned.values())
    assert not any(paid.values())


def above_on_any_day(world: World, payee: str) -> set[str]:
    """Whoever is above a payee by either column, by however many steps, on whatever days."""
    found, todo = set[str](), {payee}
    while todo:
        rows = [r for r in world.tables["payees"] if r["payee_id"] in todo]
        todo = {r[c] for r in rows for c in ("manager", "upline") if r.get(c)} - found
        found |= todo
    return found


def test_a_deal_more_changes_nobody_but_its_owner_and_those_above() -> None:
    def check(world: World, plans: Plans) -> None:
        owner = world.tables["payees"][-1]["payee_id"]
        whose = [m.whose for p in plans for m in p.plan.measures.values()]
        if any(isinstance(w, SameCredit | Company) for w in whose):
            return  # it is everybody's in the owner's group
        if any(isinstance(c, Contest | Pool) for p in plans for c in p.plan.components.values()):
            return  # it may change the others' places, and what is left for them
        above = above_on_any_day(world, owner)
        shared = {s["payee_id"] for s in world.tables["splits"]} if world.readings["split"] == "pay" else set()
        if owner in shared or world.crediting:  # rules may give it to anybody
            return
        deal = {
            "deal_id": "Z1",
            "owner": owner,
            "amount": Decimal(1_000),
            "close_date": date(2026, 1, 20),
            "margin": Decimal(100),
        }
        more = copy.deepcopy(world)
        more.tables["deals"].append({**deal, "stage": "Won", "product": "Orbit", "type": "new", "units": Decimal(2)})
        for one, two in zip(results(world, plans), results(more, plans), strict=True):
            others = ~pl.col("payee").is_in([owner, *above])
            for table in ("lines", "payments", "payouts"):
                assert_frame_equal(getattr(one, table).filter(others), getattr(two, table).filter(others))

    law(20, check)
