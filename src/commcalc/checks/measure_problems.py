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
KINDS: tuple[Kind, ...] = tuple(v for v in globals().values() if isinstance(v, Kind))
