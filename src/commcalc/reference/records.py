"""The tables, looked up as one would in the files: who a payee is on a day, on which plan, and who shares a deal (§3)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from commcalc.plan.model import Plan
from commcalc.reference.currency import Valued
from commcalc.reference.events import Events, sale_of
from commcalc.reference.job import Exceptional, Job, Row
from commcalc.reference.rule_credit import ShareList, shares_by
from commcalc.reference.time import FIRST, Window

NOBODY = "nobody"
Holder = tuple[str, int, int]  # payee, n, d


@dataclass(frozen=True, slots=True, order=True)
class Earner:
    """Who earns: a payee; or, where pay is split, a stream of deals that the same payees share alike (§9)."""

    payee: str
    shares: tuple[Holder, ...] = ()
    alone: bool = False  # only deals that nobody shares
    by: str = ""  # where pay is split: the date column as of which it is shared

    @property
    def stream(self) -> bool:
        """True where the deals are shared after they are earned."""
        return bool(self.shares)


class Records:
    """All tables of a job, by what they are looked up by; also collects what could not be calculated."""

    def __init__(self, job: Job) -> None:
        self.job, self.calendar, self.house = job, job.calendar, job.house
        period = job.calendar.period_named(job.period)
        assert period is not None, job.period
        self.now = period.last
        self.payees: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(job.payees, key=lambda r: r.get("from") or date.min):
            self.payees[row["payee_id"]].append(row)
        self.names = {p: p for p in self.payees}
        for payee, rows in self.payees.items():
            for alias in (a for r in rows for a in (r.get("aliases") or "").split(";") if a.strip()):
                self.names.setdefault(alias.strip(), payee)
        self.assignments: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(job.assignments, key=lambda r: r["from"]):
            self.assignments[self.named(row["payee_id"])] += [row, *self._programs(row)]
        self.shares = self._shares()
        self.deals = sorted(job.deals, key=lambda r: (r["deal_id"], r.get("line") or 0))
        self.rows = {(str(r["deal_id"]), int(r.get("line") or 0)): r for r in self.deals}
        self.events = Events(job.events, self.deals)
        self.valued = Valued(job)
        self.sales: dict[str, list[Row]] = defaultdict(list)
        for row in self.deals:
            self.sales[sale_of(row)].append(row)
        self._by_rules: dict[tuple[str, int, str], ShareList] = {}
        self._dated: dict[str, list[Row]] = {}
        self._holders: dict[tuple[str, int, str], dict[str, list[str]]] = {}
        self._held: dict[tuple[str, str], dict[str, list[Row]]] = {}
        self._below: dict[tuple[str, str], dict[str, list[Row]]] = {}
        self.exceptions: set[Exceptional] = set()
        self.withdrawn = frozenset(str(r["deal_id"]) for r in job.withdrawn)
        self.taken: set[tuple[str, int]] = set()  # deal rows that a SPIFF without a measure takes in
        self._above: dict[tuple[str, str, date], dict[str, int]] = {}
        self.undecided: set[tuple[str, int]] = set()  # deal rows of which a measure's rule met an empty field

    def _programs(self, row: Row) -> list[Row]:
        """Whoever is on a plan is on every program too, while the plan is in effect (§2.4)."""
        plan = next((p for p in self.job.plans if p.plan == row["plan"] and not p.of_all), None)
        if plan is None:
            return []
        first = max(row["from"], plan.effective.first or date.min)
        last = min(row.get("to") or date.max, plan.effective.last or date.max)
        programs = [p.plan for p in self.job.plans if p.of_all] if first <= last else []
        return [{**row, "plan": name, "from": first, "to": last} for name in programs]

    def named(self, text: str) -> str:
        """Return the payee's id for an id or alias; what is no payee stays."""
        return self.names.get(text, text)

    def place(self, payee: str) -> tuple[int, str]:
        """Return what payees are ordered by: as numbers where all ids are, else as text (§1.4)."""
        return (int(payee) if all(p.isdigit() for p in self.payees) else 0, payee)

    def _shares(self) -> dict[str, dict[str, tuple[Holder, ...]]]:
        """The holders of each deal and role: in `order`, else by payee id, as numbers where all payees' are, nobody last (§3.3)."""
        rows: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in self.job.splits:
            rows[row["deal_id"]][row.get("role") or "owner"].append(row)
        numeric = all(p.isdigit() for p in self.payees)
        found: dict[str, dict[str, tuple[Holder, ...]]] = {}
        for deal, roles in rows.items():
            found[deal] = {}
            for role, members in roles.items():
                members.sort(key=lambda m: (*_order(m), _id(self.named(m["payee_id"]), numeric)))
                found[deal][role] = tuple((self.named(m["payee_id"]), m["share_num"], m["share_den"]) for m in members)
        return found

    def shares_of(self, deal: Row, column: str) -> dict[str, tuple[Holder, ...]]:
        """Return who shares a deal in each role, as of the date in a column: by `splits`, and by the house's rules (§3.10)."""
        if self.house.crediting is None:
            return self.split(deal)
        roles = self.by_rules(deal, column).roles
        return {r: tuple((who, s.numerator, s.denominator) for who, s in holders.items()) for r, holders in roles.items()}

    def split(self, deal: Row) -> dict[str, tuple[Holder, ...]]:
        """Return who shares a deal by `splits`: by its own rows, else - of what takes back a sale - by the sale's (§3.3)."""
        own = self.shares.get(deal["deal_id"])
        return own if own is not None else self.shares.get(deal.get("returns") or "", {})

    def dated(self, column: str) -> list[Row]:
        """Return the deals whose date in a column has come, in their order."""
        if column not in self._dated:
            self._dated[column] = [d for d in self.deals if d.get(column) is not None and d[column] <= self.now]
        return self._dated[column]

    def held_by(self, earner: Earner, column: str) -> list[Row]:
        """Return those of them in which an earner has a part in any role: found once for everybody, so that nobody goes through all deals."""
        by = earner.by or column
        if (column, by) not in self._held:
            found = self._held[column, by] = defaultdict(list)
            for deal in self.dated(column):
                holders = {who for role in self.shares_of(deal, by).values() for who, _, _ in role}
                for who in holders | {self.named(deal.get("owner") or "")}:
                    found[who].append(deal)
        return self._held[column, by][earner.shares[0][0] if earner.stream else earner.payee]

    def held_below(self, payee: str, column: str, link: str) -> list[Row]:
        """Return the dated deals in which a payee, or anybody below by a link on the deal's date, has a part in any role."""
        if (column, link) not in self._below:
            found = self._below[column, link] = defaultdict(list)
            for deal in self.dated(column):
                holders = {who for role in self.holders(deal, column).values() for who in role}
                for who in holders.union(*(self.above(h, deal[column], link) for h in holders)):
                    found[who].append(deal)
        return self._below[column, link][payee]

    def holders(self, deal: Row, column: str) -> dict[str, list[str]]:
        """Return the payees who hold each role in a deal, each once; its owner where nobody shares that."""
        key = (str(deal["deal_id"]), int(deal.get("line") or 0), column)
        if key not in self._holders:
            roles = {role: [who for who, _, _ in some] for role, some in self.shares_of(deal, column).items()}
            roles = {"owner": [self.named(deal.get("owner") or "")]} | {r: some for r, some in roles.items() if some}
            self._holders[key] = {r: [who for who in dict.fromkeys(some) if who in self.payees] for r, some in roles.items()}
        return self._holders[key]

    def by_rules(self, deal: Row, column: str) -> ShareList:
        """Return the list of shares of a deal row, the house's rules asked as of the date in a column."""
        if self.house.crediting is None:
            return ShareList()
        key = (str(deal["deal_id"]), int(deal.get("line") or 0), column)
        if key not in self._by_rules:
            self._by_rules[key] = shares_by(self, self.house.crediting, deal, column, self.split(deal))
        return self._by_rules[key]

    def anniversaries(self, payee: str, day: date) -> Window | None:
        """Return the year from one anniversary of the hire to the day before the next that holds a day (§4.3).

        The hire is that of the payee's last row that names one; None where none does.
        """
        hire = self.hire(payee)
        if hire is None:
            return None
        begun = day.year if _in_year(hire, day.year) <= day else day.year - 1
        return Window(_in_year(hire, begun), _in_year(hire, begun + 1) - timedelta(days=1))

    def hire(self, payee: str) -> date | None:
        """Return the payee's hire: that of the last row that names one."""
        hires: list[date] = [r["hired"] for r in self.payees.get(payee, ()) if r.get("hired")]
        return hires[-1] if hires else None

    def left(self, payee: str, day: date) -> date | None:
        """Return the day on which the payee has left by a day, as their row then says, else the last before; None where they have not."""
        found: date | None = self.facts(payee, day).get("left")
        return found if found is not None and found <= day else None

    def on_plan_since(self, payee: str, plan: Plan, day: date) -> tuple[date, date] | None:
        """Return since when the payee is on the plan, and the day or the last one before it on which they took part (§7.4).

        Assignments that follow each other without a day between are one; a later hire counts instead of their first day.
        """
        begun = [(last, row) for first, last, row in self.rows_on(payee, plan) if first <= day]
        if not begun:
            return None
        last, row = begun[-1]
        since = row["from"]
        for other in reversed([r for r in self.assignments[payee] if r["plan"] == plan.plan and r["from"] < since]):
            if (other.get("to") or date.max) + timedelta(days=1) != since:
                break
            since = other["from"]
        since = max(since, self.hire(payee) or since)
        return (since, min(day, last)) if since <= min(day, last) else None

    def hired(self, payee: str, day: date) -> bool:
        """Tell whether the payee was hired by the day."""
        return (self.facts(payee, day).get("hired") or date.min) <= day

    def facts(self, payee: str, day: date) -> Row:
        """Return the payee's row that holds on the day; else the last before it, else the first."""
        rows = self.payees.get(payee) or [{"payee_id": payee}]
        begun = [r for r in rows if (r.get("from") or date.min) <= day]
        holding = [r for r in begun if (r.get("to") or date.max) >= day]
        return (holding or begun or rows)[-1 if begun else 0]

    def stated(self, payee: str, day: date, column: str) -> str | None:
        """Return what the payee's row that holds on the day says in a column; None where no row does, or it is empty."""
        for row in self.payees.get(payee, ()):
            if (row.get("from") or date.min) <= day <= (row.get("to") or date.max):
                return row.get(column) or None
        return None

    def above(self, payee: str, day: date, column: str) -> dict[str, int]:
        """Return who is above a payee on a day, each with the number of steps that lead up to them (§3.6)."""
        key = (payee, column, day)
        if key not in self._above:
            found: dict[str, int] = {}
            at = self.stated(payee, day, column)
            while at and self.named(at) not in (payee, *found):
                found[self.named(at)] = len(found) + 1
                at = self.stated(self.named(at), day, column)
            self._above[key] = found
        return self._above[key]

    def assignment(self, payee: str, plan: Plan, day: date) -> Row | None:
        """Return the row that puts the payee on the plan on the day, while the plan is in effect (§3.4)."""
        if not in_effect(plan, day):
            return None
        for row in self.assignments.get(payee, ()):
            if row["plan"] == plan.plan and row["from"] <= day <= (row.get("to") or date.max):
                return row
        return None

    def rows_on(self, payee: str, plan: Plan) -> list[tuple[date, date, Row]]:
        """Return each stretch in which the payee is on the plan and employed (as known on its last day), with its assignment."""
        found = []
        start, stop = plan.effective.first or date.min, plan.effective.last or date.max
        for row in self.assignments.get(payee, ()):
            if row["plan"] != plan.plan:
                continue
            first, last = max(row["from"], start), min(row.get("to") or date.max, stop)
            if first > last:
                continue
            who = self.facts(payee, last)
            first, last = max(first, who.get("hired") or date.min), min(last, who.get("left") or date.max)
            if first <= last:
                found.append((first, last, row))
        return found

    def days_on(self, payee: str, plan: Plan) -> list[tuple[date, date]]:
        """Return the stretches of days in which the payee takes part, both ends in (§4.7)."""
        return [(first, last) for first, last, _ in self.rows_on(payee, plan)]

    def standing(self, payee: str, plan: Plan, first: date, day: date) -> Row | None:
        """Return the assignment in force on the day, else on the last day on the plan before it from `first` on (§7.1)."""
        rows = [(a, b, r) for a, b, r in self.rows_on(payee, plan) if a <= day and b >= first]
        return rows[-1][2] if rows else None

    def first_day(self, plan: Plan) -> date:
        """Return the first day on which anything can be earned under the plan."""
        begun = [r["from"] for rows in self.assignments.values() for r in rows if r["plan"] == plan.plan]
        start = plan.effective.first or FIRST
        return max(min(begun, default=start), start, self.calendar.periods[0].first)

    def refuse(self, payee: str, component: str, deal: str, reason: str) -> None:
        """Note that something was not calculated, and why."""
        self.exceptions.add(Exceptional(payee, component, deal, reason))


def in_effect(plan: Plan, day: date) -> bool:
    """Tell whether the plan is in effect on the day."""
    return (plan.effective.first or date.min) <= day <= (plan.effective.last or date.max)


def _in_year(day: date, year: int) -> date:
    """Return the same day of another year; 28 February where that year has no 29th."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _order(row: Row) -> tuple[bool, Decimal]:
    order: Any = row.get("order")
    return (order is None, Decimal(0) if order is None else Decimal(order))


def _id(payee: str, numeric: bool) -> tuple[bool, int, str]:
    nobody = payee == NOBODY
    return (nobody, int(payee) if numeric and not nobody else 0, payee)
