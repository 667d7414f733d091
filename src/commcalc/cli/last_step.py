"""The last step: once a result takes its place there is nothing left to undo, so an interrupt comes too late to be one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def beyond_interrupts() -> Iterator[None]:
    """Heed no interrupt from here to the end of the program; where the step fails, heed them again.

    Before it an interrupt leaves everything as it was and ends in 130 or 143; after it the verb has done what it was asked.
    """
    before = {number: signal.getsignal(number) for number in INTERRUPTS}
    try:
        for number in INTERRUPTS:
            signal.signal(number, signal.SIG_IGN)
        yield
    except BaseException:
        for number, handler in before.items():
            signal.signal(number, handler)
        raise
