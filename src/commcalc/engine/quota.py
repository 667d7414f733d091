"""Quotas: what a payee was to reach in a window - rows added up, spread, and prorated by days taking part."""

from __future__ import annotations

from datetime import date, timedelta
from math import lcm

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.hierarchy import above, keyed, members
from commcalc.engine.moments import CALENDAR_WINDOWS
from commcalc.engine.people import FIRST_DAY, LAST_DAY, People
from commcalc.engine.ramp import ramped
from commcalc.engine.rules import Rules
from commcalc.engine.tenure import days_of, has_end, taking_part
from commcalc.language.expression import calls, walk
from commcalc.language.expression.nodes import Binary
from commcalc.plan.measures import FormulaMeasure, MeasureBase
from commcalc.plan.model import Plan
from commcalc.plan.readings import prorates
from commcalc.plan.whose import ReportsCredit, SameCredit
from commcalc.plan.windows import ANNIVERSARY, rolling_of
from commcalc.tables.digits import keep_exact
from commcalc.tables.exact import D, exact_lit, product

ONE = pl.lit(1).cast(D)


def quota_rows(book: Book, plan: Plan, said: MeasureBase, name: str) -> pl.DataFrame:
    """Return the quotas table's rows of a measure: `~p ~first ~last ~amount ~w` (number of a payee's own row), by payee and day.

    `~rank` tells the payee's own rows (0) from the team's (1) and the plan's (2).
    """
    rows = book.quotas
    if rows.is_empty():
        return _no_rows()
    if "measure" in rows.columns:
        rows = rows.filter(pl.col("measure").is_null() | (pl.col("measure") == (said.named or name))) if name else rows
    dated = rows.with_columns(_period_days(book, rows))
    if said.quota == "sum of reports":
        return _of_reports(book, plan, said, dated.select("~p", "~first", "~last", "~start", pl.col("amount").alias("~amount")))
    found = [dated.filter(pl.col("~p").is_not_null()).with_columns(pl.lit(0).alias("~rank"))]
    if "team" in rows.columns and "payee.team" in book.people.facts.columns:
        teams = dated.filter(pl.col("~p").is_null()).drop("~p").join(in_teams(book.people), on="team")
        found.append(teams.with_columns(pl.lit(1).alias("~rank")))
    if "plan" in rows.columns:
        members = book.people.assignments.filter(pl.col("plan") == plan.plan).select("~p", "plan").unique()
        found.append(
            dated.filter(pl.col("~p").is_null()).drop("~p").join(members, on="plan").with_columns(pl.lit(2).alias("~rank"))
        )
    keep: list[str | pl.Expr] = ["~p", "~first", "~last", "~start", pl.col("amount").alias("~amount"), "~rank"]
    always = (pl.lit(FIRST_DAY).alias("~since"), pl.lit(LAST_DAY).alias("~until"))
    every = pl.concat([f.select(*keep, *(("~since", "~until") if "~since" in f.columns else always)) for f in found])
    if said.window == "quota row":
        every = every.with_columns(pl.col("~start").alias("~first"))
        return _until_next(every.filter(pl.col("~rank") == 0), plan.effective.last or LAST_DAY)
    return every.sort("~p", "~rank", "~first").with_columns(pl.lit(0, dtype=pl.Int64).alias("~w"))


def _of_reports(book: Book, plan: Plan, said: MeasureBase, rows: pl.DataFrame) -> pl.DataFrame:
    """Give each payee's rows to those who are credited with that payee's deals on the last day of the row's period."""
    people = book.people if book.shared is None else book.shared.book.people
    real = people.ids["~p"].implode()
    held = rows.filter(pl.col("~p").is_in(real)).with_columns(pl.col("~last").alias("~d"))
    among = people.assignments.filter(pl.col("plan") == plan.plan)["~p"].unique()
    whose = said.whose
    if isinstance(whose, ReportsCredit):
        found = above(people, whose, held, among)
    elif isinstance(whose, SameCredit):
        found = members(people, whose, keyed(people, whose, held), among)
    else:
        found = held.join(among.alias("~m").to_frame(), how="cross")
    own = found.select(pl.col("~m").alias("~p"), "~first", "~last", "~start", "~amount")
    own = own if book.shared is None else book.shared.with_streams(own)
    always = (pl.lit(FIRST_DAY).alias("~since"), pl.lit(LAST_DAY).alias("~until"))
    rank = (pl.lit(0, dtype=pl.Int32).alias("~rank"), *always, pl.lit(0, dtype=pl.Int64).alias("~w"))
    return own.with_columns(rank).sort("~p", "~first")


def _no_rows() -> pl.DataFrame:
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "~p": pl.UInt32,
        "~first": pl.Date,
        "~last": pl.Date,
        "~start": pl.Date,
        "~amount": D,
        "~rank": pl.Int32,
        "~since": pl.Date,
        "~until": pl.Date,
        "~w": pl.Int64,
    }
    return pl.DataFrame(schema=schema)


def _period_days(book: Book, rows: pl.DataFrame) -> list[pl.Expr]:
    """The first and last day of each row's period; a row that starts on a date of its own keeps that date as its first."""
    names = rows["period"].unique().drop_nulls().to_list()
    spans = {n: book.calendar.named(n) for n in names}
    first = pl.col("period").replace_strict({n: s[0] for n, s in spans.items() if s}, default=None, return_dtype=pl.Date)
    last = pl.col("period").replace_strict({n: s[1] for n, s in spans.items() if s}, default=None, return_dtype=pl.Date)
    start = pl.coalesce("start", first) if "start" in rows.columns else first
    return [first.alias("~first"), last.alias("~last"), start.alias("~start")]


def _until_next(rows: pl.DataFrame, end: date) -> pl.DataFrame:
    """Quota rows as windows: each runs to the day before the payee's next one, the last to the plan's end."""
    first = pl.col("~first")
    alike = pl.col("~amount").sum(), pl.exclude("~p", "~first", "~amount").first()  # rows that begin on one day add up
    rows = rows.group_by("~p", "~first", maintain_order=True).agg(alike).select(rows.columns)
    return rows.sort("~p", "~first").with_columns(
        (first.shift(-1).over("~p") - timedelta(days=1)).fill_null(end).alias("~last"),
        pl.int_range(pl.len()).over("~p").cast(pl.Int64).alias("~w"),
    )


def quota_at(book: Book, plan: Plan, name: str, rules: Rules, probes: pl.DataFrame) -> pl.DataFrame:
    """Return `~p ~w ~t ~qn ~qd`: the quota of each window as numerator and divisor, empty where there is none.

    Where a row is longer than the window and no `spread` says how it is divided, `~qd` is empty too: it cannot be told.

    In: probes `~p ~w ~t ~wfirst ~wlast`, each once; with `~a` and the facts that a quota's expression reads.
    """
    said: MeasureBase = plan.measures[name]
    if said.quota is None:
        return probes.with_columns(pl.lit(None, dtype=D).alias("~qn"), ONE.alias("~qd"))
    days = prorates(plan, "quota") and grows_with_days(plan, name)
    if not isinstance(said.quota, str):
        found = probes.with_columns(rules.value(said.quota).alias("~qn"), ONE.alias("~qd"))
        if said.ramp is not None:
            return _ramped_value(book, plan, said, rules, found, days=days)
        return _prorated_value(book, plan, found) if days else found
    rows = quota_rows(book, plan, said, name)
    if said.quota == "plan":
        rows = rows.filter(pl.col("~rank") == 2)
    if said.quota == "team":
        rows = rows.filter(pl.col("~rank") == 1)
    parts = _parts(book, said, rows, probes)
    if said.ramp is not None:
        parts = ramped(book, plan, said, rules, parts, days=days)
    elif days and said.window != "quota row":  # that one is the row's amount, however long it holds
        parts = _prorated_rows(book, plan, parts)
    key = ["~p", "~w", "~t"]
    added = _added(parts).with_columns(pl.lit(value=True).alias("~there"))
    found = probes.join(added, on=key, how="left", maintain_order="left")
    found = found.with_columns(pl.when("~there").then("~qd").otherwise(ONE).alias("~qd")).drop("~there")
    moves = moving(said.window)
    if (said.spread != "evenly" or moves) and said.window not in ("quota row", "life"):
        unclear = _unspread(book, said, parts, rows, probes).with_columns(pl.lit(value=True).alias("~unclear"))
        if len(unclear):
            found = found.join(unclear, on=key, how="left", maintain_order="left")
            found = found.with_columns(pl.when(pl.col("~unclear").is_null()).then(c).alias(c) for c in ("~qn", "~qd"))
            found = found.drop("~unclear")
    return found


def _unspread(book: Book, said: MeasureBase, parts: pl.DataFrame, rows: pl.DataFrame, probes: pl.DataFrame) -> pl.DataFrame:
    """Return `~p ~w ~t` of windows with a longer row that no `spread` divides, of rows that count: own ones before the team's.

    A list of ratios divides what has as many windows as there are ratios.
    """
    key = ["~p", "~w", "~t"]
    longer = _asked(probes, rows).filter(_in_part() if moving(said.window) else _longer())
    if said.spread is not None and said.window in CALENDAR_WINDOWS:
        number = book.moments.number
        longer = longer.filter(number(said.window, "~last") - number(said.window, "~first") + 1 != len(said.spread))
    best = parts.group_by(key).agg(pl.col("~rank").min().alias("~best"))
    counts = longer.join(best, on=key, how="left").filter((pl.col("~rank") <= pl.col("~best")).fill_null(value=True))
    return counts.select(key).unique()


def moving(window: str) -> bool:
    """Whether windows of this kind begin on days that no quota's period has to begin on."""
    return window == ANNIVERSARY or rolling_of(window) is not None


def _in_part() -> pl.Expr:
    """A row that has days in the window and others outside it."""
    first, last = pl.col("~first"), pl.col("~last")
    meets = (first <= pl.col("~wlast")) & (last >= pl.col("~wfirst"))
    return meets & ((first < pl.col("~wfirst")) | (last > pl.col("~wlast")))


def _asked(probes: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Put the rows beside each probed window of their payee; a team's are those of the team that the payee is in on that day."""
    both = probes.select("~p", "~w", "~t", "~wfirst", "~wlast").join(rows.drop("~w"), on="~p")
    return both.filter(pl.col("~t").is_between("~since", "~until")).drop("~since", "~until")


def in_teams(people: People) -> pl.DataFrame:
    """Return `~p team ~since ~until`: in which team each payee is from when to when, as the row that holds, or the last before, says."""
    rows = people.facts.sort("~p", "~from")
    begun = pl.when(pl.col("~p") == pl.col("~p").shift(1)).then("~from").otherwise(pl.lit(FIRST_DAY))
    following = pl.when(pl.col("~p") == pl.col("~p").shift(-1)).then(pl.col("~from").shift(-1) - timedelta(days=1))
    until = following.fill_null(LAST_DAY)
    spans = rows.select("~p", pl.col("payee.team").alias("team"), begun.alias("~since"), until.alias("~until"))
    return spans.filter(pl.col("team").is_not_null())


def _longer() -> pl.Expr:
    """A row that holds the whole window and more."""
    first, last = pl.col("~first"), pl.col("~last")
    holds = (first <= pl.col("~wfirst")) & (last >= pl.col("~wlast"))
    return holds & ((first < pl.col("~wfirst")) | (last > pl.col("~wlast")))


def grows_with_days(plan: Plan, name: str) -> bool:
    """Whether somebody who takes part for half the days would reach half: not an average or a KPI (docs/semantics.md 4.7)."""
    said: MeasureBase = plan.measures[name]
    if not isinstance(said, FormulaMeasure):
        return said.aggregate in ("sum", "count", "distinct")
    node, reads = said.formula.node, ("value", "quota", "attainment")
    divides = any(isinstance(n, Binary) and n.op == "/" and calls(n.right, *reads) for n in walk(node))
    return not divides and bool(calls(node, *reads)) and all(grows_with_days(plan, m) for m in calls(node, *reads))


def _parts(book: Book, said: MeasureBase, rows: pl.DataFrame, probes: pl.DataFrame) -> pl.DataFrame:
    """Each row's part in each probed window: the whole row inside it, or its spread share: `~amount ~num ~den`, with its days."""
    both = _asked(probes, rows)
    if said.window == "quota row":
        mine = rows.select("~p", "~w", "~amount", "~first", "~last")
        inside = probes.select("~p", "~w", "~t").join(mine, on=["~p", "~w"])
        return inside.with_columns(ONE.alias("~num"), ONE.alias("~den"))
    inside = both.filter((pl.col("~first") >= pl.col("~wfirst")) & (pl.col("~last") <= pl.col("~wlast")))
    inside = inside.with_columns(ONE.alias("~num"), ONE.alias("~den"))
    if said.spread is not None and said.window in CALENDAR_WINDOWS:
        inside = pl.concat([inside, _spread(book, said, both)], how="diagonal")
    if said.against == "quota to date":
        inside = inside.filter(pl.col("~first") <= pl.col("~t"))
    best = pl.col("~rank") == pl.col("~rank").min().over("~p", "~w", "~t")
    return inside.filter(best)


def _spread(book: Book, said: MeasureBase, both: pl.DataFrame) -> pl.DataFrame:
    """A row longer than the window: an even share of it, or the ratio at the window's place (docs/semantics.md 4.6)."""
    longer = both.filter(_longer())
    number = book.moments.number
    first, last = number(said.window, "~first"), number(said.window, "~last")
    counted = longer.with_columns((last - first + 1).cast(D).alias("~den"), (pl.col("~w") - first).alias("~at"))
    if said.spread == "evenly":
        shared = counted.with_columns(ONE.alias("~num"))
    else:
        ratios = list(said.spread or [])
        place = pl.lit(None, dtype=D)
        for i, ratio in enumerate(ratios):
            place = pl.when(pl.col("~at") == i).then(exact_lit(ratio)).otherwise(place)
        shared = counted.with_columns(place.alias("~num"), ONE.alias("~den"))
    return shared.drop("~at").with_columns(pl.col("~wfirst").alias("~first"), pl.col("~wlast").alias("~last"))


def _ramped_value(book: Book, plan: Plan, said: MeasureBase, rules: Rules, found: pl.DataFrame, *, days: bool) -> pl.DataFrame:
    """A value of each window in its pay periods, each by its ramp and days."""
    whole = (pl.col("~qn").alias("~amount"), ONE.alias("~num"), ONE.alias("~den"))
    parts = found.select("~p", "~w", "~t", *whole, pl.col("~wfirst").alias("~first"), pl.col("~wlast").alias("~last"))
    sums = _added(ramped(book, plan, said, rules, parts.filter(pl.col("~amount").is_not_null()), days=days))
    return found.drop("~qn", "~qd").join(sums, on=["~p", "~w", "~t"], how="left", maintain_order="left")


def _prorated_rows(book: Book, plan: Plan, parts: pl.DataFrame) -> pl.DataFrame:
    taken = taking_part(book, plan, parts, "~first", "~last")
    days = days_of("~first", "~last")
    whole = pl.col("~taken") == days
    return taken.with_columns(
        pl.when(whole).then(pl.col("~num")).otherwise(product(pl.col("~num"), pl.col("~taken").cast(D))).alias("~num"),
        pl.when(whole).then(pl.col("~den")).otherwise(product(pl.col("~den"), days.cast(D))).alias("~den"),
    )


def _prorated_value(book: Book, plan: Plan, found: pl.DataFrame) -> pl.DataFrame:
    taken = taking_part(book, plan, found, "~wfirst", "~wlast")
    days = days_of("~wfirst", "~wlast")
    whole = (pl.col("~taken") == days) | ~has_end("~wfirst", "~wlast")
    return taken.with_columns(
        pl.when(whole).then(pl.col("~qn")).otherwise(product(pl.col("~qn"), pl.col("~taken").cast(D))).alias("~qn"),
        pl.when(whole).then(pl.col("~qd")).otherwise(days.cast(D)).alias("~qd"),
    ).drop("~taken")


def _added(parts: pl.DataFrame) -> pl.DataFrame:
    """Add the parts of each window over their least common divisor, so that a third and two thirds are one."""
    key = ["~p", "~w", "~t"]
    divisors = parts.group_by(key).agg(pl.col("~den").unique().cast(pl.Int64).alias("~dens"))
    several = divisors["~dens"].list.len().max() or 1
    common = divisors.with_columns(
        (
            pl.col("~dens").list.first().cast(D)
            if several == 1
            else pl.Series([lcm(*d) for d in divisors["~dens"].to_list()], dtype=pl.Int64).cast(D)
        ).alias("~qd")
    ).drop("~dens")
    times = (pl.col("~qd").cast(pl.Int64) // pl.col("~den").cast(pl.Int64)).cast(D)
    figure = product(product(pl.col("~amount"), pl.col("~num")), times)
    every = parts.join(common, on=key).with_columns(figure.alias("~figure"))
    keep_exact(every, "the quotas of a window", pl.col("~figure"), rows=len(every))
    known = pl.col("~amount").is_not_null().all()  # of a ramp that is empty nothing can be told
    sums = every.group_by(key).agg(pl.col("~figure").sum().alias("~qn"), pl.col("~qd").first(), known.alias("~known"))
    return sums.with_columns(pl.when("~known").then(c).alias(c) for c in ("~qn", "~qd")).drop("~known")
