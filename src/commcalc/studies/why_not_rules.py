"""A component's rules, asked about one deal of one payee, in the order in which a credit comes about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.credit import credits_of
from commcalc.engine.facts import with_facts
from commcalc.engine.measure import with_plan_columns
from commcalc.engine.part import rules_of
from commcalc.engine.result import Result
from commcalc.engine.rules import Rules, deal_rules
from commcalc.language.expression import walk
from commcalc.language.expression.nodes import Binary, Expression, Member, Name, Node
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.components.spiff import InsteadOf, Spiff
from commcalc.plan.load import LoadedPlan
from commcalc.plan.measures import MeasureBase, own_deals
from commcalc.plan.model import Plan
from commcalc.plan.whose import MANAGER, Company, Levels, ReportsCredit, RoleCredit, SameCredit, Whose
from commcalc.studies.why_not_change import Change, set_cells, settled_by, shown, without, without_rule


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that refused a deal: of which component, the rule, why, how to mend it, and the change that can be tried.

    Without a rule nothing refused it: `why` says what it pays.
    """

    component: str
    rule: str
    why: str
    mend: str = ""
    change: Change | None = None


def refused_by_component(book: Book, loaded: LoadedPlan, name: str, result: Result, who: tuple[str, str]) -> Refusal:
    """Return the first rule of a component that refused the deal to the payee, or what it paid."""
    plan, said = loaded.plan, loaded.plan.components[name]
    component = f"{plan.plan}.{name}"
    if isinstance(said, Bonus) or (isinstance(said, Spiff) and said.once):
        kind = "bonus is paid" if isinstance(said, Bonus) else "SPIFF for each payee is paid once,"
        return Refusal(component, "kind", f"a {kind} on what a measure reached, not on a deal")
    measure = plan.measures[said.on] if said.on else own_deals()
    if measure.aggregate in ("kpi", "formula"):
        return Refusal(component, "measure", f"`{said.on}` is a {measure.aggregate}: it counts no deals")
    deal, payee = who
    asked = _Asked(book, plan, rules_of(book, loaded).on(said.on), deal, component)
    frame = asked.credits(measure, said, payee)
    if isinstance(frame, Refusal):
        return frame
    on = f"where of measure {said.on}"
    checks: list[tuple[str, Expression | None, tuple[str, str], str]] = [
        (on, measure.where, ("measures", said.on or ""), "where"),
        ("eligible", said.eligible, ("components", name), "eligible"),
        ("where", said.where, ("components", name), "where"),
    ]
    for spiff, other in plan.components.items():
        if isinstance(other, Spiff) and isinstance(other.stacks, InsteadOf) and name in other.stacks.instead_of:
            taken = result.lines.filter(
                (pl.col("plan") == plan.plan)
                & (pl.col("component") == spiff)
                & (pl.col("payee") == payee)
                & (pl.col("deal") == deal)
            )
            if len(taken):
                return Refusal(component, f"stacks of {spiff}", f"`{spiff}` takes the deal in and is paid instead")
    for number, (rule, condition, path, key) in enumerate(checks):
        if number == 1 and (refusal := _dates(plan, name, said, frame)) is not None:
            return refusal
        if condition is not None and (found := asked.refusal(frame, rule, condition, path, key)) is not None:
            return found
    return _after_the_rules(result, plan, name, said, who)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One deal, asked about under a component's rules."""

    book: Book
    plan: Plan
    rules: Rules
    deal: str
    component: str

    def credits(self, measure: MeasureBase, said: ComponentBase, payee: str) -> pl.DataFrame | Refusal:
        """Return the payee's credits of the deal with all that the rules read; none where the measure gives it to others."""
        values = [v for v in (measure.expression, measure.where) if v is not None] + deal_rules(said)
        reads = self.rules.reads(*values)
        inner = frozenset(
            c for n in reads.columns & self.plan.columns.keys() for c in self.rules.reads(self.plan.columns[n]).columns
        )
        found = credits_of(self.book, self.plan, measure, {"amount", *reads.columns, *inner})
        numbers = dict(self.book.people.ids.select("payee_id", "~p").iter_rows())
        mine = found.filter(pl.col("~p") == numbers.get(payee))
        if mine.is_empty():
            day = self.book.deals[measure.date][0] if measure.date else None
            if measure.date and (day is None or day > self.book.now):
                why = f"{measure.date} is {shown(day)}" + (f", after {self.book.now}" if day else ": it waits for that date")
                change = set_cells(self.deal, {measure.date: self.book.now})
                return Refusal(self.component, "date", why, change=change)
            why = f"the measure counts the deals of {_words(measure.whose)}, and this is none of `{payee}`'s"
            return Refusal(self.component, "credit", why)
        mine = with_facts(self.book, self.plan, mine, reads.payee, reads.params)
        return with_plan_columns(self.plan, mine, reads.columns, self.rules)

    def refusal(self, frame: pl.DataFrame, rule: str, condition: Expression, path: tuple[str, str], key: str) -> Refusal | None:
        """Return which parts of a condition do not hold, with the values that they read; None where all do."""
        parts = list(conjuncts(condition.node))
        failing = [(n, frame.select(self.rules.expression(Expression("", n)).alias("~"))["~"][0]) for n in parts]
        failing = [(n, v) for n, v in failing if v is not True]
        if not failing:
            return None
        whys = [
            f"`{condition.text[n.start : n.end]}`: {read_by(n, frame)}" + (", undecided" if v is None else "") for n, v in failing
        ]
        cells = [settled_by(n) for n, _ in failing]
        columns = self.book.deals.columns
        if all(c is not None and c[0] in columns for c in cells):
            change = set_cells(self.deal, dict(c for c in cells if c is not None))
        else:
            held = " and ".join(f"`{condition.text[n.start : n.end]}`" for n, _ in failing)
            change = without_rule(self.plan.plan, path, self.deal, key, f"{held} held")
        return Refusal(self.component, rule, "; ".join(whys), change=change)


def _words(whose: Whose) -> str:
    """Say whose deals a measure counts."""
    if isinstance(whose, RoleCredit):
        return f"the role {whose.role}"
    if isinstance(whose, Company):
        return "the whole company"
    if isinstance(whose, SameCredit):
        return f"everybody with the same {whose.same}"
    if not isinstance(whose, ReportsCredit):
        return "their owners"
    direct = whose.levels == Levels(1, 1)
    who = "the manager's" if whose.reports_by == MANAGER else f"the {whose.reports_by}'s"
    far = "direct reports" if direct else f"reports, {whose.levels.text}"
    return f"{who} {far}" + (" and their own" if whose.own else "")


def conjuncts(node: Node) -> Iterator[Node]:
    """Yield the conditions that `and` joins."""
    if isinstance(node, Binary) and node.op == "and":
        yield from conjuncts(node.left)
        yield from conjuncts(node.right)
    else:
        yield node


def read_by(node: Node, frame: pl.DataFrame) -> str:
    """Return each value that a condition reads, in words."""
    found = {}
    for part in walk(node):
        column = part.id if isinstance(part, Name) else f"payee.{part.id}" if isinstance(part, Member) else ""
        if column in frame.columns:
            found[column] = shown(frame[column][0])
    if len(found) == 1:
        return f"it is {next(iter(found.values()))}"
    return ", ".join(f"{c} is {v}" for c, v in found.items()) or "it does not hold"


def _dates(plan: Plan, name: str, said: ComponentBase, frame: pl.DataFrame) -> Refusal | None:
    day = frame["~d"][0]
    if said.dates is None or ((said.dates.first or day) <= day <= (said.dates.last or day)):
        return None
    why = f"{day} is not in {said.dates.first or ''} .. {said.dates.last or ''}"
    return Refusal(f"{plan.plan}.{name}", "dates", why, change=without(plan.plan, name, {"dates": None}, f"`dates` held {day}"))


def _after_the_rules(result: Result, plan: Plan, name: str, said: ComponentBase, who: tuple[str, str]) -> Refusal:
    """Every rule lets the deal through: what could not be calculated, what a gate, cap or tier left, or what was paid."""
    deal, payee = who
    component = f"{plan.plan}.{name}"
    of_it = pl.col("component").is_in([component, f"{plan.plan}.{getattr(said, 'on', None)}"])
    told = result.exceptions.filter(of_it & (pl.col("payee") == payee) & pl.col("deal").is_in([deal, ""]))
    for row in told.to_dicts():
        return Refusal(component, row["code"], row["reason"], row["mend"])
    lines = result.lines.filter(
        (pl.col("plan") == plan.plan) & (pl.col("component") == name) & (pl.col("payee") == payee) & (pl.col("deal") == deal)
    )
    if lines.is_empty():
        why = "it was credited in an earlier period, and nothing about it has changed: ask with `--period` of its own date"
        return Refusal(component, "period", why)
    sums = {kind: Decimal(amount) for kind, amount in lines.group_by("kind").agg(pl.col("amount").sum()).iter_rows()}
    total = sum(sums.values(), Decimal(0))
    return _cut(component, plan, said, (sums, total)) or _unpaid(component, result, lines, total)


Sums = tuple[Mapping[str, Decimal], Decimal]


def _cut(component: str, plan: Plan, said: ComponentBase, paid: Sums) -> Refusal | None:
    """What a gate or a cap took of it."""
    sums, total = paid
    name = component.removeprefix(f"{plan.plan}.")
    taken: list[tuple[str, str, Callable[[], str], str, dict[str, Any]]] = [
        ("gate", "gate", lambda: " and ".join(g.when.text for g in said.gate), "the gate were open", {"gate": ()}),
        ("cap", "cap", lambda: _limits(said), "there were no cap", {"cap": "none"}),
        ("maximum", "cap per deal", lambda: _limits(said), "there were no cap", {"cap": "none"}),
    ]
    for kind, rule, words, change, keys in taken:
        if sums.get(kind, Decimal(0)) < 0:
            left = f"it earned {shown(sums.get('earning', Decimal(0)))}, of which {shown(-sums[kind])} is cut: {shown(total)} is left"
            return Refusal(component, f"{rule}: {words()}", left, change=without(plan.plan, name, keys, change))
    return None


def _limits(said: ComponentBase) -> str:
    return ", ".join(str(getattr(x.at, "text", x.at)) for x in said.caps)


def _unpaid(component: str, result: Result, lines: pl.DataFrame, total: Decimal) -> Refusal:
    if total != 0:
        return Refusal(component, "", f"it pays {shown(total)}")
    slices = result.slices.filter(pl.col("line_id").is_in(lines["id"].to_list())).to_dicts()
    for part in slices:
        tier = f"tier {part['tier']} " if part["tier"] else "the rate "
        if part["rate"] == 0:
            return Refusal(component, "rate", f"{tier}pays 0%")
        if part["factor"] == 0:
            return Refusal(component, "multiply", "a factor of zero")
    return Refusal(component, "amount", "what it is paid on is zero, or it rounds to nothing")
