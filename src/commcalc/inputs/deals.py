"""Deals checked: ids once and not alike, owners by id or alias, currencies, dates far away."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import polars as pl

from commcalc.base.problem import Problem, Report
from commcalc.base.render import cut
from commcalc.base.source import Cell
from commcalc.inputs.field_problems import BLANK, OLD_DATE, OTHER_CURRENCY, SCRIPT, TWICE
from commcalc.inputs.mapped import Mapped
from commcalc.inputs.people import Names, alike, resolved
from commcalc.inputs.problems import TOTAL_ROW

OLD, FAR = date(1970, 1, 1), date(2100, 1, 1)  # no deal is older, or further ahead
TOTALS = ("total", "totals", "grand total", "grand totals", "sum", "subtotal", "subtotals")


def check_deals(deals: pl.DataFrame, names: Names | None, credit_date: str, report: Report) -> pl.DataFrame:
    """Return the deals with owners resolved; problems of ids, currencies and dates go to the report."""
    _ids(deals, report)
    if "owner" in deals.columns:
        deals = deals.with_columns(resolved("owner", names).alias("owner"))
        _scripts(deals, report)
    _far_dates(deals, credit_date, report)
    return deals


def _ids(deals: pl.DataFrame, report: Report) -> None:
    key = ["deal_id", "line"] if "line" in deals.columns else ["deal_id"]
    if len(key) == 1 and _once(deals["deal_id"]):
        alike(deals["deal_id"], "deals", deals, report)
        return
    twice = deals.filter(pl.struct(key).is_duplicated()) if len(key) > 1 else deals.filter(pl.col("deal_id").is_duplicated())
    facts = [c for c in deals.columns if not c.startswith("~")]
    ordered = twice.with_columns(pl.struct(facts).hash().alias("~facts")).sort(key, maintain_order=True)
    again = ordered.with_columns(pl.col(c).shift(1).alias(f"{c}.first") for c in ("~file", "~line", "~facts", *key))
    again = again.filter(pl.all_horizontal(pl.col(c).eq_missing(pl.col(f"{c}.first")) for c in key)).sort("~file", "~line")
    for same in (True, False):
        rows = again.filter((pl.col("~facts") == pl.col("~facts.first")) == same)
        if len(rows):
            report.add(_twice(rows, key, same=same))
    alike(deals["deal_id"], "deals", deals, report)


def _once(ids: pl.Series) -> bool:
    """Whether no id stands twice: of ids in their order, as most files have them, neighbours tell."""
    return not (ids == ids.shift(1)).any() if ids.is_sorted() else ids.n_unique() == len(ids)


def _twice(rows: pl.DataFrame, key: list[str], *, same: bool) -> Problem:
    """One problem for all rows whose key stood before, with the places of the first two."""
    row = rows.row(0, named=True)
    cells = [Cell(f, n, "deal_id") for f, n in rows.select("~file", "~line").head(6).iter_rows()]
    mend = "remove one" if same else "an amendment is a row with an id of its own; lines of one deal want a `line` column"
    problem = TWICE.at(
        cells[0],
        table="deals",
        key=cut(" / ".join(_shown(row[k]) for k in key if row[k] is not None)),
        same=", the same in both" if same else " with different facts",
        mend=mend,
    )
    first = Cell(row["~file.first"], row["~line.first"], "deal_id")
    return problem.with_also(first, "the first").times(len(rows), cells[1:])


def _shown(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _scripts(deals: pl.DataFrame, report: Report) -> None:
    owners = deals["owner"].unique()
    odd_ones = owners.filter(owners.str.contains(r"[^\x00-\x{24F}]"))
    if odd_ones.is_empty():
        return
    odd = deals.filter(pl.col("owner").is_in(odd_ones.implode()))
    for text, group in odd.group_by("owner", maintain_order=True):
        scripts = {unicodedata.name(c, "?").split(" ")[0] for c in str(text[0]) if c.isalpha()}
        if len(scripts) > 1:
            row = group.row(0, named=True)
            report.add(SCRIPT.at(Cell(row["~file"], row["~line"], "owner"), text=cut(text[0])).times(len(group)))


def _far_dates(deals: pl.DataFrame, credit_date: str, report: Report) -> None:
    if credit_date not in deals.columns:
        return
    day = pl.col(credit_date)
    for far in (deals.filter(day < OLD), deals.filter(day >= FAR)):
        if len(far):
            cells = [Cell(f, n, credit_date) for f, n in far.select("~file", "~line").head(6).iter_rows()]
            report.add(OLD_DATE.at(cells[0], text=far[credit_date][0]).times(len(far), cells[1:]))


def other_currencies(deals: pl.DataFrame, currency: str) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Where there is no table of rates, set aside deals in another currency as exceptions: none is ever taken as one (semantics 10)."""
    if "currency" not in deals.columns:
        return deals, None
    other = deals.filter(pl.col("currency").is_not_null() & (pl.col("currency") != currency))
    if other.is_empty():
        return deals, None
    said = [OTHER_CURRENCY.at(None, text=c) for c in other["currency"].to_list()]
    marked = other.with_columns(
        pl.lit(OTHER_CURRENCY.code).alias("~code"),
        pl.Series("~reason", [p.message for p in said]),
        pl.Series("~mend", [p.mend for p in said]),
    )
    return deals.filter(pl.col("currency").is_null() | (pl.col("currency") == currency)), marked


def total_rows(deals: pl.DataFrame, mapped: Mapped | None, report: Report) -> None:
    """Point at rows that look like a total of the others: by their word, or the last row of a file without an id (F035)."""
    said = pl.col("deal_id").str.to_lowercase().str.strip_chars(" :").is_in(TOTALS)
    facts = [c for c, kind in deals.schema.items() if c == "owner" or kind == pl.Date]  # a total has no owner or no date
    if facts and not any(deals[c].null_count() for c in facts):
        sparse = deals.clear()
    else:
        sparse = deals.filter(pl.any_horizontal(pl.col(c).is_null() for c in facts)) if facts else deals
    rows = list(sparse.filter(said).select("~file", "~line", "deal_id").head(5).iter_rows())
    if mapped is not None and mapped.bad_rows is not None:
        last = deals.group_by(pl.col("~file").cast(pl.String)).agg(pl.col("~line").max().alias("~last"))
        ends = mapped.bad_rows.filter((pl.col("~deal") == "") & (pl.col("~code") == BLANK.code))
        ends = ends.with_columns(pl.col("~file").cast(pl.String)).join(last, on="~file")
        after = ends.filter(pl.col("~line") > pl.col("~last")).select("~file", "~line").head(5)
        rows += [(file, line, "a last row without an id") for file, line in after.iter_rows()]
    for file, line, text in rows:
        report.add(TOTAL_ROW.at(Cell(file, line), text=cut(text)))
