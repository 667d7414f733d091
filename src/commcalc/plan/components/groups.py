"""Groups: who shares or races with whom - all who are eligible, a team, or everybody with the same value of a column."""

from __future__ import annotations

from typing import Literal

from commcalc.language.bind import by_marker
from commcalc.plan.whose import SameCredit

Among = by_marker({"same": SameCredit}, scalar=Literal["all eligible", "plan", "team"])
"""Among whom: a word, or `{same: column}`."""


def column_of(among: object) -> str | None:
    """Return the column of the payees whose value makes a group; None where all are one."""
    if isinstance(among, SameCredit):
        return among.same
    return "team" if among == "team" else None
