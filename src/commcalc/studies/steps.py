"""The way from one side to the other, change by change: first the data, then the house's readings and crediting rules, then each plan in its file's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from commcalc.plan.changes import ChangedPlan, pays
from commcalc.plan.load import LoadedPlan
from commcalc.studies.trial import Side

CauseKind = Literal["data", "reading", "plan"]


@dataclass(frozen=True, slots=True)
class Cause:
    """What moved money: changed data, a reading, or changes of a plan (several where one alone is no plan)."""

    kind: CauseKind
    plan: str
    words: tuple[str, ...]  # each change as the diff shows it

    @classmethod
    def together(cls, causes: Sequence[Cause]) -> Cause:
        """Return several causes as one."""
        if len(causes) == 1:
            return causes[0]
        plans = dict.fromkeys(c.plan for c in causes if c.plan)
        return cls(causes[-1].kind, ", ".join(plans), tuple(w for c in causes for w in c.words))

    @property
    def label(self) -> str:
        """The paths that changed, without the values."""
        return "; ".join(dict.fromkeys(w.split(": ", 1)[0] for w in self.words))


@dataclass(frozen=True, slots=True)
class Step:
    """A cause and the side once it holds; None where that is no plan yet, and the next step is needed too."""

    cause: Cause
    side: Side | None


@dataclass(frozen=True)
class Steps:
    """Every step from `before` to `after` that can move money, in order."""

    before: Side
    after: Side

    @cached_property
    def changed(self) -> Mapping[str, ChangedPlan]:
        """The plans that both sides have and whose values differ, by name."""
        old = {p.plan.plan: p for p in self.before.plans}
        pairs = {p.plan.plan: ChangedPlan(old[p.plan.plan], p) for p in self.after.plans if p.plan.plan in old}
        return {name: pair for name, pair in pairs.items() if pair.changes}

    @cached_property
    def tried(self) -> Side:
        """The side after the change as it is calculated: a plan that begins later is tried on the whole span."""
        return self.after.with_plans(
            [self.changed[p.plan.plan].tried if p.plan.plan in self.changed else p for p in self.after.plans]
        )

    @property
    def added(self) -> tuple[str, ...]:
        """The plans that only the changed side has."""
        return tuple(sorted({p.plan.plan for p in self.after.plans} - {p.plan.plan for p in self.before.plans}))

    @property
    def removed(self) -> tuple[str, ...]:
        """The plans that the changed side no longer has."""
        return tuple(sorted({p.plan.plan for p in self.before.plans} - {p.plan.plan for p in self.after.plans}))

    def __iter__(self) -> Iterator[Step]:
        """Yield the steps; without a change of any kind there is none."""
        now = self.before
        if differs(self.before, self.after):
            now = replace(self.after, plans=now.plans)
            now = replace(
                now,
                house=replace(
                    now.house, readings=self.before.house.readings, crediting=self.before.house.crediting, fx=self.before.house.fx
                ),
                facts=replace(now.facts, readings=self.before.facts.readings),
            )
            yield Step(Cause("data", "", ("the data",)), now)
        for words, key, value in readings(self.before, self.after):
            now = now.reading(key, value)
            yield Step(Cause("reading", "", (words,)), now)
        if self.before.house.crediting != self.after.house.crediting:
            now = replace(now, house=replace(now.house, crediting=self.after.house.crediting))
            yield Step(Cause("reading", "", ("~ crediting",)), now)
        if self.before.house.fx != self.after.house.fx:
            now = replace(now, house=replace(now.house, fx=self.after.house.fx))
            yield Step(Cause("reading", "", ("~ fx",)), now)
        plans = {p.plan.plan: p for p in self.before.plans}
        other = {p.plan.plan: p for p in self.after.plans}
        changed = self.changed
        for name in sorted({*plans, *other}):
            if name in changed:
                yield from self._of(changed[name], now, plans)
            if name not in other:
                del plans[name]
                yield Step(Cause("plan", name, (f"- {name}",)), now.with_plans(list(plans.values())))
            elif name not in plans:
                plans[name] = other[name]
                yield Step(Cause("plan", name, (f"+ {name}",)), now.with_plans(list(plans.values())))
            else:
                plans[name] = changed[name].tried if name in changed else other[name]

    def _of(self, changed: ChangedPlan, now: Side, plans: dict[str, LoadedPlan]) -> Iterator[Step]:
        name = changed.after.plan.plan
        taken: set[int] = {c.number for c in changed.changes if not pays(c)}
        for change in changed.changes:
            if pays(change):
                taken.add(change.number)
                made = changed.taking(taken)
                side = now.with_plans(list({**plans, name: made}.values())) if made is not None else None
                yield Step(Cause("plan", name, (str(change),)), side)


def differs(before: Side, after: Side) -> bool:
    """Return whether the sides are calculated from other data."""
    one, two = before.inputs, after.inputs
    if (before.house.credit_date, before.house.territory_keys) != (after.house.credit_date, after.house.territory_keys):
        return True
    return one is not two and any(
        not one.tables[n].equals(two.tables[n]) if n in one.tables and n in two.tables else True
        for n in {*one.tables, *two.tables}
    )


def readings(before: Side, after: Side) -> Iterator[tuple[str, str, str | None]]:
    """Yield each reading of the house that differs: in words, its key and its new value."""
    old, new = before.house.readings, after.house.readings
    for key in dict.fromkeys([*new, *old]):
        if old.get(key) != new.get(key):
            sign = "+" if key not in old else "-" if key not in new else "~"
            said = f"{old[key]} -> {new[key]}" if sign == "~" else new.get(key, old.get(key, ""))
            yield f"{sign} readings.{key}: {said}", key, new.get(key)
