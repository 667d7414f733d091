"""The project: its file found and read, its calendar, and the columns that plans may name. Never polars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from commcalc.base.calendar import Calendar
from commcalc.base.problem import Problem, Report
from commcalc.base.render import cut
from commcalc.inputs.crediting_rules import check_crediting
from commcalc.inputs.field_problems import EXPRESSION
from commcalc.inputs.model import MONTHS, ProjectModel, Source, TableSource
from commcalc.inputs.problems import LATER_TABLE, NEWER, NEWS, NO_FILE, NO_PROJECT, NO_TABLE, NOT_A_FILE, PATH
from commcalc.inputs.reading_options import is_form, is_zone, same_family
from commcalc.language.bind import bind
from commcalc.language.expression import Scope, Type, check_expression
from commcalc.language.names import nearest
from commcalc.language.tree import Tree, read_tree
from commcalc.tables.schemas import LATER_TABLES, TABLES

FILE = "commcalc.yaml"
TYPES = {
    "money": Type.MONEY,
    "ratio": Type.RATIO,
    "number": Type.NUMBER,
    "count": Type.NUMBER,
    "text": Type.TEXT,
    "date": Type.DATE,
    "yes/no": Type.YES_NO,
    "payee": Type.TEXT,
    "share": Type.TEXT,
    "period": Type.TEXT,
}


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A project file that was read: where it is, what it says, and its tree for places."""

    root: Path
    model: ProjectModel
    tree: Tree


def find_project(start: Path) -> Path | None:
    """Return the folder with commcalc.yaml, here or above, as git does."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    return None


def read_project(start: Path) -> tuple[ProjectFile | None, Report]:
    """Find and read the project file; problems stand at their places."""
    report = Report()
    root = find_project(start)
    if root is None:
        report.add(NO_PROJECT.at(None, folder=start))
        return None, report
    tree, found = read_tree((root / FILE).read_bytes(), FILE)
    report.extend(found)
    if tree is None:
        return None, report
    model, found = bind(tree, ProjectModel)
    report.extend(found)
    if model is None:
        return None, report
    project = ProjectFile(root, model, tree)
    report.extend(_whole(project))
    return project, report


def _whole(project: ProjectFile) -> Report:
    """Look at the project as a whole: version, tables there and not, paths, expressions of the mapping."""
    report = Report()
    tree, model = project.tree, project.model
    if model.time_zone is not None and not is_zone(model.time_zone):
        what = f"`{model.time_zone}` is not a time zone"
        report.add(EXPRESSION.at(tree.span_of(("time_zone",)), what=what, mend="write America/New_York or UTC"))
    if model.commcalc != "1":
        report.add(NEWER.at(tree.span_of(("commcalc",)), found=model.commcalc))
    if model.calendar.year_starts != "january" and model.calendar.table is None and model.calendar.year_named is None:
        place = tree.span_of(("calendar",))
        report.add(
            EXPRESSION.at(
                place,
                what="`year_named` is not said: is the year that starts in "
                + model.calendar.year_starts
                + " 1997 called FY1997 or FY1998?",
                mend="write `year_named: start` or `year_named: end`",
            )
        )
    if model.ledger is not None and (why := _outside(model.ledger.file) or _among_runs(model.ledger.file)):
        report.add(PATH.at(tree.span_of(("ledger", "file")), path=cut(model.ledger.file), why=why))
    needed = ("payees", "assignments", *(("calendar",) if model.calendar.table is not None else ()))
    if model.calendar.table not in (None, "calendar"):
        place = tree.span_of(("calendar", "table"))
        what = f"the table of periods is called `calendar`, not `{model.calendar.table}`"
        report.add(EXPRESSION.at(place, what=what, mend="write `{table: calendar}` and `tables: {calendar: ...}`"))
    for name in needed:
        if name not in model.tables:
            report.add(NO_TABLE.at(tree.span_of(("tables",), key=True), name=name))
    for name, table in model.tables.items():
        if table.holds == "news":
            report.add(NEWS.at(tree.span_of(("tables", name, "holds")), name=name))
        if name in LATER_TABLES:
            report.add(LATER_TABLE.at(tree.span_of(("tables", name), key=True), name=name))
            continue
        for path, source in sources_of(name, table):
            _source(project, source, path, report)
    report.extend(check_crediting(model, tree, column_types(project)))
    return report


def sources_of(name: str, table: TableSource) -> list[tuple[tuple[str | int, ...], Source]]:
    """Return the sources of a table with their paths in the project file: its own, or those under `from`."""
    if table.from_:
        return [(("tables", name, "from", i), s) for i, s in enumerate(table.from_)]
    return [(("tables", name), table)]


def _source(project: ProjectFile, source: Source, path: tuple[str | int, ...], report: Report) -> None:
    tree = project.tree
    _options(project, source, path, report)
    _types(project, source, path, report)
    if source.file is None:
        report.add(NO_FILE.at(tree.span_of(path, key=True), path="", near=": write `file:`"))
    else:
        report.extend(_as_written(project, source.file, (*path, "file")))
    for column, words in source.values.items():
        if isinstance(words, str):
            report.extend(_as_written(project, words, (*path, "values", column)))
    for number, look in enumerate(source.look_up):
        if look.in_ not in project.model.tables:
            report.extend(_as_written(project, look.in_, (*path, "look_up", number, "in")))


def _as_written(project: ProjectFile, pattern: str, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Yield what is wrong with a path whatever there is at it: pay data is not kept with the plans, and a clone has none.

    A file that is missing is told when the tables are read.
    """
    _, report = files_of(project, pattern, path)
    yield from (problem for problem in report if problem.kind is not NO_FILE)


def readable(source: Source) -> bool:
    """Return whether the zone and the form of dates that a source names are such: else there is no reading it."""
    zone, form = source.read.zone, source.read.date
    return (zone is None or is_zone(zone)) and (form is None or is_form(form))


def _options(project: ProjectFile, source: Source, path: tuple[str | int, ...], report: Report) -> None:
    """The zone and the form of dates that a source names are such."""
    zone, form = source.read.zone, source.read.date
    if zone is not None and not is_zone(zone):
        place = project.tree.span_of((*path, "read", "zone"))
        report.add(EXPRESSION.at(place, what=f"`{zone}` is not a time zone", mend="write America/New_York or UTC"))
    if form is not None and not is_form(form):
        place = project.tree.span_of((*path, "read", "date"))
        mend = "name year, month and day: '%d/%m/%Y', '%m/%d/%Y', '%Y%m%d'"
        report.add(EXPRESSION.at(place, what=f"`{form}` is not a form of dates", mend=mend))


def _types(project: ProjectFile, source: Source, path: tuple[str | int, ...], report: Report) -> None:
    """A column of ours keeps its kind of value: an amount is never typed, or made, as a text."""
    name = str(path[1])
    ours = _canonical(project, name)
    scope = Scope(columns={c: TYPES[t] for c, t in written_types(project, name).items()})
    made = {c: check_expression(e, scope) for c, e in source.add.items()}
    said: dict[tuple[str, str], str] = {("types", c): t for c, t in source.types.items()}
    said |= {("add", c): str(t) for c, (t, wrong) in made.items() if t is not None and not wrong}
    for (key, column), type_ in said.items():
        if column in ours and not same_family(ours[column], type_):
            what = f"`{column}` is {ours[column]} in this table, not {type_}"
            mend = "name the file's own column otherwise, under `columns:`"
            report.add(EXPRESSION.at(project.tree.span_of((*path, key, column)), what=what, mend=mend))


def files_of(project: ProjectFile, pattern: str, path: tuple[str | int, ...]) -> tuple[list[Path], Report]:
    """Return the files of a path or pattern, sorted; refuse what leads out of the project or is no plain file."""
    report = Report()
    place = project.tree.span_of(path)
    why = _outside(pattern)
    if why and not _special(project.root / pattern):
        report.add(PATH.at(place, path=cut(pattern), why=why))
        return [], report
    if ".xlsx" in pattern.lower() or "#" in pattern:
        report.add(NOT_A_FILE.at(place, path=cut(pattern), what="a workbook, and workbooks are not read yet"))
        return [], report
    found = found_files(project.root, pattern)
    if not found:
        names = [str(p.relative_to(project.root)) for p in project.root.glob("**/*.csv")]
        near = nearest(pattern, names)
        report.add(NO_FILE.at(place, path=cut(pattern), near=f"; did you mean `{near}`?" if near else ""))
        return [], report
    root = project.root.resolve()
    for file in found:
        special = _special(file)
        if special:
            report.add(NOT_A_FILE.at(place, path=cut(pattern), what=special))
        elif not file.resolve().is_relative_to(root):
            report.add(PATH.at(place, path=cut(pattern), why="is a link that leads out of the project"))
        elif not file.is_file():
            report.add(NOT_A_FILE.at(place, path=cut(pattern), what="a folder" if file.is_dir() else "a link to nothing"))
        if report.errors:
            break
    return ([] if report.errors else found), report


def found_files(root: Path, pattern: str) -> list[Path]:
    """Return what a path or pattern names; nothing where the system does not take it for one."""
    try:
        if any(c in pattern for c in "*?["):
            return sorted(p for p in root.glob(pattern) if not p.is_dir() or p.is_symlink())
        file = root / pattern
        return [file] if file.exists() or file.is_symlink() else []
    except (OSError, ValueError, NotImplementedError):  # too long, a NUL in it, `**` beside a letter
        return []


def bytes_of(project: ProjectFile) -> int:
    """Return how many bytes the tables of a project have, as far as there are such files: enough to tell a small run."""
    sources = [s for name, table in project.model.tables.items() for _, s in sources_of(name, table) if s.file is not None]
    files = {file for s in sources for file in found_files(project.root, s.file or "")}
    return sum(file.stat().st_size for file in files if file.is_file())


def _special(path: Path) -> str:
    """Return what a path is that would never end when read, or has nothing to read: a device or a pipe."""
    try:
        if path.is_char_device() or path.is_block_device():
            return "a device"
        return "a pipe" if path.is_fifo() else "a socket" if path.is_socket() else ""
    except (OSError, ValueError):
        return ""


def _outside(pattern: str) -> str:
    if "://" in pattern:
        return "is an address"
    if pattern.startswith(("/", "\\", "~")) or pattern[1:2] == ":":
        return "is an absolute path"
    return "leads upwards" if ".." in pattern.replace("\\", "/").split("/") else ""


def _among_runs(path: str) -> str:
    return "is in `out`, where each run takes the place of the one before" if Path(path).parts[:1] == ("out",) else ""


def calendar_of(project: ProjectFile) -> Calendar | None:
    """Return the calendar of months; None where it is a table that has yet to be read."""
    said = project.model.calendar
    if said.table is not None:
        return None
    return Calendar.months(MONTHS.index(said.year_starts) + 1, said.year_named or "start")


def column_types(project: ProjectFile) -> Mapping[str, Mapping[str, Type]]:
    """Return for each table the columns that rules may name, with their types, without reading any data."""
    return {name: {c: TYPES[t] for c, t in written_types(project, name).items()} for name in {*project.model.tables, *TABLES}}


def stated_columns(project: ProjectFile, name: str) -> frozenset[str]:
    """Return the columns that the mapping of a table names: mapped, typed, taken and added ones."""
    table = project.model.tables.get(name)
    if table is None:
        return frozenset()
    found: set[str] = set()
    for _, source in [*sources_of(name, table), (("tables", name), table)]:
        found |= {*source.columns, *source.types, *source.add, *(t for look in source.look_up for t in look.take)}
    return frozenset(found)


def _canonical(project: ProjectFile, name: str) -> dict[str, str]:
    found: dict[str, str] = dict(TABLES[name].types) if name in TABLES else {}
    if name == "territories" and name in project.model.tables:  # its key columns are the deals'
        deals = written_types(project, "deals")
        found |= {k: deals[k] for k in project.model.tables[name].key if k in deals and k not in found}
    return {**found, project.model.credit_date: "date"} if name == "deals" else found


def written_types(project: ProjectFile, name: str) -> dict[str, str]:
    """Return the columns of a table and their types as written: canonical ones, mapped, taken and added ones, and headers."""
    table = project.model.tables.get(name)
    ours = _canonical(project, name)
    found = dict(ours)
    if table is None:
        return found
    for _, source in [*sources_of(name, table), (("tables", name), table)]:
        found.update({c: found.get(c, "text") for c in source.columns})
        for look in source.look_up:
            found.update({c: found.get(c, "text") for c in look.take})
        found.update({c: t for c, t in source.types.items() if c not in ours or same_family(ours[c], t)})  # else it is told
    for _, source in [*sources_of(name, table), (("tables", name), table)]:
        for column, expression in source.add.items():
            if column not in source.types and column not in found:
                given, _ = check_expression(expression, Scope(columns={c: TYPES[t] for c, t in found.items()}))
                found[column] = str(given) if given is not None else "text"
    return found
