"""One closer at a time: a lock that the system gives back when its process ends, however that ends."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from commcalc.ledger.file import Refused, told
from commcalc.ledger.problems import LOCKED


@contextmanager
def locked(ledger: Path, now: datetime) -> Iterator[str]:
    """Hold the ledger's lock; yield what a process that died with it had written into it, or nothing. Raises Refused.

    The file beside the ledger says who holds it. It is only words: the lock is the system's.
    """
    path = ledger.with_name(f"{ledger.name}.lock")
    with told(path, "written"):
        handle = _held(path)
    try:
        with told(path, "written"):
            left = _words(handle)
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"pid {os.getpid()} on {socket.gethostname()} since {now:%Y-%m-%d %H:%M:%S} UTC".encode(), 0)
        yield left
    finally:
        with suppress(OSError):  # words alone; the lock itself goes with the handle
            path.unlink()
        os.close(handle)


def _held(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = _words(handle) or "a process that has just begun"
            os.close(handle)
            raise Refused(LOCKED.at(None, who=who)) from None
        except OSError:
            os.close(handle)
            raise
        if path.exists() and os.fstat(handle).st_ino == path.stat().st_ino:
            return handle
        os.close(handle)  # the one who held it took the file away in between


def _words(handle: int) -> str:
    return os.pread(handle, 200, 0).decode(errors="replace").strip()
