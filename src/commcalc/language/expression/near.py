"""The nearest of the names at hand."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that the word was probably meant to be, if any."""
    found = difflib.get_close_matches(word, list(candidates), 1, 0.7)
    return found[0] if found else None
