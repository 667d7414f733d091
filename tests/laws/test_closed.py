"""What holds however periods are closed: the two calculations agree, nothing is paid twice, and what has not changed is paid as ever."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest
from closing_making import MONTHS, Books, closable, differences_while_closing
from polars.testing import assert_frame_equal
from table_making import made_world
from worlds import World, calculated, load

from commcalc.plan.load import LoadedPlan

BATCHES = 4
WORLDS = 10
WHO = ("payee", "plan", "component")


def worlds(batch: int) -> list[tuple[int, World, tuple[LoadedPlan, ...]]]:
    """Some small worlds that every check lets through, with their numbers."""
    found = []
    number = batch * 1_000
    while len(found) < WORLDS:
        world = closable(made_world(number, payees=(4, 9), small=True))
        plans, report = load(world)
        if not report.errors:
            found.append((number, world, plans))
        number += 1
    return found


def forgets(world: World) -> bool:
    """Whether what was paid once may stay paid though it is not earned any more: a ratchet, cents that are shared out, a rate that is kept."""
    text = str(world.plans) + str(world.readings)
    slow = "'every': 'half'" in text or "'every': 'year'" in text  # they have not paid by the end of March
    return (
        slow or bool(world.tables.get("fx")) or "ratchet" in text or "'round': 'deal'" in text or "'round': 'component'" in text
    )


def paid(lines: pl.DataFrame) -> pl.DataFrame:
    """What each payee's components come to, of what is payable."""
    texts = lines.filter(~pl.col("accrued")).select(pl.col(*WHO).cast(pl.String), "amount")
    sums = texts.group_by(WHO).agg(pl.col("amount").sum())
    return sums.filter(pl.col("amount") != 0).sort(WHO)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_engine_and_reference_agree_while_months_are_closed_and_facts_change_and_in_the_end_all_is_paid_once(batch: int) -> None:
    for number, world, plans in worlds(batch):
        books = Books()
        told = list(differences_while_closing(world, plans, Random(number), books))
        assert not told, f"world {number}: {told[:6]}"
        if forgets(world):
            continue
        at_once = pl.concat([paid(calculated(world, plans, month).lines) for month in MONTHS])
        at_once = at_once.group_by(WHO).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0).sort(WHO)
        assert books.posted is not None
        assert_frame_equal(paid(books.posted.lines), at_once)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_has_not_changed_since_a_month_was_closed_is_paid_as_if_it_had_not_been(batch: int) -> None:
    for number, world, plans in worlds(batch + BATCHES):
        books = Books()
        for month in MONTHS:
            closed, plain = calculated(world, plans, month, books.posted), calculated(world, plans, month)
            for table in ("payments", "balances", "payouts"):
                assert_frame_equal(getattr(closed, table), getattr(plain, table), check_row_order=True), number
            assert closed.lines["amount"].sum() == plain.lines["amount"].sum(), (number, month)
            books.close(closed)
