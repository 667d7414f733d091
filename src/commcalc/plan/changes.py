"""A changed plan beside the plan as it is: which of its values differ in what they mean, and the plan with some of them made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

from commcalc.language.changes import Change, Compared, compared
from commcalc.language.days import Days
from commcalc.plan.load import LoadedPlan
from commcalc.plan.meaning import meaning
from commcalc.plan.model import Plan
from commcalc.plan.program import bind_plan

COMPONENT = frozenset({"title", "goal", "source", "announce"})
HEADER = frozenset({"title", "owner", "status", "version", "goals", "legal", "announce"}) | COMPONENT
"""Keys of a component, and of a plan or program, that travel with it and pay nothing (a plan that is tried counts as active)."""


@dataclass(frozen=True)
class ChangedPlan:
    """A plan that both sides have: before, after, and their files put over each other."""

    before: LoadedPlan
    after: LoadedPlan

    @cached_property
    def _compared(self) -> Compared:
        return compared(self.before.tree.root, self.after.tree.root)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes that mean something, in the order of the file; 150% for 1.5x is none."""
        same = meaning(self.before.plan)
        found = []
        for change in self._compared.changes:
            alone = self._bound({change.number})
            if alone is None or meaning(alone) != same:
                found.append(change)
        return tuple(found)

    @cached_property
    def _idle(self) -> frozenset[int]:
        return frozenset(c.number for c in self._compared.changes) - {c.number for c in self.changes}

    def taking(self, taken: Collection[int]) -> LoadedPlan | None:
        """Return the plan with these changes made; None where that is no plan, as with a new name used but not yet given."""
        if set(taken) >= {c.number for c in self.changes}:
            return self.tried
        bound = self._bound({*taken, *self._idle})
        if bound is None:
            return None
        return replace(self.tried, plan=self._held(bound))

    @property
    def tried(self) -> LoadedPlan:
        """The plan after the change, in force from when the plan before it was: its terms are tried on the whole span."""
        return replace(self.after, plan=self._held(self.after.plan))

    @property
    def begins_later(self) -> bool:
        """Whether the changed plan says that it begins later than the one before it; a program's dates are among its terms."""
        return self._held(self.after.plan) is not self.after.plan

    def _held(self, plan: Plan) -> Plan:
        before, after = self.before.plan.effective, plan.effective
        if plan.of_all or after.first is None or (before.first is not None and before.first >= after.first):
            return plan
        return plan.model_copy(update={"effective": Days(before.first, after.last)})

    def _bound(self, taken: Collection[int]) -> Plan | None:
        root = self._compared.taking(taken)
        assert root is not None, "a file does not vanish by a change within it"
        plan, _ = bind_plan(self.after.tree.replace_root(root))
        return plan


def pays(change: Change) -> bool:
    """Return whether a change can move money: a title or an announcement cannot."""
    path = change.path
    return path[0] not in HEADER and not (path[0] == "components" and len(path) > 2 and path[2] in COMPONENT)
