"""Binding: a tree becomes a typed model, and everything that does not fit becomes a problem at its place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, TypeVar, Union, get_args

from pydantic import BaseModel, Discriminator, PlainValidator, Tag, ValidationError
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from commcalc.base.problem import Kind, Problem, Report
from commcalc.language.names import nearest
from commcalc.language.problems import (
    INVALID,
    LATER_KEY,
    MISSING_KEY,
    NOT_A_CHOICE,
    TWO_SHAPES,
    UNKNOWN_KEY,
    WRONG_SHAPE,
)
from commcalc.language.tree import Tree

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
TWO_TAG = "<two shapes>"


def by_marker(branches: Mapping[str, type[BaseModel]], scalar: Any = None) -> Any:
    """Return the union of `branches`, told apart by their one marker key; a text is a `scalar`, where one may stand.

    Without any marker the branch that knows most of the keys is taken, so that a misspelt marker is named as such.
    """

    def pick(value: Any) -> str:
        if isinstance(value, Mapping):
            found = [marker for marker in branches if marker in value]
            if len(found) > 1:
                return TWO_TAG
            if found:
                return f"<{found[0]}>"
            known = {marker: sum(key in _keys(model) for key in value) for marker, model in branches.items()}
            return f"<{max(known, key=lambda m: known[m])}>" if value else f"<{next(iter(branches))}>"
        for marker, model in branches.items():
            if isinstance(value, model):
                return f"<{marker}>"
        return "<scalar>" if scalar is not None else f"<{next(iter(branches))}>"

    options = [Annotated[model, Tag(f"<{marker}>")] for marker, model in branches.items()]
    if scalar is not None:
        options.append(Annotated[scalar, Tag("<scalar>")])
    refused = PlainValidator(partial(_two_shapes, tuple(branches)))
    options.append(Annotated[SkipJsonSchema[Annotated[dict[str, object], refused]], Tag(TWO_TAG)])
    return Annotated[Union[tuple(options)], Discriminator(pick)]  # noqa: UP007


def _two_shapes(markers: tuple[str, ...], value: Mapping[str, object]) -> dict[str, object]:
    one, other = [marker for marker in markers if marker in value][:2]
    raise PydanticCustomError("two_shapes", "two shapes", {"one": one, "other": other})


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def bind(tree: Tree, model: type[M]) -> tuple[M | None, Report]:
    """Return the model made of the tree's data, or None and a problem at the place of everything that does not fit."""
    report = Report()
    try:
        return model.model_validate(tree.data()), report
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=True)
    seen: set[tuple[str, str, str]] = set()
    for detail in _most_fitting(details):
        problem = _problem(tree, model, detail)
        key = (problem.code, str(problem.place), problem.message)
        if key not in seen:
            seen.add(key)
            report.add(problem)
    return None, report


def _most_fitting(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Of the branches of a keyword-or-value field keep the last one's complaint: the others only say that it is no keyword."""
    by_place: dict[Path, list[ErrorDetails]] = {}
    for detail in details:
        by_place.setdefault(_path(detail["loc"]), []).append(detail)
    kept: list[ErrorDetails] = []
    for found in by_place.values():
        fields = [d for d in found if d["type"] == "field"]
        kept += fields[-1:] if fields and all(d["type"] in ("field", "literal_error") for d in found) else found
    return kept


def _path(loc: tuple[int | str, ...]) -> Path:
    """Drop what is not in the file: union tags, types of union branches, marks of keys."""
    kept: list[str | int] = []
    for step in loc:
        if isinstance(step, str) and (step.startswith(("<", "function-", "literal[", "tuple[", "list[", "constrained", "union[")) or step == "[key]"):
            continue
        if isinstance(step, str) and "Literal" in step:
            continue
        kept.append(step)
    return tuple(kept)


def _real(tree: Tree, path: Path) -> Path:
    """Keep the steps that lead through the file: a step that is no child of where we are is a name of pydantic's."""
    kept: list[str | int] = []
    for number, step in enumerate(path):
        last = number == len(path) - 1
        if tree.node_at((*kept, step)) is not None or last:
            kept.append(step)
    return tuple(kept)


def _problem(tree: Tree, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    path = _real(tree, _path(detail["loc"]))
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(tree, model, path)
    if kind == "missing":
        return _missing(tree, path)
    if kind == "field":
        return _field(tree, path, context, is_key="[key]" in detail["loc"])
    if kind in ("literal_error", "union_tag_invalid"):
        return _choice(tree, path, detail)
    if kind == "two_shapes":
        return TWO_SHAPES.at(tree.span_of(path, key=True), where=_where(path), **context)
    wanted = {"dict_type": "keys with values", "model_type": "keys with values", "list_type": "a list", "model_attributes_type": "keys with values"}
    if kind in wanted:
        found = _shape(detail["input"])
        return WRONG_SHAPE.at(
            tree.span_of(path), where=_where(path), wanted=wanted[kind], found=found, mend=f"write {wanted[kind]} here"
        )
    if kind == "union_tag_not_found":
        return MISSING_KEY.at(tree.span_of(path, key=True), where=_where(path), key=str(context.get("discriminator", "kind")).strip("'"), about="")
    return INVALID.at(tree.span_of(path), where=_where(path), what=detail["msg"])


def _field(tree: Tree, path: Path, context: Mapping[str, Any], *, is_key: bool) -> Problem:
    kind: Kind = context["kind"]
    if is_key or tree.node_at(path) is None:
        return kind.at(tree.span_of(path, key=True), **context["facts"])
    return kind.at(tree.scalar_place(path, context["start"], context["end"]), **context["facts"])


def _unknown(tree: Tree, model: type[BaseModel], path: Path) -> Problem:
    key = str(path[-1])
    place = tree.span_of(path, key=True)
    owners = _models_at(model, tree, path[:-1])
    for owner in owners:
        later: Mapping[str, str] = getattr(owner, "later", {})
        if key in later:
            return LATER_KEY.at(place, key=key, what=later[key])
    known = sorted({k for owner in owners for k in (*_keys(owner), *getattr(owner, "later", {}))})
    present = set(_siblings(tree, path))
    near = nearest(key, [k for k in known if k not in present]) or nearest(key, known)
    mend = f"write `{near}`" if near else f"the keys here are {', '.join(known)}" if known else "leave it out"
    return UNKNOWN_KEY.at(place, key=key, where=_where(path[:-1]), near=f"; did you mean `{near}`?" if near else "", mend=mend)


def _siblings(tree: Tree, path: Path) -> list[str]:
    node = tree.node_at(path[:-1])
    return [k.text for k, _ in node.entries] if node is not None and hasattr(node, "entries") else []


def _missing(tree: Tree, path: Path) -> Problem:
    parent = path[:-1]
    return MISSING_KEY.at(tree.span_of(parent, key=True), where=_where(parent), key=path[-1], about="")


def _choice(tree: Tree, path: Path, detail: ErrorDetails) -> Problem:
    context = detail.get("ctx", {})
    if detail["type"] == "union_tag_invalid":
        path = (*path, str(context["discriminator"]).strip("'"))
        text, expected = str(context["tag"]), str(context["expected_tags"])
    else:
        text, expected = str(detail["input"])[:60], str(context["expected"])
    words = [w.strip(" '") for w in expected.replace(" or ", ", ").split(",")]
    near = nearest(text, words)
    return NOT_A_CHOICE.at(
        tree.span_of(path), text=text, choices=", ".join(words), near=f"; did you mean `{near}`?" if near else ""
    )


def _where(path: Path) -> str:
    shown = [str(s + 1) if isinstance(s, int) else s for s in path]
    return "`" + ".".join(shown) + "`" if shown else "this file"


def _shape(value: Any) -> str:
    return "a list" if isinstance(value, list) else "keys with values" if isinstance(value, dict) else f"`{str(value)[:60]}`"


def _models_at(model: type[BaseModel], tree: Tree, path: Path) -> list[type[BaseModel]]:
    """Return the models that can stand at `path`: through fields, unions, lists and mappings."""
    options: list[Any] = [model]
    walked: list[str | int] = []
    for step in path:
        walked.append(step)
        options = [inner for option in options for inner in _step(option, step)]
    models = [m for option in options for m in _models_in(option)]
    node = tree.node_at(tuple(walked))
    kind = next((v.text for k, v in node.entries if k.text == "kind" and hasattr(v, "text")), None) if node is not None and hasattr(node, "entries") else None
    fitting = [m for m in models if getattr(m, "marker", None) == kind] if kind else []
    if fitting:
        return fitting
    keys = set(k.text for k, _ in node.entries) if node is not None and hasattr(node, "entries") else set()
    if len(models) > 1 and keys:
        best = max(len(keys & _keys(m)) for m in models)
        return [m for m in models if len(keys & _keys(m)) == best]
    return models


def _models_in(option: Any) -> list[type[BaseModel]]:
    if isinstance(option, type) and issubclass(option, BaseModel):
        return [option]
    return [m for arg in get_args(option) for m in _models_in(arg)]


def _step(option: Any, step: str | int) -> list[Any]:
    """Return what can stand under `option` at a key or place in a list."""
    if isinstance(option, type) and issubclass(option, BaseModel):
        for name, field in option.model_fields.items():
            if step in (name, field.alias):
                return [field.annotation]
        return []
    arguments = get_args(option)
    if not arguments:
        return []
    origin = getattr(option, "__origin__", None)
    if origin in (dict, Mapping) or (origin is not None and getattr(origin, "__name__", "") == "dict"):
        return [arguments[1]]
    if origin in (list, tuple) and isinstance(step, int):
        return [a for a in arguments if a is not Ellipsis]
    return [inner for argument in arguments for inner in _step(argument, step)]
