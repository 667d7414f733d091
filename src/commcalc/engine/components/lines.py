"""From credits to lines: products over a common divisor, divided once; the pieces of a credit are the line's slices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import polars as pl

from commcalc.engine.earnings import ROW, SLICE, Blank, Earned, Job, nothing
from commcalc.engine.facts import with_facts
from commcalc.engine.measure import with_plan_columns
from commcalc.engine.rules import Rules
from commcalc.language.expression import Expression
from commcalc.plan.components.common import ComponentBase
from commcalc.tables.digits import keep_exact
from commcalc.tables.exact import D, product, quotient
from commcalc.tables.rows import only, patched

ONE = pl.lit(1).cast(D)
ZERO = pl.lit(0).cast(D)
FIRST = pl.lit(1, dtype=pl.UInt32)
SLICED = ["tier", "start", "stop", "basis", "rate", "factor", "exact"]


@dataclass(frozen=True, slots=True)
class Paying:
    """How a piece is paid: its rate (products in order, and a divisor or none), its factors, the column that holds its tier.

    pay: basis x rate, where that is not their plain product (so much for a sale, then its share). basis: what is paid on as
    numerator and divisor, where only a part of a credit is paid.
    """

    rate: tuple[pl.Expr, ...]
    divisor: pl.Expr | None
    factors: list[pl.Expr]
    tier: str | None = None
    pay: pl.Expr | None = None
    basis: tuple[pl.Expr, pl.Expr] | None = None


def filtered(job: Job, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Blank]]:
    """Keep the credits that the component pays: inside its dates, of eligible payees, where its condition holds."""
    said, rules = job.component, job.rules
    blanks: list[Blank] = []
    if said.dates is not None:
        first, last = said.dates.first, said.dates.last
        after = pl.col("~d") >= first if first else pl.lit(value=True)
        before = pl.col("~d") <= last if last else pl.lit(value=True)
        frame = frame.filter(after & before)
    for rule, condition in (("eligible", said.eligible), ("where", said.where)):
        if condition is None:
            continue
        reads = rules.reads(condition)
        frame = with_facts(job.book, job.plan, frame, reads.payee, reads.params)
        frame = with_plan_columns(job.plan, frame, reads.columns, rules)
        holds = rules.expression(condition)
        if job.book.shared is not None and of_payees(job, condition):  # of what is shared it acts after the sharing
            holds = pl.col("~p").is_in(job.book.shared.holders["~p"].unique().implode()) | holds
        frame = frame.with_columns(holds.alias("~holds"))
        if frame["~holds"].null_count():
            undecided = frame.filter(pl.col("~holds").is_null())
            blanks.append(Blank(f"{rule}: {condition.text}", "blank", undecided.select("~p", "~row")))
        frame = only(frame, pl.col("~holds")).drop("~holds")
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


def slices_and_lines(frame: pl.DataFrame, paying: Paying, blanks: list[Blank], pieces: pl.DataFrame | None = None) -> Earned:
    """Return the lines of credits and their slices.

    In: one row per credit in order, with KEY, `~line` (its number), `~basis`, `~s ~e` (where it begins and ends on the
    measure, times `~qd` where that column is there). `pieces`: the credits that cross a bound, cut: rows with the same
    columns and `~length`, lowest tier first. Out: the first slices in the order of the lines, then the further ones. A
    line is the sum of basis x part x rate x factors over one common divisor, divided once; each slice shows its own
    quotient, the highest takes the rest (semantics 1.2, 5.3).
    """
    frame = _paid(frame, paying, *(paying.basis or (pl.col("~basis"), None)))
    keep_exact(frame, "the sum of lines", pl.col("exact"), rows=len(frame))
    cut = _cut(pieces, paying) if pieces is not None and len(pieces) else None
    frame, cut, blanks = _decided(frame, cut, blanks)
    if frame.is_empty():
        return Earned(nothing().rows, nothing().slices, blanks)
    frame = frame.with_columns(FIRST.alias("~n"), pl.col("exact").alias("~exact"), pl.col("~f").alias("~factor"))
    rated = [pl.col("rate"), *([pl.col("~f")] if paying.factors else [])]
    frame = frame.with_columns(product(*rated).alias("~rate"))
    slices = frame.select(SLICE)
    if cut is not None:
        frame, slices = _patched(frame, cut)
    return Earned(frame.select(ROW), slices, blanks)


def _paid(frame: pl.DataFrame, paying: Paying, basis: pl.Expr, divisor: pl.Expr | None) -> pl.DataFrame:
    """Add `tier start stop basis rate factor exact`, and `~num ~div`: what is divided to be the exact amount."""
    frame = _shares(frame).with_columns(
        product(*paying.rate).alias("~rn"),
        (product(*paying.factors) if paying.factors else ONE).alias("~f"),
        basis.alias("~bn"),
        *([divisor.alias("~bd")] if divisor is not None else []),
        *([paying.divisor.alias("~rd")] if paying.divisor is not None else []),
    )
    under = [pl.col(c) for c in ("~bd", "~rd") if c in frame.columns]
    rate = paying.rate if len(paying.rate) > 1 else (pl.col("~rn"),)
    factors = paying.factors if len(paying.factors) > 1 else [pl.col("~f")] * len(paying.factors)
    keep_exact(frame, "basis x rate x factors", pl.col("~bn"), pl.col("~rn"), pl.col("~f"))
    keep_exact(frame, "the divisor of a line", *under)
    figure = product(*((pl.col("~bn"), *rate) if paying.pay is None else (paying.pay,)), *factors)
    frame = frame.with_columns(figure.alias("~num"), *([product(*under).alias("~div")] if under else []))
    shown = _divided(pl.col("~rn"), "~rd") if paying.divisor is not None else pl.col("~rn")
    scaled = "~qd" in frame.columns
    return frame.with_columns(
        (pl.col(paying.tier) + 1 if paying.tier else pl.lit(0)).cast(pl.UInt32).alias("tier"),
        (_divided(pl.col("~s"), "~qd") if scaled else pl.col("~s")).alias("start"),
        (_divided(pl.col("~e"), "~qd") if scaled else pl.col("~e")).alias("stop"),
        (_divided(pl.col("~bn"), "~bd") if divisor is not None else pl.col("~bn")).alias("basis"),
        shown.alias("rate"),
        pl.col("~f").alias("factor"),
        (_divided(pl.col("~num"), "~div") if under else pl.col("~num")).alias("exact"),
    )


def _divided(numerator: pl.Expr, divisor: str) -> pl.Expr:
    return pl.when(pl.col(divisor) == 1).then(numerator).otherwise(quotient(numerator, pl.col(divisor)))


def _shares(frame: pl.DataFrame) -> pl.DataFrame:
    """Let each credit's share be `~share_n / ~share_q`."""
    if "~q" in frame.columns:
        return frame.with_columns(pl.col("~n").alias("~share_n"), pl.col("~q").alias("~share_q")).drop("~n", "~q")
    return frame.with_columns(ONE.alias("~share_n"), ONE.alias("~share_q"))


def _cut(pieces: pl.DataFrame, paying: Paying) -> pl.DataFrame:
    """Pay each piece of the credits that cross a bound, and make the highest take what is left of the line."""
    part = pl.col("~e") - pl.col("~s")
    same = pl.col("~basis") == pl.col("~m")
    basis = pl.when(same).then(part).otherwise(product(pl.col("~basis"), part))
    scale = pl.col("~qd") if "~qd" in pieces.columns else ONE
    paid = _paid(pieces, paying, basis, pl.when(same).then(scale).otherwise(pl.col("~length")))
    most = paid.group_by("~line").len()["len"].max()
    keep_exact(paid, "the pieces of a line", pl.col("~num"), rows=int(most or 1))  # type: ignore[arg-type]
    paid = paid.with_columns(
        _divided(pl.col("~num").sum().over("~line"), "~div").alias("~exact"),
        (pl.int_range(pl.len()).over("~line") + 1).cast(pl.UInt32).alias("~n"),
        pl.len().over("~line").alias("~of"),
        pl.when(pl.col("~f").n_unique().over("~line") == 1).then("~f").alias("~factor"),
    )
    last = pl.col("~n") == pl.col("~of")
    rest = pl.col("~exact") - (pl.col("exact").sum().over("~line") - pl.col("exact"))
    rest_basis = pl.col("~basis") - (pl.col("basis").sum().over("~line") - pl.col("basis"))
    return paid.with_columns(
        pl.when(last).then(rest).otherwise(pl.col("exact")).alias("exact"),
        pl.when(last).then(rest_basis).otherwise(pl.col("basis")).alias("basis"),
    )


def _decided(
    frame: pl.DataFrame, cut: pl.DataFrame | None, blanks: list[Blank]
) -> tuple[pl.DataFrame, pl.DataFrame | None, list[Blank]]:
    """Set aside credits of which a rule met an empty field: exceptions, on which nothing is paid."""
    # what is earned is asked last: it is empty too where a factor is, and then the factor is what was lacking
    asked = (("rate", ("~rn", "~rd")), ("multiply", ("~f",)), ("basis", ("~bn",)), ("rate", ("exact",)))
    tables = [t for t in (frame, cut) if t is not None]
    none = pl.Series("~line", [], dtype=pl.UInt32)
    gone = none
    for rule, columns in asked:
        found = [t.filter(pl.col(c).is_null())["~line"] for t in tables for c in columns if c in t.columns and t[c].null_count()]
        if not found:
            continue
        lines = pl.concat([none, *found]).unique()
        lines = lines.filter(~lines.is_in(gone.implode()))  # a credit is told once, by the first rule that it lacks
        if len(lines):
            rows = frame.filter(pl.col("~line").is_in(lines.implode()))
            blanks = [*blanks, Blank(rule, "blank", rows.select("~p", "~row").unique(maintain_order=True))]
            gone = pl.concat([gone, lines])
    if gone.is_empty():
        return frame, cut, blanks
    kept = [t.filter(~pl.col("~line").is_in(gone.implode())) for t in tables]
    # what stays is numbered anew, so that a line's number is its row
    renumbered = kept[0].select("~line").with_row_index("~new")
    kept = [t.join(renumbered, on="~line", maintain_order="left").drop("~line").rename({"~new": "~line"}) for t in kept]
    return kept[0], (kept[1] if cut is not None and len(kept[1]) else None), blanks


def _patched(frame: pl.DataFrame, cut: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put the lines of several slices in their place: the line's figures, its first slice there, the further ones after."""
    first = cut.filter(pl.col("~n") == 1)
    usable = pl.col("~basis") != 0
    rate = pl.when(usable).then(quotient(pl.col("~exact"), pl.when(usable).then(pl.col("~basis")).otherwise(ONE)))
    figures = first.select(*SLICED, "~exact", "~factor", rate.alias("~rate"))
    frame = frame.with_columns(patched(frame.select(figures.columns), first["~line"], figures))
    return frame, pl.concat([frame.select(SLICE), cut.filter(pl.col("~n") > 1).select(SLICE)])
