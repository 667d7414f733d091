"""Releases, clawbacks and debts: parts that are the whole, spans that count, fractions and relief that can be told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from commcalc.base.problem import Problem
from commcalc.checks.expressions import at_place, scope_of
from commcalc.checks.facts import Facts
from commcalc.checks.problems import NOT_STATED
from commcalc.checks.settlement_problems import DEBTS, NO_DATE, NO_DEAL, PARTS, RELIEF, SPAN, TAKEN
from commcalc.checks.stated import attained
from commcalc.language.days import Length
from commcalc.language.expression import Type, calls, check_expression, names_in
from commcalc.language.names import nearest
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.components.settlement import ClawbackOn, ClawbackUnless
from commcalc.plan.load import LoadedPlan
from commcalc.plan.measures import CountMeasure, SumMeasure
from commcalc.plan.shapes import expressions_of
from commcalc.plan.walk import Path, component_places
from commcalc.plan.windows import rolling_of

Said = ClawbackOn | ClawbackUnless
MOST_YEARS = 100
IN_A_YEAR = {"day": 366, "week": 53, "month": 12, "quarter": 4, "year": 1}
SERVED = frozenset({"months_served", "days_served"})


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with the releases and clawbacks of each component, and with the debts of the payment."""
    for name, said in loaded.plan.components.items():
        path: Path = ("components", name)
        yield from _parts(loaded, path, said)
        for number, one in enumerate(said.clawback):
            yield from _clawback(loaded, (*path, *_nth("clawback", said.clawback, number)), (said, one), facts)
        yield from _amounts(loaded, name, said, facts)
    yield from _same_relief(loaded)
    yield from _debts(loaded)


def _nth(key: str, items: tuple[object, ...], number: int) -> Path:
    return (key,) if len(items) == 1 else (key, number)


def _parts(loaded: LoadedPlan, path: Path, said: ComponentBase) -> Iterator[Problem]:
    if not said.release:
        return
    tree, at = loaded.tree, (*path, "release")
    stated = [p.part for p in said.release if isinstance(p.part, Decimal)]
    rests = len(said.release) - len(stated)
    total = sum(stated, Decimal(0))
    mend = "let the parts add up to 100%, or let one be `part: rest`"
    if rests > 1:
        yield PARTS.at(tree.span_of(at, key=True), what=f"{rests} parts are the rest of what the others leave", mend=mend)
    elif min(stated, default=Decimal(1)) <= 0 or (total != 1 and not rests) or (rests and total >= 1):
        what = f"the parts add up to {total * 100:f}%" if min(stated, default=Decimal(1)) > 0 else "a part is nothing or less"
        yield PARTS.at(tree.span_of(at, key=True), what=what, mend=mend)
    for number, part in enumerate(said.release):
        inner = (*path, *_nth("release", said.release, number))
        for key, least in (("after", 0), ("over", 1), ("latest", 0)):
            span = getattr(part, key)
            if span is not None:
                yield from _span(loaded, (*inner, key), key, span, least)
        if part.event is not None and said.per_payee:
            mend = "let it wait for credit, or the end of a month, quarter, half or year"
            yield NO_DEAL.at(tree.span_of((*inner, "on")), key=f"on: {part.on}", kind=said.kind, mend=mend)
        if part.event is None and part.partial is not None:
            what = f"`partial` is of events with an amount, and this part waits for `{part.on}`"
            yield PARTS.at(tree.span_of((*inner, "partial"), key=True), what=what, mend="leave `partial` out")


def _span(loaded: LoadedPlan, at: Path, key: str, span: Length, least: int) -> Iterator[Problem]:
    why = ""
    if span.unit == "period":
        why, mend = "counts periods, which begin and end on days of the calendar's own", "say it in days, months or years"
    elif span.count < least:
        why, mend = "is no time at all", "leave the key out, or give it one at least"
    elif span.count > MOST_YEARS * IN_A_YEAR[span.unit]:
        why, mend = f"is more than {MOST_YEARS} years", "write a shorter time"
    if why:
        text = f"{span.count} {span.unit}{'' if span.count == 1 else 's'}"
        yield SPAN.at(loaded.tree.span_of(at), key=key, text=text, why=why, mend=mend)


def _clawback(loaded: LoadedPlan, at: Path, both: tuple[ComponentBase, Said], facts: Facts) -> Iterator[Problem]:
    component, said = both
    tree = loaded.tree
    if component.per_payee:
        mend = "leave it out, or take it back on the components that are paid on deals"
        yield NO_DEAL.at(tree.span_of(at, key=True), key="clawback", kind=component.kind, mend=mend)
        return
    if isinstance(said.within, Length):
        yield from _span(loaded, (*at, "within"), "within", said.within, 0)
    elif facts.columns.get(said.within) is not Type.DATE:
        dates = [c for c, t in facts.columns.items() if t is Type.DATE]
        near = nearest(said.within, dates)
        told = f"; did you mean `{near}`?" if near else ""
        yield NO_DATE.at(tree.span_of((*at, "within")), text=said.within, near=told)
    yield from _taken(loaded, at, said)
    yield from _relief(loaded, at, component, said)


def _taken(loaded: LoadedPlan, at: Path, said: Said) -> Iterator[Problem]:
    place = loaded.tree.span_of((*at, "take"))
    expressions = [] if isinstance(said.take, str) else list(expressions_of(said.take))
    read = {m for e in expressions for m in calls(e.node, "value", "quota", "attainment", "earned")}
    if read:
        yield TAKEN.at(
            place,
            what=f"what is taken reads the measure `{sorted(read)[0]}`",
            mend="let it depend on the deal, the payee or params",
        )
    served = said.take == "pro rata" or any(SERVED & names_in(e.node) for e in expressions)
    if served and isinstance(said, ClawbackUnless):
        what = f"nothing ends the time served, for `{said.unless}` has not happened"
        yield TAKEN.at(place, what=what, mend="write all, or a ratio")


def _amounts(loaded: LoadedPlan, name: str, said: ComponentBase, facts: Facts) -> Iterator[Problem]:
    """What is taken is a part of what was earned, no amount."""
    if not said.clawback:
        return
    scope = scope_of(loaded.plan, facts)
    for place in component_places(name, said):
        if "take" not in place.path or place.wanted != "figure":
            continue
        found, wrong = check_expression(place.expression, at_place(scope, place))
        if found is Type.MONEY and not wrong and "by" not in place.path[-2:]:
            at = loaded.tree.span_of(place.path)
            yield TAKEN.at(at, what=f"`{place.expression.text}` is an amount", mend="write what part is taken, as 50%")


def _relief(loaded: LoadedPlan, at: Path, component: ComponentBase, said: Said) -> Iterator[Problem]:
    tree, on = loaded.tree, component.runs_over
    measure = loaded.plan.measures.get(on or "")
    if said.take == "rerun" and said.quota_relief not in (None, "original"):
        what = "`take: rerun` is as if the deal had never been sold, so that its own window is relieved"
        yield RELIEF.at(tree.span_of((*at, "quota_relief")), what=what, mend="leave `quota_relief` out")
        return
    if said.take != "rerun" and said.quota_relief is None and on in attained(loaded):
        why = "a deal that is taken back counts towards the quota, or no longer, from its own window or that of the event"
        mend = "`quota_relief: original`, `current` or `none`"
        yield NOT_STATED.at(tree.span_of(at, key=True), key="quota_relief", why=why, mend=mend)
    if said.relief is None or measure is None:
        return
    summed = isinstance(measure, SumMeasure | CountMeasure)
    if not summed or rolling_of(measure.window) is not None:
        what = f"`{on}` is no sum or count over windows that follow each other"
        yield RELIEF.at(tree.span_of(at, key=True), what=what, mend="write `quota_relief: none`")
    elif measure.window == "deal" and said.relief == "current":
        what = f"`{on}` is counted for each deal by itself: there is no other window to relieve"
        yield RELIEF.at(tree.span_of((*at, "quota_relief")), what=what, mend="write `quota_relief: none` or `original`")


def _same_relief(loaded: LoadedPlan) -> Iterator[Problem]:
    """What relieves one measure is said alike by all components that are on it."""
    first: dict[str, tuple[str, tuple[Said, ...]]] = {}
    for name, component in loaded.plan.components.items():
        claws = tuple(c for c in component.clawback if c.relief is not None)
        on = component.runs_over
        if not claws or on is None:
            continue
        if len({c.relief for c in claws}) > 1:
            at = loaded.tree.span_of(("components", name, "clawback"), key=True)
            what = f"`{on}` is relieved in the deal's window by one clawback, in that of the event by another"
            yield RELIEF.at(at, what=what, mend="relieve it in one of them only, or in the same window")
        other, theirs = first.setdefault(on, (name, claws))
        if claws != theirs:
            at = loaded.tree.span_of(("components", name, "clawback"), key=True)
            what = f"`{other}` relieves `{on}` of other deals, or otherwise"
            problem = RELIEF.at(at, what=what, mend="say the same in both, or `quota_relief: none` in one")
            yield problem.with_also(loaded.tree.span_of(("components", other, "clawback"), key=True), "the other")


def _debts(loaded: LoadedPlan) -> Iterator[Problem]:
    debts = loaded.plan.payment.debts
    names = [d if isinstance(d, str) else d.name for d in debts]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield DEBTS.at(loaded.tree.span_of(("payment", "debts", number)), name=name)
