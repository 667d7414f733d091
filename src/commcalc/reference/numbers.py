"""Exact figures: every product and every quotient is rounded to twelve places at once, and a figure is divided once, last (§1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from commcalc.base.money import RoundingMode, round_money

CONTEXT = Context(prec=90, rounding=ROUND_HALF_EVEN)
"""Wide enough that nothing is lost before it is rounded on purpose; `run` works inside it."""
TWELVE = Decimal("1E-12")
ZERO, ONE = Decimal(0), Decimal(1)


def times(first: Decimal, *others: Decimal | int) -> Decimal:
    """Return the product, from left to right, each step at twelve places."""
    for other in others:
        first = (first * other).quantize(TWELVE)
    return first


def over(numerator: Decimal, divisor: Decimal | int) -> Decimal:
    """Return the quotient at twelve places; a divisor of 1 does not divide."""
    return (numerator / divisor).quantize(TWELVE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A numerator and a divisor, divided once, last."""

    numerator: Decimal
    divisor: Decimal = ONE

    @property
    def quotient(self) -> Decimal:
        """The figure as one number."""
        return over(self.numerator, self.divisor)


ALL = Figure(ONE)
"""The whole of something, as a share."""


@dataclass(frozen=True, slots=True)
class Part:
    """One place in a list of shares: each has amount x n / d, the last what the others leave (§3.3)."""

    shares: tuple[tuple[int, int], ...] = ((1, 1),)
    place: int = 0

    @property
    def fraction(self) -> Fraction:
        """The share itself."""
        return Fraction(*self.shares[self.place])

    def of(self, amount: Decimal) -> Decimal:
        """Return this place's share of the amount."""
        if self.place < len(self.shares) - 1:
            return _share(amount, self.shares[self.place])
        total = sum((Fraction(n, d) for n, d in self.shares), Fraction(0))
        whole = _share(amount, (total.numerator, total.denominator))
        return whole - sum((_share(amount, s) for s in self.shares[:-1]), ZERO)


def _share(amount: Decimal, share: tuple[int, int]) -> Decimal:
    n, d = share
    return over(times(amount, n), d)


@dataclass(frozen=True, slots=True)
class Cents:
    """How money is rounded: decimals of the currency, the mode, and who takes the remainder when a whole is shared."""

    places: int
    mode: RoundingMode
    remainder: str = "largest"

    @property
    def unit(self) -> Decimal:
        """The smallest coin."""
        return Decimal(1).scaleb(-self.places)

    def rounded(self, amount: Decimal) -> Decimal:
        """Return the amount in whole coins."""
        return round_money(amount, self.places, self.mode)

    def floored(self, amount: Decimal) -> Decimal:
        """Return the amount in whole coins, downwards."""
        return amount.quantize(self.unit, rounding=ROUND_FLOOR)

    def shared(self, whole: Decimal, exacts: Sequence[Decimal]) -> list[Decimal]:
        """Share a rounded whole over exact figures, in their order; a negative whole as its absolute value (§1.5, §8.1)."""
        if whole < 0:
            return [-a for a in self.shared(-whole, [-e for e in exacts])]
        if self.remainder in ("first", "last"):
            return self._to_one(whole, exacts, 0 if self.remainder == "first" else len(exacts) - 1)
        floors = [self.floored(e) for e in exacts]
        if self.remainder == "drop":
            return floors
        left = int((whole - sum(floors, ZERO)) / self.unit)
        each, rest = divmod(left, len(exacts))
        by_fraction = sorted(range(len(exacts)), key=lambda i: (floors[i] - exacts[i], i))
        more = set(by_fraction[:rest])
        return [f + self.unit * (each + (i in more)) for i, f in enumerate(floors)]

    def _to_one(self, whole: Decimal, exacts: Sequence[Decimal], named: int) -> list[Decimal]:
        found = [self.rounded(e) for e in exacts]
        found[named] = whole - sum((a for i, a in enumerate(found) if i != named), ZERO)
        return found


def within(room: Decimal, figures: Sequence[Decimal]) -> list[Decimal]:
    """Return what a limit leaves of each: min(r, room) - min(r before, room), r the running total (§6.3)."""
    found, total = [], ZERO
    for figure in figures:
        before, total = total, total + figure
        found.append(min(total, room) - min(before, room))
    return found


def to_step(value: Decimal, step: Decimal, mode: RoundingMode) -> Decimal:
    """Round to a multiple of a step: attainment to a tenth of a per cent."""
    return times(round_money(value / step, 0, mode), step)
