"""Lines out: the run's lines, slices and credits with the names people read - payee, deal, period, plan line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.credit import shares_column
from commcalc.engine.currency import RATE, RATE_FROM, RATE_OF
from commcalc.engine.earnings import Job
from commcalc.engine.identity import line_ids
from commcalc.engine.labels import CAUSE, Labels, goals_of, place_of
from commcalc.engine.measure import Measured
from commcalc.engine.people import FIRST_DAY, LAST_DAY
from commcalc.engine.settle import Settled
from commcalc.tables.exact import D, quotient
from commcalc.tables.ordering import each_after_the_last
from commcalc.tables.results import CREDITS, LINES, SLICES
from commcalc.tables.rows import only


@dataclass(frozen=True, slots=True)
class Naming:
    """What lines are named with: the run's labels, and the letters of their ids."""

    labels: Labels
    letters: pl.Series


@dataclass(frozen=True, slots=True)
class Named:
    """A component's lines as columns of LINES; `marks`: `~line ~j ~id kind ~was` of each."""

    lines: pl.DataFrame
    marks: pl.DataFrame


def line_rows(book: Book, naming: Naming, job: Job, found: pl.DataFrame, *, accrued: bool) -> Named:
    """Return what a component pays (settle.difference) as lines, in the order of payee, day, deal and kind."""
    labels, component = naming.labels, job.component
    found = _in_order(found)
    deal = pl.lit(book.all_deals("deal_id")).gather(pl.col("~row")).fill_null("")
    line = pl.lit(book.all_deals("line").cast(pl.UInt32)).gather(pl.col("~row")).fill_null(0)
    first, last = pl.col("~wfirst"), pl.col("~wlast")
    again = bool(found["~was"].any())
    rate, factor = pl.col("~rate"), pl.col("~factor")
    if found["~j"].null_count() < len(found):  # what was posted is taken back: the line has several slices
        rate = pl.when(pl.col("~j").is_null()).then(rate).otherwise(quotient(pl.col("~exact"), pl.col("~basis")))
    if found["kind"].n_unique() > 1 or found["kind"].first() != "earning":
        earning = pl.col("kind") == "earning"
        rate, factor = pl.when(earning).then(rate), pl.when(earning).then(factor)
    period = (book.moments.number("period", "~d") + 1).cast(pl.UInt32)
    corrects = pl.when("~was").then(period).otherwise(0) if again else pl.lit(0, dtype=pl.UInt32)
    frame = found.select(
        pl.col("~p").cat.to(labels.payee).alias("payee"),
        pl.lit(job.plan.plan, dtype=labels.plan).alias("plan"),
        pl.lit(job.plan.version, dtype=labels.version).alias("version"),
        pl.lit(job.name, dtype=labels.component).alias("component"),
        pl.lit(goals_of(component.goal), dtype=labels.goal).alias("goal"),
        deal.alias("deal"),
        line.alias("line"),
        pl.col("~role").fill_null("owner").cast(labels.role).alias("role"),
        pl.col("~level").fill_null(0).alias("level"),
        _rules_of(book, labels, job, found).alias("rule"),
        pl.col("~d").alias("credit_date"),
        pl.when(first > FIRST_DAY).then(first).alias("window_first"),
        pl.when(last < LAST_DAY).then(last).alias("window_last"),
        pl.col("~basis").alias("basis"),
        rate.alias("rate"),
        factor.alias("factor"),
        pl.col("~exact").alias("exact"),
        pl.col("~amount").alias("amount"),
        pl.lit(job.plan.currency, dtype=labels.currency).alias("currency"),
        pl.col("kind"),
        pl.col("~was").cast(pl.UInt32).cat.to(CAUSE).alias("cause"),
        corrects.cat.to(labels.period).alias("corrects"),
        pl.lit(accrued).alias("accrued"),
        pl.col("~held").alias("held"),
        pl.lit(place_of(book, job), dtype=labels.place).alias("place"),
        *_rates_of(book, job),
    )
    ids = line_ids(frame, book.period.name, naming.letters)
    return Named(
        frame.hstack(ids.select("id")).select(c.name for c in LINES.among(frame.columns)),
        found.select("~line", "~j", "kind", "~was").hstack(ids),
    )


def _rates_of(book: Book, job: Job) -> list[pl.Expr]:
    """The currency of each line's deal and the rate at which it is credited, where any deal is in another than the plan's."""
    if RATE not in book.deals.columns:
        return []
    foreign = book.deals.select(pl.when(pl.col("currency") != job.plan.currency).then("currency")).to_series()
    named = zip((c.name for c in LINES.abroad), (foreign, *(book.deals[c] for c in (RATE, RATE_FROM, RATE_OF))), strict=True)
    gone = len(book.withdrawn)  # their numbers follow those of the deals; nothing is credited on them any more
    padded = ((name, values.extend_constant(None, gone) if gone else values) for name, values in named)
    return [pl.lit(values).gather(pl.col("~row")).alias(name) for name, values in padded]


def _rules_of(book: Book, labels: Labels, job: Job, found: pl.DataFrame) -> pl.Expr | pl.Series:
    """Return the crediting rules that gave the share which each line is paid on."""
    if book.refused is None or book.splits is None:
        return pl.lit("", dtype=labels.rule)
    date = (job.measured.measure.date if job.measured is not None else None) or book.house.credit_date
    lists = book.deals.select(shares_column(book, date))["~shares"]
    given = book.splits.select("~shares", pl.col("role").alias("~role"), "~p", "~rule")
    there = pl.when(pl.col("~row") < len(lists)).then(pl.col("~row"))  # a deal that was withdrawn has no shares any more
    asked = found.select(pl.lit(lists).gather(there).alias("~shares"), "~role", "~p")
    joined = asked.join(given, on=["~shares", "~role", "~p"], how="left", maintain_order="left")
    return joined["~rule"].fill_null("").cast(labels.rule)


def _in_order(found: pl.DataFrame) -> pl.DataFrame:
    if found["kind"].n_unique() <= 1 and each_after_the_last(found, "~p", "~d", "~k"):
        return found
    return found.sort("~p", "~d", "~k", "kind", "~role", nulls_last=True, maintain_order=True)


def slice_rows(named: Named, now: Settled, before: Settled | None) -> pl.DataFrame:
    """Return the slices of earning lines as columns of SLICES; those of before, where a line corrects them, with signs reversed.

    They stand in the order of the lines: the first slices of all, then the further ones of lines that have several.
    """
    earned = named.marks
    if earned["kind"].n_unique() > 1:
        earned = earned.filter(pl.col("kind") == "earning")
    slices = _with_ids(now.slices, earned, "~line")
    if before is not None and len(before.slices):
        old = _with_ids(before.slices, earned, "~j")
        counts = slices.group_by("line_id").agg(pl.len().cast(pl.UInt32).alias("~k"))
        old = old.join(counts, on="line_id", how="left", maintain_order="left").with_columns(
            (pl.col("~n") + pl.col("~k").fill_null(0)).alias("~n"),
            (-pl.col("exact")).alias("exact"),
            (-pl.col("basis")).alias("basis"),
        )
        slices = pl.concat([slices, old.drop("~k")])
    return slices.rename({"~n": "n"}).select(SLICES.names)


def _with_ids(slices: pl.DataFrame, lines: pl.DataFrame, number: str) -> pl.DataFrame:
    """Add `line_id` to the slices of lines whose row has the number in `number`; the others are dropped."""
    keep = ["line_id", "~n", "tier", "start", "stop", "basis", "rate", "factor", "exact"]
    numbers = lines[number]
    if len(numbers) and numbers.null_count() == 0 and numbers[0] == 0 and bool((numbers.diff() == 1).fill_null(value=True).all()):
        slices = only(slices, pl.col("~line") < len(numbers))  # the lines are rows 0, 1, 2 ...: found by place
        return slices.with_columns(pl.lit(lines["id"]).gather(pl.col("~line")).alias("line_id")).select(keep)
    ids = lines.select(pl.col(number).alias("~line"), pl.col("id").alias("line_id")).drop_nulls()
    return slices.join(ids.with_row_index("~at"), on="~line", how="inner").sort(pl.col("~n") > 1, "~at", "~n").select(keep)


def credit_rows(book: Book, labels: Labels, measured: Mapping[str, Measured], plan: str) -> pl.DataFrame:
    """Return the credits of a plan in the run's period as columns of tables.results.CREDITS."""
    frames = []
    for name, found in measured.items():
        rows = only(found.rows, pl.col("~d") >= book.period.first)
        frames.append(
            rows.select(
                pl.lit(book.deals["deal_id"]).gather(pl.col("~row")).alias("deal"),
                pl.lit(book.deals["line"].cast(pl.UInt32)).gather(pl.col("~row")).alias("line"),
                pl.col("~p").cat.to(labels.payee).alias("payee"),
                pl.lit(plan, dtype=labels.plan).alias("plan"),
                pl.lit(name, dtype=labels.measure).alias("measure"),
                pl.col("~role").cast(labels.role).alias("role"),
                pl.col("~level").alias("level"),
                (pl.col("~rule").fill_null("") if "~rule" in rows.columns else pl.lit("")).cast(labels.rule).alias("rule"),
                pl.col("~d").alias("credit_date"),
                pl.col("~m").cast(D, strict=False).alias("amount"),
                pl.col("~c").alias("before"),
            ).select(CREDITS.names)
        )
    return pl.concat(frames) if frames else pl.DataFrame()  # a plan that counts no deals has no credits
