"""Binding: a tree becomes a typed model, and everything that does not fit becomes a problem at its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from commcalc.base.problem import Kind, Problem, Report
from commcalc.base.source import Span
from commcalc.language.faults import cut
from commcalc.language.markers import by_marker, keys_of
from commcalc.language.names import nearest
from commcalc.language.owners import field_at, later_of, models_at
from commcalc.language.problems import (
    INVALID,
    LATER_KEY,
    MISSING_KEY,
    NO_SHAPE,
    NOT_A_CHOICE,
    NOT_TEXT,
    TWO_SHAPES,
    UNKNOWN_KEY,
    WRONG_SHAPE,
)
from commcalc.language.tree import Mapping_, Scalar, Tree

__all__ = ["bind", "by_marker"]

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
_SHAPES = {
    "dict_type": "keys with values",
    "mapping_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "dataclass_type": "one value",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "one text",
}


def bind(tree: Tree, model: type[M]) -> tuple[M | None, Report]:
    """Return the model made of the tree's data, or None and a problem at the place of everything that does not fit."""
    report = Report()
    try:
        return model.model_validate(tree.data()), report
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=True)
    fitting = _most_fitting(tree, details)
    worded = {path for path, detail in fitting if detail["type"] == "literal_error"}
    shapes = {path: _SHAPES[detail["type"]] for path, detail in fitting if path in worded and detail["type"] in _SHAPES}
    binding = _Binding(tree, model, shapes)
    problems = [binding.problem(path, detail) for path, detail in fitting if path not in shapes or detail["type"] not in _SHAPES]
    seen: set[tuple[str, str, str]] = set()
    for problem in _without_echoes(problems):
        key = (problem.code, str(problem.place), problem.message)
        if key not in seen:
            seen.add(key)
            report.add(problem)
    return None, report


def _without_echoes(problems: list[Problem]) -> list[Problem]:
    """A misspelt key is one slip: that the right one is missing then goes without saying."""
    meant = {(p.facts["where"], p.facts["meant"]) for p in problems if p.kind is UNKNOWN_KEY and p.facts["meant"]}
    return [p for p in problems if p.kind is not MISSING_KEY or (p.facts["where"], p.facts["key"]) not in meant]


def _most_fitting(tree: Tree, details: list[ErrorDetails]) -> list[tuple[Path, ErrorDetails]]:
    """Of the branches of a union keep the complaint of the one that was meant: pydantic returns those of all."""
    placed = [(_path(tree, detail), detail) for detail in details]
    near = {path for path, detail in placed if _near_word(detail)}
    reached = {
        path[:length] for path, detail in placed for length in range(len(path) + (0 if _of_shape(detail) else 1))
    }  # fmt: skip
    shaped = {path for path, detail in placed if detail["type"] != "literal_error"}
    kept = []
    for path, detail in placed:
        meant_word = any(path[:length] in near for length in range(len(path) + 1))
        no_word = detail["type"] == "literal_error" and not isinstance(detail["input"], str) and path in shaped
        got_further = path in reached or no_word
        if not _other_branch(detail, meant_word=meant_word, got_further=got_further):
            kept.append((path, detail))
    return kept or placed


def _other_branch(detail: ErrorDetails, *, meant_word: bool, got_further: bool) -> bool:
    """Tell whether a complaint is that of a branch of a union which was not meant.

    A text that is nearly one of a few words was meant to be that word. Where one branch wants another shape or one of
    a few words, and another one got further into the value, the second was meant.
    """
    if _near_word(detail) or _is_key(detail):
        return False
    if meant_word:
        return True
    return got_further and _of_shape(detail)


def _is_key(detail: ErrorDetails) -> bool:
    return "[key]" in detail["loc"]


def _near_word(detail: ErrorDetails) -> bool:
    if detail["type"] != "literal_error" or not isinstance(detail["input"], str):
        return False
    return nearest(detail["input"], _words(str(detail["ctx"]["expected"]))) is not None


def _of_shape(detail: ErrorDetails) -> bool:
    if detail["type"] == "field":
        return detail["ctx"]["kind"] is NOT_TEXT
    return detail["type"] in _SHAPES or detail["type"] == "literal_error"


def _words(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]


def _path(tree: Tree, detail: ErrorDetails) -> Path:
    """Keep the steps that lead through the file; the others are pydantic's names of union branches.

    The last step of a missing key leads nowhere, and is kept.
    """
    kept: list[str | int] = []
    for number, step in enumerate(detail["loc"]):
        last = number == len(detail["loc"]) - 1
        if tree.node_at((*kept, step)) is not None or (last and detail["type"] == "missing"):
            kept.append(step)
    return tuple(kept)


class _Binding:
    """Turns pydantic's complaints about one tree and model into problems with their places."""

    def __init__(self, tree: Tree, model: type[BaseModel], shapes: Mapping[Path, str]) -> None:
        self.tree = tree
        self.model = model
        self.shapes = shapes  # what else than one of a few words may stand at a place

    def problem(self, path: Path, detail: ErrorDetails) -> Problem:
        """Return the problem that a complaint is."""
        kind = detail["type"]
        context: Mapping[str, Any] = detail.get("ctx", {})
        if kind == "field":
            return self._field(path, context, is_key=_is_key(detail))
        if kind == "extra_forbidden":
            return self._unknown(path)
        if kind in ("missing", "union_tag_not_found"):
            missing = path if kind == "missing" else (*path, str(context["discriminator"]).strip("'"))
            return self._missing(missing)
        if kind in ("literal_error", "union_tag_invalid"):
            return self._choice(path, detail)
        if kind == "two_shapes":
            place = self.tree.span_of((*path, context["other"]), key=True)
            first = self.tree.span_of((*path, context["one"]), key=True)
            return TWO_SHAPES.at(place, where=_where(path), **context).with_also(first, "the other one")
        if kind == "no_shape":
            return self._no_shape(path, context)
        if kind in _SHAPES:
            return self._shape(path, detail)
        return self._invalid(path, detail)

    def _key(self, path: Path) -> Span:
        """Return the place of the key above `path`; for the whole file that of its first key."""
        if path:
            return self.tree.span_of(path, key=True)
        root = self.tree.root
        return root.entries[0][0].span if isinstance(root, Mapping_) and root.entries else root.span

    def _field(self, path: Path, context: Mapping[str, Any], *, is_key: bool) -> Problem:
        kind: Kind = context["kind"]
        start, end, facts = context["start"], context["end"], context["facts"]
        key = self._key_scalar(path) if is_key else None
        if key is not None:
            return kind.at(self.tree.inside(key, start, end), **facts)
        if isinstance(self.tree.node_at(path), Scalar):
            return kind.at(self.tree.scalar_place(path, start, end), **facts)
        return kind.at(self.tree.span_of(path, key=is_key), **facts)

    def _key_scalar(self, path: Path) -> Scalar | None:
        node = self.tree.node_at(path[:-1])
        if not isinstance(node, Mapping_):
            return None
        found = node.by_key.get(str(path[-1]))
        return found[0] if found else None

    def _unknown(self, path: Path) -> Problem:
        key, parent = str(path[-1]), path[:-1]
        place = self.tree.span_of(path, key=True)
        owners = models_at(self.model, self.tree, parent)
        later = later_of(owners)
        if key in later:
            return LATER_KEY.at(place, key=key, what=later[key])
        known = sorted({*(k for owner in owners for k in keys_of(owner)), *later})
        node = self.tree.node_at(parent)
        present: Mapping[str, object] = node.by_key if isinstance(node, Mapping_) else {}
        near = nearest(key, [k for k in known if k not in present]) or nearest(key, known)
        mend = f"write `{near}`" if near else f"the keys here are {', '.join(known)}" if known else "leave it out"
        if near is not None and near in present:
            mend = f"`{near}` is there already: keep one of the two"
        said = f"; did you mean `{near}`?" if near else ""
        return UNKNOWN_KEY.at(place, key=cut(key), where=_where(parent), near=said, mend=mend, meant=near or "")

    def _no_shape(self, path: Path, context: Mapping[str, Any]) -> Problem:
        """A shape whose one key comes with a later version lacks nothing: it is that key which is told."""
        later = later_of(models_at(self.model, self.tree, path))
        node = self.tree.node_at(path)
        if isinstance(node, Mapping_):
            for key in (k.text for k, _ in node.entries if k.text in later):
                return LATER_KEY.at(self.tree.span_of((*path, key), key=True), key=key, what=later[key])
        return NO_SHAPE.at(self._key(path), where=_where(path), **context)

    def _missing(self, path: Path) -> Problem:
        key, parent = str(path[-1]), path[:-1]
        field = field_at(models_at(self.model, self.tree, parent), key)
        words = get_args(field.annotation) if field is not None and get_origin(field.annotation) is Literal else ()
        about = f" {', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else ""
        about += f" ({field.description})" if field is not None and field.description else ""
        return MISSING_KEY.at(self._key(parent), where=_where(parent), key=key, about=about)

    def _choice(self, path: Path, detail: ErrorDetails) -> Problem:
        context = detail.get("ctx", {})
        if detail["type"] == "union_tag_invalid":
            path = (*path, str(context["discriminator"]).strip("'"))
            text, words = str(context["tag"]), _words(str(context["expected_tags"]))
        else:
            text, words = detail["input"], _words(str(context["expected"]))
        if not isinstance(text, str):
            wanted = f"one of {', '.join(words)}" if len(words) > 1 else words[0]
            return self._wrong(path, wanted, detail["input"])
        near = nearest(text, words)
        said = f"; did you mean `{near}`?" if near else ""
        words += [self.shapes[path]] if path in self.shapes else []
        mend = near or (" or ".join(words) if len(words) < 3 else "one of them")
        place = self.tree.span_of(path, key=_is_key(detail))
        return NOT_A_CHOICE.at(place, text=cut(text), choices=", ".join(words), near=said, mend=mend)

    def _shape(self, path: Path, detail: ErrorDetails) -> Problem:
        return self._wrong(path, _SHAPES[detail["type"]], detail["input"])

    def _wrong(self, path: Path, wanted: str, value: object) -> Problem:
        found = "a list" if isinstance(value, list) else "keys with values" if isinstance(value, dict) else f"`{cut(str(value))}`"
        place = self.tree.span_of(path)
        node = self.tree.node_at(path)
        if place.line != place.end_line and node is not None and not isinstance(node, Scalar):
            place = self._key(path)  # a block: its key is shown rather than the whole of it
        mend = f"write {wanted} here"
        if wanted == "a list" and isinstance(value, str):
            mend += f": [{cut(value)}]"
        return WRONG_SHAPE.at(place, where=_where(path), wanted=wanted, found=found, mend=mend)

    def _invalid(self, path: Path, detail: ErrorDetails) -> Problem:
        context = detail.get("ctx", {})
        what, mend = detail["msg"].removeprefix("Value error, "), "see the reference of the key"
        place = self.tree.span_of(path, key=_is_key(detail))
        if detail["type"] in ("too_short", "too_long"):
            short = detail["type"] == "too_short"
            limit, actual = int(context["min_length" if short else "max_length"]), int(context["actual_length"])
            what = f"it has {_entries(actual)}, and takes at {'least' if short else 'most'} {limit}"
            mend = "add one" if short else "take some away"
            place = place if place.line == place.end_line else self._key(path)
        elif detail["type"] == "string_pattern_mismatch":
            what = f"`{cut(str(detail['input']))}` is not written as it should be"
            mend = f"write {_forms(str(context['pattern']))}"
        return INVALID.at(place, where=_where(path), what=what, mend=mend)


def _entries(count: int) -> str:
    return "nothing in it" if count == 0 else "1 entry" if count == 1 else f"{count} entries"


def _forms(pattern: str) -> str:
    """Return the forms that a pattern of fixed words takes, in words: `here, zero or tier 1`."""
    forms = re.sub(r"\[1-9\](\[0-9\]\*)?", "1", pattern.strip("^$()")).split("|")
    return ", ".join(forms[:-1]) + f" or {forms[-1]}" if len(forms) > 1 else forms[0]


def _where(path: Path) -> str:
    shown = [str(step + 1) if isinstance(step, int) else cut(step) for step in path]
    return "`" + ".".join(shown) + "`" if shown else "this file"
