"""What can be wrong with the text of a plan: its YAML, its keys, and how numbers, dates and names are written."""

from __future__ import annotations

from commcalc.base.problem import Kind


def _kind(code: str, title: str, says: str, mend: str, page: tuple[str, str, str]) -> Kind:
    why, fails, works = page
    return Kind(code, title, says, mend, f"{why}\n\nFails: {fails}\nWorks: {works}")


NOT_UTF8 = _kind("Y001", "Not UTF-8", "{what}", "save the file as UTF-8", ("Plan files are UTF-8 text; a byte order mark is fine.", "a file saved as UTF-16", "the same file saved as UTF-8"))
TOO_LARGE = _kind("Y002", "File too large", "{what}", "split the plan, or move long tables to a .csv", ("A plan file has at most 1 MiB, 32 levels and 20,000 values.", "a table of 100,000 rows in YAML", "`rows: rates.csv`"))
EMPTY = _kind("Y003", "Empty file", "the file has nothing in it", "write a plan, or delete the file: `commcalc init` makes one that runs", ("A plan file holds one plan.", "a file of comments", "`plan: sales-rep` and so on"))
NOT_A_MAPPING = _kind("Y004", "Not keys and values", "the file is {what}, and should be keys with values", "begin with `plan: name`", ("A plan is a mapping of keys to values.", "- plan: x", "plan: x"))
TWO_DOCUMENTS = _kind("Y005", "Two documents in one file", "a second document begins here", "one plan or program a file: move it to a file of its own", ("`---` begins a second document. One file is one plan.", "two plans with `---` between", "two files"))
DUPLICATE_KEY = _kind("Y006", "A key twice", "`{key}` stands twice in the same place", "keep one of the two", ("YAML would silently take the last one. Which one was meant decides somebody's pay.", "rate: 5% ... rate: 6%", "rate: 6%"))
TAB = _kind("Y007", "Tab", "a tab is used for indentation", "use spaces", ("YAML allows no tabs in indentation: they look different in every editor.", "a line that begins with a tab", "the same line with two spaces"))
SYNTAX = _kind("Y008", "Cannot be read", "{what}", "{mend}", ("The YAML cannot be read here; an excerpt shows where. Often a quote, a bracket or an indentation is missing.", "`rate: [1%, 2%`", "`rate: [1%, 2%]`"))
FOREIGN = _kind("Y009", "Not part of the plan language", "{what}", "{mend}", ("Anchors, aliases, merge keys, tags and complex keys are YAML that plans do not use.", "`rate: *base`", "`rate: base_rate` with `params: {base_rate: 8%}`"))
EMPTY_VALUE = _kind("Y010", "A key without a value", "`{key}` has no value{why}", "{mend}", ("A key of a flow mapping without a value is nearly always a comma or colon that YAML read otherwise.", "`{quota: 1,000}`", "`{quota: 1_000}`"))
MANY_LINES = _kind("Y011", "A text over several lines", "this text goes on over several lines", "put `>-` after the colon and the text below it, indented", ("Plain text over several lines is joined by YAML without a word; say that it is meant.", "where: a = 1\n  and b = 2", "where: >-\n  a = 1\n  and b = 2"))
COMMENT = _kind("Y012", "Cut at #", "the value was cut at ` #`: `{kept}` is what is left", "put the value in double quotes if `#` belongs to it", ("A space and # begin a comment, also inside single quotes of an expression that is not quoted as a whole.", "where: code = 'A #1'", "where: \"code = 'A #1'\""))
NOT_TEXT = _kind("Y020", "Another shape", "this is {what}, and one value should stand here", "write one value{example}", ("Here one text, number or date is wanted.", "version: [1, 2]", "version: 2026.1"))
NOT_A_NUMBER = _kind("Y021", "Not a number", "`{text}` is not a number as plans write it", "write digits, `_` between groups of three, a point for decimals: 150_000.50", ("Numbers are read from the text exactly as written: no commas, no exponents, no leading point.", "1,000 or 1e3 or .5", "1_000 or 1000 or 0.5"))
NOT_A_RATIO = _kind("Y022", "Not a ratio", "`{text}` is not a ratio: {why}", "write {example}", ("A ratio is written with its sign: 8%, 75bp, 1.5x. A bare 5 could be 5%, 5x or 5 USD.", "rate: 5", "rate: 5%"))
NOT_A_DATE = _kind("Y023", "Not a date", "`{text}` is not a date: {why}", "write {example}", ("Dates are year-month-day with two digits for month and day.", "2026-2-30", "2026-02-28"))
NOT_A_RANGE = _kind("Y024", "Not a range of dates", "`{text}` is not a range of dates", "write {example}", ("A range has two dots between its dates; both ends are in; an end left out is open.", "effective: 2026-12-31 .. 2026-01-01", "effective: 2026-01-01 .. 2026-12-31"))
NOT_A_PERIOD = _kind("Y025", "Not a period or range", "`{text}` is neither a period nor a range of dates", "write 2026, 2026-Q1, 2026-02 or 2026-01-01 .. 2026-03-31", ("Periods are named 2026, 2026-H1, 2026-Q1, 2026-02.", "effective: Q1 2026", "effective: 2026-Q1"))
NOT_A_SPAN = _kind("Y026", "Not a span", "`{text}` is not a span of time", "write 90 days, 3 months, 1 year or 2 periods", ("A span is a whole number and a unit.", "within: 90d", "within: 90 days"))
NOT_A_MIX = _kind("Y027", "Not a mix", "`{text}` is not a mix of base to variable", "write {example}", ("Base to variable with a slash: 60/40, or amounts 95_000/65_000.", "mix: 60:40", "mix: 60/40"))
NOT_YES_NO = _kind("Y028", "Not yes or no", "`{text}` is neither yes nor no", "write yes or no", ("yes and no, nothing else.", "leaderboard: true", "leaderboard: yes"))
NOT_A_NAME = _kind("Y029", "Not a name", "`{text}` cannot be a name or text here: {why}", "write {example}", ("Names are letters and digits with - or _ between them, at most 200 characters; no control characters.", "plan: sales rep", "plan: sales-rep"))
NOT_A_CURRENCY = _kind("Y030", "Not a currency", "`{text}` is not a currency", "write {example}: the three capitals of ISO 4217", ("Currencies are ISO 4217 codes.", "currency: US$", "currency: USD"))
UNKNOWN_KEY = _kind("P001", "Unknown key", "`{key}` is not a key of {where}{near}", "{mend}", ("A key that is not known is never ignored: it may be the one that decides.", "teirs: [...]", "tiers: [...]"))
MISSING_KEY = _kind("P002", "Missing key", "{where} lacks `{key}`", "add `{key}:`{about}", ("Some keys must be stated because there is no fair default.", "a plan without `currency`", "`currency: USD`"))
NOT_A_CHOICE = _kind("P003", "Not one of the words", "`{text}` is not one of {choices}{near}", "write one of them", ("This key takes one of a few words.", "apply: marginaly", "apply: marginal"))
WRONG_SHAPE = _kind("P004", "Another shape", "{where} should be {wanted}, and is {found}", "{mend}", ("A list, a mapping or one value is wanted here.", "tiers: 5%", "tiers: [{from: 0, pay: 5%}]"))
LATER_KEY = _kind("P005", "Not calculated yet", "`{key}` ({what}) is part of the plan language; this version does not calculate it yet", "leave it out for now", ("A key that would change pay is refused until it is calculated, rather than ignored.", "draw: [...]", "the plan without it"))
TWO_SHAPES = _kind("P006", "Two shapes at once", "{where} has both `{one}` and `{other}`, which say two different things", "keep one of the two", ("A shape is told by its one key; two of them leave it open which was meant.", "{rows: ..., points: ...}", "{rows: ...}"))
INVALID = _kind("P007", "Cannot be read", "{where}: {what}", "see `commcalc schema` or the reference of the key", ("The value does not fit its key.", "", ""))
KINDS: tuple[Kind, ...] = (
    NOT_UTF8, TOO_LARGE, EMPTY, NOT_A_MAPPING, TWO_DOCUMENTS, DUPLICATE_KEY, TAB, SYNTAX, FOREIGN, EMPTY_VALUE, MANY_LINES, COMMENT,
    NOT_TEXT, NOT_A_NUMBER, NOT_A_RATIO, NOT_A_DATE, NOT_A_RANGE, NOT_A_PERIOD, NOT_A_SPAN, NOT_A_MIX, NOT_YES_NO, NOT_A_NAME,
    NOT_A_CURRENCY, UNKNOWN_KEY, MISSING_KEY, NOT_A_CHOICE, WRONG_SHAPE, LATER_KEY, TWO_SHAPES, INVALID,
)  # fmt: skip
