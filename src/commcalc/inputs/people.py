"""People checked: payees, their managers, and who is on which plan when."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from commcalc.base.problem import Kind, Report
from commcalc.base.render import cut
from commcalc.base.source import Cell
from commcalc.inputs.field_problems import (
    ALIAS,
    ALIKE,
    BACKWARDS,
    CYCLE,
    NO_MIX,
    OVERLAP,
    TWICE,
    UNKNOWN_MANAGER,
    UNKNOWN_PAYEE,
    UNKNOWN_PLAN,
)
from commcalc.inputs.problems import TWO_WRITINGS
from commcalc.language.names import NameIndex
from commcalc.plan.whose import MANAGER
from commcalc.tables.exact import D

Names = Mapping[str, str]
ODD_IN_IDS = r"[^A-Z0-9_./\-]"
NAMING = ("payee_id", "aliases", "manager", "owner", "deal_id", "returns", "team")


def names_of(payees: pl.DataFrame) -> Names:
    """Return every id and alias with the payee it means."""
    found = {p: p for p in payees["payee_id"].drop_nulls().to_list()}
    if "aliases" in payees.columns:
        for payee, aliases in payees.select("payee_id", "aliases").drop_nulls().iter_rows():
            for alias in aliases.split(";"):
                if alias.strip():
                    found.setdefault(alias.strip(), payee)
    return found


def check_aliases(payees: pl.DataFrame, report: Report) -> None:
    """An alias or id means one payee: what means two is refused, for it would decide who is paid."""
    if "aliases" not in payees.columns:
        return
    owner = {p: p for p in payees["payee_id"].drop_nulls().to_list()}
    told: set[str] = set()
    for payee, aliases, file, line in payees.select("payee_id", "aliases", "~file", "~line").drop_nulls().iter_rows():
        for alias in filter(None, (a.strip() for a in aliases.split(";"))):
            other = owner.setdefault(alias, payee)
            if other != payee and alias not in told:
                told.add(alias)
                report.add(ALIAS.at(Cell(file, line, "aliases"), text=cut(alias), one=cut(other), other=cut(payee)))


def composed(frame: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Store names in one way (NFC): an accent typed as a character of its own is the same name, and that is said."""
    for column in (c for c in NAMING if c in frame.columns and frame.schema[c] == pl.String):
        texts, text = frame[column], pl.col(column)
        if frame.select(text.str.len_bytes().sum() == text.str.len_chars().sum()).item():
            continue
        stored = texts.str.normalize("NFC")
        odd = frame.select("~file", "~line", column).filter(stored != texts)
        if len(odd):
            cells = [Cell(f, n, column) for f, n in odd.select("~file", "~line").head(6).iter_rows()]
            report.add(TWO_WRITINGS.at(cells[0], text=cut(odd[column][0])).times(len(odd), cells[1:]))
            frame = frame.with_columns(stored.alias(column))
    return frame


def resolved(column: str, names: Names | None) -> pl.Expr:
    """Return a column with ids and aliases as payee ids; what is no payee stays as it is written."""
    aliases = {alias: payee for alias, payee in (names or {}).items() if alias != payee}
    return pl.col(column).replace(aliases) if aliases else pl.col(column)


def unknown(frame: pl.DataFrame, column: str, table: str, names: Names | None, report: Report) -> None:
    """Report what is no payee in a table about payees; where the payees could not be read, nobody is unknown."""
    if names is None:
        return
    known = pl.Series(list(set(names.values())), dtype=pl.String)
    strangers(frame.filter(~pl.col(column).is_in(known.implode())), column, (UNKNOWN_PAYEE, table, names), report)


def strangers(rows: pl.DataFrame, column: str, what: tuple[Kind, str, Iterable[str]], report: Report) -> None:
    """Report names that are not known, each once with its rows and the nearest that is."""
    kind, table, known = what
    rows = rows.filter(pl.col(column).is_not_null())
    if rows.is_empty():
        return
    names = NameIndex(known)
    for text, group in rows.group_by(column, maintain_order=True):
        near = names.nearest(str(text[0]))
        cells = [Cell(f, n, column) for f, n in group.select("~file", "~line").head(6).iter_rows()]
        problem = kind.at(cells[0], table=table, text=cut(str(text[0])), near=f"; did you mean `{near}`?" if near else "")
        report.add(problem.times(len(group), cells[1:]))


def check_payees(payees: pl.DataFrame, report: Report, links: Iterable[str] = (MANAGER,)) -> pl.DataFrame:
    """Ids once a day, not alike, managers known and above nobody who is above them.

    `links`: the columns that name a payee. Returns the payees with these resolved.
    """
    alike(payees["payee_id"], "payees", payees, report)
    overlaps(payees, "payee_id", "payees", report)
    check_aliases(payees, report)
    present = [c for c in links if c in payees.columns and payees.schema[c] == pl.String]
    if not present:
        return payees
    names = names_of(payees)
    known = pl.Series(list(set(names.values())), dtype=pl.String)
    for column in present:
        payees = payees.with_columns(resolved(column, names).alias(column))
        strangers(payees.filter(~pl.col(column).is_in(known.implode())), column, (UNKNOWN_MANAGER, column, names), report)
    if MANAGER in present:
        circles(payees, MANAGER, report)
    return payees


def circles(payees: pl.DataFrame, column: str, report: Report, places: tuple[str, str] = ("~file", "~line")) -> None:
    """Follow whom a column names upwards, on every day on which somebody's row begins; each payee once a day."""
    file, line = places
    rows = payees.select([c for c in ("payee_id", column, "from", "to", file, line) if c in payees.columns]).to_dicts()
    what = "managers go" if column == MANAGER else f"`{column}` goes"
    days = sorted({r.get("from") or date.min for r in rows})
    told: set[str] = set()
    for day in days:
        above = {r["payee_id"]: r for r in rows if (r.get("from") or date.min) <= day <= (r.get("to") or date.max)}
        seen: set[str] = set()
        for start in above:
            path: dict[str, None] = {}
            at = start
            while at in above and at not in seen:
                seen.add(at)
                path[at] = None
                at = above[at][column]
            if at not in path or at in told:
                continue
            names = list(path)
            circle = names[names.index(at) :]
            told |= set(circle)
            row = above[at]
            place = Cell(row[file], row[line], column)
            report.add(CYCLE.at(place, what=what, path=" -> ".join([*_shown(circle), cut(at)])))


def _shown(circle: list[str]) -> list[str]:
    names = [cut(n) for n in circle]
    return names if len(names) <= 8 else [*names[:4], "...", *names[-3:]]


def alike(ids: pl.Series, table: str, frame: pl.DataFrame, report: Report) -> None:
    """Report ids that are equal but for case or spaces. Ids of capitals and digits cannot be: that is told far quicker."""
    if not ids.str.contains(ODD_IN_IDS).any():
        return
    folded = ids.str.strip_chars().str.to_lowercase()
    if folded.n_unique() == ids.n_unique():
        return
    both = frame.with_columns(folded.alias("~folded"), ids.alias("~id")).unique("~id", maintain_order=True)
    twice = both.filter(pl.col("~folded").is_duplicated() & pl.col("~folded").is_not_null())
    for _, group in twice.group_by("~folded", maintain_order=True):
        first, second = group.row(0, named=True), group.row(1, named=True)
        problem = ALIKE.at(
            Cell(second["~file"], second["~line"], ids.name), table=table, key=cut(second["~id"]), other=cut(first["~id"])
        )
        report.add(problem.with_also(Cell(first["~file"], first["~line"], ids.name), "the other"))


def overlaps(frame: pl.DataFrame, key: str, table: str, report: Report) -> None:
    """Report rows of one key that hold on the same day, or end before they start. Both ends count."""
    by_key: dict[str, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        first, last = row.get("from") or date.min, row.get("to") or date.max
        if last < first:
            report.add(BACKWARDS.at(Cell(row["~file"], row["~line"], "to"), to=last, first=first))
        by_key.setdefault(row[key], []).append({**row, "from": first, "to": last})
    for name, rows in by_key.items():
        rows.sort(key=lambda r: r["from"])
        for before, after in itertools.pairwise(rows):
            if after["from"] <= before["to"]:
                _overlap(table, name, before, after, report)


def _overlap(table: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any], report: Report) -> None:
    last = min(before["to"], after["to"])
    open_ = before["from"] == date.min and after["from"] == date.min and last == date.max
    place = Cell(after["~file"], after["~line"])
    other = Cell(before["~file"], before["~line"])
    if open_ or (before["from"], before["to"]) == (after["from"], after["to"]):
        facts = {c: v for c, v in before.items() if not c.startswith("~")}
        same = (
            " with the same facts"
            if facts == {c: v for c, v in after.items() if not c.startswith("~")}
            else " with different facts"
        )
        mend = "remove one; with `from:` several sources, `once_per_key: yes` counts equal rows once"
        report.add(TWICE.at(place, table=table, key=cut(name), same=same, mend=mend).with_also(other, "the first"))
    else:
        days = f"{after['from']} to {'for ever' if last == date.max else last}"
        report.add(OVERLAP.at(place, table=table, key=cut(name), days=days).with_also(other, "the first"))


def check_assignments(assignments: pl.DataFrame, names: Names | None, plans: Iterable[str], report: Report) -> pl.DataFrame:
    """Payees and plans known, no two plans on a day; the mix as two numbers."""
    assignments = assignments.with_columns(resolved("payee_id", names).alias("payee_id"))
    unknown(assignments, "payee_id", "assignments", names, report)
    overlaps(assignments, "payee_id", "assignments", report)
    known = list(plans)
    strangers(assignments.filter(~pl.col("plan").is_in(known)), "plan", (UNKNOWN_PLAN, "assignments", known), report)
    if "mix" not in assignments.columns:
        return assignments
    parts = assignments["mix"].str.replace_all("_", "").str.extract_groups(r"^([0-9]+(?:\.[0-9]+)?)/([0-9]+(?:\.[0-9]+)?)$")
    base, variable = (parts.struct.field(part).cast(D) for part in ("1", "2"))
    odd = assignments.filter(base.is_null() | ((base + variable) == 0))  # of nothing there are no parts
    strangers(odd, "mix", (NO_MIX, "assignments", ()), report)
    return assignments.with_columns(base.alias("mix_base"), variable.alias("mix_variable"))
