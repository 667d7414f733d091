"""References: measures, goals and columns that are named exist, and nothing needs itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.problems import CIRCLE, OTHER_CURRENCY, OVERLAPPING, SAME_NAME, UNKNOWN_GOAL, UNKNOWN_MEASURE
from commcalc.language.expression import calls
from commcalc.language.names import nearest
from commcalc.plan.load import LoadedPlan
from commcalc.plan.walk import places


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield references to nothing, circles, and names that are alike."""
    plan, tree = loaded.plan, loaded.tree
    if plan.currency != facts.currency:
        yield OTHER_CURRENCY.at(tree.span_of(("currency",)), plan=plan.currency, project=facts.currency)
    effective = plan.effective
    if effective.first and effective.last and effective.first > effective.last:
        yield OVERLAPPING.at(tree.span_of(("effective",)))
    for name, component in plan.components.items():
        on = getattr(component, "on", None)
        if on is not None and on not in plan.measures:
            near = nearest(on, plan.measures)
            mend = f"write `{near}`" if near else "the measures are " + ", ".join(plan.measures)
            yield UNKNOWN_MEASURE.at(
                tree.span_of(("components", name, "on")), name=on, near=f"; did you mean `{near}`?" if near else "", mend=mend
            )
        for number, goal in enumerate(component.goal):
            if plan.goals and goal not in plan.goals:
                near = nearest(goal, plan.goals)
                at = ("components", name, "goal") if len(component.goal) == 1 else ("components", name, "goal", number)
                mend = f"write `{near}`" if near else "the goals are " + ", ".join(plan.goals)
                yield UNKNOWN_GOAL.at(tree.span_of(at), name=goal, near=f"; did you mean `{near}`?" if near else "", mend=mend)
    for section in ("measures", "components", "goals", "tables"):
        yield from _alike(loaded, section, list(getattr(plan, section)))
    yield from _circles(loaded)


def _alike(loaded: LoadedPlan, section: str, names: list[str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name in names:
        folded = name.casefold().replace("_", "-")
        if folded in seen:
            place = loaded.tree.span_of((section, name), key=True)
            yield SAME_NAME.at(place, name=name, other=seen[folded]).with_also(
                loaded.tree.span_of((section, seen[folded]), key=True), "the other"
            )
        seen.setdefault(folded, name)


def _circles(loaded: LoadedPlan) -> Iterator[Problem]:
    """Formulas, quotas and tables that read each other in a circle."""
    reads: dict[str, set[str]] = {}
    for place in places(loaded.plan):
        node = place.expression.node
        if place.path[0] == "measures":
            owner = f"measure {place.path[1]}"
            reads.setdefault(owner, set()).update(f"measure {m}" for m in calls(node, "value", "quota", "attainment"))
        if place.path[0] in ("tables", "params", "columns"):
            owner = f"{str(place.path[0])[:-1]} {place.path[1]}"
            reads.setdefault(owner, set()).update(f"table {t}" for t in calls(node, "table"))
    for start in reads:
        path = _back_to(start, reads)
        if path and start == min(path):
            section, name = start.split(" ", 1)
            yield CIRCLE.at(loaded.tree.span_of((section + "s", name), key=True), path=" -> ".join([*path, start]))


def _back_to(start: str, reads: Mapping[str, set[str]]) -> list[str] | None:
    """Return a way from a name back to itself, or None."""
    todo = [[start]]
    seen: set[str] = set()
    while todo:
        path = todo.pop()
        for following in sorted(reads.get(path[-1], ())):
            if following == start:
                return path
            if following not in seen:
                seen.add(following)
                todo.append([*path, following])
    return None
