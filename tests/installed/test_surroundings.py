"""Whatever is around the program: signals, a reader that leaves, no home, a narrow terminal, foreign modules, optimized Python."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "first-month"
JANUARY = ("calculate", "--period", "2026-01")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "project", ignore=shutil.ignore_patterns("out")))


def _begun(installed: Any, project: Path) -> subprocess.Popen[str]:
    command = [installed.script, *JANUARY, "--quiet"]
    return subprocess.Popen(command, cwd=project, env=installed.environment(), stderr=subprocess.PIPE, text=True)


def _everything(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_run_is_written_leaves_no_trace_of_it(installed: Any, project: Path, number: int, status: int) -> None:
    inputs = _everything(project)
    process = _begun(installed, project)
    beside = project / "out" / ".2026-01.new"
    while process.poll() is None and not beside.exists():
        time.sleep(0.0002)
    process.send_signal(number)
    _, said = process.communicate()
    assert "Traceback" not in said
    left = _everything(project) - inputs
    if process.returncode == 0:  # it was quicker than the signal: then the run is whole
        assert {"out/2026-01/manifest.json", "out/2026-01/status.json"} <= left
        assert not any(".2026-01" in name for name in left)
        return
    assert process.returncode == status
    assert left <= {"out"}


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_at_any_moment_ends_the_program_and_leaves_the_folder_as_it_was(
    installed: Any, project: Path, number: int, status: int
) -> None:
    inputs = _everything(project)
    begun = time.monotonic()
    assert _begun(installed, project).wait() == 0
    took = time.monotonic() - begun
    stopped = 0
    for part in (0.3, 0.6, 0.8):
        shutil.rmtree(project / "out", ignore_errors=True)
        process = _begun(installed, project)
        time.sleep(took * part)
        process.send_signal(number)
        _, said = process.communicate()
        assert process.returncode in (0, status, -number)  # -number: Python itself had not begun
        if process.returncode:
            stopped += 1
            assert process.returncode == -number or not said, said
            left = _everything(project) - inputs
            whole = (project / "out" / "2026-01" / "status.json").exists()  # the signal came after the run was in its place
            assert whole or left <= {"out"}, left
            assert not [p for p in left if "/." in p], left
    assert stopped, "no signal came in time"


def test_a_reader_that_has_seen_enough_is_no_fault(installed: Any, project: Path) -> None:
    shown = f"set -o pipefail; {installed.script} calculate --period 2026-01 --format json | head -1"
    done = subprocess.run(
        ["bash", "-c", shown], cwd=project, env=installed.environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout == "{\n"
    assert "Broken" not in done.stderr
    assert "Traceback" not in done.stderr
    assert (project / "out" / "2026-01" / "manifest.json").exists()


def test_every_amount_is_whole_at_any_width_and_without_colours(installed: Any, project: Path) -> None:
    payouts = installed.run(*JANUARY, "--format", "json", folder=project).stdout
    amounts = {f"{Decimal(a):,.2f}" for a in _amounts(payouts)}
    assert len(amounts) > 25
    for more in ({"COLUMNS": "20", "NO_COLOR": "1"}, {"COLUMNS": "40"}, {"COLUMNS": "60"}, {"COLUMNS": "80"}):
        done = installed.run(*JANUARY, folder=project, **more)
        assert {a for a in amounts if a not in done.stdout.split()} == set(), more
        assert "\x1b" not in done.stdout + done.stderr


def _amounts(text: str) -> list[str]:
    return [row[k] for row in json.loads(text)["payouts"] for k in ("base", "earned", "payable")]


def test_without_a_home_or_a_place_for_temporary_files_it_works(installed: Any, project: Path, tmp_path: Path) -> None:
    kept = {k: v for k, v in installed.environment().items() if k not in ("HOME", "TMPDIR", "USER", "XDG_CACHE_HOME")}
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    for more in ({}, {"HOME": "/nonexistent"}, {"HOME": str(locked), "TMPDIR": str(locked), "XDG_CACHE_HOME": str(locked)}):
        command = [installed.script, *JANUARY, "--quiet"]
        done = subprocess.run(command, cwd=project, env={**kept, **more}, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), more
    assert list(locked.iterdir()) == []


@pytest.mark.parametrize("name", ["yaml", "polars", "typer", "json", "commcalc", "site"])
def test_a_module_in_the_working_folder_is_not_run(installed: Any, project: Path, name: str) -> None:
    (project / f"{name}.py").write_text("from pathlib import Path\nPath('was-run').touch()\nraise SystemExit(99)\n")
    assert installed.run("validate", "--data", folder=project).returncode == 0
    assert not (project / "was-run").exists()


def test_optimized_python_calculates_the_same_bytes_and_refuses_the_same_inputs(installed: Any, project: Path) -> None:
    found = []
    for more in ({}, {"PYTHONOPTIMIZE": "2"}):
        done = installed.run(*JANUARY, folder=project, **more)
        assert done.returncode == 0
        out = project / "out" / "2026-01"
        files = {p.name: p.read_bytes() for p in out.iterdir()}
        (out / "payouts.csv").write_bytes(files["payouts.csv"].replace(b"16928.58", b"16928.59"))
        changed = installed.run("statements", "--period", "2026-01", folder=project, **more)
        assert changed.returncode == 1
        deals = project / "data" / "deals" / "2026-01.csv"
        good = deals.read_bytes()
        deals.write_bytes(good + good.splitlines()[-1] + b"\n" + b"B-9,Acme,E101,Closed Won,new,Ledger,12,1e3,2026-13-01,\n")
        refused = installed.run(*JANUARY, folder=project, **more)
        assert refused.returncode == 1
        deals.write_bytes(good)
        found.append((done.stdout, done.stderr, files, changed.stderr, refused.stdout, refused.stderr))
    assert found[0] == found[1]


def test_figures_that_must_agree_and_do_not_are_told_apart_without_asserts() -> None:
    code = (
        "from decimal import Decimal\nfrom commcalc.engine.result import Identity\nfrom commcalc.engine.run import _broken\n"
        "one = Identity('lines', Decimal('1.00'), Decimal('1.01'))\n"
        "print(__debug__, one.holds, _broken(one).severity)"
    )
    source = str(Path(__file__).parents[2] / "src")
    ran = subprocess.run(
        [sys.executable, "-OO", "-c", code], env={**os.environ, "PYTHONPATH": source}, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["False", "False", "error"]
