"""What can be wrong in a condition or formula, in the words it is said in."""

from __future__ import annotations

from commcalc.base.problem import Kind


class ExpressionFault(Exception):
    """Text that is no expression: what kind of problem, and from where to where in the text."""

    def __init__(self, kind: Kind, start: int, end: int, facts: dict[str, str]) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.start = start
        self.end = end
        self.facts = facts


FOREIGN = Kind(
    "X001",
    "not part of the expression language",
    "{what}",
    "{mend}",
    """Expressions compare and calculate; they are no program. There is nothing to index, to define or to run,
and the only dot is that of `payee.x`.

Fails: `amount.total * 8%`
Works: `amount * 8%`""",
)
POWER = Kind(
    "X002",
    "no powers",
    "`{op}` (a power) is not part of the expression language",
    "write the product out: `x * x`",
    """Powers grow without bound and are never needed for pay; a product can be written out.

Fails: `discount ** 2`
Works: `discount * discount`""",
)
TOO_LARGE = Kind(
    "X003",
    "expression too large",
    "the expression is too large: {what}",
    "{mend}",
    """An expression has at most 500 characters, 100 parts, and 16 levels of brackets, calls and signs. What is
longer is a table (`by:` and `rows:`) or an amount of its own under `columns:`.

Fails: `(((((((((((((((((amount)))))))))))))))))`
Works: `(amount)`""",
)
TYPES = Kind(
    "X004",
    "types that do not fit",
    "{what}",
    "{mend}",
    """Numbers, ratios, money, texts, dates and yes/no are different things. Money times a ratio is money,
money by money is a ratio, money plus a ratio is nothing. A bare number beside money is money. Dates are
not subtracted.

Fails: `amount > '100'`
Works: `amount > 100`""",
)
UNKNOWN = Kind(
    "X005",
    "unknown name",
    "{what}",
    "{mend}",
    """A bare name is a deal column, a param of the plan, or a built-in such as `credit_date`; `payee.x` is a
column of the payees table. Texts stand in single quotes. A deal column that is not text states its type
once, in commcalc.yaml.

Fails: `amuont * 8%`
Works: `amount * 8%`""",
)
CHARACTER = Kind(
    "X007",
    "a character that only looks right",
    "{shown} here is {name} ({code}){where}",
    "{mend}",
    """Word processors and chat programs put in characters that look like the plain ones or cannot be seen at
all. Names, signs and quotes in an expression are the plain ones of the keyboard.

Fails: `stage = ‘Won’`
Works: `stage = 'Won'`""",
)
CHAINED = Kind(
    "X008",
    "comparisons in a row",
    "`{text}` compares twice in a row",
    "write `{mend}`",
    """A comparison gives yes or no, which is not compared again. Say both halves, or use `between`.

Fails: `0 < amount < 10`
Works: `0 < amount and amount < 10`""",
)
SYNTAX = Kind(
    "X009",
    "cannot be read",
    "{what}",
    "{mend}",
    """An expression is one value: names, numbers and texts joined by signs and words, with every bracket
closed.

Fails: `amount * (8% + 2%`
Works: `amount * (8% + 2%)`""",
)
NUMBER = Kind(
    "X010",
    "a number as it is not written",
    "`{text}` {what}",
    "{mend}",
    """Numbers: `150_000`, `0.0525`. Ratios: `8%`, `75bp`, `1.5x`. Money: `500 USD`. At most 15 digits before
the point and 12 after it.

Fails: `amount > 10,000`
Works: `amount > 10_000`""",
)
TEXT = Kind(
    "X011",
    "a text as it is not written",
    "{what}",
    "{mend}",
    """Texts stand in single quotes; a quote inside is doubled.

Fails: `stage = "Closed Won"`
Works: `stage = 'Closed Won'`""",
)
DATE = Kind(
    "X012",
    "not a date",
    "`{text}` {what}",
    "{mend}",
    """Dates are written year-month-day and are days of the calendar.

Fails: `close_date >= 2026-2-30`
Works: `close_date >= 2026-02-28`""",
)
ARGUMENTS = Kind(
    "X013",
    "wrong arguments",
    "{what}",
    "{mend}",
    """Each function takes its own number of arguments, in brackets, divided by commas. `value`, `quota`,
`attainment`, `earned` and `table` take one name in quotes.

Fails: `round(amount)`
Works: `round(amount, 2)`""",
)
NO_DEAL = Kind(
    "X014",
    "no deal in scope",
    "`{name}` is a column of a deal; here no deal is in scope",
    "{mend}",
    """Quotas, gates, payouts, funds and draws are worked out for a payee, not for a deal. They read measures,
params and `payee.x`.

Fails: `amount > 100` (in a gate)
Works: `value('bookings') > 100`""",
)
NOT_DEFINED = Kind(
    "X015",
    "no such measure, component or table",
    "there is no {what} `{name}`",
    "{mend}",
    """The name in quotes is that of a measure, a component or a table of the plan.

Fails: `attainment('boookings') >= 40%`
Works: `attainment('bookings') >= 40%`""",
)
NO_OWN = Kind(
    "X016",
    "value, quota or attainment of what",
    "bare `{name}` speaks of the component's own measure (`on:`); here there is none",
    "name the measure: `{name}('{measure}')`",
    """Inside a component with `on:`, bare `value`, `quota` and `attainment` are those of that measure.
Elsewhere the measure is named.

Fails: `attainment >= 40%` (in a component without `on:`)
Works: `attainment('bookings') >= 40%`""",
)
CURRENCY = Kind(
    "X017",
    "another currency",
    "`{text}` is money in {currency}; the plan is in {plan}",
    "write the amount in {plan}",
    """Money in a plan is in the plan's currency; deals in others are converted before.

Fails: `amount > 500 EUR` (in a plan with `currency: USD`)
Works: `amount > 550 USD`""",
)
BY_ZERO = Kind(
    "X018",
    "division by zero",
    "`{text}` divides by zero, which is always empty",
    "divide by something else",
    """Nothing divided by zero has a value.

Fails: `amount / 0`
Works: `amount / 12`""",
)

KINDS: tuple[Kind, ...] = (
    FOREIGN, POWER, TOO_LARGE, TYPES, UNKNOWN, CHARACTER, CHAINED, SYNTAX, NUMBER, TEXT, DATE, ARGUMENTS,
    NO_DEAL, NOT_DEFINED, NO_OWN, CURRENCY, BY_ZERO,
)  # fmt: skip
