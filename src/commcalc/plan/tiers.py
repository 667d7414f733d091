"""Rates: what is paid on the basis - a constant, a table, on-target, or tiers and how they apply."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from commcalc.language.bind import by_marker
from commcalc.language.fields import Expr
from commcalc.plan.shapes import Bands, Matrix, Points, Rows, Shape, Value

Apply = Literal["marginal", "retroactive", "prospective", "inclusive", "period"]


class _TierPay(Shape):
    pay: Value = Field(
        description="what this tier pays: a rate, a factor, or money for each unit", examples=["8%", "1.5x", "40 USD"]
    )
    reaches: Annotated[str, Field(pattern=r"^(here|zero|tier [1-9][0-9]*)$")] = Field(
        default="here", description="marginal only: how far down this tier pays once it is reached; here: from its own bound on"
    )


class TierFrom(_TierPay):
    """A tier that starts at its bound: the bound is in."""

    model_config = ConfigDict(title="from")

    start: Expr = Field(
        alias="from", description="where the tier starts; what is exactly at the bound is in it", examples=["100%"]
    )

    @property
    def includes(self) -> bool:
        """True: the bound belongs to this tier."""
        return True


class TierAbove(_TierPay):
    """A tier that starts above its bound: the bound belongs to the tier below."""

    model_config = ConfigDict(title="above")

    start: Expr = Field(
        alias="above",
        description="what the tier starts above; what is exactly at the bound is in the tier below",
        examples=["100%"],
    )

    @property
    def includes(self) -> bool:
        """False: the bound belongs to the tier below."""
        return False


Tier = TierFrom | TierAbove


class Tiers(Shape):
    """Tiers over a measure, and the reading by which they apply."""

    model_config = ConfigDict(title="tiers")

    by: Expr = Field(
        description="what decides the tier: attainment or value of the component's measure, or of another one by its name",
        examples=["attainment", "value", "attainment('bookings')"],
    )
    apply: Apply = Field(
        description="marginal: each part at its own tier; retroactive: the tier reached pays on all of it; prospective: a whole deal "
        "at the tier reached before it; inclusive: with it; period: each period's deals at the tier reached at its end"
    )
    tiers: list[by_marker({"from": TierFrom, "above": TierAbove})] = Field(  # type: ignore[valid-type]
        min_length=1, description="the tiers, smallest bound first; or a .csv file"
    )


OnTarget = Literal["on-target"]
Rate = by_marker(
    {"tiers": Tiers, "rows": Rows, "matrix": Matrix, "points": Points, "bands": Bands},
    scalar=Annotated[OnTarget | Expr, Field(union_mode="left_to_right")],
)
"""On-target, a value, or tiers."""
