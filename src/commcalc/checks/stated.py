"""What must be stated: readings on which money depends, neither in the plan nor in the house's answers."""

from __future__ import annotations

from collections.abc import Iterator

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.problems import NOT_STATED
from commcalc.checks.tiers import measure_of
from commcalc.language.expression import calls, names_in
from commcalc.plan.components import Bonus, Commission, Spiff
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.load import LoadedPlan
from commcalc.plan.readings import reading
from commcalc.plan.tiers import Tiers
from commcalc.plan.walk import Path, component_places
from commcalc.plan.windows import ANNIVERSARY, OF_PROGRAM, rolling_of, tile_of

ROUNDING = (
    (
        "rounding",
        "0.125 is 0.13 half-up, 0.12 half-even or down",
        "`rounding: half-up`, here or under `readings:` of commcalc.yaml",
    ),
    ("round", "three credits of 0.125 are 0.39 rounded by line, 0.38 by component", "`round: line`, `deal` or `component`"),
)
LONG = {"week": 0, "semi-month": 0, "period": 0, "month": 1, "quarter": 2, "half": 3, "year": 4}
WINDOWS = {
    "deal": 0,
    "period": 0,
    "month": 1,
    "quarter": 2,
    "half": 3,
    "year": 4,
    "quota row": 9,
    "life": 9,
    OF_PROGRAM: 9,
    ANNIVERSARY: 9,
}


def goes_on(window: str, span: int) -> bool:
    """Tell whether a window has not ended when the span that it begins in is paid; a rolling one ends with its last part."""
    return WINDOWS[tile_of(window)] > span


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield a problem for each reading that decides money and is stated nowhere."""
    tree = loaded.tree
    for key, why, mend in ROUNDING:
        missing = [n for n, c in loaded.plan.components.items() if reading(key, c, facts.readings) is None]
        if missing:
            yield NOT_STATED.at(tree.span_of(("components", missing[0]), key=True), key=key, why=why, mend=mend)
    read = attained(loaded)
    span = max(LONG.get(loaded.plan.payment.every, 0), 1)
    for name, measure in loaded.plan.measures.items():
        if (
            name in read
            and measure.quota is not None
            and measure.against is None
            and goes_on(measure.window, span)
            and "against" not in facts.readings
        ):
            why = "half-way through a year a quota of 1,200 is 1,200 or 600"
            yield NOT_STATED.at(
                tree.span_of(("measures", name), key=True),
                key="against",
                why=why,
                mend="`against: full quota` or `quota to date`",
            )
    for name, component in loaded.plan.components.items():
        yield from _component(loaded, name, component, span)


def attained(loaded: LoadedPlan) -> set[str]:
    """Return the measures whose attainment or quota anything reads."""
    found: set[str] = set()
    for place in loaded.places:
        node = place.expression.node
        found |= calls(node, "attainment", "quota")
        if place.own and names_in(node) & {"attainment", "quota"}:
            found.add(place.own)
    for component in loaded.plan.components.values():
        if isinstance(component, Commission) and component.rate == "on-target":
            found.add(component.on)
    return found


def _component(loaded: LoadedPlan, name: str, component: ComponentBase, span: int) -> Iterator[Problem]:
    tree, plan = loaded.tree, loaded.plan
    path: Path = ("components", name)
    if len(component.multiply) > 1 and component.combine is None:
        why = "1.2x and 1.5x are 1.8x multiplied, 1.7x added"
        yield NOT_STATED.at(
            tree.span_of((*path, "multiply"), key=True), key="combine", why=why, mend="`combine: product` or `sum`"
        )
    for number, cap in enumerate(component.caps):
        if cap.excess is None:
            at: Path = (*path, "cap") if len(component.caps) == 1 else (*path, "cap", number)
            yield NOT_STATED.at(
                tree.span_of(at, key=True),
                key="excess",
                why="what is above the cap is lost, or paid later",
                mend="`excess: forfeit`",
            )
    on = getattr(component, "on", None)
    counted = plan.measures[on].aggregate if on in plan.measures else ""
    if isinstance(component, Spiff) and component.each == "unit" and component.basis is None and counted != "sum":
        why = "what one unit is, is not known"
        yield NOT_STATED.at(
            tree.span_of((*path, "each"), key=True), key="basis", why=why, mend="`basis: units`, or be on a sum of units"
        )
    open_ = on in plan.measures and goes_on(plan.measures[on].window, span)
    if isinstance(component, Bonus) and component.earned is None and open_:
        why = "before the window ends nothing is paid, or what stands so far"
        yield NOT_STATED.at(tree.span_of(path, key=True), key="earned", why=why, mend="`earned: at end`, `to date` or `ratchet`")
    for number, gate in enumerate(component.gate):
        if gate.until_known is None and open_:
            at = (*path, "gate") if len(component.gate) == 1 else (*path, "gate", number)
            why = "before the window ends it is paid, cut or held"
            yield NOT_STATED.at(
                tree.span_of(at, key=True), key="until_known", why=why, mend="`until_known: pay`, `to date` or `hold`"
            )
    if component.as_of is None and not component.per_payee:
        for place in component_places(name, component):
            if place.path[2] in ("rate", "accelerators", "multiply", "kickers", "pay") and "by" not in place.path[3:4]:
                yield from _as_of(loaded, path, place.path, calls(place.expression.node, "value", "quota", "attainment"), span)


def _as_of(loaded: LoadedPlan, path: Path, at: Path, read: frozenset[str], span: int) -> Iterator[Problem]:
    plan = loaded.plan
    rate = getattr(plan.components[str(path[1])], str(at[2]), None)
    if isinstance(rate, Tiers) and at[-1] == "by" and measure_of(rate.by, None):
        return
    for name in sorted(read):
        window = plan.measures[name].window if name in plan.measures else "deal"
        if goes_on(window, span) or rolling_of(window) is not None:
            why = f"`{name}` goes on to change after a credit's own period"
            yield NOT_STATED.at(loaded.tree.span_of(at), key="as_of", why=why, mend="`as_of: credit period` or `to date`")
            return
