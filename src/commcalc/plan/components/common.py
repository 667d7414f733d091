"""What every component may say: who is eligible, gates, multipliers, caps, floors, and its readings."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from commcalc.language.fields import DateRange, Expr, OneOrMany, Word
from commcalc.plan.announce import Announce
from commcalc.plan.components.settlement import Clawback, Release
from commcalc.plan.exchange import Paying
from commcalc.plan.shapes import Shape, Value
from commcalc.plan.targets import PartOf, part_of_text

Target = Annotated[PartOf | Expr, Field(union_mode="left_to_right"), BeforeValidator(part_of_text, json_schema_input_type=Expr)]
"""`80% of variable`, `200% of target`, or an amount for one window."""

KIND = (
    "what sort of pay it is: commission on deals, a bonus for a result, a spiff for a while, a contest for places,"
    " or a pool that is shared"
)


class Kicker(Shape):
    """Something added to the rate when a condition holds."""

    model_config = ConfigDict(title="kicker")

    add: Value = Field(description="what is added to the rate", examples=["2%"])
    when: Expr | None = Field(
        default=None, description="when it is added; always, where left out", examples=["term_months >= 24"]
    )


class Multiplier(Shape):
    """A factor on the line when a condition holds."""

    model_config = ConfigDict(title="multiplier")

    factor: Value = Field(description="what the line is multiplied by", examples=["1.1x"])
    when: Expr | None = Field(default=None, description="when it is; always, where left out", examples=["term_months >= 24"])
    goal: Word | None = Field(default=None, description="the goal that this multiplier serves")


class Gate(Shape):
    """A condition over measures; while it does not hold only a fraction is paid."""

    model_config = ConfigDict(title="gate")

    when: Expr = Field(description="the condition for full pay", examples=["attainment('bookings') >= 40%"])
    otherwise: Expr = Field(
        alias="else", description="the fraction that is paid while the condition does not hold", examples=["0%"]
    )
    until_known: Literal["pay", "to date", "hold"] | None = Field(
        default=None,
        description="before the window of the condition has ended: pay as if it held, pay by how it stands, or hold the money",
    )


class Limit(Shape):
    """A cap or a floor: how much, per what, and what becomes of the excess."""

    later: ClassVar[dict[str, str]] = {"until": "the end of a carried excess", "when": "a cap that lifts"}

    model_config = ConfigDict(title="limit")

    at: Target = Field(description="the limit: an amount, or a part of the target", examples=["1_500 USD", "200% of target"])
    per: Literal["deal", "period", "month", "quarter", "half", "year", "window"] = Field(
        default="window", description="what the limit is for: each deal, or each stretch of time; window: that of the measure"
    )
    excess: Literal["forfeit"] | None = Field(default=None, description="what becomes of pay above a cap: forfeit, it is lost")


class Prorate(Shape):
    """What is reduced for days not taken part in, each by its own switch."""

    model_config = ConfigDict(title="proration")

    quota: Literal["days", "none"] = Field(default="none", description="the quota, by the days taken part in")
    target: Literal["days", "none"] = Field(default="none", description="the target pay, by the days taken part in")
    bonus: Literal["days", "none"] = Field(default="none", description="a bonus in money, by the days taken part in")
    cap: Literal["days", "none"] = Field(default="none", description="caps in money, by the days taken part in")
    base: Literal["days", "none"] = Field(default="none", description="base pay, by the days taken part in")


class ComponentBase(Shape):
    """The keys of all kinds of component."""

    later: ClassVar[dict[str, str]] = {
        "remeasure": "a quantity measured again",
        "after_close": "what payees share once a period is closed",
    }

    kind: str = Field(description=KIND)
    extends: Word | None = Field(
        default=None,
        description="the component of this plan that this one is made from: it says only what is different",
        examples=["new-business"],
    )
    title: Word | None = Field(default=None, description="its name on the statement", examples=["New business"])
    goal: OneOrMany[Word] = Field(default=(), description="the goal, or list of goals, of this plan that it serves")
    source: Word | None = Field(
        default=None, description="the clause of the plan document that it comes from", examples=["Clause 4.2"]
    )
    dates: DateRange | None = Field(default=None, description="deals credited outside these days do not count")
    eligible: Expr | None = Field(
        default=None,
        description="which payees it is for, as they are on the credit date; all on the plan, where left out",
        examples=["payee.region = 'EMEA'"],
    )
    where: Expr | None = Field(
        default=None,
        description="which of the measure's deals are paid; the measure still counts all of them",
        examples=["product = 'Orbit'"],
    )
    target: Target | None = Field(
        default=None,
        description="what it pays at 100%: a part of the payee's variable pay, or an amount for one window",
        examples=["80% of variable", "2_000 USD"],
    )
    kickers: OneOrMany[Kicker] = Field(default=(), description="what is added to the rate under a condition; one, or a list")
    multiply: OneOrMany[Multiplier] = Field(default=(), description="factors on the line under a condition; one, or a list")
    combine: Literal["product", "sum"] | None = Field(
        default=None, description="how several factors meet: product: one after the other; sum: what they add is added up first"
    )
    as_of: Literal["credit period", "to date"] | None = Field(
        default=None,
        description="the moment at which a longer window is read: each deal keeps what held in its own period, or all are rated anew",
    )
    floor: Annotated[Literal["none"] | OneOrMany[Limit], Field(union_mode="left_to_right")] = Field(
        default=(), description="the least that is paid; none, one, or a list"
    )
    cap: Annotated[Literal["none"] | OneOrMany[Limit], Field(union_mode="left_to_right")] = Field(
        default=(), description="the most that is paid; none, one, or a list"
    )
    gate: OneOrMany[Gate] = Field(default=(), description="a condition without which only a fraction is paid; one, or a list")
    prorate: Prorate | None = Field(
        default=None, description="what is reduced for somebody who takes part for part of a window; else as under payment"
    )
    returns: Literal["unwind"] | None = Field(
        default=None, description="how a returned sale is taken back: unwind: as if it had never been sold, tiers too"
    )
    release: OneOrMany[Release] = Field(
        default=(), description="when what is earned becomes payable: one part, or a list; all of it at once, where left out"
    )
    clawback: OneOrMany[Clawback] = Field(
        default=(), description="what takes pay back when something happens to a deal, or does not happen in time; one, or a list"
    )
    fx: Paying | None = Field(
        default=None, description="at which rate it is paid to a payee in another currency; else as the plan says"
    )
    rounding: Literal["half-up", "half-even", "down"] | None = Field(
        default=None, description="how pay is rounded to the cent; else as the project's readings say"
    )
    round: Literal["line", "deal", "component"] | None = Field(
        default=None, description="what is rounded once: each line, each deal, or the whole; else as the project's readings say"
    )
    remainder: Literal["largest", "first", "last", "drop"] | None = Field(
        default=None, description="who takes the cents left when something is shared; else as the project's readings say"
    )
    split: Literal["credit", "pay"] | None = Field(
        default=None,
        description="a shared deal: credit: each payee earns on their part; pay: it is earned whole, then the pay is shared",
    )
    announce: Announce | None = Field(default=None, description="how it is announced to those who may earn it")

    @property
    def per_payee(self) -> bool:
        """Whether it is paid to each payee in a window, for what was reached, rather than on deals."""
        return False

    @property
    def runs_over(self) -> str | None:
        """The measure in whose windows it is worked out, where it names one."""
        return getattr(self, "on", None)

    @property
    def shared_by_all(self) -> bool:
        """Whether what one payee is paid depends on what the others have."""
        return False

    @property
    def caps(self) -> tuple[Limit, ...]:
        """The caps, in the order written."""
        return () if self.cap == "none" else tuple(self.cap)

    @property
    def floors(self) -> tuple[Limit, ...]:
        """The floors, in the order written."""
        return () if self.floor == "none" else tuple(self.floor)
