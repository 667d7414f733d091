"""What every component may say: who is eligible, gates, multipliers, caps, floors, and its readings."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from commcalc.language.fields import DateRange, Expr, OneOrMany, Word
from commcalc.plan.shapes import Shape, Value
from commcalc.plan.targets import PartOf, part_of_text

Target = Annotated[PartOf | Expr, Field(union_mode="left_to_right"), BeforeValidator(part_of_text)]
"""`80% of variable`, `200% of target`, or an amount for one window."""


class Kicker(Shape):
    """Something added to the rate when a condition holds."""

    add: Value
    when: Expr | None = None


class Multiplier(Shape):
    """A factor on the line when a condition holds."""

    factor: Value
    when: Expr | None = None
    goal: Word | None = None


class Gate(Shape):
    """A condition over measures; while it does not hold only a fraction is paid."""

    when: Expr
    otherwise: Expr = Field(alias="else")
    until_known: Literal["pay", "to date", "hold"] | None = None


class Limit(Shape):
    """A cap or a floor: how much, per what, and what becomes of the excess."""

    later: ClassVar[dict[str, str]] = {"until": "the end of a carried excess", "when": "a cap that lifts"}

    at: Target = Field(description="an amount, or `200% of target`")
    per: Literal["deal", "period", "month", "quarter", "half", "year", "window"] = "window"
    excess: Literal["forfeit"] | None = None


class Prorate(Shape):
    """What is reduced for days not taken part in, each by its own switch."""

    quota: Literal["days", "none"] = "none"
    target: Literal["days", "none"] = "none"
    bonus: Literal["days", "none"] = "none"
    cap: Literal["days", "none"] = "none"
    base: Literal["days", "none"] = "none"


class ComponentBase(Shape):
    """The keys of all kinds of component."""

    later: ClassVar[dict[str, str]] = {
        "release": "pay released in parts",
        "clawback": "pay taken back on an event",
        "remeasure": "a quantity measured again",
        "after_close": "what payees share once a period is closed",
        "extends": "a component made from another",
    }

    kind: str
    title: Word | None = None
    goal: OneOrMany[Word] = ()
    source: Word | None = None
    dates: DateRange | None = Field(default=None, description="credits outside do not count")
    eligible: Expr | None = Field(default=None, description="condition on the payee, as of the credit date")
    where: Expr | None = Field(default=None, description="which of the measure's deals are paid")
    target: Target | None = None
    kickers: OneOrMany[Kicker] = ()
    multiply: OneOrMany[Multiplier] = ()
    combine: Literal["product", "sum"] | None = None
    as_of: Literal["credit period", "to date"] | None = None
    floor: Annotated[Literal["none"] | OneOrMany[Limit], Field(union_mode="left_to_right")] = ()
    cap: Annotated[Literal["none"] | OneOrMany[Limit], Field(union_mode="left_to_right")] = ()
    gate: OneOrMany[Gate] = ()
    prorate: Prorate | None = None
    returns: Literal["unwind"] | None = None
    rounding: Literal["half-up", "half-even", "down"] | None = None
    round: Literal["line", "deal", "component"] | None = None
    remainder: Literal["largest", "first", "last", "drop"] | None = None
    split: Literal["credit", "pay"] | None = None
    announce: dict[str, Any] | None = None

    @property
    def caps(self) -> tuple[Limit, ...]:
        """The caps, in the order written."""
        return () if self.cap == "none" else tuple(self.cap)

    @property
    def floors(self) -> tuple[Limit, ...]:
        """The floors, in the order written."""
        return () if self.floor == "none" else tuple(self.floor)
