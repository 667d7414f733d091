"""What `validate` tells build servers: every finding, in the server's own form, with nothing in it that could do harm."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
from program import commcalc

from commcalc.base.problem import Kind, Problem
from commcalc.base.source import Cell, Sources, Span
from commcalc.cli.catalogue import kinds
from commcalc.cli.validate import FOR_PEOPLE, Style
from commcalc.documents.findings import FORMATS, Findings
from commcalc.documents.findings.github import MOST_IN_SUMMARY, step_summary

PAGE = "Why.\n\nFails: rate: 5\nWorks: rate: 5%"
WRONG = Kind("P900", "Wrong", "`{text}` is wrong", "write {mend}", PAGE)
DOUBT = Kind("A900", "Doubtful", "`{text}` is doubtful", "look at it", PAGE, "advice")
NASTY = "\x1b[31m100%, a:b\r\n::error::<b>|`*\u202e\x9b\uffff\x00"
FILE, TEXT = "plans/a b%,x:y.yaml", "plan: a\nrate: 5\nrate: 5\n"
SPAN = Span(FILE, 2, 7, 2, 8)


def findings(*problems: Problem, text: str = TEXT, strict: bool = False) -> Findings:
    return Findings(problems, Sources({FILE: text}), (FILE, "commcalc.yaml"), "0.1.0", "emea pay", strict)


def many(count: int) -> Findings:
    return findings(*(WRONG.at(Span(FILE, n, 1, n, 2), text=n, mend="5%") for n in range(1, count + 1)))


def listed(style: str, text: str) -> int:
    if style == "github":
        return len(re.findall("^::", text, re.MULTILINE))
    if style == "junit":
        return len(ElementTree.fromstring(text).findall(".//failure"))
    found = json.loads(text)
    return len(found if style == "gitlab" else found["findings"] if style == "json" else found["runs"][0]["results"])


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("count", [0, 1, 1_234])
def test_every_format_lists_every_finding(style: str, count: int) -> None:
    assert listed(style, FORMATS[style](many(count))) == count


@pytest.mark.parametrize("style", FORMATS)
def test_nothing_in_a_finding_steers_a_terminal_or_breaks_the_form(style: str) -> None:
    problem = WRONG.at(SPAN, text=NASTY, mend=NASTY).with_also(Cell("data/\x1b.csv", 3, "a\x07"), NASTY)
    text = FORMATS[style](findings(problem, text=f"plan: a\nrate: {NASTY}\n"))
    assert [c for c in text if c != "\n" and not c.isprintable()] == []
    assert "\u202e" not in text
    assert listed(style, text) == 1


def test_every_format_can_be_asked_for() -> None:
    assert set(get_args(Style)) == {*FOR_PEOPLE, *FORMATS, "auto"}


def test_github_takes_each_part_as_it_was_meant() -> None:
    text = FORMATS["github"](findings(WRONG.at(SPAN, text="5%, a:b", mend="x\ny"), DOUBT.at(None, text="z")))
    assert text.split("\n") == [
        "::error file=emea pay/plans/a b%25%2Cx%3Ay.yaml,line=2,endLine=2,col=7,endColumn=8,title=P900 Wrong"
        "::`5%25, a:b` is wrong%0Amend: write x\\u000ay%0Amore: commcalc explain code P900",
        "::notice file=emea pay/commcalc.yaml,line=1,title=A900 Doubtful"
        "::`z` is doubtful%0Amend: look at it%0Amore: commcalc explain code A900",
    ]


def test_the_summary_shows_every_text_as_it_stands() -> None:
    row = step_summary(findings(WRONG.at(SPAN, text="<img src=x>|`*@me", mend="y"))).splitlines()[-1]
    assert row.count("|") == 5
    assert not set("<>`*@") & set(row)
    assert "&#60;img src=x&#62;&#124;&#96;&#42;&#64;me" in row


def test_a_summary_is_never_above_what_github_takes_and_says_what_it_left_out() -> None:
    text = step_summary(many(20_000))
    assert len(text.encode()) < 1024 * 1024
    left = re.search(r"and ([0-9,]+) more", text)
    assert left is not None
    assert text.count("error P900") + int(left[1].replace(",", "")) == 20_000
    assert len(text.encode()) > MOST_IN_SUMMARY * 0.99


def fingerprints(found: Findings) -> list[str]:
    return [entry["fingerprint"] for entry in json.loads(FORMATS["gitlab"](found))]


def test_fingerprints_stay_when_lines_are_added_above_and_no_two_are_equal() -> None:
    same = [WRONG.at(Span(FILE, line, 7, line, 8), text="5", mend="5%") for line in (2, 3)]
    before = fingerprints(findings(*same))
    lower = [replace(p, place=Span(FILE, line + 9, 7, line + 9, 8)) for p, line in zip(same, (2, 3), strict=True)]
    assert fingerprints(findings(*lower, text="#\n" * 9 + TEXT)) == before
    assert len(set(before)) == 2


def test_junit_fails_on_what_fails_validate() -> None:
    doubt = DOUBT.at(SPAN, text="5")
    assert listed("junit", FORMATS["junit"](findings(doubt))) == 0
    assert listed("junit", FORMATS["junit"](findings(doubt, strict=True))) == 1
    fine = ElementTree.fromstring(FORMATS["junit"](findings()))
    assert [(s.get("name"), s.get("tests")) for s in fine] == [("emea pay/commcalc.yaml", "1"), (f"emea pay/{FILE}", "1")]


def test_sarif_regions_have_columns_and_rules_have_their_pages() -> None:
    run = json.loads(FORMATS["sarif"](findings(WRONG.at(SPAN, text="5", mend="5%"))))["runs"][0]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "emea%20pay/plans/a%20b%25%2Cx%3Ay.yaml"
    assert {k: place["region"][k] for k in ("startLine", "startColumn", "endLine", "endColumn")} == {
        "startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 8,
    }  # fmt: skip
    rule = run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]
    assert (rule["id"], rule["help"]["text"]) == ("P900", PAGE)
    assert "```yaml\nrate: 5%\n```" in rule["help"]["markdown"]


def test_sarif_is_valid_by_the_multitool(tmp_path: Path) -> None:
    tool = os.environ.get("COMMCALC_SARIF_MULTITOOL") or shutil.which("sarif-multitool")
    if not tool:
        pytest.skip("sarif-multitool is not installed (COMMCALC_SARIF_MULTITOOL or PATH)")
    nasty = WRONG.at(SPAN, text=NASTY, mend=NASTY).with_also(Cell("data/d.csv", 3, "amount"), "the other")
    every = findings(*(kind.at(SPAN) for kind in kinds().values()))
    some = findings(nasty, DOUBT.at(None, text="x"))
    for name, found in {"none": findings(), "some": some, "many": many(300), "every": every}.items():
        file = tmp_path / f"{name}.sarif"
        file.write_text(FORMATS["sarif"](found), encoding="utf-8")
        done = subprocess.run([tool, "validate", str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "Analysis completed successfully" in done.stdout
        assert ": error " not in done.stdout


def spoiled(project: Path) -> Path:
    plan = project / "plans" / "saas-ae.yaml"
    plan.write_text(plan.read_text().replace("from: 100%", "from: 10O%"))
    return project


@pytest.mark.parametrize(
    ("server", "begins"),
    [({"GITHUB_ACTIONS": "true"}, "::error file="), ({"GITLAB_CI": "true"}, "[\n"), ({"GITHUB_ACTIONS": "false"}, "error[")],
)
def test_auto_is_the_form_of_the_server_it_runs_on(project: Path, server: dict[str, str], begins: str) -> None:
    here = {"GITHUB_ACTIONS": "", "GITLAB_CI": "", "GITHUB_STEP_SUMMARY": "", **server}
    done = commcalc("validate", "--format", "auto", folder=spoiled(project), **here)
    assert done.returncode == 1
    assert done.stdout.startswith(begins)


def test_places_are_told_from_the_root_of_the_repository(project: Path) -> None:
    (project.parent / ".git").mkdir()
    summary = project / "summary.md"
    done = commcalc("validate", "--format", "github", folder=spoiled(project), GITHUB_STEP_SUMMARY=str(summary))
    assert done.stdout.startswith("::error file=project/plans/saas-ae.yaml,line=36,")
    assert "project/plans/saas&#45;ae.yaml&#58;36" in summary.read_text()


@pytest.mark.parametrize("style", ["full", "concise", *FORMATS])
def test_every_format_ends_with_the_same_status(project: Path, style: str) -> None:
    arguments = ("validate", "--strict", "--format", style)
    assert commcalc(*arguments, folder=project, GITHUB_STEP_SUMMARY="").returncode == 0
    assert commcalc(*arguments, folder=spoiled(project), GITHUB_STEP_SUMMARY="").returncode == 1


def test_all_findings_are_shown_to_people_too(project: Path) -> None:
    plan = project / "plans" / "saas-ae.yaml"
    goals = "".join(f"  g{n}: {{titel: {n}}}\n" for n in range(150))
    plan.write_text(plan.read_text().replace("goals:\n", "goals:\n" + goals))
    assert commcalc("validate", "--format", "concise", folder=project).stdout.count("error[") >= 150


def test_warnings_end_with_an_error_when_strict_only(project: Path) -> None:
    plan = project / "plans" / "saas-ae.yaml"
    plan.write_text(plan.read_text().replace("rate: on-target", "rate: 150%"))
    mild = commcalc("validate", folder=project)
    assert "warning[P105]" in mild.stdout
    assert mild.returncode == 0
    assert commcalc("validate", "--strict", folder=project).returncode == 1


def test_a_clone_without_its_pay_data_validates(project: Path) -> None:
    shutil.rmtree(project / "data")
    assert commcalc("validate", "--strict", folder=project).returncode == 0
    told = commcalc("validate", "--data", "--format", "concise", folder=project)
    assert told.returncode == 3
    assert told.stdout.count("error[D003]") == 4
