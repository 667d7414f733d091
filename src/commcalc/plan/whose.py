"""Whose deals count in a measure: the payee's own, those of a role, of everybody below, or of a group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.bind import by_marker
from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_NUMBER
from commcalc.language.fields import OneOrMany, Word, reader
from commcalc.plan.shapes import Shape

MANAGER = "manager"
"""The column of the payees table that the words `reports` and `all reports` go by, and the role of what is credited so."""


@dataclass(frozen=True, slots=True)
class Levels:
    """How far up a deal is credited: 1 is the owner's own manager; without an end as far as the hierarchy goes."""

    least: int
    most: int | None

    @property
    def text(self) -> str:
        """The levels in words."""
        if self.most is None:
            return "at all levels" if self.least == 1 else f"from level {self.least} on"
        return f"at level {self.least}" if self.most == self.least else f"at levels {self.least} to {self.most}"

    def hold(self, level: int) -> bool:
        """Tell whether a level is among them."""
        return self.least <= level and (self.most is None or level <= self.most)


def read_levels(text: str) -> Levels:
    """Read levels: `1`, `1..3`, `2..` or `..3`."""
    found = re.fullmatch(r"([0-9]{1,4})?\s*(\.\.)?\s*([0-9]{1,4})?", text.strip())
    if found is not None and (found[1] or found[3]) and (found[2] or not found[3]):
        least = int(found[1] or 1)
        most = (int(found[3]) if found[3] else None) if found[2] else least
        if least >= 1 and (most is None or most >= least):
            return Levels(least, most)
    why = ": 1 is the owner's own manager, and the lower level comes first"
    raise fault(NOT_A_NUMBER, text=text, wanted="levels", why=why, example="1, 1..3 or 1..")


LevelsField = Annotated[Levels, reader(read_levels, example="1..3")]


class RoleCredit(Shape):
    """Credit to the payees who hold a role in the splits of a deal."""

    later: ClassVar[dict[str, str]] = {
        "columns": "credit by columns of the deal; a rule under `crediting` can give their payees a role, which `role:` counts"
    }

    model_config = ConfigDict(title="role")

    role: Word = Field(description="the role in the splits table whose holders are credited", examples=["SE"])


class ReportsCredit(Shape):
    """Credit to those whom a column of the payees table names above the owner: manager, overlay, upline."""

    model_config = ConfigDict(title="rollup")

    reports_by: Word = Field(
        description="the column of the payees table that holds who is above: manager, or another of type payee",
        examples=["upline"],
    )
    levels: LevelsField = Field(
        default=Levels(1, 1),
        description="how many levels up: 1, 1..3, or 1.. for all; the direct ones, where left out",
        examples=["1..3"],
    )
    own: Literal["in"] | None = Field(
        default=None, description="in: the payee's own deals count too, at level 0; they do not, where left out"
    )
    roles: OneOrMany[Word] = Field(
        default=(),
        description="roles in the splits that count beside the owners': what of the deal the owners' shares leave",
        examples=["SE"],
    )


class SameCredit(Shape):
    """Credit to everybody with the same value of a column of the payees table."""

    model_config = ConfigDict(title="same")

    same: Word = Field(description="the column of the payees table whose value they share", examples=["region"])


WORDS: dict[str, ReportsCredit | SameCredit] = {
    "reports": ReportsCredit(reports_by=MANAGER),
    "all reports": ReportsCredit(reports_by=MANAGER, levels=Levels(1, None)),
    "team": SameCredit(same="team"),
}
"""What the words for a rollup or a group stand for."""
CreditWord = Literal["own", "reports", "all reports", "team", "company"]
Credit = by_marker({"role": RoleCredit, "reports_by": ReportsCredit, "same": SameCredit}, scalar=CreditWord)
"""Whose deals count: a word, or one of the shapes, told apart by its marker key."""

Among = by_marker({"same": SameCredit}, scalar=Literal["all eligible", "plan", "team"])
"""Who races or shares with whom: a word, or `{same: column}`."""


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody's deals."""


Whose = RoleCredit | ReportsCredit | SameCredit | Company | None
"""Whose deals count, the words resolved; None: the payee's own."""


def whose(credit: object) -> Whose:
    """Return what a measure's `credit` stands for."""
    if isinstance(credit, str):
        return Company() if credit == "company" else WORDS.get(credit)
    assert isinstance(credit, RoleCredit | ReportsCredit | SameCredit), credit
    return credit


def of_others(credit: object) -> bool:
    """Tell whether payees are credited for what others hold: a rollup or a group, which is no deal's pay to share."""
    return whose(credit) is not None and not isinstance(whose(credit), RoleCredit)
