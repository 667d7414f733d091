"""Small runs start soon: they load only what they show, and work with as many threads as pay."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from program import commcalc, environment

LOADED = """
import sys
asked, sys.argv = sys.argv[1].split(","), ["commcalc", *sys.argv[2:]]
from commcalc.cli.main import run
try:
    run()
except SystemExit:
    pass
print(*(name for name in asked if name in sys.modules), file=sys.stderr)
"""
THREADS = """
import sys
sys.argv = ["commcalc", *sys.argv[1:]]
from commcalc.cli import threads
threads.SMALL = {small}
from commcalc.cli.main import run
try:
    run()
except SystemExit:
    pass
import polars
print(polars.thread_pool_size(), file=sys.stderr)
"""
CALCULATE = ("calculate", "--period", "2026-01", "--quiet")


def _told(code: str, *arguments: str, folder: Path, **more: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, env=environment(**more), capture_output=True, text=True, check=True
    )
    return done.stderr.splitlines()[-1].split()


def test_help_loads_nothing_of_the_plan_language(project: Path) -> None:
    assert _told(LOADED, "yaml,pydantic,commcalc.plan.model", "--help", folder=project) == []


def test_what_is_written_to_a_pipe_is_written_without_what_draws(project: Path) -> None:
    assert _told(LOADED, "rich.console,polars", "validate", "--format", "concise", folder=project) == []
    assert _told(LOADED, "rich.console,commcalc.studies.why_not", *CALCULATE, folder=project) == []


def test_colours_that_are_asked_for_are_drawn_in_a_pipe_and_say_the_same(project: Path) -> None:
    plan = next((project / "plans").glob("*.yaml"))
    plan.write_text(plan.read_text(encoding="utf-8") + "\nnonsense: [Überstunden]\n", encoding="utf-8")
    plain = commcalc("validate", folder=project)
    drawn = commcalc("validate", folder=project, FORCE_COLOR="1", TERM="xterm-256color")
    assert plain.returncode == drawn.returncode == 1
    assert "\x1b[" in drawn.stdout
    assert "\x1b[" not in plain.stdout
    shown = re.sub(r"\x1b\[[0-9;]*m", "", drawn.stdout)
    assert shown == plain.stdout


@pytest.mark.parametrize(("small", "more", "expected"), [(2_000_000, {}, "1"), (0, {}, None), (2_000_000, {"asked": "3"}, "3")])
def test_a_small_run_takes_one_thread_unless_the_environment_says_how_many(
    project: Path, small: int, more: dict[str, str], expected: str | None
) -> None:
    import polars as pl

    asked = {"POLARS_MAX_THREADS": more["asked"]} if more else {}
    told = _told(THREADS.replace("{small}", str(small)), *CALCULATE, folder=project, **asked)
    assert told == [expected or str(pl.thread_pool_size())]


def test_the_threads_of_a_run_change_none_of_its_bytes(project: Path) -> None:
    found = []
    for threads in ("1", "4"):
        assert commcalc(*CALCULATE, folder=project, POLARS_MAX_THREADS=threads).returncode == 0
        files = sorted(p for p in (project / "out").rglob("*") if p.is_file())
        found.append([(p.name, p.read_bytes()) for p in files])
    assert found[0] == found[1]
