"""Identity of lines: an id made of a line's key alone, so that it stays the same when an amount changes."""

from __future__ import annotations

import hashlib
from functools import cache

import polars as pl

GROUP = ("payee", "plan", "component", "role", "level", "window_first", "kind", "cause", "corrects")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
WORD = 8  # bytes in one 64-bit word; ids of up to two words are read as numbers, longer ones are digested first


def line_ids(lines: pl.DataFrame, period: str) -> pl.Series:
    """Return `L-` and sixteen base-32 characters: 80 bits made of each line's key and the pay period.

    What lines have in common (payee, component, window ...) is digested once for each combination; the deal is mixed in
    as numbers, in columns: ten million lines take a second or two rather than half a minute. Two equal ids stop the run.
    """
    joined = lines.select(pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in GROUP], separator="\x1f").alias("g"))
    combinations = joined["g"].unique()
    digests = [hashlib.sha256(f"{g}\x1f{period}".encode()).digest() for g in combinations.to_list()]
    words = pl.DataFrame(
        {
            "g": combinations,
            "g1": [int.from_bytes(d[:8], "little") for d in digests],
            "g2": [int.from_bytes(d[8:16], "little") for d in digests],
        },
        schema={"g": pl.String, "g1": pl.UInt64, "g2": pl.UInt64},
    )
    frame = pl.concat([joined, _deal_words(lines)], how="horizontal").join(words, on="g", how="left", maintain_order="left")
    high = _mixed(pl.col("a") ^ _mixed(pl.col("b") ^ pl.col("g1")))
    low = _mixed(pl.col("b") ^ (pl.col("a") * _word(0x9E3779B97F4A7C15)) ^ pl.col("g2"))
    both = frame.lazy().select(high.alias("h"), low.alias("l")).collect()
    pieces = [_letters(pl.col("h") // 2 ** (20 * i)) for i in range(3)]
    pieces.append(_letters(pl.col("l")))
    return both.lazy().select(pl.concat_str([pl.lit("L-"), *pieces]).alias("id")).collect()["id"]


def _word(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


def _deal_words(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the deal id and its line as two 64-bit numbers `a` and `b`."""
    line = pl.col("line").cast(pl.UInt64) * _word(0xD6E8FEB86659FD93)
    size = pl.col("deal").str.len_bytes()
    ascii_ = size == pl.col("deal").str.len_chars()
    if lines.select((ascii_ & (size <= 2 * WORD)).all()).item():
        first, second = (_reinterpret(pl.col("deal").str.slice(i * WORD, WORD)) for i in (0, 1))
        return lines.lazy().select(first.alias("a"), (second ^ line).alias("b")).collect()
    unique = lines["deal"].unique()
    digests = [hashlib.sha256(d.encode()).digest() for d in unique.to_list()]
    words = pl.DataFrame(
        {
            "deal": unique,
            "a": [int.from_bytes(d[:8], "little") for d in digests],
            "b": [int.from_bytes(d[8:16], "little") for d in digests],
        },
        schema={"deal": pl.String, "a": pl.UInt64, "b": pl.UInt64},
    )
    found = lines.select("deal", "line").join(words, on="deal", how="left", maintain_order="left")
    return found.select("a", (pl.col("b") ^ line).alias("b"))


def _reinterpret(text: pl.Expr) -> pl.Expr:
    return text.str.pad_end(WORD, "\0").cast(pl.Binary).bin.reinterpret(dtype=pl.UInt64, endianness="little")


def _mixed(x: pl.Expr) -> pl.Expr:
    """Spread every bit over the word: multiply and fold, twice (products wrap at 64 bits, as they should)."""
    x = (x ^ (x // 2**30)) * _word(0xBF58476D1CE4E5B9)
    x = (x ^ (x // 2**27)) * _word(0x94D049BB133111EB)
    return x ^ (x // 2**31)


def _letters(word: pl.Expr) -> pl.Expr:
    """Return the lowest twenty bits as four letters."""
    return pl.lit(_fours()).gather((word % 2**20).cast(pl.UInt32))


@cache
def _fours() -> pl.Series:
    """All four-letter words in order: a million, made once for all components."""
    pairs = [x + y for x in LETTERS for y in LETTERS]
    return pl.Series([x + y for x in pairs for y in pairs])
