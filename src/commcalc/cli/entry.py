"""The way in: an interrupt while the program is still being loaded ends it quietly, as one later does."""

from __future__ import annotations

import gc
import importlib
import os
import signal
from types import FrameType

GARBAGE = 100_000
"""How many objects are made before somebody looks for circles of garbage: plans and tables make hardly any."""


def _ended(number: int, frame: FrameType | None) -> None:
    """End at once: nothing has been opened yet, and an exception here would surface inside a library being loaded."""
    del frame
    os._exit(128 + number)


def run() -> None:
    """Load the program and run it."""
    signal.signal(signal.SIGINT, _ended)
    signal.signal(signal.SIGTERM, _ended)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # what else is installed has no say in how a plan is read
    gc.disable()
    main = importlib.import_module("commcalc.cli.main")
    gc.freeze()  # what has been loaded stays: nobody need look for garbage in it
    gc.set_threshold(GARBAGE)
    gc.enable()
    main.run()
