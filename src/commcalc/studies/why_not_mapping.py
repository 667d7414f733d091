"""A deal, or lines of one, that the mapping's own `where` left out: let in alone, and asked which part does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import polars as pl

from commcalc.inputs.project import ProjectFile, sources_of
from commcalc.inputs.tables import Inputs, read_inputs
from commcalc.language.expression.nodes import Binary, Expression, Name, Node, walk
from commcalc.studies.why_not_change import Change, Kept, Rows, set_cells, settling
from commcalc.studies.why_not_rules import Refusal, conjuncts, gathered, read_by
from commcalc.tables.expression import compile_expression

RULE = "where of the deals table"


def refused_by_mapping(file: ProjectFile, plans: Iterable[str], read: Inputs, deal: str) -> tuple[Refusal, ...]:
    """Return the refusals of lines of a deal that are in the files but not among those read; none where there are none."""
    table = file.model.tables.get("deals")
    rules = [] if table is None else [table.where, *(s.where for _, s in sources_of("deals", table))]
    wheres = [r for r in dict.fromkeys(rules) if r is not None]
    if not wheres or (inputs := _read_with(file, list(plans), deal)) is None:
        return ()
    known = _line(read.tables["deals"].filter(pl.col("deal_id") == deal))
    rows = inputs.tables["deals"].filter(pl.col("deal_id") == deal)
    every = tuple(_line(rows))
    mode = file.model.readings.get("rounding", "half-up")
    left_out = rows.filter(~_line(rows).is_in(known.implode()))
    found = [_refused(wheres, row, (inputs, tuple(known)), mode) for row in left_out.iter_slices(1)]
    told = {(r["file"], r["row"]) for r in read.exceptions.to_dicts()}
    unread = [r for r in inputs.exceptions.filter(pl.col("deal") == deal).to_dicts() if (r["file"], r["row"]) not in told]
    said = " / ".join(f"`{w.text}`" for w in wheres)
    aside = [
        Refusal("", RULE, f"{said} leaves the row out; let in, {r['file']}:{r['row']}: {r['reason']}", r["mend"]) for r in unread
    ]
    return (*gathered((r for r in found if r is not None), every), *(aside if not len(known) and not found else ()))


def _line(rows: pl.DataFrame) -> pl.Series:
    """Return the line of each row, 0 where the deals have none."""
    none = pl.Series("line", [0] * len(rows), dtype=pl.UInt32)
    return rows["line"].fill_null(0).cast(pl.UInt32) if "line" in rows.columns else none


def _read_with(file: ProjectFile, plans: Sequence[str], deal: str) -> Inputs | None:
    """Read the tables once more, with the deal let in: it alone, or where a source does not know it yet, all rows."""
    alone = _with_where(file, lambda rule: Expression(rule.text, Binary("or", Rows(deal).node, rule.node, 0, 0)))
    for let_in in (alone, _with_where(file, lambda _: None)):
        inputs, _ = read_inputs(let_in, plans, set_aside=True)
        if inputs is not None:
            return inputs
    return None


def _with_where(file: ProjectFile, change: Callable[[Expression], Expression | None]) -> ProjectFile:
    table = file.model.tables["deals"]
    sources = [s.model_copy(update={"where": change(s.where)}) if s.where is not None else s for s in table.from_]
    where = change(table.where) if table.where is not None else None
    table = table.model_copy(update={"where": where, "from_": sources})
    return replace(file, model=file.model.model_copy(update={"tables": {**file.model.tables, "deals": table}}))


def _refused(
    wheres: Sequence[Expression], row: pl.DataFrame, read: tuple[Inputs, tuple[int, ...]], rounding: str
) -> Refusal | None:
    """Return which parts of the first rule that does not hold leave a row out, and the change that lets it in."""
    inputs, known = read
    line = _line(row)[0]
    for rule in wheres:
        if not {n.id for n in walk(rule.node) if isinstance(n, Name)} <= set(row.columns):
            continue
        parts = list(conjuncts(rule.node))
        failing = [n for n in parts if row.select(compile_expression(n, _column, rounding).alias("~"))["~"][0] is not True]
        if not failing:
            continue
        texts = [f"`{rule.text[n.start : n.end]}`" for n in failing]
        why = "; ".join(f"{t}: {read_by(n, row.row(0, named=True))}" for t, n in zip(texts, failing, strict=True))
        cells = settling(failing, row.columns)
        setting = set_cells(cells) if cells else Change(f"{' and '.join(texts)} held", lambda kept, _: kept)
        return Refusal("", RULE, why, change=_let_in(setting, inputs, known), lines=(line,))
    return None


def _let_in(setting: Change, inputs: Inputs, known: tuple[int, ...]) -> Change:
    """Return the change by which the rows are among those read, as `setting` has them, and with them their shares."""

    def make(kept: Kept, rows: Rows) -> Kept:
        deals = inputs.tables["deals"]
        wanted = (pl.col("deal_id") != rows.deal) | rows.of()
        if "line" in deals.columns:
            wanted = wanted | _line(deals).is_in(list(known))
        return setting.make(replace(kept, tables={**inputs.tables, "deals": deals.filter(wanted)}), rows)

    return Change(setting.words, make)


def _column(node: Node) -> pl.Expr:
    assert isinstance(node, Name), node
    return pl.col(node.id)
