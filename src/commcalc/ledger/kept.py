"""What closed periods were made from, kept beside the ledger: each file once, compressed, under the digest of its bytes."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from commcalc.base.problem import Problem
from commcalc.exports.problems import CANNOT_WRITE
from commcalc.exports.whole_folder import new_file, sync
from commcalc.ledger.problems import CHANGED_SINCE

CHUNK = 1 << 20
LEVEL = 1  # what is read once in years is not worth a slow close


def folder_of(ledger: Path) -> Path:
    """Return where the files are: `ledger.kept` beside `ledger.sqlite`."""
    return ledger.with_name(f"{ledger.stem}.kept")


def place_of(folder: Path, digest: str) -> Path:
    """Return the place of a file by its digest."""
    return folder / digest[:2] / f"{digest}.gz"


def keep(root: Path, files: Mapping[str, str], folder: Path) -> Problem | None:
    """Keep each file of `root` (its name and digest) that is not there yet; return why nothing may be posted, where it cannot be."""
    for name, digest in sorted(files.items()):
        target = place_of(folder, digest)
        if target.is_file():
            continue
        beside = target.with_name(f".{digest}.new")
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            found = _packed(root / name, new_file(beside))
            if found != digest:
                beside.unlink()
                return CHANGED_SINCE.at(None, file=name)
            sync(beside)
            beside.replace(target)
            sync(target.parent)
        except OSError as error:
            _gone(beside)
            return CANNOT_WRITE.at(None, path=error.filename or target, why=error.strerror or error)
    return None


def _gone(beside: Path) -> None:
    try:
        beside.unlink(missing_ok=True)
    except OSError:
        return  # it is cleared the next time


def _packed(source: Path, target: Path) -> str:
    """Write a file compressed - the same bytes for the same content - and return the digest of the content."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as raw, gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as packed:
        while chunk := read.read(CHUNK):
            digest.update(chunk)
            packed.write(chunk)
    return digest.hexdigest()


def laid_out(folder: Path, files: Mapping[str, str], root: Path, instead: Path) -> Iterator[str]:
    """Write each file into `root`, from what is kept or, where it is the same, from `instead`; yield what is nowhere as it was."""
    for name, digest in sorted(files.items()):
        target = root / name
        if not target.resolve().is_relative_to(root.resolve()):
            yield f"{name} lies outside of the project"
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        kept = place_of(folder, digest)
        if kept.is_file() and _unpacked(_chunks(kept), target) == digest:
            continue
        own = instead / name
        if own.is_file() and _unpacked(_plain(own), target) == digest:
            continue
        target.unlink(missing_ok=True)
        what = "is not kept" if not kept.is_file() else "is damaged where it is kept"
        here = "is not in the project" if not own.is_file() else "is another in the project now"
        yield f"{name} ({digest[:12]}) {what}, and {here}"


def _unpacked(chunks: Iterable[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as written:
        try:
            for chunk in chunks:
                digest.update(chunk)
                written.write(chunk)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return ""
    return digest.hexdigest()


def _chunks(kept: Path) -> Iterator[bytes]:
    with gzip.open(kept) as packed:
        while chunk := packed.read(CHUNK):
            yield chunk


def _plain(own: Path) -> Iterator[bytes]:
    with own.open("rb") as read:
        while chunk := read.read(CHUNK):
            yield chunk
