"""What a component has earned, as another reads it: `earned('c')` (§4.10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from commcalc.reference.crediting import Credit
from commcalc.reference.job import Exceptional, Row
from commcalc.reference.numbers import ZERO
from commcalc.reference.settle import Standings
from commcalc.reference.time import Window
from commcalc.reference.work import Work


class Earnings:
    """A component's lines to a moment, and what of it could not be decided."""

    def __init__(self, work: Work, lines: Standings, undecided: Iterable[Exceptional]) -> None:
        self._lines = lines
        self._by_payee: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for key, one in lines.items():
            self._by_payee[key[0]].append((one.day, one.amount))
        self._lost: dict[str, set[str]] = defaultdict(set)
        for x in undecided:
            if x.component == work.name:
                self._lost[x.payee].add(x.deal)
        self._days: dict[str, set[date]] = defaultdict(set)
        self._rows: dict[tuple[str, int], Row] = {}
        for deal in work.records.deals:
            self._rows[deal["deal_id"], int(deal.get("line") or 0)] = deal
            day = deal.get(work.date_column)
            if day is not None:
                self._days[deal["deal_id"]].add(day)

    def in_window(self, payee: str, window: Window) -> Decimal | None:
        """Return what the payee's lines dated in the window add up to; None where a deal of it could not be decided."""
        lost = self._lost.get(payee, set())
        if "" in lost or any(window.holds(day) for deal in lost for day in self._days[deal]):
            return None
        return sum((amount for day, amount in self._by_payee[payee] if window.holds(day)), ZERO)

    def on_credit(self, credit: Credit) -> Decimal | None:
        """Return what has been earned on the credit; None where its deal, or all of the payee's, could not be decided."""
        payee = credit.earner.payee
        if self._lost.get(payee, set()) & {"", credit.deal_id}:
            return None
        own = (payee, credit.role, credit.level, credit.deal_id, credit.line)
        return sum((one.amount for key, one in self._lines.items() if key[:5] == own), ZERO)

    def on_deals(self, payee: str, column: str, value: Any) -> Decimal | None:
        """Return what has been earned on the deals of a sale (`deal`), or of which a column has a value; None where it cannot be told."""

        def of(row: Row) -> Any:
            return str(row.get("returns") or row["deal_id"]) if column == "deal" else row.get(column)

        lost = self._lost.get(payee, set())
        if "" in lost or any(deal in lost and of(row) == value for (deal, _), row in self._rows.items()):
            return None
        rows = {key: row for key, row in self._rows.items() if of(row) == value}
        return sum((one.amount for key, one in self._lines.items() if key[0] == payee and key[3:5] in rows), ZERO)
