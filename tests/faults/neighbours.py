"""The neighbours of the faults: everything missing at once, faults of several tables together, texts of great length."""

from __future__ import annotations

from small_project import HEADER, Fault, deals

LONG = "x" * 5_000
COLOUR = "deal_id,owner,close_date,amount,product\n"
LOOK = {"in": "products", "by": "product", "take": {"list_price": "price"}}

NEIGHBOURS = (
    Fault(
        "F014 every required column of every table missing",
        {"deals": b"a,b\n1,2\n", "payees": b"a,b\n1,2\n", "assignments": b"a,b\n1,2\n", "quotas": b"a,b\n1,2\n", "splits": b"a,b\n1,2\n", "openings": b"a,b\n1,2\n"},
        says=("D015",) * (3 + 2 + 3 + 2 + 3 + 5),
    ),
    Fault(
        "F014 a mapped header missing in each of two tables", {}, {"deals": {"columns": {"deal_id": "Id", "amount": "Amt"}}, "payees": {"columns": {"name": "Name"}}},
        says=("D015", "D015", "D015"),
    ),
    Fault(
        "a fault of another kind in each table",
        {
            "deals": b"deal_id,owner,close_date,amount\nD1,ann,2026-01-05,$1\nD1,bob,2026-01-32,2\n",
            "payees": b"payee_id,name,manager\nann,Ann,bobb\nbob,Bob,\ncy,Cy,x,y\n",
            "assignments": b"payee_id,plan,from,to\nann,sale,2026-01-01,\nbob,sales,2026-03-01,2026-02-01\n",
            "quotas": b"payee_id,measure,period,amount\nann,booked,2026-13,1\nann,booked,2026-01,1e3\n",
            "splits": b"deal_id,payee_id,share\nD1,ann,60%\nD1,bob,30%\n",
        },
        says=("D031 2:amount", "D034 3:close_date", "D050 2:manager", "D018 4", "D055 2", "D053 3", "D038 2", "D031 3", "D056 2"),
    ),
    Fault(
        "a file that cannot be read does not hide what is wrong with the others",
        {
            "deals": b"PK\x03\x04",
            "payees": b"payee_id,name\nann,Ann\nann,Anna\nbob,Bob\n",
            "assignments": b"payee_id,plan,from\nann,sales,2026-01-01\nzoe,sales,2026-01-01\n",
            "splits": b"deal_id,payee_id,share\nD1,ann,60%\nD1,bob,30%\n",
        },
        says=("D024 1", "D040 3", "D054 3", "D056 2"),
    ),
    Fault(
        "payees that cannot be read make nobody unknown",
        {"payees": b"payee_id,name\nann,\xff\n", "assignments": b"payee_id,plan,from\nann,sales,2026-01-01\nann,sales,2026-02-01\n"},
        says=("D010 2", "D052 3"),
    ),
    Fault("a file that is not there does not hide what is wrong with the others", {"payees": b"payee_id,name\nann,Ann\nann,Anna\nbob,Bob\ncy,Cy\n"}, {"deals": {"file": "data/deal.csv"}}, says=("D003", "D040 3"), status=3),
    Fault("F064 an export that stands twice in a file is one finding", {"deals": (HEADER + "".join(f"D{i},ann,2026-01-05,1\n" for i in range(500)) * 2).encode()}, says=("D040 502",), shows=("/ 500 /", "deals.csv:2")),
    Fault("F064 copies and amendments are told apart", deals("D1,ann,2026-01-05,1", "D2,ann,2026-01-05,1", "D1,ann,2026-01-05,1", "D2,ann,2026-01-05,9"), says=("D040 4", "D040 5"), shows=("the same in both", "different facts")),
    Fault("F075 one unknown payee in many rows of a table is one finding", {"assignments": b"payee_id,plan,from,to\n" + b"".join(f"an,sales,2026-{m:02}-01,2026-{m:02}-20\n".encode() for m in range(1, 13))}, says=("D054 2",), shows=("/ 12 /",)),
    Fault("an unknown plan in many rows is one finding", {"assignments": b"payee_id,plan,from\nann,sale,2026-01-01\nbob,sale,2026-01-01\ncy,sale,2026-01-01\n"}, says=("D055 2",), shows=("/ 3 /",)),
    Fault("F090 an unknown manager of many is one finding", {"payees": b"payee_id,name,manager\nann,Ann,zoe\nbob,Bob,zoe\ncy,Cy,zoe\n"}, says=("D050 2",), shows=("/ 3 /",)),
    Fault("a calendar without a period", {"calendar": b"period,from,to,quarter,year\n"}, project={"calendar": {"table": "calendar"}}, says=("D064",), warns=("D014",)),
    Fault("a long amount is cut", deals(f"D1,ann,2026-01-05,{LONG}"), says=("D031 2",), shows=("...",)),
    Fault("a long date is cut", deals(f"D1,ann,{LONG},1"), says=("D034 2",), shows=("...",)),
    Fault("a long owner is cut", deals(f"D1,{LONG},2026-01-05,1"), pays="", lists=("K101 2",), account="exception 1", shows=("...",)),
    Fault("a long id twice is cut", deals(f"{LONG},ann,2026-01-05,1", f"{LONG},ann,2026-01-05,1"), says=("D040 3",), shows=("...",)),
    Fault("long ids alike are cut", deals(f"{LONG},ann,2026-01-05,1", f"{LONG.upper()},ann,2026-01-05,1"), says=("D041 3",), shows=("...",)),
    Fault("a long payee is cut", {"assignments": f"payee_id,plan,from\n{LONG},sales,2026-01-01\n".encode()}, says=("D054 2",), shows=("...",)),
    Fault("a long plan is cut", {"assignments": f"payee_id,plan,from\nann,{LONG},2026-01-01\n".encode()}, says=("D055 2",), shows=("...",)),
    Fault("a long share is cut", {"splits": f"deal_id,payee_id,share\nD1,ann,{LONG}\n".encode()}, says=("D037 2",), shows=("...",)),
    Fault("a long period is cut", {"quotas": f"payee_id,measure,period,amount\nann,booked,{LONG},1\n".encode()}, says=("D038 2",), shows=("...",)),
    Fault("a long product that is not listed is cut", {"products": b"product,price\nP,1\n", **deals(f"D1,ann,2026-01-05,1,{LONG}", header=COLOUR)}, {"deals": {"look_up": [LOOK]}}, pays="", lists=("D045 2",), account="exception 1", shows=("...",)),
    Fault("a long header that is missing is told", deals("D1", header=f"{LONG}\n"), says=("D015",) * 3),
    Fault("a long header twice is cut", deals("D1,ann,2026-01-05,1,1,1", header=f"deal_id,owner,close_date,amount,{LONG},{LONG}\n"), says=("D016 1",), shows=("...",)),
    Fault("a deal is named with its fault", deals("D17,ann,2026-01-05,$1"), says=("D031 2:amount",), shows=("2:amount (deal D17)",)),
    Fault("a deal of letters that cannot be seen is shown escaped", deals("D\u202e17,ann,2026-01-05,$1"), says=("D031 2:amount",), shows=("(deal D\\u202e17)",)),
    Fault("an accent in a deal's id written in two ways is one id", {"splits": "deal_id,payee_id,share\nDé,ann,50%\nDé,bob,50%\n".encode(), **deals("De\u0301,ann,2026-01-05,100")}, pays="ann 2.5 bob 2.5", warns=("D029 2",)),
    Fault("F073 one id with its accent written in two ways is twice", deals("De\u0301,ann,2026-01-05,100", "D\u00e9,ann,2026-01-05,100"), says=("D040 3",), warns=("D029 2",)),
    *(Fault(f"F074 {t} as an owner", deals(f"D1,{t},2026-01-05,1"), says=("D036 2",)) for t in ("null", "n/a", "#n/a", "#CALC!", "#SPILL!")),
    Fault("F074 a blank amount beside a text for none", deals("D1,ann,2026-01-05,", "D2,ann,2026-01-05,NULL"), says=("D030 2", "D036 3")),
    Fault("F019 every row short", {"deals": (HEADER + "D,ann,2026-01-05\n" * 300).encode()}, says=("D018 2",), shows=("/ 300 /",)),
    Fault("F041 words for no number in a quota", {"quotas": b"payee_id,measure,period,amount\nann,booked,2026-01,NaN\nbob,booked,2026-01,inf\n"}, says=("D031 2",), shows=("/ 2 /",)),
)  # fmt: skip
