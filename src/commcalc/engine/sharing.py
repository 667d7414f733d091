"""Sharing pay: under `split: pay` a deal is earned as one payee's and its rounded pay shared out (docs/semantics.md 9)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from commcalc.base.money import minor_units
from commcalc.engine.book import Book
from commcalc.engine.earnings import KEY, Job
from commcalc.engine.people import People
from commcalc.engine.settle import FIGURES, Settled
from commcalc.plan.readings import reading
from commcalc.tables.exact import D, Sharing, largest_remainder, product, quotient

ONE = pl.lit(1).cast(D)


@dataclass(frozen=True, slots=True)
class Streams:
    """Deals with the same owner shares, each list of shares as if it were one payee.

    book: the run's book with streams in the place of payees; shares: `~deal`, `~stream`, `~real` (empty for nobody),
    `~role`, `~n`, `~q`, `~turn` for every share of a deal; owners: the same once for each stream.
    """

    book: Book
    shares: pl.DataFrame
    owners: pl.DataFrame


def streams_of(book: Book) -> Streams | None:
    """Return the streams of a run's deals; None where no deal is split."""
    if book.splits is None:
        return None
    owners = book.splits.filter(pl.col("role") == "owner")
    mark = pl.concat_str(
        [pl.col("~p").cast(pl.String).fill_null("-"), pl.col("~n").cast(pl.String), pl.col("~q").cast(pl.String)], separator=":"
    )
    lists = (
        owners.sort("~deal", "~place")
        .group_by("~deal", maintain_order=True)
        .agg(mark.str.join("|").alias("~list"), pl.col("~p").drop_nulls().first().alias("~first"))
    )
    known = lists.unique("~list", maintain_order=True).sort("~list")
    offset = len(book.people.ids)
    known = known.with_columns((pl.int_range(pl.len()) + offset).cast(pl.UInt32).alias("~stream"))
    lists = lists.join(known.select("~list", "~stream"), on="~list")
    people = _with_streams(book.people, known)
    deals = book.deals.join(lists.select("~deal", "~stream"), on="~deal", how="left", maintain_order="left")
    deals = deals.with_columns(pl.coalesce("~stream", "~p").alias("~p")).drop("~stream")
    shares = book.splits.join(lists.select("~deal", "~stream"), on="~deal").select(
        "~deal",
        "~stream",
        pl.col("~p").alias("~real"),
        pl.col("role").alias("~role"),
        "~n",
        "~q",
        pl.col("~place").alias("~turn"),
    )
    first = shares.filter(pl.col("~role") == "owner").unique(["~stream", "~turn"], maintain_order=True)
    return Streams(replace(book, people=people, deals=deals, splits=None), shares, first.drop("~deal"))


def _with_streams(people: People, known: pl.DataFrame) -> People:
    """A stream has the facts and assignments of its first payee."""
    pairs = known.select(pl.col("~first").alias("~p"), "~stream").drop_nulls()

    def doubled(frame: pl.DataFrame) -> pl.DataFrame:
        copies = frame.join(pairs, on="~p").with_columns(pl.col("~stream").alias("~p")).select(frame.columns)
        return pl.concat([frame, copies])

    assignments = doubled(people.assignments).drop("~a").with_row_index("~a")
    return People(doubled(people.ids), doubled(people.facts).sort("~p", "~from"), assignments)


def shared_out(job: Job, found: Settled, streams: Streams) -> Settled:
    """Share each rounded figure of a stream over the deal's payees, each role by itself; nobody's part is dropped."""
    rows = _with_shares(job, found.rows, streams)
    if rows.is_empty():
        return found
    alone = rows.filter(pl.col("~n").is_null()).select(FIGURES)
    split = rows.filter(pl.col("~n").is_not_null())
    remainder = reading("remainder", job.component, job.book.house.readings) or "largest"
    mode = reading("rounding", job.component, job.book.house.readings) or "half-up"
    part = quotient(product(pl.col("~amount"), pl.col("~n")), pl.col("~q"))
    how = Sharing([*KEY, "kind", "~share_role"], ["~turn"], minor_units(job.plan.currency), remainder, mode)
    shared = largest_remainder(split.with_columns(part.alias("~part")).lazy(), "~amount", "~part", how).collect()
    exact = quotient(product(pl.col("~exact"), pl.col("~n")), pl.col("~q"))
    shared = shared.with_columns(
        pl.col("~real").alias("~p"),
        pl.col("~share_role").alias("~role"),
        pl.col("share").alias("~amount"),
        exact.alias("~exact"),
        quotient(product(pl.col("~basis"), pl.col("~n")), pl.col("~q")).alias("~basis"),
    )
    out = pl.concat([alone, shared.filter(pl.col("~p").is_not_null()).select(FIGURES)]).sort("~p", "~d", "~k", nulls_last=True)
    return Settled(out, _slices(job, found.slices, streams, out), found.blanks)


def _with_shares(job: Job, rows: pl.DataFrame, streams: Streams) -> pl.DataFrame:
    """Give each figure the shares of its deal; one of a payee and window those of its stream; others none."""
    deals = job.book.deals.select("~row", "~deal")
    named = rows.join(deals, on="~row", how="left", maintain_order="left", nulls_equal=False)
    keep = ["~real", "~share_role", "~n", "~q", "~turn"]
    every = streams.shares.rename({"~role": "~share_role"})
    lacking = _nobody(every, ["~deal", "~share_role"])
    by_deal = pl.concat([every, lacking.select(every.columns)]).drop("~stream")
    on_deal = named.filter(pl.col("~row").is_not_null()).join(by_deal, on="~deal", how="left", maintain_order="left")
    owners = streams.owners.rename({"~role": "~share_role", "~stream": "~p"})
    on_payee = named.filter(pl.col("~row").is_null()).join(owners, on="~p", how="left", maintain_order="left")
    return pl.concat([f.select(*rows.columns, *keep) for f in (on_deal, on_payee)])


def _nobody(shares: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """What a role's shares lack of 100% is nobody's, last."""
    ones = shares.group_by(group, maintain_order=True).agg(
        pl.col("~stream").first(),
        quotient(pl.col("~n"), pl.col("~q")).sum().alias("~sum"),
        pl.len().cast(pl.Int64).alias("~turn"),
    )
    short = ones.filter(pl.col("~sum") < pl.lit("0.999999999").cast(D))
    return short.with_columns(pl.lit(None, dtype=pl.UInt32).alias("~real"), (ONE - pl.col("~sum")).alias("~n"), ONE.alias("~q"))


def _slices(job: Job, slices: pl.DataFrame, streams: Streams, rows: pl.DataFrame) -> pl.DataFrame:
    """The slices times the share; the highest takes the rest of the line's exact figure."""
    deals = job.book.deals.select("~row", "~deal")
    shares = streams.shares.drop("~stream", "~turn").rename({"~role": "~share_role", "~n": "~sn"})
    named = slices.join(deals, on="~row", how="left", maintain_order="left")
    joined = named.join(shares, on="~deal", how="left", maintain_order="left")
    alone = joined.filter(pl.col("~sn").is_null()).select(slices.columns)
    parts = joined.filter(pl.col("~real").is_not_null()).with_columns(
        pl.col("~real").alias("~p"),
        pl.col("~share_role").alias("~role"),
        quotient(product(pl.col("exact"), pl.col("~sn")), pl.col("~q")).alias("exact"),
        quotient(product(pl.col("basis"), pl.col("~sn")), pl.col("~q")).alias("basis"),
    )
    exact = rows.filter(pl.col("kind") == "earning").select(*KEY, pl.col("~exact").alias("~line"))
    parts = parts.select(slices.columns).join(exact, on=KEY, how="left", maintain_order="left", nulls_equal=True)
    last = pl.col("~n") == pl.col("~n").max().over(KEY)
    rest = pl.col("~line") - (pl.col("exact").sum().over(KEY) - pl.col("exact"))
    parts = parts.with_columns(pl.when(last).then(rest).otherwise(pl.col("exact")).alias("exact"))
    return pl.concat([alone, parts.select(slices.columns)])
