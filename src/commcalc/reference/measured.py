"""A measure as read at a moment: its value, its quota undivided, and what attainment is where there is no quota (§4.8)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from commcalc.base.money import RoundingMode
from commcalc.reference.numbers import ONE, ZERO, Figure, over, times, to_step


class NotPaid(Exception):
    """Something is missing without which this cannot be paid; silent where the plan says to leave it out.

    `whole`: it is missing for the payee, not for one deal (§4.8).
    """

    def __init__(self, reason: str, *, silent: bool = False, whole: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.silent, self.whole = reason, silent, whole


@dataclass(frozen=True, slots=True)
class Measured:
    """Value and quota; `quota` is None where it is missing, zero or below."""

    value: Decimal | None
    quota: Figure | None
    no_quota: str = "refuse"
    step: Decimal | None = None
    how: RoundingMode = "half-up"

    def quota_figure(self) -> Figure:
        """Return the quota; without one nothing is paid on it."""
        if self.quota is None:
            raise NotPaid("no quota", silent=self.no_quota == "leave out", whole=True)
        return self.quota

    @property
    def fixed(self) -> Decimal | None:
        """Attainment where there is no quota and the plan says what that means."""
        return {"0%": ZERO, "100%": ONE}.get(self.no_quota) if self.quota is None else None

    def scaled(self) -> tuple[Decimal, Decimal] | None:
        """Return (value x divisor, quota), to be compared with bounds x quota; rounded attainment and 1 where it is rounded."""
        if self.fixed is not None:
            return self.fixed, ONE
        quota = self.quota_figure()
        if self.value is None:
            return None
        if self.step is not None:
            return to_step(self._quotient(quota, self.value), self.step, self.how), ONE
        return times(self.value, quota.divisor), quota.numerator

    def attainment(self) -> Decimal | None:
        """Return value / quota, one division, then rounded where so said."""
        pair = self.scaled()
        return None if pair is None else over(*pair)

    @staticmethod
    def _quotient(quota: Figure, value: Decimal) -> Decimal:
        return over(times(value, quota.divisor), quota.numerator)
