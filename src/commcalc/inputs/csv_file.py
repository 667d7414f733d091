"""A CSV file as text: its bytes looked at before anything is believed, then every field as it was written."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from commcalc.base.problem import Report
from commcalc.base.render import cut
from commcalc.base.source import Cell
from commcalc.inputs.csv_quick import CONTROLS, plain_headers, quickly
from commcalc.inputs.csv_rows import MOST_IN_FIELD, parsed
from commcalc.inputs.model import ReadOptions
from commcalc.inputs.problems import (
    CANNOT_READ,
    CHANGED,
    CONTROL,
    EMPTY_FILE,
    ENCODING,
    FIELDS,
    HEADER,
    HEADER_AGAIN,
    HEADER_SPACES,
    LIMIT,
    LINE_ENDS,
    NOT_CSV,
    SEP_LINE,
    SEPARATOR,
    TWO_HEADERS,
)

MAGIC = {
    b"\x1f\x8b": ("gzip-compressed", "unpack it first"),
    b"PK": ("a workbook or zip archive", "save the sheet as CSV"),
    b"\xd0\xcf\x11\xe0": ("an old workbook", "save the sheet as CSV"),
    b"PAR1": ("a Parquet file", "save it as CSV"),
}
CHUNK = 1 << 24
SOMETHING = re.compile(rb"\S")
MOST_COLUMNS = 2_000


@dataclass(frozen=True, slots=True)
class TextTable:
    """A file's fields as text, empty ones as null, with `~line`: the physical line on which each record starts."""

    frame: pl.DataFrame
    headers: tuple[str, ...]
    skipped: int  # blank lines
    digest: str  # SHA-256 of the bytes that were read
    notes: tuple[str, ...]  # what was accepted with a change


def read_csv(path: Path, name: str, options: ReadOptions) -> tuple[TextTable | None, Report]:
    """Return the fields of a file as text, or every problem of its bytes and structure. `name` is used in messages."""
    report = Report()
    found = _plain(path, name, options, report)
    if found is not None or report.errors:
        return found, report
    raw = _bytes(path, name, report)
    if raw is None:
        return None, report
    digest = hashlib.sha256(raw).hexdigest()
    notes: list[str] = []
    raw = _checked_bytes(raw, name, options, report, notes)
    if report.errors:
        return None, report
    table = _parse(raw, (name, digest), options, report, notes)
    # a row of the wrong length refuses the run, but the other rows are looked at all the same: all the errors at once
    beyond = [p for p in report.errors if p.kind not in (FIELDS, HEADER_AGAIN)]
    return (None if beyond else table), report


def _plain(path: Path, name: str, options: ReadOptions, report: Report) -> TextTable | None:
    """Read a file that is as it should be: most are. Whatever is not is left to the thorough reader, but for one that changes."""
    delimiter = "\t" if options.delimiter == "tab" else options.delimiter
    if options.encoding != "utf-8" or options.skip_footer:
        return None
    try:
        before = path.stat()
        first = plain_headers(path, delimiter)
        if first is None or first[0].lower().startswith("sep="):
            return None
        said = Report()
        headers = _headers(delimiter.join(first), delimiter, name, options, said)
        found = quickly(path, headers, delimiter) if len(said) == 0 and headers == first else None
        after = path.stat()
    except OSError:
        return None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        report.add(CHANGED.at(Cell(name, 1)))
        return None
    if found is None:
        return None
    return TextTable(_trimmed(found[0], options), tuple(headers), 0, found[1], ())


def _bytes(path: Path, name: str, report: Report) -> bytes | None:
    """Return a file's bytes; None where it cannot be read, or changed meanwhile: what else is wrong with it is then no matter."""
    try:
        before = path.stat()
        raw = path.read_bytes()
        after = path.stat()
    except OSError as error:
        report.add(CANNOT_READ.at(Cell(name, 1), path=name, why=error.strerror or error))
        return None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        report.add(CHANGED.at(Cell(name, 1)))
        return None
    return raw


def _checked_bytes(raw: bytes, name: str, options: ReadOptions, report: Report, notes: list[str]) -> bytes:
    """Look at the bytes as they are: what the file is, its encoding, control characters, line ends."""
    top = Cell(name, 1)
    if SOMETHING.search(raw) is None:
        report.add(EMPTY_FILE.at(top))
        return raw
    for magic, (what, mend) in MAGIC.items():
        if raw.startswith(magic):
            report.add(NOT_CSV.at(top, what=what, mend=mend))
            return raw
    if options.encoding != "utf-8":
        try:
            raw = raw.decode(options.encoding).encode()
        except UnicodeDecodeError as error:
            what = f"byte {raw[error.start]:#04x} at offset {error.start} is not {options.encoding}"
            line = raw.count(b"\n", 0, error.start) + 1
            report.add(ENCODING.at(Cell(name, line), what=what, mend="name the file's own encoding"))
            return raw
        notes.append(f"decoded from {options.encoding}")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\x00" in raw[:400] and raw[:400].count(0) > len(raw[:400]) // 4):
        report.add(ENCODING.at(top, what="the file is UTF-16", mend="save it as UTF-8, or write `read: {encoding: utf-16}`"))
        return raw
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        notes.append("byte order mark dropped")
    if SOMETHING.search(raw) is None:
        report.add(EMPTY_FILE.at(top))
        return raw
    _utf8(raw, name, report)
    _controls(raw, name, report)
    if b"\r" in raw:
        if b"\n" not in raw:
            report.add(LINE_ENDS.at(top, what="the file's lines end in CR alone"))
            return raw
        notes.append("CRLF line ends")
    return raw


def _utf8(raw: bytes, name: str, report: Report) -> None:
    if raw.isascii():
        return
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = raw[error.start]
        cp1252 = "" if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else " (it looks like Windows-1252)"
        report.add(
            ENCODING.at(
                Cell(name, line),
                what=f"byte {byte:#04x} at offset {error.start} is not UTF-8{cp1252}",
                mend="write `read: {encoding: cp1252}` for this table, or save the file as UTF-8",
            )
        )


def _controls(raw: bytes, name: str, report: Report) -> None:
    for start in range(0, len(raw), CHUNK):
        chunk = raw[start : start + CHUNK]
        if len(chunk.translate(None, CONTROLS)) == len(chunk):
            continue
        found: dict[int, list[int]] = {}
        for match in re.finditer(b"[" + re.escape(CONTROLS) + b"]", chunk):
            found.setdefault(match[0][0], []).append(start + match.start())
        for byte, offsets in found.items():
            cells = [Cell(name, raw.count(b"\n", 0, at) + 1) for at in offsets[:6]]
            report.add(CONTROL.at(cells[0], point=f"{byte:04X}").times(len(offsets), cells[1:]))
        return


def _parse(raw: bytes, named: tuple[str, str], options: ReadOptions, report: Report, notes: list[str]) -> TextTable | None:
    name, digest = named
    delimiter = "\t" if options.delimiter == "tab" else options.delimiter
    end = raw.find(b"\n")
    first = raw[: end if end >= 0 else len(raw)].decode().rstrip("\r")
    if first.lower().startswith("sep="):
        report.add(SEP_LINE.at(Cell(name, 1), line=cut(first)))
        return None
    headers = _headers(first, delimiter, name, options, report)
    if report.errors:
        return None
    table = _fast(raw, headers, delimiter) if options.skip_footer == 0 else None
    if table is not None:
        return TextTable(_trimmed(table, options), tuple(headers), 0, digest, tuple(notes))
    columns, lines, skipped = parsed(raw.decode(), headers, delimiter, name, options.skip_footer, report)
    frame = pl.DataFrame({h: pl.Series(h, c, dtype=pl.String) for h, c in zip(headers, columns, strict=True)})
    frame = frame.with_columns(pl.Series("~line", lines, dtype=pl.UInt32))
    if options.skip_footer:
        notes.append(f"{options.skip_footer} footer rows skipped")
    return TextTable(_trimmed(frame, options), tuple(headers), skipped, digest, tuple(notes))


def _headers(first: str, delimiter: str, name: str, options: ReadOptions, report: Report) -> list[str]:
    if '"' in first:
        columns, _, _ = parsed(first, None, delimiter, name, 0, report)
        headers = [c[0] or "" for c in columns]
    else:
        headers = first.split(delimiter)
    if len(headers) > MOST_COLUMNS:
        report.add(LIMIT.at(Cell(name, 1), what=f"{len(headers):,} columns; at most {MOST_COLUMNS:,}"))
        return headers
    if len(headers) == 1:
        other = next((d for d in (";", "\t", "|") if d in first and d != delimiter), None)
        if other is not None:
            report.add(SEPARATOR.at(Cell(name, 1), found="tab" if other == "\t" else other))
            return headers
    if options.trim:
        headers = [h.strip() for h in headers]
    seen: dict[str, str] = {}
    for header in headers:
        folded = header.strip().casefold()
        if header.startswith("~"):
            report.add(HEADER.at(Cell(name, 1, header), column=header, why="names that begin with ~ are taken"))
        if header == "*" or (header.startswith("^") and header.endswith("$")):
            report.add(HEADER.at(Cell(name, 1, header), column=header, why="it stands for all columns, or for a pattern"))
        if folded in seen:
            report.add(TWO_HEADERS.at(Cell(name, 1, cut(header.strip())), column=cut(header.strip())))
        elif header != header.strip():
            report.add(HEADER_SPACES.at(Cell(name, 1, cut(header.strip())), column=cut(header)))
        seen[folded] = header
    return headers


def _fast(raw: bytes, headers: list[str], delimiter: str) -> pl.DataFrame | None:
    """Read a file in one go, where counting proves that every line is one row of the right length; else None.

    Each line that has a quote must be a whole record by itself. Then the number of separators outside quotes tells
    whether the lengths are right together, and polars refuses one that is too long: so none is too short either.
    """
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n")
    if not raw.endswith(b"\n"):
        raw += b"\n"  # without it polars overlooks an empty field too many at the very end
    if b"\n\n" in raw or raw.startswith(b"\n") or b"\r" in raw:
        return None
    quoted = b'"' in raw
    inside = _separators_in_quotes(raw, delimiter) if quoted else 0
    rows = raw.count(b"\n") - 1
    if inside is None or raw.count(delimiter.encode()) - inside != (rows + 1) * (len(headers) - 1):
        return None
    try:
        frame = pl.read_csv(
            raw,
            separator=delimiter,
            infer_schema=False,
            quote_char='"' if quoted else None,
            missing_columns="raise",
            extra_columns="raise",
            new_columns=headers,
            row_index_name="~line",
            row_index_offset=2,
        )
    except pl.exceptions.ComputeError:  # a row too long beside one too short: the slow reader says which
        return None
    if len(frame) != rows or _odd(frame, headers):
        return None
    return _without_empty_quotes(frame) if b'""' in raw else frame


def _separators_in_quotes(raw: bytes, delimiter: str) -> int | None:
    """Return how many separators stand inside quotes; None where a line with a quote is not a whole record."""
    mark = re.escape(delimiter).encode()
    field = rb'(?:"(?:[^"\n]|"")*+"|[^"\n' + mark + rb"]*+)"
    record = re.compile(field + rb"(?:" + mark + field + rb")*+")
    within = re.compile(rb'"(?:[^"\n]|"")*+"')
    count = 0
    for line in re.finditer(rb'^[^"\n]*+"[^\n]*+$', raw, re.MULTILINE):
        if record.fullmatch(line[0]) is None:
            return None
        count += sum(found.count(delimiter.encode()) for found in within.findall(line[0]))
    return count


def _odd(frame: pl.DataFrame, headers: list[str]) -> bool:
    """Return whether a field is over the limit or the header stands again: the slow reader says where."""
    longest = [pl.col(h).str.len_bytes().max() for h in headers]
    again = pl.col(headers[0]) == headers[0]
    row = frame.lazy().select(pl.max_horizontal(longest).alias("most"), again.any().alias("again")).collect().row(0)
    return bool((row[0] or 0) > MOST_IN_FIELD or row[1])


def _without_empty_quotes(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col(pl.String)
    return frame.with_columns(pl.when(text != "").then(text))


def _trimmed(frame: pl.DataFrame, options: ReadOptions) -> pl.DataFrame:
    """Cut spaces around fields where the mapping says so; a field of spaces is empty then."""
    text = pl.col(pl.String).str.strip_chars()
    return frame.with_columns(pl.when(text != "").then(text)) if options.trim else frame
