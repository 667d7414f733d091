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
from commcalc.engine.hierarchy import above, keyed, members
from commcalc.engine.parts import parts_of
from commcalc.engine.result import Result
from commcalc.engine.run import run as run_engine
from commcalc.plan.load import LoadedPlan
from commcalc.plan.whose import WORDS, Company, ReportsCredit, SameCredit
from commcalc.studies.why_not_change import Change, Kept, at_date, employed, listed, of_owner, put_on_plan
from commcalc.studies.why_not_rules import Refusal, refused_by_component

MOST_THEN = 3  # changes one after the other: what is refused still, once the first is made


@dataclass(frozen=True, slots=True)
class World:
    """All that a run is made from; `refusals`: by the mapping, of the deal that is asked about."""

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

    `paid`: the lines that there are. `then`: what refuses it still once the change is made.
    """

    component: str
    rule: str
    why: str
    mend: str = ""
    change: str = ""
    would_pay: tuple[Mapping[str, Any], ...] = ()
    paid: tuple[Mapping[str, Any], ...] = ()
    then: str = ""
    problems: Report = field(default_factory=Report)


def why_not(world: World, deal: str, payee: str) -> list[Answer]:
    """Return what refused the deal to the payee, in the order in which a credit comes about; what it pays where it does."""
    now = world.result()
    if now.report.errors:
        return [Answer("", "", "the run is refused", problems=now.report)]
    return [_answered(world, now, deal, payee, refusal) for refusal in refusals(world, now, deal, payee)]


def _answered(world: World, now: Result, deal: str, payee: str, refusal: Refusal) -> Answer:
    lines = tuple(r for r in _of(now, payee, refusal.component) if r["deal"] == deal)
    answer = Answer(refusal.component, refusal.rule, refusal.why, refusal.mend, paid=lines)
    if refusal.change is None:
        return answer
    words, changed = [refusal.change.words], _changed(world, refusal.change)
    after = changed.result()
    for _ in range(MOST_THEN):
        gained = _gained(now, after, payee, refusal.component)
        still = [r for r in refusals(changed, after, deal, payee) if refusal.component in ("", r.component) and r.rule]
        if after.report.errors or any(line["deal"] == deal for line in gained) or not still:
            return replace(answer, change=" and ".join(words), would_pay=gained, problems=after.report)
        following = still[0]
        if following.change is None or following.change.words in words:
            return replace(answer, change=" and ".join(words), would_pay=gained, then=f"{following.rule}: {following.why}")
        words, changed = [*words, following.change.words], _changed(changed, following.change)
        after = changed.result()
    return replace(answer, change=" and ".join(words), would_pay=_gained(now, after, payee, refusal.component))


def _changed(world: World, change: Change) -> World:
    kept = change.make(Kept(world.plans, world.tables))
    return replace(world, plans=kept.plans, tables=kept.tables, refusals=())


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


def refusals(world: World, result: Result, deal: str, payee: str) -> Iterator[Refusal]:
    """Yield what refuses the deal: the mapping, its reading, its date, its owner, hire and plan; else each component's rules."""
    rows = world.tables["deals"].filter(pl.col("deal_id") == deal)
    if rows.is_empty():
        yield from world.refusals
        listed_ = result.exceptions.filter((pl.col("deal") == deal) & (pl.col("component") == ""))
        yield from (Refusal("", f"{r['file']}:{r['row']}", r["reason"], r["mend"]) for r in listed_.to_dicts())
        return
    book = _book_of(world, rows, deal)
    row = rows.row(0, named=True)
    early = _before_the_rules(world, book, result, row, payee)
    if isinstance(early, Refusal):
        yield early
        return
    for loaded in world.plans:
        if loaded.plan.plan == early:
            for name in loaded.plan.components:
                yield refused_by_component(book, loaded, name, result, (deal, payee))


def _book_of(world: World, rows: pl.DataFrame, deal: str) -> Book:
    """The book of one deal; crediting rules look at the sale that it takes back."""
    if world.house.crediting is not None and "returns" in rows.columns:
        rows = world.tables["deals"].filter(pl.col("deal_id").is_in([deal, *rows["returns"].drop_nulls().to_list()]))
    book = prepare_book(world.plans, world.house, world.calendar, {**world.tables, "deals": rows}, world.period)
    return parts_of(replace(book, deals=book.deals.filter(pl.col("deal_id") == deal)))[0]()


def _before_the_rules(world: World, book: Book, result: Result, row: Mapping[str, Any], payee: str) -> Refusal | str:
    """Return what refuses the deal before any plan is asked, else the plan that the payee is on that day."""
    deal, column = row["deal_id"], world.house.credit_date
    day: date | None = row[column]
    if day is None or day > world.period.last:
        why = (
            f"{column} is empty: the deal waits for its date" if day is None else f"{column} is {day}, after {world.period.last}"
        )
        return Refusal("", "date", why, change=at_date(deal, column, world.period.last))
    if not _related(book, payee, day):
        owner, told = row.get("owner"), _exception(result, deal)
        if told is not None and told["code"] in ("K105", "K106", "K107", "K108"):
            return Refusal("", "crediting", told["reason"], told["mend"])
        if rules := _by_rules(book):
            return Refusal("", "crediting", f"{rules}; `{payee}` has no share of it and is not the manager of who has")
        change = of_owner(deal, payee)
        if told is not None and told["code"] in ("K101", "K102"):
            return Refusal("", "owner", told["reason"], told["mend"], change=change)
        why = f"`{owner}` owns it; `{payee}` has no share of it, is not above who has, and shares no group with them"
        return Refusal("", "owner", why, change=change)
    people = world.tables["payees"].filter(pl.col("payee_id") == payee)
    hired = people["hired"].drop_nulls().max() if "hired" in people.columns else None
    if isinstance(hired, date) and hired > day:
        return Refusal("", "hired", f"`{payee}` was hired on {hired}, after {day}", change=employed(payee, day))
    mine = world.tables["assignments"].filter(pl.col("payee_id") == payee)
    ends = pl.col("to").fill_null(date.max) if "to" in mine.columns else pl.lit(date.max)
    held = mine.filter((pl.col("from").fill_null(date.min) <= day) & (ends >= day))
    if held.is_empty():
        spans = ", ".join(f"{r['plan']} {listed(r['from'], r.get('to'))}" for r in mine.to_dicts())
        why = f"`{payee}` is on no plan on {day}" + (f": {spans}" if spans else "; no row of `assignments` is theirs")
        return Refusal("", "plan", why, change=put_on_plan(payee, day) if len(mine) else None)
    plan = str(held["plan"][0])
    loaded = next((p.plan for p in world.plans if p.plan.plan == plan), None)
    if loaded is None:
        return Refusal("", "plan", f"plan `{plan}` is not in force: it is a draft, or has no file")
    first, last = loaded.effective.first, loaded.effective.last
    if (first and day < first) or (last and day > last):
        return Refusal("", "plan", f"plan `{plan}` is in force {listed(first, last)}, and {day} is not in it")
    return plan


def _by_rules(book: Book) -> str:
    """Say to whom the crediting rules give the deal; empty where none gives an owner."""
    if book.refused is None or book.splits is None:
        return ""
    given = book.splits.filter((pl.col("role") == "owner") & (pl.col("~rule") != "")).join(
        book.people.ids.select("~p", "payee_id"), on="~p", how="left", maintain_order="left"
    )
    given = given.filter(pl.col("~shares").is_in(book.deals["~shares"].implode()))
    said = given.select("~rule", pl.col("payee_id").fill_null("nobody")).unique(maintain_order=True)
    return " and ".join(f"crediting rule `{rule}` gives it to `{who}`" for rule, who in said.iter_rows())


def _exception(result: Result, deal: str) -> Mapping[str, Any] | None:
    found = result.exceptions.filter((pl.col("deal") == deal) & (pl.col("component") == "")).to_dicts()
    return found[0] if found else None


def _related(book: Book, payee: str, day: date) -> bool:
    """Whether the payee owns the deal, has a share of it, is above somebody who does, or is credited with their group."""
    numbers = dict(book.people.ids.select("payee_id", "~p").iter_rows())
    holders = {p for p in book.deals["~p"].to_list() if p is not None}
    if book.splits is not None:
        mine = book.splits.filter(pl.col("~shares").is_in(book.deals["~shares"].implode()))
        owners = mine.filter(pl.col("role") == "owner")
        holders = (set() if len(owners) else holders) | {p for p in mine["~p"].to_list() if p is not None}
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
