"""Payment: how often a plan pays, base and variable, and what is prorated."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.fields import Mix, OneOrMany, Word
from commcalc.plan.components.common import Prorate
from commcalc.plan.draws import Charge, Debt, Draw, Leaving, Maximum
from commcalc.plan.shapes import Shape, Value


class Payment(Shape):
    """When a plan pays, on top of what, and with what protection; semantics 2.4 and 9.4."""

    later: ClassVar[dict[str, str]] = {
        "hold_until": "a condition before anything is paid",
        "late": "where a late deal belongs",
    }

    model_config = ConfigDict(title="payment")

    every: Literal["week", "semi-month", "month", "quarter", "half", "year", "period"] = Field(
        description="how often the plan pays; period: each period of the project's calendar"
    )
    payday: Word | None = Field(default=None, description="when the money comes", examples=["1 period after"])
    ote: Value | None = Field(
        default=None,
        description="on-target earnings a year, base and variable together; an assignment's own wins",
        examples=["150_000"],
    )
    mix: Mix | None = Field(default=None, description="base to variable, in parts of their sum; an assignment's own wins")
    base: Literal["paid", "shown"] | None = Field(
        default=None, description="paid: base pay is part of the payment; shown: it comes with the salary and is only shown"
    )
    prorate: Prorate | None = Field(
        default=None, description="what is reduced for somebody who is on the plan for part of a window"
    )
    draw: OneOrMany[Draw] = Field(
        default=(), description="what is advanced or guaranteed beside what is earned; one, or a list by periods on the plan"
    )
    debts: OneOrMany[Annotated[Literal["draw"] | Debt, Field(union_mode="left_to_right")]] = Field(
        default=(),
        description="balances that adjustments feed, in the order in which they are paid back; draw: the draw's place among them, else the"
        " last",
    )
    charges: OneOrMany[Charge] = Field(default=(), description="what is taken from each payment; one, or a list")
    minimum: Value | None = Field(
        default=None, description="the least of a payment; what it lacks is given for good", examples=["1_000 USD"]
    )
    maximum: Maximum | None = Field(default=None, description="the most of a payment, and what becomes of the excess")
    leaving: Leaving | None = Field(default=None, description="what holds for somebody who has left")
    negative: Literal["carry", "collect", "forgive"] | None = Field(
        default=None, description="a payment below zero: carried into the next one, collected, or forgiven"
    )

    @property
    def keeps(self) -> bool:
        """Whether it has balances also where nothing is ever below zero: a draw to pay back, or pay kept for later."""
        later = self.maximum is not None and self.maximum.excess == "later"
        return later or bool(self.named_debts) or any(d.kind == "recoverable" for d in self.draw)

    @property
    def named_debts(self) -> tuple[Debt, ...]:
        """The debts, without the draw's place among them."""
        return tuple(d for d in self.debts if isinstance(d, Debt))
