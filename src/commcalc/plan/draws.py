"""Draws and charges: what is advanced or guaranteed beside what is earned, how it is paid back, and what is taken from pay."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_NUMBER
from commcalc.language.fields import CellRange, Expr, Ratio, Word, reader
from commcalc.plan.shapes import Shape, Value

_NTH = r"^\s*period\s+([1-9][0-9]{0,3})\s*$"


def _nth(text: str) -> int:
    said = re.match(_NTH, text)
    if said is None:
        raise fault(
            NOT_A_NUMBER, text=text, wanted="a period", why=": it is counted from the first on the plan", example="period 4"
        )
    return int(said[1])


NthPeriod = Annotated[int, reader(_nth, pattern=_NTH, example="period 4")]


class Recover(Shape):
    """How a draw is paid back out of what is earned later."""

    model_config = ConfigDict(title="recovery")

    share: Ratio = Field(description="what part of the pay above what is protected goes to pay back the draw", examples=["50%"])
    protect: Expr | None = Field(
        default=None,
        description="the pay that is never touched; where left out the amount of a guarantee, and nothing of a draw that is added",
        examples=["2_500 USD"],
    )
    limit: Expr | None = Field(
        default=None, description="the most that is paid back at a time; no limit, where left out", examples=["500 USD"]
    )
    starts: NthPeriod | None = Field(
        default=None, description="the payee's period on the plan from which on it is paid back", examples=["period 4"]
    )


class Draw(Shape):
    """A draw for some of a payee's periods on the plan."""

    model_config = ConfigDict(title="draw")

    periods: CellRange = Field(
        description="for which of the payee's periods on the plan: 1..4, 7.. or any", examples=["1..4", "any"]
    )
    amount: Value = Field(description="the draw of one payment", examples=["2_000 USD"])
    kind: Literal["recoverable", "non-recoverable"] = Field(
        description="recoverable: it is paid back out of later pay; non-recoverable: it is the payee's for good"
    )
    how: Literal["guarantee", "addition"] = Field(
        alias="as", description="guarantee: it fills pay up to the amount; addition: it is paid on top of what is earned"
    )
    recover: Recover | None = Field(default=None, description="how a recoverable draw is paid back")
    balance_limit: Expr | None = Field(
        default=None, description="the most that may be owed at a time; no limit, where left out", examples=["6_000 USD"]
    )


class Debt(Shape):
    """A balance with a name that adjustments feed and pay pays back: a loan, leads that were bought."""

    model_config = ConfigDict(title="debt")

    name: Word = Field(description="what it is called; adjustments name it as their component", examples=["Leads"])
    recover: Recover = Field(description="how it is paid back")


class Charge(Shape):
    """Something taken from pay: a desk fee, a share of software."""

    model_config = ConfigDict(title="charge")

    name: Word = Field(description="what it is called on the statement", examples=["Desk fee"])
    amount: Value = Field(description="how much is taken", examples=["500 USD"])
    each: Literal["period"] = Field(description="period: for each period of the calendar in which the payee takes part")


class Maximum(Shape):
    """The most of a payment, and what becomes of the excess."""

    model_config = ConfigDict(title="maximum")

    at: Value = Field(description="the most of one payment", examples=["20_000 USD"])
    excess: Literal["forfeit", "later"] = Field(description="forfeit: it is lost; later: it is kept for the next payment")


class Leaving(Shape):
    """What holds for somebody who has left."""

    model_config = ConfigDict(title="leaving")

    draw: Literal["forgive", "deduct", "receivable"] | None = Field(
        default=None, description="what becomes of a draw that is owed: forgiven, taken out of the last pay, or still owed"
    )
    held: Literal["release", "forfeit"] | None = Field(
        default=None, description="what becomes of what is earned and not released yet: released on that day, or lost"
    )
