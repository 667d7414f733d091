"""Facts: what the tables say of a payee on a day, and of the assignment that holds."""

from __future__ import annotations

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.people import join_effective
from commcalc.engine.tenure import TENURE, with_tenure
from commcalc.plan.model import Plan


def with_facts(
    book: Book, plan: Plan, frame: pl.DataFrame, payee: frozenset[str], params: frozenset[str], day: str = "~d"
) -> pl.DataFrame:
    """Add `payee.x` as of the credit date, and `assign.x` for what the assignment overrides or states; how long somebody is there as of `day`."""
    frame = with_tenure(book, plan, frame, payee, day)
    extra = {"payee_id"} if any(getattr(plan.params.get(p), "payee", None) for p in params) else set()
    facts = [f"payee.{c}" for c in sorted(payee - set(TENURE) | extra)]
    present = [c for c in facts if c in book.people.facts.columns and c not in frame.columns]
    if present:
        frame = join_effective(frame, book.people.facts.select("~p", "~from", "~to", *present), "~d")
    stated = [p for p in sorted(params) if p in book.people.assignments.columns and f"assign.{p}" not in frame.columns]
    if stated:
        rows = book.people.assignments.select("~a", *(pl.col(p).alias(f"assign.{p}") for p in stated))
        frame = frame.join(rows, on="~a", how="left", maintain_order="left")
    return frame
