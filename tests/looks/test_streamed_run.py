"""A run of several parts goes to the disk while it is calculated: the same files, whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import commcalc
from commcalc.engine import parts
from commcalc.exports.run_folder import RunWriter, Written, write_run

EXAMPLE = Path(__file__).parents[2] / "examples" / "first-month"
PLAN_OF_ONE = "account-manager.yaml"  # its payees share nothing: a run of it alone has parts
PROGRAM = """
import resource, sys
from commcalc.engine import parts
from commcalc.cli.entry import run
parts.ROWS = 3
if sys.argv[1] != "-":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv = ["commcalc", "calculate", "--period", "2026-01", "-q"]
run()
"""


@pytest.fixture
def month(tmp_path: Path) -> Path:
    folder = tmp_path / "month"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("out", "*.test.yaml"))
    for plan in (folder / "plans").glob("*.yaml"):
        if plan.name != PLAN_OF_ONE:
            plan.unlink()
    people = (folder / "data" / "assignments.csv").read_text().splitlines(keepends=True)
    (folder / "data" / "assignments.csv").write_text("".join([people[0], *(x for x in people if "account-manager" in x)]))
    splits = folder / "data" / "splits.csv"
    splits.write_text(splits.read_text().splitlines(keepends=True)[0])
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted(folder.iterdir())}


def test_what_is_streamed_is_what_would_be_written_in_one_piece(month: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS", 3)
    whole = commcalc.open(month).calculate("2026-01")
    assert whole.result is not None and isinstance(write_run(whole.result, whole.manifest, month / "whole"), Written)
    with RunWriter(month / "streamed") as writer:
        run = commcalc.open(month).calculate("2026-01", kept=writer)
        assert run.result is not None and (month / "streamed" / ".2026-01.new" / "lines.parquet").exists()
        assert run.result.lines.equals(whole.result.lines)
        assert isinstance(writer.finish(run.result, run.manifest), Written)
        assert run.result.slices.equals(whole.result.slices)  # also after the folder took its place
    assert len(whole.result.lines) > 3
    assert _files(month / "streamed" / "2026-01") == _files(month / "whole" / "2026-01")


def test_a_run_that_is_not_finished_leaves_nothing(month: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS", 3)
    with pytest.raises(KeyboardInterrupt), RunWriter(month / "out") as writer:
        commcalc.open(month).calculate("2026-01", kept=writer)
        raise KeyboardInterrupt
    assert list((month / "out").iterdir()) == []


@pytest.mark.parametrize("room", [0, 1_000, 4_000])
def test_a_disk_that_is_full_on_the_way_leaves_the_former_run(month: Path, room: int) -> None:
    before = subprocess.run([sys.executable, "-c", PROGRAM, "-"], cwd=month, check=False, capture_output=True)
    assert before.returncode == 0, before.stderr
    former = _files(month / "out" / "2026-01")
    assert any(len(f) > room for f in former.values())
    found = subprocess.run([sys.executable, "-c", PROGRAM, str(room)], cwd=month, check=False, capture_output=True, timeout=60)
    assert (found.returncode, found.stdout) == (3, b"")
    told = b" ".join(found.stderr.split())
    assert told.startswith(b"error[O001]:") and b"Traceback" not in told
    assert b"File too large" in told or b"it could not be finished; is the disk full?" in told
    assert [f.name for f in (month / "out").iterdir()] == ["2026-01"]
    assert _files(month / "out" / "2026-01") == former
