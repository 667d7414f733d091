"""What the names in a plan's expressions stand for: for one deal of one payee, or for one payee at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from commcalc.base.money import RoundingMode
from commcalc.language.expression import Expression
from commcalc.plan.model import Param, Plan
from commcalc.reference.crediting import Credit
from commcalc.reference.expression import Given
from commcalc.reference.job import Row
from commcalc.reference.measured import Measured
from commcalc.reference.numbers import Figure, over, times
from commcalc.reference.rates import value_of
from commcalc.reference.records import Records
from commcalc.reference.time import OPEN, overlap, period_of

if TYPE_CHECKING:
    from typing import Self

TENURE = ("months_on_plan", "months_employed", "periods_on_plan", "days_in_window")
Reading = Callable[[str | None], Measured]


class Scope:
    """The names at one place: deal columns (where a deal is in scope), params, facts of the payee, measures."""

    def __init__(self, records: Records, plan: Plan, payee: str, day: date) -> None:
        self.records, self.plan, self.payee, self.day = records, plan, payee, day
        self.rounding: RoundingMode = records.house.readings.get("rounding", "half-up")  # type: ignore[assignment]
        self.facts: dict[str, Any] = {"currency": plan.currency}
        self.deal: Mapping[str, Any] | None = None
        self.read: Reading = _nothing
        self.earned: Callable[[str], Decimal | None] = _unearned
        self.window = OPEN  # of the component, where it is asked for its target
        self.quota: Figure | None = None  # of the component's own measure, where its rate is on target
        self.assigned: Row | None = records.assignment(payee, plan, day)
        self._made: dict[str, Given] = {}

    def with_credit(self, credit: Credit) -> Self:
        """Put a deal in scope."""
        self.deal = credit.deal
        self.facts |= {"credit_date": credit.day, "role": credit.role, "level": Decimal(credit.level)}
        return self

    def reading(self, read: Reading) -> Self:
        """Say at which moment measures are read."""
        self.read = read
        return self

    def rounded(self, mode: RoundingMode) -> Self:
        """Say how `round` rounds."""
        self.rounding = mode
        return self

    def name(self, word: str) -> Given:
        """Return a built-in, a column of the plan, a param, or a column of the deal."""
        if word in self.facts:
            return self.facts[word]
        if word in self._made:
            return self._made[word]
        if word in self.plan.columns:
            self._made[word] = value_of(self.plan.columns[word], self)
            return self._made[word]
        if word in self.plan.params:
            return self._param(word)
        return None if self.deal is None else plain(self.deal.get(word))

    def _param(self, word: str) -> Given:
        """The assignment's own figure, else the payee's, else the title's, else the default."""
        own = plain((self.assigned or {}).get(word))
        if own is not None:
            return own
        param = self.plan.params[word]
        if isinstance(param, Expression):
            return value_of(param, self)
        assert isinstance(param, Param)
        title = self.records.facts(self.payee, self.day).get("title")
        said = param.payee.get(self.payee) or param.title.get(title or "")
        return value_of(said or param.default, self)

    def member(self, word: str) -> Given:
        """Return `payee.x`: a fact of the payees table, or what the assignment and the plan say of on-target earnings."""
        if word in ("ote", "base", "variable"):
            return self.earnings(word)
        if word in TENURE:
            return self.tenure(word)
        return plain(self.records.facts(self.payee, self.day).get(word))

    def tenure(self, word: str) -> Decimal | None:
        """Return how long the payee is there: the month, or period, that holds the first day is the first (§7.4)."""
        records, calendar = self.records, self.records.calendar
        if word == "days_in_window":
            days = records.days_on(self.payee, self.plan)
            return Decimal(overlap(days, self.window.first, self.window.last))
        if word == "months_employed":
            hire = records.hire(self.payee)
            return None if hire is None or hire > self.day else _months(hire, self.day)
        found = records.on_plan_since(self.payee, self.plan, self.day)
        if found is None or word == "months_on_plan":
            return found and _months(*found)
        first, last = (period_of(calendar, max(d, calendar.periods[0].first)) for d in found)
        return Decimal(calendar.periods_between(first, last) + 1)

    def earnings(self, word: str) -> Decimal | None:
        """Return the year's on-target earnings, or their base or variable share (§7.1)."""
        ote, parts = self.ote, self.mix
        if word == "ote" or ote is None or parts is None:
            return ote if word == "ote" else None
        share = parts[0] if word == "base" else parts[1]
        return over(times(ote, share), parts[0] + parts[1])

    @property
    def ote(self) -> Decimal | None:
        """On-target earnings a year: the assignment's, else the plan's."""
        own: Decimal | None = plain((self.assigned or {}).get("ote"))
        if own is not None:
            return own
        said = self.plan.payment.ote
        return None if said is None else value_of(said, self)

    @property
    def mix(self) -> tuple[Decimal, Decimal] | None:
        """Base to variable: the assignment's, else the plan's."""
        row = self.assigned or {}
        if row.get("mix_base") is not None:
            return row["mix_base"], row["mix_variable"]
        said = self.plan.payment.mix
        return None if said is None else (said.base, said.variable)

    def measured(self, function: str, measure: str | None) -> Given:
        """Return value, quota or attainment of a measure, or what a component has earned, at the moment of this place."""
        if function == "earned":
            return self.earned(measure or "")
        found = self.read(measure)
        if function == "value":
            return found.value
        return found.attainment() if function == "attainment" else found.asked

    def scaled(self, measure: str | None) -> tuple[Decimal, Decimal] | None:
        """Return attainment undivided."""
        return self.read(measure).scaled()

    def table(self, word: str) -> Given:
        """Return what a named table gives with the names in scope."""
        return value_of(self.plan.tables[word], self)


def _months(first: date, last: date) -> Decimal:
    """Return how many calendar months have a day from first to last."""
    return Decimal((last.year - first.year) * 12 + last.month - first.month + 1)


def plain(value: Any) -> Any:
    """Whole numbers count as decimals too."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _unearned(component: str) -> Decimal | None:
    raise AssertionError(f"what `{component}` has earned is not in scope here")


def _nothing(measure: str | None) -> Measured:
    assert measure is not None, "no measure is in scope here"
    return Measured(None, None)
