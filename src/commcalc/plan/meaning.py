"""What a part of a plan means, whatever way it is written: equal where 150% stands for 1.5x, or keys in another order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from pydantic import BaseModel

WRITTEN = frozenset({"text", "start", "end"})
"""Fields of a value that was read which only tell how and where it was written."""


def meaning(value: object) -> object:
    """Return something that is equal for two values of a plan where they mean the same."""
    if isinstance(value, BaseModel):
        names = type(value).model_fields
        return (type(value).__name__, *((name, meaning(getattr(value, name))) for name in names))
    if isinstance(value, Mapping):
        return tuple(sorted(((meaning(k), meaning(v)) for k, v in value.items()), key=repr))
    if isinstance(value, list | tuple):
        return tuple(meaning(v) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        names_ = (f.name for f in fields(value) if f.name not in WRITTEN)
        return (type(value).__name__, *(meaning(getattr(value, name)) for name in names_))
    return value
