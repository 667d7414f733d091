"""Rounding: the one place where pay becomes cents, and how cents are shared out (semantics 1.4, 1.5)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from commcalc.base.money import minor_units
from commcalc.engine.earnings import Job
from commcalc.plan.readings import reading
from commcalc.tables.exact import Sharing, round_to


def cents(job: Job, figure: pl.Expr) -> pl.Expr:
    """Round to the plan's currency in the component's or the house's mode."""
    mode = reading("rounding", job.component, job.book.house.readings) or "half-up"
    return round_to(figure, minor_units(job.plan.currency), mode)


def shared_among(job: Job, group: Sequence[str], order: Sequence[str]) -> Sharing:
    """Return how a rounded whole is shared out under a component: in the plan's cents, by the component's or the house's readings."""
    remainder = reading("remainder", job.component, job.book.house.readings) or "largest"
    mode = reading("rounding", job.component, job.book.house.readings) or "half-up"
    return Sharing(group, order, minor_units(job.plan.currency), remainder, mode)
