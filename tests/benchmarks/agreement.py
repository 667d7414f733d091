"""Whether rivals pay what commcalc pays, to the cent, for every payee and month.

python tests/benchmarks/agreement.py RUN_FOLDER PAYOUTS.csv ...   prints a JSON object for each: how many differ, of how many
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import polars as pl

Pay = Mapping[tuple[str, str], Decimal]


def pay_of_run(run: Path) -> Pay:
    """Return what a run's lines pay by payee and month of the deal; they must add up to its payouts."""
    lines = pl.scan_parquet(run / "lines.parquet").select("payee", "credit_date", "amount")
    month = pl.col("credit_date").dt.to_string("%Y-%m").alias("month")
    sums = lines.group_by("payee", month).agg(pl.col("amount").sum()).collect()
    paid = {(payee, month): amount for payee, month, amount in sums.iter_rows()}
    by_payee: dict[str, Decimal] = {}
    for (payee, _), amount in paid.items():
        by_payee[payee] = by_payee.get(payee, Decimal(0)) + amount
    payouts = pl.read_csv(run / "payouts.csv", infer_schema=False).select("payee", "payable")
    assert {p: Decimal(a) for p, a in payouts.iter_rows() if Decimal(a)} == {p: a for p, a in by_payee.items() if a}
    return paid


def pay_of_rival(payouts: Path) -> Pay:
    """Return what a rival's payouts.csv pays by payee and month."""
    rows = pl.read_csv(payouts, infer_schema=False)
    return {(payee, month): Decimal(amount) for payee, month, amount in rows.iter_rows()}


def differences(ours: Pay, theirs: Pay) -> list[str]:
    """Return every payee and month in which the two pay differently."""
    none = Decimal(0)
    keys = sorted(ours.keys() | theirs.keys())
    return [
        f"{payee} {month}: commcalc {ours.get((payee, month), none):.2f}, here {theirs.get((payee, month), none):.2f}"
        for payee, month in keys
        if ours.get((payee, month), none) != theirs.get((payee, month), none)
    ]


def main() -> None:
    """Compare the run with each payouts file."""
    run, *payouts = map(Path, sys.argv[1:])
    ours = pay_of_run(run)
    for file in payouts:
        found = differences(ours, pay_of_rival(file))
        print(json.dumps({"differ": len(found), "of": len(ours), "first": found[:5]}))


if __name__ == "__main__":
    main()
