"""Commission: basis x rate x accelerator x multipliers on every credited deal, cut into slices where tiers cross."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from commcalc.engine.components.lines import Paying, filtered, kicked, multipliers, slices_and_lines
from commcalc.engine.credit import share_of
from commcalc.engine.earnings import Blank, Earned, Job, credits_only, nothing, probe_day, quota_credit, to_date, window_days
from commcalc.engine.facts import with_facts
from commcalc.engine.measure import Measured, counted, with_plan_columns
from commcalc.engine.rates.tiers import Ladder, bounds, by_tier, ladder, look_up_pairs, paying_tiers, sliced
from commcalc.engine.reading import rounded
from commcalc.engine.rules import NOTHING, Rules, attainment_of, value_of
from commcalc.engine.target import target_of
from commcalc.engine.told import with_earned_on
from commcalc.plan.components.commission import Commission
from commcalc.plan.measures import CountMeasure, Rounding, SumMeasure
from commcalc.plan.tiers import Tiers
from commcalc.tables.exact import D, product, quotient
from commcalc.tables.rows import runs_of

ONE = pl.lit(1).cast(D)
ZERO = pl.lit(0).cast(D)


def earn(job: Job, day: date) -> Earned:
    """Return what a commission earns on all credits up to `day`, each in its own window (semantics 5)."""
    said, measured = job.component, job.measured
    assert isinstance(said, Commission) and measured is not None
    frame = to_date(job, measured, day)
    if frame.is_empty():
        return nothing()
    frame = credits_only(_standing(job, said, frame))
    if frame.is_empty():
        return nothing()
    if isinstance(measured.measure, CountMeasure) and measured.measure.weight is not None and said.basis is None:
        frame = frame.with_columns(counted(measured.measure, frame, ONE, job.book).alias("~deals"))  # of all, paid or not
    frame, blanks = filtered(job, frame)
    frame = window_days(job.book, job.plan, measured, frame)
    frame, unsaid = _returns(said, frame)
    blanks += unsaid
    if frame.is_empty():
        return Earned(nothing().rows, nothing().slices, blanks)
    frame, missing = _facts(job, measured, said, frame, day)
    blanks += missing
    frame, missing = _undecided(job, said, frame, day)
    blanks += missing
    frame = frame.with_columns(_basis(job, measured, said, frame)).drop("~line", strict=False).with_row_index("~line")
    frame = _stretch(frame)
    rules = job.rules.on(said.on)
    steps = [t for t in (said.rate if isinstance(said.rate, Tiers) else None, said.accelerators) if t is not None]
    pieces: pl.DataFrame | None = None
    for number, tiers in enumerate(steps):
        frame, pieces = _tiered(job, measured, tiers, (frame, pieces), f"~tier{number}")
    factors = []
    if said.accelerators is not None:
        factors.append(by_tier([rules.value(t.pay) for t in said.accelerators.tiers], f"~tier{len(steps) - 1}"))
    rate, divisor = _rate(rules, said, scaled="~qd" in frame.columns)
    paying = Paying(rate, divisor, [*factors, *multipliers(said, rules)], "~tier0" if steps else None)
    return slices_and_lines(frame, paying, blanks, pieces)


def _returns(said: Commission, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Blank]]:
    """With tiers a row below zero wants `returns:` said; without it the row is an exception (semantics 3.6)."""
    tiered = isinstance(said.rate, Tiers) or said.accelerators is not None
    if not tiered or said.returns is not None:
        return frame, []
    below = frame.filter(quota_credit(frame) < 0).select("~p", "~row")
    if below.is_empty():
        return frame, []
    return frame.filter(quota_credit(frame) >= 0), [Blank("returns", "returns", below)]


def _standing(job: Job, said: Commission, frame: pl.DataFrame) -> pl.DataFrame:
    """Add where each window, period and deal stands by the run's day: over all the measure's credits, paid or not."""
    tiers = [t for t in (said.rate, said.accelerators) if isinstance(t, Tiers)]
    wanted = {t.apply for t in tiers}
    reached = frame["~cum"] if "~den" not in frame.columns else frame.select(quotient(pl.col("~cum"), pl.col("~den"))).to_series()
    if "retroactive" in wanted or any(x.reaches != "here" for t in tiers for x in t.tiers):
        frame = frame.with_columns(runs_of(frame, "~g").last(reached).alias("~total"))
    if wanted & {"prospective", "inclusive"}:
        relief = ["~relief"] if "~relief" in frame.columns else []  # what relieves the measure is no row of the deal
        days = runs_of(frame, "~g", "~d", *relief, "~deal")  # rows of one deal and day stand together: places follow the deal id
        frame = frame.with_columns(
            days.spread(days.heads.select("~c"))["~c"].alias("~before_deal"), days.last(reached).alias("~after_deal")
        )
    if "period" in wanted:
        frame = frame.with_columns(job.book.moments.number("period", "~d").alias("~period"))
        frame = frame.with_columns(runs_of(frame, "~g", "~period").last(reached).alias("~by_period"))
    return frame


def _facts(job: Job, measured: Measured, said: Commission, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Add what the rules read: payee facts, params, other measures, target and quota of the window."""
    rules = job.rules.on(said.on)
    values = _values(said)
    reads = rules.reads(*values)
    frame = with_facts(job.book, job.plan, frame, reads.payee, reads.params)
    frame = with_plan_columns(job.plan, frame, reads.columns, rules)
    others = reads.measures - {said.on}
    read_own = said.on in _plainly_read(said, rules)
    frame = frame.with_columns(probe_day(day, of_credit=said.as_of == "credit period", book=job.book).alias("~t"))
    frame = frame.with_columns(pl.col("~t").fill_null(day))
    frame = job.readings.attach(frame, others | (frozenset({said.on}) if read_own else frozenset()), said.on)
    frame = with_earned_on(job, frame, reads.components, day)
    frame = job.readings.left_out(frame, reads.quotas - ({said.on} if not read_own else frozenset()))
    if said.target is not None:
        frame = target_of(job.book, job.plan, said, rules, frame)
    blanks: list[Blank] = []
    if _needs_quota(said, rules):
        frame = _quota(job, measured, frame, day)
        by_value = any(
            isinstance(t, Tiers) and value_of(t.by.node, rules.own) == rules.own for t in (said.rate, said.accelerators)
        )
        frame, blanks = _without_quota(job, measured, frame, by_value=by_value)
    return frame, blanks


def _values(said: Commission) -> list[object]:
    found: list[object] = [said.basis] if said.basis is not None else []
    found += [x for k in said.kickers for x in (k.add, k.when) if x is not None]
    found += [x for m in said.multiply for x in (m.factor, m.when) if x is not None]
    if said.target is not None and not hasattr(said.target, "of"):
        found.append(said.target)
    for tiers in (said.rate, said.accelerators):
        if isinstance(tiers, Tiers):
            found += [*(t.start for t in tiers.tiers), *(t.pay for t in tiers.tiers)]
        elif tiers is not None and not isinstance(tiers, str):
            found.append(tiers)
    return found


def _plainly_read(said: Commission, rules: Rules) -> frozenset[str]:
    """Measures read by value, not through the place in tiers: those need a look-up even where it is the component's own."""
    return rules.reads(*_values(said)).measures


def _needs_quota(said: Commission, rules: Rules) -> bool:
    tiers = [t for t in (said.rate, said.accelerators) if isinstance(t, Tiers)]
    by_own = any(attainment_of(t.by.node, rules.own) == rules.own and not _due_by_then(t, rules) for t in tiers)
    return said.rate == "on-target" or by_own


def _due_by_then(tiers: Tiers, rules: Rules) -> bool:
    """Whether each period's credits go by what was due of the quota at its end, which is not what is due by now."""
    own = attainment_of(tiers.by.node, rules.own)
    if own is None or own != rules.own or tiers.apply != "period":
        return False
    return bool(rules.plan.measures[own].against == "quota to date")


def _quota(job: Job, measured: Measured, frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """Add `~qn ~qd` of the component's own measure and window: read once for all components of the plan."""
    known = job.readings.quotas
    if (measured.name, day) not in known:
        windows = runs_of(measured.rows, "~g").heads  # in the order of `~g`, from 0
        probes = window_days(job.book, job.plan, measured, windows.filter(pl.col("~d") <= day))
        probes = probes.select("~p", "~w", "~wfirst", "~wlast")
        probes = probes.with_columns(pl.min_horizontal("~wlast", pl.lit(day)).fill_null(day).alias("~t"))
        read = job.readings.at(measured.name, probes).select("~p", "~w", "~qn", "~qd")
        found = windows.select("~p", "~w").join(read, on=["~p", "~w"], how="left", maintain_order="left")
        known[measured.name, day] = found.select("~qn", "~qd")
    return frame.with_columns(pl.lit(figure).gather(pl.col("~g")) for figure in known[measured.name, day])


def _without_quota(job: Job, measured: Measured, frame: pl.DataFrame, *, by_value: bool) -> tuple[pl.DataFrame, list[Blank]]:
    """Where the quota is missing or not above zero: an exception, or what the plan says (docs/semantics.md 4.8).

    The measure then stands at what the plan says of attainment; where other tiers go `by_value` of it, it stands where it is,
    and `~at` is the attainment that is taken.
    """
    bad = pl.col("~qn").is_null() | (pl.col("~qn") <= 0)
    meaning = measured.measure.no_quota
    if getattr(job.component, "rate", None) == "on-target" and meaning != "leave out":
        meaning = "refuse"  # whatever attainment is taken to be, there is no rate on a target without a quota
    frame = frame.with_columns(bad.alias("~fixed"))
    if not frame["~fixed"].any():
        return frame.drop("~fixed"), []
    refused = {"refuse": pl.col("~fixed")}.get(meaning, pl.col("~fixed") & pl.col("~qd").is_null())
    gone = (
        frame.filter(refused).select("~p").unique(maintain_order=True).with_columns(pl.lit(None, dtype=pl.UInt32).alias("~row"))
    )
    blanks = [Blank(f"quota of {measured.name}", "quota", gone)] if len(gone) else []
    if meaning in ("refuse", "leave out"):
        return frame.filter(~pl.col("~fixed")).drop("~fixed"), blanks
    frame = frame.filter(~refused)
    at = ONE if meaning == "100%" else ZERO
    fixed = pl.col("~fixed")
    figures = ("~c", "~cum", "~total", "~by_period", "~before_deal", "~after_deal")
    places = [c for c in figures if c in frame.columns and not by_value]
    if by_value:
        frame = frame.with_columns(pl.when(fixed).then(at).alias("~at"))
    frame = frame.with_columns(
        *(pl.when(fixed).then(at).otherwise(pl.col(c)).alias(c) for c in places),
        pl.when(fixed).then(ONE).otherwise(pl.col("~qn")).alias("~qn"),
        pl.when(fixed).then(ONE).otherwise(pl.col("~qd")).alias("~qd"),
    )
    return frame.drop("~fixed"), blanks


def _undecided(job: Job, said: Commission, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Where the measure of tiers, or a bound, is empty there is no tier: an exception, not the first one."""
    rules = job.rules.on(said.on)
    blanks: list[Blank] = []
    for number, tiers in enumerate(t for t in (said.rate, said.accelerators) if isinstance(t, Tiers)):
        if rules.reads(tiers.by).measures != {said.on} or _due_by_then(tiers, rules):
            frame = _read_by(job, rules, tiers, frame, day).rename({"~x": f"~x{number}", "~scale": f"~scale{number}"})
            unknown = pl.col(f"~x{number}").is_null()
            gone = frame.filter(unknown).select("~p", pl.lit(None, dtype=pl.UInt32).alias("~row")).unique(maintain_order=True)
            blanks += [Blank(f"tiers by {tiers.by.text}", "blank", gone)] if len(gone) else []
            frame = frame.filter(~unknown) if len(gone) else frame
        if rules.reads(*(t.start for t in tiers.tiers)) != NOTHING:
            unknown = pl.any_horizontal(rules.expression(t.start).is_null() for t in tiers.tiers)
            gone = frame.filter(unknown).select("~p", "~row")
            blanks += [Blank("tiers", "blank", gone)] if len(gone) else []
            frame = frame.filter(~unknown) if len(gone) else frame
    return frame, blanks


def _read_by(job: Job, rules: Rules, tiers: Tiers, frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """Add `~x ~scale`: another measure that tiers go by, at the end of the window or of the credit's own period."""
    reads = rules.reads(tiers.by)
    marked = frame.with_row_index("~i")
    moment = probe_day(day, of_credit=tiers.apply == "period", book=job.book)
    own = rules.own if _due_by_then(tiers, rules) else None
    if own is not None:
        moment = pl.min_horizontal(moment, "~wlast")
    windows = ("~w", "~wfirst", "~wlast") if own is not None else ()
    probes = marked.select("~i", "~p", *windows, moment.alias("~t"))
    read = job.readings.left_out(job.readings.attach(probes, reads.measures, own), reads.quotas)
    x, scale = rules.abscissa(tiers.by)
    figures = read.select("~i", x.alias("~x"), (ONE if scale is None else scale).alias("~scale"))
    return marked.join(figures, on="~i", maintain_order="left").drop("~i")


def _basis(job: Job, measured: Measured, said: Commission, frame: pl.DataFrame) -> pl.Expr | pl.Series:
    """What is paid on: the basis x share, else the measure's sum without its weight, else the deals counted."""
    measure, rules = measured.measure, job.rules.on(said.on)
    if said.basis is not None:
        basis = rules.value(said.basis)  # what was earned on the credit is its share already
        found = basis if rules.reads(said.basis).components else share_of(frame, basis, job.book)
    elif isinstance(measure, SumMeasure) and measure.weight is None:
        found = quota_credit(frame)
    elif isinstance(measure, SumMeasure):
        found = share_of(frame, rules.value(measure.sum), job.book)
    elif isinstance(measure, CountMeasure) and measure.weight is not None:  # what is paid on is not weighted
        found = pl.col("~deals")
    else:
        found = quota_credit(frame)
    return found.alias("~basis")


def _stretch(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `~s ~e`: where the credit begins and ends in its window, times the quota's divisor where any has one but 1."""
    if "~qd" in frame.columns and (frame["~qd"] == 1).all():
        frame = frame.drop("~qd")
    if "~qd" not in frame.columns:
        return frame.with_columns(pl.col("~c").alias("~s"), pl.col("~cum").alias("~e"))
    scale = pl.col("~qd")
    return frame.with_columns(product(pl.col("~c"), scale).alias("~s"), product(pl.col("~cum"), scale).alias("~e"))


def _scaled(frame: pl.DataFrame, value: str) -> pl.Expr:
    """A figure of the measure on the scale of the bounds: times the quota's divisor where any has one."""
    return product(pl.col(value), pl.col("~qd")) if "~qd" in frame.columns else pl.col(value)


Cut = tuple[pl.DataFrame, pl.DataFrame | None]


def _tiered(job: Job, measured: Measured, tiers: Tiers, credits: Cut, tier: str) -> Cut:
    """Add the column `tier`: the tier (from 0) that pays each credit; marginal tiers cut those that cross a bound."""
    rules = job.rules.on(measured.name)
    on_attainment = attainment_of(tiers.by.node, rules.own)
    by = on_attainment or value_of(tiers.by.node, rules.own)
    own = by == measured.name and not _due_by_then(tiers, rules)
    frame, pieces = credits
    if not own:
        number = tier.removeprefix("~tier")
        steps = bounds(tiers, rules, pl.col(f"~scale{number}") if on_attainment else None)
        return _placed(frame, pieces, steps.place(pl.col(f"~x{number}")), tier)
    columns = ("~qn", "~qd" if "~qd" in frame.columns else None)
    taken = pl.col("~at") if on_attainment and "~at" in frame.columns else None
    plain = ladder(tiers, rules, units=False, columns=columns, taken=taken)
    reached = _Reached(plain, None)
    if on_attainment and measured.measure.round is not None:  # an attainment that is rounded is compared as it is
        reached = _Reached(bounds(tiers, rules, None, taken), measured.measure.round)
    if tiers.apply == "marginal":
        steps = ladder(tiers, rules, units=is_units(job, measured), columns=columns, taken=taken)
        found = sliced(frame, pieces, (steps, plain), tier)
        return tuple(_paid_back(tiers, f, reached, tier) if f is not None else None for f in found)  # type: ignore[return-value]
    return _placed(frame, pieces, reached.tier(frame, STANDING[tiers.apply]), tier)


STANDING = {
    "retroactive": "~total",
    "period": "~by_period",
    "prospective": "~before_deal",
    "inclusive": "~after_deal",
}
"""The figure whose place decides: of the window, the period, or the deal before or with it (semantics 5.3)."""


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far a figure of the component's own measure has come among the bounds; by rounded attainment where so said."""

    steps: Ladder
    round: Rounding | None

    def tier(self, frame: pl.DataFrame, figure: str) -> pl.Expr:
        """Return the tier (from 0) of a figure."""
        value = _scaled(frame, figure)
        return self.steps.place(value if self.round is None else rounded(self.round, quotient(value, pl.col("~qn"))))


def _placed(frame: pl.DataFrame, pieces: pl.DataFrame | None, place: pl.Expr, tier: str) -> Cut:
    added = place.cast(pl.Int32).alias(tier)
    return frame.with_columns(added), (pieces.with_columns(added) if pieces is not None else None)


def _paid_back(tiers: Tiers, frame: pl.DataFrame, reached: _Reached, tier: str) -> pl.DataFrame:
    """With `reaches` a slice is paid by the highest tier reached that reaches down to it (semantics 5.3)."""
    if all(t.reaches == "here" for t in tiers.tiers):
        return frame
    frame = frame.with_columns(reached.tier(frame, "~total").cast(pl.Int32).alias("~reached"))
    return frame.with_columns(look_up_pairs(paying_tiers(tiers), "~reached", tier).alias(tier)).drop("~reached")


def _rate(rules: Rules, said: Commission, *, scaled: bool) -> tuple[tuple[pl.Expr, ...], pl.Expr | None]:
    """The rate of each piece: of its tier, on target, or as the value gives it; kickers are added (docs/semantics.md 5.4)."""
    kick = kicked(said, rules)
    if said.rate == "on-target":
        divisor = product(pl.col("~td"), pl.col("~qn"))
        target = (pl.col("~tn"), pl.col("~qd")) if scaled else (pl.col("~tn"),)
        return (target, divisor) if kick is None else ((product(*target) + product(kick, pl.col("~td"), pl.col("~qn")),), divisor)
    if isinstance(said.rate, Tiers):
        rate = by_tier([rules.value(t.pay) for t in said.rate.tiers], "~tier0")
        return (rate if kick is None else rate + kick,), None
    numerator, under = rules.parts(said.rate)
    if kick is not None:
        numerator = numerator + (kick if under is None else product(kick, under))
    return (numerator,), under


def is_units(job: Job, measured: Measured) -> bool:
    """A measure is in units where it counts deals, or sums a column of whole units (semantics 5.5)."""
    measure = measured.measure
    if isinstance(measure, CountMeasure):
        return True
    return isinstance(measure, SumMeasure) and measure.sum.text.strip() in job.book.house.count_columns
