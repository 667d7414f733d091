"""Commission: a rate on every credited deal, with tiers and accelerators."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.fields import Expr, Word
from commcalc.plan.components.common import KIND, ComponentBase
from commcalc.plan.tiers import Rate, Tiers


class Commission(ComponentBase):
    """A line for each credit: basis x (rate + kickers) x accelerator x multipliers.

    Amounts in the plan's currency; semantics section 5.
    """

    marker: ClassVar[str] = "commission"
    model_config = ConfigDict(title="commission")

    kind: Literal["commission"] = Field(description=KIND)
    on: Word = Field(description="the measure whose deals it is paid on", examples=["bookings"])
    basis: Expr | None = Field(
        default=None, description="what is paid on, for each deal; the measure's sum, or 1 for a count", examples=["margin"]
    )
    rate: Rate = Field(
        description="what is paid on each deal: a ratio, money for each unit, a table, tiers, or on-target (target / quota)",
        examples=["8%", "on-target"],
    )
    accelerators: Tiers | None = Field(default=None, description="tiers of factors on top of the rate")
