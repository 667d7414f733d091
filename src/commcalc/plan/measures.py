"""Measures: what is counted, whose, over which window, and against which quota."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from commcalc.language.bind import by_marker
from commcalc.language.expression import Expression
from commcalc.language.fields import Expr, Ratio, Word
from commcalc.plan.shapes import Shape, Value

Window = Literal["deal", "period", "month", "quarter", "half", "year", "quota row", "life"]
Aggregate = Literal["sum", "count", "distinct", "average", "min", "max", "kpi", "formula"]


class RoleCredit(Shape):
    """Credit to the payees who hold a role in the splits of a deal."""

    role: Word


class Rounding(Shape):
    """How attainment is rounded before it is used."""

    to: Ratio
    how: Literal["half-up", "half-even", "down"]


class MeasureBase(Shape):
    """The keys of every measure."""

    later: ClassVar[dict[str, str]] = {
        "last": "the last value of a column",
        "rank": "a place in a group",
        "extends": "a measure made from another",
        "per": "a running total for each value of a column",
        "shift": "an earlier window",
        "ramp": "a quota that grows",
    }
    aggregate: ClassVar[Aggregate]

    where: Expr | None = Field(default=None, description="which deals count; all, where it is left out")
    window: Window = Field(description="the stretch of time it is counted over")
    date: Word | None = Field(default=None, description="the date column that credits it; else the project's credit_date")
    credit: Literal["own", "reports"] | RoleCredit = Field(default="own", description="whose deals")
    weight: Value | None = Field(default=None, description="quota credit per deal; the basis is not touched")
    quota: Annotated[
        Literal["own", "team", "plan"] | Value | None,
        Field(union_mode="left_to_right"),
    ] = Field(default=None, description="where the quota comes from, or its value for one window")
    named: Word | None = Field(default=None, description="the quotas table's `measure`, where it is not this name")
    against: Literal["full quota", "quota to date"] | None = None
    spread: Literal["evenly"] | list[Ratio] | None = None
    no_quota: Literal["refuse", "0%", "100%", "leave out"] = "refuse"
    round: Rounding | None = None

    @property
    def expression(self) -> Expression | None:
        """What is aggregated, per deal; None for a count of deals, a KPI or a formula."""
        return None


class SumMeasure(MeasureBase):
    """The sum of an expression over the credits."""

    aggregate: ClassVar[Aggregate] = "sum"
    sum: Expr

    @property
    def expression(self) -> Expression | None:
        """What is summed."""
        return self.sum


class CountMeasure(MeasureBase):
    """How many deals: a split counts its share, unless whole deals are counted."""

    aggregate: ClassVar[Aggregate] = "count"
    count: Literal["deals", "whole deals"]


class DistinctMeasure(MeasureBase):
    """How many different values."""

    aggregate: ClassVar[Aggregate] = "distinct"
    distinct: Expr

    @property
    def expression(self) -> Expression | None:
        """What is told apart."""
        return self.distinct


class AverageMeasure(MeasureBase):
    """The average of an expression, weighted where so said."""

    aggregate: ClassVar[Aggregate] = "average"
    average: Expr
    weighted_by: Expr | None = None

    @property
    def expression(self) -> Expression | None:
        """What is averaged."""
        return self.average


class MinMeasure(MeasureBase):
    """The smallest value."""

    aggregate: ClassVar[Aggregate] = "min"
    min: Expr

    @property
    def expression(self) -> Expression | None:
        """What is compared."""
        return self.min


class MaxMeasure(MeasureBase):
    """The largest value."""

    aggregate: ClassVar[Aggregate] = "max"
    max: Expr

    @property
    def expression(self) -> Expression | None:
        """What is compared."""
        return self.max


class KpiMeasure(MeasureBase):
    """A figure of the kpis table; of several rows their mean, by weight."""

    aggregate: ClassVar[Aggregate] = "kpi"
    kpi: Word


class FormulaMeasure(MeasureBase):
    """An expression over other measures."""

    aggregate: ClassVar[Aggregate] = "formula"
    formula: Expr

    @property
    def expression(self) -> Expression | None:
        """The formula."""
        return self.formula


Measure = by_marker(
    {
        "sum": SumMeasure,
        "count": CountMeasure,
        "distinct": DistinctMeasure,
        "average": AverageMeasure,
        "min": MinMeasure,
        "max": MaxMeasure,
        "kpi": KpiMeasure,
        "formula": FormulaMeasure,
    }
)
"""Any measure, told apart by its aggregate key."""
