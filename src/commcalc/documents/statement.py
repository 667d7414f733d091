"""The statement of a payee: what a page about a period's pay says, whatever it is printed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.base.money import minor_units
from commcalc.exports.run_folder import RunFolder

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line with the slices that explain it."""

    row: Row
    slices: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ComponentShown:
    """A component of a plan: its lines, and what it earned, held and accrued."""

    plan: str
    name: str
    goal: str
    lines: tuple[LineShown, ...]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything a statement shows; amounts are Decimals in the payout's currency."""

    period: str
    payee: str
    payout: Row
    components: tuple[ComponentShown, ...]
    measures: tuple[Row, ...]
    exceptions: tuple[Row, ...]
    left_out: tuple[Row, ...]
    run: str
    places: int


def statements_of(run: RunFolder) -> list[Statement]:
    """Return a statement for every payee of a run, in the order of the payouts."""
    by_payee = {n: run.tables[n].partition_by("payee", as_dict=True) for n in ("lines", "measures", "exceptions", "left_out")}
    slices = {k[0]: f for k, f in run.tables["slices"].partition_by("line_id", as_dict=True).items()} if len(run.tables["slices"]) < 200_000 else None
    return [_statement(run, payout, by_payee, slices) for payout in run.tables["payouts"].iter_rows(named=True)]


def _statement(
    run: RunFolder, payout: Row, by_payee: Mapping[str, Mapping[Any, pl.DataFrame]], slices: Mapping[Any, pl.DataFrame] | None
) -> Statement:
    payee = payout["payee"]

    def rows(name: str) -> list[dict[str, Any]]:
        frame = by_payee[name].get((payee,))
        return frame.to_dicts() if frame is not None else []

    lines = [r for r in rows("lines") if r["currency"] == payout["currency"]]
    if slices is None:
        mine = run.tables["slices"].filter(pl.col("line_id").is_in([r["id"] for r in lines]))
        slices = {k[0]: f for k, f in mine.partition_by("line_id", as_dict=True).items()}
    components: dict[tuple[str, str], list[LineShown]] = {}
    for row in lines:
        found = slices.get(row["id"])
        shown = LineShown(row, tuple(found.to_dicts()) if found is not None else ())
        components.setdefault((row["plan"], row["component"]), []).append(shown)
    parts = tuple(
        ComponentShown(plan, name, ls[0].row["goal"], tuple(ls), sum((x.row["amount"] for x in ls), Decimal(0)))
        for (plan, name), ls in components.items()
    )
    return Statement(
        run.manifest["period"], payee, payout, parts, tuple(rows("measures")), tuple(rows("exceptions")), tuple(rows("left_out")),
        run.manifest["run"], minor_units(payout["currency"]),
    )  # fmt: skip


def amount(value: Decimal | None, places: int) -> str:
    """Return an amount with thousands apart; never a minus nought."""
    if value is None:
        return ""
    rounded = round(value, places)
    return f"{rounded if rounded else Decimal(0):,.{places}f}"


def exact(value: Decimal | None) -> str:
    """Return a figure with all the decimals that it has and none that are idle."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Decimal | None) -> str:
    """Return a ratio as a percentage to a tenth, for reading only."""
    return "" if value is None else f"{round(value * 100, 1):,f}%"


def rate(value: Decimal | None) -> str:
    """Return a rate: below or at three as a percentage, above it as an amount per unit."""
    if value is None:
        return ""
    return f"{exact(value * 100)}%" if abs(value) < 3 else exact(value)
