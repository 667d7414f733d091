"""Findings as a GitLab code quality report: a merge request shows which are new and which are mended."""

from __future__ import annotations

from commcalc.base.problem import Problem
from commcalc.documents.findings.found import Findings, headline, json_text

SEVERITIES = {"error": "major", "exception": "minor", "warning": "minor", "advice": "info"}


def text_of(findings: Findings) -> str:
    """Return the report: a list of all findings, each with a fingerprint that its line's number is not part of."""
    return json_text([_entry(findings, problem, mark) for problem, mark in findings.with_fingerprints()])


def _entry(findings: Findings, problem: Problem, fingerprint: str) -> dict[str, object]:
    region = findings.region(problem.place)
    lines = {"begin": region.line, "end": region.end_line or region.line}
    return {
        "description": f"{problem.code}: {headline(problem)}",
        "check_name": problem.code,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[problem.severity],
        "location": {"path": region.file, "lines": lines},
    }
