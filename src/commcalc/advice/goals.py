"""Goals: each is served by some pay, and each component serves one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commcalc.advice.problems import AIMLESS, UNSERVED
from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.programs import overlap
from commcalc.plan.load import LoadedPlan
from commcalc.plan.model import Plan


def components(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield the components that serve no goal, where the plan has some."""
    del facts
    plan = loaded.plan
    for name, component in plan.components.items():
        if plan.goals and not component.goal:
            place = loaded.tree.span_of(("components", name), key=True)
            yield AIMLESS.at(place, component=name, goals=", ".join(plan.goals), first=next(iter(plan.goals)))


def unserved(plans: Sequence[LoadedPlan]) -> Iterator[Problem]:
    """Yield the goals that no component, factor or program serves."""
    programs = [p.plan for p in plans if p.plan.of_all]
    for loaded in plans:
        served = _served(loaded.plan)
        for program in programs:
            served |= _served(program) if overlap(program.effective, loaded.plan.effective) else set()
        for goal in loaded.plan.goals:
            if goal not in served:
                yield UNSERVED.at(loaded.tree.span_of(("goals", goal), key=True), goal=goal)


def _served(plan: Plan) -> set[str]:
    named = {goal for component in plan.components.values() for goal in component.goal}
    return named | {factor.goal for component in plan.components.values() for factor in component.multiply if factor.goal}
