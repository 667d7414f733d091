"""Why a deal does not pay somebody: the first rule that refused it, what would have made it count, and what it would pay."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from small_project import Fault, write_small

from commcalc.api import open_project
from commcalc.month_end import why_not

PLAN = """plan: sales
version: 1
effective: 2026-01-01 .. 2026-06-30
currency: USD
measures: {{booked: {{sum: amount, window: month{measure}}}}}
components: {{c: {{kind: commission, on: booked{component}}}}}
payment: {{every: month, negative: carry}}
"""
HEADER = "deal_id,owner,close_date,amount,stage,region\n"
DEAL = "D1,ann,2026-01-05,1000,Won,EMEA"
RATE = ", rate: 5%"


@dataclass(frozen=True)
class Asked:
    """A deal D1 and who asks; the rule and why; the change and what it gives, or nothing; what refuses it still."""

    name: str
    rule: str
    why: str
    change: str = ""
    pays: str = "0"
    then: str = ""
    mend: str = ""
    deal: str = DEAL
    payee: str = "ann"
    measure: str = ""
    component: str = RATE
    tables: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


MANAGED = "payee_id,name,manager\nann,Ann Lee,\nbob,Bob Ray,\n"
GATE = RATE + ", gate: {when: value('booked') >= 5_000, else: 0%}"
TIERS = ", rate: {by: value, apply: retroactive, tiers: [{from: 0, pay: 0%}, {from: 5_000, pay: 5%}]}"
BY_QUOTA = ", rate: {by: attainment, apply: retroactive, tiers: [{from: 0%, pay: 5%}, {from: 100%, pay: 10%}]}"
CASES = (
    Asked("paid", "", "it pays 50"),
    Asked("the mapping's where", "where of the deals table", "`stage = 'Won'`: it is 'Open'", "stage were 'Won'", "50", deal=DEAL.replace("Won", "Open"), options={"where": "amount > 5 and stage = 'Won'"}),
    Asked("a row that cannot be read", "data/deals.csv:2", "", deal=DEAL.replace("1000", "1,0,00x").replace("1,0,00x", "ten")),
    Asked("no date yet", "date", "close_date is empty: the deal waits for its date", "close_date were 2026-01-31", "50", deal=DEAL.replace("2026-01-05", "")),
    Asked("a date to come", "date", "close_date is 2026-02-03, after 2026-01-31", "close_date were 2026-01-31", "50", deal=DEAL.replace("01-05", "02-03")),
    Asked("nobody's", "owner", "`Ann Le` is not a payee; the nearest name is `Ann Lee` (the payee `ann`)", "`ann` owned it", "50", mend="aliases", deal=DEAL.replace("ann", "Ann Le")),
    Asked("another's", "owner", "`bob` owns it; `ann` has no share of it, is not above who has, and shares no group with them", "`ann` owned it", "50", deal=DEAL.replace("ann", "bob")),
    Asked("a manager's measure that counts none of hers", "credit", "the measure counts the deals of the manager's direct reports, and this is none of `ann`'s", measure=", credit: reports", tables={"payees": MANAGED}),
    Asked("a rollup over levels that counts none of hers", "credit", "the deals of the manager's reports, from level 2 on, and this", measure=", credit: {reports_by: manager, levels: 2..}", tables={"payees": MANAGED}),
    Asked("a group that counts none of hers", "credit", "the deals of everybody with the same team, and this is none of `ann`'s", measure=", credit: team", tables={"payees": "payee_id,name,team\nann,Ann Lee,\nbob,Bob Ray,\n"}),
    Asked("hired later", "hired", "`ann` was hired on 2026-01-10, after 2026-01-05", "`ann` had been hired by 2026-01-05", "50", tables={"payees": "payee_id,name,hired\nann,Ann Lee,2026-01-10\nbob,Bob,\n"}),
    Asked("on no plan", "plan", "`ann` is on no plan on 2026-01-05: sales from 2026-01-10 to an open end", "an assignment of `ann` held 2026-01-05", "50", tables={"assignments": "payee_id,plan,from\nann,sales,2026-01-10\n"}),
    Asked("a measure's where", "where of measure booked", "`stage = 'Closed'`: it is 'Won'", "stage were 'Closed'", "50", measure=", where: stage = 'Closed' and amount > 10"),
    Asked("two parts of a where", "where of measure booked", "`stage = 'Closed'`: it is 'Won'; `amount >= 2_000`: it is 1000", "stage were 'Closed' and amount were 2000", "100", measure=", where: stage = 'Closed' and amount >= 2_000"),
    Asked("a part that no single value settles", "where of measure booked", "`stage like 'C%' or amount > 2_000`: stage is 'Won', amount is 1000", "`stage like 'C%' or amount > 2_000` held", "50", measure=", where: stage like 'C%' or amount > 2_000"),
    Asked("dates", "dates", "2026-01-05 is not in 2026-02-01 .. 2026-02-28", "`dates` held 2026-01-05", "50", component=RATE + ", dates: 2026-02-01 .. 2026-02-28"),
    Asked("eligible", "eligible", "`payee.title = 'AE'`: it is 'SE'", "`payee.title = 'AE'` held", "50", component=RATE + ", eligible: payee.title = 'AE'", tables={"payees": "payee_id,name,title\nann,Ann Lee,SE\nbob,Bob,AE\n"}),
    Asked("a component's where", "where", "`region in ('APAC', 'US')`: it is 'EMEA'", "region were 'APAC'", "50", component=RATE + ", where: \"region in ('APAC', 'US')\""),
    Asked("one rule after the other", "where of measure booked", "`stage = 'Closed'`: it is 'Won'", "stage were 'Closed' and region were 'US'", "50", measure=", where: stage = 'Closed'", component=RATE + ", where: region = 'US'"),
    Asked("refused for good", "where of measure booked", "`stage = 'Closed'`: it is 'Won'", "stage were 'Closed'", then="rate: tier 1 pays 0%", measure=", where: stage = 'Closed'", component=TIERS),
    Asked("no quota", "K120", "sales.c needs a quota of `booked` above zero for `ann` in 2026-01, and there is none", mend="quotas", measure=", quota: own", component=BY_QUOTA),
    Asked("a gate", "gate: value('booked') >= 5_000", "it earned 50, of which 50 is cut: 0 is left", "the gate were open", "50", component=GATE),
    Asked("a cap reached", "cap: 20 USD", "it earned 50, of which 30 is cut: 20 is left", "there were no cap", "30", component=RATE + ", cap: {at: 20 USD, per: month, excess: forfeit}"),
    Asked("a tier of nothing", "rate", "tier 1 pays 0%", component=TIERS),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_the_first_rule_that_refused_a_deal_is_told_with_what_it_would_have_paid(case: Asked, tmp_path: Path) -> None:
    plan = PLAN.format(measure=case.measure, component=case.component)
    files = {"deals": f"{HEADER}{case.deal}\n", "payees": "payee_id,name\nann,Ann Lee\nbob,Bob Ray\n", "assignments": "payee_id,plan,from\nann,sales,2026-01-01\n"}  # fmt: skip
    fault = Fault(case.name, {n: t.encode() for n, t in {**files, **case.tables}.items()}, {"deals": case.options}, plan=plan)
    project = open_project(write_small(tmp_path / "p", fault))
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    run = project.calculate("2026-01", set_aside=True)
    assert run.result is not None, [p.message for p in run.report]
    (answer,) = why_not(project, run, "D1", case.payee)
    assert answer.rule == case.rule
    assert case.why in answer.why
    assert answer.change == case.change
    assert answer.then == case.then
    assert case.mend in answer.mend
    assert sum((line["more"] for line in answer.would_pay), Decimal(0)) == Decimal(case.pays)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
