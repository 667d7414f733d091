"""Labels: the texts that stand on every line - payee, plan, period, role - each kept once and named by a number."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.earnings import Job
from commcalc.plan.load import LoadedPlan
from commcalc.plan.whose import MANAGER, SameCredit

CAUSE = pl.Enum(["new", "true-up"])


@dataclass(frozen=True, slots=True)
class Labels:
    """The enumerations of a run. Payees are in the order of their numbers `~p`; periods follow an empty text."""

    payee: pl.Enum
    plan: pl.Enum
    version: pl.Enum
    component: pl.Enum
    measure: pl.Enum
    goal: pl.Enum
    role: pl.Enum
    rule: pl.Enum
    currency: pl.Enum
    period: pl.Enum
    place: pl.Enum


def labels_of(book: Book) -> Labels:
    """Return the labels of all that a run can write."""
    plans = [p.plan for p in book.plans]
    groups = {m.whose.same for p in plans for m in p.measures.values() if isinstance(m.whose, SameCredit)}
    roles = {"owner", MANAGER, "company", *groups, *(book.splits["role"].unique().to_list() if book.splits is not None else ())}
    return Labels(
        payee=pl.Enum(book.people.ids["payee_id"]),
        plan=_enum(p.plan for p in plans),
        version=_enum(p.version for p in plans),
        component=_enum(n for p in plans for n in p.components),
        measure=_enum(n for p in plans for n in p.measures),
        goal=_enum(goals_of(c.goal) for p in plans for c in p.components.values()),
        role=_enum(roles),
        rule=_enum({"", *(book.splits["~rule"].to_list() if book.splits is not None and book.refused is not None else ())}),
        currency=_enum([book.house.currency, *(p.currency for p in plans)]),
        period=pl.Enum(["", *book.moments.windows["period"]["~name"]]),
        place=_enum(_place(p, n) for p in book.plans for n in p.plan.components),
    )


def goals_of(goals: tuple[str, ...]) -> str:
    """Return the goals that a component serves as they stand on its lines."""
    return ", ".join(goals)


def place_of(book: Book, job: Job) -> str:
    """Return the file and line that state the job's component."""
    loaded = next(p for p in book.plans if p.plan.plan == job.plan.plan)
    return _place(loaded, job.name)


def _place(loaded: LoadedPlan, component: str) -> str:
    span = loaded.tree.span_of(("components", component), key=True)
    return f"{span.file}:{span.line}"


def _enum(texts: object) -> pl.Enum:
    return pl.Enum(sorted(set(texts)))  # type: ignore[call-overload]
