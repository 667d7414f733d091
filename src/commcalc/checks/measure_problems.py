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
KINDS: tuple[Kind, ...] = tuple(v for v in globals().values() if isinstance(v, Kind))
