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
    """Value and quota; `quota` is None where it is missing, zero or below, or - `unclear` - cannot be told."""

    value: Decimal | None
    quota: Figure | None
    no_quota: str = "refuse"
    step: Decimal | None = None
    how: RoundingMode = "half-up"
    unclear: bool = False  # a quota row is longer than the window, and no spread is said

    def quota_figure(self) -> Figure:
        """Return the quota; without one nothing is paid on it."""
        if self.quota is None:
            raise NotPaid("no quota", silent=self.left_out, whole=True)
        return self.quota

    @property
    def left_out(self) -> bool:
        """True where there is no quota and the plan says to leave out what asks for it."""
        return self.quota is None and not self.unclear and self.no_quota == "leave out"

    @property
    def asked(self) -> Decimal | None:
        """The quota as one number; empty where there is none."""
        return self.quota_figure().quotient if self.quota is not None or self.left_out else None

    @property
    def fixed(self) -> Decimal | None:
        """Attainment where there is no quota and the plan says what that means."""
        return {"0%": ZERO, "100%": ONE}.get(self.no_quota) if self.quota is None and not self.unclear else None

    def scaled(self) -> tuple[Decimal, Decimal] | None:
        """Return (value x divisor, quota), to be compared with bounds x quota; rounded attainment and 1 where it is rounded.

        Without a quota it is empty, unless the plan says what that means (§4.8).
        """
        if self.fixed is not None:
            return self.fixed, ONE
        if self.quota is None and not self.left_out:
            return None
        quota = self.quota_figure()
        if self.value is None:
            return None
        if self.step is not None:
            return self.rounded(self._quotient(quota, self.value)), ONE
        return times(self.value, quota.divisor), quota.numerator

    def rounded(self, attainment: Decimal) -> Decimal:
        """Return an attainment to the stated step."""
        return attainment if self.step is None else to_step(attainment, self.step, self.how)

    def attainment(self) -> Decimal | None:
        """Return value / quota, one division, then rounded where so said."""
        pair = self.scaled()
        return None if pair is None else over(*pair)

    @staticmethod
    def _quotient(quota: Figure, value: Decimal) -> Decimal:
        return over(times(value, quota.divisor), quota.numerator)
