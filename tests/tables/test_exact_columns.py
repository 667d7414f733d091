"""Columns are multiplied, divided, rounded and shared to the last digit, in both of polars' engines."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commcalc.tables.digits import TooLong, keep_exact
from commcalc.tables.exact import (
    D,
    Sharing,
    exact_lit,
    largest_remainder,
    product,
    quotient,
    round_to,
)

WIDE = Context(prec=90)
MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def at(value: Fraction) -> Decimal:
    """Half-even at 12 decimals, from the exact fraction."""
    return Decimal(round(value * 10**12)).scaleb(-12, WIDE)


def rounded(value: Decimal, places: int, mode: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=MODES[mode], context=WIDE)


def numbers(digits: int):
    """Numbers of so many digits before the point; many ties at the 12th decimal and at the cent."""
    units = st.integers(-(10 ** (digits + 12)) + 1, 10 ** (digits + 12) - 1).map(lambda n: Decimal(n).scaleb(-12, WIDE))
    ties = st.tuples(st.integers(-99, 99), st.integers(1, 12)).map(lambda t: Decimal(10 * t[0] + 5).scaleb(-t[1]))
    return st.one_of(units, ties, st.integers(-20, 20).map(Decimal))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(numbers(15), numbers(9)), min_size=1, max_size=40), st.sampled_from(["in-memory", "streaming"]))
def test_products_and_quotients_round_half_even_at_the_twelfth_decimal(pairs, engine):
    pairs = [(a, b) for a, b in pairs if b == 0 or abs(Fraction(a) / Fraction(b)) < 10**24] or [(Decimal(1), Decimal(3))]
    frame = pl.LazyFrame({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}, schema={"a": D, "b": D})
    done = frame.select(p=product(pl.col("a"), pl.col("b")), q=quotient(pl.col("a"), pl.col("b"))).collect(engine=engine)
    assert done.dtypes == [D, D]
    assert done["p"].to_list() == [at(Fraction(a) * Fraction(b)) for a, b in pairs]
    assert done["q"].to_list() == [at(Fraction(a) / Fraction(b)) if b else None for a, b in pairs]


@settings(max_examples=40, deadline=None)
@given(st.lists(numbers(15), min_size=1, max_size=40), st.sampled_from([0, 2, 3, 12]))
def test_rounding_to_places_goes_by_its_mode_on_both_sides_of_zero(values, places):
    frame = pl.DataFrame({"a": values}, schema={"a": D})
    for mode in MODES:
        done = frame.select(round_to(pl.col("a"), places, mode))
        assert done.dtypes == [D]
        assert done["a"].to_list() == [rounded(v, places, mode) for v in values]


def test_a_column_of_two_decimals_is_multiplied_at_twelve():
    frame = pl.DataFrame({"a": [Decimal("0.05")]}, schema={"a": pl.Decimal(38, 2)})
    assert frame.select(product(pl.col("a").cast(D), exact_lit(Decimal("0.50")))).item() == Decimal("0.025")


@pytest.mark.parametrize("text", ["999999999999999.123456789012", "-0.000000000001", "20458.95", "0"])
def test_a_literal_keeps_its_last_digit(text):
    assert pl.select(exact_lit(Decimal(text))).item() == Decimal(text)


def shared(whole: Decimal, figures: list[Decimal], remainder: str, mode: str) -> list[Decimal]:
    """Semantics 1.5 with a pencil, to the cent."""
    cent, many = Decimal("0.01"), len(figures)
    if remainder in ("first", "last"):
        parts = [rounded(f, 2, mode) for f in figures]
        named = 0 if remainder == "first" else many - 1
        parts[named] = whole - (sum(parts) - parts[named])
        return parts
    sign = -1 if whole < 0 else 1
    up = [f * sign for f in figures]
    parts = [math.floor(u / cent) * cent for u in up]
    if remainder == "largest":
        each, more = divmod(int((whole * sign - sum(parts)) / cent), many)
        turns = sorted(range(many), key=lambda i: (parts[i] - up[i], i))
        parts = [p + cent * (each + (turns.index(i) < more)) for i, p in enumerate(parts)]
    return [p * sign for p in parts]


FIGURES = st.one_of(st.integers(-4000, 4000).map(lambda n: Decimal(n).scaleb(-3)), st.just(Decimal("3.333333333333")), numbers(4))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.lists(FIGURES, min_size=1, max_size=6), st.integers(-7, 7)), min_size=1, max_size=8),
    st.sampled_from(["largest", "first", "last", "drop"]),
    st.sampled_from(list(MODES)),
)
def test_a_whole_is_shared_as_the_semantics_say(groups, remainder, mode):
    rows, expected = [], []
    for g, (figures, off) in enumerate(groups):
        whole = rounded(sum(figures), 2, "half-up") + off * Decimal("0.01")
        rows += [(g, k, whole, f) for k, f in enumerate(figures)]
        parts = shared(whole, figures, remainder, mode)
        expected += parts
        if remainder != "drop":
            assert sum(parts) == whole
    frame = pl.DataFrame(rows[::-1], schema={"g": pl.Int64, "k": pl.Int64, "w": D, "f": D}, orient="row")
    for engine in ("in-memory", "streaming"):
        how = Sharing(("g",), ("k",), 2, remainder, mode)
        done = largest_remainder(frame.lazy(), "w", "f", how).collect(engine=engine).sort("g", "k")
        assert done.columns == ["g", "k", "w", "f", "share"]
        assert done["share"].to_list() == expected


def test_ten_dollars_in_three_give_the_cent_to_the_first_in_the_stated_order():
    frame = pl.LazyFrame({"who": ["c", "a", "b"], "w": ["10"] * 3, "f": ["3.333333333333"] * 3})
    frame = frame.with_columns(pl.col("w", "f").cast(D))
    done = largest_remainder(frame, "w", "f", Sharing((), ("who",), 2)).collect().sort("who")
    assert [str(s)[:4] for s in done["share"]] == ["3.34", "3.33", "3.33"]


def test_products_of_too_many_digits_are_told_before_they_are_made():
    frame = pl.DataFrame({"a": ["-123456789012345", None], "b": ["0.5", "10345678901"], "c": ["1", "923456789012"]})
    frame = frame.with_columns(pl.all().cast(D)).with_row_index("~row")
    a, b, c = pl.col("a"), pl.col("b"), pl.col("c")
    keep_exact(frame, "a x b", a, b, exact_lit(Decimal("0.1")))
    keep_exact(frame.clear(), "a x c", a, c)
    with pytest.raises(TooLong) as found:
        keep_exact(frame, "a x c", a, c)
    assert (found.value.digits, found.value.largest, found.value.row) == ("27", Decimal(123456789012345), {"~row": 0})
    with pytest.raises(TooLong, match="the sum"):
        keep_exact(frame, "the sum", a, b, rows=100)
