"""Statements: every figure whole, sums that add up, and no text that does anything but stand there."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from made_run import LINE, SLICE, one_of_each, payout, result, written
from page import Page

from commcalc.base.money import minor_units
from commcalc.base.render import width
from commcalc.documents import figure_columns, figures
from commcalc.documents.plan_words import PlanWords, TierMark
from commcalc.documents.statement import Statement, Statements
from commcalc.documents.statement_html import Pages
from commcalc.documents.statement_json import json_of
from commcalc.documents.statement_markdown import markdown_of
from commcalc.documents.statement_text import text_of

HERE = Path(__file__).parent
WORDS = PlanWords(
    titles={"ae": "Account executive"},
    goals={("ae", "share"): "Grow share"},
    paid_on={("ae", "new-business"): "bookings"},
    ladders={
        ("ae", "new-business"): (
            TierMark(1, Decimal(0), True, "from 0%", "5%"),
            TierMark(2, Decimal("0.5"), True, "from 50%", "8%"),
            TierMark(3, Decimal(1), True, "from 100%", "10%"),
        )
    },
)


def _statement(folder: Path, words: PlanWords = WORDS) -> Statement:
    return next(iter(Statements(written(one_of_each(), folder), words, "Acme")))


def _without_run(text: str) -> str:
    """The digest changes with the version of polars, which the manifest's files hold."""
    return re.sub(r"[0-9a-f]{64}", "DIGEST", text)


def test_the_text_is_as_it_was_read_and_found_good(tmp_path: Path) -> None:
    golden = (HERE / "statement.txt").read_text(encoding="utf-8")
    assert _without_run(text_of(_statement(tmp_path / "out"))) == golden


def test_the_page_says_what_the_text_says(tmp_path: Path) -> None:
    statement = _statement(tmp_path / "out")
    page = Page(Pages().html_of(statement))
    figures = re.findall(r"-?\d[\d,]*\.\d\d(?!\d)", text_of(statement))
    assert len(figures) > 10
    for figure in figures:
        assert figure in page.text
    for said in ("Account executive", "Grow share", "corrects 2025-12", "fill in term", "no close_date", "from 50%"):
        assert said in page.text


def test_the_steps_from_earned_to_payable_add_up(tmp_path: Path) -> None:
    row = payout(
        "ann",
        "Ann",
        "5300",
        base=Decimal(5000),
        earned=Decimal(1000),
        held=Decimal(400),
        accrued=Decimal(350),
        released=Decimal(300),
    )
    statement = next(iter(Statements(written(result(payouts=[row]), tmp_path / "out"), PlanWords())))
    assert row["earned"] + sum(value for _, value in statement.sums) == row["payable"]
    assert ("Earned in earlier periods, payable now", Decimal(50)) in statement.sums


def test_a_page_takes_nothing_from_elsewhere_and_names_its_charts(tmp_path: Path) -> None:
    page = Page(Pages().html_of(_statement(tmp_path / "out")))
    charts = [a for t, a in page.tags if t == "svg"]
    assert len(charts) == 1
    assert charts[0]["role"] == "img"
    assert "bookings: 70,000, 70.0% of 100,000" in page.text
    assert not [a for _, a in page.tags if a.get("src") or (a.get("href") or "#")[:1] != "#" or a.get("style")]


def test_an_attainment_just_short_is_not_shown_as_reached(tmp_path: Path) -> None:
    measure = {
        "payee": "ann", "plan": "ae", "measure": "m", "window": "2026", "value": Decimal(9999), "quota": Decimal(10000),
        "attainment": Decimal("0.9999"),
    }  # fmt: skip
    made = result(payouts=[payout("ann", "Ann", "0")], measures=[measure])
    text = text_of(next(iter(Statements(written(made, tmp_path / "out"), PlanWords()))))
    assert "99.9%" in text
    assert "100.0%" not in text


def test_an_amount_for_each_is_not_shown_as_a_share(tmp_path: Path) -> None:
    made = result(
        lines=[{**LINE, "id": "L-A"}], slices=[{**SLICE, "rate": Decimal("2.5")}], payouts=[payout("ann", "Ann", "2000")]
    )
    run = written(made, tmp_path / "out")
    share, each = (
        text_of(next(iter(Statements(run, words)))) for words in (PlanWords(), PlanWords(in_money={("ae", "new-business"): True}))
    )
    assert "40,000 x 250% = 2,000" in share
    assert "40,000 x 2.5 = 2,000" in each


def test_components_on_one_measure_show_their_own_tiers(tmp_path: Path) -> None:
    first = (TierMark(1, Decimal(0), True, "from 0%", "5%"), TierMark(2, Decimal(1), True, "from 100%", "10%"))
    second = (TierMark(1, Decimal(0), True, "from 0%", "1 USD"), TierMark(2, Decimal("0.5"), True, "from 50%", "2 USD"))
    words = PlanWords(
        paid_on={("ae", "deals"): "bookings", ("ae", "spiff"): "bookings"},
        ladders={("ae", "deals"): first, ("ae", "spiff"): second},
    )
    measure = {
        "payee": "ann", "plan": "ae", "measure": "bookings", "window": "2026", "value": Decimal(70), "quota": Decimal(100),
        "attainment": Decimal("0.7"), "tier": "deals 1 of 2, spiff 2 of 2", "next_at": Decimal(100),
    }  # fmt: skip
    made = result(payouts=[payout("ann", "Ann", "0")], measures=[measure])
    statement = next(iter(Statements(written(made, tmp_path / "out"), words)))
    text, page = text_of(statement), Page(Pages().html_of(statement))
    assert "deals: *from 0%: 5%; from 100%: 10%\n      tier 1 of 2; the next begins at 100, 30 from here" in text
    assert "spiff: from 0%: 1 USD; *from 50%: 2 USD\n      tier 2 of 2\n" in text
    here = [i for i, (tag, a) in enumerate(page.tags) if tag == "li" and a.get("aria-current") == "true"]
    assert len(here) == 2
    assert page.text.count("from 0%") == 2


FIGURES = [
    "0",
    "1",
    "-1",
    "12",
    "999",
    "1000",
    "-1000",
    "999999",
    "1000000",
    "-1234567.891",
    "0.5",
    "0.05",
    "-0.001",
    "0.001",
    "2.999",
    "3",
    "-3",
    "0.08000025",
    "1234.5",
    "1234.567",
    "100",
    "1000.10",
    "0.000000000001",
    "123456789012345.123456789012",
    "-0.5",
    "300",
    "10.00",
    "99999999999999999999",
]


def test_a_column_of_figures_is_written_as_each_of_them_is() -> None:
    values = [Decimal(text) for text in FIGURES]
    column, dollars = pl.Series(values, dtype=pl.Decimal(38, 12)), pl.Series(["USD"] * len(values))
    share = pl.Series([False] * len(values))
    assert figure_columns.exact(column).to_list() == [figures.exact(v) for v in values]
    assert figure_columns.near(column).to_list() == [figures.near(v) for v in values]
    assert figure_columns.rate(column, share).to_list() == [figures.rate(v, each=False) for v in values]
    assert figure_columns.rate(column, ~share).to_list() == [figures.rate(v, each=True) for v in values]
    for currency in ("USD", "JPY", "KWD"):
        places = minor_units(currency)
        written_ = figure_columns.amount(column, dollars.replace("USD", currency))
        assert written_.to_list() == [figures.amount(v, places) for v in values]


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_money_is_never_cut_at_any_width(tmp_path: Path, columns: int) -> None:
    huge = Decimal("123456789012345.67")
    long = "a component with a name that is longer than any terminal has columns " * 4
    lines = [{**LINE, "id": "L-A", "component": long, "amount": huge, "exact": huge}]
    rows = [payout("ann", "Ann " * 60, str(huge), earned=huge)]
    made = result(lines=lines, slices=[{**SLICE, "exact": huge}], payouts=rows)
    text = text_of(next(iter(Statements(written(made, tmp_path / "out"), PlanWords(), "Acme " * 50))), columns)
    assert text.count("123,456,789,012,345.67") == 6  # payable, component, earned, its heading, the line, the slice
    kept = [line for line in text.splitlines() if not line.startswith("run ")]
    assert max(map(len, kept)) <= columns
    assert text.splitlines()[-1].startswith("run ")


def test_a_name_of_wide_letters_leaves_the_amounts_in_one_column(tmp_path: Path) -> None:
    lines = [{**LINE, "id": "L-A", "deal": "李小龙 株式会社"}, {**LINE, "id": "L-B", "deal": "D-2"}]
    made = result(lines=lines, payouts=[payout("ann", "Ann", "4000")])
    text = text_of(next(iter(Statements(written(made, tmp_path / "out"), PlanWords()))), 60)
    ends = {width(line) for line in text.splitlines() if line.endswith("2,000.00")}
    assert ends == {60}


def test_the_sum_of_the_lines_shown_is_the_total_shown(tmp_path: Path) -> None:
    for component in _statement(tmp_path / "out").components:
        assert sum(Decimal(line.amount.replace(",", "")) for line in component.lines) == component.amount


def test_the_json_says_what_the_page_says_exactly(tmp_path: Path) -> None:
    statements = Statements(written(one_of_each(), tmp_path / "out"), WORDS, "Acme", records=True)
    found = json.loads(json_of(next(iter(statements))))
    assert found["format"] == "commcalc-statement-1"
    assert (found["payable"], found["corrections"]) == ("3950.01", [{"period": "2025-12", "lines": 1, "amount": "-50.00"}])
    lines = [line for c in found["components"] for line in c["lines"]]
    assert sum(Decimal(line["amount"]) for line in lines) == Decimal(found["earned"])
    assert [p["exact"] for p in lines[1]["slices"]] == ["500", "1600.005"]
    assert found["measures"][0]["ladders"][0]["tier"] == 2
    assert found["exceptions"][0]["mend"] == "fill in term"
    assert found["left_out"] == [{"deal": "D-8", "line": 0, "status": "waiting", "rule": "no close_date"}]


def test_every_key_of_the_json_is_documented(tmp_path: Path) -> None:
    statements = Statements(written(one_of_each(), tmp_path / "out"), WORDS, "Acme", records=True)
    page = (HERE.parents[1] / "docs" / "statements.md").read_text(encoding="utf-8")
    missing = {key for key in _keys(json.loads(json_of(next(iter(statements))))) if f"`{key}`" not in page}
    assert missing == set()


def _keys(value: object) -> set[str]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return {k for k in value if isinstance(value, dict)} | {k for v in inner for k in _keys(v)} if inner else set()


def test_the_markdown_says_what_the_text_says(tmp_path: Path) -> None:
    statement = _statement(tmp_path / "out")
    page = markdown_of(statement)
    for figure in re.findall(r"-?\d[\d,]*\.\d\d(?!\d)", text_of(statement)):
        assert figure in page
