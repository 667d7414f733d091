from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest
import yaml
from build_server import HOOK, NO_REGISTRY, Runner
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


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A machine on which the action's own step installed commcalc; test processes side by side wait for the one that does."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "runner"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "said").exists():
            (folder / "said").write_text(_installed(Runner(folder)))
    if why := (folder / "said").read_text():
        pytest.skip(f"packages cannot be installed here: {why}")
    assert (folder / "path").read_text().split() == [f"{folder}/temp/commcalc/bin"]
    return Runner(folder)


def _installed(runner: Runner) -> str:
    """Run the action's step; return why packages cannot be installed here, else nothing."""
    for name in ("home", "temp"):
        (runner.folder / name).mkdir(exist_ok=True)
    home = Path.home() / ".config" / "pip" / "pip.conf"
    done = runner.step("Install commcalc", runner.folder, {}, **({"PIP_CONFIG_FILE": str(home)} if home.is_file() else {}))
    if done.returncode and any(sign in done.stderr for sign in NO_REGISTRY):
        return done.stderr.strip().splitlines()[-1]
    assert done.returncode == 0, done.stdout + done.stderr
    return ""


@pytest.fixture
def clone(runner: Runner, tmp_path: Path) -> Path:
    """A fresh clone of a repository of plans; the pay data, which git does not know, is not in it."""
    repository, clone = tmp_path / "origin", tmp_path / "clone"
    assert runner.run("commcalc", "init", str(repository), at=tmp_path).returncode == 0
    local = {"repos": [{"repo": "local", "hooks": [{**HOOK, "language": "system"}]}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(local))
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "plans"), ("clone", "-q", str(repository), str(clone))):
        done = runner.run("git", *command, at=repository)
        assert done.returncode == 0, done.stderr
    assert not (clone / "data").exists()
    return clone
