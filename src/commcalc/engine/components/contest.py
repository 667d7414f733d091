"""Contest: places by a measure, and the prizes that they have (docs/semantics.md 6.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from commcalc.engine.components.groups import GROUP, members
from commcalc.engine.components.payees import lines_of, listed, those
from commcalc.engine.earnings import Blank, Earned, Job
from commcalc.engine.rounding import cents, shared_among
from commcalc.engine.rules import NOTHING
from commcalc.engine.target import target_of
from commcalc.language.expression import Expression
from commcalc.plan.components.contest import Contest
from commcalc.tables.exact import D, largest_remainder, product, quotient

ZERO = pl.lit(0).cast(D)
ONE = pl.lit(1).cast(D)
LEVEL = [*GROUP, "~rank"]


def earn(job: Job, day: date) -> Earned:
    """Return a line for everybody who is ranked in a window that has ended by `day`."""
    said, rules = job.component, job.rules.on(getattr(job.component, "on", None))
    assert isinstance(said, Contest)
    reads = rules.reads(*said.prizes.values(), *(x for x in (said.qualify, said.target) if isinstance(x, Expression)))
    named = frozenset({said.on} if said.tie_breaker is None else {said.on, said.tie_breaker})
    frame, blanks = members(job, day, reads | replace(NOTHING, measures=named))
    frame, found = _ranked(job, said, frame)
    blanks += found
    frame = target_of(job.book, job.plan, said, rules, frame)
    frame = frame.with_columns(_prize(job, said).alias("~prize"))
    if said.ties == "each":  # nobody shares
        frame = frame.with_columns(pl.lit(1, dtype=pl.Int64).alias("~ties"))
    elif job.pays_amount:  # one sum for all who are level: as the first of them by payee id has it
        frame = frame.sort(*LEVEL, "~p").with_columns(pl.col("~prize").first().over(LEVEL))
    blanks += listed("prizes", "blank", frame.filter(pl.col("~prize").is_null()))
    frame = frame.filter(pl.col("~prize").is_not_null())
    frame = frame.with_columns(ONE.alias("~factor"), pl.col("~rank").cast(pl.UInt32).alias("tier"))
    frame = _in_money(job, frame) if job.pays_amount else _of_target(frame)
    blanks += listed("target", "blank", frame.filter(pl.col("~exact").is_null()))
    return lines_of(frame.filter(pl.col("~exact").is_not_null()), blanks)


def _ranked(job: Job, said: Contest, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Blank]]:
    """Add `stop`, the figure; `~rank`; `~ties`, how many are level there; `~of`, how many are ranked."""
    figure = pl.col(f"value:{said.on}")
    blanks: list[Blank] = []
    told = job.plan.measures[said.on].aggregate in ("kpi", "formula")  # of others an empty figure is nothing done
    frame = frame.filter((figure > ZERO).fill_null(value=told))
    if said.qualify is not None:
        rules = job.rules.on(said.on)
        frame, blanks = those(frame, rules.expression(said.qualify), f"qualify: {said.qualify.text}")
    blanks += listed(f"value of {said.on}", "blank", frame.filter(figure.is_null()))
    frame = frame.filter(figure.is_not_null())
    second = pl.col(f"value:{said.tie_breaker}") if said.tie_breaker is not None else ZERO
    frame = frame.with_columns(figure.alias("stop"), second.alias("~second"))
    best = said.order == "highest first"
    frame = frame.sort(*GROUP, "stop", "~second", "~p", descending=[False, False, best, True, False], nulls_last=True)
    nth = pl.int_range(1, pl.len() + 1).over(GROUP)
    frame = frame.with_columns(nth.alias("~nth"), pl.len().over(GROUP).cast(pl.Int64).alias("~of"))
    level = [*GROUP, "stop", "~second"]
    return frame.with_columns(
        pl.col("~nth").min().over(level).alias("~rank"), pl.len().over(level).cast(pl.Int64).alias("~ties")
    ), blanks


def _prize(job: Job, said: Contest) -> pl.Expr:
    """The prizes of all places that those who are level hold; with `each` that of the best of them."""
    rules, first = job.rules.on(said.on), pl.col("~rank")
    last = first if said.ties == "each" else first + pl.col("~ties") - 1
    total = ZERO
    for low, high, prize in _stretches(said):
        held = (pl.min_horizontal(last, high) - pl.max_horizontal(first, low) + 1).clip(lower_bound=0)
        total = total + pl.when(held > 0).then(product(rules.expression(prize).cast(D), held.cast(D))).otherwise(ZERO)
    return total


def _stretches(said: Contest) -> Iterator[tuple[pl.Expr, pl.Expr, Expression]]:
    """Yield each prize with its first and last place; `top` begins after all that are numbered."""
    numbered = max((p.last for p in said.prizes), default=0)
    for places, prize in said.prizes.items():
        if places.top is None:
            yield pl.lit(places.first, dtype=pl.Int64), pl.lit(places.last, dtype=pl.Int64), prize
        else:
            over, under = places.top.as_integer_ratio()
            yield pl.lit(numbered + 1, dtype=pl.Int64), pl.col("~of") * over // under, prize


def _in_money(job: Job, frame: pl.DataFrame) -> pl.DataFrame:
    """Share money among those who are level, to the cent; what one has alone is the prize as it stands."""
    none = pl.lit(None, dtype=D)
    frame = frame.with_columns(none.alias("~basis"), none.alias("~rate"))
    if job.component.ties == "each":  # type: ignore[attr-defined]
        return frame.sort("~p", "~w").with_columns(pl.col("~prize").alias("~exact"))
    frame = frame.with_columns(cents(job, pl.col("~prize")).alias("~whole"))
    frame = frame.with_columns(quotient(pl.col("~whole"), pl.col("~ties").cast(D)).alias("~part"))
    shared = largest_remainder(frame.lazy(), "~whole", "~part", shared_among(job, LEVEL, ["~p"])).collect().sort("~p", "~w")
    alone = pl.col("~ties") == 1
    return shared.with_columns(pl.when(alone).then("~prize").otherwise("share").alias("~exact"))


def _of_target(frame: pl.DataFrame) -> pl.DataFrame:
    """A part of each payee's own target."""
    level = pl.col("~ties").cast(D)
    exact = quotient(product(pl.col("~tn"), pl.col("~prize")), product(pl.col("~td"), level))
    return frame.sort("~p", "~w").with_columns(
        quotient(pl.col("~tn"), pl.col("~td")).alias("~basis"),
        quotient(pl.col("~prize"), level).alias("~rate"),
        exact.alias("~exact"),
    )
