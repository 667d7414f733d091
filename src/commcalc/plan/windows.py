"""Windows: the stretch of time a measure is counted over - of the calendar, of the payee's own, rolling, or of one deal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import WithJsonSchema

from commcalc.language.faults import fault
from commcalc.language.fields import reader
from commcalc.language.names import nearest
from commcalc.language.problems import NOT_A_CHOICE

QUOTA_ROW = "quota row"
ANNIVERSARY = "year from payee.hired"
OF_PAYEE = (QUOTA_ROW, ANNIVERSARY)
"""Windows that begin and end on days of each payee's own."""
OF_PROGRAM = "program"
"""The dates of a program: what a life is to a plan. Only its file may say so."""
WORDS = ("deal", "period", "month", "quarter", "half", "year", QUOTA_ROW, "life", OF_PROGRAM, ANNIVERSARY)
BASES = ("period", "month", "quarter", "half", "year")
MOST = 1_000
_ROLLING = re.compile(r"rolling ([1-9][0-9]{0,3}) (period|month|quarter|half|year)s?")


@dataclass(frozen=True, slots=True)
class Rolling:
    """So many windows of the calendar, the one that holds the day the last of them."""

    count: int
    base: str


def rolling_of(window: str) -> Rolling | None:
    """Return what a rolling window is made of; None of any other."""
    found = _ROLLING.fullmatch(window)
    return Rolling(int(found[1]), found[2]) if found else None


def tile_of(window: str) -> str:
    """Return the windows that a component runs over: they tile time; a rolling one moves on by those that it is made of."""
    rolling = rolling_of(window)
    return rolling.base if rolling else window


def read_window(text: str) -> str:
    """Read a window: one of the words, or `rolling 12 months`."""
    body = " ".join(text.split())
    rolling = rolling_of(body)
    if body in WORDS or (rolling is not None and rolling.count <= MOST):
        return body
    near = nearest(body, WORDS)
    said = f"; did you mean `{near}`?" if near else ""
    raise fault(NOT_A_CHOICE, text=text, choices=", ".join((*WORDS, "rolling 12 months")), near=said, mend=near or _meant(body))


def _meant(text: str) -> str:
    """Say how a window is written that is nearly a rolling one."""
    found = re.search(r"([0-9]+)\W*(day|week|month|quarter|year|period)?", text)
    if found is None:
        return "one of them"
    unit = found[2] if found[2] in BASES else "month"
    return f"rolling {found[1]} {unit}s"


WindowField = Annotated[
    str,
    reader(read_window),
    WithJsonSchema({"anyOf": [{"enum": list(WORDS)}, {"type": "string", "pattern": f"^{_ROLLING.pattern}$"}]}),
]
