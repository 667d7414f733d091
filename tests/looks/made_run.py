"""A run made by hand: small tables of the result's own columns, with names that mean harm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from commcalc.base.problem import Problem, Report
from commcalc.engine.kept import LARGE, InMemory
from commcalc.engine.result import Identity, Result
from commcalc.exports.run_folder import RunFolder, read_run, write_run
from commcalc.tables.results import DEAL_RATES, TABLES, Table

TYPES = {
    "text": pl.String,
    "decimal": pl.Decimal(38, 12),
    "count": pl.UInt32,
    "date": pl.Date,
    "yes/no": pl.Boolean,
}
EMPTY = {"text": "", "count": 0, "yes/no": False}
SCHEMAS = {t.name: t for t in (*TABLES, DEAL_RATES)}
LINE = {
    "payee": "ann", "plan": "ae", "version": "2026.1", "component": "new-business", "goal": "share", "deal": "D-1",
    "role": "owner", "credit_date": date(2026, 1, 8), "window_first": date(2026, 1, 1),
    "window_last": date(2026, 12, 31), "basis": Decimal(40000), "rate": Decimal("0.05"), "factor": Decimal(1),
    "exact": Decimal(2000), "amount": Decimal(2000), "currency": "USD", "kind": "earning", "cause": "new",
    "place": "plans/ae.yaml:14",
}  # fmt: skip
SLICE = {
    "line_id": "L-A", "n": 1, "tier": 1, "start": Decimal(0), "stop": Decimal(40000), "basis": Decimal(40000),
    "rate": Decimal("0.05"), "factor": Decimal(1), "exact": Decimal(2000),
}  # fmt: skip
MANIFEST = {"period": "2026-01", "plans": {}, "inputs": {"data/deals.csv": "0" * 64}, "readings": {"rounding": "half-up"}}


def frame(name: str, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    """Return a result table with the rows' facts, everything else neutral."""
    table: Table = SCHEMAS[name]
    full = [{c.name: row.get(c.name, EMPTY.get(c.type)) for c in table.columns} for row in rows]
    return pl.DataFrame(full, schema={c.name: TYPES[c.type] for c in table.columns}, orient="row")


def payout(payee: str, name: str, payable: str, **facts: Any) -> dict[str, Any]:
    """Return a payout of so much, all of it earned and released unless said."""
    money = {k: Decimal(0) for k in ("base", "accrued", "held", "clawback")}
    amount = Decimal(payable)
    row = {"payee": payee, "name": name, "plan": "ae", "currency": "USD", "earned": amount, "released": amount}
    return {**row, **money, "payable": amount, **facts}


def result(**tables: list[Mapping[str, Any]]) -> Result:
    """Return a result of those rows."""
    frames = {name: frame(name, tables.get(name, [])) for name in SCHEMAS}
    kept = InMemory(**{name: frames.pop(name) for name in LARGE})
    balance = Identity("rows in = rows accounted for", Decimal(3), Decimal(3))
    return Result("2026-01", kept, **frames, identities=(balance,), counts={"rows": 3}, report=Report())


def one_of_each() -> Result:
    """Return a month of one payee with two tiers, a cap, a correction, an exception and deals not credited."""
    fact = Decimal
    lines = [
        {**LINE, "id": "L-A"},
        {**LINE, "id": "L-B", "deal": "D-2", "credit_date": date(2026, 1, 20), "basis": fact(30000),
         "exact": fact("2100.005"), "amount": fact("2100.01")},
        {**LINE, "id": "L-C", "deal": "D-0", "credit_date": date(2025, 12, 30), "basis": fact(-1000), "cause": "true-up",
         "corrects": "2025-12", "exact": fact(-50), "amount": fact(-50)},
        {**LINE, "id": "L-D", "deal": "", "component": "cap", "credit_date": date(2026, 1, 31), "kind": "cap",
         "basis": None, "rate": None, "exact": fact(-100), "amount": fact(-100), "goal": "", "place": "plans/ae.yaml:30"},
    ]  # fmt: skip
    slices = [
        SLICE,
        {**SLICE, "line_id": "L-B", "start": fact(40000), "stop": fact(50000), "basis": fact(10000), "exact": fact(500)},
        {**SLICE, "line_id": "L-B", "n": 2, "tier": 2, "start": fact(50000), "stop": fact(70000), "basis": fact(20000),
         "rate": fact("0.08000025"), "exact": fact("1600.005")},
        {**SLICE, "line_id": "L-C", "start": fact(0), "stop": fact(-1000), "basis": fact(-1000), "exact": fact(-50)},
    ]  # fmt: skip
    measures = [
        {"payee": "ann", "plan": "ae", "measure": "bookings", "window": "2026", "window_first": date(2026, 1, 1),
         "window_last": date(2026, 12, 31), "value": fact(70000), "quota": fact(100000), "attainment": fact("0.7"),
         "tier": "new-business 2 of 3", "next_at": fact(100000)},
    ]  # fmt: skip
    exceptions = [
        {"id": "E-1", "file": "data/deals.csv", "row": 7, "deal": "D-7", "payee": "ann", "amount": fact(900), "code": "K110",
         "reason": "ae.new-business: `term >= 24` could not be decided", "mend": "fill in term"},
    ]  # fmt: skip
    left_out = [
        {"deal": "D-8", "payee": "ann", "status": "waiting", "rule": "no close_date", "amount": fact(10)},
        {"deal": "D-9", "payee": "ann", "status": "later", "rule": "dated after 2026-01-31", "amount": fact(10)},
    ]
    earned = fact("3950.01")
    payouts = [payout("ann", "Ann Lee", "3950.01", earned=earned)]
    return result(lines=lines, slices=slices, measures=measures, exceptions=exceptions, left_out=left_out, payouts=payouts)


def written(made: Result, out: Path) -> RunFolder:
    """Write a result as a run and read it back."""
    folder = write_run(made, MANIFEST, out)
    assert not isinstance(folder, Problem), folder.message
    run = read_run(folder.folder)
    assert not isinstance(run, Problem), run.message
    return run
