"""How figures are written for people: amounts in whole cents, other figures with just the decimals that they have."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, ROUND_FLOOR, Decimal


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
    text = f"{value if value else Decimal(0):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def near(value: Decimal | None) -> str:
    """Return a figure for the eye: cut after two decimals, with dots where something was cut."""
    if value is None:
        return ""
    cut = value.quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return exact(value) if cut == value else f"{cut:,f}..."


def percent(value: Decimal | None) -> str:
    """Return a ratio as a percentage to a tenth, cut downwards: 99.96% of quota is not yet 100%."""
    if value is None:
        return ""
    tenths = (value * 1000).to_integral_value(rounding=ROUND_FLOOR)
    return f"{tenths / 10:,.1f}%"


def rate(value: Decimal | None, *, each: bool) -> str:
    """Return a rate: an amount for each unit as it is, a share as a percentage; from three up it is no share."""
    if value is None:
        return ""
    return exact(value) if each or abs(value) >= 3 else f"{exact(value * 100)}%"


def window(first: date | None, last: date | None) -> str:
    """Return a window in words."""
    return f"{first or 'the start'} to {last or 'now'}"


def many(count: int, thing: str) -> str:
    """Return a count with its noun: 1 line, 2 lines."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
