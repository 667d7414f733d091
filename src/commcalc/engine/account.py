"""The account of every row: credited, left out by a rule, waiting, later, or an exception - exactly one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import polars as pl

from commcalc.base.render import cut
from commcalc.engine.book import Book, dates_of
from commcalc.engine.credit import credits_of, shares_column
from commcalc.engine.measure import Measured
from commcalc.engine.people import FIRST_DAY, LAST_DAY, join_effective
from commcalc.engine.problems import BEFORE_HIRE, NO_OWNER, NO_PLAN, UNKNOWN_OWNER
from commcalc.engine.rule_problems import undecided_rows
from commcalc.language.names import NameIndex
from commcalc.plan.components.spiff import Spiff
from commcalc.plan.measures import own_deals
from commcalc.plan.whose import RoleCredit
from commcalc.tables.exact import D, product, quotient

REFUSED = {k.code: k for k in (UNKNOWN_OWNER, NO_OWNER, BEFORE_HIRE, NO_PLAN)}
REASON = ("~row", "~p", "owner", "~d", "~hired", "deal_id", "amount", "code")
CAUSE = ("code", "owner", "~d", "~hired", "~ended", "~begins", "~held")  # what the words of a reason are made of
STATUS = pl.Enum(["credited", "exception", "later", "left out", "waiting"])


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the rows of a part. counts and amounts: by status; exceptions: columns of EXCEPTIONS but the id; left_out: LEFT_OUT."""

    counts: Mapping[str, int]
    amounts: Mapping[str, Decimal]
    exceptions: pl.DataFrame
    left_out: pl.DataFrame


def account_of(
    book: Book, measured: Mapping[str, Mapping[str, Measured]], unmeasured: Sequence[pl.Series], blank_rows: Sequence[pl.Series]
) -> Account:
    """Return what became of every deal row.

    `unmeasured`: numbers of rows that a SPIFF without a measure takes in; `blank_rows`: of those that a measure's rule could
    not decide.
    """
    rows = [m.rows["~row"] for by_name in measured.values() for m in by_name.values() if "~row" in m.rows.columns]
    rows += unmeasured
    credit_date = pl.col(book.house.credit_date)
    deals = book.deals.select("~row", credit_date.alias("~d"), "amount").with_columns(
        _marked(len(book.deals), rows).alias("~credited"), _marked(len(book.deals), blank_rows).alias("~blank")
    )
    if book.splits is None:
        deals = deals.with_columns(pl.lit(value=False).alias("~split"))
    else:
        split = book.deals["~shares"].is_in(book.splits.filter(pl.col("role") == "owner")["~shares"].unique().implode())
        deals = deals.with_columns(split.alias("~split"))
    due = pl.col("~d").is_not_null() & (pl.col("~d") <= book.now)
    open_rows = deals.filter(~pl.col("~credited") & due & ~pl.col("~split"))["~row"]
    reasons = _crediting_reasons(book, book.deals[open_rows])
    if book.splits is not None:
        roles = {
            "owner",
            *(m.credit.role for p in book.plans for m in p.plan.measures.values() if isinstance(m.credit, RoleCredit)),
        }
        shares = _shares_of(book, book.splits.filter(pl.col("role").is_in(roles)), book.deals[deals.filter(due)["~row"]])
        reasons = pl.concat([reasons, _crediting_reasons(book, shares)])
    undecided = _undecided_by_rules(book)
    refused = _marked(len(book.deals), [reasons["~row"], undecided["~row"]])
    status = (
        pl.when("~credited")
        .then(pl.lit("credited", dtype=STATUS))
        .when(pl.col("~d").is_null())
        .then(pl.lit("waiting", dtype=STATUS))
        .when(pl.col("~d") > book.now)
        .then(pl.lit("later", dtype=STATUS))
        .when(pl.lit(refused) | pl.col("~blank"))
        .then(pl.lit("exception", dtype=STATUS))
        .otherwise(pl.lit("left out", dtype=STATUS))
    )
    deals = deals.with_columns(status.alias("status"))
    sums = deals.group_by("status").agg(pl.len(), pl.col("amount").cast(D).sum()).sort("status").rows()
    exceptions = pl.concat([_exceptions(book, reasons), undecided_rows(book, undecided)])
    return Account({r[0]: r[1] for r in sums}, {r[0]: r[2] for r in sums}, exceptions, _left_out(book, deals))


def _undecided_by_rules(book: Book) -> pl.DataFrame:
    """Rows that the crediting rules do not decide, as of any date that credits them: `~row ~shares`."""
    found = [pl.DataFrame(schema={"~row": pl.UInt32, "~shares": pl.UInt32})]
    if book.refused is not None and len(book.refused):
        refused = book.refused["~shares"].implode()
        for date in dates_of(book.plans, book.house):
            due = book.deals.filter(pl.col(date) <= book.now).select("~row", shares_column(book, date))
            found.append(due.filter(pl.col("~shares").is_in(refused)))
    return pl.concat(found)


def _marked(size: int, rows: Sequence[pl.Series]) -> pl.Series:
    """Return which of `size` rows are among the numbered ones."""
    mark = pl.Series("mark", [False]).new_from_index(0, size)
    for numbers in rows:
        if len(numbers):
            mark = mark.scatter(numbers, values=True)
    return mark


def _places(book: Book) -> list[str]:
    return [c for c in ("file", "row") if c in book.deals.columns]


def _crediting_reasons(book: Book, deals: pl.DataFrame) -> pl.DataFrame:
    """Why a deal that no measure credited could not be: unknown owner, none, no plan that day, dated before the hire."""
    on_plan = _in_effect(book)
    found = join_effective(deals.with_columns(pl.col(book.house.credit_date).alias("~d")), on_plan, "~d")
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
    refused = found.with_columns(code.alias("code"), hired.alias("~hired")).filter(pl.col("code").is_not_null())
    return refused.select(*REASON, *_places(book))


def _in_effect(book: Book) -> pl.DataFrame:
    """Return `~p ~from ~to ~a` of assignments to the plans of the run, while these are in effect."""
    every: list[tuple[str, date, date]] = [
        (p.plan.plan, p.plan.effective.first or FIRST_DAY, p.plan.effective.last or LAST_DAY) for p in book.plans
    ]
    plans = pl.DataFrame(every, schema={"plan": pl.String, "~x": pl.Date, "~y": pl.Date}, orient="row")
    rows = (
        book.people.assignments.filter(~pl.col("~derived"))
        .join(plans, on="plan")
        .select("~p", pl.max_horizontal("~from", "~x").alias("~from"), pl.min_horizontal("~to", "~y").alias("~to"), "~a")
    )
    return rows.filter(pl.col("~from") <= pl.col("~to")).sort("~p", "~from")


def _shares_of(book: Book, splits: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """The deals that are shared as a row for each payee who has a share, with the amount of it; nobody's is nobody's."""
    shares = splits.filter(pl.col("~p").is_not_null()).select("~shares", "~p", "~n", "~q")
    names = book.people.ids.select("~p", pl.col("payee_id").alias("owner"))
    held = deals.drop("~p", "owner").join(shares, on="~shares").join(names, on="~p")
    amount = pl.col("amount").cast(D)
    part = pl.when(pl.col("~n") == pl.col("~q")).then(amount).otherwise(quotient(product(amount, pl.col("~n")), pl.col("~q")))
    each = held.with_columns(part.alias("amount")).group_by("~row", "~p", maintain_order=True)
    return each.agg(pl.exclude("~row", "~p", "amount").first(), pl.col("amount").sum())


def _exceptions(book: Book, reasons: pl.DataFrame) -> pl.DataFrame:
    reasons = _with_gap(book, reasons)
    causes = reasons.select(CAUSE).unique(maintain_order=True)
    names: tuple[NameIndex, Mapping[str, str]] | None = None
    near: dict[str, str] = {}
    told: list[tuple[str, str]] = []
    for code, owner, day, hired, ended, begins, held in causes.iter_rows():
        if code == UNKNOWN_OWNER.code and owner not in near:
            names = names or _names(book)
            near[owner] = _nearest(owner, *names)
        match = near.get(owner, "")
        facts = {
            "owner": cut(owner or ""),
            "date": day,
            "hired": hired,
            "gap": _gap(ended, begins)
            if held is None
            else f": their row of `assignments` names `{held}`, which is not in force then",
            "absent": _absent(day, held),
            "near": f"; the nearest name is {match}" if match else "",
            "suggest": f", {match} perhaps" if match else "",
        }
        problem = REFUSED[code].at(None, **facts)
        told.append((problem.message, problem.mend))
    causes = causes.with_columns(pl.Series(n, [t[i] for t in told], dtype=pl.String) for i, n in enumerate(("reason", "mend")))
    return reasons.join(causes, on=CAUSE, nulls_equal=True, maintain_order="left").select(
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


def _with_gap(book: Book, reasons: pl.DataFrame) -> pl.DataFrame:
    """Add the day on which the payee's last assignment before the deal ended, that on which the next begins, and the plan of one that holds it."""
    rows = book.people.assignments.filter(~pl.col("~derived")).select("~p", "~from", "~to", pl.col("plan").alias("~held"))
    reasons = join_effective(reasons, rows.sort("~p", "~from"), "~d")
    ordered = reasons.with_row_index("~o").sort("~p", "~d")
    ended = rows.select("~p", pl.col("~to").alias("~ended"), pl.col("~to").alias("~day")).sort("~p", "~day")
    begins = rows.select("~p", pl.col("~from").alias("~begins"), pl.col("~from").alias("~day")).sort("~p", "~day")
    ordered = ordered.join_asof(ended, left_on="~d", right_on="~day", by="~p", strategy="backward", check_sortedness=False).drop(
        "~day", strict=False
    )
    ordered = ordered.join_asof(begins, left_on="~d", right_on="~day", by="~p", strategy="forward", check_sortedness=False).drop(
        "~day", strict=False
    )
    return ordered.sort("~o").drop("~o")


def _gap(ended: date | None, begins: date | None) -> str:
    """Say between which assignments a day lies."""
    if ended is None and begins is None:
        return "; no row of `assignments` is theirs"
    parts = [f"the last plan ended on {ended}" if ended else "", f"the next begins on {begins}" if begins else ""]
    return "; " + ", ".join(p for p in parts if p)


def _absent(day: date, held: str | None) -> str:
    """Say what mends that a payee is on no plan."""
    if held is None:
        return f"add a row to `assignments` that holds {day}, or end the plan's absence there"
    return f"let `{held}` be in force then (its `status` and `effective`), or assign them to a plan that is"


def _names(book: Book) -> tuple[NameIndex, Mapping[str, str]]:
    """Return ids, aliases and names, to be looked through, and the payee that each means."""
    facts = book.people.facts.join(book.people.ids.select("~p", "payee_id"), on="~p")
    means = {p: p for p in book.people.ids["payee_id"].to_list()}
    if "payee.aliases" in facts.columns:
        for payee, aliases in facts.select("payee_id", "payee.aliases").drop_nulls().iter_rows():
            means.update({a.strip(): payee for a in aliases.split(";") if a.strip() and a.strip() not in means})
    for payee, name in facts.select("payee_id", "payee.name").drop_nulls().iter_rows():
        means.setdefault(name, payee)
    return NameIndex(means), means


def _nearest(owner: str, names: NameIndex, means: Mapping[str, str]) -> str:
    match = names.nearest(owner)
    if match is None:
        return ""
    return f"`{match}`" if means[match] == match else f"`{match}` (the payee `{means[match]}`)"


def _left_out(book: Book, deals: pl.DataFrame) -> pl.DataFrame:
    """Rows that no measure counts, that wait for their date or that come later, with the rule."""
    rows = deals.filter(pl.col("status").is_in(["left out", "waiting", "later"])).select("~row", "status")
    found = rows.join(book.deals, on="~row", maintain_order="left")
    named = (
        pl.when(pl.col("status") == "waiting")
        .then(pl.lit(f"{book.house.credit_date} is empty"))
        .when(pl.col("status") == "later")
        .then(pl.lit(f"dated after {book.now}"))
        .otherwise(pl.col("~rule"))
    )
    return found.hstack([_refusing(book, found)]).select(
        pl.col("deal_id").alias("deal"),
        pl.col("line").cast(pl.UInt32),
        pl.col("owner").fill_null("").alias("payee"),
        pl.col("status").cast(pl.String),
        named.alias("rule"),
        pl.col("amount").cast(D),
    )


def _refusing(book: Book, rows: pl.DataFrame) -> pl.Series:
    """Return for each row, in `~rule`, the rules that refused it: of measures only that could have credited it to somebody."""
    place = pl.Series("~place", [None], dtype=pl.UInt32).new_from_index(0, len(book.deals))
    place = place.scatter(rows["~row"], pl.int_range(len(rows), dtype=pl.UInt32, eager=True))
    left = replace(book, deals=rows.filter(pl.col("status") == "left out").drop("status"))
    asked = [(text, _marked(len(rows), [place.gather(found)])) for text, found in _asked(left)]
    marks = pl.DataFrame([mark.alias(str(number)) for number, (_, mark) in enumerate(asked)])
    if marks.is_empty():
        return pl.Series("~rule", ["no measure credits it"]).new_from_index(0, len(rows))
    alike = marks.unique(maintain_order=True)  # few: rows refused by the same rules have the same words
    words = [" / ".join(t for (t, _), held in zip(asked, row, strict=True) if held) for row in alike.iter_rows()]
    named = alike.with_columns(pl.Series("~rule", [w or "no measure credits it" for w in words], dtype=pl.String))
    return marks.join(named, on=marks.columns, how="left", maintain_order="left")["~rule"]


def _asked(book: Book) -> Iterator[tuple[str, pl.Series]]:
    """Yield every rule that can refuse a deal, with the rows of deals that its measure could have credited to somebody."""
    yield from _of_nobody(book)
    for loaded in book.plans:
        plan = loaded.plan
        for name, spiff in plan.components.items():
            if isinstance(spiff, Spiff) and spiff.on is None and spiff.where is not None:
                yield f"where of {plan.plan}.{name}: {spiff.where.text}", credits_of(book, plan, own_deals(), ())["~row"]
        for name, said in plan.measures.items():
            if said.aggregate in ("kpi", "formula"):
                continue
            if said.where is not None:
                yield f"where of {plan.plan}.{name}: {said.where.text}", credits_of(book, plan, said, ())["~row"]
            if said.date is not None:  # its own date: by the deal's, the plan is the one that would have counted it
                undated, dated = pl.col(said.date).is_null(), pl.col(said.date) > book.now
                for why, rows in (("is empty", undated), (f"is after {book.now}", dated)):
                    others = replace(book, deals=book.deals.filter(rows))
                    found = credits_of(others, plan, said.model_copy(update={"date": None}), ())["~row"]
                    yield f"date of {plan.plan}.{name}: {said.date} {why}", found


def _of_nobody(book: Book) -> Iterator[tuple[str, pl.Series]]:
    """Yield the crediting rules by which deals have no owner, with their rows."""
    if book.refused is None or book.splits is None:
        return
    owners = book.splits.filter(pl.col("role") == "owner")
    whole = owners.filter(pl.col("~p").is_null().all().over("~shares") & (pl.col("~rule") != ""))
    for (rule,), lists in whole.group_by("~rule", maintain_order=True):
        rows = book.deals.filter(pl.col("~shares").is_in(lists["~shares"].implode()))["~row"]
        yield f"crediting rule {rule}: nobody", rows
