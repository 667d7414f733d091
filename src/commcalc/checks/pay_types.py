"""What is multiplied to make pay fits together: a ratio of money, or money for units; factors are ratios."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from commcalc.base.problem import Problem
from commcalc.checks.expressions import at_place, scope_of
from commcalc.checks.facts import Facts
from commcalc.checks.problems import CELL, MONEY_OF_MONEY
from commcalc.checks.tiers import values
from commcalc.language.expression import Scope, Type, check_expression, walk
from commcalc.language.expression.nodes import Number
from commcalc.language.fields import Cell
from commcalc.plan.components import Bonus, Commission, Contest, Pool, Spiff
from commcalc.plan.load import LoadedPlan
from commcalc.plan.model import Plan
from commcalc.plan.shapes import Matrix, Rows
from commcalc.plan.walk import Path, Place, component_places


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield rates, factors and cells whose type does not fit what they are taken of."""
    scope = scope_of(loaded.plan, facts)
    bases = {name: _basis(loaded, name, scope) for name in loaded.plan.components}
    for place in loaded.places:
        path = place.path
        if path[0] != "components" or place.wanted != "figure" or place.key or "by" in path[3:]:
            continue
        if _is_amount(path) and check_expression(place.expression, at_place(scope, place))[0] is Type.RATIO:
            said = f"`{place.expression.text}` is a ratio, and a limit or target is an amount"
            yield MONEY_OF_MONEY.at(
                loaded.tree.span_of(path), what=said, mend="write an amount: 500 USD; or say of what: 200% of target"
            )
        what = _wanted_ratio(path, bases[str(path[1])])
        if what and check_expression(place.expression, at_place(scope, place))[0] is Type.MONEY:
            said = f"`{place.expression.text}` is an amount, and {what}"
            yield MONEY_OF_MONEY.at(loaded.tree.span_of(path), what=said, mend="write a ratio: 5% or 1.2x")
        if _of_target(loaded.plan, place) and check_expression(place.expression, at_place(scope, place))[0] is Type.MONEY:
            said = f"`{place.expression.text}` is an amount, and a bonus with a target pays a ratio of it"
            mend = "write a ratio: 100%, attainment, value / 1_000 USD; or leave the target out"
            yield MONEY_OF_MONEY.at(loaded.tree.span_of(path), what=said, mend=mend)
        if _is_plain(loaded.plan, place) and check_expression(place.expression, at_place(scope, place))[0] is Type.NUMBER:
            said = f"`{place.expression.text}` is a plain number, and a spiff pays an amount or a ratio"
            mend = "write 300 USD or 5%; of a column, say in `types:` of its table that it is money or a ratio"
            yield MONEY_OF_MONEY.at(loaded.tree.span_of(path), what=said, mend=mend)
    for path, value in values(loaded):
        if isinstance(value, Rows | Matrix):
            own = getattr(loaded.plan.components.get(str(path[1])), "on", None) if path[0] == "components" else None
            yield from _cells(loaded, path, value, at_place(scope, Place(path, value.by[0], "any", deal=True, own=own)))


def _of_target(plan: Plan, place: Place) -> bool:
    component = plan.components[str(place.path[1])]
    return place.path[2] == "payout" and isinstance(component, Bonus) and component.target is not None


def _is_plain(plan: Plan, place: Place) -> bool:
    """Whether it is the pay of a spiff, and no nought and nothing in percent in it says of what the number is."""
    if place.path[2] != "pay" or not isinstance(plan.components[str(place.path[1])], Spiff):
        return False
    node = place.expression.node
    nought = isinstance(node, Number) and node.value == 0
    return not nought and not any(isinstance(n, Number) and n.type == "ratio" for n in walk(node))


def pays_amount(plan: Plan, name: str, facts: Facts) -> bool:
    """Return whether what a bonus or spiff pays is an amount, by the types of all that it may give; else it is a ratio.

    A bonus without a target has nothing that a ratio could be of.
    """
    component = plan.components[name]
    if isinstance(component, Pool) or (isinstance(component, Bonus | Contest) and component.target is None):
        return True
    scope = scope_of(plan, facts)
    given = (
        p
        for p in component_places(name, component)
        if p.path[2] in ("payout", "pay", "prizes") and not p.key and "by" not in p.path
    )
    return any(check_expression(p.expression, at_place(scope, p))[0] is Type.MONEY for p in given)


def _is_amount(path: Path) -> bool:
    return path[2] == "target" or (path[2] in ("cap", "floor") and path[-1] == "at")


def _basis(loaded: LoadedPlan, name: str, scope: Scope) -> Type | None:
    """Return the type of what a commission is paid on."""
    component = loaded.plan.components[name]
    if not isinstance(component, Commission):
        return None
    if component.basis is not None:
        return check_expression(component.basis, scope)[0]
    return scope.measures.get(component.on)


def _wanted_ratio(path: Path, basis: Type | None) -> str:
    """Return why a ratio is wanted at a place; empty where an amount may be right."""
    if path[2] == "gate" and path[-1] == "else":
        return "a gate lets a part through, which is a ratio"
    if (path[2] == "accelerators" and "pay" in path) or (path[2] == "multiply" and "factor" in path):
        return "a factor is a ratio"
    rate = path[2] == "rate" and ("tiers" not in path or "pay" in path)
    return "a rate of an amount is a ratio" if basis is Type.MONEY and (rate or (path[2] == "kickers" and "add" in path)) else ""


def _cells(loaded: LoadedPlan, path: Path, table: Rows | Matrix, scope: Scope) -> Iterator[Problem]:
    """The cells of a key are of the key's type: dates for a date, figures for a figure, no ranges of texts."""
    kinds = [check_expression(by, scope)[0] for by in table.by]
    for at, number, cell in _placed(path, table):
        kind = kinds[number] if number < len(kinds) else None
        if kind is None or cell.kind == "any" or _fits(cell, kind, loaded.plan.currency):
            continue
        place = loaded.tree.span_of(at, key=isinstance(table, Rows) and isinstance(table.rows, dict))
        wanted = {Type.MONEY: f"amounts in {loaded.plan.currency}", Type.DATE: "dates", Type.YES_NO: "yes and no"}.get(
            kind, f"{kind}s"
        )
        yield CELL.at(place, text=cell.text, by=table.by[number].text, wanted=wanted)


def _placed(path: Path, table: Rows | Matrix) -> Iterator[tuple[Path, int, Cell]]:
    """Yield every cell with its place and the number of its key."""
    if isinstance(table, Matrix):
        yield from (((*path, "matrix", n, 0), 0, cell) for n, cell in enumerate(table.down, 1))
        yield from (((*path, "matrix", 0, n), 1, cell) for n, cell in enumerate(table.across))
    elif isinstance(table.rows, dict):
        yield from (((*path, "rows", cell.text), 0, cell) for cell in table.rows)
    else:
        for n, row in enumerate(table.rows):
            yield from (((*path, "rows", n, k), k, cell) for k, cell in enumerate(row.cells))


def _fits(cell: Cell, kind: Type, currency: str) -> bool:
    if kind is Type.TEXT:
        return cell.kind == "value"
    if kind is Type.YES_NO:
        return cell.text.strip() in ("yes", "no")
    ends = [end for end in (cell.value, cell.low, cell.high) if end is not None]
    if kind is Type.DATE:
        return all(isinstance(end, date) for end in ends)
    return all(isinstance(end, Decimal) for end in ends) and (
        cell.currency is None or (kind is Type.MONEY and cell.currency == currency)
    )
