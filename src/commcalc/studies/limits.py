"""Limits of a change that somebody states beforehand: `total > 2%`, `payee < -5%`, `losers > 0`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from commcalc.language.names import nearest
from commcalc.studies.compare import Comparison

SUBJECTS = ("total", "payee", "losers", "winners", "differ", "keep-whole")
SIGNS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
FORM = re.compile(r"(?P<subject>[A-Za-z_-]+)\s*(?P<sign><=|>=|<|>)\s*(?P<bound>[+-]?\d+(?:_\d{3})*(?:\.\d+)?)\s*(?P<percent>%?)")
SHARES = ("total", "payee", "keep-whole")


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as written, and as it is measured."""

    text: str
    subject: str
    sign: str
    bound: Decimal
    percent: bool

    def passed(self, comparison: Comparison) -> tuple[str, ...]:
        """Return what is past the limit, in words; nothing where it holds."""
        if self.subject == "payee":
            return tuple(p.payee for p in comparison.payees if self._past(p.difference, p.before))
        figures = {
            "total": comparison.difference,
            "losers": Decimal(len(comparison.losers)),
            "winners": Decimal(len(comparison.winners)),
            "differ": Decimal(len(comparison.differing)),
            "keep-whole": comparison.keep_whole,
        }
        return (self.subject,) if self._past(figures[self.subject], comparison.before) else ()

    def _past(self, difference: Decimal, before: Decimal) -> bool:
        """Compare without dividing: any gain on nothing is more than every percentage."""
        bound = self.bound * abs(before) if self.percent else self.bound
        return SIGNS[self.sign](difference * 100 if self.percent else difference, bound)


def limit_of(text: str) -> Limit | str:
    """Read a limit; where it is none return why, in words."""
    match = FORM.fullmatch(text.strip())
    if match is None:
        return f"`{text}` is no limit: write 'total > 2%', 'payee < -5%', 'losers > 0' or 'keep-whole > 10_000'"
    subject = match["subject"].lower().replace("_", "-")
    if subject not in SUBJECTS:
        near = nearest(subject, SUBJECTS)
        return f"`{match['subject']}` is not measured{f'; did you mean `{near}`?' if near else ''}: it is one of {', '.join(SUBJECTS)}"
    if match["percent"] and subject not in SHARES:
        return f"`{subject}` is a number of payees, and {match['bound']}% of what is not said"
    return Limit(text.strip(), subject, match["sign"], Decimal(match["bound"].replace("_", "")), bool(match["percent"]))
