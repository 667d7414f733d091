"""The recipes for build servers do what they promise: a wrong plan is refused, in a fresh clone, with nothing set up at home."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from build_server import ACTION, HOOK, NO_REGISTRY, ROOT, Runner, tool

RECIPES = dict(
    re.findall(r"<!-- ([a-z-]+) -->\n```\w+\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), re.DOTALL)
)


def spoil(clone: Path) -> str:
    plan = clone / "plans" / "saas-ae.yaml"
    text = plan.read_text()
    plan.write_text(text.replace("from: 100%", "from: 10O%"))
    return text


@pytest.mark.parametrize("by", ["pre-commit", "a hook of one's own"])
def test_a_commit_with_a_wrong_plan_is_refused_and_a_mended_one_is_taken(runner: Runner, clone: Path, by: str) -> None:
    if by == "pre-commit":
        assert runner.run(tool("pre-commit"), "install", at=clone).returncode == 0
    else:
        hook = clone / ".git" / "hooks" / "pre-commit"
        hook.write_text(RECIPES["hook"])
        hook.chmod(0o755)
    first = runner.run("git", "rev-parse", "HEAD", at=clone).stdout
    good = spoil(clone)
    refused = runner.run("git", "commit", "-qam", "faster above quota", at=clone)
    assert refused.returncode != 0
    assert "plans/saas-ae.yaml:36:" in refused.stdout + refused.stderr
    assert "mend: " in refused.stdout + refused.stderr
    assert runner.run("git", "rev-parse", "HEAD", at=clone).stdout == first
    (clone / "plans" / "saas-ae.yaml").write_text(good.replace("pay: 1.5x", "pay: 1.6x"))
    taken = runner.run("git", "commit", "-qam", "faster above quota", at=clone)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert runner.run("git", "rev-parse", "HEAD", at=clone).stdout != first


def test_the_recipe_as_it_stands_refuses_a_wrong_plan(runner: Runner, clone: Path) -> None:
    ours = clone.parent / "commcalc"  # the repository as others have it: a commit with a tag
    shutil.copytree(ROOT, ours, ignore=shutil.ignore_patterns(".git", ".venv", "out", "tests", "*cache*", ".hypothesis"))
    for command in (("init", "-q"), ("add", "-A", "-f"), ("commit", "-qm", "x"), ("tag", "v0.1.0")):
        assert runner.run("git", *command, at=ours).returncode == 0
    recipe = RECIPES["pre-commit"].replace("https://github.com/OWNER/commcalc", ours.as_uri())
    (clone / ".pre-commit-config.yaml").write_text(recipe)
    home = Path.home() / ".config" / "pip" / "pip.conf"
    more = {"PIP_CONFIG_FILE": str(home)} if home.is_file() else {}
    good = runner.run(tool("pre-commit"), "run", "--all-files", at=clone, **more)
    if any(sign in good.stdout + good.stderr for sign in NO_REGISTRY):
        pytest.skip("packages cannot be installed here")
    assert good.returncode == 0, good.stdout + good.stderr
    spoil(clone)
    wrong = runner.run(tool("pre-commit"), "run", "--all-files", at=clone, **more)
    assert wrong.returncode == 1
    assert "plans/saas-ae.yaml:36:" in wrong.stdout


def test_the_action_passes_right_plans_and_marks_wrong_ones_in_the_pull_request(runner: Runner, clone: Path) -> None:
    summary = {"GITHUB_STEP_SUMMARY": str(clone.parent / "summary.md")}
    fine = runner.step("Validate plans", clone, {"strict": "true"}, **summary)
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert "::" not in fine.stdout
    spoil(clone)
    wrong = runner.step("Validate plans", clone.parent, {"path": "clone"}, **summary)
    assert wrong.returncode == 1
    assert wrong.stdout.startswith("::error file=plans/saas-ae.yaml,line=36,")
    assert "1 error" in (clone.parent / "summary.md").read_text().splitlines()[-5]


def test_a_warning_fails_the_action_when_strict_only(runner: Runner, clone: Path) -> None:
    plan = clone / "plans" / "saas-ae.yaml"
    plan.write_text(plan.read_text().replace("rate: on-target", "rate: 150%"))
    for strict, status in (("false", 0), ("true", 1)):
        done = runner.step("Validate plans", clone, {"strict": strict})
        assert done.returncode == status
        assert done.stdout.startswith("::warning file=")


def test_what_a_path_says_is_never_run(runner: Runner, clone: Path) -> None:
    for path in ("$(touch run)", "`touch run`", "; touch run", "--help"):
        done = runner.step("Validate plans", clone.parent, {"path": path})
        assert done.returncode == 3
        assert not (clone.parent / "run").exists()


@pytest.mark.parametrize("recipe", ["shell", "gitlab"])
def test_the_recipe_writes_its_reports_and_fails_on_a_wrong_plan(runner: Runner, clone: Path, recipe: str) -> None:
    script, reports = RECIPES[recipe], ["commcalc-junit.xml"]
    if recipe == "gitlab":
        (job,) = yaml.safe_load(script).values()
        reports = list(job["artifacts"]["reports"].values())
        script = "set -e\n" + "\n".join(line for line in job["script"] if not line.startswith("pip "))
    assert runner.run("sh", "-c", script, at=clone).returncode == 0
    spoil(clone)
    wrong = runner.run("sh", "-c", script, at=clone)
    assert wrong.returncode == 1
    assert "plans/saas-ae.yaml:36:" in wrong.stdout
    for report in reports:
        assert "plans/saas-ae.yaml" in (clone / report).read_text()


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("vendor.github-actions", (ROOT / "action.yml").read_text(encoding="utf-8")),
        ("vendor.github-workflows", RECIPES["github"]),
        ("vendor.github-workflows", RECIPES["github"] + RECIPES["code-scanning"]),
        ("vendor.gitlab-ci", RECIPES["gitlab"]),
    ],
)
def test_what_servers_read_fits_their_schemas(schema: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "file.yml").write_text(text, encoding="utf-8")
    command = [tool("check-jsonschema"), "--builtin-schema", schema, str(tmp_path / "file.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_pre_commit_reads_is_valid(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(RECIPES["pre-commit"], encoding="utf-8")
    for what, file in (("manifest", ROOT / ".pre-commit-hooks.yaml"), ("config", tmp_path / "config.yaml")):
        command = [tool("pre-commit"), f"validate-{what}", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_recipes_name_hooks_and_inputs_that_there_are() -> None:
    (repo,) = yaml.safe_load(RECIPES["pre-commit"])["repos"]
    assert {hook["id"] for hook in repo["hooks"]} <= {HOOK["id"]}
    used = yaml.safe_load(RECIPES["github"])["jobs"]["plans"]["steps"][-1]
    assert set(used["with"]) <= set(ACTION["inputs"])
