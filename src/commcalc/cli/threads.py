"""Threads: a small run takes one, for handing small tables about among several costs more than it saves."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commcalc.api import Project

SMALL = 2_000_000
"""Up to so many bytes in all tables; what is paid does not depend on it."""


def one_thread() -> None:
    """Let polars work with one thread, unless the environment says how many; only before it is loaded does it ask."""
    if "polars" not in sys.modules:
        os.environ.setdefault("POLARS_MAX_THREADS", "1")


def as_many_as_needed(project: Project) -> None:
    """Let a small project be calculated with one thread."""
    if project.file is not None and importlib.import_module("commcalc.inputs.project").bytes_of(project.file) <= SMALL:
        one_thread()
