"""The quick reader and the careful one: the same rows, or the quick one stands back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from commcalc.base.problem import Report
from commcalc.inputs.csv_file import _fast, read_csv
from commcalc.inputs.csv_quick import plain_headers, quickly
from commcalc.inputs.csv_rows import parsed
from commcalc.inputs.model import ReadOptions

HEADERS = ["id", "name", "amount"]
FIELD = st.text(st.sampled_from('ab,"\n\r ;é'), max_size=5)
ROWS = st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=6)


@given(st.lists(st.text(st.sampled_from('a,"\n\r '), max_size=12), max_size=5))
@example(['"a', 'b"'])
@example(['a,b,"c,d"'])
@example([",", ",,,"])  # one field too few, and an empty one too many where the file ends without a line end
@settings(max_examples=1500, deadline=None)
def test_what_the_quick_reader_takes_the_careful_one_reads_alike(lines: list[str]) -> None:
    text = "id,name,amount\n" + "\n".join(lines)
    quick = _fast(text.encode(), HEADERS, ",")
    if quick is None:
        return
    report = Report()
    columns, numbers, skipped = parsed(text, HEADERS, ",", "x.csv", 0, report)
    assert not report.errors
    assert skipped == 0
    assert quick["~line"].to_list() == numbers
    assert [quick[h].to_list() for h in HEADERS] == columns


@given(st.lists(st.text(st.sampled_from('a,"\n\r é'), max_size=12), max_size=5))
@example([",", ",,,"])
@example(["", "a"])  # a blank line and a short row
@settings(max_examples=1500, deadline=None)
def test_what_the_quickest_reader_takes_the_careful_one_reads_alike(tmp_path_factory, lines: list[str]) -> None:
    text = "id,name,amount\n" + "".join(f"{line}\n" for line in lines)
    path = tmp_path_factory.getbasetemp() / "quick.csv"
    path.write_bytes(text.encode())
    found = quickly(path, HEADERS, ",") if plain_headers(path, ",") is not None else None
    if found is None:
        return
    report = Report()
    columns, numbers, skipped = parsed(text, HEADERS, ",", "x.csv", 0, report)
    assert not report.errors
    assert skipped == 0
    assert found[0]["~line"].to_list() == numbers
    assert [found[0][h].to_list() for h in HEADERS] == columns


@given(ROWS)
@settings(max_examples=300, deadline=None)
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, rows: list[tuple[str, str, str]]) -> None:
    rows = [r for r in rows if any(r) and not any("\r" in f for f in r)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADERS)
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    table, report = read_csv(path, "t.csv", ReadOptions())
    assert table is not None, [p.message for p in report]
    assert [tuple(v or "" for v in r) for r in table.frame.select(HEADERS).iter_rows()] == rows


@given(st.binary(max_size=60))
@settings(max_examples=1500, deadline=None)
def test_no_bytes_break_the_reader(tmp_path_factory, raw: bytes) -> None:
    path: Path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(b"id,name,amount\n" + raw)
    table, report = read_csv(path, "t.csv", ReadOptions())
    # rows of the wrong length (D018) and repeated headers (D025) refuse the run, and the other rows are still looked at
    beyond = [p for p in report.errors if p.code not in ("D018", "D025")]
    assert (table is None) == bool(beyond)


@given(st.binary(max_size=60))
@settings(max_examples=500, deadline=None)
def test_no_header_breaks_the_reader(tmp_path_factory, raw: bytes) -> None:
    path: Path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(raw)
    table, report = read_csv(path, "t.csv", ReadOptions())
    # rows of the wrong length (D018) and repeated headers (D025) refuse the run, and the other rows are still looked at
    beyond = [p for p in report.errors if p.code not in ("D018", "D025")]
    assert (table is None) == bool(beyond)
