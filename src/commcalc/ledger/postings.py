"""The books of a run: what is earned, held, paid, drawn and carried, each as a posting of two accounts.

| what | debit | credit |
|---|---|---|
| a line that is earned | expense | held |
| released, clawback | held | payable |
| adjustment, charge, minimum, maximum that is lost, forgiven, base, draw given for good | expense | payable |
| draw that is owed, and its recovery | draw receivable | payable |
| carried in and out, maximum kept for later | clearing | payable |
| a debt that the payee takes on | draw receivable | clearing |
| what is owed and forgiven | expense | draw receivable |

What falls is posted with its sign. Clearing also has what comes from outside the ledger: balances that payees came with, and
what was paid for them elsewhere. So each balance is the sum of its postings.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from commcalc.ledger.form import POSTINGS
from commcalc.ledger.ties import owed_by_payee
from commcalc.tables.exact import D
from commcalc.tables.results import BALANCE

EXPENSE, PAYABLE, RECEIVABLE, HELD, CLEARING = "expense", "payable", "draw receivable", "held", "clearing"
WHOSE = ["payee", "plan", "currency"]
OTHER_SIDE = {
    "carried in": (CLEARING, "carried"),
    "released": (HELD, "held"),
    "clawback": (HELD, "held"),
    "adjustment": (EXPENSE, ""),
    "charge": (EXPENSE, ""),
    "minimum": (EXPENSE, ""),
    "forgiven": (EXPENSE, ""),
    "carried out": (CLEARING, "carried"),
    "base": (EXPENSE, ""),
}
"""What stands against payable in each step, and the balance that it moves; draw, recovery and maximum are told apart below."""
ZERO = pl.lit(0).cast(D)
Side = tuple[str | pl.Expr, str | pl.Expr]  # account, balance


def settled_balances(lines: pl.DataFrame, payments: pl.DataFrame, balances: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Return the run's balances, with a row of noughts for one that stood before and that the run says nothing of any more.

    before: `payee plan currency balance closing`. A plan that pays nobody in this period leaves its balances alone.
    """
    texts = [pl.col(c).cast(pl.String) for c in WHOSE]
    moved = pl.concat([lines.filter(~pl.col("accrued")).select(texts), payments.select(texts)]).unique()
    open_ones = before.filter(pl.col("closing") != 0).join(moved, on=WHOSE, how="semi")
    gone = open_ones.join(balances, on=[*WHOSE, "balance"], how="anti").select(*WHOSE, "balance")
    whole = pl.concat([balances, gone.with_columns(ZERO.alias(c) for c in BALANCE).select(balances.columns)])
    return whole.sort(*WHOSE, "balance")


def postings_of(lines: pl.DataFrame, payments: pl.DataFrame, balances: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Return the postings of a run: columns of form.POSTINGS, in the order of their full key.

    In: lines, payments and balances of the run (`settled_balances`); before: the closings of the period before.
    """
    lines = lines.filter(~pl.col("accrued") & (pl.col("amount") != 0)).with_columns(
        pl.col("payee", "plan", "currency", "component").cast(pl.String), pl.lit("earned").alias("step")
    )
    every = [
        _side(lines.with_columns(pl.col("id").alias("line_id")), (EXPENSE, ""), pl.col("amount")),
        _side(lines.group_by(*WHOSE, "component", "step").agg(pl.col("amount").sum()), (HELD, "held"), -pl.col("amount")),
        _side(payments, (PAYABLE, ""), -pl.col("amount")),
        *_other_sides(payments, balances),
        *_of_balances(balances, before),
        *_elsewhere(lines, payments, balances),
    ]
    found = pl.concat(every).filter(pl.col("amount") != 0).select(POSTINGS.names)
    return found.sort([c for c in POSTINGS.names if c != "amount"])


def _side(rows: pl.DataFrame, side: Side, amount: pl.Expr) -> pl.DataFrame:
    """Return one side of postings: the rows' amount on an account, and the balance that it moves."""
    account, balance = (pl.lit(x) if isinstance(x, str) else x for x in side)
    texts = {"component": "", "line_id": ""}
    blank = [pl.lit(text).alias(name) for name, text in texts.items() if name not in rows.columns]
    found = rows.with_columns(account.alias("account"), balance.alias("balance"), amount.alias("amount"), *blank)
    return found.select(*(pl.col(c).cast(pl.String) for c in POSTINGS.names if c != "amount"), "amount")


def _both(rows: pl.DataFrame, step: str, debit: Side, credit: Side) -> list[pl.DataFrame]:
    rows = rows.with_columns(pl.lit(step).alias("step"), pl.lit("").alias("component"))
    return [_side(rows, debit, pl.col("amount")), _side(rows, credit, -pl.col("amount"))]


def _other_sides(payments: pl.DataFrame, balances: pl.DataFrame) -> list[pl.DataFrame]:
    """Return what stands against payable in each step of the payments."""
    simple = payments.filter(pl.col("step").is_in(list(OTHER_SIDE)))
    account, moved = ({s: pair[n] for s, pair in OTHER_SIDE.items()} for n in (0, 1))
    step = pl.col("step")
    sides = (step.replace_strict(account, return_dtype=pl.String), step.replace_strict(moved, return_dtype=pl.String))
    owed = _figure(payments, balances, "draw", pl.col("given"), "draw")
    named = pl.when(pl.col("component") == "").then(pl.lit("draw")).otherwise(pl.format("debt {}", "component"))
    out = payments.filter(step == "carried out").select(*WHOSE, pl.col("amount").alias("out"))
    kept = _figure(payments, balances, "carried", pl.col("closing"), "maximum").join(out, on=WHOSE, how="left")
    later = -(pl.col("figure") + pl.col("out").fill_null(ZERO))  # what is carried beside what is owed was above the maximum
    return [
        _side(simple, sides, pl.col("amount")),
        _side(owed, (RECEIVABLE, "draw"), pl.col("figure")),
        _side(owed, (EXPENSE, ""), pl.col("amount") - pl.col("figure")),
        _side(payments.filter(step == "recovery"), (RECEIVABLE, named), pl.col("amount")),
        _side(kept, (CLEARING, "carried"), later),
        _side(kept, (EXPENSE, ""), pl.col("amount") - later),
    ]


def _figure(payments: pl.DataFrame, balances: pl.DataFrame, balance: str, figure: pl.Expr, step: str) -> pl.DataFrame:
    """Return the steps of one name with a figure of the payee's balance beside them."""
    mine = balances.filter(pl.col("balance") == balance).select(*WHOSE, figure.alias("figure"))
    rows = payments.filter(pl.col("step") == step).join(mine, on=WHOSE, how="left")
    return rows.with_columns(pl.col("figure").fill_null(ZERO))


def _of_balances(balances: pl.DataFrame, before: pl.DataFrame) -> list[pl.DataFrame]:
    """Return what moves a balance without a step of the payment: debts taken on, what is forgiven, what came from elsewhere."""
    balance = pl.col("balance")
    names = balances["balance"].unique().to_list()
    claims = balance.is_in([n for n in names if owed_by_payee(n)])
    rows = balances.join(before, on=[*WHOSE, "balance"], how="left", suffix="_before")
    rows = rows.with_columns((pl.col("opening") - pl.col("closing_before").fill_null(ZERO)).alias("~came"))
    claimed = rows.filter(claims)
    debts = claimed.filter(balance != "draw").with_columns(pl.col("given").alias("amount"))
    lost = claimed.with_columns(pl.col("forgiven").alias("amount"))
    came = claimed.with_columns(pl.col("~came").alias("amount"))
    others = rows.filter(~claims).with_columns(pl.col("~came").alias("amount"))
    account = pl.when(balance == "held").then(pl.lit(HELD)).otherwise(pl.lit(CLEARING))
    return [
        *_both(debts, "debt", (RECEIVABLE, balance), (CLEARING, "")),
        *_both(lost, "forgiven", (EXPENSE, ""), (RECEIVABLE, balance)),
        *_both(came, "opening", (RECEIVABLE, balance), (CLEARING, "")),
        *_both(others, "opening", (CLEARING, ""), (account, balance)),
    ]


def _elsewhere(lines: pl.DataFrame, payments: pl.DataFrame, balances: pl.DataFrame) -> list[pl.DataFrame]:
    """Return what is earned, neither released nor held here: it was paid outside, up to the day that an opening speaks of."""
    freed = payments.filter(pl.col("step").is_in(["released", "clawback"])).select(*WHOSE, -pl.col("amount"))
    held = balances.filter(pl.col("balance") == "held").select(*WHOSE, -pl.col("given").alias("amount"))
    every: Sequence[pl.DataFrame] = [lines.select(*WHOSE, "amount"), freed, held]
    left = pl.concat(every).group_by(WHOSE).agg(pl.col("amount").sum())
    return _both(left, "elsewhere", (HELD, "held"), (CLEARING, ""))
