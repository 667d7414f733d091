"""What can be wrong with a measure: whose deals count, over which window, against which quota."""

from __future__ import annotations

from commcalc.base.problem import Kind


def _k(code: str, title: str, says: str, mend: str, page: tuple[str, str, str]) -> Kind:
    why, fails, works = page
    return Kind(code, title, says, mend, f"{why}\n\nFails: {fails}\nWorks: {works}")


NOT_OF_PAYEES = _k(
    "P119",
    "Not a column of the payees",
    "{what}",
    "{mend}",
    (
        "`reports_by` names the column of the payees table that says who is above somebody, `same` the one whose value a group\n"
        "shares. A column that says who is above is of type payee: `types: {upline: payee}` at the payees table in commcalc.yaml.",
        "credit: {same: regoin}",
        "credit: {same: region}",
    ),
)
NOBODYS_QUOTAS = _k(
    "P244",
    "Whose quotas add up?",
    "`sum of reports` adds up the quotas of those whose deals count in `{name}`, and {why}",
    "{mend}",
    (
        "The sum is of the payees' own rows in the quotas table, those of everybody whose deals the measure counts.",
        "quota: sum of reports, on a measure with credit: own",
        "credit: all reports, quota: sum of reports",
    ),
)
OVERLAPPING = _k(
    "P120",
    "Windows that overlap",
    "`{name}` is counted over a window of `{window}`: each deal is in several of them, and it would be paid in each",
    "let {component} be on a measure over a month, quarter or year, and read this one: `value('{name}')`",
    (
        "Rolling windows overlap. They may steer rates, gates and bonuses; deals are paid in windows that follow each other.",
        "on: trailing, where trailing has window: rolling 3 months",
        "on: bookings, rate: {by: value('trailing'), ...}",
    ),
)
NO_PROGRAM = _k(
    "P126",
    "No program here",
    "`{name}` is counted over the dates of a program, and this is a plan",
    "write `window: life`: from the plan's first day to its last",
    (
        "The window `program` is that of a file that begins with `program:`, from the first to the last of its `dates`.",
        "window: program, in a plan",
        "window: life",
    ),
)
NO_SPREAD = _k(
    "P245",
    "Nothing to spread over",
    "`{key}` goes by windows of the calendar, and `{name}` has a window of `{window}`",
    "{mend}",
    (
        "A longer quota is divided among windows that it holds a whole number of, a ramp goes by pay periods. Windows of one deal,\n"
        "of quota rows, of anniversaries and rolling ones are no part of a longer row; rows that lie inside the window add up.",
        "window: rolling 12 months, spread: evenly",
        "window: rolling 12 months, and a quota for each month",
    ),
)
NO_DAYS = _k(
    "P121",
    "Days of which window?",
    "`payee.days_in_window` is read here, where there is no window that ends",
    "read it in the `payout` of a bonus that is on a measure over a month, quarter, half or year; or say `prorate: {{bonus: days}}`",
    (
        "It is the days on which the payee takes part in the window that a bonus is paid for.",
        "quota: 10 * payee.days_in_window",
        "payout: 1 USD * payee.days_in_window, of a bonus on a measure with window: month",
    ),
)
RAMP_OF_NOTHING = _k(
    "P246",
    "A ramp without a quota",
    "`{name}` has a ramp and no quota that it could be of",
    "write `quota: own`, or leave the ramp out",
    ("A ramp is the part of the quota that counts in each pay period.", "ramp: 50%, without quota", "quota: own, ramp: 50%"),
)
KINDS: tuple[Kind, ...] = tuple(v for v in globals().values() if isinstance(v, Kind))
