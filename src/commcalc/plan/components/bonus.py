"""Bonus: an amount for what a measure reached, in steps or along a curve."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.fields import Word
from commcalc.plan.components.common import KIND, ComponentBase
from commcalc.plan.shapes import Value


class Bonus(ComponentBase):
    """One line for each payee and window: target x payout, or an amount; semantics 6.1."""

    marker: ClassVar[str] = "bonus"
    model_config = ConfigDict(title="bonus")

    kind: Literal["bonus"] = Field(description=KIND)
    on: Word | None = Field(
        default=None,
        description="the measure that it rewards, which its rules read as attainment and value",
        examples=["bookings"],
    )
    payout: Value = Field(description="what is paid: a part of the target (a ratio), or money", examples=["500 USD"])
    earned: Literal["at end", "to date", "ratchet"] | None = Field(
        default=None,
        description="at end: once, when the window is over; to date: each period by how it stands; ratchet: likewise, never falling",
    )

    @property
    def per_payee(self) -> bool:
        """It is paid for what a measure reached."""
        return True
