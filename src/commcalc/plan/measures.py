"""Measures: what is counted, whose, over which window, and against which quota."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.bind import by_marker
from commcalc.language.expression import Expression
from commcalc.language.fields import Expr, Ratio, Word
from commcalc.plan.shapes import Shape, Value
from commcalc.plan.whose import Credit, Whose, whose
from commcalc.plan.windows import WindowField

Aggregate = Literal["sum", "count", "distinct", "average", "min", "max", "kpi", "formula"]


class Rounding(Shape):
    """How attainment is rounded before it is used."""

    model_config = ConfigDict(title="rounding of attainment")

    to: Ratio = Field(description="the step that attainment is rounded to", examples=["0.1%"])
    how: Literal["half-up", "half-even", "down"] = Field(
        description="half-up: a half goes away from zero; half-even: to the even neighbour; down: what is over is dropped"
    )


class MeasureBase(Shape):
    """The keys of every measure."""

    later: ClassVar[dict[str, str]] = {
        "last": "the last value of a column",
        "rank": "a place in a group",
        "per": "a running total for each value of a column",
        "shift": "an earlier window",
    }
    aggregate: ClassVar[Aggregate]

    extends: Word | None = Field(
        default=None,
        description="the measure of this plan that this one is made from: it says only what is different, and has the same row in"
        " the quotas table",
        examples=["bookings"],
    )
    where: Expr | None = Field(
        default=None,
        description="which deals count, a condition on the deal; all of them, where it is left out",
        examples=["stage = 'Closed Won' and type = 'new'"],
    )
    window: WindowField = Field(
        description="the stretch of time it is counted over; deal: each deal by itself, quota row: from one quota to the next,"
        " year from payee.hired: from one anniversary to the day before the next, rolling 12 months: those and the current one",
        examples=["quarter", "rolling 12 months"],
    )
    date: Word | None = Field(
        default=None,
        description="the date column of the deal that decides when it counts; else the project's credit_date",
        examples=["paid_on"],
    )
    credit: Credit = Field(
        default="own",
        description="whose deals count: the payee's own, of the direct reports or all of them, of the team or the whole company;"
        " or of a role by splits or crediting rules, by a column that says who is above, or of all who share a value of a column",
        examples=["all reports"],
    )
    weight: Value | None = Field(
        default=None,
        description="how much of each deal counts towards the quota; what is paid on it stays whole",
        examples=["80%"],
    )
    quota: Annotated[
        Literal["own", "team", "plan", "sum of reports"] | Value | None,
        Field(union_mode="left_to_right"),
    ] = Field(
        default=None,
        description="the quota of one window: own, team or plan take it from the quotas table, sum of reports adds up those of"
        " the payees whose deals count; or an amount",
        examples=["own", "250_000"],
    )
    named: Word | None = Field(
        default=None, description="what the quotas table calls this measure, where it has another name there"
    )
    against: Literal["full quota", "quota to date"] | None = Field(
        default=None,
        description="what attainment is measured against inside a longer window: the whole window's quota, or what is due by now",
    )
    spread: Literal["evenly"] | list[Ratio] | None = Field(
        default=None,
        description="how a longer quota is divided among its periods: evenly, or by a list of ratios that add up to 100%",
        examples=["evenly"],
    )
    ramp: Value | None = Field(
        default=None,
        description="what part of the quota of each pay period counts, while a payee is new to the plan; all of it, where left out",
        examples=["{by: payee.months_on_plan, rows: {1: 25%, 2: 50%, 3: 75%, 4..: 100%}}"],
    )
    no_quota: Literal["refuse", "0%", "100%", "leave out"] = Field(
        default="refuse",
        description="what holds for a payee without a quota: refused with a message, an attainment of 0% or 100%, or left out",
    )
    round: Rounding | None = Field(default=None, description="how attainment is rounded before it is used; exact, where left out")

    @property
    def expression(self) -> Expression | None:
        """What is aggregated, per deal; None for a count of deals, a KPI or a formula."""
        return None

    @property
    def whose(self) -> Whose:
        """Whose deals count, the words resolved; None: the payee's own."""
        return whose(self.credit)


class SumMeasure(MeasureBase):
    """The sum of an expression over the credits."""

    model_config = ConfigDict(title="sum")
    aggregate: ClassVar[Aggregate] = "sum"
    sum: Expr = Field(description="what is added up, for each deal", examples=["amount"])

    @property
    def expression(self) -> Expression | None:
        """What is summed."""
        return self.sum


class CountMeasure(MeasureBase):
    """How many deals: a split counts its share, unless whole deals are counted."""

    model_config = ConfigDict(title="count")
    aggregate: ClassVar[Aggregate] = "count"
    count: Literal["deals", "whole deals"] = Field(
        description="deals: a shared deal counts by its share; whole deals: it counts as one for everybody in it"
    )


class DistinctMeasure(MeasureBase):
    """How many different values."""

    model_config = ConfigDict(title="distinct")
    aggregate: ClassVar[Aggregate] = "distinct"
    distinct: Expr = Field(description="what is told apart: each different value counts once", examples=["account"])

    @property
    def expression(self) -> Expression | None:
        """What is told apart."""
        return self.distinct


class AverageMeasure(MeasureBase):
    """The average of an expression, weighted where so said."""

    model_config = ConfigDict(title="average")
    aggregate: ClassVar[Aggregate] = "average"
    average: Expr = Field(description="what is averaged over the deals", examples=["term_months"])
    weighted_by: Expr | None = Field(
        default=None, description="how much each deal weighs in the average; all alike, where left out", examples=["amount"]
    )

    @property
    def expression(self) -> Expression | None:
        """What is averaged."""
        return self.average


class MinMeasure(MeasureBase):
    """The smallest value."""

    model_config = ConfigDict(title="min")
    aggregate: ClassVar[Aggregate] = "min"
    min: Expr = Field(description="the smallest of these over the deals", examples=["discount"])

    @property
    def expression(self) -> Expression | None:
        """What is compared."""
        return self.min


class MaxMeasure(MeasureBase):
    """The largest value."""

    model_config = ConfigDict(title="max")
    aggregate: ClassVar[Aggregate] = "max"
    max: Expr = Field(description="the largest of these over the deals", examples=["amount"])

    @property
    def expression(self) -> Expression | None:
        """What is compared."""
        return self.max


class KpiMeasure(MeasureBase):
    """A figure of the kpis table; of several rows their mean, by weight."""

    model_config = ConfigDict(title="kpi")
    aggregate: ClassVar[Aggregate] = "kpi"
    kpi: Word = Field(description="the name of the figure in the kpis table", examples=["csat"])


class FormulaMeasure(MeasureBase):
    """An expression over other measures."""

    model_config = ConfigDict(title="formula")
    aggregate: ClassVar[Aggregate] = "formula"
    formula: Expr = Field(
        description="a calculation with other measures of this plan", examples=["value('kept') / value('opening')"]
    )

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


def own_deals() -> CountMeasure:
    """Return what a component without a measure of its own looks at: the payee's own deals."""
    return CountMeasure.model_validate({"count": "deals", "window": "life"})
