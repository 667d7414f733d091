"""Bonus: an amount for what a measure reached, in steps or along a curve."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from commcalc.language.fields import Word
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.shapes import Value


class Bonus(ComponentBase):
    """One line for each payee and window: target x payout, or an amount; semantics 6.1."""

    marker: ClassVar[str] = "bonus"
    kind: Literal["bonus"]
    on: Word | None = Field(default=None, description="the measure read as bare `attainment` and `value`")
    payout: Value = Field(description="a ratio of the target, or money")
    earned: Literal["at end", "to date", "ratchet"] | None = None
