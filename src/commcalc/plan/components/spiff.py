"""SPIFF: an extra reward for a product or market between two dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_THE_FIRST
from commcalc.language.fields import Expr, Word, reader
from commcalc.language.figures import number_of
from commcalc.plan.components.common import KIND, ComponentBase
from commcalc.plan.shapes import Shape, Value

_FIRST = r"^\s*(\S+)\s+(per payee|in all)\s*$"


@dataclass(frozen=True, slots=True)
class FirstOf:
    """How many deals or units are paid: the first of each payee, or of all payees together."""

    count: Decimal
    of: Literal["payee", "all"]


def _first(text: str) -> FirstOf:
    said = re.match(_FIRST, text)
    if said is None:
        raise fault(NOT_THE_FIRST, text=text, why="a number and `per payee` or `in all` are wanted")
    count = number_of(said[1])
    if count <= 0:
        raise fault(NOT_THE_FIRST, text=text, why="none would be paid")
    return FirstOf(count, "payee" if said[2] == "per payee" else "all")


First = Annotated[FirstOf, reader(_first, pattern=_FIRST, example="3 per payee")]


class Budget(Shape):
    """The most that all payees together are paid, and what happens when it is spent."""

    model_config = ConfigDict(title="budget")

    amount: Expr = Field(description="the most that all payees together are paid, in each window", examples=["50_000 USD"])
    when_spent: Literal["first come", "prorate"] = Field(
        description="first come: deals are paid in their order until it is spent; prorate: it is shared in proportion at the end"
    )


class Spiff(ComponentBase):
    """Pay for each matching deal or unit inside its dates: all, the first so many, or as far as a budget goes; semantics 6.2."""

    later: ClassVar[dict[str, str]] = {**ComponentBase.later, "when": "a goal that a payee reaches"}
    marker: ClassVar[str] = "spiff"
    model_config = ConfigDict(title="spiff")

    kind: Literal["spiff"] = Field(description=KIND)
    on: Word | None = Field(
        default=None, description="the measure whose deals count; the payee's own deals, where left out", examples=["bookings"]
    )
    basis: Expr | None = Field(default=None, description="what a ratio is paid on, or the units counted", examples=["units"])
    pay: Value = Field(description="money for each, or a ratio of the basis", examples=["300 USD"])
    each: Literal["deal", "unit"] = Field(description="what it is paid for: each deal, or each unit of the basis")
    first: First | None = Field(
        default=None,
        description="how many deals or units are paid, by credit order: the first of each payee, or of all; all, where left out",
        examples=["3 per payee", "10 in all"],
    )
    minimum: Value | None = Field(
        default=None,
        description="the payee's deals or units below which nothing is paid; once reached, all of them count",
        examples=["3"],
    )
    budget: Annotated[Literal["none"] | Budget, Field(union_mode="left_to_right")] = Field(
        description="the most that all payees together are paid, in each window; none, which must be said"
    )
    stacks: Literal["on top"] = Field(description="how it goes with commission: on top, it is paid besides it")

    @property
    def limits_count(self) -> bool:
        """Whether what is paid depends on how many deals or units there are."""
        return self.first is not None or self.minimum is not None

    @property
    def shared_by_all(self) -> bool:
        """Whether what one payee is paid depends on what the others have."""
        return (self.first is not None and self.first.of == "all") or self.budget != "none"
