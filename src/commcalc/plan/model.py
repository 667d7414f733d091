"""The plan: its header, what it counts, what it pays and how it is paid out."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from commcalc.language.fields import (
    BareName,
    CurrencyCode,
    DateField,
    DateRange,
    Expr,
    OneOrMany,
    PlainName,
    Word,
    YesNo,
)  # fmt: skip
from commcalc.plan.components import Component
from commcalc.plan.measures import Measure
from commcalc.plan.payment import Payment
from commcalc.plan.shapes import Shape, Value


class Goal(Shape):
    """A goal of the business and the behaviour that serves it."""

    title: Word
    behaviour: Word | None = None
    owner: Word | None = None


class Param(Shape):
    """A figure with a default, overridden by title, by payee, or in the assignment."""

    later: ClassVar[dict[str, str]] = {"rows": "a file of parameters"}

    default: Value
    title: dict[str, Expr] = Field(default_factory=dict)
    payee: dict[str, Expr] = Field(default_factory=dict)


class Announce(Shape):
    """What is said of a plan to those who are on it, and from when: it travels with the plan and pays nothing."""

    headline: Word
    text: Word | None = None
    channels: OneOrMany[Word] = ()
    from_: DateField | None = Field(default=None, alias="from", description="the day on which it is announced")
    remind: OneOrMany[DateField] = ()
    leaderboard: YesNo | None = None


class Plan(Shape):
    """A compensation plan; the language's reference is made from these fields."""

    later: ClassVar[dict[str, str]] = {
        "amends": "a version that takes over from another",
        "on_change": "a version change inside a window",
        "fx": "currency conversion",
        "extends": "a plan made from another",
        "caps": "caps across components",
    }

    plan: PlainName = Field(description="the plan's id; the file's name is the same")
    title: Word | None = None
    owner: Word | None = None
    status: Literal["draft", "approved", "active", "retired"] = "active"
    version: Word
    effective: DateRange
    legal: dict[str, Any] | None = None
    currency: CurrencyCode
    goals: dict[PlainName, Goal] = Field(default_factory=dict)
    params: dict[BareName, Param | Expr] = Field(default_factory=dict)
    columns: dict[BareName, Value] = Field(default_factory=dict)
    tables: dict[PlainName, Value] = Field(default_factory=dict)
    measures: dict[PlainName, Measure] = Field(min_length=1)
    components: dict[PlainName, Component] = Field(min_length=1)
    payment: Payment
    announce: Announce | None = None
