"""Reach: rows and rules for deals that a condition beside them never lets in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commcalc.advice.held import Held, known, meet, of_cell
from commcalc.advice.problems import NEVER
from commcalc.base.problem import Problem
from commcalc.checks.facts import Facts
from commcalc.checks.tiers import values
from commcalc.language.expression import Expression
from commcalc.language.expression.nodes import Name
from commcalc.plan.load import LoadedPlan
from commcalc.plan.shapes import Rows
from commcalc.plan.walk import Path


def advise(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield conditions that never hold, and the rows and rules of a component that its deals never reach."""
    del facts
    plan, tree = loaded.plan, loaded.tree
    for name, measure in plan.measures.items():
        where = getattr(measure, "where", None)
        if _never(known(where)):
            at = tree.span_of(("measures", name, "where"))
            yield NEVER.at(at, what=f"any deal of `{name}`", why="its condition contradicts itself")
    tables = [(path, value) for path, value in values(loaded) if isinstance(value, Rows) and path[0] == "components"]
    for name, component in plan.components.items():
        measure = plan.measures.get(component.runs_over or "")
        counted = getattr(measure, "where", None) if not component.per_payee else None
        where = component.where if not component.per_payee else None
        if _never(known(counted)):
            continue
        if _never(known(counted, where)):
            at = tree.span_of(("components", name, "where"))
            yield NEVER.at(at, what="any deal", why=f"`where: {_text(counted, where)}` never holds")
            continue
        holds = known(counted, where)
        for key in ("multiply", "kickers"):
            items = getattr(component, key)
            for number, item in enumerate(items):
                if item.when is not None and not component.per_payee and _never(known(counted, where, item.when)):
                    path: Path = (
                        ("components", name, key, "when") if len(items) == 1 else ("components", name, key, number, "when")
                    )
                    why = f"deals are taken in where {_text(counted, where)}" if holds else "it contradicts itself"
                    yield NEVER.at(tree.span_of(path), what=f"`when: {item.when.text}`", why=why)
        for path, table in tables:
            if path[1] == name and not component.per_payee:
                yield from _rows(loaded, path, table, holds, _text(counted, where))


def _rows(loaded: LoadedPlan, path: Path, table: Rows, holds: Mapping[str, Held], where: str) -> Iterator[Problem]:
    """Yield rows of which one cell holds nothing that a deal can have there; of one key also an `any` that the others leave nothing."""
    keys = [by.node.id if isinstance(by.node, Name) else "" for by in table.by]
    left = [holds.get(key) for key in keys]
    entries = list(table.entries())
    said = {cells[0].value for cells, _ in entries if cells[0].kind == "value"}
    for number, (cells, _) in enumerate(entries):
        none = [
            k
            for k, cell in enumerate(cells)
            if (held := left[k]) is not None and cell.kind != "any" and not meet(held, of_cell(cell))
        ]
        if (
            len(keys) == 1
            and cells[0].kind == "any"
            and left[0] is not None
            and left[0].values is not None
            and left[0].values <= said
        ):
            none = [0]
        if none:
            at = (*path, "rows", cells[0].text) if isinstance(table.rows, dict) else (*path, "rows", number)
            text = ", ".join(cell.text for cell in cells)
            place = loaded.tree.span_of(at, key=isinstance(table.rows, dict))
            yield NEVER.at(place, what=f"the row `{text}`", why=f"deals are taken in where {where}")


def _never(holds: Mapping[str, Held]) -> bool:
    return any(held.empty for held in holds.values())


def _text(*conditions: Expression | None) -> str:
    return " and ".join(condition.text for condition in conditions if condition is not None)
