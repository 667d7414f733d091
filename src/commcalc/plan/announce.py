"""The announcement: what is said of a plan or a component to those whom it pays, and from when."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from commcalc.language.fields import DateField, OneOrMany, Word, YesNo
from commcalc.plan.shapes import Shape


class Announce(Shape):
    """What is said, where and from when: it travels with the plan and pays nothing; `dry-run` looks at its first day."""

    model_config = ConfigDict(title="announcement")

    headline: Word = Field(description="what it is, in a line", examples=["More for what is sold above quota"])
    text: Word | None = Field(default=None, description="what one must know besides")
    channels: OneOrMany[Word] = Field(default=(), description="where it is told", examples=["email"])
    from_: DateField | None = Field(default=None, alias="from", description="the day on which it is announced")
    remind: OneOrMany[DateField] = Field(default=(), description="the days on which it is told again")
    leaderboard: YesNo | None = Field(default=None, description="whether a ranking is shown to all")
