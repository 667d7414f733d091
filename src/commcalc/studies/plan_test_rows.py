"""The rows that a plan test gives: what each table holds as text, neutral where the test is silent, money never."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from commcalc.base.calendar import Calendar, Period
from commcalc.base.problem import Report
from commcalc.base.source import Span
from commcalc.inputs.csv_file import read_csv
from commcalc.inputs.model import ReadOptions
from commcalc.language.names import nearest
from commcalc.language.tree import Mapping_, Node, Scalar, Sequence_, plain
from commcalc.plan.load import LoadedPlan
from commcalc.plan.tests_load import LoadedTest
from commcalc.plan.tests_problems import BY_MEASURE, NO_FILE
from commcalc.tables.schemas import TABLES

ONE_PAYEE = "P1"
IN_ASSIGNMENT = ("plan", "from", "to", "ote", "mix", "target")
NUMERIC = ("money", "ratio", "number", "count")
GROUPED = re.compile(r"-?[0-9]{1,3}(_[0-9]{3})+(\.[0-9]+)?%?")
NEUTRAL = {"reason": "a test", "author": "a test"}
OPEN_START = "1970-01-01"
LAST_DAY, AFTER = "9999-12-31", "9999-12-32"
WHEN = frozenset({"known", "gone"})
"""What any row of a test may say of itself: from which day on it is there, and from which it is not."""


@dataclass(slots=True)
class GivenRow:
    """A row as text by column, the place of the row and of each key that was written."""

    cells: dict[str, str]
    file: str
    line: int
    keys: dict[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rows of a test are made from: the test, its plans, the calendar, the date that credits deals."""

    loaded: LoadedTest
    plans: tuple[LoadedPlan, ...]
    calendar: Calendar
    credit_date: str
    report: Report

    def renamed(self, table: str, key: str) -> str:
        """Return the column that a short name of a test means."""
        if table == "deals" and key in ("id", "date"):
            return "deal_id" if key == "id" else self.credit_date
        if key == "payee" and table != "deals":
            return "payee_id"
        if key == "deal" and table in ("splits", "events", "withdrawn"):
            return "deal_id"
        return {"events": "event_id", "adjustments": "adjustment_id"}.get(table, key) if key == "id" else key


def given_rows(asked: Asked) -> dict[str, list[GivenRow]]:
    """Return the rows of every table that has some."""
    people, assigned = _people(asked)
    only = people[0].cells["payee_id"] if len({p.cells["payee_id"] for p in people}) == 1 else ""
    deals = _with(_rows(asked, "deals"), owner=only)
    given = {
        "deals": deals,
        "payees": people,
        "assignments": _assignments(asked, people, assigned, only),
        "quotas": _of_somebody(_by_measure(asked, "quotas", people, deals), only),
        "splits": _rows(asked, "splits"),
        "kpis": _of_somebody(_rows(asked, "kpis"), only),
        "events": _numbered(_rows(asked, "events"), "event_id"),
        "adjustments": _with(_numbered(_of_somebody(_rows(asked, "adjustments"), only, "payee_id"), "adjustment_id"), **NEUTRAL),
        "openings": _of_somebody(_by_measure(asked, "openings", people, deals), only),
        "withdrawn": _with(_rows(asked, "withdrawn"), **NEUTRAL),
        "territories": _rows(asked, "territories"),
        "fx": _rows(asked, "fx"),
        "calendar": _rows(asked, "calendar"),
    }
    return {name: rows for name, rows in given.items() if rows or name == "deals"}  # no deals: a table without rows


def known_by(rows: Mapping[str, list[GivenRow]], day: date | None) -> dict[str, list[GivenRow]]:
    """Return the rows that are known by a day, in the end where there is none; of those with one key the one known last.

    `gone` is the day from which a row is no longer there. Events say themselves when they were learnt.
    """
    return {name: given if name == "events" else _known(name, given, day) for name, given in rows.items()}


def learns(rows: Mapping[str, list[GivenRow]]) -> bool:
    """Whether any row but an event says when it was learnt, or gone."""
    return any(WHEN & row.cells.keys() for name, given in rows.items() if name != "events" for row in given)


def _known(name: str, rows: list[GivenRow], day: date | None) -> list[GivenRow]:
    if not any(WHEN & row.cells.keys() for row in rows):
        return rows
    until = day.isoformat() if day is not None else LAST_DAY
    found: dict[tuple[str, ...], GivenRow] = {}
    for row in sorted(rows, key=lambda r: r.cells.get("known", "")):
        key = tuple(row.cells.get(c, "") for c in TABLES[name].key)
        if row.cells.get("known", "") <= until < row.cells.get("gone", AFTER):
            found[key] = row
        elif row.cells.get("known", "") <= until:
            found.pop(key, None)
    kept = {id(row) for row in found.values()}
    cells = ({c: v for c, v in row.cells.items() if c not in WHEN} for row in rows)
    return [replace(row, cells=c) for row, c in zip(rows, cells, strict=True) if id(row) in kept]


def without_groups(text: str) -> str:
    """Return a number without the `_` between its groups of three."""
    return text.replace("_", "") if GROUPED.fullmatch(text) else text


def _rows(asked: Asked, table: str) -> list[GivenRow]:
    """The rows of a table as they stand in the test or in a CSV file beside it."""
    node = asked.loaded.tree.node_at(("given", table))
    if isinstance(node, Scalar):
        return _from_csv(asked, table, node)
    if isinstance(node, Sequence_):
        return [_row(asked, table, item) for item in node.items]
    return []


def _row(asked: Asked, table: str, node: Node) -> GivenRow:
    assert isinstance(node, Mapping_), "the model takes rows only"
    cells = {asked.renamed(table, key.text): str(plain(value)) for key, value in node.entries}
    keys = {asked.renamed(table, key.text): key.span for key, _ in node.entries}
    return GivenRow(cells, node.span.file, node.span.line, keys)


def _from_csv(asked: Asked, table: str, at: Scalar) -> list[GivenRow]:
    path: Path = asked.loaded.folder / at.text
    folder = asked.loaded.folder.resolve()
    if "://" in at.text or not path.resolve().is_relative_to(folder) or not path.is_file():
        asked.report.add(NO_FILE.at(at.span, path=at.text))
        return []
    name = str(path.resolve().relative_to(asked.loaded.root.resolve())) if _inside(path, asked.loaded.root) else at.text
    read, problems = read_csv(path, name, ReadOptions())
    asked.report.extend(problems)
    rows = []
    for row in read.frame.to_dicts() if read is not None else []:
        cells = {asked.renamed(table, c): v for c, v in row.items() if c != "~line" and v is not None}
        columns = {asked.renamed(table, c): Span(name, 1, 1, 1, 1) for c in row if c != "~line"}
        rows.append(GivenRow(cells, name, row["~line"], columns))
    return rows


def _inside(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())


def _with(rows: list[GivenRow], **neutral: str) -> list[GivenRow]:
    for row in rows:
        row.cells = {**{k: v for k, v in neutral.items() if v}, **row.cells}
    return rows


def _of_somebody(rows: list[GivenRow], only: str, *whose: str) -> list[GivenRow]:
    """A figure of nobody in particular is the one payee's."""
    for row in rows:
        if not set(whose or ("payee_id", "team", "plan")) & row.cells.keys() and only:
            row.cells["payee_id"] = only
    return rows


def _numbered(rows: list[GivenRow], key: str) -> list[GivenRow]:
    """Where the test is silent rows are told apart by their number."""
    for number, row in enumerate(rows, 1):
        row.cells.setdefault(key, f"{number:04}")
    return rows


def _people(asked: Asked) -> tuple[list[GivenRow], dict[str, dict[str, str]]]:
    """The payees, and what each says of the assignment."""
    tree = asked.loaded.tree
    several = tree.node_at(("given", "payees"))
    if several is not None and not isinstance(several, Mapping_):
        rows = _rows(asked, "payees")
        return [_named(r) for r in rows if "payee_id" in r.cells], {}
    one = tree.node_at(("given", "payee"))
    nodes = [(k.text, v) for k, v in several.entries] if isinstance(several, Mapping_) else [(ONE_PAYEE, one)]
    people, assigned = [], {}
    for name, node in nodes:
        place = node.span if node is not None else asked.loaded.place
        row = _row(asked, "payees", node) if node is not None else GivenRow({}, place.file, place.line)
        assigned[name] = {k: v for k, v in row.cells.items() if k in IN_ASSIGNMENT}
        row.cells = {"payee_id": name, **{k: v for k, v in row.cells.items() if k not in IN_ASSIGNMENT}}
        people.append(_named(row))
    return people, assigned


def _named(row: GivenRow) -> GivenRow:
    row.cells.setdefault("name", f"Payee {row.cells['payee_id']}")
    return row


def _assignments(asked: Asked, people: list[GivenRow], assigned: Mapping[str, dict[str, str]], only: str) -> list[GivenRow]:
    """Each payee on the first plan since it took effect, unless the test says otherwise; on a program where there is no plan."""
    begins = {p.plan.plan: str(p.plan.effective.first or OPEN_START) for p in asked.plans}
    first = next((p.plan.plan for p in sorted(asked.plans, key=lambda p: p.plan.of_all)), "")
    rows = _rows(asked, "assignments")
    if asked.loaded.tree.node_at(("given", "assignments")) is None:
        ids = dict.fromkeys(p.cells["payee_id"] for p in people)
        place = {p.cells["payee_id"]: p for p in reversed(people)}
        rows = [GivenRow({"payee_id": i, **assigned.get(i, {})}, place[i].file, place[i].line, place[i].keys) for i in ids]
    for row in rows:
        row.cells = {"plan": first, **({"payee_id": only} if only else {}), **row.cells}
        row.cells.setdefault("from", begins.get(row.cells["plan"], OPEN_START))
    return rows


def _by_measure(asked: Asked, table: str, people: list[GivenRow], deals: list[GivenRow]) -> list[GivenRow]:
    """Quotas or openings: rows, or an amount for each measure."""
    node = asked.loaded.tree.node_at(("given", table))
    if not isinstance(node, Mapping_):
        return _rows(asked, table)
    found: list[GivenRow] = []
    for key, value in node.entries:
        plan = next((p for p in asked.plans if key.text in p.plan.measures), None)
        if plan is None:
            known = [m for p in asked.plans for m in p.plan.measures]
            near = nearest(key.text, known)
            said = f"no plan of this test has a measure `{key.text}`" + (f"; did you mean `{near}`?" if near else "")
            mend = f"write `{near}`" if near else f"the measures are {', '.join(known)}"
            asked.report.add(BY_MEASURE.at(key.span, what=said, mend=mend))
            continue
        amount = {"amount": str(plain(value))}
        ids = dict.fromkeys(p.cells["payee_id"] for p in people)
        if table == "openings":
            cells = [
                {"payee_id": i, "as_of": _day_before(asked, deals), "kind": "measure", "name": key.text, **amount} for i in ids
            ]
        else:
            cells = [{**c, **amount} for c in _quota_rows(asked, key, plan, (list(ids), deals))]
        found += [GivenRow(c, key.span.file, key.span.line) for c in cells]
    return found


def _quota_rows(asked: Asked, key: Scalar, plan: LoadedPlan, given: tuple[list[str], list[GivenRow]]) -> Iterator[dict[str, str]]:
    """A quota by measure holds in every window from the first deal or period to the last period expected."""
    measure = plan.plan.measures[key.text]
    people, deals = given
    what = ""
    if measure.window not in ("period", "month", "quarter", "half", "year"):
        what = f"`{key.text}` is counted by {measure.window}, which has no period to name"
    elif measure.quota not in ("own", "plan", "sum of reports"):
        said = (
            "from the team"
            if measure.quota == "team"
            else "from nowhere in the quotas"
            if measure.quota is None
            else "from the plan"
        )
        what = f"the quota of `{key.text}` comes {said}"
    if what:
        mend = "write quotas as rows: `quotas: [{payee: P1, measure: bookings, period: 2026-Q1, amount: 1_000}]`"
        asked.report.add(BY_MEASURE.at(key.span, what=what, mend=mend))
        return
    owners = [{"plan": plan.plan.plan}] if measure.quota == "plan" else [{"payee_id": p} for p in people]
    for period in dict.fromkeys(_window_name(measure.window, p) for p in _touched(asked, deals)):
        yield from ({**owner, "measure": measure.named or key.text, "period": period} for owner in owners)


def _window_name(window: str, period: Period) -> str:
    if window == "month":
        return f"{period.first.year:04}-{period.first.month:02}"
    return period.name if window == "period" else str(getattr(period, window))


def _touched(asked: Asked, deals: Iterable[GivenRow]) -> list[Period]:
    """The periods from the first deal or expectation to the last expectation."""
    expected = expected_periods(asked.loaded, asked.calendar)
    days = [d for row in deals if (d := _day(row.cells.get(asked.credit_date, ""))) is not None]
    first = min([p.first for p in expected] + days)
    return asked.calendar.between(first, max(p.last for p in expected))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None  # reading the table tells what is wrong with it


def _day_before(asked: Asked, deals: Iterable[GivenRow]) -> str:
    """The day before the period of the first deal or expectation."""
    return str(_touched(asked, deals)[0].first - timedelta(days=1))


def expected_periods(loaded: LoadedTest, calendar: Calendar) -> list[Period]:
    """Return the periods that a test closes or expects something of, in order."""
    named = (calendar.period_named(name) for name in (*loaded.test.given.closed, *(n for _, _, n, _ in loaded.test.expected())))
    return sorted({p for p in named if p is not None})
