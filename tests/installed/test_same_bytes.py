"""The same inputs give the same bytes: whatever the threads, hash seed, clock, language, folder, or order of the rows."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "first-month"
COPIES = 15  # of January's deals: enough rows for every thread to have some
PLAIN = {"POLARS_MAX_THREADS": "2", "PYTHONHASHSEED": "7", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
AROUND: tuple[Mapping[str, str], ...] = (
    {"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "0", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    {"POLARS_MAX_THREADS": "4", "PYTHONHASHSEED": "1", "TZ": "Etc/GMT+12", "LC_ALL": "tr_TR.UTF-8"},
    {"POLARS_MAX_THREADS": "2", "PYTHONHASHSEED": "42", "TZ": "Asia/Kolkata", "LC_ALL": "de_DE.UTF-8", "LANG": "ar_EG.UTF-8"},
)


def _project(folder: Path) -> Path:
    """Write the example with its January many times over, each copy a set of deals of its own."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("out"))
    january = folder / "data" / "deals" / "2026-01.csv"
    with january.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), list(reader.fieldnames or ())
    again = [
        {**row, "Id": f"{row['Id']}-{n}", "Returns": row["Returns"] and f"{row['Returns']}-{n}"}
        for n in range(1, COPIES)
        for row in rows
    ]
    _write(january, columns, rows + again)
    return folder


def _write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _files(out: Path) -> dict[str, bytes]:
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def _run(installed: Any, project: Path, folder: Path, environment: Mapping[str, str]) -> dict[str, bytes]:
    """Calculate two months and write statements; return every file of `out`."""
    where = ("--project", str(project))
    for verb in (("calculate", "-p", "2026-01"), ("calculate", "-p", "2026-02"), ("statements", "-p", "2026-02")):
        done = installed.run(*verb, *where, "-q", folder=folder, **environment)
        assert done.returncode == 0, done.stderr
    return _files(project / "out")


@pytest.fixture(scope="module")
def plain(installed: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    project = _project(tmp_path_factory.mktemp("plain") / "project")
    files = _run(installed, project, project, PLAIN)
    assert {f"2026-01/{n}" for n in ("lines.parquet", "lines.csv", "payouts.csv", "manifest.json", "status.json")} <= set(files)
    assert files["2026-01/lines.csv"].count(b"\n") > 1_000
    return files


@pytest.mark.parametrize("environment", AROUND, ids=lambda e: e["LC_ALL"])
def test_nothing_around_the_program_changes_a_byte(
    installed: Any, plain: dict[str, bytes], environment: Mapping[str, str], tmp_path: Path
) -> None:
    found = _run(installed, _project(tmp_path / "elsewhere"), tmp_path, environment)  # also another folder to stand in
    assert {n for n in found if found[n] != plain.get(n)} == set()
    assert found.keys() == plain.keys()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_rows_changes_nothing_but_what_names_a_row_of_the_file(
    installed: Any, plain: dict[str, bytes], seed: int, tmp_path: Path
) -> None:
    project = _project(tmp_path / "project")
    dice = random.Random(seed)
    for path in sorted((project / "data").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), list(reader.fieldnames or ())
        dice.shuffle(rows)
        _write(path, columns, rows)
    found = _run(installed, project, project, PLAIN)
    tables = {n for n in plain if n.endswith((".csv", ".parquet")) and "/statements/" not in n}
    assert {n for n in tables if found[n] != plain[n]} == {"2026-01/exceptions.csv", "2026-02/exceptions.csv"}
    for month in ("2026-01", "2026-02"):
        before, after = (_without_rows(files, month) for files in (plain, found))
        assert before == after


def _without_rows(files: Mapping[str, bytes], month: str) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Return a month's exceptions and manifest without what must follow the file: row numbers and digests; their ids do not."""
    rows = list(csv.DictReader(files[f"{month}/exceptions.csv"].decode().splitlines()))
    told = [{k: v for k, v in row.items() if k != "row"} for row in rows]
    manifest = json.loads(files[f"{month}/manifest.json"])
    del manifest["inputs"], manifest["files"]["exceptions.csv"]
    return sorted(told, key=lambda row: tuple(row.values())), manifest
