"""Payment: how often a plan pays, base and variable, and what is prorated."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from commcalc.language.fields import Mix, Word
from commcalc.plan.components.common import Prorate
from commcalc.plan.shapes import Shape, Value


class Payment(Shape):
    """When a plan pays, on top of what, and with what protection; semantics 2.4 and 9.4."""

    later: ClassVar[dict[str, str]] = {
        "draw": "an advance on commission",
        "debts": "named balances",
        "charges": "fees taken from pay",
        "minimum": "a guaranteed minimum of the payment",
        "maximum": "a limit of the payment",
        "hold_until": "a condition before anything is paid",
        "leaving": "what holds for somebody who has left",
        "late": "where a late deal belongs",
    }

    every: Literal["week", "semi-month", "month", "quarter", "half", "year", "period"]
    payday: Word | None = None
    ote: Value | None = Field(default=None, description="on-target earnings a year; an assignment's own wins")
    mix: Mix | None = Field(default=None, description="base to variable")
    base: Literal["paid", "shown"] | None = None
    prorate: Prorate | None = None
    negative: Literal["carry", "collect", "forgive"] | None = None
