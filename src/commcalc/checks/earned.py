"""Earnings read by other components: `earned('c')` where they can be told."""

from __future__ import annotations

from collections.abc import Iterator

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.problems import EARNED_HERE, EARNED_OF
from commcalc.language.expression import walk
from commcalc.language.expression.nodes import Call, Text
from commcalc.plan.components import Bonus, Commission, Pool, Spiff
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.load import LoadedPlan
from commcalc.plan.readings import reading
from commcalc.plan.tiers import Tiers
from commcalc.plan.walk import Place

ON_CREDITS = {"commission": ("rate", "basis", "multiply", "kickers"), "spiff": ("pay", "multiply", "kickers")}
OF_WINDOWS = {
    "bonus": ("payout", "multiply", "kickers"),
    "pool": ("fund", "shared_by"),
    "spiff": ("pay", "when", "multiply", "kickers"),
}
LIMITS = ("gate", "cap", "floor")
ELSEWHERE = (
    "read it in the rate, basis or factors of a commission, the payout of a bonus, the fund of a pool, a gate, a cap or a floor"
)


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield places where earnings cannot be told, and components of which they cannot."""
    plan, tree = loaded.plan, loaded.tree
    for place in loaded.places:
        for node in walk(place.expression.node):
            first = node.args[0] if isinstance(node, Call) and node.function == "earned" and node.args else None
            if not isinstance(first, Text) or first.value not in plan.components:
                continue
            name = first.value
            at = tree.span_of(place.path, key=True) if place.key else tree.scalar_place(place.path, node.start, node.end)
            text = place.expression.text[node.start : node.end]
            reader = plan.components.get(place.component or "")
            if reader is None or not _can_read(loaded, reader, place):
                yield EARNED_HERE.at(at, text=text, mend=ELSEWHERE)
                continue
            for who, one in ((place.component, reader), (name, plan.components[name])):
                if (reading("split", one, facts.readings) or "credit") == "pay" and not one.per_payee:
                    yield EARNED_OF.at(
                        at, text=text, name=who, why="shares what is earned among payees afterwards", mend="`split: credit`"
                    )
            read = plan.components[name]
            if isinstance(read, Bonus) and read.earned == "ratchet":
                yield EARNED_OF.at(at, text=text, name=name, why="is what it has been once", mend="`earned: to date`")


def _can_read(loaded: LoadedPlan, said: ComponentBase, place: Place) -> bool:
    """Tell whether earnings are known where an expression of a component is worked out."""
    key = str(place.path[2]) if len(place.path) > 2 else ""
    once = isinstance(said, Spiff) and said.once
    if key in LIMITS:
        measure = loaded.plan.measures.get(said.runs_over or "")
        limit = said.gate if key == "gate" else [x for x in (*said.caps, *said.floors) if x.at is place.expression]
        per_deal = any(getattr(x, "per", "") == "deal" for x in limit)
        return not per_deal and (measure is None or measure.window != "deal")
    if isinstance(said, Commission) and key == "rate" and isinstance(said.rate, Tiers):
        return False
    if isinstance(said, Bonus | Pool) or once:
        return key in OF_WINDOWS[said.kind]
    return key in ON_CREDITS.get(said.kind, ())
