"""Identity of lines: an id made of a line's key alone, so that it stays the same when an amount changes."""

from __future__ import annotations

import hashlib
from functools import cache

import polars as pl

from commcalc.tables.rows import runs_of

GROUP = ("payee", "plan", "component", "role", "level", "cause", "corrects")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
WORD = 8  # bytes in one 64-bit word; ids of up to two words are read as numbers, longer ones are digested first


@cache
def alphabet() -> pl.Series:
    """Return fifteen bits as three letters, for every number there is: made once."""
    pairs = [x + y for x in LETTERS for y in LETTERS]
    return pl.Series("letters", [x + y for x in pairs for y in LETTERS])


def line_ids(lines: pl.DataFrame, period: str, letters: pl.Series) -> pl.DataFrame:
    """Return `id`, `L-` and sixteen base-32 characters made of each line's key and the pay period, and `~id`, sixty of its eighty bits.

    What lines have in common (payee, component, cause ...) is digested once for each combination: four letters are of it
    alone, twelve of it with the deal and the window's first day, mixed in as numbers, in columns. In: columns of
    tables.results.LINES, `window_first` and `deal` among them.
    """
    window = pl.col("window_first").cast(pl.Int32).cast(pl.Int64).fill_null(-1).reinterpret(signed=False)
    frame = pl.concat(
        [_deal_words(lines), _groups(lines, period), lines.lazy().select(window.alias("w")).collect()], how="horizontal"
    )
    kinds = pl.lit(_kinds(lines)).gather(pl.lit(lines["kind"].to_physical().cast(pl.UInt32)))
    first = (pl.col("b") ^ pl.col("group") ^ kinds ^ (pl.col("w") * _word(0xA0761D6478BD642F))).alias("x")
    mixed = _mixed(_mixed(frame.lazy().select(first, "a", "head")).with_columns(pl.col("x") ^ pl.col("a")))
    tail = [pl.lit(letters).gather((pl.col("x") // 2 ** (15 * i) % 2**15).cast(pl.UInt32)) for i in range(4)]
    return mixed.select(pl.format("{}{}{}{}{}", pl.col("head"), *tail).alias("id"), (pl.col("x") % 2**60).alias("~id")).collect()


def _kinds(lines: pl.DataFrame) -> pl.Series:
    """Return a word for each kind of line, made of its name: lines of several kinds alternate."""
    kind = lines.schema["kind"]
    assert isinstance(kind, pl.Enum)
    names = kind.categories.to_list()
    return pl.Series([int.from_bytes(hashlib.sha256(n.encode()).digest()[:WORD], "little") for n in names], dtype=pl.UInt64)


def _groups(lines: pl.DataFrame, period: str) -> pl.DataFrame:
    """Return `group`, 64 bits of what each line has in common with its neighbours, and `head`, the first letters of its id."""
    runs = runs_of(lines.select(GROUP), *GROUP)
    texts = runs.heads.select(
        pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in GROUP], separator="\x1f").alias("g")
    )
    unique = texts["g"].unique()
    digests = [hashlib.sha256(f"{g}\x1f{period}".encode()).digest() for g in unique.to_list()]
    words = pl.Series([int.from_bytes(d[:WORD], "little") for d in digests], dtype=pl.UInt64)
    heads = pl.Series(["L-" + "".join(LETTERS[b % 32] for b in d[WORD : WORD + 4]) for d in digests], dtype=pl.String)
    known = pl.DataFrame({"g": unique, "group": words, "head": heads})
    return runs.spread(texts.join(known, on="g", how="left", maintain_order="left").select("group", "head"))


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


def _mixed(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Spread every bit of `x` over the word: multiply and fold, twice (products wrap at 64 bits, as they should).

    Step by step: written as one expression the column would be worked out again for each time that it is named.
    """
    x = pl.col("x")
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        frame = frame.with_columns(x ^ (x // 2**shift)).with_columns(x * _word(factor))
    return frame.with_columns(x ^ (x // 2**31))
