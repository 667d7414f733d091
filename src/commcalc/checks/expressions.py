"""Expressions in their places: names known, types that fit, and a condition or figure where one is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.measure_problems import NO_DAYS
from commcalc.checks.problems import NAME_TAKEN, NOT_A_CONDITION, NOT_A_FIGURE, NOT_YET
from commcalc.language.expression import Expression, Scope, Type, check_expression, walk
from commcalc.language.expression.nodes import Call, Member, Text
from commcalc.language.names import nearest
from commcalc.language.problems import NOT_A_CHOICE
from commcalc.plan.components import Bonus, Pool
from commcalc.plan.load import LoadedPlan
from commcalc.plan.measures import CountMeasure, DistinctMeasure
from commcalc.plan.model import Param, Plan
from commcalc.plan.shapes import Bands, Matrix, Points, Rows
from commcalc.plan.walk import Place
from commcalc.plan.windows import QUOTA_ROW, tile_of

BUILT_IN = {"credit_date": Type.DATE, "role": Type.TEXT, "level": Type.NUMBER, "currency": Type.TEXT}
OF_PAYEE = {"ote": Type.MONEY, "base": Type.MONEY, "variable": Type.MONEY, "payee_id": Type.TEXT}
RESERVED: Mapping[str | int, tuple[str, ...]] = {
    "rate": ("on-target",), "quota": ("own", "team", "plan", "sum of reports"), "before": ("flat", "extend"), "beyond": ("flat", "extend"),
}  # fmt: skip
"""Words that may stand for an expression at some keys."""
TENURE = ("months_on_plan", "months_employed", "periods_on_plan", "days_in_window")
"""How long a payee is there."""
OF_A_BONUS = ("payout", "multiply", "kickers")
"""Where the figures of a bonus stand, which is paid for a window."""


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with the expressions of a plan, each at its characters."""
    plan, tree = loaded.plan, loaded.tree
    yield from _clashes(loaded, facts)
    scope = scope_of(plan, facts)
    for place in loaded.places:
        mine = at_place(scope, place)
        found, wrong = check_expression(place.expression, mine)
        meant = nearest(place.expression.text, RESERVED.get(place.path[-1], ())) if wrong else None
        if meant is not None:  # a misspelt word of the language reads as an expression of names that nobody knows
            near = f"; did you mean `{meant}`?"
            choices = f"`{meant}` or a value"
            yield NOT_A_CHOICE.at(
                tree.span_of(place.path), text=place.expression.text, choices=choices, near=near, mend=f"`{meant}`"
            )
            continue
        for kind, start, end, texts in wrong:
            at = tree.span_of(place.path, key=True) if place.key else tree.scalar_place(place.path, start, end)
            yield kind.at(at, **texts)
        yield from _later(loaded, place)
        yield from _no_window(loaded, place)
        yield from _hidden(loaded, place, facts)
        if wrong or found is None:
            continue
        if place.wanted == "condition" and found is not Type.YES_NO:
            yield NOT_A_CONDITION.at(tree.span_of(place.path), text=place.expression.text, found=_article(found))
        if place.wanted == "figure" and not found.numeric:
            yield NOT_A_FIGURE.at(tree.span_of(place.path), text=place.expression.text, found=_article(found))


def _article(found: Type) -> str:
    return {Type.MONEY: "an amount", Type.YES_NO: "yes or no"}.get(found, f"a {found}")


def _later(loaded: LoadedPlan, place: Place) -> Iterator[Problem]:
    for node in walk(place.expression.node):
        first = node.args[0] if isinstance(node, Call) and node.function == "earned" and node.args else None
        if isinstance(first, Text) and "." in first.value and first.value not in loaded.plan.components:
            name = f"earned('{first.value}')"
            yield NOT_YET.at(loaded.tree.scalar_place(place.path, node.start, node.end), name=name)


def _hidden(loaded: LoadedPlan, place: Place, facts: Facts) -> Iterator[Problem]:
    """A column of the payees that has a name of the language would be read as what the language means by it."""
    for node in walk(place.expression.node):
        if isinstance(node, Member) and node.id in facts.payee_columns and node.id in (*TENURE, "ote", "base", "variable"):
            at = loaded.tree.scalar_place(place.path, node.start, node.end)
            yield NAME_TAKEN.at(
                at, name=f"payee.{node.id}", one="what the plan says of the payee", other="a column of the payees"
            )


def _no_window(loaded: LoadedPlan, place: Place) -> Iterator[Problem]:
    """Days in a window are read in the payout of a bonus, and its factors, over a window that ends."""
    component = loaded.plan.components.get(place.component or "")
    on = getattr(component, "on", None)
    said = loaded.plan.measures[on].window if on in loaded.plan.measures else ""
    if isinstance(component, Pool) and place.path[2] in ("shared_by", "fund"):
        return
    ends = isinstance(component, Bonus) and tile_of(said) not in ("", "deal", "life", QUOTA_ROW)
    if ends and place.path[2] in OF_A_BONUS:
        return
    for node in walk(place.expression.node):
        if isinstance(node, Member) and node.id == "days_in_window":
            yield NO_DAYS.at(loaded.tree.scalar_place(place.path, node.start, node.end))


def scope_of(plan: Plan, facts: Facts) -> Scope:
    """Return all names of a plan with their types; places narrow it."""
    columns: dict[str, Type] = dict(facts.columns)
    params: dict[str, Type] = {}
    base = Scope(
        columns=columns, payee={**facts.payee_columns, **OF_PAYEE, **dict.fromkeys(TENURE, Type.NUMBER)}, others=BUILT_IN
    )
    for name, param in plan.params.items():
        params[name] = _type(param.default if isinstance(param, Param) else param, base) or Type.NUMBER
    base = Scope(columns=columns, payee=base.payee, params=params, others=BUILT_IN)
    tables = {n: _type(t, base) or Type.NUMBER for n, t in plan.tables.items()}
    base = Scope(columns=columns, payee=base.payee, params=params, others=BUILT_IN, tables=tables)
    for name, value in plan.columns.items():
        columns[name] = _type(value, base) or Type.NUMBER
    measures: dict[str, Type] = {}
    for name, measure in plan.measures.items():
        counts = isinstance(measure, CountMeasure | DistinctMeasure) or measure.aggregate == "kpi"
        expression = measure.expression
        known = Scope(columns=columns, payee=base.payee, params=params, others=BUILT_IN, tables=tables, measures=measures)
        measures[name] = Type.NUMBER if counts or expression is None else (_type(expression, known) or Type.NUMBER)
    return Scope(
        columns=columns, payee=base.payee, params=params, others=BUILT_IN, measures=measures,
        components=frozenset(plan.components), tables=tables, currency=plan.currency,
    )  # fmt: skip


def _type(value: object, scope: Scope) -> Type | None:
    """Return the type that a value gives: that of its first cell."""
    if isinstance(value, Expression):
        return check_expression(value, scope)[0]
    if isinstance(value, Rows | Matrix):
        return next((_type(v, scope) for _, v in value.entries()), None)
    if isinstance(value, Bands):
        return _type(value.bands[0].pay, scope)
    if isinstance(value, Points):
        return next((_type(v, scope) for v in value.points.values()), None)
    return None


def _has_a_window(place: Place) -> bool:
    """Gates and the figures of a bonus are read for a window, at its end or before."""
    return "gate" in place.path or (not place.deal and place.component is not None and place.path[2] in OF_A_BONUS)


def at_place(scope: Scope, place: Place) -> Scope:
    """Narrow the names to those that mean something at a place."""
    own = scope.measures.get(place.own) if place.own else None
    others = {**scope.others, "window_ended": Type.YES_NO} if _has_a_window(place) else scope.others
    if "take" in place.path:
        others = {**others, "months_served": Type.NUMBER, "days_served": Type.NUMBER}
    if not place.deal:
        others = {k: v for k, v in others.items() if k in ("currency", "window_ended")}
    return Scope(
        columns=scope.columns, payee=scope.payee, params=scope.params, others=others, measures=scope.measures, components=scope.components,
        tables=scope.tables, own=own, deal_in_scope=place.deal, currency=scope.currency,
    )  # fmt: skip


def _clashes(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """A name that is a param and a column, or hides a deal column, would mean two things."""
    plan, tree = loaded.plan, loaded.tree
    for name in plan.params:
        if name in facts.stated or name in plan.columns:
            yield NAME_TAKEN.at(tree.span_of(("params", name), key=True), name=name, one="a param", other="a column")
    for name in plan.columns:
        if name in facts.stated:
            yield NAME_TAKEN.at(
                tree.span_of(("columns", name), key=True), name=name, one="a column of the plan", other="a column of the deals"
            )
