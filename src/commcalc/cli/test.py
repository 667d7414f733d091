"""`test`: the plans do what their tests say, to the cent; where not, the first figure that differs and how it was made."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import commcalc
from commcalc.base.problem import Report
from commcalc.base.render import render_concise, render_full, to_json
from commcalc.base.source import Sources
from commcalc.cli import shown, test_boundaries, test_coverage
from commcalc.cli.threads import one_thread
from commcalc.language.names import nearest

if TYPE_CHECKING:
    from commcalc.api import Project
    from commcalc.plan.tests_load import LoadedTests
    from commcalc.plan_trial import Outcome
    from commcalc.studies.coverage import Coverage

EPILOG = """

**Examples**

```text
commcalc test                           # plans/*.test.yaml
commcalc test plans/ae.test.yaml        # one file
commcalc test -k "crosses 100%"         # tests called so
commcalc test --verify                  # and by the reference
commcalc test --junit tests.xml         # for a build server
commcalc test --coverage                # which tiers, rows, branches and limits no test reaches
commcalc test --coverage --against 2026-Q1   # and no real deal of that quarter either
commcalc test --coverage --fail-under 90     # for a build server
commcalc test --make-boundaries -k ae --output plans/ae-bounds.test.yaml   # tests a cent below, on and above each bound
commcalc test --show-defaults           # what is neutral
```
"""
MOST_HOW = 24


def verb(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files of tests, or folders; without any the project's plans.")
    ] = None,
    project: Annotated[Path | None, typer.Option("--project", help="The project's folder.")] = None,
    name: Annotated[str, typer.Option("-k", help="Only tests whose sentence or file has this in it.")] = "",
    verify: Annotated[bool, typer.Option("--verify", help="Calculate again with the reference interpreter and compare.")] = False,
    style: Annotated[Literal["full", "json"], typer.Option("--format", help="How results are shown.")] = "full",
    junit: Annotated[Path | None, typer.Option("--junit", help="Also write a report as JUnit XML.")] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Tell what of the project's plans no test reaches; runs the reference too.")
    ] = False,
    against: Annotated[
        str | None, typer.Option("--against", help="With --coverage: the project's own deals of a span count too.")
    ] = None,
    fail_under: Annotated[
        int | None, typer.Option("--fail-under", min=0, max=100, help="With --coverage: fail where less is reached, in percent.")
    ] = None,
    boundaries: Annotated[
        bool, typer.Option("--make-boundaries", help="Make tests below, on and above each bound of the plans, and print them.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", help="With --make-boundaries: a new file for them.")] = None,
    defaults: Annotated[bool, typer.Option("--show-defaults", help="Print what holds where a test is silent.")] = False,
) -> None:
    """Run the plan tests: each is calculated as a month is, and what it names is compared exactly."""
    if defaults:
        _defaults()
        return
    _misused(("--output", output, boundaries, "--make-boundaries"))
    _misused(("--against", against, coverage, "--coverage"))
    _misused(("--fail-under", fail_under, coverage, "--coverage"))
    if boundaries:
        test_boundaries.made(_opened([], project)[0], name, output)
        return
    opened, files = _opened(paths or [], project)
    if coverage and opened.file is None:
        shown.note("coverage is that of a project's plans, and no project is here; name it by --project")
        raise typer.Exit(2)
    tests, found = opened.tests(files)
    sources = Sources({**opened.sources.texts, **tests.texts})
    report = Report([*(opened.validate() if opened.file is not None else []), *found])
    if report.errors:
        if style == "json":
            shown.as_json({"tests": [], "problems": [to_json(p) for p in report.sorted()]})
        else:
            shown.problems(report, sources, "full")
        raise typer.Exit(shown.status(report))
    if coverage:
        outcomes, covered = test_coverage.watched(
            opened, lambda: _run(opened, tests, name, verify=True, needed=against is None), against
        )
    else:
        outcomes, covered = _run(opened, tests, name, verify=verify), []
    if junit is not None:
        shown.written(junit, importlib.import_module("commcalc.exports.junit").junit_of(_cases(outcomes)))
    _show(outcomes, sources, style, covered)
    if any(o.unlike.errors for o in outcomes):
        raise typer.Exit(70)
    if not all(o.passed for o in outcomes) or (fail_under is not None and test_coverage.share(covered) < fail_under):
        raise typer.Exit(1)


verb.__doc__ = (verb.__doc__ or "") + EPILOG


def _misused(option: tuple[str, object, bool, str]) -> None:
    """Refuse an option without the one that it goes with."""
    name, said, there, other = option
    if said is not None and not there:
        raise typer.BadParameter(f"it goes with {other}", param_hint=name)


def _defaults() -> None:
    """Print the neutral values of plans and projects that tests write themselves, and of rows."""
    loading = importlib.import_module("commcalc.plan.tests_load")
    print(importlib.import_module("commcalc.studies.plan_tests").defaults(loading.HEADER), end="")


def _opened(paths: list[Path], project: Path | None) -> tuple[Project, list[Path] | None]:
    """Return the project of the tests and their files; tests that write their own plans need no project."""
    for path in paths:
        if not path.exists():
            shown.note(f"there is no file or folder {path}")
            raise typer.Exit(3)
    opened = commcalc.open(project or (paths[0] if paths else Path()))
    if opened.file is None and (project is not None or not paths or opened.report.errors[0].code != "D001"):
        shown.problems(opened.report, opened.sources, "full")
        raise typer.Exit(shown.status(opened.report))
    if not paths:
        return opened, None
    files = {f: None for p in paths for f in (sorted(p.glob("**/*.test.yaml")) if p.is_dir() else [p])}
    return opened, [f.resolve() if opened.file is not None else f for f in files]


def _run(opened: Project, tests: LoadedTests, name: str, *, verify: bool, needed: bool = True) -> list[Outcome]:
    """Run the tests whose sentence or file has `name` in it; none at all is no success where they are needed."""
    chosen = [t for t in tests.tests if name.lower() in t.test.test.lower() or name.lower() in t.file.lower()]
    if not chosen and (needed or name):
        near = nearest(name, [t.test.test for t in tests.tests])
        said = f"no test has `{name}` in its sentence or file" + (f"; did you mean `{near}`?" if near else "")
        shown.note(
            said if tests.tests else "there are no plan tests; write one beside a plan: plans/ae.test.yaml for plans/ae.yaml"
        )
        raise typer.Exit(1)
    one_thread()
    trial = importlib.import_module("commcalc.plan_trial")  # brings polars; the verb's help does without
    whole = opened if opened.file is not None else None
    return list(trial.run_tests(whole, chosen, with_reference=verify))


def _cases(outcomes: list[Outcome]) -> list[tuple[str, str, str, str]]:
    """Each test as JUnit knows it: file, sentence, `failure` or `error` or nothing, and the text."""
    return [(o.loaded.file, o.loaded.test.test, _status(o), "\n".join(told(o, Sources({})))) for o in outcomes]


def _status(outcome: Outcome) -> str:
    return "" if outcome.passed else "failure" if outcome.differences else "error"


def told(outcome: Outcome, sources: Sources) -> list[str]:
    """Say what is wrong: the first figure in full with how it was made, the others on a line each."""
    told: list[str] = []
    for problem in (*outcome.problems.errors, *outcome.unlike.errors):
        told += render_full(problem, sources).split("\n")
    for number, one in enumerate(outcome.differences):
        if number:
            told.append(render_concise(one.problem))
            continue
        told += render_full(one.problem, sources).split("\n")
        told += [f"   {line}" for line in ("how it was made:", *(f"  {h}" for h in one.how[:MOST_HOW])) if one.how]
        if len(outcome.differences) > 1:
            told.append(f"   and {len(outcome.differences) - 1} more:")
    return told


def _show(outcomes: list[Outcome], sources: Sources, style: str, covered: list[Coverage]) -> None:
    failed = [o for o in outcomes if not o.passed]
    if style == "json":
        more = {"coverage": [test_coverage.facts_of(c) for c in covered]} if covered else {}
        shown.as_json({"tests": [_facts(o) for o in outcomes], "problems": [], **more})
        return
    for outcome in failed:
        shown.line(f"failed: {outcome.loaded.test.test} ({outcome.loaded.place.file}:{outcome.loaded.place.line})")
        for text in told(outcome, sources):
            shown.line(f"  {text}")
        shown.line("")
    count = len(outcomes) - len(failed)
    if outcomes:
        shown.line(f"{count:,} test{'' if count == 1 else 's'} passed" + (f", {len(failed):,} failed" if failed else ""))
    test_coverage.show(covered)


def _facts(outcome: Outcome) -> dict[str, object]:
    """A test's outcome for a machine."""
    problems = [{**to_json(d.problem), "how": list(d.how)} for d in outcome.differences]
    problems += [to_json(p) for p in (*outcome.problems.errors, *outcome.unlike.errors)]
    place = outcome.loaded.place
    status = {"": "passed", "failure": "failed", "error": "error"}[_status(outcome)]
    return {"test": outcome.loaded.test.test, "file": place.file, "line": place.line, "status": status, "problems": problems}
