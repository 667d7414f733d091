"""Settlement: when what is earned is paid out, and what takes it back - releases and clawbacks (semantics 7, 9.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from commcalc.language.bind import by_marker
from commcalc.language.days import Length, span_of_time
from commcalc.language.fields import Duration, Word, reader
from commcalc.language.figures import ratio_of
from commcalc.plan.shapes import Shape, Value

END_OF = {"month end": "month", "quarter end": "quarter", "half end": "half", "year end": "year"}
"""The days on which a part may be released without an event, each with the window of the calendar that it ends."""


def _part(text: str) -> Decimal | str:
    return text if text == "rest" else ratio_of(text)


def _within(text: str) -> Length | str:
    return span_of_time(text) if text.strip()[:1].isdigit() else text


class Release(Shape):
    """A part of what is earned, and when it becomes payable."""

    model_config = ConfigDict(title="release")

    part: Annotated[Decimal | Literal["rest"], reader(_part, example="50%")] = Field(
        description="what part of each line: a ratio, or rest, what the others leave", examples=["50%", "rest"]
    )
    on: Word = Field(
        description="what it waits for: credit, the credit date; month end, quarter end, half end or year end, that of the credit"
        " date; or the name of an event of the deal",
        examples=["credit", "cash", "year end"],
    )
    after: Duration | None = Field(default=None, description="how long after that it is released", examples=["9 months"])
    over: Duration | None = Field(
        default=None, description="in equal instalments, one a day, month or year, the first on that day", examples=["3 months"]
    )
    latest: Duration | None = Field(
        default=None, description="how long after the credit date it is released at the latest", examples=["1 year"]
    )
    partial: Literal["in proportion", "when whole"] | None = Field(
        default=None,
        description="of events with an amount: in proportion to the amount of the sale, or once they come to all of it",
    )

    @property
    def event(self) -> str | None:
        """The event that it waits for; None where it waits for a day."""
        return None if self.on == "credit" or self.on in END_OF else self.on


Take = Annotated[Literal["all", "pro rata", "rerun"] | Value, Field(union_mode="left_to_right")]
TAKE = (
    "what is taken of what the deal earned: all; pro rata, for the time not served; rerun, as if it had never been sold;"
    " a ratio; or a table by months_served or days_served"
)
Within = Annotated[Length | str, reader(_within, example="90 days")]
WITHIN = "how long after the credit date, that day included: a span of time, or a date column of the deal"
Relief = Literal["original", "current", "none"]
RELIEF = "whether the measure is relieved of what is taken: in the deal's own window, in that of the event, or not"


class ClawbackOn(Shape):
    """What takes pay back when something happens to the deal."""

    model_config = ConfigDict(title="clawback on an event")

    on: Word = Field(description="the event that takes pay back", examples=["cancelled"])
    within: Within = Field(description=WITHIN, examples=["90 days", "12 months"])
    take: Take = Field(description=TAKE, examples=["all", "pro rata", "50%"])
    quota_relief: Relief | None = Field(default=None, description=RELIEF)

    @property
    def relief(self) -> Literal["original", "current"] | None:
        """In which window the measure is relieved; None where it is not."""
        if self.take == "rerun":
            return "original"
        return None if self.quota_relief == "none" else self.quota_relief


class ClawbackUnless(Shape):
    """What takes pay back when something has not happened to the deal in time."""

    model_config = ConfigDict(title="clawback without an event")

    unless: Word = Field(description="the event without which pay is taken back", examples=["cash"])
    within: Within = Field(description=WITHIN, examples=["60 days"])
    take: Take = Field(description=TAKE, examples=["all", "50%"])
    restore: Literal["when it comes", "never"] = Field(
        description="when it comes: a late event gives the pay back; never: it is lost"
    )
    quota_relief: Relief | None = Field(default=None, description=RELIEF)

    @property
    def relief(self) -> Literal["original", "current"] | None:
        """In which window the measure is relieved; None where it is not."""
        if self.take == "rerun":
            return "original"
        return None if self.quota_relief == "none" else self.quota_relief


Clawback = by_marker({"on": ClawbackOn, "unless": ClawbackUnless})
"""What takes pay back, told apart by whether an event does it or the lack of one."""
