"""A fault of one field: what is wrong with a text, and at which of its characters."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from commcalc.base.problem import Kind

LONGEST = 60


def fault(kind: Kind, start: int = 0, end: int = -1, **facts: object) -> PydanticCustomError:
    """Return the error that `bind` turns into a problem of `kind` at these characters of the text."""
    words = {name: cut(str(value)) if name == "text" else str(value) for name, value in facts.items()}
    context = {"code": kind.code, "kind": kind, "start": start, "end": end, "facts": words}
    return PydanticCustomError("field", "{code}", context)


def cut(text: str) -> str:
    """Return a value as messages show it: at most sixty characters."""
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
