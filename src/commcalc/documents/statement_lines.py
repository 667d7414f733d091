"""A run's lines as statements show them: grouped by payee and component, each with how it was made, for all payees at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import polars as pl

from commcalc.documents.figure_columns import amount, cents, exact, near, plain, rate
from commcalc.documents.plan_words import PlanWords
from commcalc.exports.run_folder import RunFolder
from commcalc.tables.exact import exact_lit
from commcalc.tables.results import LINES

GROUP = ("payee", "currency", "plan", "component")
READ = (
    "id", *GROUP, "version", "goal", "place", "deal", "line", "role", "level", "rule", "credit_date", "window_first", "window_last",
    "amount", "kind", "cause", "corrects", "accrued", "held",
)  # fmt: skip
FIGURES = ("start", "stop", "basis", "rate", "factor", "exact")
RECORD = ("id", "deal", "line", "role", "level", "rule", "credit_date", "window_first", "window_last", "basis", "exact", "amount", "kind", "cause",
    "corrects", "accrued", "held", "place", "slices")  # fmt: skip


class LineShown(NamedTuple):
    """A line as text. `sums` and `tiers` have a row of text for each slice."""

    date: str
    what: str
    role: str
    kind: str
    corrects: str
    state: str
    amount: str
    sums: str | None
    tiers: str | None

    @property
    def slices(self) -> Iterator[tuple[str, str]]:
        """The sum and the tier of each slice; the tier is empty where there is none."""
        return zip(self.sums.split("\n"), (self.tiers or "").split("\n"), strict=True) if self.sums else iter(())


def components_of(run: RunFolder, words: PlanWords, payees: pl.Series | None, *, records: bool = False) -> pl.DataFrame:
    """Return a row for every payee, currency and component, in the order of the lines: its total and its lines as text.

    Each field of `LineShown` is a column of lists, `shown_<field>`, with one entry a line; `records`, where wanted, is a list
    of the same lines for a machine, figures exact.
    """
    lines = _lines(run, words, payees, records=records)
    lines = lines.join(_slices(run, lines, records=records), left_on="id", right_on="line_id", how="left", maintain_order="left")
    shown = [f"shown_{field}" for field in LineShown._fields]
    known = [*RECORD, *(c.name for c in LINES.abroad if c.name in lines.columns)]
    record = [pl.struct(_recorded(c) for c in known).alias("records")] if records else []
    firsts = [pl.col(c).first() for c in ("version", "goal", "place")]
    return lines.group_by(*GROUP, maintain_order=True).agg(*firsts, pl.col("amount").sum().alias("total"), *shown, *record)


def lines_of(row: Mapping[str, Any]) -> tuple[LineShown, ...]:
    """Return the lines of one component, from a row of `components_of`."""
    return tuple(map(LineShown._make, zip(*(row[f"shown_{field}"] for field in LineShown._fields), strict=True)))


def corrections_of(run: RunFolder, payees: pl.Series | None) -> pl.DataFrame:
    """Return the true-ups of each payee and currency by the period that they correct: how many lines, and their sum."""
    trued = _of(run, "lines", payees).filter(pl.col("cause") == "true-up").select("payee", "currency", "corrects", "amount")
    found = trued.group_by("payee", "currency", "corrects").agg(pl.len().alias("lines"), pl.col("amount").sum())
    return found.sort("payee", "currency", "corrects").collect()


def _of(run: RunFolder, table: str, payees: pl.Series | None) -> pl.LazyFrame:
    scanned = run.scan(table)
    return scanned if payees is None else scanned.filter(pl.col("payee").is_in(payees.implode()))


def _lines(run: RunFolder, words: PlanWords, payees: pl.Series | None, *, records: bool) -> pl.DataFrame:
    """Return the lines with the words that a statement has for them."""
    scanned = _of(run, "lines", payees)
    further = [c.name for c in LINES.abroad if c.name in scanned.collect_schema()]
    lines = scanned.select(*READ, *further, *(("basis", "exact") if records else ())).collect()
    window = pl.concat_str(
        pl.col("window_first").cast(pl.String).fill_null("the start"),
        pl.lit(" to "),
        pl.col("window_last").cast(pl.String).fill_null("now"),
    )
    kept = pl.when("held").then(pl.lit("held")).when("accrued").then(pl.lit("accrued")).otherwise(pl.lit(""))
    if records:
        lines = lines.with_columns(cents(lines["amount"], lines["currency"]).alias("cents"))
    for name, keys in (("each", words.in_money), ("placed", words.contests)):
        lines = _marked(lines, name, keys)
    return lines.with_columns(
        pl.col("credit_date").cast(pl.String).alias("shown_date"),
        pl.when(pl.col("deal") != "").then(_deal(lines)).otherwise(window).alias("shown_what"),
        _role(lines).alias("shown_role"),
        pl.when(pl.col("kind") == "earning").then(pl.lit("")).otherwise("kind").alias("shown_kind"),
        kept.alias("shown_state"),
        pl.col("corrects").alias("shown_corrects"),
        amount(lines["amount"], lines["currency"]).alias("shown_amount"),
    )


def _deal(lines: pl.DataFrame) -> pl.Expr:
    """The deal, with its rate where it is in another currency than the plan's: `D-1 (1 EUR = 1.0842 USD, 2026-01-05)`."""
    if "deal_rate" not in lines.columns:
        return pl.col("deal")
    straight = pl.col("deal_rate_from") == pl.col("deal_currency")
    other = pl.when(straight).then("currency").otherwise("deal_currency")
    rate = exact(lines["deal_rate"])
    said = pl.format("{} (1 {} = {} {}, {})", "deal", "deal_rate_from", pl.lit(rate), other, "deal_rate_of")
    return pl.coalesce(said, "deal")


def _marked(lines: pl.DataFrame, name: str, keys: Mapping[tuple[str, str], bool]) -> pl.DataFrame:
    """Add whether a line is of one of these components."""
    if not keys:
        return lines.with_columns(pl.lit(False).alias(name))
    marks = pl.DataFrame([*keys], schema={"plan": pl.String, "component": pl.String}, orient="row").with_columns(
        pl.lit(True).alias(name)
    )
    return lines.join(marks, on=("plan", "component"), how="left", maintain_order="left").with_columns(
        pl.col(name).fill_null(False)
    )


def _role(lines: pl.DataFrame) -> pl.Expr:
    """In which role a line is paid, where it is another than the owner's, and by which crediting rule."""
    up = pl.when(pl.col("level") > 1).then(pl.format("{}, level {}", "role", "level")).otherwise(pl.col("role").cast(pl.String))
    role = pl.when(pl.col("role") == "owner").then(pl.lit("")).otherwise(up)
    if (lines["rule"] == "").all():
        return role
    by = pl.when(pl.col("rule") != "").then(pl.concat_str(pl.lit("by rule "), pl.col("rule").cast(pl.String)))
    return pl.concat_str(pl.when(role != "").then(role), by, separator=", ", ignore_nulls=True)


def _slices(run: RunFolder, lines: pl.DataFrame, *, records: bool) -> pl.DataFrame:
    """Return for each line the lists of its slices' sums and tiers in words."""
    earned = lines.lazy().filter(pl.col("kind") == "earning").select(pl.col("id").alias("line_id"), "each", "placed")
    scanned = run.scan("slices").filter(pl.col("basis").is_not_null() | (pl.col("tier") > 0))  # a place has no basis
    changed = pl.when(pl.col("factor") != exact_lit(1)).then("factor").alias("changed")
    parts = scanned.join(earned, on="line_id", how="inner", maintain_order="left").with_columns(changed).collect()
    text = pl.DataFrame({
        "tier": parts["tier"].cast(pl.String),
        "basis": exact(parts["basis"]),
        "rate": rate(parts["rate"], parts["each"]).fill_null(""),
        "factor": exact(parts["changed"]),
        "exact": exact(parts["exact"]),
        "start": near(parts["start"]),
        "stop": near(parts["stop"]),
    })  # fmt: skip
    factor = pl.concat_str(pl.lit(" × "), "factor").fill_null("")
    stretch = pl.concat_str(pl.lit(", "), "start", pl.lit(" to "), "stop").fill_null("")
    tier = pl.when(pl.col("tier") != "0").then(pl.concat_str(pl.lit("tier "), "tier", stretch)).otherwise(pl.lit(""))
    sums = pl.concat_str("basis", pl.lit(" × "), "rate", factor, pl.lit(" = "), "exact")
    place = pl.concat_str(pl.lit("place "), "tier", pl.lit(", with "), "stop")
    sums = pl.when(parts["placed"]).then(pl.concat_str(place, sums, separator=": ", ignore_nulls=True)).otherwise(sums)
    tier = pl.when(~parts["placed"]).then(tier).otherwise(pl.lit(""))
    written = text.select(parts["line_id"], sums.alias("shown_sums"), tier.alias("shown_tiers"))
    if records:
        record = parts.select(pl.struct("tier", *(plain(pl.col(c)).alias(c) for c in FIGURES)).alias("slices"))
        written = written.with_columns(record["slices"])
    texts = [pl.col(c).str.join("\n") for c in ("shown_sums", "shown_tiers")]
    return written.group_by("line_id", maintain_order=True).agg(*texts, *(["slices"] if records else []))


def _recorded(name: str) -> pl.Expr:
    """A line's column as a machine reads it: figures as exact text, dates as text."""
    c = pl.col(name)
    if name == "amount":
        return pl.col("cents").alias(name)
    if name in ("basis", "exact", "deal_rate"):
        return plain(c).alias(name)
    if name in ("credit_date", "window_first", "window_last"):
        return c.cast(pl.String).alias(name)
    return c
