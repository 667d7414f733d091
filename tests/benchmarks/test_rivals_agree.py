"""The rivals that need no other package pay what commcalc pays: a benchmark of two programs that pay differently says nothing."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from agreement import differences, pay_of_rival, pay_of_run
from make_data import Shape, write
from modes import KERNEL, PERIOD, PYTHON, Bench, Command, calculate
from processes import in_turn

ROWS = 2_000


def _paid(folder: Path, shape: Shape) -> Path:
    write(folder, shape)
    in_turn({"commcalc": calculate(folder)}, 1)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _paid(tmp_path_factory.mktemp("yardstick"), Shape(ROWS, payees=10))


@pytest.mark.parametrize("name", [PYTHON, KERNEL])
def test_a_rival_pays_every_payee_and_month_to_the_cent(project: Path, name: str, tmp_path: Path) -> None:
    rival = Bench(tmp_path, ROWS, 1).rival(name, project)
    in_turn({name: rival}, 1)
    assert rival.writes is not None
    ours = pay_of_run(project / "out" / PERIOD)
    assert len(ours) == 10 * 12  # all payees are paid in all months, so that nothing agrees by being empty
    assert differences(ours, pay_of_rival(rival.writes / "payouts.csv")) == []


def test_the_spiff_and_every_tier_are_paid(project: Path) -> None:
    import polars as pl

    run = project / "out" / PERIOD
    factors = set(pl.read_parquet(run / "slices.parquet")["factor"].drop_nulls())
    assert {Decimal("1.0"), Decimal("1.2"), Decimal("1.5")} <= factors
    launch = pl.read_parquet(run / "lines.parquet").filter(pl.col("component") == "launch")
    by_payee = dict(launch.group_by("payee").agg(pl.col("amount").sum()).iter_rows())
    deals = pl.read_csv(project / "data" / "deals.csv").filter(pl.col("product") == "Product 7")
    sold = dict(deals.group_by("owner").agg(pl.len()).iter_rows())
    assert max(sold.values()) > 5
    assert by_payee == {payee: 50 * min(5, count) for payee, count in sold.items()}


def test_many_commissions_that_divide_the_deals_pay_what_one_pays(project: Path, tmp_path: Path) -> None:
    many = _paid(tmp_path / "many", Shape(ROWS, payees=10, components=6))
    assert pay_of_run(many / "out" / PERIOD) == pay_of_run(project / "out" / PERIOD)


def test_a_difference_of_a_cent_is_named() -> None:
    one, other = {("ann", "2026-01"): Decimal("1.00")}, {("ann", "2026-01"): Decimal("1.01"), ("ben", "2026-01"): Decimal("0.00")}
    assert differences(one, other) == ["ann 2026-01: commcalc 1.00, here 1.01"]


def test_a_bad_row_is_refused_by_its_row_and_nothing_is_written(tmp_path: Path) -> None:
    write(tmp_path, Shape(ROWS, payees=10, bad_row=True))
    said = in_turn({"bad": calculate(tmp_path, ends=1)}, 1)["bad"].said
    assert f"deals.csv:{ROWS}:amount" in said
    assert not (tmp_path / "out").exists()


def test_a_command_that_ends_otherwise_than_it_must_is_not_measured(tmp_path: Path) -> None:
    failing = Command((sys.executable, "-c", "raise SystemExit(5)"))
    with pytest.raises(SystemExit, match="ended with 5, not 0"):
        in_turn({"failing": failing}, 1)


def test_the_same_arguments_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        words = (sys.executable, Path(__file__).parent / "make_data.py", tmp_path / name, "--rows", "500", "--payees", "20")
        subprocess.run(words, check=True)
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert len(files) == 6
    assert all((tmp_path / "one" / f).read_bytes() == (tmp_path / "two" / f).read_bytes() for f in files)
