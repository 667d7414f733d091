"""The book of a run: every table read once, numbered and ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from commcalc.base.calendar import Calendar, Period
from commcalc.checks.facts import Facts
from commcalc.engine.currency import (
    KEPT_RATES,
    RATE,
    RATE_DAY,
    RATE_FROM,
    RATE_OF,
    UNRATED,
    in_currency,
    in_other_currencies,
    money_columns,
    with_rate_days,
)
from commcalc.engine.events import EVENTS, events_of, sales_with_amounts
from commcalc.engine.exchange import RATES, rates_of
from commcalc.engine.instead import with_places_taken
from commcalc.engine.kept_rates import HOUSE, kept_rates
from commcalc.engine.moments import Moments, prepare_moments
from commcalc.engine.people import FIRST_DAY, LAST_DAY, People, prepare_people
from commcalc.engine.rule_credit import HouseRules, columns_of
from commcalc.engine.share_lists import listed
from commcalc.engine.vanished import GONE, VANISHED, gone_of, strangers_of
from commcalc.language.expression import walk
from commcalc.language.expression.nodes import Name
from commcalc.plan.crediting import Crediting
from commcalc.plan.exchange import Exchange, exchange_of
from commcalc.plan.load import LoadedPlan
from commcalc.plan.windows import rolling_of
from commcalc.tables.exact import D
from commcalc.tables.ordering import numbered
from commcalc.tables.posted import Posted


@dataclass(frozen=True, slots=True)
class House:
    """What the project says for all plans."""

    readings: Mapping[str, str]
    currency: str
    credit_date: str
    count_columns: frozenset[str]  # deal columns that hold whole units
    crediting: Crediting | None = None
    territory_keys: tuple[str, ...] = ()  # key columns of the territories table
    facts: Facts = field(default_factory=Facts)  # what types the columns have
    fx: Exchange | None = None  # at which rates money is converted, where a plan does not say


@dataclass(frozen=True, slots=True)
class SharedDeals:
    """The role in which a book's deals are shared, and the payees of each stream: `~p` (stream), `~real`, in their order.

    book: the same before streams were made of it.
    """

    role: str
    holders: pl.DataFrame
    book: Book

    def with_streams(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows of payees (`~p`) with those of each stream, which has what its first payee has."""
        first = self.holders.unique("~p", keep="first", maintain_order=True).rename({"~p": "~stream"})
        copies = rows.join(first, left_on="~p", right_on="~real", maintain_order="left")
        return pl.concat([rows, copies.with_columns(pl.col("~stream").alias("~p")).select(rows.columns)])


@dataclass(frozen=True, slots=True)
class Book:
    """All that a run reads.

    deals: one row each: `~k` (place in the order of deal id and line), `~p` (owner, empty where unknown), `~sale` (number of
    the sale: `returns`, else the deal), `~deal` (number of the deal id), and the deal's columns. In a part of a run
    (engine.parts) they stand by owner, credit date and place, and have `~row`, their own number from 0.
    splits: `~shares` (number of the list: the deal id's, or one of engine.share_lists), `~p` (empty for nobody), `role`, `~n`, `~q` (share n/q),
    `~place`, `~rest` (last of its role), in order; by crediting rules also `~rule`, the rules that gave it; or None.
    events: engine.events.EVENTS of the sales that are here; sales: `~sale amount` and dates of the rows of sales that events bring amounts to.
    adjustments: `~p ~plan` and the columns of the table. strange: rows of events whose deal is not among the deals.
    posted: what closed periods have posted; withdrawn: GONE; vanished: VANISHED.
    refused: `~shares code rule fields text` of lists that the crediting rules do not decide; None without rules.
    rates: engine.exchange.RATES; kept_rates: KEPT_RATES. Where deals are in other currencies these have `~rateday`, and their money is as it was read.
    """

    plans: tuple[LoadedPlan, ...]
    house: House
    calendar: Calendar
    moments: Moments
    people: People
    deals: pl.DataFrame
    splits: pl.DataFrame | None
    quotas: pl.DataFrame
    kpis: pl.DataFrame
    openings: pl.DataFrame
    period: Period
    shared: SharedDeals | None = None  # where pay, not credit, is split
    refused: pl.DataFrame | None = None
    events: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EVENTS))
    sales: pl.DataFrame = field(default_factory=pl.DataFrame)
    adjustments: pl.DataFrame = field(default_factory=pl.DataFrame)
    strange: pl.DataFrame = field(default_factory=pl.DataFrame)
    posted: Posted | None = None
    withdrawn: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GONE))
    vanished: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=VANISHED))
    rates: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RATES))
    kept_rates: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=KEPT_RATES))

    @property
    def now(self) -> date:
        """The last day of the period that is calculated."""
        return self.period.last

    def all_deals(self, column: str) -> pl.Series:
        """Return a column of the deals by number, with those that were withdrawn behind them."""
        rows = self.deals[column]
        return rows.append(self.withdrawn[column].cast(rows.dtype)) if len(self.withdrawn) else rows


def prepare_book(
    plans: tuple[LoadedPlan, ...],
    house: House,
    calendar: Calendar,
    tables: Mapping[str, pl.DataFrame],
    period: Period,
    posted: Posted | None = None,
) -> Book:
    """Number payees and deals and lay the calendar over all their days."""
    plans = tuple(with_places_taken(p) for p in plans)
    people = prepare_people(tables["payees"], tables["assignments"], [p.plan for p in plans])
    deals = _deals(_needed(tables["deals"], plans, house), people)
    quotas = tables.get("quotas", pl.DataFrame())
    moments = prepare_moments(calendar, *_days(plans, period, tables))
    splits = _splits(tables["splits"], deals, people) if len(tables.get("splits", pl.DataFrame())) else None
    if splits is not None:
        deals = _with_shares(deals, splits)
    posted = posted.before(period.first) if posted is not None else None
    rates = rates_of(tables.get("fx"), calendar)
    if in_other_currencies(deals, house.currency):
        deals = with_rate_days(deals, dates_of(plans, house))
    kept = kept_rates(deals, posted)
    refused: pl.DataFrame | None = None
    if house.crediting is not None:
        mode = house.readings.get("rounding", "half-up")
        rules = HouseRules(house.crediting, people, tables.get("territories"), house.territory_keys, mode)
        lists = listed(rules, _as_rules_see(deals, rates, kept, house), splits, dates_of(plans, house))
        splits, refused = lists.shares, lists.refused
        read = [deals[c] for c in money_columns(deals, house.facts)]
        deals = lists.deals.drop(UNRATED, RATE, RATE_FROM, RATE_OF, strict=False).with_columns(read)
    withdrawn, missing = gone_of(posted, deals, tables)
    strangers = strangers_of(posted, people.ids["payee_id"], {p.plan.plan: frozenset(p.plan.components) for p in plans})
    happened = tables.get("events", pl.DataFrame())
    events = events_of(happened, deals)
    return Book(
        plans,
        house,
        calendar,
        moments,
        people,
        deals,
        splits,
        _numbered(quotas, people),
        _numbered(tables.get("kpis", pl.DataFrame()), people),
        _numbered(tables.get("openings", pl.DataFrame()), people),
        period,
        refused=refused,
        events=events,
        sales=sales_with_amounts(deals, events, dates_of(plans, house)),
        adjustments=_numbered(tables.get("adjustments", pl.DataFrame()), people),
        posted=posted,
        withdrawn=withdrawn,
        vanished=pl.concat([missing, strangers]),
        rates=rates,
        kept_rates=kept,
        strange=happened.filter(~pl.col("deal_id").is_in(deals["deal_id"].implode())) if len(happened) else happened,
    )


def _as_rules_see(deals: pl.DataFrame, rates: pl.DataFrame, kept: pl.DataFrame, house: House) -> pl.DataFrame:
    """The deals as crediting rules look at them: all money in the project's currency."""
    if RATE_DAY not in deals.columns:
        return deals
    kept = kept.filter(pl.col("plan") == HOUSE)
    return in_currency(deals, rates, house.currency, exchange_of(house.fx, None), house.facts, kept)


def dates_of(plans: tuple[LoadedPlan, ...], house: House) -> list[str]:
    """Return the columns of the dates that credit deals: the project's, then those of measures that have their own."""
    own = {m.date for p in plans for m in p.plan.measures.values() if m.date}
    return [house.credit_date, *sorted(own - {house.credit_date})]


def _numbered(frame: pl.DataFrame, people: People) -> pl.DataFrame:
    if frame.is_empty() or "payee_id" not in frame.columns:
        return frame.with_columns(pl.lit(None, dtype=pl.UInt32).alias("~p")) if frame.width else frame
    return frame.join(people.ids.select("payee_id", "~p"), on="payee_id", how="left", maintain_order="left")


LONGEST = {"period": 92, "month": 31, "quarter": 92, "half": 184, "year": 371}
"""At most so many days has one window of the calendar."""
ALWAYS = ("deal_id", "line", "owner", "amount", "returns", "file", "row")


def _needed(deals: pl.DataFrame, plans: tuple[LoadedPlan, ...], house: House) -> pl.DataFrame:
    """Leave behind the columns that no plan names: each would be sorted along."""
    named = {n.id for p in plans for at in p.places for n in walk(at.expression.node) if isinstance(n, Name)}
    dates = {m.date for p in plans for m in p.plan.measures.values() if m.date}
    ruled = columns_of(house.crediting, house.territory_keys) if house.crediting is not None else frozenset[str]()
    claws = [c for p in plans for one in p.plan.components.values() for c in one.clawback]
    capped = {c.per for p in plans for c in p.plan.caps if c.of_deals}
    limits = {c.within for c in claws if isinstance(c.within, str)}
    currency = ["currency"] if in_other_currencies(deals, house.currency) else []
    keep = {*ALWAYS, *currency, house.credit_date, *dates, *named, *ruled, *limits, *capped}
    return deals.select(c for c in deals.columns if c in keep)


def _deals(deals: pl.DataFrame, people: People) -> pl.DataFrame:
    if "owner" in deals.columns:
        owners = people.ids.select(pl.col("payee_id").alias("owner"), "~p")
        frame = deals.join(owners, on="owner", how="left", maintain_order="left")
    else:
        frame = deals.with_columns(pl.lit(None, dtype=pl.String).alias("owner"), pl.lit(None, dtype=pl.UInt32).alias("~p"))
    frame = frame.hstack(numbered(frame))
    if "line" not in frame.columns:
        frame = frame.with_columns(pl.lit(0, dtype=pl.UInt32).alias("line"))
    return _with_sales(frame)


def _with_sales(frame: pl.DataFrame) -> pl.DataFrame:
    if "returns" not in frame.columns:
        return frame.with_columns(pl.col("~deal").alias("~sale"))
    sales = frame.select(pl.col("deal_id").alias("returns"), pl.col("~deal").alias("~sale")).unique("returns")
    named = frame.join(sales, on="returns", how="left", maintain_order="left")
    return named.with_columns(pl.coalesce("~sale", "~deal").alias("~sale"))


def _with_shares(deals: pl.DataFrame, splits: pl.DataFrame) -> pl.DataFrame:
    """Add `~shares`: the deal whose shares hold, its own where splits list it, else those of the sale that it takes back."""
    listed = pl.col("~deal").is_in(splits["~shares"].unique().implode())
    return deals.with_columns(pl.when(listed).then("~deal").otherwise("~sale").alias("~shares"))


def _splits(splits: pl.DataFrame, deals: pl.DataFrame, people: People) -> pl.DataFrame:
    """Order the shares of each deal and role as stated, else by payee, and mark the last: it takes the rest."""
    keys = deals.select("deal_id", "~deal").unique("deal_id")
    if "returns" in deals.columns:  # a sale of earlier times is not among the deals, its shares may be among the splits
        known, listed = deals["deal_id"].unique().implode(), splits["deal_id"].unique().implode()
        alone = deals.filter(pl.col("returns").is_not_null() & ~pl.col("returns").is_in(known) & ~pl.col("deal_id").is_in(listed))
        keys = pl.concat([keys, alone.select(pl.col("returns").alias("deal_id"), "~deal").unique()])
    role = pl.col("role").fill_null("owner") if "role" in splits.columns else pl.lit("owner")
    order = pl.col("order") if "order" in splits.columns else pl.lit(None, dtype=D)
    frame = (
        splits.join(keys, on="deal_id")
        .join(people.ids.select("payee_id", "~p"), on="payee_id", how="left")
        .with_columns(role.alias("role"), order.cast(D).alias("~order"))
        .sort("~deal", "role", "~order", "~p", nulls_last=True)
    )
    return frame.select(
        pl.col("~deal").alias("~shares"),
        "~p",
        "role",
        pl.col("share_num").cast(D).alias("~n"),
        pl.col("share_den").cast(D).alias("~q"),
        pl.int_range(pl.len()).over("~deal", "role").alias("~place"),
        (pl.int_range(pl.len()) == pl.len() - 1).over("~deal", "role").alias("~rest"),
    )


def _days(plans: tuple[LoadedPlan, ...], period: Period, tables: Mapping[str, pl.DataFrame]) -> tuple[date, date]:
    """Return the first and last day that any window of the run can touch."""
    found: list[date] = [period.first, period.last]
    for name, frame in tables.items():
        for column, kind in frame.schema.items():
            if kind == pl.Date and column not in ("hired", "left") and name != "fx":
                bounds = frame.select(pl.col(column).min().alias("a"), pl.col(column).max().alias("b")).row(0)
                found += [d for d in bounds if d is not None and FIRST_DAY < d < LAST_DAY]
    for loaded in plans:
        found += [d for d in (loaded.plan.effective.first, loaded.plan.effective.last) if d is not None]
    rolling = [rolling_of(m.window) for loaded in plans for m in loaded.plan.measures.values()]
    longest = max((r.count * LONGEST[r.base] for r in rolling if r is not None), default=0)
    year = timedelta(days=370)
    found[0] -= timedelta(days=min(longest, 80_000))
    return max(min(found), date(1900, 1, 1)) - year, min(max(found), date(2200, 1, 1)) + year
