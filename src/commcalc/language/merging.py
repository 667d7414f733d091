"""Merging: what a part says over what another part said before it, key by key."""

from __future__ import annotations

from dataclasses import dataclass, replace

from commcalc.base.problem import Kind, Report
from commcalc.base.source import Span
from commcalc.language.tree import Mapping_, Node, Scalar, Sequence_, plain

REMOVE = "remove"
"""What is written, without quotes, in the place of a value that is to be left out."""

NOTHING_TO_REMOVE = Kind(
    "P009",
    "Nothing to remove",
    "`{key}: remove` leaves out a key that is not there",
    "take the line away, or mend the name",
    """What extends something may leave out a key of it. A text that reads `remove` stands in quotes.

Fails: a component with extends: base and capp: remove
Works: cap: remove""",
)


@dataclass(frozen=True, slots=True)
class Merging:
    """How two mappings are put over each other; what cannot be done goes to `report`.

    `groups` are the marker keys of which a shape has one: with another marker it is another thing, and replaces.
    `named` are the keys below which the names are the writer's own, and tell nothing of a shape.
    """

    groups: tuple[frozenset[str], ...]
    named: frozenset[str]
    report: Report

    def over(self, base: Node, own: Node, *, named: bool = False) -> Node:
        """Return `own` over `base`: keys meet keys, and whatever else is said replaces what was."""
        if not isinstance(base, Mapping_) or not isinstance(own, Mapping_) or not (named or self._alike(base, own)):
            return own
        entries: list[tuple[Scalar, Node]] = []
        for key, value in base.entries:
            said = own.by_key.get(key.text)
            if said is None:
                entries.append((key, value))
            elif not _removes(said[1]):
                entries.append((said[0], self.over(value, said[1], named=key.text in self.named)))
        for key, value in own.entries:
            if key.text in base.by_key:
                continue
            if _removes(value):
                self.report.add(NOTHING_TO_REMOVE.at(value.span, key=key.text))
            else:
                entries.append((key, value))
        return Mapping_(tuple(entries), own.span)

    def _alike(self, base: Mapping_, own: Mapping_) -> bool:
        """Whether two mappings are one shape: no two markers of a group, one kind, and looked up by the same."""
        for group in self.groups:
            one, other = group & base.by_key.keys(), group & own.by_key.keys()
            if one and other and one != other:
                return False
        return all(
            plain(base.by_key[key][1]) == plain(own.by_key[key][1])
            for key in ("kind", "by")
            if key in base.by_key and key in own.by_key
        )


def _removes(node: Node) -> bool:
    return isinstance(node, Scalar) and node.text == REMOVE and node.style == "plain"


def inherited(node: Node, via: Span) -> Node:
    """Return a part as it is inherited: each value where it was written, brought in by the `extends` at `via`."""
    span = replace(node.span, via=via)
    if isinstance(node, Scalar):
        return replace(node, span=span)
    if isinstance(node, Sequence_):
        return Sequence_(tuple(inherited(item, via) for item in node.items), span)
    return Mapping_(tuple((replace(k, span=replace(k.span, via=via)), inherited(v, via)) for k, v in node.entries), span)


def without(node: Mapping_, *keys: str) -> Mapping_:
    """Return a mapping without some of its keys."""
    return Mapping_(tuple((k, v) for k, v in node.entries if k.text not in keys), node.span)
