"""The mapping: names, values, look-ups, added columns, rows left out, sources put together."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent / "faults"))
from small_project import FILES, Fault, write_small

from commcalc.api import open_project
from commcalc.inputs.project import column_types, find_project
from commcalc.inputs.tables import Inputs

HEADER = b"deal_id,owner,close_date,amount"


def _read(
    folder: Path, files: Mapping[str, bytes], options: Mapping[str, Mapping[str, Any]] | None = None, *, set_aside: bool = False
) -> Inputs:
    project = open_project(write_small(folder, Fault("fine", files, options or {})))
    inputs, report = project.check_data(set_aside=set_aside)
    assert inputs is not None, [f"{p.place} {p.code} {p.message}" for p in report]
    return inputs


def test_types_are_exact_and_places_are_kept(tmp_path: Path) -> None:
    deals = _read(tmp_path / "p", {}).tables["deals"]
    assert deals.schema["amount"] == pl.Decimal(38, 12)
    assert deals.schema["close_date"] == pl.Date
    assert deals["row"].to_list() == [2, 3]
    assert deals["file"].cast(pl.String).unique().to_list() == ["data/deals.csv"]


def test_one_header_may_be_mapped_twice_and_is_gone_under_its_own_name(tmp_path: Path) -> None:
    payees = b"Person,Team\nann,East\nbob,West\ncy,\n"
    options = {"payees": {"columns": {"payee_id": "Person", "name": "Person"}}}
    frame = _read(tmp_path / "p", {"payees": payees}, options).tables["payees"]
    assert frame["name"].to_list() == frame["payee_id"].to_list() == ["ann", "bob", "cy"]
    assert "Person" not in frame.columns
    assert frame["Team"].to_list() == ["East", "West", None]


def test_added_columns_may_use_looked_up_ones_and_each_other(tmp_path: Path) -> None:
    files = {"deals": HEADER + b",units,product\nD1,ann,2026-01-05,1,3,Pro\n", "products": b"product,price\nPro,10.50\n"}
    options = {
        "deals": {
            "types": {"price": "money"},
            "look_up": [{"in": "products", "by": "product", "take": {"price": "price"}}],
            "add": {"list": "price * units", "net": "list * 90%"},
        },
        "products": {"types": {"price": "money"}},
    }
    row = _read(tmp_path / "p", files, options).tables["deals"].row(0, named=True)
    assert (row["list"], row["net"]) == (Decimal("31.50"), Decimal("28.35"))


def test_a_dated_look_up_takes_what_held_on_the_credit_date(tmp_path: Path) -> None:
    files = {
        "deals": HEADER + b",product\nD1,ann,2026-01-31,1,Pro\nD2,ann,2026-02-01,1,Pro\n",
        "prices": b"product,price,from,to\nPro,10,,2026-01-31\nPro,12,2026-02-01,\n",
    }
    look = {"in": "prices", "by": "product", "take": {"price": "price"}}
    options = {
        "deals": {"types": {"price": "money"}, "look_up": [look]},
        "prices": {"types": {"price": "money", "from": "date", "to": "date"}},
    }
    frame = _read(tmp_path / "p", files, options).tables["deals"]
    assert frame["price"].to_list() == [Decimal(10), Decimal(12)]


def test_a_look_up_may_use_several_columns_with_names_of_their_own(tmp_path: Path) -> None:
    files = {
        "deals": HEADER + b",a,b\nD1,ann,2026-01-05,1,x,1\nD2,ann,2026-01-05,1,x,2\n",
        "_list": b"A,B,v\nx,1,one\nx,2,two\n",
    }
    look = {"in": "data/_list.csv", "by": {"a": "A", "b": "B"}, "take": {"v": "v"}}
    frame = _read(tmp_path / "p", files, {"deals": {"look_up": [look]}}).tables["deals"]
    assert frame["v"].to_list() == ["one", "two"]


def test_sources_are_put_together_and_a_column_that_one_lacks_is_blank(tmp_path: Path) -> None:
    files = {"_reps": b"agent,boss\nann,cy\nbob,cy\n"}
    sources = [
        {"file": "data/_reps.csv", "columns": {"payee_id": "agent", "name": "agent", "manager": "boss"}},
        {"file": "data/_reps.csv", "columns": {"payee_id": "boss", "name": "boss"}, "once_per_key": "yes"},
    ]
    frame = _read(tmp_path / "p", files, {"payees": {"file": None, "from": sources}}).tables["payees"]
    assert frame.select("payee_id", "manager").rows() == [("ann", "cy"), ("bob", "cy"), ("cy", None)]


def test_a_required_column_may_be_added(tmp_path: Path) -> None:
    options = {"assignments": {"file": "data/payees.csv", "add": {"plan": "'sales'", "from": "2026-01-01"}}}
    frame = _read(tmp_path / "p", {}, options).tables["assignments"]
    assert frame["from"].to_list() == [date(2026, 1, 1)] * 3


def test_rows_left_out_are_counted_and_nothing_else(tmp_path: Path) -> None:
    deals = HEADER + b",stage\nD1,ann,2026-01-05,1,Won\nD2,ann,,,Lost\nD3,,not a date,x,Lost\n"
    inputs = _read(tmp_path / "p", {"deals": deals}, {"deals": {"where": "stage = 'Won'"}})
    assert inputs.counts["deals"] == {"read": 3, "left out": 2, "set aside": 0}
    assert inputs.tables["deals"]["deal_id"].to_list() == ["D1"]


def test_rows_that_cannot_be_read_are_set_aside_when_asked_each_with_its_own_reason(tmp_path: Path) -> None:
    rows = b"\nD1,ann,2026-01-05,1\nD2,ann,2026-01-05,$2\nD3,ann,2026-01-05,\nD4,ann,5/1/2026,4\nD5,ann,2026-01-05,$5\n"
    inputs = _read(tmp_path / "p", {"deals": HEADER + rows}, set_aside=True)
    assert inputs.tables["deals"]["deal_id"].to_list() == ["D1"]
    said = inputs.exceptions.sort("row").select("row", "deal", "code").rows()
    assert said == [(3, "D2", "D031"), (4, "D3", "D030"), (5, "D4", "D034"), (6, "D5", "D031")]
    assert "`$5`" in inputs.exceptions.sort("row")["reason"][-1]
    assert inputs.counts["deals"] == {"read": 5, "left out": 0, "set aside": 4}


def test_a_total_row_is_never_set_aside_in_silence(tmp_path: Path) -> None:
    files = {"deals": HEADER + b"\nD1,ann,2026-01-05,1\nTOTAL,,,1\n"}
    project = open_project(write_small(tmp_path / "p", Fault("total", files)))
    inputs, report = project.check_data(set_aside=True)
    assert inputs is None
    assert [p.code for p in report.errors] == ["D026"]


def test_a_date_starts_a_quota_row_and_names_its_period(tmp_path: Path) -> None:
    quotas = b"payee_id,measure,period,amount\nann,booked,2026-05-31,100\nann,booked,2026-Q1,300\n"
    frame = _read(tmp_path / "p", {"quotas": quotas}).tables["quotas"]
    assert frame.select("period", "start").rows() == [("2026-05", date(2026, 5, 31)), ("2026-Q1", None)]


def test_shares_stay_exact_fractions(tmp_path: Path) -> None:
    splits = b"deal_id,payee_id,share\nD1,ann,1/3\nD1,bob,2/3\nD2,ann,33.3%\nD2,nobody,66.7%\n"
    frame = _read(tmp_path / "p", {"splits": splits}).tables["splits"]
    assert frame.select("share_num", "share_den").rows() == [(1, 3), (2, 3), (333, 1000), (667, 1000)]


def test_an_alias_is_read_as_its_payee(tmp_path: Path) -> None:
    files = {
        "payees": b"payee_id,name,aliases\nann,Ann,005A;A. Lee\nbob,Bob,\ncy,Cy,\n",
        "deals": HEADER + b"\nD1,A. Lee,2026-01-05,1\nD2,005A,2026-01-05,1\nD3,A.Lee,2026-01-05,1\n",
    }
    assert _read(tmp_path / "p", files).tables["deals"]["owner"].to_list() == ["ann", "ann", "A.Lee"]


def test_every_file_that_was_read_has_its_digest(tmp_path: Path) -> None:
    files = {"deals": HEADER + b",product\nD1,ann,2026-01-05,1,P\n", "_list": b"p,v\nP,1\n", "_words": b"a,b\nP,P\n"}
    look = {"in": "data/_list.csv", "by": {"product": "p"}, "take": {"v": "v"}}
    inputs = _read(tmp_path / "p", files, {"deals": {"look_up": [look], "values": {"product": "data/_words.csv"}}})
    assert list(inputs.digests) == [f"data/{n}.csv" for n in ("_list", "_words", "assignments", "deals", "payees")]


def test_columns_called_file_and_row_do_not_hide_where_a_row_stands(tmp_path: Path) -> None:
    deals = _read(tmp_path / "p", {"deals": HEADER + b",file,row\nD1,ann,2026-01-05,1,x,y\n"}).tables["deals"]
    assert deals["row"].to_list() == [2]
    assert deals["file"].cast(pl.String).to_list() == ["data/deals.csv"]


def test_the_project_is_found_from_below(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("fine"))
    assert find_project(folder / "data") == folder.resolve()
    assert find_project(tmp_path) is None


def test_types_of_columns_are_known_without_reading_data(tmp_path: Path) -> None:
    options = {"deals": {"types": {"fee": "ratio"}, "add": {"net": "amount * 90%"}, "columns": {"rep": "owner"}}}
    folder = write_small(tmp_path / "p", Fault("fine", {**FILES, "deals": b"rubbish"}, options))
    project = open_project(folder).file
    assert project is not None
    types = {n: str(t) for n, t in column_types(project)["deals"].items()}
    assert (types["fee"], types["net"], types["rep"], types["close_date"]) == ("ratio", "money", "text", "date")


def test_columns_are_looked_at_without_polars() -> None:
    code = "import sys, commcalc.inputs.project; assert 'polars' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
