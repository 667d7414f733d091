"""What can be wrong with the fields of a row, and with rows beside each other."""

from __future__ import annotations

from commcalc.base.problem import Kind, Severity


def _k(code: str, title: str, says: str, mend: str, page: tuple[str, str, str], severity: Severity = "error") -> Kind:
    why, fails, works = page
    return Kind(code, title, says, mend, f"{why}\n\nFails: {fails}\nWorks: {works}", severity)


BLANK = _k(
    "D030",
    "An empty field",
    "`{column}` is empty",
    "fill it in at the source",
    ("An empty amount is not zero, an empty id is nobody.", "D1,,2026-01-05", "D1,100.00,2026-01-05"),
)
NUMBER = _k(
    "D031",
    "Not a number",
    "`{text}` is not a number{why}",
    "{mend}",
    (
        "Numbers are digits, a point, and a minus for what is below zero. What else a file has must be named under `read:`.",
        "1,234.50",
        "1234.50, or read: {thousands: ','}",
    ),
)
DECIMALS = _k(
    "D032",
    "Too many decimals",
    "`{text}` has {found} decimals, {what} at most {most}",
    "correct it, or write `read: {{extra_decimals: keep}}` to take it exactly as it is",
    (
        "An amount has the decimals of its currency. More are never rounded away in silence.",
        "100.005 USD",
        "100.01, or read: {extra_decimals: keep}",
    ),
)
LARGE = _k(
    "D033",
    "Too large",
    "`{text}` has more than 15 digits before the point",
    "correct it",
    ("Amounts have at most 15 digits before the point.", "99999999999999999999.99", "99999.99"),
)
DATE = _k(
    "D034",
    "Not a date",
    "`{text}` is not a date{why}",
    "{mend}",
    (
        "Dates are year-month-day unless the mapping says otherwise; none is guessed.",
        "03/04/2026",
        "2026-04-03, or read: {date: '%d/%m/%Y'}",
    ),
)
YES_NO = _k(
    "D035",
    "Neither yes nor no",
    "`{text}` is neither yes nor no",
    "write yes or no (true, false, 1 and 0 are taken too)",
    ("Only the listed spellings are taken.", "maybe", "yes"),
)
SPREADSHEET = _k(
    "D036",
    "A spreadsheet's error",
    "`{text}` is no value: it is what a spreadsheet or database writes for none or for an error",
    "mend it at the source, or leave the field empty",
    ("NULL, N/A, #REF! are no names, and not nothing by guess.", "#REF!", "the value"),
)
SHARE = _k(
    "D037",
    "Not a share",
    "`{text}` is not a share",
    "write 40%, or a fraction: 1/3",
    ("A share is a percentage or a fraction.", "0.4", "40%"),
)
PERIOD = _k(
    "D038",
    "Not a period",
    "`{text}` is not a period of the calendar",
    "write {example}",
    ("Periods are named as the calendar names them, or by a date in them.", "Q1 2026", "2026-Q1"),
)
OLD_DATE = _k(
    "D039",
    "A date far away",
    "`{text}` is far outside the plans' years",
    "look at the year",
    ("1900 and 2199 are what systems write for nothing.", "1900-01-01", "2026-01-01"),
    "warning",
)
TWICE = _k(
    "D040",
    "A key twice",
    "{table}: `{key}` stands twice{same}",
    "{mend}",
    ("What tells one row from another must do so. An amendment is a new row with a key of its own.", "two rows D1", "D1 and D2"),
)
ALIKE = _k(
    "D041",
    "Keys that differ by case or spaces",
    "{table}: `{key}` and `{other}` differ by case or spaces alone",
    "write both in the same way, or rename one",
    ("Ids are matched exactly. Two that look the same are nearly always one.", "D1 and d1", "D1"),
)
SCRIPT = _k(
    "D042",
    "Mixed writing",
    "`{text}` mixes letters of different scripts",
    "look at it closely: it may only look like the name it seems to be",
    ("A Cyrillic а in a Latin name matches nothing.", "Асme", "Acme"),
    "warning",
)
EXPRESSION = _k(
    "D043",
    "In the mapping",
    "{what}",
    "{mend}",
    ("`where` and `add` are expressions over the table's columns.", "where: stgae = 'Won'", "where: stage = 'Won'"),
)
UNDECIDED = _k(
    "D044",
    "`where` cannot be decided",
    "`{rule}` cannot be decided for this row: a field that it reads is empty",
    "fill it in, or say what an empty one means: `{field} is not empty and ...`",
    (
        "An empty field is no answer; a row is never left out because of one.",
        "where: stage = 'Won' and stage is empty",
        "where: coalesce(stage, '') = 'Won'",
    ),
)
MISSED = _k(
    "D045",
    "Not found",
    "`{text}` is not in {table}{near}",
    "{mend}",
    (
        "A look-up that finds nothing is listed; it is never blank by guess.",
        "GTXPro where the table has GTX Pro",
        "values: {product: {GTXPro: GTX Pro}}",
    ),
    "exception",
)
NOT_UNIQUE = _k(
    "D046",
    "Not one row",
    "{table} has `{key}` more than once, so a look-up by it is not clear",
    "make it unique, or look up by more columns",
    ("A look-up finds one row or none.", "two rows Orbit", "one row Orbit"),
)
CIRCULAR = _k(
    "D047",
    "Tables that look into each other",
    "`{table}` looks into itself, through {path}",
    "look into a file: `in: data/...csv`",
    (
        "A look-up reads a table that is finished. Two tables that wait for each other never are.",
        "deals looks into deals",
        "deals looks into products",
    ),
)
UNKNOWN_MANAGER = _k(
    "D050",
    "Unknown manager",
    "the {table} `{text}` is not a payee{near}",
    "add the {table} to the payees, or mend the name",
    (
        "A manager is a payee too, and so is whoever another column of type payee names.",
        "manager: Bob where nobody is Bob",
        "a row for Bob",
    ),
)
CYCLE = _k(
    "D051",
    "Managers in a circle",
    "{what} in a circle: {path}",
    "mend one of these rows",
    ("Nobody can be above themselves.", "A -> B -> A", "A -> B"),
)
OVERLAP = _k(
    "D052",
    "Two at once",
    "{table}: two rows of `{key}` hold on the same days: {days}",
    "end the first one before the second begins",
    ("On any day one row holds. Both ends count.", "to 2026-03-31 and from 2026-03-31", "to 2026-03-31 and from 2026-04-01"),
)
BACKWARDS = _k(
    "D053",
    "Ends before it starts",
    "`to` ({to}) is before `from` ({first})",
    "swap them",
    (
        "Both ends count, so the last day is not before the first.",
        "from 2026-03-01 to 2026-02-01",
        "from 2026-02-01 to 2026-03-01",
    ),
)
UNKNOWN_PAYEE = _k(
    "D054",
    "Unknown payee",
    "{table}: `{text}` is not a payee{near}",
    "add the payee, or mend the name",
    ("Tables about payees name payees.", "a quota of Ann Le", "a quota of Ann Lee"),
)
UNKNOWN_PLAN = _k(
    "D055",
    "Unknown plan",
    "{table}: `{text}` is not a plan{near}",
    "mend the name, or add the plan",
    (
        "Assignments name plans. Nobody is assigned to a program: it is for whoever is `eligible` among those on any plan.",
        "plan: ae-comercial",
        "plan: ae-commercial",
    ),
)
SHARES = _k(
    "D056",
    "Shares",
    "the owner shares of `{deal}` add up to {sum}, not 100%",
    "mend the shares; `nobody` may hold what nobody gets",
    ("The shares of the owner role add up to exactly 100%.", "60% and 30%", "60% and 40%, or 60%, 30% and nobody 10%"),
)
SHARES_TOO_FINE = _k(
    "D065",
    "Shares too fine to be added",
    "the shares of `{deal}` have no common divisor of fifteen digits: with `{text}` they cannot be added exactly",
    "write rounder shares: 33.3333%, or 1/3",
    (
        "The shares of a deal, in all roles, are added up exactly, over their common divisor.",
        "1/999999999999989 and 1/999999999999947",
        "33.3333% and 1/3",
    ),
)
OPENING = _k(
    "D066",
    "Not a kind of opening",
    "{table}: `{text}` is not a kind of opening{near}",
    "write measure, earned, draw or carried",
    (
        "An opening is what a measure had, what a bonus had been paid, or what was owed of draws or carried between payments.",
        "kind: mesure",
        "kind: measure",
    ),
)
SHARE_SIGN = _k(
    "D057",
    "A share of nothing or less",
    "`{text}` is a share of nothing or less",
    "remove the row, or mend the share",
    ("A share is above zero.", "0%", "40%"),
)
UNKNOWN_DEAL = _k(
    "D058",
    "Unknown deal",
    "{table}: `{text}` is not a deal",
    "mend the id",
    ("Splits name deals.", "a split of D99 where there is none", "a split of D9"),
    "warning",
)
NO_MIX = _k(
    "D059", "Not a mix", "`{text}` is not a mix of base to variable", "write 50/50", ("Base to variable.", "50:50", "50/50")
)
CURRENCY = _k(
    "D060",
    "Not a currency",
    "`{text}` is not a currency{near}",
    "write the three capitals of ISO 4217",
    ("Currencies are ISO 4217 codes.", "usd", "USD"),
)
OTHER_CURRENCY = _k(
    "D061",
    "Another currency",
    "a deal in {text} cannot be credited: the project has no exchange rates",
    "give rates in a table `fx` and say which: `fx: {{credit: on date}}`; or leave such deals out with `where`",
    (
        "Currencies are never added, and no rate is ever taken as 1.",
        "a deal in EUR in a project in USD without a table `fx`",
        "a deal in USD, or the table",
    ),
    "exception",
)
ALIAS = _k(
    "D062",
    "A name of two payees",
    "`{text}` means `{one}` and `{other}` alike",
    "give each alias to one payee",
    (
        "An alias or id names one payee; else it is left open who is paid.",
        "two payees with the alias A. Lee",
        "one payee with the alias A. Lee",
    ),
)
FAR_AHEAD = _k(
    "D063",
    "Dated more than a year ahead",
    "`{text}` is more than a year after the end of {period}",
    "look at the year; a deal that is right is paid when its period comes",
    ("A date in a far year is most often a slip.", "a deal of 2062 in January 2026", "a deal of 2026"),
    "warning",
)
NO_PERIODS = _k(
    "D064",
    "A calendar without periods",
    "the table of periods has no period in it",
    "give it a row for each period, or leave `calendar:` out for months",
    ("Without periods there is nothing to pay for.", "a calendar of a header alone", "a row for each period"),
)
NOT_A_TARGET = _k(
    "D067",
    "Not what an adjustment can change",
    "{table}: `{text}` is not what an adjustment changes{near}",
    "write payment, or debt with the debt's name under `component`",
    (
        "An adjustment is paid, or it is added to a debt that the plan names under `payment: debts`.",
        "target: earnings",
        "target: payment",
    ),
)
KINDS: tuple[Kind, ...] = tuple(v for v in globals().values() if isinstance(v, Kind))
