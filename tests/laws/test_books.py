"""What any plan pays can be posted: the books of made worlds balance month after month, and say what the runs said."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from beancount import loader
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from table_making import made_world
from worlds import World, calculated, calendar, load

from commcalc.base.calendar import Period
from commcalc.engine.result import Result
from commcalc.exports.beancount import beancount_of
from commcalc.ledger.form import Entry
from commcalc.ledger.post import post
from commcalc.ledger.postings import postings_of, settled_balances
from commcalc.ledger.read import Books, read_books
from commcalc.plan.load import LoadedPlan
from commcalc.tables.results import LINES, SLICES

WORLDS = 10
MANY = 60
STEPS = ["payee", "plan", "currency", "balance"]
WANTED = ("lines", "slices")


def header(period: Period, run: str) -> Entry:
    days = (period.first.isoformat(), period.last.isoformat())
    return Entry(0, "close", period.name, *days, "mia", "ann", "", 0, run, "0", "2026-01-01T00:00:00Z", "", "", "")


def posted(books: Books, period: Period, result: Result) -> Books:
    """Post a result and read the ledger back; whatever does not balance is told."""
    before = books.balances()
    balances = settled_balances(result.lines, result.payments, result.balances, before)
    tables = {
        "lines": result.lines,
        "slices": result.slices,
        "payments": result.payments,
        "balances": balances,
        "postings": postings_of(result.lines, result.payments, balances, before),
    }
    entry = post(books, header(period, period.name), tables, nullcontext)
    assert isinstance(entry, Entry), entry.message
    return sound(books.path)


def sound(path: Path) -> Books:
    books, report = read_books(path, WANTED)
    assert books is not None, [p.message for p in report]
    return books


def balanced(books: Books) -> None:
    """An independent program agrees that every transaction balances and that every balance is what we say."""
    _, errors, _ = loader.load_string(beancount_of(books, "made"))
    assert not errors, errors[0]


def months(world: World) -> list[Period]:
    """The months from the first that the world speaks of, one after the other."""
    firsts = sorted(p.first for n in world.periods if (p := calendar().period_named(n)) is not None)
    at = calendar().place(firsts[0])
    assert at is not None
    return list(calendar().periods[at : at + 4])


def the_same(kept: pl.DataFrame, given: pl.DataFrame, names: list[str]) -> None:
    texts = [pl.col(n).cast(pl.String) for n in names]
    assert_frame_equal(kept.select(texts), given.select(texts), check_row_order=True)


def check(world: World, plans: tuple[LoadedPlan, ...], folder: Path) -> int:
    """Post month after month, then take the last one back; return how many were posted."""
    books, done = sound(folder / "ledger.sqlite"), 0
    last: Result | None = None
    for period in months(world):
        result = calculated(world, plans, period.name)
        if result.report.errors:
            break
        before, last, done = books, result, done + 1
        books = posted(books, period, result)
        entry = books.closed[-1]
        the_same(books.of("lines", entry), result.lines, LINES.names)
        the_same(books.of("slices", entry), result.slices, SLICES.names)
        assert set(books.balances().filter(pl.col("closing") != 0).rows()) >= set(
            result.balances.filter(pl.col("closing") != 0).select(*STEPS, "closing").rows()
        )
        payable = books.of("postings", entry).filter(pl.col("account") == "payable")
        assert -sum(payable["amount"]) == sum(result.payouts["payable"])
    if last is None:
        return 0
    balanced(books)
    entry = books.closed[-1]
    back = books.of("postings", entry).with_columns(-pl.col("amount"))
    opened = post(books, replace(entry, kind="reopen", reverses=entry.number), {"postings": back}, nullcontext)
    assert isinstance(opened, Entry)
    after = sound(books.path)
    balanced(after)
    assert after.closed == before.closed
    assert_frame_equal(after.balances(), before.balances())
    assert_frame_equal(after.posted("lines"), before.posted("lines"))
    assert_frame_equal(after.posted("slices"), before.posted("slices"))
    return done


@pytest.mark.parametrize("count", [WORLDS, pytest.param(MANY, marks=pytest.mark.slow)])
def test_the_books_of_any_plan_balance_and_say_what_the_runs_said(count: int) -> None:
    seen: list[int] = []
    balances: list[int] = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(number=st.integers(0, 2**48))
    def hold(number: int) -> None:
        world = made_world(number * 8)
        plans, report = load(world)
        if report.errors:
            return
        with TemporaryDirectory() as folder:
            seen.append(check(world, plans, Path(folder)))
            balances.append(len(sound(Path(folder) / "ledger.sqlite").balances()))

    hold()
    assert sum(seen) >= 2 * count, "too many plans were refused"
    assert sum(balances) >= count
