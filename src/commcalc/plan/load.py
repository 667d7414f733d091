"""Loading: every plan file of a folder, read, its tables in CSV files put in, and bound."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from commcalc.base.problem import Report
from commcalc.base.source import Span
from commcalc.language.bind import bind
from commcalc.language.scan import MOST_BYTES, too_large
from commcalc.language.tree import Mapping_, Tree, read_tree
from commcalc.plan.model import Plan
from commcalc.plan.problems import FILE_NAME, NO_PLANS, NOT_A_FILE, OUTSIDE, PROGRAM, SAME_NAME
from commcalc.plan.table_files import with_tables
from commcalc.plan.walk import Place, places


@dataclass(frozen=True)
class LoadedPlan:
    """A plan that bound: its model, its tree for places, its file's name in messages and the digest of its text."""

    plan: Plan
    tree: Tree
    file: str
    digest: str = ""

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every expression of the plan with what it may look at: nearly every check asks for them."""
        return tuple(places(self.plan))


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
        kind = OUTSIDE if not file.resolve().is_relative_to(root.resolve()) else NOT_A_FILE if not file.is_file() else None
        if kind is not None:
            texts[name] = ""  # it counts among the plans, so that assignments to it are no second fault
            report.add(kind.at(Span(name, 1, 1, 1, 1), path=name))
            continue
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)  # what is longer is refused by its size, unread
        size = max(len(raw), file.stat().st_size)
        texts[name] = raw.decode("utf-8-sig", errors="replace") if size <= MOST_BYTES else ""
        if size > MOST_BYTES:
            report.add(too_large(name, size))
            continue
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
    found, problems = load_tree(tree, hashlib.sha256(raw).hexdigest(), file.parent, root)
    report.extend(problems)
    if found is not None and file.stem != found.plan.plan:
        report.add(FILE_NAME.at(tree.span_of(("plan",)), plan=found.plan.plan, file=file.name))
    return found, report


def load_tree(tree: Tree, digest: str, folder: Path, root: Path) -> tuple[LoadedPlan | None, Report]:
    """Bind the tree of one plan, with the tables in files of its folder."""
    report = Report()
    if isinstance(tree.root, Mapping_) and any(k.text == "program" for k, _ in tree.root.entries):
        report.add(PROGRAM.at(tree.span_of(("program",), key=True)))
        return None, report
    tree = tree.replace_root(with_tables(tree.root, folder, root, report))
    if report.errors:
        return None, report
    plan, found = bind(tree, Plan)
    report.extend(found)
    return (LoadedPlan(plan, tree, tree.file, digest) if plan is not None else None), report


def _names(loaded: list[LoadedPlan], report: Report) -> None:
    seen: dict[str, LoadedPlan] = {}
    for one in loaded:
        folded = one.plan.plan.casefold().replace("_", "-")
        if folded in seen:
            problem = SAME_NAME.at(one.tree.span_of(("plan",)), plan=one.plan.plan)
            report.add(problem.with_also(seen[folded].tree.span_of(("plan",)), "the other"))
        seen.setdefault(folded, one)
