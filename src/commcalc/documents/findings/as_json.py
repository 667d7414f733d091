"""Findings as one JSON object for scripts; its keys are stable and stand in docs/ci.md."""

from __future__ import annotations

from collections import Counter

from commcalc.base.render import to_json
from commcalc.documents.findings.found import SEVERITIES, Findings, json_text

FORM = "commcalc findings 1"


def text_of(findings: Findings) -> str:
    """Return the object: what was looked at, how much was found, and every finding with its facts."""
    counts = Counter(p.severity for p in findings.problems)
    return json_text(
        {
            "form": FORM,
            "version": findings.version,
            "folder": findings.folder,
            "ok": not any(findings.fails(p) for p in findings.problems),
            "counts": {severity: counts[severity] for severity in SEVERITIES},
            "files": list(findings.files),
            "findings": [to_json(p) for p in findings.problems],
        }
    )
