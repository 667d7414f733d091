"""Every fault of a plan is told once, at its character, with the edit that mends it; what is fine pays exactly so much."""

from __future__ import annotations

import contextlib
import re
import sys
import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from expression_faults import EXPRESSIONS
from plan_faults import FAULTS as PLAN_FAULTS
from small_plan import DEALS, MARK, PLAN, TYPES, PlanFault, tiers
from small_project import Fault, write_small

from commcalc.api import open_project
from commcalc.base.problem import Report
from commcalc.cli.entry import run as run_program
from commcalc.language.expression import ExpressionFault, parse_expression
from commcalc.language.tree import read_tree

FAULTS = (*PLAN_FAULTS, *EXPRESSIONS)
REFUSED = tuple(f for f in FAULTS if f.code and not f.warns)
ACCEPTED = tuple(f for f in FAULTS if f.pays is not None)
HEADER = DEALS.decode().split("\n")[0] + "\n"
IDS = {f"F{n}" for n in (*range(103, 136), 137, 138, 144, 145, 147, *range(148, 163))}


def write(folder: Path, fault: PlanFault) -> Path:
    """Write the project with this plan, its mark taken out."""
    write_small(folder, Fault(fault.name, {"deals": DEALS}, {"deals": TYPES}))
    raw = fault.text if isinstance(fault.text, bytes) else fault.text.replace(MARK, "").encode()
    (folder / "plans" / "sales.yaml").write_bytes(raw)
    for name, content in fault.files.items():
        (folder / "plans" / name).write_bytes(content)
    return folder


def places(fault: PlanFault) -> set[str]:
    """Return where the problem may be told: at the mark, or at one of the places written out."""
    if fault.place:
        return {p if ".csv" in p else f"sales.yaml:{p}" for p in fault.place.split(",")}
    assert isinstance(fault.text, str)
    before = fault.text[: fault.text.index(MARK)]
    return {f"sales.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"}


def told(report: Report) -> list[str]:
    return [f"{p.code} {p.place} {p.message} / {p.mend}" for p in report.sorted()]


@pytest.mark.parametrize("fault", REFUSED, ids=lambda f: f.name)
def test_a_fault_is_told_at_its_place(fault: PlanFault, tmp_path: Path) -> None:
    folder = write(tmp_path / "p", fault)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    report = open_project(folder).validate()
    wanted = {f"plans/{p}" for p in places(fault)}
    found = next((p for p in report.errors if p.code == fault.code and str(p.place) in wanted), None)
    assert found is not None, f"wanted {fault.code} at {wanted}, found {told(report)}"
    assert fault.says in found.message, found.message
    assert fault.mends in found.mend, found.mend
    assert sorted(p.code for p in report.errors) == sorted((fault.code, *fault.besides)), told(report)
    assert open_project(folder).calculate("2026-01").result is None
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("fault", ACCEPTED, ids=lambda f: f.name)
def test_what_is_accepted_pays_exactly_what_it_says(fault: PlanFault, tmp_path: Path) -> None:
    project = open_project(write(tmp_path / "p", fault))
    run = project.calculate("2026-01")
    assert run.result is not None, told(run.report)
    paid = {who: earned for who, earned in run.result.payouts.select("payee", "earned").iter_rows() if earned}
    assert fault.pays is not None
    assert paid == {who: Decimal(sum_) for who, sum_ in fault.pays.items() if Decimal(sum_)}
    listed = [f"{code} {deal or ''}".strip() for code, deal in run.result.exceptions.select("code", "deal").iter_rows()]
    assert sorted(listed) == sorted(fault.lists)
    if fault.warns:
        (warning,) = (p for p in run.report if p.severity == "warning")
        assert (warning.code, str(warning.place)) in {(fault.code, f"plans/{p}") for p in places(fault)}
        assert fault.says in warning.message
        assert fault.mends in warning.mend
    assert not project.verify(run).problems


def test_every_fault_of_the_list_has_an_entry() -> None:
    named = re.findall(r"def test_(f\d{3})_", Path(__file__).read_text("utf-8"))
    written = {f.name.split()[0] for f in FAULTS} | {n.upper() for n in named}
    assert written >= IDS, sorted(IDS - written)


@pytest.mark.parametrize("fault", REFUSED[::7], ids=lambda f: f.name)
def test_the_program_ends_with_1_and_writes_nothing(fault: PlanFault, tmp_path: Path, capfd, monkeypatch) -> None:
    folder = write(tmp_path / "p", fault)
    before = sorted(p for p in folder.rglob("*"))
    for arguments in (["validate", str(folder), "--format", "concise"], ["calculate", "--project", str(folder)]):
        monkeypatch.setattr(sys, "argv", ["commcalc", *arguments])
        with pytest.raises(SystemExit) as ended:
            run_program()
        shown = capfd.readouterr()
        assert ended.value.code == 1, shown
        assert fault.code in shown.out + shown.err
        assert "Traceback" not in shown.out + shown.err
    assert sorted(p for p in folder.rglob("*")) == before


def test_f147_a_newer_project_says_which_version_it_needs(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", PlanFault("F147", PLAN))
    file = folder / "commcalc.yaml"
    file.write_text(file.read_text("utf-8").replace("commcalc: '1'", "commcalc: 2"), "utf-8")
    (problem,) = open_project(folder).validate().errors
    assert (problem.code, str(problem.place)) == ("D002", "commcalc.yaml:1:11")
    assert "reads version 1" in problem.message
    assert problem.mend == "install a commcalc that reads version 2"


BOUNDS = [
    # apply, how the second tier starts at 100, paid for 99.99, for 100.00 and for 100.01: 5% below, 50% above
    ("marginal", "from", "5.00", "5.00", "5.01"),
    ("marginal", "above", "5.00", "5.00", "5.01"),
    ("retroactive", "from", "5.00", "50.00", "50.01"),
    ("retroactive", "above", "5.00", "5.00", "50.01"),
    ("period", "from", "5.00", "50.00", "50.01"),
    ("period", "above", "5.00", "5.00", "50.01"),
]


@pytest.mark.parametrize(("apply", "bound", "below", "at", "beyond"), BOUNDS)
def test_f135_a_bound_belongs_to_the_tier_that_says_from(apply, bound, below, at, beyond, tmp_path: Path) -> None:
    plan = tiers("from: 0, pay: 5%", f"{bound}: 100, pay: 50%", apply=apply)
    for sold, paid in (("99.99", below), ("100.00", at), ("100.01", beyond)):
        folder = write(tmp_path / sold, PlanFault("F135", plan))
        (folder / "data" / "deals.csv").write_text(f"{HEADER}D1,ann,2026-01-05,{sold},NO,1\n", "utf-8")
        run = open_project(folder).calculate("2026-01")
        assert run.result is not None, told(run.report)
        assert run.result.payouts.row(by_predicate=pl.col("payee") == "ann", named=True)["earned"] == Decimal(paid)


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.name.startswith("F114")], ids=lambda f: f.name)
def test_f114_a_bomb_is_refused_in_no_time_and_no_memory(fault: PlanFault) -> None:
    raw = str(fault.text).replace(MARK, "").encode()
    assert fastest(lambda: read_tree(raw, "sales.yaml")) < 0.05
    tracemalloc.start()
    read_tree(raw, "sales.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_f116_a_huge_plan_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", next(f for f in FAULTS if f.name.startswith("F116")))
    assert fastest(lambda: open_project(folder)) < 0.1
    tracemalloc.start()
    open_project(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("text", ["9**9**9", "10**1000000", "'a'*10**9", "(" * 100_000, "1+" * 500_000, "-" * 499 + "1"])
def test_f152_f155_a_bomb_in_an_expression_is_refused_in_no_time(text: str) -> None:
    with pytest.raises(ExpressionFault):
        parse_expression(text)

    def refused() -> None:
        with contextlib.suppress(ExpressionFault):
            parse_expression(text)

    assert fastest(refused) < 0.01


def fastest(call: Callable[[], object]) -> float:
    """Return the least time of three, in seconds: a busy machine slows some of them, never all."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)
