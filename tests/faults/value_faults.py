"""Faults of field values: F036 to F074."""

from __future__ import annotations

from small_project import HEADER, PLAN, Fault, amount, day, deals, read

FLAG = "deal_id,owner,close_date,amount,won\n"
KEYED = {"deals": {"key": ["order", "title"], "columns": {"order": "deal_id"}}}
LINES = "deal_id,line,owner,close_date,amount\n"


def _number(name: str, text: str, *shows: str, code: str = "D031") -> Fault:
    return Fault(name, amount(text), says=(f"{code} 2",), shows=shows)


VALUES = (
    Fault("F036 blank amount", amount(""), says=("D030 2",)),
    _number("F037 commas", '"1,234.50"', "1234.50", "thousands: ','"),
    Fault("F037 commas named", amount('"1,234.50"'), read(thousands=","), pays="ann 61.73", amounts=("1234.50",)),
    Fault("F037 commas in the wrong place", amount('"12,34.50"'), read(thousands=","), says=("D031 2",)),
    _number("F038 decimal comma", '"1.234,50"', "decimal: ','"),
    Fault("F038 decimal comma named", amount('"1.234,50"'), read(decimal=",", thousands="."), pays="ann 61.73", amounts=("1234.50",)),
    _number("F039 parentheses", "(100.00)", "negative: parentheses"),
    Fault("F039 parentheses named", deals("D1,ann,2026-01-05,(100.00)", "D2,ann,2026-01-05,300"), read(negative="parentheses"), pays="ann 10", amounts=("-100", "300")),
    _number("F040 exponent", "1e3", "1000"),
    _number("F040 exponent with a sign", "1E+3", "exponent"),
    *(_number(f"F041 {t}", t, "no number") for t in ("NaN", "inf", "-Infinity", "nan")),
    _number("F042 euro sign", "€100", "currency_symbol", "write 100,"),
    _number("F042 dollar sign", "$100.00", "currency_symbol"),
    _number("F042 currency code", "USD 100", "currency"),
    Fault("F042 dollar sign named", amount("$20.00"), read(currency_symbol="$"), pays="ann 1", amounts=("20",)),
    _number("F043 spaces around", " 100.00 ", "trim: yes"),
    Fault("F043 spaces trimmed", amount(" 100.00 "), read(trim="yes"), pays="ann 5", amounts=("100",)),
    _number("F043 no-break space", "100\u00a0000", "spaces"),
    _number("F044 three decimals", "100.005", "3 decimals", "extra_decimals: keep", code="D032"),
    Fault("F044 three decimals kept", amount("100.005"), read(extra_decimals="keep"), pays="ann 5", amounts=("100.005",)),
    Fault("F044 more than can be kept", amount("1.0000000000001"), read(extra_decimals="keep"), says=("D032 2",)),
    Fault("F045 fewer decimals", deals("D1,ann,2026-01-05,100.5", "D2,ann,2026-01-05,100"), pays="ann 10.03", amounts=("100.5", "100")),
    Fault("F046 minus zero", amount("-0.00"), pays="", amounts=("0",)),
    _number("F047 plus sign", "+100", "plus"),
    _number("F048 leading nought", "0100.00", "nought"),
    _number("F048 leading point", ".5", "digit"),
    _number("F048 trailing point", "5.", "digit"),
    _number("F049 full-width digits", "１００", "other digits"),
    _number("F049 Arabic digits", "١٠٠", "other digits"),
    _number("F050 underscore", "1_000", "underscore"),
    _number("F051 too many digits", "99999999999999999999.99", "15 digits", code="D033"),
    Fault("F051 the largest amount", amount("999999999999999.99"), pays="ann 50000000000000", amounts=("999999999999999.99",)),
    Fault("F053 below zero", deals("D1,ann,2026-01-05,-100.00", "D2,ann,2026-01-05,300"), pays="ann 10", amounts=("-100", "300")),
    Fault("F054 zero", amount("0.00"), pays="", amounts=("0",)),
    Fault("F055 which is the month", day("03/04/2026"), says=("D034 2",), shows=("either way round", "%d/%m/%Y")),
    Fault("F055 which is the month, named", day("03/04/2026"), read(date="%d/%m/%Y"), pays="", account="later 1"),
    *(Fault(f"F056 {d}", day(d), says=("D034 2",), shows=("no such day",)) for d in ("2025-02-30", "2025-13-01", "0000-00-00")),
    Fault("F057 one digit", day("2025-1-5"), says=("D034 2",), shows=("write 2025-01-05",)),
    Fault("F058 a time and an offset", day("2026-01-05T23:30:00-08:00"), says=("D034 2",), shows=("time of day", "zone:")),
    Fault("F058 a time in UTC", day("2026-01-05T23:30:00Z"), says=("D034 2",), shows=("zone:",)),
    Fault("F058 a zone named", day("2026-01-05T23:30:00-08:00"), read(zone="America/New_York"), pays="ann 5"),
    Fault("F058 a zone that is none", day("2026-01-05"), read(zone="Amerika/Nowhere"), says=("D043",), shows=("Amerika/Nowhere",)),
    Fault("F055 a form that is none", day("2026-01-05"), read(date="%Q-%d"), says=("D043",), shows=("%Q",)),
    Fault("F059 midnight", day("2026-01-05 00:00:00"), says=("D034 2",), shows=("time: drop midnight",)),
    Fault("F059 midnight dropped", day("2026-01-05 00:00:00"), read(time="drop midnight"), pays="ann 5"),
    Fault("F059 midnight dropped, noon refused", day("2026-01-05 12:00:00"), read(time="drop midnight"), says=("D034 2",)),
    Fault("F060 a day number", day("45678"), says=("D034 2",), shows=("spreadsheet",)),
    Fault("F061 1900", day("1900-01-01"), pays="", lists=("K103 2",), account="exception 1", warns=("D039 2",), shows=("outside",)),
    Fault("F061 2199", day("2199-12-31"), pays="", account="later 1", warns=("D039 2",), shows=("outside",)),
    Fault("an empty credit date waits", day(""), pays="", account="waiting 1"),
    Fault("F064 a deal twice", deals("D1,ann,2026-01-05,1", "D1,ann,2026-01-05,1"), says=("D040 3",), shows=("the same in both", "deals.csv:2")),
    Fault("F065 a deal twice, amounts differ", deals("D1,ann,2026-01-05,1", "D1,ann,2026-01-05,2"), says=("D040 3",), shows=("different facts",)),
    Fault("F066 ids alike", deals("D1,ann,2026-01-05,1", "d1 ,ann,2026-01-05,1"), says=("D041 3",)),
    Fault("F067 blank id", deals("D1,ann,2026-01-05,1", ",ann,2026-01-05,1", "D3,ann,2026-01-05,1"), says=("D030 3",)),
    Fault("F067 an id of spaces", deals("D1,ann,2026-01-05,1", "  ,ann,2026-01-05,1", "D3,ann,2026-01-05,1"), says=("D030 3",)),
    Fault("F068 007 and 7", deals("007,ann,2026-01-05,1", "7,ann,2026-01-05,1"), pays="ann 0.1"),
    Fault("F069 odd ids", deals(f"{'x' * 500},ann,2026-01-05,1", "😀,ann,2026-01-05,1", "../x,ann,2026-01-05,1", "=1+1,ann,2026-01-05,1"), pays="ann 0.2"),
    Fault("F070 an order of two titles", deals("O1,ann,2026-01-05,1", "O1,ann,2026-01-05,2"), says=("D040 3",)),
    Fault(
        "F070 the key named", deals("O1,A,ann,2026-01-05,1", "O1,B,ann,2026-01-05,2", header="deal_id,title,owner,close_date,amount\n"),
        KEYED, pays="ann 0.15",
    ),
    Fault("lines of one deal", deals("D1,1,ann,2026-01-05,1", "D1,2,ann,2026-01-05,2", header=LINES), pays="ann 0.15"),
    Fault("a line twice", deals("D1,1,ann,2026-01-05,1", "D1,1,ann,2026-01-05,2", header=LINES), says=("D040 3",)),
    Fault("F071 listed spellings", deals("D1,ann,2026-01-05,1,Yes", "D2,ann,2026-01-05,1,0", header=FLAG), {"deals": {"types": {"won": "yes/no"}}}, pays="ann 0.1"),
    Fault("F071 another spelling", deals("D1,ann,2026-01-05,1,t", header=FLAG), {"deals": {"types": {"won": "yes/no"}}}, says=("D035 2",)),
    *(Fault(f"F074 {t} as a text", deals(f"{t},ann,2026-01-05,1"), says=("D036 2",)) for t in ("NULL", "N/A", "#REF!", "#N/A")),
    Fault("F074 NULL as an owner", deals("D1,NULL,2026-01-05,1"), says=("D036 2",)),
    Fault("F074 #REF! as an amount", amount("#REF!"), says=("D036 2",)),
    Fault("F074 #N/A as a date", day("#N/A"), says=("D036 2",)),
    Fault("F097 currency in small letters", deals("D1,ann,2026-01-05,1,usd", header="deal_id,owner,close_date,amount,currency\n"), says=("D060 2",), shows=("USD",)),
    Fault("F098 half a yen", amount("100.50"), project={"currency": "JPY"}, plan=PLAN.replace("USD", "JPY"), says=("D032 2",), shows=("at most 0",)),
    Fault("F098 fils", amount("1.234"), project={"currency": "KWD"}, plan=PLAN.replace("USD", "KWD"), pays="ann 0.062", amounts=("1.234",)),
    Fault("a ratio with too many decimals", deals("D1,ann,2026-01-05,1,0.00000000001%", header="deal_id,owner,close_date,amount,fee\n"), {"deals": {"types": {"fee": "ratio"}}}, says=("D032 2",)),
    Fault("a count that is not whole", deals("D1,ann,2026-01-05,1,2.5", header="deal_id,owner,close_date,amount,units\n"), says=("D031 2",), shows=("whole",)),
    Fault("one cause in twenty thousand rows", {"deals": (HEADER + "".join(f"D{i},ann,2026-01-05,$1\n" for i in range(20_000))).encode()}, says=("D031 2",), shows=("20000",)),
    Fault("two causes in one file", deals("D1,ann,2026-01-05,$1", "D2,ann,03/04/2026,1", "D3,ann,2026-01-05,1e3"), says=("D031 2", "D031 4", "D034 3")),
)  # fmt: skip
