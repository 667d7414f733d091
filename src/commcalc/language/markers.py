"""Marker keys: which of several shapes a part of a plan has is told by one key that only this shape has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, Union

from pydantic import BaseModel, Discriminator, GetCoreSchemaHandler, GetJsonSchemaHandler, Tag
from pydantic_core import CoreSchema, PydanticCustomError, PydanticOmit, core_schema

from commcalc.language.names import nearest

TWO, NONE, SCALAR = "<two shapes>", "<no shape>", "<scalar>"
Branches = Mapping[str, type[BaseModel]]


def by_marker(branches: Branches, scalar: Any = None) -> Any:
    """Return the union of `branches`, told apart by their one marker key; a text is a `scalar`, where one may stand.

    Without any marker the branch that knows most of the keys is taken, so that a misspelt marker is named as such;
    where that tells nothing, and where two markers are present, a problem says so.
    """
    options = [Annotated[model, Tag(f"<{marker}>")] for marker, model in branches.items()]
    if scalar is not None:
        options.append(Annotated[scalar, Tag(SCALAR)])
    markers = tuple(branches)
    for tag, refuse in ((TWO, _two_shapes(markers)), (NONE, _no_shape(markers))):
        options.append(Annotated[dict[str, object], _Refused(refuse), Tag(tag)])

    def pick(value: Any) -> str:
        return _pick(branches, scalar is not None, value)

    return Annotated[Union[tuple(options)], Discriminator(pick)]  # noqa: UP007


@dataclass(frozen=True, slots=True)
class _Refused:
    """The branch of a value that fits none: it only says what is wrong, and editors are not told of it."""

    refuse: Callable[[Mapping[str, object]], NoReturn]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the refusal in the place of a reader."""
        del source, handler
        return core_schema.no_info_plain_validator_function(self.refuse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> NoReturn:
        """Leave the branch out."""
        raise PydanticOmit


def _pick(branches: Branches, scalar: bool, value: Any) -> str:
    """Return the tag of the branch that a value belongs to."""
    if isinstance(value, Mapping):
        found = [marker for marker in branches if marker in value]
        if found:
            return TWO if len(found) > 1 else f"<{found[0]}>"
        return _most_alike(branches, value)
    for marker, model in branches.items():
        if isinstance(value, model):
            return f"<{marker}>"
    return SCALAR if scalar else f"<{next(iter(branches))}>"


def _most_alike(branches: Branches, value: Mapping[str, Any]) -> str:
    """Of shapes without their marker take the one that knows most of the keys, a misspelt marker counted as one."""
    misspelt = {nearest(key, branches) for key in value if not any(key in keys_of(m) for m in branches.values())}
    known = {
        marker: sum(key in keys_of(model) for key in value) + (marker in misspelt) for marker, model in branches.items()
    }  # fmt: skip
    most = max(known.values())
    best = [marker for marker, count in known.items() if count == most]
    return f"<{best[0]}>" if len(best) == 1 else NONE


def keys_of(model: type[BaseModel]) -> set[str]:
    """Return the keys of a model as they are written in the file."""
    return {field.alias or name for name, field in model.model_fields.items()}


def _two_shapes(markers: tuple[str, ...]) -> Callable[[Mapping[str, object]], NoReturn]:
    def refuse(value: Mapping[str, object]) -> NoReturn:
        one, other = [key for key in value if key in markers][:2]
        raise PydanticCustomError("two_shapes", "two shapes", {"one": one, "other": other})

    return refuse


def _no_shape(markers: tuple[str, ...]) -> Callable[[Mapping[str, object]], NoReturn]:
    def refuse(value: Mapping[str, object]) -> NoReturn:
        raise PydanticCustomError("no_shape", "no shape", {"markers": ", ".join(f"`{m}`" for m in markers)})

    return refuse
