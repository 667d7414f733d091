"""Measures: the columns by which deals are credited are the payees', and quotas that add up are somebody's."""

from __future__ import annotations

from collections.abc import Iterator

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.measure_problems import NO_PROGRAM, NO_SPREAD, NOBODYS_QUOTAS, NOT_OF_PAYEES, OVERLAPPING, RAMP_OF_NOTHING
from commcalc.language.expression import Type
from commcalc.language.names import nearest
from commcalc.plan.load import LoadedPlan
from commcalc.plan.measures import MeasureBase
from commcalc.plan.walk import Path
from commcalc.plan.whose import WORDS, ReportsCredit, SameCredit, of_others
from commcalc.plan.windows import ANNIVERSARY, OF_PROGRAM, QUOTA_ROW, rolling_of


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with whose deals count in each measure, with their windows, and with whose quotas."""
    for name, measure in loaded.plan.measures.items():
        path: Path = ("measures", name)
        yield from _column(loaded, path, measure, facts)
        if measure.window == OF_PROGRAM:
            yield NO_PROGRAM.at(loaded.tree.span_of((*path, "window")), name=name)
        if measure.quota == "sum of reports":
            yield from _summed(loaded, path, name, measure)
        if measure.spread is not None and (measure.window == ANNIVERSARY or rolling_of(measure.window)):
            mend = "leave it out, and give rows that lie inside the window: they add up"
            at = loaded.tree.span_of((*path, "spread"), key=True)
            yield NO_SPREAD.at(at, key="spread", name=name, window=measure.window, mend=mend)
        if measure.ramp is not None:
            yield from _ramp(loaded, path, name, measure)
    for name, component in loaded.plan.components.items():
        on = getattr(component, "on", None)
        window = loaded.plan.measures[on].window if on in loaded.plan.measures else ""
        if rolling_of(window) is not None and not component.per_payee:
            at = loaded.tree.span_of(("components", name, "on"))
            yield OVERLAPPING.at(at, name=on, window=window, component=name)


def _ramp(loaded: LoadedPlan, path: Path, name: str, measure: MeasureBase) -> Iterator[Problem]:
    at = loaded.tree.span_of((*path, "ramp"), key=True)
    if measure.quota is None:
        yield RAMP_OF_NOTHING.at(at, name=name)
    elif measure.window in ("deal", "life", QUOTA_ROW):
        mend = "let it be over a month, quarter or year"
        yield NO_SPREAD.at(at, key="ramp", name=name, window=measure.window, mend=mend)


def _column(loaded: LoadedPlan, path: Path, measure: MeasureBase, facts: Facts) -> Iterator[Problem]:
    """The column that says who is above names payees; the one that makes a group is there."""
    said = measure.credit
    if not isinstance(said, ReportsCredit | SameCredit):
        return
    key, column = ("reports_by", said.reports_by) if isinstance(said, ReportsCredit) else ("same", said.same)
    yield from column_problem(loaded, (*path, "credit", key), column, facts, key)


def column_problem(loaded: LoadedPlan, at: Path, column: str, facts: Facts, key: str) -> Iterator[Problem]:
    """Yield what keeps a column of the payees from saying who is above (`key` is reports_by), or from making groups (same)."""
    allowed = facts.links if key == "reports_by" else frozenset(c for c, t in facts.payee_columns.items() if t is Type.TEXT)
    if column in allowed:
        return
    near = nearest(column, allowed)
    if column not in facts.payee_columns:
        what = f"`{column}` is not a column of the payees" + (f"; did you mean `{near}`?" if near else "")
        kind = "payee" if key == "reports_by" else "text"
        typed = f"say what it is at the payees table in commcalc.yaml: `types: {{{column}: {kind}}}`"
        mend = f"write `{near}`" if near else typed
    elif key == "reports_by":
        what = f"`{column}` is {facts.payee_columns[column]}, and who is above somebody is a payee"
        mend = f"say so at the payees table in commcalc.yaml: `types: {{{column}: payee}}`"
    else:
        what, mend = f"`{column}` is {facts.payee_columns[column]}, and a group shares a text", "name a column of texts"
    yield NOT_OF_PAYEES.at(loaded.tree.span_of(at), what=what, mend=mend)


def _summed(loaded: LoadedPlan, path: Path, name: str, measure: MeasureBase) -> Iterator[Problem]:
    why = ""
    if not of_others(measure.credit):
        why = "it counts nobody's but the payee's own"
        mend = f"write `quota: own`, or credit those below: {', '.join(f'`credit: {w}`' for w in WORDS)}"
    elif measure.aggregate in ("kpi", "formula"):
        why, mend = f"a {measure.aggregate} counts no deals", "write `quota: own`, or an amount"
    elif measure.window == "quota row":
        why, mend = "each of them has rows of their own", "let it be over a month, quarter or year"
    if why:
        yield NOBODYS_QUOTAS.at(loaded.tree.span_of((*path, "quota")), name=name, why=why, mend=mend)
