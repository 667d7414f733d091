"""Readings: where a plan leaves something open, the house's answer holds; where neither speaks, nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping


def reading(name: str, component: object, house: Mapping[str, str]) -> str | None:
    """Return what holds for a component: its own word, else the house's, else None."""
    own = getattr(component, name, None)
    return own if own is not None else house.get(name)
