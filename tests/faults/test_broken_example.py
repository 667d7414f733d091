"""The example's plan, broken as people break plans: the one message names the line, what is wrong and the edit that mends it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commcalc.api import open_project

EXAMPLE = Path(__file__).parents[2] / "examples" / "first-month"
PLAN = "plans/ae-commercial.yaml"
BREAKS = (
    ("a tab", "  bookings:", "\tbookings:", "Y007", "use spaces"),
    ("a key twice", "title: Account executives, commercial", "title: A\ntitle: B", "Y006", "keep one of the two"),
    ("a misspelt key", "    window: month", "    windw: month", "P001", "write `window`"),
    ("a decimal comma", "pay: 1.5x}", "pay: 1,5x}", "Y010", "write 1.5x: decimals stand after a point"),
    ("thousands with a comma", "at: 900 USD", "at: 1,900 USD", "Y010", "write 1_900 USD"),
    ("no colon", "    on: bookings", "    on bookings", "Y008", "write `on: bookings`, or indent it"),
    ("an open quote", "stage = 'Closed Won'\n    window: month", "stage = 'Closed Won\n    window: month", "X011", "put `'` at its end"),
    ("an open brace", "pay: 2x}", "pay: 2x", "Y008", "close it with `}`"),
    ("an unknown goal", "goal: share", "goal: shares", "P111", "write `share`"),
    ("tiers out of order", "from: 100%", "from: 200%", "P210", "sort the tiers by where they start, smallest first"),
    ("no reading", "      apply: marginal  ", "      # apply: marginal  ", "P002", "add `apply:` marginal, retroactive, prospective, inclusive or period"),
    ("no such reading", "apply: marginal  ", "apply: marginaly  ", "P003", "write marginal"),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "mend"), [b[1:] for b in BREAKS], ids=[b[0] for b in BREAKS])
def test_one_slip_is_one_message_at_its_line_with_the_edit_that_mends_it(
    old: str, new: str, code: str, mend: str, tmp_path: Path
) -> None:
    project = Path(shutil.copytree(EXAMPLE, tmp_path / "project", ignore=shutil.ignore_patterns("out")))
    text = (project / PLAN).read_text(encoding="utf-8")
    assert old in text
    (project / PLAN).write_text(text.replace(old, new, 1), encoding="utf-8")
    errors = open_project(project).validate().errors
    assert [p.code for p in errors] == [code]
    assert errors[0].mend.partition(" (")[0] == mend  # what each word means may follow
    place = errors[0].place
    assert place is not None
    assert place.file == PLAN
    begins = text[: text.index(old)].count("\n") + 1
    assert begins - 6 <= place.line <= begins + 2  # type: ignore[union-attr]
