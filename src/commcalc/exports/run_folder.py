"""The run folder: a period's tables as files, whole or not at all, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

from commcalc.base.problem import Problem
from commcalc.engine.kept import InMemory
from commcalc.engine.result import Result
from commcalc.exports.for_people import as_typed, for_people
from commcalc.exports.problems import CANNOT_WRITE, INSIDE, NOT_WHOLE
from commcalc.exports.status import FILE as STATUS
from commcalc.exports.status import read_status, status_after
from commcalc.exports.streamed import Streams, disk_errors, write_table
from commcalc.exports.whole_folder import (
    LastStep,
    begun,
    digest_of,
    dropped,
    new_file,
    placed,
    refused,
    restored,
    synced_digest,
    write_bytes,
)
from commcalc.tables.results import TABLES

MOST_CSV_LINES = 1_000_000
PARQUET = ("lines", "slices", "credits", "left_out")
CSV = ("payouts", "payments", "balances", "measures", "exceptions")
SCHEMAS = {t.name: t for t in TABLES}


@dataclass(frozen=True, slots=True)
class Written:
    """A run that was written: its folder and the digest that names it."""

    folder: Path
    digest: str


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run read back: its manifest (with the run's own digest as `run`) and its tables, each read when first asked for."""

    folder: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, pl.DataFrame] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Lay the tables out; nothing is read yet."""
        object.__setattr__(self, "tables", _Tables(self))

    def scan(self, name: str) -> pl.LazyFrame:
        """Return a table of which only the rows and columns that are asked for are read."""
        if name in CSV:
            return self.tables[name].lazy()
        return pl.scan_parquet(self.folder / f"{name}.parquet").with_columns(cs.enum().cast(pl.String))


class _Tables(Mapping[str, pl.DataFrame]):
    """The tables of a run, each read whole when it is first asked for."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._read:
            self._read[name] = self._run.scan(name).collect() if name in PARQUET else _csv(self._run.folder, name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*PARQUET, *CSV))

    def __len__(self) -> int:
        return len(PARQUET) + len(CSV)


def _csv(folder: Path, name: str) -> pl.DataFrame:
    return as_typed(pl.read_csv(folder / f"{name}.csv", infer_schema=False), SCHEMAS[name])


class RunWriter:
    """A run on its way into `out/<period>/`, whole or not at all: `with RunWriter(out) as writer: ... writer.finish(...)`.

    It keeps a run's lines and slices (engine.kept): those of one part in memory, those of several on the disk as they come.
    """

    def __init__(self, out: Path, last_step: LastStep = nullcontext) -> None:
        self._out, self._last_step = out, last_step
        self._memory = InMemory()
        self._streams: Streams | None = None
        self._folder: Path | None = None

    def __enter__(self) -> RunWriter:
        """Begin; nothing is written yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take back whatever was written of a run that was not finished."""
        if self._streams:
            self._streams.close()
        if self._folder:
            dropped(self._folder)

    def begin(self, period: str, parts: int) -> None:
        """Open the new folder where there are parts to come; what stands in its way is told when the run is finished."""
        target = self._out / period
        if parts > 1 and refused(self._out, target) is None:
            with suppress(OSError):  # it will be met again at the end, and told
                self._streams = Streams(self._begun(target))

    def keep(self, part: Mapping[str, pl.DataFrame]) -> None:
        """Take the lines and slices of the next part."""
        (self._streams.put if self._streams else self._memory.keep)(part)

    def length(self, name: str) -> int:
        """Return how many rows a table has."""
        return (self._streams or self._memory).length(name)

    def read(self, name: str) -> pl.DataFrame:
        """Return a table whole."""
        return (self._streams or self._memory).read(name)

    def finish(self, result: Result, manifest: Mapping[str, Any]) -> Written | Problem:
        """Write what is left and let the folder take its place; on any error nothing is changed and the problem is returned."""
        written = self.beside(result, manifest)
        if isinstance(written, Problem):
            return written
        target = self._out / result.period
        try:
            placed(written.folder, target, self._last_step)
            if self._streams:
                self._streams.folder = target
        except OSError as error:
            return CANNOT_WRITE.at(None, path=error.filename or target, why=error.strerror or error)
        return Written(target, written.digest)

    def beside(self, result: Result, manifest: Mapping[str, Any]) -> Written | Problem:
        """Write what is left beside the folder whose place it would take: its digest says whether it is the same run."""
        target = self._out / result.period
        for name in manifest.get("inputs", {}):
            if (self._out.parent / name).resolve().is_relative_to(self._out.resolve()):
                return INSIDE.at(None, path=target, input=name)
        problem = refused(self._out, target)
        if problem is not None:
            return problem
        try:
            folder = self._folder or self._begun(target)
            streamed = self._streams.finish() if self._streams else {}
            files = {**streamed, **_write_tables(result, folder, streamed)}
            digest = _write_manifest(result, manifest, files, folder)
            write_bytes(folder / STATUS, status_after(read_status(target), digest).text.encode())
        except OSError as error:
            return CANNOT_WRITE.at(None, path=error.filename or target, why=error.strerror or error)
        return Written(folder, digest)

    def _begun(self, target: Path) -> Path:
        self._out.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = begun(target)
        return self._folder


def write_run(result: Result, manifest: Mapping[str, Any], out: Path) -> Written | Problem:
    """Write a run that is at hand into `out/<period>/`; on any error nothing is changed and the problem is returned."""
    with RunWriter(out) as writer:
        return writer.finish(result, manifest)


def _write_tables(result: Result, folder: Path, streamed: Mapping[str, str]) -> dict[str, str]:
    """Write every table that is not written yet, several at once; return each file's digest."""
    csv = CSV if result.length("lines") > MOST_CSV_LINES else (*CSV, "lines")

    def parquet(name: str) -> tuple[str, str]:
        path = folder / f"{name}.parquet"
        return path.name, write_table(getattr(result, name), path)

    def text(name: str) -> tuple[str, str]:
        path = new_file(folder / f"{name}.csv")
        with disk_errors(path):
            for_people(getattr(result, name), SCHEMAS[name]).write_csv(path)
        return path.name, synced_digest(path)

    tables = [name for name in PARQUET if f"{name}.parquet" not in streamed]
    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict([*pool.map(parquet, tables), *pool.map(text, csv)])


def _write_manifest(result: Result, manifest: Mapping[str, Any], files: Mapping[str, str], folder: Path) -> str:
    """Write what the run is made of and what it gave; its digest is the run's. Its status stands apart from it."""
    whole: dict[str, Any] = {
        **manifest,
        "files": dict(sorted(files.items())),
        "rows": dict(result.counts),
        "lengths": {name: result.length(name) for name in SCHEMAS},
        "identities": [{"name": i.name, "left": f"{i.left:f}", "right": f"{i.right:f}"} for i in result.identities],
    }
    text = json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return write_bytes(folder / "manifest.json", text.encode())


def read_run(folder: Path) -> RunFolder | Problem:
    """Open a run; a file that does not match the manifest, or is missing, is a problem. Tables are read when asked for."""
    try:
        restored(folder)
        raw = (folder / "manifest.json").read_bytes()
        manifest = json.loads(raw)
        status = json.loads((folder / STATUS).read_bytes())
        digest = hashlib.sha256(raw).hexdigest()
        if not isinstance(status, dict) or status.get("run") != digest:
            return NOT_WHOLE.at(None, path=folder, why="its manifest was changed, or is that of another run")
        for name, stated in manifest["files"].items():
            if not (folder / name).is_file() or digest_of(folder / name) != stated:
                return NOT_WHOLE.at(None, path=folder / name, why="it is missing or was changed")
    except OSError as error:
        return NOT_WHOLE.at(None, path=error.filename or folder, why=f"it cannot be read ({error.strerror})")
    except ValueError:
        return NOT_WHOLE.at(None, path=folder, why="its manifest is not JSON")
    return RunFolder(folder, {**manifest, "run": digest})
