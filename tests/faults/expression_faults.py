"""Faults of expressions, F149 to F162: programs, bombs, types that do not fit, names that only look right."""

from __future__ import annotations

from small_plan import ALL_FIVE, PlanFault, component, measure, where

NOT_PART = "is not part of the expression language"
NO_FUNCTION = "is not a function of the expression language"

EXPRESSIONS = (
    PlanFault("F149 the way out of a sandbox", where("()▸.__class__.__bases__[0].__subclasses__()"), "X001", "the only dot", "take it away"),
    PlanFault("F149 in a block", where(">-\n      ()▸.__class__"), "X001", "the only dot", "take it away"),
    PlanFault("F150 __import__", where("▸__import__('os').system('id')"), "X001", f"`__import__` {NO_FUNCTION}", "the functions are min"),
    PlanFault("F150 eval", where("▸eval('1')"), "X001", f"`eval` {NO_FUNCTION}"),
    PlanFault("F150 open", where("▸open('x')"), "X001", f"`open` {NO_FUNCTION}"),
    PlanFault("F151 __reduce__", where("print▸.__reduce__()"), "X001", "the only dot", "write `print` alone"),
    PlanFault("F151 frames", where("x▸.gi_frame.f_globals"), "X001", "the only dot", "write `x` alone"),
    PlanFault("F152 9**9**9", where("9▸**9**9"), "X002", "(a power)", "`x * x`"),
    PlanFault("F152 10**1000000", where("10▸**1000000"), "X002", "(a power)", "`x * x`"),
    PlanFault("F153 a text times a number", where("\"'a'*10▸**9\""), "X002", "(a power)"),
    PlanFault("F153 a list times a number", where("\"▸[0]*10**9\""), "X001", f"`[` {NOT_PART}", "round brackets after `in`"),
    PlanFault("F153 format", where("'\"{:>999999999}\"▸.format(1)'"), "X001", "the only dot"),
    PlanFault("F154 lambda", where("\"lambda▸: 1\""), "X001", f"`:` {NOT_PART}"),
    PlanFault("F154 a comprehension", where("\"▸[x for x in y]\""), "X001", f"`[` {NOT_PART}"),
    PlanFault("F154 a walrus", where("(x ▸:= 1)"), "X001", f"`:=` {NOT_PART}", "under `columns:`"),
    PlanFault("F154 an f-string", where("▸f'x'"), "X001", "`f'...'` is not a text of the expression language", "write `'...'`"),
    PlanFault("F154 await", where("▸await x"), "X001", f"`await` {NOT_PART}"),
    PlanFault("F155 10,000 brackets", where("▸" + "(" * 10_000 + "1" + ")" * 10_000), "X003", "20_001 characters", "`columns:`"),
    PlanFault("F155 100 brackets", where("(" * 16 + "▸" + "(" * 84 + "1" + ")" * 100), "X003", "deeper than 16 levels", "`columns:`"),
    PlanFault("F155 1 MB", where("amount > " + "1+" * 525_000 + "1"), "Y002", "1,050,", "split the plan", "1:1"),
    PlanFault("F155 0.9 MB", where("▸amount > " + "1+" * 450_000 + "1"), "X003", "900_010 characters", "`columns:`"),
    PlanFault("F156 divided by a field that is zero", where("amount / units > 1"), pays={"ann": "5.00"}, lists=("K110 D2", "K110 D3")),
    PlanFault("F156 a quota of zero", component("gate: {when: attainment('booked') > 1%, else: 0%}").replace("window: month", "window: month, quota: 0"), pays={}, lists=("K121", "K121", "K121")),
    PlanFault("F156 a cap that is empty", component("cap: {at: 100 USD * attainment('booked'), excess: forfeit}").replace("window: month", "window: month, quota: 0"), pays={}, lists=("K121", "K121", "K121")),
    PlanFault("F156 divided by nothing at all", where("▸amount / 0 > 1"), "X018", "divides by zero", "something else"),
    PlanFault("F157 an amount and a text", where("▸amount > '100'"), "X004", "`amount` is money, `'100'` is text", "write `100` without quotes"),
    PlanFault("F157 a date and a number", where("▸close_date > 5"), "X004", "`close_date` is date, `5` is number", "write a date"),
    PlanFault("F157 a bare number beside money is money", where("amount > 100"), pays={"bob": "12.53"}),
    PlanFault("F158 amuont", where("▸amuont > 5"), "X005", "`amuont` is not a name known here", "did you mean `amount`?"),
    PlanFault("F159 an empty field", where("units < 5"), pays={"ann": "5.00", "bob": "12.53"}, lists=("K110 D3",)),
    PlanFault("F159 what an empty field means", where("coalesce(units, 9) < 5"), pays={"ann": "5.00", "bob": "12.53"}),
    PlanFault("F159 an empty field that is asked for", where("units is empty"), pays={"cy": "0.50"}),
    PlanFault("F160 exact decimals", where("0.1 + 0.2 == 0.3"), pays=ALL_FIVE),
    PlanFault("F161 a chain", where("0 < amount ▸< 10"), "X008", "compares twice in a row", "write `0 < amount and amount < 10`"),
    PlanFault("F161 not binds less than a comparison", where("not amount > 100"), pays={"ann": "5.00", "cy": "0.50"}),
    PlanFault("F161 and binds more than or", where("amount = 10 or amount > 50 and amount < 200"), pays={"ann": "5.00", "cy": "0.50"}),
    PlanFault("F161 not binds more than and", where("not amount > 200 and amount > 50"), pays={"ann": "5.00"}),
    PlanFault("F162 a Cyrillic letter", where("▸\u0430mount > 5"), "X007", "a cyrillic small letter a (U+0430)", "the plain `a`"),
    PlanFault("F162 a zero-width space", where("am▸\u200bount > 5"), "X007", "a zero width space (U+200B) inside a name", "take it away"),
    PlanFault("F162 a curly quote", where("country = ▸‘NO’"), "X007", "(U+2018)", "the straight quote"),
    PlanFault("F162 a dash for a minus", measure("where: amount > 5 ▸\u2013 1"), "X007", "en dash (U+2013)", "the plain `-`"),
)  # fmt: skip
