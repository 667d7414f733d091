"""What a plan says of itself, for pages about pay: titles, goals, and where each tier begins and what it pays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from commcalc.language.days import Length
from commcalc.language.expression.nodes import Expression, Number
from commcalc.plan.components.settlement import ClawbackOn, ClawbackUnless, Release
from commcalc.plan.load import LoadedPlan
from commcalc.plan.measures import CountMeasure
from commcalc.plan.shapes import Bands, Matrix, Points, Rows
from commcalc.plan.tiers import Tiers


@dataclass(frozen=True, slots=True)
class TierMark:
    """A tier: its number from 1, where it begins, whether that is a ratio of the quota, and what it pays, as written."""

    tier: int
    start: Decimal
    of_quota: bool
    begins: str
    pays: str


@dataclass(frozen=True, slots=True)
class PlanWords:
    """Titles of plans, components and goals; what a component is paid on; tiers; line and text of the plans' files."""

    titles: Mapping[str, str] = field(default_factory=dict)
    components: Mapping[tuple[str, str], str] = field(default_factory=dict)
    programs: Mapping[str, bool] = field(default_factory=dict)  # those among the plans that are programs
    goals: Mapping[tuple[str, str], str] = field(default_factory=dict)
    factors: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # goals that a component's factors serve
    paid_on: Mapping[tuple[str, str], str] = field(default_factory=dict)  # a component's measure
    on_target: Mapping[tuple[str, str], bool] = field(default_factory=dict)  # components whose rate is target over quota
    ladders: Mapping[tuple[str, str], tuple[TierMark, ...]] = field(default_factory=dict)  # tiers by plan and component
    in_money: Mapping[tuple[str, str], bool] = field(default_factory=dict)  # components that pay an amount each, not a share
    contests: Mapping[tuple[str, str], bool] = field(default_factory=dict)  # components whose slices name a place, not a tier
    waits: Mapping[tuple[str, str], str] = field(default_factory=dict)  # what a component's releases wait for
    claws: Mapping[tuple[str, str], str] = field(default_factory=dict)  # on what a component's pay is taken back
    tier_lines: Mapping[tuple[str, str, int], int] = field(default_factory=dict)  # plan, component, tier: line of the file
    texts: Mapping[str, str] = field(default_factory=dict)


def words_of(plans: Iterable[LoadedPlan], digests: Mapping[str, str]) -> PlanWords:
    """Return the words of those plans whose files are still those that the run was made from."""
    words = PlanWords()
    for loaded in plans:
        if all(digests.get(file) == digest for file, digest in loaded.digests.items()):
            _add(loaded, words)
    titles: dict[str, str] = {}
    for (_, goal), title in words.goals.items():
        titles.setdefault(goal, title)
    for program in words.programs:  # its goals are those of the plans whose payees it is for
        for goal, title in titles.items():
            _put(words.goals, (program, goal), title)
    return words


def _add(loaded: LoadedPlan, words: PlanWords) -> None:
    plan = loaded.plan
    for file, text in loaded.texts.items():
        _put(words.texts, file, text)
    _put(words.titles, plan.plan, plan.title)
    _put(words.programs, plan.plan, plan.of_all)
    for name, goal in plan.goals.items():
        _put(words.goals, (plan.plan, name), goal.title)
    for name, component in plan.components.items():
        _put(words.components, (plan.plan, name), component.title)
        also = dict.fromkeys(m.goal for m in component.multiply if m.goal and m.goal not in component.goal)
        _put(words.factors, (plan.plan, name), tuple(also))
        _put(words.paid_on, (plan.plan, name), component.runs_over)
        _put(words.on_target, (plan.plan, name), getattr(component, "rate", None) == "on-target")
        _put(words.contests, (plan.plan, name), component.kind == "contest")
        _put(
            words.waits,
            (plan.plan, name),
            ", ".join(_waits(p) for p in component.release if p.on != "credit" or p.after or p.over),
        )
        _put(words.claws, (plan.plan, name), "; ".join(_claw(c) for c in component.clawback))
        values = [v for key in ("rate", "pay") for v in _values(getattr(component, key, None))]
        counted = isinstance(plan.measures.get(component.runs_over or ""), CountMeasure)
        by_target = getattr(component, "rate", None) == "on-target" and counted  # target / number of deals
        if by_target or any(isinstance(v.node, Number) and v.node.type == "money" for v in values):
            _put(words.in_money, (plan.plan, name), True)
        for key in ("accelerators", "rate"):  # of two ladders the rate's is the one that slices name
            found = getattr(component, key, None)
            if isinstance(found, Tiers):
                _put(words.ladders, (plan.plan, name), _marks(found))
                for number in range(len(found.tiers)):
                    span = loaded.tree.span_of(("components", name, key, "tiers", number))
                    if span.file == loaded.tree.span_of(("components", name), key=True).file:
                        _put(words.tier_lines, (plan.plan, name, number + 1), span.line)


def _waits(part: Release) -> str:
    """Say what a part waits for: the event, and how long after it."""
    after = f"{_span(part.after)} after " if part.after is not None else ""
    over = f", over {_span(part.over)}" if part.over is not None else ""
    return f"{after}{'the credit date' if part.on == 'credit' else part.on}{over}"


def _claw(said: ClawbackOn | ClawbackUnless) -> str:
    event = f"on {said.on}" if isinstance(said, ClawbackOn) else f"unless {said.unless}"
    take = said.take if isinstance(said.take, str) else getattr(said.take, "text", "by a table")
    within = said.within if isinstance(said.within, str) else _span(said.within)
    return f"{event} within {within}: {take}"


def _span(span: Length) -> str:
    return f"{span.count} {span.unit}{'' if span.count == 1 else 's'}"


def _values(value: object) -> Iterator[Expression]:
    """Yield what a rate may give: of each tier, row or point."""
    if isinstance(value, Tiers):
        for tier in value.tiers:
            yield from _values(tier.pay)
    elif isinstance(value, Rows | Matrix):
        yield from (given for _, given in value.entries())
    elif isinstance(value, Bands):
        yield from (band.pay for band in value.bands)
    elif isinstance(value, Points):
        yield from value.points.values()
    elif isinstance(value, Expression):
        yield value


def _put(into: object, key: object, value: object) -> None:
    assert isinstance(into, dict)
    if value:
        into[key] = value


def _marks(tiers: Tiers) -> tuple[TierMark, ...]:
    """Return the tiers where every bound is a plain number; bounds that are calculated stand in the slices only."""
    by = tiers.by.text.strip()
    starts = [t.start.node for t in tiers.tiers]
    if by not in ("attainment", "value") or not all(isinstance(s, Number) for s in starts):
        return ()
    marks = []
    for number, tier in enumerate(tiers.tiers, 1):
        node = tier.start.node
        assert isinstance(node, Number)
        pays = getattr(tier.pay, "text", "by a table")
        word = "from" if tier.includes else "above"
        marks.append(TierMark(number, node.value, by == "attainment", f"{word} {tier.start.text.replace('_', ',')}", pays))
    return tuple(marks)


def served(plan: str, component: str, goals: Iterable[str], words: PlanWords) -> str:
    """Return the goals that a component serves, and those that its factors serve besides, by their titles where these are known."""
    own, also = (
        ", ".join(words.goals.get((plan, goal), goal) for goal in names)
        for names in (goals, words.factors.get((plan, component), ()))
    )
    return ", ".join(filter(None, (own, f"and by a factor {also}" if own and also else f"by a factor {also}" if also else "")))
