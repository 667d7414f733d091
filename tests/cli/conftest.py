from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from program import commcalc


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `init` writes it, with January calculated and its statements."""
    folder = tmp_path_factory.mktemp("made") / "plans of acme"
    for arguments in (("init", str(folder)), ("calculate", "--period", "2026-01"), ("statements",)):
        done = commcalc(*arguments, folder=folder if folder.exists() else folder.parent)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "project"))
