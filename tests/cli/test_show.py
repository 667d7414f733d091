"""Show writes a plan out as it holds: it reads back as the same plan, and names where each value stands."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from program import project_file
from typer.testing import CliRunner

from commcalc.api import open_project
from commcalc.cli.main import app
from commcalc.documents.plan_curves import Curve, curves_of
from commcalc.documents.plan_shown import lines_of, text_of
from commcalc.language.tree import read_tree
from commcalc.plan.load import load_plans, plan_files

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "plans", *sorted(ROOT.glob("examples/*/plans")), *sorted(ROOT.glob("tests/scenarios/*/plans"))]
HEIR = """plan: heir
extends: ae-commercial
title: "Heirs: of #1, they said"
components:
  new-business:
    multiply: remove
    accelerators: {by: attainment, apply: marginal, tiers: steps.csv}
  beacon-launch: remove
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "first-month", tmp_path, dirs_exist_ok=True)
    (tmp_path / "plans" / "heir.yaml").write_text(HEIR)
    (tmp_path / "plans" / "steps.csv").write_text("from,pay\n0%,1x\n100%,1.5x\n")
    return tmp_path


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_what_is_shown_reads_back_as_the_same_plan(folder: Path) -> None:
    loaded, report = load_plans(plan_files(folder), folder)
    assert report.errors == []
    for plan in loaded.plans:
        text = "\n".join(line.text for line in lines_of(plan))
        tree, found = read_tree(text.encode(), "shown.yaml")
        assert found.errors == []
        assert tree is not None
        assert tree.data() == plan.tree.replace_root(plan.tree.root).data()


def test_a_value_stands_with_its_file_and_line_and_reads_back_with_these_behind_it(project: Path) -> None:
    opened = open_project(project)
    assert opened.file is not None
    heir = next(p for p in opened.plans if p.plan.plan == "heir")
    page = text_of(heir, opened.file.model.readings, opened.file.tree)
    tree, found = read_tree(page.encode(), "shown.yaml")
    assert found.problems == []
    assert tree is not None
    assert tree.data() == heir.tree.data()
    lines = [" ".join(line.split()) for line in page.split("\n")]
    assert lines[0] == "plan: heir # plans/heir.yaml:1"
    assert 'title: "Heirs: of #1, they said" # plans/heir.yaml:3' in lines
    assert "rate: on-target # plans/ae-commercial.yaml:40" in lines
    assert "- {from: 100%, pay: 1.5x} # plans/steps.csv:3" in lines
    assert "# remainder: largest # commcalc.yaml:12" in lines
    assert "multiply" not in page
    assert page.split("\n\n")[2].split("\n") == [
        "# new-business: accelerators by attainment, marginal",
        "#   from 0%      1x  ██████████████████████████▌",
        "#   from 100%  1.5x  ████████████████████████████████████████",
        "#   paid in all, of target: 100% at 100%",
    ]


def test_a_script_has_each_value_by_its_path_and_what_brought_it_in(project: Path) -> None:
    done = CliRunner().invoke(app, ["show", "heir", "--project", str(project), "--format", "json"])
    assert done.exit_code == 0
    facts = json.loads(done.stdout)
    values = {tuple(v["path"]): (v["value"], v["place"], v["inherited_by"]) for v in facts["values"]}
    assert values["components", "new-business", "on"] == ("bookings", "plans/ae-commercial.yaml:39", "plans/heir.yaml:2")
    assert values["title",] == ("Heirs: of #1, they said", "plans/heir.yaml:3", None)
    assert set(facts["files"]) == {"plans/heir.yaml", "plans/ae-commercial.yaml"}
    assert {r["name"]: r["value"] for r in facts["readings"]}["round"] == "line"


def test_a_plan_that_there_is_not_is_told_with_the_nearest_name(project: Path) -> None:
    done = CliRunner().invoke(app, ["show", "hair", "--project", str(project)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "did you mean `heir`?" in done.stderr


PROJECT_FILE = project_file(types="product: text")
CURVES = """plan: curves
version: 2026.1
effective: 2026-01-01 .. 2026-12-31
currency: USD
payment: {every: month, ote: 100_000, mix: 50/50}
measures:
  bookings: {sum: amount, window: year, quota: own}
components:
  marginal:
    kind: commission
    target: 50% of variable
    on: bookings
    rate: on-target
    accelerators: {by: attainment, apply: marginal, tiers: [{from: 0%, pay: 1x}, {from: 100%, pay: 1.5x}, {above: 150%, pay: 2x}]}
  on-all:
    kind: commission
    on: bookings
    rate: {by: value, apply: retroactive, tiers: [{from: 0, pay: 1%}, {from: 1_000, pay: 3%}]}
    cap: {at: 500 USD, excess: forfeit}
  points:
    kind: bonus
    target: 50% of variable
    on: bookings
    payout: {by: attainment, between: linear, before: 0%, beyond: extend, points: {80%: 50%, 100%: 100%, 120%: 180%}}
  bands:
    kind: bonus
    on: bookings
    payout:
      by: attainment
      before: 0 USD
      fractions: count
      bands: [{from: 90%, pay: 500 USD}, {from: 100%, pay: 1_000 USD, per_point: 25 USD}]
  table: {kind: commission, on: bookings, rate: {by: product, rows: {a: 1%, any: 2%}}}
"""


def _curves(folder: Path) -> dict[str, Curve]:
    file = folder / "curves.yaml"
    file.write_text(CURVES)
    loaded, report = load_plans([file], folder)
    assert report.ok, [p.message for p in report]
    return {curve.component: curve for curve in curves_of(loaded.plans[0])}


def test_a_curve_is_what_is_paid_in_all_and_what_each_unit_adds(tmp_path: Path) -> None:
    curves = _curves(tmp_path)
    one = Decimal(1)
    stretches = {name: [(s.start, s.paid, s.slope) for s in curve.stretches] for name, curve in curves.items()}
    assert stretches == {
        "marginal": [(0, 0, 1), (one, one, Decimal("1.5")), (Decimal("1.5"), Decimal("1.75"), 2)],
        "on-all": [(0, 0, Decimal("0.01")), (1000, 30, Decimal("0.03"))],  # 10 just below a thousand
        "points": [
            (0, 0, 0),
            (Decimal("0.8"), Decimal("0.5"), Decimal("2.5")),  # 50% more over 20%
            (one, one, 4),
            (Decimal("1.2"), Decimal("1.8"), 4),
        ],
        "bands": [(0, 0, 0), (Decimal("0.9"), 500, 0), (1, 1000, 2500)],  # 25 for each of a hundred points
    }
    assert curves["on-all"].before(1) == 10
    assert (curves["on-all"].at(Decimal(999)), curves["on-all"].at(Decimal(1000))) == (Decimal("9.99"), 30)
    assert {name: curve.note for name, curve in curves.items()} == {
        "marginal": "",
        "on-all": "before caps",
        "points": "",
        "bands": "",
    }
    assert [(c.unit, c.shares) for c in curves.values()] == [("of target", True), ("", False), ("of target", True), ("", False)]


def test_the_picture_has_every_curve_and_is_the_same_every_time(tmp_path: Path) -> None:
    (tmp_path / "commcalc.yaml").write_text(PROJECT_FILE)
    (tmp_path / "plans").mkdir()
    _curves(tmp_path / "plans")
    files = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for file in files:
        found = CliRunner().invoke(app, ["show", "curves", "--project", str(tmp_path), "--svg", str(file)])
        assert found.exit_code == 0, found.output
    assert files[0].read_bytes() == files[1].read_bytes()
    root = ElementTree.fromstring(files[0].read_bytes())
    texts = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [t for t in texts if t in ("marginal", "on-all", "points", "bands", "table")] == [
        "marginal",
        "on-all",
        "points",
        "bands",
    ]
    assert {"1.5x", "3%", "175%", "150%", "2,500"} <= set(texts)
    shown = CliRunner().invoke(app, ["show", "curves", "--project", str(tmp_path)]).stdout
    assert "#   paid in all, of target: 100% at 100%, 175% at 150%\n" in shown
    assert "#   paid in all (before caps): 10 just below, then 30 at 1,000\n" in shown


def test_only_a_picture_is_written(tmp_path: Path) -> None:
    (tmp_path / "commcalc.yaml").write_text(PROJECT_FILE)
    (tmp_path / "plans").mkdir()
    _curves(tmp_path / "plans")
    found = CliRunner().invoke(app, ["show", "curves", "--project", str(tmp_path), "--svg", str(tmp_path / "plans/curves.yaml")])
    assert found.exit_code == 2 and (tmp_path / "plans/curves.yaml").read_text() == CURVES
