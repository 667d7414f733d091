"""SPIFFs in the place of components: whole deals of the same credit, and nothing that is itself in the place of others."""

from __future__ import annotations

from collections.abc import Iterator

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.spiff_problems import SPIFF_INSTEAD
from commcalc.language.names import nearest
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.components.spiff import InsteadOf, Spiff
from commcalc.plan.load import LoadedPlan
from commcalc.plan.model import Plan
from commcalc.plan.walk import Path
from commcalc.plan.windows import OF_PAYEE


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what keeps a SPIFF from taking the place of the components that it names."""
    plan, tree = loaded.plan, loaded.tree
    for name, said in plan.components.items():
        if not isinstance(said, Spiff) or not isinstance(said.stacks, InsteadOf):
            continue
        path: Path = ("components", name, "stacks")
        what = _of_itself(plan, said, facts)
        if what:
            yield SPIFF_INSTEAD.at(tree.span_of(path, key=True), what=what[0], mend=what[1])
            continue
        for number, other in enumerate(said.stacks.instead_of):
            at = tree.span_of((*path, "instead_of", *((number,) if len(said.stacks.instead_of) > 1 else ())))
            found = _of_other(plan, said, name, other, facts)
            if found:
                yield SPIFF_INSTEAD.at(at, what=found[0], mend=found[1])
        yield from _uncounted(loaded, path, said.stacks)


Told = tuple[str, str] | None


def _of_itself(plan: Plan, said: Spiff, facts: Facts) -> Told:
    """A SPIFF that pays only some of the deals that it takes in leaves others unpaid."""
    if plan.of_all:
        return "a program is for the payees of several plans, and `instead_of` names components of one", "write `stacks: on top`"
    some = {"each: payee": said.once, "first": said.first, "minimum": said.minimum, "budget": said.budget != "none" or None}
    key = next((k for k, there in some.items() if there), None)
    if key is not None:
        return f"with `{key}` not every deal is paid by it, and the others would be paid by nothing", "write `stacks: on top`"
    if (said.split or facts.readings.get("split")) == "pay":
        return "under `split: pay` who shares a deal is looked at after it is earned", "write `split: credit` here"
    if said.on in plan.measures and plan.measures[said.on].window in OF_PAYEE:
        return (
            f"a window of each payee's own may not have begun, and `{said.on}` counts no deal before",
            "let it be on a measure with a window of the calendar",
        )
    return None


def _of_other(plan: Plan, said: Spiff, name: str, other: str, facts: Facts) -> Told:
    """The component is there, pays deals by the same credit and date, and is not in the place of others itself."""
    component = plan.components.get(other)
    if component is None:
        near = nearest(other, plan.components)
        known = f"write `{near}`" if near else "the components are " + ", ".join(plan.components)
        return f"`{other}` is not a component of this plan" + (f"; did you mean `{near}`?" if near else ""), known
    if other == name:
        return f"`{other}` cannot take its own place", "name a component that is paid on the same deals"
    if component.per_payee:
        return f"`{other}` is not paid on deals", "name a component that is"
    if isinstance(component, Spiff) and isinstance(component.stacks, InsteadOf):
        return f"`{other}` is itself in the place of others", "name the components that it stands for"
    if (component.split or facts.readings.get("split")) == "pay":
        return (
            f"`{other}` is earned whole and then shared: who shares a deal is looked at afterwards",
            "write `split: credit` there",
        )
    if _credited(plan, said) != _credited(plan, component):
        return f"`{other}` is credited to others, or by another date", "let both be on measures of the same `credit` and `date`"
    return None


def _credited(plan: Plan, component: ComponentBase) -> object:
    on = getattr(component, "on", None)
    measure = plan.measures.get(on) if on is not None else None
    return (measure.credit, measure.date) if measure is not None else ("own", None)


def _uncounted(loaded: LoadedPlan, path: Path, stacks: InsteadOf) -> Iterator[Problem]:
    """Where the deals do not count, whoever else is on the measure would lose them too, the SPIFF first of all."""
    plan = loaded.plan
    named = [plan.components[n] for n in stacks.instead_of if n in plan.components]
    measures = {getattr(c, "on", None) for c in named} - {None}
    others = [n for n, c in plan.components.items() if getattr(c, "on", None) in measures and n not in stacks.instead_of]
    if not stacks.counts_to_quota and others:
        what = f"the deals would not count for `{others[0]}` either, which is on the same measure"
        mend = "give it a measure of its own, or write `counts_to_quota: yes`"
        yield SPIFF_INSTEAD.at(loaded.tree.span_of((*path, "counts_to_quota")), what=what, mend=mend)
