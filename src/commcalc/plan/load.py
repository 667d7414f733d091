"""Loading: every plan file of a folder, read, its tables in CSV files put in, and bound."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from commcalc.base.problem import Report
from commcalc.base.source import Span
from commcalc.language.bind import bind
from commcalc.language.tree import Mapping_, Node, Scalar, Sequence_, Tree, read_tree
from commcalc.plan.model import Plan
from commcalc.plan.problems import FILE_NAME, NO_PLANS, NOT_A_PLAN, OUTSIDE, PROGRAM, SAME_NAME, TABLE_FILE, TABLE_TEXT

TABLE_KEYS = ("rows", "matrix", "points", "tiers")


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """A plan that bound: its model, its tree for places, its file's name in messages and the digest of its text."""

    plan: Plan
    tree: Tree
    file: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Plans that bound, and the texts of all files for excerpts."""

    plans: tuple[LoadedPlan, ...]
    texts: dict[str, str]


def plan_files(folder: Path) -> list[Path]:
    """Return the plan files of a folder, sorted by name; tests beside them are not plans."""
    return sorted(p for p in folder.glob("**/*.yaml") if not p.name.endswith(".test.yaml"))


def load_plans(files: list[Path], root: Path) -> tuple[Loaded, Report]:
    """Read and bind each file; return the plans that bound and every problem of all of them."""
    report = Report()
    loaded: list[LoadedPlan] = []
    texts: dict[str, str] = {}
    for file in files:
        name = str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
        texts[name] = ""
        if not file.resolve().is_relative_to(root.resolve()):
            report.add(OUTSIDE.at(Span(name, 1, 1, 1, 1), path=name))
            continue
        if not file.is_file():  # a folder of this name, a pipe: there is nothing to read
            report.add(NOT_A_PLAN.at(Span(name, 1, 1, 1, 1), path=name))
            continue
        raw = file.read_bytes()
        texts[name] = raw.decode("utf-8-sig", errors="replace")
        found, problems = load_plan(raw, name, file, root)
        report.extend(problems)
        if found is not None:
            loaded.append(found)
    _names(loaded, report)
    if not files:
        report.add(NO_PLANS.at(None, folder=root))
    return Loaded(tuple(loaded), texts), report


def load_plan(raw: bytes, name: str, file: Path, root: Path) -> tuple[LoadedPlan | None, Report]:
    """Read and bind one plan."""
    tree, report = read_tree(raw, name)
    if tree is None:
        return None, report
    if isinstance(tree.root, Mapping_) and any(k.text == "program" for k, _ in tree.root.entries):
        report.add(PROGRAM.at(tree.span_of(("program",), key=True)))
        return None, report
    tree = tree.replace_root(_with_tables(tree.root, file.parent, root, report))
    if report.errors:
        return None, report
    plan, found = bind(tree, Plan)
    report.extend(found)
    if plan is None:
        return None, report
    if file.stem != plan.plan:
        report.add(FILE_NAME.at(tree.span_of(("plan",)), plan=plan.plan, file=file.name))
    return LoadedPlan(plan, tree, name, hashlib.sha256(raw).hexdigest()), report


def _names(loaded: list[LoadedPlan], report: Report) -> None:
    seen: dict[str, LoadedPlan] = {}
    for one in loaded:
        folded = one.plan.plan.casefold().replace("_", "-")
        if folded in seen:
            problem = SAME_NAME.at(one.tree.span_of(("plan",)), plan=one.plan.plan)
            report.add(problem.with_also(seen[folded].tree.span_of(("plan",)), "the other"))
        seen.setdefault(folded, one)


def _with_tables(node: Node, folder: Path, root: Path, report: Report) -> Node:
    """Put the rows of a CSV file in the place of its name, with their own places for messages."""
    if isinstance(node, Sequence_):
        return Sequence_(tuple(_with_tables(n, folder, root, report) for n in node.items), node.span)
    if not isinstance(node, Mapping_):
        return node
    entries = []
    for key, value in node.entries:
        if key.text in TABLE_KEYS and isinstance(value, Scalar) and value.text.endswith(".csv"):
            entries.append((key, _table(value, folder, root, report)))
        else:
            entries.append((key, _with_tables(value, folder, root, report)))
    return Mapping_(tuple(entries), node.span)


def _table(at: Scalar, folder: Path, root: Path, report: Report) -> Node:
    """Read a table's CSV as a list of lists of text; its header is for people."""
    path = folder / at.text
    leads_out = at.text.startswith(("/", "~")) or "://" in at.text or not path.resolve().is_relative_to(root.resolve())
    if leads_out or not path.is_file():
        kind = OUTSIDE if leads_out else TABLE_FILE
        report.add(kind.at(at.span, path=at.text))
        return at
    name = str(path.resolve().relative_to(root.resolve()))
    rows = []
    try:
        read = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        report.add(TABLE_TEXT.at(at.span, path=at.text, why=error))
        return at
    for number, row in enumerate(read, 1):
        if number > 1 and row:
            span = Span(name, number, 1, number, len(",".join(row)) + 1)
            rows.append(Sequence_(tuple(Scalar(cell.strip(), span, "plain") for cell in row), span))
    return Sequence_(tuple(rows), at.span)
