"""Groups: who shares or races with whom - all who are eligible, a team, or everybody with the same value of a column."""

from __future__ import annotations

from pydantic import Field

from commcalc.plan.components.common import ComponentBase
from commcalc.plan.whose import Among, SameCredit


class Together(ComponentBase):
    """What payees race for or share: worked out for all of a group at once, when a window is over; semantics 6.3, 6.4."""

    among: Among = Field(
        description="who races or shares: all eligible, everybody on the plan, a team, or all with the same value of a column of"
        " the payees",
        examples=["team"],
    )

    @property
    def per_payee(self) -> bool:
        """It is paid to payees, not on deals."""
        return True

    @property
    def shared_by_all(self) -> bool:
        """What one is paid depends on what the others have."""
        return True

    @property
    def group_column(self) -> str | None:
        """The column of the payees whose value makes a group; None where all are one."""
        said: object = self.among
        if isinstance(said, SameCredit):
            return said.same
        return "team" if said == "team" else None

    @property
    def reads(self) -> frozenset[str]:
        """The measures whose window it is worked out over; they have one."""
        return frozenset()

    @property
    def runs_over(self) -> str | None:
        """The first of these by name; None where it reads none."""
        return min(self.reads, default=None)
