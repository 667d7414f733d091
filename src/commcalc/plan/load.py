"""Loading: every plan file of a folder, read, its tables in CSV files put in, written out in full, and bound."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from commcalc.base.problem import Report
from commcalc.base.source import Span
from commcalc.language.scan import MOST_BYTES, too_large
from commcalc.language.tree import Scalar, Tree, read_tree
from commcalc.plan.extends import Known, bases_of, flattened
from commcalc.plan.model import Plan
from commcalc.plan.problems import FILE_NAME, NO_PLANS, NOT_A_FILE, OUTSIDE, SAME_NAME
from commcalc.plan.program import ProgramTree, bind_plan, is_program
from commcalc.plan.table_files import with_tables
from commcalc.plan.walk import Place, places


@dataclass(frozen=True, slots=True)
class Written:
    """A plan file as it stands, its tables put in: its name, its tree (None where it cannot be read) and its text's digest."""

    name: str
    tree: Tree | None
    digest: str


@dataclass(frozen=True)
class LoadedPlan:
    """A plan that bound: its model, its tree for places, its file's name in messages and the digest of its text.

    The tree is that of the plan in full. `written` is its file as it stands; `made_from` the files that it extends.
    """

    plan: Plan
    tree: Tree
    file: str
    digest: str = ""
    written: Written | None = None
    made_from: tuple[Written, ...] = ()

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every expression of the plan with what it may look at: nearly every check asks for them."""
        return tuple(places(self.plan))

    @property
    def digests(self) -> dict[str, str]:
        """The digests of all files that say something of this plan, its own first."""
        return {self.file: self.digest, **{w.tree.file: w.digest for w in self.made_from if w.tree is not None}}

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the same files."""
        return {self.file: self.tree.text, **{w.tree.file: w.tree.text for w in self.made_from if w.tree is not None}}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Plans that bound, and the texts of all files for excerpts."""

    plans: tuple[LoadedPlan, ...]
    texts: dict[str, str]


def plan_files(folder: Path) -> list[Path]:
    """Return the plan files of a folder, sorted by name; tests beside them are not plans."""
    return sorted(p for p in folder.glob("**/*.yaml") if not p.name.endswith(".test.yaml"))


def load_plans(files: list[Path], root: Path, beside: Iterable[LoadedPlan] = ()) -> tuple[Loaded, Report]:
    """Read and bind each file; return the plans that bound and every problem of all of them.

    beside: plans of the project that these take the place of, or may extend.
    """
    report = Report()
    texts: dict[str, str] = {}
    read = [(file, written) for file in files for written in _read(file, root, texts, report)]
    known = {w.name: w for _, w in reversed(read)}
    known = {w.name: w for plan in beside if (w := plan.written) is not None} | known
    loaded: list[LoadedPlan] = []
    for file, written in read:
        found, problems = _bound(written, known)
        report.extend(problems)
        if found is None:
            continue
        loaded.append(found)
        if file.stem != found.plan.plan:
            report.add(FILE_NAME.at(found.tree.span_of(("plan",)), plan=found.plan.plan, file=file.name))
    _names(loaded, report)
    if not files:
        report.add(NO_PLANS.at(None, folder=root))
    return Loaded(tuple(loaded), texts), report


def heirs_of(loaded: Loaded, beside: Iterable[LoadedPlan]) -> tuple[list[LoadedPlan], Report]:
    """Return the plans beside those loaded that extend any of them, made anew from what these say now."""
    names = {plan.plan.plan for plan in loaded.plans}
    kept = [plan for plan in beside if plan.plan.plan not in names]
    known = {w.name: w for plan in (*kept, *loaded.plans) if (w := plan.written) is not None}
    report = Report()
    found: list[LoadedPlan] = []
    for heir in kept:
        if heir.written is not None and names & {w.name for w in heir.made_from}:
            made, problems = _bound(heir.written, known)
            report.extend(problems)
            found += [made] if made is not None else []
    return found, report


def _read(file: Path, root: Path, texts: dict[str, str], report: Report) -> list[Written]:
    """Read a file and its tables; a plan that cannot be read is still one that there is, and no second fault."""
    name = str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
    texts[name] = ""  # it counts among the plans, so that assignments to it are no second fault
    kind = OUTSIDE if not file.resolve().is_relative_to(root.resolve()) else NOT_A_FILE if not file.is_file() else None
    if kind is not None:
        report.add(kind.at(Span(name, 1, 1, 1, 1), path=name))
        return [Written(file.stem, None, "")]
    with file.open("rb") as stream:
        raw = stream.read(MOST_BYTES + 1)  # what is longer is refused by its size, unread
    size = max(len(raw), file.stat().st_size)
    texts[name] = raw.decode("utf-8-sig", errors="replace") if size <= MOST_BYTES else ""
    if size > MOST_BYTES:
        report.add(too_large(name, size))
        return [Written(file.stem, None, "")]
    return [_written(raw, name, file, root, report)]


def _written(raw: bytes, name: str, file: Path, root: Path, report: Report) -> Written:
    tree, found = read_tree(raw, name)
    if tree is not None:
        tree = tree.replace_root(with_tables(tree.root, file.parent, root, found))
    report.extend(found)
    named = tree.node_at(("program",) if is_program(tree.root) else ("plan",)) if tree is not None else None
    called = named.text if isinstance(named, Scalar) else file.stem
    return Written(called, tree if found.ok else None, hashlib.sha256(raw).hexdigest())


def load_plan(raw: bytes, name: str, file: Path, root: Path) -> tuple[LoadedPlan | None, Report]:
    """Read and bind one plan that stands alone."""
    report = Report()
    written = _written(raw, name, file, root, report)
    found, problems = _bound(written, {written.name: written})
    report.extend(problems)
    if found is not None and file.stem != found.plan.plan:
        report.add(FILE_NAME.at(found.tree.span_of(("plan",)), plan=found.plan.plan, file=file.name))
    return found, report


def load_tree(tree: Tree, folder: Path, root: Path, beside: Iterable[LoadedPlan] = ()) -> tuple[LoadedPlan | None, Report]:
    """Bind the tree of one plan or program, with the tables in files of its folder; it may extend the plans beside it."""
    report = Report()
    tree = tree.replace_root(with_tables(tree.root, folder, root, report))
    if report.errors:
        return None, report
    known = {w.name: w for plan in beside if (w := plan.written) is not None}
    found, problems = _bound(Written("", tree, ""), known)
    report.extend(problems)
    return found, report


def _bound(written: Written, known: dict[str, Written]) -> tuple[LoadedPlan | None, Report]:
    """Bind a plan written out in full."""
    report = Report()
    if written.tree is None:
        return None, report
    trees: Known = {name: one.tree for name, one in known.items()}
    tree = flattened(written.tree, trees, report)
    if tree is None:
        return None, report
    plan, found = bind_plan(tree)
    report.extend(found)
    if is_program(tree.root):
        tree = ProgramTree(tree.root, tree.file, tree.text)
    if plan is None:
        return None, report
    bases = {id(base) for base in bases_of(written.tree, trees)}
    made_from = tuple(one for one in known.values() if id(one.tree) in bases)
    return LoadedPlan(plan, tree, tree.file, written.digest, written, made_from), report


def _names(loaded: list[LoadedPlan], report: Report) -> None:
    seen: dict[str, LoadedPlan] = {}
    for one in loaded:
        folded = one.plan.plan.casefold().replace("_", "-")
        if folded in seen:
            problem = SAME_NAME.at(one.tree.span_of(("plan",)), plan=one.plan.plan)
            report.add(problem.with_also(seen[folded].tree.span_of(("plan",)), "the other"))
        seen.setdefault(folded, one)
