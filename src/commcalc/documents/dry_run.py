"""The report of a dry run: what a page about a tried change says, whatever it is printed on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from commcalc.base.money import minor_units
from commcalc.documents.figures import amount, many
from commcalc.language.changes import Change
from commcalc.plan.load import LoadedPlan
from commcalc.studies.compare import Compared, Comparison, Part
from commcalc.studies.harm import Guarded
from commcalc.studies.steps import Steps

EDGES = tuple(Decimal(n) for n in (-50, -20, -10, -5, -1, 0, 1, 5, 10, 20, 50))
"""Where the steps of the histogram lie, in percent of the pay before."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One change as the diff shows it, with the number of its cause where it can move money."""

    cause: int | None
    text: str


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """What differs in one plan, or in the house (then `plan` is empty)."""

    plan: str
    versions: str
    digest: str  # of the changed plan's file, for those who sign
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """A step of the histogram: its name, how many payees are in it, and whether they lose, gain or stay."""

    label: str
    count: int
    sign: int


@dataclass(frozen=True, slots=True)
class DryRunPage:
    """Everything a report of a dry run shows."""

    company: str
    comparison: Comparison
    guard: Guarded
    diffs: tuple[PlanDiff, ...]
    head: str
    warnings: tuple[str, ...]
    waived: str
    past: tuple[str, ...]
    factors: tuple[str, ...] = ()  # goals that factors serve: their money stands under the goal of the component

    @property
    def places(self) -> int:
        """The decimals of the currency."""
        return minor_units(self.comparison.currency)

    @property
    def span(self) -> str:
        """The span in words."""
        periods = self.comparison.periods
        names = periods[0].name if len(periods) == 1 else f"{periods[0].name} to {periods[-1].name}"
        return f"{names} ({many(len(periods), 'pay period')})"

    @property
    def histogram(self) -> tuple[Bin, ...]:
        """How many payees lose or gain how much of their pay; steps before the first and after the last are left out."""
        return histogram(self.comparison)

    def money(self, value: Decimal) -> str:
        """An amount in whole cents."""
        return amount(value, self.places)

    def signed(self, value: Decimal) -> str:
        """A difference with its sign; nought has none."""
        return f"+{self.money(value)}" if value > 0 else self.money(value)

    def why(self, parts: Sequence[Part]) -> tuple[str, ...]:
        """What moved a payee's pay: component, amount and the number of the change."""
        plans = {p.plan for p in parts}
        return tuple(
            f"{f'{p.plan}.' if len(plans) > 1 else ''}{p.component} {self.signed(p.amount)} [{p.cause + 1}]" for p in parts
        )

    @property
    def verdict(self) -> tuple[str, ...]:
        """The announcements, what the guard found, and which limits are past, each a sentence."""
        return tuple(self._verdict())

    def _verdict(self) -> Iterator[str]:
        for one in self.guard.announced:
            when = f"announced {one.day}" if one.day is not None else "never announced"
            yield f"{one.plan} is {when} ({one.said})."
        harms = self.guard.harms
        if harms:
            lost = f"{self.money(self.guard.lost)} {self.comparison.currency}"
            yield f"{many(len(harms), 'credit')} from before the announcement would pay {lost} less."
            yield f"Waived: {self.waived}" if self.waived else "Refused: nobody has stated why (--waive REASON)."
        elif self.guard.announced:
            yield "Nothing credited before the announcement pays less."
        if self.waived and not harms:
            yield f"Nothing had to be waived; the reason given was: {self.waived}"
        for text in self.past:
            yield f"Past the limit: {text}."


def page_of(
    compared: Compared, guard: Guarded, warnings: Sequence[str], waived: str, past: Sequence[str], company: str = ""
) -> DryRunPage:
    """Return the report of a comparison."""
    diffs = tuple(_diffs(compared.steps, compared.comparison))
    head = head_of(compared.steps, compared.comparison)
    return DryRunPage(
        company, compared.comparison, guard, diffs, head, tuple(warnings), waived, tuple(past), tuple(_factors(compared.steps))
    )


def _factors(steps: Steps) -> Iterator[str]:
    """Say which goals are served by factors of components."""
    for loaded in steps.after.plans:
        for name, component in loaded.plan.components.items():
            for goal in dict.fromkeys(m.goal for m in component.multiply if m.goal and m.goal not in component.goal):
                under = f"is in {', '.join(component.goal)}" if component.goal else "has no goal of its own"
                yield f"{goal} is served by a factor of {loaded.plan.plan}.{name}, whose pay {under}."


def percent(difference: Decimal, before: Decimal) -> str:
    """Return a difference as percent of what was before, to a tenth, with its sign; empty where nothing was."""
    if not before:
        return ""
    tenths = (difference * 100 / abs(before)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    sign = "+" if difference > 0 else "-" if difference < 0 else ""
    return f"{sign}{abs(tenths):,f}%"


def head_of(steps: Steps, comparison: Comparison) -> str:
    """Return the line that says it all: what changed, how many payees differ, and the totals."""
    c, places = comparison, minor_units(comparison.currency)
    difference = f"{'+' if c.difference > 0 else ''}{amount(c.difference, places)}"
    share = percent(c.difference, c.before)
    total = f"total {amount(c.before, places)} -> {amount(c.after, places)} ({difference}{f', {share}' if share else ''})"
    payees = f"{len(c.differing):,} of {many(len(c.payees), 'payee')} {'differs' if len(c.differing) == 1 else 'differ'}"
    return f"Plan change: {_changed(steps, comparison)}; {payees}; {total}"


def _changed(steps: Steps, comparison: Comparison) -> str:
    """Say how many components, measures, plans and readings changed."""
    changes = [(name, c) for name, plan in steps.changed.items() for c in plan.changes]
    parts: list[str] = []
    for what in ("component", "measure"):
        inside = [(name, c) for name, c in changes if c.path[0] == f"{what}s" and len(c.path) > 1]
        whole = {(name, c.path[1]): c.sign for name, c in inside if len(c.path) == 2}
        counts = {"changed": {(name, c.path[1]) for name, c in inside} - {k for k, sign in whole.items() if sign != "~"}}
        counts["added"] = {k for k, sign in whole.items() if sign == "+"}
        counts["removed"] = {k for k, sign in whole.items() if sign == "-"}
        said = [(verb, len(found)) for verb, found in counts.items() if found]
        parts += [f"{many(n, what) if k == 0 else f'{n:,}'} {verb}" for k, (verb, n) in enumerate(said)]
    parts += [f"{many(len(p), 'plan')} {verb}" for verb, p in (("added", steps.added), ("removed", steps.removed)) if p]
    others = [c for _, c in changes if c.path[0] not in ("components", "measures")]
    parts += [f"{many(len(others), 'other value')} changed"] if others else []
    house = sum(1 for c in comparison.causes for _ in c.words if c.kind == "reading")
    parts += [f"{many(house, 'reading')} changed"] if house else []
    parts += ["the data changed"] if any(c.kind == "data" for c in comparison.causes) else []
    return ", ".join(parts) or "nothing changed"


def _diffs(steps: Steps, comparison: Comparison) -> Iterator[PlanDiff]:
    numbers = {(_plan_of(c.plan), w): n for n, c in enumerate(comparison.causes, 1) for w in c.words}
    house = [DiffLine(n, w) for n, c in enumerate(comparison.causes, 1) if c.kind != "plan" for w in c.words]
    if house:
        yield PlanDiff("", "", "", tuple(house))
    after = {p.plan.plan: p for p in steps.after.plans}
    before = {p.plan.plan: p for p in steps.before.plans}
    for name in sorted({*steps.changed, *steps.added, *steps.removed}):
        changed = steps.changed.get(name)
        one, two = before.get(name), after.get(name)
        changes: Sequence[Change | str] = changed.changes if changed else [f"{'+' if one is None else '-'} {name}"]
        lines = tuple(DiffLine(_number(numbers, name, str(c)), str(c)) for c in changes)
        yield PlanDiff(name, _versions(one, two), two.digest if two is not None else "", lines)


def _plan_of(plans: str) -> str:
    return plans.split(", ")[0]


def _number(numbers: dict[tuple[str, str], int], plan: str, words: str) -> int | None:
    """Find the cause of a change; steps that were taken together may be named after another plan."""
    found = numbers.get((plan, words))
    return (
        found
        if found is not None
        else next((n for (_, w), n in numbers.items() if w == words and (plan, w) not in numbers), None)
    )


def _versions(one: LoadedPlan | None, two: LoadedPlan | None) -> str:
    said = list(dict.fromkeys(p.plan.version for p in (one, two) if p is not None))
    return " -> ".join(said)


def histogram(comparison: Comparison) -> tuple[Bin, ...]:
    """Return the steps from the greatest loss to the greatest gain that hold anybody, and those between."""
    bins = [Bin(label, 0, sign) for label, sign in _labels()]
    counts = [0] * len(bins)
    for payee in comparison.payees:
        counts[_bin(payee.difference, payee.before)] += 1
    held = [n for n, count in enumerate(counts) if count]
    return tuple(Bin(bins[n].label, counts[n], bins[n].sign) for n in range(held[0], held[-1] + 1)) if held else ()


def _labels() -> Iterator[tuple[str, int]]:
    zero = EDGES.index(Decimal(0))
    yield f"below {EDGES[0]}%", -1
    for low, high in itertools.pairwise(EDGES[: zero + 1]):
        yield f"{low}% to {high}%", -1
    yield "the same", 0
    for low, high in itertools.pairwise(EDGES[zero:]):
        yield f"{low}% to {high}%", 1
    yield f"above {EDGES[-1]}%", 1


def _bin(difference: Decimal, before: Decimal) -> int:
    """Losses lie from an edge on, gains up to one; all from nothing is above the last."""
    zero = EDGES.index(Decimal(0))
    if not difference:
        return zero + 1
    scaled, base = difference * 100, abs(before)
    if difference < 0:
        return sum(1 for e in EDGES[: zero + 1] if scaled >= e * base) if base else 0
    return zero + 2 + sum(1 for e in EDGES[zero + 1 :] if scaled > e * base)
