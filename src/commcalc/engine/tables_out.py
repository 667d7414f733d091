"""Tables out: where payees stand in their measures, and what could not be calculated, with the names people read."""

from __future__ import annotations

import base64
import hashlib

import polars as pl

from commcalc.base.problem import Problem
from commcalc.engine.book import Book
from commcalc.engine.earnings import Blank, Job
from commcalc.engine.facts import with_facts
from commcalc.engine.joint import named_cap
from commcalc.engine.measure import Measured
from commcalc.engine.people import FIRST_DAY, LAST_DAY
from commcalc.engine.plan_currency import NO_RATE, no_rates
from commcalc.engine.problems import BLANK_RULE, NO_QUOTA, NO_VALUE, RETURN_WITHOUT_SALE, SHARED_APART
from commcalc.engine.rates.tiers import ladder
from commcalc.engine.rules import Rules, attainment_of, deal_rules, value_of
from commcalc.plan.tiers import Tiers
from commcalc.plan.windows import ANNIVERSARY
from commcalc.tables.exact import D, product, quotient
from commcalc.tables.results import EXCEPTIONS, MEASURES


def measure_rows(book: Book, jobs: list[Job]) -> pl.DataFrame:
    """Return where every payee of a plan stands in each measure at the run's end, with the tier in force and the next."""
    job = jobs[0]
    rows = book.people.assignments.filter(
        (pl.col("plan") == job.plan.plan) & (pl.col("~from") <= book.now) & (pl.col("~to") >= book.period.first)
    )
    people = _eligible(job, rows).select("~p").unique().with_columns(pl.lit(book.now).alias("~t"))
    frames = []
    for name, said in job.plan.measures.items():
        if said.window == "deal":
            continue
        probes = job.readings.windows_at(name, said, people)
        read = job.readings.at(name, probes).join(probes.select("~p", "~wfirst", "~wlast"), on="~p")
        read = _tier_in_force(jobs, name, read)
        named = read.join(book.people.ids, on="~p").with_columns(
            pl.col("payee_id").alias("payee"),
            pl.lit(job.plan.plan).alias("plan"),
            pl.lit(name).alias("measure"),
            _window_name(book, said.window).alias("window"),
            pl.when(pl.col("~wfirst") > FIRST_DAY).then(pl.col("~wfirst")).otherwise(None).alias("window_first"),
            pl.when(pl.col("~wlast") < LAST_DAY).then(pl.col("~wlast")).otherwise(None).alias("window_last"),
            pl.col("~value").alias("value"),
            pl.col("~quota").alias("quota"),
            pl.when(pl.col("~qn").is_not_null()).then(pl.col("~attainment")).otherwise(pl.lit(None, dtype=D)).alias("attainment"),
        )
        frames.append(named.select(MEASURES.names))
    return pl.concat(frames) if frames else pl.DataFrame()


def _eligible(job: Job, rows: pl.DataFrame) -> pl.DataFrame:
    """Everybody is on a program; where it stands is shown to those whom it is for, as they are on the last of their days in it."""
    said = job.component.eligible
    if not job.plan.of_all or said is None:
        return rows
    reads = job.rules.reads(said)
    dated = rows.with_columns(pl.min_horizontal("~to", pl.lit(job.book.now)).alias("~d"))
    return with_facts(job.book, job.plan, dated, reads.payee, reads.params).filter(job.rules.expression(said))


def _window_name(book: Book, window: str) -> pl.Expr:
    if window == ANNIVERSARY:
        return pl.format("year from {}", "~wfirst")
    if window not in book.moments.windows:
        return pl.lit(window)
    names = book.moments.windows[window]["~name"]
    return pl.lit(names).gather(book.moments.number(window, "~t").cast(pl.UInt32))


def _tier_in_force(jobs: list[Job], name: str, read: pl.DataFrame) -> pl.DataFrame:
    texts: list[pl.Expr] = []
    nexts: list[pl.Expr] = []
    for job in jobs:
        if getattr(job.component, "on", None) != name:
            continue
        for tiers in (getattr(job.component, "rate", None), getattr(job.component, "accelerators", None)):
            if not isinstance(tiers, Tiers):
                continue
            found = _place_of(job, name, tiers)
            if found is not None:
                texts.append(found[0])
                nexts.append(found[1])
    none = pl.lit(None, dtype=D)
    text = pl.concat_str(texts, separator=", ", ignore_nulls=True) if texts else pl.lit("")
    return read.with_columns(text.fill_null("").alias("tier"), (nexts[0] if nexts else none).alias("next_at"))


def _place_of(job: Job, name: str, tiers: Tiers) -> tuple[pl.Expr, pl.Expr] | None:
    rules = job.rules.on(name)
    scaled = attainment_of(tiers.by.node, rules.own) == name
    if not scaled and value_of(tiers.by.node, rules.own) != name:
        return None
    if rules.reads(*(t.start for t in tiers.tiers)) != rules.reads():
        return None  # bounds of a payee's own are on the lines' slices
    steps = ladder(tiers, rules, units=False, columns=("~qn", "~qd" if scaled else None))
    value = product(pl.col("~value"), pl.col("~qd")) if scaled else pl.col("~value")
    tier = steps.place(value)
    text = pl.when(value.is_not_null() & steps.cuts[0].is_not_null()).then(
        pl.format("{} {} of {}", pl.lit(job.name), tier + 1, pl.lit(len(tiers.tiers)))
    )
    bound = steps.bound(tier, upper=True)
    return text, (quotient(bound, pl.col("~qd")) if scaled else bound)


def exception_rows(
    book: Book,
    crediting: pl.DataFrame,
    blanks: list[tuple[Job, Blank]],
    undecided: list[tuple[str, Measured]],
) -> pl.DataFrame:
    """Return every exception as columns of tables.results.EXCEPTIONS but the id."""
    frames = [crediting]
    by_name = {p.plan.plan: p.plan for p in book.plans}
    for plan, found in undecided:
        if found.unsure is not None and len(found.unsure):
            at = (f"{plan}.{found.name}", "quota_relief")
            frames.append(_deal_exceptions(book, found.unsure.select("~p", "~row"), at, frozenset()))
        if found.unrated is not None and len(found.unrated):
            frames.append(
                _deal_exceptions(book, found.unrated.select("~p", "~row"), (f"{plan}.{found.name}", NO_RATE), frozenset())
            )
        if found.blank.is_empty():
            continue
        rule = found.measure.where.text if found.measure.where is not None else "window"
        reads = (
            Rules(by_name[plan], "half-up").reads(found.measure.where).columns if found.measure.where is not None else frozenset()
        )
        frames.append(_deal_exceptions(book, found.blank.select("~p", "~row"), (f"{plan}.{found.name}", rule), reads))
    for job, blank in blanks:
        component = f"{job.plan.plan}.{job.name}"
        on_deal = blank.rows.filter(pl.col("~row").is_not_null())
        on_payee = blank.rows.filter(pl.col("~row").is_null())
        if len(on_deal):
            reads = job.rules.on(getattr(job.component, "on", None)).reads(*deal_rules(job.component)).columns
            if (cap := named_cap(job, blank.rule)) is not None:
                reads = job.rules.reads(cap.at).columns | {cap.per}
            frames.append(_deal_exceptions(book, on_deal, (component, blank.rule), reads))
        if len(on_payee):
            frames.append(_payee_exceptions(book, on_payee, component, blank))
    return pl.concat([f.select([c for c in EXCEPTIONS.names if c != "id"]) for f in frames]).unique(maintain_order=True)


def with_ids(exceptions: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """Add the id: made of the exception and the fields of its deal row that plans read, not of the row's place in a file.

    So a changed row has another id, and rows added above it, or another name of the file, leave it as it is. Of rows that are
    alike in all of that the second has another id than the first, and so on.
    """
    said = [c for c in EXCEPTIONS.names if c not in ("id", *PLACE)]
    every = exceptions.sort(*EXCEPTIONS.key, "reason").with_columns(_told(pl.col(said)).alias("~said"))
    if set(PLACE) <= set(deals.columns):
        own = [c for c in sorted(deals.columns) if not c.startswith("~") and c not in PLACE]
        rows = deals.filter(pl.col("row").is_in(every["row"].unique().implode()))
        key = (pl.col("file").cast(pl.String), pl.col("row").cast(pl.UInt32), pl.col("deal_id").alias("deal"))
        rows = rows.select(*key, _told(pl.col(own)).alias("~own"))
        rows = rows.group_by(*PLACE, "deal", maintain_order=True).agg(pl.col("~own").str.join("\x1d"))
        every = every.join(rows, on=[*PLACE, "deal"], how="left", maintain_order="left")
    else:
        every = every.with_columns(pl.lit("").alias("~own"))
    told = pl.concat_str(pl.col("~said"), pl.col("~own").fill_null(""), separator="\x1e")
    every = every.with_columns(told.alias("~told"))
    every = every.with_columns(pl.int_range(pl.len()).over("~told").cast(pl.String).alias("~again"))
    texts = every.select(pl.concat_str("~told", "~again", separator="\x1e")).to_series().to_list()
    return every.with_columns(pl.Series("id", ["E-" + _base32(t) for t in texts], dtype=pl.String)).select(EXCEPTIONS.names)


PLACE = ("file", "row")


def _told(columns: pl.Expr) -> pl.Expr:
    return pl.concat_str(columns.cast(pl.String).fill_null(""), separator="\x1f")


def _base32(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()[:10]).decode()


def _deal_exceptions(book: Book, rows: pl.DataFrame, at: tuple[str, str], reads: frozenset[str]) -> pl.DataFrame:
    """Deals that a rule could not decide, with the fields that it reads and that are empty there."""
    component, rule = at
    found = rows.unique(maintain_order=True).join(book.deals, on="~row", how="left", maintain_order="left", suffix="_deal")
    found = found.join(book.people.ids.select("~p", "payee_id"), on="~p", how="left", maintain_order="left")
    known = [c for c in sorted(reads) if c in book.deals.columns]
    if rule == NO_RATE:
        said = no_rates(book, found, component)
    elif rule in ("returns", "split"):
        kind = RETURN_WITHOUT_SALE if rule == "returns" else SHARED_APART
        said = [kind.at(None, component=component)] * len(found)
    else:
        said = [_undecided(component, rule, [c for c in known if row[c] is None]) for row in found.iter_rows(named=True)]
    return found.select(
        (pl.col("file").cast(pl.String) if "file" in found.columns else pl.lit("deals")).alias("file"),
        (pl.col("row") if "row" in found.columns else pl.lit(0)).cast(pl.UInt32).alias("row"),
        pl.col("deal_id").alias("deal"),
        pl.col("payee_id").fill_null("").alias("payee"),
        pl.lit(component).alias("component"),
        pl.col("amount").cast(D),
        pl.Series("code", [p.code for p in said], dtype=pl.String),
        pl.Series("reason", [p.message for p in said], dtype=pl.String),
        pl.Series("mend", [p.mend for p in said], dtype=pl.String),
    )


def _undecided(component: str, rule: str, empty: list[str]) -> Problem:
    if not empty:
        why = "a division is by zero, no row of a table fits, or what it reads is an exception itself"
        return BLANK_RULE.at(None, component=component, rule=rule, why=why, fields="the row that is missing", first="rate")
    names = ", ".join(f"`{c}`" for c in empty)
    why = f"{names} {'is' if len(empty) == 1 else 'are'} empty"
    return BLANK_RULE.at(None, component=component, rule=rule, why=why, fields=names, first=empty[0])


def _payee_exceptions(book: Book, rows: pl.DataFrame, component: str, blank: Blank) -> pl.DataFrame:
    named = rows.join(book.people.ids, on="~p")
    kind = NO_QUOTA if blank.code == "quota" else NO_VALUE
    said = [
        kind.at(
            None,
            component=component,
            measure=blank.rule.removeprefix("quota of "),
            payee=p,
            window=book.period.name,
            rule=blank.rule,
        )
        for p in named["payee_id"].to_list()
    ]
    return of_payees(named, component, kind.code, said)


def payment_exceptions(book: Book, plan: str, unknown: pl.DataFrame) -> pl.DataFrame:
    """Return payees whose payment lacks a figure, which counts as nothing: what it is, as columns of EXCEPTIONS but the id."""
    named = unknown.join(book.people.ids, on="~p")
    component = f"{plan}.payment"
    said = [
        NO_VALUE.at(None, component=component, rule=rule, payee=payee)
        for payee, rule in named.select("payee_id", "rule").iter_rows()
    ]
    return of_payees(named, component, NO_VALUE.code, said)


def of_payees(named: pl.DataFrame, component: str, code: str, said: list[Problem]) -> pl.DataFrame:
    """Return what is said of payees (`payee_id`), each by itself, as columns of EXCEPTIONS but the id."""
    return named.select(
        pl.lit("").alias("file"),
        pl.lit(0, dtype=pl.UInt32).alias("row"),
        pl.lit("").alias("deal"),
        pl.col("payee_id").alias("payee"),
        pl.lit(component).alias("component"),
        pl.lit(None, dtype=D).alias("amount"),
        pl.lit(code).alias("code"),
        pl.Series("reason", [s.message for s in said], dtype=pl.String),
        pl.Series("mend", [s.mend for s in said], dtype=pl.String),
    )
