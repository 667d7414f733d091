"""Lines and slices of a large run, written while later parts are still calculated: memory holds a few parts, never all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import polars as pl
from polars.io.plugins import register_io_source

from commcalc.engine.kept import LARGE
from commcalc.exports.whole_folder import new_file, sync, synced_digest

ROW_GROUP = 250_000  # stated, or the bytes would differ with the number of threads
WAITING = 2  # parts that may wait for the writer


def write_table(frame: pl.DataFrame, path: Path) -> str:
    """Write a table that is at hand as Parquet and return the file's digest."""
    with disk_errors(path):
        frame.write_parquet(new_file(path), row_group_size=ROW_GROUP, compression="lz4", statistics=False)
    return synced_digest(path)


class Streams:
    """The large tables of a run on their way into its folder, each through a writer of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pool = ThreadPoolExecutor(max_workers=2 * len(LARGE))  # each table is written and brought to the disk
        self._of: dict[str, _Stream] = {}
        self._digests: dict[str, str] = {}

    def put(self, part: Mapping[str, pl.DataFrame]) -> None:
        """Hand the next part to the writers."""
        for name, frame in part.items():
            if name not in self._of:
                self._of[name] = _Stream(self._path(name), frame.schema, self._pool)
            self._of[name].put(frame)

    def length(self, name: str) -> int:
        """Return how many rows a table has."""
        return self._of[name].length

    def read(self, name: str) -> pl.DataFrame:
        """Return a table whole, from the disk."""
        self.finish()
        return pl.read_parquet(self._path(name))

    def finish(self) -> Mapping[str, str]:
        """Wait for the last byte and return each file's digest; raises OSError where one could not be written."""
        if not self._digests:
            found = self._pool.map(lambda s: s.finish(), self._of.values())
            self._digests = {self._path(name).name: digest for name, digest in zip(self._of, found, strict=True)}
        return self._digests

    def close(self) -> None:
        """Leave no writer behind, whatever became of the run."""
        for stream in self._of.values():
            stream.abandon()
        self._pool.shutdown()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"


class _Stream:
    """One table on its way to one file: the same bytes as if it were written in one piece."""

    def __init__(self, path: Path, schema: pl.Schema, pool: ThreadPoolExecutor) -> None:
        self.path, self.schema, self.length = new_file(path), schema, 0
        self._waiting: Queue[pl.DataFrame | None] = Queue(maxsize=WAITING)
        self._pool = pool
        self._syncing: Future[None] | None = None
        self._written = pool.submit(self._write)

    def put(self, part: pl.DataFrame) -> None:
        """Hand the next rows to the writer; waits while it has enough."""
        self.length += len(part)
        self._waiting.put(part)
        if self._syncing is None or self._syncing.done():  # so that the end of the writing has less to wait for
            self._syncing = self._pool.submit(sync, self.path)

    def finish(self) -> str:
        """Wait for the last byte and return the file's digest; raises OSError where it could not be written."""
        self._waiting.put(None)
        self._written.result()
        return synced_digest(self.path)

    def abandon(self) -> None:
        """Let the writer end, if it has not yet."""
        if not self._written.done():
            self._waiting.put(None)

    def _write(self) -> None:
        try:
            with disk_errors(self.path):
                source = register_io_source(lambda *_: self._parts(), schema=self.schema, is_pure=False)
                source.sink_parquet(self.path, row_group_size=ROW_GROUP, compression="lz4", statistics=False)
        finally:
            while self._waiting.get() is not None:  # after a failure nobody is left waiting for a writer
                pass

    def _parts(self) -> Iterator[pl.DataFrame]:
        while (part := self._waiting.get()) is not None:
            yield part
        self._waiting.put(None)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Polars tells of a full disk in words of its own: say it as the system does."""
    try:
        yield
    except pl.exceptions.ComputeError as error:
        _, known, why = str(error).rpartition("IO error: ")
        raise OSError(0, why if known else "it could not be finished; is the disk full?", str(path)) from error
