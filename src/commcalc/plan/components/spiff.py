"""SPIFF: an extra reward for a product or market between two dates."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.fields import Expr, Word
from commcalc.plan.components.common import KIND, ComponentBase
from commcalc.plan.shapes import Value


class Spiff(ComponentBase):
    """Pay for each matching deal or unit inside its dates, capped per payee; semantics 6.2."""

    later: ClassVar[dict[str, str]] = {
        **ComponentBase.later,
        "first": "the first n only",
        "minimum": "a number below which nothing is paid",
        "when": "a goal that a payee reaches",
    }
    marker: ClassVar[str] = "spiff"
    model_config = ConfigDict(title="spiff")

    kind: Literal["spiff"] = Field(description=KIND)
    on: Word | None = Field(
        default=None, description="the measure whose deals count; the payee's own deals, where left out", examples=["bookings"]
    )
    basis: Expr | None = Field(default=None, description="what a ratio is paid on, or the units counted", examples=["units"])
    pay: Value = Field(description="money for each, or a ratio of the basis", examples=["300 USD"])
    each: Literal["deal", "unit"] = Field(description="what it is paid for: each deal, or each unit of the basis")
    budget: Literal["none"] = Field(description="a limit over all payees; only none for now, which must be said")
    stacks: Literal["on top"] = Field(description="how it goes with commission: on top, it is paid besides it")
