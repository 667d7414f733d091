"""The run folder: a period's tables as files, whole or not at all, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

from commcalc.base.problem import Problem
from commcalc.engine.result import Result
from commcalc.exports.for_people import as_typed, for_people
from commcalc.exports.problems import CANNOT_WRITE, INSIDE, NOT_WHOLE
from commcalc.exports.whole_folder import (
    LastStep,
    digest_of,
    new_file,
    refused,
    restored,
    synced_digest,
    write_bytes,
    written_whole,
)
from commcalc.tables.results import TABLES

ROW_GROUP = 250_000  # stated, or the bytes would differ with the number of threads
MOST_CSV_LINES = 1_000_000
PARQUET = ("lines", "slices", "credits", "left_out")
CSV = ("payouts", "payments", "measures", "exceptions")
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


def write_run(result: Result, manifest: Mapping[str, Any], out: Path, last_step: LastStep = nullcontext) -> Written | Problem:
    """Write `out/<period>/`; on any error nothing is changed and the problem is returned. `last_step`: see written_whole."""
    target = out / result.period
    for name in manifest.get("inputs", {}):
        if (out.parent / name).resolve().is_relative_to(out.resolve()):
            return INSIDE.at(None, path=target, input=name)
    problem = refused(out, target)
    if problem is not None:
        return problem
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        with written_whole(target, last_step) as folder:
            digest = _write_manifest(result, manifest, _write_tables(result, folder), folder)
    except OSError as error:
        return CANNOT_WRITE.at(None, path=error.filename or target, why=error.strerror or error)
    return Written(target, digest)


def _write_tables(result: Result, folder: Path) -> dict[str, str]:
    """Write every table, several at once; return each file's digest."""
    csv = CSV if len(result.lines) > MOST_CSV_LINES else (*CSV, "lines")

    def parquet(name: str) -> tuple[str, str]:
        path = new_file(folder / f"{name}.parquet")
        frame: pl.DataFrame = getattr(result, name)
        with _refusing(path):
            frame.write_parquet(path, row_group_size=ROW_GROUP, compression="lz4", statistics=False)
        return path.name, synced_digest(path)

    def text(name: str) -> tuple[str, str]:
        path = new_file(folder / f"{name}.csv")
        with _refusing(path):
            for_people(getattr(result, name), SCHEMAS[name]).write_csv(path)
        return path.name, synced_digest(path)

    with ThreadPoolExecutor(max_workers=4) as pool:
        done = [*pool.map(parquet, PARQUET), *pool.map(text, csv)]
    return dict(sorted(done))


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """What the system refuses while a table is written - no room, no permission - is told with the file, as what it is."""
    try:
        yield
    except pl.exceptions.PolarsError as error:
        number = re.search(r"os error ([0-9]+)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from error


def _write_manifest(result: Result, manifest: Mapping[str, Any], files: Mapping[str, str], folder: Path) -> str:
    """Write what the run is made of and what it gave; its digest is the run's. The state stands apart from it."""
    whole: dict[str, Any] = {
        **manifest,
        "files": dict(files),
        "rows": dict(result.counts),
        "lengths": {name: len(getattr(result, name)) for name in SCHEMAS},
        "identities": [{"name": i.name, "left": f"{i.left:f}", "right": f"{i.right:f}"} for i in result.identities],
    }
    text = json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    digest = write_bytes(folder / "manifest.json", text.encode())
    status = json.dumps({"run": digest, "state": "open"}, indent=1) + "\n"
    write_bytes(folder / "status.json", status.encode())
    return digest


def read_run(folder: Path) -> RunFolder | Problem:
    """Open a run; a file that does not match the manifest, or is missing, is a problem. Tables are read when asked for."""
    try:
        restored(folder)
        raw = (folder / "manifest.json").read_bytes()
        manifest = json.loads(raw)
        status = json.loads((folder / "status.json").read_bytes())
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
