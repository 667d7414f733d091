"""Findings as JUnit XML: a suite for each file, a failed case for each error, a passed one where a file is fine."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from commcalc.base.problem import Problem
from commcalc.base.render import render_full, shown
from commcalc.documents.findings.found import Findings, headline


def text_of(findings: Findings) -> str:
    """Return the report; what does not fail `validate` is a passed case with its text beside it."""
    suites = Xml.Element("testsuites", name="commcalc validate")
    by_file: dict[str, list[Problem]] = {findings.path(file): [] for file in sorted(findings.files)}
    for problem in findings.problems:
        by_file.setdefault(findings.region(problem.place).file, []).append(problem)
    for file, problems in by_file.items():
        failed = sum(map(findings.fails, problems))
        counts = {"tests": str(len(problems) or 1), "failures": str(failed), "errors": "0", "skipped": "0"}
        suite = Xml.SubElement(suites, "testsuite", {"name": shown(file), **counts})
        for problem in problems:
            _case(suite, findings, file, problem)
        if not problems:
            Xml.SubElement(suite, "testcase", {"classname": shown(file), "name": "is fine", "time": "0"})
    for count in ("tests", "failures", "errors", "skipped"):
        suites.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(suites, encoding="unicode")


def _case(suite: Xml.Element, findings: Findings, file: str, problem: Problem) -> None:
    region = findings.region(problem.place)
    column = f":{region.column}" if region.column is not None else ""
    name = f"{problem.code} {problem.kind.title} ({region.line}{column})"
    case = Xml.SubElement(suite, "testcase", {"classname": shown(file), "name": shown(name), "time": "0"})
    case.set("file", shown(file))
    case.set("line", str(region.line))
    if findings.fails(problem):
        told = Xml.SubElement(case, "failure", {"type": problem.code, "message": headline(problem)})
    else:
        told = Xml.SubElement(case, "system-out")
    told.text = "\n".join(shown(line) for line in render_full(problem, findings.sources).split("\n"))
