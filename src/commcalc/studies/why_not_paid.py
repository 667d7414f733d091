"""A deal that every condition lets through: what could not be calculated, what a gate, cap or limit took, a rate of nothing, or its pay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.base.calendar import Calendar
from commcalc.engine.result import Result
from commcalc.engine.rules import attainment_of, constant, value_of
from commcalc.language.expression import walk
from commcalc.language.expression.nodes import Call, Expression, Name, Node
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.model import Plan
from commcalc.plan.shapes import Rows, expressions_of
from commcalc.plan.tiers import Tiers
from commcalc.studies.why_not_change import Change, instead, set_cells, shown, standing_higher, without
from commcalc.studies.why_not_rules import Refusal, Who, read_by

ABOVE = Decimal("0.01")  # what it takes at least to be above a bound that is not in


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of a deal under a component: the row, as read, and the lines that it has there."""

    plan: Plan
    name: str
    result: Result
    who: Who
    row: Mapping[str, Any]
    credit_date: str
    shared: bool = False  # whether its pay, not its credit, is shared

    @property
    def said(self) -> ComponentBase:
        """What the component says."""
        return self.plan.components[self.name]

    @property
    def day(self) -> date:
        """The row's credit date."""
        found: date = self.row[
            getattr(self.plan.measures.get(getattr(self.said, "on", None) or ""), "date", None) or self.credit_date
        ]
        return found

    def lines(self) -> pl.DataFrame:
        """Return the lines of the row."""
        key = {"plan": self.plan.plan, "component": self.name, "payee": self.who.payee, "deal": self.who.deal}
        lines = self.result.lines
        return lines.filter(*(pl.col(c) == v for c, v in key.items()), pl.col("line") == self.row["line"])

    def refusal(self, rule: str, why: str, mend: str = "", change: Change | None = None) -> Refusal:
        """Return a refusal of the row."""
        return Refusal(f"{self.plan.plan}.{self.name}", rule, why, mend, change, (self.row["line"],))


def became(asked: Asked, calendar: Calendar) -> Refusal:
    """Return what became of a row that the component's conditions let through."""
    component = f"{asked.plan.plan}.{asked.name}"
    of_it = pl.col("component").is_in([component, f"{asked.plan.plan}.{getattr(asked.said, 'on', None)}"])
    here = (pl.col("deal") == asked.who.deal) & (pl.col("row") == asked.row.get("row", 0))
    told = asked.result.exceptions.filter(of_it & (pl.col("payee") == asked.who.payee) & (here | (pl.col("deal") == "")))
    for row in told.to_dicts():
        return asked.refusal(row["code"], row["reason"], row["mend"])
    lines = asked.lines()
    if lines.is_empty():
        period = calendar.period_of(asked.day)
        why = f"it is credited on {asked.day}, in an earlier period, and nothing about it has changed since"
        return asked.refusal("period", why, f"ask with --period {period.name}" if period is not None else "")
    sums = {kind: Decimal(amount) for kind, amount in lines.group_by("kind").agg(pl.col("amount").sum()).iter_rows()}
    total = sum(sums.values(), Decimal(0))
    return _cut(asked, sums, total) or (asked.refusal("", f"it pays {shown(total)}") if total else _of_nothing(asked, lines))


def _cut(asked: Asked, sums: Mapping[str, Decimal], total: Decimal) -> Refusal | None:
    """What a gate, a cap or a budget took of it."""
    said = asked.said
    gates, caps = " and ".join(g.when.text for g in said.gate), ", ".join(str(getattr(x.at, "text", x.at)) for x in said.caps)
    taken: list[tuple[str, str, str, dict[str, Any]]] = [
        ("maximum", f"cap per deal: {caps}", "there were no cap", {"cap": "none"}),
        ("gate", f"gate: {gates}", "the gate were open", {"gate": ()}),
        ("cap", f"cap: {caps}", "there were no cap", {"cap": "none"}),
        ("budget", f"budget: {_budget(said)}", "there were no budget", {"budget": "none"}),
    ]
    for kind, rule, words, keys in taken:
        if (cut := sums.get(kind, Decimal(0))) < 0:
            left = f"it earned {shown(sums.get('earning', Decimal(0)))}, of which {shown(-cut)} is cut: {shown(total)} is left"
            return asked.refusal(rule, left, change=without(asked.plan.plan, asked.name, keys, words))
    return None


def _budget(said: ComponentBase) -> str:
    at = getattr(getattr(said, "budget", None), "amount", None)
    return str(getattr(at, "text", at))


def _of_nothing(asked: Asked, lines: pl.DataFrame) -> Refusal:
    """Return why a line comes to zero: its place among the first, its rate, a factor, or what it is paid on."""
    said, plan = asked.said, asked.plan
    slices = asked.result.slices.filter(pl.col("line_id").is_in(lines["id"].to_list())).to_dicts()
    for key, why in (("first", "the places are taken by deals before it"), ("minimum", "it is not reached")):
        limit = getattr(said, key, None)
        if limit is not None and all(part["basis"] == 0 for part in slices) and lines["basis"].fill_null(0).eq(0).all():
            words = f"{key}: {_limit(limit)}"
            return asked.refusal(words, why, change=without(plan.plan, asked.name, {key: None}, f"`{key}` let it in"))
    for part in slices:
        if part["rate"] == 0:
            return _rate(asked, part, lines.row(0, named=True))
        if part["factor"] == 0:
            named = ", ".join(_factor(m) for m in said.multiply)
            return asked.refusal(
                f"multiply: {named}" if named else "accelerators", "the factor is zero", change=_unfactored(asked)
            )
    return asked.refusal("amount", "what it is paid on is zero, or it rounds to nothing")


def _limit(limit: Any) -> str:
    return str(getattr(limit, "text", None) or f"{limit.count} {'per payee' if limit.of == 'payee' else 'in all'}")


def _factor(multiplier: Any) -> str:
    text = getattr(multiplier.factor, "text", "a table")
    return f"{text} when {multiplier.when.text}" if multiplier.when is not None else text


def _unfactored(asked: Asked) -> Change | None:
    """Leave out the factors that are plainly zero."""
    kept = tuple(m for m in asked.said.multiply if constant(m.factor) != 0)
    if len(kept) == len(asked.said.multiply):
        return None
    return without(asked.plan.plan, asked.name, {"multiply": kept}, "there were no such factor")


def _rate(asked: Asked, part: Mapping[str, Any], line: Mapping[str, Any]) -> Refusal:
    """The rate is nothing: by a tier that is not passed, a row of a table, or a condition."""
    for key in ("rate", "pay"):
        value = getattr(asked.said, key, None)
        if isinstance(value, Tiers):
            tier = f"tier {part['tier']} of {len(value.tiers)}"
            return asked.refusal("rate", f"{tier} pays 0%", change=_next_tier(asked, value, part, line))
        read = [read_by(e.node, asked.row) for e in _read(value)]
        if isinstance(value, Rows):
            return asked.refusal(
                f"{key} by {', '.join(b.text for b in value.by)}", f"{'; '.join(read)}: it pays 0%", change=_row(asked, value)
            )
        if isinstance(value, Expression):
            return asked.refusal(f"{key}: {value.text}", f"{'; '.join(read)}: it pays 0%", change=_branch(asked, key, value))
        if value is not None and value != "on-target":
            return asked.refusal(key, f"{'; '.join(read)}: it pays 0%")
    return asked.refusal("rate", "it pays 0%")


def _read(value: object) -> Iterator[Expression]:
    """Yield what a value goes by: its keys where it is a table or curve."""
    by = getattr(value, "by", None)
    if by is None:
        yield from expressions_of(value)
    else:
        yield from by if isinstance(by, tuple | list) else [by]


def _row(asked: Asked, table: Rows) -> Change | None:
    """The nearest row of a table that pays: the fewest fields of the deal set to what it asks for."""
    columns = [b.node.id if isinstance(b.node, Name) and b.node.id in asked.row else None for b in table.by]
    found: list[dict[str, Any]] = []
    for cells, value in table.entries():
        pairs = [(c, cell.value) for c, cell in zip(columns, cells, strict=True) if cell.kind != "any"]
        plain = all(c is not None and cell.kind in ("any", "value") for c, cell in zip(columns, cells, strict=True))
        if plain and constant(value) != 0:
            found.append({c: v for c, v in pairs if c is not None and asked.row[c] != v})
    found = [cells for cells in found if cells]
    return set_cells(min(found, key=len)) if found else None


def _branch(asked: Asked, key: str, value: Expression) -> Change | None:
    """The other side of an `if` whose side taken pays nothing."""
    node = value.node
    if not isinstance(node, Call) or node.function != "if" or len(node.args) != 3:
        return None
    condition, yes, no = node.args
    zero = [constant(Expression("", n)) == 0 for n in (yes, no)]
    if zero[0] == zero[1]:
        return None
    other, how = (no, "did not hold") if zero[0] else (yes, "held")
    words = f"`{_text(value, condition)}` {how}"
    return instead(asked.plan.plan, asked.name, key, Expression(_text(value, other), other), words)


def _text(expression: Expression, node: Node) -> str:
    start, end = min(n.start for n in walk(node)), max(n.end for n in walk(node))
    return expression.text[start:end]


def _next_tier(asked: Asked, tiers: Tiers, part: Mapping[str, Any], line: Mapping[str, Any]) -> Change | None:
    """How much higher the component's own measure had to stand for the next tier that pays."""
    on = getattr(asked.said, "on", None) or ""
    attained = attainment_of(tiers.by.node, on) == on
    if (
        asked.shared
        or (not attained and value_of(tiers.by.node, on) != on)
        or asked.plan.measures[on].aggregate not in ("sum", "count")
    ):
        return None
    window = pl.col("window_first").eq_missing(pl.lit(line["window_first"], dtype=pl.Date))
    stood = asked.result.measures.filter(
        (pl.col("payee") == asked.who.payee) & (pl.col("plan") == asked.plan.plan) & (pl.col("measure") == on) & window
    )
    following = [t for t in tiers.tiers[part["tier"] :] if constant(t.pay) != 0]
    bound = constant(following[0].start) if following else None
    if bound is None or stood.is_empty() or (attained and stood["quota"][0] is None):
        return None
    reached = part["start"] if tiers.apply in ("marginal", "prospective") else stood["value"][0]
    bound = bound * stood["quota"][0] if attained else bound
    lacking = bound - reached + (0 if following[0].includes else ABOVE)
    return standing_higher(asked.who.payee, on, lacking.quantize(Decimal(1).scaleb(-12)), asked.day) if lacking > 0 else None
