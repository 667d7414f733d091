"""What the program says of pay can be read aloud: who, how much, from which deal, by which tier, on which line of the plan."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "first-month"
SAID = {
    ("payee", "E105"): (
        "Sofia Marchetti (E105) is paid 16,928.58 USD for 2026-01: 6,250.00 base pay + 10,678.58 earned.",
        "1,790.66 USD earned on B-1029 of 2026-01-19, for E105",
        "(tier 1, from 0%: 1x; bookings 151,268.25 to 190,000)",
        "(tier 2, from 100%: 1.5x; bookings 190,000 to 205,418.25)",
        "exactly 1,790.658881578947, rounded once to 1,790.66",
        "E105 has 298,175 in bookings for 2026-01 of a quota of 190,000, 156.9%; the rate is the target pay over that quota.",
        "--> plans/ae-commercial.yaml:34",
        "Not credited: B-1103: later (dated after 2026-01-31).",
    ),
    ("payee", "E104"): (
        "Not calculated: B-1904: ae-commercial.new-business: `multiply` could not be decided for this deal: `term_months` is empty;",
    ),
    ("deal", "B-1906"): (
        "Deal B-1906 earns 4,242.00 USD in 2026-01, in 4 lines.",
        "It counts 96,000 in team of manager, for M301 as manager: from 695,980.25 to 791,980.25.",
        "-990.00 USD taken off by the maximum on B-1906",
    ),
}


@pytest.fixture(scope="module")
def month(installed: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    folder = tmp_path_factory.mktemp("words") / "month"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("out"))
    done = installed.run("calculate", "--period", "2026-01", folder=folder)
    assert done.returncode == 0
    return folder, done.stdout, done.stderr


@pytest.mark.parametrize("about", SAID, ids=" ".join)
def test_an_explanation_names_the_way_from_the_cent_to_the_line(
    installed: Any, month: tuple[Path, str, str], about: tuple[str, str]
) -> None:
    shown = installed.run("explain", *about, folder=month[0]).stdout
    assert [words for words in SAID[about] if words not in shown] == []


def test_the_account_and_the_list_of_exceptions_agree(month: tuple[Path, str, str]) -> None:
    _, shown, told = month
    assert "148 deal rows: 92 credited, 15 left out, 3 waiting for a date, 35 later, 3 exceptions" in shown
    assert "4 exceptions, not paid until settled (exceptions.csv; 1 of a credited deal or of a payee):" in told
    assert "ok: sum of lines = earned of payouts (89,206.10 = 89,206.10)" in shown
