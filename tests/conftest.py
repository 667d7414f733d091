"""The program as a user has it: a wheel of these sources, built once a session and installed in an environment of its own."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
OURS = ("COMMCALC", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "PYTHONPATH")


@dataclass(frozen=True, slots=True)
class Installed:
    """The console script that the wheel installed, and the wheel."""

    script: Path
    wheel: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment without anything that would lead to the sources or change what is shown."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
        return {**kept, **more}

    def run(self, *arguments: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the script and return what it said; a traceback is never right."""
        done = subprocess.run(
            [self.script, *arguments], cwd=folder, env=self.environment(**more), capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return done


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The installed program; test processes side by side wait for the one that builds it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "installed"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _install(folder)
            (folder / "done").touch()
    return Installed(folder / "venv" / "bin" / "commcalc", next(folder.glob("*.whl")))


def _install(folder: Path) -> None:
    """Build and install without a network: the build tool and the dependencies are those of the running environment.

    Its packages are seen behind the new environment's own, so that `commcalc` there can only be the wheel's.
    """
    python = folder / "venv" / "bin" / "python"
    _done("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY))
    _done("-m", "venv", "--without-pip", str(folder / "venv"))
    wheel = next(folder.glob("*.whl"))
    _done("-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")


def _done(*arguments: str) -> None:
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    ran = subprocess.run([sys.executable, *arguments], env=kept, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
