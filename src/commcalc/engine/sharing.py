"""Sharing pay: under `split: pay` a deal is earned as one payee's and its rounded pay shared out (docs/semantics.md 9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from commcalc.engine.book import Book, SharedDeals
from commcalc.engine.change import topped_up
from commcalc.engine.components.lines import of_payees
from commcalc.engine.credit import on_plan, shares_column
from commcalc.engine.earnings import KEY, Blank, Job
from commcalc.engine.facts import with_facts
from commcalc.engine.measure import with_plan_columns
from commcalc.engine.people import FIRST_DAY, LAST_DAY, People, join_effective
from commcalc.engine.rounding import shared_among
from commcalc.engine.settle import FIGURES, KIND, Settled
from commcalc.plan.readings import reading
from commcalc.tables.exact import largest_remainder, product, quotient


@dataclass(frozen=True, slots=True)
class Streams:
    """Deals that the same payees share alike in a role, each list of shares as if it were one payee.

    book: the run's book with streams in the place of payees; shares: `~p` (stream), `~real` (empty for nobody), `~n ~q ~turn`
    for every share, what they lack of 100% last.
    """

    book: Book
    shares: pl.DataFrame


def streams_of(book: Book, role: str, date: str) -> Streams | None:
    """Return the streams of the deals that are shared in a role as of a date; None where there are none.

    A deal that nobody shares is its owner's own: in the role of owner it stays his, in others it has no credit.
    """
    splits = book.splits.filter(pl.col("role") == role) if book.splits is not None else None
    if splits is None or splits.is_empty():
        return None
    mark = pl.concat_str(pl.col("~p").cast(pl.String).fill_null("-"), "~n", "~q", separator=":")
    lists = splits.sort("~shares", "~place").group_by("~shares", maintain_order=True).agg(mark.str.join("|").alias("~list"))
    known = lists.unique("~list", keep="first", maintain_order=True).sort("~list")
    known = known.with_columns((pl.int_range(pl.len()) + len(book.people.ids)).cast(pl.UInt32).alias("~stream"))
    shares = splits.join(known.select("~shares", "~stream"), on="~shares").sort("~stream", "~place")
    shares = shares.select(
        pl.col("~stream").alias("~p"), pl.col("~p").alias("~real"), "~n", "~q", pl.col("~place").alias("~turn")
    )
    first = shares.drop_nulls("~real").unique("~p", keep="first", maintain_order=True)
    streams = lists.join(known.select("~list", "~stream"), on="~list").select("~shares", "~stream")
    deals = book.deals.with_columns(shares_column(book, date)).join(streams, on="~shares", how="left", maintain_order="left")
    alone = pl.col("~p") if role == "owner" else pl.lit(None, dtype=pl.UInt32)
    deals = deals.with_columns(pl.coalesce("~stream", alone).alias("~p")).drop("~stream")
    holders = shares.drop_nulls("~real").select("~p", "~real")
    inner = replace(
        book,
        people=_with_streams(book.people, first),
        deals=deals,
        splits=None,
        quotas=_doubled(book.quotas, first),
        kpis=_doubled(book.kpis, first),
        shared=SharedDeals(role, holders, book),
    )
    return Streams(inner, _with_nobody(shares))


def _with_streams(people: People, first: pl.DataFrame) -> People:
    """A stream has the facts and assignments of its first payee."""
    assignments = _doubled(people.assignments, first).drop("~a").with_row_index("~a")
    return People(_doubled(people.ids, first), _doubled(people.facts, first).sort("~p", "~from"), assignments)


def _doubled(frame: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """What names a stream's first payee is the stream's too."""
    if "~p" not in frame.columns:
        return frame
    pairs = first.select(pl.col("~real"), pl.col("~p").alias("~stream"))
    copies = frame.join(pairs, left_on="~p", right_on="~real").with_columns(pl.col("~stream").alias("~p"))
    return pl.concat([frame, copies.select(frame.columns)])


def _with_nobody(shares: pl.DataFrame) -> pl.DataFrame:
    """What the shares of a stream lack of 100% is nobody's, last."""
    found = []
    for (stream,), rows in shares.group_by("~p", maintain_order=True):
        parts = [Fraction(int(n), int(q)) for n, q in rows.select("~n", "~q").iter_rows()]
        lacking = 1 - sum(parts, Fraction(0))
        if lacking > 0:
            found.append((stream, None, Decimal(lacking.numerator), Decimal(lacking.denominator), len(parts)))
    return pl.concat([shares, pl.DataFrame(found, schema=shares.schema, orient="row")])


def apart(job: Job) -> list[Blank]:
    """Deals whose payees are not all on the plan that day cannot be earned as one payee's: an exception of each such deal."""
    shared, measured = job.book.shared, job.measured
    assert shared is not None
    column = (measured.measure.date if measured is not None else None) or job.book.house.credit_date
    deals = job.book.deals.filter(pl.col(column) <= job.book.now).select("~p", "~row", pl.col(column).alias("~d"))
    assigned = job.book.people.assignments.filter(pl.col("plan") == job.plan.plan).select("~p", "~from", "~to", "~a")
    first, last = job.plan.effective.first or FIRST_DAY, job.plan.effective.last or LAST_DAY
    deals = deals.filter(pl.col("~d").is_between(first, last))
    rows = on_plan(shared, job.book.people, deals, assigned).filter((pl.col("~on") > 0) & (pl.col("~on") < pl.col("~of")))
    return [Blank("split", "split", rows.select(pl.col("~first").alias("~p"), "~row"))] if len(rows) else []


def shared_out(job: Job, found: Settled, streams: Streams) -> Settled:
    """Share what is rounded together over a stream's payees; nobody's part is dropped, and what a condition on payees leaves out."""
    keep = ["~real", "~n", "~q", "~turn", "~run"]
    rows = _running(job, found.rows).join(streams.shares, on="~p", how="left", maintain_order="left").select(*FIGURES, *keep)
    alone = rows.filter(pl.col("~n").is_null()).select(FIGURES)
    split = rows.filter(pl.col("~n").is_not_null())
    shared = _shared_totals(job, split).with_columns(
        quotient(product(pl.col("~exact"), pl.col("~n")), pl.col("~q")).alias("~exact"),
        quotient(product(pl.col("~basis"), pl.col("~n")), pl.col("~q")).alias("~basis"),
    )
    several = pl.col("~line").is_in(found.slices.filter(pl.col("~n") > 1)["~line"].unique().implode())
    rate = pl.when(several).then(quotient(pl.col("~exact"), pl.col("~basis"))).otherwise(pl.col("~rate"))
    shared = shared.with_columns(rate.alias("~rate"))
    named = shared.filter(pl.col("~real").is_not_null()).with_columns(pl.col("~real").alias("~p"))
    every, undecided = filtered_payees(job, pl.concat([alone, named.select(FIGURES)]))
    every = every.sort("~p", "~d", "~k", nulls_last=True)
    blanks = [Blank(b.rule, b.code, _real(b.rows, streams)) for b in found.blanks]
    return Settled(every, _slices(found.slices, streams, every), [*blanks, *undecided])


def _running(job: Job, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `~run`: the total, up to each figure and with it, of the figures of its kind that `round` rounds together."""
    how = reading("round", job.component, job.book.house.readings) or "line"
    if how == "line":
        return rows.with_columns(pl.col("~amount").alias("~run"))
    if how == "component":
        return rows.with_columns(pl.col("~amount").cum_sum().over("~p", "~w", "kind").alias("~run"))
    deals = job.book.deals.select("~row", "~deal")
    found = rows.join(deals, on="~row", how="left", maintain_order="left")
    return found.with_columns(pl.col("~amount").cum_sum().over("~p", "~deal", "kind").alias("~run")).drop("~deal")


def _shared_totals(job: Job, rows: pl.DataFrame) -> pl.DataFrame:
    """Let `~amount` be each holder's share of the running total less that of the total before (docs/semantics.md 9)."""
    numbered = rows.with_row_index("~i")
    how = shared_among(job, [*KEY, "kind"], ["~turn"])
    totals = []
    alone = bool((rows["~run"] == rows["~amount"]).all())  # of nothing before there is nothing to share
    for total in (pl.col("~run"), pl.col("~run") - pl.col("~amount"))[: 1 if alone else 2]:
        part = quotient(product(total, pl.col("~n")), pl.col("~q"))
        asked = numbered.with_columns(total.alias("~total"), part.alias("~part"))
        totals.append(largest_remainder(asked.lazy(), "~total", "~part", how).sort("~i").collect()["share"])
    return rows.with_columns((totals[0] if alone else totals[0] - totals[1]).alias("~amount"))


def with_floors(job: Job, found: Settled, day: date) -> Settled:
    """A floor is each payee's own: what his deals and his shares come to together (docs/semantics.md 9)."""
    if not any(x.per != "deal" for x in job.component.floors):
        return found
    (rows, added), blanks = topped_up(job, found.rows, day)
    added = added.with_columns(pl.lit("floor", dtype=KIND).alias("kind"))
    rows = pl.concat([rows, added], how="diagonal").select(FIGURES)
    return Settled(rows, found.slices, [*found.blanks, *blanks])


def _real(rows: pl.DataFrame, streams: Streams) -> pl.DataFrame:
    """An exception of a stream is one of each of its payees."""
    names = streams.shares.drop_nulls("~real").select("~p", "~real")
    found = rows.join(names, on="~p", how="left", maintain_order="left")
    return found.select(pl.coalesce("~real", "~p").alias("~p"), "~row").unique(maintain_order=True)


def filtered_payees(job: Job, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Blank]]:
    """Keep what conditions on the payee or the role let through: they look at each payee, after the sharing."""
    blanks: list[Blank] = []
    for rule, condition in (("eligible", job.component.eligible), ("where", job.component.where)):
        if condition is None or not of_payees(job, condition):
            continue
        reads = job.rules.reads(condition)
        columns = [c for c in sorted(_columns(job, reads.columns)) if c in job.book.deals.columns and c not in rows.columns]
        frame = rows.with_columns(pl.col("~role").alias("role")).join(
            job.book.deals.select("~row", *columns), on="~row", how="left", maintain_order="left"
        )
        frame = with_facts(job.book, job.plan, _assigned(job, frame), reads.payee, reads.params)
        frame = with_plan_columns(job.plan, frame, reads.columns, job.rules)
        frame = frame.with_columns(job.rules.expression(condition).alias("~holds"))
        undecided = frame.filter(pl.col("~holds").is_null())
        if len(undecided):
            blanks.append(Blank(f"{rule}: {condition.text}", "blank", undecided.select("~p", "~row").unique(maintain_order=True)))
        rows = frame.filter("~holds").select(rows.columns)
    return rows, blanks


def _columns(job: Job, named: frozenset[str]) -> frozenset[str]:
    inner = [job.rules.reads(job.plan.columns[c]).columns for c in named & job.plan.columns.keys()]
    return named.union(*inner)


def _assigned(job: Job, frame: pl.DataFrame) -> pl.DataFrame:
    rows = job.book.people.assignments.filter(pl.col("plan") == job.plan.plan).select("~p", "~from", "~to", "~a")
    return join_effective(frame, rows, "~d")


def _slices(slices: pl.DataFrame, streams: Streams, rows: pl.DataFrame) -> pl.DataFrame:
    """The slices times the share; the highest takes the rest of the line, basis and exact figure."""
    shares = streams.shares.rename({"~n": "~sn"})
    joined = slices.join(shares, on="~p", how="left", maintain_order="left")
    alone = joined.filter(pl.col("~sn").is_null()).select(slices.columns)
    parts = joined.filter(pl.col("~real").is_not_null()).with_columns(
        pl.col("~real").alias("~p"),
        quotient(product(pl.col("exact"), pl.col("~sn")), pl.col("~q")).alias("exact"),
        quotient(product(pl.col("basis"), pl.col("~sn")), pl.col("~q")).alias("basis"),
    )
    lines = rows.filter(pl.col("kind") == "earning").select(*KEY, pl.col("~exact").alias("~X"), pl.col("~basis").alias("~B"))
    parts = parts.select(slices.columns).join(lines, on=KEY, how="inner", maintain_order="left", nulls_equal=True)
    last = pl.col("~n") == pl.col("~n").max().over(KEY)
    rest = [pl.col(whole) - (pl.col(c).sum().over(KEY) - pl.col(c)) for c, whole in (("exact", "~X"), ("basis", "~B"))]
    parts = parts.with_columns(
        pl.when(last).then(rest[0]).otherwise(pl.col("exact")).alias("exact"),
        pl.when(last).then(rest[1]).otherwise(pl.col("basis")).alias("basis"),
    )
    return pl.concat([alone, parts.select(slices.columns)])
