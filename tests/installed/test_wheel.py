"""The wheel is the whole program: what it installs begins a project, calculates, explains and writes statements."""

from __future__ import annotations

import csv
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "commcalc"
TEMPLATES = sorted(p.stem for p in (REPOSITORY / "plans").glob("*.yaml") if not p.stem.endswith(".test"))


def test_the_wheel_holds_every_file_of_the_program_and_every_template(installed: Any) -> None:
    held = set(zipfile.ZipFile(installed.wheel).namelist())
    ours = {f"commcalc/{p.relative_to(SOURCE)}" for p in SOURCE.rglob("*") if p.is_file() and p.suffix != ".pyc"}
    assert ours <= held
    assert {f"commcalc/library/{t}.yaml" for t in TEMPLATES} <= held


def test_what_runs_is_the_wheel_and_not_the_sources(installed: Any, tmp_path: Path) -> None:
    python = installed.script.parent / "python"
    code = "import commcalc.cli.entry as e; print(e.__file__)"
    command = [python, "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, env=installed.environment(), capture_output=True, text=True, check=True)
    assert Path(ran.stdout.strip()).is_relative_to(installed.script.parent.parent / "lib")


@pytest.mark.parametrize("template", TEMPLATES)
def test_init_in_an_empty_folder_gives_a_month_that_pays(installed: Any, template: str, tmp_path: Path) -> None:
    begun = installed.run("init", "--template", template, folder=tmp_path)
    assert begun.returncode == 0, begun.stderr
    assert (tmp_path / "plans" / f"{template}.yaml").read_bytes() == (REPOSITORY / "plans" / f"{template}.yaml").read_bytes()
    done = installed.run("calculate", "--period", "2026-01", "--verify", "--strict", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "NOT EQUAL" not in done.stdout
    assert "verified" in done.stderr
    assert installed.run("statements", folder=tmp_path).returncode == 0
    pages = sorted((tmp_path / "out" / "2026-01" / "statements").glob("*.html"))
    with (tmp_path / "data" / "assignments.csv").open(encoding="utf-8", newline="") as file:
        payees = sorted({row["payee_id"] for row in csv.DictReader(file)})
    assert payees
    assert len([p for p in pages if p.name != "index.html" and not p.name.endswith("-team.html")]) == len(payees)
    assert all("</html>" in p.read_text(encoding="utf-8") for p in pages)
    assert f"({payees[0]}) is paid" in installed.run("explain", "payee", payees[0], folder=tmp_path).stdout
