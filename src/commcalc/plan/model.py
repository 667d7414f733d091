"""The plan: its header, what it counts, what it pays and how it is paid out."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.fields import BareName, CurrencyCode, DateRange, Expr, PlainName, Word
from commcalc.plan.announce import Announce
from commcalc.plan.caps import JointCap
from commcalc.plan.components import Component
from commcalc.plan.exchange import Exchange
from commcalc.plan.measures import Measure
from commcalc.plan.payment import Payment
from commcalc.plan.shapes import Shape, Value


class Goal(Shape):
    """A goal of the business and the behaviour that serves it."""

    model_config = ConfigDict(title="goal")

    title: Word = Field(description="the goal in words", examples=["Grow share in the mid-market"])
    behaviour: Word | None = Field(
        default=None, description="what somebody does who serves this goal", examples=["multi-year contracts"]
    )
    owner: Word | None = Field(default=None, description="who answers for this goal")


class Legal(Shape):
    """What the law asks to be written down; it travels to the plan document and pays nothing."""

    model_config = ConfigDict(title="legal terms")

    law: Word | None = Field(default=None, description="which law governs the plan", examples=["California"])
    method: Word | None = Field(
        default=None, description="by what method pay is worked out, or where that is written", examples=["Sections 2 to 4"]
    )
    draw_reconciliation: Word | None = Field(
        default=None, description="how and when a draw is reconciled with what was earned", examples=["monthly, Section 5"]
    )
    on_leaving: Word | None = Field(
        default=None, description="what holds for what was earned before somebody leaves", examples=["Section 7"]
    )


class Param(Shape):
    """A figure with a default, overridden by title, by payee, or in the assignment."""

    later: ClassVar[dict[str, str]] = {"rows": "a file of parameters with dates"}

    model_config = ConfigDict(title="parameter")

    default: Value = Field(description="the figure for everybody who has none of their own", examples=["20"])
    title: dict[str, Expr] = Field(default_factory=dict, description="other figures by job title, as the payees table has it")
    payee: dict[str, Expr] = Field(default_factory=dict, description="other figures by payee; they win over the title's")


class Plan(Shape):
    """A compensation plan; the language's reference is made from these fields."""

    later: ClassVar[dict[str, str]] = {
        "amends": "a version that takes over from another",
        "on_change": "a version change inside a window",
    }

    model_config = ConfigDict(title="plan")
    of_all: ClassVar[bool] = False  # a program's, which everybody on any plan is on

    plan: PlainName = Field(description="the plan's id; the file's name is the same", examples=["ae-commercial"])
    extends: PlainName | None = Field(
        default=None,
        description="the plan that this one is made from: it says only what is different, and remove where a part is left out",
        examples=["ae-commercial"],
    )
    title: Word | None = Field(default=None, description="the plan's name as people read it", examples=["Account executive"])
    owner: Word | None = Field(default=None, description="who answers for the plan")
    status: Literal["draft", "approved", "active", "retired"] = Field(
        default="active", description="where the plan is in its life; only active plans are calculated"
    )
    version: Word = Field(description="the version of the plan, shown beside what it pays", examples=["2026.1"])
    effective: DateRange = Field(description="the days on which the plan holds, both ends in")
    legal: Legal | None = Field(default=None, description="what the law asks to be written down, for the plan document")
    currency: CurrencyCode = Field(description="the currency of all money in the plan")
    fx: Exchange | None = Field(
        default=None, description="at which rates deals in other currencies are credited, and payees in others paid"
    )
    goals: dict[PlainName, Goal] = Field(
        default_factory=dict, description="what the business wants of this plan; components name the goal that they serve"
    )
    params: dict[BareName, Param | Expr] = Field(
        default_factory=dict, description="figures with a name, which may differ by title or payee; rules use them by name"
    )
    columns: dict[BareName, Value] = Field(
        default_factory=dict,
        description="figures calculated for each deal, in this order; rules use them like columns of the deal",
    )
    tables: dict[PlainName, Value] = Field(
        default_factory=dict, description="look-ups and curves with a name, read by rules as table('name')"
    )
    measures: dict[PlainName, Measure] = Field(
        min_length=1, description="what is counted: whose deals, what of them, over which window"
    )
    components: dict[PlainName, Component] = Field(min_length=1, description="what is paid on it, each part by itself")
    caps: tuple[JointCap, ...] = Field(default=(), description="caps on what several components pay together")
    payment: Payment = Field(description="when the plan pays, on top of what, and what happens to a balance below zero")
    announce: Announce | None = Field(default=None, description="how the plan is announced to those who are on it")
