"""A small plan that is right, to which a fault is added, and the mark that says where it must be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MARK = "▸"
"""Stands right before the character at which the fault is told; it is taken out before the plan is written."""

DEALS = b"""deal_id,owner,close_date,amount,country,units
D1,ann,2026-01-05,100.00,NO,1
D2,bob,2026-01-06,250.50,on,0
D3,cy,2026-01-07,10.00,,
"""
TYPES = {"types": {"country": "text", "units": "count"}}


@dataclass(frozen=True)
class PlanFault:
    """A plan with something wrong, or odd, in it.

    text: the plan file, with MARK where the problem is told (`place` where no mark can stand). code: what is told there,
    an error unless `warns`; nothing else may be an error but the codes of `besides`. says, mends: fragments of its words.
    pays: where the plan is accepted, what each payee earns by it, and nobody else anything. lists: codes of exceptions,
    each with its deal.
    """

    name: str
    text: str | bytes
    code: str = ""
    says: str = ""
    mends: str = ""
    place: str = ""
    besides: tuple[str, ...] = ()
    warns: bool = False
    pays: Mapping[str, str] | None = None
    lists: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


HEAD = "plan: sales\nversion: 2026.1\neffective: 2026-01-01 .. 2026-12-31\ncurrency: USD\n"
BOOKED = "measures: {booked: {sum: amount, window: month}}\n"
FIVE = "components: {commission: {kind: commission, on: booked, rate: 5%}}\n"
MONTH = "payment: {every: month, negative: carry}\n"
PLAN = HEAD + BOOKED + FIVE + MONTH
ALL_FIVE = {"ann": "5.00", "bob": "12.53", "cy": "0.50"}


def rate(text: str) -> str:
    """Return a plan with this rate."""
    return f"{HEAD}{BOOKED}components:\n  commission:\n    kind: commission\n    on: booked\n    rate: {text}\n{MONTH}"


def component(text: str) -> str:
    """Return a plan with this line more in its component."""
    return rate(f"5%\n    {text}")


def measure(text: str) -> str:
    """Return a plan with this line more in its measure."""
    return f"{HEAD}measures:\n  booked:\n    sum: amount\n    window: month\n    {text}\n{FIVE}{MONTH}"


def where(text: str) -> str:
    """Return a plan whose measure counts the deals for which this holds."""
    return measure(f"where: {text}")


def header(text: str, measures: str = BOOKED) -> str:
    """Return a plan with this line more in its header."""
    return f"{HEAD}{text}\n{measures}{FIVE}{MONTH}"


def tiers(*lines: str, by: str = "value", apply: str = "marginal") -> str:
    """Return a plan with these tiers."""
    listed = "".join(f"\n        - {{{line}}}" for line in lines)
    return rate(f"\n      by: {by}\n      apply: {apply}\n      tiers:{listed}")


def rows(*lines: str, by: str = "amount") -> str:
    """Return a plan with these rows, one key or several."""
    return rate(f"\n      by: {by}\n      rows:" + "".join(f"\n        {line}" for line in lines))


def matrix(*lines: str, by: str = "[amount, units]") -> str:
    """Return a plan with this matrix."""
    return rate(f"\n      by: {by}\n      matrix:" + "".join(f"\n        - {line}" for line in lines))
