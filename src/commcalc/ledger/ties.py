"""What must agree in the books whatever happened: each entry balances, and postings and figures say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.base.problem import Problem
from commcalc.base.render import cut
from commcalc.ledger.form import Entry
from commcalc.ledger.problems import NOT_TIED, UNBALANCED

TIED = ("postings", "payments", "balances")
LEG = ["account", "payee", "plan", "component", "line_id", "step", "balance", "currency"]
KEY = ("payee", "plan", "currency", "balance")
ZERO = Decimal(0)


def owed_by_payee(balance: str) -> bool:
    """Return whether a balance is a claim on the payee, and so stands in debit: draws and debts; what is held or kept in credit."""
    return balance == "draw" or balance.startswith("debt ")


def untied(entries: Sequence[Entry], tables: Mapping[str, pl.DataFrame]) -> Iterator[Problem]:
    """Yield what does not agree: postings, payments, balances, and of lines `entry currency accrued amount`."""
    postings = tables["postings"]
    by_number = {e.number: e for e in entries}
    sums = postings.group_by("entry", "currency").agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    for number, currency, total in sums.sort("entry", "currency").iter_rows():
        entry = by_number[number]
        yield UNBALANCED.at(None, entry=number, period=entry.period, sum=_shown(total), currency=currency)
    yield from _lines(by_number, postings, tables["lines"])
    yield from _payable(by_number, postings, tables["payments"])
    yield from _reversed(by_number, postings)
    yield from _balances(entries, postings, tables["balances"])


def _lines(entries: Mapping[int, Entry], postings: pl.DataFrame, lines: pl.DataFrame) -> Iterator[Problem]:
    """What is posted as earned is what the lines say that are not accrued."""
    earned = lines.filter(~pl.col("accrued")).group_by("entry", "currency").agg(pl.col("amount").sum())
    mine = postings.filter((pl.col("account") == "expense") & (pl.col("step") == "earned") & _closing(entries))
    posted = mine.group_by("entry", "currency").agg(pl.col("amount").sum().alias("posted"))
    for number, currency, one, other in _differing(posted, earned, ["entry", "currency"]):
        yield _not_tied(entries[number], f"what is earned in {currency}", one, other)


def _payable(entries: Mapping[int, Entry], postings: pl.DataFrame, payments: pl.DataFrame) -> Iterator[Problem]:
    """What is payable to somebody is the sum of the steps of the payment."""
    keys = ["entry", "payee", "currency"]
    mine = postings.filter((pl.col("account") == "payable") & _closing(entries))
    posted = mine.group_by(keys).agg(-pl.col("amount").sum().alias("posted"))
    for number, payee, currency, one, other in _differing(posted, payments.group_by(keys).agg(pl.col("amount").sum()), keys):
        yield _not_tied(entries[number], f"payable to {cut(payee)} in {currency}", one, other)


def _reversed(entries: Mapping[int, Entry], postings: pl.DataFrame) -> Iterator[Problem]:
    """Opening a period again takes back each posting of its closing."""
    back = {e.number: e.reverses for e in entries.values() if e.reverses}
    if not back:
        return
    first = pl.col("entry").replace(back).alias("entry")
    both = postings.filter(pl.col("entry").is_in([*back, *back.values()])).with_columns(first)
    left = both.group_by("entry", *LEG).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    undone = {closing: opening for opening, closing in back.items()}
    for number, account, payee, amount in left.sort("entry", *LEG).select("entry", "account", "payee", "amount").iter_rows():
        what = f"what is left of the {account} of {cut(payee)} after entry {number} is taken back"
        yield _not_tied(entries[undone[number]], what, amount, ZERO)


def _balances(entries: Sequence[Entry], postings: pl.DataFrame, balances: pl.DataFrame) -> Iterator[Problem]:
    """Each balance is, at its closing, the sum of all its postings so far."""
    moved = postings.filter(pl.col("balance") != "").group_by("entry", *KEY).agg(pl.col("amount").sum())
    moves: dict[int, list[tuple[tuple[str, ...], Decimal]]] = {}
    for number, *whose, amount in moved.iter_rows():
        moves.setdefault(number, []).append((tuple(whose), amount))
    stated: dict[int, list[tuple[tuple[str, ...], Decimal]]] = {}
    for number, *whose, closing in balances.select("entry", *KEY, "closing").iter_rows():
        stated.setdefault(number, []).append((tuple(whose), closing))
    sums: dict[tuple[str, ...], Decimal] = {}
    for entry in entries:
        for key, amount in moves.get(entry.number, ()):
            sums[key] = sums.get(key, ZERO) + amount
        for key, closing in sorted(stated.get(entry.number, ())):
            total = sums.get(key, ZERO) if owed_by_payee(key[3]) else -sums.get(key, ZERO)
            if total != closing:
                yield _not_tied(entry, f"the balance {key[3]} of {cut(key[0])} under {key[1]}", total, closing)


def _closing(entries: Mapping[int, Entry]) -> pl.Expr:
    return pl.col("entry").is_in([n for n, e in entries.items() if e.kind == "close"])


def _differing(posted: pl.DataFrame, stated: pl.DataFrame, keys: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    zero = (pl.col("posted").fill_null(0), pl.col("amount").fill_null(0))
    both = posted.join(stated, on=keys, how="full", coalesce=True).with_columns(zero)
    yield from both.filter(pl.col("posted") != pl.col("amount")).select(*keys, "posted", "amount").sort(keys).iter_rows()


def _not_tied(entry: Entry, what: str, posted: Decimal, stated: Decimal) -> Problem:
    return NOT_TIED.at(None, entry=entry.number, period=entry.period, what=what, posted=_shown(posted), stated=_shown(stated))


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"
