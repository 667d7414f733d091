"""Scanning: YAML bytes looked at before anything is built of them, so that bombs and slips are refused with their place."""

from __future__ import annotations

import re
from typing import Any

import yaml

from commcalc.base.problem import Problem, Report
from commcalc.base.source import Span
from commcalc.language.problems import (
    COMMENT,
    DUPLICATE_KEY,
    EMPTY,
    EMPTY_VALUE,
    FOREIGN,
    MANY_LINES,
    NOT_UTF8,
    SYNTAX,
    TAB,
    TOO_LARGE,
    TWO_DOCUMENTS,
)

MOST_BYTES, MOST_DEPTH, MOST_NODES = 1024 * 1024, 32, 20_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def scanned(raw: bytes, file: str) -> tuple[str | None, yaml.Node | None, Report]:
    """Return the text, the composed nodes (None where they cannot be had), and every problem found."""
    report = Report()
    text = _decoded(raw, file, report)
    if text is None:
        return None, None, report
    clean = _without_tabs(text, file, report)
    if not _events_are_fine(clean, file, report):
        return text, None, report
    try:
        root = yaml.compose(clean, Loader=_Loader)
    except yaml.YAMLError as error:  # events were fine: only an alias to nothing can be left
        report.add(_syntax(error, clean, file))
        return text, None, report
    if root is not None:
        _nodes(root, clean, file, report)
    return text, root, report


def _decoded(raw: bytes, file: str, report: Report) -> str | None:
    top = Span(file, 1, 1, 1, 2)
    if len(raw) > MOST_BYTES:
        report.add(TOO_LARGE.at(top, what=f"the file has {len(raw):,} bytes; at most {MOST_BYTES:,} are read"))
        return None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw[:200]:
        report.add(NOT_UTF8.at(top, what="the file is UTF-16, or holds NUL bytes"))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        what = f"byte {raw[error.start]:#04x} here is not UTF-8"
        report.add(NOT_UTF8.at(Span(file, line, column, line, column + 1), what=what))
        return None
    bad = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", text)
    if bad is not None:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        report.add(NOT_UTF8.at(Span(file, line, column, line, column + 1), what=f"the control character U+{ord(bad[0]):04X} is here"))
        return None
    return text


def _without_tabs(text: str, file: str, report: Report) -> str:
    """Report every line indented with a tab, then go on as if each tab were two spaces."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in indent and line.strip():
            column = indent.index("\t") + 1
            report.add(TAB.at(Span(file, number, column, number, column + 1)))
            lines[number - 1] = indent.replace("\t", "  ") + line.lstrip(" \t")
    return "\n".join(lines)


def _events_are_fine(text: str, file: str, report: Report) -> bool:
    """Go through the events one by one: depth, count, anchors, aliases, tags, documents - without building anything."""
    depth = nodes = documents = 0
    fine = True
    try:
        for event in yaml.parse(text, Loader=_Loader):
            found = _foreign(event, file)
            if found is not None:
                report.add(found)
                fine = False
                if len(report) > 100:
                    return False
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    report.add(TWO_DOCUMENTS.at(_span(event, file)))
                    return False
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            nodes += isinstance(event, yaml.NodeEvent)
            if depth > MOST_DEPTH or nodes > MOST_NODES:
                what = f"more than {MOST_DEPTH} levels deep here" if depth > MOST_DEPTH else f"more than {MOST_NODES:,} values"
                report.add(TOO_LARGE.at(_span(event, file), what=what))
                return False
    except yaml.YAMLError as error:
        report.add(_syntax(error, text, file))
        return False
    if documents == 0:
        report.add(EMPTY.at(Span(file, 1, 1, 1, 1)))
        return False
    return fine


def _foreign(event: Any, file: str) -> Problem | None:
    if isinstance(event, yaml.AliasEvent):
        return FOREIGN.at(_span(event, file), what=f"`*{event.anchor}` is a YAML alias", mend="write `any` for everything; to re-use a figure write `params:`")
    if getattr(event, "anchor", None):
        return FOREIGN.at(_span(event, file), what=f"`&{event.anchor}` is a YAML anchor", mend="use `params:` to re-use a figure")
    tag = getattr(event, "tag", None)
    if tag is not None and isinstance(event, yaml.NodeEvent):
        mend = f"for `not` write: not {tag.lstrip('!')}" if not tag.startswith("tag:") else "leave the tag out"
        return FOREIGN.at(_span(event, file), what=f"`{tag[:60]}` is a YAML tag", mend=mend)
    return None


def _span(event: Any, file: str) -> Span:
    start, end = event.start_mark, event.end_mark
    return Span(file, start.line + 1, start.column + 1, end.line + 1, max(end.column + 1, start.column + 2))


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    context = getattr(error, "context_mark", None)
    words = str(getattr(error, "problem", "") or error)
    if mark is None:
        return SYNTAX.at(Span(file, 1, 1, 1, 2), what="the file cannot be read as YAML", mend="see the excerpt")
    line, column = mark.line + 1, mark.column + 1
    lines = text.split("\n")
    here = lines[mark.line] if mark.line < len(lines) else ""
    what, mend = _in_plain_words(words, here, mark.column)
    if "quoted scalar" in str(getattr(error, "context", "")) and context is not None:
        line, column = context.line + 1, context.column + 1
        what, mend = "the quote that opens here is never closed", "close it with the same quote"
    problem = SYNTAX.at(Span(file, line, column, line, column + 1), what=what, mend=mend)
    if context is not None and (context.line, context.column) != (mark.line, mark.column) and line == mark.line + 1:
        begun = Span(file, context.line + 1, context.column + 1, context.line + 1, context.column + 2)
        return problem.with_also(begun, "what is being read began here")
    return problem


def _in_plain_words(words: str, line: str, column: int) -> tuple[str, str]:
    """The YAML reader's words in plain ones, with the edit that most often mends them."""
    rest = line[column:]
    if rest.startswith("%"):
        return "a value cannot begin with `%`", "write the percent sign after the number: 8%"
    if rest[:1] in ("@", "`"):
        return f"a value cannot begin with `{rest[0]}`", "put it in double quotes"
    if rest.startswith("- "):
        return "a list cannot begin here", "for a negative number leave no space after the minus; for a list go to a new line"
    if rest[:1] in (">", "|"):
        return f"`{rest[0]}` begins a block of text here", "say what is compared: `amount > 10_000`; a range is `above 24` or `24..`"
    if rest.startswith("*"):
        return "`*` is a YAML alias", "write `any` for everything"
    if "mapping values are not allowed" in words:
        return "`: ` ends a key, and no key can stand here", "put the text in double quotes, or mend the indentation"
    if "found character that cannot start any token" in words and "\t" in line:
        return "a tab stands where spaces should", "use spaces"
    if "expected <block end>" in words:
        return "this line is not indented like the lines it belongs to", "give the lines of one block the same indentation"
    if "did not find expected ',' or" in words or "expected ',' or" in words:
        return "a `,` or closing bracket is missing here", "close the bracket, or put an expression with commas in double quotes"
    if "did not find expected key" in words or "could not find expected ':'" in words:
        quoted = re.search(r":\s*'[^']*'\s*[=<>]", line)
        if quoted:
            return "an expression may not begin with a quote", "turn it round: `product = 'Orbit'`, or put the whole in double quotes"
        return "a key with a colon is wanted here", "write `key: value`, indented like its neighbours"
    return words.strip() or "this cannot be read", "look at the bracket, quote or indentation before it"


def _nodes(root: yaml.Node, text: str, file: str, report: Report) -> None:
    """Look at the composed nodes: duplicate and complex keys, empty values, texts over several lines or cut by a comment."""
    lines = text.split("\n")
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, yaml.SequenceNode):
            todo += node.value
        elif isinstance(node, yaml.MappingNode):
            _keys(node, lines, file, report)
            todo += [v for _, v in node.value]
        elif isinstance(node, yaml.ScalarNode) and not node.style:
            _plain(node, lines, file, report)


def _keys(node: yaml.MappingNode, lines: list[str], file: str, report: Report) -> None:
    seen: dict[str, Span] = {}
    for key, value in node.value:
        span = _span(key, file)
        if not isinstance(key, yaml.ScalarNode):
            report.add(FOREIGN.at(span, what="a key is a list or mapping", mend="keys are one text"))
            key.value, key.__class__ = "?", yaml.ScalarNode
            key.style = None
            continue
        if key.value == "<<":
            report.add(FOREIGN.at(span, what="`<<` is a YAML merge key", mend="write the keys out"))
        if key.value == "" and not key.style:
            report.add(FOREIGN.at(span, what="a key is empty", mend="write a key before the colon"))
        if key.value in seen:
            report.add(DUPLICATE_KEY.at(span, key=key.value).with_also(seen[key.value], "the first one"))
        seen.setdefault(key.value, span)
        empty = isinstance(value, yaml.ScalarNode) and not value.style and value.value == ""
        if empty:
            report.add(_empty(node, key, lines, file))


def _empty(node: yaml.MappingNode, key: yaml.ScalarNode, lines: list[str], file: str) -> Problem:
    span = _span(key, file)
    if node.flow_style and re.fullmatch(r"\d{3}", key.value):
        return EMPTY_VALUE.at(span, key=key.value, why=": a comma splits here", mend="write 1_000, not 1,000")
    if node.flow_style and ":" in key.value:
        return EMPTY_VALUE.at(span, key=key.value, why=": a space is missing after the colon", mend="write `key: value`")
    if node.flow_style:
        return EMPTY_VALUE.at(span, key=key.value, why=": a comma splits here", mend="put an expression with commas in double quotes")
    rest = lines[span.end_line - 1][span.end_column - 1 :]
    if "#" in rest:
        return EMPTY_VALUE.at(span, key=key.value, why=": what stands after it is a comment", mend='put the value in double quotes: "#sales"')
    return EMPTY_VALUE.at(span, key=key.value, why="", mend="write a value, or leave the key out")


def _plain(node: yaml.ScalarNode, lines: list[str], file: str, report: Report) -> None:
    span = _span(node, file)
    if node.end_mark.line > node.start_mark.line:
        report.add(MANY_LINES.at(Span(file, span.line, span.column, span.line, len(lines[span.line - 1]) + 1)))
        return
    rest = lines[node.end_mark.line][node.end_mark.column :]
    if re.match(r"\s+#\S", rest) and node.value.count("'") % 2:
        report.add(COMMENT.at(span, kept=node.value[:60]))
