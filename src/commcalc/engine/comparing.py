"""Comparing: what stands now beside what was posted before, by closed periods or worked out anew; and what of it is free to be paid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from commcalc.engine.earnings import KEY, Blank, Job
from commcalc.engine.history import EARLIER, Changed, posted, posted_and_released, released
from commcalc.engine.openings import of_windows, with_openings
from commcalc.engine.posted import Before, before_of
from commcalc.engine.release import released_to_date, steps, waits
from commcalc.engine.settle import STEP, Settled, settled
from commcalc.engine.stability import chained
from commcalc.tables.exact import D
from commcalc.tables.posted import Posted


@dataclass(frozen=True, slots=True)
class Compared:
    """A component's figures as earned, as they stand now, and as they stood before; what each span before released (EARLIER).

    posted: where periods are closed, what they posted.
    """

    earned: Settled
    now: Settled
    before: Settled | None
    earlier: pl.DataFrame
    posted: Before | None = None


@dataclass(frozen=True, slots=True)
class Free:
    """What is free to be paid. amount: `~p amount`, None where it is all that is earned; taken: of it, what was taken back.

    held: `~p held`, the change of what is held; kept: `~p opening closing`, what is earned and not released; to_date: what is
    released to date of each credit, where it may wait.
    """

    amount: pl.DataFrame | None = None
    taken: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"~p": pl.UInt32, "amount": D}))
    held: pl.DataFrame | None = None
    kept: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"~p": pl.UInt32, "opening": D, "closing": D}))
    to_date: pl.DataFrame | None = None
    blanks: list[Blank] = field(default_factory=list)


def since_worked_out(job: Job, changed: Changed, first: date, *, back: bool) -> Compared:
    """Return the figures with those of before worked out anew."""
    earlier = pl.DataFrame(schema=EARLIER)
    before, earlier = posted_and_released(job, first, changed) if back else (posted(job, first), earlier)
    found = _with_openings(job, before)
    before = of_windows(job, before, found, first) if before is not None else None
    before = changed(before, first - timedelta(days=1)) if before is not None else None
    return Compared(found, changed(found, job.book.now), before, earlier)


def since_closed(plain: Job, job: Job, changed: Changed, closed: Posted) -> Compared:
    """Return the figures with those that closed periods posted; where rounding looks back it looks at these."""
    found = _with_openings(job, None)
    now = changed(found, job.book.now)
    before = before_of(plain, closed, now)
    if chained(job):
        eve = closed.periods[-1][1]
        # of streams nothing is posted: what payees were paid is their shares
        previous = before.figures if plain is job else posted(job, eve + timedelta(days=1))
        found = _with_openings(job, previous)
        now = changed(found, job.book.now)
    return Compared(found, now, before.figures, pl.DataFrame(schema=EARLIER), before)


def _with_openings(job: Job, previous: Settled | None) -> Settled:
    """Return a component's figures now, with openings in the place of what they speak of."""
    found = settled(job, job.book.now, previous)
    return with_openings(job, found, job.book.now + timedelta(days=1)) or found


def free_of(job: Job, both: Compared, first: date) -> Free:
    """Return what a component frees to be paid in the span that begins on `first`."""
    if not waits(job):
        if both.posted is not None:
            amount, kept = _released_since(both.now, both.posted)
        else:
            amount = released(job, (both.now, job.book.now), (both.before, first) if both.before is not None else None)
            kept = _held(both.now, both.before)
        return Free(amount, held=kept.select("~p", (pl.col("closing") - pl.col("opening")).alias("held")), kept=kept)
    eve = first - timedelta(days=1)
    stood = both.posted.there if both.posted is not None else both.before
    paid, to_date, unsure = steps(job, (both.now, job.book.now), (stood, eve) if stood is not None else None)
    if both.posted is not None:
        paid = _as_posted(job, paid, both.posted, eve)
    amount, taken, held, kept = (paid.select("~p", *c) for c in _STEPS)
    return Free(amount, taken, held, kept, to_date, unsure)


_STEPS = (
    (pl.col("amount"),),
    (pl.col("taken").alias("amount"),),
    ((pl.col("closing") - pl.col("opening")).alias("held"),),
    (pl.col("opening"), pl.col("closing")),
)


def marked(lines: pl.DataFrame, to_date: pl.DataFrame, now: Settled) -> pl.DataFrame:
    """Mark the lines of credits that are not wholly released; one that only takes back holds nothing."""
    waiting = to_date.filter(pl.col("~A") != pl.col("~R")).select(KEY)
    floor = pl.col("kind") == "floor"  # it is released at once, or a gate holds it
    stands = now.rows.filter(~floor).select(STEP).join(waiting, on=KEY, how="semi", nulls_equal=True)
    stands = pl.concat([stands, now.rows.filter(floor & pl.col("~held")).select(STEP)])
    marks = stands.with_columns(pl.lit(value=True).alias("~waits"))
    found = lines.join(marks, on=STEP, how="left", nulls_equal=True, maintain_order="left")
    return found.with_columns(pl.col("~waits").fill_null(value=False).alias("~held")).drop("~waits")


def _released_since(now: Settled, posted_: Before) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `~p amount`, what is free to be paid now less what was paid, and `~p opening closing`, what is held back."""
    zero = pl.lit(0).cast(D)
    free = now.rows.filter(~pl.col("~held")).select("~p", pl.col("~amount").alias("amount"))
    held = now.rows.filter("~held").select("~p", zero.alias("opening"), pl.col("~amount").alias("closing"))
    earned = posted_.figures.rows.select("~p", pl.col("~amount").alias("opening"), zero.alias("closing"))
    less = posted_.released.select("~p", -pl.col("amount"))
    kept = pl.concat([held, earned, less.select("~p", pl.col("amount").alias("opening"), zero.alias("closing"))])
    kept = kept.group_by("~p", maintain_order=True).agg(pl.col("opening", "closing").sum())
    return (
        pl.concat([free, less]).group_by("~p").agg(pl.col("amount").sum()),
        kept.filter((pl.col("opening") != 0) | (pl.col("closing") != 0)),
    )


def _as_posted(job: Job, paid: pl.DataFrame, posted_: Before, eve: date) -> pl.DataFrame:
    """Let what was released before be what was posted, not what is worked out for that day by what is known now."""
    zero = pl.lit(0).cast(D)
    again = released_to_date(job, posted_.there, eve)[0].select("~p", pl.col("~R").alias("amount"))
    floors = posted_.there.rows.filter(pl.col("kind") == "floor").select("~p", pl.col("~amount").alias("amount"))
    less = posted_.released.select("~p", -pl.col("amount"))
    gone = posted_.figures.rows.filter(pl.col("~row") >= len(job.book.deals))
    change = [
        f.select("~p", "amount", zero.alias("taken"), pl.col("amount").alias("opening"), zero.alias("closing"))
        for f in (again, floors, less)
    ]
    held = gone.select("~p", zero.alias("amount"), zero.alias("taken"), pl.col("~amount").alias("opening"), zero.alias("closing"))
    # what was released of deals that vanished cannot be told from the rest: there what is worked out stands
    change = [f.join(posted_.vanished, on="~p", how="anti") for f in (*change, held)]
    every = pl.concat([paid.select("~p", "amount", "taken", "opening", "closing"), *change])
    return every.group_by("~p", maintain_order=True).agg(pl.all().sum())


def _held(now: Settled, before: Settled | None) -> pl.DataFrame:
    """Return `~p opening closing`: what was held back and what is; a gate that opens, or shuts, changes it without a line."""
    zero = pl.lit(0).cast(D)
    is_ = now.rows.filter("~held").select("~p", zero.alias("opening"), pl.col("~amount").alias("closing"))
    was = (now if before is None else before).rows.filter("~held")
    was = was.clear() if before is None else was
    rows = pl.concat([is_, was.select("~p", pl.col("~amount").alias("opening"), zero.alias("closing"))])
    return rows.group_by("~p", maintain_order=True).agg(pl.col("opening", "closing").sum())
