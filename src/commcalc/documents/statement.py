"""The statement of a payee: what a page about a period's pay says, whatever it is printed on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.base.money import minor_units
from commcalc.documents.plan_words import PlanWords, TierMark, served
from commcalc.documents.statement_abroad import Abroad, abroad_of
from commcalc.documents.statement_lines import LineShown, components_of, corrections_of, lines_of
from commcalc.exports.run_folder import RunFolder

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ComponentShown:
    """A component of a plan: its lines in words (and as records, where wanted), and what they add up to."""

    plan: str
    name: str
    title: str
    goal: str
    place: str
    lines: tuple[LineShown, ...]
    records: tuple[Row, ...]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Ladder:
    """The tiers of one component, and the one in force: its number, 0 where that is not known, and `2 of 3`."""

    component: str
    title: str
    tiers: tuple[TierMark, ...]
    tier: int
    said: str


@dataclass(frozen=True, slots=True)
class MeasureShown:
    """Where the payee stands in a measure, with the tiers of every component that depends on it."""

    row: Row
    ladders: tuple[Ladder, ...]
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
    plans: tuple[tuple[str, str, str], ...]  # plan, version, title
    components: tuple[ComponentShown, ...]
    measures: tuple[MeasureShown, ...]
    corrections: tuple[Correction, ...]
    balances: tuple[Row, ...]
    adjustments: tuple[Row, ...]
    exceptions: tuple[Row, ...]
    left_out: tuple[Row, ...]
    later: int
    run: str
    places: int
    abroad: Abroad | None = None  # where it is paid in another currency

    @property
    def plan_titles(self) -> tuple[str, ...]:
        """The plans as a heading names them."""
        named = ((f"{plan} {version}".strip(), title) for plan, version, title in self.plans)
        return tuple(f"{title} ({name})" if title else name for name, title in named)

    @property
    def sums(self) -> tuple[tuple[str, Decimal], ...]:
        """The way from earned to payable: only steps that are not nothing; they add up."""
        row = self.payout
        freed = row["released"] + row["clawback"] - (row["earned"] - row["held"] - row["accrued"])
        adjusted = ((f"Adjustment {a['component']}: {a['note']}", a["amount"]) for a in self.adjustments)
        steps = (
            ("Held for now" if row["held"] > 0 else "Held before, released or fallen now", -row["held"]),
            ("Accrued, payable when the plan's own span ends", -row["accrued"]),
            ("Earned in earlier periods, payable now", freed),
            ("Carried in from the payment before", row["carried_in"]),
            *adjusted,
            ("Charges", row["charges"]),
            ("Draw", row["draw"]),
            ("Paid back of draws and debts", row["recovery"]),
            ("Filled up to the minimum", row["minimum"]),
            ("Above the maximum", row["maximum"]),
            ("Below zero, forgiven", row["forgiven"]),
            ("Below zero, carried into the next payment", row["carried_out"]),
            ("Base pay", row["base"]),
        )
        return tuple((label, value) for label, value in steps if value)

    @property
    def owed(self) -> tuple[tuple[str, Decimal], ...]:
        """What stands open after the payment: draws that are owed, and what the next payment takes or brings."""
        named = {"draw": "Draw still owed", "carried": "Kept for the next payment", "held": "Earned and held for now"}
        closing = ((b["balance"], b["closing"]) for b in self.balances if b["closing"])
        below = {"carried": "Taken from the next payment"}
        return tuple(((below.get(n) if v < 0 else None) or named.get(n) or f"Still owed of {n}", v) for n, v in closing)


class Statements:
    """Makes the statements of a run: its tables are read once, those columns only that are shown, and parted by payee once."""

    def __init__(
        self, run: RunFolder, words: PlanWords, company: str = "", *, payees: Iterable[str] | None = None, records: bool = False
    ) -> None:
        """Read what is shown of all payees, or of some; `records` keeps the lines for a machine as well."""
        self.run, self.words, self.company = run, words, company
        wanted = pl.Series("payee", list(payees), dtype=pl.String) if payees is not None else None

        def of(name: str) -> pl.DataFrame:
            scanned = run.scan(name)
            return (scanned.filter(pl.col("payee").is_in(wanted.implode())) if wanted is not None else scanned).collect()

        parted = {name: of(name) for name in ("measures", "exceptions", "left_out", "balances")}
        parted["components"] = components_of(run, words, wanted, records=records)
        parted["corrections"] = corrections_of(run, wanted)
        payments = of("payments")
        parted["adjustments"] = payments.filter(pl.col("step") == "adjustment")
        if "paid_currency" in payments.columns:
            parted["abroad"] = payments.filter(pl.col("paid_currency") != "")
        self._by_payee = {name: frame.partition_by("payee", as_dict=True) for name, frame in parted.items()}
        self.payouts = of("payouts")

    def __iter__(self) -> Iterator[Statement]:
        """Yield a statement for every payee and currency, in the order of the payouts."""
        for payout in self.payouts.iter_rows(named=True):
            yield self.of(payout)

    def of(self, payout: Row) -> Statement:
        """Return the statement of one row of the payouts."""
        payee, currency = payout["payee"], payout["currency"]
        components = [r for r in self._rows("components", payee) if r["currency"] == currency]
        corrections = [r for r in self._rows("corrections", payee) if r["currency"] == currency]
        left_out = self._rows("left_out", payee)
        plans = [p for p in (payout["plan"] or "").split(", ") if p]
        versions = {r["plan"]: r["version"] for r in reversed(components)}
        return Statement(
            company=self.company,
            period=self.run.manifest["period"],
            payee=payee,
            payout=payout,
            plans=tuple((p, versions.get(p, ""), self.words.titles.get(p, "")) for p in plans),
            components=tuple(self._component(r) for r in components),
            measures=tuple(self._measure(r) for r in self._rows("measures", payee)),
            corrections=tuple(Correction(r["corrects"], r["lines"], r["amount"]) for r in corrections),
            balances=tuple(b for b in self._rows("balances", payee) if b["currency"] == currency),
            adjustments=tuple(a for a in self._rows("adjustments", payee) if a["currency"] == currency),
            exceptions=tuple(self._rows("exceptions", payee)),
            left_out=tuple(r for r in left_out if r["status"] != "later"),
            later=sum(1 for r in left_out if r["status"] == "later"),
            run=self.run.manifest["run"],
            places=minor_units(currency),
            abroad=abroad_of(payout, [r for r in self._rows("abroad", payee) if r["currency"] == currency], self._title),
        )

    def _rows(self, name: str, payee: str) -> list[dict[str, Any]]:
        frame = self._by_payee.get(name, {}).get((payee,))
        return frame.to_dicts() if frame is not None else []

    def _component(self, row: Row) -> ComponentShown:
        plan, name = row["plan"], row["component"]
        names = [g for g in (row["goal"] or "").split(", ") if g]
        goals = served(plan, name, names, self.words)
        title = self._title(plan, name)
        records = tuple(row.get("records", ()))
        return ComponentShown(plan, name, title, goals, row["place"], lines_of(row), records, row["total"])

    def _title(self, plan: str, name: str) -> str:
        return self.words.components.get((plan, name), name) + (" (program)" if plan in self.words.programs else "")

    def _measure(self, row: Row) -> MeasureShown:
        known = row["next_at"] is not None and row["value"] is not None
        ladders = tuple(self._ladders(row))
        return MeasureShown(row, ladders, row["next_at"] - row["value"] if known else None)

    def _ladders(self, row: Row) -> Iterator[Ladder]:
        """Yield the tiers of each component that is paid on the measure; the run says which of them is in force."""
        plan = row["plan"]
        in_force = tiers_in_force(row["tier"] or "")
        paid_on = [c for (p, c), measure in self.words.paid_on.items() if p == plan and measure == row["measure"]]
        for name in dict.fromkeys((*in_force, *paid_on)):
            marks = self.words.ladders.get((plan, name), ())
            said = in_force.get(name, "")
            if marks or said:
                yield Ladder(
                    name, self.words.components.get((plan, name), name), marks, int(said.split()[0]) if said else 0, said
                )


def tiers_in_force(text: str) -> dict[str, str]:
    """Return the tier of each component of a text as the run writes it: `new-business 2 of 3, launch 1 of 2`."""
    found: dict[str, str] = {}
    for part in filter(None, text.split(", ")):
        name, *said = part.rsplit(" ", 3)
        found.setdefault(name, " ".join(said))  # of two ladders the rate's comes first: the one that slices name
    return found
