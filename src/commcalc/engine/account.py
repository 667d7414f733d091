"""The account of every row: credited, left out by a rule, waiting, later, or an exception - exactly one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from commcalc.engine.book import Book
from commcalc.engine.measure import Measured
from commcalc.engine.people import join_effective
from commcalc.engine.problems import BEFORE_HIRE, NO_OWNER, NO_PLAN, UNKNOWN_OWNER
from commcalc.language.names import nearest
from commcalc.tables.exact import D


@dataclass(frozen=True, slots=True)
class Account:
    """statuses: `~row status` for every deal row; exceptions: columns of tables.results.EXCEPTIONS but the id; left_out likewise."""

    statuses: pl.DataFrame
    exceptions: pl.DataFrame
    left_out: pl.DataFrame


def account_of(book: Book, measured: Mapping[str, Mapping[str, Measured]], blank_rows: pl.DataFrame) -> Account:
    """Return what became of every deal row. `blank_rows`: `~row` of rows that a measure's rule could not decide."""
    date = book.house.credit_date
    rows = [m.rows.select("~row").unique() for by_name in measured.values() for m in by_name.values() if "~row" in m.rows.columns]
    credited = pl.concat(rows).unique() if rows else pl.DataFrame(schema={"~row": pl.UInt32})
    deals = book.deals.select(
        "~row", "~deal", "~p", "owner", pl.col(date).alias("~d"), "deal_id", "line", "amount", *_places(book)
    )
    split = (
        book.splits.filter(pl.col("role") == "owner").select("~deal").unique()
        if book.splits is not None
        else pl.DataFrame(schema={"~deal": pl.UInt32})
    )
    deals = (
        deals.join(credited.with_columns(pl.lit(value=True).alias("~credited")), on="~row", how="left", maintain_order="left")
        .join(split.with_columns(pl.lit(value=True).alias("~split")), on="~deal", how="left", maintain_order="left")
        .join(
            blank_rows.select("~row").unique().with_columns(pl.lit(value=True).alias("~blank")),
            on="~row",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("~credited", "~split", "~blank").fill_null(value=False))
    )
    open_rows = deals.filter(~pl.col("~credited") & pl.col("~d").is_not_null() & (pl.col("~d") <= book.now) & ~pl.col("~split"))
    reasons = _crediting_reasons(book, open_rows)
    deals = deals.join(reasons.select("~row", "code"), on="~row", how="left", maintain_order="left")
    status = (
        pl.when("~credited")
        .then(pl.lit("credited"))
        .when(pl.col("~d").is_null())
        .then(pl.lit("waiting"))
        .when(pl.col("~d") > book.now)
        .then(pl.lit("later"))
        .when(pl.col("code").is_not_null() | pl.col("~blank"))
        .then(pl.lit("exception"))
        .otherwise(pl.lit("left out"))
    )
    deals = deals.with_columns(status.alias("status"))
    return Account(deals.select("~row", "status", "amount"), _exceptions(book, reasons), _left_out(book, deals))


def _places(book: Book) -> list[str]:
    return [c for c in ("file", "row") if c in book.deals.columns]


def _crediting_reasons(book: Book, deals: pl.DataFrame) -> pl.DataFrame:
    """Why a deal that no measure credited could not be: unknown owner, none, no plan that day, dated before the hire."""
    on_plan = book.people.assignments.select("~p", "~from", "~to", "~a")
    found = join_effective(deals, on_plan, "~d")
    hired = pl.lit(None, dtype=pl.Date)
    if "payee.hired" in book.people.facts.columns:
        found = join_effective(found, book.people.facts.select("~p", "~from", "~to", "payee.hired"), "~d")
        hired = pl.col("payee.hired")
    code = (
        pl.when(pl.col("owner").is_null())
        .then(pl.lit(NO_OWNER.code))
        .when(pl.col("~p").is_null())
        .then(pl.lit(UNKNOWN_OWNER.code))
        .when(hired > pl.col("~d"))
        .then(pl.lit(BEFORE_HIRE.code))
        .when(pl.col("~a").is_null())
        .then(pl.lit(NO_PLAN.code))
    )
    return found.with_columns(code.alias("code"), hired.alias("~hired")).filter(pl.col("code").is_not_null())


def _exceptions(book: Book, reasons: pl.DataFrame) -> pl.DataFrame:
    names = book.people.ids["payee_id"].to_list()
    texts: list[tuple[str, str]] = []
    near: dict[str, str | None] = {}
    for row in reasons.select("code", "owner", "~d", "~hired").iter_rows():
        code, owner, day, hired = row
        if code == UNKNOWN_OWNER.code and owner not in near:
            near[owner] = nearest(owner, names)
        match = near.get(owner)
        facts = {
            "owner": owner,
            "date": day,
            "hired": hired,
            "gap": "",
            "near": f"; the nearest name is `{match}`" if match else "",
            "suggest": f", `{match}` perhaps" if match else "",
        }
        kind = {k.code: k for k in (UNKNOWN_OWNER, NO_OWNER, BEFORE_HIRE, NO_PLAN)}[code]
        problem = kind.at(None, **facts)
        texts.append((problem.message, problem.mend))
    return reasons.with_columns(
        pl.Series("reason", [t[0] for t in texts], dtype=pl.String), pl.Series("mend", [t[1] for t in texts], dtype=pl.String)
    ).select(
        (pl.col("file").cast(pl.String) if "file" in reasons.columns else pl.lit("deals")).alias("file"),
        (pl.col("row") if "row" in reasons.columns else pl.lit(0)).cast(pl.UInt32).alias("row"),
        pl.col("deal_id").alias("deal"),
        pl.col("owner").fill_null("").alias("payee"),
        pl.lit("").alias("component"),
        pl.col("amount").cast(D),
        "code",
        "reason",
        "mend",
    )


def _left_out(book: Book, deals: pl.DataFrame) -> pl.DataFrame:
    """Rows that no measure counts, that wait for their date or that come later, with the rule."""
    rules = " / ".join(
        f"where of {p.plan.plan}.{n}: {m.where.text}"
        for p in book.plans
        for n, m in p.plan.measures.items()
        if m.where is not None
    )
    named = (
        pl.when(pl.col("status") == "waiting")
        .then(pl.lit(f"{book.house.credit_date} is empty"))
        .when(pl.col("status") == "later")
        .then(pl.lit(f"dated after {book.now}"))
        .otherwise(pl.lit(rules or "no measure credits it"))
    )
    rows = deals.filter(pl.col("status").is_in(["left out", "waiting", "later"]))
    return rows.select(
        pl.col("deal_id").alias("deal"),
        pl.col("line").cast(pl.UInt32),
        pl.col("owner").fill_null("").alias("payee"),
        "status",
        named.alias("rule"),
        pl.col("amount").cast(D),
    ).sort("deal", "line")
