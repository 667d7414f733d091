"""Plain words: what stopped the YAML reader, said as a person would, at the place where the slip was made."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from commcalc.base.problem import Kind, Problem
from commcalc.base.source import Span
from commcalc.language.problems import FOREIGN, SYNTAX, TAB, TWO_DOCUMENTS

_KEY = re.compile(r"^(\s*(?:- +)*)((?:[A-Za-z_][^\s:#'\"\[\]{},]*|\"[^\"]*\"|'[^']*')\s*:(?:\s+|$))?")
_GLUED = re.compile(r"^(\s*(?:- +)*)([A-Za-z_][\w-]*):(\S.*)$")
_QUOTED_FIRST = re.compile(r"(?:^|[:,\[{-]\s+|[\[{])(('[^']*'|\"[^\"]*\")\s*[^\s,\]}:#].*)$")


@dataclass(frozen=True, slots=True)
class Slip:
    """What stopped the reader; `instead` is a line that lets it go on behind the slip, where one can be had."""

    kind: Kind
    span: Span
    what: str
    mend: str
    instead: str | None = None
    also: tuple[Span, str] | None = None

    def problem(self) -> Problem:
        """Return the slip as a problem."""
        found = self.kind.at(self.span, what=self.what, mend=self.mend)
        return found.with_also(*self.also) if self.also else found


@dataclass(frozen=True, slots=True)
class _Stop:
    """Where the reader stopped, what it said, and where it had begun what it was reading; lines and columns from 0."""

    lines: list[str]
    file: str
    words: str
    line: int
    column: int
    begun_line: int
    begun_column: int
    reading: str

    @property
    def text(self) -> str:
        """The line."""
        return self.lines[self.line] if self.line < len(self.lines) else ""

    @property
    def rest(self) -> str:
        """What stands from there on."""
        return self.text[self.column :]

    @property
    def begun(self) -> str:
        """The line on which began what was being read."""
        return self.lines[self.begun_line] if self.begun_line < len(self.lines) else ""

    def span(self, size: int = 1) -> Span:
        """Return the place as a span."""
        return Span(self.file, self.line + 1, self.column + 1, self.line + 1, self.column + 1 + size)

    def at_begin(self, size: int = 1) -> Span:
        """Return the place where it had begun."""
        column = self.begun_column + 1
        return Span(self.file, self.begun_line + 1, column, self.begun_line + 1, column + size)


def slip_of(error: yaml.MarkedYAMLError, lines: list[str], file: str, quoted: Span | None) -> Slip:
    """Return what stopped the reader; `quoted` is the last text in quotes that it had read."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Slip(SYNTAX, Span(file, 1, 1, 1, 2), "this cannot be read as YAML", "save it anew as plain text in UTF-8")
    begun = error.context_mark or mark
    stop = _Stop(
        lines, file, str(error.problem or ""), mark.line, mark.column, begun.line, begun.column, str(error.context or "")
    )  # fmt: skip
    for look in (_quote, _documents, _tab, _hash, _first_character, _glued_colon, _colon, _brackets, _no_colon, _indent):
        slip = look(stop)
        if slip is not None:
            return _closed_late(stop, quoted) or slip
    return _closed_late(stop, quoted) or Slip(
        SYNTAX, stop.span(), "this cannot be read as YAML", "look at the quote, bracket or indentation before it"
    )


def _closed_late(stop: _Stop, quoted: Span | None) -> Slip | None:
    """A quote that was closed only by the opening quote of a later line: the slip is where it opened."""
    if quoted is None or quoted.end_line != stop.line + 1 or quoted.line == quoted.end_line:
        return None
    line = stop.lines[quoted.line - 1]
    place = Span(stop.file, quoted.line, quoted.column, quoted.line, len(line) + 1)
    later = Span(stop.file, quoted.end_line, max(quoted.end_column - 1, 1), quoted.end_line, max(quoted.end_column, 2))
    what = "the quote that opens here is not closed on its line"
    instead = _without_value(line, quoted.column - 1)
    return Slip(SYNTAX, place, what, "close it with the same quote", instead, (later, "it was read up to here"))


def _quote(stop: _Stop) -> Slip | None:
    if "quoted scalar" not in stop.reading:
        return None
    if "escape" in stop.words:
        what = f"`{stop.rest[:2]}` in double quotes means something else than it says"
        return Slip(SYNTAX, stop.span(2), what, "use single quotes, or write the backslash twice", _without_value(stop.text))
    size = max(1, len(stop.begun.rstrip()) - stop.begun_column)
    instead = _without_value(stop.begun, stop.begun_column)
    return Slip(SYNTAX, stop.at_begin(size), "the quote that opens here is never closed", "close it with the same quote", instead)


def _documents(stop: _Stop) -> Slip | None:
    if "document" not in stop.words:
        return None
    if any(line.rstrip() == "..." for line in stop.lines[: stop.line + 1]):
        return Slip(TWO_DOCUMENTS, stop.span(), "", "")
    what = "this stands behind the end of what the file began with"
    return Slip(SYNTAX, stop.span(max(1, len(stop.rest.rstrip()))), what, "take it away, or mend the quote or bracket before it")


def _tab(stop: _Stop) -> Slip | None:
    if stop.rest.startswith("\t") or "tab" in stop.words:
        return Slip(TAB, stop.span(), "", "", stop.text.replace("\t", " "))
    return None


def _hash(stop: _Stop) -> Slip | None:
    """`[#a]`: a comment took the closing bracket away."""
    if "flow" not in stop.reading and "node content" not in stop.words:
        return None
    for number in range(min(stop.line, len(stop.lines) - 1), max(stop.line - 6, -1), -1):
        line = stop.lines[number]
        found = re.search(r"[\[{,]\s*(#[^\s\]},]*)", line)
        if found is not None and not _balanced(line[: found.start(1)]):
            place = Span(stop.file, number + 1, found.start(1) + 1, number + 1, found.end(1) + 1)
            what = "`#` begins a comment here, and what follows it is lost"
            value = _KEY.match(line)
            instead = _filled(line, value.end(), len(line)) if value else None
            return Slip(SYNTAX, place, what, f'put the text in double quotes: "{found[1]}"', instead)
    return None


def _first_character(stop: _Stop) -> Slip | None:
    """A value that begins with a sign that YAML keeps for itself."""
    at_begin = stop.begun_line == stop.line and stop.begun[stop.begun_column : stop.begun_column + 1]
    first = stop.rest[:1]
    instead = _without_value(stop.text)
    if first == "%":
        number = re.match(r"%\s*(\d[\d._]*)", stop.rest)
        mend = f"write the percent sign after the number: {number[1] if number else 8}%"
        return Slip(SYNTAX, stop.span(), "a value cannot begin with `%`", mend, instead)
    if first in ("@", "`"):
        word = re.split(r"[\s,\]}]", stop.rest)[0]
        return Slip(
            SYNTAX, stop.span(len(word)), f"a value cannot begin with `{first}`", f'put it in double quotes: "{word}"', instead
        )
    sign = first if first in (">", "|") else at_begin
    if sign in (">", "|"):
        place = stop.span() if sign == first else stop.at_begin()
        mend = "say what is compared, as `amount > 10_000`; a range is `above 24` or `24..`"
        what = f"a value cannot begin with `{sign}`: it begins a block of text"
        return Slip(SYNTAX, place, what, mend, instead)
    if sign == "*" or first == "*":
        place = stop.at_begin() if sign == "*" else stop.span()
        return Slip(FOREIGN, place, "`*` begins a YAML alias", "write `any` for everything", instead)
    if sign in ("&", "!"):
        what = f"a value cannot begin with `{sign}`"
        return Slip(FOREIGN, stop.at_begin(), what, "put the text in double quotes; for `not` write the word", instead)
    if stop.rest.startswith("- ") and re.search(r"\S\s*$", stop.text[: stop.column]):
        number = re.match(r"-\s+(\d\S*)", stop.rest)
        mend = f"write -{number[1]}, without a space" if number else "begin the list on a line of its own"
        return Slip(SYNTAX, stop.span(), "a list cannot begin behind a key", mend, instead)
    return None


def _glued_colon(stop: _Stop) -> Slip | None:
    """`rate:8%`: read as one text, which the next line then seems to go on with."""
    if "mapping values" not in stop.words and "':'" not in stop.words:
        return None
    number = min(stop.begun_line, stop.line) if "':'" in stop.words else stop.line
    for at in range(min(number, len(stop.lines) - 1), max(number - 5, -1), -1):
        line = stop.lines[at]
        found = _GLUED.match(line)
        if found is not None and "://" not in line and ": " not in line:
            colon = found.end(2) + 1
            place = Span(stop.file, at + 1, len(found[1]) + 1, at + 1, len(line.rstrip()) + 1)
            mend = f"write `{found[2]}: {found[3].strip()[:60]}`"
            return Slip(SYNTAX, place, "a space is missing after the colon", mend, f"{line[:colon]} {line[colon:]}")
        if line.strip() and at < number and not line.lstrip().startswith("#"):
            return None
    return None


def _colon(stop: _Stop) -> Slip | None:
    """`title: Q1: new logos`: a colon and a space inside a text."""
    inside_flow = "flow" in stop.reading and stop.rest.startswith(":")
    if "mapping values" not in stop.words and not inside_flow:
        return None
    key = _KEY.match(stop.text)
    if inside_flow and stop.text[: stop.column].rstrip()[-1:] in ("{", ",", "[", ""):
        return Slip(FOREIGN, stop.span(), "a key is empty", "write a key before the colon", _without_value(stop.text))
    if inside_flow and key and key[2] and key.end() > stop.column and stop.line > stop.begun_line:
        return None  # a key of the next line: the bracket before it
    value = stop.text[key.end() :].rstrip() if key and key[2] else ""
    if not inside_flow and (not value or key is None or key.end() > stop.column):
        what = "this line is indented as if it belonged to the value above it"
        return Slip(SYNTAX, stop.span(), what, "give it the indentation of the line that it belongs beside")
    assert key is not None
    what = "`: ` ends a key, and no key can stand here"
    mend = "put the text with the colon in double quotes"
    if not inside_flow and '"' not in value:
        mend += f': "{value[:60]}"'
    return Slip(SYNTAX, stop.span(), what, mend, _without_value(stop.text))


def _brackets(stop: _Stop) -> Slip | None:
    """A bracket too many or too few, or an expression with quotes or brackets inside braces."""
    if "node content" in stop.words:
        if stop.rest[:1] in ("]", "}") and "flow" not in stop.reading and _balanced(stop.text[: stop.column]):
            what = f"`{stop.rest[0]}` closes what was never opened"
            return Slip(SYNTAX, stop.span(), what, "take it away, or open the bracket", _without_value(stop.text))
        if stop.rest[:1] in (",", "]", "}", ":"):
            mend = "write a value there, or take the comma away" if stop.rest[0] != ":" else "write a key before the colon"
            kind = FOREIGN if stop.rest[0] == ":" else SYNTAX
            what = "a value is missing here" if stop.rest[0] != ":" else "a key is empty"
            return Slip(kind, stop.span(), what, mend, _without_value(stop.text))
    if "flow" not in stop.reading:
        return None
    opened = stop.begun[stop.begun_column : stop.begun_column + 1]
    deeper = _indent_of(stop.text) > _indent_of(stop.begun)
    if stop.line > stop.begun_line and deeper and stop.text.strip():
        seen = (stop.at_begin(), "inside this bracket")
        return Slip(
            SYNTAX,
            stop.span(),
            "a `,` or closing bracket is missing before this",
            "write the comma, or close the bracket",
            None,
            seen,
        )
    if stop.line > stop.begun_line and not _balanced(stop.begun):
        key = _KEY.match(stop.begun)
        after = next((line for line in stop.lines[stop.begun_line + 1 :] if line.strip()), "")
        next_is_key = after.lstrip(" ")[:1] not in ("]", "}") and _indent_of(after) <= _indent_of(stop.begun)
        instead = _filled(stop.begun, key.end(), len(stop.begun)) if key and next_is_key else None
        seen = (stop.span(), "still open here")
        what = f"the `{opened}` that opens here is not closed"
        return Slip(SYNTAX, stop.at_begin(), what, f"close it with `{']' if opened == '[' else '}'}`", instead, seen)
    what, mend = "a `,` or closing bracket is missing here", "close the bracket, or write the comma"
    if "(" in stop.text[: stop.column] or _QUOTED_FIRST.search(stop.text):
        mend = "put the whole expression in double quotes, or give it a line of its own"
    return Slip(SYNTAX, stop.span(), what, mend, _without_value(stop.text), (stop.at_begin(), "inside this bracket"))


def _no_colon(stop: _Stop) -> Slip | None:
    """A line that is no key, or an expression that begins with a text in quotes."""
    quoted = _QUOTED_FIRST.search(stop.text)
    if "expected key" in stop.words or "<block end>" in stop.words or "'-' indicator" in stop.words:
        if quoted is not None and quoted.start(1) < stop.column:
            turned = re.fullmatch(r"('[^']*')\s*(=|<>)\s*([\w.]+)\s*", quoted[1])
            example = f": `{turned[3]} {turned[2]} {turned[1]}`" if turned else ", name first"
            mend = f"turn it round{example}; or put the whole in double quotes"
            place = Span(stop.file, stop.line + 1, quoted.start(1) + 1, stop.line + 1, quoted.end(1) + 1)
            return Slip(SYNTAX, place, "an expression may not begin with a quote", mend, _without_value(stop.text))
        if stop.rest.startswith(":"):
            return Slip(FOREIGN, stop.span(), "a key is empty", "write a key before the colon")
        return None
    if "':'" not in stop.words:
        return None
    word = stop.begun[stop.begun_column :].rstrip()
    place = stop.at_begin(max(1, len(word)))
    what = f"`{word[:60]}` stands where a key should, and has no colon"
    key, _, value = word.partition(" ")
    mend = f"write `{key[:60]}: {value.strip()[:60] or 'value'}`, or indent it"
    return Slip(SYNTAX, place, what, mend, stop.begun + ': ""')


def _indent(stop: _Stop) -> Slip | None:
    if stop.text[: stop.column].strip() or not stop.text.strip():
        return None
    here = _indent_of(stop.text)
    above = next(
        (n for n in range(stop.line - 1, -1, -1) if stop.lines[n].strip() and not stop.lines[n].lstrip().startswith("#")), None
    )
    what = "this line is not indented like the lines it belongs to"
    if above is None:
        return Slip(SYNTAX, stop.span(), what, "give the lines of one block the same indentation")
    there = _indent_of(stop.lines[above])
    size = max(1, len(stop.rest.rstrip()))
    if here == there:
        if stop.rest.startswith("-"):
            return Slip(
                SYNTAX, stop.span(size), "a list item stands among keys", "write `key: value`, or indent the list below its key"
            )
        return Slip(SYNTAX, stop.span(size), "a key stands among list items", "begin it with `- `, or mend its indentation")
    mend = f"the line above begins with {_blanks(there)}, this one with {_blanks(here)}: give the lines of one block the same"
    return Slip(SYNTAX, stop.span(size), what, mend)


def _blanks(count: int) -> str:
    return "no space" if count == 0 else "1 space" if count == 1 else f"{count} spaces"


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _balanced(text: str) -> bool:
    return text.count("[") == text.count("]") and text.count("{") == text.count("}")


def _without_value(line: str, begin: int | None = None) -> str | None:
    """Return the line with its value put out of the way, every column before it as it was; None where it goes on below."""
    key = _KEY.match(line)
    if key is None:
        return None
    if begin is not None and not _balanced(line[:begin]):
        return None
    start = key.end() if begin is None else begin
    end = len(line.rstrip().rstrip(","))
    if begin is None and not _balanced(line[start:end]):
        return None
    return _filled(line, start, end)


def _filled(line: str, start: int, end: int) -> str:
    return f'{line[:start]}"{"x" * max(0, end - start - 2)}"{line[end:].rstrip()}'
