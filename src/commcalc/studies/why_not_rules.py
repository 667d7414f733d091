"""A component's rules, asked about a deal of one payee, in the order in which a credit comes about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.credit import credits_of
from commcalc.engine.facts import with_facts
from commcalc.engine.measure import with_plan_columns
from commcalc.engine.part import rules_of
from commcalc.engine.people import join_effective
from commcalc.engine.problems import SHARED_APART
from commcalc.engine.result import Result
from commcalc.engine.rules import Rules, deal_rules
from commcalc.engine.sharing import Streams, streams_of
from commcalc.language.expression import walk
from commcalc.language.expression.nodes import Binary, Expression, Member, Name, Node
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.components.spiff import InsteadOf, Spiff
from commcalc.plan.load import LoadedPlan
from commcalc.plan.measures import MeasureBase, own_deals
from commcalc.plan.model import Plan
from commcalc.plan.readings import reading
from commcalc.plan.whose import MANAGER, Company, Levels, ReportsCredit, RoleCredit, SameCredit, Whose, of_others
from commcalc.studies.why_not_change import Change, put_on_plan, set_cells, settling, shown, without, without_rule


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that refused a deal: of which component, the rule, why, how to mend it, and the change that can be tried.

    Without a rule nothing refused it: `why` says what it pays. `lines`: of which lines of the deal; none named: of all.
    """

    component: str
    rule: str
    why: str
    mend: str = ""
    change: Change | None = None
    lines: tuple[int, ...] = ()


class Who(NamedTuple):
    """What is asked: does this deal pay this payee?"""

    deal: str
    payee: str


def gathered(each: Iterator[Refusal], every: tuple[int, ...]) -> list[Refusal]:
    """Put together lines of the deal that have the same answer; where all have it, no line is named."""
    found: dict[tuple[str, ...], Refusal] = {}
    for one in each:
        key = (one.component, one.rule, one.why, one.mend, one.change.words if one.change else "")
        known = found.get(key)
        found[key] = replace(one, lines=known.lines + one.lines) if known is not None else one
    return [replace(r, lines=() if set(r.lines) >= set(every) else r.lines) for r in found.values()]


@dataclass(frozen=True, slots=True)
class Crediting:
    """A component, with the deal and payee that it is asked about.

    streams: under `split: pay`, the lists of shares in the place of payees; None where nothing is shared so.
    """

    book: Book
    loaded: LoadedPlan
    name: str
    rules: Rules
    result: Result
    who: Who
    streams: Streams | None

    @property
    def plan(self) -> Plan:
        """The plan of the component."""
        return self.loaded.plan

    @property
    def said(self) -> ComponentBase:
        """What the component says."""
        return self.plan.components[self.name]

    @property
    def component(self) -> str:
        """The component as it is told."""
        return f"{self.plan.plan}.{self.name}"

    @property
    def number(self) -> int | None:
        """The payee's number in the book."""
        return dict(self.book.people.ids.select("payee_id", "~p").iter_rows()).get(self.who.payee)

    def refusal(self, line: int, rule: str, why: str, mend: str = "", change: Change | None = None) -> Refusal:
        """Return a refusal of one line of the deal."""
        return Refusal(self.component, rule, why, mend, change, (line,))


def credited(book: Book, loaded: LoadedPlan, name: str, result: Result, who: Who) -> tuple[list[Refusal], list[int]]:
    """Return the refusals of lines that a component's conditions refuse to the payee, and the lines that pass them all."""
    plan, said = loaded.plan, loaded.plan.components[name]
    component = f"{plan.plan}.{name}"
    if said.per_payee:
        kind = "SPIFF for each payee is paid once," if said.kind == "spiff" else f"{said.kind} is paid"
        return [Refusal(component, "kind", f"a {kind} on what a measure reached, not on a deal")], []
    on: str | None = getattr(said, "on", None)
    measure = plan.measures[on] if on else own_deals()
    if measure.aggregate in ("kpi", "formula"):
        return [Refusal(component, "measure", f"`{on}` is a {measure.aggregate}: it counts no deals")], []
    asked = Crediting(book, loaded, name, rules_of(book, loaded).on(on), result, who, _streams(book, said, measure))
    frame, refusals = _credits(asked, measure)
    checks: list[tuple[str, Expression | None, tuple[str, str], str]] = [
        (f"where of measure {on}", measure.where, ("measures", on or ""), "where"),
        ("eligible", said.eligible, ("components", name), "eligible"),
        ("where", said.where, ("components", name), "where"),
    ]
    refusals += _taken(asked, frame)
    frame = frame.filter(~pl.col("line").is_in([r.lines[0] for r in refusals]))
    for rule, condition, path, key in checks:
        if key == "eligible":  # a component's dates are asked before it
            refusals += _dates(asked, frame)
            frame = frame.filter(~pl.col("line").is_in([r.lines[0] for r in refusals]))
        if condition is not None:
            refusals += _conditions(asked, frame, rule, condition, (path, key))
            frame = frame.filter(~pl.col("line").is_in([r.lines[0] for r in refusals]))
    return refusals, frame["line"].to_list()


def _taken(asked: Crediting, frame: pl.DataFrame) -> list[Refusal]:
    """The lines of the deal that a SPIFF takes in and is paid on instead."""
    found: list[Refusal] = []
    for spiff, other in asked.plan.components.items():
        if isinstance(other, Spiff) and isinstance(other.stacks, InsteadOf) and asked.name in other.stacks.instead_of:
            paid = pl.all_horizontal(
                pl.col("plan") == asked.plan.plan,
                pl.col("component") == spiff,
                pl.col("payee") == asked.who.payee,
                pl.col("deal") == asked.who.deal,
            )
            taken = set(asked.result.lines.filter(paid)["line"]) if asked.result.lines.width else set()
            why = f"`{spiff}` takes the deal in and is paid instead"
            found += [asked.refusal(n, f"stacks of {spiff}", why) for n in frame["line"] if n in taken]
    return found


def _streams(book: Book, said: ComponentBase, measure: MeasureBase) -> Streams | None:
    """Under `split: pay` a deal that is shared is credited to all who share it as one (docs/semantics.md 9)."""
    if of_others(measure.credit) or (reading("split", said, book.house.readings) or "credit") != "pay":
        return None
    role = measure.credit.role if isinstance(measure.credit, RoleCredit) else "owner"
    return streams_of(book, role, measure.date or book.house.credit_date)


def _credits(asked: Crediting, measure: MeasureBase) -> tuple[pl.DataFrame, list[Refusal]]:
    """Return the payee's credits of the deal with all that the rules read, and the lines that the measure gives to others."""
    plan, said, rules = asked.plan, asked.said, asked.rules
    reads = rules.reads(*(v for v in (measure.expression, measure.where) if v is not None), *deal_rules(said))
    inner = frozenset(c for n in reads.columns & plan.columns.keys() for c in rules.reads(plan.columns[n]).columns)
    book = asked.streams.book if asked.streams is not None else asked.book
    found = credits_of(book, plan, measure, {"amount", "line", *reads.columns, *inner})
    mine = found.filter(pl.col("~p").is_in(_numbers(asked)))
    gone = asked.book.deals.filter(~pl.col("line").is_in(mine["line"].to_list()))
    refusals = [_not_theirs(asked, measure, row) for row in gone.to_dicts()]
    if asked.streams is not None:  # a stream's facts are kept for the measure; the payee's own come beside them
        rows = asked.book.people.assignments.filter(pl.col("plan") == plan.plan).select("~p", "~from", "~to", "~a")
        mine = with_plan_columns(plan, with_facts(book, plan, mine, reads.payee, reads.params), reads.columns, rules)
        mine = mine.with_columns(pl.col("~p").alias("~stream"), pl.lit(asked.number, dtype=pl.UInt32).alias("~p"))
        return join_effective(mine.drop("~a"), rows, "~d"), refusals
    mine = with_facts(book, plan, mine, reads.payee, reads.params)
    return with_plan_columns(plan, mine, reads.columns, rules), refusals


def _numbers(asked: Crediting) -> list[int]:
    """The payee's number, and those of the lists of shares that he is on."""
    mine = [asked.number] if asked.number is not None else []
    if asked.streams is None or not mine:
        return mine
    return [*mine, *asked.streams.shares.filter(pl.col("~real") == mine[0])["~p"].to_list()]


def _not_theirs(asked: Crediting, measure: MeasureBase, row: Mapping[str, Any]) -> Refusal:
    """A line that the measure does not credit to the payee: it is others', or not all who share it are on the plan."""
    day, line = row[measure.date or asked.book.house.credit_date], row["line"]
    apart = asked.result.exceptions.filter(
        (pl.col("code") == SHARED_APART.code) & (pl.col("component") == asked.component) & (pl.col("deal") == asked.who.deal)
    )
    here = [told for told in apart.to_dicts() if told["row"] == row.get("row", told["row"])]
    if asked.streams is not None and here:
        change = put_on_plan(_mates(asked, row, day), day, asked.plan.plan)
        return asked.refusal(line, here[0]["code"], here[0]["reason"], here[0]["mend"], change)
    why = f"the measure counts the deals of {_words(measure.whose)}, and this is none of `{asked.who.payee}`'s"
    return asked.refusal(line, "credit", why)


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


def _mates(asked: Crediting, row: Mapping[str, Any], day: date) -> list[str]:
    """Who shares the deal and is not on the plan that day."""
    assert asked.streams is not None
    book, plan = asked.book, asked.plan
    stream = asked.streams.book.deals.filter(pl.col("~row") == row["~row"])["~p"]
    on = book.people.assignments.filter((pl.col("plan") == plan.plan) & (pl.col("~from") <= day) & (pl.col("~to") >= day))
    mates = asked.streams.shares.filter(pl.col("~p").is_in(stream.implode()) & pl.col("~real").is_not_null())["~real"]
    names = dict(book.people.ids.select("~p", "payee_id").iter_rows())
    return [names[p] for p in mates if p not in on["~p"]]


def _dates(asked: Crediting, frame: pl.DataFrame) -> list[Refusal]:
    dates = asked.said.dates
    if dates is None:
        return []
    found = []
    for line, day in frame.select("line", "~d").iter_rows():
        if not (dates.first or date.min) <= day <= (dates.last or date.max):
            change = without(asked.plan.plan, asked.name, {"dates": None}, f"`dates` held {day}")
            found.append(
                asked.refusal(line, "dates", f"{day} is not in {dates.first or ''} .. {dates.last or ''}", change=change)
            )
    return found


def _conditions(
    asked: Crediting, frame: pl.DataFrame, rule: str, condition: Expression, at: tuple[tuple[str, str], str]
) -> list[Refusal]:
    """Return for each line which parts of a condition do not hold, with the values that they read."""
    rules, reads = asked.rules, asked.rules.reads(condition)
    if "~stream" in frame.columns and at[0][0] == "components" and (reads.payee or reads.params or "role" in reads.columns):
        own = [c for c in frame.columns if c.startswith(("payee.", "assign.")) or c in asked.plan.columns]
        frame = with_facts(asked.book, asked.plan, frame.drop(own), reads.payee, reads.params)
        frame = with_plan_columns(asked.plan, frame, reads.columns, rules)
    if "role" in reads.columns and "~role" in frame.columns:
        frame = frame.with_columns(pl.col("~role").alias("role"))
    parts = list(conjuncts(condition.node))
    holds = [frame.select(rules.expression(Expression("", n)).alias("~"))["~"].to_list() if len(frame) else [] for n in parts]
    found = []
    for number, row in enumerate(frame.to_dicts()):
        failing = [(n, held[number]) for n, held in zip(parts, holds, strict=True) if held[number] is not True]
        if failing:
            texts = [condition.text[n.start : n.end] for n, _ in failing]
            why = "; ".join(
                f"`{text}`: {read_by(n, row)}" + (", undecided" if held is None else "")
                for text, (n, held) in zip(texts, failing, strict=True)
            )
            cells = settling([n for n, _ in failing], asked.book.deals.columns)
            words = " and ".join(f"`{text}`" for text in texts) + " held"
            change = set_cells(cells) if cells else without_rule(asked.plan.plan, at[0], at[1], words)
            found.append(asked.refusal(row["line"], rule, why, change=change))
    return found


def conjuncts(node: Node) -> Iterator[Node]:
    """Yield the conditions that `and` joins."""
    if isinstance(node, Binary) and node.op == "and":
        yield from conjuncts(node.left)
        yield from conjuncts(node.right)
    else:
        yield node


def read_by(node: Node, row: Mapping[str, Any]) -> str:
    """Return each value that a condition reads, in words."""
    found = {}
    for part in walk(node):
        column = part.id if isinstance(part, Name) else f"payee.{part.id}" if isinstance(part, Member) else ""
        if column in row:
            found[column] = shown(row[column])
    if len(found) == 1:
        return f"it is {next(iter(found.values()))}"
    return ", ".join(f"{c} is {v}" for c, v in found.items()) or "it does not hold"
