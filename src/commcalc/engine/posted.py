"""Posted: what closed periods have paid, in the place of what would be worked out anew (semantics 8, docs/semantics.md 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.earnings import EMPTY_SLICES, KEY, SLICE, Job
from commcalc.engine.openings import with_openings
from commcalc.engine.people import FIRST_DAY, LAST_DAY
from commcalc.engine.settle import FIGURES, KIND, Settled, renumbered
from commcalc.tables.exact import D
from commcalc.tables.posted import ON, Posted
from commcalc.tables.rows import only

LINE = ["~p", "~role", "~level", "~row", "~wfirst", "~floor"]
"""What tells a credit, or a payee and window, in what was posted: windows go by their days, for their numbers are the run's own."""
OWN = 2**62
"""Numbers of windows that the run does not have begin here, below zero: no calendar reaches so far."""


@dataclass(frozen=True, slots=True)
class Before:
    """What closed periods posted for a component, and what they released of it: `~p amount`.

    there: the figures of deals that are still among the deals. vanished: `~p amount` of those that are gone without a word: their
    pay stands, so that it is neither among the figures nor, as far as it was paid, in what was released.
    """

    figures: Settled
    released: pl.DataFrame
    there: Settled
    vanished: pl.DataFrame


def closed_before(book: Book, first: date) -> Posted | None:
    """Return what was posted before a paying span that begins on `first`; None unless all periods up to the day before are closed."""
    closed = book.posted.before(first) if book.posted is not None else None
    return closed if closed is not None and closed.periods[-1][1] == first - timedelta(days=1) else None


def before_of(job: Job, closed: Posted, now: Settled) -> Before:
    """Return what was posted for a component; `now` are its figures, which number its windows."""
    mine = (pl.col("plan") == job.plan.plan) & (pl.col("component") == job.name)
    every = _numbered(job.book, closed.lines.filter(mine & ~pl.col("accrued")))
    gone = (pl.col("deal") != "") & pl.col("~row").is_null()
    found, vanished = every.filter(~gone), every.filter(gone)
    figures = _with_windows(_summed(found, closed.slices), now)
    payees = job.book.people.ids.select(pl.col("payee_id").alias("payee"), "~p")
    paid = closed.payments.filter(mine & pl.col("step").is_in(["released", "clawback"])).join(payees, on="payee")
    released = [paid.filter(pl.col("~p").is_in(_here(job.book))).select("~p", "amount")]
    if (opened := _opened(job, found, closed.periods[0][0])) is not None:
        figures = _added_up([opened, figures])
        released.append(opened.rows.select("~p", pl.col("~amount").alias("amount")))
    released.append(vanished.filter(~pl.col("held")).select("~p", -pl.col("amount")))
    sums = pl.concat(released).group_by("~p", maintain_order=True).agg(pl.col("amount").sum())
    figures = replace(figures, dead=_dead(figures.rows))
    there = only(figures.rows, pl.col("~row").is_null() | (pl.col("~row") < len(job.book.deals)))
    stand = vanished.group_by("~p", maintain_order=True).agg(pl.col("amount").sum())
    return Before(figures, sums, replace(figures, rows=there), stand)


def _opened(job: Job, posted: pl.DataFrame, begun: date) -> Settled | None:
    """Return what openings say was paid before the first closed period or in one, unless by then something was posted of the window."""
    found = with_openings(job, None, begun)
    if found is None:
        return None
    days = posted.group_by("~p", "~wfirst").agg(pl.col(ON).min())
    rows = found.rows.join(days, on=["~p", "~wfirst"], how="left", maintain_order="left")
    rows = rows.filter((pl.col(ON) > pl.col("~d")).fill_null(value=True)).select(FIGURES)
    return Settled(rows, found.slices.join(rows.select(KEY), on=KEY, how="semi", nulls_equal=True), [])


def _here(book: Book) -> pl.Series:
    """The payees of a part, for `is_in`."""
    return book.people.facts["~p"].unique().implode()


def _numbered(book: Book, lines: pl.DataFrame) -> pl.DataFrame:
    """Return lines with the run's numbers of payees and deals; those of deals that vanished have none."""
    deals = book.deals.select("deal_id", pl.col("line").cast(pl.UInt32).fill_null(0), "~row", "~k")
    every = pl.concat([deals, book.withdrawn]) if len(book.withdrawn) else deals
    payees = book.people.ids.select(pl.col("payee_id").alias("payee"), "~p")
    found = lines.join(payees, on="payee", maintain_order="left").filter(pl.col("~p").is_in(_here(book)))
    found = found.join(every, left_on=["deal", "line"], right_on=["deal_id", "line"], how="left", maintain_order="left")
    return found.with_columns(
        pl.col("role").alias("~role"),
        pl.col("level").alias("~level"),
        pl.col("window_first").fill_null(FIRST_DAY).alias("~wfirst"),
        pl.col("window_last").fill_null(LAST_DAY).alias("~wlast"),
        pl.col("credit_date").alias("~d"),
        pl.col("kind").cast(KIND),
        # the floors of one payee may be of windows that begin on one day
        pl.when((pl.col("kind") == "floor") & (pl.col("deal") == "")).then(pl.col("window_last")).alias("~floor"),
    )


def _summed(lines: pl.DataFrame, slices: pl.DataFrame) -> Settled:
    """Add up what periods posted one after another on the same credit, with the slices that it has in the end."""
    lines = lines.with_columns(pl.struct(LINE).rank("dense").cast(pl.UInt32).alias("~line"))
    rows = lines.group_by(*LINE, "kind", "~line", maintain_order=True).agg(
        pl.col("~k", "~d", "~wlast").last(),
        pl.col("basis").last().alias("~basis"),
        pl.lit(None, dtype=D).alias("~rate"),
        pl.col("factor").last().alias("~factor"),
        pl.col("exact").sum().alias("~exact"),
        pl.col("amount").sum().alias("~amount"),
        pl.lit(value=False).alias("~held"),
    )
    rows = rows.filter((pl.col("~exact") != 0) | (pl.col("~amount") != 0) | (pl.col("kind") == "earning"))
    of_lines = lines.filter(pl.col("kind") == "earning").select(pl.col("id").alias("line_id"), ON, *LINE, "~line")
    return Settled(rows, _standing(slices.join(of_lines, on=["line_id", ON], maintain_order="right_left")), [])


def _standing(slices: pl.DataFrame) -> pl.DataFrame:
    """Return the slices that each line has now: those last posted, but for the ones there that took back what stood before.

    A line shows its own slices first and then, with signs reversed, those that stood: so their numbers tell which are which.
    """
    counts = slices.group_by("~line", ON).agg(pl.len().cast(pl.Int64).alias("~c")).sort("~line", ON)
    later = pl.len().cast(pl.Int64) - 1 - pl.int_range(pl.len(), dtype=pl.Int64)
    own = (pl.col("~c") * (1 - 2 * (later % 2))).sum().alias("~own")
    last = counts.group_by("~line").agg(pl.col(ON).last(), own)
    kept = slices.join(last, on=["~line", ON], maintain_order="left")
    return kept.filter(pl.col("n") <= pl.col("~own")).rename({"n": "~n"})


def _with_windows(posted: Settled, now: Settled) -> Settled:
    """Give each window its number in the run, which alone has numbers for them; one that the run has not has one of its own."""
    floor = pl.when((pl.col("kind") == "floor") & pl.col("~row").is_null()).then(pl.col("~wlast")).alias("~floor")
    known = now.rows.select(*LINE[:-1], floor, "~w").unique(LINE, maintain_order=True)
    lines = posted.rows.select(*LINE, "~line").unique("~line", maintain_order=True)
    found = lines.join(known, on=LINE, how="left", nulls_equal=True, maintain_order="left")
    alone = -(pl.col("~line").cast(pl.Int64) + OWN)
    numbers = found.select("~line", pl.coalesce("~w", alone).alias("~w"))
    rows = posted.rows.join(numbers, on="~line", maintain_order="left").select(FIGURES)
    slices = posted.slices.join(numbers, on="~line", maintain_order="left").select(SLICE).cast(EMPTY_SLICES)  # type: ignore[arg-type]
    return renumbered(Settled(rows, slices, []))


def _added_up(parts: Sequence[Settled]) -> Settled:
    """Add up figures of the same line from several places."""
    keys = [*KEY, "kind"]
    every = pl.concat([p.rows for p in parts])
    last = [pl.col(c).last() for c in FIGURES if c not in (*keys, "~exact", "~amount")]
    rows = every.group_by(keys, maintain_order=True).agg(*last, pl.col("~exact", "~amount").sum()).select(FIGURES)
    slices = pl.concat([p.slices for p in parts])
    number = pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over(KEY)
    return renumbered(Settled(rows, slices.with_columns(number.alias("~n")), []))


def _dead(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the credits of which a clawback has taken back all that was posted."""
    sums = rows.group_by(KEY, maintain_order=True).agg(
        pl.col("~amount", "~exact").sum(), (pl.col("kind") == "clawback").any().alias("~back")
    )
    return sums.filter(pl.col("~back") & (pl.col("~amount") == 0) & (pl.col("~exact") == 0)).select(KEY)
