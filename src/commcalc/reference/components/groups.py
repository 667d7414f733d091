"""Groups: who shares or races with whom in a window that has ended (§6.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commcalc.reference.components.bonus import closed, eligible
from commcalc.reference.job import Slice
from commcalc.reference.measured import NotPaid
from commcalc.reference.names import Scope
from commcalc.reference.numbers import ONE
from commcalc.reference.records import Earner
from commcalc.reference.time import Window, overlap
from commcalc.reference.work import Entry, Work


@dataclass(frozen=True, slots=True)
class Member:
    """A payee who takes part in a window, with the names as they stand on its last day."""

    earner: Earner
    window: Window
    scope: Scope

    def entry(self, exact: Decimal, piece: Slice) -> Entry:
        """Return the payee's line of the window."""
        found = Entry(self.earner, "owner", 0, "", 0, self.window.last, self.window, basis=piece.basis)
        found.exact = found.earned = exact
        found.factor, found.slices = ONE, (piece,)
        return found


def groups(work: Work, at: date) -> Iterator[list[Member]]:
    """Yield the members of each group in each window that has ended, in the order of payee ids."""
    ids = sorted(work.earners, key=lambda e: work.records.place(e.payee))
    for window in sorted({closed(w, work.plan.effective) for earner in ids for w in work.windows(earner, at)}):
        if window.last > at or not _counts(work, window):
            continue
        found: dict[str, list[Member]] = defaultdict(list)
        for earner in ids:
            if not overlap(work.records.days_on(earner.payee, work.plan), window.first, window.last):
                continue
            try:
                group = _group(work, earner, window, window.last)
            except NotPaid as missing:
                refuse(work, [earner], missing)
                continue
            if group is not None:
                day = work.last_day(earner, window, window.last)
                found[group].append(Member(earner, window, work.payee_scope(earner, window, window.last, day)))
        yield from found.values()


def refuse(work: Work, earners: Iterable[Earner], missing: NotPaid) -> None:
    """Note for each of them why nothing is paid, unless the plan says that it is left out."""
    for earner in earners:
        if not missing.silent:
            work.refuse(earner, "", missing.reason)


def _counts(work: Work, window: Window) -> bool:
    """With dates those windows count whose last day lies in them."""
    dates = work.component.dates
    return dates is None or (dates.first or date.min) <= window.last <= (dates.last or date.max)


def _group(work: Work, earner: Earner, window: Window, at: date) -> str | None:
    """Return the value that makes the payee's group, as on the last of their days; None where the component is not for them."""
    if not eligible(work, earner, window, at):
        return None
    column = work.component.group_column
    if column is None:
        return ""
    value = work.records.facts(earner.payee, work.last_day(earner, window, at)).get(column)
    if not value:
        raise NotPaid(f"{column} is empty, so that there is no group")
    return str(value)
