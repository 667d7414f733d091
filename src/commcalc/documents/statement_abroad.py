"""Paid in another currency: each step of a payment with its rate, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from commcalc.base.money import minor_units
from commcalc.documents.figures import amount, exact

Row = Mapping[str, Any]
NO_RATE = "no rate"


@dataclass(frozen=True, slots=True)
class StepAbroad:
    """A step in words, how it is converted, and what is paid of it; the row that it stands in."""

    label: str
    how: str
    paid: str
    row: Row


@dataclass(frozen=True, slots=True)
class Abroad:
    """What is paid in another currency: which, how much in all, and by which steps."""

    currency: str
    paid: str
    steps: tuple[StepAbroad, ...]


def abroad_of(payout: Row, steps: Sequence[Row], title: Callable[[str, str], str]) -> Abroad | None:
    """Return what a payee is paid in another currency; None where it is the plan's. title: of a component of a plan."""
    theirs = payout.get("paid_currency")
    if not theirs:
        return None
    places = minor_units(theirs)

    def step(row: Row) -> StepAbroad:
        of_component = row["step"] in ("released", "clawback")
        named = title(row["plan"], row["component"]) if of_component else row["component"]
        what = named if row["step"] == "released" else f"{row['step'].capitalize()}{f' {named}' if named else ''}"
        return StepAbroad(what, how(row), _paid(row["paid_amount"], places), row)

    return Abroad(theirs, _paid(payout["paid_amount"], places), tuple(step(r) for r in steps))


def how(row: Row) -> str:
    """Say how a step is converted: `1,000.00 USD x 83 (2026)`, or `/` where only the other direction has a rate."""
    money = f"{amount(row['amount'], minor_units(row['currency']))} {row['currency']}"
    if row["rate"] is None:
        return money
    return f"{money} {'x' if row['rate_from'] == row['currency'] else '/'} {exact(row['rate'])} ({row['rate_of']})"


def _paid(value: Decimal | None, places: int) -> str:
    return NO_RATE if value is None else amount(value, places)
