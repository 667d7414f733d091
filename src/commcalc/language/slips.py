"""Slips: YAML that can be read, but not as it was meant - keys twice, values emptied or cut by a comma, colon or `#`."""

from __future__ import annotations

import re

import yaml

from commcalc.base.problem import Problem, Report
from commcalc.base.source import Span
from commcalc.language.problems import (
    COMMENT,
    COMMENT_NEAR,
    DUPLICATE_KEY,
    EMPTY_VALUE,
    FOREIGN,
    MANY_LINES,
)

OWN_TAGS = "tag:yaml.org,2002:"


def mark_span(marked: yaml.Event | yaml.Node, file: str) -> Span:
    """Return the reader's marks as a span of at least one character."""
    start, end = marked.start_mark, marked.end_mark
    assert start is not None and end is not None, "the reader marks whatever it reads from a text"
    last = end.column + 1
    if (end.line, end.column) <= (start.line, start.column):
        last = start.column + 2
    return Span(file, start.line + 1, start.column + 1, end.line + 1, last)


def find_slips(root: yaml.Node, text: str, file: str, tabbed: frozenset[int], report: Report) -> None:
    """Look at the composed nodes and report each slip; in lines whose tabs were replaced no column is right, so none there."""
    lines = text.split("\n")
    found: list[Problem] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, yaml.SequenceNode):
            found += [_empty_item(node, item, lines, file) for item in node.value if _is_empty(item)]
            todo += reversed(node.value)
        elif isinstance(node, yaml.MappingNode):
            found += _keys(node, lines, file)
            todo += [value for _, value in reversed(node.value)]
        elif isinstance(node, yaml.ScalarNode) and not node.style:
            found += _plain(node, lines, file)
    for problem in found:
        if isinstance(problem.place, Span) and problem.place.line not in tabbed:
            report.add(problem)


def _is_empty(node: yaml.Node) -> bool:
    """Tell a value of which nothing is left; one with a tag was reported as such."""
    if not isinstance(node, yaml.ScalarNode) or (node.style and node.style not in "|>"):
        return False
    return not node.value.strip() and node.tag.startswith(OWN_TAGS)


def _keys(node: yaml.MappingNode, lines: list[str], file: str) -> list[Problem]:
    seen: dict[str, Span] = {}
    found: list[Problem] = []
    for number, (key, value) in enumerate(node.value):
        span = mark_span(key, file)
        wrong = _no_key(key, lines, span)
        if wrong is not None:
            found.append(wrong)
        if not isinstance(key, yaml.ScalarNode):
            node.value[number] = (yaml.ScalarNode(OWN_TAGS + "str", "?", key.start_mark, key.end_mark), value)
            continue
        if key.value in seen:
            found.append(DUPLICATE_KEY.at(span, key=key.value[:60]).with_also(seen[key.value], "the first one"))
        seen.setdefault(key.value, span)
        if _is_empty(value) and wrong is None:
            found.append(_empty(node, key, lines, file))
    return found


def _no_key(key: yaml.Node, lines: list[str], span: Span) -> Problem | None:
    before = lines[span.line - 1][: span.column - 1].rstrip()
    if not isinstance(key, yaml.ScalarNode):
        return FOREIGN.at(span, what="this key is a list or mapping", mend="write one text before the colon")
    if before.endswith("?"):
        return FOREIGN.at(span, what="`? ` begins a complex key", mend=f"write `{key.value[:60]}: value`")
    if key.value == "<<" and not key.style:
        return FOREIGN.at(span, what="`<<` is a YAML merge key", mend="write the keys out, or use `extends:`")
    if not key.value.strip():
        return FOREIGN.at(span, what="a key is empty", mend="write a key before the colon")
    return None


def _empty(node: yaml.MappingNode, key: yaml.ScalarNode, lines: list[str], file: str) -> Problem:
    """Say why a key has no value: mostly a comma, colon or `#` that YAML reads in its own way."""
    span = mark_span(key, file)
    name = key.value[:60]
    line = lines[span.line - 1]
    if node.flow_style:
        before = re.search(r"(\d[\d_]*)\s*,\s*$", line[: span.column - 1])
        if before is not None and re.fullmatch(r"\d{3}(?:\.\d+)?.{0,4}", key.value):
            mend = f"write {before[1]}_{key.value}"
            return EMPTY_VALUE.at(span, key=name, why=": a comma splits here", mend=mend)
        called = before is not None and line[: before.start()].count("(") > line[: before.start()].count(")")
        if before is not None and not called and re.fullmatch(r"\d+(?:x|%| ?[A-Z]{3})?", key.value):
            mend = f"write {before[1]}.{key.value}: decimals stand after a point"
            return EMPTY_VALUE.at(span, key=name, why=": a comma splits here", mend=mend)
        glued = re.fullmatch(r"([A-Za-z_][\w-]*):(\S.*)", key.value)
        if glued is not None:
            why, mend = ": a space is missing after the colon", f"write `{glued[1]}: {glued[2][:60]}`"
            return EMPTY_VALUE.at(span, key=name, why=why, mend=mend)
        if key.value.isidentifier() and not line[: span.column - 1].rstrip().endswith(")"):
            return EMPTY_VALUE.at(
                span, key=name, why="", mend="write a value after it, or put the text that a comma splits in quotes"
            )
        mend = "put the expression in double quotes, or give it a line of its own"
        return EMPTY_VALUE.at(span, key=name, why=": a comma splits here", mend=mend)
    return _emptied(span, name, line[span.end_column - 1 :])


def _empty_item(node: yaml.SequenceNode, item: yaml.Node, lines: list[str], file: str) -> Problem:
    span = mark_span(item, file)
    line = lines[span.line - 1]
    at = line[: span.column].rfind("-") + 1 or span.column
    place = Span(file, span.line, at, span.line, at + 1)
    return _emptied(place, "-", line[at:])


def _emptied(span: Span, name: str, rest: str) -> Problem:
    comment = re.match(r":?\s*(?:[|>]\S*)?\s*(#\S.*)", rest)
    if comment is not None:
        mend = f'put the value in double quotes: "{comment[1].strip()[:60]}"'
        return EMPTY_VALUE.at(span, key=name, why=": what stands after it is a comment", mend=mend)
    return EMPTY_VALUE.at(span, key=name, why="", mend="write a value, or leave it out")


def _plain(node: yaml.ScalarNode, lines: list[str], file: str) -> list[Problem]:
    """Look at a text without quotes: it stands on one line, and no `#` has cut it."""
    start, end = node.start_mark, node.end_mark
    assert start is not None and end is not None
    line = lines[start.line]
    if start.line == end.line and "#" not in line:
        return []
    span = mark_span(node, file)
    if span.end_line > span.line:
        place = Span(file, span.line, span.column, span.line, len(line.rstrip()) + 1)
        glued = re.match(r"([A-Za-z_][\w-]*):(\S.*)", line[span.column - 1 :])
        if glued is not None:
            return [
                MANY_LINES.at(
                    place, what="a space is missing after the colon", mend=f"write `{glued[1]}: {glued[2].strip()[:60]}`"
                )
            ]
        mend = "put `>-` after the colon and the text below it, indented"
        return [MANY_LINES.at(place, what="this text goes on over several lines", mend=mend)]
    comment = re.match(r"\s+#[^\s#!].*", line[span.end_column - 1 :])
    if comment is None:
        return []
    cut = node.value.count("'") % 2 or node.value.count("(") != node.value.count(")")
    place = Span(file, span.line, span.end_column, span.line, len(line) + 1).within(
        len(comment[0]) - len(comment[0].lstrip()), len(comment[0].rstrip())
    )
    return [(COMMENT if cut else COMMENT_NEAR).at(place, kept=node.value[:60])]
