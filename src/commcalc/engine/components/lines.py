"""From pieces to lines: products over a common divisor, divided once; the pieces are the line's slices."""

from __future__ import annotations

from functools import reduce
from operator import add

import polars as pl

from commcalc.engine.earnings import KEY, ROW, SLICE, Blank, Earned, Job
from commcalc.engine.measure import with_facts, with_plan_columns
from commcalc.engine.rules import Rules
from commcalc.language.expression import Expression
from commcalc.plan.components.common import ComponentBase
from commcalc.tables.exact import D, product, quotient

ONE = pl.lit(1).cast(D)
ZERO = pl.lit(0).cast(D)


def filtered(job: Job, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Blank]]:
    """Keep the credits that the component pays: inside its dates, of eligible payees, where its condition holds."""
    said, rules = job.component, job.rules
    blanks: list[Blank] = []
    if said.dates is not None:
        first, last = said.dates.first, said.dates.last
        frame = frame.filter(
            (pl.col("~d") >= first if first else pl.lit(value=True)) & (pl.col("~d") <= last if last else pl.lit(value=True))
        )
    for rule, condition in (("eligible", said.eligible), ("where", said.where)):
        if condition is None or (job.book.shared is not None and of_payees(job, condition)):
            continue
        reads = rules.reads(condition)
        frame = with_facts(job.book, job.plan, frame, reads.payee, reads.params)
        frame = with_plan_columns(job.plan, frame, reads.columns, rules)
        frame = frame.with_columns(rules.expression(condition).alias("~holds"))
        undecided = frame.filter(pl.col("~holds").is_null())
        if len(undecided):
            blanks.append(Blank(f"{rule}: {condition.text}", "blank", undecided.select("~p", "~row")))
        frame = frame.filter("~holds").drop("~holds")
    return frame, blanks


def of_payees(job: Job, condition: Expression) -> bool:
    """Whether a condition looks at the payee or the role: under `split: pay` it acts after the sharing (semantics 3.3)."""
    reads = job.rules.reads(condition)
    return bool(reads.payee or reads.params or "role" in reads.columns)


def multipliers(said: ComponentBase, rules: Rules) -> list[pl.Expr]:
    """Return the factors in the order written; `combine: sum` makes them one, their excess over one added (semantics 5.1)."""
    factors = [_where(m.when, rules.value(m.factor), ONE, rules) for m in said.multiply]
    if said.combine == "sum" and len(factors) > 1:
        return [ONE + reduce(add, [f - ONE for f in factors])]  # an empty one leaves the sum empty
    return factors


def kicked(said: ComponentBase, rules: Rules) -> pl.Expr | None:
    """Return what kickers add to the rate; None where there are none."""
    added = [_where(k.when, rules.value(k.add), ZERO, rules) for k in said.kickers]
    return reduce(add, added) if added else None


def _where(condition: Expression | None, value: pl.Expr, otherwise: pl.Expr, rules: Rules) -> pl.Expr:
    if condition is None:
        return value
    holds = rules.expression(condition)
    return pl.when(holds).then(value).when(~holds).then(otherwise).otherwise(pl.lit(None, dtype=D))


def slices_and_lines(
    frame: pl.DataFrame,
    rate: tuple[pl.Expr, pl.Expr | None],
    factors: list[pl.Expr],
    tier: str | None,
    blanks: list[Blank],
) -> Earned:
    """Return the lines and their slices from pieces.

    In: pieces with KEY, `~basis` (of the whole credit), `~s ~e ~length` (the piece and the credit on the measure times
    `~qd`), `~m`; `~paid` where basis x rate is said already. The line is the sum of basis x part x rate x factor over one common divisor, divided once; each slice
    shows its own quotient, the highest one takes the rest (semantics 1.2, 5.3).
    """
    numerator, divisor = rate
    whole = (pl.col("~e") - pl.col("~s")) == pl.col("~length")
    same = pl.col("~basis") == pl.col("~m")
    part = pl.col("~e") - pl.col("~s")
    basis = pl.when(whole).then(pl.col("~basis")).when(same).then(part).otherwise(product(pl.col("~basis"), part))
    under = pl.when(whole).then(ONE).when(same).then(pl.col("~qd")).otherwise(pl.col("~length"))
    if "~q" in frame.columns:
        frame = frame.with_columns(pl.col("~n").alias("~share")).drop("~n")
    frame = frame.with_columns(
        basis.alias("~bn"),
        under.alias("~bd"),
        numerator.alias("~rn"),
        (divisor if divisor is not None else ONE).alias("~rd"),
        product(ONE, *factors).alias("~f"),
        *(f.alias(f"~f{i}") for i, f in enumerate(factors[:-1] and factors)),
        (pl.col(tier) + 1 if tier else pl.lit(0)).cast(pl.UInt32).alias("tier"),
        whole.alias("~whole"),
    )
    bad = frame.filter(pl.col("~rn").is_null() | pl.col("~f").is_null() | pl.col("~bn").is_null() | pl.col("~rd").is_null())
    if len(bad):
        rule = "rate" if bad["~rn"].null_count() else "multiply" if bad["~f"].null_count() else "basis"
        blanks = [*blanks, Blank(rule, "blank", bad.select("~p", "~row").unique(maintain_order=True))]
        frame = frame.join(bad.select(KEY).unique(), on=KEY, how="anti", nulls_equal=True, maintain_order="left")
    start = [pl.col("~paid")] if "~paid" in frame.columns else [pl.col("~bn"), pl.col("~rn")]
    each = [f"~f{i}" for i in range(len(factors))] if len(factors) > 1 else ["~f"]  # from left to right
    figure = product(*start, *(pl.col(c) for c in each))
    frame = frame.with_columns(figure.alias("~num"), product(pl.col("~bd"), pl.col("~rd")).alias("~div"))
    alone = frame.filter("~whole").with_columns(_divided(pl.col("~num")).alias("exact"), pl.lit(1, dtype=pl.UInt32).alias("~n"))
    several = _joined(frame.filter(~pl.col("~whole")))
    pieces = pl.concat(
        [alone.with_columns(pl.col("exact").alias("~exact"), pl.col("~basis").alias("basis")), several], how="diagonal"
    )
    scale = pl.col("~qd")
    rated = pl.when(pl.col("~rd") == 1).then(pl.col("~rn")).otherwise(quotient(pl.col("~rn"), pl.col("~rd")))
    pieces = pieces.with_columns(
        pl.when(scale == 1).then(pl.col("~s")).otherwise(quotient(pl.col("~s"), scale)).alias("start"),
        pl.when(scale == 1).then(pl.col("~e")).otherwise(quotient(pl.col("~e"), scale)).alias("stop"),
        rated.alias("rate"),
        pl.col("~f").alias("factor"),
        pl.col("~f").alias("~factor"),
    )
    first = pieces.filter(pl.col("~n") == 1).with_columns(
        (pl.col(c) if c in pieces.columns else ONE).alias(as_) for c, as_ in (("~share", "~share_n"), ("~q", "~share_q"))
    )
    return Earned(first.select(ROW), pieces.select(SLICE), blanks)


def _divided(numerator: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("~div") == 1).then(numerator).otherwise(quotient(numerator, pl.col("~div")))


def _joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Lines of several slices: the sum of their numerators divided once; the highest slice takes what is left."""
    if frame.is_empty():
        return frame.with_columns(
            pl.lit(None, dtype=D).alias("exact"),
            pl.lit(None, dtype=D).alias("~exact"),
            pl.lit(None, dtype=D).alias("basis"),
            pl.lit(1, dtype=pl.UInt32).alias("~n"),
        )
    frame = frame.with_row_index("~i").sort("~i")
    own = pl.when(pl.col("~bd") == 1).then(pl.col("~bn")).otherwise(quotient(pl.col("~bn"), pl.col("~bd")))
    frame = frame.with_columns(
        _divided(pl.col("~num").sum().over(KEY)).alias("~exact"),
        _divided(pl.col("~num")).alias("~own"),
        own.alias("~part"),
        (pl.int_range(pl.len()).over(KEY) + 1).cast(pl.UInt32).alias("~n"),
        pl.len().over(KEY).alias("~of"),
    )
    last = pl.col("~n") == pl.col("~of")
    rest = pl.col("~exact") - (pl.col("~own").sum().over(KEY) - pl.col("~own"))
    rest_basis = pl.col("~basis") - (pl.col("~part").sum().over(KEY) - pl.col("~part"))
    return frame.with_columns(
        pl.when(last).then(rest).otherwise(pl.col("~own")).alias("exact"),
        pl.when(last).then(rest_basis).otherwise(pl.col("~part")).alias("basis"),
    ).drop("~own", "~part", "~of", "~i")
