"""Contest: prizes for the first places of a ranking by a measure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_PLACE
from commcalc.language.fields import Expr, Word, reader
from commcalc.language.figures import ratio_of
from commcalc.plan.components.common import KIND
from commcalc.plan.components.groups import Together
from commcalc.plan.shapes import Shape

_PLACES = r"^\s*(?:([1-9][0-9]{0,5})\s*(?:\.\.\s*([1-9][0-9]{0,5}))?|top\s+(\S+))\s*$"


@dataclass(frozen=True, slots=True)
class Places:
    """Places that have one prize each: from the first to the last, or a part of all who are ranked."""

    text: str
    first: int = 0
    last: int = 0
    top: Decimal | None = None


def read_places(text: str) -> Places:
    """Read the places of a prize: `1`, `2..5` or `top 10%`."""
    said = re.match(_PLACES, text)
    if said is None:
        raise fault(NOT_A_PLACE, text=text, why="")
    if said[3]:
        top = ratio_of(said[3])
        if not 0 < top <= 1:
            raise fault(NOT_A_PLACE, text=text, why=": the part is between 0% and 100%")
        return Places(text.strip(), top=top)
    first, last = int(said[1]), int(said[2] or said[1])
    if last < first:
        raise fault(NOT_A_PLACE, text=text, why=": the better place comes first")
    return Places(text.strip(), first, last)


PlacesField = Annotated[Places, reader(read_places, pattern=_PLACES, example="2..5")]


class ByMeasure(Shape):
    """A second measure that decides between those who are level."""

    model_config = ConfigDict(title="by")

    by: Word = Field(description="the measure whose higher figure decides; who is level there too shares", examples=["calls"])


class Contest(Together):
    """One line for each payee who is ranked in a window: the prize of the place, or none; semantics 6.3."""

    marker: ClassVar[str] = "contest"
    model_config = ConfigDict(title="contest")

    kind: Literal["contest"] = Field(description=KIND)
    on: Word = Field(description="the measure that they are ranked by", examples=["new-customers"])
    order: Literal["highest first", "lowest first"] = Field(description="whether the highest or the lowest figure wins")
    prizes: dict[PlacesField, Expr] = Field(
        min_length=1,
        description="the prize of each place, or of each of several: money, or a part of the target; places with none pay nothing",
        examples=["{1: 500 USD, 2..5: 100 USD}"],
    )
    ties: Literal["share", "each"] | ByMeasure = Field(
        description="who is level: share, they share what prizes their places have; each, all get the best; or a measure decides",
    )
    qualify: Expr | None = Field(
        default=None,
        description="what somebody must have reached to be ranked, a condition over measures",
        examples=["value('units') >= 100"],
    )

    @property
    def reads(self) -> frozenset[str]:
        """The measure that they are ranked by."""
        return frozenset({self.on})

    @property
    def tie_breaker(self) -> str | None:
        """The measure that decides between those who are level; None where they share or each get all."""
        return self.ties.by if isinstance(self.ties, ByMeasure) else None
