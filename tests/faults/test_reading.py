"""Every fault of a file that comes in: said at its place with its code, and nothing else; what is fine is taken as it stands."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from people_faults import CALENDARS, PEOPLE
from small_project import FILES, Fault, write_small
from structure_faults import STRUCTURE
from value_faults import VALUES

from commcalc.api import open_project
from commcalc.base.problem import Report
from commcalc.inputs.tables import Inputs

FAULTS = (*STRUCTURE, *VALUES, *PEOPLE, *CALENDARS)


def _read(folder: Path) -> tuple[Inputs | None, Report]:
    project = open_project(folder)
    report = Report([*project.report])
    if project.file is None or report.errors:
        return None, report
    inputs, found = project.check_data()
    report.extend(found)
    return inputs, report


def _matches(report: Report, says: tuple[str, ...]) -> bool:
    found = [(p.code, str(getattr(p.place, "row", getattr(p.place, "line", "")))) for p in report.errors]
    for wanted in says:
        code, _, line = wanted.partition(" ")
        hit = next((f for f in found if f[0] == code and line in ("", f[1])), None)
        if hit is None:
            return False
        found.remove(hit)
    return not found


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_fault(fault: Fault, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", fault)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    inputs, report = _read(folder)
    told = [f"{p.place} {p.code} {p.message} / {p.mend} / {p.count} / {' '.join(str(a) for a, _ in p.also)}" for p in report]
    assert _matches(report, fault.says), f"wanted {fault.says}, found {told}"
    if fault.says:
        assert inputs is None
    else:
        assert inputs is not None
        frame = inputs.tables["deals"]
        assert fault.rows is None or len(frame) == fault.rows
        if fault.amounts is not None:
            assert frame["amount"].to_list() == [Decimal(a) for a in fault.amounts]
        assert frame.schema["amount"] == pl.Decimal(38, 12)
        told += [f"!{c} {r} {m}" for c, r, m in inputs.exceptions.select("code", "reason", "mend").iter_rows()]
    for words in fault.shows:
        assert any(words in t for t in told), f"{words!r} is not in {told}"
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("F032", {}, {"deals": {"file": "data/pipe.csv"}}))
    os.mkfifo(folder / "data" / "pipe.csv")
    inputs, report = _read(folder)
    assert inputs is None
    assert [p.code for p in report.errors] == ["D005"]


def test_a_link_that_leads_out_is_refused_and_one_that_stays_inside_is_read(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("F142"))
    (tmp_path / "outside.csv").write_bytes(FILES["deals"])
    (folder / "data" / "deals.csv").unlink()
    (folder / "data" / "deals.csv").symlink_to(tmp_path / "outside.csv")
    assert [p.code for p in _read(folder)[1].errors] == ["D004"]
    (folder / "data" / "deals.csv").unlink()
    (folder / "data" / "inside.csv").write_bytes(FILES["deals"])
    (folder / "data" / "deals.csv").symlink_to("inside.csv")
    assert _read(folder)[0] is not None


def test_crlf_and_lf_files_give_the_same_rows(tmp_path: Path) -> None:
    crlf = {n: b.replace(b"\n", b"\r\n") for n, b in FILES.items()}
    one, _ = _read(write_small(tmp_path / "lf", Fault("F008")))
    other, _ = _read(write_small(tmp_path / "crlf", Fault("F008", crlf)))
    assert one is not None and other is not None
    for name, frame in one.tables.items():
        assert frame.equals(other.tables[name])


def test_every_problem_of_several_files_is_told_in_one_run(tmp_path: Path) -> None:
    files = {
        "deals": b"deal_id,owner,close_date,amount\nD1,ann,2026-01-05,$1\n",
        "payees": b"payee_id,name\nann,Ann\nann,Ann,x\n",
        "assignments": b"payee_id,plan\nann,sales\n",
    }
    _, report = _read(write_small(tmp_path / "p", Fault("all", files)))
    assert sorted(p.code for p in report.errors) == ["D015", "D018", "D031"]
