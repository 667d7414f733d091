"""Programs: what they say fits the plans whose payees they are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.program_problems import GOAL_OF_NO_PLAN, NO_VARIABLE, NOT_ANNOUNCED
from commcalc.language.days import Days
from commcalc.language.expression import walk
from commcalc.language.expression.nodes import Member
from commcalc.plan.load import LoadedPlan
from commcalc.plan.targets import PartOf
from commcalc.plan.walk import Path

OF_A_PLAN = ("ote", "base", "variable")


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what a program takes from a plan of its payees, which differs from payee to payee."""
    del facts
    plan, tree = loaded.plan, loaded.tree
    if not plan.of_all:
        return
    if plan.announce is None:
        yield NOT_ANNOUNCED.at(tree.span_of(("plan",)))
    for place in loaded.places:
        for node in walk(place.expression.node):
            if isinstance(node, Member) and node.id in OF_A_PLAN:
                yield NO_VARIABLE.at(tree.scalar_place(place.path, node.start, node.end), text=f"payee.{node.id}")
    for name, component in plan.components.items():
        path: Path = ("components", name)
        if isinstance(component.target, PartOf):
            yield NO_VARIABLE.at(tree.span_of((*path, "target")), text=component.target.text)
        for key, limits in (("cap", component.caps), ("floor", component.floors)):
            for number, limit in enumerate(limits):
                if isinstance(limit.at, PartOf) and limit.at.of == "variable":
                    at = (*path, key, "at") if len(limits) == 1 else (*path, key, number, "at")
                    yield NO_VARIABLE.at(tree.span_of(at), text=limit.at.text)


def check_goals(plans: Sequence[LoadedPlan]) -> Iterator[Problem]:
    """Yield the goals of programs that plans in force in their dates do not have."""
    active = [p for p in plans if p.plan.status == "active" and not p.plan.of_all]
    for program in (p for p in plans if p.plan.of_all):
        for name, component in program.plan.components.items():
            for number, goal in enumerate(component.goal):
                without = [p for p in active if goal not in p.plan.goals and overlap(p.plan.effective, program.plan.effective)]
                if without:
                    at: Path = ("components", name, "goal")
                    place = program.tree.span_of(at if len(component.goal) == 1 else (*at, number))
                    named = ", ".join(f"`{p.plan.plan}`" for p in without)
                    yield GOAL_OF_NO_PLAN.at(place, goal=goal, plans=named)


def overlap(one: Days, other: Days) -> bool:
    """Tell whether two stretches of days have a day in common."""
    first = max(one.first or date.min, other.first or date.min)
    return first <= min(one.last or date.max, other.last or date.max)
