"""What changes a result: minimum and maximum per deal, gates, proration, caps and floors - in that order (semantics 7)."""

from __future__ import annotations

from datetime import date

import polars as pl

from commcalc.engine.components.payees import window_measure
from commcalc.engine.earnings import Blank, Job, probe_day
from commcalc.engine.measure import window_of, with_plan_columns
from commcalc.engine.people import FIRST_DAY, LAST_DAY, stretches
from commcalc.engine.reading import with_assignment
from commcalc.engine.rounding import cents
from commcalc.engine.target import target_of
from commcalc.engine.tenure import days_of, has_end, taking_part
from commcalc.engine.told import with_earned
from commcalc.engine.windows import own_windows
from commcalc.language.expression import Expression
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.components.common import ComponentBase, Gate, Limit
from commcalc.plan.readings import prorates
from commcalc.plan.shapes import expressions_of
from commcalc.plan.targets import PartOf
from commcalc.plan.windows import OF_PAYEE, tile_of
from commcalc.tables.exact import D, exact_lit, product, quotient

ONE = pl.lit(1).cast(D)
ZERO = pl.lit(0).cast(D)
CENTS = "~amount"


SALE = ["~p", "~role", "~level", "~sale"]


def minimum(job: Job, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Floors per deal: the deal's last row takes what is missing, once its net is above zero (docs/semantics.md 8.2)."""
    blanks: list[Blank] = []
    for limit in (x for x in job.component.floors if x.per == "deal"):
        frame, found = _limited_per_deal(job, frame, limit, day)
        blanks += found
        last = pl.int_range(pl.len()).over(SALE) == pl.len().over(SALE) - 1
        short = (pl.col("~limit") - pl.col(CENTS).sum().over(SALE)).clip(lower_bound=0)
        given = pl.when(last & pl.col("~alive")).then(short).otherwise(ZERO)
        frame = replaced(frame, pl.col(CENTS) + given).drop("~limit", "~alive")
    return frame, blanks


def maximum(job: Job, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Caps per deal, by the running total of the deal's rounded rows (docs/semantics.md 8.2)."""
    blanks: list[Blank] = []
    for limit in (x for x in job.component.caps if x.per == "deal"):
        frame, found = _limited_per_deal(job, frame, limit, day)
        blanks += found
        kept = pl.when(pl.col("~alive")).then(under_cap(SALE)).otherwise(pl.col(CENTS))
        frame = replaced(frame, kept).drop("~limit", "~alive")
    return frame, blanks


def _limited_per_deal(job: Job, frame: pl.DataFrame, limit: Limit, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Add `~alive` (the net of the sale's rows that are paid here is above zero) and `~limit`, that of its last row times the share."""
    assert not isinstance(limit.at, PartOf), "checked: a limit per deal is an amount"
    on = getattr(job.component, "on", None)
    rules = job.rules.on(on)
    reads = rules.reads(limit.at)
    columns = [c for c in {"amount", *reads.columns} if c in job.book.deals.columns]
    rows = frame.join(job.book.deals.select("~row", *columns), on="~row", how="left", maintain_order="left")
    rows = with_assignment(job.book, job.plan, rows.with_columns(pl.col("~d").alias("~t")), reads.payee, reads.params)
    rows = with_plan_columns(job.plan, rows.with_columns(pl.col("~t").alias("~d")), reads.columns, rules)
    moment = probe_day(day, of_credit=job.component.as_of == "credit period", book=job.book)
    rows = job.readings.attach(rows.with_columns(moment.alias("~t")), reads.measures, on)
    at = cents(job, quotient(product(rules.expression(limit.at), pl.col("~share_n")), pl.col("~share_q")))
    rows = rows.with_columns(
        at.last().over(SALE).alias("~limit"),
        (pl.col("amount").cast(D).sum().over(SALE) > 0).fill_null(value=False).alias("~alive"),
    ).select(*frame.columns, "~limit", "~alive")
    unknown = pl.col("~alive") & pl.col("~limit").is_null()
    undecided = rows.filter(unknown)
    if undecided.is_empty():
        return rows, []
    listed = undecided.unique(SALE, keep="last", maintain_order=True).select("~p", "~row")
    return rows.filter(~unknown), [Blank(f"limit per deal: {limit.at.text}", "blank", listed)]


def under_cap(group: list[str], taken: pl.Expr = ZERO) -> pl.Expr:
    """Credit i keeps min(r_i, cap) - min(r_(i-1), cap), r the running total of the rounded figures, from `taken` on (semantics 7)."""
    running = taken + pl.col(CENTS).cum_sum().over(group)
    limit = pl.col("~limit")
    return pl.min_horizontal(running, limit) - pl.min_horizontal(running - pl.col(CENTS), limit)


def replaced(frame: pl.DataFrame, amount: pl.Expr) -> pl.DataFrame:
    """Take the new rounded figure; one that is as before keeps its exact figure, a changed one is exact as it stands."""
    frame = frame.with_columns(amount.alias("~new"))
    same = pl.col("~new") == pl.col(CENTS)
    return frame.with_columns(
        pl.when(same).then(pl.col("~exact")).otherwise(pl.col("~new")).alias("~exact"), pl.col("~new").alias(CENTS)
    )


def gates(job: Job, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Each gate in the order written: what it lets through, holds back or cuts to its fraction (docs/semantics.md 8.3)."""
    blanks: list[Blank] = []
    for gate in job.component.gate:
        frame, found = _gate(job, frame, gate, day)
        blanks += found
    return frame, blanks


def _gate(job: Job, frame: pl.DataFrame, gate: Gate, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    rules = job.rules.on(getattr(job.component, "on", None))
    reads = rules.reads(gate.when, gate.otherwise)
    groups = frame.select("~p", "~w", "~wfirst", "~wlast").unique(["~p", "~w"], maintain_order=True)
    groups = groups.with_columns(pl.min_horizontal("~wlast", pl.lit(day)).fill_null(day).alias("~t"))
    groups = with_assignment(job.book, job.plan, _standing(job, groups), reads.payee, reads.params)
    groups = with_earned(job, job.readings.attach(groups, reads.measures, rules.own), reads.components, day)
    groups = job.readings.left_out(groups, reads.quotas)
    ended = (pl.col("~wlast") <= day).fill_null(value=False)
    groups = groups.with_columns(ended.alias("~ended"))
    groups = groups.with_columns(rules.expression(gate.when).alias("~open"), rules.expression(gate.otherwise).alias("~part"))
    undecided = groups.filter(pl.col("~open").is_null() | pl.col("~part").is_null())
    blanks = []
    if len(undecided):
        rows = undecided.select("~p", pl.lit(None, dtype=pl.UInt32).alias("~row")).unique()
        blanks.append(Blank(f"gate: {gate.when.text}", "blank", rows))
    pays = pl.col("~open") | (pl.lit(gate.until_known in ("pay", "hold")) & ~pl.col("~ended"))
    holds = ~pl.col("~open") & ~pl.col("~ended") & pl.lit(gate.until_known == "hold")
    groups = groups.filter(pl.col("~open").is_not_null() & pl.col("~part").is_not_null())  # what is not known is not as if met
    groups = groups.with_columns(pays.alias("~pays"), holds.alias("~holds")).select("~p", "~w", "~pays", "~holds", "~part")
    joined = frame.join(groups, on=["~p", "~w"], how="inner", maintain_order="left", nulls_equal=True)
    exact = pl.when(pl.col("~pays")).then(pl.col("~exact")).otherwise(product(pl.col("~exact"), pl.col("~part")))
    joined = joined.with_columns(exact.alias("~cut"))
    amount = pl.when(pl.col("~pays")).then(pl.col(CENTS)).otherwise(cents(job, pl.col("~cut")))
    held = pl.col("~held") | pl.col("~holds")
    joined = joined.with_columns(amount.alias(CENTS), pl.col("~cut").alias("~exact"), held.alias("~held"))
    return joined.drop("~pays", "~holds", "~part", "~cut"), blanks


def proration(job: Job, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """A bonus of an amount, by the days taken part in its window (docs/semantics.md 7.2)."""
    said = job.component
    if not isinstance(said, Bonus) or not prorates(job.plan, "bonus") or not job.pays_amount:
        return frame, []
    del day
    taken = taking_part(job.book, job.plan, frame, "~wfirst", "~wlast")
    days = days_of("~wfirst", "~wlast")
    exact = quotient(product(pl.col("~exact"), pl.col("~taken").cast(D)), days.cast(D))
    whole = pl.col("~taken") == days
    taken = taken.with_columns(pl.when(whole).then(pl.col("~exact")).otherwise(exact).alias("~new"))
    amount = pl.when(whole).then(pl.col(CENTS)).otherwise(cents(job, pl.col("~new")))
    return taken.with_columns(amount.alias(CENTS), pl.col("~new").alias("~exact")).drop("~new", "~taken"), []


def caps(job: Job, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Caps over a window, by the running total of the rounded credits in it (docs/semantics.md 8.5)."""
    blanks: list[Blank] = []
    for limit in (x for x in job.component.caps if x.per != "deal"):
        frame = limited(job, frame, limit, day)
        unknown = frame.filter(pl.col("~limit").is_null())
        if len(unknown):  # a cap that is empty is not a cap that is not there
            rows = unknown.select("~p", pl.lit(None, dtype=pl.UInt32).alias("~row")).unique()
            blanks.append(Blank(f"cap: {limit.at.text}", "blank", rows))
            frame = frame.filter(pl.col("~limit").is_not_null())
        frame = replaced(frame, under_cap(["~p", "~span"])).drop("~span", "~limit")
    return frame, blanks


def floors(job: Job, frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, list[Blank]]:
    """Floors over a window, once it has ended: the shortfall stands on the payee (docs/semantics.md 8.5).

    Where pay is shared they come after the sharing: sharing.with_floors.
    """
    if job.book.shared is not None or all(x.per == "deal" for x in job.component.floors):
        return frame, []
    found, blanks = topped_up(job, frame, day)
    return pl.concat(found, how="diagonal"), blanks


def _span(job: Job, limit: Limit) -> pl.Expr:
    return pl.col("~w") if limit.per == "window" else job.book.moments.number(limit.per, "~d")


def limited(job: Job, frame: pl.DataFrame, limit: Limit, day: date) -> pl.DataFrame:
    """Add `~span` and `~limit`, the cap or floor of each row's window in whole cents."""
    frame = frame.with_columns(_span(job, limit).alias("~span"))
    keys = frame.unique(["~p", "~span"], keep="last", maintain_order=True).select("~p", "~span", "~w", "~d", "~wfirst", "~wlast")
    keys = _spanned(job, keys, limit).with_columns(pl.min_horizontal("~wlast", pl.lit(day)).fill_null(day).alias("~t"))
    at = _limit_value(job, keys, (limit, day), prorated=prorates(job.plan, "cap"))
    return frame.join(at.select("~p", "~span", "~limit"), on=["~p", "~span"], how="left", maintain_order="left")


def _window(job: Job, limit: Limit) -> str:
    """The kind of window a limit runs over: its own, or that of the measure that the component is on or reads."""
    if limit.per != "window":
        return limit.per
    name = _measure(job)
    return tile_of(job.plan.measures[name].window) if name else "life"


def _measure(job: Job) -> str:
    """The measure whose windows the component has; empty for a SPIFF on none."""
    return window_measure(job) if job.component.per_payee else job.component.runs_over or ""


def _spanned(job: Job, keys: pl.DataFrame, limit: Limit) -> pl.DataFrame:
    """Let `~wfirst ~wlast ~periods ~year` be those of the limit's own window."""
    window = _window(job, limit)
    none = pl.lit(None, dtype=pl.Int64)
    if window not in job.book.moments.windows:
        return keys.with_columns(none.alias("~periods"), none.alias("~year"))
    spans = job.book.moments.windows[window].select(
        pl.col("~w").alias("~span"), pl.col("~first").alias("~wfirst"), pl.col("~last").alias("~wlast"), "~periods"
    )
    years = job.book.moments.windows["year"].select(pl.col("~w").alias("~y"), pl.col("~periods").alias("~year"))
    found = keys.drop("~wfirst", "~wlast").join(spans, on="~span", how="left", maintain_order="left")
    found = found.with_columns(job.book.moments.number("year", "~wfirst").alias("~y"))
    return found.join(years, on="~y", how="left", maintain_order="left").drop("~y")


def _limit_value(job: Job, keys: pl.DataFrame, said: tuple[Limit, date], *, prorated: bool) -> pl.DataFrame:
    limit, day = said
    rules = job.rules.on(getattr(job.component, "on", None))
    if isinstance(limit.at, PartOf):
        component = _of(job, limit.at)
        found = _standing(job, keys)
        if isinstance(component.target, Expression):
            reads = rules.reads(component.target)
            found = with_assignment(job.book, job.plan, found, reads.payee, reads.params)
            found = job.readings.attach(found, reads.measures)
        found = target_of(job.book, job.plan, component, rules, found)
        figure = product(pl.col("~tn"), _share(limit.at)) if limit.at.of == "target" else pl.col("~tn")
        found = found.with_columns(quotient(figure, pl.col("~td")).alias("~x"))
    else:
        reads = rules.reads(*expressions_of(limit.at))
        found = with_assignment(job.book, job.plan, _standing(job, keys), reads.payee, reads.params)
        own = rules.own if limit.per == "window" else None
        found = with_earned(job, job.readings.attach(found, reads.measures, own), reads.components, day)
        found = found.with_columns(rules.expression(limit.at).alias("~x"))
    if prorated and not _by_target(job, limit):
        found = taking_part(job.book, job.plan, found, "~wfirst", "~wlast")
        part = quotient(product(pl.col("~x"), pl.col("~taken").cast(D)), days_of("~wfirst", "~wlast").cast(D))
        found = found.with_columns(pl.when(has_end("~wfirst", "~wlast")).then(part).otherwise(pl.col("~x")).alias("~x"))
    return found.with_columns(cents(job, pl.col("~x")).alias("~limit"))


def _standing(job: Job, keys: pl.DataFrame) -> pl.DataFrame:
    """Add `~a`: the assignment in force at `~t`, else the payee's last before it in the window (docs/semantics.md 7.1)."""
    rows = stretches(job.book.people, job.plan).sort("~p", "~b")
    numbered = keys.with_row_index("~o").sort("~p", "~t")
    found = numbered.join_asof(rows, left_on="~t", right_on="~b", by="~p", check_sortedness=False).sort("~o")
    inside = pl.col("~z") >= pl.col("~wfirst")
    return found.with_columns(pl.when(inside).then("~a").alias("~a")).drop("~o", "~b", "~z", strict=False)


def _by_target(job: Job, limit: Limit) -> bool:
    """A cap in parts of a target that is reduced by days already is not reduced twice (docs/semantics.md 7.2)."""
    return isinstance(limit.at, PartOf) and prorates(job.plan, "target")


def _share(at: PartOf) -> pl.Expr:
    return exact_lit(at.share)


def _of(job: Job, at: PartOf) -> ComponentBase:
    return job.component if at.of == "target" else job.component.model_copy(update={"target": at})


def topped_up(job: Job, frame: pl.DataFrame, day: date) -> tuple[list[pl.DataFrame], list[Blank]]:
    """Return the frame, and a row for each payee on the plan and ended window whose total is below a floor, credits or none.

    Each floor looks at what those before it have given. Where one cannot be worked out the window is not paid at all. The
    window's number of such a row is below zero: made of the window's days, it is no other row's.
    """
    blanks: list[Blank] = []
    given = frame.clear()
    for limit in (x for x in job.component.floors if x.per != "deal"):
        spans = _ended_spans(job, limit, day)
        marked = frame.with_columns(_own_span(job, limit, frame).alias("~span"))
        every = pl.concat([marked, given.with_columns(_span_of_day(job, limit).alias("~span"))], how="diagonal")
        totals = every.group_by("~p", "~span", maintain_order=True).agg(pl.col(CENTS).sum().alias("~total"))
        totals = spans.join(totals, on=["~p", "~span"], how="left", maintain_order="left")
        keys = _spanned(job, totals.with_columns(pl.col("~wlast").alias("~d"), pl.col("~span").alias("~w")), limit)
        found = _limit_value(job, keys.with_columns(pl.col("~wlast").alias("~t")), (limit, day), prorated=False)
        unknown = found.filter(pl.col("~limit").is_null()).select("~p", "~span")
        if len(unknown):  # a floor that is empty is not a floor that is not there
            rows = unknown.select("~p", pl.lit(None, dtype=pl.UInt32).alias("~row")).unique(maintain_order=True)
            blanks.append(Blank(f"floor: {limit.at.text}", "blank", rows))
            frame = marked.join(unknown, on=["~p", "~span"], how="anti", maintain_order="left").drop("~span")
        given = pl.concat([given, _shortfalls(found, frame.columns)], how="diagonal")
    figures = [pl.col(c).sum() if c in (CENTS, "~exact") else pl.col(c).first() for c in given.columns if c not in ("~p", "~w")]
    return [frame, given.group_by("~p", "~w", maintain_order=True).agg(figures)], blanks


def _own_span(job: Job, limit: Limit, frame: pl.DataFrame) -> pl.Expr | pl.Series:
    """The limit's window of each row; of quota rows the payee's own, whoever the deal is shared with."""
    if _window(job, limit) in OF_PAYEE:
        return window_of(job.book, job.plan, _measure(job), frame)
    return _span(job, limit)


def _shortfalls(found: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    missing = pl.col("~limit") - pl.col("~total").fill_null(ZERO)
    first, last = (pl.col(c).cast(pl.Int32).cast(pl.Int64) for c in ("~wfirst", "~wlast"))
    short = found.filter(missing > 0).with_columns(
        missing.alias(CENTS),
        missing.alias("~exact"),
        pl.lit("owner").alias("~role"),
        pl.lit(0, dtype=pl.UInt32).alias("~level"),
        pl.col("~wlast").alias("~d"),
        (-((first + 10**6) * 2**24 + last - first) - 1).alias("~w"),
        ONE.alias("~factor"),
        pl.lit(value=False).alias("~held"),
        ONE.alias("~share_n"),
        ONE.alias("~share_q"),
    )
    return short.select([c for c in columns if c in short.columns])


def _span_of_day(job: Job, limit: Limit) -> pl.Expr:
    """The limit's window that holds the day of a row that a floor before it gave."""
    window = _window(job, limit)
    return job.book.moments.number(window, "~d") if window in job.book.moments.windows else pl.lit(None, dtype=pl.Int64)


def _ended_spans(job: Job, limit: Limit, day: date) -> pl.DataFrame:
    """Return `~p ~span ~wfirst ~wlast` for everybody who takes part in one of the limit's windows that has ended."""
    window = _window(job, limit)
    rows = stretches(job.book.people, job.plan)
    names = {"~w": "~span", "~first": "~wfirst", "~last": "~wlast"}
    dates = job.component.dates
    if window in job.book.moments.windows:
        spans = job.book.moments.windows[window].rename(names)
    elif window in OF_PAYEE:
        name = _measure(job)
        spans = own_windows(job.book, job.plan, job.plan.measures[name], name).rename(names)
    elif _measure(job) == "" and dates is not None:
        days = {"~span": [0], "~wfirst": [dates.first or FIRST_DAY], "~wlast": [dates.last or LAST_DAY]}
        spans = pl.DataFrame(days, schema={"~span": pl.Int64, "~wfirst": pl.Date, "~wlast": pl.Date})
    else:  # a window without an end never ends
        return rows.clear().select(
            "~p", pl.lit(0, dtype=pl.Int64).alias("~span"), pl.col("~b").alias("~wfirst"), pl.col("~z").alias("~wlast")
        )
    spans = spans.filter((pl.col("~wlast") <= day) & (pl.col("~wlast") < LAST_DAY))
    both = rows.join(spans, on="~p") if "~p" in spans.columns else rows.join(spans, how="cross")
    both = both.filter((pl.col("~b") <= pl.col("~wlast")) & (pl.col("~z") >= pl.col("~wfirst")))
    return both.select("~p", "~span", "~wfirst", "~wlast").unique(maintain_order=True)
