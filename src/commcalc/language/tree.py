"""The tree of a YAML file: every key and value as the text that was written, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from commcalc.base.problem import Problem, Report
from commcalc.base.source import Span
from commcalc.language.places import inside
from commcalc.language.problems import EMPTY, NOT_A_MAPPING
from commcalc.language.scan import scanned

Path = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; `style` is how it was quoted: plain, single, double, literal or folded."""

    text: str
    span: Span
    style: str


@dataclass(frozen=True)
class Mapping_:
    """Keys with their values, in the order written."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    @cached_property
    def by_key(self) -> dict[str, tuple[Scalar, Node]]:
        """The entries by the text of their key."""
        return {key.text: (key, value) for key, value in reversed(self.entries)}


@dataclass(frozen=True, slots=True)
class Sequence_:
    """A list of values."""

    items: tuple[Node, ...]
    span: Span


Node = Scalar | Mapping_ | Sequence_


@dataclass(frozen=True, slots=True)
class Tree:
    """A file read: its root, its name in messages, and its text for excerpts."""

    root: Node
    file: str
    text: str

    def data(self) -> Any:
        """Return plain dicts, lists and texts."""
        return plain(self.root)

    def span_of(self, path: Path, key: bool = False) -> Span:
        """Return the place of the value at `path` (or of its key); of the nearest one above where it is absent."""
        node, at = self.root, self.root.span
        for step in path:
            found = _child(node, step)
            if found is None:
                return at
            key_span, node = found
            at = key_span if key and key_span is not None else node.span
        return at

    def node_at(self, path: Path) -> Node | None:
        """Return the node at `path`, or None."""
        node: Node = self.root
        for step in path:
            found = _child(node, step)
            if found is None:
                return None
            node = found[1]
        return node

    def scalar_place(self, path: Path, start: int, end: int) -> Span:
        """Return where characters `start` to `end` of the text at `path` stand in the file, also in quotes and blocks."""
        node = self.node_at(path)
        if not isinstance(node, Scalar):
            return self.span_of(path)
        return self.inside(node, start, end)

    def inside(self, node: Scalar, start: int, end: int) -> Span:
        """Return where characters `start` to `end` of a key or text stand in the file; all of it where they cannot be counted."""
        if node.span.file != self.file and node.style != "plain":
            return node.span  # merged in from another file, whose text is not here
        return inside(node, start, end if end >= 0 else len(node.text), self.text)

    def replace_root(self, root: Node) -> Tree:
        """Return this file with another root; spans stay those of where each value was written."""
        return type(self)(root, self.file, self.text)


def plain(node: Node) -> Any:
    """Return a node as plain dicts, lists and texts."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence_):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def _child(node: Node, step: str | int) -> tuple[Span | None, Node] | None:
    if isinstance(node, Mapping_):
        found = node.by_key.get(str(step))
        return (found[0].span, found[1]) if found else None
    if isinstance(node, Sequence_) and isinstance(step, int) and 0 <= step < len(node.items):
        return None, node.items[step]
    return None


def read_tree(raw: bytes, file: str, top: str = "mapping") -> tuple[Tree | None, Report]:
    """Read YAML bytes; return the tree, or None and every problem that could be found."""
    text, root, report = scanned(raw, file)
    if text is None:
        return None, report
    if root is None:
        if report.ok:
            report.add(EMPTY.at(Span(file, 1, 1, 1, 1)))
        return None, report
    node = _node(root, file)
    if top == "mapping" and not isinstance(node, Mapping_) and report.ok:
        report.add(_no_keys(node))
        return None, report
    tree = Tree(node, file, text)
    return (tree if report.ok else None), report


def _no_keys(node: Scalar | Sequence_) -> Problem:
    glued = re.fullmatch(r"([A-Za-z_][\w-]*):(\S.*)", node.text) if isinstance(node, Scalar) else None
    mend = f"write `{glued[1]}: {glued[2][:60]}`, with a space after the colon" if glued else "begin with `plan: name`"
    span = node.span
    first = span if span.line == span.end_line else Span(span.file, span.line, span.column, span.line, span.column + 1)
    return NOT_A_MAPPING.at(first, what="a list" if isinstance(node, Sequence_) else "one text", mend=mend)


def _node(node: yaml.Node, file: str) -> Node:
    start, end = node.start_mark, node.end_mark
    span = Span(file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
    if isinstance(node, yaml.ScalarNode):
        style = {"'": "single", '"': "double", "|": "literal", ">": "folded"}.get(node.style or "", "plain")
        value = node.value.rstrip("\n") if style in ("literal", "folded") else node.value
        return Scalar(value, span, style)
    if isinstance(node, yaml.SequenceNode):
        return Sequence_(tuple(_node(n, file) for n in node.value), span)
    entries = tuple((_key(k, file), _node(v, file)) for k, v in node.value)
    return Mapping_(entries, span)


def _key(node: yaml.Node, file: str) -> Scalar:
    found = _node(node, file)
    assert isinstance(found, Scalar), "complex keys were refused"
    return found


def walk(node: Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Yield every node under `node` with its path."""
    yield path, node
    if isinstance(node, Mapping_):
        for key, value in node.entries:
            yield from walk(value, (*path, key.text))
    elif isinstance(node, Sequence_):
        for number, item in enumerate(node.items):
            yield from walk(item, (*path, number))
