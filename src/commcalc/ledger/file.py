"""The ledger's file: found, looked at before it is trusted, made new, and copied."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from commcalc.base.problem import Problem
from commcalc.exports.whole_folder import new_file, sync
from commcalc.ledger.form import APPLICATION, FORM, statements
from commcalc.ledger.problems import CANNOT_USE, DAMAGED, LOCKED, NEWER, NOT_A_LEDGER, NOT_ITS_FORM, STRAY

MAGIC = b"SQLite format 3\0"
PATIENCE = 60  # seconds that a reader waits for somebody who is posting
ROOM = ("SQLITE_FULL",)
CUT_OFF = "SQLITE_IOERR_SHORT_READ"
SYSTEM = ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_READONLY", "SQLITE_AUTH", "SQLITE_NOLFS", *ROOM)
BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


class Refused(Exception):
    """A problem with the ledger's file that ends what is being done; `problem` says which."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@contextmanager
def told(path: Path, done: str, needed: int = 0) -> Iterator[None]:
    """Turn what SQLite or the system says against the file into a problem: no room, no permission, somebody at it, damage."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name.startswith(BUSY):
            raise Refused(LOCKED.at(None, who="another program that reads or writes it")) from error
        if name.startswith(SYSTEM) and name != CUT_OFF:
            raise Refused(_cannot(path, done, str(error), name.startswith(ROOM), needed)) from error
        raise Refused(DAMAGED.at(None, path=path, why=error)) from error
    except OSError as error:
        no_room = error.errno in (28, 122)  # ENOSPC, EDQUOT
        raise Refused(_cannot(Path(error.filename or path), done, error.strerror or str(error), no_room, needed)) from error


def _cannot(path: Path, done: str, why: str, no_room: bool, needed: int) -> Problem:
    mend = f"make room, about {needed:,} bytes, then run again" if no_room and needed else "make room or give permission"
    return CANNOT_USE.at(None, path=path, done=done, why=why, mend=mend)


def exists(path: Path) -> bool:
    """Return whether there is anything where the ledger should be."""
    return path.exists() or path.is_symlink()


@contextmanager
def opened(path: Path, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the ledger, once it is certain that it is one and of a form that is known. Raises Refused.

    A journal that a killed process left is played back by SQLite as it opens: that process had posted nothing yet.
    """
    with told(path, "read"):
        _looked_at(path)
    with told(path, "written" if writing else "read"):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=PATIENCE)
        with closing(connection):
            _of_known_form(path, connection)
            connection.execute("PRAGMA synchronous=EXTRA")  # FULL, and the folder is synced when the journal goes
            connection.execute(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
            yield connection


def _looked_at(path: Path) -> None:
    """See by the first bytes, and by what stands beside it, whether it may be opened at all."""
    what = ""
    if path.is_symlink():
        what = "a link" if path.exists() else "a link to nothing"
    elif not path.is_file():
        what = "a folder" if path.is_dir() else "no plain file"
    if what:
        raise Refused(NOT_A_LEDGER.at(None, path=path, what=what))
    with path.open("rb") as file:
        head = file.read(100)
    if not head:
        raise Refused(NOT_A_LEDGER.at(None, path=path, what="empty"))
    if not head.startswith(MAGIC):
        raise Refused(NOT_A_LEDGER.at(None, path=path, what="no SQLite file"))
    if head[18:20] != b"\x01\x01":
        raise Refused(STRAY.at(None, path=path, what="it is set to use a write-ahead log"))
    for ending in ("-wal", "-shm"):
        if path.with_name(path.name + ending).exists():
            raise Refused(STRAY.at(None, path=f"{path}{ending}", what="a write-ahead log, which a ledger never has"))


def _of_known_form(path: Path, connection: sqlite3.Connection) -> None:
    """Compare what the file says of itself, and every table and trigger, with what this program would make."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise Refused(NOT_A_LEDGER.at(None, path=path, what="an SQLite file of another program"))
    form = connection.execute("PRAGMA user_version").fetchone()[0]
    if form > FORM:
        maker = connection.execute("SELECT value FROM about WHERE name = 'made_by'").fetchone()
        ours = connection.execute("SELECT value FROM about WHERE name = 'form'").fetchone()
        if ours is None or ours[0] == str(form):  # else the number alone was changed
            raise Refused(NEWER.at(None, path=path, maker=maker[0] if maker else "a newer commcalc", form=FORM, found=form))
    if form != FORM:
        raise Refused(NOT_ITS_FORM.at(None, path=path, what=f"it says that it has form {form}"))
    found = {(t, n): sql for t, n, sql in connection.execute("SELECT type, name, sql FROM sqlite_master")}
    for kind, name, sql in statements():
        there = found.pop((kind, name), None)
        if there != sql:
            what = f"the {kind} `{name}` {'is missing' if there is None else 'is not as it was made'}"
            raise Refused(NOT_ITS_FORM.at(None, path=path, what=what))
    if found:
        kind, name = min(found)
        raise Refused(NOT_ITS_FORM.at(None, path=path, what=f"there is a {kind} `{name}` that is none of its own"))


def make(path: Path, maker: str) -> None:
    """Make an empty ledger: beside its place, and put there when it is whole. Raises Refused."""
    beside = path.with_name(f".{path.name}.new")
    with told(path, "written"):
        for left in (beside, beside.with_name(beside.name + "-journal")):
            left.unlink(missing_ok=True)
        new_file(beside)
        with closing(sqlite3.connect(beside, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=EXTRA")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            connection.execute(f"PRAGMA user_version={FORM}")
            for _, _, sql in statements():
                connection.execute(sql)
            about = (("form", str(FORM)), ("made_by", maker))
            connection.executemany("INSERT INTO about VALUES (?, ?)", about)
            connection.execute("COMMIT")
        sync(beside)
        beside.rename(path)
        sync(path.absolute().parent)


def copied(path: Path, target: Path) -> None:
    """Copy the ledger as it is at one moment, whoever is posting; whole or not at all. Raises Refused."""
    beside = target.with_name(f".{target.name}.new")
    if exists(target):
        raise Refused(CANNOT_USE.at(None, path=target, done="written", why="there is something already", mend="name a new file"))
    with opened(path) as connection, told(target, "written", path.stat().st_size):
        beside.unlink(missing_ok=True)
        new_file(beside)
        try:
            with closing(sqlite3.connect(beside, isolation_level=None)) as copy:
                connection.backup(copy)
            sync(beside)
            beside.rename(target)
            sync(target.absolute().parent)
        finally:
            beside.unlink(missing_ok=True)
