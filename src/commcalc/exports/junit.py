"""JUnit XML: tests with what became of them, as build servers read it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree

from commcalc.base.render import shown


def junit_of(cases: Iterable[tuple[str, str, str, str]]) -> str:
    """Return the report of cases: file, name, `failure` or `error` or nothing, and the text."""
    every = list(cases)
    root = ElementTree.Element("testsuites", _counts(every))
    for file, of_file in groupby(every, key=lambda case: case[0]):
        rows = list(of_file)
        suite = ElementTree.SubElement(root, "testsuite", {"name": shown(file), **_counts(rows)})
        for _, name, status, text in rows:
            case = ElementTree.SubElement(suite, "testcase", {"classname": shown(file), "name": shown(name)})
            if status:
                lines = [shown(line) for line in text.split("\n")]
                ElementTree.SubElement(case, status, {"message": lines[0]}).text = "\n".join(lines)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _counts(cases: list[tuple[str, str, str, str]]) -> dict[str, str]:
    said = [status for *_, status, _ in cases]
    return {"tests": str(len(cases)), "failures": str(said.count("failure")), "errors": str(said.count("error"))}
