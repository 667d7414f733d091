"""Scanning: YAML bytes looked at before anything is built of them, so that bombs and slips are refused with their place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from commcalc.base.problem import Problem, Report
from commcalc.base.source import Span
from commcalc.language.plain_words import Slip, slip_of
from commcalc.language.problems import (
    EMPTY,
    FOREIGN,
    NOT_UTF8,
    TAB,
    TOO_LARGE,
    TWO_DOCUMENTS,
)
from commcalc.language.slips import OWN_TAGS, find_slips, mark_span

MOST_BYTES, MOST_DEPTH, MOST_NODES = 1024 * 1024, 32, 20_000
MOST_SLIPS, MOST_FOREIGN = 20, 20
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT = OWN_TAGS + "str"
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def scanned(raw: bytes, file: str) -> tuple[str | None, yaml.Node | None, Report]:
    """Return the text, the composed nodes (None where they cannot be had), and every problem found."""
    report = Report()
    text = _decoded(raw, file, report)
    if text is None:
        return None, None, report
    clean, tabbed = _without_tabs(text, file, report)
    clean, events = _gone_through(clean, file, tabbed, report)
    report.extend(events.problems)
    if not events.whole or events.aliases or events.root is None:
        return text, None, report
    find_slips(events.root, clean, file, tabbed, report)
    return text, events.root, report


def too_large(file: str, size: int) -> Problem:
    """Return the problem of a file of so many bytes."""
    return TOO_LARGE.at(Span(file, 1, 1, 1, 2), what=f"the file has {size:,} bytes; at most {MOST_BYTES:,} are read")


def _decoded(raw: bytes, file: str, report: Report) -> str | None:
    top = Span(file, 1, 1, 1, 2)
    if len(raw) > MOST_BYTES:
        report.add(too_large(file, len(raw)))
        return None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw[:4]:
        report.add(NOT_UTF8.at(top, what="the file is UTF-16", mend="save the file as UTF-8"))
        return None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        before = raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8-sig")
        place = Span(file, line, len(before) + 1, line, len(before) + 2)
        what = f"byte {raw[error.start]:#04x} here is not UTF-8"
        report.add(NOT_UTF8.at(place, what=what, mend="save the file as UTF-8"))
        return None
    found = list(_UNSEEN.finditer(text))
    for bad in found[:MOST_SLIPS]:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        what = f"a character that cannot be seen, U+{ord(bad[0]):04X}, is here"
        report.add(NOT_UTF8.at(Span(file, line, column, line, column + 1), what=what, mend="take it away"))
    return None if found else text


def _without_tabs(text: str, file: str, report: Report) -> tuple[str, frozenset[int]]:
    """Report every line indented with a tab, then go on as if each tab were two spaces; also return these lines."""
    lines = text.split("\n")
    tabbed: set[int] = set()
    for number, line in enumerate(lines, 1):
        rest = line.lstrip(" \t")
        indent = line[: len(line) - len(rest)]
        if "\t" in indent and rest:
            column = indent.index("\t") + 1
            report.add(TAB.at(Span(file, number, column, number, len(indent) + 1)))
            lines[number - 1] = indent.replace("\t", "  ") + rest
            tabbed.add(number)
    return "\n".join(lines), frozenset(tabbed)


@dataclass(slots=True)
class _Events:
    """What going through a file's events found: problems, an error of the reader, whether all of it was gone through.

    root: the nodes made of the events; those above the one being gone through stand in `above`.
    """

    problems: list[Problem] = field(default_factory=list)
    aliases: bool = False
    whole: bool = False
    slip: Slip | None = None
    root: yaml.Node | None = None
    above: list[yaml.CollectionNode] = field(default_factory=list)
    key: list[yaml.Node | None] = field(default_factory=list)  # of each one above: the key that waits for its value

    def put(self, event: yaml.Event) -> None:
        """Make a node of an event, in its place; a tag or alias was reported, and nothing is read from it."""
        start: Any = event.start_mark  # of either of the two readers
        end: Any = event.end_mark
        if isinstance(event, yaml.ScalarEvent):
            self._place(yaml.ScalarNode(event.tag or TEXT, event.value, start, end, event.style))
        elif isinstance(event, yaml.CollectionStartEvent):
            made = yaml.MappingNode if isinstance(event, yaml.MappingStartEvent) else yaml.SequenceNode
            node = made(event.tag or TEXT, [], start, end, event.flow_style)
            self._place(node)
            self.above.append(node)
            self.key.append(None)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.above.pop().end_mark = end
            self.key.pop()

    def _place(self, node: yaml.Node) -> None:
        if not self.above:
            self.root = node
        elif isinstance(self.above[-1], yaml.SequenceNode):
            self.above[-1].value.append(node)
        elif self.key[-1] is None:
            self.key[-1] = node
        else:
            self.above[-1].value.append((self.key[-1], node))
            self.key[-1] = None


def _gone_through(text: str, file: str, tabbed: frozenset[int], report: Report) -> tuple[str, _Events]:
    """Go through the events; a slip of one line is reported and put out of the way, and the rest is gone through anew."""
    lines = text.split("\n")
    mended: set[int] = set()
    while True:
        events = _events(lines, file)
        slip = events.slip
        if slip is None:
            break
        known = slip.span.line in mended or slip.span.line in tabbed
        if not known:
            report.add(slip.problem())
        if known or slip.instead is None or len(mended) >= MOST_SLIPS:
            break
        mended.add(slip.span.line)
        lines[slip.span.line - 1] = slip.instead
    return "\n".join(lines), events


def _marked(error: yaml.MarkedYAMLError, file: str) -> Span:
    mark = error.problem_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Span(file, line, column, line, column + 1)


def _events(lines: list[str], file: str) -> _Events:
    """Go through the events one by one, without building anything: depth, count, anchors, aliases, tags, documents."""
    found = _Events()
    depth = nodes = documents = 0
    quoted: Span | None = None
    try:
        for event in yaml.parse("\n".join(lines), Loader=_Loader):
            foreign = _foreign(event, file)
            if foreign is not None and len(found.problems) < MOST_FOREIGN:
                found.problems.append(foreign)
            found.aliases = found.aliases or isinstance(event, yaml.AliasEvent)
            if isinstance(event, yaml.ScalarEvent) and event.style in ("'", '"'):
                quoted = mark_span(event, file)
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents == 2:
                found.problems.append(TWO_DOCUMENTS.at(mark_span(event, file)))
                return found
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            nodes += isinstance(event, yaml.NodeEvent)
            if depth > MOST_DEPTH or nodes > MOST_NODES:
                deep = f"this is more than {MOST_DEPTH} levels deep"
                what = (
                    deep if depth > MOST_DEPTH else f"the file has more than {MOST_NODES:,} values, this being the first too many"
                )
                found.problems.append(TOO_LARGE.at(mark_span(event, file), what=what))
                return found
            found.put(event)
    except yaml.MarkedYAMLError as error:
        if "nesting depth" in str(error.problem):  # newer parsers look that far ahead and stop by themselves
            found.problems.append(TOO_LARGE.at(_marked(error, file), what=f"this is more than {MOST_DEPTH} levels deep"))
            return found
        found.slip = slip_of(error, lines, file, quoted)
        return found
    found.whole = documents > 0
    if documents == 0 or (nodes == 1 and not "".join(lines).replace("---", "").strip()):
        found.problems.append(EMPTY.at(Span(file, 1, 1, 1, 1)))
        found.whole = False
    return found


def _foreign(event: yaml.Event, file: str) -> Problem | None:
    """Return what is wrong with an alias, an anchor or a tag: plans use none of them."""
    if isinstance(event, yaml.AliasEvent):
        mend = "write `any` for everything; to re-use a figure write `params:`"
        return FOREIGN.at(mark_span(event, file), what=f"`*{event.anchor}` is a YAML alias", mend=mend)
    if not isinstance(event, yaml.NodeEvent):
        return None
    if event.anchor:
        what = f"`&{event.anchor}` is a YAML anchor"
        return FOREIGN.at(_head(event, file), what=what, mend="use `params:` to re-use a figure, `extends:` to re-use a part")
    tag = getattr(event, "tag", None)
    if tag is None:
        return None
    shown = tag.replace("tag:yaml.org,2002:", "!!")[:60]
    word = tag[1:]
    mend = (
        f"for `not` write `not {word}`" if re.fullmatch(r"!\w+", tag) else "leave it out; a text with `!` goes in double quotes"
    )
    return FOREIGN.at(_head(event, file), what=f"`{shown}` is a YAML tag", mend=mend)


def _head(event: yaml.NodeEvent, file: str) -> Span:
    """Return the place of an event, cut at the end of its first line."""
    span = mark_span(event, file)
    if span.end_line == span.line:
        return span
    return Span(file, span.line, span.column, span.line, span.column + 1)
