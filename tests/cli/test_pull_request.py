"""What the action says in a pull request: who would be paid what, in one comment that is kept up to date, and no more than that."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from build_server import ROOT, TOKEN, Comments, Runner, github

PLAN = "plans/field-sales.yaml"
RATE = ("rate: 8%", "rate: 7.5%")
MERGE = "refs/pull/7/merge"


@dataclass(frozen=True)
class Request:
    """A pull request on a server: its repository, and the folder into which a job checks it out."""

    runner: Runner
    origin: Path
    job: Path

    def git(self, *command: str, at: Path | None = None) -> str:
        done = self.runner.run("git", *command, at=at or self.origin)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, branch: str, change: Callable[[Path], object]) -> None:
        """Commit a change of the files to a branch."""
        self.git("switch", "-q", branch)
        change(self.origin)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")

    def checked_out(self) -> str:
        """Check out what the request would be once it is merged, that commit alone, as actions/checkout does."""
        self.git("switch", "-q", "--detach", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "change")
        self.git("update-ref", MERGE, "HEAD")
        shutil.rmtree(self.job, ignore_errors=True)
        self.job.mkdir()
        self.git("init", "-q", at=self.job)
        self.git("remote", "add", "origin", self.origin.as_uri(), at=self.job)
        self.git("fetch", "-q", "--depth=1", "origin", MERGE, at=self.job)
        self.git("checkout", "-q", "--detach", "FETCH_HEAD", at=self.job)
        return self.git("rev-parse", "HEAD", at=self.job)

    def tried(self, comments: Comments, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the action's step on the request as it stands."""
        merge = self.checked_out()
        event = {"github.event.pull_request.base.sha": "0" * 40, "github.event.pull_request.number": "7"}
        around = {
            "GITHUB_SHA": merge,
            "GITHUB_REPOSITORY": "acme/plans",
            "GITHUB_API_URL": comments.address,
            "no_proxy": "127.0.0.1",
        }
        summary = {"GITHUB_STEP_SUMMARY": str(self.job.parent / "summary.md")}
        return self.runner.step("Try the change", self.job, {**event, **inputs}, **around, **summary)


def edit(*texts: tuple[str, str], of: str = PLAN) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        text = (folder / of).read_text()
        for old, new in texts:
            assert old in text, old
            text = text.replace(old, new)
        (folder / of).write_text(text)

    return change


@pytest.fixture
def request_(runner: Runner, tmp_path: Path) -> Request:
    """A repository that keeps its deals, and a branch of it that pays a lower rate."""
    origin = Path(shutil.copytree(ROOT / "examples" / "plan-change", tmp_path / "origin", ignore=shutil.ignore_patterns("out")))
    made = Request(runner, origin, tmp_path / "job")
    for command in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "plans"), ("branch", "change")):
        made.git(*command)
    made.commit(
        "change", edit(RATE, ("effective: 2026-01-01", "announce: {headline: x, from: 2026-10-01}\neffective: 2026-01-01"))
    )
    return made


@pytest.fixture
def comments() -> Iterator[Comments]:
    with github() as served:
        served.every += [{"id": n, "body": f"a remark of somebody, number {n}"} for n in range(130)]
        yield served


def test_a_pull_request_has_one_comment_that_says_what_it_would_pay_and_is_kept_up_to_date(
    request_: Request, comments: Comments
) -> None:
    done = request_.tried(comments)
    assert done.returncode == 0, done.stdout + done.stderr
    (first,) = comments.ours()
    assert "total 56,270.00 -> 53,115.00 (-3,155.00, -5.6%)" in first
    assert "| H01 | Ines Calder |" in first
    assert first.split("\n", 1)[1] in (request_.job.parent / "summary.md").read_text()
    request_.commit("change", edit(("rate: 7.5%", "rate: 9%")))
    assert request_.tried(comments).returncode == 0
    (second,) = comments.ours()
    assert "total 56,270.00 -> 62,580.00 (+6,310.00, +11.2%)" in second
    assert len(comments.every) == 131
    before = len(comments.asked)
    assert request_.tried(comments).returncode == 0  # nothing new to say
    assert {method for method, _ in comments.asked[before:]} == {"GET"}
    request_.commit("change", edit(("rate: 9%", "rate: 8%"), ("announce: {headline: x, from: 2026-10-01}\n", "")))
    assert request_.tried(comments).returncode == 0
    (last,) = comments.ours()
    assert "nothing changed" in last


def test_a_change_that_moves_nobody_makes_no_comment(request_: Request, comments: Comments) -> None:
    request_.commit("change", edit(("rate: 7.5%", "rate: 8%"), ("announce: {headline: x, from: 2026-10-01}\n", "")))
    request_.commit("change", lambda folder: (folder / "notes.txt").write_text("x"))
    assert request_.tried(comments).returncode == 0
    assert comments.ours() == []
    assert "nothing changed" in (request_.job.parent / "summary.md").read_text()


def test_what_came_into_the_branch_meanwhile_is_no_change_of_the_request(request_: Request, comments: Comments) -> None:
    request_.commit("main", edit(("rate: 1%", "rate: 2%"), of="plans/regional-manager.yaml"))
    assert request_.tried(comments).returncode == 0
    assert "### field-sales" in comments.ours()[0]
    assert "### regional-manager" not in comments.ours()[0]
    assert "56,270.00 -> " not in comments.ours()[0]  # the managers are paid more before and after


@pytest.mark.parametrize(
    ("inputs", "status", "says"),
    [
        ({"fail-on": "total > 50%\ntotal < -5%\n"}, 1, "Past the limit: total \\< -5%."),
        ({"against": "2026"}, 5, "125 more"),
        ({"against": "2026", "waive": "agreed with the works council"}, 0, "agreed with the works council"),
    ],
)
def test_a_change_past_a_limit_or_against_the_guard_fails_and_says_so_in_the_comment(
    request_: Request, comments: Comments, inputs: dict[str, str], status: int, says: str
) -> None:
    done = request_.tried(comments, **inputs)
    assert done.returncode == status, done.stdout + done.stderr
    (body,) = comments.ours()
    assert says in body


@pytest.mark.parametrize(("fails", "tries"), [([403], 1), ([404], 1), ([500, 502], 4), ([503] * 3, 3)])
def test_a_comment_that_cannot_be_written_is_a_warning_and_fails_nothing(
    request_: Request, comments: Comments, fails: list[int], tries: int
) -> None:
    comments.every.clear()
    recovers = len(fails) == 2
    comments.fails = list(fails)
    done = request_.tried(comments)
    assert done.returncode == 0
    assert len(comments.asked) == tries
    assert ("::warning title=commcalc::the report is not in a comment: GitHub says" in done.stdout) == (not recovers)
    assert len(comments.ours()) == recovers
    assert TOKEN not in done.stdout + done.stderr


def test_a_server_that_is_not_there_is_a_warning_too(request_: Request, comments: Comments) -> None:
    comments.address = "http://127.0.0.1:9"
    done = request_.tried(comments)
    assert done.returncode == 0
    assert "::warning title=commcalc::the report is not in a comment: " in done.stdout


def test_without_a_comment_the_report_is_in_the_summary(request_: Request, comments: Comments) -> None:
    assert request_.tried(comments, comment="false").returncode == 0
    assert comments.asked == []
    assert "total 56,270.00 -> 53,115.00" in (request_.job.parent / "summary.md").read_text()


def test_where_nothing_can_be_compared_the_check_passes_and_says_why(request_: Request, comments: Comments) -> None:
    wrong = edit(("rate: 8%", "rate: 8 %"))
    request_.commit("main", wrong)  # the request mends what is wrong in the branch
    request_.commit("change", lambda _: None)
    request_.git("merge", "-q", "-X", "ours", "-m", "m", "main")
    done = request_.tried(comments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::notice title=commcalc::nothing to compare with" in done.stdout
    assert "plans/field-sales.yaml:" in done.stdout
    assert comments.ours() == []


def test_a_repository_without_its_pay_data_has_no_dry_run(request_: Request, comments: Comments) -> None:
    for branch in ("main", "change"):
        request_.commit(branch, lambda folder: shutil.rmtree(folder / "data"))
    done = request_.tried(comments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error[D003]" in done.stdout
    assert comments.ours() == []


def test_data_that_the_request_takes_away_is_not_passed_over(request_: Request, comments: Comments) -> None:
    assert request_.tried(comments).returncode == 0
    request_.commit("change", lambda folder: shutil.rmtree(folder / "data"))
    done = request_.tried(comments)
    assert done.returncode == 3
    (body,) = comments.ours()
    assert "No dry run of this version" in body


def test_a_report_that_no_comment_holds_is_cut_at_a_line_and_says_so(runner: Runner, comments: Comments, tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text("**Head**\n\n```text\n" + "a line of it\n" * 9_000)
    around = {
        "GITHUB_REPOSITORY": "acme/plans",
        "GITHUB_API_URL": comments.address,
        "GITHUB_TOKEN": TOKEN,
        "no_proxy": "127.0.0.1",
    }
    done = runner.run("python3", str(ROOT / "action" / "comment.py"), "long.md", "k", at=tmp_path, COMMCALC_NUMBER="7", **around)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (body,) = comments.ours()
    assert 65_000 < len(body) <= 65_536
    assert "a line of it\n```\n\n*The report is longer" in body


def test_plan_tests_fail_the_action_and_nothing_that_they_say_steers_the_runner(runner: Runner, clone: Path) -> None:
    passed = runner.step("Test plans", clone, {})
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "passed" in passed.stdout
    file = clone / "plans" / "saas-ae.test.yaml"
    text = file.read_text()
    file.write_text(text.replace("test: ", "test: '::error::", 1).replace("\n", "'\n", 1) if text.startswith("test: ") else text)
    plan = clone / "plans" / "saas-ae.yaml"
    plan.write_text(plan.read_text().replace("pay: 1.5x", "pay: 1.4x"))
    failed = runner.step("Test plans", clone, {})
    assert failed.returncode == 1
    lines = failed.stdout.splitlines()
    quiet = lines[0].removeprefix("::stop-commands::")
    assert lines[-1] == f"::{quiet}::"
    assert any(line.startswith("failed: ") for line in lines)
    for found in clone.rglob("*.test.yaml"):
        found.unlink()
    none = runner.step("Test plans", clone, {})
    assert none.returncode == 0
    assert none.stdout.startswith("::notice title=commcalc::there are no plan tests")


@pytest.mark.parametrize("step", ["Test plans", "Try the change"])
def test_what_a_path_or_an_input_says_is_never_run(runner: Runner, clone: Path, step: str) -> None:
    event = {"github.event.pull_request.base.sha": "$(touch run)", "github.event.pull_request.number": "7"}
    for path in ("$(touch run)", "`touch run`", "; touch run", "--help", "."):
        given = {**event, "path": path, "fail-on": "$(touch run)", "waive": "`touch run`"}
        around = {"GITHUB_SHA": "x", "GITHUB_REPOSITORY": "a/b", "GITHUB_API_URL": "http://127.0.0.1:9"}
        done = runner.step(step, clone, given, **around)
        assert done.returncode != 0 or path == "."
        assert not (clone / "run").exists()
        assert not (clone.parent / "run").exists()
