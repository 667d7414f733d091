"""Problems as text: the excerpt with its carets, one line, or facts for a machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import combining, east_asian_width

from commcalc.base.problem import Problem
from commcalc.base.source import Cell, Place, Sources, Span

WIDEST = 120
LONGEST = 60
_TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def shown(text: str) -> str:
    """Return text with control characters and direction marks escaped."""
    if text.isprintable():  # no mark of direction is
        return text
    return "".join(c if c.isprintable() and c not in _TURNS else _escaped(c) for c in text)


def _escaped(char: str) -> str:
    number = ord(char)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def cut(text: str) -> str:
    """Return a value as messages show it: escaped, and at most sixty characters."""
    escaped = shown(text)
    return escaped if len(escaped) <= LONGEST else escaped[: LONGEST - 3] + "..."


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


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
            lines.append(f"   also {shown(str(place))}: {shown(label)}")
    if problem.count > 1:
        lines.append(f"   {problem.count:,} rows in all" + _next(problem.more))
    if problem.mend:
        lines.append(f"   mend: {shown(problem.mend)}")
    lines.append(f"   more: commcalc explain code {problem.code}")
    return "\n".join(lines)


def _next(more: Iterable[Place]) -> str:
    rows = ", ".join(str(p.row) if isinstance(p, Cell) else shown(str(p)) for p in more)
    return f"; the next: {rows}" if rows else ""


def _excerpt(marks: list[tuple[Span, str, str]], sources: Sources) -> list[str]:
    """Return the lines that are marked and the one before the first mark, with carets and labels below them."""
    first = marks[0][0]
    wanted = {span.line for span, _, _ in marks} | {max(first.line - 1, 1)}
    found = ((number, sources.line(first.file, number)) for number in sorted(wanted))
    texts = {number: text.replace("\t", " ") for number, text in found if text is not None}
    if not texts:
        return []
    gutter = len(str(max(texts)))
    out: list[str] = []
    for number, text in texts.items():
        here = sorted((m for m in marks if m[0].line == number), key=lambda m: (m[0].column, m[2]))
        begin = _window(text, here[0][0].column if here else first.column)
        cut_off = text[begin : begin + WIDEST]
        lead = "..." if begin else ""
        tail = "..." if begin + WIDEST < len(text) else ""
        out.append(f"   {number:>{gutter}} | {lead}{shown(cut_off)}{tail}".rstrip())
        out += [f"   {'':>{gutter}} | {_carets(text, begin, lead, mark)}".rstrip() for mark in here]
    return out


def _window(text: str, column: int) -> int:
    """Return where a long line is shown from, so that its mark is in sight."""
    if len(text) <= WIDEST or column <= WIDEST * 3 // 4:
        return 0
    return max(0, min(column - 1 - WIDEST // 3, len(text) - WIDEST))


def _carets(text: str, begin: int, lead: str, mark: tuple[Span, str, str]) -> str:
    """Return the carets below a stretch of a line, as wide as it is shown, with their label."""
    span, label, sign = mark
    last = begin + WIDEST
    end = min(span.end_column - 1 if span.end_line == span.line else len(text), last)
    start = min(max(span.column - 1, begin), last)
    before = width(lead) + width(shown(text[begin:start])) + max(0, start - len(text))
    size = max(1, width(shown(text[start:end])) + max(0, end - max(len(text), start)))
    return f"{' ' * before}{sign * size} {shown(label)}"


def render_concise(problem: Problem) -> str:
    """Return a problem on one line."""
    place = f"{problem.place}: " if problem.place is not None else ""
    rows = f" ({problem.count:,} rows)" if problem.count > 1 else ""
    return shown(f"{place}{problem.severity}[{problem.code}]: {problem.message}{rows}")


def to_json(problem: Problem) -> dict[str, Any]:
    """Return a problem's facts for a machine."""
    return {
        "code": problem.code,
        "title": problem.kind.title,
        "severity": problem.severity,
        "message": problem.message,
        "mend": problem.mend,
        "facts": dict(problem.facts),
        "count": problem.count,
        **_place(problem.place),
        "also": [{"label": label, **_place(place)} for place, label in problem.also],
        "more": [_place(place) for place in problem.more],
    }


def _place(place: Place | None) -> dict[str, Any]:
    if isinstance(place, Span):
        return {
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "end_line": place.end_line,
            "end_column": place.end_column,
        }
    if isinstance(place, Cell):
        deal = {"deal": place.deal} if place.deal else {}
        return {"file": place.file, "row": place.row, "column": place.column, **deal}
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
