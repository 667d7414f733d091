"""Ladders: what happens to pay where one tier ends and the next begins - cliffs, falls, and the order of deals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from commcalc.advice.problems import CLIFF, FALLS, ORDER, SLOWS_DOWN
from commcalc.base.money import minor_units, round_money
from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.tiers import measure_of, number_of
from commcalc.language.expression import Expression, Type
from commcalc.language.expression.nodes import Name, Number
from commcalc.plan.components import Commission
from commcalc.plan.load import LoadedPlan
from commcalc.plan.measures import SumMeasure
from commcalc.plan.tiers import Tiers
from commcalc.plan.walk import Path

OF_DEALS = ("sum", "count", "distinct")
"""Measures of which more is more; of a KPI less may be better."""

CHANGES = ("basis", "where", "dates", "multiply", "kickers", "gate", "caps", "floors", "split")
"""What lets a component pay something else than its tiers give on what is counted: no amount is told then."""


def shown(figure: Decimal) -> str:
    """Return a figure as messages show it: 1,250.5."""
    return f"{figure.normalize():,f}"


def percent(ratio: Decimal) -> str:
    """Return a ratio as messages show it: 5%."""
    return f"{shown(ratio * 100)}%"


@dataclass(frozen=True, slots=True)
class Ladder:
    """Tiers whose bounds and pay are plain numbers. A unit of `by` is worth `scale` of the measure, pay `factor` money."""

    bounds: tuple[Decimal, ...]
    pays: tuple[Decimal, ...]
    reaches: tuple[int, ...]  # how far down each tier pays once it is reached, by the tier's number
    scale: Decimal | None
    factor: Decimal | None
    whole: str  # of what pay is a part, where it is not known in money
    each: bool  # whether bounds are amounts of it

    def paid(self, reached: int, at: Decimal) -> Decimal:
        """Return what is paid with this tier reached, in units of what the pay is a part of."""
        rates = list(self.pays[: reached + 1])
        for number in range(reached + 1):
            for lower in range(self.reaches[number], number):
                rates[lower] = self.pays[number]
        ends = [*self.bounds[1 : reached + 1], at]
        starts = [max(Decimal(0), bound) for bound in self.bounds[: reached + 1]]
        return sum((rate * (end - start) for rate, start, end in zip(rates, starts, ends, strict=True)), Decimal(0))


def advise(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is odd about the tiers of each commission."""
    for name, component in loaded.plan.components.items():
        if isinstance(component, Commission):
            for key in ("rate", "accelerators"):
                tiers = getattr(component, key)
                if isinstance(tiers, Tiers):
                    yield from _order(loaded, ("components", name, key), tiers)
                    yield from _bounds(loaded, ("components", name, key), (component, tiers), facts)


def _order(loaded: LoadedPlan, path: Path, tiers: Tiers) -> Iterator[Problem]:
    how = {"prospective": "the tier reached before it", "inclusive": "the tier reached with it"}.get(tiers.apply)
    if how is not None:
        yield ORDER.at(loaded.tree.span_of((*path, "apply")), apply=tiers.apply, how=how)


def _bounds(loaded: LoadedPlan, path: Path, of: tuple[Commission, Tiers], facts: Facts) -> Iterator[Problem]:
    component, tiers = of
    by = measure_of(tiers.by, component.on)
    measure = loaded.plan.measures.get(str(by[1])) if by is not None else None
    pays = [number_of(tier.pay) if isinstance(tier.pay, Expression) else None for tier in tiers.tiers]
    if by is None or measure is None or measure.aggregate not in OF_DEALS:
        return
    ladder = _ladder(loaded, of, by, pays) if by[1] == component.on else None
    for number in range(1, len(tiers.tiers)):
        at = (*path, "tiers", number)
        before, here = pays[number - 1], pays[number]
        jump = (
            ladder.paid(number, ladder.bounds[number]) - ladder.paid(number - 1, ladder.bounds[number]) if ladder else Decimal(0)
        )
        if ladder is not None and jump:
            yield _jump(loaded, (*at, "from" if tiers.tiers[number].includes else "above"), (of, ladder, number), facts)
        if before is not None and here is not None and here < before and jump >= 0:
            facts_of = {"pay": tiers.tiers[number].pay.text, "before": tiers.tiers[number - 1].pay.text}
            yield SLOWS_DOWN.at(loaded.tree.span_of((*at, "pay")), bound=tiers.tiers[number].start.text, **facts_of)


def _ladder(
    loaded: LoadedPlan, of: tuple[Commission, Tiers], by: tuple[str, str | None], pays: Sequence[Decimal | None]
) -> Ladder | None:
    """Return the tiers as figures; None where a bound or pay is calculated, or each part is paid by itself and cannot jump."""
    component, tiers = of
    bounds = [number_of(tier.start) for tier in tiers.tiers]
    if tiers.apply not in ("marginal", "retroactive") or None in bounds or None in pays:
        return None
    reaches = tuple(_reaches(tiers, number) for number in range(len(tiers.tiers)))
    measure = loaded.plan.measures[component.on]
    plain = measure.weight is None and not any(getattr(component, key) for key in CHANGES)
    quota = number_of(measure.quota) if isinstance(measure.quota, Expression) else None
    scale = Decimal(1) if by[0] == "value" else quota if quota is not None and quota > 0 else None
    factor = scale if tiers is component.rate else None
    whole = "the quota" if by[0] == "attainment" else "what is counted"
    if tiers is component.accelerators:
        rate = number_of(component.rate) if isinstance(component.rate, Expression) else None
        target = number_of(component.target) if isinstance(component.target, Expression) else None
        factor = rate * scale if rate is not None and scale is not None else None
        if component.rate == "on-target":
            factor = target if by[0] == "attainment" else None
            whole = "the target pay" if by[0] == "attainment" else "the rate on what is counted"
        elif rate is None:
            whole = f"the rate on {whole}"
    known = tuple(b for b in bounds if b is not None), tuple(p for p in pays if p is not None)
    return Ladder(*known, reaches, scale, factor if plain else None, whole, by[0] == "value")


def _reaches(tiers: Tiers, number: int) -> int:
    """Return the lowest tier that a tier pays for once it is reached."""
    said = tiers.tiers[number].reaches
    if tiers.apply == "retroactive" or said == "zero":
        return 0
    return number if said == "here" else int(said.removeprefix("tier ")) - 1


def _jump(loaded: LoadedPlan, path: Path, about: tuple[tuple[Commission, Tiers], Ladder, int], facts: Facts) -> Problem:
    """Return the cliff, or the fall, at the bound of a tier: what is paid just before it and just at it."""
    (component, tiers), ladder, number = about
    bound, tier = ladder.bounds[number], tiers.tiers[number]
    step = _step(loaded, component, facts)
    first = then = bound
    below, at = (f"just below `{tier.start.text}`", "at it") if tier.includes else (f"`{tier.start.text}`", "just above")
    if ladder.factor is not None and ladder.scale is not None and step is not None:
        cent = step / ladder.scale
        first, then = (bound - cent, bound) if tier.includes else (bound, bound + cent)
        below, at = (shown(x * ladder.scale) for x in (first, then))
    low, high = ladder.paid(number - 1, first), ladder.paid(number, then)

    def pay(figure: Decimal) -> str:
        if ladder.factor is not None:
            return _money(loaded, figure * ladder.factor, facts)
        each = figure / bound if ladder.each else figure
        node = tier.pay.node if isinstance(tier.pay, Expression) else None
        of_money = isinstance(node, Number) and node.type == "money"
        return f"{_money(loaded, each, facts)} for each of {ladder.whole}" if of_money else f"{percent(each)} of {ladder.whole}"

    place = loaded.tree.span_of(path)
    said = {"below": below, "low": pay(low), "at": at, "high": pay(high)}
    if high < low:
        return FALLS.at(place, measure=component.on, **said)
    return CLIFF.at(place, bound=tier.start.text, worth=pay(high - low), **said)


def _money(loaded: LoadedPlan, figure: Decimal, facts: Facts) -> str:
    """Return an amount as it would be paid: rounded as the house rounds, to the smallest unit of the plan's currency."""
    places = minor_units(loaded.plan.currency)
    mode = facts.readings.get("rounding", "half-up")
    return f"{round_money(figure, places, mode):,.{places}f} {loaded.plan.currency}"  # type: ignore[arg-type]


def _step(loaded: LoadedPlan, component: Commission, facts: Facts) -> Decimal | None:
    """Return the smallest amount by which the measure grows: a cent of money, a deal of a count; None where it is not known."""
    measure = loaded.plan.measures[component.on]
    if isinstance(measure, SumMeasure):
        node = measure.sum.node
        of_money = isinstance(node, Name) and facts.columns.get(node.id) is Type.MONEY
        return Decimal(1).scaleb(-minor_units(loaded.plan.currency)) if of_money else None
    return Decimal(1)
