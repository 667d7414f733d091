"""Lists of shares: who has a deal row, by `splits` and by the house's crediting rules (docs/semantics.md 3.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import polars as pl

from commcalc.engine.rule_credit import REFUSED, Found, HouseRules, asked
from commcalc.tables.exact import D

BAD_SUM, TOO_FINE = "K107", "K108"
MOST = 10**15  # of the common divisor of shares that are added
CAUSE = tuple(c for c in REFUSED if c not in ("~s", "~i"))
ROWS = ("~shares", "~p", "role", "~n", "~q", "~place", "~rest", "~rule")


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a book's deals.

    deals: with `~shares`, the number of each row's list as of the project's credit date, and `~shares:COLUMN` as of the
    date of a measure. shares: as `Book.splits`. refused: `~shares code rule fields text` of lists that the rules do not decide.
    """

    deals: pl.DataFrame
    shares: pl.DataFrame
    refused: pl.DataFrame


def listed(rules: HouseRules, deals: pl.DataFrame, splits: pl.DataFrame | None, dates: Sequence[str]) -> Lists:
    """Return the lists of shares. dates: the columns as of which they are asked for, the project's credit date first."""
    asked_rows = deals.select(_asked_row(deals).alias("~row"))["~row"]
    shares, refused = [], []
    size = 0
    for column in dates:
        found, numbers = _as_of(rules, deals, asked_rows, column)
        split = pl.lit(None, dtype=pl.UInt32)
        if splits is not None:
            known = pl.col("~shares").is_in(splits["~shares"].unique().implode())
            split = pl.when(known).then("~shares")
        rows = numbers.to_frame().hstack(deals.with_columns(split.alias("~split")).select("~split"))
        lists = rows.unique(maintain_order=True).with_columns(pl.int_range(size, size + pl.len(), dtype=pl.UInt32).alias("~list"))
        number = rows.join(lists, on=["~split", "~s"], how="left", maintain_order="left", nulls_equal=True)["~list"]
        own, wrong = _rows(rules, lists, found, splits)
        shares.append(own)
        refused.append(wrong)
        size += len(lists)
        name = "~list" if column == dates[0] else f"~shares:{column}"
        deals = deals.with_columns(number.alias(name))
    deals = deals.drop("~shares", strict=False).rename({"~list": "~shares"})
    return Lists(deals, pl.concat(shares), pl.concat(refused))


def _asked_row(deals: pl.DataFrame) -> pl.Series:
    """Return the row that the rules are asked about: of what takes back a sale, the sale's of the same line, else its first."""
    if "returns" not in deals.columns or not deals["returns"].is_not_null().any():
        return pl.int_range(len(deals), dtype=pl.UInt32, eager=True)
    rows = deals.with_row_index("~i").select("~i", "deal_id", "returns", pl.col("line").fill_null(0))
    same = rows.select(pl.col("deal_id").alias("returns"), "line", pl.col("~i").alias("~same")).unique(
        ["returns", "line"], keep="first"
    )
    first = rows.sort("deal_id", "line", "~i").unique("deal_id", keep="first", maintain_order=True)
    first = first.select(pl.col("deal_id").alias("returns"), pl.col("~i").alias("~first"))
    found = rows.join(same, on=["returns", "line"], how="left", maintain_order="left")
    found = found.join(first, on="returns", how="left", maintain_order="left")
    return found.select(pl.coalesce("~same", "~first", "~i").alias("~row"))["~row"]


def _as_of(rules: HouseRules, deals: pl.DataFrame, asked_rows: pl.Series, column: str) -> tuple[Found, pl.Series]:
    """Ask the rules as of a date; return what they give and, as `~s`, each row's situation, empty where it waits."""
    own = pl.int_range(len(deals), dtype=pl.UInt32, eager=True)
    dated = deals[column].gather(asked_rows).is_not_null()
    at = pl.select(pl.when(dated).then(asked_rows).otherwise(own).alias("~at"))["~at"]
    wanted = sorted(rules.columns & set(deals.columns))
    frame = deals.select(*wanted, pl.col(column).alias("~d"))[at]
    waits = frame["~d"].is_null()
    if not rules.dated:
        frame = frame.with_columns(pl.when(~waits).then(pl.lit("x")).alias("~d"))
    alike = frame.filter(~waits).unique(maintain_order=True).with_row_index("~s")
    numbers = frame.join(alike, on=frame.columns, how="left", maintain_order="left", nulls_equal=True)["~s"]
    return asked(rules, alike), numbers


def _rows(rules: HouseRules, lists: pl.DataFrame, found: Found, splits: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The shares of each list, and the lists that the rules do not decide: these are nobody's in any role."""
    owned = splits.filter(pl.col("role") == "owner")["~shares"].unique() if splits is not None else pl.Series([], dtype=pl.UInt32)
    lists = lists.with_columns(pl.col("~split").is_in(owned.implode()).fill_null(value=False).alias("~owned"))
    wrong = lists.join(found.refused.drop("~i"), on="~s")
    wrong = pl.concat([wrong, lists.filter(~pl.col("~owned")).join(_unbalanced(rules, found), on="~s")]).select("~list", *CAUSE)
    fine = lists.filter(~pl.col("~list").is_in(wrong["~list"].implode()))
    rows = _of_each(rules, fine, found, splits)
    too_fine = _too_fine(rows)
    wrong = pl.concat([wrong, too_fine])
    nobodys = wrong.select(
        "~list", pl.lit(0).alias("~from"), pl.lit(0, dtype=pl.UInt32).alias("~order"), pl.lit(None, dtype=pl.UInt32).alias("~p"),
        pl.lit("owner").alias("role"), pl.lit(1, dtype=pl.Int64).alias("~n"), pl.lit(1, dtype=pl.Int64).alias("~q"), pl.lit("").alias("~rule"),
    )  # fmt: skip
    rows = pl.concat([_merged(rows.filter(~pl.col("~list").is_in(too_fine["~list"].implode()))), nobodys])
    return _placed(rows.sort("~list", "role", "~from", "~order")), wrong.rename({"~list": "~shares"})


def _of_each(rules: HouseRules, lists: pl.DataFrame, found: Found, splits: pl.DataFrame | None) -> pl.DataFrame:
    """What each list is made of: the shares by `splits`, then those by rules; no owners of these where `splits` has some."""
    names = pl.DataFrame({"~i": range(len(rules.crediting.rules)), "~rule": [r.rule for r in rules.crediting.rules]})
    given = found.given.join(names.with_columns(pl.col("~i").cast(pl.UInt32)), on="~i", maintain_order="left")
    given = given.with_row_index("~order").select("~s", "~order", "~p", "role", "~n", "~q", "~rule")
    counted = ~pl.col("~owned") | (pl.col("role") != "owner")
    every = [lists.join(given, on="~s").filter(counted).with_columns(pl.lit(1).alias("~from"))]
    if splits is not None:
        said = splits.select(
            pl.col("~shares").alias("~split"), pl.col("~place").cast(pl.UInt32).alias("~order"), "~p", "role",
            pl.col("~n").cast(pl.Int64), pl.col("~q").cast(pl.Int64), pl.lit("").alias("~rule"),
        )  # fmt: skip
        every.append(lists.join(said, on="~split").with_columns(pl.lit(0).alias("~from")))
    columns = ["~list", "~from", "~order", "~p", "role", "~n", "~q", "~rule"]
    return pl.concat(f.select(columns) for f in every).sort("~list", "role", "~from", "~order")


def _too_fine(rows: pl.DataFrame) -> pl.DataFrame:
    """The lists of shares, some by a rule, whose common divisor is too long to add them exactly."""
    several = rows.group_by("~list", maintain_order=True).agg("~n", "~q", "~rule")
    several = several.filter((pl.col("~n").list.len() > 1) & pl.col("~rule").list.eval(pl.element() != "").list.any())
    alike = several.select("~n", "~q").unique(maintain_order=True)
    bad = [lcm(*(Fraction(n, q).denominator for n, q in zip(*both, strict=True))) > MOST for both in alike.iter_rows()]
    told = several.join(alike.filter(pl.Series(bad, dtype=pl.Boolean)), on=["~n", "~q"], how="semi")
    names = pl.col("~rule").list.unique(maintain_order=True).list.drop_nulls().list.join(", ").str.strip_prefix(", ")
    return told.select(
        "~list", pl.lit(TOO_FINE).alias("code"), names.alias("rule"), pl.lit("").alias("fields"), pl.lit("").alias("text")
    )


def _unbalanced(rules: HouseRules, found: Found) -> pl.DataFrame:
    """The situations in which the owner shares that the rules give do not add up to 100%."""
    names = {n: r.rule for n, r in enumerate(rules.crediting.rules)}
    owners = found.given.filter(pl.col("role") == "owner").group_by("~s", maintain_order=True).agg("~i", "~n", "~q")
    alike = owners.select("~i", "~n", "~q").unique(maintain_order=True)
    told = []
    for numbers, over, under in alike.iter_rows():
        total = sum((Fraction(n, q) for n, q in zip(over, under, strict=True)), Fraction(0))
        if total != 1:
            said = ", ".join(dict.fromkeys(names[i] for i in numbers))
            told.append((numbers, over, under, BAD_SUM, said, str(total), ""))
    schema = pl.Schema({**alike.schema, **dict.fromkeys(("code", "rule", "fields", "text"), pl.String())})
    wrong = pl.DataFrame(told, schema=schema, orient="row")
    return owners.join(wrong, on=["~i", "~n", "~q"]).select("~s", "code", "rule", "fields", "text")


def _merged(rows: pl.DataFrame) -> pl.DataFrame:
    """Several shares of one payee in one role of a list are one, at the place of the first."""
    key = ["~list", "role", "~p"]
    several = pl.struct(key).is_duplicated()
    twice = rows.filter(several)
    if twice.is_empty():
        return rows
    names = pl.col("~rule").filter(pl.col("~rule") != "").unique(maintain_order=True).str.join(" + ")
    sums = twice.group_by(key, maintain_order=True).agg(pl.col("~from", "~order").first(), "~n", "~q", names)
    alike = sums.select("~n", "~q").unique(maintain_order=True)
    totals = [sum((Fraction(n, q) for n, q in zip(*both, strict=True)), Fraction(0)) for both in alike.iter_rows()]
    alike = alike.with_columns(
        pl.Series("~over", [t.numerator for t in totals], dtype=pl.Int64), pl.Series("~under", [t.denominator for t in totals], dtype=pl.Int64)
    )  # fmt: skip
    added = sums.join(alike, on=["~n", "~q"], maintain_order="left").drop("~n", "~q").rename({"~over": "~n", "~under": "~q"})
    return pl.concat([rows.filter(~several), added.select(rows.columns)])


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Number the shares of a role, and mark the last of several: it takes the rest."""
    within = ("~list", "role")
    return rows.with_columns(
        pl.int_range(pl.len()).over(within).alias("~place"), ((pl.int_range(pl.len()) == pl.len() - 1) & (pl.len() > 1)).over(within).alias("~rest")
    ).select(
        pl.col("~list").alias("~shares"), "~p", "role", pl.col("~n").cast(D), pl.col("~q").cast(D), "~place", "~rest", "~rule"
    )  # fmt: skip
