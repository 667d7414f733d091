"""Persons: whether two names are of one."""

from __future__ import annotations

import unicodedata


def same_person(one: str, other: str) -> bool:
    """Two spellings of one name, as far as case and spaces go, are one person."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
