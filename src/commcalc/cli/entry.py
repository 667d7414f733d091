"""The way in: an interrupt while the program is still being loaded ends it quietly, as one later does."""

from __future__ import annotations

import importlib
import os
import signal
from types import FrameType


def _ended(number: int, frame: FrameType | None) -> None:
    """End at once: nothing has been opened yet, and an exception here would surface inside a library being loaded."""
    del frame
    os._exit(128 + number)


def run() -> None:
    """Load the program and run it."""
    signal.signal(signal.SIGINT, _ended)
    signal.signal(signal.SIGTERM, _ended)
    main = importlib.import_module("commcalc.cli.main")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main.run()
