"""What can be wrong with one value of a plan: how numbers, ratios, dates and names are written (Y020 to Y032)."""

from __future__ import annotations

from commcalc.base.problem import Kind, Severity


def kind(code: str, title: str, says: str, mend: str, why: str, fails: str, works: str, severity: Severity = "error") -> Kind:
    """Return a kind whose page says why, and shows an example that fails and one that works."""
    return Kind(code, title, says, mend, f"{why}\n\nFails: {_block(fails)}\nWorks: {_block(works)}", severity)


def _block(example: str) -> str:
    if "\n" not in example:
        return example
    return "\n" + "\n".join(f"    {line}" for line in example.split("\n"))


NOT_TEXT = kind(
    "Y020", "Another shape", "this is {what}, and one value should stand here", "write one value{example}",
    "One text, number or date is wanted here, no list and no keys.",
    "version: [1, 2]", "version: 2026.1",
)  # fmt: skip
NOT_A_NUMBER = kind(
    "Y021", "Not a number", "`{text}` is not {wanted} as plans write it{why}", "write {example}",
    "Numbers are read from the text exactly as written: no commas, exponents, leading points or zeros.\n"
    "`_` may stand between groups of three. An amount may name its currency behind a space.",
    "1,000 or 1e3 or .5 or 12:30", "1_000 or 1000 or 0.5 or 500 USD",
)  # fmt: skip
NOT_A_RATIO = kind(
    "Y022", "Not a ratio", "`{text}` is not a ratio: {why}", "write {example}",
    "A ratio is written with its sign right behind the number: 8%, 75bp, 1.5x.\n"
    "A bare 5 is refused: it could be 5%, 5x or 5 USD.",
    "to: 5", "to: 5%",
)  # fmt: skip
NOT_A_DATE = kind(
    "Y023", "Not a date", "`{text}` is not a date: {why}", "write {example}",
    "Dates are year-month-day, with two digits for month and day.",
    "2026-02-30", "2026-02-28",
)  # fmt: skip
NOT_A_RANGE = kind(
    "Y024", "Not a range of dates", "`{text}` is not a range of dates: {why}", "write {example}",
    "A range has two dots between its dates; both ends are in; an end left out is open.",
    "effective: 2026-12-31 .. 2026-01-01", "effective: 2026-01-01 .. 2026-12-31",
)  # fmt: skip
NOT_A_PERIOD = kind(
    "Y025", "Not a period or range", "`{text}` is neither a period nor a range of dates", "write {example}",
    "Periods are named 2026, 2026-H1, 2026-Q1, 2026-02; other stretches are ranges of dates.",
    "effective: Q1 2026", "effective: 2026-Q1",
)  # fmt: skip
NOT_A_SPAN = kind(
    "Y026", "Not a span", "`{text}` is not a span of time", "write {example}",
    "A span is a whole number, a space and a unit: day, week, month, quarter, year, period.",
    "within: 90d", "within: 90 days",
)  # fmt: skip
NOT_A_MIX = kind(
    "Y027", "Not a mix", "`{text}` is not a mix of base to variable", "write {example}",
    "Base to variable with a slash: 60/40, or amounts as 95_000/65_000.",
    "mix: 60:40", "mix: 60/40",
)  # fmt: skip
NOT_YES_NO = kind(
    "Y028", "Not yes or no", "`{text}` is neither yes nor no", "write {example}",
    "`yes` and `no` in small letters, nothing else.",
    "leaderboard: true", "leaderboard: yes",
)  # fmt: skip
NOT_A_NAME = kind(
    "Y029", "Not a name", "`{text}` cannot be a name or text here: {why}", "write {example}",
    "Names are letters and digits with `-` or `_` between them, at most 200 characters.\n"
    "Texts have at most 500 characters, on one line; none that cannot be seen or that turn the writing round.",
    "plan: sales rep", "plan: sales-rep",
)  # fmt: skip
NOT_A_CURRENCY = kind(
    "Y030", "Not a currency", "`{text}` is not a currency", "write {example}: the three capitals of ISO 4217",
    "Currencies are written with the active codes of ISO 4217.",
    "currency: US$", "currency: USD",
)  # fmt: skip
NOT_A_CELL = kind(
    "Y031", "Not a cell", "`{text}` cannot be a cell of a table: {why}", "write {example}",
    "A cell is one value, `any`, or a range: 24..36 (both in), 24..<36 (36 out), 24.., ..36, above 24.\n"
    "The ends of a range are of one kind, the lower one first.",
    ">24 or 36..24 or 10%..20", "above 24 or 24..36 or 10%..20%",
)  # fmt: skip
NOT_THE_FIRST = kind(
    "Y032", "First of what?", "`{text}` does not say how many of whose: {why}", "write 3 per payee, or 10 in all",
    "The first deals or units in credit order are paid, so many of each payee or of all payees together.",
    "first: 3", "first: 3 per payee",
)  # fmt: skip
NOT_A_PLACE = kind(
    "Y033", "Not a place", "`{text}` is not a place or several{why}", "write 1, 2..5 or top 10%",
    "A prize is for one place, for each of several, or for each of the best part of all who are ranked.",
    "prizes: {first: 500 USD}", "prizes: {1: 500 USD, 2..5: 100 USD}",
)  # fmt: skip
KINDS: tuple[Kind, ...] = (
    NOT_TEXT, NOT_A_NUMBER, NOT_A_RATIO, NOT_A_DATE, NOT_A_RANGE, NOT_A_PERIOD, NOT_A_SPAN, NOT_A_MIX, NOT_YES_NO,
    NOT_A_NAME, NOT_A_CURRENCY, NOT_A_CELL, NOT_THE_FIRST, NOT_A_PLACE,
)  # fmt: skip
