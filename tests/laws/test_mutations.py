"""Verification can fail: an engine with one comparison turned round, or one slice lost, is found out and its line named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from on_disk import written
from worlds import World

SOURCE = Path(__file__).parents[2] / "src" / "commcalc"
PLAN: dict[str, Any] = {
    "plan": "rep",
    "version": "2026.1",
    "effective": "2026-01-01 .. 2026-12-31",
    "currency": "USD",
    "payment": {"every": "month", "negative": "carry"},
    "measures": {"sales": {"sum": "amount", "window": "month"}},
    "components": {
        "reached": {
            "kind": "commission",
            "on": "sales",
            "rate": {
                "by": "value",
                "apply": "retroactive",
                "tiers": [{"from": "0", "pay": "5%"}, {"from": "1_000", "pay": "10%"}],
            },
        },
        "sliced": {
            "kind": "commission",
            "on": "sales",
            "rate": {"by": "value", "apply": "marginal", "tiers": [{"from": "0", "pay": "5%"}, {"from": "600", "pay": "10%"}]},
        },
    },
}


@dataclass(frozen=True)
class Mutation:
    """A change of one place of the engine: the file, the text that must be there once, what takes its place, what is named."""

    name: str
    file: str
    anchor: str
    instead: str
    names: tuple[str, ...]


MUTATIONS = (
    Mutation(
        "a bound no longer belongs to the tier that starts there",
        "engine/rates/tiers.py",
        "reached = [value >= c if i else value > c for c, i in",
        "reached = [value > c if i else value > c for c, i in",
        ("P1", "component reached", "deal D1", "deal D2"),
    ),
    Mutation(
        "one slice is dropped",
        "engine/lines_out.py",
        'return slices.rename({"~n": "n"}).select(SLICES.names)',
        'return slices.rename({"~n": "n"}).select(SLICES.names).filter(pl.col("n") < 2)',
        ("P1", "component sliced", "deal D2", "slices"),
    ),
)


def project(folder: Path) -> Path:
    """One payee with two deals that reach the bound of 1,000 exactly; the second crosses 600."""
    deal = {"owner": "P1", "stage": "Won"}
    world = World(
        plans={"rep": PLAN},
        tables={
            "payees": [{"payee_id": "P1", "name": "Payee 1"}],
            "assignments": [{"payee_id": "P1", "plan": "rep", "from": date(2026, 1, 1)}],
            "deals": [
                {"deal_id": "D1", "amount": Decimal(400), "close_date": date(2026, 1, 5), **deal},
                {"deal_id": "D2", "amount": Decimal(600), "close_date": date(2026, 1, 6), **deal},
            ],
        },
        readings={"rounding": "half-up", "round": "line", "remainder": "largest", "split": "credit"},
        periods=["2026-01"],
    )
    return written(world, folder)


def verified(source: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `calculate --verify` with the program at `source`."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "COLUMNS")}
    command = [sys.executable, "-m", "commcalc", "calculate", "--period", "2026-01", "--verify"]
    environment = {**kept, "PYTHONPATH": str(source), "COLUMNS": "250", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_engine_as_it_is_passes(tmp_path: Path) -> None:
    done = verified(SOURCE.parent, project(tmp_path / "project"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verified" in done.stdout + done.stderr


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_a_changed_engine_is_found_out(mutation: Mutation, tmp_path: Path) -> None:
    shutil.copytree(SOURCE, tmp_path / "src" / "commcalc", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "src" / "commcalc" / mutation.file
    text = file.read_text(encoding="utf-8")
    assert text.count(mutation.anchor) == 1, f"{mutation.file} has changed: find the place again"
    file.write_text(text.replace(mutation.anchor, mutation.instead), encoding="utf-8")
    done = verified(tmp_path / "src", project(tmp_path / "project"))
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode not in (0, 1), said
    assert "Traceback" not in said
    assert [n for n in mutation.names if n not in said] == [], said
