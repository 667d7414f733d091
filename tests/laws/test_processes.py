"""Laws that want the whole program: any number of threads writes the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from on_disk import written
from table_making import made_world

SOURCE = Path(__file__).parents[2] / "src"


def calculated(folder: Path, threads: str, period: str) -> dict[str, bytes]:
    """The files of a run made with so many threads."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "POLARS_MAX_THREADS": threads}
    command = [sys.executable, "-m", "commcalc", "calculate", "--period", period]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted((folder / "out").rglob("*")) if p.is_file()}


@pytest.mark.parametrize("seed", [3, 11])
def test_one_thread_and_two_write_the_same_bytes(seed: int, tmp_path: Path) -> None:
    world = made_world(seed)
    folder = written(world, tmp_path / "project")
    one = calculated(folder, "1", world.periods[0])
    shutil.rmtree(folder / "out")
    assert one
    assert one == calculated(folder, "2", world.periods[0])
