"""Clawback: what happens to a sale, or does not happen in time, takes back what was earned on it (docs/semantics.md 8.7)."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.engine.earnings import KEY, Blank, Job
from commcalc.engine.events import later
from commcalc.engine.measure import with_plan_columns
from commcalc.engine.people import join_effective
from commcalc.engine.reading import with_assignment
from commcalc.engine.rounding import cents
from commcalc.engine.settle import FIGURES, KIND, Settled
from commcalc.language.days import Length
from commcalc.plan.components.settlement import ClawbackOn, ClawbackUnless
from commcalc.plan.shapes import expressions_of
from commcalc.tables.exact import D, exact_lit, product, quotient

ZERO, ONE = exact_lit(0), exact_lit(1)
Said = ClawbackOn | ClawbackUnless


def clawed(job: Job, found: Settled, day: date) -> Settled:
    """Return a component's figures with what is taken back by `day`: a line of its own on each credit, none below nothing."""
    claws = job.component.clawback
    if not claws:
        return found
    credits_ = standing(job, found.rows)
    taken = taken_of(job, credits_, claws, pl.lit(day))
    unknown = taken.filter(pl.col("~fn").is_null())
    rows, slices, blanks = found.rows, found.slices, found.blanks
    if len(unknown):  # what cannot be told is not paid
        blanks = [*blanks, Blank("clawback", "blank", unknown.select("~p", "~row").unique(maintain_order=True))]
        rows = rows.join(unknown, on=KEY, how="anti", nulls_equal=True, maintain_order="left")
        slices = slices.join(unknown, on=KEY, how="anti", nulls_equal=True, maintain_order="left")
    hit = taken.filter(pl.col("~fn") > 0)
    left = quotient(product(pl.col("~X"), pl.col("~fd") - pl.col("~fn")), pl.col("~fd"))
    hit = hit.with_columns(pl.when(pl.col("~fn") == pl.col("~fd")).then(ZERO).otherwise(left).alias("~left"))
    lines = hit.with_columns(
        pl.lit("clawback", dtype=KIND).alias("kind"),
        (pl.col("~left") - pl.col("~X")).alias("~exact"),
        (cents(job, pl.col("~left")) - pl.col("~A")).alias("~amount"),
        pl.lit(value=False).alias("~held"),
    )
    lines = lines.filter((pl.col("~amount") != 0) | (pl.col("~exact") != 0))
    dead = hit.filter(pl.col("~fn") == pl.col("~fd")).select(KEY)
    return Settled(pl.concat([rows, lines.select(FIGURES)]), slices, blanks, dead)


def standing(job: Job, rows: pl.DataFrame, *, alone: bool = False) -> pl.DataFrame:
    """Return what stands on each credit of a deal: FIGURES of its first line, its sale, and the sums of all kinds.

    `alone`: lines without a deal too, but floors, which stand on the payee. `~A ~X`: rounded and exact; `~C`: of it, what was taken back; `~H`: a gate holds it; `~day`: the day that counts begin.
    """
    on_deals = rows.filter(pl.col("kind") != "floor" if alone else pl.col("~row").is_not_null())
    taken = pl.col("~amount").filter(pl.col("kind") == "clawback").sum()
    first = [pl.col(c).first() for c in FIGURES if c not in (*KEY, "kind")]
    sums = on_deals.group_by(KEY, maintain_order=True).agg(
        *first,
        pl.col("~amount").sum().alias("~A"),
        pl.col("~exact").sum().alias("~X"),
        taken.alias("~C"),
        pl.col("~held").any().alias("~H"),
    )
    deals = job.book.deals
    sale = pl.lit(deals["~sale"]).gather(pl.col("~row"))
    back = (deals["amount"] < 0) | (deals["~sale"] != deals["~deal"])
    return with_days(sums.with_columns(sale.alias("~sale"), pl.lit(back).gather(pl.col("~row")).alias("~back")))


def with_days(credits_: pl.DataFrame) -> pl.DataFrame:
    """Add `~day`: the credit date; of what comes back (`~back`), the first of its sale."""
    first = pl.col("~d").min().over("~p", "~role", "~level", "~sale")
    return credits_.with_columns(pl.when("~back").then(first).otherwise(pl.col("~d")).alias("~day"))


def taken_of(job: Job, credits_: pl.DataFrame, claws: tuple[Said, ...], day: pl.Expr) -> pl.DataFrame:
    """Add `~fn ~fd`: the fraction of each credit that is taken back by `day`, at most all; `~fn` is empty where it cannot be told."""
    numerator, divisor = ZERO, ONE
    frame = credits_.with_columns(day.alias("~T"))
    for number, said in enumerate(claws):
        frame = _fraction(job, frame, said).rename({"~fn": f"~fn{number}", "~fd": f"~fd{number}"})
        n, q = pl.col(f"~fn{number}"), pl.col(f"~fd{number}")
        numerator, divisor = (n, q) if number == 0 else (product(numerator, q) + product(n, divisor), product(divisor, q))
    frame = frame.with_columns(numerator.alias("~fn"), divisor.alias("~fd"))
    return frame.with_columns(pl.when(pl.col("~fn") > pl.col("~fd")).then("~fd").otherwise("~fn").alias("~fn"))


def _fraction(job: Job, frame: pl.DataFrame, said: Said) -> pl.DataFrame:
    """Add `~fn ~fd` of one clawback."""
    numbered = frame.with_row_index("~i")
    name = said.on if isinstance(said, ClawbackOn) else said.unless
    happened = job.book.events.filter(pl.col("event") == name).drop("event", "paid")
    limit = _limit(job, said.within)
    if isinstance(said, ClawbackOn):
        each = numbered.select("~i", "~sale", "~T").join(happened, on="~sale", maintain_order="left")
        first = each.filter(pl.col("~acts") <= pl.col("~T")).group_by("~i", maintain_order=True).agg(pl.col("~on").first())
        found = numbered.join(first, on="~i", how="left", maintain_order="left").with_columns(limit.alias("~limit"))
        applies = pl.col("~on").is_not_null()
        unknown = applies & pl.col("~limit").is_null()
        applies = applies & (pl.col("~on") <= pl.col("~limit"))
    else:
        found = numbered.with_columns(limit.alias("~limit"))
        each = found.select("~i", "~sale", "~limit", "~T").join(happened, on="~sale").filter(pl.col("~acts") <= pl.col("~T"))
        came = each.group_by("~i").agg((pl.col("~on") <= pl.col("~limit")).any().alias("~timely"))
        found = found.join(came, on="~i", how="left", maintain_order="left").with_columns(
            pl.lit(None, dtype=pl.Date).alias("~on")
        )
        late = pl.col("~timely").is_not_null() if said.restore == "when it comes" else pl.lit(value=False)
        unknown = pl.col("~limit").is_null()
        applies = (pl.col("~T") > pl.col("~limit")) & ~pl.col("~timely").fill_null(value=False) & ~late
    found = found.with_columns(applies.fill_null(value=False).alias("~applies"), unknown.alias("~unknown"))
    numerator, divisor, found = _take(job, said, found)
    n = pl.when("~unknown").then(None).when("~applies").then(numerator).otherwise(ZERO)
    divisor = pl.when("~applies").then(divisor).otherwise(ONE)
    return found.with_columns(n.alias("~fn"), divisor.alias("~fd")).select(*frame.columns, "~fn", "~fd")


def _limit(job: Job, within: Length | str) -> pl.Expr:
    """The last day on which an event counts: so long after the credit's day, or as a column of the deal says."""
    if isinstance(within, str):
        return pl.lit(job.book.deals[within]).gather(pl.col("~row"))
    return later(pl.col("~day"), within)


def _take(job: Job, said: Said, frame: pl.DataFrame) -> tuple[pl.Expr, pl.Expr, pl.DataFrame]:
    """Return what part is taken where it is, as numerator and divisor, and the frame with what these read."""
    if said.take in ("all", "rerun"):
        return ONE, ONE, frame
    days = (pl.col("~on") - pl.col("~day")).dt.total_days().clip(lower_bound=0)
    frame = frame.with_columns(days.cast(D).alias("~days"), _months_begun(pl.col("~day"), pl.col("~on")).cast(D).alias("~months"))
    if said.take == "pro rata":
        served, whole = _served(said.within)
        none = whole <= 0
        n = pl.when(none).then(ONE).otherwise((whole - served).clip(lower_bound=0))
        return n, pl.when(none).then(ONE).otherwise(whole), frame
    rules = job.rules.on(getattr(job.component, "on", None))
    reads = rules.reads(*expressions_of(said.take))
    columns = [c for c in sorted(reads.columns) if c in job.book.deals.columns and c not in frame.columns]
    for name in _inner(job, reads.columns):
        columns += [c for c in sorted(rules.reads(job.plan.columns[name]).columns) if c in job.book.deals.columns]
    named = [pl.lit(job.book.deals[c]).gather(pl.col("~row")).alias(c) for c in dict.fromkeys(columns)]
    assigned = job.book.people.assignments.filter(pl.col("plan") == job.plan.plan).select("~p", "~from", "~to", "~a")
    frame = join_effective(frame.with_columns(named), assigned, "~d").with_columns(pl.col("~d").alias("~t"))
    days_ = frame["~d"]
    frame = with_assignment(job.book, job.plan, frame, reads.payee, reads.params).with_columns(days_)
    frame = with_plan_columns(job.plan, frame, reads.columns, rules)
    return rules.value(said.take).clip(lower_bound=ZERO, upper_bound=ONE), ONE, frame


def _inner(job: Job, named: frozenset[str]) -> list[str]:
    return [name for name in job.plan.columns if name in named]


def _served(within: Length | str) -> tuple[pl.Expr, pl.Expr]:
    """The time served and all of it, in the unit of `within`: months begun, or days."""
    if isinstance(within, str):
        return pl.col("~days"), (pl.col("~limit") - pl.col("~day")).dt.total_days().cast(D)
    months = {"month": 1, "quarter": 3, "year": 12}.get(within.unit)
    if months is not None:
        return pl.col("~months"), exact_lit(within.count * months)
    return pl.col("~days"), exact_lit(within.count * (7 if within.unit == "week" else 1))


def _months_begun(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """The fewest whole months after which `last` is no later than that day: a month begun is served."""
    months = (last.dt.year() - first.dt.year()).cast(pl.Int64) * 12 + last.dt.month() - first.dt.month()
    due = pl.min_horizontal(first.dt.day(), last.dt.month_end().dt.day())
    return (months + (last.dt.day() > due).cast(pl.Int64)).clip(lower_bound=0)


def without_dead(lines: pl.DataFrame, now: Settled, before: Settled | None, since: date) -> pl.DataFrame:
    """Let a credit that is dead show as such: once, as all that was posted on it taken back, and never again."""
    if now.dead is None or now.dead.is_empty() or before is None:
        return lines
    was = before.dead if before.dead is not None else now.dead.clear()
    posted = before.rows.join(now.dead, on=KEY, how="semi", nulls_equal=True, maintain_order="left")
    known = posted.select(KEY).unique(maintain_order=True)
    dies = known.join(was, on=KEY, how="anti", nulls_equal=True, maintain_order="left")
    kept = lines.join(known, on=KEY, how="anti", nulls_equal=True, maintain_order="left")
    if dies.is_empty():
        return kept
    rows = posted.join(dies, on=KEY, how="semi", nulls_equal=True, maintain_order="left")
    first = [pl.col(c).first() for c in FIGURES if c not in (*KEY, "kind", "~exact", "~amount", "~line", "~held")]
    sums = rows.group_by(KEY, maintain_order=True).agg(*first, -pl.col("~exact").sum(), -pl.col("~amount").sum())
    taken = sums.with_columns(
        pl.lit("clawback", dtype=KIND).alias("kind"),
        pl.lit(None, dtype=pl.UInt32).alias("~line"),
        pl.lit(None, dtype=pl.UInt32).alias("~j"),
        pl.lit(value=False).alias("~held"),
        (pl.col("~d") < since).alias("~was"),
    )
    taken = taken.filter(pl.col("~amount") != 0)
    return pl.concat([kept, taken.select(kept.columns)])
