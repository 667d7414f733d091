"""Each verb as a user types it: what it prints where, and with which exit status it ends."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from program import commcalc

VERBS = ("init", "schema", "validate", "calculate", "explain", "statements", "dry-run")
AMOUNTS = ("7,029.17", "5,614.63", "12,643.80")


@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_examples_each_on_a_line_of_its_own(verb: str, tmp_path: Path) -> None:
    for flag in ("--help", "-h"):
        done = commcalc(verb, flag, folder=tmp_path)
        assert done.returncode == 0
        examples = [line for line in done.stdout.splitlines() if line.strip().startswith(f"commcalc {verb}")]
        assert len(examples) >= 3


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("calculate", "--nonsense"), ("explain", "nobody", "x")])
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert commcalc(*arguments, folder=tmp_path).returncode == 2


def test_a_folder_without_a_project_ends_with_3(tmp_path: Path) -> None:
    for verb in (("validate",), ("calculate",), ("statements",), ("explain", "payee", "ann")):
        done = commcalc(*verb, folder=tmp_path)
        assert done.returncode == 3, verb
        assert "commcalc init" in done.stdout + done.stderr


def test_what_init_writes_validates_and_calculates(made: Path) -> None:
    assert commcalc("validate", "--data", "--strict", folder=made).returncode == 0
    ignored = (made / ".gitignore").read_text().split()
    assert {"data/", "out/"} <= set(ignored)


def test_init_writes_nothing_into_a_folder_in_use(made: Path, tmp_path: Path) -> None:
    before = (made / "commcalc.yaml").read_bytes()
    assert commcalc("init", str(made), folder=tmp_path).returncode == 2
    assert (made / "commcalc.yaml").read_bytes() == before
    assert commcalc("init", "x", "--template", "sass-ae", folder=tmp_path).returncode == 2
    assert commcalc("init", "x", "--currency", "EUE", folder=tmp_path).returncode == 2
    assert not (tmp_path / "x").exists()


def test_every_template_is_without_findings_tested_and_pays_at_once(tmp_path: Path) -> None:
    listed = commcalc("init", "--list", folder=tmp_path).stdout
    names = [line.split()[0] for line in listed.splitlines() if not line.endswith("(--program)")]
    assert "saas-ae" in names
    for name in names:
        assert commcalc("init", name, "--template", name, "--company", 'A: "B" #c', folder=tmp_path).returncode == 0
        for words in (("validate", name, "--data", "--strict"), ("test", "--project", name)):
            done = commcalc(*words, folder=tmp_path)
            assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        done = commcalc("calculate", "--project", name, "--period", "2026-01", folder=tmp_path)
        assert done.returncode == 0, f"{name}: {done.stderr}"
        with (tmp_path / name / "out" / "2026-01" / "payouts.csv").open(encoding="utf-8", newline="") as file:
            paid = list(csv.DictReader(file))
        assert any(Decimal(row["earned"]) > 0 for row in paid), f"{name}: {paid}"


def test_results_go_to_stdout_and_messages_to_stderr(project: Path) -> None:
    done = commcalc("calculate", "--period", "2026-01", "--payee", "ann", folder=project)
    assert "7,029.17" in done.stdout
    assert "written to" not in done.stdout + done.stderr
    quiet = commcalc("calculate", "--period", "2026-02", "-q", folder=project)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_control_totals_say_that_every_row_is_accounted_for(made: Path) -> None:
    shown = commcalc("calculate", "--period", "2026-01", "--payee", "ann", folder=made).stdout
    assert "5 deal rows: 3 credited, 1 left out, 0 waiting for a date, 1 later, 0 exceptions" in shown
    assert shown.count("  ok: ") >= 4
    assert "NOT EQUAL" not in shown


def test_json_is_exact_and_complete(made: Path) -> None:
    found = json.loads(commcalc("calculate", "--period", "2026-01", "--plan", "saas-ae", "--format", "json", folder=made).stdout)
    lines = {line["id"]: line for line in found["lines"]}
    exact: dict[str, Decimal] = {}
    for part in found["slices"]:
        exact[part["line_id"]] = exact.get(part["line_id"], Decimal(0)) + Decimal(part["exact"])
    assert {key: Decimal(line["exact"]) for key, line in lines.items()} == exact
    assert sum(Decimal(line["amount"]) for line in lines.values()) == sum(Decimal(p["payable"]) for p in found["payouts"])


@pytest.mark.parametrize("width", ["20", "40", "60", "80", "120"])
def test_amounts_are_whole_at_any_width(made: Path, width: str) -> None:
    shown = commcalc("calculate", "--period", "2026-01", "--plan", "saas-ae", folder=made, COLUMNS=width).stdout
    for amount in AMOUNTS:
        assert amount in shown


def test_names_are_shown_as_they_are(project: Path) -> None:
    deals = project / "data" / "payees.csv"
    deals.write_text(deals.read_text().replace("Ann Lee", "[bold]Ann[/foo]").replace("Ben Ortiz", ":smile: \u202eBen"))
    shown = commcalc("calculate", "--period", "2026-01", folder=project).stdout
    assert "[bold]Ann[/foo]" in shown
    assert ":smile:" in shown
    assert "\u202e" not in shown


def test_no_colour_where_nobody_looks_or_none_is_wanted(made: Path) -> None:
    for more in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"}):
        done = commcalc("calculate", "--period", "2026-01", "--payee", "ann", folder=made, **more)
        assert done.returncode == 0
        assert "\x1b" not in done.stdout + done.stderr


def test_a_terminal_without_a_letter_shows_its_number(project: Path) -> None:
    payees = project / "data" / "payees.csv"
    payees.write_text(payees.read_text().replace("Ann Lee", "Zoë 李"), encoding="utf-8")
    done = commcalc("calculate", "--period", "2026-01", folder=project, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "Zo\\xeb" in done.stdout
    assert "7,029.17" in done.stdout


def test_bad_plans_are_refused_and_nothing_is_written(project: Path) -> None:
    before = {p: p.read_bytes() for p in project.rglob("*") if p.is_file()}
    plan = project / "plans" / "saas-ae.yaml"
    plan.write_text(plan.read_text().replace("from: 100%", "from: 10O%"))
    for verb in ("validate", "calculate"):
        done = commcalc(verb, folder=project)
        assert done.returncode == 1
        assert "plans/saas-ae.yaml:36" in done.stdout + done.stderr
        assert "^" in done.stdout + done.stderr
    after = {p: p.read_bytes() for p in project.rglob("*") if p.is_file()}
    assert {p for p in after if after[p] != before.get(p)} == {plan}


def test_validate_speaks_to_scripts(project: Path) -> None:
    assert json.loads(commcalc("validate", "--format", "json", folder=project).stdout)["findings"] == []
    plan = project / "plans" / "saas-ae.yaml"
    plan.write_text(plan.read_text().replace("from: 100%", "from: 10O%"))
    found = json.loads(commcalc("validate", "--format", "json", folder=project).stdout)
    found = found["findings"]
    assert found[0]["file"] == "plans/saas-ae.yaml"
    assert found[0]["line"] == 36
    concise = commcalc("validate", "--format", "concise", folder=project).stdout
    assert concise.startswith("plans/saas-ae.yaml:36:")


def test_unknown_names_get_the_nearest(made: Path) -> None:
    for arguments in (
        ("calculate", "--period", "2026-01", "--payee", "anm"),
        ("statements", "--period", "2026-01", "--only", "anm"),
        ("explain", "payee", "anm", "--period", "2026-01"),
    ):
        done = commcalc(*arguments, folder=made)
        assert done.returncode == 1
        assert "did you mean `ann`?" in done.stderr


def test_a_period_without_a_run_is_an_answer(made: Path) -> None:
    for period in ("2031-01", "../../etc", ".2026-01.old"):
        done = commcalc("statements", "--period", period, folder=made)
        assert done.returncode == 3
        assert "2026-01" in done.stderr


def test_statements_of_a_changed_run_are_refused(project: Path) -> None:
    payouts = project / "out" / "2026-01" / "payouts.csv"
    payouts.write_text(payouts.read_text().replace("7029.17", "9029.17"))
    done = commcalc("statements", "--period", "2026-01", folder=project)
    assert done.returncode == 1
    assert "O004" in done.stderr


def test_statements_list_themselves(made: Path) -> None:
    folder = made / "out" / "2026-01" / "statements"
    rows = [line.split(",") for line in (folder / "index.csv").read_text().splitlines()]
    assert rows[0] == ["payee", "name", "what", "currency", "payable", "attained", "file", "digest"]
    assert {r[6] for r in rows[1:]} == {p.name for p in folder.iterdir()} - {"index.csv", "index.html"}
    assert [r[2] for r in rows[1:]] == 2 * 3 * ["statement"] + ["team"]
    index = (folder / "index.html").read_text(encoding="utf-8")
    pages = set(re.findall(r'href="([^"#]+)"', index))
    assert pages == {r[6] for r in rows[1:] if r[6].endswith(".html")}


def test_a_manager_sees_the_reports_of_the_period_and_nobody_else(made: Path) -> None:
    folder = made / "out" / "2026-01" / "statements"
    teams = list(folder.glob("*-team.html"))
    assert len(teams) == 1
    page = teams[0].read_text(encoding="utf-8")
    assert "Ann Lee" in page
    assert "Ben Ortiz" in page
    assert "7,029.17" in page
    assert not [p for p in folder.glob("*.html") if p.name.startswith(("ann", "ben")) and "team" in p.read_text()]


def test_managers_have_no_pages_once_the_payees_have_changed(project: Path) -> None:
    payees = project / "data" / "payees.csv"
    payees.write_text(payees.read_text().replace("ben,Ben Ortiz,AE,mia", "ben,Ben Ortiz,AE,"))
    done = commcalc("statements", "--period", "2026-01", folder=project)
    assert done.returncode == 0
    assert "calculate again" in done.stderr
    assert not list((project / "out" / "2026-01" / "statements").glob("*-team.html"))


def test_statements_are_the_same_in_any_number_of_processes(project: Path) -> None:
    found = []
    for jobs in ("1", "2", "3"):
        done = commcalc("statements", "--format", "json,md,html,text", "--jobs", jobs, folder=project)
        assert done.returncode == 0, done.stderr
        found.append({p.name: p.read_bytes() for p in (project / "out" / "2026-01" / "statements").iterdir()})
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 3 * 4 + 3


@pytest.mark.parametrize("style", ["text", "md", "json"])
def test_some_statements_are_printed_in_the_format_asked_for(made: Path, style: str) -> None:
    arguments = ("statements", "--period", "2026-01", "--only", "ann", "--only", "Ben Ortiz", "--format", style)
    said = commcalc(*arguments, folder=made).stdout
    assert ("7029.17" if style == "json" else "7,029.17") in said
    assert "Mia" not in said
    if style == "json":
        assert [s["payee"] for s in json.loads(said)] == ["ann", "ben"]


@pytest.mark.parametrize("style", ["pdf", "htlm", ",", "html,text"])
def test_a_format_that_cannot_be_is_wrong_usage(made: Path, style: str) -> None:
    assert commcalc("statements", "--only", "ann", "--format", style, folder=made).returncode == 2


def test_an_explanation_leads_from_the_cent_to_the_line_of_the_plan(made: Path) -> None:
    shown = commcalc("explain", "deal", "D-002", "--period", "2026-01", folder=made).stdout
    for said in ("Deal D-002 earns 3,529.17 USD", "38,500 at 8.3333333333% x 1.1 = 3,529.166666666667", "plans/saas-ae.yaml:25"):
        assert said in shown
    assert re.search(r"35 \|> +- \{from: 0%, pay: 1x\}", shown)
    line = re.search(r"L-[A-Z2-7]{16}", shown)
    assert line is not None
    assert "3,529.17" in commcalc("explain", "line", line[0], "--period", "2026-01", folder=made).stdout


def test_an_explanation_for_a_machine_is_enough_to_recompute_it(made: Path) -> None:
    found = json.loads(commcalc("explain", "deal", "D-002", "--period", "2026-01", "--json", folder=made).stdout)
    part = found["slices"][0]
    product = Decimal(part["basis"]) * Decimal(part["rate"]) * Decimal(part["factor"])
    assert abs(product - Decimal(part["exact"])) < Decimal("0.00001")  # a rate of 1/12 is shown to twelve places
    assert found["credits"][0]["before"] == "42000"
    assert found["text"]["plans/saas-ae.yaml:25"].startswith("new-business:")


def test_an_explanation_does_not_quote_a_plan_that_has_changed_since(project: Path) -> None:
    plan = project / "plans" / "saas-ae.yaml"
    plan.write_text(plan.read_text().replace("pay: 1.5x", "pay: 9x"))
    shown = commcalc("explain", "deal", "D-002", "--period", "2026-01", folder=project).stdout
    assert "pay: 9x" not in shown
    assert "calculate again" in shown


def test_deals_that_earn_nothing_are_explained_too(made: Path) -> None:
    shown = commcalc("explain", "deal", "D-005", "--period", "2026-01", folder=made).stdout
    assert "later (dated after 2026-01-31)" in shown
