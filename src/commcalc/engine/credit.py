"""Crediting: from a deal to the payees who have it, with their share, under a plan."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import polars as pl

from commcalc.engine.book import Book, SharedDeals
from commcalc.engine.currency import UNRATED
from commcalc.engine.hierarchy import above, keyed, members
from commcalc.engine.people import People, hired_by_then, hired_on, join_effective
from commcalc.plan.measures import MeasureBase
from commcalc.plan.model import Plan
from commcalc.plan.whose import MANAGER, Company, ReportsCredit, RoleCredit, SameCredit, of_others
from commcalc.tables.exact import D, product, quotient
from commcalc.tables.ordering import in_order
from commcalc.tables.rows import only

SHARE = ("~n", "~q", "~rest", "~place")


def credits_of(book: Book, plan: Plan, measure: MeasureBase, columns: Iterable[str]) -> pl.DataFrame:
    """Return the credits a measure of a plan can count, in the order that decides (semantics 4.3).

    In: the book's deals. Out, one row per deal row and payee: `~row ~k ~p ~a ~d ~deal ~sale ~role ~level` and the
    deal's `columns`; `~n ~q ~rest ~place` where shares occur, `~unrated` where deals are in other currencies. Sorted by payee, credit date, deal id, line.
    """
    date = measure.date or book.house.credit_date
    # what others hold is shared before streams are made of it
    held = book.shared.book if book.shared is not None and of_others(measure.credit) else book
    wanted = [c for c in dict.fromkeys(columns) if c in held.deals.columns]
    shares = [shares_column(held, date)] if held.splits is not None else []
    marks = [UNRATED] if UNRATED in held.deals.columns else []
    base = ["~row", "~k", "~p", "~deal", "~sale", *marks, *shares, pl.col(date).alias("~d"), *wanted]
    deals = only(held.deals, pl.col(date) <= book.now).select(base)
    rows = book.people.assignments.filter(pl.col("plan") == plan.plan).select("~p", "~from", "~to", "~a")
    found = _shared(held, deals, measure, rows["~p"].unique())
    if book.shared is not None and held is not book:
        found = book.shared.with_streams(found)
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


def _shared(book: Book, deals: pl.DataFrame, measure: MeasureBase, among: pl.Series) -> pl.DataFrame:
    """Give each deal to its owner, or to those who share it, or to those of `among` who are above them or in a group with them."""
    if book.shared is not None:  # streams, and what nobody shares, are whole
        role = measure.credit.role if isinstance(measure.credit, RoleCredit) else "owner"
        whole = deals.filter(pl.col("~p").is_not_null() & pl.lit(role == book.shared.role))
        return whole.with_columns(pl.lit(role).alias("~role"), pl.lit(0, dtype=pl.UInt32).alias("~level"))
    if isinstance(measure.credit, RoleCredit):
        return _split(book, deals, pl.col("role") == measure.credit.role)
    own = _own(book, deals)
    whose = measure.whose
    if whose is None:
        return own
    if isinstance(whose, ReportsCredit):
        return _rollup(book, whose, deals, own, among)
    assert isinstance(whose, SameCredit | Company), whose
    return _group(book, whose, own, among)


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


CREDIT = ["~p", "~row", "~role", "~level"]


def _rollup(book: Book, whose: ReportsCredit, deals: pl.DataFrame, own: pl.DataFrame, among: pl.Series) -> pl.DataFrame:
    """Those above the owners on the credit date: the sum of the shares below at each level, never more than the deal (semantics 3.4)."""
    roles = [r for r in whose.roles if r != "owner"]
    held = own
    if roles and book.splits is not None:
        held = pl.concat([own, _split(book, deals, pl.col("role").is_in(roles))], how="diagonal")
    found = above(book.people, whose, held.drop("~level"), among)
    below = (pl.col("~role") == "owner") & (pl.col("~level") > 0)
    found = found.with_columns(
        pl.col("~m").alias("~p"), pl.when(below).then(pl.lit(MANAGER)).otherwise("~role").alias("~role")
    ).drop("~m", "~rule", strict=False)
    if "~n" not in found.columns:
        return found
    found = _add_shares(found, CREDIT)
    if roles:
        found = _within_the_deal(found, roles)
    return found.sort("~level", "~role", maintain_order=True)


def _group(book: Book, whose: SameCredit | Company, own: pl.DataFrame, among: pl.Series) -> pl.DataFrame:
    """Everybody who is in a group with an owner on the credit date: each deal once, the sum of the owner shares in it."""
    role = "company" if isinstance(whose, Company) else whose.same
    held = own.with_columns(pl.lit("").alias("~key")) if isinstance(whose, Company) else keyed(book.people, whose, own)
    shares = _add_shares(held, ["~key", "~row"]) if "~n" in held.columns else held
    if isinstance(whose, Company):
        found = shares.join(among.alias("~m").to_frame(), how="cross")
    else:
        found = members(book.people, whose, shares, among)
    return found.with_columns(pl.col("~m").alias("~p"), pl.lit(role).alias("~role")).drop("~m", "~key", "~rule", strict=False)


def _add_shares(held: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Add up the shares of rows with the same key, as fractions: no rest is taken."""
    several = pl.len().over(key) > 1
    alone = held.filter(~several).with_columns(pl.lit(value=False).alias("~rest"))
    shared = held.filter(several)
    if shared.is_empty():
        return alone
    merged = shared.unique(key, keep="first", maintain_order=True).drop("~n", "~q", "~rest")
    sums = shared.group_by(key).agg(pl.col("~n").cast(pl.Int64), pl.col("~q").cast(pl.Int64))
    totals = [_fraction_sum(n, q) for n, q in zip(sums["~n"].to_list(), sums["~q"].to_list(), strict=True)]
    added = sums.select(key).with_columns(_as_shares(totals))
    return pl.concat([alone, merged.join(added, on=key)], how="diagonal")


def _within_the_deal(found: pl.DataFrame, roles: list[str]) -> pl.DataFrame:
    """Let nobody have more of a deal than all of it: the owners' shares come first, then the roles in the order named."""
    turn = pl.col("~role").replace_strict({r: n for n, r in enumerate(roles, 1)}, default=0, return_dtype=pl.Int64)
    ordered = found.with_columns(turn.alias("~turn")).sort("~p", "~row", "~turn", "~level", maintain_order=True)
    several = pl.len().over("~p", "~row") > 1
    rest = ordered.filter(several | (pl.col("~n") > pl.col("~q")))
    if rest.is_empty():
        return found
    left = Fraction(1)
    kept: list[tuple[int, int]] = []
    last: tuple[int, int] | None = None
    for p, row, n, q in rest.select("~p", "~row", "~n", "~q").iter_rows():
        left = left if last == (p, row) else Fraction(1)
        last = (p, row)
        share = min(Fraction(int(n), int(q)), left)
        left -= share
        kept.append((share.numerator, share.denominator))
    whole = ordered.filter(~several & (pl.col("~n") <= pl.col("~q")))
    cut = rest.with_columns(_as_shares(kept)).filter(pl.col("~n") > 0)
    return pl.concat([whole, cut], how="diagonal").drop("~turn")


def _as_shares(shares: list[tuple[int, int]]) -> list[pl.Series | pl.Expr]:
    numerators, divisors = ([Decimal(s[i]) for s in shares] for i in (0, 1))
    return [
        pl.Series("~n", numerators, dtype=D),
        pl.Series("~q", divisors, dtype=D),
        pl.lit(value=False).alias("~rest"),
    ]


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
