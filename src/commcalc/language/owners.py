"""Owners: which model of a plan a key belongs to, so that a message can name the keys that stand there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from commcalc.language.markers import keys_of
from commcalc.language.tree import Mapping_, Scalar, Tree

Path = tuple[str | int, ...]


def models_at(model: type[BaseModel], tree: Tree, path: Path) -> list[type[BaseModel]]:
    """Return the models that can stand at `path`: through fields, unions, lists and mappings; the best fitting ones."""
    options: list[Any] = [model]
    for step in path:
        options = [inner for option in options for inner in _step(option, step)]
    models = list(dict.fromkeys(m for option in options for m in _models_in(option)))
    node = tree.node_at(path)
    if not isinstance(node, Mapping_) or len(models) < 2:
        return models
    kind = next((v.text for k, v in node.entries if k.text == "kind" and isinstance(v, Scalar)), None)
    fitting = [m for m in models if kind is not None and getattr(m, "marker", None) == kind]
    if fitting:
        return fitting
    keys = {k.text for k, _ in node.entries}
    best = max(len(keys & keys_of(m)) for m in models)
    return [m for m in models if len(keys & keys_of(m)) == best]


def field_at(models: list[type[BaseModel]], key: str) -> FieldInfo | None:
    """Return the field that a key is read into."""
    for model in models:
        for name, field in model.model_fields.items():
            if key == (field.alias or name):
                return field
    return None


def later_of(models: list[type[BaseModel]]) -> dict[str, str]:
    """Return the keys that are part of the language and not calculated yet, each with what it is for."""
    found: dict[str, str] = {}
    for model in models:
        found.update(getattr(model, "later", {}))
    return found


def _models_in(option: Any) -> list[type[BaseModel]]:
    if isinstance(option, type) and get_origin(option) is None and issubclass(option, BaseModel):
        return [option]
    if get_origin(option) in (dict, Mapping):
        return []  # what stands inside is one key further down
    return [m for arg in get_args(option) for m in _models_in(arg)]


def _step(option: Any, step: str | int) -> list[Any]:
    """Return what can stand under `option` at a key or place in a list."""
    origin, arguments = get_origin(option), get_args(option)
    if isinstance(option, type) and origin is None and issubclass(option, BaseModel):
        field = field_at([option], str(step)) if isinstance(step, str) else None
        return [field.annotation] if field is not None else []
    if not arguments:
        return []
    if origin in (dict, Mapping) or getattr(origin, "__name__", "") == "Mapping":
        return [arguments[1]]
    if origin in (list, tuple):
        inner = [a for a in arguments if a is not Ellipsis]
        return inner if isinstance(step, int) else [deep for a in inner for deep in _step(a, step)]
    return [inner for argument in arguments for inner in _step(argument, step)]
