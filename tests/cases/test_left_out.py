"""A deal that no measure counts is listed with the rules that refused it, and with no other payee's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from case import Case, write_project

from commcalc.api import open_project


def _plan(measure: dict[str, Any]) -> dict[str, Any]:
    return {
        "measures": {"m": {"window": "month", **measure}},
        "components": {"c": {"kind": "commission", "on": "m", "rate": "5%"}},
    }


WON = _plan({"sum": "amount", "where": "stage = 'Won'"})
BIG = _plan({"sum": "amount", "where": "amount > 1000"})
TEAM = _plan({"sum": "amount", "where": "stage = 'Paid'", "credit": "reports"})
PAID = _plan({"sum": "amount", "date": "paid_on"})
OPEN = {"date": "2026-01-05", "amount": "100", "stage": "Open"}


@pytest.mark.parametrize(
    ("plans", "given", "expected"),
    [
        ({"won": WON, "big": BIG}, {"payees": {"ann": {"plan": "won"}, "bob": {"plan": "big"}}, "deals": [{"id": "D1", "owner": "ann", **OPEN}, {"id": "D2", "owner": "bob", **OPEN}]}, ["where of won.m: stage = 'Won'", "where of big.m: amount > 1000"]),
        ({"won": WON, "team": TEAM}, {"payees": {"ann": {"plan": "won", "manager": "mia"}, "mia": {"plan": "team"}, "bob": {"plan": "won"}}, "deals": [{"id": "D1", "owner": "ann", **OPEN}, {"id": "D2", "owner": "bob", **OPEN}]}, ["where of team.m: stage = 'Paid' / where of won.m: stage = 'Won'", "where of won.m: stage = 'Won'"]),
        ({"won": WON, "big": BIG}, {"payees": {"ann": {"plan": "won"}, "bob": {"plan": "big"}}, "splits": [{"deal": "D1", "payee": "ann", "share": "50%"}, {"deal": "D1", "payee": "bob", "share": "50%"}], "deals": [{"id": "D1", "owner": "ann", **OPEN}]}, ["where of big.m: amount > 1000 / where of won.m: stage = 'Won'"]),
        ({"won": WON, "big": BIG}, {"payees": {"ann": {}}, "assignments": [{"payee": "ann", "plan": "won", "from": "2026-01-01", "to": "2026-01-05"}, {"payee": "ann", "plan": "big", "from": "2026-01-06"}], "deals": [{"id": "D1", "owner": "ann", **OPEN}, {"id": "D2", "owner": "ann", **OPEN, "date": "2026-01-06"}]}, ["where of won.m: stage = 'Won'", "where of big.m: amount > 1000"]),
        ({"paid": PAID}, {"payees": {"ann": {"plan": "paid"}}, "tables": {"deals": {"types": {"paid_on": "date"}}}, "deals": [{"id": "D1", "owner": "ann", **OPEN, "paid_on": ""}, {"id": "D2", "owner": "ann", **OPEN, "paid_on": "2026-02-01"}]}, ["date of paid.m: paid_on is empty", "date of paid.m: paid_on is after 2026-01-31"]),
    ],
    ids=["each owner's own plan", "the manager's too", "that of each who shares it", "the plan of that day", "a measure's own date"],
)  # fmt: skip
def test_the_rules_named_are_of_plans_that_could_have_credited_the_deal(
    plans: dict[str, Any], given: dict[str, Any], expected: list[str], tmp_path: Path
) -> None:
    run = open_project(write_project(Case("left out", "", "", plans, given, {}), tmp_path)).calculate("2026-01")
    assert run.result is not None, [p.message for p in run.report]
    rows = run.result.left_out.sort("deal")
    assert rows["rule"].to_list() == expected
    assert set(rows["status"]) == {"left out"}
