"""Contests and pools: over days that all have, with one prize a place, and with nothing that does not act on them."""

from __future__ import annotations

from collections.abc import Iterator

from commcalc.base.problem import Problem
from commcalc.checks.expressions import at_place, scope_of
from commcalc.checks.facts import Facts
from commcalc.checks.measures import column_problem
from commcalc.checks.problems import MONEY_OF_MONEY
from commcalc.checks.references import unknown_measure
from commcalc.checks.sharing_problems import NO_COMMON_WINDOW, NO_PLAN, NO_SUCH_KEY, PRIZES
from commcalc.language.expression import Type, check_expression
from commcalc.plan.components import Contest, Pool
from commcalc.plan.components.groups import Together
from commcalc.plan.load import LoadedPlan
from commcalc.plan.walk import Path, component_places
from commcalc.plan.windows import tile_of

WINDOWS = ("period", "month", "quarter", "half", "year", "life")
OF_ALL = "let it be over a month, quarter, half or year"
OF_DEALS = "it is not paid on deals"
OF_LINES = "there is no rate or line that it could change"
KEYS = {
    "where": (OF_DEALS, "say in the measure which deals count"),
    "returns": (OF_DEALS, "leave it out"),
    "split": (OF_DEALS, "leave it out"),
    "round": ("what is shared or won is rounded once", "leave it out"),
    "as_of": ("it is worked out when its window has ended", "leave it out"),
    "multiply": (OF_LINES, "say it in the {value}"),
    "kickers": (OF_LINES, "say it in the {value}"),
    "prorate": ("nothing of it goes by days", "share by payee.days_in_window in a pool, or say who is eligible"),
}
"""Keys of a component that do not act on what is shared or won, why, and what to do instead."""


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with each contest and each pool."""
    for name, said in loaded.plan.components.items():
        if not isinstance(said, Together):
            continue
        path: Path = ("components", name)
        yield from _keys(loaded, path, said)
        yield from _windows(loaded, path, said)
        yield from _group(loaded, path, said, facts)
        yield from _types(loaded, name, said, facts)
        if isinstance(said, Contest):
            yield from _prizes(loaded, path, said)
            yield from _tie_breaker(loaded, path, said)


def _keys(loaded: LoadedPlan, path: Path, said: Together) -> Iterator[Problem]:
    value = "prizes" if isinstance(said, Contest) else "fund, or in shared_by"
    for key, (why, mend) in KEYS.items():
        if getattr(said, key):
            at = loaded.tree.span_of((*path, key), key=True)
            yield NO_SUCH_KEY.at(at, key=key, kind=said.kind, why=why, mend=mend.format(value=value))
    if isinstance(said, Pool) and said.target is not None:
        at = loaded.tree.span_of((*path, "target"), key=True)
        yield NO_SUCH_KEY.at(at, key="target", kind=said.kind, why="the fund says what there is", mend="leave it out")
    for key, limits in (("floor", said.floors), ("cap", said.caps)):
        for number, limit in enumerate(limits):
            if limit.per == "deal":
                at = loaded.tree.span_of((*path, key, *((number,) if len(limits) > 1 else ()), "per"))
                yield NO_SUCH_KEY.at(at, key="per: deal", kind=said.kind, why=OF_DEALS, mend="write `per: window`")


def _windows(loaded: LoadedPlan, path: Path, said: Together) -> Iterator[Problem]:
    """The measures it goes by have one window, which is the same for everybody."""
    measures = loaded.plan.measures
    key = "on" if isinstance(said, Contest) else "fund"
    names = sorted(said.reads)
    at = loaded.tree.span_of((*path, key), key=True)
    windows = {n: measures[n].window for n in names if n in measures}
    if not names:
        mend = "let the fund or the shares read a measure: `fund: if(value('sales') > 0, 1_000 USD, 0 USD)`"
        yield NO_COMMON_WINDOW.at(at, kind=said.kind, what="no measure, so that it has no window", mend=mend)
    for name, window in windows.items():
        if tile_of(window) not in WINDOWS:
            yield NO_COMMON_WINDOW.at(at, kind=said.kind, what=f"`{name}`, whose window is {window}", mend=OF_ALL)
            return
    if len(set(windows.values())) > 1:
        listed = ", ".join(f"`{n}` ({w})" for n, w in windows.items())
        yield NO_COMMON_WINDOW.at(at, kind=said.kind, what=f"several windows: {listed}", mend="give them one window")


def _group(loaded: LoadedPlan, path: Path, said: Together, facts: Facts) -> Iterator[Problem]:
    if said.among == "plan" and loaded.plan.of_all:
        yield NO_PLAN.at(loaded.tree.span_of((*path, "among")))
    column = said.group_column
    if column is not None:
        at: Path = (*path, "among") if said.among == "team" else (*path, "among", "same")
        yield from column_problem(loaded, at, column, facts, "same")


def _types(loaded: LoadedPlan, name: str, said: Together, facts: Facts) -> Iterator[Problem]:
    """A fund is money; prizes are money, or with a target parts of it."""
    scope = scope_of(loaded.plan, facts)
    of_target = isinstance(said, Contest) and said.target is not None
    for place in component_places(name, said):
        if place.path[2] not in ("fund", "prizes") or place.key or "by" in place.path[3:]:
            continue
        found = check_expression(place.expression, at_place(scope, place))[0]
        text = place.expression.text
        if of_target and found is Type.MONEY:
            what, mend = "an amount, and a contest with a target pays parts of it", "write 10%, or leave the target out"
        elif not of_target and found in (Type.RATIO, Type.NUMBER):
            what, mend = f"a {found}, and a {said.kind} pays money", "write an amount, or a part of one: 2% * value('sales')"
            if found is Type.NUMBER:
                mend += "; of a column, say in `types:` of its table that it is money"
        else:
            continue
        yield MONEY_OF_MONEY.at(loaded.tree.span_of(place.path), what=f"`{text}` is {what}", mend=mend)


def _prizes(loaded: LoadedPlan, path: Path, said: Contest) -> Iterator[Problem]:
    """Places ascend and are named once; the part of all stands last."""
    best, before = 0, None
    for places in said.prizes:
        at = loaded.tree.span_of((*path, "prizes", places.text), key=True)
        if before is not None and before.top is not None:
            what = f"`{before.text}` begins after all places that are numbered"
            yield PRIZES.at(at, what=what, mend=f"let `{before.text}` be the last, and the only one of its kind")
        elif places.top is None and places.first <= best:
            what = f"the prizes of `{places.text}` and `{before.text if before else ''}` are not in order, or meet"
            yield PRIZES.at(at, what=what, mend="name each place once, from the best on")
        best, before = max(best, places.last), places


def _tie_breaker(loaded: LoadedPlan, path: Path, said: Contest) -> Iterator[Problem]:
    name = said.tie_breaker
    if name is None:
        return
    at: Path = (*path, "ties", "by")
    yield from unknown_measure(loaded, at, name)
    measure = loaded.plan.measures.get(name)
    if measure is not None and tile_of(measure.window) not in WINDOWS:
        what = f"`{name}` where payees are level, whose window is {measure.window}"
        yield NO_COMMON_WINDOW.at(loaded.tree.span_of(at), kind=said.kind, what=what, mend=OF_ALL)
