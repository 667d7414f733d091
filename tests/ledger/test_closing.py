"""Approve, close, reopen: what is posted is what was looked at, in its turn, and nothing is posted twice: F187 to F190, F205."""

from __future__ import annotations

import csv
import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from months import MONTHS, approved, closed, content, passed, program, rows

from commcalc.exports.status import read_status
from commcalc.ledger.posted import posted_of, sound
from commcalc.tables.posted import KEPT, Posted

MIA = ("--by", "mia")


def refused(*arguments: str, folder: Path) -> str:
    """A control refuses, and nothing is posted."""
    ledger = folder / "ledger.sqlite"
    before = content(ledger) if ledger.exists() else None
    done = program(*arguments, folder=folder)
    assert done.returncode == 5, done.stderr
    assert (content(ledger) if ledger.exists() else None) == before
    return done.stdout + done.stderr


def changed(folder: Path, table: str, old: str, new: str) -> None:
    file = folder / "data" / f"{table}.csv"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_run_that_nobody_approved_is_not_closed(january: Path) -> None:
    passed("calculate", "-q", "--period", "2026-01", folder=january)
    assert passed("close", "2026-01", *MIA, folder=january)  # the same run: what was approved stays so
    passed("calculate", "-q", "--period", "2026-02", folder=january)
    assert "error[L023]: nobody has approved the run" in refused("close", "2026-02", *MIA, folder=january)


def test_an_approval_is_of_one_run_and_of_no_other(january: Path) -> None:
    changed(january, "deals", "10000.00", "12000.00")
    said = refused("close", "2026-01", *MIA, folder=january)
    assert "error[L022]: 2026-01 calculated now is run" in said
    assert [line.split() for line in said.splitlines() if line.startswith("ann")] == [
        ["ann", "500.00", "600.00", "1,000.00", "1,000.00", "USD"]
    ]
    assert "files: data/deals.csv (changed)" in said
    passed("calculate", "-q", "--period", "2026-01", folder=january)
    assert "error[L023]" in refused("close", "2026-01", *MIA, folder=january)
    approved(january, "2026-01")
    passed("close", "2026-01", *MIA, folder=january)


def test_f187_closing_twice_posts_once(january: Path) -> None:
    passed("close", "2026-01", *MIA, folder=january)
    before = (january / "ledger.sqlite").read_bytes()
    said = passed("close", "2026-01", "--by", "zoe", folder=january)
    assert said == "2026-01 is already closed, identical: entry 1 by mia\n"
    assert (january / "ledger.sqlite").read_bytes() == before


def test_f188_closed_with_other_deals_the_differences_are_shown_and_nothing_is_posted(january: Path) -> None:
    passed("close", "2026-01", *MIA, folder=january)
    changed(january, "deals", "D-01,ann,2026-01-08,10000.00", "D-01,ann,2026-01-08,30000.00\nD-09,ben,2026-01-09,100.00")
    said = refused("close", "2026-01", *MIA, folder=january)
    assert "error[L026]: 2026-01 was closed by mia with run" in said
    assert [line.split() for line in said.splitlines() if line.startswith(("ann", "ben", "cy"))] == [
        ["ann", "500.00", "1,500.00", "1,000.00", "1,525.00", "USD"],
        ["ben", "3,000.00", "3,010.00", "1,350.00", "1,355.00", "USD"],
    ]
    assert "files: data/deals.csv (changed)" in said


def test_f188_a_run_that_differs_from_the_closed_one_says_so_in_its_folder_and_is_not_approved(january: Path) -> None:
    passed("close", "2026-01", *MIA, folder=january)
    folder = january / "out" / "2026-01"
    before = read_status(folder)
    assert before is not None
    assert (before.state, before.approved["by"], before.ledger["entry"], before.ledger["run"]) == (
        "closed",
        "ann",
        "1",
        before.run,
    )
    changed(january, "deals", "10000.00", "12345.00")
    passed("calculate", "-q", "--period", "2026-01", folder=january)
    after = read_status(folder)
    assert after is not None
    assert (after.state, after.approved, after.ledger) == ("differs", {}, before.ledger)
    assert "error[L029]: 2026-01 was closed by mia" in refused("approve", "2026-01", "--by", "ann", folder=january)
    changed(january, "deals", "12345.00", "10000.00")
    passed("calculate", "-q", "--period", "2026-01", folder=january)
    again = read_status(folder)
    assert again is not None
    assert (again.state, again.run) == ("closed", before.run)


def test_f189_periods_are_closed_one_after_the_other_each_after_what_was_paid_before(february: Path) -> None:
    approved(february, "2026-03")
    said = refused("close", "2026-03", *MIA, folder=february)
    assert "error[L021]: 2026-03 cannot be closed now: 2026-02 is open\n   mend: close 2026-02 first" in said
    passed("calculate", "-q", "--period", "2025-12", folder=february)
    said = refused("close", "2025-12", *MIA, "--allow-empty", folder=february)
    assert "error[L021]: 2025-12 cannot be closed now: all days up to 2026-01-31 are closed (2026-01)" in said
    passed("close", "2026-02", *MIA, folder=february)
    said = refused("close", "2026-03", *MIA, folder=february)  # it was calculated before February was closed
    assert "error[L022]" in said
    closed(february, "2026-03")
    assert [r[0] for r in rows(february / "ledger.sqlite", "SELECT period FROM entries ORDER BY number")] == list(MONTHS)


def test_f190_each_exception_is_acknowledged_by_its_id_which_a_changed_row_changes(january: Path) -> None:
    changed(january, "deals", "D-02", "D-10,zed,2026-01-09,700.00\nD-11,yan,2026-01-09,800.00\nD-02")
    approved(january, "2026-01")
    ids = {
        r["deal"]: r["id"]
        for r in json.loads(passed("calculate", "--format", "json", folder=january).split("\nwritten")[0])["exceptions"]
    }
    approved(january, "2026-01")
    said = refused("close", "2026-01", *MIA, folder=january)
    assert "error[L025]: 2 exceptions of 2026-01 not acknowledged: " in said
    assert all(i in said for i in ids.values())
    file = january / "data" / "acknowledged.csv"
    file.write_text(f"exception_id,reason,author\n{ids['D-10']},left before,mia\n")
    approved(january, "2026-01")
    said = refused("close", "2026-01", *MIA, folder=january)
    assert f"error[L025]: 1 exception of 2026-01 not acknowledged: {ids['D-11']}" in said
    file.write_text(file.read_text() + f"{ids['D-11']},settled in May,ann\nE-AAAAAAAAAAAAAAAA,of another month,ann\n")
    changed(january, "deals", "800.00", "800.01")
    approved(january, "2026-01")
    assert "error[L025]: 1 exception of 2026-01 not acknowledged" in refused("close", "2026-01", *MIA, folder=january)
    changed(january, "deals", "800.01", "800.00")
    approved(january, "2026-01")
    passed("close", "2026-01", *MIA, folder=january)
    kept = rows(january / "ledger.sqlite", "SELECT exception_id, reason, author FROM acknowledged ORDER BY reason")
    assert kept == [(ids["D-10"], "left before", "mia"), (ids["D-11"], "settled in May", "ann")]


def test_what_was_acknowledged_changes_nobody_s_pay(january: Path) -> None:
    before = (january / "out" / "2026-01" / "payouts.csv").read_bytes()
    (january / "data" / "acknowledged.csv").write_text("exception_id,reason,author\nE-X,why not,mia\n")
    passed("calculate", "-q", "--period", "2026-01", folder=january)
    assert (january / "out" / "2026-01" / "payouts.csv").read_bytes() == before


@pytest.mark.parametrize("closer", ["ann", "Ann", " ANN  "])
def test_f205_two_people_are_two_people(january: Path, closer: str) -> None:
    policy(january, "two people")
    assert "error[L024]" in refused("close", "2026-01", "--by", closer, folder=january)
    passed("close", "2026-01", *MIA, folder=january)


def test_f205_two_people_are_asked_for_only_where_it_is_said(january: Path) -> None:
    passed("close", "2026-01", "--by", "ann", folder=january)
    assert rows(january / "ledger.sqlite", "SELECT by, approved_by FROM entries") == [("ann", "ann")]


def test_nobody_has_to_approve_where_the_project_says_none(january: Path) -> None:
    policy(january, "none")
    passed("close", "2026-01", *MIA, folder=january)
    passed("calculate", "-q", "--period", "2026-02", folder=january)
    passed("close", "2026-02", *MIA, folder=january)
    assert rows(january / "ledger.sqlite", "SELECT approved_by FROM entries ORDER BY number") == [("ann",), ("",)]


def policy(folder: Path, approve: str) -> None:
    file = folder / "commcalc.yaml"
    file.write_text(file.read_text() + f"policy: {{approve: {approve}}}\n")


def test_a_period_in_which_nobody_earns_anything_is_closed_only_where_it_is_meant(january: Path) -> None:
    passed("calculate", "-q", "--period", "2025-12", folder=january)
    passed("approve", "2025-12", "--by", "ann", folder=january)
    assert "error[L027]: 2025-12 has no lines and no payments" in refused("close", "2025-12", *MIA, folder=january)
    passed("close", "2025-12", *MIA, "--allow-empty", folder=january)


def test_all_that_speaks_against_closing_is_said_at_once(february: Path) -> None:
    policy(february, "two people")
    changed(february, "deals", "D-07", "D-10,zed,2026-03-09,700.00\nD-07")
    passed("calculate", "-q", "--period", "2026-03", folder=february)
    said = refused("close", "2026-03", *MIA, folder=february)
    assert {c for c in ("L021", "L023", "L025") if f"error[{c}]" in said} == {"L021", "L023", "L025"}


def booked(ledger: Path, out: Path) -> Posted:
    """What the ledger has posted."""
    books, report = sound(ledger, out, tuple(KEPT))
    assert report.ok
    assert books is not None
    found = posted_of(books)
    assert found is not None
    return found


def test_a_late_deal_of_a_closed_month_is_paid_in_the_open_one_and_the_ledger_says_what_had_been_paid(february: Path) -> None:
    changed(february, "deals", "D-07", "D-99,ann,2026-01-30,1000.00\nD-07")
    passed("calculate", "-q", "--verify", "--period", "2026-02", folder=february)
    with (february / "out" / "2026-02" / "lines.csv").open() as file:
        lines = [(r["deal"], r["amount"], r["cause"], r["corrects"]) for r in csv.DictReader(file) if r["deal"] == "D-99"]
    assert [(d, c, w) for d, _, c, w in lines] == [("D-99", "true-up", "2026-01")]
    closed(february, "2026-02")
    passed("calculate", "-q", "--verify", "--period", "2026-03", folder=february)
    assert "D-99" not in (february / "out" / "2026-03" / "lines.csv").read_text()


def test_a_month_that_pays_must_be_closed_before_a_later_one_may_be_the_first(january: Path) -> None:
    passed("calculate", "-q", "--period", "2026-02", folder=january)
    passed("approve", "2026-02", "--by", "ann", folder=january)
    assert "error[L021]" in (said := refused("close", "2026-02", *MIA, folder=january))
    assert "2026-01 pays, and is open" in said


def test_only_the_latest_period_is_opened_again_and_nothing_of_it_is_posted_then(february: Path) -> None:
    ledger, out = february / "ledger.sqlite", february / "out"
    before = booked(ledger, out)
    closed(february, "2026-02")
    why = ("--reason", "a quota was wrong")
    said = refused("reopen", "2026-01", *MIA, *why, folder=february)
    assert "error[L028]: 2026-01 was closed before 2026-02\n   mend: reopen 2026-02 first" in said
    assert "error[L028]: 2026-03 is not closed; closed are 2026-01, 2026-02" in refused(
        "reopen", "2026-03", *MIA, *why, folder=february
    )
    said = passed("reopen", "2026-02", "--by", "zoe", *why, folder=february)
    assert "2026-02 is open again: entry 3 takes back entry 2" in said
    assert rows(ledger, "SELECT kind, by, reason, reverses FROM entries WHERE number = 3") == [
        ("reopen", "zoe", "a quota was wrong", 2)
    ]
    after = booked(ledger, out)
    assert after.lines.equals(before.lines)
    assert after.slices.equals(before.slices)
    assert after.balances.equals(before.balances)
    assert after.periods == before.periods == ((date(2026, 1, 1), date(2026, 1, 31)),)
    sums = "SELECT account, payee, sum(amount) FROM postings WHERE entry > 1 GROUP BY account, payee HAVING sum(amount) <> 0"
    assert rows(ledger, sums) == []
    status = read_status(out / "2026-02")
    assert status is not None
    assert (status.state, status.approved, status.ledger["entry"]) == ("reopened", {}, "3")
    assert "error[L023]" in refused("close", "2026-02", *MIA, folder=february)
    closed(february, "2026-02")
    assert rows(ledger, "SELECT number, kind, period FROM entries ORDER BY number") == [
        (1, "close", "2026-01"), (2, "close", "2026-02"), (3, "reopen", "2026-02"), (4, "close", "2026-02"),
    ]  # fmt: skip
    passed("ledger", "verify", folder=february)


def test_the_inputs_plans_and_people_behind_a_closing_are_kept(january: Path) -> None:
    manifest = json.loads((january / "out" / "2026-01" / "manifest.json").read_text())
    passed("close", "2026-01", *MIA, folder=january)
    kept = {(k, n): d for k, n, d in rows(january / "ledger.sqlite", "SELECT kind, name, digest FROM sources")}
    stated = {("input", n): d for n, d in manifest["inputs"].items()} | {("plan", n): d for n, d in manifest["plans"].items()}
    project = sha256((january / "commcalc.yaml").read_bytes()).hexdigest()
    assert kept == {**stated, ("project", "commcalc.yaml"): project}
    assert len(kept) == 10
    status = read_status(january / "out" / "2026-01")
    assert status is not None
    head = rows(january / "ledger.sqlite", "SELECT period, first, last, by, approved_by, run, engine, hash FROM entries")
    assert head == [
        ("2026-01", "2026-01-01", "2026-01-31", "mia", "ann", status.run, manifest["commcalc"], status.ledger["hash"])
    ]


@pytest.mark.parametrize("by", ["", "  ", "two\nlines", "x" * 201])
def test_a_name_is_one_line_of_text(january: Path, by: str) -> None:
    for verb in (("approve", "2026-01"), ("close", "2026-01"), ("reopen", "2026-01", "--reason", "why")):
        assert program(*verb, "--by", by, folder=january).returncode == 2
    assert program("reopen", "2026-01", "--by", "mia", "--reason", " ", folder=january).returncode == 2
    assert not (january / "ledger.sqlite").exists()


def test_a_project_that_names_no_ledger_closes_nothing(january: Path) -> None:
    file = january / "commcalc.yaml"
    file.write_text(file.read_text().replace("ledger: {file: ledger.sqlite}\n", ""))
    for verb in (("approve", "2026-01", *MIA), ("close", "2026-01", *MIA), ("ledger", "show"), ("ledger", "verify")):
        done = program(*verb, folder=january)
        assert (done.returncode, "error[L001]" in done.stderr) == (1, True), verb


@pytest.mark.parametrize(("file", "code"), [("../ledger.sqlite", "D004"), ("/tmp/l.sqlite", "D004"), ("out/l.sqlite", "D004")])
def test_the_ledger_is_in_the_project_and_not_among_the_runs(january: Path, file: str, code: str) -> None:
    project = january / "commcalc.yaml"
    project.write_text(project.read_text().replace("ledger: {file: ledger.sqlite}", f"ledger: {{file: {file}}}"))
    done = program("close", "2026-01", *MIA, folder=january)
    assert (done.returncode, f"error[{code}]" in done.stderr) == (1, True), done.stderr


def test_calculate_never_writes_the_ledger(february: Path) -> None:
    before = (february / "ledger.sqlite").read_bytes()
    for period in MONTHS:
        passed("calculate", "-q", "--verify", "--period", period, folder=february)
    assert (february / "ledger.sqlite").read_bytes() == before
    passed("ledger", "verify", folder=february)
