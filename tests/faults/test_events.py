"""Faults that no table of bytes holds: pipes and devices, links, a file that changes while it is read, what many rows cost."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from small_project import FILES, HEADER, Fault, write_small
from typer.testing import CliRunner

from commcalc.api import Run, open_project
from commcalc.base.problem import Report
from commcalc.cli.main import app
from commcalc.inputs.csv_file import read_csv
from commcalc.inputs.model import ReadOptions

NUMBERS = ("F008", "F031", "F032", "F142")


def _calculated(folder: Path) -> tuple[Run, int]:
    run = open_project(folder).calculate("2026-01")
    done = CliRunner().invoke(app, ["calculate", "--project", str(folder), "--period", "2026-01"])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return run, done.exit_code


def _codes(report: Report) -> list[str]:
    return [p.code for p in report.errors]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
@pytest.mark.timeout(20)
def test_f032_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("F032", {}, {"deals": {"file": "data/pipe.csv"}}))
    os.mkfifo(folder / "data" / "pipe.csv")
    run, status = _calculated(folder)
    assert (run.result, status) == (None, 3)
    assert set(_codes(run.report)) == {"D005"}


@pytest.mark.parametrize("file", ["/dev/zero", "data/link.csv"])
@pytest.mark.timeout(20)
def test_f032_a_device_is_refused_and_not_read(tmp_path: Path, file: str) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no /dev/zero")
    folder = write_small(tmp_path / "p", Fault("F032", {}, {"deals": {"file": file}}))
    (folder / "data" / "link.csv").symlink_to("/dev/zero")
    run, status = _calculated(folder)
    assert (run.result, status) == (None, 3)
    assert set(_codes(run.report)) == {"D005"}


def test_f142_a_link_that_leads_out_is_refused_and_one_that_stays_inside_is_read(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("F142"))
    (tmp_path / "outside.csv").write_bytes(FILES["deals"])
    (folder / "data" / "deals.csv").unlink()
    (folder / "data" / "deals.csv").symlink_to(tmp_path / "outside.csv")
    run, status = _calculated(folder)
    assert (run.result, status) == (None, 1)
    assert set(_codes(run.report)) == {"D004"}
    (folder / "data" / "deals.csv").unlink()
    (folder / "data" / "inside.csv").write_bytes(FILES["deals"])
    (folder / "data" / "deals.csv").symlink_to("inside.csv")
    assert _calculated(folder)[0].result is not None


def test_f142_a_folder_that_is_a_link_out_is_refused(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("F142", {}, {"deals": {"file": "elsewhere/*.csv"}}))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "deals.csv").write_bytes(FILES["deals"])
    (folder / "elsewhere").symlink_to(tmp_path / "outside")
    run, status = _calculated(folder)
    assert (run.result, status) == (None, 1)
    assert set(_codes(run.report)) == {"D004"}


def test_f142_a_plan_that_is_a_link_out_is_refused(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("F142"))
    plan = folder / "plans" / "sales.yaml"
    plan.rename(tmp_path / "outside.yaml")
    plan.symlink_to(tmp_path / "outside.yaml")
    run, status = _calculated(folder)
    assert (run.result, status) == (None, 1)
    assert _codes(run.report) == ["P014"]


def test_f008_crlf_and_lf_files_give_the_same_rows(tmp_path: Path) -> None:
    crlf = {n: b.replace(b"\n", b"\r\n") for n, b in FILES.items()}
    one = open_project(write_small(tmp_path / "lf", Fault("F008"))).calculate("2026-01")
    other = open_project(write_small(tmp_path / "crlf", Fault("F008", crlf))).calculate("2026-01")
    assert one.inputs is not None and other.inputs is not None
    for name, frame in one.inputs.tables.items():
        assert frame.equals(other.inputs.tables[name])
    assert one.result is not None and other.result is not None
    assert one.result.lines.equals(other.result.lines)


class Growing(type(Path())):  # type: ignore[misc]
    """A file to which somebody else is still writing: it is longer once it has been read."""

    def read_bytes(self) -> bytes:
        """Return what is there, and let it grow."""
        found = super().read_bytes()
        with self.open("ab") as opened:
            opened.write(b"D9,ann,2026-01-05,1.00\n")
        return found


@pytest.mark.parametrize("content", [FILES["deals"], FILES["deals"] + b"D3,an", FILES["deals"] + b'D3,"an'])
def test_f031_a_file_that_grows_while_it_is_read_is_refused_for_that_alone(tmp_path: Path, content: bytes) -> None:
    path = Growing(tmp_path / "deals.csv")
    path.write_bytes(content)
    table, report = read_csv(path, "deals.csv", ReadOptions())
    assert table is None
    assert _codes(report) == ["D023"]


def test_f031_an_export_under_way_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"D{n},ann,2026-01-05,1.00\n" for n in range(400_000))
    folder = write_small(tmp_path / "p", Fault("F031", {"deals": (HEADER + rows).encode()}))
    over = threading.Event()

    def export() -> None:
        number = 400_000
        with (folder / "data" / "deals.csv").open("ab", buffering=0) as opened:
            while not over.wait(0.0005):
                number += 1
                opened.write(f"D{number},ann,2026-01-05,1.00\n".encode())

    writer = threading.Thread(target=export)
    writer.start()
    try:
        run = open_project(folder).calculate("2026-01")
    finally:
        over.set()
        writer.join()
    assert run.result is None
    assert _codes(run.report) == ["D023"]
