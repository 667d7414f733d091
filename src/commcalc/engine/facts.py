"""Facts: what the tables say of a payee on a day, and of the assignment that holds."""

from __future__ import annotations

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.people import join_effective
from commcalc.engine.rules import Rules
from commcalc.engine.tenure import TENURE, with_tenure
from commcalc.plan.model import Plan
from commcalc.tables.exact import D, exact_lit, product, quotient

EARNINGS = frozenset({"ote", "base", "variable"})


def with_facts(
    book: Book, plan: Plan, frame: pl.DataFrame, payee: frozenset[str], params: frozenset[str], day: str = "~d"
) -> pl.DataFrame:
    """Add `payee.x` as of the credit date, and `assign.x` for what the assignment overrides or states; how long somebody is there as of `day`."""
    frame = with_tenure(book, plan, frame, payee, day)
    if payee & EARNINGS and "payee.ote" not in frame.columns:
        frame = _with_earnings(book, plan, frame)
    extra = {"payee_id"} if any(getattr(plan.params.get(p), "payee", None) for p in params) else set()
    facts = [f"payee.{c}" for c in sorted(payee - EARNINGS - set(TENURE) | extra)]
    present = [c for c in facts if c in book.people.facts.columns and c not in frame.columns]
    if present:
        frame = join_effective(frame, book.people.facts.select("~p", "~from", "~to", *present), "~d")
    stated = [p for p in sorted(params) if p in book.people.assignments.columns and f"assign.{p}" not in frame.columns]
    if stated:
        rows = book.people.assignments.select("~a", *(pl.col(p).alias(f"assign.{p}") for p in stated))
        frame = frame.join(rows, on="~a", how="left", maintain_order="left")
    return frame


def _with_earnings(book: Book, plan: Plan, frame: pl.DataFrame) -> pl.DataFrame:
    """Add `payee.ote`, `payee.base` and `payee.variable`: a year's on-target earnings and their parts (docs/semantics.md 7.1)."""
    assigned = frozenset(plan.params) & frozenset(book.people.assignments.columns)
    rules = Rules(plan, book.house.readings.get("rounding", "half-up"), None, assigned)
    whole = pl.col("~base") + pl.col("~variable")
    parts = [quotient(product(pl.col("~ote"), pl.col(f"~{p}")), whole).alias(f"payee.{p}") for p in ("base", "variable")]
    found = ote_columns(book, plan, frame, rules).with_columns(pl.col("~ote").alias("payee.ote"), *parts)
    return found.drop("~ote", "~base", "~variable")


def ote_columns(book: Book, plan: Plan, frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Add `~ote ~base ~variable`: the assignment's own figures, else the plan's. In: frame with `~a ~d`."""
    if plan.payment.ote is not None:
        reads = rules.reads(plan.payment.ote)
        frame = with_facts(book, plan, frame, reads.payee - EARNINGS, reads.params)
    rows = book.people.assignments
    own = [c for c in ("ote", "mix_base", "mix_variable") if c in rows.columns]
    frame = frame.join(rows.select("~a", *(pl.col(c).alias(f"~a_{c}") for c in own)), on="~a", how="left", maintain_order="left")
    said, mix = plan.payment.ote, plan.payment.mix
    ote = rules.value(said) if said is not None else pl.lit(None, dtype=D)
    base = exact_lit(mix.base) if mix is not None else pl.lit(None, dtype=D)
    variable = exact_lit(mix.variable) if mix is not None else pl.lit(None, dtype=D)
    pairs = (("ote", ote, "~ote"), ("mix_base", base, "~base"), ("mix_variable", variable, "~variable"))
    chosen = [(pl.coalesce(f"~a_{c}", e) if c in own else e).alias(name) for c, e, name in pairs]
    return frame.with_columns(chosen).drop([f"~a_{c}" for c in own])
