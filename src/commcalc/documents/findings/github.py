"""Findings on GitHub: annotations beside the lines of a pull request, and the whole list for the step's summary.

GitHub shows about ten annotations of a kind for each step; the summary and the log have them all.
"""

from __future__ import annotations

import re

from commcalc.base.problem import Problem
from commcalc.base.render import shown, summary
from commcalc.documents.findings.found import Findings, advice, headline

COMMANDS = {"error": "error", "exception": "warning", "warning": "warning", "advice": "notice"}
MOST_IN_SUMMARY = 1_000_000  # bytes; GitHub refuses a summary above 1 MiB as a whole
_MARKS = re.compile(r"[\\`*_{}\[\]()<>#+!|~&@:$\"'-]")


def text_of(findings: Findings) -> str:
    """Return one workflow command for each finding, the worst first."""
    return "\n".join(_command(findings, p) for p in findings.problems)


def _command(findings: Findings, problem: Problem) -> str:
    region = findings.region(problem.place)
    facts = {"file": region.file, "line": region.line, "endLine": region.end_line}
    if region.end_line == region.line:  # columns are taken within one line only
        facts |= {"col": region.column, "endColumn": region.end_column}
    facts["title"] = f"{problem.code} {problem.kind.title}"
    said = ",".join(f"{key}={_property(str(value))}" for key, value in facts.items() if value is not None)
    return f"::{COMMANDS[problem.severity]} {said}::" + _data(f"{headline(problem)}\n{advice(problem)}")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def step_summary(findings: Findings) -> str:
    """Return the whole list as Markdown; past the size that GitHub takes, how many more the log has."""
    title = f" of {_plain(findings.folder)}" if findings.folder else ""
    out = [f"### commcalc validate{title}: {summary(findings.problems)}", ""]
    if findings.problems:
        out += ["| | where | what is wrong | how to mend it |", "|---|---|---|---|"]
    size = sum(len(line.encode()) + 1 for line in out)
    for number, problem in enumerate(findings.problems):
        row = _row(findings, problem)
        size += len(row.encode()) + 1
        if size > MOST_IN_SUMMARY:
            out += ["", f"and {len(findings.problems) - number:,} more: they are in the log of this step"]
            break
        out.append(row)
    return "\n".join(out) + "\n"


def _row(findings: Findings, problem: Problem) -> str:
    region = findings.region(problem.place)
    column = f":{region.column}" if region.column is not None else ""
    cells = (f"{problem.severity} {problem.code}", f"{region.file}:{region.line}{column}", headline(problem), problem.mend)
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is: every sign that could mean something is written by its number."""
    return _MARKS.sub(lambda found: f"&#{ord(found[0])};", shown(text))
