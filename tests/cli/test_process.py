"""The program as a process: quick to come up, quiet when its reader goes, whole when it is stopped."""

from __future__ import annotations

import importlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from program import SOURCE, commcalc, environment

from commcalc.base.problem import Kind
from commcalc.cli import main
from commcalc.cli.catalogue import MODULES, kinds

PROBE = """
import sys
sys.argv = ["commcalc", *sys.argv[1:]]
from commcalc.cli.main import run
try:
    run()
except SystemExit as ending:
    assert not ending.code, ending.code
assert "polars" not in sys.modules, "polars was imported"
"""


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("calculate", "--help"), ("explain", "--help"), ("validate",)]
)
def test_help_and_validate_come_up_without_polars(arguments: tuple[str, ...], made: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], cwd=made, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_reader_that_goes_away_is_no_fault(made: Path) -> None:
    command = [sys.executable, "-m", "commcalc", "calculate", "--period", "2026-01", "--plan", "saas-ae", "--format", "json"]
    with subprocess.Popen(
        command, cwd=made, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode in (0, 1)


def test_a_full_disk_under_stdout_ends_with_3(made: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("w") as stdout:
        command = [sys.executable, "-m", "commcalc", "calculate", "--period", "2026-01", "--payee", "ann"]
        done = subprocess.run(command, cwd=made, env=environment(), stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_the_former_run_and_nothing_half_written(project: Path, number: int, status: int) -> None:
    out = project / "out"
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    for delay in (0.3, 0.6, 0.9):
        process = subprocess.Popen(
            [sys.executable, "-m", "commcalc", "calculate", "--period", "2026-01", "-q"],
            cwd=project,
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(delay)
        process.send_signal(number)
        _, said = process.communicate()
        assert process.returncode in (0, status, -number)  # -number: before the program itself had begun
        assert process.returncode == -number or "Traceback" not in said
        assert sorted(p.name for p in out.iterdir()) == ["2026-01"]
        if process.returncode:
            assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
        else:
            before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}


def test_a_fault_of_ours_ends_with_70_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise RuntimeError("secret amount 1,234.56")

    monkeypatch.setattr(main, "app", broken)
    monkeypatch.delenv("COMMCALC_DEBUG", raising=False)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ending:
            main.run()
    finally:
        signal.signal(signal.SIGTERM, before)
    said = capsys.readouterr().err
    assert ending.value.code == 70
    assert "RuntimeError" in said
    assert "1,234.56" not in said


def test_modules_beside_the_project_are_not_imported(made: Path, tmp_path: Path) -> None:
    done = commcalc("validate", "--format", "concise", str(made), folder=tmp_path)
    assert done.returncode == 0


def test_the_catalogue_holds_every_kind_of_problem_once() -> None:
    listed = kinds()
    for path in sorted((SOURCE / "commcalc").rglob("*.py")):
        if " = Kind(\n" not in path.read_text(encoding="utf-8"):
            continue
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        module = importlib.import_module(name)
        for kind in (v for v in vars(module).values() if isinstance(v, Kind)):
            assert listed.get(kind.code) is kind, f"{kind.code} of {name} is not in the catalogue (or its code is used twice)"
    assert len(MODULES) == len(set(MODULES))


def test_every_code_has_a_page_with_what_fails_and_what_works() -> None:
    for code, kind in kinds().items():
        assert kind.title, code
        assert "Fails:" in kind.page, code
        assert "Works:" in kind.page, code


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_last_step_comes_too_late_and_one_before_it_undoes_all(project: Path, number: int, status: int) -> None:
    for moment, ending in (("before", status), ("within", 0)):
        out = project / "out"
        was = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
        code = (
            "import contextlib, os, sys\n"
            "import commcalc.cli.calculate as verb, commcalc.exports.whole_folder as folder\n"
            f"number, moment = {int(number)}, {moment!r}\n"
            "step, swapped = verb.beyond_interrupts, folder._swapped\n"
            "@contextlib.contextmanager\n"
            "def before():\n"
            "    os.kill(os.getpid(), number)\n"
            "    with step():\n"
            "        yield\n"
            "def within(beside, target):\n"
            "    os.kill(os.getpid(), number)\n"
            "    swapped(beside, target)\n"
            "    os.kill(os.getpid(), number)\n"
            "if moment == 'before':\n    verb.beyond_interrupts = before\n"
            "else:\n    folder._swapped = within\n"
            "from commcalc.cli.main import run\n"
            "sys.argv = ['commcalc', 'calculate', '--period', '2026-01', '-q']\nrun()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=project, env=environment(), capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (ending, ""), moment
        assert sorted(p.name for p in out.iterdir()) == ["2026-01"]
        now = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
        if moment == "before":
            assert now == was
        else:
            assert (out / "2026-01" / "status.json").exists()
