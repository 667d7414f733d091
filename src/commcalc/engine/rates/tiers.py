"""Tiers: each credit's place among the bounds, and the slices of those that cross one (semantics 5.3)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from commcalc.engine.rules import Rules, attainment_of
from commcalc.plan.tiers import TierFrom, Tiers
from commcalc.tables.exact import D, product, quotient

ZERO = pl.lit(0).cast(D)
ONE = pl.lit(1).cast(D)
FAR = pl.lit(10**22).cast(D)  # beyond what any measure comes to


@dataclass(frozen=True, slots=True)
class Ladder:
    """The bounds of tiers as columns of a frame, on the scale of `value x quota divisor`.

    cuts: the bounds; includes: whether a bound belongs to the tier that starts there.
    """

    cuts: tuple[pl.Expr, ...]
    includes: tuple[bool, ...]

    def named(self, tier: str) -> tuple[list[pl.Expr], Ladder]:
        """Return the bounds as columns to be added, and the ladder of these columns: each bound is worked out once."""
        names = [f"{tier}.{i}" for i in range(len(self.cuts))]
        columns = [c.alias(n) for c, n in zip(self.cuts, names, strict=True)][1:]  # the first tier is open downwards
        return columns, Ladder((self.cuts[0], *(pl.col(n) for n in names[1:])), self.includes)

    def place(self, value: pl.Expr) -> pl.Expr:
        """Return the tier (from 0) of a value: the highest one whose start is reached; the first is open downwards."""
        reached = [value >= c if i else value > c for c, i in zip(self.cuts[1:], self.includes[1:], strict=True)]
        return _count(reached)

    def begins(self, value: pl.Expr) -> pl.Expr:
        """Return the tier of a stretch that starts at `value`."""
        return _count([value >= c for c in self.cuts[1:]])

    def ends(self, value: pl.Expr) -> pl.Expr:
        """Return the tier of a stretch that ends at `value`."""
        return _count([value > c for c in self.cuts[1:]])

    def bound(self, tier: pl.Expr, *, upper: bool) -> pl.Expr:
        """Return where a tier starts, or ends: empty where it is open."""
        chain = pl.lit(None, dtype=D)
        pairs = enumerate(self.cuts[1:], start=0 if upper else 1)
        for number, cut in pairs:
            chain = pl.when(tier == number).then(cut).otherwise(chain)
        return chain


def _count(tests: list[pl.Expr]) -> pl.Expr:
    if not tests:
        return pl.lit(0, dtype=pl.Int32)
    return pl.sum_horizontal([t.cast(pl.Int32) for t in tests])


def ladder(tiers: Tiers, rules: Rules, *, units: bool, columns: tuple[str, str | None], taken: pl.Expr | None = None) -> Ladder:
    """Return the bounds of `tiers` in the own measure; `columns` name the quota's numerator and divisor (empty: 1).

    By attainment a bound is b x quota, so that no division decides; in units it is cut where unit k begins (semantics 5.5): for
    slices only; what has been reached is told by the bounds as they are written. `taken`: see bounds.
    """
    numerator, divisor = pl.col(columns[0]), pl.col(columns[1]) if columns[1] is not None else None
    by_attainment = attainment_of(tiers.by.node, rules.own) is not None
    scale = numerator if by_attainment else divisor
    steps = bounds(tiers, rules, scale, taken)
    if not units:
        return steps
    cuts = []
    for tier, cut in zip(tiers.tiers, steps.cuts, strict=True):
        at = cut if divisor is None else quotient(cut, divisor)
        whole = at.ceil() if isinstance(tier, TierFrom) else at.floor()
        cut = whole.cast(D) - (ONE if isinstance(tier, TierFrom) else ZERO)
        cuts.append(cut if divisor is None else product(cut, divisor))
    return Ladder(tuple(cuts), (False,) * len(cuts))  # unit k begins just above k - 1


def bounds(tiers: Tiers, rules: Rules, scale: pl.Expr | None, taken: pl.Expr | None = None) -> Ladder:
    """Return the bounds of `tiers`, times `scale` where there is one.

    Where `taken` is not empty it is the attainment, whatever the measure's value: each bound is out of every value's reach,
    far below where that attainment has reached it, else far above.
    """
    starts = [rules.expression(t.start) for t in tiers.tiers]
    cuts = [s if scale is None else product(s, scale) for s in starts]
    if taken is not None:
        has = [taken >= s if isinstance(t, TierFrom) else taken > s for s, t in zip(starts, tiers.tiers, strict=True)]
        cuts = [pl.when(h).then(-FAR).when(~h).then(FAR).otherwise(c) for h, c in zip(has, cuts, strict=True)]
    return Ladder(tuple(cuts), tuple(isinstance(t, TierFrom) for t in tiers.tiers))


def paying_tiers(tiers: Tiers) -> list[list[int]]:
    """Return for each tier reached and each slice's tier the tier that pays it: the highest reached one that reaches down to it."""
    down = []
    for i, tier in enumerate(tiers.tiers):
        down.append(i if tier.reaches == "here" else 0 if tier.reaches == "zero" else int(tier.reaches[5:]) - 1)
    size = len(tiers.tiers)
    return [[next((j for j in range(reached, i, -1) if down[j] <= i), i) for i in range(size)] for reached in range(size)]


def sliced(
    frame: pl.DataFrame, pieces: pl.DataFrame | None, steps: tuple[Ladder, Ladder], tier: str
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Cut each row's stretch `~s`..`~e` at the bounds; `tier` names the new column (from 0). steps: where is cut, what is reached.

    In: the credits, one row each with its number `~line`, and the pieces of those that other bounds have cut already. The
    credits come back as they are, each with the tier in which its lower end lies; those that cross a bound are also cut
    into pieces, lowest tier first. A row without length stays whole, in the tier of its place.
    """
    columns, cuts = steps[0].named(tier)
    steps = (cuts, steps[1])
    frame = _marked(frame.with_columns(columns), steps, tier)
    cut = [frame.filter(pl.col(tier) != pl.col("~last")).with_columns((pl.col("~e") - pl.col("~s")).alias("~length"))]
    if pieces is not None:
        done = pieces["~line"].unique().implode()
        cut = [
            cut[0].filter(~pl.col("~line").is_in(done)),
            _marked(pieces.with_columns(columns), steps, tier).select(cut[0].columns),
        ]
    crossing = pl.concat(cut)
    frame = frame.drop("~last")
    if crossing.is_empty():
        return frame, None
    each = crossing.with_columns(pl.int_ranges(tier, pl.col("~last") + 1).alias(tier)).explode(tier)
    each = each.with_columns(pl.col(tier).cast(pl.Int32))
    bottom, top = cuts.bound(pl.col(tier), upper=False), cuts.bound(pl.col(tier), upper=True)
    each = each.with_columns([_clip(pl.col(c), bottom, top).alias(c) for c in ("~s", "~e")]).drop("~last")
    each = each.filter(pl.col("~s") != pl.col("~e"))  # two bounds may be cut at one unit
    return frame, each.sort("~line", maintain_order=True)


def _marked(frame: pl.DataFrame, ladders: tuple[Ladder, Ladder], tier: str) -> pl.DataFrame:
    """Add the tiers in which a stretch begins and ends; one without length is in the tier that it has reached."""
    steps, reached = ladders
    low, high = pl.min_horizontal("~s", "~e"), pl.max_horizontal("~s", "~e")
    first, last = steps.begins(low), steps.ends(high)
    empty = pl.col("~s") == pl.col("~e")
    if frame.lazy().select(empty.any()).collect().item():
        place = reached.place(pl.col("~s"))
        first, last = pl.when(empty).then(place).otherwise(first), pl.when(empty).then(place).otherwise(last)
    return frame.with_columns(first.cast(pl.Int32).alias(tier), last.cast(pl.Int32).alias("~last"))


def _clip(value: pl.Expr, bottom: pl.Expr, top: pl.Expr) -> pl.Expr:
    raised = pl.when(bottom.is_not_null() & (value < bottom)).then(bottom).otherwise(value)
    return pl.when(top.is_not_null() & (raised > top)).then(top).otherwise(raised)


def by_tier(values: list[pl.Expr], tier: str) -> pl.Expr:
    """Return the value of each row's tier."""
    chain = values[0]
    for number, value in enumerate(values[1:], start=1):
        chain = pl.when(pl.col(tier) == number).then(value).otherwise(chain)
    return chain


def look_up_pairs(pairs: list[list[int]], reached: str, tier: str) -> pl.Expr:
    """Return the entry of `pairs` at (reached, tier) of each row."""
    size = len(pairs)
    flat = pl.Series([j for row in pairs for j in row], dtype=pl.Int32)
    return pl.lit(flat).gather((pl.col(reached) * size + pl.col(tier)).cast(pl.UInt32))
