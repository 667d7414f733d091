"""Plan tests set up: from what a test says to plans and typed tables, the same that reading a project's files yields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from commcalc.base.calendar import Calendar
from commcalc.base.problem import Problem, Report
from commcalc.base.source import Span
from commcalc.inputs.crediting_rules import check_crediting
from commcalc.inputs.model import CalendarMonths, ProjectModel, TableSource
from commcalc.inputs.project import ProjectFile, column_types, written_types
from commcalc.inputs.tables import Inputs, given_inputs
from commcalc.language.bind import bind
from commcalc.language.names import nearest
from commcalc.language.tree import Mapping_, Node, Scalar, Tree, read_tree
from commcalc.plan.crediting import Crediting
from commcalc.plan.load import LoadedPlan
from commcalc.plan.tests_load import DEFAULTS, LoadedTest, plans_of
from commcalc.plan.tests_problems import UNKNOWN_COLUMN
from commcalc.studies.plan_test_rows import NUMERIC, ONE_PAYEE, Asked, GivenRow, given_rows, known_by, learns, without_groups
from commcalc.tables.schemas import TABLES

NEUTRAL = """commcalc: 1
currency: USD
time_zone: UTC
credit_date: close_date
calendar: {period: month, year_starts: january}
readings: {rounding: half-up, round: line, remainder: largest, split: credit, late: insert, negative: carry}
tables: {}
"""
NOT_BLANK = {  # columns that mean something by being there
    "deals": ("line", "returns", "currency"),
    "payees": ("from", "to", "aliases", "currency"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a test is calculated from: the project that it makes, its plans and its tables; and what is wrong with them.

    learns: whether rows say when they were learnt, so that each period has tables of its own.
    """

    file: ProjectFile
    plans: tuple[LoadedPlan, ...]
    inputs: Inputs | None
    report: Report
    learns: bool = False


def neutral_house() -> ProjectFile:
    """Return the project of tests that stand in none."""
    tree, _ = read_tree(NEUTRAL.encode(), DEFAULTS)
    assert tree is not None
    model, _ = bind(tree, ProjectModel)
    assert model is not None
    return ProjectFile(Path(), model, tree)


def set_up(
    loaded: LoadedTest, house: ProjectFile, calendar: Calendar, known: Mapping[str, LoadedPlan], day: date | None = None
) -> Setting:
    """Return what a test is calculated from, as it is known by a day. known: the plans of the project, by name."""
    plans, report = plans_of(loaded, known, house.model.currency)
    plans = tuple(replace(p, plan=p.plan.model_copy(update={"status": "active"})) for p in plans)  # drafts are tested too
    asked = Asked(loaded, plans, calendar, house.model.credit_date, report)
    given = given_rows(asked)
    rows = known_by(given, day)
    file = _project(loaded, house, plans, rows)
    if isinstance(loaded.test.given.crediting, Crediting):
        report.extend(check_crediting(file.model, file.tree, column_types(file)))
    if report.errors:
        return Setting(file, plans, None, report)
    made = frozenset(c for p in plans for c in p.plan.columns)  # a plan's own columns are no columns of the deals
    texts = {name: _text(file, name, given, (made, report)) for name, given in rows.items()}
    own = None if "calendar" in rows else calendar
    inputs, problems = given_inputs(file, texts, own, [p.plan.plan for p in plans])
    report.extend(problems)
    return Setting(file, plans, inputs if not report.errors else None, report, learns(given))


def _project(
    loaded: LoadedTest, house: ProjectFile, plans: tuple[LoadedPlan, ...], rows: Mapping[str, list[GivenRow]]
) -> ProjectFile:
    """The house's project with the test's tables, readings and types in the place of its own."""
    given = loaded.test.given
    model = house.model
    types = {name: {**_further(house, name), **_typed_here(loaded, rows, name)} for name in TABLES}
    tables = {name: TableSource(types=types[name]) for name in rows}
    if "territories" in tables:
        house_keys = house.model.tables["territories"].key if "territories" in house.model.tables else ()
        tables["territories"] = TableSource(types=types["territories"], key=tuple(given.territory_key) or house_keys)
    changed = model.model_copy(
        update={
            "tables": tables,
            "readings": {**model.readings, **given.readings},
            "crediting": model.crediting if given.crediting == "project" else given.crediting,
            "currency": plans[0].plan.currency if plans else model.currency,
            "calendar": CalendarMonths(table="calendar") if "calendar" in rows else model.calendar,
        }
    )
    return ProjectFile(house.root, changed, _tree(loaded, tables))


def _tree(loaded: LoadedTest, tables: Iterable[str]) -> Tree:
    """A tree in which each table stands where the test gives it, for the places of messages."""
    given = loaded.tree.node_at(("given",))
    entries = given.by_key if isinstance(given, Mapping_) else {}
    place: Span = loaded.place
    nodes: list[tuple[Scalar, Node]] = []
    for name in tables:
        nodes.append(entries.get(name, (Scalar(name, place, "plain"), Mapping_((), place))))
    said: list[tuple[Scalar, Node]] = [(Scalar("tables", place, "plain"), Mapping_(tuple(nodes), place))]
    if "crediting" in entries and isinstance(entries["crediting"][1], Mapping_):
        said.append(entries["crediting"])
    root = Mapping_(tuple(said), place)
    return loaded.tree.replace_root(root)


def _further(house: ProjectFile, name: str) -> dict[str, str]:
    """The columns that the project's mapping gives a table beyond our own, with their types."""
    ours = {*TABLES[name].types, house.model.credit_date}
    found = {c: t for c, t in written_types(house, name).items() if c not in ours}
    return {c: t if t not in ("share", "period") else "text" for c, t in found.items()}


def _typed_here(loaded: LoadedTest, rows: Mapping[str, list[GivenRow]], name: str) -> dict[str, str]:
    """The types that the test itself states: of the tables that have the column, of the deals where none has."""
    used = {n: {c for row in given for c in row.cells} for n, given in rows.items()}
    somewhere = {c for columns in used.values() for c in columns}
    mine = used.get(name, set())
    return {c: t for c, t in loaded.test.given.types.items() if c in mine or (name == "deals" and c not in somewhere)}


def _text(file: ProjectFile, name: str, rows: list[GivenRow], about: tuple[frozenset[str], Report]) -> pl.DataFrame:
    """A table's rows as the text that a file of them would hold: blank where nothing is given, with the place of each."""
    types = written_types(file, name)
    made_by_plans, report = about
    told: set[str] = set()
    for row in rows:
        for column in row.cells:
            if column not in types and column not in told:
                told.add(column)
                report.add(_unknown(column, name, types, row))
    blank = [c for c in types if c not in NOT_BLANK[name] and c not in made_by_plans] if name in NOT_BLANK else []
    blank += TABLES[name].required
    columns = list(dict.fromkeys([*blank, *(c for row in rows for c in row.cells)]))
    files = pl.Enum(list(dict.fromkeys(row.file for row in rows)))
    made = {c: pl.Series(c, [_cell(row, c, types.get(c, "text")) for row in rows], dtype=pl.String) for c in columns}
    return pl.DataFrame(made).with_columns(
        pl.Series("~file", [row.file for row in rows], dtype=files),
        pl.Series("~line", [row.line for row in rows], dtype=pl.UInt32),
    )


def _cell(row: GivenRow, column: str, type_: str) -> str | None:
    text = row.cells.get(column) or None
    return without_groups(text) if text is not None and type_ in NUMERIC else text


def _unknown(column: str, table: str, types: Mapping[str, str], row: GivenRow) -> Problem:
    near = nearest(column, types)
    mend = f"write `{near}`" if near else f"state the type of a column of your own, under `given`: `types: {{{column}: text}}`"
    place = row.keys.get(column) or Span(row.file, row.line, 1, row.line, 1)
    return UNKNOWN_COLUMN.at(place, name=column, table=table, near=f"; did you mean `{near}`?" if near else "", mend=mend)


def defaults(header: str) -> str:
    """Return what holds where a test is silent, as it would be written."""
    header = header.format(currency="USD  # the project's, where there is one").rstrip()
    return f"""# Tests that stand in no project have this one. Those of a project have the project's own.
{NEUTRAL.rstrip()}

# A plan that is written in a test has this header, as far as it has none of its own.
plan: tested  # under `plans:` the key is the name
{header}

# The one payee, where `payees` are not given; each payee is on the first plan since it took effect.
payees: [{{payee_id: {ONE_PAYEE}, name: Payee {ONE_PAYEE}}}]
assignments: [{{payee_id: {ONE_PAYEE}, plan: the first, from: the first day of its `effective`}}]

# A deal is the one payee's. Every other column that the project knows is blank; money is never made up.
deals: [{{owner: {ONE_PAYEE}}}]

# Quotas by measure hold in each of its windows, from the first deal or period to the last period expected.
# Openings by measure are as of the day before the first of these periods. Both are everybody's.
"""
