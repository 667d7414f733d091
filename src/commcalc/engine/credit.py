"""Crediting: from a deal to the payees who have it, with their share, under a plan."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import polars as pl

from commcalc.engine.book import Book, SharedDeals
from commcalc.engine.people import People, hired_by_then, hired_on, join_effective
from commcalc.plan.measures import MeasureBase, RoleCredit
from commcalc.plan.model import Plan
from commcalc.tables.exact import D, product, quotient
from commcalc.tables.ordering import in_order
from commcalc.tables.rows import only

SHARE = ("~n", "~q", "~rest", "~place")


def credits_of(book: Book, plan: Plan, measure: MeasureBase, columns: Iterable[str]) -> pl.DataFrame:
    """Return the credits a measure of a plan can count, in the order that decides (semantics 4.3).

    In: the book's deals. Out, one row per deal row and payee: `~row ~k ~p ~a ~d ~deal ~sale ~role ~level` and the
    deal's `columns`; `~n ~q ~rest ~place` where shares occur. Sorted by payee, credit date, deal id, line.
    """
    date = measure.date or book.house.credit_date
    wanted = [c for c in dict.fromkeys(columns) if c in book.deals.columns]
    shares = [shares_column(book, date)] if book.splits is not None else []
    base = ["~row", "~k", "~p", "~deal", "~sale", *shares, pl.col(date).alias("~d"), *wanted]
    deals = only(book.deals, pl.col(date) <= book.now).select(base)
    found = _shared(book, deals, measure)
    rows = book.people.assignments.filter(pl.col("plan") == plan.plan).select("~p", "~from", "~to", "~a")
    first, last = plan.effective.first, plan.effective.last
    inside = pl.all_horizontal(
        pl.col("~a").is_not_null(),
        pl.col("~d") >= first if first else pl.lit(value=True),
        pl.col("~d") <= last if last else pl.lit(value=True),
    )
    known = only(join_effective(found, rows, "~d"), inside)
    if book.shared is not None:
        known = on_plan(book.shared, book.people, known, rows).filter(pl.col("~on") == pl.col("~of")).drop("~on", "~of", "~first")
    return in_order(hired_by_then(known, book.people, "~d"), "~p", "~d", "~k")


def shares_column(book: Book, date: str) -> pl.Expr:
    """Return the number of each deal's list of shares as of a date: crediting rules look at the day."""
    dated = f"~shares:{date}"
    return pl.col(dated if dated in book.deals.columns else "~shares").alias("~shares")


def on_plan(shared: SharedDeals, people: People, frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Add to deals of streams `~of` (payees of the stream), `~on` (those hired and on the plan on `~d`), `~first`; others count as one.

    In: `~p ~d`; rows: assignments `~p ~from ~to ~a` to the plan.
    """
    numbered = frame.with_row_index("~i")
    each = numbered.select("~i", "~p", "~d").join(shared.holders, on="~p", maintain_order="left")
    each = each.with_columns(pl.col("~real").alias("~p"))
    each = join_effective(each, rows.select("~p", "~from", "~to", pl.col("~a").alias("~assigned")), "~d")
    each = hired_on(each, people, "~d").with_columns(pl.when(pl.col("~hired")).then("~assigned").alias("~assigned"))
    counts = each.group_by("~i").agg(
        pl.len().alias("~of"), pl.col("~assigned").count().alias("~on"), pl.col("~real").first().alias("~first")
    )
    found = numbered.join(counts, on="~i", how="left", maintain_order="left").drop("~i")
    return found.with_columns(pl.col("~of", "~on").fill_null(1))


def _shared(book: Book, deals: pl.DataFrame, measure: MeasureBase) -> pl.DataFrame:
    """Give each deal to its owner, or to those who share it, or to the managers above them."""
    if book.shared is not None:  # streams, and what nobody shares, are whole
        role = measure.credit.role if isinstance(measure.credit, RoleCredit) else "owner"
        whole = deals.filter(pl.col("~p").is_not_null() & pl.lit(role == book.shared.role))
        return whole.with_columns(pl.lit(role).alias("~role"), pl.lit(0, dtype=pl.UInt32).alias("~level"))
    if isinstance(measure.credit, RoleCredit):
        return _split(book, deals, pl.col("role") == measure.credit.role)
    own = _own(book, deals)
    return own if measure.credit == "own" else _rollup(book, own)


def _own(book: Book, deals: pl.DataFrame) -> pl.DataFrame:
    """The owner, whole, unless splits share the owner's role; then those who hold it, each their share (semantics 3.3)."""
    tagged = deals.with_columns(pl.lit("owner").alias("~role"), pl.lit(0, dtype=pl.UInt32).alias("~level"))
    if book.splits is None:
        return only(tagged, pl.col("~p").is_not_null())
    direct = tagged.join(book.splits.filter(pl.col("role") == "owner").select("~shares").unique(), on="~shares", how="anti")
    one = pl.lit(1).cast(D)
    whole = [one.alias("~n"), one.alias("~q"), pl.lit(value=False).alias("~rest"), pl.lit(0, dtype=pl.Int64).alias("~place")]
    shared = _split(book, deals, pl.col("role") == "owner")
    return pl.concat([direct.with_columns(whole).filter(pl.col("~p").is_not_null()), shared], how="diagonal")


def _split(book: Book, deals: pl.DataFrame, role: pl.Expr) -> pl.DataFrame:
    """The payees who hold a role in a deal's splits; nobody's share is dropped, its place is kept."""
    if book.splits is None:
        return deals.clear().with_columns(
            pl.lit(None, dtype=pl.String).alias("~role"), pl.lit(0, dtype=pl.UInt32).alias("~level")
        )
    rows = book.splits.filter(role & pl.col("~p").is_not_null())
    return (
        deals.drop("~p")
        .join(rows, on="~shares")
        .with_columns(pl.lit(0, dtype=pl.UInt32).alias("~level"))
        .rename({"role": "~role"})
    )


def _rollup(book: Book, own: pl.DataFrame) -> pl.DataFrame:
    """The direct managers of the owners on the credit date: each deal once, the sum of the owner shares (semantics 3.4)."""
    if "payee.manager" not in book.people.facts.columns:
        return own.clear()
    managers = book.people.ids.select(pl.col("payee_id").alias("payee.manager"), pl.col("~p").alias("~m"))
    facts = book.people.facts.select("~p", "~from", "~to", "payee.manager")
    above = join_effective(own, facts, "~d").join(managers, on="payee.manager", how="inner").drop("payee.manager")
    above = above.with_columns(pl.col("~m").alias("~p")).drop("~m")
    above = above.drop("~rule", strict=False).with_columns(
        pl.lit("manager").alias("~role"), pl.lit(1, dtype=pl.UInt32).alias("~level")
    )
    if "~n" not in above.columns:
        return above
    return _add_shares(above)


def _add_shares(above: pl.DataFrame) -> pl.DataFrame:
    alone = above.filter(pl.len().over("~p", "~row") == 1).with_columns(pl.lit(value=False).alias("~rest"))
    several = above.filter(pl.len().over("~p", "~row") > 1)
    if several.is_empty():
        return alone
    merged = several.unique(["~p", "~row"], keep="first", maintain_order=True).drop("~n", "~q", "~rest")
    sums = several.group_by("~p", "~row").agg(pl.col("~n").cast(pl.Int64), pl.col("~q").cast(pl.Int64))
    totals = [_fraction_sum(n, q) for n, q in zip(sums["~n"].to_list(), sums["~q"].to_list(), strict=True)]
    sums = sums.select("~p", "~row").with_columns(
        pl.Series("~n", [t[0] for t in totals]).cast(D),
        pl.Series("~q", [t[1] for t in totals]).cast(D),
        pl.lit(value=False).alias("~rest"),
    )
    return pl.concat([alone, merged.join(sums, on=["~p", "~row"])], how="diagonal")


def _fraction_sum(numerators: list[int], divisors: list[int]) -> tuple[int, int]:
    total = sum((Fraction(n, q) for n, q in zip(numerators, divisors, strict=True)), Fraction(0))
    return total.numerator, total.denominator


def share_of(frame: pl.DataFrame, figure: pl.Expr, book: Book) -> pl.Expr | pl.Series:
    """Return a figure times the share: n/q of it, and for the last of a role the whole less the others (semantics 3.3)."""
    if "~n" not in frame.columns:
        return figure
    part = pl.when(pl.col("~n") == pl.col("~q")).then(figure).otherwise(quotient(product(figure, pl.col("~n")), pl.col("~q")))
    if book.splits is None or not frame["~rest"].any():
        return part
    return _with_rest(frame.with_columns(figure.alias("~x"), part.alias("~part")), book.splits)


def _with_rest(frame: pl.DataFrame, splits: pl.DataFrame) -> pl.Series:
    last = frame.select("~x", "~shares", "~role", "~rest").with_row_index("~i").filter("~rest")
    shares = splits.select(
        "~shares", pl.col("role").alias("~role"), pl.col("~n").alias("n"), pl.col("~q").alias("q"), pl.col("~rest").alias("r")
    )
    each = last.join(shares, on=["~shares", "~role"]).with_columns(
        quotient(product(pl.col("~x"), pl.col("n")), pl.col("q")).alias("~y")
    )
    others = each.group_by("~i").agg(
        pl.col("~x", "~shares", "~role").first(), pl.col("~y").filter(~pl.col("r")).sum().alias("~others")
    )
    totals = others.join(_whole_shares(shares.join(last, on=["~shares", "~role"], how="semi")), on=["~shares", "~role"])
    whole = (
        pl.when(pl.col("N") == pl.col("Q"))
        .then(pl.col("~x"))
        .otherwise(quotient(product(pl.col("~x"), pl.col("N")), pl.col("Q")))
    )
    rest = totals.select("~i", (whole - pl.col("~others")).alias("~z"))
    joined = frame.with_row_index("~i").join(rest, on="~i", how="left", maintain_order="left")
    return joined.select(pl.coalesce("~z", "~part").alias("~share"))["~share"]


def _whole_shares(shares: pl.DataFrame) -> pl.DataFrame:
    """Return the sum N/Q of the shares of each list and role."""
    sums = shares.group_by("~shares", "~role").agg(pl.col("n", "q").cast(pl.Int64))
    alike = sums.select("n", "q").unique(maintain_order=True)
    totals = [_fraction_sum(n, q) for n, q in alike.iter_rows()]
    alike = alike.with_columns(pl.Series("N", [t[0] for t in totals]).cast(D), pl.Series("Q", [t[1] for t in totals]).cast(D))
    return sums.join(alike, on=["n", "q"]).drop("n", "q")
