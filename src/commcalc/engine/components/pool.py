"""Pool: the fund of a group, shared out to the cent among its members (docs/semantics.md 6.8)."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.engine.components.groups import GROUP, members, whole_groups
from commcalc.engine.components.payees import lines_of
from commcalc.engine.earnings import Earned, Job
from commcalc.engine.rounding import cents, shared_among
from commcalc.language.expression import Expression
from commcalc.plan.components.pool import Pool
from commcalc.tables.digits import keep_exact
from commcalc.tables.exact import D, largest_remainder, product, quotient

ZERO = pl.lit(0).cast(D)
ONE = pl.lit(1).cast(D)


def earn(job: Job, day: date) -> Earned:
    """Return each member's share of the funds of windows that have ended by `day`."""
    said, rules = job.component, job.rules
    assert isinstance(said, Pool)
    weight = said.shared_by if isinstance(said.shared_by, Expression) else None
    frame, blanks = members(job, day, rules.reads(said.fund, *([weight] if weight is not None else [])))
    fund, divisor = rules.parts(said.fund)
    frame = frame.with_columns(
        (fund if divisor is None else quotient(fund, divisor)).cast(D).alias("~fund"),
        (rules.expression(weight).cast(D) if weight is not None else ONE).alias("~weight"),
    )
    frame, found = whole_groups(frame, pl.col("~fund").is_null(), "fund")
    blanks += found
    frame, found = whole_groups(frame, pl.col("~fund").n_unique().over(GROUP) > 1, "fund: it differs within the group")
    blanks += found
    frame, found = whole_groups(frame, pl.col("~weight").is_null(), "shared_by")
    blanks += found
    frame = frame.with_columns(
        cents(job, pl.col("~fund").clip(lower_bound=0)).alias("~fund"),
        pl.col("~weight").clip(lower_bound=0).alias("stop"),
    )
    keep_exact(frame, "the sum of shares", pl.col("stop"), rows=len(frame))
    frame = frame.with_columns(pl.col("stop").sum().over(GROUP).alias("~total"))
    part = quotient(product(pl.col("~fund"), pl.col("stop")), pl.col("~total"))
    frame = frame.with_columns(part.alias("~part"))
    weighs = pl.col("stop") > ZERO  # nobody else has a cent of it, whoever `remainder` names
    how = shared_among(job, GROUP, ["~p"])
    shared = largest_remainder(frame.filter(weighs).lazy(), "~fund", "~part", how).collect()
    others = frame.filter(~weighs).with_columns(ZERO.alias("share"))
    shared = pl.concat([shared.select(others.columns), others]).sort("~p", "~w")
    return lines_of(
        shared.with_columns(
            pl.col("~fund").alias("~basis"),
            quotient(pl.col("stop"), pl.col("~total")).alias("~rate"),
            ONE.alias("~factor"),
            pl.col("share").alias("~exact"),
            pl.lit(0, dtype=pl.UInt32).alias("tier"),
        ),
        blanks,
    )
