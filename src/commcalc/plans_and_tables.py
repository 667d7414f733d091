"""Plans and tables together: the columns, measures, components, titles and payees that one names and the other must have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from commcalc.base.problem import Kind, Report
from commcalc.base.render import cut
from commcalc.base.source import Cell
from commcalc.checks.expressions import BUILT_IN
from commcalc.checks.problems import NAME_TAKEN
from commcalc.inputs.exchange_said import rates_not_said
from commcalc.inputs.people import circles
from commcalc.inputs.problems import NO_COLUMN
from commcalc.inputs.project import ProjectFile, written_types
from commcalc.inputs.tables import Inputs
from commcalc.language.expression import walk
from commcalc.language.expression.nodes import Member, Name, Node
from commcalc.language.names import nearest
from commcalc.plan.crediting import ToRule
from commcalc.plan.load import LoadedPlan
from commcalc.plan.model import Param
from commcalc.plan.walk import Path
from commcalc.plan.whose import MANAGER, ReportsCredit
from commcalc.plan.windows import ANNIVERSARY

NOBODY_OF = Kind(
    "K004",
    "A parameter for nobody",
    "no payee has the {level} `{name}`, so the {level}'s own `{param}` is nobody's{near}",
    "{mend}",
    """A parameter may differ by title or by payee. A title or payee with a slip in it would leave everybody with the default.

Fails: params: {share: {default: 5%, title: {Hunte: 6%}}}, and no payee whose title is Hunte
Works: title: {Hunter: 6%}""",
    "warning",
)
UNKNOWN_FIGURE = Kind(
    "K008",
    "An opening of nothing",
    "{table}: no plan has a {what} `{text}`{near}",
    "write the name as the plan writes it, or take the row away",
    """An opening names a measure, or, of kind `earned`, a component. What names nothing would count for nobody.

Fails: openings.csv with measure,bokings and a plan whose measure is bookings
Works: measure,bookings""",
)
UNREAD_QUOTA = Kind(
    "K009",
    "A quota that no measure reads",
    "quotas: no plan has a measure `{text}`, so nothing reads this quota{near}",
    "write the name as the plan writes it, or take the row away",
    """A quota that names no measure of any plan is read by nothing.

Fails: quotas.csv with measure bokings and a plan whose measure is bookings
Works: bookings""",
    "warning",
)
KINDS: tuple[Kind, ...] = (NOBODY_OF, UNKNOWN_FIGURE, UNREAD_QUOTA)


def check_together(file: ProjectFile, plans: Iterable[LoadedPlan], inputs: Inputs, report: Report) -> None:
    """Tell what active plans name and the tables lack, and what the tables name and no plan has."""
    every = tuple(plans)
    active = tuple(p for p in every if p.plan.status == "active")
    hidden_columns(active, inputs, report)
    _in_circles(active, inputs, report)
    _params_of_nobody(active, inputs, report)
    _figures_of_nothing(every, inputs, report)
    _lacking(file, active, inputs, report)
    _lacking_in_rules(file, inputs, report)
    rates_not_said(file, active, inputs, report)


def _figures_of_nothing(plans: tuple[LoadedPlan, ...], inputs: Inputs, report: Report) -> None:
    """Measures and components that openings and quotas name are in some plan: else they would silently count for nobody."""
    measures = sorted({name for p in plans for name in p.plan.measures})
    components = sorted({name for p in plans for name in p.plan.components})
    openings, quotas = inputs.tables.get("openings"), inputs.tables.get("quotas")
    if openings is not None and not openings.is_empty():
        for kind, what, known in (("measure", "measure", measures), ("earned", "component", components)):
            _unknown(
                openings.filter(pl.col("kind") == kind),
                "name",
                UNKNOWN_FIGURE,
                {"table": "openings", "what": what},
                known,
                report,
            )
    if quotas is not None and "measure" in quotas.columns:
        _unknown(quotas, "measure", UNREAD_QUOTA, {}, measures, report)


def _unknown(rows: pl.DataFrame, column: str, kind: Kind, facts: dict[str, str], known: list[str], report: Report) -> None:
    for text in rows[column].drop_nulls().unique(maintain_order=True).to_list():
        if text in known:
            continue
        near = nearest(text, known)
        cells = [Cell(f, n, column) for f, n in rows.filter(pl.col(column) == text).select("file", "row").iter_rows()]
        said = f"; did you mean `{near}`?" if near else ""
        report.add(kind.at(cells[0], text=cut(text), near=said, **facts).times(len(cells), cells[1:6]))


def _params_of_nobody(plans: tuple[LoadedPlan, ...], inputs: Inputs, report: Report) -> None:
    """A title or payee by which a param differs, and that no payee has, is told: it may be a slip."""
    payees = inputs.tables["payees"]
    known = {c: payees[c].drop_nulls().unique().sort().to_list() if c in payees.columns else [] for c in ("payee_id", "title")}
    for loaded in plans:
        for name, param in loaded.plan.params.items():
            for level, column in (("title", "title"), ("payee", "payee_id")) if isinstance(param, Param) else ():
                for key in getattr(param, level):
                    near = nearest(key, known[column])
                    if key in known[column] or (level == "title" and near is None):  # a title may be nobody's for a while
                        continue
                    said = f"; did you mean `{near}`?" if near else ""
                    mend = f"write `{near}`" if near else "mend the name, or take it away"
                    place = loaded.tree.span_of(("params", name, level, key), key=True)
                    report.add(NOBODY_OF.at(place, level=level, name=key, param=name, near=said, mend=mend))


def hidden_columns(plans: tuple[LoadedPlan, ...], inputs: Inputs, report: Report) -> None:
    """A plan's own column must not hide, or be hidden by, a column of the data."""
    for loaded in plans:
        for name in loaded.plan.columns:
            if name in inputs.tables["deals"].columns:
                place = loaded.tree.span_of(("columns", name), key=True)
                report.add(NAME_TAKEN.at(place, name=name, one="a column of the plan", other="a column of the deals"))


def _in_circles(plans: tuple[LoadedPlan, ...], inputs: Inputs, report: Report) -> None:
    """A column that deals are rolled up by over several levels leads upwards; managers were looked at when they were read."""
    rolled = [m.whose for p in plans for m in p.plan.measures.values() if isinstance(m.whose, ReportsCredit)]
    columns = {r.reports_by for r in rolled if r.levels.most != 1} - {MANAGER}
    for column in sorted(columns & set(inputs.tables["payees"].columns)):
        circles(inputs.tables["payees"], column, report, ("file", "row"))


def _lacking(file: ProjectFile, plans: tuple[LoadedPlan, ...], inputs: Inputs, report: Report) -> None:
    """A column that a plan names, and that a table may have, is in the table: else nothing could be told from it."""
    absent = {n: written_types(file, n).keys() - set(inputs.tables[n].columns) for n in ("deals", "payees")}
    said = "add it to the table `{table}`, or say what it is called there: `columns: {{{column}: its header}}`"
    for loaded in plans:
        named = [*_of_params_and_measures(loaded), *_of_expressions(loaded)]
        for path, node, table, column in named:
            if column not in absent[table]:
                continue
            tree = loaded.tree
            place = tree.span_of(path, key=True) if node is None else tree.scalar_place(path, node.start, node.end)
            report.add(NO_COLUMN.at(place, column=column, near="", mend=said.format(table=table, column=column)))


Named = tuple[Path, Node | None, str, str]  # where a plan names a column, the part of an expression, the table, the column


def _of_params_and_measures(loaded: LoadedPlan) -> Iterator[Named]:
    """Yield the columns that params by title, caps over components, rollups, groups and anniversaries go by."""
    for name, param in loaded.plan.params.items():
        if isinstance(param, Param) and param.title:
            yield ("params", name, "title"), None, "payees", "title"
    for number, cap in enumerate(loaded.plan.caps):
        if cap.of_deals and cap.per != "deal":
            yield ("caps", number, "per"), None, "deals", cap.per
    for name, measure in loaded.plan.measures.items():
        column = getattr(measure.whose, "reports_by", None) or getattr(measure.whose, "same", None)
        if column is not None:
            yield ("measures", name, "credit"), None, "payees", column
        if measure.window == ANNIVERSARY:
            yield ("measures", name, "window"), None, "payees", "hired"


def _of_expressions(loaded: LoadedPlan) -> Iterator[Named]:
    """Yield the columns of deals and payees that expressions name."""
    own = {*loaded.plan.columns, *loaded.plan.params, *BUILT_IN}
    for at in loaded.places:
        for node in walk(at.expression.node):
            if isinstance(node, Member):
                yield at.path, node, "payees", "hired" if node.id == "months_employed" else node.id
            elif isinstance(node, Name) and node.id not in own:
                yield at.path, node, "deals", node.id


def _lacking_in_rules(file: ProjectFile, inputs: Inputs, report: Report) -> None:
    """A column that a crediting rule reads is in the table: else no deal could be decided."""
    rules = file.model.crediting.rules if file.model.crediting is not None else []
    mend = "add it to the table `{table}`, or say what it is called there: `columns: {{{column}: its header}}`"
    for number, rule in enumerate(rules):
        at = ("crediting", "rules", number)
        for key, expression in rule.expressions.items():
            for node in walk(expression.node):
                table = "payees" if isinstance(node, Member) else "deals"
                if not isinstance(node, Name | Member) or node.id in {*inputs.tables[table].columns, "credit_date"}:
                    continue
                place = file.tree.scalar_place((*at, key), node.start, node.end)
                report.add(NO_COLUMN.at(place, column=node.id, near="", mend=mend.format(table=table, column=node.id)))
        if isinstance(rule, ToRule) and rule.to not in inputs.tables["deals"].columns:
            place = file.tree.span_of((*at, "to"))
            report.add(NO_COLUMN.at(place, column=rule.to, near="", mend=mend.format(table="deals", column=rule.to)))
