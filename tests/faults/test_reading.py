"""Every fault of a file that comes in: refused at its place with its code, listed as an exception, or paid as it stands."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from calculation_faults import CALCULATED
from crediting_faults import CREDITING
from currency_faults import CURRENCY
from neighbours import NEIGHBOURS
from people_faults import CALENDARS, PEOPLE
from small_project import Fault, write_small
from structure_faults import STRUCTURE
from typer.testing import CliRunner
from value_faults import VALUES

from commcalc.api import Run, open_project
from commcalc.base.problem import Problem, Report
from commcalc.cli.main import app

FAULTS = (*STRUCTURE, *VALUES, *PEOPLE, *CALENDARS, *CALCULATED, *CREDITING, *CURRENCY, *NEIGHBOURS)
FIRST = {f.name for f in {f.number: f for f in reversed(FAULTS) if f.pays is not None}.values()}
"""Of each number one that is paid is run to its end, files and all; what is refused always is."""
LONGEST = 600  # of a message: what a file says is cut


def _found(report: Report, severity: str) -> list[tuple[str, str]]:
    return [(p.code, _line(p)) for p in report.sorted() if p.severity == severity]


def _line(problem: Problem) -> str:
    """Return line and column of a problem's place, without the file and the deal."""
    return str(problem.place).partition(":")[2].partition(" (deal ")[0] if problem.place else ""


def _unlike(found: list[tuple[str, str]], wanted: tuple[str, ...]) -> str:
    """Return how the problems found differ from those that must be told."""
    left = list(found)
    for text in wanted:
        code, _, line = text.partition(" ")
        hit = next((f for f in left if f[0] == code and (not line or f[1] == line or f[1].startswith(f"{line}:"))), None)
        if hit is None:
            return f"{text} is not told; told is {found}"
        left.remove(hit)
    return f"told beside what is wanted: {left}" if left else ""


def _told(problem: Problem) -> str:
    return f"{problem.place} {problem.code} {problem.message} / {problem.mend} / {problem.count} / " + " ".join(
        f"{p} {label}" for p, label in problem.also
    )


def _paid(run: Run) -> dict[str, str]:
    assert run.result is not None
    rows = run.result.payouts.select("payee", "payable").iter_rows()
    return {payee: f"{amount:f}" for payee, amount in rows if amount}


def _same(paid: dict[str, str], wanted: str) -> bool:
    words = wanted.split()
    stated = {p: pl.Series([a]).cast(pl.Decimal(38, 12))[0] for p, a in zip(words[::2], words[1::2], strict=True)}
    return {p: pl.Series([a]).cast(pl.Decimal(38, 12))[0] for p, a in paid.items()} == stated


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_fault(fault: Fault, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", fault)
    former = folder / "out" / fault.period / "payouts.csv"
    former.parent.mkdir(parents=True)
    former.write_text("the former run\n")
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    project = open_project(folder)
    run = project.calculate(fault.period)
    told = [_told(p) for p in run.report]
    for problem in run.report:
        assert problem.place is not None, told
        assert problem.mend, told
        assert 0 < len(problem.message) <= LONGEST, told
        assert "{" not in problem.message.replace("`", "") or "{" in fault.name, told
    assert not _unlike(_found(run.report, "error"), fault.says), told
    assert not _unlike(_found(run.report, "warning"), fault.warns), told
    if fault.says:
        assert run.result is None
        assert fault.pays is None
    else:
        assert run.result is not None
        listed = [
            (r["code"], str(r["row"]), f"!{r['code']} {r['reason']} / {r['mend']} / {r['amount']}")
            for r in run.result.exceptions.to_dicts()
        ]
        told += [text for _, _, text in listed]
        assert not _unlike([(code, row) for code, row, _ in listed], fault.lists), told
        assert all(identity.holds for identity in run.result.identities)
        assert fault.pays is not None, f"pays is {_paid(run)}"
        assert _same(_paid(run), fault.pays), _paid(run)
        counts = {k: v for k, v in run.result.counts.items() if v and k not in ("rows", "credited", "left out by the mapping")}
        assert ", ".join(f"{k} {v}" for k, v in sorted(counts.items())) == fault.account
        if fault.amounts is not None:
            assert run.inputs is not None
            deals = run.inputs.tables["deals"]
            assert deals["amount"].to_list() == pl.Series(fault.amounts).cast(pl.Decimal(38, 12)).to_list()
    for words in fault.shows:
        assert any(words in t for t in told), f"{words!r} is not in {told}"

    if not fault.says and fault.name not in FIRST:
        return
    done = CliRunner().invoke(app, ["calculate", "--project", str(folder), "--period", fault.period], env={"COLUMNS": "200"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == (fault.status if fault.status is not None else 1 if fault.says else 0), done.output
    assert "Traceback" not in done.output
    if fault.says:
        assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
        for code, count in Counter(s.split(" ")[0] for s in fault.says).items():
            assert done.output.count(f"error[{code}]") == count, done.output
    else:
        assert former.read_text() != "the former run\n"
