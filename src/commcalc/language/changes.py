"""What differs between two versions of a file: its keys and values by their paths, not its lines of text."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from commcalc.base.source import Span
from commcalc.language.tree import Mapping_, Node, Scalar, Sequence_, plain

LONGEST = 80
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is not as it was: added where it has no `old`, taken away where it has no `new`.

    Places in a list count from 1, as tiers do, in the new file where the value is there.
    """

    number: int
    path: Path
    old: Node | None
    new: Node | None

    @property
    def sign(self) -> str:
        """`+` added, `-` taken away, `~` changed."""
        return "+" if self.old is None else "-" if self.new is None else "~"

    @property
    def where(self) -> str:
        """The path as one reads it: components.new-business.tiers[2].pay."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".")

    def __str__(self) -> str:
        old, new = flow(self.old), flow(self.new)
        if self.sign != "~":
            return f"{self.sign} {self.where}: {new or old}"
        return f"~ {self.where}: {old} -> {new}"


def flow(node: Node | None) -> str:
    """Return a value on one line, as flow style writes it; what is long is cut."""
    text = "" if node is None else _flow(node)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _flow(node: Node) -> str:
    if isinstance(node, Scalar):
        return " ".join(node.text.split())
    if isinstance(node, Sequence_):
        return f"[{', '.join(_flow(n) for n in node.items)}]"
    return "{" + ", ".join(f"{k.text}: {_flow(v)}" for k, v in node.entries) + "}"


@dataclass(frozen=True, slots=True)
class _Keys:
    entries: tuple[tuple[Scalar, Difference], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class _Items:
    items: tuple[Difference, ...]
    span: Span


Difference = Scalar | Mapping_ | Sequence_ | Change | _Keys | _Items
"""A node that is the same on both sides, a change, or keys or items of which some differ."""


@dataclass(slots=True)
class Compared:
    """Two versions of a file put over each other: every change in the order of the file."""

    whole: Difference
    changes: list[Change] = field(default_factory=list)

    def taking(self, taken: Collection[int]) -> Node | None:
        """Return the file with only the changes of these numbers made."""
        return _taking(self.whole, taken)


def compared(old: Node, new: Node) -> Compared:
    """Put two versions of a file over each other."""
    changes: list[Change] = []
    whole = _compared(old, new, (), changes)
    return Compared(whole, changes)


def _change(old: Node | None, new: Node | None, path: Path, changes: list[Change]) -> Change:
    found = Change(len(changes), path, old, new)
    changes.append(found)
    return found


def _compared(old: Node, new: Node, path: Path, changes: list[Change]) -> Difference:
    if isinstance(old, Mapping_) and isinstance(new, Mapping_):
        return _keys(old, new, path, changes)
    if isinstance(old, Sequence_) and isinstance(new, Sequence_):
        return _items(old, new, path, changes)
    return new if _key(old) == _key(new) else _change(old, new, path, changes)


def _key(node: Node) -> str:
    return repr(plain(node))


def _keys(old: Mapping_, new: Mapping_, path: Path, changes: list[Change]) -> _Keys:
    """Keys in the order of the new file; one that is gone stands behind the key that it stood behind."""
    before, after = old.by_key, new.by_key
    order = [k.text for k, _ in new.entries]
    previous: str | None = None
    for key, _ in old.entries:
        if key.text not in after:
            order.insert(order.index(previous) + 1 if previous is not None else 0, key.text)
        previous = key.text
    entries: list[tuple[Scalar, Difference]] = []
    for name in order:
        step = (*path, name)
        if name not in before:
            key, value = after[name]
            entries.append((key, _change(None, value, step, changes)))
        elif name not in after:
            key, value = before[name]
            entries.append((key, _change(value, None, step, changes)))
        else:
            entries.append((after[name][0], _compared(before[name][1], after[name][1], step, changes)))
    return _Keys(tuple(entries), new.span)


def _items(old: Sequence_, new: Sequence_, path: Path, changes: list[Change]) -> _Items:
    """Items that are the same stay together; between them one is changed into another, and the rest come or go."""
    found: list[Difference] = []
    matcher = SequenceMatcher(None, [_key(n) for n in old.items], [_key(n) for n in new.items], autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            found.extend(new.items[j1:j2])
            continue
        for n in range(max(i2 - i1, j2 - j1)):
            one = old.items[i1 + n] if i1 + n < i2 else None
            other = new.items[j1 + n] if j1 + n < j2 else None
            if one is not None and other is not None:
                found.append(_compared(one, other, (*path, j1 + n + 1), changes))
            else:
                at = j1 + n if other is not None else i1 + n
                found.append(_change(one, other, (*path, at + 1), changes))
    return _Items(tuple(found), new.span)


def _taking(whole: Difference, taken: Collection[int]) -> Node | None:
    if isinstance(whole, Change):
        return whole.new if whole.number in taken else whole.old
    if isinstance(whole, _Keys):
        return Mapping_(tuple((k, v) for k, v in _taken_keys(whole, taken)), whole.span)
    if isinstance(whole, _Items):
        items = (_taking(item, taken) for item in whole.items)
        return Sequence_(tuple(item for item in items if item is not None), whole.span)
    return whole


def _taken_keys(whole: _Keys, taken: Collection[int]) -> Iterator[tuple[Scalar, Node]]:
    for key, value in whole.entries:
        node = _taking(value, taken)
        if node is not None:
            yield key, node
