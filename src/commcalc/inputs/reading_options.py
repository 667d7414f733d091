"""Options of a table that must make sense before any file is read: time zones and the form of dates."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FORM = {"year": "Yy", "month": "mbB", "day": "de"}  # what a form of dates is made of
_FAMILIES = {
    **dict.fromkeys(("money", "ratio", "number", "count"), "number"),
    **dict.fromkeys(("text", "payee", "share", "period"), "text"),
}


def is_zone(name: str) -> bool:
    """Return whether this is the name of a time zone, as America/New_York is."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def is_form(form: str) -> bool:
    """Return whether a form of dates names year, month and day once each, and nothing else: '%d/%m/%Y'."""
    marks = re.findall(r"%-?(.?)", form)
    kinds = [next((k for k, letters in FORM.items() if mark and mark in letters), "?") for mark in marks]
    return sorted(kinds) == ["day", "month", "year"]


def same_family(one: str, other: str) -> bool:
    """Return whether two types of columns are both numbers, both text, both dates or both yes/no."""
    return _FAMILIES.get(one, one) == _FAMILIES.get(other, other)
