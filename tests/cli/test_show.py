"""Show writes a plan out as it holds: it reads back as the same plan, and names where each value stands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commcalc.api import open_project
from commcalc.cli.main import app
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
