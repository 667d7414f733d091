"""Payout curves of a plan: what a component has paid in all at each figure of its measure, and what each further unit adds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from commcalc.checks.tiers import measure_of, number_of
from commcalc.documents.figures import exact
from commcalc.language.expression import Expression
from commcalc.language.expression.nodes import Number
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.load import LoadedPlan
from commcalc.plan.shapes import Bands, Points
from commcalc.plan.tiers import Tiers

ROOM = Decimal("1.25")
"""How far past the last bound a curve is drawn."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A straight part of a curve, from its start to that of the next: what has been paid in all there, and what each unit adds."""

    start: Decimal
    paid: Decimal
    slope: Decimal


@dataclass(frozen=True, slots=True)
class Curve:
    """A payout curve. by: what it runs over; in_shares: whether that is a ratio; unit: what `paid` is of or in, for instance `of target`.

    shares: whether `paid` is a ratio. stop: how far it is worth looking at. note: what it leaves out.
    """

    component: str
    by: str
    in_shares: bool
    unit: str
    shares: bool
    stretches: tuple[Stretch, ...]
    stop: Decimal
    note: str = ""
    adds_share: bool = False  # of money: what is paid is money too, and what each unit adds is a ratio

    def at(self, x: Decimal) -> Decimal:
        """Return what has been paid in all at a figure; at a jump, what is paid from there on."""
        one = [s for s in self.stretches if s.start <= x][-1]
        return one.paid + one.slope * (x - one.start)

    def before(self, number: int) -> Decimal:
        """Return what has been paid just before a stretch begins."""
        one = self.stretches[number - 1]
        return one.paid + one.slope * (self.stretches[number].start - one.start)


def paid_in_all(curve: Curve) -> str:
    """Say what the figures of a curve are, and what they leave out."""
    said = f"paid in all, {curve.unit}" if curve.unit else "paid in all"
    return f"{said} ({curve.note})" if curve.note else said


def marginal(curve: Curve, slope: Decimal) -> str:
    """Return what each further unit adds: a factor of the on-target rate, a share of each unit, or an amount for it."""
    if curve.in_shares and curve.unit == "of target":
        return f"{shown(slope, shares=False)}x"
    return shown(slope, shares=curve.shares or curve.adds_share)


def shown(value: Decimal, *, shares: bool) -> str:
    """Return a figure of a curve as people read it, to four digits after the point."""
    cut = round(value * (100 if shares else 1), 4)
    return f"{exact(cut)}{'%' if shares else ''}"


def curves_of(loaded: LoadedPlan) -> Iterator[Curve]:
    """Yield the payout curve of each component whose tiers, points or bands are plain figures over one measure."""
    for name, component in loaded.plan.components.items():
        rate, factors, payout = (getattr(component, key, None) for key in ("rate", "accelerators", "payout"))
        tiers = factors if isinstance(factors, Tiers) else rate if isinstance(rate, Tiers) else None
        found = None
        if tiers is not None and not (isinstance(factors, Tiers) and isinstance(rate, Tiers)):
            found = _of_tiers(name, component, tiers, rate if tiers is factors else None)
        elif isinstance(payout, Points):
            found = _of_points(name, component, payout)
        elif isinstance(payout, Bands):
            found = _of_bands(name, component, payout)
        if found is not None:
            yield replace(found, note="; ".join(n for n in (found.note, _left_out(component)) if n))


def _left_out(component: ComponentBase) -> str:
    """Say what else of a component changes what is paid, and is not drawn."""
    others = {"multipliers": component.multiply, "kickers": component.kickers, "gates": component.gate}
    said = [name for name, there in {**others, "caps": component.caps, "floors": component.floors}.items() if there]
    return f"before {', '.join(said)}" if said else ""


def _by(component: ComponentBase, by: Expression) -> tuple[str, bool] | None:
    """Return what a curve runs over, in words, and whether that is a ratio."""
    read = measure_of(by, component.runs_over)
    return (f"{read[0]} of {read[1]}", read[0] == "attainment") if read is not None else None


def _of_tiers(name: str, component: ComponentBase, tiers: Tiers, rate: object) -> Curve | None:
    """Tiers of a rate, or of factors on a rate: what each stretch adds, or with the other readings what is paid on all of it."""
    by = _by(component, tiers.by)
    bounds = [number_of(t.start) for t in tiers.tiers]
    pays = [number_of(t.pay) if isinstance(t.pay, Expression) else None for t in tiers.tiers]
    if by is None or None in (*bounds, *pays) or any(t.reaches != "here" for t in tiers.tiers):
        return None
    base = number_of(rate) if isinstance(rate, Expression) else None
    times = base if base is not None else Decimal(1)
    rates = [p * times for p in pays if p is not None]
    starts = [b for b in bounds if b is not None]
    starts[0] = min(starts[0], Decimal(0))  # the first tier is open downwards
    unit, shares, adds = _unit(tiers, rate, base, in_shares=by[1])
    whole_deals = tiers.apply in ("prospective", "inclusive")
    note = "for small deals: a whole deal is paid at one tier's rate" if whole_deals else ""
    stretches = tuple(_adding(starts, rates) if whole_deals or tiers.apply == "marginal" else _on_all(starts, rates))
    return Curve(name, *by, unit, shares, stretches, _stop(starts), note, adds)


def _unit(tiers: Tiers, rate: object, base: Decimal | None, *, in_shares: bool) -> tuple[str, bool, bool]:
    """Return what is paid, in words after the figure, whether the figure is a ratio, and whether each unit adds one."""
    if rate == "on-target":
        return ("of target", True, False) if in_shares else ("x on-target rate", False, False)
    if rate is not None and base is None:
        return "x the rate", False, False
    pay = tiers.tiers[0].pay if base is None else rate
    ratio = isinstance(pay, Expression) and isinstance(pay.node, Number) and pay.node.type == "ratio"
    return ("of quota", True, True) if in_shares and ratio else ("", False, ratio)


def _adding(starts: Sequence[Decimal], rates: Sequence[Decimal]) -> Iterator[Stretch]:
    paid = starts[0] * rates[0]
    for number, (start, rate) in enumerate(zip(starts, rates, strict=True)):
        yield Stretch(start, paid, rate)
        paid += rate * (starts[number + 1] - start) if number + 1 < len(starts) else 0


def _on_all(starts: Sequence[Decimal], rates: Sequence[Decimal]) -> Iterator[Stretch]:
    for start, rate in zip(starts, rates, strict=True):
        yield Stretch(start, rate * start, rate)


def _stop(starts: Sequence[Decimal]) -> Decimal:
    return max(starts[-1] * ROOM, Decimal(1) if starts[-1] <= 0 else starts[-1])


def _of_points(name: str, component: ComponentBase, curve: Points) -> Curve | None:
    by = _by(component, curve.by)
    points = [(number_of(x), number_of(y)) for x, y in curve.points.items()]
    if by is None or any(x is None or y is None for x, y in points):
        return None
    known = [(x, y) for x, y in points if x is not None and y is not None]
    straight = curve.between == "linear"
    slopes = [(y2 - y1) / (x2 - x1) if straight else Decimal(0) for (x1, y1), (x2, y2) in itertools.pairwise(known)]
    first = _outside(curve.before, slopes[0] if slopes else Decimal(0))
    last = _outside(curve.beyond, slopes[-1] if slopes else Decimal(0))
    (x0, y0), (xn, yn) = known[0], known[-1]
    if first is None or last is None:
        return None
    stretches = []
    if x0 > 0:
        level, slope = first
        stretches.append(Stretch(Decimal(0), y0 - slope * x0 if level is None else level, slope))
    stretches += [Stretch(x, y, s) for (x, y), s in zip(known, slopes, strict=False)]
    level, slope = last
    stretches.append(Stretch(xn, yn if level is None else level, slope))
    shares = component.target is not None
    return Curve(name, *by, "of target" if shares else "", shares, tuple(stretches), _stop([x for x, _ in known]))


def _outside(said: object, slope: Decimal) -> tuple[Decimal | None, Decimal] | None:
    """Return the level before or beyond the points, None where it goes on from them, and its slope."""
    if isinstance(said, Expression):
        figure = number_of(said)
        return None if figure is None else (figure, Decimal(0))
    return None, slope if said == "extend" else Decimal(0)


def _of_bands(name: str, component: ComponentBase, said: Bands) -> Curve | None:
    by, below = _by(component, said.by), number_of(said.before)
    figures = [(number_of(b.start), number_of(b.pay), number_of(b.per_point) if b.per_point else Decimal(0)) for b in said.bands]
    if by is None or below is None or any(f is None for figure in figures for f in figure):
        return None
    stretches = [Stretch(s, p, e * said.point) for s, p, e in figures if s is not None and p is not None and e is not None]
    start = stretches[0].start
    shares = component.target is not None
    note = "only whole points count" if said.fractions == "drop" else ""
    first = [Stretch(Decimal(0), below, Decimal(0))] if start > 0 else []
    return Curve(
        name, *by, "of target" if shares else "", shares, (*first, *stretches), _stop([s.start for s in stretches]), note
    )
