"""How types go together: what may be compared, added, multiplied and divided, and what comes out."""

from __future__ import annotations

from collections.abc import Iterable

from commcalc.language.expression.types import Type


def comparable(a: Type | None, b: Type | None) -> bool:
    """Tell whether two values may be compared or added; a fault said already (None) goes with everything."""
    return a is None or b is None or join(a, b) is not None


def join(a: Type, b: Type) -> Type | None:
    """Return the type of a sum, or of one value out of two: a bare number goes with ratios and with money."""
    if a is b:
        return a
    if a is Type.NUMBER and b.numeric:
        return b
    if b is Type.NUMBER and a.numeric:
        return a
    return None


def join_all(types: Iterable[Type | None]) -> Type | None:
    """Return the one type of all; None where they do not go together or one is not known."""
    found: Type | None = None
    for place, each in enumerate(types):
        if each is None:
            return None
        found = each if place == 0 or found is None else join(found, each)
        if found is None:
            return None
    return found


def times(a: Type, b: Type) -> Type | None:
    """Return the type of a product of numbers; money times money is nothing."""
    if Type.MONEY in (a, b):
        return None if a is b else Type.MONEY
    return Type.RATIO if a is b is Type.RATIO else Type.NUMBER


def over(a: Type, b: Type) -> Type | None:
    """Return the type of a quotient of numbers; money by money is a ratio, a ratio by money is nothing."""
    if b is Type.MONEY:
        return None if a is Type.RATIO else Type.RATIO
    if b is Type.RATIO:
        return a
    return a
