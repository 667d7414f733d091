"""Loose ends: events of deals that are not there, adjustments that belong to no payment, what was paid on and is gone - listed, never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from commcalc.base.problem import Problem
from commcalc.engine.book import Book
from commcalc.engine.history import paying_spans, span_of
from commcalc.engine.payment.adjustments import with_plans
from commcalc.engine.posted import closed_before
from commcalc.engine.problems import NO_PAYMENT, STRANGE_EVENT, VANISHED
from commcalc.language.names import NameIndex
from commcalc.plan.model import Plan
from commcalc.tables.exact import D
from commcalc.tables.posted import ON

ROW: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.String, "row": pl.UInt32, "deal": pl.String, "payee": pl.String, "component": pl.String, "amount": D,
    "code": pl.String, "reason": pl.String, "mend": pl.String,
}  # fmt: skip

DIFFERENCE = "leave it as it was, and give the difference in a period that is open"


def loose_ends(book: Book) -> pl.DataFrame:
    """Return them as columns of EXCEPTIONS but the id."""
    return pl.DataFrame([*_events(book), *_adjustments(book), *_vanished(book)], schema=ROW, orient="row")


def _row(row: dict[str, object], found: tuple[str, str, str], said: Problem) -> tuple[object, ...]:
    deal, payee, component = found
    place = (row.get("file") or "", row.get("row") or 0)
    return (*place, deal, payee, component, row.get("amount"), said.code, said.message, said.mend)


def _vanished(book: Book) -> Iterator[tuple[object, ...]]:
    for row in book.vanished.iter_rows(named=True):
        if row["deal"]:
            what, where = f"deal `{row['deal']}`, {row['component']}", "it is not among the deals"
            mend = "give the whole file, or list the deal in the table `withdrawn` with a reason"
        elif row["payee"]:
            what, where, mend = f"payee `{row['payee']}`", "is not among the payees", "give the payee's rows"
        else:
            what, where = f"`{row['component']}`", "its plan has it no longer"
            mend = "keep the component, with `effective` or a condition that ends it"
        said = VANISHED.at(None, what=what, where=where, mend=mend, amount=f"{row['amount'].normalize():f}")
        yield _row(row, (row["deal"], row["payee"], row["component"]), said)


def _events(book: Book) -> Iterator[tuple[object, ...]]:
    if book.strange.is_empty():
        return
    names = NameIndex(book.deals["deal_id"].unique().to_list())
    known = pl.col("known") if "known" in book.strange.columns else pl.lit(None, dtype=pl.Date)
    for row in book.strange.filter(pl.max_horizontal("date", known) <= book.now).iter_rows(named=True):
        near = names.nearest(row["deal_id"])
        told = f"; did you mean `{near}`?" if near else ""
        said = STRANGE_EVENT.at(None, event=row["event_id"], deal=row["deal_id"], near=told)
        yield _row(row, (row["deal_id"], "", f"events.{row['event']}"), said)


def _adjustments(book: Book) -> Iterator[tuple[object, ...]]:
    if book.adjustments.is_empty():
        return
    plans = {p.plan.plan: p.plan for p in book.plans if not p.plan.of_all}
    begins = {n: spans[0][0] for n, plan in plans.items() if (spans := paying_spans(book, plan, book.now))}
    every = with_plans(book).filter(pl.col("~day") <= book.now)
    for row in every.iter_rows(named=True):
        plan = row["~plan"]
        debts = [d.name for d in plans[plan].payment.named_debts] if plan in plans else []
        if plan is None:
            why, mend = f"`{row['payee_id']}` is on no plan in {row['period']}", "name the plan that pays it, under `plan`"
        elif plan not in plans:
            why, mend = f"`{plan}` is no plan that pays anybody now", "name one that does"
        elif plan not in begins or row["~day"] < begins[plan]:
            why, mend = f"`{plan}` pays nothing in {row['period']}", "name a period in which it pays"
        elif row.get("target") == "debt" and row.get("component") not in debts:
            known = f": {', '.join(debts)}" if debts else ""
            why, mend = f"`{row.get('component') or ''}` is no debt of `{plan}`", f"name one of its debts{known}"
        elif (told := _late(book, plans[plan], row, every)) is not None:
            why, mend = told
        elif row.get("currency") not in (None, plans[plan].currency):
            why, mend = (
                f"it is in {row['currency']}, and `{plan}` pays in {plans[plan].currency}",
                "give it in the currency of the plan",
            )
        else:
            continue
        said = NO_PAYMENT.at(None, adjustment=row["adjustment_id"], amount=f"{row['amount']:f}", why=why, mend=mend)
        yield _row(row, ("", row["payee_id"], "adjustments"), said)


def _late(book: Book, plan: Plan, row: dict[str, object], every: pl.DataFrame) -> tuple[str, str] | None:
    """Say what is wrong with an adjustment of a closed period which that period did not pay so, or did not add to a debt."""
    first, _ = span_of(book, plan)
    day = row["~day"]
    closed = closed_before(book, first)
    if closed is None or not isinstance(day, date) or day >= first:
        return None
    if row.get("target") == "debt":
        begun, ended = next(s for s in paying_spans(book, plan, book.now) if s[1] >= day)
        theirs = (
            (pl.col("payee_id") == row["payee_id"]) & (pl.col("~plan") == plan.plan) & pl.col("~day").is_between(begun, ended)
        )
        now = every.filter(theirs & (pl.col("target") == "debt") & (pl.col("component") == row["component"]))["amount"].sum()
        balance = (pl.col("payee") == row["payee_id"]) & (pl.col("plan") == plan.plan) & (pl.col(ON) == ended)
        given = closed.balances.filter(balance & (pl.col("balance") == f"debt {row['component']}"))["given"].sum()
        if now == given:
            return None
        return f"{row['period']} is closed, and added {given:f} to `{row['component']}`, not {now:f}", DIFFERENCE
    paid = closed.payments.filter((pl.col("step") == "adjustment") & (pl.col("component") == row["adjustment_id"]))
    amounts = paid["amount"].to_list()
    if amounts == [row["amount"]]:
        return None
    if amounts:
        return f"{row['period']} is closed, and paid {amounts[0]:f}", DIFFERENCE
    return f"{row['period']} is closed", "give it in a period that is open"
