"""commcalc: what everybody earned, to the cent, and why. `commcalc.open(path)` opens a project."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commcalc.api import Project, Run, compare
    from commcalc.api import open_project as open

__all__ = ["Project", "Run", "compare", "open"]
_NAMES = {"Project": "Project", "Run": "Run", "compare": "compare", "open": "open_project"}


def __getattr__(name: str) -> Any:
    """Give the public names when they are first asked for, so that the program itself starts at once."""
    if name in _NAMES:
        return getattr(importlib.import_module("commcalc.api"), _NAMES[name])
    raise AttributeError(f"module 'commcalc' has no attribute '{name}'")
