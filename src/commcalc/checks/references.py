"""References: measures, goals and columns that are named exist, and nothing needs itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.problems import (
    CIRCLE,
    FURTHER_DOWN,
    NOT_A_DATE,
    OTHER_CURRENCY,
    SAME_NAME,
    UNKNOWN_GOAL,
    UNKNOWN_MEASURE,
)
from commcalc.language.expression import Type, free_of, walk
from commcalc.language.expression.nodes import Name
from commcalc.language.names import nearest
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.load import LoadedPlan
from commcalc.plan.walk import Path


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield references to nothing, circles, and names that are alike."""
    plan, tree = loaded.plan, loaded.tree
    if plan.currency != facts.currency:
        yield OTHER_CURRENCY.at(tree.span_of(("currency",)), plan=plan.currency, project=facts.currency)
    for name, component in plan.components.items():
        on = getattr(component, "on", None)
        if on is not None:
            yield from unknown_measure(loaded, ("components", name, "on"), on)
        for at, goal in _goals(name, component):
            if plan.goals and goal not in plan.goals:
                near = nearest(goal, plan.goals)
                mend = f"write `{near}`" if near else "the goals are " + ", ".join(plan.goals)
                yield UNKNOWN_GOAL.at(tree.span_of(at), name=goal, near=f"; did you mean `{near}`?" if near else "", mend=mend)
    for section in ("measures", "components", "goals", "tables"):
        yield from _alike(loaded, [(section, name) for name in getattr(plan, section)], {})
    deals = {_folded(name): name for name in facts.columns}
    yield from _alike(loaded, [*(("params", n) for n in plan.params), *(("columns", n) for n in plan.columns)], deals)
    yield from _dates(loaded, facts)
    reads = _reads(loaded)
    yield from _circles(loaded, reads)
    yield from _further_down(loaded, reads)


def unknown_measure(loaded: LoadedPlan, at: Path, name: str) -> Iterator[Problem]:
    """Yield that a measure which is named at a place is not one of the plan."""
    measures = loaded.plan.measures
    if name not in measures:
        near = nearest(name, measures)
        mend = f"write `{near}`" if near else "the measures are " + ", ".join(measures)
        place = loaded.tree.span_of(at)
        yield UNKNOWN_MEASURE.at(place, name=name, near=f"; did you mean `{near}`?" if near else "", mend=mend)


def _goals(name: str, component: ComponentBase) -> Iterator[tuple[Path, str]]:
    """Yield the goals that a component and its factors name, each with its place."""
    for number, goal in enumerate(component.goal):
        yield ("components", name, "goal", *((number,) if len(component.goal) > 1 else ())), goal
    for number, factor in enumerate(component.multiply):
        if factor.goal is not None:
            yield ("components", name, "multiply", *((number,) if len(component.multiply) > 1 else ()), "goal"), factor.goal


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-")


def _alike(loaded: LoadedPlan, names: list[tuple[str, str]], taken: Mapping[str, str]) -> Iterator[Problem]:
    """Names that differ by case, - or _ alone; that params and columns are equal is told elsewhere."""
    seen: dict[str, tuple[str, str]] = {}
    for section, name in names:
        folded = _folded(name)
        other = seen.get(folded)
        place = loaded.tree.span_of((section, name), key=True)
        if other is not None and other[1] != name:
            problem = SAME_NAME.at(place, name=name, other=other[1])
            yield problem.with_also(loaded.tree.span_of(other, key=True), "the other")
        elif taken.get(folded, name) != name:
            yield SAME_NAME.at(place, name=name, other=taken[folded])
        seen.setdefault(folded, (section, name))


def _dates(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """A measure is credited by a date column of the deals."""
    dates = [name for name, kind in facts.columns.items() if kind is Type.DATE]
    for name, measure in loaded.plan.measures.items():
        if measure.date is None or measure.date in dates:
            continue
        near = nearest(measure.date, dates)
        kind = facts.columns.get(measure.date)
        what = f"`{measure.date}` is {kind}" if kind is not None else f"`{measure.date}` is not a column of the deals"
        mend = (
            f"write `{near}`" if near else f"the dates are {', '.join(dates)}; another one states its type: `types: {{x: date}}`"
        )
        yield NOT_A_DATE.at(loaded.tree.span_of(("measures", name, "date")), what=what, mend=mend)


def _reads(loaded: LoadedPlan) -> dict[str, set[str]]:
    """Return what each measure, param, column, table and component reads of the others, each as `measure x`."""
    plan = loaded.plan
    reads: dict[str, set[str]] = {}
    for cap in plan.caps:  # what those listed before it have earned decides what is left
        for number, name in enumerate(cap.over):
            reads.setdefault(f"component {name}", set()).update(
                f"component {c}" for c in cap.over[:number] if name in plan.components
            )
    for place in loaded.places:
        section = str(place.path[0])
        if section == "components":
            earned = free_of(place.expression.node).components & frozenset(plan.components)
            reads.setdefault(f"component {place.component}", set()).update(f"component {c}" for c in earned)
        if section not in ("measures", "params", "columns", "tables"):
            continue
        found = free_of(place.expression.node)
        into = reads.setdefault(f"{section[:-1]} {place.path[1]}", set())
        into |= {f"measure {m}" for m in found.measures} | {f"table {t}" for t in found.tables}
        into |= {f"param {n}" for n in found.names if n in plan.params}
        into |= {f"column {n}" for n in found.names if n in plan.columns and n not in plan.params}
    return reads


def _circles(loaded: LoadedPlan, reads: Mapping[str, set[str]]) -> Iterator[Problem]:
    """What reads itself, by way of others or at once; each circle is told once."""
    for start in reads:
        path = _back_to(start, reads)
        if path and start == min(path):
            section, name = start.split(" ", 1)
            yield CIRCLE.at(loaded.tree.span_of((section + "s", name), key=True), path=" -> ".join([*path, start]))


def _further_down(loaded: LoadedPlan, reads: Mapping[str, set[str]]) -> Iterator[Problem]:
    """A column of the plan reads those above it; that a circle of them cannot be in order goes without saying."""
    order = list(loaded.plan.columns)
    for place in loaded.places:
        if place.path[0] != "columns":
            continue
        mine = str(place.path[1])
        for node in walk(place.expression.node):
            if not isinstance(node, Name) or node.id not in order[order.index(mine) :] or node.id in loaded.plan.params:
                continue
            if _back_to(f"column {mine}", reads) is None and _back_to(f"column {node.id}", reads) is None:
                at = loaded.tree.scalar_place(place.path, node.start, node.end)
                yield FURTHER_DOWN.at(at, name=node.id, mine=mine)


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
