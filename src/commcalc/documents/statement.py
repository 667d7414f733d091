"""The statement of a payee: what a page about a period's pay says, whatever it is printed on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.base.money import minor_units
from commcalc.documents.plan_words import PlanWords, TierMark
from commcalc.exports.run_folder import RunFolder

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line with the slices that explain it."""

    row: Row
    slices: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ComponentShown:
    """A component of a plan: its lines and what they add up to."""

    plan: str
    name: str
    title: str
    goal: str
    lines: tuple[LineShown, ...]
    amount: Decimal
    each: bool  # paid as an amount for each deal or unit, not as a share


@dataclass(frozen=True, slots=True)
class MeasureShown:
    """Where the payee stands in a measure, with the tiers that depend on it and the one in force."""

    row: Row
    tiers: tuple[TierMark, ...]
    tier: int
    ahead: Decimal | None


@dataclass(frozen=True, slots=True)
class Correction:
    """True-ups of one period that is over: how many lines and what they come to."""

    period: str
    lines: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything a statement shows; amounts are Decimals in the payout's currency."""

    company: str
    period: str
    payee: str
    payout: Row
    plans: tuple[str, ...]
    components: tuple[ComponentShown, ...]
    measures: tuple[MeasureShown, ...]
    corrections: tuple[Correction, ...]
    exceptions: tuple[Row, ...]
    left_out: tuple[Row, ...]
    later: int
    run: str
    places: int

    @property
    def sums(self) -> tuple[tuple[str, Decimal], ...]:
        """The way from earned to payable: only steps that are not nothing; they add up."""
        row = self.payout
        freed = row["released"] - (row["earned"] - row["held"] - row["accrued"])
        steps = (
            ("Held back until its gate is known", -row["held"]),
            ("Accrued, payable when the plan's own span ends", -row["accrued"]),
            ("Earned in earlier periods, payable now", freed),
            ("Base pay", row["base"]),
        )
        return tuple((label, value) for label, value in steps if value)


class Statements:
    """Makes the statements of a run, one payee at a time; tables are parted by payee once."""

    def __init__(self, run: RunFolder, words: PlanWords, company: str = "") -> None:
        """Part the tables of a run by payee."""
        self.run = run
        self.words = words
        self.company = company
        tables = run.tables
        owners = tables["lines"].select(pl.col("id").alias("line_id"), "payee")
        slices = tables["slices"].join(owners, on="line_id", how="left", maintain_order="left")
        parted = {n: tables[n] for n in ("lines", "measures", "exceptions", "left_out")} | {"slices": slices}
        self._by_payee = {name: frame.partition_by("payee", as_dict=True) for name, frame in parted.items()}

    def __iter__(self) -> Iterator[Statement]:
        """Yield a statement for every payee and currency, in the order of the payouts."""
        for payout in self.run.tables["payouts"].iter_rows(named=True):
            yield self.of(payout)

    def of(self, payout: Row) -> Statement:
        """Return the statement of one row of the payouts."""
        payee = payout["payee"]
        lines = [r for r in self._rows("lines", payee) if r["currency"] == payout["currency"]]
        left_out = self._rows("left_out", payee)
        return Statement(
            company=self.company,
            period=self.run.manifest["period"],
            payee=payee,
            payout=payout,
            plans=tuple(self._plan_title(p, lines) for p in (payout["plan"] or "").split(", ") if p),
            components=self._components(payee, lines),
            measures=tuple(self._measure(r) for r in self._rows("measures", payee)),
            corrections=_corrections(lines),
            exceptions=tuple(self._rows("exceptions", payee)),
            left_out=tuple(r for r in left_out if r["status"] != "later"),
            later=sum(1 for r in left_out if r["status"] == "later"),
            run=self.run.manifest["run"],
            places=minor_units(payout["currency"]),
        )

    def _rows(self, name: str, payee: str) -> list[dict[str, Any]]:
        frame = self._by_payee[name].get((payee,))
        return frame.to_dicts() if frame is not None else []

    def _plan_title(self, plan: str, lines: Sequence[Row]) -> str:
        title = self.words.titles.get(plan)
        version = next((f" {r['version']}" for r in lines if r["plan"] == plan), "")
        return f"{title} ({plan}{version})" if title else f"{plan}{version}"

    def _components(self, payee: str, lines: Sequence[Row]) -> tuple[ComponentShown, ...]:
        slices: dict[str, list[Row]] = {}
        for part in self._rows("slices", payee):
            slices.setdefault(part["line_id"], []).append(part)
        found: dict[tuple[str, str], list[LineShown]] = {}
        for row in lines:
            parts = [s for s in slices.get(row["id"], []) if s["basis"] is not None] if row["kind"] == "earning" else []
            found.setdefault((row["plan"], row["component"]), []).append(LineShown(row, tuple(parts)))
        return tuple(self._component(plan, name, shown) for (plan, name), shown in found.items())

    def _component(self, plan: str, name: str, lines: list[LineShown]) -> ComponentShown:
        names = [g for g in (lines[0].row["goal"] or "").split(", ") if g]
        goals = ", ".join(self.words.goals.get((plan, g), g) for g in names)
        title = self.words.components.get((plan, name), name)
        total = sum((x.row["amount"] for x in lines), Decimal(0))
        return ComponentShown(plan, name, title, goals, tuple(lines), total, (plan, name) in self.words.in_money)

    def _measure(self, row: Row) -> MeasureShown:
        known = row["next_at"] is not None and row["value"] is not None
        number = re.search(r" (\d+) of \d+", row["tier"] or "")
        tiers = self.words.tiers.get((row["plan"], row["measure"]), ())
        return MeasureShown(row, tiers, int(number[1]) if number else 0, row["next_at"] - row["value"] if known else None)


def _corrections(lines: Sequence[Row]) -> tuple[Correction, ...]:
    found: dict[str, list[Decimal]] = {}
    for row in lines:
        if row["cause"] == "true-up":
            found.setdefault(row["corrects"], []).append(row["amount"])
    return tuple(Correction(p, len(a), sum(a, Decimal(0))) for p, a in sorted(found.items()))
