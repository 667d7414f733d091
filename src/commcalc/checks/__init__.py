"""What needs the whole plan: one file a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from commcalc.base.problem import Report
from commcalc.language.expression import Type
from commcalc.plan.load import LoadedPlan


@dataclass(frozen=True, slots=True)
class Facts:
    """What checks want to know of the project around the plans."""

    columns: Mapping[str, Type] = field(default_factory=dict)
    payee_columns: Mapping[str, Type] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    currency: str = "USD"
    credit_date: str = "close_date"


def check_plans(plans: tuple[LoadedPlan, ...], facts: Facts) -> Report:
    """Return every problem of the plans."""
    del plans, facts
    return Report()
