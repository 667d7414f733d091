"""Every case is calculated by the engine, checked against the reference, and compared to the cent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from case import Case, number, read_cases, write_project

from commcalc.api import open_project

CASES = read_cases(Path(__file__).parent)
ZERO = Decimal(0)
OF_PAYOUT = ("payable", "base", "held", "accrued", "released", "earned")


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.file}: {c.name}")
def test_case(case: Case, tmp_path: Path) -> None:
    project = open_project(write_project(case, tmp_path / "project"))
    wrong: list[str] = []
    for period in case.periods:
        run = project.calculate(period)
        if case.refused:
            assert run.result is None, f"{period}: calculated, but must be refused"
            assert run.report.errors
            continue
        assert run.result is not None, f"{period}: refused\n{_told(run.report)}"
        checked = project.verify(run)
        assert not checked.errors, f"{period}: engine and reference differ\n{_told(checked)}"
        for payee, periods in case.expect.items():
            seen = Seen(run.result, payee)
            wrong += [f"{payee} {period} {line}" for line in seen.differences(periods.get(period, {}))]
    assert not wrong, "\n".join(wrong)


class Seen:
    """What a run gave one payee, looked at by the words of an expectation."""

    def __init__(self, result: Any, payee: str) -> None:
        self.lines = result.lines.filter(pl.col("payee") == payee)
        self.slices = result.slices
        self.payout = result.payouts.filter(pl.col("payee") == payee)
        self.measures = result.measures.filter(pl.col("payee") == payee)
        self.exceptions = result.exceptions

    def differences(self, expected: dict[str, Any]) -> list[str]:
        """Tell each figure that is not as expected; only what is named is compared."""
        told = []
        for what, value in expected.items():
            if what == "lines":
                told += [d for line in value for d in self._line(line)]
            elif what == "exceptions":
                told += self._exceptions(value)
            elif what == "nothing else":
                named = set(expected)
                told += [f"{c}: paid, but not named" for c in self._components() if c not in named]
            elif (found := self._figure(what)) != number(value):
                told.append(f"{what}: expected {number(value)}, found {found}")
        return told

    def _figure(self, what: str) -> Decimal | None:
        head, _, name = what.partition(" ")
        if what in OF_PAYOUT and what not in self._components():
            return _added(self.payout, what)
        if what == "total":
            return _added(self.lines, "amount")
        if head == "deal":
            return _added(self.lines.filter(pl.col("deal") == name), "amount")
        if head in ("attainment", "value", "quota"):
            rows = self.measures.filter(pl.col("measure") == name).sort("window_first")
            return rows[head][-1] if len(rows) else None
        if head in ("exact", "cap", "floor", "gate", "minimum", "maximum", "proration", "budget"):
            rows = self.lines if head == "exact" else self.lines.filter(pl.col("kind") == head)
            return _added(rows.filter(pl.col("component") == name), "exact" if head == "exact" else "amount")
        return _added(self.lines.filter(pl.col("component") == what), "amount")

    def _components(self) -> list[str]:
        return self.lines.filter(pl.col("amount") != 0)["component"].unique().sort().to_list()

    def _exceptions(self, value: Any) -> list[str]:
        if isinstance(value, str):
            return [] if len(self.exceptions) == int(value) else [f"exceptions: {len(self.exceptions)}, not {value}"]
        found = dict(self.exceptions["code"].value_counts().iter_rows())
        return [f"exceptions {c}: {found.get(c, 0)}, not {n}" for c, n in value.items() if found.get(c, 0) != int(n)]

    def _line(self, said: dict[str, Any]) -> list[str]:
        """Compare one line: told by its deal, component, kind and cause, then its figures and slices."""
        rows = self.lines
        for key in ("deal", "component", "kind", "cause", "role", "corrects"):
            if key in said:
                rows = rows.filter(pl.col(key) == said[key])
        name = " ".join(str(said[k]) for k in ("deal", "component", "kind", "cause") if k in said)
        if len(rows) != 1:
            return [f"line {name}: {len(rows)} lines, not 1"]
        line = rows.row(0, named=True)
        told = [
            f"line {name} {key}: expected {number(said[key])}, found {line[key]}"
            for key in ("amount", "exact", "basis", "rate", "factor")
            if key in said and line[key] != number(said[key])
        ]
        slices = self.slices.filter(pl.col("line_id") == line["id"]).sort("n")
        if "slices" in said and slices["exact"].to_list() != [number(s) for s in said["slices"]]:
            told.append(f"line {name} slices: {slices['exact'].to_list()}, not {said['slices']}")
        if "tiers" in said and slices["tier"].to_list() != [int(s) for s in said["tiers"]]:
            told.append(f"line {name} tiers: {slices['tier'].to_list()}, not {said['tiers']}")
        if "from" in said and slices["start"][0] != number(said["from"]):
            told.append(f"line {name} from: {slices['start'][0]}, not {said['from']}")
        if "to" in said and slices["stop"][-1] != number(said["to"]):
            told.append(f"line {name} to: {slices['stop'][-1]}, not {said['to']}")
        return told


def _added(frame: pl.DataFrame, column: str) -> Decimal:
    return sum((v for v in frame[column].to_list() if v is not None), ZERO)


def _told(report: Any) -> str:
    return "\n".join(f"{p.kind.code} {p}" for p in report.problems)
