"""CSV read record by record: slower, and exact about where a row or a quote goes wrong."""

from __future__ import annotations

import re

from commcalc.base.problem import Report
from commcalc.base.source import Cell
from commcalc.inputs.problems import FIELDS, HEADER_AGAIN, LIMIT, LINE_ENDS, QUOTE

MOST_IN_FIELD = 64 * 1024
MOST_PROBLEMS = 100
_QUOTED = re.compile(r'"((?:[^"]++|"")*+)"')  # possessive: else a field of 10 MB takes a gigabyte to be given up


def parsed(
    text: str, headers: list[str] | None, delimiter: str, name: str, footer: int, report: Report
) -> tuple[list[list[str | None]], list[int], int]:
    """Return the columns as text (empty ones None), each record's first line, and how many blank lines were skipped.

    Without `headers` the first record is returned as a single row.
    """
    plain = re.compile(r"[^" + re.escape(delimiter) + r'"\r\n]*')
    records: list[tuple[int, list[str | None]]] = []
    at, line, skipped, size = 0, 1, 0, len(text)
    while at < size:
        start = line
        record, at, line = _record(text, at, line, (delimiter, plain), name, report)
        if len(report) > MOST_PROBLEMS or at < 0:
            break
        if record is None:
            continue
        if record == [None]:
            skipped += start > 1
            continue
        records.append((start, record))
    if headers is None:
        return [[v] for v in (records[0][1] if records else [])], [1], 0
    body = records[1:]
    if footer:
        body = body[:-footer]
    return *_columns(body, headers, name, report), skipped


def _columns(
    body: list[tuple[int, list[str | None]]], headers: list[str], name: str, report: Report
) -> tuple[list[list[str | None]], list[int]]:
    good: list[list[str | None]] = []
    lines: list[int] = []
    uneven: dict[int, list[int]] = {}
    for start, record in body:
        if len(record) != len(headers):
            uneven.setdefault(len(record), []).append(start)
        elif [v or "" for v in record] == headers:
            report.add(HEADER_AGAIN.at(Cell(name, start)))
        else:
            good.append(record)
            lines.append(start)
    for found, starts in uneven.items():
        problem = FIELDS.at(Cell(name, starts[0]), found=found, wanted=len(headers), mend=_mend(found, len(headers)))
        report.add(problem.times(len(starts), [Cell(name, n) for n in starts[1:6]]))
    return [list(c) for c in zip(*good, strict=True)] if good else [[] for _ in headers], lines


def _mend(found: int, wanted: int) -> str:
    if found > wanted:
        return "look for an unquoted separator in a name"
    return "look for a missing separator or a cut line; a footer of the file is named by `read: {skip_footer: 1}`"


def _record(
    text: str, at: int, line: int, how: tuple[str, re.Pattern[str]], name: str, report: Report
) -> tuple[list[str | None] | None, int, int]:
    """Read one record; return its fields (None: refused), where the next begins (-1: no more) and its line."""
    delimiter, plain = how
    fields: list[str | None] = []
    size = len(text)
    while True:
        if text[at : at + 1] == '"':
            match = _QUOTED.match(text, at)
            if match is None:
                report.add(QUOTE.at(Cell(name, line), what="the quote that opens in this row is never closed", mend="close it"))
                return None, -1, line
            value: str | None = match[1].replace('""', '"')
            line += match[0].count("\n")
            at = match.end()
        else:
            found = plain.match(text, at)
            assert found is not None
            value, at = found[0], found.end()
        if value is not None and len(value) > MOST_IN_FIELD:
            report.add(LIMIT.at(Cell(name, line), what=f"a field of {len(value):,} characters; at most {MOST_IN_FIELD:,}"))
        fields.append(value or None)
        mark = text[at : at + 1]
        if mark == delimiter:
            at += 1
            continue
        if mark == "\r" and text[at + 1 : at + 2] != "\n":
            report.add(LINE_ENDS.at(Cell(name, line), what="a CR stands alone in this row"))
            return None, at + 1, line
        if mark in ("\n", "\r", ""):
            at += 2 if text[at : at + 2] == "\r\n" else 1
            return fields, at, line + 1
        report.add(
            QUOTE.at(
                Cell(name, line),
                what="a quote stands inside a field that is not quoted",
                mend='put the field in quotes and double the inner one: "Ac""me"',
            )
        )
        end = text.find("\n", at)
        return None, (end + 1 if end >= 0 else size), line + 1
