"""The run folder: whole or not at all, the same bytes, for its owner only, and never through a link."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from made_run import LINE, MANIFEST, frame, one_of_each, payout, result, written

from commcalc.base.problem import Problem
from commcalc.exports.run_folder import Written, read_run, write_run
from commcalc.exports.whole_folder import new_file, written_whole

FORMULAS = ("=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_a_run_read_back_is_the_run_that_was_written(tmp_path: Path) -> None:
    made = one_of_each()
    run = written(made, tmp_path / "out")
    for name in ("lines", "slices", "credits", "measures", "payments", "payouts", "exceptions", "left_out"):
        assert run.tables[name].equals(getattr(made, name)), name


def test_the_same_run_has_the_same_bytes_at_any_number_of_threads(tmp_path: Path) -> None:
    script = "import sys; sys.path.insert(0, sys.argv[2])\nfrom made_run import *\nwritten(one_of_each(), Path(sys.argv[1]))"
    for threads in ("1", "2"):
        environment = {**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": threads, "TZ": "Asia/Tokyo"}
        command = [sys.executable, "-c", script, str(tmp_path / threads), str(Path(__file__).parent)]
        subprocess.run(command, check=True, env=environment)
    assert _bytes(tmp_path / "1" / "2026-01") == _bytes(tmp_path / "2" / "2026-01")


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_it_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        run = written(one_of_each(), tmp_path / "out")
    finally:
        os.umask(before)
    for path in (run.folder.parent, run.folder, *run.folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_and_every_text_comes_back(tmp_path: Path, text: str) -> None:
    made = result(payouts=[payout("ann", text, "1.00")], lines=[{**LINE, "id": "L-A", "deal": text}])
    run = written(made, tmp_path / "out")
    assert (run.folder / "payouts.csv").read_text(encoding="utf-8").count(f"'{text.splitlines()[0]}") == 1
    assert f"'{text.splitlines()[0]}" in (run.folder / "lines.csv").read_text(encoding="utf-8")
    assert run.tables["payouts"]["name"].to_list() == [text]


def test_amounts_have_the_decimals_of_their_own_currency(tmp_path: Path) -> None:
    yen = {"currency": "JPY"}
    dinar = {"currency": "KWD"}
    rows = [payout("a", "A", "-1200", **yen), payout("b", "B", "1.005", **dinar), payout("c", "C", "0")]
    run = written(result(payouts=rows), tmp_path / "out")
    amounts = [line.split(",")[-1] for line in (run.folder / "payouts.csv").read_text().splitlines()[1:]]
    assert amounts == ["-1200", "1.005", "0.00"]


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").symlink_to(elsewhere)
    found = write_run(one_of_each(), MANIFEST, tmp_path / "out")
    assert isinstance(found, Problem)
    assert found.code == "O002"
    (tmp_path / "out").unlink()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "2026-01").symlink_to(elsewhere)
    found = write_run(one_of_each(), MANIFEST, tmp_path / "out")
    assert isinstance(found, Problem)
    assert found.code == "O002"
    assert list(elsewhere.iterdir()) == []


def test_a_run_is_never_written_over_its_inputs(tmp_path: Path) -> None:
    found = write_run(one_of_each(), {**MANIFEST, "inputs": {"out/deals.csv": ""}}, tmp_path / "out")
    assert isinstance(found, Problem)
    assert found.code == "O003"
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "2026-01").write_text("mine")
    found = write_run(one_of_each(), MANIFEST, tmp_path / "out")
    assert isinstance(found, Problem)
    assert found.code == "O005"
    assert (tmp_path / "out" / "2026-01").read_text() == "mine"


@pytest.mark.parametrize("file", ["payouts.csv", "lines.parquet", "manifest.json", "status.json"])
def test_a_file_changed_afterwards_is_found(tmp_path: Path, file: str) -> None:
    run = written(one_of_each(), tmp_path / "out")
    (run.folder / file).write_bytes((run.folder / file).read_bytes().replace(b"1", b"3"))
    found = read_run(run.folder)
    assert isinstance(found, Problem)
    assert found.code == "O004"


def test_a_new_run_takes_the_place_of_the_former_one_with_its_statements(tmp_path: Path) -> None:
    run = written(one_of_each(), tmp_path / "out")
    (run.folder / "statements").mkdir()
    before = run.manifest["run"]
    again = write_run(result(payouts=[payout("ann", "Ann", "1.00")]), MANIFEST, tmp_path / "out")
    assert isinstance(again, Written)
    assert again.digest != before
    assert not (run.folder / "statements").exists()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["2026-01"]


def test_a_failure_while_writing_leaves_the_former_run_as_it_was(tmp_path: Path) -> None:
    target = written(one_of_each(), tmp_path / "out").folder
    before = _bytes(target)
    for stop in (OSError("no space"), KeyboardInterrupt(), SystemExit(143)):
        with pytest.raises(type(stop)), written_whole(target) as folder:
            new_file(folder / "payouts.csv")
            raise stop
        assert _bytes(target) == before
        assert sorted(p.name for p in target.parent.iterdir()) == ["2026-01"]


def test_a_kill_between_the_two_renames_leaves_the_former_run(tmp_path: Path) -> None:
    target = written(one_of_each(), tmp_path / "out").folder
    before = _bytes(target)
    target.rename(target.with_name(".2026-01.old"))
    target.with_name(".2026-01.new").mkdir()
    assert not isinstance(read_run(target), Problem)
    assert _bytes(target) == before
    assert isinstance(write_run(one_of_each(), MANIFEST, tmp_path / "out"), Written)
    assert sorted(p.name for p in target.parent.iterdir()) == ["2026-01"]


def test_what_the_system_refuses_is_a_problem_and_changes_nothing(tmp_path: Path) -> None:
    target = written(one_of_each(), tmp_path / "out").folder
    before = _bytes(target)
    target.with_name(".2026-01.new").write_text("in the way")
    found = write_run(one_of_each(), MANIFEST, tmp_path / "out")
    assert isinstance(found, Problem)
    assert found.code == "O001"
    assert _bytes(target) == before


def test_the_frames_of_these_tests_have_the_columns_of_the_result() -> None:
    assert frame("lines", [LINE])["amount"].to_list() == [Decimal(2000)]
