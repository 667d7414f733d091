"""The guard against changes that reach back: pay on what was credited before the change was announced must not fall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from commcalc.language.days import Days
from commcalc.plan.load import LoadedPlan
from commcalc.studies.compare import Compared
from commcalc.studies.steps import readings
from commcalc.studies.trial import BASE

UNTIL_ALWAYS = date.max
FROM = "announce.from"


@dataclass(frozen=True, slots=True)
class Harm:
    """A deal (or a window, where `deal` is empty) that was credited before the announcement and would pay less."""

    payee: str
    plan: str
    deal: str
    component: str  # of a window; empty for a deal, whose components are taken together
    credit_date: date
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """What is lost, below zero."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Announced:
    """From when a plan's change was known, and where that is said."""

    plan: str
    day: date | None  # None: nothing announces it, so all that was credited came before
    said: str

    def __str__(self) -> str:
        return f"{self.plan}: {self.day if self.day is not None else 'never announced'} ({self.said})"


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the guard found: when each change is announced, and every deal that pays less and was credited before."""

    announced: tuple[Announced, ...]
    harms: tuple[Harm, ...]

    @property
    def lost(self) -> Decimal:
        """What the harmed deals lose together, above zero."""
        return -sum((h.difference for h in self.harms), Decimal(0))


def guarded(compared: Compared) -> Guarded:
    """Look at every deal of the changed plans: the old plans against the new ones, on the same data."""
    announced = tuple(_announcements(compared))
    harms = [h for one in announced for h in _harms(compared, one)]
    return Guarded(announced, tuple(sorted(harms, key=lambda h: (h.plan, h.payee, h.credit_date, h.deal, h.component))))


def _announcements(compared: Compared) -> Iterator[Announced]:
    steps = compared.steps
    every = any(True for _ in readings(steps.before, steps.after))
    for loaded in steps.before.plans:
        name = loaded.plan.plan
        if name in steps.removed:
            yield Announced(name, None, "the plan is taken away")
        elif every:
            yield Announced(name, None, "a reading of the house has no announcement")
        elif name in steps.changed:
            yield announced_of(steps.changed[name].after)


def announced_of(loaded: LoadedPlan) -> Announced:
    """Return when a plan's version is announced: `announce.from`, else the first day on which it is in force."""
    plan = loaded.plan
    if plan.announce is not None and plan.announce.from_ is not None:
        return Announced(plan.plan, plan.announce.from_, FROM)
    days: Days = plan.effective
    return Announced(plan.plan, days.first, "the first day of effective")


def _harms(compared: Compared, one: Announced) -> Iterator[Harm]:
    until = one.day if one.day is not None else UNTIL_ALWAYS
    tagged = []
    for side, end in (("old", compared.middle), ("new", compared.after)):
        mine = (pl.col("plan") == one.plan) & (pl.col("component") != BASE) & (pl.col("credit_date") < until)
        window = pl.col("deal").is_null() | (pl.col("deal") == "")
        tagged.append(
            end.money.filter(mine).select(
                "payee",
                pl.col("deal").fill_null(""),
                pl.when(window).then(pl.col("component")).otherwise(pl.lit("")).alias("component"),
                pl.when(window).then(pl.col("window_first")).alias("window_first"),
                "credit_date",
                pl.when(pl.lit(side) == "old").then(pl.col("amount")).otherwise(0).alias("old"),
                pl.when(pl.lit(side) == "new").then(pl.col("amount")).otherwise(0).alias("new"),
            )
        )
    key = ["payee", "deal", "component", "window_first"]
    sums = pl.concat(tagged).group_by(key).agg(pl.col("credit_date").min(), pl.col("old", "new").sum())
    worse = sums.filter(pl.col("new") < pl.col("old"))
    for payee, deal, component, _, day, old, new in worse.iter_rows():
        yield Harm(payee, one.plan, deal, component, day, old, new)
