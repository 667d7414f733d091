"""Findings as SARIF 2.1.0, which code scanning, editors and audit tools read; each rule carries its page."""

from __future__ import annotations

import re
from textwrap import dedent
from urllib.parse import quote

from commcalc.base.problem import Kind, Problem
from commcalc.base.render import shown
from commcalc.base.source import Place, Span
from commcalc.documents.findings.found import Findings, advice, headline, json_text

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "exception": "warning", "warning": "warning", "advice": "note"}


def text_of(findings: Findings) -> str:
    """Return a log with one run: the kinds that were found as rules, and every finding as a result."""
    kinds = {p.code: p.kind for p in findings.problems}
    order = {code: number for number, code in enumerate(sorted(kinds))}
    driver = {
        "name": "commcalc",
        "fullName": f"commcalc {findings.version}",
        "version": findings.version,
        "semanticVersion": findings.version,
        "rules": [_rule(kinds[code]) for code in order],
    }
    results = [_result(findings, problem, order[problem.code], mark) for problem, mark in findings.with_fingerprints()]
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"commcalc/validate/{quote(findings.folder)}"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the repository."}}},
        "results": results,
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(kind: Kind) -> dict[str, object]:
    return {
        "id": kind.code,
        "name": re.sub(r"[^A-Za-z0-9]", "", kind.title.title()),
        "shortDescription": {"text": _sentence(kind.title)},
        "fullDescription": {"text": _sentence(kind.page.split("\n\n", 1)[0])},
        "help": {"text": kind.page, "markdown": _markdown(kind.page)},
        "defaultConfiguration": {"level": LEVELS[kind.severity]},
    }


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _markdown(page: str) -> str:
    """Return a page with its two examples as code; the lines of a long one are indented below its word."""
    parts = re.split(r"^(Fails|Works):[ \n]+", page, flags=re.MULTILINE)
    out = parts[0]
    for word, example in zip(parts[1::2], parts[2::2], strict=True):
        out += f"**{word}:**\n\n```yaml\n{dedent(example.rstrip())}\n```\n\n"
    return out.rstrip() + "\n"


def _result(findings: Findings, problem: Problem, rule: int, fingerprint: str) -> dict[str, object]:
    found: dict[str, object] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": LEVELS[problem.severity],
        "message": {"text": f"{_sentence(headline(problem))}\n{advice(problem)}"},
        "locations": [_location(findings, problem.place)],
        "partialFingerprints": {"commcalc/v1": fingerprint},
    }
    also = [{"id": n, **_location(findings, p), "message": {"text": shown(w)}} for n, (p, w) in enumerate(problem.also, 1)]
    return {**found, "relatedLocations": also} if also else found


def _location(findings: Findings, place: Place | None) -> dict[str, object]:
    region = findings.region(place)
    where: dict[str, object] = {"startLine": region.line}
    if region.column is not None:
        where |= {"startColumn": region.column, "endLine": region.end_line, "endColumn": region.end_column}
    text = findings.sources.line(place.file, place.line) if isinstance(place, Span) else None
    if text is not None and region.end_line == region.line:
        where["snippet"] = {"text": text[place.column - 1 : place.end_column - 1] if isinstance(place, Span) else text}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(region.file), "uriBaseId": "SRCROOT"}, "region": where}}
