"""What can be wrong with exchange rates, and with deals in several currencies."""

from __future__ import annotations

from commcalc.base.problem import Kind

NOT_A_RATE = Kind(
    "D078",
    "Not an exchange rate",
    "a rate of {text} cannot be",
    "write how many units of `to` one unit of `from` is: more than nothing, at least 0.00000000001, at most 100000000000",
    """A rate multiplies, and where only the other direction is given it divides: none is nothing or less.

Fails: from EUR, to USD, rate 0
Works: from EUR, to USD, rate 1.0842""",
)
TWO_RATES = Kind(
    "D069",
    "Two rates at once",
    "from {one} to {other} there are two rates {when}",
    "keep one of the rows",
    """On a day, for a period, and fixed for a longer time, there is one rate from one currency to another. The other direction is
a rate of its own.

Fails: EUR to USD of 2026-01-05 twice; or fixed for 2026 and for 2026-Q1
Works: one row for each day""",
)
AGAINST_ITSELF = Kind(
    "D075",
    "A currency against itself",
    "a rate of {text} from {one} to {one}",
    "remove the row",
    """A currency is itself, one for one; a table that says otherwise has a wrong row.

Fails: from USD, to USD, rate 1.0002
Works: no such row""",
)
DAY_OR_PERIOD = Kind(
    "D076",
    "Neither a day nor a period",
    "a rate holds on a day or for a period: this row has {found}",
    "fill in `date` for the rate of a day, or `period` for an average or a fixed rate, not both",
    """A rate of a day, the average of a period and a rate that is fixed for a year are three things.

Fails: a row with neither `date` nor `period`
Works: date 2026-01-05; or period 2026-01""",
)
TWO_CURRENCIES = Kind(
    "D077",
    "A sale in two currencies",
    "`{deal}` is in {one} and in {other}",
    "give all rows of a deal, and what returns it, in one currency",
    """What came back is set against what was sold, and cash against the deal: these are in one currency.

Fails: a sale in EUR, its return in USD
Works: both in EUR""",
)
NO_KIND_OF_RATE = Kind(
    "K006",
    "Which exchange rate is not said",
    "{count} {what} in other currencies, such as {currency}, and which rate `{plan}` takes is not said",
    "write `fx: {{{key}: on date}}`, `period average` or `fixed`, in the plan or in commcalc.yaml{also}",
    """A day's rate, a month's average and a rate fixed for the year pay different amounts: which one holds is said, not guessed.

Fails: deals in EUR under a plan in USD, and no `fx: credit` in the plan or the project
Works: `fx: {credit: period average}`""",
)
KINDS: tuple[Kind, ...] = (NO_KIND_OF_RATE, NOT_A_RATE, TWO_RATES, AGAINST_ITSELF, DAY_OR_PERIOD, TWO_CURRENCIES)
