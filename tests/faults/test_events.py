"""Faults that no table of bytes holds: pipes and devices, links, a file that changes while it is read, what many rows cost."""

from __future__ import annotations

import json
import os
import time
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from small_project import FILES, HEADER, Fault, program, write_small
from test_reading import FAULTS
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

    def open(self, mode: str = "r", *arguments: object, **options: object) -> object:  # type: ignore[override]
        """Open what is there, and let it grow."""
        found = super().open(mode, *arguments, **options)  # type: ignore[arg-type]
        if mode == "rb":
            with super().open("ab") as opened:
                opened.write(b"D9,ann,2026-01-05,1.00\n")
        return found


@pytest.mark.parametrize("content", [FILES["deals"], FILES["deals"] + b"D3,an", FILES["deals"] + b'D3,"an'])
def test_f031_a_file_that_grows_while_it_is_read_is_refused_for_that_alone(tmp_path: Path, content: bytes) -> None:
    path = Growing(tmp_path / "deals.csv")
    path.write_bytes(content)
    table, report = read_csv(path, "deals.csv", ReadOptions())
    assert table is None
    assert _codes(report) == ["D023"]


FAULT_NUMBERS = tuple(
    f"F{n:03}" for n in (*range(1, 78), *range(79, 88), *range(89, 92), *range(100, 103), 142)
)  # fmt: skip


def test_every_fault_of_files_and_people_has_an_entry() -> None:
    entries = {f.number for f in FAULTS} | set(NUMBERS)
    assert sorted(set(FAULT_NUMBERS) - entries) == []
    names = Counter(f.name for f in FAULTS)
    assert [n for n, count in names.items() if count > 1] == []


SEEN = (  # of every family some, and every kind of ending
    "F001 byte order mark", "F007 terminal escape", "F012 header only", "F030 100,000 columns", "F032 a folder",
    "F042 euro sign", "F075 no owner at all", "F079 two plans at once", "F100 no quota", "F142 a path upwards", "no such file",
)  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_the_program_ends_as_it_should(name: str, tmp_path: Path) -> None:
    fault = next(f for f in FAULTS if f.name == name)
    folder = write_small(tmp_path / "p", fault)
    (folder / "out" / fault.period).mkdir(parents=True)
    (folder / "out" / fault.period / "payouts.csv").write_text("the former run\n")
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    done = program("calculate", "--period", fault.period, folder=folder)
    assert done.returncode == (fault.status or (1 if fault.says else 0)), done.stderr
    after = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert (after == before) == bool(fault.says)
    assert sorted(p.name for p in (folder / "out").iterdir()) == [fault.period]
    for text in fault.says:
        assert f"error[{text.split(' ')[0]}]" in done.stderr
        assert "mend: " in done.stderr
    for text in fault.lists:
        assert text.split(" ")[0] in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["F061 1900", "F062 more than a year after the period", "F076 a payee on no plan"])
def test_strict_makes_of_a_warning_and_an_exception_a_failure(name: str, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", next(f for f in FAULTS if f.name == name))
    assert program("calculate", "--period", "2026-01", folder=folder).returncode == 0
    assert program("calculate", "--period", "2026-01", "--strict", folder=folder).returncode == 1


def test_a_script_reads_what_is_wrong_as_json(tmp_path: Path) -> None:
    rows = "".join(f"D{i},ann,2026-01-05,$1\n" for i in range(1, 11))
    folder = write_small(tmp_path / "p", Fault("F042", {"deals": (HEADER + rows).encode()}))
    done = program("calculate", "--period", "2026-01", "--format", "json", folder=folder)
    assert (done.returncode, done.stdout) == (1, "")
    found = json.loads(done.stderr)["findings"]
    assert [(f["code"], f["file"], f["row"], f["column"], f["deal"], f["count"]) for f in found] == [
        ("D031", "data/deals.csv", 2, "amount", "D1", 10)
    ]
    assert [m["row"] for m in found[0]["more"]] == [3, 4, 5, 6, 7]


def test_of_many_findings_a_hundred_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    rows = "".join(f"p{n},sales,2026-01-01\np{n},sales,2026-02-01\n" for n in range(150))
    people = "".join(f"p{n},P\n" for n in range(150))
    files = {"payees": f"payee_id,name\n{people}".encode(), "assignments": f"payee_id,plan,from\n{rows}".encode()}
    done = program("calculate", "--period", "2026-01", folder=write_small(tmp_path / "p", Fault("F079", files)))
    assert done.returncode == 1
    assert done.stderr.count("error[D052]") == 100
    assert "and 50 more" in done.stderr
    assert "150 errors" in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_file_that_may_not_be_read_is_a_finding_of_the_environment(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("D008"))
    (folder / "data" / "deals.csv").chmod(0)
    run, status = _calculated(folder)
    assert (_codes(run.report), status) == (["D008"], 3)


def test_what_was_accepted_with_a_change_stands_in_the_manifest(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + FILES["deals"].replace(b"\n", b"\r\n").replace(b"amount", b"amount,note,z").replace(
        b"0\r", b"0,a,b\r"
    )
    folder = write_small(tmp_path / "p", Fault("F001", {"deals": content + b"\r\n"}))
    assert program("calculate", "--period", "2026-01", folder=folder).returncode == 0
    notes = json.loads((folder / "out" / "2026-01" / "manifest.json").read_text())["notes"]
    assert notes == [
        "data/deals.csv: byte order mark dropped",
        "data/deals.csv: CRLF line ends",
        "data/deals.csv: 1 blank lines skipped",
        "deals: further columns: note, z",
    ]


def test_odd_ids_are_escaped_in_what_people_read(tmp_path: Path) -> None:
    fault = next(f for f in FAULTS if f.name == "F069 odd ids")
    folder = write_small(tmp_path / "p", fault)
    assert program("calculate", "--period", "2026-01", folder=folder).returncode == 0
    lines = (folder / "out" / "2026-01" / "lines.csv").read_text()
    assert ",'=1+1," in lines
    assert ",=1+1," not in lines


@pytest.mark.parametrize("name", ["F029 a field of 10 MB", "F029 a quoted field of 10 MB", "F030 100,000 columns"])
def test_what_is_over_a_limit_costs_little_time_and_memory(name: str, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", next(f for f in FAULTS if f.name == name))
    project = open_project(folder)
    project.calculate("2026-01")
    tracemalloc.start()
    begun = time.process_time()
    project.calculate("2026-01")
    spent = time.process_time() - begun
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert spent < 5
    assert most < 200 * 2**20
