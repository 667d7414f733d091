"""Fifteen months of a company, closed one after another: nothing is paid twice or lost, whatever becomes known and whenever."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import polars as pl
import pytest
from closing_making import Books
from polars.testing import assert_frame_equal
from worlds import World, answered, calculated, load, sums_of
from year_making import MONTHS, made_company

from commcalc.engine.result import Result
from commcalc.plan.load import LoadedPlan
from commcalc.studies.verify import compared

WHO = ("payee", "plan", "component")


def loaded(world: World) -> tuple[LoadedPlan, ...]:
    """The plans, which every check lets through."""
    plans, report = load(world)
    assert not report.errors, [p.message for p in report.errors]
    return plans


def paid(lines: pl.DataFrame) -> pl.DataFrame:
    """What each payee's components come to."""
    sums = lines.select(pl.col(*WHO).cast(pl.String), "amount").group_by(WHO).agg(pl.col("amount").sum())
    return sums.filter(pl.col("amount") != 0).sort(WHO)


def balances_go_on(before: Result | None, now: Result) -> None:
    """What a balance is when a month begins, it was when the one before ended."""
    key = ["payee", "plan", "balance"]
    last = {tuple(r[k] for k in key): r["closing"] for r in before.balances.to_dicts()} if before is not None else {}
    this = {tuple(r[k] for k in key): r["opening"] for r in now.balances.to_dicts()}
    assert {k: v for k, v in this.items() if v} == {k: v for k, v in last.items() if v}


def lifted(result: Result, before: World, now: World) -> int:
    """How many closed deals of the reps' first plan are paid otherwise though nothing of theirs has changed: others crossed a tier."""
    if before.plans != now.plans or before.tables["quotas"] != now.tables["quotas"][: len(before.tables["quotas"])]:
        return 0

    def said(world: World, deal: str) -> list[object]:
        return [[row for row in world.tables[name] if row["deal_id"] == deal] for name in ("deals", "splits", "events")]

    rows = result.lines.filter(
        pl.col("cause") == "true-up", pl.col("plan").cast(pl.String) == "reps", pl.col("deal").cast(pl.String) != ""
    )
    deals = rows["deal"].cast(pl.String).unique().to_list()
    return sum(said(before, deal) == said(now, deal) and said(now, deal)[0] != [] for deal in deals)


@pytest.mark.parametrize("seed", range(3))
def test_what_was_paid_through_the_last_month_is_what_one_calculation_with_all_facts_pays(seed: int) -> None:
    company = made_company(seed)
    books, before = Books(), None
    payable, crossed = Decimal(0), 0
    for place, (month, known) in enumerate(zip(MONTHS, company.known, strict=True)):
        plans = loaded(known)
        posted = books.posted
        result, answer = calculated(known, plans, month, posted), answered(known, plans, month, posted)
        told = [p.message for p in (*result.report.problems, *compared(result, answer).problems)] + list(
            sums_of(known, result, answer)
        )
        assert not told, (month, told[:5])
        balances_go_on(before, result)
        payable += result.payouts["payable"].sum()
        books.close(result)
        crossed += lifted(result, company.known[place - 1], known) if place else 0
        before = result
    assert crossed > 0, "no late or changed deal lifted others over a tier"
    last = company.known[-1]
    plans = loaded(last)
    last.tables["withdrawn"] = []
    at_once = paid(pl.concat([calculated(last, plans, month).lines.select(*WHO, "amount") for month in MONTHS]))
    assert books.posted is not None
    assert_frame_equal(paid(books.posted.lines), at_once)
    assert before is not None
    owed = sum((r["closing"] * (1 if r["balance"] == "draw" else -1) for r in before.balances.to_dicts()), Decimal(0))
    earned: Decimal = at_once["amount"].sum()
    assert payable - owed == earned, "what was paid, less what is still owed for it, is what was earned"


def test_every_kind_of_event_happens_in_these_months() -> None:
    happened = sum((made_company(seed).happened for seed in range(3)), Counter[str]())
    assert {k: v for k, v in happened.items() if v < 2} == {}, happened
    assert set(happened) >= {
        "late deal into a closed month", "into the year before", "cancelled contract", "new split", "changed split", "changed amount",
        "vanished and withdrawn", "changed quota", "changed manager", "rate changed for closed months", "leaver",
    }  # fmt: skip
