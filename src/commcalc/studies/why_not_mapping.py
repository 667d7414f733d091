"""A deal that the mapping's own `where` left out: read again without it, and asked which part does not hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from commcalc.inputs.project import ProjectFile, sources_of
from commcalc.inputs.tables import read_inputs
from commcalc.language.expression.nodes import Expression, Name, Node, walk
from commcalc.studies.why_not_change import Change, Kept, set_cells, settled_by
from commcalc.studies.why_not_rules import Refusal, conjuncts, read_by
from commcalc.tables.expression import compile_expression


def refused_by_mapping(file: ProjectFile, plans: Iterable[str], deal: str) -> tuple[Refusal, ...]:
    """Return the refusal of a deal that is in the files but not among those read; none where it is not there either."""
    table = file.model.tables.get("deals")
    if table is None:
        return ()
    rules = [table.where, *(source.where for _, source in sources_of("deals", table))]
    sources = [source.model_copy(update={"where": None}) for source in table.from_]
    open_ = table.model_copy(update={"where": None, "from_": sources})
    model = file.model.model_copy(update={"tables": {**file.model.tables, "deals": open_}})
    inputs, _ = read_inputs(replace(file, model=model), plans, set_aside=True)
    if inputs is None:
        return ()
    rows = inputs.tables["deals"].filter(pl.col("deal_id") == deal)
    mode = file.model.readings.get("rounding", "half-up")
    for rule in dict.fromkeys(r for r in rules if r is not None):
        if len(rows) and (refusal := _refused(rule, rows, deal, mode)) is not None:
            return (refusal,)
    return ()


def _refused(rule: Expression, rows: pl.DataFrame, deal: str, rounding: str) -> Refusal | None:
    if not {n.id for n in walk(rule.node) if isinstance(n, Name)} <= set(rows.columns):
        return None
    failing = [
        n for n in conjuncts(rule.node) if rows.select(compile_expression(n, _column, rounding).alias("~"))["~"][0] is not True
    ]
    if not failing:
        return None
    why = "; ".join(f"`{rule.text[n.start : n.end]}`: {read_by(n, rows)}" for n in failing)
    cells = [settled_by(n) for n in failing]
    plain = all(c is not None and c[0] in rows.columns for c in cells)
    held = " and ".join(f"`{rule.text[n.start : n.end]}`" for n in failing)
    setting = set_cells(deal, dict(c for c in cells if c is not None)) if plain else Change(f"{held} held", lambda kept: kept)
    return Refusal(
        "", "where of the deals table", why, change=Change(setting.words, lambda kept: setting.make(_let_in(kept, rows)))
    )


def _let_in(kept: Kept, rows: pl.DataFrame) -> Kept:
    deals = kept.tables["deals"]
    alike = rows.select(pl.col(c).cast(t) for c, t in deals.schema.items() if c in rows.columns)
    return kept.with_table("deals", pl.concat([deals, alike], how="diagonal"))


def _column(node: Node) -> pl.Expr:
    assert isinstance(node, Name), node
    return pl.col(node.id)
