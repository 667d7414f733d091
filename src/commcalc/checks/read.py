"""Measures that are read: attainment wants a quota, and the window of one deal is nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.problems import DEAL_FLOOR, NO_QUOTA, NO_WINDOW, TOO_EARLY
from commcalc.language.expression import walk
from commcalc.language.expression.nodes import OWN, Call, Name, Node, Text
from commcalc.plan.load import LoadedPlan
from commcalc.plan.walk import Place


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield readings of measures that can give nothing, and floors that no window ends for."""
    del facts
    plan, tree = loaded.plan, loaded.tree
    reading = {p.path[1] for p in loaded.places if p.path[0] == "tables" and any(_read(n, p) for n in walk(p.expression.node))}
    for place in loaded.places:
        for node in walk(place.expression.node):
            name = _read(node, place)
            measure = plan.measures.get(name) if name else None
            by_table = _table(node) in reading
            at = tree.span_of(place.path, key=True) if place.key else tree.scalar_place(place.path, node.start, node.end)
            text = place.expression.text[node.start : node.end]
            if (by_table or measure is not None) and (told := _too_early(place)):
                yield TOO_EARLY.at(at, text=text, what=told[0], mend=told[1])
            if measure is None or name is None:
                continue
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


def _table(node: Node) -> str | None:
    """Return the named table that a part of an expression looks up."""
    first = node.args[0] if isinstance(node, Call) and node.function == "table" and node.args else None
    return first.value if isinstance(first, Text) else None


def _too_early(place: Place) -> tuple[str, str] | None:
    """Return why nothing is counted yet at a place, and what to write instead; None where measures can be read."""
    section, key = place.path[0], place.path[2] if len(place.path) > 2 else ""
    if section in ("columns", "params"):
        return f"a {section[:-1]} is worked out", "read it where it is used, as in a rate or a gate"
    if section == "measures" and key == "quota":
        return "a quota is set", "write an amount, a param or `own`"
    if section == "measures" and key != "formula":
        return "what counts is settled", "let a `formula` read other measures"
    if section == "components" and key in ("where", "eligible"):
        return "what is paid on is settled", "write a gate: `gate: {when: ..., else: 0%}`"
    return None


def _read(node: Node, place: Place) -> str | None:
    """Return the measure whose value, quota or attainment a part of an expression is."""
    if isinstance(node, Name) and node.id in OWN:
        return place.own
    if isinstance(node, Call) and node.function in OWN:
        first = node.args[0] if node.args else None
        return first.value if isinstance(first, Text) else place.own
    return None
