"""Why not: the first rule that refused a deal to a payee, what would have made it count, and what it would have paid then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.base.calendar import Calendar, Period
from commcalc.base.problem import Report
from commcalc.engine.book import Book, House, prepare_book
from commcalc.engine.currency import UNRATED
from commcalc.engine.hierarchy import above, keyed, members
from commcalc.engine.parts import parts_of
from commcalc.engine.people import join_effective
from commcalc.engine.plan_currency import in_plan_currency, no_rates
from commcalc.engine.result import Result
from commcalc.engine.run import run as run_engine
from commcalc.plan.load import LoadedPlan
from commcalc.plan.readings import reading
from commcalc.plan.whose import WORDS, Company, ReportsCredit, SameCredit
from commcalc.studies.why_not_change import Change, Kept, Rows, employed, in_force, listed, of_owner, put_on_plan, set_cells
from commcalc.studies.why_not_paid import Asked, became
from commcalc.studies.why_not_rules import Refusal, Who, credited, gathered

MOST_THEN = 4  # changes one after the other: what is refused still, once the first is made


@dataclass(frozen=True, slots=True)
class World:
    """All that a run is made from; `refusals`: by the mapping, of lines of the deal that is asked about."""

    plans: tuple[LoadedPlan, ...]
    house: House
    calendar: Calendar
    tables: Mapping[str, pl.DataFrame]
    period: Period
    aside: pl.DataFrame | None = None
    refusals: tuple[Refusal, ...] = ()

    def result(self) -> Result:
        """Run it."""
        return run_engine(self.plans, self.house, self.calendar, self.tables, self.period, self.aside)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the deal under one component, or before any: the rule and why; the change, and the lines it would give.

    `lines`: of which lines of the deal; none named: of all. `paid`: the lines that there are. `then`: what refuses it still
    once the change is made.
    """

    component: str
    rule: str
    why: str
    mend: str = ""
    lines: tuple[int, ...] = ()
    change: str = ""
    would_pay: tuple[Mapping[str, Any], ...] = ()
    paid: tuple[Mapping[str, Any], ...] = ()
    then: str = ""
    problems: Report = field(default_factory=Report)


def why_not(world: World, deal: str, payee: str) -> list[Answer]:
    """Return what refused the deal to the payee, in the order in which a credit comes about; what it pays where it does."""
    now, who = world.result(), Who(deal, payee)
    if now.report.errors:
        return [Answer("", "", "the run is refused", problems=now.report)]
    return [_answered(world, now, who, refusal) for refusal in refusals(world, now, who)]


def _answered(world: World, now: Result, who: Who, refusal: Refusal) -> Answer:
    rows = Rows(who.deal, refusal.lines)
    paid = tuple(r for r in _of(now, who.payee, refusal.component) if _is_of(r, rows))
    answer = Answer(refusal.component, refusal.rule, refusal.why, refusal.mend, refusal.lines, paid=paid)
    changed, words, following = world, list[str](), refusal
    while following.change is not None and following.change.words not in words and len(words) < MOST_THEN:
        kept = following.change.make(Kept(changed.plans, changed.tables), rows)
        changed = replace(changed, plans=kept.plans, tables=kept.tables, refusals=())
        words.append(following.change.words)
        after = changed.result()
        gained = _gained(now, after, who.payee, refusal.component)
        answer = replace(answer, change=" and ".join(words), would_pay=gained, problems=after.report)
        if after.report.errors or any(_is_of(line, rows) for line in gained):
            return answer
        still = [r for r in refusals(changed, after, who) if r.rule and refusal.component in ("", r.component)]
        still = [r for r in still if not r.lines or not rows.lines or set(r.lines) & set(rows.lines)]
        if not still:
            return answer
        following = still[0]
    return replace(answer, then=f"{following.rule}: {following.why}") if words else answer


def _is_of(line: Mapping[str, Any], rows: Rows) -> bool:
    return line["deal"] == rows.deal and (not rows.lines or line["line"] in rows.lines)


KEY = ("payee", "plan", "component", "deal", "line", "role", "level", "window_first", "kind")


def _gained(now: Result, after: Result, payee: str, component: str) -> tuple[Mapping[str, Any], ...]:
    """The payee's lines that are new, gone or other than they are now, with `more`: a deal may move the tiers of others."""
    if after.report.errors:
        return ()
    was, then = ({tuple(r[k] for k in KEY): r for r in _of(result, payee, component)} for result in (now, after))
    found = []
    for key in dict.fromkeys((*then, *was)):
        before, row = was.get(key), then.get(key)
        more = (row["amount"] if row else Decimal(0)) - (before["amount"] if before else Decimal(0))
        if more:
            found.append({**(row or {**was[key], "amount": Decimal(0)}), "more": more})
    return tuple(found)


def _of(result: Result, payee: str, component: str) -> list[dict[str, Any]]:
    rows = result.lines.filter(pl.col("payee") == payee).to_dicts() if result.lines.width else []
    return [r for r in rows if component in ("", f"{r['plan']}.{r['component']}")]


def refusals(world: World, result: Result, who: Who) -> list[Refusal]:
    """Return what refuses the deal: the mapping, its reading, its date, its owner, hire and plan; else each component's rules.

    A deal of several lines is asked about line by line; lines with the same answer are one refusal.
    """
    unread = result.exceptions.filter((pl.col("deal") == who.deal) & (pl.col("component") == "") & pl.col("payee").eq(""))
    deals = world.tables["deals"].filter(pl.col("deal_id") == who.deal)
    if deals.is_empty():
        listed_ = result.exceptions.filter((pl.col("deal") == who.deal) & (pl.col("component") == ""))
        return [*world.refusals, *(_unread(r) for r in listed_.to_dicts())]
    known = set(zip(deals["file"], deals["row"], strict=True)) if {"file", "row"} <= set(deals.columns) else set()
    aside = [_unread(r) for r in unread.to_dicts() if known and (r["file"], r["row"]) not in known]
    if "line" in deals.columns:
        deals = deals.with_columns(pl.col("line").fill_null(0).cast(pl.UInt32))
    book = _book_of(world, deals, who.deal)
    every = tuple(book.deals["line"])
    if world.refusals or aside:
        every = (*every, -1)  # some lines are not among those read: an answer of the others names them
    asked = _Question(world, book, result, who)
    early, later = asked.by_line()
    return [*world.refusals, *aside, *gathered(iter(early), every), *gathered(iter(later), every)]


def _book_of(world: World, rows: pl.DataFrame, deal: str) -> Book:
    """The book of one deal; crediting rules look at the sale that it takes back, exchange rates at all rows of it."""
    asked = world.house.crediting is not None or "currency" in rows.columns
    if asked and "returns" in rows.columns:
        sale = rows["returns"].drop_nulls().to_list()
        sales = (pl.col("deal_id").is_in(sale) | pl.col("returns").is_in(sale)) & (pl.col("deal_id") != deal)
        rows = pl.concat([rows, world.tables["deals"].filter(sales)], how="diagonal_relaxed")
    book = prepare_book(world.plans, world.house, world.calendar, {**world.tables, "deals": rows}, world.period)
    return parts_of(replace(book, deals=book.deals.filter(pl.col("deal_id") == deal)))[0]()


def _unread(row: Mapping[str, Any]) -> Refusal:
    return Refusal("", f"{row['file']}:{row['row']}", row["reason"], row["mend"])


@dataclass(frozen=True, slots=True)
class _Question:
    """A deal and a payee, asked about in a run; `book`: that of the deal alone."""

    world: World
    book: Book
    result: Result
    who: Who

    def by_line(self) -> tuple[list[Refusal], list[Refusal]]:
        """Return what refuses lines before any plan is asked, and what became of the others under each component.

        A measure with a date of its own counts a line by that date: under the plan of that day.
        """
        house = self.world.house.credit_date
        columns = {n: self._dates(p) for n, p in ((p.plan.plan, p) for p in self.world.plans)}
        programs = {p.plan.plan: p for p in self.world.plans if p.plan.of_all}
        early: list[Refusal] = []
        asked: dict[tuple[str, str], list[int]] = {}
        later: list[Refusal] = []
        for row in self.book.deals.sort("line").to_dicts():
            line = (row["line"],)
            found = {
                c: self._before_the_rules(row, c)
                for c in dict.fromkeys([house, *(c for x in columns.values() for c in x.values())])
            }
            on_some = any(isinstance(f, str) for f in found.values())
            plans = [p.plan.plan for p in self.world.plans if p.plan.plan in found.values() or (p.plan.of_all and on_some)]
            if not plans and isinstance(refusal := found[house], Refusal):
                early.append(replace(refusal, lines=line))
            for plan in plans:
                for name, column in columns[plan].items():
                    told = found[column]
                    if isinstance(told, str) and plan in programs:  # whoever is on a plan is on every program
                        told = _outside(programs[plan], row[column]) or plan
                    if told == plan:
                        asked.setdefault((plan, name), []).append(row["line"])
                        continue
                    if isinstance(told, str):
                        told = Refusal("", "plan", f"by {column}, {row[column]}, `{self.who.payee}` is on plan `{told}`")
                    later.append(replace(told, component=f"{plan}.{name}", lines=line))
        for loaded in self.world.plans:
            for name in loaded.plan.components:
                if lines := asked.get((loaded.plan.plan, name)):
                    later += self._of_component(loaded, name, lines)
        order = [f"{p.plan.plan}.{n}" for p in self.world.plans for n in p.plan.components]
        return early, sorted(later, key=lambda r: (order.index(r.component), r.lines))

    def _dates(self, loaded: LoadedPlan) -> dict[str, str]:
        """Return the column by which each component's deals are dated."""
        house, measures = self.world.house.credit_date, loaded.plan.measures
        on = {n: getattr(c, "on", None) for n, c in loaded.plan.components.items()}
        return {n: (measures[m].date or house) if m in measures else house for n, m in on.items()}

    def _of_component(self, loaded: LoadedPlan, name: str, lines: list[int]) -> Iterator[Refusal]:
        read, world = replace(self.book, deals=self.book.deals.filter(pl.col("line").is_in(lines))), self.world
        book = in_plan_currency(read, loaded.plan)
        if UNRATED in book.deals.columns:  # nothing else can be told of its money
            unrated = read.deals.filter(book.deals[UNRATED])
            component = f"{loaded.plan.plan}.{name}"
            told = zip(unrated["line"], no_rates(read, unrated, component), strict=True)
            yield from (Refusal(component, "exchange rate", p.message.partition(": ")[2], p.mend, lines=(n,)) for n, p in told)
            book = replace(book, deals=book.deals.filter(~pl.col(UNRATED)))
        refused, passed = credited(book, loaded, name, self.result, self.who)
        yield from (replace(r, lines=r.lines or tuple(lines)) for r in refused)
        said = loaded.plan.components[name]
        shared = book.splits is not None and (reading("split", said, world.house.readings) or "credit") == "pay"
        for row in book.deals.filter(pl.col("line").is_in(passed)).sort("line").to_dicts():
            yield became(Asked(loaded.plan, name, self.result, self.who, row, world.house.credit_date, shared), world.calendar)

    def _before_the_rules(self, row: Mapping[str, Any], column: str) -> Refusal | str:
        """Return what refuses a row before any plan is asked, else the plan that the payee is on on the row's day."""
        world, payee = self.world, self.who.payee
        day, last = row[column], world.period.last
        if day is None:
            return Refusal("", "date", f"{column} is empty: the deal waits for its date", change=set_cells({column: last}))
        if day > last:
            its_own = world.calendar.period_of(day)
            mend = f"it counts in its own period: ask with --period {its_own.name}" if its_own is not None else ""
            return Refusal("", "date", f"{column} is {day}, after {last}", mend, set_cells({column: last}))
        if not _related(self.book, payee, row, day):
            return _others(self.book, self.result, row, self.who)
        hired = _hired(self.book, payee, day)
        if hired is not None and hired > day:
            return Refusal("", "hired", f"`{payee}` was hired on {hired}, after {day}", change=employed(payee, day))
        return _plan_of(world, payee, day)


def _outside(loaded: LoadedPlan, day: date) -> Refusal | None:
    """A program takes in what is credited in its dates."""
    first, last = loaded.plan.effective.first, loaded.plan.effective.last
    if (first or day) <= day <= (last or day):
        return None
    return Refusal("", "dates", f"the program runs {listed(first, last)}, and {day} is not in it")


def _plan_of(world: World, payee: str, day: date) -> Refusal | str:
    """Return the plan that a payee is on on a day, or why there is none that counts."""
    mine = world.tables["assignments"].filter(pl.col("payee_id") == payee)
    ends = pl.col("to").fill_null(date.max) if "to" in mine.columns else pl.lit(date.max)
    held = mine.filter((pl.col("from").fill_null(date.min) <= day) & (ends >= day))
    if held.is_empty():
        spans = ", ".join(f"{r['plan']} {listed(r['from'], r.get('to'))}" for r in mine.to_dicts())
        why = f"`{payee}` is on no plan on {day}" + (f": {spans}" if spans else "; no row of `assignments` is theirs")
        mend = "" if len(mine) else f"add a row of `{payee}` to the assignments"
        return Refusal("", "plan", why, mend, put_on_plan([payee], day) if len(mine) else None)
    plan = str(held["plan"][0])
    loaded = next((p.plan for p in world.plans if p.plan.plan == plan), None)
    if loaded is None:
        return Refusal("", "plan", f"plan `{plan}` is not in force: it is a draft, or has no file")
    first, last = loaded.effective.first, loaded.effective.last
    if (first and day < first) or (last and day > last):
        why = f"plan `{plan}` is in force {listed(first, last)}, and {day} is not in it"
        return Refusal("", "plan", why, change=in_force(plan, day))
    return plan


def _others(book: Book, result: Result, row: Mapping[str, Any], who: Who) -> Refusal:
    """The deal is somebody else's, or nobody's that is known."""
    change: Change = of_owner(who.payee)
    told = result.exceptions.filter((pl.col("deal") == who.deal) & (pl.col("component") == "")).to_dicts()
    told = [t for t in told if t["row"] == row.get("row", t["row"])]
    if by_rule := [t for t in told if t["code"] in ("K105", "K106", "K107", "K108")]:
        return Refusal("", "crediting", by_rule[0]["reason"], by_rule[0]["mend"])
    if rules := _by_rules(book, row):
        return Refusal("", "crediting", f"{rules}; `{who.payee}` has no share of it and is not the manager of who has")
    if here := [t for t in told if t["code"] in ("K101", "K102")]:
        return Refusal("", "owner", here[0]["reason"], here[0]["mend"], change)
    why = f"`{row.get('owner')}` owns it; `{who.payee}` has no share of it, is not above who has, and shares no group with them"
    return Refusal("", "owner", why, change=change)


def _by_rules(book: Book, row: Mapping[str, Any]) -> str:
    """Say to whom the crediting rules give a row; empty where none gives an owner."""
    if book.refused is None or book.splits is None:
        return ""
    mine = (pl.col("role") == "owner") & (pl.col("~rule") != "") & (pl.col("~shares") == row["~shares"])
    given = book.splits.filter(mine).join(book.people.ids.select("~p", "payee_id"), on="~p", how="left", maintain_order="left")
    said = given.select("~rule", pl.col("payee_id").fill_null("nobody")).unique(maintain_order=True)
    return " and ".join(f"crediting rule `{rule}` gives it to `{who}`" for rule, who in said.iter_rows())


def _hired(book: Book, payee: str, day: date) -> date | None:
    """The day on which the payee was hired, as his row that holds on the day says."""
    if "payee.hired" not in book.people.facts.columns:
        return None
    one = book.people.ids.filter(pl.col("payee_id") == payee).select("~p", pl.lit(day).alias("~d"))
    found = join_effective(one, book.people.facts.select("~p", "~from", "~to", "payee.hired"), "~d")
    hired = found["payee.hired"].to_list()[0]
    assert hired is None or isinstance(hired, date)
    return hired


def _related(book: Book, payee: str, row: Mapping[str, Any], day: date) -> bool:
    """Whether the payee owns the row, has a share of it, is above somebody who does, or is credited with their group."""
    numbers = dict(book.people.ids.select("payee_id", "~p").iter_rows())
    holders = {row["~p"]} - {None}
    if book.splits is not None:
        shares = book.splits.filter(pl.col("~shares") == row["~shares"])
        owners = shares.filter(pl.col("role") == "owner")
        holders = (set() if len(owners) else holders) | (set(shares["~p"]) - {None})
    if numbers.get(payee) in holders:
        return True
    if payee not in numbers:
        return False
    held = pl.DataFrame({"~p": list(holders), "~d": [day] * len(holders)}, schema={"~p": pl.UInt32, "~d": pl.Date})
    who = pl.Series([numbers[payee]], dtype=pl.UInt32)
    every = [m.whose for loaded in book.plans for m in loaded.plan.measures.values()]
    for whose in (WORDS["reports"], *every):
        if isinstance(whose, ReportsCredit) and len(above(book.people, whose, held, who)):
            return True
        if isinstance(whose, SameCredit) and len(members(book.people, whose, keyed(book.people, whose, held), who)):
            return True
        if isinstance(whose, Company) and holders:
            return True
    return False
