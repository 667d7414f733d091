"""Plan tests at a bound: the deals that put a measure or a column exactly a step below it, on it and a step above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from commcalc.base.calendar import WELL_KNOWN, Calendar, Period
from commcalc.base.money import minor_units
from commcalc.checks.facts import Facts
from commcalc.language.cells import read_cell
from commcalc.language.expression import Expression, Type
from commcalc.language.expression.nodes import Between, Binary, DateLit, In, IsEmpty, Like, Name, Node, Number, Text, walk
from commcalc.language.tree import Mapping_, Scalar, Sequence_
from commcalc.plan.load import LoadedPlan
from commcalc.plan.measures import AverageMeasure, CountMeasure, KpiMeasure, MaxMeasure, Measure, MinMeasure, SumMeasure
from commcalc.plan.model import Plan
from commcalc.plan.targets import PartOf
from commcalc.plan.walk import Path
from commcalc.plan.whose import ReportsCredit, RoleCredit, SameCredit, whose
from commcalc.studies.bounds import Bound

QUOTA, FEW = Decimal(100_000), Decimal(20)
"""The quotas that are given: of money, and of what is counted in deals, so that there are few of them."""
MOST_DEALS = 60
AMOUNT, OTE = Decimal(10_000), Decimal(120_000)
ONE, OTHER = "P1", "P2"
SOME = {Type.TEXT: "some", Type.DATE: "2026-01-01", Type.YES_NO: "yes"}
"""What stands in a column that is read and of which nothing is asked, by its type; else 1."""
Given = dict[str, Any]


class CannotMake(Exception):
    """No deal can be made that lands on a bound; says why."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes what is given to a test of one bound: facts of the project, its calendar and the plan."""

    loaded: LoadedPlan
    facts: Facts
    calendar: Calendar
    bound: Bound

    @property
    def plan(self) -> Plan:
        """The plan of the bound."""
        return self.loaded.plan

    @property
    def measure(self) -> str | None:
        """The measure that the bound is on, or over whose deals its component runs."""
        return self.bound.name if self.bound.by != "column" else self.plan.components[self.bound.component].runs_over

    @property
    def counted(self) -> Measure | None:
        """The same as the plan says it; None where a component takes deals in without a measure."""
        return self.plan.measures.get(self.measure or "")

    def steps(self, quota: Decimal | None) -> list[tuple[str, Decimal]]:
        """Return, in words and as a figure of the measure or column, what lies a step below, on and above the bound."""
        exact, step = self.bound.at, self._step()
        if self.bound.by == "attainment":
            if not quota:
                raise CannotMake("the measure has no quota in the window")
            exact *= quota
        below = (exact / step).to_integral_value(ROUND_CEILING) * step - step
        above = (exact / step).to_integral_value(ROUND_FLOOR) * step + step
        found = [(f"{plain(step)} below", below), ("exactly on", exact), (f"{plain(step)} above", above)]
        lowest = Decimal(1) if self._counted() else Decimal(0)
        return [(said, at) for said, at in found if at >= lowest and at == (at / step).to_integral_value() * step]

    def period(self) -> tuple[date, Period]:
        """Return the day of the deals, and the period in which the plan pays what is credited then, a bonus when its window has ended."""
        dates = self.plan.components[self.bound.component].dates
        starts = [d for d in (self.plan.effective.first, dates.first if dates else None) if d is not None]
        ends = [d for d in (self.plan.effective.last, dates.last if dates else None) if d is not None]
        day = max(starts) if starts else min([WELL_KNOWN, *ends])  # a plan that has always held is tried on a day of our time
        period = self.calendar.period_of(day)
        if period is None:
            raise CannotMake(f"the calendar does not have {day}")
        component = self.plan.components[self.bound.component]
        window = getattr(self.counted, "window", "period") if component.per_payee else "period"
        spans = [self.calendar.named(getattr(period, every, period.name)) for every in (self.plan.payment.every, window)]
        last = self.calendar.period_of(max(span[1] for span in spans if span is not None))
        assert last is not None, "the calendar holds the spans that it names"
        return day, last

    def given(self, value: Decimal | None) -> tuple[Given, str]:
        """Return what is given so that the measure or column stands at a value, and whose pay is looked at. None: nothing yet."""
        day, _ = self.period()
        columns = self._columns()
        if self.bound.by == "column" and value is not None:
            columns[self.bound.name] = plain(value)
        deals = self._deals(value if self.bound.by != "column" else None, columns)
        found: Given = {}
        if self.measure is not None and self.plan.measures[self.measure].quota == "own":
            found["quotas"] = {self.measure: plain(self._quota())}
        payee, people, owner, splits = self._people(len(deals))
        found |= people
        facts = self._pay()
        if facts and "payees" in people:
            found["payees"] = {**people["payees"], payee: facts}
        elif facts:
            found["payee"] = {**people.get("payee", {}), **facts}
        named = {"owner": owner} if owner is not None else {}
        rows = [{"id": f"D{n}", "date": day.isoformat(), **named, **deal} for n, deal in enumerate(deals, 1)]
        found |= {"deals": rows} if rows else {}
        kpi = self.plan.measures.get(self.bound.name)
        if isinstance(kpi, KpiMeasure) and value is not None:
            found["kpis"] = [{"payee": payee, "kpi": kpi.kpi, "period": self.period()[1].name, "value": plain(value)}]
        return (found | {"splits": splits} if splits else found), payee

    def _pay(self) -> dict[str, str]:
        """Return the payee's on-target earnings and their mix, where targets are parts of them that the plan does not state."""
        payment = self.plan.payment
        if payment.ote is not None or not any(isinstance(c.target, PartOf) for c in self.plan.components.values()):
            return {}
        return {"ote": plain(OTE), **({"mix": "50/50"} if payment.mix is None else {})}

    def _counted(self) -> bool:
        return self.bound.by != "column" and isinstance(self.plan.measures.get(self.bound.name), CountMeasure)

    def _quota(self) -> Decimal:
        return FEW if self._counted() else QUOTA

    def _step(self) -> Decimal:
        """The smallest step: a coin of the plan's currency, one of what is counted, else a hundredth."""
        column = self.bound.name if self.bound.by == "column" else _summed(self.plan.measures.get(self.bound.name))
        if self._counted() or column in self.facts.counts:
            return Decimal(1)
        money = column is not None and self.facts.columns.get(column) is Type.MONEY
        return Decimal(1).scaleb(-minor_units(self.plan.currency)) if money else Decimal("0.01")

    def _columns(self) -> dict[str, str]:
        """Return what the deals must say to be counted and paid, as far as conditions say it plainly; else something of its type."""
        measure = self.counted
        said = [getattr(measure, "where", None), self.plan.components[self.bound.component].where]
        asked = [pair for condition in said if isinstance(condition, Expression) for pair in _asked(condition.node)]
        mine = [p for p in self.loaded.places if p.component == self.bound.component or p.path[:2] == ("measures", self.measure)]
        for place in mine:
            if "by" in place.path and isinstance(place.expression.node, Name):
                asked += [(place.expression.node.id, c) for c in _first_cell(self.loaded, place.path, self.bound.path)]
        asked += [pair for place in mine if place.wanted == "condition" for pair in _asked(place.expression.node)]
        read = {n.id for p in mine if p.deal for n in walk(p.expression.node) if isinstance(n, Name)}
        some = {c: SOME.get(type_, "1") for c, type_ in self.facts.columns.items() if c in read and c != _summed(measure)}
        found = {c: v for c, v in reversed([*asked, *some.items()]) if c in self.facts.columns}  # what is asked first holds
        return dict(sorted(found.items()))

    def _deals(self, value: Decimal | None, columns: dict[str, str]) -> list[dict[str, str]]:
        measure = self.counted
        if isinstance(measure, KpiMeasure):
            return []
        if isinstance(measure, CountMeasure):
            number = value if value is not None else Decimal(1)
            if number > MOST_DEALS:
                raise CannotMake(f"it would take {plain(number)} deals")
            return [{"amount": plain(AMOUNT), **columns}] * int(number)
        column = _summed(measure) or ("amount" if measure is None else None)
        if column is None or column in self.plan.columns:
            raise CannotMake("what the measure counts is no plain column of the deals")
        return [{**columns, column: columns.get(column, plain(AMOUNT)) if value is None else plain(value)}]

    def _people(self, deals: int) -> tuple[str, Given, str | None, list[dict[str, str]]]:
        """Return who is looked at, the payees given, whose the deals are, and the splits."""
        measure = self.counted
        credit = whose(measure.credit) if measure is not None and not isinstance(measure, KpiMeasure) else None
        if isinstance(credit, RoleCredit):
            shares = [{"deal": f"D{n}", "payee": ONE, "role": credit.role, "share": "100%"} for n in range(1, deals + 1)]
            return ONE, {"payees": {ONE: {}, OTHER: {}}}, OTHER, shares
        if isinstance(credit, ReportsCredit):
            return ONE, {"payees": {ONE: {}, OTHER: {credit.reports_by: ONE}}}, OTHER, []
        if isinstance(credit, SameCredit):
            return ONE, {"payee": {credit.same: "one"}}, None, []
        return ONE, {}, None, []


def _first_cell(loaded: LoadedPlan, by: Path, row: Path) -> list[str]:
    """Return the first single value under which rows are looked up by a key; of the row of the bound, where it is one of theirs."""
    above, number = by[: by.index("by")], int(by[-1]) if isinstance(by[-1], int) else 0
    rows = loaded.tree.node_at((*above, "rows"))
    keys = [key.text for key, _ in rows.entries] if isinstance(rows, Mapping_) else []
    if isinstance(rows, Sequence_):
        mine = [int(row[-2])] if row[:-2] == (*above, "rows") else []
        cells = [loaded.tree.node_at((*above, "rows", i, number)) for i in (*mine, *range(len(rows.items)))]
        keys = [cell.text for cell in cells if isinstance(cell, Scalar)]
    return [key for key in keys if read_cell(key).kind == "value"][:1]


def _summed(measure: object) -> str | None:
    """Return the column of which a measure is the sum, average, smallest or largest of one deal."""
    if not isinstance(measure, SumMeasure | AverageMeasure | MinMeasure | MaxMeasure):
        return None
    assert measure.expression is not None
    node = measure.expression.node
    return node.id if isinstance(node, Name) else None


def _asked(node: Node) -> Iterator[tuple[str, str]]:
    """Yield the columns and values with which a condition holds, where it says so plainly."""
    if isinstance(node, Binary) and node.op in ("and", "or"):
        yield from _asked(node.left)
        if node.op == "and":
            yield from _asked(node.right)
    elif isinstance(node, Name):
        yield node.id, "yes"
    elif isinstance(node, Binary) and isinstance(node.left, Name):
        more = {"=": 0, ">=": 0, "<=": 0, ">": 1, "<": -1}.get(node.op)
        if more is not None and (value := _literal(node.right, more)) is not None:
            yield node.left.id, value
    elif isinstance(node, In | Between | IsEmpty) and isinstance(node.item, Name):
        some = "x" if isinstance(node, IsEmpty) else _literal(node.options[0] if isinstance(node, In) else node.low)
        if some is not None and getattr(node, "negated", False) == isinstance(node, IsEmpty):
            yield node.item.id, some
    elif isinstance(node, Like) and isinstance(node.item, Name):
        yield node.item.id, node.pattern.replace("%", "")


def _literal(node: Node, more: int = 0) -> str | None:
    if isinstance(node, Number):
        return plain(node.value + more)
    if isinstance(node, DateLit):
        return node.value.isoformat()
    return node.value if isinstance(node, Text) and not more else None


def plain(value: Decimal) -> str:
    """Write a figure as a plan does: whole thousands apart, no zeros at the end."""
    return f"{value.normalize():,f}".replace(",", "_")
