"""Release: which part of what is earned is payable by a day, what is held until later, and what is lost (docs/semantics.md 10.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import lcm

import polars as pl

from commcalc.base.money import minor_units
from commcalc.engine.clawback import standing
from commcalc.engine.earnings import KEY, Blank, Job
from commcalc.engine.events import later
from commcalc.engine.people import left_by
from commcalc.engine.settle import FIGURES, KIND, Settled
from commcalc.language.days import Length
from commcalc.plan.components.settlement import END_OF, Release
from commcalc.tables.exact import D, exact_lit, product, quotient, round_to

ZERO, ONE = exact_lit(0), exact_lit(1)
FREE = [*KEY, "~A", "~C", "~R"]


def waits(job: Job) -> bool:
    """Whether anything of the component may be released later than it is earned, or be taken back."""
    return bool(job.component.release or job.component.clawback or _of_leavers(job))


def _of_leavers(job: Job) -> str | None:
    """What becomes of held pay when somebody leaves; it matters where there is any."""
    leaving = job.plan.payment.leaving
    return leaving.held if leaving is not None and job.component.release else None


def forfeited(job: Job, found: Settled, day: date) -> Settled:
    """Return a component's figures without what fell when its payee left: held then, and lost."""
    if _of_leavers(job) != "forfeit":
        return found
    credits_ = _gone(job, standing(job, found.rows, alone=True), day).filter(pl.col("~left") <= day)
    reached = _reached(job, credits_.with_columns(pl.max_horizontal("~left", "~d").alias("~T"))).filter(~pl.col("~unsure"))
    part = quotient(product(pl.col("~A"), pl.col("~fn")), pl.col("~fd"))
    lost = reached.with_columns(part.alias("~kept")).filter(pl.col("~fn") != pl.col("~fd"))
    lines = lost.with_columns(
        pl.lit("forfeit", dtype=KIND).alias("kind"),
        (_paid(job, pl.col("~kept")) - pl.col("~A")).alias("~amount"),
        (pl.col("~kept") - pl.col("~X")).alias("~exact"),
        pl.lit(value=False).alias("~held"),
    )
    lines = lines.filter((pl.col("~amount") != 0) | (pl.col("~exact") != 0))
    return Settled(pl.concat([found.rows, lines.select(FIGURES)]), found.slices, found.blanks, found.dead)


def released_to_date(job: Job, found: Settled, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Return FREE of each credit and of each line without a deal: what stands on it, what was taken back, what is released."""
    credits_ = _gone(job, standing(job, found.rows, alone=True), day).with_columns(
        pl.max_horizontal(pl.lit(day), "~d").alias("~T")
    )
    reached, blanks = _share(job, credits_)
    free = _paid(job, quotient(product(pl.col("~A"), pl.col("~fn")), pl.col("~fd")))
    whole = pl.col("~fn") == pl.col("~fd")
    return reached.with_columns(pl.when(whole).then("~A").otherwise(free).alias("~R")).select(FREE), blanks


def _share(job: Job, credits_: pl.DataFrame) -> tuple[pl.DataFrame, list[Blank]]:
    """Add `~fn ~fd`, the share reached by `~T`: none of what a gate holds, all of what somebody who left still had to come.

    What is not released because it cannot be told waits; of a leaver that is so only where it might be lost.
    """
    held = _of_leavers(job)
    gone = (pl.col("~left") <= pl.col("~T")).fill_null(value=False) if held else pl.lit(value=False)
    frame = credits_.with_columns(gone.alias("~gone?"))
    if held == "forfeit":
        lost = pl.max_horizontal("~left", "~d")
        frame = frame.with_columns(pl.when("~gone?").then(lost).otherwise("~T").alias("~T"))
    reached = _reached(job, frame)
    unsure = pl.col("~unsure") & ~pl.col("~gone?") if held == "release" else pl.col("~unsure")
    reached = reached.with_columns(unsure.alias("~unsure"))
    blanks: list[Blank] = []
    if reached["~unsure"].any():
        rows = reached.filter("~unsure").select("~p", "~row").unique(maintain_order=True)
        blanks = [Blank("release: `partial` is not said, and the event has an amount", "blank", rows)]
    share = pl.when("~gone?").then("~fd").otherwise("~fn")
    return reached.with_columns(pl.when(pl.col("~H") | pl.col("~unsure")).then(ZERO).otherwise(share).alias("~fn")), blanks


def steps(
    job: Job, now: tuple[Settled, date], before: tuple[Settled, date] | None
) -> tuple[pl.DataFrame, pl.DataFrame, list[Blank]]:
    """Return what a span releases and takes back, `~p amount taken opening closing`, FREE at its end, and what could not be told.

    `amount` holds both; `taken`, of it, is the clawback step: what was taken back at the share that had been reached before;
    opening and closing: what is earned and not released, before and after.
    """
    free, blanks = released_to_date(job, *now)
    if before is None:
        old = free.clear()
    else:
        old, _ = released_to_date(job, *before)
    both = free.join(old, on=KEY, how="full", coalesce=True, nulls_equal=True, suffix="0", maintain_order="left_right")
    figures = ("~A", "~C", "~R", "~A0", "~C0", "~R0")
    both = both.with_columns(pl.col(c).fill_null(ZERO) for c in figures)
    taken = pl.lit(0).cast(D)
    if job.component.clawback and before is not None and not free.is_empty():
        both = _at_former_share(job, both, now[0], before)
        taken = pl.col("~taken")
    kept = [(pl.col(f"~A{n}") - pl.col(f"~R{n}")).alias(name) for n, name in (("0", "opening"), ("", "closing"))]
    found = both.select("~p", (pl.col("~R") - pl.col("~R0")).alias("amount"), taken.alias("taken"), *kept)
    floors = [_at_once(now[0], "closing", 1), *([_at_once(before[0], "opening", -1)] if before is not None else [])]
    found = pl.concat([found, *(f.select(found.columns) for f in floors)])
    return found.group_by("~p", maintain_order=True).agg(pl.all().sum()), free, blanks


def _at_once(found: Settled, held: str, sign: int) -> pl.DataFrame:
    """Return what floors release, which they do at once unless a gate holds them: as columns of `steps`."""
    rows = found.rows.filter(pl.col("kind") == "floor")
    zero = {c: ZERO.alias(c) for c in ("taken", "opening", "closing")}
    zero[held] = pl.when("~held").then("~amount").otherwise(ZERO).alias(held)
    return rows.select("~p", (pl.when("~held").then(ZERO).otherwise("~amount") * sign).alias("amount"), *zero.values())


def _at_former_share(job: Job, both: pl.DataFrame, now: Settled, before: tuple[Settled, date]) -> pl.DataFrame:
    """Add `~taken`: the change of what is taken back, at the share that was reached before."""
    was, day = before
    known = was.rows.select(*KEY, "~held").group_by(KEY).agg(pl.col("~held").any().alias("~H0"))
    credits_ = standing(job, now.rows, alone=True).join(known, on=KEY, nulls_equal=True, maintain_order="left")
    credits_ = _gone(job, credits_.with_columns(pl.col("~H0").fill_null(value=True).alias("~H")), day).with_columns(
        pl.max_horizontal(pl.lit(day), "~d").alias("~T")
    )
    share, _ = _share(job, credits_)
    both = both.join(share.select(*KEY, "~fn", "~fd"), on=KEY, how="left", nulls_equal=True, maintain_order="left")

    def at(figure: pl.Expr) -> pl.Expr:
        part = _paid(job, quotient(product(figure, pl.col("~fn")), pl.col("~fd")))
        return pl.when(pl.col("~fn") == pl.col("~fd")).then(figure).otherwise(part)

    taken = at(pl.col("~A")) - at(pl.col("~A") - pl.col("~C") + pl.col("~C0"))
    both = both.with_columns(taken.fill_null(ZERO).alias("~taken"))
    if now.dead is None or now.dead.is_empty():
        return both
    dead = now.dead.with_columns(pl.lit(value=True).alias("~dead"))  # of what is dead nothing is released any more
    both = both.join(dead, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    whole = pl.when("~dead").then(pl.col("~R") - pl.col("~R0")).otherwise("~taken")
    return both.with_columns(whole.alias("~taken"))


def _paid(job: Job, figure: pl.Expr) -> pl.Expr:
    """Round what is paid: in the house's mode, as all of a payment."""
    return round_to(figure, minor_units(job.plan.currency), job.book.house.readings.get("rounding", "half-up"))


def _gone(job: Job, credits_: pl.DataFrame, day: date) -> pl.DataFrame:
    """Add `~left`: the day on which the payee left, by what is known of him on the day."""
    if _of_leavers(job) is None:
        return credits_.with_columns(pl.lit(None, dtype=pl.Date).alias("~left"))
    return credits_.join(left_by(job.book.people, day), on="~p", how="left", maintain_order="left")


def _reached(job: Job, credits_: pl.DataFrame) -> pl.DataFrame:
    """Add `~fn ~fd`: the share of the parts of `release` that is reached by `~T`, as one fraction; `~unsure`: it cannot be told."""
    parts = job.component.release
    if not parts:
        return credits_.with_columns(ONE.alias("~fn"), ONE.alias("~fd"), pl.lit(value=False).alias("~unsure"))
    frame = _with_sums(job, credits_, parts)
    counts = lcm(*(p.over.count if p.over is not None else 1 for p in parts))
    stated = sum((p.part for p in parts if isinstance(p.part, Decimal)), Decimal(0))
    numerator = ZERO
    refused = pl.lit(value=False)
    for said in parts:
        share = exact_lit(said.part if isinstance(said.part, Decimal) else 1 - stated)
        frame, reached, unsure = _part(job, frame, said, counts)
        numerator = numerator + product(share, reached)
        refused = refused | unsure
    divisor = product(pl.col("~S"), exact_lit(counts))
    frame = frame.with_columns(numerator.alias("~fn"), divisor.alias("~fd"), refused.alias("~unsure"))
    reached = pl.when("~unsure").then(ZERO).otherwise(pl.min_horizontal("~fn", "~fd"))
    return frame.with_columns(reached.alias("~fn")).select(*credits_.columns, "~fn", "~fd", "~unsure")


def _with_sums(job: Job, credits_: pl.DataFrame, parts: tuple[Release, ...]) -> pl.DataFrame:
    """Add `~i`, `~S`: what the sale comes to by `~T`, or 1 where nothing is measured against it; `~gone`: it came to nothing."""
    numbered = credits_.with_row_index("~i").with_columns(ONE.alias("~S"), pl.lit(value=False).alias("~gone"))
    if not any(p.event for p in parts) or job.book.sales.is_empty():
        return numbered
    date_ = (job.measured.measure.date if job.measured is not None else None) or job.book.house.credit_date
    rows = numbered.select("~i", "~sale", "~T").join(job.book.sales, on="~sale").filter(pl.col(date_) <= pl.col("~T"))
    sums = rows.group_by("~i").agg(pl.col("amount").sum().alias("~s"))
    found = numbered.drop("~S", "~gone").join(sums, on="~i", how="left", maintain_order="left")
    good = pl.col("~s") > 0
    gone = pl.col("~s").is_not_null() & ~good
    return found.with_columns(pl.when(good).then("~s").otherwise(ONE).alias("~S"), gone.alias("~gone")).drop("~s")


def _part(job: Job, frame: pl.DataFrame, said: Release, counts: int) -> tuple[pl.DataFrame, pl.Expr, pl.Expr]:
    """Return the frame, what of a part is reached in parts of `~S` x counts, and where it cannot be told."""
    over = said.over.count if said.over is not None else 1
    each = exact_lit(counts // over)
    whole = product(pl.col("~S"), exact_lit(counts))
    latest = pl.lit(value=False) if said.latest is None else later(pl.col("~day"), said.latest) <= pl.col("~T")
    sure = pl.lit(value=False)
    if said.event is None:
        begun = pl.col("~day") if said.on == "credit" else _end_of(job, END_OF[said.on])
        return frame, pl.when(latest).then(whole).otherwise(product(pl.col("~S"), _due(begun, said), each)), sure
    happened = job.book.events.filter(pl.col("event") == said.event).drop("event", "~on")
    every = frame.select("~i", "~sale", "~T", "~S").join(happened, on="~sale", maintain_order="left")
    amounts = (
        every.filter(pl.col("~acts") <= pl.col("~T")).group_by("~i").agg(pl.col("paid").is_not_null().any().alias("~priced"))
    )
    if said.partial == "in proportion":
        paid = product(pl.col("paid").fill_null(pl.col("~S")), _due(pl.col("~acts"), said))
        sums = every.group_by("~i").agg(paid.sum().alias("~x"))
        reached = product(pl.col("~x"), each).clip(lower_bound=ZERO)
    else:
        first = pl.col("~acts").min()
        if said.partial == "when whole":
            every = every.sort("~i", "~acts", maintain_order=True)
            come = pl.col("paid").fill_null(pl.col("~S")).cum_sum().over("~i")
            last_of_day = pl.col("~acts") != pl.col("~acts").shift(-1).over("~i")
            every = every.with_columns((come >= pl.col("~S")).alias("~come"), last_of_day.fill_null(value=True).alias("~z"))
            first = pl.col("~acts").filter(pl.col("~come") & pl.col("~z")).min()
        else:
            sure = pl.col("~priced").fill_null(value=False)
        sums = every.group_by("~i").agg(first.alias("~b"))
        reached = product(pl.col("~S"), _due(pl.col("~b"), said), each)
    name = f"~x{frame.width}"
    found = frame.join(sums, on="~i", how="left", maintain_order="left").join(amounts, on="~i", how="left", maintain_order="left")
    without = product(pl.col("~S"), _due(pl.col("~day"), said), each)  # a line that has no deal waits for no event
    alone = pl.col("~row").is_null()
    measured = pl.lit(said.partial is not None) & pl.col("~gone")  # there is nothing to measure against
    reached = pl.when(alone).then(without).when(measured | latest).then(whole).otherwise(reached.fill_null(ZERO))
    found = found.with_columns(pl.min_horizontal(reached, whole).alias(name), (sure & ~alone & ~latest).alias(f"{name}?"))
    kept = [*frame.columns, name, f"{name}?"]
    return found.select(kept), pl.col(name), pl.col(f"{name}?")


def _end_of(job: Job, window: str) -> pl.Expr:
    """The last day of the window of the calendar that holds the credit date."""
    ends = job.book.moments.windows[window]["~last"]
    return pl.lit(ends).gather(job.book.moments.number(window, "~day").cast(pl.UInt32))


def _due(begun: pl.Expr, said: Release) -> pl.Expr:
    """How many instalments are due by `~T`, of a part that begins on a day; the only one, where there are no others."""
    first = begun if said.after is None else later(begun, said.after)
    over = said.over or Length(1, "day")
    due = _elapsed(first, pl.col("~T"), over.unit) + 1
    due = due.clip(lower_bound=0, upper_bound=over.count)
    return pl.when(first <= pl.col("~T")).then(due).otherwise(0).cast(D)


def _elapsed(first: pl.Expr, last: pl.Expr, unit: str) -> pl.Expr:
    """How many whole units lie between two days."""
    if unit in ("day", "week"):
        return (last - first).dt.total_days() // (7 if unit == "week" else 1)
    months = (last.dt.year() - first.dt.year()).cast(pl.Int64) * 12 + last.dt.month() - first.dt.month()
    due = pl.min_horizontal(first.dt.day(), last.dt.month_end().dt.day())
    return (months - (last.dt.day() < due).cast(pl.Int64)) // {"month": 1, "quarter": 3, "year": 12}[unit]
