"""Reading: what a measure stood at on a day, for whoever asks - value, quota, attainment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.credit import share_of
from commcalc.engine.facts import with_facts
from commcalc.engine.measure import COUNTED, Measured, counted
from commcalc.engine.people import FIRST_DAY, LAST_DAY, join_effective
from commcalc.engine.quota import in_teams, quota_at
from commcalc.engine.rules import Rules
from commcalc.engine.windows import own_windows, rolling_at
from commcalc.plan.measures import CountMeasure, FormulaMeasure, KpiMeasure, MeasureBase, Rounding
from commcalc.plan.model import Plan
from commcalc.plan.windows import OF_PAYEE, rolling_of
from commcalc.tables.digits import keep_exact
from commcalc.tables.exact import D, exact_lit, product, quotient, round_to
from commcalc.tables.rows import runs_of

ZERO = pl.lit(0).cast(D)
ONE = pl.lit(1).cast(D)
PROBE = ["~p", "~w", "~t"]


@dataclass(frozen=True, slots=True)
class Readings:
    """The measures of a plan, ready to be read at any day.

    quotas: by measure and day `~qn ~qd` of each of its windows, in the order of `~g`, once somebody has asked for them.
    """

    book: Book
    plan: Plan
    rules: Rules
    measured: Mapping[str, Measured]
    quotas: dict[tuple[str, date], pl.DataFrame] = field(default_factory=dict)

    def at(self, name: str, probes: pl.DataFrame) -> pl.DataFrame:
        """Return probes with `~value ~qn ~qd ~quota ~attainment` of measure `name`.

        In: probes `~p ~w ~t ~wfirst ~wlast`, each once: the payee, the measure's window and the day it is read.
        An attainment is empty where a quota is wanted and missing or not above zero, unless the plan says what it means.
        """
        said: MeasureBase = self.plan.measures[name]
        found = self._value(name, said, probes)
        found = quota_at(self.book, self.plan, name, self.rules.on(name), self._facts(said, found))
        good = pl.col("~qn") > 0
        value, qn, qd = pl.col("~value"), pl.col("~qn"), pl.col("~qd")
        meant = {"0%": ZERO, "100%": ONE}.get(said.no_quota, pl.lit(None, dtype=D))
        meant = pl.when(qd.is_not_null()).then(meant)  # a quota that cannot be told is not one that is missing
        attainment = pl.when(good).then(quotient(product(value, qd), pl.when(good).then(qn).otherwise(ONE))).otherwise(meant)
        quota = pl.when(good).then(pl.when(qd == 1).then(qn).otherwise(quotient(qn, qd)))
        found = found.with_columns(attainment.alias("~attainment"), quota.otherwise(pl.lit(None, dtype=D)).alias("~quota"))
        if said.round is not None:
            found = found.with_columns(rounded(said.round, pl.col("~attainment")).alias("~attainment"))
        return found.select(*PROBE, "~value", "~qn", "~qd", "~quota", "~attainment")

    def _facts(self, said: MeasureBase, probes: pl.DataFrame) -> pl.DataFrame:
        if said.quota is None or isinstance(said.quota, str):
            return probes
        reads = self.rules.reads(said.quota)
        return with_assignment(self.book, self.plan, probes, reads.payee, reads.params)

    def _value(self, name: str, said: MeasureBase, probes: pl.DataFrame) -> pl.DataFrame:
        if isinstance(said, KpiMeasure):
            return _kpi(self.book, said, probes)
        if isinstance(said, FormulaMeasure):
            inner = self.attach(probes.rename({"~w": "~W"}), self.rules.reads(said.formula).measures)
            inner = with_assignment(
                self.book, self.plan, inner, self.rules.reads(said.formula).payee, self.rules.reads(said.formula).params
            )
            valued = inner.rename({"~W": "~w"}).with_columns(self.rules.value(said.formula).alias("~value"))
            return probes.join(valued.select(*PROBE, "~value"), on=PROBE, how="left", maintain_order="left")
        if rolling_of(said.window) is not None:
            return _rolling_value(self.book, self.measured[name], probes)
        return _running_value(self.measured[name], probes)

    def attach(self, frame: pl.DataFrame, names: frozenset[str], own: str | None = None) -> pl.DataFrame:
        """Add `value:m quota:m attainment:m quota_num:m quota_den:m` of each named measure, in the window that holds `~t`.

        The component's own measure is read in the window of each row, `~w ~wfirst ~wlast`.
        """
        for name in sorted(names):
            said: MeasureBase = self.plan.measures[name]
            mine = name == own and rolling_of(said.window) is None
            key = ["~p", "~w", "~t"] if mine else ["~p", "~t"]
            probes = frame.select(*key, *(("~wfirst", "~wlast") if mine else ())).unique(key)
            read = self.at(name, probes if mine else self.windows_at(name, said, probes))
            named = read.select(
                *key,
                pl.col("~value").alias(f"value:{name}"),
                pl.col("~quota").alias(f"quota:{name}"),
                pl.col("~attainment").alias(f"attainment:{name}"),
                pl.col("~qn").alias(f"quota_num:{name}"),
                pl.col("~qd").alias(f"quota_den:{name}"),
            )
            frame = frame.drop(named.columns[len(key) :], strict=False)
            frame = frame.join(named, on=key, how="left", maintain_order="left", nulls_equal=True)
        return frame

    def left_out(self, frame: pl.DataFrame, asked: frozenset[str]) -> pl.DataFrame:
        """Leave out, without exception, what asks for a quota that is missing and says so: `no_quota: leave out`."""
        leaving = [n for n in sorted(asked) if self.plan.measures[n].no_quota == "leave out"]
        return frame.filter(_told(n) for n in leaving) if leaving else frame

    def windows_at(self, name: str, said: MeasureBase, probes: pl.DataFrame) -> pl.DataFrame:
        """Add `~w ~wfirst ~wlast`: the window of the measure that holds each probe's day."""
        if said.window == "life":
            return probes.with_columns(
                pl.lit(0, dtype=pl.Int64).alias("~w"), pl.lit(FIRST_DAY).alias("~wfirst"), pl.lit(LAST_DAY).alias("~wlast")
            )
        if (rolling := rolling_of(said.window)) is not None:
            return rolling_at(self.book.moments, rolling, probes)
        if said.window in OF_PAYEE:
            rows = own_windows(self.book, self.plan, said, name).select(
                "~p", pl.col("~first").alias("~wfirst"), pl.col("~last").alias("~wlast"), "~w"
            )
            found = probes.sort("~p", "~t").join_asof(
                rows.sort("~p", "~wfirst"), left_on="~t", right_on="~wfirst", by="~p", check_sortedness=False
            )
            return found.filter(pl.col("~w").is_not_null())
        windows = self.book.moments.windows[said.window].select(
            "~w", pl.col("~first").alias("~wfirst"), pl.col("~last").alias("~wlast")
        )
        return probes.with_columns(self.book.moments.number(said.window, "~t").alias("~w")).join(windows, on="~w")


def _told(name: str) -> pl.Expr:
    """Whether a quota is there, or cannot be told, which is an exception."""
    return ((pl.col(f"quota_num:{name}") > 0) | pl.col(f"quota_den:{name}").is_null()).fill_null(value=False)


def with_assignment(book: Book, plan: Plan, probes: pl.DataFrame, payee: frozenset[str], params: frozenset[str]) -> pl.DataFrame:
    """Add the payee's facts and the assignment's own params, as of the day `~t` of each probe."""
    if not payee and not params:
        return probes
    frame = probes.with_columns(pl.col("~t").alias("~d"))
    if "~a" not in frame.columns:
        rows = book.people.assignments.filter(pl.col("plan") == plan.plan).select("~p", "~from", "~to", "~a")
        frame = join_effective(frame, rows, "~d")
    return with_facts(book, plan, frame, payee, params).drop("~d")


def _running_value(measured: Measured, probes: pl.DataFrame) -> pl.DataFrame:
    """The running value after the last credit of the window up to the day (docs/semantics.md 4.4).

    Credits stand by payee and day and windows tile time: the last credit up to a day is found by search, and counts
    where it lies in the probed window.
    """
    rows = measured.rows
    if measured.measure.window == "deal":  # deals of one day each have their own: of these the last row
        ends = runs_of(rows, "~p", "~w").ends
        keyed = rows.select("~p", "~w")[ends].with_columns(ends.cast(pl.Int64).alias("~at"))
        at = probes.select("~p", "~w").join(keyed, on=["~p", "~w"], how="left", maintain_order="left")["~at"].fill_null(-1)
    else:
        found = rows.select(_by_day("~d")).to_series().search_sorted(probes.select(_by_day("~t")).to_series(), side="right")
        at = (found.cast(pl.Int64) - 1).alias("~at")
    last = rows.select("~p", "~w", "~cum", *(["~den"] if "~den" in rows.columns else []))
    picked = last[at.clip(lower_bound=0)] if len(last) else last.clear(len(at))
    here = (at >= 0) & (picked["~p"] == probes["~p"]) & (picked["~w"] == probes["~w"])
    counted = measured.measure.aggregate in ("sum", "count", "distinct")
    value = pl.col("~cum")
    if "~den" in picked.columns:
        value = quotient(value, pl.col("~den"))
    none = ZERO if counted else pl.lit(None, dtype=D)
    if measured.opened is not None:  # a window may have nothing but what it had before the first run
        before = probes.select("~p", "~w").join(measured.opened, on=["~p", "~w"], how="left", maintain_order="left")
        none = pl.lit(before["~open"]).fill_null(ZERO)
    value = pl.when(pl.lit(here.fill_null(value=False))).then(value).otherwise(none)
    return probes.hstack(picked.lazy().select(value.alias("~value")).collect())


def _rolling_value(book: Book, measured: Measured, probes: pl.DataFrame) -> pl.DataFrame:
    """What the credits of the window add up to by the day, each sale counted as if there were no more of it (docs/semantics.md 4.3)."""
    said, kind = measured.measure, measured.measure.aggregate
    numbered = probes.with_row_index("~probe")
    spans = numbered.select("~probe", "~p", "~wfirst", "~t")
    rows = measured.rows.drop("~w", "~wfirst", "~t", strict=False).with_row_index("~at")
    read = spans.join(rows, on="~p").filter(pl.col("~d").is_between("~wfirst", "~t")).sort("~probe", "~at")
    if kind in COUNTED:
        figure = product(pl.col("~x"), pl.col("~by"))
        if isinstance(said, CountMeasure):
            of_probe = read.with_columns(pl.col("~probe").cast(pl.Int64).alias("~w"))
            read = read.with_columns(counted(said, of_probe, pl.col("~by"), book).alias("~y"))
        else:
            read = read.with_columns(share_of(read, pl.col("~x") if said.weight is None else figure, book).alias("~y"))
        keep_exact(read, "the sum of credits", pl.col("~y"), rows=len(read))
        sums = read.group_by("~probe").agg(pl.col("~y").sum().alias("~value"))
        sums = _with_lumps(book, measured.name, numbered, sums)
        found = numbered.join(sums, on="~probe", how="left", maintain_order="left").with_columns(pl.col("~value").fill_null(ZERO))
        return found.drop("~probe")
    read = read.unique(["~probe", "~row"], keep="first", maintain_order=True)
    weighed = product(pl.col("~x"), pl.col("~by"))
    if kind == "average":
        keep_exact(read, "the sum of an average", pl.max_horizontal(weighed.abs(), pl.col("~by").abs()), rows=len(read))
    by = pl.col("~by").sum()
    aggregate = {
        "distinct": pl.col("~x").n_unique().cast(pl.Int64).cast(D),
        "average": pl.when(by != 0).then(quotient(weighed.sum(), pl.when(by != 0).then(by).otherwise(ONE))),
        "min": pl.col("~x").min(),
        "max": pl.col("~x").max(),
    }[kind]
    values = read.group_by("~probe").agg(aggregate.alias("~value"))
    found = numbered.join(values, on="~probe", how="left", maintain_order="left").drop("~probe")
    return found.with_columns(pl.col("~value").fill_null(ZERO)) if kind == "distinct" else found


def _with_lumps(book: Book, name: str, probes: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Add openings: each is an amount of the day that it is given as of (docs/semantics.md 4.9)."""
    if book.openings.is_empty():
        return sums
    lumps = book.openings.filter((pl.col("kind") == "measure") & (pl.col("name") == name) & pl.col("~p").is_not_null())
    both = probes.select("~probe", "~p", "~wfirst", "~wlast").join(lumps.select("~p", "as_of", "amount"), on="~p")
    both = both.filter(pl.col("as_of").is_between("~wfirst", "~wlast"))
    every = pl.concat([sums, both.select("~probe", pl.col("amount").cast(D).alias("~value"))])
    return every.group_by("~probe").agg(pl.col("~value").sum())


def _by_day(day: str) -> pl.Expr:
    """Payee and day as one whole number that sorts as they do."""
    return (pl.col("~p").cast(pl.Int64) * 2**32 + pl.col(day).cast(pl.Int32).cast(pl.Int64)).alias("~key")


def _kpi(book: Book, said: KpiMeasure, probes: pl.DataFrame) -> pl.DataFrame:
    """The KPI's rows that lie in the window and have begun, or that hold it; several: mean by weight (docs/semantics.md 4.5)."""
    rows = book.kpis.filter(pl.col("kpi") == said.kpi) if not book.kpis.is_empty() else book.kpis
    if rows.is_empty():
        return probes.with_columns(pl.lit(None, dtype=D).alias("~value"))
    names = rows["period"].unique().to_list()
    spans = {n: book.calendar.named(n) for n in names}
    weight = pl.col("weight").fill_null(ONE) if "weight" in rows.columns else ONE
    dated = rows.with_columns(
        pl.col("period")
        .replace_strict({n: s[0] for n, s in spans.items() if s}, default=None, return_dtype=pl.Date)
        .alias("~first"),
        pl.col("period")
        .replace_strict({n: s[1] for n, s in spans.items() if s}, default=None, return_dtype=pl.Date)
        .alias("~last"),
        weight.alias("~weight"),
    )
    always = (pl.lit(FIRST_DAY).alias("~since"), pl.lit(LAST_DAY).alias("~until"))
    people = dated.filter(pl.col("~p").is_not_null()).select("~p", "~first", "~last", "value", "~weight", *always)
    if "team" in rows.columns and "payee.team" in book.people.facts.columns:
        teams = dated.filter(pl.col("~p").is_null()).drop("~p").join(in_teams(book.people), on="team")
        people = pl.concat([people, teams.select(people.columns)])
    inside = (pl.col("~first") >= pl.col("~wfirst")) & (pl.col("~last") <= pl.col("~wlast")) & (pl.col("~first") <= pl.col("~t"))
    around = (pl.col("~first") <= pl.col("~wfirst")) & (pl.col("~last") >= pl.col("~wlast"))
    member = pl.col("~t").is_between("~since", "~until")
    read = probes.join(people, on="~p").filter((inside | around) & member)
    keep_exact(read, f"the mean of `{said.kpi}`", pl.col("value"), pl.col("~weight"), rows=len(read))
    found = read.group_by(PROBE).agg(
        quotient(product(pl.col("value"), pl.col("~weight")).sum(), pl.col("~weight").sum()).alias("~value")
    )
    return probes.join(found, on=PROBE, how="left", maintain_order="left")


def rounded(said: Rounding, attainment: pl.Expr) -> pl.Expr:
    """Return an attainment to the stated step, for instance 0.1% (docs/semantics.md 4.8)."""
    step = exact_lit(said.to)
    return product(round_to(quotient(attainment, step), 0, said.how), step)
