"""A plain CSV file read in one go: every byte is looked at while the fields are parted, and counting proves that none is lost."""

from __future__ import annotations

import hashlib
from codecs import getincrementaldecoder
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from commcalc.inputs.csv_rows import MOST_IN_FIELD

CONTROLS = bytes(c for c in range(32) if c not in (9, 10, 13)) + b"\x7f"
CHUNK = 1 << 16  # small enough to stay in the processor's cache
PEEK = 1 << 16


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file's bytes are: how many, their SHA-256, how many of them are controls or line feeds, and whether all is plain."""

    size: int
    digest: str
    ends: int  # line feeds, and control characters if there are any
    plain: bool  # UTF-8 without quotes and carriage returns, ending in a line feed


def plain_headers(path: Path, delimiter: str) -> list[str] | None:
    """Return the header of a file that may be read quickly: no mark, quote or carriage return as far as a first look tells."""
    with path.open("rb") as opened:
        head = opened.read(PEEK)
    first, _, rest = head.partition(b"\n")
    if not rest or not first.strip() or b'"' in head or b"\r" in head or b"\x00" in head or not first.isascii():
        return None
    headers = first.decode().split(delimiter)
    return headers if len(headers) > 1 else None  # in a file of one column a blank line is a row to polars


def quickly(path: Path, headers: list[str], delimiter: str) -> tuple[pl.DataFrame, str] | None:
    """Return every field as text with `~line`, and the file's digest; None where anything is out of the ordinary.

    Polars refuses a row that is too long; it skips blank lines and fills up short ones in silence. A blank line shows in
    the number of line feeds, a short row in the size: the fields and the separators that there must be add up to it.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        looking = pool.submit(_looked, path)
        frame = _parted(path, headers, delimiter)
        looked = looking.result()
    if frame is None or not looked.plain or looked.ends != len(frame) + 1:
        return None
    sizes = [pl.col(h).str.len_bytes() for h in headers]
    again = (pl.col(headers[0]) == headers[0]).any()
    facts = frame.lazy().select(
        pl.sum_horizontal(s.sum().cast(pl.Int64) for s in sizes).alias("size"),
        pl.max_horizontal(s.max() for s in sizes).alias("most"),
        again.alias("again"),
    )
    size, most, again_ = facts.collect().row(0)
    first = sum(len(h) for h in headers)
    separators = (len(frame) + 1) * (len(headers) - 1)
    if first + size + separators + looked.ends != looked.size or (most or 0) > MOST_IN_FIELD or again_:
        return None
    return frame, looked.digest


def _looked(path: Path) -> Looked:
    digest, decoder = hashlib.sha256(), getincrementaldecoder("utf-8")()
    size = ends = 0
    plain, last = True, b""
    with path.open("rb", buffering=0) as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            ends += len(chunk) - len(chunk.translate(None, CONTROLS + b"\n"))
            plain = plain and b'"' not in chunk and b"\r" not in chunk
            if plain and not chunk.isascii():
                plain = _decodes(decoder, chunk)
            last = chunk
    return Looked(size, digest.hexdigest(), ends, plain and last.endswith(b"\n"))


def _decodes(decoder: object, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)  # type: ignore[attr-defined]
    except UnicodeDecodeError:
        return False
    return True


def _parted(path: Path, headers: list[str], delimiter: str) -> pl.DataFrame | None:
    try:
        return pl.read_csv(
            path,
            separator=delimiter,
            infer_schema=False,
            quote_char=None,
            missing_columns="raise",
            extra_columns="raise",
            new_columns=headers,
            row_index_name="~line",
            row_index_offset=2,
        )
    except (pl.exceptions.PolarsError, OSError):  # the thorough reader says what is wrong, and where
        return None
