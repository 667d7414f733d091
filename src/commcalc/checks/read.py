"""Measures that are read: attainment wants a quota, and the window of one deal is nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.problems import DEAL_FLOOR, NO_QUOTA, NO_WINDOW
from commcalc.language.expression import walk
from commcalc.language.expression.nodes import OWN, Call, Name, Node, Text
from commcalc.plan.load import LoadedPlan
from commcalc.plan.walk import Place


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield readings of measures that can give nothing, and floors that no window ends for."""
    del facts
    plan, tree = loaded.plan, loaded.tree
    for place in loaded.places:
        for node in walk(place.expression.node):
            name = _read(node, place)
            measure = plan.measures.get(name) if name else None
            if measure is None or name is None:
                continue
            at = tree.span_of(place.path, key=True) if place.key else tree.scalar_place(place.path, node.start, node.end)
            text = place.expression.text[node.start : node.end]
            if measure.quota is None and text.startswith(("attainment", "quota")):
                yield NO_QUOTA.at(at, text=text, name=name)
            if measure.window == "deal" and name != place.own:
                yield NO_WINDOW.at(at, text=text, name=name)
    for name, component in plan.components.items():
        on = getattr(component, "on", None)
        for number, floor in enumerate(component.floors):
            if on in plan.measures and plan.measures[on].window == "deal" and floor.per == "window":
                path = ("components", name, "floor") if len(component.floors) == 1 else ("components", name, "floor", number)
                yield DEAL_FLOOR.at(tree.span_of(path, key=True), per=floor.per, name=on)


def _read(node: Node, place: Place) -> str | None:
    """Return the measure whose value, quota or attainment a part of an expression is."""
    if isinstance(node, Name) and node.id in OWN:
        return place.own
    if isinstance(node, Call) and node.function in OWN:
        first = node.args[0] if node.args else None
        return first.value if isinstance(first, Text) else place.own
    return None
