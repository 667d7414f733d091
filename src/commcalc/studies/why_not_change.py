"""Changes, in memory, that would have made a deal count: one cell of its row, one row of a table, one condition of a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.language.expression.nodes import Between, Binary, DateLit, Expression, In, Name, Node, Number, Text
from commcalc.plan.load import LoadedPlan


@dataclass(frozen=True, slots=True)
class Kept:
    """The plans and tables of a run, as they are or changed."""

    plans: tuple[LoadedPlan, ...]
    tables: Mapping[str, pl.DataFrame]

    def with_table(self, name: str, frame: pl.DataFrame) -> Kept:
        """Return these with another table in the place of one."""
        return replace(self, tables={**self.tables, name: frame})


@dataclass(frozen=True, slots=True)
class Change:
    """A change: its words after `if`, and how it is made."""

    words: str
    make: Callable[[Kept], Kept]


def set_cells(deal: str, cells: Mapping[str, Any]) -> Change:
    """Return the change of fields of a deal's rows."""

    def make(kept: Kept) -> Kept:
        deals = kept.tables["deals"]
        here = pl.col("deal_id") == deal
        values = {c: pl.lit(v).cast(deals.schema[c]) for c, v in cells.items()}
        return kept.with_table(
            "deals", deals.with_columns(pl.when(here).then(v).otherwise(pl.col(c)).alias(c) for c, v in values.items())
        )

    return Change(" and ".join(f"{c} were {shown(v)}" for c, v in cells.items()), make)


def at_date(deal: str, column: str, day: date) -> Change:
    """Return the change of the day on which a deal counts."""
    return set_cells(deal, {column: day})


def of_owner(deal: str, payee: str) -> Change:
    """Return the change of a deal's owner; its shares are set aside."""

    def make(kept: Kept) -> Kept:
        made = set_cells(deal, {"owner": payee}).make(kept)
        splits = made.tables.get("splits")
        return (
            made if splits is None or splits.is_empty() else made.with_table("splits", splits.filter(pl.col("deal_id") != deal))
        )

    return Change(f"`{payee}` owned it", make)


def employed(payee: str, day: date) -> Change:
    """Return the change of the day on which a payee was hired."""

    def make(kept: Kept) -> Kept:
        hired = pl.when(pl.col("payee_id") == payee).then(pl.lit(day)).otherwise(pl.col("hired"))
        return kept.with_table("payees", kept.tables["payees"].with_columns(hired.alias("hired")))

    return Change(f"`{payee}` had been hired by {day}", make)


def put_on_plan(payee: str, day: date) -> Change:
    """Return the change that lets the payee's nearest assignment reach to that day."""

    def make(kept: Kept) -> Kept:
        table = kept.tables["assignments"].with_row_index("~i")
        rows = table.filter(pl.col("payee_id") == payee).sort("from", nulls_last=False).to_dicts()
        before = [r for r in rows if r["from"] is None or r["from"] <= day]
        column, at = ("to", before[-1]["~i"]) if before else ("from", rows[0]["~i"])
        reached = pl.when(pl.col("~i") == at).then(pl.lit(day)).otherwise(pl.col(column)).alias(column)
        return kept.with_table("assignments", table.with_columns(reached).drop("~i"))

    return Change(f"an assignment of `{payee}` held {day}", make)


def without_rule(plan: str, path: tuple[str, str], deal: str, key: str, words: str) -> Change:
    """Return the change by which a condition lets this deal through as well: `(...) or deal_id = ...`."""
    mine = Binary("=", Name("deal_id", 0, 0), Text(deal, 0, 0), 0, 0)

    def rule(said: Any) -> Any:
        condition = getattr(said, key)
        node = Binary("or", mine, condition.node, 0, 0)
        return said.model_copy(update={key: Expression(f"deal_id = '{deal}' or ({condition.text})", node)})

    return Change(words, lambda kept: _with_part(kept, plan, path, rule))


def without(plan: str, component: str, keys: Mapping[str, Any], words: str) -> Change:
    """Return the change by which a component says something else: no gate, no cap, no dates."""
    return Change(
        words, lambda kept: _with_part(kept, plan, ("components", component), lambda c: c.model_copy(update=dict(keys)))
    )


def _with_part(kept: Kept, plan: str, path: tuple[str, str], change: Callable[[Any], Any]) -> Kept:
    section, name = path

    def changed(loaded: LoadedPlan) -> LoadedPlan:
        if loaded.plan.plan != plan:
            return loaded
        parts = {**getattr(loaded.plan, section)}
        parts[name] = change(parts[name])
        return replace(loaded, plan=loaded.plan.model_copy(update={section: parts}))

    return replace(kept, plans=tuple(changed(p) for p in kept.plans))


def settled_by(node: Node) -> tuple[str, Any] | None:
    """Return the column and a value by which a condition of one column and what stands written would hold; None where none is plain."""
    if isinstance(node, In) and not node.negated and isinstance(node.item, Name):
        return _pair(node.item, node.options[0])
    if isinstance(node, Between) and isinstance(node.item, Name):
        return _pair(node.item, node.low)
    if isinstance(node, Binary) and node.op in ("=", ">=", "<="):
        left, right = node.left, node.right
        return _pair(left, right) if isinstance(left, Name) else _pair(right, left) if isinstance(right, Name) else None
    return None


def _pair(name: Name, value: Node) -> tuple[str, Any] | None:
    return (name.id, value.value) if isinstance(value, Number | Text | DateLit) else None


def shown(value: object) -> str:
    """Return a value as an expression writes it."""
    if value is None:
        return "empty"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"'{value}'" if isinstance(value, str) else str(value)


def listed(first: date | None, last: date | None) -> str:
    """Return a range of days in words."""
    return f"from {first or 'the beginning'} to {last or 'an open end'}"
