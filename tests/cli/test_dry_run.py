"""A changed plan tried as a user tries it: a file, a folder, a branch of git; its exit statuses, refusals, formats and bytes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from program import commcalc

import commcalc as package
from commcalc.base.calendar import Calendar
from commcalc.dry_run import changed_project
from commcalc.studies.compare import Comparison
from commcalc.studies.limits import limit_of
from commcalc.studies.span import periods_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "plan-change"
PLAN = "plans/field-sales.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "project", ignore=shutil.ignore_patterns("out")))


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    """The example's change over its last quarter."""
    before = package.open(EXAMPLE)
    with changed_project(before, str(EXAMPLE / "proposals")) as (after, _):
        assert after is not None
        run = package.compare(before, after)
    assert run.compared is not None
    return run.compared.comparison


def changed(project: Path, *edits: tuple[str, str], of: str = PLAN) -> Path:
    """A plan of the project with these texts replaced, in a folder of its own."""
    text = (project / of).read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    target = project / "tried" / Path(of).name
    target.parent.mkdir(exist_ok=True)
    target.write_text(text)
    return target


def tried(project: Path, *arguments: str) -> dict:
    done = commcalc("dry-run", *arguments, "--format", "json", folder=project)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def git(folder: Path, *arguments: str) -> None:
    names = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false")
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


def test_the_readme_of_the_example_holds_what_the_command_prints() -> None:
    done = commcalc("dry-run", "proposals", "--format", "markdown", folder=EXAMPLE)
    assert done.returncode == 0, done.stderr
    assert (EXAMPLE / "README.md").read_text().endswith("of a pull request:\n\n" + done.stdout)


def test_the_arithmetic_of_the_readme() -> None:
    found = tried(EXAMPLE, "proposals")
    marta = next(p for p in found["changed_payees"] if p["payee"] == "H03")
    quota, above = Decimal(100_000), Decimal(58_500)
    before = quota * 8 / 100 + above * 8 / 100 * Decimal("1.5")
    lower = quota * Decimal("7.5") / 100 + above * Decimal("7.5") / 100 * Decimal("1.5")
    after = quota * Decimal("7.5") / 100 + above * Decimal("7.5") / 100 * 2
    assert (Decimal(marta["before"]), Decimal(marta["after"])) == (before, after)
    assert [Decimal(p["amount"]) for p in marta["parts"]] == [lower - before, after - lower]
    assert [p["cause"] for p in marta["parts"]] == [1, 2]
    assert Decimal(found["keep_whole"]) == 970


def test_a_file_and_a_folder_are_the_same_change(project: Path) -> None:
    assert tried(project, "proposals") == tried(project, "proposals/field-sales.yaml")


def test_formatting_comments_order_and_other_ways_to_write_a_value_are_no_change(project: Path) -> None:
    changed(
        project, ("{from: 100%, pay: 1.5x}", "{pay: 150%, from: 1x}"), ("goal: share", "goal: [share]  # why"), ("8%", "0.08x")
    )
    found = tried(project, "tried")
    assert found["head"].startswith("Plan change: nothing changed; 0 of 6 payees differ; total 56,270.00 -> 56,270.00 (0.00")
    assert found["diff"] == []


@pytest.mark.parametrize(
    ("edits", "shown"),
    [
        ([("pay: 1.5x", "pay: 1.6x")], ["~ components.commission.accelerators.tiers[2].pay: 1.5x -> 1.6x"]),
        (
            [("        - {from: 100%, pay: 1.5x}", "        - {from: 50%, pay: 1.2x}\n        - {from: 100%, pay: 1.5x}")],
            ["+ components.commission.accelerators.tiers[2]: {from: 50%, pay: 1.2x}"],
        ),
        ([("        - {from: 100%, pay: 1.5x}", "")], ["- components.commission.accelerators.tiers[2]: {from: 100%, pay: 1.5x}"]),
        ([("version: 2026.1", "version: 2026.9")], ["~ version: 2026.1 -> 2026.9"]),
    ],
)
def test_the_diff_says_what_changed(project: Path, edits: list[tuple[str, str]], shown: list[str]) -> None:
    changed(project, *edits)
    found = tried(project, "tried")
    assert [c["text"] for d in found["diff"] for c in d["changes"]] == shown


def test_a_component_more_is_added_and_counted(project: Path) -> None:
    plan = changed(project)
    plan.write_text(plan.read_text() + "  extra: {kind: commission, goal: share, on: bookings, rate: 1%}\n")
    found = tried(project, "tried")
    assert found["head"].startswith("Plan change: 1 component added; 5 of 6 payees differ")
    sold = Decimal(found["components"][0]["after"])
    assert found["components"][1]["component"] == "field-sales.extra"
    assert Decimal(found["difference"]) == Decimal(found["components"][1]["after"]) > 0
    assert sold == Decimal(found["components"][0]["before"])


def test_a_new_name_is_one_change_with_those_that_use_it(project: Path) -> None:
    changed(
        project, ("  bookings:\n", "  sold:\n"), ("on: bookings", "on: sold"), ("quota: own", "quota: own\n    named: bookings")
    )
    found = tried(project, "tried")
    assert [len(c["changes"]) for c in found["causes"]] == [3]
    assert found["difference"] == "0"


def test_the_guard_refuses_less_pay_on_what_was_credited_before(project: Path) -> None:
    done = commcalc("dry-run", "proposals", "--against", "2026", folder=project)
    assert done.returncode == 5
    assert "error[K207]: field-sales: 127 deals credited before 2026-10-01 would pay 6,722.50 USD less" in done.stderr
    assert "proposals/field-sales.yaml:10:" in done.stderr
    assert "Refused: nobody has stated why" in done.stdout


def test_a_reason_waives_the_guard_and_is_printed(project: Path) -> None:
    done = commcalc("dry-run", "proposals", "--against", "2026", "--waive", "agreed with the team", folder=project)
    assert done.returncode == 0, done.stderr
    assert "Waived: agreed with the team" in done.stdout
    assert commcalc("dry-run", "proposals", "--waive", " ", folder=project).returncode == 2


def test_without_an_announcement_the_first_day_in_force_counts(project: Path) -> None:
    changed(project, ("rate: 8%", "rate: 7%"))
    assert commcalc("dry-run", "tried", folder=project).returncode == 0
    changed(project, ("rate: 8%", "rate: 7%"), ("effective: 2026-01-01", "effective: 2026-11-01"))
    done = commcalc("dry-run", "tried", folder=project)
    assert done.returncode == 5
    assert "credited before 2026-11-01" in done.stderr
    assert "tried as if they had held from 2026-01-01 on" in done.stdout


def test_more_pay_reaches_back_unhindered(project: Path) -> None:
    changed(project, ("rate: 8%", "rate: 9%"), ("effective: 2026-01-01", "effective: 2026-11-01"))
    assert commcalc("dry-run", "tried", folder=project).returncode == 0


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        ("total > 1%", 1), ("total > 2%", 0), ("total > 744.99", 1), ("total > 745", 0), ("total >= 745", 1), ("payee < -5%", 1),
        ("payee < -7%", 0), ("losers > 0", 1), ("losers > 3", 0), ("winners < 3", 1), ("differ > 5", 0), ("keep-whole > 969", 1),
        ("keep_whole > 1_000", 0), ("totl > 2%", 2), ("total > 2 percent", 2), ("losers > 2%", 2), ("total == 2%", 2),
    ],
)  # fmt: skip
def test_limits(limit: str, status: int, comparison: Comparison) -> None:
    found = limit_of(limit)
    assert isinstance(found, str) == (status == 2)
    assert status == 2 or bool(found.passed(comparison)) == (status == 1)  # type: ignore[union-attr]


def test_past_a_limit_the_verb_ends_with_1_and_an_unknown_one_is_wrong_usage() -> None:
    done = commcalc("dry-run", "proposals", "--fail-on", "total > 2%", "--fail-on", "payee < -5%", folder=EXAMPLE)
    assert done.returncode == 1
    assert "Past the limit: payee < -5% (H02, H04)." in done.stdout
    assert "total > 2%" not in done.stdout
    assert commcalc("dry-run", "proposals", "--fail-on", "totl > 2%", folder=EXAMPLE).returncode == 2


@pytest.mark.parametrize(
    ("span", "periods"),
    [
        ("last-quarter", ["2026-10", "2026-11", "2026-12"]), ("2026-Q2", ["2026-04", "2026-05", "2026-06"]), ("2026-03", ["2026-03"]),
        ("2026-11..2026-12", ["2026-11", "2026-12"]), ("2026-10-01 2026-11-30", ["2026-10", "2026-11"]),
    ],
)  # fmt: skip
def test_spans(span: str, periods: list[str]) -> None:
    found, report = periods_of(span, Calendar.months(), [date(2026, month, 3) for month in range(1, 13)])
    assert not report.errors
    assert [p.name for p in found] == periods


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("proposals", "--against", "2026-10-02..2026-12-31"), 1, "error[K201]"),
        (("proposals", "--against", "soon"), 1, "error[K201]: `soon`"),
        (("proposals", "--against", "2026-12..2026-10"), 1, "it ends before it begins"),
        (("nowhere",), 3, "error[K203]: `nowhere`"),
        (("--upload-pack=x",), 2, "No such option"),
        (("proposals", "--output", "plans/field-sales.yaml"), 2, "no input is overwritten"),
    ],
)
def test_refusals(project: Path, arguments: tuple[str, ...], status: int, said: str) -> None:
    done = commcalc("dry-run", *arguments, folder=project)
    assert done.returncode == status
    assert said in done.stdout + done.stderr


def test_a_broken_change_is_told_with_its_place_and_tries_nothing(project: Path) -> None:
    changed(project, ("rate: 8%", "rate: 8 USD and"))
    done = commcalc("dry-run", "tried", folder=project)
    assert done.returncode == 1
    assert "--> tried/field-sales.yaml:" in done.stderr
    assert done.stdout == ""


def test_a_quarter_that_the_deals_do_not_fill_is_not_the_last(project: Path) -> None:
    deals = project / "data" / "deals" / "2026-Q4.csv"
    deals.write_text("".join(line for line in deals.read_text().splitlines(True) if "-12-" not in line))
    assert tried(project, "proposals", "--waive", "a trial")["periods"] == ["2026-07", "2026-08", "2026-09"]


def test_a_plan_of_another_name_pays_nobody_and_says_so(project: Path) -> None:
    plan = changed(project, ("plan: field-sales", "plan: field-sale"))
    plan.rename(plan.with_name("field-sale.yaml"))
    found = tried(project, "tried")
    assert found["head"].startswith("Plan change: 1 plan added; 0 of 6 payees differ")
    assert any("no assignment names the plan `field-sale`" in w for w in found["to_know"])


def test_a_branch_is_read_without_a_checkout_and_untracked_data_are_the_projects(project: Path) -> None:
    git(project.parent, "init", "-q", "-b", "main")
    (project / ".gitignore").write_text("data/\n")
    git(project, "add", ".")
    git(project, "commit", "-qm", "the plans as they are")
    git(project, "checkout", "-qb", "more")
    shutil.copy(project / "proposals" / "field-sales.yaml", project / PLAN)
    git(project, "commit", "-qam", "more above quota")
    git(project, "checkout", "-q", "main")
    head = (project.parent / ".git" / "HEAD").read_bytes()
    before = {p: p.read_bytes() for p in project.rglob("*") if p.is_file()}
    found = tried(project, "more")
    assert {k: v for k, v in found.items() if k != "diff"} == {
        k: v for k, v in tried(project, "proposals").items() if k != "diff"
    }
    assert [d["changes"] for d in found["diff"]] == [d["changes"] for d in tried(project, "proposals")["diff"]]
    assert {p: p.read_bytes() for p in project.rglob("*") if p.is_file()} == before
    assert (project.parent / ".git" / "HEAD").read_bytes() == head
    assert commcalc("dry-run", "no-such-branch", folder=project).returncode == 3


def test_what_changed_data_move_is_told_apart_from_what_the_plan_moves(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-qm", "as it is")
    git(project, "checkout", "-qb", "both")
    shutil.copy(project / "proposals" / "field-sales.yaml", project / PLAN)
    deals = project / "data" / "deals" / "2026-Q4.csv"
    assert "D-1184,H04,17000" in deals.read_text()
    deals.write_text(deals.read_text().replace("D-1184,H04,17000", "D-1184,H04,27000"))
    git(project, "commit", "-qam", "a plan and a deal")
    git(project, "checkout", "-q", "main")
    found = tried(project, "both")
    assert [c["kind"] for c in found["causes"]] == ["data", "plan", "plan"]
    teo = next(p for p in found["changed_payees"] if p["payee"] == "H04")
    assert [(p["cause"], p["amount"]) for p in teo["parts"]] == [(1, "800"), (2, "-425")]
    assert found["harmed"] == []


def test_a_reading_of_another_project_is_a_change_that_nothing_announces(project: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(project, tmp_path / "other"))
    file = other / "commcalc.yaml"
    file.write_text(file.read_text().replace("rounding: half-up", "rounding: down"))
    deals = "data/deals/2026-Q4.csv"
    for one in (project, other):
        (one / deals).write_text((one / deals).read_text().replace("D-1184,H04,17000", "D-1184,H04,17000.20"))
    done = commcalc("dry-run", str(other), folder=project)
    assert done.returncode == 5
    assert "~ readings.rounding: half-up -> down" in done.stdout
    assert "never announced" in done.stdout


def test_crediting_rules_of_another_project_are_a_change_of_their_own(project: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(project, tmp_path / "other"))
    rule = "{rule: handed-over, when: \"deal_id = 'D-1184'\", payees: payee.payee_id = 'H02'}"
    with (other / "commcalc.yaml").open("a") as file:
        file.write(f"crediting: {{match: first, rules: [{rule}]}}\n")
    done = commcalc("dry-run", str(other), "--format", "json", folder=project)
    found = json.loads(done.stdout)
    assert [(c["kind"], c["changes"]) for c in found["causes"]] == [("reading", ["~ crediting"])]
    moved = {p["payee"]: [part["cause"] for part in p["parts"]] for p in found["changed_payees"]}
    assert {"H02", "H04"} <= moved.keys()
    assert {cause for causes in moved.values() for cause in causes} == {1}


def test_old_plans_that_the_new_data_cannot_feed_are_told(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for one, column in ((project, "channel"), (other, "route")):
        if one is other:
            shutil.copytree(EXAMPLE, other)
        for file in (one / "data" / "deals").glob("*.csv"):
            head, *rows = file.read_text().splitlines()
            file.write_text("\n".join([f"{head},{column}", *(f"{row},web" for row in rows), ""]))
        settings, plan = one / "commcalc.yaml", one / PLAN
        settings.write_text(settings.read_text().replace("holds: everything", f"holds: everything, types: {{{column}: text}}"))
        plan.write_text(plan.read_text().replace("sum: amount", f"sum: amount\n    where: {column} = 'web'"))
    done = commcalc("dry-run", str(other), folder=project)
    assert done.returncode == 1
    assert "error[K208]" in done.stderr
    assert "where: channel = 'web'" in done.stderr


def test_a_broken_project_file_of_a_branch_is_shown_as_the_branch_has_it(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-qm", "as it is")
    git(project, "checkout", "-qb", "broken")
    settings = project / "commcalc.yaml"
    settings.write_text(settings.read_text().replace("currency: USD", "currancy: USD"))
    git(project, "commit", "-qam", "a slip")
    git(project, "checkout", "-q", "main")
    done = commcalc("dry-run", "broken", folder=project)
    assert done.returncode == 1
    assert "currancy: USD" in done.stderr


def test_two_currencies_are_not_compared(project: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(project, tmp_path / "other"))
    for file in (other / "commcalc.yaml", *(other / "plans").glob("*.yaml")):
        file.write_text(file.read_text().replace("currency: USD", "currency: EUR"))
    done = commcalc("dry-run", str(other), folder=project)
    assert done.returncode == 1
    assert "error[K204]" in done.stderr


def test_the_same_bytes_twice_in_every_format(project: Path) -> None:
    for ending in (".txt", ".json", ".md", ".html"):
        written = []
        for _ in range(2):
            target = project / f"report{ending}"
            done = commcalc("dry-run", "proposals", "--output", str(target), folder=project)
            assert done.returncode == 0, done.stderr
            assert target.stat().st_mode & 0o077 == 0
            written.append(target.read_bytes())
        assert written[0] == written[1]


def test_the_page_needs_nothing_else_and_takes_no_name_for_markup(project: Path) -> None:
    payees = project / "data" / "payees.csv"
    payees.write_text(payees.read_text().replace("Teo Brandt", "<script>x</script> | *T* @team"))
    page = project / "page.html"
    assert commcalc("dry-run", "proposals", "--output", str(page), folder=project).returncode == 0
    text = page.read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=\"(?!#)", text)
    assert '<svg viewBox="0 0 600' in text
    marked = commcalc("dry-run", "proposals", "--format", "markdown", folder=project).stdout
    assert r"\<script>x\</script> \| \*T\* &#64;team" in marked


def test_a_link_in_the_way_of_the_report_is_not_followed(project: Path) -> None:
    (project / "kept.md").write_text("kept")
    (project / "link.md").symlink_to(project / "kept.md")
    assert commcalc("dry-run", "proposals", "--output", "link.md", folder=project).returncode == 1
    assert (project / "kept.md").read_text() == "kept"


@pytest.mark.parametrize("columns", ["40", "60", "80", "200"])
def test_no_amount_is_cut_however_narrow_the_terminal(columns: str) -> None:
    done = commcalc("dry-run", "proposals", folder=EXAMPLE, COLUMNS=columns)
    for amount in ("15,020.00", "16,275.00", "+1,255.00", "56,270.00", "57,015.00", "+2,193.75", "-938.75"):
        assert amount in re.sub(r"\s+", " ", done.stdout), amount


def test_from_python(project: Path) -> None:
    before = package.open(project)
    shutil.copytree(project, project.parent / "other")
    shutil.copy(project / "proposals" / "field-sales.yaml", project.parent / "other" / PLAN)
    run = package.compare(before, package.open(project.parent / "other"), "2026-Q4")
    assert run.compared is not None
    assert run.compared.comparison.difference == Decimal("745.00")
    assert run.guard is not None
    assert not run.guard.harms


def test_what_is_before_may_be_taken_from_git(project: Path) -> None:
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "plans")
    plan = project / PLAN
    plan.write_text(plan.read_text().replace("rate: 8%", "rate: 7.5%"))
    found = tried(project, ".", "--base", "HEAD")
    assert Decimal(found["difference"]) == Decimal("-3155")
    back = tried(project, "HEAD")
    assert (back["before"], back["after"]) == (found["after"], found["before"])


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        ((PLAN, "rate: 8%", "rate: 8 %"), "plans/field-sales.yaml:"),
        (("commcalc.yaml", "commcalc: 1", "commcalc: 9"), "commcalc.yaml:"),
        (("data/quotas.csv", "payee_id", "payee"), "error[D"),
        ((PLAN, "", ""), "git knows no such ref here"),
    ],
)
def test_a_base_that_cannot_be_calculated_is_nothing_to_compare_with(
    project: Path, spoil: tuple[str, str, str], why: str
) -> None:
    file, old, new = spoil
    good = (project / file).read_text()
    assert old in good
    (project / file).write_text(good.replace(old, new, 1))
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "wrong")
    (project / file).write_text(good)
    done = commcalc("dry-run", ".", "--base", "HEAD" if old else "--help", folder=project)
    assert (done.returncode, done.stdout) == (3, "")
    assert "error[K209]" in done.stderr
    assert why in done.stderr
