"""Pool: a fund for each group and window, shared out among its members to the cent (§6.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from commcalc.plan.components import Pool
from commcalc.reference.components.groups import Member, groups, refuse
from commcalc.reference.job import Slice
from commcalc.reference.measured import NotPaid
from commcalc.reference.numbers import ONE, ZERO, over, times
from commcalc.reference.rates import value_of
from commcalc.reference.work import Entry, Work


def earn(work: Work, at: date) -> Iterator[Entry]:
    """Yield the share of each member in each window that has ended."""
    for members in groups(work, at):
        read = [(member, *figures) for member in members if (figures := _figures(work, member)) is not None]
        try:
            known = _known(read)
        except NotPaid as missing:
            refuse(work, [member.earner for member, *_ in read], missing)
            continue
        yield from _shared(work, known)


def _figures(work: Work, member: Member) -> tuple[Decimal | None, Decimal | None] | None:
    """A member's fund and weight, each as far as it is known; None for whom the plan leaves out for want of a quota."""
    component: Pool = work.component
    found: list[Decimal | None] = []
    for said in (component.fund, component.shared_by):
        try:
            found.append(ONE if isinstance(said, str) else value_of(said, member.scope))
        except NotPaid as missing:
            if missing.silent:
                return None
            found.append(None)
    return found[0], found[1]


def _known(read: Sequence[tuple[Member, Decimal | None, Decimal | None]]) -> list[tuple[Member, Decimal, Decimal]]:
    """The same with no weight below zero; one that is empty leaves the whole group unpaid, and so do funds that differ."""
    found: list[tuple[Member, Decimal, Decimal]] = []
    for member, fund, weight in read:
        if fund is None or weight is None:
            raise NotPaid(f"the {'fund' if fund is None else 'weight'} of {member.earner.payee} is empty")
        found.append((member, fund, max(weight, ZERO)))
    if len({fund for _, fund, _ in found}) > 1:
        raise NotPaid("the fund differs from member to member")
    return found


def _shared(work: Work, known: Sequence[tuple[Member, Decimal, Decimal]]) -> Iterator[Entry]:
    """The fund, rounded, in proportion to the weights; who has none has a line of zero, and takes no cent that is left."""
    if not known:
        return
    fund = work.cents.rounded(max(known[0][1], ZERO))
    total = sum((weight for *_, weight in known), ZERO)
    heavy = [(member, weight) for member, _, weight in known if weight]
    parts = work.cents.shared(fund, [over(times(fund, weight), total) for _, weight in heavy]) if heavy else []
    shares = dict(zip((member.earner for member, _ in heavy), parts, strict=True))
    for member, _, weight in known:
        rate = over(weight, total) if total else None
        share = shares.get(member.earner, ZERO)
        yield member.entry(share, Slice(0, None, weight, fund, rate, ONE, share))
