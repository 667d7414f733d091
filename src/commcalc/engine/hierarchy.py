"""Hierarchy: who is above somebody on a day and by how many steps, and who shares a value with them."""

from __future__ import annotations

import polars as pl

from commcalc.engine.people import FIRST_DAY, LAST_DAY, People, join_effective
from commcalc.plan.whose import ReportsCredit, SameCredit

COUNT = pl.UInt32


def above(people: People, said: ReportsCredit, frame: pl.DataFrame, among: pl.Series) -> pl.DataFrame:
    """Return each row of `frame` (`~p ~d`) for everybody above its payee on its day: with `~m`, who that is, and `~level`.

    Only those of `among` are kept; with `own: in` also the payee, at level 0. Steps are taken for all payees at once, on each
    stretch of days in which nobody's row of the column begins or ends.
    """
    column = f"payee.{said.reports_by}"
    stretches = _stretches(people)
    dated = frame.with_columns(_begin_of("~d", stretches).alias("~e"))
    pairs = dated.select("~p", "~e").unique(maintain_order=True)
    own = pairs.filter(pl.col("~p").is_in(among.implode()) & pl.lit(said.own is not None))
    found = [own.with_columns(pl.col("~p").alias("~m"), pl.lit(0, dtype=COUNT).alias("~level"))]
    if column in people.facts.columns:
        found += _steps(people, column, pairs, said, among)
    return dated.join(pl.concat(found), on=["~p", "~e"], maintain_order="left").drop("~e")


def _steps(people: People, column: str, pairs: pl.DataFrame, said: ReportsCredit, among: pl.Series) -> list[pl.DataFrame]:
    ids = people.ids.select(pl.col("payee_id").alias(column), pl.col("~p").alias("~m"))
    links = people.facts.select("~p", "~from", "~to", column).join(ids, on=column).drop(column)
    found: list[pl.DataFrame] = []
    most = min(said.levels.most or len(ids), len(ids))
    at = pairs.with_columns(pl.col("~p").alias("~below"))
    for level in range(1, most + 1):
        at = join_effective(at, links, "~e").filter(pl.col("~m").is_not_null() & (pl.col("~m") != pl.col("~below")))
        if at.is_empty():
            break
        if level >= said.levels.least:
            kept = at.filter(pl.col("~m").is_in(among.implode()))
            found.append(kept.select(pl.col("~below").alias("~p"), "~e", "~m", pl.lit(level, dtype=COUNT).alias("~level")))
        at = at.with_columns(pl.col("~m").alias("~p")).drop("~m")
    return found


def _stretches(people: People) -> pl.Series:
    """The days on which somebody's row begins, or has ended the day before, in order."""
    ends = people.facts.filter(pl.col("~to") < LAST_DAY)["~to"].dt.offset_by("1d")
    days = pl.concat([people.facts["~from"], ends, pl.Series([FIRST_DAY])])
    return days.unique().sort()


def _begin_of(day: str, stretches: pl.Series) -> pl.Expr:
    """The first day of the stretch that holds a day."""
    if len(stretches) == 1:
        return pl.lit(stretches[0])
    at = pl.lit(stretches).search_sorted(pl.col(day), side="right") - 1
    return pl.lit(stretches).gather(at)


def keyed(people: People, said: SameCredit, frame: pl.DataFrame) -> pl.DataFrame:
    """Add `~key`, what the column says of each row's payee on its day `~d`; rows of whom it says nothing are left out."""
    column = f"payee.{said.same}"
    if column not in people.facts.columns:
        return frame.clear().with_columns(pl.lit(None, dtype=pl.String).alias("~key"))
    facts = people.facts.select("~p", "~from", "~to", pl.col(column).cast(pl.String).alias("~key"))
    return join_effective(frame, facts, "~d").filter(pl.col("~key").is_not_null())


def members(people: People, said: SameCredit, frame: pl.DataFrame, among: pl.Series) -> pl.DataFrame:
    """Return each row of `frame` (`~key ~d`) for everybody of `among` of whom the column says the same on its day: with `~m`."""
    column = f"payee.{said.same}"
    if column not in people.facts.columns:
        return frame.clear().with_columns(pl.lit(None, dtype=pl.UInt32).alias("~m"))
    rows = people.facts.filter(pl.col("~p").is_in(among.implode()))
    rows = rows.select(pl.col("~p").alias("~m"), "~from", "~to", pl.col(column).cast(pl.String).alias("~key"))
    both = frame.join(rows, on="~key", maintain_order="left")
    holds = (pl.col("~from") <= pl.col("~d")) & (pl.col("~d") <= pl.col("~to"))
    return both.filter(holds).drop("~from", "~to")
