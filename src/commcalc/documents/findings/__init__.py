"""Findings: what `validate` found, in the form that a script, a pull request or a build server reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from commcalc.documents.findings import as_json, github, gitlab, junit, sarif
from commcalc.documents.findings.found import Findings

FORMATS: Mapping[str, Callable[[Findings], str]] = {
    "json": as_json.text_of,
    "github": github.text_of,
    "gitlab": gitlab.text_of,
    "sarif": sarif.text_of,
    "junit": junit.text_of,
}
"""Every format for machines; each of them lists every finding."""

__all__ = ["FORMATS", "Findings"]
