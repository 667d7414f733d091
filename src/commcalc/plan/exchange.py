"""Exchange: by which rates a deal in another currency is credited, and a payee in another currency is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.language.days import Length, span_of_time
from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_SPAN
from commcalc.language.fields import reader
from commcalc.plan.shapes import Shape


def _age(text: str) -> Length:
    found = span_of_time(text)
    if found.unit == "period":
        raise fault(NOT_A_SPAN, text=text, example="7 days")
    return found


Age = Annotated[Length, reader(_age, example="7 days")]
RateKind = Literal["fixed", "period average", "on date"]
KINDS = "fixed: for a quarter, half or year; period average: of a period of the calendar; on date: of a day"


class Paying(Shape):
    """Which rates of the table `fx` a component's pay is converted at; docs/semantics.md 12."""

    later: ClassVar[dict[str, str]] = {"credit": "a rate of a component's own for its deals"}

    model_config = ConfigDict(title="exchange of a component")

    pay: RateKind | None = Field(
        default=None, description=f"the rate at which a payee in another currency is paid, as of the payment's last day; {KINDS}"
    )
    max_age: Age | None = Field(
        default=None,
        description="how old a rate of a day may be where that day has none; none is taken, where left out",
        examples=["7 days"],
    )


class Exchange(Paying):
    """Which rates of the table `fx` deals and pay are converted at; docs/semantics.md 12."""

    later: ClassVar[dict[str, str]] = {}

    model_config = ConfigDict(title="exchange")

    credit: RateKind | None = Field(
        default=None, description=f"the rate at which a deal in another currency is credited, as of its credit date; {KINDS}"
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rates that hold at one place: which for deals, which for pay, and how old a rate of a day may be."""

    credit: RateKind | None
    pay: RateKind | None
    max_age: Length | None


def exchange_of(house: Exchange | None, plan: Any, component: Any = None) -> Chosen:
    """Return the rates that hold: each key of the component, else of the plan, else of the project."""
    places = [getattr(component, "fx", None), getattr(plan, "fx", None), house]

    def said(key: str) -> Any:
        return next((v for p in places if (v := getattr(p, key, None)) is not None), None)

    return Chosen(said("credit"), said("pay"), said("max_age"))
