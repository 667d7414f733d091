"""A problem is shown with its place in sight: long lines, wide letters, control characters, rows of tables."""

from __future__ import annotations

import pytest

from commcalc.base.problem import Kind
from commcalc.base.render import cut, render_concise, render_full, summary, to_json
from commcalc.base.source import Cell, Sources, Span
from commcalc.cli.catalogue import kinds

ORDER = Kind("P210", "Tiers out of order", "this tier starts at {low}, below the one before it ({high})",
             "sort the tiers by `from`, smallest first", "page")  # fmt: skip
PLAN = "tiers:\n  - {from: 100%, pay: 1.5x}\n  - {from: 80%,  pay: 2x}\n"


def test_two_places_of_a_file_stand_in_one_excerpt() -> None:
    problem = ORDER.at(Span("plans/ae.yaml", 3, 12, 3, 15), low="80%", high="100%")
    problem = problem.with_also(Span("plans/ae.yaml", 2, 12, 2, 16), "the tier before it")
    assert render_full(problem, Sources({"plans/ae.yaml": PLAN})) == (
        "error[P210]: this tier starts at 80%, below the one before it (100%)\n"
        "  --> plans/ae.yaml:3:12\n"
        "   2 |   - {from: 100%, pay: 1.5x}\n"
        "     |            ---- the tier before it\n"
        "   3 |   - {from: 80%,  pay: 2x}\n"
        "     |            ^^^\n"
        "   mend: sort the tiers by `from`, smallest first\n"
        "   more: commcalc explain code P210"
    )


def test_another_file_is_named_and_not_shown() -> None:
    problem = ORDER.at(Span("a.yaml", 1, 1, 1, 6), low="1", high="2").with_also(Span("b.yaml", 9, 3, 9, 4), "the other")
    assert "   also b.yaml:9:3: the other\n" in render_full(problem, Sources({"a.yaml": PLAN}))


def test_rows_of_a_table_are_named_by_file_row_and_column_and_counted() -> None:
    problem = ORDER.at(Cell("deals.csv", 7, "amount"), low="1", high="2").times(1_200, (Cell("deals.csv", 9, "amount"),))
    text = render_full(problem, Sources({}))
    assert "  --> deals.csv:7:amount\n   1,200 rows in all; the next: 9\n" in text


def test_a_mark_far_out_in_a_long_line_stays_in_sight() -> None:
    line = "k: " + "a" * 500 + " HERE " + "b" * 500
    at = line.index("HERE") + 1
    shown = render_full(ORDER.at(Span("f", 1, at, 1, at + 4)), Sources({"f": line})).split("\n")
    assert len(shown[2]) < 140
    assert shown[2][shown[3].index("^") : shown[3].rindex("^") + 1] == "HERE"


def test_wide_letters_and_control_characters_do_not_move_the_mark() -> None:
    line = "k: 日本\x07 X"
    shown = render_full(ORDER.at(Span("f", 1, 8, 1, 9)), Sources({"f": line})).split("\n")
    assert shown[2] == "   1 | k: 日本\\u0007 X"
    assert shown[3] == "     | " + " " * (3 + 4 + 6 + 1) + "^"


def test_what_could_steer_a_terminal_is_escaped() -> None:
    problem = ORDER.at(Cell("a\x1b[2J.csv", 1), low="\u202eevil", high="\r\n")
    for text in (render_concise(problem), render_full(problem, Sources({})).split("\n")[0]):
        assert text.isprintable()
        assert "\\u202e" in text


def test_a_value_is_cut_at_sixty_characters() -> None:
    assert len(cut("x" * 1_000)) == 60
    assert cut("short") == "short"


def test_for_a_machine_the_facts_stay_apart() -> None:
    found = to_json(ORDER.at(Span("f", 1, 2, 1, 5), low="80%", high="100%"))
    assert found["code"] == "P210"
    assert found["facts"] == {"low": "80%", "high": "100%"}
    assert (found["file"], found["line"], found["column"], found["end_column"]) == ("f", 1, 2, 5)


def test_the_summary_counts_each_severity() -> None:
    error, warning = ORDER.at(None), Kind("A001", "t", "s", "m", "p", "warning").at(None)
    assert summary([error, warning, error, error]) == "3 errors, 1 warning"
    assert summary([]) == "no problems"


@pytest.mark.parametrize("code", sorted(kinds()))
def test_every_kind_of_problem_can_be_said_whatever_facts_it_has(code: str) -> None:
    said = kinds()[code].at(None)
    assert said.message
    assert said.mend
