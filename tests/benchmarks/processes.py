"""Whole processes measured in turn: wall time and peak memory of each, so that what the machine does else falls on all alike."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from resource import struct_rusage
from statistics import median

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once, as the libraries beside it are
TO_GIB = 2**20  # the system counts kibibytes


@dataclass(frozen=True, slots=True)
class Command:
    """What is run, the folder that it writes (emptied before), and how it must end."""

    words: tuple[str, ...]
    writes: Path | None = None
    ends: int = 0


@dataclass(slots=True)
class Measured:
    """All rounds of one command: seconds, those of all processors, and gibibytes at the peak."""

    seconds: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    said: str = ""  # the last round's messages

    @property
    def middle(self) -> float:
        """The median of the seconds."""
        return median(self.seconds)

    @property
    def work(self) -> float:
        """The median of the seconds of all processors: steadier than the clock where others use the machine."""
        return median(self.worked)

    @property
    def peak(self) -> float:
        """The highest peak of any round."""
        return max(self.peaks)


def python(*words: str | Path) -> tuple[str, ...]:
    """Return the words that start this Python with a script or `-m module`."""
    return (sys.executable, *map(str, words))


def in_turn(commands: Mapping[str, Command], rounds: int, warm_up: int = 0) -> dict[str, Measured]:
    """Run all commands one after the other, `rounds` times over; the first `warm_up` rounds do not count."""
    found = {name: Measured() for name in commands}
    for number in range(-warm_up, rounds):
        for name, command in commands.items():
            seconds, used, said = _taken(name, command)
            if number >= 0:
                one = found[name]
                one.seconds.append(seconds)
                one.worked.append(used.ru_utime + used.ru_stime)
                one.peaks.append(used.ru_maxrss / TO_GIB)
                one.said = said
                about = f"{seconds:.2f} s, {one.worked[-1]:.2f} s of processors, {one.peaks[-1]:.2f} GiB"
                print(f"  round {number + 1}: {name}: {about}", file=sys.stderr)
    return found


def _taken(name: str, command: Command) -> tuple[float, struct_rusage, str]:
    """Run once. This process stays small: the system hands its memory down into the peak of what it starts."""
    if command.writes is not None:
        shutil.rmtree(command.writes, ignore_errors=True)
    os.sync()  # what the one before wrote is not written in this one's time
    with tempfile.TemporaryFile() as messages:
        begun = time.perf_counter()
        process = subprocess.Popen(command.words, stdout=subprocess.DEVNULL, stderr=messages, env=ENVIRONMENT)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        messages.seek(0)
        said = messages.read().decode(errors="replace")
    if process.returncode != command.ends:
        raise SystemExit(f"{name} ended with {process.returncode}, not {command.ends}: {said[-2000:]}")
    return seconds, used, said
