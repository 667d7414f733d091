"""Files mutated at random are read or refused, never a traceback, and a refusal always says something."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from small_project import FILES, Fault, write_small

from commcalc.api import open_project

PIECES = st.sampled_from([
    b",", b"\n", b'"', b"\r\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b";", b" ", b"1e3", b"NULL", b"2026-02-30", b"-", b"ann",
    b"D1", b"1/3", b"0%", b"nobody", b"99999999999999999999", b"2026-Q1", "é".encode(), "e\u0301".encode(), b"~", b"deal_id", b"to",
])  # fmt: skip
MUTATION = st.tuples(st.floats(0, 1), st.integers(0, 6), st.one_of(PIECES, st.binary(max_size=3)))
EXTRA = {
    "deals": b"deal_id,owner,close_date,amount,line,product\nD1,ann,2026-01-05,100.00,1,P\nD2,bob,2026-01-06,250.50,1,P\n",
    "payees": b"payee_id,name,manager,aliases,from,to\nann,Ann Lee,cy,A;B,,\nbob,Bob Ray,cy,,,\ncy,Cy Moe,,,2020-01-01,\n",
    "quotas": b"payee_id,measure,period,amount\nann,booked,2026-Q1,100\nbob,booked,2026-01-05,100\n",
    "splits": b"deal_id,payee_id,share,role,order\nD1,ann,1/3,,1\nD1,bob,2/3,,2\n",
    "kpis": b"payee_id,kpi,period,value\nann,csat,2026-01,4.5\n",
    "openings": b"payee_id,as_of,kind,name,amount\nann,2025-12-31,measure,booked,10\n",
    "calendar": b"period,from,to,quarter,year\nP1,2026-01-01,2026-01-31,Q1,2026\nP2,2026-02-01,2026-02-28,Q1,2026\n",
    "products": b"product,price\nP,10\n",
}
OPTIONS = {
    "deals": {
        "look_up": [{"in": "products", "by": "product", "take": {"price": "price"}}],
        "types": {"price": "money"}, "where": "amount > 1 or product = 'P'",
    },
    "products": {"types": {"price": "money"}},
}  # fmt: skip
TABLES = sorted({*FILES, *EXTRA})


@given(st.sampled_from(TABLES), st.lists(MUTATION, min_size=1, max_size=4), st.booleans())
@settings(max_examples=400, deadline=None)
def test_no_mutation_of_a_file_breaks_the_reading(tmp_path_factory, table, mutations, set_aside) -> None:
    files = {**FILES, **EXTRA}
    content = files[table]
    for where, cut, piece in mutations:
        at = int(where * len(content))
        content = content[:at] + piece + content[at + cut :]
    fault = Fault("mutated", {**EXTRA, table: content}, OPTIONS, project={"calendar": {"table": "calendar"}})
    folder: Path = write_small(tmp_path_factory.mktemp("m") / "p", fault)
    inputs, report = open_project(folder).check_data(set_aside=set_aside)
    assert (inputs is None) == bool(report.errors), [p.message for p in report]
    for problem in report:
        assert not re.search(r"\{[a-z_]+\}", problem.message.replace("`", "")), problem.message  # every fact is filled in
        assert problem.place is not None
