"""Faults of people, assignments, splits and the mapping: F072 to F092 as far as reading decides."""

from __future__ import annotations

from small_project import GOOD, PLAN, Fault, deals

P = "payee_id,name,manager\n"
EVERY = b"payee_id,plan,from,to\nann,sales,2026-01-01,%s\nann,sales,%s,\n"


def _payees(*rows: str, header: str = P) -> dict[str, bytes]:
    return {"payees": (header + "".join(f"{r}\n" for r in rows)).encode()}


def _assigned(*rows: str) -> dict[str, bytes]:
    return {"assignments": ("payee_id,plan,from,to\n" + "".join(f"{r}\n" for r in rows)).encode()}


def _splits(*rows: str, header: str = "deal_id,payee_id,share\n") -> dict[str, bytes]:
    return {"splits": (header + "".join(f"{r}\n" for r in rows)).encode()}


PRODUCTS = {
    "_products": b"",
    "deals": b"deal_id,owner,close_date,amount,product\nD1,ann,2026-01-05,1,GTXPro\nD2,ann,2026-01-05,2,GTX Pro\n",
}
LOOK = {"in": "products", "by": "product", "take": {"list_price": "price"}}

PEOPLE = (
    Fault("F072 a product not listed", {**PRODUCTS, "products": b"product,price\nGTX Pro,4821\n"}, {"deals": {"look_up": [LOOK]}}, pays="ann 0.1", lists=("D045 2",), account="exception 1", shows=("!D045", "GTX Pro")),
    Fault("F072 a product aliased", {**PRODUCTS, "products": b"product,price\nGTX Pro,4821\n"}, {"deals": {"look_up": [LOOK], "values": {"product": {"GTXPro": "GTX Pro"}}}}, pays="ann 0.15"),
    Fault("F072 a product aliased in a file", {**PRODUCTS, "products": b"product,price\nGTX Pro,4821\n", "_aliases": b"written,meant\nGTXPro,GTX Pro\n"}, {"deals": {"look_up": [LOOK], "values": {"product": "data/_aliases.csv"}}}, pays="ann 0.15"),
    Fault("F072 a miss left blank", {**PRODUCTS, "products": b"product,price\nGTX Pro,4821\n"}, {"deals": {"look_up": [{**LOOK, "missing": "blank"}]}}, pays="ann 0.15"),
    Fault("a look-up that finds two rows", {**PRODUCTS, "products": b"product,price\nGTX Pro,4821\nGTX Pro,1\n"}, {"deals": {"look_up": [LOOK]}}, says=("D046",)),
    Fault("a dated look-up that finds two rows", {**PRODUCTS, "products": b"product,price,from,to\nGTX Pro,4821,2026-01-01,\nGTX Pro,1,2026-01-02,\n"}, {"deals": {"look_up": [{**LOOK, "missing": "blank"}]}, "products": {"types": {"from": "date", "to": "date"}}}, says=("D046",)),
    Fault("a dated look-up into a file", {**PRODUCTS, "_list": b"product,price,from,to\nGTX Pro,4821,2026-01-01,2026-12-31\nGTX Pro,1,2025-01-01,2025-12-31\n"}, {"deals": {"look_up": [{**LOOK, "in": "data/_list.csv", "missing": "blank"}], "types": {"list_price": "money"}}}, pays="ann 0.15"),
    Fault("a bad figure that is taken", {**PRODUCTS, "_list": b"product,price\nGTX Pro,$4821\n"}, {"deals": {"look_up": [{**LOOK, "in": "data/_list.csv", "missing": "blank"}], "types": {"list_price": "money"}}}, says=("D031 3",)),
    Fault("a table that looks into itself", {}, {"deals": {"look_up": [{"in": "deals", "by": "owner", "take": {"other": "amount"}}]}}, says=("D047",)),
    Fault("F073 one accent written in two ways", {**_payees("zoé,Zoé,"), **_assigned("zoé,sales,2026-01-01,"), **deals("D1,zoe\u0301,2026-01-05,1")}, pays="zoé 0.05", warns=("D029 2",), shows=("D029",)),
    Fault("F073 letters of two scripts", deals("D1,\u0430nn,2026-01-05,1"), pays="", lists=("K101 2",), account="exception 1", warns=("D042 2",), shows=("D042",)),
    Fault("F075 an unknown owner is for crediting to decide", deals("D1,an,2026-01-05,1"), pays="", lists=("K101 2",), account="exception 1"),
    Fault("F075 an alias", {**_payees("ann,Ann Lee,005A;A. Lee", "bob,Bob,", "cy,Cy,", header="payee_id,name,aliases\n"), **deals("D1,A. Lee,2026-01-05,1")}, pays="ann 0.05"),
    Fault("an alias of two payees", _payees("ann,Ann,A. Lee", "bob,Bob,A. Lee", "cy,Cy,", header="payee_id,name,aliases\n"), says=("D062 3",), shows=("ann", "bob")),
    Fault("an alias that is another's id", _payees("ann,Ann,", "bob,Bob,ann", "cy,Cy,", header="payee_id,name,aliases\n"), says=("D062 3",)),
    Fault("F079 two plans at once", _assigned("ann,sales,2026-01-01,2026-06-30", "ann,sales,2026-06-01,"), says=("D052 3",), shows=("2026-06-01 to 2026-06-30", "assignments.csv:2")),
    Fault("F081 the end before the start", _assigned("ann,sales,2026-03-01,2026-02-01"), says=("D053 2",)),
    Fault("F082 both ends count: the same day is two at once", _assigned("ann,sales,2026-01-01,2026-03-31", "ann,sales,2026-03-31,"), says=("D052 3",)),
    Fault("F082 the next day is not", _assigned("ann,sales,2026-01-01,2026-03-31", "ann,sales,2026-04-01,"), pays="ann 5", lists=("K103 3",), account="exception 1"),
    Fault("an unknown plan", _assigned("ann,sale,2026-01-01,"), says=("D055 2",), shows=("did you mean `sales`?",)),
    Fault("an unknown payee in assignments", _assigned("anne,sales,2026-01-01,"), says=("D054 2",), shows=("did you mean `ann`?",)),
    Fault("F083 payees alike", {**_payees("Ann Lee,Ann,", "ANN LEE,Ann,"), **_assigned("Ann Lee,sales,2026-01-01,")}, says=("D041 3",)),
    Fault("F084 99.99%", _splits("D1,ann,66.66%", "D1,bob,33.33%"), says=("D056 2",), shows=("99.99%",)),
    Fault("F084 100.01%", _splits("D1,ann,66.67%", "D1,bob,33.34%"), says=("D056 2",), shows=("100.01%",)),
    Fault("F084 exactly 100%", _splits("D1,ann,33.33%", "D1,bob,33.33%", "D1,cy,33.34%"), pays="ann 1.67 bob 14.2 cy 1.67"),
    Fault("F085 thirds", _splits("D1,ann,1/3", "D1,bob,1/3", "D1,cy,1/3"), pays="ann 1.67 bob 14.2 cy 1.67"),
    Fault("F085 two thirds", _splits("D1,ann,1/3", "D1,bob,1/3"), says=("D056 2",), shows=("66.6667%",)),
    Fault("a divisor too long to be exact", _splits("D1,ann,1/99999999999999999999", "D1,bob,99999999999999999998/99999999999999999999"), says=("D037 2", "D037 3")),
    Fault("shares too fine to be added", _splits("D1,ann,1/999999999999989,SE", "D1,bob,1/999999999999947,SE", "D2,ann,1/7,SE", header="deal_id,payee_id,share,role\n"), says=("D065 2",), shows=("1/999999999999989",)),
    Fault("shares of two roles too fine to be added", _splits("D1,ann,100%,owner", "D1,ann,1/999999999999947,SE", "D1,bob,1/999999999999989,SO", header="deal_id,payee_id,share,role\n"), says=("D065 4",), shows=("1/999999999999989",)),
    Fault("an opening of no kind that there is", {"openings": b"payee_id,as_of,kind,name,amount\nann,2025-12-31,mesure,booked,10\n"}, says=("D066 2",), shows=("did you mean `measure`?",)),
    Fault("a draw owed under no plan that there is", {"openings": b"payee_id,as_of,kind,name,amount\nann,2025-12-31,draw,sales-reps,10\n"}, says=("D055 2",), shows=("is not a plan",)),
    Fault("F086 nothing", _splits("D1,ann,0%", "D1,bob,100%"), says=("D057 2",)),
    Fault("F086 less than nothing", _splits("D1,ann,-10%", "D1,bob,110%"), says=("D057 2",)),
    Fault("a share without its sign", _splits("D1,ann,0.5", "D1,bob,50%"), says=("D037 2",)),
    Fault("F087 a payee twice", _splits("D1,ann,50%", "D1,ann,50%"), says=("D040 3",)),
    Fault("F088 an overlay is extra", _splits("D1,ann,100%,owner", "D1,bob,100%,SE", header="deal_id,payee_id,share,role\n"), pays="ann 5 bob 12.53"),
    Fault("nobody holds a share", _splits("D1,ann,60%", "D1,nobody,40%"), pays="ann 3 bob 12.53"),
    Fault("F089 a circle of managers", _payees("ann,Ann,bob", "bob,Bob,cy", "cy,Cy,ann"), says=("D051",), shows=("ann -> bob -> cy -> ann",)),
    Fault("F089 one's own manager", _payees("ann,Ann,ann", "bob,Bob,", "cy,Cy,"), says=("D051 2",)),
    Fault("F090 no manager at the top", _payees("ann,Ann,bob", "bob,Bob,", "cy,Cy,bob"), pays="ann 5 bob 12.53"),
    Fault("F090 an unknown manager", _payees("ann,Ann,bobb", "bob,Bob,", "cy,Cy,"), says=("D050 2",), shows=("did you mean `bob`?",)),
    Fault("F091 a manager from a date on", _payees("ann,Ann,bob,,2026-03-31", "ann,Ann,cy,2026-04-01,", "bob,Bob,,,", "cy,Cy,bob,,", header="payee_id,name,manager,from,to\n"), pays="ann 5 bob 12.53"),
    Fault("F092 a chain of 1,000", {**_payees(*(f"p{i},P{i},{f'p{i + 1}' if i < 999 else ''}" for i in range(1000))), **_assigned("p0,sales,2026-01-01,")}, pays="", lists=("K101 2", "K101 3"), account="exception 2"),
    Fault("a mix that is none", {"assignments": b"payee_id,plan,from,ote,mix\nann,sales,2026-01-01,1200,50:50\nbob,sales,2026-01-01,1200,50/50\n"}, says=("D059 2",)),
    Fault("a mix of nothing", {"assignments": b"payee_id,plan,from,ote,mix\nann,sales,2026-01-01,1200,0/0\nbob,sales,2026-01-01,1200,0/100\n"}, says=("D059 2",)),
    Fault("a quota's period that is none", {"quotas": b"payee_id,measure,period,amount\nann,booked,Q1 2026,100\n"}, says=("D038 2",)),
    Fault("a quota twice", {"quotas": b"payee_id,measure,period,amount\nann,booked,2026-01,100\nann,booked,2026-01,200\n"}, says=("D040 3",)),
    Fault("a quota row's midnight", {"quotas": b"payee_id,measure,period,amount\nann,booked,2026-01-05 00:00:00,100\n"}, says=("D038 2",)),
    Fault("a quota row's midnight dropped", {"quotas": b"payee_id,measure,period,amount\nann,booked,2026-01-05 00:00:00,100\n"}, {"quotas": {"read": {"time": "drop midnight"}}}, pays="ann 5 bob 12.53"),
    Fault("a quota row's date in its own form", {"quotas": b"payee_id,measure,period,amount\nann,booked,31/05/2026,100\n"}, {"quotas": {"read": {"date": "%d/%m/%Y"}}}, pays="ann 5 bob 12.53"),
    Fault("a fault in a row that where leaves out", deals("D1,ann,2026-01-05,x,Lost", "D2,ann,03/04/2026,1,Lost", "D3,ann,2026-01-05,1,Won", header="deal_id,owner,close_date,amount,stage\n"), {"deals": {"where": "stage = 'Won'"}}, pays="ann 0.05", account="left out 2"),
    Fault("a fault in what where reads", deals("D1,ann,2026-01-05,x", "D2,ann,2026-01-05,5"), {"deals": {"where": "amount > 1"}}, says=("D031 2",)),
    Fault("where that an empty field leaves open", deals("D1,ann,2026-01-05,1,", "D2,ann,2026-01-05,5,Won", header="deal_id,owner,close_date,amount,stage\n"), {"deals": {"where": "stage = 'Won'"}}, says=("D044 2",)),
    Fault("where that is no condition", {}, {"deals": {"where": "amount"}}, says=("D043",), shows=("not a condition",)),
    Fault("a name that where does not know", {}, {"deals": {"where": "stgae = 'Won'"}}, says=("X005",)),
    Fault("an amount typed as text", {}, {"deals": {"types": {"amount": "text"}}}, says=("D043",)),
    Fault("an amount made as text", {}, {"deals": {"columns": {"list": "amount"}, "add": {"amount": "'x'"}}}, says=("D043",)),
    Fault("two aliases of one column", deals("D1,ann,2026-01-05,1,2", header="deal_id,owner,close_date,amount,Amt\n"), {"deals": {"columns": {"amount": ["amount", "Amt"]}}}, says=("D016",)),
    Fault("files of one pattern with other headers", {"deals_b": b"deal_id,owner,amount\nD9,ann,1\n"}, {"deals": {"file": "data/deals*.csv"}, "deals_b": {"file": "data/payees.csv"}}, says=("D027 1",)),
    Fault("files of one pattern", {"deals_b": GOOD.replace("D1", "D8").replace("D2", "D9").encode()}, {"deals": {"file": "data/deals*.csv"}}, pays="ann 10 bob 25.06"),
)  # fmt: skip

WEEKS = PLAN.replace("every: month", "every: period")
CAL = "period,from,to,quarter,year\n"


def _calendar(name: str, *rows: str, says: tuple[str, ...] = (), header: str = CAL, pays: str | None = None) -> Fault:
    content = (header + "".join(f"{r}\n" for r in rows)).encode()
    return Fault(
        name, {"calendar": content}, says=says, pays=pays, period="P1", plan=WEEKS, project={"calendar": {"table": "calendar"}}
    )


CALENDARS = (
    _calendar("a calendar of four weeks", "P1,2026-01-01,2026-01-28,Q1,2026", "P2,2026-01-29,2026-02-25,Q1,2026", pays="ann 5 bob 12.53"),
    _calendar("a gap in the calendar", "P1,2026-01-01,2026-01-28,Q1,2026", "P2,2026-01-30,2026-02-25,Q1,2026", says=("D034 2",)),
    _calendar("an overlap in the calendar", "P1,2026-01-01,2026-01-28,Q1,2026", "P2,2026-01-28,2026-02-25,Q1,2026", says=("D034 2",)),
    _calendar("a period twice", "P1,2026-01-01,2026-01-28,Q1,2026", "P1,2026-01-29,2026-02-25,Q1,2026", says=("D040 3",)),
    _calendar("a period backwards", "P1,2026-01-28,2026-01-01,Q1,2026", says=("D053 2",)),
    _calendar("a calendar without quarters", "P1,2026-01-01,2026-01-28,2026", header="period,from,to,year\n", says=("D015",)),
    _calendar("an empty field in the calendar", "P1,2026-01-01,,Q1,2026", says=("D030 2",)),
    Fault("a calendar that is not there", project={"calendar": {"table": "calendar"}}, says=("D007",)),
    Fault("a calendar by another name", {"weeks": CAL.encode() + b"P1,2026-01-01,2026-01-28,Q1,2026\n"}, project={"calendar": {"table": "weeks"}}, says=("D007", "D043")),
    Fault("a fiscal year without its name", project={"calendar": {"year_starts": "april"}}, says=("D043",), shows=("year_named",)),
    Fault("a time zone that is none", project={"time_zone": "Mars/Olympus"}, says=("D043",)),
)  # fmt: skip
