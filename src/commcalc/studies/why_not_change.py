"""Changes, in memory, that would have made a deal count: one cell of its row, one row of a table, one condition of a plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.language.expression.nodes import Between, Binary, Call, DateLit, Expression, In, Name, Node, Number, Text
from commcalc.plan.load import LoadedPlan


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a deal: those of some lines, or all where no line is named."""

    deal: str
    lines: tuple[int, ...] = ()

    def of(self, column: str = "deal_id") -> pl.Expr:
        """Return which rows of a table of deals or lines these are."""
        here = pl.col(column) == self.deal
        return here & pl.col("line").fill_null(0).cast(pl.UInt32).is_in(list(self.lines)) if self.lines else here

    @property
    def node(self) -> Node:
        """The same as a condition of a plan."""
        here: Node = Binary("=", Name("deal_id", 0, 0), Text(self.deal, 0, 0), 0, 0)
        if not self.lines:
            return here
        numbers = tuple(Number(Decimal(n), "number", None, 0, 0) for n in self.lines)
        return Binary("and", here, In(Name("line", 0, 0), numbers, False, 0, 0), 0, 0)


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
    """A change: its words after `if`, and how it is made for rows of a deal."""

    words: str
    make: Callable[[Kept, Rows], Kept]


def set_cells(cells: Mapping[str, Any]) -> Change:
    """Return the change of fields of the rows."""

    def make(kept: Kept, rows: Rows) -> Kept:
        deals = kept.tables["deals"]
        values = {c: pl.lit(v).cast(deals.schema[c]) for c, v in cells.items()}
        changed = (pl.when(rows.of()).then(v).otherwise(pl.col(c)).alias(c) for c, v in values.items())
        return kept.with_table("deals", deals.with_columns(changed))

    return Change(" and ".join(f"{c} were {shown(v)}" for c, v in cells.items()), make)


def of_owner(payee: str) -> Change:
    """Return the change of a deal's owner; its shares are set aside."""

    def make(kept: Kept, rows: Rows) -> Kept:
        made = set_cells({"owner": payee}).make(kept, rows) if "owner" in kept.tables["deals"].columns else kept
        splits = made.tables.get("splits")
        if splits is None or splits.is_empty():
            return made
        return made.with_table("splits", splits.filter(pl.col("deal_id") != rows.deal))

    return Change(f"`{payee}` owned it", make)


def employed(payee: str, day: date) -> Change:
    """Return the change of the day on which a payee was hired."""

    def make(kept: Kept, _: Rows) -> Kept:
        hired = pl.when(pl.col("payee_id") == payee).then(pl.lit(day)).otherwise(pl.col("hired"))
        return kept.with_table("payees", kept.tables["payees"].with_columns(hired.alias("hired")))

    return Change(f"`{payee}` had been hired by {day}", make)


def put_on_plan(payees: Collection[str], day: date, plan: str | None = None) -> Change:
    """Return the change by which payees are on a plan that day: the assignment that holds it, else the nearest, says so."""

    def make(kept: Kept, _: Rows) -> Kept:
        table = kept.tables["assignments"]
        for payee in payees:
            table = _reaching(table, payee, day, plan)
        return kept.with_table("assignments", table)

    named = " and ".join(f"`{p}`" for p in payees)
    return Change(f"an assignment of {named} {'to ' + plan + ' ' if plan else ''}held {day}", make)


def _reaching(table: pl.DataFrame, payee: str, day: date, plan: str | None) -> pl.DataFrame:
    table = table.with_row_index("~i")
    rows = table.filter(pl.col("payee_id") == payee).sort("from", nulls_last=False).to_dicts()
    if not rows:
        row = pl.DataFrame([{"payee_id": payee, "plan": plan, "from": day}]).cast({"from": pl.Date})
        return pl.concat([table.drop("~i"), row], how="diagonal")
    before = [r for r in rows if r["from"] is None or r["from"] <= day]
    at = before[-1] if before else rows[0]
    here = pl.col("~i") == at["~i"]
    changes = [pl.when(here).then(pl.lit(plan)).otherwise("plan").alias("plan")] if plan else []
    column = ("to" if before else "from") if not before or (at.get("to") or day) < day else None
    if column is not None:
        changes.append(pl.when(here).then(pl.lit(day)).otherwise(pl.col(column)).alias(column))
    return table.with_columns(changes).drop("~i")


def in_force(plan: str, day: date) -> Change:
    """Return the change by which a plan is in force on a day as well."""

    def change(loaded: LoadedPlan) -> LoadedPlan:
        said = loaded.plan.effective
        first, last = said.first and min(said.first, day), said.last and max(said.last, day)
        return replace(loaded, plan=loaded.plan.model_copy(update={"effective": replace(said, first=first, last=last)}))

    return Change(f"{plan} were in force on {day}", lambda kept, _: _with_plan(kept, plan, change))


def without_rule(plan: str, path: tuple[str, str], key: str, words: str) -> Change:
    """Return the change by which a condition lets these rows through as well: `deal_id = ... or (...)`."""

    def make(kept: Kept, rows: Rows) -> Kept:
        def rule(said: Any) -> Any:
            condition = getattr(said, key)
            return said.model_copy(update={key: Expression(condition.text, Binary("or", rows.node, condition.node, 0, 0))})

        return _with_part(kept, plan, path, rule)

    return Change(words, make)


def instead(plan: str, component: str, key: str, value: Expression, words: str) -> Change:
    """Return the change by which an expression of a component gives these rows another value."""

    def make(kept: Kept, rows: Rows) -> Kept:
        def rule(said: Any) -> Any:
            was = getattr(said, key)
            return said.model_copy(update={key: Expression(was.text, Call("if", (rows.node, value.node, was.node), 0, 0))})

        return _with_part(kept, plan, ("components", component), rule)

    return Change(words, make)


def without(plan: str, component: str, keys: Mapping[str, Any], words: str) -> Change:
    """Return the change by which a component says something else: no gate, no cap, no dates."""
    path = ("components", component)
    return Change(words, lambda kept, _: _with_part(kept, plan, path, lambda c: c.model_copy(update=dict(keys))))


def standing_higher(payee: str, measure: str, by: Decimal, day: date) -> Change:
    """Return the change by which a measure stands higher before its first deal: as after sales of earlier times."""

    def make(kept: Kept, _: Rows) -> Kept:
        row = pl.DataFrame([{"payee_id": payee, "kind": "measure", "name": measure, "as_of": day, "amount": by}])
        known = kept.tables.get("openings")
        if known is None or not known.width:
            return kept.with_table("openings", row.with_columns(pl.col("amount").cast(pl.Decimal(38, 12))))
        return kept.with_table("openings", pl.concat([known, row.cast({"amount": known.schema["amount"]})], how="diagonal"))

    return Change(f"`{measure}` stood {shown(by)} higher", make)


def _with_part(kept: Kept, plan: str, path: tuple[str, str], change: Callable[[Any], Any]) -> Kept:
    section, name = path

    def changed(loaded: LoadedPlan) -> LoadedPlan:
        parts = {**getattr(loaded.plan, section)}
        parts[name] = change(parts[name])
        return replace(loaded, plan=loaded.plan.model_copy(update={section: parts}))

    return _with_plan(kept, plan, changed)


def _with_plan(kept: Kept, plan: str, change: Callable[[LoadedPlan], LoadedPlan]) -> Kept:
    return replace(kept, plans=tuple(change(p) if p.plan.plan == plan else p for p in kept.plans))


def settling(nodes: Collection[Node], columns: Collection[str]) -> dict[str, Any] | None:
    """Return cells by which conditions that fail would all hold; None where no single value of each column plainly does it."""
    found: dict[str, Any] = {}
    for node in nodes:
        pair = _settled_by(node)
        if pair is None or pair[0] not in columns or pair[0] in found:
            return None
        found[pair[0]] = pair[1]
    return found


def _settled_by(node: Node) -> tuple[str, Any] | None:
    """Return the column and a value by which a condition of one column and what stands written would hold."""
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
