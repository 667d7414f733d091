"""A closed period is worked out again from what was kept of it: to the byte, whatever the project has become; or it is said what differs."""

from __future__ import annotations

import gzip
from hashlib import sha256
from pathlib import Path

import pytest
from months import approved, closed, copied, passed, program, rows, written


def kept(folder: Path) -> dict[str, Path]:
    """The files that are kept, by digest."""
    return {f.name.removesuffix(".gz"): f for f in (folder / "ledger.kept").rglob("*.gz")}


@pytest.fixture
def two_months(february: Path) -> Path:
    closed(february, "2026-02")
    return february


def test_months_are_reproduced_to_the_byte_whatever_the_project_has_become(two_months: Path, tmp_path: Path) -> None:
    project = two_months / "commcalc.yaml"
    project.write_text(project.read_text().replace("rounding: half-up", "rounding: half-even"))
    for file in (*(two_months / "data").iterdir(), two_months / "plans" / "rep.yaml"):
        file.unlink()
    elsewhere = copied(two_months, tmp_path / "another machine" / "p")
    for folder in (two_months, elsewhere):
        for period in ("2026-01", "2026-02"):
            assert "is reproduced to the byte" in passed("ledger", "reproduce", period, folder=folder)


def test_every_file_is_kept_once_under_the_digest_of_its_bytes(two_months: Path) -> None:
    sources = {d for (d,) in rows(two_months / "ledger.sqlite", "SELECT digest FROM sources")}
    files = kept(two_months)
    assert set(files) == sources
    assert all(sha256(gzip.decompress(f.read_bytes())).hexdigest() == digest for digest, f in files.items())
    before = {f: f.read_bytes() for f in files.values()}
    passed("reopen", "2026-02", "--by", "mia", "--reason", "a slip", folder=two_months)
    approved(two_months, "2026-02")
    closed(two_months, "2026-02")
    assert {f: f.read_bytes() for f in kept(two_months).values()} == before


def test_a_file_that_is_lost_is_named_unless_the_project_still_has_it(two_months: Path) -> None:
    deals = two_months / "data" / "deals.csv"
    place = kept(two_months)[sha256(deals.read_bytes()).hexdigest()]
    place.write_bytes(place.read_bytes()[:-9])
    passed("ledger", "reproduce", "2026-01", folder=two_months)
    deals.write_text(deals.read_text().replace("10000.00", "10001.00"))
    for what in ("is damaged where it is kept", "is not kept"):
        done = program("ledger", "reproduce", "2026-01", folder=two_months)
        assert done.returncode == 4
        assert f"data/deals.csv ({place.name[:12]}) {what}, and is another in the project now" in done.stdout + done.stderr
        place.unlink(missing_ok=True)


def test_without_keeping_a_month_is_reproduced_as_long_as_the_files_are_there(tmp_path: Path) -> None:
    folder = written(tmp_path / "p")
    project = folder / "commcalc.yaml"
    project.write_text(project.read_text().replace("{file: ledger.sqlite}", "{file: ledger.sqlite, keep_inputs: no}"))
    closed(folder, "2026-01")
    assert not (folder / "ledger.kept").exists()
    passed("ledger", "reproduce", "2026-01", folder=folder)
    plan = folder / "plans" / "rep.yaml"
    plan.write_text(plan.read_text().replace("5%", "6%"))
    done = program("ledger", "reproduce", "2026-01", folder=folder)
    assert done.returncode == 4 and "plans/rep.yaml" in done.stdout + done.stderr


def test_what_cannot_be_kept_is_not_posted(january: Path) -> None:
    (january / "ledger.kept").write_text("in the way")
    done = program("close", "2026-01", "--by", "mia", folder=january)
    assert done.returncode == 3 and "O001" in done.stdout + done.stderr
    assert not (january / "ledger.sqlite").exists() or not rows(january / "ledger.sqlite", "SELECT number FROM entries")
    (january / "ledger.kept").unlink()
    closed(january, "2026-01")


def test_a_period_that_is_open_cannot_be_reproduced(january: Path) -> None:
    done = program("ledger", "reproduce", "2026-01", folder=january)
    assert done.returncode == 1 and "2026-01 is not closed" in done.stderr
