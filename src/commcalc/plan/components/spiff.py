"""SPIFF: an extra reward for a product or market between two dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.expression import calls
from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_THE_FIRST
from commcalc.language.fields import Expr, OneOrMany, Word, YesNo, reader
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


class InsteadOf(Shape):
    """The components that are not paid on the deals that this one takes in."""

    model_config = ConfigDict(title="instead of")

    instead_of: OneOrMany[Word] = Field(
        min_length=1,
        description="the components of this plan that are not paid on the deals it takes in",
        examples=["new-business"],
    )
    counts_to_quota: YesNo = Field(description="whether these deals count in the measures of those components all the same")


class Spiff(ComponentBase):
    """Pay for each matching deal or unit inside its dates: all, the first so many, or as far as a budget goes; semantics 6.2."""

    marker: ClassVar[str] = "spiff"
    model_config = ConfigDict(title="spiff")

    kind: Literal["spiff"] = Field(description=KIND)
    on: Word | None = Field(
        default=None, description="the measure whose deals count; the payee's own deals, where left out", examples=["bookings"]
    )
    basis: Expr | None = Field(default=None, description="what a ratio is paid on, or the units counted", examples=["units"])
    pay: Value = Field(description="money for each, or a ratio of the basis", examples=["300 USD"])
    each: Literal["deal", "unit", "payee"] = Field(
        description="what it is paid for: each deal, each unit of the basis, or once in a window to each payee who has reached what is said under when"
    )
    when: Expr | None = Field(
        default=None,
        description="each payee: what somebody must have reached, a condition over measures",
        examples=["value('orbits') >= 10"],
    )
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
    stacks: Annotated[Literal["on top"] | InsteadOf, Field(union_mode="left_to_right")] = Field(
        description="how it goes with commission: on top, it is paid besides it; or it takes the place of components"
    )

    @property
    def once(self) -> bool:
        """Whether it is paid once to each payee who reaches a goal, rather than on deals."""
        return self.each == "payee"

    @property
    def per_payee(self) -> bool:
        """It is paid on deals unless it is for each payee."""
        return self.once

    @property
    def runs_over(self) -> str | None:
        """The measure in whose windows it is worked out; None where it counts in its dates."""
        return self.goal_over if self.once else self.on

    @property
    def goal_over(self) -> str | None:
        """The measure in whose windows each payee can reach the goal: `on`, else the first by name that `when` reads."""
        if self.on is not None or self.when is None:
            return self.on
        return min(calls(self.when.node, "value", "quota", "attainment"), default=None)

    @property
    def limits_count(self) -> bool:
        """Whether what is paid depends on how many deals or units there are."""
        return self.first is not None or self.minimum is not None

    @property
    def shared_by_all(self) -> bool:
        """Whether what one payee is paid depends on what the others have."""
        return (self.first is not None and self.first.of == "all") or self.budget != "none"
