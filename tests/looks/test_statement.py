"""Statements: every figure whole, sums that add up, and no text that does anything but stand there."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_run import LINE, SLICE, one_of_each, payout, result, written

from commcalc.base.problem import Problem
from commcalc.documents.file_names import file_name
from commcalc.documents.plan_words import PlanWords, TierMark
from commcalc.documents.statement import Statement, Statements
from commcalc.documents.statement_html import Pages
from commcalc.documents.statement_text import text_of
from commcalc.exports.statements import write_statements

HERE = Path(__file__).parent
WORDS = PlanWords(
    titles={"ae": "Account executive"},
    goals={("ae", "share"): "Grow share"},
    tiers={
        ("ae", "bookings"): (
            TierMark(1, Decimal(0), True, "from 0%", "5%"),
            TierMark(2, Decimal("0.5"), True, "from 50%", "8%"),
            TierMark(3, Decimal(1), True, "from 100%", "10%"),
        )
    },
)
HARM = (
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "</style><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "\u202egnp.exe",
    "\x1b[31mred",
    "=cmd|' /C calc'!A0",
    "[bold]x[/foo]",
    "&lt;b&gt;",
)
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Reads a page: its tags must close in order; keeps tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


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


@pytest.mark.parametrize("harm", HARM)
def test_no_name_does_anything_on_the_page_or_the_terminal(tmp_path: Path, harm: str) -> None:
    line = {**LINE, "id": "L-A", "deal": harm, "payee": harm, "goal": harm, "component": harm, "role": harm}
    rows = [payout(harm, harm, "2000.00", plan=harm)]
    exceptions = [{"id": "E", "deal": harm, "payee": harm, "reason": harm, "mend": harm, "code": "K110"}]
    made = result(lines=[line], slices=[SLICE], payouts=rows, exceptions=exceptions)
    statement = next(iter(Statements(written(made, tmp_path / "out"), PlanWords(), harm)))
    raw = Pages().html_of(statement)
    page = Page(raw)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "link", "iframe", "object", "form"})
    assert not [a for _, attributes in page.tags for a in attributes if a.startswith("on")]
    assert not re.search(r"https?://|//[a-z]", raw)
    policy = next(a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    for text in (raw, text_of(statement)):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f]", text)


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


@pytest.mark.parametrize("payee", ["../../etc/passwd", "/abs", "a\\b", "CON", "aux.txt", "x. ", "a:b?", "ü" * 300, "\u202e", ""])
def test_file_names_are_safe_everywhere(payee: str) -> None:
    name = file_name(payee)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{8,60}", name)


def test_ids_that_look_alike_have_files_of_their_own() -> None:
    ids = ["ann", "Ann", "ANN", "a/nn", "a-nn", "\u00e9", "e\u0301"]
    assert len({file_name(i) for i in ids}) == len(ids)


def test_statements_are_written_as_one(tmp_path: Path) -> None:
    run = written(one_of_each(), tmp_path / "out").folder
    assert write_statements(run, [("=ann", "Ann", {"ann.txt": "hello"})], lambda _: None) == 1
    assert (run / "statements" / "index.csv").read_text().splitlines()[1].startswith("'=ann,Ann,ann.txt,")
    with pytest.raises(RuntimeError):
        write_statements(run, _breaking(), lambda _: None)
    assert sorted(p.name for p in (run / "statements").iterdir()) == ["ann.txt", "index.csv"]
    assert not (run / ".statements.new").exists()


def _breaking():
    yield "ann", "Ann", {"ann.txt": "changed"}
    raise RuntimeError("stopped")


def test_statements_are_never_written_through_a_link(tmp_path: Path) -> None:
    run = written(one_of_each(), tmp_path / "out").folder
    (tmp_path / "elsewhere").mkdir()
    (run / "statements").symlink_to(tmp_path / "elsewhere")
    found = write_statements(run, [("ann", "Ann", {"ann.txt": "hello"})], lambda _: None)
    assert isinstance(found, Problem)
    assert list((tmp_path / "elsewhere").iterdir()) == []


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
