"""Two sides compared to the cent: who is paid what before and after, and which change moved it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from commcalc.base.calendar import Period
from commcalc.base.problem import Report
from commcalc.studies.problems import MIDDLE
from commcalc.studies.steps import Cause, Step, Steps
from commcalc.studies.trial import BASE, Paid, Progress, Side, paid
from commcalc.tables.exact import D

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause moved in one component of a payee's pay; the parts of a payee add up to the difference."""

    plan: str
    component: str
    cause: int  # its place among the causes
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PayeeChange:
    """A payee before and after."""

    payee: str
    name: str
    plans: str
    before: Decimal
    after: Decimal
    parts: tuple[Part, ...]

    @property
    def difference(self) -> Decimal:
        """After less before; the sum of the parts."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Group:
    """A component or a goal before and after."""

    name: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides over a span of pay periods: every figure exact, in `currency`.

    causes: data first where they differ, then the house's readings, then each plan's changes in the order of its file.
    parts of a payee add up to the payee's difference, payees to the total.
    """

    periods: tuple[Period, ...]
    currency: str
    causes: tuple[Cause, ...]
    payees: tuple[PayeeChange, ...]
    components: tuple[Group, ...]
    goals: tuple[Group, ...]
    exceptions: tuple[int, int]
    with_base: bool

    @property
    def before(self) -> Decimal:
        """What all payees are paid before."""
        return sum((p.before for p in self.payees), ZERO)

    @property
    def after(self) -> Decimal:
        """What all payees are paid after."""
        return sum((p.after for p in self.payees), ZERO)

    @property
    def difference(self) -> Decimal:
        """After less before."""
        return self.after - self.before

    @property
    def differing(self) -> tuple[PayeeChange, ...]:
        """The payees of whom anything differs, the greatest loss first."""
        return tuple(sorted((p for p in self.payees if p.parts), key=lambda p: (p.difference, p.payee)))

    @property
    def losers(self) -> tuple[PayeeChange, ...]:
        """The payees who are paid less, the greatest loss first."""
        return tuple(p for p in self.differing if p.difference < 0)

    @property
    def winners(self) -> tuple[PayeeChange, ...]:
        """The payees who are paid more, the greatest gain first."""
        return tuple(sorted((p for p in self.differing if p.difference > 0), key=lambda p: (-p.difference, p.payee)))

    @property
    def keep_whole(self) -> Decimal:
        """What it costs that nobody is paid less than before."""
        return -sum((p.difference for p in self.losers), ZERO)

    def moved(self, cause: int) -> Decimal:
        """Return what a cause moved in all."""
        return sum((x.amount for p in self.payees for x in p.parts if x.cause == cause), ZERO)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, the steps that it took, and for the guard the money of the old plans on the data of the new side, and after."""

    comparison: Comparison
    steps: Steps
    middle: Paid
    after: Paid


def compare_sides(
    before: Side, after: Side, periods: Sequence[Period], progress: Progress = lambda _: None
) -> tuple[Compared | None, Report]:
    """Run both sides over the span and, between them, every change one by one; None where a side is refused."""
    steps = Steps(before, after)
    first, report = paid(before, periods, progress)
    last, found = paid(steps.tried, periods, progress)
    report.extend(found)
    if first is None or last is None:
        return None, report
    moved: list[pl.DataFrame] = []
    causes: list[Cause] = []
    middle = now = first
    for step in _taken(steps, periods, last, progress):
        if step.paid is None:
            report.add(MIDDLE.at(None))
            report.extend(step.report)
            return None, report
        moved.append(_moved(now.money, step.paid.money, len(causes)))
        causes.append(step.cause)
        now = step.paid
        if step.cause.kind == "data":
            middle = now
    parts = pl.concat(moved) if moved else pl.DataFrame(schema={**_PART, "cause": pl.Int32})
    made = _made(before.house.currency, periods, (first, last), tuple(causes), parts)
    return Compared(made, steps, middle, last), report


@dataclass(frozen=True, slots=True)
class _Taken:
    cause: Cause
    paid: Paid | None
    report: Report


def _taken(steps: Steps, periods: Sequence[Period], last: Paid, progress: Progress) -> Iterator[_Taken]:
    """Run each step; one that cannot stand alone (a name used before it is given) is taken together with the next."""
    waiting: list[Step] = []
    every = list(steps)
    for number, step in enumerate(every, 1):
        waiting.append(step)
        progress(f"change {number} of {len(every)}")
        cause = Cause.together([s.cause for s in waiting])
        if number == len(every):
            yield _Taken(cause, last, Report())
            return
        found, report = paid(step.side, periods, progress) if step.side is not None else (None, Report())
        if found is not None or step.cause.kind == "data":
            yield _Taken(cause, found, report)
            waiting = []


_PART: dict[str, pl.DataType | type[pl.DataType]] = {"payee": pl.String, "plan": pl.String, "component": pl.String, "amount": D}
_WHO = ("payee", "plan", "component")


def _moved(before: pl.DataFrame, after: pl.DataFrame, cause: int) -> pl.DataFrame:
    """Return `payee plan component amount cause`: what a step moved, nothing where it moved nothing."""
    both = pl.concat([before.with_columns(-pl.col("amount")), after])
    sums = both.group_by(_WHO).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    return sums.select(*_PART).with_columns(pl.lit(cause, dtype=pl.Int32).alias("cause"))


def _made(
    currency: str, periods: Sequence[Period], ends: tuple[Paid, Paid], causes: tuple[Cause, ...], parts: pl.DataFrame
) -> Comparison:
    with_base = bool(len(parts.filter(pl.col("component") == BASE)))
    frames = [end.money if with_base else end.money.filter(pl.col("component") != BASE) for end in ends]
    both = _beside(frames, ["payee"])
    listed: dict[str, list[Part]] = {}
    for row in parts.sort("payee", "cause", "plan", "component").iter_rows(named=True):
        listed.setdefault(row["payee"], []).append(Part(row["plan"], row["component"], row["cause"], row["amount"]))
    people = pl.concat([end.people for end in ends]).unique("payee", keep="last").sort("payee")
    payees = tuple(
        PayeeChange(payee, name or "", plan or "", *both.get((payee,), (ZERO, ZERO)), tuple(listed.get(payee, ())))
        for payee, name, plan in people.select("payee", "name", "plan").iter_rows()
    )
    for one in payees:
        assert one.difference == sum((p.amount for p in one.parts), ZERO), f"the parts of {one.payee} do not add up"
    components = _beside([f.with_columns(pl.col("plan") + "." + pl.col("component")) for f in frames], ["plan"])
    goals = _beside([f.with_columns(pl.col("goal").fill_null("")) for f in frames], ["goal"])
    exceptions = (ends[0].exceptions, ends[1].exceptions)
    return Comparison(tuple(periods), currency, causes, payees, _groups(components), _groups(goals), exceptions, with_base)


Sums = Mapping[tuple[str, ...], tuple[Decimal, Decimal]]


def _beside(frames: Sequence[pl.DataFrame], by: list[str]) -> Sums:
    """Return the sums of both sides by a key, one beside the other."""
    tagged = [f.select(*by, "amount", pl.lit(n).alias("side")) for n, f in enumerate(frames)]
    sums = pl.concat(tagged).group_by(*by, "side").agg(pl.col("amount").sum()).sort(*by)
    found: dict[tuple[str, ...], tuple[Decimal, Decimal]] = {}
    for *key, side, amount in sums.select(*by, "side", "amount").iter_rows():
        old, new = found.get(tuple(key), (ZERO, ZERO))
        found[tuple(key)] = (old, amount) if side else (amount, new)
    return found


def _groups(sums: Sums) -> tuple[Group, ...]:
    return tuple(Group(key[0], old, new) for key, (old, new) in sums.items())
