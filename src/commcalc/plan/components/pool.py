"""Pool: an amount that is worked out for a group and shared out among its members."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.expression import calls
from commcalc.language.fields import Expr
from commcalc.plan.components.common import KIND
from commcalc.plan.components.groups import Together
from commcalc.plan.shapes import Value, expressions_of


class Pool(Together):
    """One line for each member and window: a share of the group's fund; semantics 6.4."""

    marker: ClassVar[str] = "pool"
    model_config = ConfigDict(title="pool")

    kind: Literal["pool"] = Field(description=KIND)
    fund: Value = Field(
        description="the money of a group for one window; it must come out alike for all its members",
        examples=["1.5% * value('team-sales')"],
    )
    shared_by: Literal["equal"] | Expr = Field(
        union_mode="left_to_right",
        description="by what it is shared: equal, or a figure of each member: a measure, hours, a weight; below zero counts as none",
        examples=["value('hours')"],
    )

    @property
    def reads(self) -> frozenset[str]:
        """The measures that the fund and the shares read."""
        said = (*expressions_of(self.fund), *expressions_of(self.shared_by))
        return frozenset(n for e in said for n in calls(e.node, "value", "quota", "attainment"))
