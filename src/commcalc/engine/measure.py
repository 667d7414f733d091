"""Measures: each credit's place in its window, and what a payee has reached by a day."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.credit import credits_of, share_of
from commcalc.engine.currency import UNRATED
from commcalc.engine.facts import with_facts
from commcalc.engine.rules import Rules
from commcalc.engine.windows import own_windows
from commcalc.plan.measures import AverageMeasure, CountMeasure, MeasureBase
from commcalc.plan.model import Plan
from commcalc.plan.windows import OF_PAYEE, rolling_of, tile_of
from commcalc.tables.digits import keep_exact
from commcalc.tables.exact import D, product
from commcalc.tables.rows import only, runs_of

ZERO = pl.lit(0).cast(D)
COUNTED = ("sum", "count")


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure of a plan over all its credits up to the run's end.

    rows: the credits with `~w` (window), `~g` (number of the payee and window), `~m` (quota credit), `~c` (running total before it), `~cum` (value after it;
    with `~den` a divisor where the value is an average). blank: rows whose rule met an empty field. opened: `~p ~w ~open`,
    what windows already had before the first run; None where there is none. unsure: rows of which it cannot be told whether it is
    relieved of them. unrated: rows in another currency of which no rate is known; None where all deals are in the plan's.
    """

    name: str
    measure: MeasureBase
    rows: pl.DataFrame
    blank: pl.DataFrame
    opened: pl.DataFrame | None = None
    unsure: pl.DataFrame | None = None
    unrated: pl.DataFrame | None = None

    @property
    def without_credit(self) -> pl.DataFrame:
        """Rows, `~p ~row`, that are no credit and no decision: a rule met an empty field, or no rate is known."""
        found = self.blank.select("~p", "~row")
        return found if self.unrated is None else pl.concat([found, self.unrated.select("~p", "~row")])

    @property
    def open(self) -> bool:
        """Whether anything of it could not be told."""
        return bool(len(self.without_credit)) or self.unsure is not None


def measure(book: Book, plan: Plan, name: str, rules: Rules, columns: frozenset[str]) -> Measured:
    """Return the credits of a measure in order, with running totals (semantics 4, docs/semantics.md 4)."""
    said: MeasureBase = plan.measures[name]
    values = [v for v in (said.expression, said.where, said.weight, getattr(said, "weighted_by", None)) if v is not None]
    reads = rules.reads(*values)
    needed = reads.columns | columns | ({"amount"} if said.aggregate == "count" else frozenset())
    frame = credits_of(book, plan, said, needed | _from_plan(plan, needed, rules))
    frame = with_facts(book, plan, frame, reads.payee, reads.params)
    frame = with_plan_columns(plan, frame, needed, rules)
    if said.where is not None:
        frame = frame.with_columns(rules.value(said.where).alias("~where"))
        blank = frame.filter(pl.col("~where").is_null()) if frame["~where"].null_count() else frame.clear()
        frame = only(frame, pl.col("~where")).drop("~where")
    else:
        blank = frame.clear()
    frame, blank, unrated = _rated(frame, blank)
    if figures := [rules.value(v) for v in values if v is not said.where]:
        known = pl.all_horizontal([f.is_not_null() for f in figures])
        stay = only(frame, known)
        if stay is not frame:
            blank = pl.concat([blank, frame.filter(~known)], how="diagonal")
        frame = stay
    frame = frame.with_columns(window_of(book, plan, name, frame).alias("~w"))
    no_window = frame.filter(pl.col("~w").is_null()) if frame["~w"].null_count() else frame.clear()
    frame = only(frame, pl.col("~w").is_not_null())
    # rows are in payee and date order and windows tile time, so that those of a window stand together
    frame = frame.with_columns(runs_of(frame, "~p", "~w").run.alias("~g"))
    if rolling_of(said.window) is not None:  # no running total: each day's is another
        rolling = _rolling_figures(book, said, frame, rules)
        return Measured(name, said, rolling, pl.concat([blank, no_window], how="diagonal"), unrated=unrated)
    opened = openings_of(book, plan, name) if said.aggregate in COUNTED else None
    frame = _aggregate(book, said, frame, rules, opened)
    return Measured(name, said, frame, pl.concat([blank, no_window], how="diagonal"), opened, unrated=unrated)


def _rated(frame: pl.DataFrame, blank: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame | None]:
    """Part off the deals of which no rate is known, of those that are left in and of those that could not be decided."""
    if UNRATED not in frame.columns:
        return frame, blank, None
    unrated = pl.concat([f.filter(UNRATED) for f in (frame, blank)], how="diagonal")
    return frame.filter(~pl.col(UNRATED)).drop(UNRATED), blank.filter(~pl.col(UNRATED)), unrated


def _from_plan(plan: Plan, columns: frozenset[str], rules: Rules) -> frozenset[str]:
    inner: frozenset[str] = frozenset()
    for name in columns & plan.columns.keys():
        inner = inner | rules.reads(plan.columns[name]).columns
    return inner


def with_plan_columns(plan: Plan, frame: pl.DataFrame, needed: frozenset[str], rules: Rules) -> pl.DataFrame:
    """Add the plan's own columns that are needed, in the order written: each may use earlier ones."""
    wanted: set[str] = set(needed & plan.columns.keys())
    for name in reversed(plan.columns):
        if name in wanted:
            wanted |= rules.reads(plan.columns[name]).columns & plan.columns.keys()
    for name, value in plan.columns.items():
        if name in wanted and name not in frame.columns:
            frame = frame.with_columns(rules.value(value).alias(name))
    return frame


def window_of(book: Book, plan: Plan, name: str, frame: pl.DataFrame) -> pl.Expr | pl.Series:
    """Return the number of the window that holds each credit's date (docs/semantics.md 4.3)."""
    said: MeasureBase = plan.measures[name]
    if said.window == "life":
        return pl.lit(0, dtype=pl.Int64)
    if said.window == "deal":
        return pl.col("~d").cast(pl.Int32).cast(pl.Int64) * 2**32 + pl.col("~deal").cast(pl.Int64)
    if said.window in OF_PAYEE:
        return _own(book, plan, name, frame)
    return book.moments.number(tile_of(said.window), "~d")


def _own(book: Book, plan: Plan, name: str, frame: pl.DataFrame) -> pl.Series:
    """The payee's own window that holds each date: empty before the first quota row, or where no hire is known."""
    starts = own_windows(book, plan, plan.measures[name], name).select("~p", "~first", pl.col("~w").alias("~W"))
    numbered = frame.select("~p", "~d").with_row_index("~i").sort("~p", "~d")
    found = numbered.join_asof(starts, left_on="~d", right_on="~first", by="~p", check_sortedness=False)
    return found.sort("~i")["~W"]


def _aggregate(book: Book, said: MeasureBase, frame: pl.DataFrame, rules: Rules, opened: pl.DataFrame | None) -> pl.DataFrame:
    """Add `~m`, `~c`, `~cum` (and `~den`): the running value of each payee's window."""
    key = "~g"
    kind = said.aggregate
    if kind in COUNTED:
        of = _weighted if kind == "sum" else _counted
        return running(frame.with_columns(of(book, said, frame, rules).alias("~m")), opened)
    figure = rules.value(said.expression)
    if kind == "average":
        assert isinstance(said, AverageMeasure)
        by = rules.value(said.weighted_by) if said.weighted_by is not None else pl.lit(1).cast(D)
        frame = frame.with_columns(product(figure, by).alias("~m"), by.alias("~by"))
        if "~n" in frame.columns and said.whose is not None:  # a row once, at however many levels it is credited
            once = pl.struct("~p", "~row").is_first_distinct()
            frame = frame.with_columns(pl.when(once).then(c).otherwise(ZERO).alias(c) for c in ("~m", "~by"))
        keep_exact(frame, "the sum of an average", pl.max_horizontal(pl.col("~m").abs(), pl.col("~by").abs()), rows=len(frame))
        return frame.with_columns(
            pl.col("~m").cum_sum().over(key).alias("~cum"), pl.col("~by").cum_sum().over(key).alias("~den"), ZERO.alias("~c")
        )
    frame = frame.with_columns(figure.alias("~x"))
    if kind == "distinct":
        first = pl.col("~x").is_first_distinct().over(key) & pl.col("~x").is_not_null()
        frame = frame.with_columns(first.cast(pl.Int64).cast(D).alias("~m"))
        return frame.with_columns(pl.col("~m").cum_sum().over(key).alias("~cum"), ZERO.alias("~c")).drop("~x")
    best = pl.col("~x").cum_min() if kind == "min" else pl.col("~x").cum_max()
    return frame.with_columns(pl.col("~x").alias("~m"), best.over(key).alias("~cum"), ZERO.alias("~c")).drop("~x")


def _rolling_figures(book: Book, said: MeasureBase, frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Add what a rolling window adds up anew on each day: `~x`, its weight `~by`; and what a credit counts, which has no place."""
    weight = getattr(said, "weighted_by", None) if said.aggregate == "average" else said.weight
    by = rules.value(weight) if weight is not None else pl.lit(1).cast(D)
    figure = rules.value(said.expression) if said.expression is not None else pl.lit(1).cast(D)
    none = pl.lit(None, dtype=D)
    if said.aggregate in COUNTED:
        of = _weighted if said.aggregate == "sum" else _counted
        frame = frame.with_columns(of(book, said, frame.with_columns(pl.lit(0, dtype=pl.Int64).alias("~w")), rules).alias("~m"))
    else:
        frame = frame.with_columns(pl.lit(1).cast(D).alias("~m"))
    return frame.with_columns(figure.alias("~x"), by.alias("~by"), none.alias("~c"), none.alias("~cum"))


def _weighted(book: Book, said: MeasureBase, frame: pl.DataFrame, rules: Rules) -> pl.Expr | pl.Series:
    figure = rules.value(said.expression)
    if said.weight is not None:
        figure = product(figure, rules.value(said.weight))
    return share_of(frame, figure, book)


def _counted(book: Book, said: MeasureBase, frame: pl.DataFrame, rules: Rules) -> pl.Expr | pl.Series:
    """A sale counts once while its net is above zero or nothing of it came back (docs/semantics.md 4.2)."""
    assert isinstance(said, CountMeasure)
    weight = rules.value(said.weight) if said.weight is not None else pl.lit(1).cast(D)
    return counted(said, frame, weight, book)


def counted(said: CountMeasure, frame: pl.DataFrame, weight: pl.Expr, book: Book) -> pl.Series:
    """Return each row's change of the count x weight x share."""
    frame = frame.with_columns(deals_counted(frame, whole=said.count == "whole deals").alias("~counted"))
    figure = product(pl.col("~counted"), weight)
    found = figure if said.count == "whole deals" else share_of(frame, figure, book)
    return frame.lazy().select(found.alias("~m")).collect()["~m"] if isinstance(found, pl.Expr) else found


SALE = ["~p", "~w", "~sale"]


def deals_counted(frame: pl.DataFrame, *, whole: bool = False) -> pl.Series:
    """Return the change of each sale's count at each of its rows: on at the first, off when returns bring it to nought.

    In: rows in order with `~p ~w ~sale ~row ~role ~level amount`. Sales of one row, nearly all, are told by their sign alone.
    In each role and at each level a share is counted; `whole`: the sale once for the payee, at its first row of any.
    """
    alone = pl.when(pl.col("amount") < 0).then(0).otherwise(1).cast(D)
    named = [*SALE, "~row", "~role", "~level", "amount"]
    marked = frame.lazy().select(*named, pl.col("~sale").is_duplicated().alias("~many"), alone.alias("~on")).collect()
    if not marked["~many"].any():
        return marked["~on"]
    several = marked.with_row_index("~i").filter("~many")
    if whole:
        again = ~pl.struct("~p", "~w", "~row").is_first_distinct()
        several = several.with_columns(again.alias("~again"))
        zero = several.filter("~again").select("~i", ZERO.alias("~change"))
        several, sale = several.filter(~pl.col("~again")), SALE
    else:
        zero, sale = None, [*SALE, "~role", "~level"]
    net = pl.col("amount").cum_sum().over(sale)
    back = (pl.col("amount") < 0).cum_max().over(sale)
    several = several.with_columns(((net > 0) | ~back).fill_null(value=True).cast(pl.Int64).alias("~state"))
    change = (pl.col("~state") - pl.col("~state").shift(1).over(sale).fill_null(0)).cast(D)
    changes = several.select("~i", change.alias("~change"))
    if zero is not None:
        changes = pl.concat([changes, zero])
    joined = marked.with_row_index("~i").join(changes, on="~i", how="left", maintain_order="left")
    return joined.select(pl.coalesce("~change", "~on").alias("~on"))["~on"]


def running(frame: pl.DataFrame, opening: pl.DataFrame | None) -> pl.DataFrame:
    """Add `~cum`, the running total of `~m` in each window with what was there before, and `~c`, the same before each credit."""
    keep_exact(frame, "the sum of credits", pl.col("~m"), rows=len(frame))
    frame = frame.with_columns(_running_total(frame))
    if opening is not None:
        frame = frame.join(opening, on=["~p", "~w"], how="left", maintain_order="left")
        frame = frame.with_columns((pl.col("~cum") + pl.col("~open").fill_null(ZERO)).alias("~cum")).drop("~open")
    return frame.with_columns((pl.col("~cum") - pl.col("~m")).alias("~c"))


def _running_total(frame: pl.DataFrame) -> pl.Series:
    """The running total of `~m` in each window: that of all rows, less what it was where the window began."""
    if frame["~m"].null_count():
        return frame.select(pl.col("~m").cum_sum().over("~g").alias("~cum")).to_series()
    every = frame.lazy().select(pl.col("~m").cum_sum().alias("~cum"), "~m", "~g").collect()
    begun = runs_of(every, "~g").heads.select(pl.col("~cum") - pl.col("~m")).to_series()
    return every.lazy().select((pl.col("~cum") - pl.lit(begun).gather(pl.col("~g"))).alias("~cum")).collect().to_series()


def openings_of(book: Book, plan: Plan, name: str) -> pl.DataFrame | None:
    """Return `~p ~w ~open`: what the window that holds `as_of` already had before the first run (semantics 5.6)."""
    if book.openings.is_empty():
        return None
    rows = book.openings.filter((pl.col("kind") == "measure") & (pl.col("name") == name) & pl.col("~p").is_not_null())
    if rows.is_empty():
        return None
    dated = rows.with_columns(pl.col("as_of").alias("~d"), pl.lit(0, dtype=pl.UInt32).alias("~deal"))
    dated = dated.with_columns(window_of(book, plan, name, dated).alias("~w"))
    return dated.group_by("~p", "~w").agg(pl.col("amount").sum().alias("~open"))
