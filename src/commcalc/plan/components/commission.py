"""Commission: a rate on every credited deal, with tiers and accelerators."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from commcalc.language.fields import Expr, Word
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.tiers import Rate, Tiers


class Commission(ComponentBase):
    """A line for each credit: basis x (rate + kickers) x accelerator x multipliers.

    Amounts in the plan's currency; semantics section 5.
    """

    marker: ClassVar[str] = "commission"
    kind: Literal["commission"]
    on: Word = Field(description="the measure that credits it")
    basis: Expr | None = Field(default=None, description="what is paid on, per deal; the measure's sum, or 1 for a count")
    rate: Rate = Field(description="on-target, a value, or tiers")
    accelerators: Tiers | None = Field(default=None, description="tiers of factors on top of the rate")
