"""Commission: basis x (rate + kickers) x accelerator x multipliers, slice by slice, divided once (§5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from commcalc.language.expression import calls
from commcalc.plan.components import Commission
from commcalc.plan.measures import CountMeasure, SumMeasure
from commcalc.plan.tiers import Tiers
from commcalc.reference.crediting import Credit
from commcalc.reference.expression import evaluate
from commcalc.reference.job import Slice
from commcalc.reference.measured import NotPaid
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE, ZERO, Figure, over, times
from commcalc.reference.rates import figure_of, value_of, values_of
from commcalc.reference.records import Earner
from commcalc.reference.tiers import Cut, Ladder, merged
from commcalc.reference.work import Entry, Work


@dataclass(slots=True)
class Piece:
    """A part of a credit: its tiers, the part in measure units (scaled; None is the whole), rate, accelerator."""

    tier: int
    start: Decimal
    stop: Decimal
    part: Decimal | None = None
    rate: Figure | None = None
    accelerator: Decimal = ONE


def earn(work: Work, earner: Earner, at: date) -> Iterator[Entry]:
    """Yield what each credit up to the moment has earned."""
    for window, credits in work.measures.credits(work.component.on, earner).items():
        for credit in credits:
            if credit.day > at:
                continue
            scope = work.credit_scope(credit, window, at)
            try:
                if work.eligible(credit, scope):
                    yield line(work, credit, scope, at)
            except NotPaid as missing:
                if not missing.silent:
                    deal = "" if missing.whole else credit.deal_id
                    work.refuse(earner, deal, missing.reason)


def entry_of(credit: Credit) -> Entry:
    """Return an empty entry for a credit."""
    entry = Entry(credit.earner, credit.role, credit.level, credit.deal_id, credit.line, credit.day, credit.window)
    entry.share = sum((p.fraction for p in credit.parts), start=entry.share * 0)
    entry.sale, entry.net, entry.credit = credit.sale, credit.deal.get("amount") or ZERO, credit
    return entry


def line(work: Work, credit: Credit, scope: Scope, at: date) -> Entry:
    """Work out one line."""
    component: Commission = work.component
    tiered = isinstance(component.rate, Tiers) or component.accelerators is not None
    if tiered and component.returns is None and credit.whole < 0:
        raise NotPaid("a row below zero under tiers, and `returns` is not said")
    if component.rate == "on-target":
        window = scope.window
        own = work.measures.measured(component.on, credit.earner, window, min(at, window.last), work.prorate)
        scope.quota = own.quota_figure()
    ladders = _ladders(work, credit, scope, at)
    entry = entry_of(credit)
    basis, is_measure = basis_of(work, credit, scope)
    relieved = credit.m != credit.whole  # what it earned is not changed by that (§8.7)
    is_measure = not relieved and (is_measure or basis == credit.m)  # then basis x part / m is the part itself
    factors = multipliers(component, scope)
    pieces, scale = _pieces(work, credit, scope, ladders)
    whole = pieces[0].part is None
    parts_divisor = ONE if whole else scale if is_measure else times(credit.m, scale)
    numerators, divisor = [], ONE
    for piece in pieces:
        assert piece.rate is not None
        divisor = piece.rate.divisor
        start = basis if piece.part is None else piece.part if is_measure else times(basis, piece.part)
        numerators.append(times(start, piece.rate.numerator, piece.accelerator, *factors))
    divisor = times(parts_divisor, divisor)
    entry.basis = basis
    entry.exact = entry.earned = over(sum(numerators, ZERO), divisor)
    entry.factor = times(pieces[-1].accelerator, *factors)
    shares = [basis if p.part is None else over(p.part if is_measure else times(basis, p.part), parts_divisor) for p in pieces]
    shares[-1] = basis - sum(shares[:-1], ZERO)
    amounts = [over(n, divisor) for n in numerators]
    amounts[-1] = entry.exact - sum(amounts[:-1], ZERO)
    entry.slices = tuple(
        Slice(p.tier, p.start, p.stop, b, p.rate.quotient, times(p.accelerator, *factors), x)  # type: ignore[union-attr]
        for p, b, x in zip(pieces, shares, amounts, strict=True)
    )
    return entry


def basis_of(work: Work, credit: Credit, scope: Scope) -> tuple[Decimal, bool]:
    """Return what is paid on, shared, and whether it is the measure's own part (§5.1)."""
    measure: Any = work.measures.measure(work.component.on)
    if work.component.basis is not None:
        value = evaluate(work.component.basis.node, scope)
        if value is None:
            raise NotPaid("basis is empty")
        if any(calls(e.node, "earned") for e in values_of(work.component.basis)):  # that is the credit's share already
            return value, False
        return credit.shared(value), False
    is_measure = measure.weight is None and isinstance(measure, SumMeasure | CountMeasure)
    if isinstance(measure, CountMeasure):
        if is_measure:
            return credit.whole, True
        one = Decimal(credit.change)
        return (one if measure.count == "whole deals" else credit.shared(one)), False
    return credit.shared(credit.value), is_measure


def multipliers(component: Any, scope: Scope) -> list[Decimal]:
    """Return the factors that hold, in the order written; with `combine: sum` the one factor 1 + their excess (§5.2)."""
    found = []
    for said in component.multiply:
        if _holds(said, scope):
            factor = value_of(said.factor, scope)
            if factor is None:
                raise NotPaid("a multiplier is empty")
            found.append(factor)
    if component.combine == "sum":
        return [ONE + sum((f - ONE for f in found), ZERO)]
    return found


def kickers(component: Any, scope: Scope) -> Decimal:
    """Return the sum of what is added to the rate."""
    total = ZERO
    for said in component.kickers:
        if _holds(said, scope):
            more = value_of(said.add, scope)
            if more is None:
                raise NotPaid("a kicker is empty")
            total += more
    return total


def _holds(said: Any, scope: Scope) -> bool:
    holds = True if said.when is None else evaluate(said.when.node, scope)
    if holds is None:
        raise NotPaid("a condition is empty")
    return bool(holds)


def _ladders(work: Work, credit: Credit, scope: Scope, at: date) -> tuple[Ladder | None, Ladder | None]:
    """Return the tiers of the rate and those of accelerators, as they stand for the credit."""
    component: Commission = work.component
    rate = Ladder(work, component.rate, credit, scope, at) if isinstance(component.rate, Tiers) else None
    return rate, Ladder(work, component.accelerators, credit, scope, at) if component.accelerators is not None else None


def _pieces(
    work: Work, credit: Credit, scope: Scope, ladders: tuple[Ladder | None, Ladder | None]
) -> tuple[list[Piece], Decimal]:
    """Cut the credit as its tiers say, and give each piece its rate and accelerator (§5.5, §5.7)."""
    component: Commission = work.component
    rate, more = ladders
    cuts = {id(ladder): ladder.cut() for ladder in (rate, more) if ladder is not None}
    slicing = [x for x in (rate, more) if x is not None and x.tiers.apply == "marginal" and x.fixed is None and credit.m != 0]
    pieces = (
        _sliced(credit, [(x, cuts[id(x)]) for x in slicing])
        if slicing
        else [(Piece(0, credit.before, credit.before + credit.m), {})]
    )
    extra = kickers(component, scope)
    found = []
    for piece, at_tiers in pieces:
        _rated(work, piece, scope, extra) if rate is None else None
        for ladder in (more, rate):
            if ladder is None:
                continue
            tier = _tier(ladder, cuts[id(ladder)], at_tiers.get(id(ladder)), credit)
            pay = value_of(ladder.tiers.tiers[tier].pay, scope)
            if pay is None:
                raise NotPaid("the pay of a tier is empty")
            piece.tier = tier + 1
            if ladder is rate:
                piece.rate = Figure(pay + extra)
            else:
                piece.accelerator = pay
        found.append(piece)
    scale = cuts[id(slicing[0])].scale.divisor if slicing else ONE
    return found, scale


def _tier(ladder: Ladder, cut: Cut, sliced: int | None, credit: Credit) -> int:
    if sliced is not None:
        return ladder.paid_by(cut, sliced)
    if ladder.tiers.apply == "marginal" and ladder.fixed is None:  # a credit that adds nothing stands in the tier of c
        return ladder.paid_by(cut, cut.place(credit.before))
    return ladder.tier_of_all(cut)


def _sliced(credit: Credit, ladders: list[tuple[Ladder, Cut]]) -> list[tuple[Piece, dict[int, int]]]:
    """Return the pieces between the bounds, ascending, none of them empty."""
    one = ladders[0][1]
    other = ladders[-1][1]
    scale = max(one.scale.divisor, other.scale.divisor)
    if one.scale.divisor != other.scale.divisor:
        one, other = (_scaled(c, over(scale, c.scale.divisor)) for c in (one, other))
    low, high = times(credit.before, scale), times(credit.before + credit.m, scale)
    found = []
    for first, second, start, stop in merged(one, other):
        a, b = _clip(low, start, stop), _clip(high, start, stop)
        if b != a:
            tiers = {id(ladders[0][0]): first, id(ladders[-1][0]): second}
            found.append((Piece(first, over(a, scale), over(b, scale), b - a), tiers))
    if len(found) == 1:  # it crosses no bound: it is whole
        found[0][0].part = None
    return found


def _scaled(cut: Cut, by: Decimal) -> Cut:
    return Cut(cut.bounds, cut.included, tuple(times(c, by) for c in cut.cuts), cut.scale)


def _clip(value: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    value = value if low is None else max(value, low)
    return value if high is None else min(value, high)


def _rated(work: Work, piece: Piece, scope: Scope, extra: Decimal) -> None:
    """A constant, a table or a formula; or on-target, target over quota, with the division last (§5.3, §5.4)."""
    said = work.component.rate
    if said != "on-target":
        rate = figure_of(said, scope)
        if rate is None:
            raise NotPaid("the rate is empty, or no row of its table holds")
        piece.rate = Figure(rate.numerator + times(extra, rate.divisor), rate.divisor)
        return
    window = scope.window
    target = work.target(scope, window)
    quota = scope.quota
    assert quota is not None
    divisor = times(target.divisor, quota.numerator)
    numerator = times(target.numerator, quota.divisor)
    if extra:
        numerator += times(extra, target.divisor, quota.numerator)
    piece.rate = Figure(numerator, divisor)
