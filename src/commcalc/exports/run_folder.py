"""The run folder: a period's tables as files, whole or not at all, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from commcalc.base.money import minor_units
from commcalc.base.problem import Kind, Problem
from commcalc.engine.result import Result
from commcalc.tables.results import LINES, TABLES, Table

CANNOT_WRITE = Kind(
    "O001",
    "Cannot write",
    "{path} cannot be written: {why}",
    "make room or give permission, then run again; nothing was changed",
    "Every file of a run is written beside the old one and put in its place at the end.\n\nFails: a full disk\nWorks: room for the run",
)
LINK = Kind(
    "O002",
    "A link where the run should stand",
    "{path} is a link",
    "remove the link; a run is never written through one",
    "A link in the way of the output could lead anywhere, so it is not followed.\n\nFails: out -> /somewhere\nWorks: a folder",
)
INSIDE = Kind(
    "O003",
    "Output among the inputs",
    "{path} lies inside the folder that the tables are read from",
    "write to a folder of its own: `out`",
    "A run must never be able to overwrite what it was made from.\n\nFails: --out data\nWorks: --out out",
)
NOT_WHOLE = Kind(
    "O004",
    "The run folder is not as it was written",
    "{path}: {why}",
    "calculate the period again",
    "A statement is made from a run whose files match its manifest, or not at all.\n\nFails: a lines.parquet changed by hand\nWorks: the run as written",
)
KINDS: tuple[Kind, ...] = (CANNOT_WRITE, LINK, INSIDE, NOT_WHOLE)
ROW_GROUP = 250_000  # stated, or the bytes would differ with the number of threads
MOST_CSV_LINES = 1_000_000
MONEY = ("amount", "base", "earned", "accrued", "held", "released", "payable")
PARQUET = ("lines", "slices", "credits", "left_out")
CSV = ("payouts", "payments", "measures", "exceptions")


@dataclass(frozen=True, slots=True)
class Written:
    """A run that was written: its folder and the digest that names it."""

    folder: Path
    digest: str


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run read back: its manifest and tables."""

    folder: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, pl.DataFrame]


def write_run(result: Result, manifest: Mapping[str, Any], out: Path) -> Written | Problem:
    """Write `out/<period>/`; on any error nothing is changed and the problem is returned."""
    target = out / result.period
    for path in (out, target):
        if path.is_symlink():
            return LINK.at(None, path=path)
    beside = out / f".{result.period}.new"
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        if beside.exists():
            shutil.rmtree(beside)
        beside.mkdir(mode=0o700)
        files = _write_tables(result, beside)
        digest = _write_manifest(result, manifest, files, beside)
        swap(beside, target)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        return CANNOT_WRITE.at(None, path=error.filename or target, why=error.strerror or error)
    return Written(target, digest)


def _tables(result: Result) -> dict[str, pl.DataFrame]:
    return {t.name: getattr(result, t.name) for t in TABLES}


def _write_tables(result: Result, folder: Path) -> dict[str, str]:
    """Write every table; return each file's digest."""
    found: dict[str, str] = {}
    tables = _tables(result)
    for name in PARQUET:
        path = new_file(folder / f"{name}.parquet")
        tables[name].write_parquet(path, row_group_size=ROW_GROUP, compression="zstd", compression_level=1, statistics=True)
        found[path.name] = _digest(path)
    names = CSV if len(result.lines) > MOST_CSV_LINES else (*CSV, "lines")
    places = _places(result)
    for name in names:
        table = next(t for t in TABLES if t.name == name)
        path = new_file(folder / f"{name}.csv")
        for_people(tables[name], table, places).write_csv(path)
        found[path.name] = _digest(path)
    return dict(sorted(found.items()))


def _places(result: Result) -> int:
    currencies = result.payouts["currency"].unique().to_list()
    return max((minor_units(c) for c in currencies), default=2)


def for_people(frame: pl.DataFrame, table: Table, places: int) -> pl.DataFrame:
    """Return a table as text for a spreadsheet: amounts in whole cents, exact figures without idle noughts, no formulas."""
    columns = []
    for column in table.columns:
        c = pl.col(column.name)
        if column.type == "decimal" and column.name in MONEY and table is not LINES:
            columns.append(c.round(places).cast(pl.Decimal(38, places)).cast(pl.String))
        elif column.type == "decimal" and column.name == "amount":
            columns.append(c.cast(pl.Decimal(38, places)).cast(pl.String))
        elif column.type == "decimal":
            columns.append(c.cast(pl.String).str.replace(r"\.?0+$", ""))
        elif column.type == "text":
            risky = c.cast(pl.String).str.contains("^[=+\\-@\t\r＝]")
            columns.append(pl.when(risky).then(pl.concat_str(pl.lit("'"), c.cast(pl.String))).otherwise(c.cast(pl.String)).alias(column.name))
        else:
            columns.append(c)
    return frame.select(columns)


def _write_manifest(result: Result, manifest: Mapping[str, Any], files: Mapping[str, str], folder: Path) -> str:
    whole: dict[str, Any] = {
        **manifest,
        "files": dict(files),
        "rows": dict(result.counts),
        "identities": [{"name": i.name, "left": str(i.left), "right": str(i.right)} for i in result.identities],
    }
    text = json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    _text(folder / "manifest.json", text + "\n")
    _text(folder / "status.json", json.dumps({"run": digest, "state": "open"}, indent=1) + "\n")
    return digest


def new_file(path: Path) -> Path:
    """Make an empty file that only its owner can read, before anything is written into it."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return path


def _text(path: Path, text: str) -> None:
    with new_file(path).open("w", encoding="utf-8", newline="\n") as opened:
        opened.write(text)


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def swap(beside: Path, target: Path, *, sync_files: bool = True) -> None:
    """Sync what was written, move the former run aside, put the new one in its place, remove the former one."""
    for file in sorted(beside.iterdir()) if sync_files else ():
        _sync(file)
    _sync(beside)
    former = target.with_name(f".{target.name}.old")
    if former.exists():
        shutil.rmtree(former)
    if target.exists():
        target.rename(former)
    try:
        beside.rename(target)
    except OSError:
        if former.exists():
            former.rename(target)
        raise
    _sync(target.parent)
    if former.exists():
        shutil.rmtree(former)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_run(folder: Path) -> RunFolder | Problem:
    """Read a run back; a file that does not match the manifest, or is missing, is a problem."""
    try:
        text = (folder / "manifest.json").read_text(encoding="utf-8")
        manifest = json.loads(text)
        status = json.loads((folder / "status.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return NOT_WHOLE.at(None, path=folder, why=f"its manifest cannot be read ({type(error).__name__})")
    if hashlib.sha256(text.rstrip("\n").encode()).hexdigest() != status.get("run"):
        return NOT_WHOLE.at(None, path=folder, why="its manifest was changed")
    for name, digest in manifest["files"].items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            return NOT_WHOLE.at(None, path=folder / name, why="it is missing or was changed")
    tables = {n: pl.read_parquet(folder / f"{n}.parquet") for n in PARQUET}
    for name in CSV:
        tables[name] = _typed_csv(folder / f"{name}.csv", next(t for t in TABLES if t.name == name))
    return RunFolder(folder, {**manifest, "run": status["run"]}, tables)


def _typed_csv(path: Path, table: Table) -> pl.DataFrame:
    frame = pl.read_csv(path, infer_schema=False)
    casts = {"decimal": pl.Decimal(38, 12), "count": pl.UInt32, "date": pl.Date, "yes/no": pl.Boolean, "text": pl.String}
    columns = []
    for column in table.columns:
        c = pl.col(column.name)
        if column.type == "text":
            columns.append(c.fill_null("").str.replace("^'([=+\\-@\t\r＝])", "$1"))
        elif column.type == "date":
            columns.append(c.str.to_date("%Y-%m-%d"))
        else:
            columns.append(c.cast(casts[column.type]))
    return frame.select(columns)
