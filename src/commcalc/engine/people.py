"""People: who can be paid, what was true of them on a day, and which plan they were on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from commcalc.plan.model import Plan

FIRST_DAY = date(1, 1, 1)
LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class People:
    """Payees by number, in the order that counts wherever payees are listed or share something.

    ids: one row per payee: `~p` (UInt32), `payee_id`, `name`.
    facts: one row per payee and stretch of time: `~p`, `~from`, `~to`, `payee.<column>`.
    assignments: one row each: `~a`, `~p`, `plan`, `~from`, `~to`, `ote`, `mix_base`, `mix_variable`, further columns; those to
    a program, of whoever is on a plan, are marked `~derived`.
    """

    ids: pl.DataFrame
    facts: pl.DataFrame
    assignments: pl.DataFrame


def number_payees(payee_ids: pl.Series) -> pl.DataFrame:
    """Return `payee_id` and `~p`: as numbers where all ids are whole numbers, else by code point (semantics 1.5)."""
    ids = payee_ids.unique().drop_nulls()
    numeric = bool(len(ids)) and bool(ids.str.contains(r"^[0-9]{1,18}$").all())
    keys = [ids.cast(pl.Int64).alias("n"), ids] if numeric else [ids]
    frame = pl.DataFrame([k.alias("payee_id") if k.dtype == pl.String else k for k in keys])
    frame = frame.sort(["n", "payee_id"] if numeric else ["payee_id"])
    return frame.select("payee_id").with_row_index("~p")


def prepare_people(payees: pl.DataFrame, assignments: pl.DataFrame, plans: Sequence[Plan]) -> People:
    """Return the people of a run from the typed tables; whoever is on a plan is on every program of the run too."""
    ids = number_payees(payees["payee_id"])
    dated = _with_range(payees)
    names = dated.sort("~from").group_by("payee_id").agg(pl.col("name").last())
    facts = (
        dated.join(ids, on="payee_id")
        .select("~p", "~from", "~to", pl.exclude("~p", "~from", "~to", "from", "to").name.prefix("payee."))
        .sort("~p", "~from")
    )
    rows = (
        _with_programs(_with_range(assignments), plans)
        .join(ids, on="payee_id")
        .sort("~p", "~from")
        .drop("from", "to", strict=False)
        .with_row_index("~a")
    )
    return People(ids.join(names, on="payee_id", how="left").sort("~p"), facts, rows)


def _with_programs(assignments: pl.DataFrame, plans: Sequence[Plan]) -> pl.DataFrame:
    """Add the assignments to programs: those to any plan, while it is in effect (docs/semantics.md 2.4)."""
    stated = assignments.with_columns(pl.lit(value=False).alias("~derived"))
    programs = [p.plan for p in plans if p.of_all]
    if not programs:
        return stated
    days = [(p.plan, p.effective.first or FIRST_DAY, p.effective.last or LAST_DAY) for p in plans if not p.of_all]
    effective = pl.DataFrame(days, schema={"plan": pl.String, "~x": pl.Date, "~y": pl.Date}, orient="row")
    of_plans = stated.join(effective, on="plan").with_columns(
        pl.max_horizontal("~from", "~x").alias("~from"), pl.min_horizontal("~to", "~y").alias("~to")
    )
    of_plans = of_plans.filter(pl.col("~from") <= pl.col("~to")).select(stated.columns)
    derived = of_plans.with_columns(pl.lit(value=True).alias("~derived"))
    return pl.concat([stated, *(derived.with_columns(pl.lit(name).alias("plan")) for name in programs)])


def _with_range(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `~from` and `~to`, open ends as the first and last day there is."""
    none = pl.lit(None, dtype=pl.Date)
    first = pl.col("from") if "from" in frame.columns else none
    last = pl.col("to") if "to" in frame.columns else none
    return frame.with_columns(first.fill_null(FIRST_DAY).alias("~from"), last.fill_null(LAST_DAY).alias("~to"))


def stretches(people: People, plan: Plan) -> pl.DataFrame:
    """Return `~p ~a ~b ~z`: the days of each assignment on which the payee takes part - plan in effect, employed - in order.

    `hired` and `left` are those of the payee's row that holds on the assignment's last day, or of the last row before.
    """
    first, last = plan.effective.first or FIRST_DAY, plan.effective.last or LAST_DAY
    rows = people.assignments.filter(pl.col("plan") == plan.plan).select(
        "~p",
        "~a",
        pl.max_horizontal("~from", pl.lit(first)).alias("~b"),
        pl.min_horizontal("~to", pl.lit(last)).alias("~z"),
    )
    rows = rows.filter(pl.col("~b") <= pl.col("~z"))
    facts = people.facts.sort("~p", "~from")
    none = pl.lit(None, dtype=pl.Date)
    employed = facts.select(
        "~p",
        pl.when(pl.col("~p") == pl.col("~p").shift(1)).then("~from").otherwise(pl.lit(FIRST_DAY)).alias("~from"),
        (pl.col("payee.hired") if "payee.hired" in facts.columns else none).alias("~hired"),
        (pl.col("payee.left") if "payee.left" in facts.columns else none).alias("~left"),
    )
    found = rows.sort("~p", "~z").join_asof(employed, left_on="~z", right_on="~from", by="~p", check_sortedness=False)
    found = found.with_columns(pl.max_horizontal("~b", "~hired").alias("~b"), pl.min_horizontal("~z", "~left").alias("~z"))
    return found.filter(pl.col("~b") <= pl.col("~z")).sort("~p", "~b").select("~p", "~a", "~b", "~z")


def left_by(people: People, day: date) -> pl.DataFrame:
    """Return `~p ~left`: the day on which each payee left, as their row on a day says, else the last one before."""
    if "payee.left" not in people.facts.columns:
        return pl.DataFrame(schema={"~p": pl.UInt32, "~left": pl.Date})
    rows = people.facts.filter(pl.col("~from") <= day).sort("~p", "~from").unique("~p", keep="last", maintain_order=True)
    return rows.select("~p", pl.col("payee.left").alias("~left")).drop_nulls()


def join_effective(frame: pl.DataFrame, table: pl.DataFrame, on_date: str) -> pl.DataFrame:
    """Left-join the row of `table` (`~p`, `~from`, `~to`, ...) that holds `on_date`; both ends count.

    Rows of one payee do not overlap (checked on reading), so each row finds at most one.
    """
    columns = [c for c in table.columns if c not in ("~p", "~from", "~to")]
    if not table["~p"].is_duplicated().any():
        found = _gathered(frame, table)
    else:
        ordered = frame.with_row_index("~o").sort("~p", on_date)
        found = ordered.join_asof(table.sort("~p", "~from"), left_on=on_date, right_on="~from", by="~p", check_sortedness=False)
        found = found.sort("~o").drop("~o")
    holds = (pl.col("~from") <= pl.col(on_date)) & (pl.col(on_date) <= pl.col("~to"))
    return found.with_columns(pl.when(holds).then(pl.col(c)).alias(c) for c in columns).drop("~from", "~to", strict=False)


def _gathered(frame: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Add each payee's one row: payees are numbers, so their rows are found by place rather than by a join."""
    if table.is_empty() or frame.is_empty():
        return frame.join(table, on="~p", how="left", maintain_order="left")
    most = max(int(frame["~p"].max() or 0), int(table["~p"].max() or 0))  # type: ignore[arg-type]
    place = pl.Series("at", [None], dtype=pl.UInt32).new_from_index(0, most + 1)
    place = place.scatter(table["~p"], pl.int_range(len(table), dtype=pl.UInt32, eager=True))
    at = pl.lit(place).gather(pl.col("~p"))
    return frame.with_columns(pl.lit(table[c]).gather(at).alias(c) for c in table.columns if c != "~p")


def hired_on(frame: pl.DataFrame, people: People, on_date: str) -> pl.DataFrame:
    """Add `~hired`: whether the payee was hired by the day."""
    if "payee.hired" not in people.facts.columns:
        return frame.with_columns(pl.lit(value=True).alias("~hired"))
    dated = join_effective(frame, people.facts.select("~p", "~from", "~to", "payee.hired"), on_date)
    later = (pl.col("payee.hired") > pl.col(on_date)).fill_null(value=False)
    return dated.with_columns((~later).alias("~hired")).drop("payee.hired")


def hired_by_then(frame: pl.DataFrame, people: People, on_date: str) -> pl.DataFrame:
    """Leave out rows (`~p`) dated before their payee was hired; only payees whose plan begins before that are looked at."""
    if "payee.hired" not in people.facts.columns:
        return frame
    facts = people.facts.select("~p", "~from", "~to", "payee.hired")
    begun = people.assignments.group_by("~p").agg(pl.col("~from").min().alias("~begun"))
    late = facts.join(begun, on="~p").filter(pl.col("payee.hired") > pl.col("~begun"))["~p"].unique()
    if late.is_empty():
        return frame
    doubtful = pl.col("~p").is_in(late.implode())
    dated = join_effective(frame.filter(doubtful), facts, on_date)
    too_early = (pl.col("payee.hired") > pl.col(on_date)).fill_null(value=False)
    return pl.concat([frame.filter(~doubtful), dated.filter(~too_early).drop("payee.hired")])
