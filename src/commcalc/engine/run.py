"""The run: from tables and plans to a period's lines, payments and the account of every row."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from functools import partial

import polars as pl

from commcalc.base.calendar import Calendar, Period
from commcalc.base.problem import Problem, Report
from commcalc.engine.book import Book, House, prepare_book
from commcalc.engine.currency import RATE_DAY
from commcalc.engine.history import EARLIER, paying_spans, span_of
from commcalc.engine.identity import alphabet
from commcalc.engine.kept import LARGE, InMemory, Kept
from commcalc.engine.labels import labels_of
from commcalc.engine.lines_out import Naming
from commcalc.engine.loose_ends import loose_ends
from commcalc.engine.part import Paid, PartResult, calculated, rules_of
from commcalc.engine.parts import parts_of
from commcalc.engine.pay import base_pay, payments, payouts
from commcalc.engine.payment.abroad import paid_abroad, payouts_abroad
from commcalc.engine.payment.chain import PaidOut, paid_out
from commcalc.engine.plan_currency import credited_rates
from commcalc.engine.problems import IDENTITY, SAME_ID
from commcalc.engine.result import Identity, Result
from commcalc.engine.tables_out import exception_rows, payment_exceptions, with_ids
from commcalc.plan.load import LoadedPlan
from commcalc.tables.exact import D
from commcalc.tables.posted import Posted
from commcalc.tables.result_types import TYPES
from commcalc.tables.results import BALANCE, BALANCES, CREDITS, DEAL_RATES, LEFT_OUT, LINES, MEASURES, SLICES, TABLES

Progress = Callable[[str], None]


def run(
    plans: tuple[LoadedPlan, ...],
    house: House,
    calendar: Calendar,
    tables: Mapping[str, pl.DataFrame],
    period: Period,
    aside: pl.DataFrame | None = None,
    progress: Progress = lambda _: None,
    kept: Kept | None = None,
    posted: Posted | None = None,
) -> Result:
    """Return the result of a period. In: typed tables (tables.schemas), plans that passed every check.

    `aside` are deal rows that the mapping set aside: they are exceptions of the run and count among its rows. `kept` is where
    lines and slices go, part by part. `posted` is what closed periods have paid.
    """
    progress("reading the book")
    book = prepare_book(plans, house, calendar, tables, period, posted)
    naming = Naming(labels_of(book), alphabet())
    parts = parts_of(book)
    kept = InMemory() if kept is None else kept
    kept.begin(period.name, len(parts))
    done: list[PartResult] = []
    refused: list[Problem] = []
    for number, part in enumerate(_in_turn([partial(_calculated, part, naming) for part in parts]), 1):
        if isinstance(part, PartResult):
            if not refused:
                kept.keep({"lines": _together(LINES.names, part.lines), "slices": _together(SLICES.names, part.slices)})
            done.append(replace(part, lines=(), slices=()))
        else:
            refused += part
        progress(f"calculating {number} of {len(parts)}" if len(parts) > 1 else "calculating")
    if refused:
        return _refused(book, refused)
    progress("settling the account")
    return _result(book, done, kept, aside)


def _calculated(part: Callable[[], Book], naming: Naming) -> PartResult | list[Problem]:
    return calculated(part(), naming)


def _in_turn(works: Sequence[Callable[[], PartResult | list[Problem]]]) -> Iterator[PartResult | list[Problem]]:
    """Yield what each part gives, in their order, whoever is first; no more are begun than there are hands, and one."""
    if len(works) == 1:
        yield works[0]()
        return
    hands = pl.thread_pool_size()
    with ThreadPoolExecutor(max_workers=hands) as pool:
        ahead: deque[Future[PartResult | list[Problem]]] = deque()
        for work in works:
            if len(ahead) > hands:
                yield ahead.popleft().result()
            ahead.append(pool.submit(work))
        while ahead:
            yield ahead.popleft().result()


def _refused(book: Book, problems: Sequence[Problem]) -> Result:
    tables = {table.name: pl.DataFrame() for table in (*TABLES, DEAL_RATES) if table.name not in LARGE}
    return Result(book.period.name, InMemory(), **tables, identities=(), counts={}, report=Report(list(problems)))


def _result(book: Book, done: Sequence[PartResult], kept: Kept, aside: pl.DataFrame | None) -> Result:
    paid = {key: [p.paid[key] for p in done] for key in done[0].paid}
    others, balances, unknown, waiting = _paid_out(book, paid)
    free = _released(book, paid).join(waiting, on=["payee", "plan"], how="anti", maintain_order="left")
    steps, no_rate = paid_abroad(book, payments(free, _bases(book, "paid"), others))
    shown = _bases(book, "shown").group_by("payee", "currency").agg(pl.col("amount").sum().alias("base_shown"))
    names = book.people.ids.select(pl.col("payee_id").alias("payee"), "name")
    people = _on_plans(book).join(shown, on=["payee", "currency"], how="left")
    out = payouts_abroad(payouts(_earned(book, paid), steps, names, people).sort("payee", "currency"), steps)
    exceptions = [*(p.exceptions for p in done), unknown, no_rate, loose_ends(book)] + (
        [exception_rows(book, aside, [], [])] if aside is not None else []
    )
    counts = _counted(done, len(aside) if aside is not None else 0)
    identities = _identities(book, done, steps, out)
    report = Report([_broken(i) for i in identities if not i.holds])
    report.extend(_same_ids(kept, pl.concat(p.ids for parts in paid.values() for p in parts) if paid else pl.Series()))
    return Result(
        book.period.name,
        kept,
        _together(CREDITS.names, (p.credits[plan] for plan in done[0].credits for p in done)),
        _together(MEASURES.names, (m for p in done for m in p.measures.values())).sort(
            "payee", "plan", "measure", "window_first"
        ),
        steps,
        out,
        balances,
        with_ids(pl.concat(exceptions), book.deals),
        pl.concat([p.account.left_out for p in done]).sort(LEFT_OUT.key).select(LEFT_OUT.names),
        _kept_from_now(book, done),
        identities,
        counts,
        report,
    )


def _kept_from_now(book: Book, done: Sequence[PartResult]) -> pl.DataFrame:
    """Return the rates of deals that are credited for the first time, DEAL_RATES: by plan, and by which crediting rules looked at them."""
    found = pl.concat(
        [pl.DataFrame(schema={c.name: TYPES[c.type] for c in DEAL_RATES.columns}), *(r for p in done for r in p.rates)]
    )
    if book.house.crediting is not None and len(found):
        rows = book.deals.select(pl.col("deal_id").alias("deal"), pl.col("line").cast(pl.UInt32).fill_null(0)).with_row_index(
            "~row"
        )
        found = pl.concat([found, *credited_rates(book, None, [rows.join(found, on=["deal", "line"], how="semi")["~row"]])])
    return found.unique().sort(DEAL_RATES.key)


def _together(names: list[str], frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Put tables one after another; none of them is copied."""
    every = [f for f in frames if f.width]
    return pl.concat(every) if every else pl.DataFrame(schema=dict.fromkeys(names, pl.String))


def _counted(done: Sequence[PartResult], aside: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in done:
        for status, number in part.account.counts.items():
            counts[status] = counts.get(status, 0) + number
    rows = sum(counts.values()) + aside
    if aside:
        counts["exception"] = counts.get("exception", 0) + aside
    return {"rows": rows, **dict(sorted(counts.items()))}


def _same_ids(kept: Kept, ids: pl.Series) -> list[Problem]:
    """Two equal ids stop the run: one could not say which line is meant."""
    if ids.n_unique() == len(ids):
        return []
    twice = kept.read("lines").filter(pl.col("id").is_duplicated()).sort("id")
    return [SAME_ID.at(None, id=twice["id"][0], count=len(twice))] if len(twice) else []


def _broken(identity: Identity) -> Problem:
    return IDENTITY.at(None, name=identity.name, left=identity.left, right=identity.right)


Parts = Mapping[tuple[str, str], Sequence[Paid]]


def _named(book: Book, paid: Parts, table: str) -> list[pl.DataFrame]:
    """Return what all components give their payees, with their ids, the plan and its currency; nothing where there are none."""
    currency = {p.plan.plan: p.plan.currency for p in book.plans}
    given = [
        getattr(part, table)
        .lazy()
        .with_columns(pl.lit(plan).alias("plan"), pl.lit(name).alias("component"), pl.lit(currency[plan]).alias("currency"))
        for (plan, name), parts in paid.items()
        for part in parts
        if table == "earned" or not part.accrued
    ]
    names = book.people.ids.lazy().select("~p", pl.col("payee_id").alias("payee"))
    return [pl.concat(given).join(names, on="~p").collect()] if given else []


def _earned(book: Book, paid: Parts) -> pl.DataFrame:
    text = dict.fromkeys(("payee", "currency"), pl.String)
    frames = [pl.DataFrame(schema={**text, "earned": D, "accrued": D, "held": D})]
    frames += [f.select("payee", "currency", "earned", "accrued", "held") for f in _named(book, paid, "earned")]
    return pl.concat(frames).group_by("payee", "currency").agg(pl.col("earned", "accrued", "held").sum())


def _released(book: Book, paid: Parts) -> pl.DataFrame:
    """Return the steps `released` and `clawback` of each component: what was taken back stands apart."""
    columns = ["payee", "plan", "currency", "component"]
    frames = [pl.DataFrame(schema={**dict.fromkeys((*columns, "step"), pl.String), "amount": D})]
    for table, step, sign in (("released", "released", 1), ("taken", "released", -1), ("taken", "clawback", 1)):
        named = (pl.lit(step).alias("step"), pl.col("amount") * sign)
        frames += [f.select(*columns, *named) for f in _named(book, paid, table)]
    return pl.concat(frames).group_by(*columns, "step", maintain_order=True).agg(pl.col("amount").sum())


def _paid_out(book: Book, paid: Parts) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the steps of payments beside what is released, balances, payees whose payment lacks a figure, and who is paid nothing yet."""
    text = ("payee", "plan", "currency")
    steps = [pl.DataFrame(schema={**dict.fromkeys((*text, "step", "component"), pl.String), "amount": D, "note": pl.String})]
    balances = [pl.DataFrame(schema={**dict.fromkeys((*text, "balance"), pl.String), **dict.fromkeys(BALANCE, D)})]
    unknown = [payment_exceptions(book, "", PaidOut().unknown)]
    waiting = [pl.DataFrame(schema=dict.fromkeys(("payee", "plan"), pl.String))]
    names = book.people.ids.select("~p", pl.col("payee_id").alias("payee"))
    for loaded in book.plans:
        plan = loaded.plan
        if span_of(book, plan)[1] > book.now:
            continue  # its span has not ended: nothing is paid
        mine = [p for (name, _), parts in paid.items() if name == plan.plan for p in parts]
        now = [pl.DataFrame(schema={"~p": pl.UInt32, "amount": D}), *(p.released.select("~p", "amount") for p in mine)]
        earlier = pl.concat([pl.DataFrame(schema=EARLIER), *(p.earlier for p in mine)])
        found = paid_out(book, plan, rules_of(book, loaded), pl.concat(now), earlier)
        said = (pl.lit(plan.plan).alias("plan"), pl.lit(plan.currency).alias("currency"))
        steps.append(found.steps.join(names, on="~p").select("payee", *said, "step", "component", "amount", "note"))
        balances.append(found.balances.join(names, on="~p").select("payee", *said, "balance", *BALANCE))
        waiting.append(found.waiting.alias("~p").to_frame().join(names, on="~p").select("payee", said[0]))
        unknown.append(payment_exceptions(book, plan.plan, found.unknown))
    nothing_yet = pl.concat(waiting)
    held = _held(book, paid).join(nothing_yet, on=["payee", "plan"], how="anti")
    every = pl.concat([*balances, held]).sort(BALANCES.key)
    return pl.concat(steps), every, pl.concat(unknown), nothing_yet


def _held(book: Book, paid: Parts) -> pl.DataFrame:
    """Return the balance `held` of everybody who has one: what is earned and not released."""
    text = ("payee", "plan", "currency", "balance")
    zero = pl.lit(0).cast(D)
    frames = [pl.DataFrame(schema={**dict.fromkeys(text[:3], pl.String), "opening": D, "closing": D})]
    there = book.people.assignments.filter(pl.col("~from") <= book.now)["plan"].unique().to_list()  # before, nothing is paid
    begun = [p.plan.plan for p in book.plans if p.plan.plan in there and paying_spans(book, p.plan, book.now)]
    frames += [f.filter(pl.col("plan").is_in(begun)).select(*text[:3], "opening", "closing") for f in _named(book, paid, "held")]
    sums = pl.concat(frames).group_by(text[:3]).agg(pl.col("opening", "closing").sum())
    found = sums.filter((pl.col("opening") != 0) | (pl.col("closing") != 0)).with_columns(
        pl.lit("held").alias("balance"),
        (pl.col("closing") - pl.col("opening")).alias("given"),
        zero.alias("recovered"),
        zero.alias("forgiven"),
    )
    return found.select(*text, *BALANCE)


def _bases(book: Book, how: str) -> pl.DataFrame:
    """Base pay of the period under plans that pay it, or that only show it."""
    frames = [pl.DataFrame(schema={"payee": pl.String, "plan": pl.String, "currency": pl.String, "amount": D})]
    mode = book.house.readings.get("rounding", "half-up")
    for loaded in book.plans:
        plan = loaded.plan
        if plan.payment.base == how:
            rows = base_pay(book, plan, rules_of(book, loaded), mode).join(book.people.ids, on="~p")
            frames.append(
                rows.select(
                    pl.col("payee_id").alias("payee"),
                    pl.lit(plan.plan).alias("plan"),
                    pl.lit(plan.currency).alias("currency"),
                    pl.col("~base").alias("amount"),
                )
            )
    return pl.concat(frames)


def _on_plans(book: Book) -> pl.DataFrame:
    """Everybody who is on a plan in the period: each has a statement, also with nothing earned. A program is no plan of theirs."""
    frames = [pl.DataFrame(schema={"~p": pl.UInt32, "plan": pl.String, "currency": pl.String})]
    for loaded in book.plans:
        first, _ = span_of(book, loaded.plan)
        rows = book.people.assignments.filter(
            ~pl.col("~derived"), pl.col("plan") == loaded.plan.plan, pl.col("~from") <= book.now, pl.col("~to") >= first
        )
        frames.append(rows.select("~p", "plan", pl.lit(loaded.plan.currency).alias("currency")).unique())
    every = pl.concat(frames).join(book.people.ids, on="~p").sort("~p", "plan")
    return every.group_by(pl.col("payee_id").alias("payee"), "currency", maintain_order=True).agg(pl.col("plan").str.join(", "))


def _identities(book: Book, done: Sequence[PartResult], steps: pl.DataFrame, out: pl.DataFrame) -> tuple[Identity, ...]:
    zero = Decimal(0)
    counted = sum(n for p in done for n in p.account.counts.values())
    earned = sum((p.amount for p in done), zero)
    amounts = sum((a for p in done for a in p.account.amounts.values()), zero)

    mixed = ", a check sum over currencies" if RATE_DAY in book.deals.columns else ""

    def added(frame: pl.DataFrame, column: str) -> Decimal:
        return Decimal(frame[column].sum()) if len(frame) else zero

    return (
        Identity("deal rows in = credited + left out + waiting + later + exceptions", Decimal(len(book.deals)), Decimal(counted)),
        Identity(
            f"amounts in = amounts accounted for{mixed}", added(book.deals.select(pl.col("amount").cast(D)), "amount"), amounts
        ),
        Identity("sum of lines = earned of payouts", earned, added(out, "earned")),
        Identity("payment steps = payable of payouts", added(steps, "amount"), added(out, "payable")),
    )
