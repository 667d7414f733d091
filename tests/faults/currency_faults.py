"""Faults of currencies and exchange rates: F093 to F099."""

from __future__ import annotations

from small_project import Fault

PLAN = """plan: sales
version: 2026.1
effective: 2026-01-01 .. 2026-12-31
currency: USD
fx: {{credit: {credit}, pay: fixed{age}}}
measures: {{booked: {{sum: amount, window: month}}}}
components: {{commission: {{kind: commission, on: booked, rate: 5%}}}}
payment: {{every: month, negative: carry}}
"""
DAILY, YEARLY = PLAN.format(credit="on date", age=", max_age: 3 days"), PLAN.format(credit="fixed", age="")
DEALS = "deal_id,owner,close_date,amount,currency\n"


def _given(deals: tuple[str, ...], *rates: str, header: str = "from,to,date,period,rate\n") -> dict[str, bytes]:
    return {
        "deals": (DEALS + "".join(f"{d}\n" for d in deals)).encode(),
        "fx": (header + "".join(f"{r}\n" for r in rates)).encode(),
    }


EURO = ("D1,ann,2026-01-05,100.00,EUR",)
RATE = "EUR,USD,2026-01-05,,1.2"
PAYEES = {"payees": b"payee_id,name,currency\nann,Ann Lee,INR\nbob,Bob Ray,\ncy,Cy Moe,\n"}

CURRENCY = (
    Fault("F093 a rate of the day", _given(EURO, RATE), plan=DAILY, pays="ann 6"),
    Fault("F093 no rate at all", _given(EURO, "GBP,USD,2026-01-05,,1.4"), plan=DAILY, pays="", lists=("K150 2",), account="exception 1", shows=("no rate from EUR to USD on 2026-01-05",)),
    Fault("F093 no rate, and the latest there is", _given(EURO, "EUR,USD,2026-01-01,,1.2", "EUR,USD,2026-01-06,,1.3"), plan=DAILY, pays="", lists=("K150 2",), account="exception 1", shows=("the latest is of 2026-01-01",)),
    Fault("F093 no table of rates", {"deals": (DEALS + EURO[0] + "\n").encode()}, plan=DAILY, pays="", lists=("D061 2",), account="exception 1"),
    Fault("F093 which rate is not said", _given(EURO, RATE), says=("K006",), shows=("fx: {credit: on date}",)),
    Fault("F093 no rate to pay a payee", {**_given(("D1,ann,2026-01-05,100.00,",), RATE), **PAYEES}, plan=DAILY, pays="ann 5", lists=("K151",), shows=("`ann` is paid in INR",)),
    Fault("F093 which rate pays a payee is not said", {**_given(("D1,ann,2026-01-05,100.00,",), RATE), **PAYEES}, plan=DAILY.replace("pay: fixed, ", ""), says=("K006",), shows=("fx: {pay: on date}",)),
    Fault("F094 a rate of nothing", _given(EURO, "EUR,USD,2026-01-05,,0"), plan=DAILY, says=("D078 2:rate",)),
    Fault("F094 a rate below nothing", _given(EURO, "EUR,USD,2026-01-05,,-1.2"), plan=DAILY, says=("D078 2:rate",)),
    Fault("F094 a rate that is a speck", _given(EURO, "EUR,USD,2026-01-05,,0.000000000001"), plan=DAILY, says=("D078 2:rate",)),
    Fault("F094 a rate beyond all currencies", _given(EURO, "EUR,USD,2026-01-05,,100000000001"), plan=DAILY, says=("D078 2:rate",)),
    Fault("F094 a blank rate", _given(EURO, "EUR,USD,2026-01-05,,"), plan=DAILY, says=("D030 2:rate",)),
    Fault("F094 a rate with a comma", _given(EURO, 'EUR,USD,2026-01-05,,"1,2"'), plan=DAILY, says=("D031 2:rate",)),
    Fault("F095 two rates for one day", _given(EURO, RATE, "EUR,USD,2026-01-05,,1.3"), plan=DAILY, says=("D069 3",), shows=("on 2026-01-05", "fx.csv:2")),
    Fault("F095 two averages of one month", _given(EURO, "EUR,USD,,2026-01,1.2", "EUR,USD,,2026-01,1.2"), plan=YEARLY, says=("D069 3",), shows=("for 2026-01",)),
    Fault("F095 two fixed rates that meet", _given(EURO, "EUR,USD,,2026,1.2", "EUR,USD,,2026-Q1,1.3"), plan=YEARLY, says=("D069 3",), shows=("for 2026 and for 2026-Q1",)),
    Fault("F095 both directions are two rates", _given(EURO, "EUR,USD,,2026,1.2", "USD,EUR,,2026,0.8"), plan=YEARLY, pays="ann 6"),
    Fault("F095 an average, a fixed rate and one of the day are three", _given(EURO, RATE, "EUR,USD,,2026-01,1.3", "EUR,USD,,2026,1.4"), plan=YEARLY, pays="ann 7"),
    Fault("F096 an earlier rate that is young enough", _given(EURO, "EUR,USD,2026-01-02,,1.2"), plan=DAILY, pays="ann 6"),
    Fault("F096 a rate that stopped", _given(EURO, "EUR,USD,2026-01-01,,1.2"), plan=DAILY, pays="", lists=("K150 2",), account="exception 1", shows=("max_age",)),
    Fault("F097 small letters", _given(("D1,ann,2026-01-05,100.00,eur",), RATE), plan=DAILY, says=("D060 2:currency",), shows=("did you mean EUR?",)),
    Fault("F097 no such currency", _given(("D1,ann,2026-01-05,100.00,XXX",), RATE), plan=DAILY, says=("D060 2:currency",)),
    Fault("F097 no such currency among the rates", _given(EURO, RATE, "US$,EUR,2026-01-05,,1.3", "EUR,eur,2026-01-06,,1.3"), plan=DAILY, says=("D060 3:from", "D060 4:to")),
    Fault("F097 no such currency of a payee", {**_given(EURO, RATE), "payees": PAYEES["payees"].replace(b"INR", b"Rs")}, plan=DAILY, says=("D060 2:currency",)),
    Fault("F098 yen have no cents", _given(("D1,ann,2026-01-05,100.50,JPY",), "JPY,USD,,2026,0.0066"), plan=YEARLY, says=("D032 2:amount",), shows=("has 2 decimals, the currency has at most 0",)),
    Fault("F098 dinars have three", _given(("D1,ann,2026-01-05,1.234,KWD",), "KWD,USD,,2026,3.25"), plan=YEARLY, pays="ann 0.2"),
    Fault("F098 dollars beside dinars have two", _given(("D1,ann,2026-01-05,1.234,KWD", "D2,ann,2026-01-05,1.234,"), "KWD,USD,,2026,3.25"), plan=YEARLY, says=("D032 3:amount",)),
    Fault("F098 yen that are kept as they are", _given(("D1,ann,2026-01-05,100.50,JPY",), "JPY,USD,,2026,0.5"), {"deals": {"read": {"extra_decimals": "keep"}}}, plan=YEARLY, pays="ann 2.51"),
    Fault("F099 a currency against itself", _given(EURO, RATE, "USD,USD,2026-01-05,,1.0002"), plan=DAILY, says=("D075 3:rate",)),
    Fault("a rate of no day and no period", _given(EURO, "EUR,USD,,,1.2"), plan=DAILY, says=("D076 2:date",)),
    Fault("a rate of a day and a period", _given(EURO, "EUR,USD,2026-01-05,2026-01,1.2"), plan=DAILY, says=("D076 2:date",)),
    Fault("a rate of a period that is none", _given(EURO, "EUR,USD,,January,1.2"), plan=DAILY, says=("D038 2:period",)),
    Fault("a rate of a week is none of the calendar's periods", _given(EURO, "EUR,USD,,2026-W05,1.2"), plan=DAILY, says=("D038 2:period",)),
    Fault("rates of days alone", _given(EURO, "EUR,USD,2026-01-05,1.2", header="from,to,date,rate\n"), plan=DAILY, pays="ann 6"),
    Fault("a sale and its return in two currencies", {**_given((), RATE), "deals": b"deal_id,owner,close_date,amount,currency,returns\nD1,ann,2026-01-05,100.00,EUR,\nR1,ann,2026-01-06,-100.00,USD,D1\n"}, plan=DAILY, says=("D077 3:currency",)),
    Fault("an amount and a rate that are both very large", _given(("D1,ann,2026-01-05,999999999999999.99,EUR",), "EUR,USD,2026-01-05,,100000000000"), plan=DAILY, pays="ann 4999999999999999950000000"),
    Fault("two of them have a sum that is too long", _given(("D1,ann,2026-01-05,999999999999999.99,EUR", "D2,ann,2026-01-05,1.00,EUR"), "EUR,USD,2026-01-05,,100000000000"), plan=DAILY, says=("K140 2:amount",)),
    Fault("pay that is too long in the payee's currency", {**_given(("D1,ann,2026-01-05,999999999999999.99,",), "USD,INR,,2026,100000000000"), **PAYEES}, plan=DAILY, pays="ann 50000000000000", lists=("K140",)),
)  # fmt: skip
