"""Tests at every bound of a project's plans, made and calculated: each figure is there to be checked by hand, then kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.api import Progress, Project, facts_of
from commcalc.base.calendar import Period
from commcalc.base.problem import Report
from commcalc.base.render import render_concise
from commcalc.base.source import Sources, Span
from commcalc.documents.plan_shown import quoted
from commcalc.engine.result import Result
from commcalc.inputs.tables import calendar_read
from commcalc.language.tree import read_tree
from commcalc.month_end import calculate, verify
from commcalc.plan.tests_load import tests_of
from commcalc.studies.boundary_tests import ONE, CannotMake, Given, Maker, plain
from commcalc.studies.bounds import bounds_of
from commcalc.studies.plan_tests import set_up

HEAD = """# Made by `commcalc test --make-boundaries`: each bound a step below, on it and a step above.
# The figures are what the plans pay as they stand. Check each by hand; keep the file beside the plan as NAME.test.yaml.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A test at a bound, as text; or why none could be made."""

    place: Span
    text: str
    why: str = ""


def boundary_tests(project: Project, name: str, progress: Progress) -> tuple[list[Made], Report]:
    """Return the tests at every bound of the active plans whose name has `name` in it, and what kept them from being made."""
    assert project.file is not None
    calendar, report = calendar_read(project.file)
    if calendar is None:
        return [], report
    facts = facts_of(project.file)
    asked = (p for p in project.plans if p.plan.status != "retired" and not p.plan.of_all and name.lower() in p.plan.plan.lower())
    makers = [Maker(loaded, facts, calendar, bound) for loaded in asked for bound in bounds_of(loaded)]
    made: list[Made] = []
    for number, maker in enumerate(makers, 1):
        progress(f"bound {number:,} of {len(makers):,}")
        made += _at_bound(project, maker)
    return made, report


def text_of(made: list[Made]) -> str:
    """Return the file of the tests, those that could not be made named at its end."""
    lacking = [f"# not made: {m.place}: {m.text}: {m.why}" for m in made if m.why]
    return "\n".join([HEAD, *(m.text for m in made if not m.why), *lacking]).rstrip() + "\n"


def _at_bound(project: Project, maker: Maker) -> Iterator[Made]:
    bound = maker.bound
    try:
        quota = None
        if bound.by == "attainment":
            given, payee = maker.given(None)
            quota = _of_measure(_run(project, maker, given), payee, bound.name, "quota")
        for said, at in maker.steps(quota):
            yield _made(project, maker, (said, at))
    except CannotMake as found:
        yield Made(bound.place, bound.what, str(found))


def _made(project: Project, maker: Maker, step: tuple[str, Decimal]) -> Made:
    """Calculate what is paid at one step, and see that the measure stands there."""
    said, at = step
    bound = maker.bound
    given, payee = maker.given(at)
    result = _run(project, maker, given)
    expected: dict[str, str] = {}
    if bound.by != "column":
        value = _of_measure(result, payee, bound.name, "value")
        if value != at:
            stands = "has no value" if value is None else f"stands at {plain(value)}, not at {plain(at)}"
            raise CannotMake(f"{bound.name} {stands}: its condition asks for deals that could not be made up")
        expected[f"value {bound.name}"] = plain(value)
    mine = (pl.col("payee") == payee) & (pl.col("component") == bound.component)
    earned = sum(result.lines.filter(mine)["amount"].to_list(), Decimal(0))
    expected = {bound.component: plain(earned), **expected}
    period = maker.period()[1].name
    expect: Mapping[str, Any] = {period: expected}
    return Made(
        bound.place, _yaml(f"{said} {bound.what}", maker.plan.plan, given, {payee: expect} if "payees" in given else expect)
    )


def _run(project: Project, maker: Maker, given: Given) -> Result:
    """Calculate what a test of these tables would, by the engine and the reference."""
    assert project.file is not None
    period: Period = maker.period()[1]
    nothing = {period.name: {"total": "0"}}
    text = _yaml("made", maker.plan.plan, given, {ONE: nothing} if "payees" in given else nothing)
    tree, report = read_tree(text.encode(), "made.test.yaml", top="any")
    tests = tests_of(tree, project.root, project.root, report) if tree is not None else []
    if report.errors or not tests:
        raise CannotMake(_said(report))
    setting = set_up(tests[0], project.file, maker.calendar, {p.plan.plan: p for p in project.plans})
    if setting.report.errors or setting.inputs is None:
        raise CannotMake(_said(setting.report))
    world = Project(setting.file.root, setting.file, setting.plans, Sources({}), Report(), len(setting.plans))
    run = calculate(world, setting.inputs, Report(), period.name, lambda _: None)
    if run.result is None:
        raise CannotMake(_said(run.report))
    unlike = verify(world, run)
    if unlike.errors:
        raise CannotMake(_said(unlike))
    return run.result


def _said(report: Report) -> str:
    """Return the first of what is wrong, on a line."""
    return render_concise(report.errors[0]) if report.errors else "the test could not be read"


def _of_measure(result: Result, payee: str, measure: str, what: str) -> Decimal | None:
    """Return the value or quota of a payee's measure, of the last window begun."""
    rows = result.measures.filter((pl.col("payee") == payee) & (pl.col("measure") == measure)).sort("window_first")
    found: Decimal | None = rows[what][-1] if len(rows) else None
    return found


def _yaml(sentence: str, plan: str, given: Given, expect: Mapping[str, Any]) -> str:
    """Write a test as people write them: a key on a line, rows in braces."""
    lines = [f"- test: {quoted(sentence)}", f"  plan: {plan}", "  given:"]
    for key, said in given.items():
        if isinstance(said, list):
            lines += [f"    {key}:", *(f"      - {_flow(row)}" for row in said)]
        else:
            lines.append(f"    {key}: {_flow(said)}")
    lines.append("  expect:")
    lines += [f"    {key}: {_flow(said)}" for key, said in expect.items()]
    return "\n".join(lines) + "\n"


def _flow(said: Any) -> str:
    if isinstance(said, dict):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in said.items()) + "}"
    return quoted(str(said))
