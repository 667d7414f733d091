"""Tiers: which tier a value has reached, and how a credit is cut at the bounds between them (§5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from commcalc.language.expression.nodes import Call, Name, Text
from commcalc.plan.measures import CountMeasure, SumMeasure
from commcalc.plan.tiers import Tiers
from commcalc.reference.crediting import Credit
from commcalc.reference.expression import evaluate
from commcalc.reference.measured import Measured, NotPaid
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE, Figure, over, times
from commcalc.reference.time import period_of
from commcalc.reference.work import Work


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the tiers of one credit begin: bounds as written, which of them are in, cuts times the quota's divisor."""

    bounds: tuple[Decimal, ...]
    included: tuple[bool, ...]
    cuts: tuple[Decimal, ...]
    scale: Figure  # quota; 1 where tiers go by value

    def place(self, value: Decimal, *, attained: bool = False) -> int:
        """Return the highest tier whose start is reached, from 0; below the first bound the first."""
        quota, divisor = (ONE, ONE) if attained else (self.scale.numerator, self.scale.divisor)
        mine = times(value, divisor)
        reached = [
            i for i, (b, within) in enumerate(zip(self.bounds, self.included, strict=True))
            if (mine >= times(b, quota) if within else mine > times(b, quota))
        ]  # fmt: skip
        return max(reached, default=0)

    def part(self, tier: int, low: Decimal, high: Decimal) -> Decimal:
        """Return clip(high) - clip(low) for the tier; the bottom tier is open downwards, the top one upwards."""
        return self.clip(tier, high) - self.clip(tier, low)

    def clip(self, tier: int, value: Decimal) -> Decimal:
        """Return the value kept inside the tier's cuts."""
        if tier > 0:
            value = max(value, self.cuts[tier])
        return min(value, self.cuts[tier + 1]) if tier + 1 < len(self.cuts) else value


def read_by(tiers: Tiers) -> tuple[bool, str | None]:
    """Return whether tiers go by attainment, and of which measure; None is the component's own."""
    node = tiers.by.node
    if isinstance(node, Name):
        return node.id == "attainment", None
    assert isinstance(node, Call), tiers.by.text
    name = node.args[0]
    assert isinstance(name, Text), tiers.by.text
    return node.function == "attainment", name.value


class Ladder:
    """The tiers of a rate or of accelerators, for one credit at one moment."""

    def __init__(self, work: Work, tiers: Tiers, credit: Credit, scope: Scope, at: Any) -> None:
        self.work, self.tiers, self.credit, self.scope, self.at = work, tiers, credit, scope, at
        self.attainment, name = read_by(tiers)
        self.measure = name or work.on
        self.own = self.measure == work.on
        self.read = self._read()
        self.fixed = self.read.fixed if self.attainment else None
        if self.attainment and self.fixed is None:
            self.read.quota_figure()  # without one, for the whole payee, there is no tier
        if self.fixed is None and self.read.value is None:
            raise NotPaid("the measure of the tiers is empty", whole=True)

    def _read(self) -> Measured:
        """The measure at the moment that decides: now, or the end of the credit's own period (§5.5, §5.6)."""
        work, credit = self.work, self.credit
        moment = min(self.at, credit.window.last)
        if self.tiers.apply == "period":
            moment = min(self.at, period_of(work.records.calendar, credit.day).last)
        assert self.measure is not None
        if self.own:
            return work.measures.measured(self.measure, credit.earner, credit.window, moment, work.prorate)
        try:
            return work.measures.read(self.measure, credit.earner, moment, work.prorate)
        except NotPaid as missing:  # for the payee, whichever the deal
            raise NotPaid(missing.reason, whole=True) from None

    def cut(self) -> Cut:
        """Return the bounds and cuts."""
        scale = self.read.quota_figure() if self.attainment and self.fixed is None else Figure(ONE)
        bounds = []
        for tier in self.tiers.tiers:
            bound = evaluate(tier.start.node, self.scope)
            if bound is None:
                raise NotPaid("a tier's bound is empty")
            bounds.append(bound)
        included = tuple(t.includes for t in self.tiers.tiers)
        cuts = [times(b, scale.numerator) for b in bounds]
        if self._units():
            cuts = [self._unit_cut(b, within, scale) for b, within in zip(bounds, included, strict=True)]
        return Cut(tuple(bounds), included, tuple(cuts), scale)

    def _units(self) -> bool:
        measure = self.work.measures.measure(self.measure or "")
        if isinstance(measure, SumMeasure) and isinstance(measure.sum.node, Name):
            return self.work.records.house.types.get(measure.sum.node.id) == "count"
        return isinstance(measure, CountMeasure)

    @staticmethod
    def _unit_cut(bound: Decimal, within: bool, scale: Figure) -> Decimal:
        """Whole units: `from: 21` and `above: 20` both begin with unit 21 (§5.5)."""
        unit = Fraction(bound) * Fraction(scale.numerator) / Fraction(scale.divisor)
        whole = Decimal(-(-unit.numerator // unit.denominator) - 1) if within else Decimal(unit.numerator // unit.denominator)
        return times(whole, scale.divisor)

    def reached(self, cut: Cut) -> int:
        """Return the tier that the deciding value has reached."""
        if self.fixed is not None:
            return cut.place(self.fixed, attained=True)
        assert self.read.value is not None
        return self._placed(cut, self.read.value)

    def _placed(self, cut: Cut, value: Decimal) -> int:
        """Return the tier of a figure of the measure; by its attainment where that is rounded (§4.8)."""
        if not self.attainment or self.read.step is None:
            return cut.place(value)
        attained = over(times(value, cut.scale.divisor), cut.scale.numerator)
        return cut.place(self.read.rounded(attained), attained=True)

    def tier_of_all(self, cut: Cut) -> int:
        """Return the tier of the whole credit, for every reading but marginal."""
        if self.fixed is not None or self.tiers.apply in ("retroactive", "period"):
            return self.reached(cut)
        rows = self.work.measures.credits(self.measure or "", self.credit.earner)[self.credit.window]
        same = [c for c in rows if c.deal_id == self.credit.deal_id and c.day == self.credit.day]
        if self.tiers.apply == "prospective":
            return self._placed(cut, same[0].before)
        return self._placed(cut, same[-1].before + same[-1].m)

    def paid_by(self, cut: Cut, tier: int) -> int:
        """Return the tier that pays a slice: the highest reached that reaches down to it (§5.5)."""
        tiers = self.tiers.tiers
        reached = self.reached(cut)
        for j in range(reached, tier, -1):
            reach = tiers[j].reaches
            if reach == "zero" or (reach.startswith("tier ") and int(reach[5:]) - 1 <= tier):
                return j
        return tier


def merged(one: Cut, other: Cut) -> list[tuple[int, int, Decimal | None, Decimal | None]]:
    """Return the stretches between the bounds of both: (tier of one, tier of the other, from, to), ascending."""
    edges = sorted({*one.cuts[1:], *other.cuts[1:]})
    found = []
    for low, high in zip([None, *edges], [*edges, None], strict=True):
        first = sum(1 for c in one.cuts[1:] if low is not None and c <= low)
        second = sum(1 for c in other.cuts[1:] if low is not None and c <= low)
        found.append((first, second, low, high))
    return found
