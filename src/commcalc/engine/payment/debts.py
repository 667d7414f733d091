"""Debts: balances with a name, and how each is paid back beside the draw, in their order (docs/semantics.md 10.2)."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from commcalc.plan.draws import Debt
from commcalc.plan.model import Plan
from commcalc.tables.exact import D, exact_lit, product, round_to

ZERO = pl.lit(0).cast(D)
Frame = pl.DataFrame


def debts_paid_back(plan: Plan, frame: Frame, places: int, mode: str) -> tuple[Frame, pl.Expr, Callable[[Frame], Frame]]:
    """Add `recovery N`, below zero, and `~left N` of each debt before the draw in the list.

    Returned with what these have recovered, and with what does the same for those after the draw, once `recovery`, that of
    the draw, is there.
    """
    listed = plan.payment.debts
    place = listed.index("draw") if "draw" in listed else len(listed)
    numbers = {id(d): n for n, d in enumerate(plan.payment.named_debts)}

    def recovered(rows: Frame, debts: tuple[object, ...], so_far: pl.Expr) -> tuple[Frame, pl.Expr]:
        for said in debts:
            assert isinstance(said, Debt)
            number = numbers[id(said)]
            rows = _paid_back(said, number, rows, (so_far, places, mode))
            so_far = so_far - pl.col(f"recovery {number}")
        return rows, so_far

    frame, before = recovered(frame, listed[:place], ZERO)

    def after(rows: Frame) -> Frame:
        return recovered(rows, listed[place + 1 :], before - pl.col("recovery"))[0]

    return frame, before, after


def _paid_back(said: Debt, number: int, rows: Frame, taken: tuple[pl.Expr, int, str]) -> Frame:
    so_far, places, mode = taken
    owed = pl.col(f"~owes {number}") + pl.col(f"~lent {number}")
    free = (pl.col("~x") - so_far - pl.col(f"~debt protect {number}")).clip(lower_bound=0)
    share = round_to(product(exact_lit(said.recover.share), free), places, mode)
    back = pl.min_horizontal(owed, share, pl.col(f"~debt limit {number}")).clip(lower_bound=0)
    back = pl.when(pl.col(f"~debt begun {number}")).then(back).otherwise(ZERO).fill_null(ZERO)
    rows = rows.with_columns((-back).alias(f"recovery {number}"))
    return rows.with_columns((owed + pl.col(f"recovery {number}")).alias(f"~left {number}"))
