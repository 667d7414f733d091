"""A deal that no measure counts is listed with the rules that refused it, and with no other payee's."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from small_project import Fault, deals, write_small

from commcalc.api import open_project

PLAN = """plan: {name}
version: 1
effective: 2026-01-01 .. 2026-12-31
currency: USD
measures: {{m: {{sum: amount, window: month, {measure}}}}}
components: {{c: {{kind: commission, on: m, rate: 5%}}}}
payment: {{every: month, negative: carry}}
"""
WON, BIG = "where: stage = 'Won'", "where: amount > 1_000"
REPORTS, PAID = "where: stage = 'Paid', credit: reports", "date: paid_on"
HEADER = "deal_id,owner,close_date,amount,stage,paid_on\n"
ANN, BOB = "D1,ann,2026-01-05,100,Open,", "D2,bob,2026-01-05,100,Open,"
IS_WON, IS_BIG, IS_PAID = "where of won.m: stage = 'Won'", "where of big.m: amount > 1_000", "where of team.m: stage = 'Paid'"
BOTH = ("ann,won,2026-01-01,", "bob,big,2026-01-01,")


@pytest.mark.parametrize(
    ("plans", "assigned", "rows", "splits", "expected"),
    [
        ({"won": WON, "big": BIG}, BOTH, (ANN, BOB), (), [IS_WON, IS_BIG]),
        ({"won": WON, "team": REPORTS}, ("ann,won,2026-01-01,", "bob,won,2026-01-01,", "cy,team,2026-01-01,"), (ANN, BOB), (), [f"{IS_PAID} / {IS_WON}", IS_WON]),
        ({"won": WON, "big": BIG}, BOTH, (ANN,), ("D1,ann,50%", "D1,bob,50%"), [f"{IS_BIG} / {IS_WON}"]),
        ({"won": WON, "big": BIG}, ("ann,won,2026-01-01,2026-01-05", "ann,big,2026-01-06,"), (ANN, "D2,ann,2026-01-06,100,Open,"), (), [IS_WON, IS_BIG]),
        ({"paid": PAID}, ("ann,paid,2026-01-01,",), (ANN, "D2,ann,2026-01-05,100,Won,2026-02-01"), (), ["date of paid.m: paid_on is empty", "date of paid.m: paid_on is after 2026-01-31"]),
    ],
    ids=["each owner's own plan", "the manager's too", "that of each who shares it", "the plan of that day", "a measure's own date"],
)  # fmt: skip
def test_the_rules_named_are_of_plans_that_could_have_credited_the_deal(
    plans: dict[str, str], assigned: tuple[str, ...], rows: tuple[str, ...], splits: tuple[str, ...], expected: list[str], tmp_path: Path
) -> None:  # fmt: skip
    files = {
        **deals(*rows, header=HEADER),
        "payees": b"payee_id,name,manager\nann,Ann Lee,cy\nbob,Bob Ray,\ncy,Cy Moe,\n",
        "assignments": ("payee_id,plan,from,to\n" + "".join(f"{a}\n" for a in assigned)).encode(),
        **({"splits": ("deal_id,payee_id,share\n" + "".join(f"{s}\n" for s in splits)).encode()} if splits else {}),
    }
    folder = write_small(tmp_path / "p", Fault("left out", files))
    (folder / "plans" / "sales.yaml").unlink()
    for name, measure in plans.items():
        (folder / "plans" / f"{name}.yaml").write_text(PLAN.format(name=name, measure=measure))
    project = (folder / "commcalc.yaml").read_text()
    (folder / "commcalc.yaml").write_text(
        project.replace("file: data/deals.csv", "file: data/deals.csv\n    types: {paid_on: date}")
    )
    run = open_project(folder).calculate("2026-01")
    assert run.result is not None, [p.message for p in run.report]
    found = run.result.left_out.sort("deal")
    assert found["rule"].to_list() == expected
    assert set(found["status"]) == {"left out"}


def test_a_crediting_rule_that_gives_a_deal_to_nobody_is_named(tmp_path: Path) -> None:
    rules = [
        {"rule": "house-accounts", "when": "region = 'EMEA'", "nobody": "yes"},
        {"rule": "lands", "when": "region = 'APAC'", "payees": "payee.name = 'Nobody of this name'"},
    ]
    rows = ("D1,ann,2026-01-05,100,EMEA", "D2,ann,2026-01-05,200,APAC", "D3,ann,2026-01-05,300,US")
    files = deals(*rows, header="deal_id,owner,close_date,amount,region\n")
    project = {"crediting": {"match": "first", "rules": rules}}
    run = open_project(write_small(tmp_path / "p", Fault("left out", files, project=project))).calculate("2026-01")
    assert run.result is not None, [p.message for p in run.report]
    found = run.result.left_out.select("deal", "payee", "status", "rule", "amount").sort("deal").rows()
    named = ("crediting rule house-accounts: nobody", "crediting rule lands: nobody")
    assert found == [
        ("D1", "ann", "left out", named[0], Decimal(100)),
        ("D2", "ann", "left out", named[1], Decimal(200)),
    ]
    assert run.result.counts["credited"] == 1
    assert run.manifest["crediting"] == project["crediting"]


def test_lines_and_credits_name_the_rules_that_gave_their_share(tmp_path: Path) -> None:
    rules = [
        {"rule": "mine", "to": "owner", "share": "40%"},
        {"rule": "emea", "when": "region = 'EMEA'", "payees": "payee.payee_id in ('ann', 'bob')", "share": "30%"},
    ]
    files = deals("D1,ann,2026-01-05,100,EMEA", header="deal_id,owner,close_date,amount,region\n")
    project = {"crediting": {"match": "all", "rules": rules}}
    run = open_project(write_small(tmp_path / "p", Fault("named", files, project=project))).calculate("2026-01")
    assert run.result is not None, [p.message for p in run.report]
    for table in (run.result.lines, run.result.credits):
        assert table.sort("payee").select("payee", "rule").rows() == [("ann", "mine + emea"), ("bob", "emea")]
