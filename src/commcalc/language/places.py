"""Places inside a text: at which line and column of the file each character of a quoted or folded text stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from commcalc.base.source import Span

_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n)*")


class Written(Protocol):
    """A text with its place and how it was quoted."""

    @property
    def text(self) -> str:
        """The text as read."""

    @property
    def span(self) -> Span:
        """Where it stands, quotes and all."""

    @property
    def style(self) -> str:
        """Plain, single, double, literal or folded."""


def inside(node: Written, start: int, end: int, file_text: str) -> Span:
    """Return where characters `start` to `end` of the node's text stand in the file that holds `file_text`."""
    span = node.span
    if node.style == "plain" or not node.text:
        return span.within(start, max(end, start + 1)) if node.text else span
    lines = file_text.split("\n")
    begins = _line_begins(lines)
    offsets = _offsets(node, file_text, begins)
    first = min(max(start, 0), len(offsets) - 1)
    last = min(max(end - 1, first), len(offsets) - 1)
    line, column = _at(offsets[first], begins)
    end_line, end_column = _at(offsets[last], begins)
    if end_line != line:  # what goes on over lines is marked to the end of its first
        end_column = max(len(lines[line - 1]), column)
    past = 1 if start < len(node.text) else 2  # what is missing at the end is marked behind the last character
    shift = past - 1
    return Span(span.file, line, column + shift, line, end_column + past, span.via)


def _line_begins(lines: Sequence[str]) -> list[int]:
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line) + 1)
    return begins


def _at(offset: int, begins: Sequence[int]) -> tuple[int, int]:
    line = next(number for number in range(len(begins) - 1, -1, -1) if begins[number] <= offset)
    return line + 1, offset - begins[line] + 1


def _offsets(node: Written, file_text: str, begins: Sequence[int]) -> list[int]:
    """Return the offset in the file of each character of the text."""
    at = begins[node.span.line - 1] + node.span.column - 1
    indent: int | None = None
    if node.style in ("literal", "folded"):
        at, indent = _block_begins(node, file_text, begins)
    else:
        at += 1  # the quote
    number = len(node.text) - len(node.text.lstrip("\n")) if indent is not None else 0
    offsets = [at] * number
    while number < len(node.text):
        blocked = indent is not None and file_text[at : at + 1] != "\n"  # a block keeps the blanks at a line's end
        size = 0 if blocked else _folded(node.text, number, file_text, at)
        if size:
            found = _LINES.match(file_text, at)
            assert found is not None
            offsets += [at] * size
            number += size
            at = _past_indent(file_text, found.end(), indent)
            continue
        offsets.append(at)
        at += _width(file_text, at, node.style)
        number += 1
    return offsets


def _folded(text: str, number: int, file_text: str, at: int) -> int:
    """Return how many characters of the text one or more line ends of the file became; 0 where none stands here."""
    if text[number] not in " \n" or _LINES.match(file_text, at) is None:
        return 0
    if text[number] == " ":
        return 1
    return len(text) - number - len(text[number:].lstrip("\n"))


def _past_indent(file_text: str, at: int, indent: int | None) -> int:
    """Return where the text goes on in the next line: behind the block's indent, or behind all blanks."""
    if indent is not None:
        return at + indent
    while file_text[at : at + 1] in (" ", "\t"):
        at += 1
    return at


def _width(file_text: str, at: int, style: str) -> int:
    """Return how many characters of the file make one of the text: a doubled quote or an escape is several."""
    if style == "single" and file_text.startswith("''", at):
        return 2
    if style == "double":
        escape = _ESCAPE.match(file_text, at)
        if escape is not None:
            return len(escape[0])
    return 1


def _block_begins(node: Written, file_text: str, begins: Sequence[int]) -> tuple[int, int]:
    """Return where a block's text begins and its indent: that of its first line that is not blank."""
    at = begins[node.span.line]
    while True:
        line = file_text[at:].split("\n", 1)[0]
        if line.strip():
            break
        at += len(line) + 1
    written = node.text.lstrip("\n")
    blanks = len(written) - len(written.lstrip(" "))
    indent = len(line) - len(line.lstrip(" ")) - blanks
    return at + indent, indent
