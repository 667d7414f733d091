"""SPIFF: an extra reward for a product or market between two dates."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from commcalc.language.fields import Expr, Word
from commcalc.plan.components.common import ComponentBase
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
    kind: Literal["spiff"]
    on: Word | None = Field(default=None, description="the measure whose deals count; own deals, where left out")
    basis: Expr | None = Field(default=None, description="what a ratio is paid on, or the units counted")
    pay: Value = Field(description="money each, or a ratio of the basis")
    each: Literal["deal", "unit"]
    budget: Literal["none"] = Field(description="`none`: a budget over all payees is not calculated yet")
    stacks: Literal["on top"] = Field(description="`on top` of commission")
