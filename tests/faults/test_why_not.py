"""Why a deal does not pay somebody: the first rule that refused it, what would have made it count, and what it would pay."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from small_project import Fault, program, write_small

from commcalc.api import open_project
from commcalc.month_end import why_not

PLAN = """plan: sales
version: 1
effective: 2026-01-01 .. 2026-06-30
currency: USD
measures: {{booked: {{sum: amount, window: month{measure}}}}}
components: {{c: {{on: booked{component}}}}}
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
    period: str = "2026-01"
    measure: str = ""
    component: str = RATE
    tables: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


SPLITS = "deal_id,payee_id,share\nD1,ann,40%\nD1,bob,60%\n"
SPIFF = ", kind: spiff, pay: 10 USD, each: deal, budget: none, cap: none, stacks: on top"
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
    Asked("refused for good", "where of measure booked", "`stage = 'Closed'`: it is 'Won'", "stage were 'Closed'", then="rate: tier 1 of 1 pays 0%", measure=", where: stage = 'Closed'", component=", rate: {by: value, apply: retroactive, tiers: [{from: 0, pay: 0%}]}"),
    Asked("no quota", "K120", "sales.c needs a quota of `booked` above zero for `ann` in 2026-01, and there is none", mend="quotas", measure=", quota: own", component=BY_QUOTA),
    Asked("a gate", "gate: value('booked') >= 5_000", "it earned 50, of which 50 is cut: 0 is left", "the gate were open", "50", component=GATE),
    Asked("a cap reached", "cap: 20 USD", "it earned 50, of which 30 is cut: 20 is left", "there were no cap", "30", component=RATE + ", cap: {at: 20 USD, per: month, excess: forfeit}"),
    Asked("a tier of nothing", "rate", "tier 1 of 2 pays 0%", "`booked` stood 4000 higher", "50", component=TIERS),
    Asked("a marginal tier of nothing", "rate", "tier 1 of 2 pays 0%", "`booked` stood 5000.01 higher", "50", component=TIERS.replace("retroactive", "marginal").replace("from: 5_000", "above: 5_000")),
    Asked("one change after the other", "where of measure booked", "", "stage were 'Closed' and `booked` stood 4000 higher", "50", measure=", where: stage = 'Closed'", component=TIERS),
    Asked("a row of a rate table", "rate by region", "it is 'EMEA': it pays 0%", "region were 'US'", "70", component=", rate: {by: region, rows: {EMEA: 0%, US: 7%, any: 0%}}"),
    Asked("a condition in the rate", "rate: if(region = 'EMEA', 0%, 5%)", "it is 'EMEA': it pays 0%", "`region = 'EMEA'` did not hold", "50", component=", rate: \"if(region = 'EMEA', 0%, 5%)\""),
    Asked("a factor of nothing", "multiply: 0x when region = 'EMEA'", "the factor is zero", "there were no such factor", "50", component=RATE + ", multiply: {factor: 0x, when: region = 'EMEA'}"),
    Asked("the places are taken", "first: 1 per payee", "the places are taken", "`first` let it in", "10", component=SPIFF.replace("budget", "first: 1 per payee, budget"), deal=f"D0,ann,2026-01-04,5,Won,US\n{DEAL}"),
    Asked("a minimum not reached", "minimum: 3", "it is not reached", "`minimum` let it in", "10", component=SPIFF.replace("budget", "minimum: 3, budget")),
    Asked("a budget spent", "budget: 4 USD", "it earned 10, of which 6 is cut: 4 is left", "there were no budget", "6", component=SPIFF.replace("budget: none", "budget: {amount: 4 USD, when_spent: first come}")),
    Asked("a plan that had ended", "plan", "in force from 2026-01-01 to 2026-06-30, and 2026-07-01 is not in it", "sales were in force on 2026-07-01", "50", deal=DEAL.replace("01-05", "07-01"), period="2026-07"),
    Asked("hired by then, as that day's row says", "hired", "`ann` was hired on 2026-01-10", "`ann` had been hired by 2026-01-05", "50", tables={"payees": "payee_id,name,hired,from,to\nann,Ann Lee,2026-01-10,2026-01-01,2026-01-31\nann,Ann Lee,2025-01-01,2026-02-01,\nbob,Bob,,,\n"}),
    Asked("left out and not to be read", "where of the deals table", "leaves the row out; let in, data/deals.csv:2: ", deal=DEAL.replace("Won", "Open").replace("1000", "ten"), options={"where": "stage = 'Won'"}, mend="write"),
    Asked("left out, with its shares", "where of the deals table", "`stage = 'Won'`: it is 'Open'", "stage were 'Won'", "20", deal=DEAL.replace("Won", "Open"), options={"where": "stage = 'Won'"}, tables={"splits": SPLITS}),
    Asked("an earlier period's", "period", "credited on 2026-01-05, in an earlier period", mend="--period 2026-01", period="2026-02"),
    Asked("a share of it", "", "it pays 20", tables={"splits": SPLITS}),
    Asked("a share of its pay", "", "it pays 20", component=RATE + ", split: pay", tables={"splits": SPLITS}),
    Asked("a share of pay that a condition on payees leaves out", "eligible", "`payee.title = 'AE'`: it is 'SE'", "`payee.title = 'AE'` held", "20", component=RATE + ", split: pay, eligible: payee.title = 'AE'", tables={"splits": SPLITS, "payees": "payee_id,name,title\nbob,Bob Ray,AE\nann,Ann Lee,SE\n"}),
    Asked("a share of the pay of a deal left out", "where of measure booked", "`stage = 'Closed'`: it is 'Won'", "stage were 'Closed'", "20", measure=", where: stage = 'Closed'", component=RATE + ", split: pay", tables={"splits": SPLITS}),
    Asked("sharers who are not all on the plan", "K131", "not everybody who shares this deal is on its plan that day", "an assignment of `bob` to sales held 2026-01-05", "20", component=RATE + ", split: pay", tables={"splits": SPLITS, "assignments": "payee_id,plan,from\nann,sales,2026-01-01\n"}),
    Asked("nobody's, as its shares are others'", "owner", "`ann` owns it; `ann` has no share of it", "`ann` owned it", "50", tables={"splits": "deal_id,payee_id,share\nD1,bob,100%\n"}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_the_first_rule_that_refused_a_deal_is_told_with_what_it_would_have_paid(case: Asked, tmp_path: Path) -> None:
    kind = "" if "kind:" in case.component else ", kind: commission"
    plan = PLAN.format(measure=case.measure, component=kind + case.component)
    files = {"deals": f"{HEADER}{case.deal}\n", "payees": "payee_id,name\nann,Ann Lee\nbob,Bob Ray\n", "assignments": "payee_id,plan,from\nann,sales,2026-01-01\nbob,sales,2026-01-01\n"}  # fmt: skip
    fault = Fault(case.name, {n: t.encode() for n, t in {**files, **case.tables}.items()}, {"deals": case.options}, plan=plan)
    project = open_project(write_small(tmp_path / "p", fault))
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    run = project.calculate(case.period, set_aside=True)
    assert run.result is not None, [p.message for p in run.report]
    (answer,) = why_not(project, run, "D1", case.payee)
    assert answer.rule == case.rule
    assert case.why in answer.why
    assert answer.change == case.change
    assert answer.then == case.then
    assert case.mend in answer.mend
    assert sum((line["more"] for line in answer.would_pay), Decimal(0)) == Decimal(case.pays)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


LINES = "deal_id,line,owner,close_date,amount,stage,region\n"
SEVERAL = (
    "D1,1,ann,2026-01-05,1000,Won,US", "D1,2,ann,2026-01-05,400,Lost,US", "D1,3,ann,2026-01-05,600,Lost,US",
    "D1,4,bob,2026-01-05,100,Won,US", "D1,5,ann,2026-02-05,100,Won,US", "D1,6,ann,2026-01-05,900,Won,EMEA",
)  # fmt: skip
BY_LINE = [
    (
        (4,),
        "owner",
        "`bob` owns it; `ann` has no share of it, is not above who has, and shares no group with them",
        "`ann` owned it",
        {(4, "5")},
    ),
    ((5,), "date", "close_date is 2026-02-05, after 2026-01-31", "close_date were 2026-01-31", {(5, "5")}),
    ((2, 3), "where of measure booked", "`stage = 'Won'`: it is 'Lost'", "stage were 'Won'", {(2, "20"), (3, "30")}),
    ((6,), "where", "`region not in ('EMEA')`: it is 'EMEA'", "`region not in ('EMEA')` held", {(6, "45")}),
    ((1,), "", "it pays 50", "", set()),
]


@pytest.mark.parametrize("where", [None, "stage = 'Won'"])
def test_each_line_of_a_deal_is_asked_about_by_itself(where: str | None, tmp_path: Path) -> None:
    measure = ", where: stage = 'Won'" if where is None else ""
    plan = PLAN.format(measure=measure, component=", kind: commission, where: \"region not in ('EMEA')\"" + RATE)
    files = {"deals": LINES + "\n".join(SEVERAL) + "\n", "assignments": "payee_id,plan,from\nann,sales,2026-01-01\n"}
    options = {"deals": {"where": where}} if where else {}
    project = open_project(write_small(tmp_path / "p", Fault("", {n: t.encode() for n, t in files.items()}, options, plan=plan)))
    run = project.calculate("2026-01", set_aside=True)
    assert run.result is not None, [p.message for p in run.report]
    told = [
        (a.lines, a.rule, a.why, a.change, {(r["line"], f"{r['more'].normalize():f}") for r in a.would_pay})
        for a in why_not(project, run, "D1", "ann")
    ]
    expected = [("where of the deals table" if where and b == "where of measure booked" else b, *rest) for _, b, *rest in BY_LINE]
    assert sorted(told) == sorted((lines, *rest) for (lines, *_), rest in zip(BY_LINE, expected, strict=True))


def asked(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return program("explain", "--period", "2026-01", *arguments, folder=folder)


def test_what_is_told_stands_in_words_and_in_json(tmp_path: Path) -> None:
    plan = PLAN.format(measure="", component=", kind: commission" + GATE)
    folder = write_small(tmp_path / "p", Fault("", {}, plan=plan))
    done = asked(folder, "--why-not", "D1", "--payee", "ann")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Deal D1 is not paid to ann under sales.c in 2026-01, by this rule:",
        "  gate: value('booked') >= 5_000: it earned 5, of which 5 is cut: 0 is left",
        "  5.00 USD on D1 by sales.c",
        "  -5.00 USD on D1 by sales.c (gate)",
        "  If the gate were open, it would pay:",
        "    5.00 USD on D1 by sales.c (gate)",
    ]
    facts = json.loads(asked(folder, "--why-not", "D1", "--payee", "ann", "--json").stdout)
    (one,) = facts["components"]
    assert (facts["deal"], facts["payee"], facts["period"], facts["changed_since_the_run"]) == ("D1", "ann", "2026-01", [])
    assert [one[k] for k in ("component", "rule", "lines", "change", "then")] == ["sales.c", "gate: value('booked') >= 5_000", [], "the gate were open", ""]  # fmt: skip
    assert [Decimal(line["more"]) for line in one["would_pay"]] == [5]
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--why-not", "d1", "--payee", "ann"), "there is no deal `d1`; did you mean `D1`?"),
        (("--why-not", "D1", "--payee", "anne"), "there is no payee `anne`; did you mean `ann`?"),
        (("--why-not", "D1", "--payee", "Ann Lee"), "there is no payee `Ann Lee`; did you mean `ann`, Ann Lee?"),
        (("--why-not", "D1", "--payee", "\x1b[31m"), "there is no payee `\\u001b[31m`"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    done = asked(write_small(tmp_path / "p", Fault("")), *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr


@pytest.mark.parametrize(
    "arguments", [("--why-not", "D1"), ("deal", "D1", "--why-not", "D1", "--payee", "ann"), ("--payee", "ann")]
)
def test_half_a_question_is_wrong_usage(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert asked(write_small(tmp_path / "p", Fault("")), *arguments).returncode == 2


def test_without_a_period_it_is_that_of_the_last_run_else_the_last_with_credits(tmp_path: Path) -> None:
    rows = HEADER + "D1,ann,2026-01-05,100,Won,US\nD2,ann,2026-02-05,100,Won,US\n"
    folder = write_small(tmp_path / "p", Fault("", {"deals": rows.encode()}))
    question = ("explain", "--why-not", "D1", "--payee", "ann")
    assert "under sales.commission in 2026-02" in program(*question, folder=folder).stdout
    assert program("calculate", "--period", "2026-01", folder=folder).returncode == 0
    assert "Deal D1 pays ann under sales.commission in 2026-01:" in program(*question, folder=folder).stdout
    (folder / "data" / "deals.csv").write_text(rows.replace("100", "300"))
    changed = program(*question, folder=folder)
    assert "15.00 USD on D1" in changed.stdout
    assert "since out/2026-01 was written, data/deals.csv changed" in changed.stderr
