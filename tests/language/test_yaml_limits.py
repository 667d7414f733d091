"""Bytes that are no plan, or would cost memory and time, are refused before anything is built of them."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from commcalc.language.tree import read_tree

BOMB = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (i + 1, i + 1, i, i) for i in range(97, 121))
MERGES = b"a: &a {k: v}\n" + b"".join(b"m%d: {<<: [*a, *a, *a]}\n" % n for n in range(30))
BYTES = [
    ("empty", b"", "Y003", "p:1:1"),
    ("only comments", b"# a\n# b\n", "Y003", "p:1:1"),
    ("only ---", b"---\n", "Y003", "p:1:1"),
    ("a list", b"- a\n", "Y004", "p:1:1"),
    ("a scalar", b"abc\n", "Y004", "p:1:1"),
    ("UTF-16 with mark", "a: 1".encode("utf-16"), "Y001", "p:1:1"),
    ("UTF-16 without mark", "a: 1".encode("utf-16-le"), "Y001", "p:1:1"),
    ("Latin-1", "é: 1\na: é".encode("latin-1"), "Y001", "p:1:1"),
    ("Latin-1 behind other letters", "a: é".encode() + b"\xe9\n", "Y001", "p:1:5"),
    ("half of a pair", b"a: \xed\xa0\x80\n", "Y001", "p:1:4"),
    ("NUL", b"a: 1\nb: \x00\n", "Y001", "p:2:4"),
    ("a line end that editors hide", "a: 1\u2028b: 2\n".encode(), "Y001", "p:1:5"),
    ("a list as key", b"[1, 2]: x\n", "Y009", "p:1:1"),
    ("a mapping as key", b"{a: b}: x\n", "Y009", "p:1:1"),
    ("a complex key", b"? [1, 2]\n: x\n", "Y009", "p:1:3"),
    ("a tag", b'a: !!python/object/apply:os.system ["id"]\n', "Y009", "p:1:4"),
    ("a standard tag", b"a: !!str 1\n", "Y009", "p:1:4"),
    ("an alias bomb", BOMB, "Y009", "p:1:4"),
    ("a merge bomb", MERGES, "Y009", "p:1:4"),
    ("1,000 deep", b"[" * 1_000, "Y002", "p:1:33"),
    ("100,000 deep", b"[" * 100_000, "Y002", ("p:1:33", "p:1:1001")),  # by the parser's version
    ("100,000 deep mappings", b"{a: " * 100_000, "Y002", "p:1:129"),
    ("100,000 deep lists", b"- " * 100_000, "Y002", "p:1:65"),
    ("900 deep blocks", b"".join(b" " * n + b"a:\n" for n in range(900)), "Y002", "p:33:33"),
    ("too many values", b"a: [" + b"x," * 30_000 + b"]", "Y002", "p:1:39999"),
    ("50 MB", b"a: 1\n" * 10_000_000, "Y002", "p:1:1"),
]


@pytest.mark.parametrize(("raw", "code", "place"), [row[1:] for row in BYTES], ids=[row[0] for row in BYTES])
def test_bytes_that_are_no_plan_are_refused(raw: bytes, code: str, place: str) -> None:
    tree, report = read_tree(raw, "p")
    assert tree is None
    assert report.problems[0].code == code
    assert str(report.problems[0].place) in (place if isinstance(place, tuple) else (place,))


@pytest.mark.parametrize("raw", [BOMB, MERGES, b"[" * 100_000, b"a: 1\n" * 1_000_000], ids=["aliases", "merges", "deep", "large"])
def test_bombs_cost_neither_time_nor_memory(raw: bytes) -> None:
    started = time.perf_counter()
    read_tree(raw, "p")
    assert time.perf_counter() - started < 0.05
    tracemalloc.start()
    read_tree(raw, "p")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "raw",
    [b"\xef\xbb\xbfa: 1\nb: 2\n", b"a: 1\r\nb: 2\r\n", b"a: 1\rb: 2\r", b"%YAML 1.1\n---\na: 1\nb: 2\n"],
    ids=["byte order mark", "Windows", "old Mac", "directive"],
)
def test_other_ways_to_end_lines_and_begin_files_are_fine(raw: bytes) -> None:
    tree, report = read_tree(raw, "p")
    assert not report.problems
    assert tree is not None
    assert tree.data() == {"a": "1", "b": "2"}


def test_any_top_is_taken_where_it_is_asked_for() -> None:
    tree, _ = read_tree(b"- a\n- b\n", "p", top="any")
    assert tree is not None
    assert tree.data() == ["a", "b"]
