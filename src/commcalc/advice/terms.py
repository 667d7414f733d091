"""Terms: how a SPIFF is announced and for how long it runs, and what a law may want to be written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from commcalc.advice.problems import LONG_SPIFF, TERMS, UNANNOUNCED
from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.language.days import Days
from commcalc.plan.components import Spiff
from commcalc.plan.load import LoadedPlan

A_QUARTER = 92
"""The most days that three months have."""


def spiffs(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield the SPIFFs that nothing announces or that last; what announces a program was looked at with programs."""
    del facts
    plan, tree = loaded.plan, loaded.tree
    for name, component in plan.components.items():
        if not isinstance(component, Spiff):
            continue
        place = tree.span_of(("components", name), key=True)
        if component.announce is None and plan.announce is None and not plan.of_all:
            yield UNANNOUNCED.at(place, component=name)
        days = component.dates or plan.effective
        first, last = days.first or date.min, days.last or date.max
        if (last - first).days >= A_QUARTER:
            at = tree.span_of(("components", name, "dates")) if component.dates is not None else place
            yield LONG_SPIFF.at(at, component=name, days=_shown(days))


def _shown(days: Days) -> str:
    if days.first is None or days.last is None:
        return "without an end" if days.first is not None else "without a beginning"
    return f"from {days.first} to {days.last}"


def legal(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield the terms that are not said where the law that governs the plan is."""
    del facts
    plan = loaded.plan
    said = plan.legal
    if said is None or said.law is None:
        return
    place = loaded.tree.span_of(("legal", "law"))
    wanted = [
        ("method", said.method, "by what method pay is worked out"),
        ("on_leaving", said.on_leaving or plan.payment.leaving, "what holds when somebody leaves"),
    ]
    if plan.payment.draw:
        wanted.append(("draw_reconciliation", said.draw_reconciliation, "how the draw is reconciled"))
    for key, value, what in wanted:
        if value is None:
            yield TERMS.at(place, law=said.law, what=what, key=key)
