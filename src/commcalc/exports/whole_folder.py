"""A folder of files that appears whole or not at all, and that only its owner can read."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from commcalc.base.problem import Problem
from commcalc.exports.problems import LINK, NOT_A_FOLDER

LastStep = Callable[[], AbstractContextManager[None]]
FEW = 2_000  # files; above, one sync of the disk is quicker than one of each


def refused(*folders: Path) -> Problem | None:
    """Return why nothing may be written there: a link is never followed, a file is never replaced by a folder."""
    for path in folders:
        if path.is_symlink():
            return LINK.at(None, path=path)
        if path.exists() and not path.is_dir():
            return NOT_A_FOLDER.at(None, path=path)
    return None


def restored(target: Path) -> None:
    """Put back the former folder where a run was killed in the moment between moving it aside and replacing it."""
    former = _former(target)
    if former.is_dir() and not former.is_symlink() and not target.exists():
        former.rename(target)


@contextmanager
def written_whole(target: Path, last_step: LastStep = nullcontext) -> Iterator[Path]:
    """Yield a new folder beside `target`; it takes the target's place at the end, or goes without a trace.

    `last_step` is entered for the moment in which it does. A kill leaves the former folder, or the new one: there are two
    renames, and a folder that a kill left aside between them is put back by the next verb that reads or writes it.
    """
    beside = begun(target)
    try:
        yield beside
        placed(beside, target, last_step)
    finally:
        dropped(beside)


def begun(target: Path) -> Path:
    """Return a new folder beside `target`, to be placed or dropped."""
    restored(target)
    beside = target.with_name(f".{target.name}.new")
    dropped(beside)
    beside.mkdir(mode=0o700)
    return beside


def placed(beside: Path, target: Path, last_step: LastStep = nullcontext) -> None:
    """Let the folder take the target's place, once all of it is on the disk."""
    _synced(beside)
    with last_step():
        _swapped(beside, target)


def dropped(beside: Path) -> None:
    """Take away a folder that was not placed."""
    if beside.exists():
        shutil.rmtree(beside, ignore_errors=True)


def new_file(path: Path) -> Path:
    """Make an empty file that only its owner can read, before anything is written into it."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
    return path


def write_bytes(path: Path, data: bytes) -> str:
    """Write a new file and return its digest."""
    with new_file(path).open("wb") as opened:
        opened.write(data)
    return hashlib.sha256(data).hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def synced_digest(path: Path) -> str:
    """Return a file's SHA-256 while what was written goes to the disk: the end of the writing has less to wait for."""
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    sync(path)
    return digest


def _former(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _synced(folder: Path) -> None:
    files = sorted(folder.iterdir())
    if len(files) > FEW:
        os.sync()
        files = []
    for path in (*files, folder):
        sync(path)


def _swapped(beside: Path, target: Path) -> None:
    """Move the former folder aside, put the new one in its place, then remove the former one."""
    former = _former(target)
    if former.exists():
        shutil.rmtree(former)
    if target.exists():
        target.rename(former)
    try:
        beside.rename(target)
    finally:
        restored(target)  # whatever came between the two renames
    sync(target.parent)
    if former.exists():
        shutil.rmtree(former, ignore_errors=True)  # the new run stands: what is left of the old one goes the next time


def sync(path: Path) -> None:
    """Bring what was written of a file to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
