"""Problems as text: the excerpt with its carets, one line, or facts for a machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from commcalc.base.problem import Problem
from commcalc.base.source import Cell, Place, Span, Sources

WIDEST = 160


def shown(text: str) -> str:
    """Return text with control characters and direction marks escaped."""
    return "".join(c if c.isprintable() and c not in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" else f"\\u{ord(c):04x}" for c in text)


def render_full(problem: Problem, sources: Sources) -> str:
    """Return a problem with its excerpt, as a person reads it."""
    lines = [f"{problem.severity}[{problem.code}]: {shown(problem.message)}"]
    if problem.place is not None:
        lines.append(f"  --> {shown(str(problem.place))}")
    spans = [(p, label, "-") for p, label in problem.also if isinstance(p, Span)]
    if isinstance(problem.place, Span):
        here = [s for s in spans if s[0].file == problem.place.file]
        lines += _excerpt([(problem.place, "", "^"), *here], sources)
    for place, label in problem.also:
        if not isinstance(place, Span) or not isinstance(problem.place, Span) or place.file != problem.place.file:
            lines.append(f"    also {shown(str(place))}: {label}")
    if problem.count > 1:
        lines.append(f"    {problem.count:,} rows in all" + _next(problem.more))
    if problem.mend:
        lines.append(f"    mend: {shown(problem.mend)}")
    lines.append(f"    more: commcalc explain code {problem.code}")
    return "\n".join(lines)


def _next(more: Iterable[Place]) -> str:
    rows = ", ".join(str(p.row) if isinstance(p, Cell) else str(p) for p in more)
    return f"; the next: {rows}" if rows else ""


def _excerpt(marks: list[tuple[Span, str, str]], sources: Sources) -> list[str]:
    wanted = sorted({n for span, _, _ in marks for n in (span.line,)})
    first = marks[0][0]
    if first.line - 1 > 0 and first.line - 1 not in wanted:
        wanted = sorted([*wanted, first.line - 1])
    found = [(n, sources.line(first.file, n)) for n in wanted]
    texts = {n: t for n, t in found if t is not None}
    if not texts:
        return []
    width = len(str(max(texts)))
    out: list[str] = []
    for number in sorted(texts):
        text = texts[number].replace("\t", " ")
        out.append(f"   {number:>{width}} | {shown(text)[:WIDEST]}".rstrip())
        for span, label, mark in (m for m in marks if m[0].line == number):
            end = span.end_column if span.end_line == span.line else len(text) + 1
            size = max(1, min(end, WIDEST) - span.column)
            out.append(f"   {'':>{width}} | {' ' * (span.column - 1)}{mark * size} {label}".rstrip())
    return out


def render_concise(problem: Problem) -> str:
    """Return a problem on one line."""
    place = f"{problem.place}: " if problem.place is not None else ""
    rows = f" ({problem.count:,} rows)" if problem.count > 1 else ""
    return shown(f"{place}{problem.severity}[{problem.code}]: {problem.message}{rows}")


def to_json(problem: Problem) -> dict[str, Any]:
    """Return a problem's facts for a machine."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "mend": problem.mend,
        "facts": dict(problem.facts),
        "count": problem.count,
        **_place(problem.place),
        "also": [{"label": label, **_place(place)} for place, label in problem.also],
    }


def _place(place: Place | None) -> dict[str, Any]:
    if isinstance(place, Span):
        return {"file": place.file, "line": place.line, "column": place.column, "end_line": place.end_line, "end_column": place.end_column}
    if isinstance(place, Cell):
        return {"file": place.file, "row": place.row, "column": place.column}
    return {}


def summary(problems: Iterable[Problem]) -> str:
    """Return how many of each severity: `3 errors, 1 warning`."""
    counts: dict[str, int] = {}
    for problem in problems:
        counts[problem.severity] = counts.get(problem.severity, 0) + 1
    words = {"error": "error", "exception": "exception", "warning": "warning", "advice": "piece of advice"}
    plural = {"advice": "pieces of advice"}
    parts = [f"{n} {words[s] if n == 1 else plural.get(s, words[s] + 's')}" for s, n in counts.items()]
    return ", ".join(parts) or "no problems"
