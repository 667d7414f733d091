"""An exception keeps its id as long as it is the same exception: what stands around its row does not matter, what stands in it does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import Fault, write_small

from commcalc.api import open_project

HEADER = "deal_id,owner,close_date,amount,term_months,note\n"
ROWS = (
    "D1,nobody,2026-01-05,100,12,a",
    "D2,ann,2026-01-06,200,,b",
    "D3,ann,2026-01-07,300,12,c",
    "D4,nobody,2026-01-08,100,12,d",
)
PLAN = """plan: sales
version: 1
effective: 2026
currency: USD
measures: {booked: {sum: amount, window: month, quota: own}}
components:
  c: {kind: commission, on: booked, rate: 5%, multiply: {when: term_months >= 24, factor: 2x}}
  d: {kind: commission, on: booked, rate: on-target, target: 100 USD}
payment: {every: month, negative: carry}
"""
Edit = Callable[[list[str]], list[str]]


def ids(folder: Path, rows: list[str], name: str = "deals") -> dict[tuple[str, str], str]:
    """The id of each exception by its deal and component."""
    files = {name: (HEADER + "".join(f"{r}\n" for r in rows)).encode()}
    options = {"deals": {"file": f"data/{name}.csv", "types": {"term_months": "count"}}}
    if name != "deals":
        options[f"_{name}"] = {}
    run = open_project(write_small(folder, Fault("", files, options, plan=PLAN))).calculate("2026-01", set_aside=True)
    assert run.result is not None, [p.message for p in run.report]
    found = {(r["deal"], r["component"], n): r["id"] for n, r in enumerate(run.result.exceptions.to_dicts()) if r["deal"] or True}
    assert len(set(found.values())) == len(found)
    return {(d, c): i for (d, c, _), i in found.items()}


def put(n: int, old: str, new: str) -> Edit:
    def edit(rows: list[str]) -> list[str]:
        assert old in rows[n]
        return [r.replace(old, new, 1) if at == n else r for at, r in enumerate(rows)]

    return edit


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (lambda rows: ["D0,ann,2026-01-01,50,12,new", *rows], set()),
        (lambda rows: ["D0,nobody,2026-01-01,50,12,new", *rows], set()),
        (lambda rows: rows[::-1], set()),
        (lambda rows: rows[:1] + rows[3:], set()),
        (put(0, ",100,", ",101,"), {"D1"}),
        (put(0, "nobody", "no_body"), {"D1"}),
        (put(1, "200", "210"), {"D2"}),
        (put(1, "2026-01-06", "2026-01-07"), {"D2"}),
        (put(0, ",12,", ",24,"), {"D1"}),  # a field that a plan reads, if not this time
        (put(0, ",a", ",z"), set()),  # one that nothing reads
    ],
)  # fmt: skip
def test_only_what_stands_in_the_row_changes_the_id_of_its_exception(edit: Edit, changed: set[str], tmp_path: Path) -> None:
    before, after = ids(tmp_path / "a", list(ROWS)), ids(tmp_path / "b", edit(list(ROWS)))
    assert {k[0] for k in before} == {"D1", "D2", "D4", ""}
    assert {key[0] for key in before.keys() & after.keys() if before[key] != after[key]} == changed


def test_the_name_of_the_file_does_not_change_it(tmp_path: Path) -> None:
    assert ids(tmp_path / "a", list(ROWS)) == ids(tmp_path / "b", list(ROWS), name="january")


def test_rows_that_cannot_be_told_apart_have_ids_that_can(tmp_path: Path) -> None:
    rows = ["D7,ann,2026-01-05,ten,12,", "D7,ann,2026-01-05,ten,12,", "D8,ann,2026-01-05,ten,12,"]
    files = {"deals": (HEADER + "".join(f"{r}\n" for r in rows)).encode()}
    options = {"deals": {"types": {"term_months": "count"}}}
    run = open_project(write_small(tmp_path / "p", Fault("", files, options, plan=PLAN))).calculate("2026-01", set_aside=True)
    assert run.result is not None, [p.message for p in run.report]
    assert len(run.result.exceptions) >= 3
    assert run.result.exceptions["id"].is_unique().all()
