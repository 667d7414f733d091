"""Faults that only a calculation shows: dates, plans and hires, quotas, hierarchy, figures that are very large."""

from __future__ import annotations

from small_project import HEADER, Fault, deals

PLAN = """plan: sales
version: 1
effective: 2024-01-01 .. 2027-12-31
currency: USD
measures: {{booked: {{sum: amount, {measure}}}}}
components: {{c: {{{component}}}}}
payment: {{every: month, negative: carry{payment}}}
"""


def plan(component: str, measure: str = "window: month, quota: own", payment: str = "") -> str:
    """Return a plan of one measure and one component."""
    return PLAN.format(measure=measure, component=component, payment=payment)


FLAT = plan("kind: commission, on: booked, rate: 5%", "window: month")
ON_TARGET = "kind: commission, on: booked, rate: on-target, target: 1_000 USD"
TIERS = "kind: commission, on: booked, rate: {by: value, apply: marginal, tiers: [{from: 0, pay: 5%}, {from: 1_000, pay: 10%}]}"
BONUS = "kind: bonus, on: booked, target: 1_000 USD, payout: {by: attainment, points: {0%: 0%, 100%: 100%}, between: linear"
BONUS += ", before: flat, beyond: flat}"
REPORTS = plan("kind: commission, on: booked, rate: 5%", "window: month, credit: reports")
EVERYBODY = plan("kind: commission, on: booked, rate: 5%", "window: month, credit: all reports")
UPLINE = {
    f"{name}": plan("kind: commission, on: booked, rate: 5%", f"window: month, credit: {{reports_by: upline, levels: {said}}}")
    for name, said in (("one", "1"), ("all", "1.."))
}
TYPED = {"payees": {"types": {"upline": "payee"}}}
ROUND = {"payees": b"payee_id,name,upline\nann,Ann,bob\nbob,Bob,cy\ncy,Cy,ann\n"}
CHAIN = {
    "payees": "\n".join(["payee_id,name,manager", *(f"p{i},P{i},{f'p{i + 1}' if i < 999 else ''}" for i in range(1000))]).encode()
    + b"\n",
    "assignments": b"payee_id,plan,from\np500,sales,2026-01-01\np999,sales,2026-01-01\n",
}
P, A, Q = "payee_id,name,hired\n", "payee_id,plan,from,to\n", "payee_id,measure,period,amount\n"


def _table(name: str, header: str, *rows: str) -> dict[str, bytes]:
    return {name: (header + "".join(f"{r}\n" for r in rows)).encode()}


def _joiner(month: str, days: int, paid: str) -> Fault:
    """A joiner on the 16th with a quota of 1,000 for the month and a deal of 100: pay is 100 x 1,000 / (1,000 x part / days)."""
    files = {
        **_table("quotas", Q, f"ann,booked,{month},1000"),
        **_table("assignments", A, f"ann,sales,{month}-16,"),
        **deals(f"D1,ann,{month}-20,100"),
    }
    return Fault(
        f"F102 a joiner on the 16th of a month of {days} days",
        files, plan=plan(ON_TARGET, payment=", prorate: {quota: days}"), pays=f"ann {paid}", period=month,
    )  # fmt: skip


CALCULATED = (
    Fault("F052 the sum of ten thousand of the largest amount is exact", {"deals": (HEADER + "".join(f"D{i},ann,2026-01-05,999999999999999.99\n" for i in range(10_000))).encode()}, plan=plan("kind: commission, on: booked, rate: 0.01%", "window: month"), pays="ann 1000000000000000"),
    Fault("F052 the largest deal on the largest target", {**deals("D1,ann,2026-01-05,100", "D2,ann,2026-01-06,999999999999999.99"), **_table("quotas", Q, "ann,booked,2026-01,999999999999999")}, plan=plan(ON_TARGET.replace("1_000", "999_999_999_999_999")), says=("K140 3",), shows=("sales.c: basis x rate x factors may have 31 digits", "999999999999999.99 of deal `D2`")),
    Fault("F052 the largest deal under tiers of the largest quota", {**deals("D1,ann,2026-01-05,999999999999999.99"), **_table("quotas", Q, "ann,booked,2026-01,999999999999999")}, plan=plan("kind: commission, on: booked, rate: {by: attainment, apply: marginal, tiers: [{from: 0%, pay: 5%}, {from: 100%, pay: 10%}]}"), pays="ann 50000000000000.05"),
    Fault("F178 the largest amount at the longest rate is exact", deals("D1,ann,2026-01-05,9999999999999.99"), plan=plan("kind: commission, on: booked, rate: 0.123456789012x", "window: month"), pays="ann 1234567890120.00"),
    Fault("F178 a product inside a formula", deals("D1,ann,2026-01-05,100", "D2,ann,2026-01-06,999999999999999.99"), plan=plan("kind: commission, on: booked, rate: 5%, basis: amount * 999_999_999_999x", "window: month"), says=("K140 3",), shows=("sales.c", "deal `D2`")),
    Fault("F178 a measure of a product", deals("D1,ann,2026-01-05,999999999999999.99"), plan=plan("kind: commission, on: booked, rate: 5%", "window: month, weight: 999_999_999_999x"), says=("K140 2",), shows=("sales.measures", "deal `D1`")),
    Fault("F178 a factor on the largest line", deals("D1,ann,2026-01-05,999999999999999.99"), plan=plan("kind: commission, on: booked, rate: 5%, multiply: {factor: 999_999_999_999x}", "window: month"), says=("K140 2",), shows=("sales.c: basis x rate x factors",)),
    Fault("F053 below zero under tiers that do not say what a return does", deals("D1,ann,2026-01-05,300", "D2,ann,2026-01-06,-100"), plan=plan(TIERS, "window: month"), pays="ann 15", lists=("K130 3",), shows=("returns: unwind",)),
    Fault("F053 below zero under tiers that say it", deals("D1,ann,2026-01-05,1100", "D2,ann,2026-01-06,-200"), plan=plan(TIERS + ", returns: unwind", "window: month"), pays="ann 45"),
    Fault("F054 zero beside others", deals("D1,ann,2026-01-05,0.00", "D2,ann,2026-01-05,20"), pays="ann 1"),
    Fault("F062 a day after the period", deals("D1,ann,2026-01-31,100", "D2,ann,2026-02-01,100"), pays="ann 5", account="later 1"),
    Fault("F062 a year after the period is not yet told", deals("D1,ann,2027-01-31,100"), pays="", account="later 1"),
    Fault("F062 more than a year after the period", deals("D1,ann,2027-02-01,100", "D2,ann,2062-01-05,100"), pays="", account="later 2", warns=("D063 2",), shows=("`2027-02-01`", "/ 2 /")),
    Fault("F063 the leap day is a day of its month", {**deals("D1,ann,2024-02-29,100"), **_table("assignments", A, "ann,sales,2024-02-29,2024-02-29")}, plan=FLAT, pays="ann 5", period="2024-02"),
    Fault("F063 the leap day of another year is none", deals("D1,ann,2026-02-29,100"), says=("D034 2",), shows=("no such day",)),
    Fault("F075 an unknown owner, and the payee who may be meant", {**_table("payees", "payee_id,name,aliases\n", "007,Ann Lee,A. Lee"), **_table("assignments", A, "007,sales,2026-01-01,"), **deals("D1,Ann Le,2026-01-05,100", "D2,A.Lee,2026-01-05,100", "D3,zzz,2026-01-05,100", "D4,007,2026-01-05,100")}, pays="007 5", lists=("K101 2", "K101 3", "K101 4"), account="exception 3", shows=("`Ann Lee` (the payee `007`)", "`A. Lee` (the payee `007`)", "100.00")),
    Fault("F075 no owner at all", deals("D1,,2026-01-05,100", "D2,ann,2026-01-05,100"), pays="ann 5", lists=("K102 2",), account="exception 1"),
    Fault("F076 a payee on no plan", {**_table("assignments", A, "ann,sales,2026-01-01,")}, pays="ann 5", lists=("K103 3",), account="exception 1", shows=("no row of `assignments`", "250.50")),
    Fault("F076 a share of a payee on no plan", {**_table("assignments", A, "ann,sales,2026-01-01,"), **_table("splits", "deal_id,payee_id,share\n", "D1,ann,60%", "D1,cy,40%"), **deals("D1,ann,2026-01-05,100")}, pays="ann 3", lists=("K103 2",), shows=("`cy` is on no plan", "40.00")),
    Fault("F076 both shares of payees on no plan", {**_table("assignments", A, "ann,sales,2026-01-01,"), **_table("splits", "deal_id,payee_id,share\n", "D1,bob,60%", "D1,cy,40%"), **deals("D1,ann,2026-01-05,100")}, pays="", lists=("K103 2", "K103 2"), account="exception 1"),
    Fault("F077 a deal dated before the hire", _table("payees", P, "ann,Ann,2026-01-06", "bob,Bob,2026-01-06", "cy,Cy,"), pays="bob 12.53", lists=("K104 2",), account="exception 1", shows=("hired on 2026-01-06",)),
    Fault("F077 a share of somebody hired later", {**_table("payees", P, "ann,Ann,", "bob,Bob,2026-01-06", "cy,Cy,"), **_table("splits", "deal_id,payee_id,share\n", "D1,ann,50%", "D1,bob,50%")}, pays="ann 2.5 bob 12.53", lists=("K104 2",)),
    Fault("a param of a payee and of a title that nobody has", plan=FLAT.replace("measures:", "params: {share: {default: 5%, payee: {ane: 6%}, title: {Slaes: 7%, Chief: 9%}}}\nmeasures:").replace("rate: 5%", "rate: share"), files={"payees": b"payee_id,name,title\nann,Ann,Sales\nbob,Bob,Sales\ncy,Cy,Sales\n"}, pays="ann 5 bob 12.53", warns=("K004", "K004"), shows=("no payee has the payee `ane`", "did you mean `Sales`?")),
    *(
        Fault(f"a plan that is {status} pays nobody", plan=FLAT.replace("version: 1", f"version: 1\nstatus: {status}"), pays="", lists=("K103 2", "K103 3"), warns=("K003 2",), account="exception 2", shows=(shows, "names `sales`, which is not in force then"))
        for status, shows in (("draft", "`sales` is a draft"), ("approved", "approved and not yet active"), ("retired", "`sales` is retired"))
    ),
    Fault("F080 a deal in the gap between two assignments", {**_table("assignments", A, "ann,sales,2026-01-01,2026-01-09", "ann,sales,2026-01-20,"), **deals("D1,ann,2026-01-09,100", "D2,ann,2026-01-10,100", "D3,ann,2026-01-19,100", "D4,ann,2026-01-20,100")}, pays="ann 10", lists=("K103 3", "K103 4"), account="exception 2", shows=("ended on 2026-01-09, the next begins on 2026-01-20",)),
    Fault("F082 both ends of an assignment count", {**_table("assignments", A, "ann,sales,2026-01-05,2026-01-06"), **deals("D1,ann,2026-01-04,100", "D2,ann,2026-01-05,200", "D3,ann,2026-01-06,300", "D4,ann,2026-01-07,400")}, pays="ann 25", lists=("K103 2", "K103 5"), account="exception 2"),
    Fault("F083 names alike under ids of their own", {**_table("payees", P, "1,Ann Lee,", "2,ANN LEE,"), **_table("assignments", A, "1,sales,2026-01-01,", "2,sales,2026-01-01,"), **deals("D1,1,2026-01-05,100", "D2,2,2026-01-05,200")}, pays="1 5 2 10"),
    Fault("F085 the last in the stated order takes the rest", {**_table("splits", "deal_id,payee_id,share,order\n", "D1,ann,1/3,3", "D1,bob,1/3,1", "D1,cy,1/3,2"), **deals("D1,ann,2026-01-05,0.10")}, plan=plan("kind: commission, on: booked, rate: 100%", "window: month"), pays="ann 0.03 bob 0.03 cy 0.03"),
    Fault("F091 a new manager in the middle of the month", {**_table("payees", "payee_id,name,manager,from,to\n", "ann,Ann,bob,,2026-01-15", "ann,Ann,cy,2026-01-16,", "bob,Bob,,,", "cy,Cy,,,"), **deals("D1,ann,2026-01-15,100", "D2,ann,2026-01-16,200")}, plan=REPORTS, pays="bob 5 cy 10"),
    Fault("F100 no quota", plan=plan(ON_TARGET), files=_table("quotas", Q, "bob,booked,2026-01,501"), pays="bob 500", lists=("K120 0",), shows=("`ann` in 2026-01",)),
    Fault("F100 a quota of zero", plan=plan(ON_TARGET), files=_table("quotas", Q, "ann,booked,2026-01,0", "bob,booked,2026-01,501"), pays="bob 500", lists=("K120 0",)),
    Fault("F100 a quota below zero", plan=plan(ON_TARGET), files=_table("quotas", Q, "ann,booked,2026-01,-5", "bob,booked,2026-01,501"), pays="bob 500", lists=("K120 0",)),
    Fault("F100 a quota of zero with its rule stated", plan=plan(BONUS, "window: month, quota: own, no_quota: 0%"), files=_table("quotas", Q, "ann,booked,2026-01,0", "bob,booked,2026-01,501"), pays="bob 500"),
    Fault("F100 a quota that is no number", plan=plan(ON_TARGET), files=_table("quotas", Q, "ann,booked,2026-01,1e3", "bob,booked,2026-01,"), says=("D031 2", "D030 3")),
    Fault("F101 a quota and no deals", plan=plan(BONUS), files={**_table("quotas", Q, "ann,booked,2026-01,200", "bob,booked,2026-01,501", "cy,booked,2026-01,100")}, pays="ann 500 bob 500"),
    _joiner("2026-01", 31, "193.75"),
    _joiner("2026-04", 30, "200"),
    _joiner("2026-02", 28, "215.38"),
    _joiner("2024-02", 29, "207.14"),
    Fault("F089 a circle by another column, over all levels", ROUND, TYPED, says=("D051",), shows=("`upline` goes in a circle", "ann -> bob -> cy -> ann"), plan=UPLINE["all"]),
    Fault("F089 a circle by another column, one level up", ROUND, TYPED, pays="bob 5 cy 12.53", plan=UPLINE["one"]),
    Fault("F090 nobody known above", {"payees": b"payee_id,name,upline\nann,Ann,bobb\nbob,Bob,\ncy,Cy,\n"}, TYPED, says=("D050 2",), shows=("the upline `bobb` is not a payee; did you mean `bob`?",), plan=UPLINE["one"]),
    Fault("a column of texts above", ROUND, says=("P119 5",), shows=("`types: {upline: payee}`",), plan=UPLINE["one"]),
    Fault("no manager column to roll up by", says=("D015",), shows=("`manager`",), plan=EVERYBODY),
    Fault("F092 a chain of 1,000 is credited to its middle and its top", {**CHAIN, **deals("D1,p0,2026-01-05,1000")}, pays="p500 50 p999 50", plan=EVERYBODY),
    Fault("years from a hire, and no column of hires", says=("D015",), shows=("`hired`",), plan=plan("kind: commission, on: booked, rate: 5%", "window: year from payee.hired")),
    Fault("months employed, and no column of hires", says=("D015",), shows=("`hired`",), plan=plan("kind: commission, on: booked, rate: 5%, where: payee.months_employed > 2", "window: month")),
    Fault("a commission on windows that overlap", says=("P120 6",), shows=("value('booked')",), plan=plan("kind: commission, on: booked, rate: 5%", "window: rolling 12 months")),
    Fault("a window that is none", says=("P003 5",), shows=("write rolling 90 months",), plan=plan("kind: commission, on: booked, rate: 5%", "window: last 90 days")),
    Fault("a column of the payees with a name of the language", {"payees": b"payee_id,name,base\nann,Ann,1\nbob,Bob,2\ncy,Cy,3\n"}, {"payees": {"types": {"base": "money"}}}, says=("P115 6",), shows=("`payee.base` is what the plan says of the payee and a column of the payees",), plan=plan("kind: commission, on: booked, rate: 5%, eligible: payee.base > 1", "window: month")),
)  # fmt: skip
