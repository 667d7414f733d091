"""Advice: what a plan that is right may still not mean, by reasoning on what it says and never by trying it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from commcalc.advice import curves, goals, ladders, reach, terms
from commcalc.base.problem import Problem, Report
from commcalc.checks.facts import Facts
from commcalc.plan.load import LoadedPlan

Advice = Callable[[LoadedPlan, Facts], Iterable[Problem]]
EACH: tuple[Advice, ...] = (goals.components, reach.advise, ladders.advise, curves.advise, terms.spiffs, terms.legal)
"""What is looked at in each plan by itself, in the order in which a reader would want to know."""


def advise(plans: tuple[LoadedPlan, ...], facts: Facts) -> Report:
    """Return all advice on plans that have no errors."""
    report = Report()
    for loaded in plans:
        for look in EACH:
            report.extend(look(loaded, facts))
    report.extend(goals.unserved(plans))
    return report


__all__ = ["advise"]
