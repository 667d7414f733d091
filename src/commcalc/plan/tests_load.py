"""Loading plan tests: every `*.test.yaml` beside the plans, read and bound, with the plans that a test writes itself."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from commcalc.base.problem import Report
from commcalc.base.source import Span
from commcalc.language.bind import bind
from commcalc.language.names import nearest
from commcalc.language.problems import MISSING_KEY, TWO_SHAPES
from commcalc.language.scan import MOST_BYTES, too_large
from commcalc.language.tree import Mapping_, Node, Scalar, Sequence_, Tree, read_tree
from commcalc.plan.load import LoadedPlan, load_tree
from commcalc.plan.problems import NOT_A_FILE
from commcalc.plan.program import bind_plan
from commcalc.plan.tests_problems import NO_SUCH_PARAM, NO_SUCH_PLAN, SAME_TEST

if TYPE_CHECKING:
    from commcalc.plan.tests_model import TestOfMany, TestOfOne

ENDING = ".test.yaml"
WRITTEN = "tested"  # the name of a plan that is written in the test
HEADER = """version: test
effective: 2026-01-01 .. 2026-12-31
currency: {currency}
payment: {{every: month, negative: carry}}
"""
PROGRAM_HEADER = """version: test
dates: 2026-01-01 .. 2026-12-31
eligible: all
currency: {currency}
announce: {{headline: a test}}
"""
OF = ("plan", "plans", "program")
"""The keys that say what a test is of."""
DEFAULTS = "commcalc test --show-defaults"


@dataclass(frozen=True, slots=True)
class LoadedTest:
    """A test that bound: what it says, its tree for places, its file's name in messages, and where files beside it stand."""

    test: TestOfOne | TestOfMany
    tree: Tree
    file: str
    folder: Path
    root: Path

    @property
    def place(self) -> Span:
        """Where its sentence stands."""
        return self.tree.span_of(("test",))


@dataclass(frozen=True, slots=True)
class LoadedTests:
    """Tests that bound, and the texts of all files for excerpts."""

    tests: tuple[LoadedTest, ...]
    texts: Mapping[str, str]


def files_beside(folder: Path) -> list[Path]:
    """Return the files of tests below a folder, sorted by name."""
    return sorted(folder.glob(f"**/*{ENDING}"))


def load_tests(files: list[Path], root: Path) -> tuple[LoadedTests, Report]:
    """Read and bind each file; return the tests that bound and every problem of all of them."""
    report = Report()
    tests: list[LoadedTest] = []
    texts: dict[str, str] = {}
    for file in files:
        name = str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
        if not file.is_file():
            report.add(NOT_A_FILE.at(Span(name, 1, 1, 1, 1), path=name))
            continue
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
        texts[name] = raw.decode("utf-8-sig", errors="replace")
        if len(raw) > MOST_BYTES:
            report.add(too_large(name, file.stat().st_size))
            continue
        tree, problems = read_tree(raw, name, top="any")
        report.extend(problems)
        if tree is not None:
            inside = file.resolve().is_relative_to(root.resolve())
            tests += tests_of(tree, file.parent, root if inside else file.parent, report)
    return LoadedTests(tuple(tests), texts), report


def tests_of(tree: Tree, folder: Path, root: Path, report: Report) -> list[LoadedTest]:
    """Bind the one test of a file, or each of its list, and return those that bound."""
    models = importlib.import_module("commcalc.plan.tests_model")  # a project without tests does without them
    found: list[LoadedTest] = []
    seen: dict[str, LoadedTest] = {}
    for node in tree.root.items if isinstance(tree.root, Sequence_) else (tree.root,):
        one = tree.replace_root(node)
        many = one.node_at(("given", "payees")) is not None
        bound, problems = bind(one, models.TestOfMany if many else models.TestOfOne)
        test: TestOfOne | TestOfMany | None = bound
        report.extend(problems)
        if test is None:
            continue
        loaded = LoadedTest(test, one, tree.file, folder, root)
        if test.test in seen:
            report.add(SAME_TEST.at(loaded.place).with_also(seen[test.test].place, "the other"))
        seen.setdefault(test.test, loaded)
        _one_plan(loaded, report)
        found.append(loaded)
    return found


def _one_plan(loaded: LoadedTest, report: Report) -> None:
    """A test says what it is of: `plan`, `plans` or `program`."""
    tree = loaded.tree
    said = [key for key in OF if getattr(loaded.test, key) is not None]
    if not said:
        report.add(MISSING_KEY.at(loaded.place, where="this test", key="plan", about=" (a plan's name, or a plan)"))
    for other in said[1:]:
        first = tree.span_of((said[0],), key=True)
        problem = TWO_SHAPES.at(tree.span_of((other,), key=True), where="this test", one=said[0], other=other)
        report.add(problem.with_also(first, "the other one"))


def plans_of(loaded: LoadedTest, known: Mapping[str, LoadedPlan], currency: str) -> tuple[tuple[LoadedPlan, ...], Report]:
    """Return the plans of a test, those of the project and those that it writes itself, with its params put in."""
    report = Report()
    plans: list[LoadedPlan] = []
    test = loaded.test
    key, one = ("program", test.program) if test.program is not None else ("plan", test.plan)
    said = test.plans if test.plans is not None else {WRITTEN: one} if isinstance(one, dict) else [one]
    for number, name in enumerate(said):
        written = isinstance(said, dict)
        path: tuple[str | int, ...] = ("plans", name if written else number) if test.plans is not None else (key,)  # type: ignore[assignment]
        if written:
            plan, problems = _written(loaded, str(name), path, currency, known)
            report.extend(problems)
        else:
            plan = known.get(str(name))
            if plan is None:
                near = nearest(str(name), known)
                mend = "write " + (f"`{near}`" if near else f"one of {', '.join(known)}" if known else "the plan here, as keys")
                suggestion = f"; did you mean `{near}`?" if near else "" if known else ": no project is here"
                report.add(NO_SUCH_PLAN.at(loaded.tree.span_of(path), name=name, near=suggestion, mend=mend))
        if plan is not None:
            plans.append(plan)
    return _with_params(loaded, plans, report), report


def _written(
    loaded: LoadedTest, name: str, path: tuple[str | int, ...], currency: str, known: Mapping[str, LoadedPlan]
) -> tuple[LoadedPlan | None, Report]:
    """Bind a plan or program that stands in the test, with neutral values for what its header leaves out.

    One that extends a plan of the project has its header from there.
    """
    node = loaded.tree.node_at(path)
    assert isinstance(node, Mapping_), path
    of_program = path == ("program",) or "kind" in node.by_key
    text = f"program: {name}\n{PROGRAM_HEADER}" if of_program else f"plan: {name}\n{HEADER}"
    header, _ = read_tree(text.format(currency=currency).encode(), DEFAULTS)
    assert header is not None and isinstance(header.root, Mapping_)
    heir = "extends" in node.by_key
    neutral = tuple((k, v) for k, v in header.root.entries if k.text not in node.by_key and (not heir or k.text == "plan"))
    tree = loaded.tree.replace_root(Mapping_((*node.entries, *neutral), node.span))
    return load_tree(tree, loaded.folder, loaded.root, known.values())


def _with_params(loaded: LoadedTest, plans: list[LoadedPlan], report: Report) -> tuple[LoadedPlan, ...]:
    """Put what the test says of a param in the place of what the plan says, for everybody."""
    given = loaded.tree.node_at(("given", "params"))
    if not isinstance(given, Mapping_) or not given.entries:
        return tuple(plans)
    known = [name for plan in plans for name in plan.plan.params]
    for key, _ in given.entries:
        if key.text not in known and plans:
            near = nearest(key.text, known)
            mend = f"write `{near}`" if near else f"the params are {', '.join(known)}" if known else "the plan has no params"
            report.add(NO_SUCH_PARAM.at(key.span, name=key.text, near=f"; did you mean `{near}`?" if near else "", mend=mend))
    return tuple(_replaced(plan, given, report) for plan in plans)


def _replaced(loaded: LoadedPlan, given: Mapping_, report: Report) -> LoadedPlan:
    root, params = loaded.tree.root, loaded.tree.node_at(("params",))
    if not isinstance(root, Mapping_) or not isinstance(params, Mapping_):
        return loaded

    def entry(key: Scalar, node: Node) -> tuple[Scalar, Node]:
        return given.by_key.get(key.text, (key, node))

    changed = Mapping_(tuple(entry(k, v) for k, v in params.entries), params.span)
    tree = loaded.tree.replace_root(
        Mapping_(tuple((k, changed if k.text == "params" else v) for k, v in root.entries), root.span)
    )
    plan, problems = bind_plan(tree)
    report.extend(problems)
    return replace(loaded, plan=plan, tree=tree) if plan is not None else loaded
