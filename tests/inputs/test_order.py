"""The order of deals: by id, code point by code point, then by line as a number."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from commcalc.tables.ordering import numbered

IDS = st.lists(st.tuples(st.text(st.sampled_from("ab0éπ😀 -"), max_size=20), st.integers(0, 12)), max_size=20)
PLAIN = st.lists(st.tuples(st.text(st.sampled_from("abAB019-/ "), max_size=18), st.integers(0, 12)), max_size=20)


@given(st.one_of(IDS, PLAIN))
def test_the_place_of_a_row_is_that_of_its_id_then_its_line(rows: list[tuple[str, int]]) -> None:
    rows = list(dict.fromkeys(rows))
    frame = pl.DataFrame(rows, schema={"deal_id": pl.String, "line": pl.UInt32}, orient="row")
    found = numbered(frame)
    assert sorted(rows) == [r for _, r in sorted(zip(found["~k"].to_list(), rows, strict=True))]
    ids = sorted({r[0] for r in rows})
    assert found["~deal"].to_list() == [ids.index(r[0]) for r in rows]
