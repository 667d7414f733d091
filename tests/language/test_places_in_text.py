"""A character of a text is found in the file again, whatever its quotes and folds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commcalc.language.tree import read_tree

WRITTEN = [
    "k: amount *^ 8%\n",
    "k: 'it''s *^ 8%'\n",
    "k: 'a '' '' b' \n",
    'k: "tab\\t \\u0041 \\"q\\" *^ 8%"\n',
    "k: >-\n  amount\n  *^ 8%\n",
    "k: >-\n     if(a > 1,\n       2%, *^ 3)\n     + 1\n",
    "k: |\n  one\n  two *^\n\n  four\n",
    "k: |2\n    deep\n  less *^\n",
    "k: >\n  one\n\n  two *^\n",
    "k:\n  - x\n  - >-\n    a *^ b\n",
    'k: "one\n  two\n\n  three *^"\n',
    "k: 'one\n  two *^'\n",
    "k: \U0001f600 *^ x\n",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_each_character_stands_where_it_says(written: str) -> None:
    tree, report = read_tree(written.encode(), "p")
    assert tree is not None, [p.message for p in report]
    path = ("k", 1) if "- x" in written else ("k",)
    text = tree.node_at(path).text  # type: ignore[union-attr]
    lines = written.split("\n")
    for at, char in enumerate(text):
        span = tree.scalar_place(path, at, at + 1)
        found = lines[span.line - 1][span.column - 1 : span.column]
        if char not in " \n\t\"A'":
            assert found == char, (at, char, span)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_stretch_is_as_long_as_it_is_written(written: str) -> None:
    tree, _ = read_tree(written.encode(), "p")
    assert tree is not None
    path = ("k", 1) if "- x" in written else ("k",)
    text = tree.node_at(path).text  # type: ignore[union-attr]
    at = text.find("*^")
    if at >= 0:
        span = tree.scalar_place(path, at, at + 2)
        assert written.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1] == "*^"


def test_what_is_missing_at_the_end_is_marked_behind_it() -> None:
    for written, column in (("k: a *\n", 7), ("k: 'a *'\n", 8), ("k: >-\n  a *\n", 6)):
        tree, _ = read_tree(written.encode(), "p")
        assert tree is not None
        assert tree.scalar_place(("k",), 3, 3).column == column


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab '\"\\\n \t#:-|>{}[],&*!%é", max_size=40), st.sampled_from(["'", '"', "|\n  ", ">-\n  ", ""]))
def test_no_text_breaks_the_reader(text: str, quote: str) -> None:
    body = text.replace("\n", "\n  ")
    tree, report = read_tree(f"k: {quote}{body}{quote if quote in ('', chr(39), chr(34)) else ''}\nz: 1\n".encode(), "p")
    assert tree is not None or report.errors
    if tree is not None:
        text_there = tree.node_at(("k",))
        size = len(getattr(text_there, "text", ""))
        for at in range(size + 1):
            span = tree.scalar_place(("k",), at, at + 1)
            assert span.line >= 1
            assert span.column >= 1


def test_a_path_that_is_absent_is_placed_at_the_nearest_above() -> None:
    tree, _ = read_tree(b"a:\n  b: [1, {c: 2}]\n", "p")
    assert tree is not None
    assert str(tree.span_of(("a", "b", 1, "c"))) == "p:2:14"
    assert str(tree.span_of(("a", "b", 1, "c"), key=True)) == "p:2:11"
    assert str(tree.span_of(("a", "b", 7, "c"))) == "p:2:6"
    assert str(tree.span_of(("a", "x"), key=True)) == "p:1:1"
