"""YAML that says something else than it seems to is refused at its place, with the edit that mends it."""

from __future__ import annotations

import pytest

from commcalc.language.tree import read_tree

# written, code, line, column, words of the message, words of the mend
TRAPS = [
    ("rate: %8", "Y008", 1, 7, "cannot begin with `%`", "after the number: 8%"),
    ("where: 'Orbit' = product", "Y008", 1, 8, "may not begin with a quote", "`product = 'Orbit'`"),
    ("where: > 10_000", "Y008", 1, 8, "begins a block of text", "`amount > 10_000`"),
    ("rows: {>24: 8%}", "Y008", 1, 8, "begins a block of text", "`above 24`"),
    ("rows: {*: 8%}", "Y009", 1, 8, "YAML alias", "`any`"),
    ("r: [*, 8%]", "Y009", 1, 5, "YAML alias", "`any`"),
    ("m: {quota: 1,000}", "Y010", 1, 14, "a comma splits here", "write 1_000"),
    ("m: {pay: 1,000 USD}", "Y010", 1, 12, "a comma splits here", "write 1_000 USD"),
    ("g: {when: if(a > 1, 2, 3), else: 0}", "Y010", 1, 21, "a comma splits here", "double quotes, or give it a line"),
    ("m: {where: product in ('A', 'B'), pay: 2%}", "Y008", 1, 32, "missing here", "whole expression in double quotes"),
    ("r: {by:x, rows: 1}", "Y010", 1, 5, "a space is missing after the colon", "`by: x`"),
    ("rate:8%\nx: 1", "Y008", 1, 1, "a space is missing after the colon", "`rate: 8%`"),
    ("a:\n  rate:8%\n  b: 1", "Y008", 2, 3, "a space is missing after the colon", "`rate: 8%`"),
    ("rate:8%", "Y004", 1, 1, "one text", "`rate: 8%`"),
    ("where: code = 'A #1'", "Y012", 1, 18, "`code = 'A` is what is left", "double quotes"),
    ("where: code = 'A' #1 only", "Y013", 1, 19, "`code = 'A'` is the value", "`# ` for a comment"),
    ("channel: #sales", "Y010", 1, 1, "what stands after it is a comment", '"#sales"'),
    ("c: [#a]\nb: 1", "Y008", 1, 5, "`#` begins a comment", '"#a"'),
    ("c:\n  - #a\n  - b", "Y010", 2, 3, "what stands after it is a comment", '"#a"'),
    ("channel: @sales", "Y008", 1, 10, "cannot begin with `@`", '"@sales"'),
    ("channel: `x`", "Y008", 1, 10, "cannot begin with ```", '"`x`"'),
    ("title: Q1: new logos", "Y008", 1, 10, "`: ` ends a key", '"Q1: new logos"'),
    ("where: note = 'a: b'", "Y008", 1, 17, "`: ` ends a key", "\"note = 'a: b'\""),
    ("where: !active", "Y009", 1, 8, "`!active` is a YAML tag", "`not active`"),
    ("a: &x 1", "Y009", 1, 4, "YAML anchor", "`params:`"),
    ("a: {<<: {b: 1}}", "Y009", 1, 5, "YAML merge key", "`extends:`"),
    ("? x\n: y", "Y009", 1, 3, "complex key", "`x: value`"),
    ("pay: - 350", "Y008", 1, 6, "a list cannot begin behind a key", "write -350"),
    ("where: a = 1\n  and b = 2", "Y011", 1, 8, "over several lines", "`>-`"),
    ("a: 1\nb: 2\na: 3", "Y006", 3, 1, "`a` stands twice", "one of the two"),
    ("a:\n\tb: 1", "Y007", 2, 1, "tab", "spaces"),
    ("a: 1\n---\nb: 2", "Y005", 2, 1, "second document", "one plan or program a file"),
    ("a: 1\n...\nb: 2", "Y005", 3, 1, "second document", "one plan or program a file"),
    ('a: "x\nb: 2', "Y008", 1, 4, "the quote that opens here is never closed", "the same quote"),
    ("a: 'x\nb: 'y'", "Y008", 1, 4, "not closed on its line", "the same quote"),
    ('a: "c:\\data"', "Y008", 1, 7, "means something else", "single quotes"),
    ("a: [1, 2\nb: 3", "Y008", 1, 4, "the `[` that opens here is not closed", "`]`"),
    ("a: {b: 1\nc: 2", "Y008", 1, 4, "the `{` that opens here is not closed", "`}`"),
    ("a: {b: 1\n  c: 2}", "Y008", 2, 4, "missing before this", "write the comma"),
    ("a: x\nb: ]", "Y008", 2, 4, "never opened", "take it away"),
    ("a: [1,,2]", "Y008", 1, 7, "a value is missing", "take the comma away"),
    ("a: {b: Q1: c}", "Y008", 1, 10, "`: ` ends a key", "double quotes"),
    ("a:\n   b: 1\n  c: 2", "Y008", 3, 3, "not indented like", "3 spaces, this one with 2 spaces"),
    ("a: 1\n  b: 2", "Y008", 2, 4, "as if it belonged to the value above", "indentation"),
    ("a:\n  b: 1\n  - 2", "Y008", 3, 3, "a list item stands among keys", "`key: value`"),
    ("a: 1\nfoo\nb: 2", "Y008", 2, 1, "has no colon", "`foo: value`"),
    (": x", "Y009", 1, 1, "a key is empty", "before the colon"),
    ('"": x', "Y009", 1, 1, "a key is empty", "before the colon"),
    ("a:\nb: 1", "Y010", 1, 1, "`a` has no value", "leave it out"),
    ("a: >-\nb: 1", "Y010", 1, 1, "`a` has no value", "leave it out"),
]


@pytest.mark.parametrize(("written", "code", "line", "column", "says", "mends"), TRAPS, ids=lambda v: str(v)[:30])
def test_a_trap_is_told_at_its_place(written: str, code: str, line: int, column: int, says: str, mends: str) -> None:
    tree, report = read_tree(f"{written}\n".encode(), "p.yaml")
    problem = report.problems[0]
    assert (problem.code, str(problem.place)) == (code, f"p.yaml:{line}:{column}")
    assert says in problem.message
    assert mends in problem.mend
    assert (tree is None) == (problem.severity == "error")


def test_what_looks_odd_and_is_fine_stays_the_text_that_was_written() -> None:
    written = "country: NO\nday: 12:30\nn: 1.10\nid: 007\nr: 150_000\nempty: ~\nc: x#y\nq: \"a #b\"  # fine\ns: 'it''s'\ny: yes\n"
    tree, report = read_tree(written.encode(), "p.yaml")
    assert tree is not None
    assert not report.problems
    assert tree.data() == {
        "country": "NO", "day": "12:30", "n": "1.10", "id": "007", "r": "150_000", "empty": "~", "c": "x#y", "q": "a #b",
        "s": "it's", "y": "yes",
    }  # fmt: skip


def test_several_slips_of_one_file_are_told_at_once() -> None:
    written = (
        "plan: x\nrate: %8\nchannel: @sales\ntitle: Q1: new\nwhere: 'A' = b\ntiers: [1, 2\nfoo\nquota: {q: 1,000}\n"
        "name: 'open\nplan: y\nlast: 1\n"
    )
    _, report = read_tree(written.encode(), "p.yaml")
    told = {(p.code, p.place.line) for p in report.sorted()}  # type: ignore[union-attr]
    assert told == {
        ("Y008", 2), ("Y008", 3), ("Y008", 4), ("Y008", 5), ("Y008", 6), ("Y008", 7), ("Y010", 8), ("Y008", 9), ("Y006", 10),
    }  # fmt: skip


def test_every_line_with_a_tab_is_told_and_what_follows_too() -> None:
    _, report = read_tree(b"a:\n\tb: 1\n\tc: 2\nd: %8\n", "p.yaml")
    assert [(p.code, str(p.place)) for p in report] == [("Y007", "p.yaml:2:1"), ("Y007", "p.yaml:3:1"), ("Y008", "p.yaml:4:4")]


def test_a_key_twice_shows_both_places() -> None:
    _, report = read_tree(b"a: 1\nb: 2\na: 3\n", "p.yaml")
    assert [(str(place), label) for place, label in report.problems[0].also] == [("p.yaml:1:1", "the first one")]
