"""What needs the whole plan: one file a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from commcalc.base.problem import Problem, Report
from commcalc.checks import (
    bands,
    earned,
    expressions,
    instead,
    joint,
    measures,
    pay_types,
    programs,
    rates,
    read,
    references,
    settlement,
    sharing,
    spiffs,
    stated,
    tables,
    tiers,
)
from commcalc.checks.facts import Facts
from commcalc.plan.load import LoadedPlan

Check = Callable[[LoadedPlan, Facts], Iterable[Problem]]
CHECKS: tuple[Check, ...] = (
    references.check,
    expressions.check,
    measures.check,
    tiers.check,
    bands.check,
    read.check,
    earned.check,
    joint.check,
    tables.check,
    rates.check,
    pay_types.check,
    spiffs.check,
    sharing.check,
    settlement.check,
    instead.check,
    stated.check,
    programs.check,
)
"""Every check, in the order in which a reader would want to know."""


def check_plans(plans: tuple[LoadedPlan, ...], facts: Facts) -> Report:
    """Return every problem of the plans."""
    report = Report()
    for loaded in plans:
        for check in CHECKS:
            report.extend(check(loaded, facts))
    report.extend(programs.check_goals(plans))
    return report


__all__ = ["CHECKS", "Facts", "check_plans"]
