"""Identity of lines: an id made of a line's key alone, so that it stays the same when an amount changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

import polars as pl

from commcalc.tables.rows import runs_of

GROUP = ("payee", "plan", "component", "role", "level", "kind", "cause", "corrects")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
WORD = 8  # bytes in one 64-bit word; ids of up to two words are read as numbers, longer ones are digested first


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Fifteen and five bits as three letters and one, made once."""

    threes: pl.Series
    ones: pl.Series


@cache
def alphabet() -> Alphabet:
    """Return the letters that ids are written in."""
    ones = pl.Series("x", list(LETTERS))
    pairs = [x + y for x in LETTERS for y in LETTERS]
    return Alphabet(pl.Series("x", [x + y for x in pairs for y in LETTERS]), ones)


def line_ids(lines: pl.DataFrame, period: str, letters: Alphabet) -> pl.DataFrame:
    """Return `id`, `L-` and sixteen base-32 characters made of each line's key and the pay period, and `~id`, 64 of its 80 bits.

    What lines have in common (payee, component, cause ...) is digested once for each combination; the window's first day
    and the deal are mixed in as numbers, in columns. In: columns of tables.results.LINES, `window_first` and `deal` among them.
    """
    groups = _groups(lines, period)
    window = pl.col("window_first").cast(pl.Int32).cast(pl.Int64).fill_null(-1).reinterpret(signed=False)
    frame = pl.concat([_deal_words(lines), groups, lines.lazy().select(window.alias("w")).collect()], how="horizontal")
    g1 = pl.col("g1") ^ (pl.col("w") * _word(0xA0761D6478BD642F))
    high = _mixed(pl.col("a") ^ _mixed(pl.col("b") ^ g1))
    low = _mixed(pl.col("b") ^ (pl.col("a") * _word(0x9E3779B97F4A7C15)) ^ pl.col("g2"))
    both = frame.lazy().select(high.alias("h"), low.alias("l")).collect()
    threes = [_letters(letters.threes, pl.col("h"), 15 * i, 15) for i in range(4)]
    pieces = [*threes, _letters(letters.threes, pl.col("l"), 0, 15), _letters(letters.ones, pl.col("l"), 15, 5)]
    bits = (pl.col("h") * 16) + (pl.col("l") % 16)  # sixty of the one word and four of the other stand in the id
    return both.lazy().select(pl.concat_str([pl.lit("L-"), *pieces]).alias("id"), bits.alias("~id")).collect()


def _groups(lines: pl.DataFrame, period: str) -> pl.DataFrame:
    """Return `g1 g2`, 128 bits of what each line has in common with its neighbours."""
    runs = runs_of(lines.select(GROUP), *GROUP)
    texts = runs.heads.select(
        pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in GROUP], separator="\x1f").alias("g")
    )
    unique = texts["g"].unique()
    digests = [hashlib.sha256(f"{g}\x1f{period}".encode()).digest() for g in unique.to_list()]
    words = {f"g{n}": [int.from_bytes(d[i : i + WORD], "little") for d in digests] for n, i in ((1, 0), (2, WORD))}
    known = pl.DataFrame({"g": unique, **words}, schema={"g": pl.String, "g1": pl.UInt64, "g2": pl.UInt64})
    return runs.spread(texts.join(known, on="g", how="left", maintain_order="left").select("g1", "g2"))


def _word(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


def _deal_words(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the deal id and its line as two 64-bit numbers `a` and `b`."""
    line = pl.col("line").cast(pl.UInt64) * _word(0xD6E8FEB86659FD93)
    size = pl.col("deal").str.len_bytes()
    facts = (
        lines.lazy()
        .select(
            size.min().alias("least"),
            size.max().alias("most"),
            (size.sum() == pl.col("deal").str.len_chars().sum()).alias("ascii"),
        )
        .collect()
    )
    least, most, ascii_ = facts.row(0)
    if ascii_ and most is not None and most <= 2 * WORD:
        # of an id of eight to sixteen characters the first eight, the last eight and the length tell it from any other
        deal = pl.col("deal") if least >= WORD else pl.col("deal").str.pad_end(WORD, "\0")
        first, second = _reinterpret(deal.str.head(WORD)), _reinterpret(deal.str.tail(WORD))
        length = size.cast(pl.UInt64) * _word(0xE7037ED1A0B428DB)
        return lines.lazy().select(first.alias("a"), (second ^ line ^ length).alias("b")).collect()
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
    return text.cast(pl.Binary).bin.reinterpret(dtype=pl.UInt64, endianness="little")


def _mixed(x: pl.Expr) -> pl.Expr:
    """Spread every bit over the word: multiply and fold, twice (products wrap at 64 bits, as they should)."""
    x = (x ^ (x // 2**30)) * _word(0xBF58476D1CE4E5B9)
    x = (x ^ (x // 2**27)) * _word(0x94D049BB133111EB)
    return x ^ (x // 2**31)


def _letters(table: pl.Series, word: pl.Expr, start: int, bits: int) -> pl.Expr:
    """Return `bits` bits of a word, from bit `start` on, as letters."""
    return pl.lit(table).gather((word // 2**start % 2**bits).cast(pl.UInt32))
