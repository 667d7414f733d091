"""Caps on what several components pay together."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from commcalc.language.fields import PlainName, Word
from commcalc.plan.components.common import Limit, Target
from commcalc.plan.shapes import Shape

STRETCHES = ("period", "month", "quarter", "half", "year")
"""What a cap may be for that is a stretch of time, and no deal's."""


class JointCap(Shape):
    """The most that several components pay together: the one listed last gives way first."""

    model_config = ConfigDict(title="joint cap")

    over: tuple[PlainName, ...] = Field(
        min_length=2,
        description="the components; what the first of them pays counts first, the last one has what is left",
        examples=[["commission", "bonus"]],
    )
    at: Target = Field(
        description="the most: an amount, for each deal one of its columns too, or a part of variable or OTE",
        examples=["12 * monthly_premium", "5_000 USD"],
    )
    per: Word = Field(
        description="what it is for: each deal, each value of a column (contract, account), or period, month, quarter, half, year",
        examples=["contract_id"],
    )
    excess: Literal["forfeit"] = Field(description="what becomes of pay above it: forfeit, it is lost")

    @property
    def stretch(self) -> Limit:
        """The same as a limit of one component, where it is for a stretch of time."""
        return Limit.model_construct(at=self.at, per=self.per, excess=self.excess)  # type: ignore[arg-type]

    @property
    def of_deals(self) -> bool:
        """Whether it is for deals, alone or by a column, and not for a stretch of time."""
        return self.per not in STRETCHES
