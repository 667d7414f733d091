"""Rates: what is paid on the basis - a constant, a table, on-target, or tiers and how they apply."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from commcalc.language.bind import by_marker
from commcalc.language.fields import Expr
from commcalc.plan.shapes import Matrix, Points, Rows, Shape, Value

Apply = Literal["marginal", "retroactive", "prospective", "inclusive", "period"]


class _TierPay(Shape):
    pay: Value = Field(description="rate, factor, or money per unit in this tier")
    reaches: Annotated[str, Field(pattern=r"^(here|zero|tier [1-9][0-9]*)$")] = Field(
        default="here", description="marginal only: how far down this tier pays once it is reached"
    )


class TierFrom(_TierPay):
    """A tier that starts at its bound: the bound is in."""

    start: Expr = Field(alias="from")

    @property
    def includes(self) -> bool:
        """True: the bound belongs to this tier."""
        return True


class TierAbove(_TierPay):
    """A tier that starts above its bound: the bound belongs to the tier below."""

    start: Expr = Field(alias="above")

    @property
    def includes(self) -> bool:
        """False: the bound belongs to the tier below."""
        return False


Tier = TierFrom | TierAbove


class Tiers(Shape):
    """Tiers over a measure, and the reading by which they apply."""

    by: Expr = Field(description="attainment, value, attainment('m') or value('m')")
    apply: Apply
    tiers: list[by_marker({"from": TierFrom, "above": TierAbove})] = Field(min_length=1)  # type: ignore[valid-type]


OnTarget = Literal["on-target"]
Rate = by_marker(
    {"tiers": Tiers, "rows": Rows, "matrix": Matrix, "points": Points},
    scalar=Annotated[OnTarget | Expr, Field(union_mode="left_to_right")],
)
"""On-target, a value, or tiers."""
