"""Caps over several components: that they are there, for what the cap is, and that each pays line by line."""

from __future__ import annotations

from collections.abc import Iterator

from commcalc.base.problem import Problem
from commcalc.checks.expressions import scope_of
from commcalc.checks.facts import Facts
from commcalc.checks.problems import JOINT_CAP
from commcalc.language.expression import Type, check_expression, free_of
from commcalc.language.expression.nodes import Unary
from commcalc.language.names import nearest
from commcalc.plan.caps import STRETCHES, JointCap
from commcalc.plan.components import Bonus
from commcalc.plan.load import LoadedPlan
from commcalc.plan.readings import reading
from commcalc.plan.targets import PartOf
from commcalc.plan.walk import Path


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with the caps over components."""
    for number, cap in enumerate(loaded.plan.caps):
        path: Path = ("caps", number)
        yield from _components(loaded, cap, path, facts)
        yield from _per(loaded, cap, path, facts)
        yield from _at(loaded, cap, path, facts)


def _components(loaded: LoadedPlan, cap: JointCap, path: Path, facts: Facts) -> Iterator[Problem]:
    plan, tree = loaded.plan, loaded.tree
    for place, name in enumerate(cap.over):
        at = tree.span_of((*path, "over", place))
        component = plan.components.get(name)
        if component is None:
            near = nearest(name, plan.components)
            mend = f"write `{near}`" if near else f"the components are {', '.join(plan.components)}"
            yield JOINT_CAP.at(at, what=f"`{name}` is not a component of this plan", mend=mend)
            continue
        if name in cap.over[:place]:
            yield JOINT_CAP.at(at, what=f"`{name}` stands twice", mend="name each component once")
        if not component.per_payee and (reading("split", component, facts.readings) or "credit") == "pay":
            what = f"`{name}` shares what is earned among payees afterwards"
            yield JOINT_CAP.at(at, what=what, mend="write `split: credit` in that component")
        if (reading("round", component, facts.readings) or "line") != "line":
            what = f"`{name}` rounds several lines together, so that a cap could be passed by a cent"
            yield JOINT_CAP.at(at, what=what, mend="write `round: line` in that component")
        if isinstance(component, Bonus) and component.earned == "ratchet":
            yield JOINT_CAP.at(at, what=f"`{name}` never falls back", mend="write `earned: to date` in that component")


def _per(loaded: LoadedPlan, cap: JointCap, path: Path, facts: Facts) -> Iterator[Problem]:
    known = ["deal", *STRETCHES, *facts.columns]
    if cap.per in known:
        return
    near = nearest(cap.per, known)
    mend = f"write `{near}`" if near else "write deal, month, quarter, half, year, or a column of the deals"
    yield JOINT_CAP.at(
        loaded.tree.span_of((*path, "per")), what=f"`{cap.per}` is not a column of the deals, nor a stretch of time", mend=mend
    )


def _at(loaded: LoadedPlan, cap: JointCap, path: Path, facts: Facts) -> Iterator[Problem]:
    at = loaded.tree.span_of((*path, "at"))
    if isinstance(cap.at, PartOf):
        if cap.of_deals or cap.at.of == "target":
            what = "a part of a target is some component's own" if cap.at.of == "target" else "of a deal there is no variable pay"
            yield JOINT_CAP.at(at, what=what, mend="write an amount, or of a stretch of time a part of variable")
        return
    if check_expression(cap.at, scope_of(loaded.plan, facts))[0] is Type.RATIO:
        yield JOINT_CAP.at(at, what=f"`{cap.at.text}` is a ratio, and a cap is an amount", mend="write an amount: 500 USD")
    if isinstance(cap.at.node, Unary):
        yield JOINT_CAP.at(at, what=f"`{cap.at.text}` is below zero", mend="write an amount above zero")
    found = free_of(cap.at.node)
    if found.components or (cap.of_deals and found.measures):
        what = "what a deal is paid at most does not depend on measures" if cap.of_deals else "a cap does not read what it limits"
        yield JOINT_CAP.at(at, what=what, mend="write an amount, a param, or a column of the deals")
