"""Targets: a payee's variable pay for a window, and a component's part of it (semantics 9.4)."""

from __future__ import annotations

from math import lcm

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.facts import ote_columns, with_facts
from commcalc.engine.people import stretches
from commcalc.engine.rules import Rules
from commcalc.engine.tenure import days_of, has_end
from commcalc.language.expression import Expression
from commcalc.plan.components.common import ComponentBase
from commcalc.plan.model import Plan
from commcalc.plan.readings import prorates
from commcalc.plan.targets import PartOf
from commcalc.tables.digits import keep_exact
from commcalc.tables.exact import D, exact_lit, product

ONE = pl.lit(1).cast(D)


def target_of(book: Book, plan: Plan, component: ComponentBase, rules: Rules, frame: pl.DataFrame) -> pl.DataFrame:
    """Add `~tn ~td`: the component's target for each row's window, numerator and divisor.

    In: `~p ~a ~wfirst ~wlast ~periods ~year` and facts that the figures read; `~d` the day whose assignment governs.
    """
    said = component.target
    if said is None:
        none = pl.lit(None, dtype=D)
        return frame.with_columns(none.alias("~tn"), ONE.alias("~td"))
    if prorates(plan, "target"):
        return _blended(book, plan, said, rules, frame)
    return _figure(book, plan, said, rules, frame)


def _figure(book: Book, plan: Plan, said: PartOf | Expression, rules: Rules, frame: pl.DataFrame) -> pl.DataFrame:
    if isinstance(said, Expression):
        return frame.with_columns(rules.expression(said).alias("~tn"), ONE.alias("~td"))
    with_ote = ote_columns(book, plan, frame, rules)
    return with_ote.with_columns(_part(said)).drop("~ote", "~base", "~variable")


def _part(said: PartOf) -> list[pl.Expr]:
    """OTE x variable x share x periods of the window, over (base + variable) x periods of the year."""
    numerator = product(pl.col("~ote"), pl.col("~variable"), exact_lit(said.share), pl.col("~periods").cast(D))
    divisor = product(pl.col("~base") + pl.col("~variable"), pl.col("~year").cast(D))
    return [numerator.alias("~tn"), divisor.alias("~td")]


def _blended(book: Book, plan: Plan, said: PartOf | Expression, rules: Rules, frame: pl.DataFrame) -> pl.DataFrame:
    """Each assignment in the window by its days, employed days only, added over the common divisor (docs/semantics.md 7.1).

    What an amount reads of the payee is as of the last of those days.
    """
    lasting = frame.select((~has_end("~wfirst", "~wlast")).alias("~open")).to_series()
    if lasting.any():  # a target is whole where there are no days to go by
        whole = _figure(book, plan, said, rules, frame.filter(lasting))
        if lasting.all():
            return whole
        closed = _blended(book, plan, said, rules, frame.filter(~lasting))
        at = pl.Series("~i", range(len(frame)))
        found = [f.select("~tn", "~td").with_columns(i) for f, i in ((whole, at.filter(lasting)), (closed, at.filter(~lasting)))]
        return frame.hstack(pl.concat(found).sort("~i").drop("~i"))
    reads = rules.reads(said) if isinstance(said, Expression) else rules.reads()
    keys = ["~p", "~wfirst", "~wlast"]
    if reads.measures:  # as each credit reads it, not the same for the whole window
        frame = frame.with_row_index("~i")
        keys = ["~i", *keys]
    read = [c for c in frame.columns if c.split(":")[0] in ("value", "quota", "attainment", "quota_num", "quota_den")]
    spans = frame.select(*keys, "~periods", "~year", *read).unique(keys)
    both = spans.join(stretches(book.people, plan), on="~p")
    begin, end = pl.max_horizontal("~wfirst", "~b"), pl.min_horizontal("~wlast", "~z")
    both = both.with_columns(((end - begin).dt.total_days() + 1).alias("~days"), end.alias("~d")).filter(pl.col("~days") > 0)
    both = _figure(book, plan, said, rules, with_facts(book, plan, both, reads.payee, reads.params))
    days = days_of("~wfirst", "~wlast")
    entire = pl.col("~days") == days
    both = both.with_columns(
        pl.when(entire).then(pl.col("~tn")).otherwise(product(pl.col("~tn"), pl.col("~days").cast(D))).alias("~tn"),
        pl.when(entire).then(pl.col("~td")).otherwise(product(pl.col("~td"), days.cast(D))).alias("~td"),
    )
    divisors = both.group_by(keys).agg(pl.col("~td").unique().alias("~tds"))
    common = [_common([int(d) for d in row]) for row in divisors["~tds"].to_list()]
    divisors = divisors.with_columns(pl.Series("~TD", common, dtype=pl.Int64).cast(D)).drop("~tds")
    times = (pl.col("~TD").cast(pl.Int64) // pl.col("~td").cast(pl.Int64)).cast(D)
    both = both.join(divisors, on=keys).with_columns(product(pl.col("~tn"), times).alias("~tn"))
    keep_exact(both, "the target of a window", pl.col("~tn"), rows=len(both))
    sums = both.group_by(keys).agg(pl.col("~tn").sum(), pl.col("~TD").first().alias("~td"))
    return (
        frame.join(sums, on=keys, how="left", maintain_order="left")
        .with_columns(pl.col("~tn").fill_null(pl.lit(0).cast(D)), pl.col("~td").fill_null(ONE))
        .drop("~i", strict=False)
    )


def _common(divisors: list[int]) -> int:
    return lcm(*divisors)
