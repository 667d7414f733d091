"""What can be wrong with the text of a plan as YAML, and with its keys: Y001 to Y012, P001 to P008."""

from __future__ import annotations

from commcalc.base.problem import Kind
from commcalc.language.field_problems import (
    KINDS as FIELD_KINDS,
)
from commcalc.language.field_problems import (
    NOT_A_CELL,
    NOT_A_CURRENCY,
    NOT_A_DATE,
    NOT_A_MIX,
    NOT_A_NAME,
    NOT_A_NUMBER,
    NOT_A_PERIOD,
    NOT_A_RANGE,
    NOT_A_RATIO,
    NOT_A_SPAN,
    NOT_TEXT,
    NOT_YES_NO,
    kind,
)

NOT_UTF8 = kind(
    "Y001", "Not plain UTF-8 text", "{what}", "{mend}",
    "Plan files are text in UTF-8; a byte order mark at the start is fine.\n"
    "Characters that cannot be seen are refused, for two texts could look the same and be different.",
    "a file saved as UTF-16 or Latin-1", "the same file saved as UTF-8",
)  # fmt: skip
TOO_LARGE = kind(
    "Y002", "Too large", "{what}", "split the plan, or move long tables to a .csv",
    "A file has at most 1 MiB, 32 levels and 20,000 values. A plan that people can read and sign is far below.",
    "a table of 100,000 rows in YAML", "`rows: rates.csv`",
)  # fmt: skip
EMPTY = kind(
    "Y003", "Empty file", "the file has nothing in it", "write a plan, or delete the file: `commcalc init` makes one that runs",
    "A plan file holds one plan. One that holds only comments, or only `---`, holds none.",
    "# our plan", "plan: sales-rep",
)  # fmt: skip
NOT_A_MAPPING = kind(
    "Y004", "Not keys and values", "the file is {what}, and should be keys with values", "{mend}",
    "A file begins with a key, a colon, a space and a value.",
    "- plan: sales-rep", "plan: sales-rep",
)  # fmt: skip
TWO_DOCUMENTS = kind(
    "Y005", "Two documents in one file", "a second document begins here",
    "one plan or program a file: move it to a file of its own",
    "`---` ends a document and begins the next. One file is one plan or program.",
    "plan: a\n---\nplan: b", "plan: a, and plan: b in a second file",
)  # fmt: skip
DUPLICATE_KEY = kind(
    "Y006", "A key twice", "`{key}` stands twice in the same place", "keep one of the two",
    "YAML would take the last one without a word. Which one was meant decides somebody's pay.",
    "rate: 5%\nrate: 6%", "rate: 6%",
)  # fmt: skip
TAB = kind(
    "Y007", "Tab", "a tab is used for indentation", "use spaces",
    "YAML allows no tabs in indentation: they are of different width in every editor.",
    "a line that begins with a tab", "the same line beginning with two spaces",
)  # fmt: skip
SYNTAX = kind(
    "Y008", "Cannot be read", "{what}", "{mend}",
    "The YAML cannot be read here. Mostly a quote, a bracket or an indentation is not as it was meant.",
    "tiers: [{from: 0%, pay: 5%}", "tiers: [{from: 0%, pay: 5%}]",
)  # fmt: skip
FOREIGN = kind(
    "Y009", "Not part of the plan language", "{what}", "{mend}",
    "Anchors, aliases, merge keys, tags and complex keys are YAML that plans do not use:\n"
    "who reads a plan shall not have to look elsewhere for what it says.",
    "rate: *base", "rate: base_rate, with params: {base_rate: 8%}",
)  # fmt: skip
EMPTY_VALUE = kind(
    "Y010", "A key without a value", "`{key}` has no value{why}", "{mend}",
    "A key or list item without a value is nearly always a comma, colon or `#` that YAML reads in its own way.",
    "{quota: 1,000}", "{quota: 1_000}",
)  # fmt: skip
MANY_LINES = kind(
    "Y011", "A text over several lines", "{what}", "{mend}",
    "A text without quotes that goes on in the next line is joined by YAML without a word; say that it is meant.",
    "where: stage = 'Won'\n  and term >= 24", "where: >-\n  stage = 'Won'\n  and term >= 24",
)  # fmt: skip
COMMENT = kind(
    "Y012", "Cut at #", "the value was cut at ` #`: `{kept}` is what is left", "put the whole value in double quotes",
    "A space and # begin a comment, also inside the quotes of an expression that is not quoted as a whole.",
    "where: code = 'A #1'", "where: \"code = 'A #1'\"",
)  # fmt: skip
COMMENT_NEAR = kind(
    "Y013", "A comment close to its #", "` #` begins a comment here: `{kept}` is the value",
    "write `# ` for a comment; put the value in double quotes if `#` belongs to it",
    "A space and # begin a comment. Without a space behind it the # may have been meant as part of the value.",
    "where: code = 'A' #1 only", "where: code = 'A'  # 1 only", severity="warning",
)  # fmt: skip
UNKNOWN_KEY = kind(
    "P001", "Unknown key", "`{key}` is not a key of {where}{near}", "{mend}",
    "A key that is not known is never ignored: it may be the one that decides what is paid.",
    "teirs: [{from: 0%, pay: 5%}]", "tiers: [{from: 0%, pay: 5%}]",
)  # fmt: skip
MISSING_KEY = kind(
    "P002", "Missing key", "{where} lacks `{key}`", "add `{key}:`{about}",
    "Some keys must be stated because there is no default that would be fair.",
    "a plan without `currency`", "currency: USD",
)  # fmt: skip
NOT_A_CHOICE = kind(
    "P003", "Not one of the words", "`{text}` is not one of {choices}{near}", "write {mend}",
    "This key takes one of a few words.",
    "apply: marginaly", "apply: marginal",
)  # fmt: skip
WRONG_SHAPE = kind(
    "P004", "Another shape", "{where} should be {wanted}, and is {found}", "{mend}",
    "A list, keys with values, or one value is wanted here.",
    "tiers: 5%", "tiers: [{from: 0%, pay: 5%}]",
)  # fmt: skip
LATER_KEY = kind(
    "P005", "Not calculated yet",
    "`{key}` ({what}) is part of the plan language; this version does not calculate it yet", "leave it out for now",
    "A key that would change what is paid is refused until it is calculated, rather than ignored.",
    "a key of the language that this version does not calculate", "the plan without it",
)  # fmt: skip
TWO_SHAPES = kind(
    "P006", "Two shapes at once", "{where} has both `{one}` and `{other}`, which say two different things",
    "keep one of the two",
    "A shape is told by its one key; two of them leave it open which was meant.",
    "rate: {by: product, rows: {any: 5%}, points: {0: 5%}}", "rate: {by: product, rows: {any: 5%}}",
)  # fmt: skip
INVALID = kind(
    "P007", "Does not fit", "{where}: {what}", "{mend}",
    "The value can be read, but does not fit its key.",
    "tiers: []", "tiers: [{from: 0%, pay: 5%}]",
)  # fmt: skip
NO_SHAPE = kind(
    "P008", "No shape", "{where} has none of {markers}, and one of them says what it is", "add the one that is meant",
    "Measures, tables, curves and tiers are told apart by one key each.",
    "bookings: {where: stage = 'Won', window: year}", "bookings: {sum: amount, where: stage = 'Won', window: year}",
)  # fmt: skip
KINDS: tuple[Kind, ...] = (
    NOT_UTF8, TOO_LARGE, EMPTY, NOT_A_MAPPING, TWO_DOCUMENTS, DUPLICATE_KEY, TAB, SYNTAX, FOREIGN, EMPTY_VALUE,
    MANY_LINES, COMMENT, COMMENT_NEAR, *FIELD_KINDS, UNKNOWN_KEY, MISSING_KEY, NOT_A_CHOICE, WRONG_SHAPE, LATER_KEY,
    TWO_SHAPES, INVALID, NO_SHAPE,
)  # fmt: skip

__all__ = [
    "COMMENT", "COMMENT_NEAR", "DUPLICATE_KEY", "EMPTY", "EMPTY_VALUE", "FOREIGN", "INVALID", "KINDS", "LATER_KEY",
    "MANY_LINES", "MISSING_KEY", "NOT_A_CELL", "NOT_A_CHOICE", "NOT_A_CURRENCY", "NOT_A_DATE", "NOT_A_MAPPING", "NOT_A_MIX",
    "NOT_A_NAME", "NOT_A_NUMBER", "NOT_A_PERIOD", "NOT_A_RANGE", "NOT_A_RATIO", "NOT_A_SPAN", "NOT_TEXT", "NOT_UTF8",
    "NOT_YES_NO", "NO_SHAPE", "SYNTAX", "TAB", "TOO_LARGE", "TWO_DOCUMENTS", "TWO_SHAPES", "UNKNOWN_KEY", "WRONG_SHAPE",
]  # fmt: skip
