"""All tables in: read, mapped, checked and put together, with the account of what did not come along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from commcalc.base.calendar import Calendar
from commcalc.base.problem import Report
from commcalc.base.source import Cell
from commcalc.inputs.crediting_rules import naming_columns
from commcalc.inputs.deals import check_deals, other_currencies, total_rows
from commcalc.inputs.exchange import check_rates, known_currencies, one_currency_each
from commcalc.inputs.field_problems import OPENING, UNKNOWN_PLAN
from commcalc.inputs.figures import calendar_from, check_adjustments, check_dated_figures, check_splits, once
from commcalc.inputs.mapped import PLACES, Job, Mapped
from commcalc.inputs.mapping import finished, mapped, mapped_text, required
from commcalc.inputs.model import Source, TableSource
from commcalc.inputs.people import Names, check_assignments, check_payees, composed, names_of, resolved, strangers, unknown
from commcalc.inputs.problems import NO_ROWS
from commcalc.inputs.project import ProjectFile, calendar_of, sources_of, written_types
from commcalc.inputs.territories import check_territories
from commcalc.inputs.typed import NUMERIC
from commcalc.tables.exact import D
from commcalc.tables.schemas import TABLES

OPENING_KINDS = ("measure", "earned", "draw", "carried")
MAY_BE_EMPTY = ("acknowledged", "withdrawn", "adjustments")
"""Tables of what is decided by hand, which in a good month is nothing."""
ENGINE_TABLES = (
    "deals",
    "payees",
    "assignments",
    "quotas",
    "splits",
    "kpis",
    "events",
    "adjustments",
    "openings",
    "territories",
    "withdrawn",
    "fx",
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Typed tables and their account.

    tables: canonical tables; deals have `file` and `row` for messages. exceptions: deal rows that the mapping set aside:
    file, row, deal, payee, amount, code, reason, mend. counts: rows read, left out and set aside by table. acknowledged:
    exceptions that somebody looked at and accepted; no figure depends on them, only whether a period may be closed.
    """

    tables: Mapping[str, pl.DataFrame]
    calendar: Calendar
    exceptions: pl.DataFrame
    counts: Mapping[str, Mapping[str, int]]
    digests: Mapping[str, str]
    notes: tuple[str, ...]
    acknowledged: pl.DataFrame


class _Reader:
    """Reads each table of the project once, also when others look into it."""

    def __init__(self, project: ProjectFile, report: Report, given: Mapping[str, pl.DataFrame] | None = None) -> None:
        self.project, self.report = project, report
        self.given = given or {}  # tables whose text is at hand: no file of theirs is read
        self.done: dict[str, Mapped | None] = {}
        self.counts: dict[str, dict[str, int]] = {}
        self.digests: dict[str, str] = {}

    def frame(self, name: str) -> pl.DataFrame | None:
        """Return a table's mapped rows, reading it when first asked for."""
        if name not in self.done:
            self.done[name] = None  # a table that looks into itself finds nothing
            self.done[name] = self._read(name)
        found = self.done[name]
        return found.frame if found is not None else None

    def _job(self, name: str, source: Source, path: tuple[str | int, ...]) -> Job:
        return Job(self.project, name, source, path, self.frame, self.digests)

    def _read(self, name: str) -> Mapped | None:
        table = self.project.model.tables[name]
        parts: list[Mapped] = []
        known = len(self.report.errors)
        for path, source in sources_of(name, table):
            job, given = self._job(name, source, path), self.given.get(name)
            one = mapped(job, self.report) if given is None else mapped_text(job, given, [], self.report)
            if one is None:
                return None
            if source.once_per_key:
                one.frame = _once(_mapped_only(one.frame, source))
            parts.append(one)
        found = self._union(name, table, parts) if table.from_ else parts[0]
        if found is None:
            return None
        self.counts[name] = {
            "read": found.rows_read,
            "left out": found.left_out,
            "set aside": sum(len(e) for e in found.exceptions),
        }
        if found.rows_read == 0 and name not in MAY_BE_EMPTY and len(self.report.errors) == known:
            self.report.add(NO_ROWS.at(self.project.tree.span_of(("tables", name), key=True), table=name))
        required(self._job(name, table, ("tables", name)), found, self.report)
        return found

    def _union(self, name: str, table: TableSource, parts: list[Mapped]) -> Mapped | None:
        """Put sources together; what one lacks is blank there; then the table's own look-ups, columns and where."""
        frame = pl.concat([p.frame.with_columns(pl.col("~file").cast(pl.String)) for p in parts], how="diagonal_relaxed")
        whole = Mapped(frame, sum(p.rows_read for p in parts), sum(p.left_out for p in parts))
        whole.exceptions = [e for p in parts for e in p.exceptions]
        whole.notes = [n for p in parts for n in p.notes]
        bad = [p.bad_rows for p in parts if p.bad_rows is not None]
        whole.bad_rows = pl.concat([b.with_columns(pl.col("~file").cast(pl.String)) for b in bad]) if bad else None
        return finished(self._job(name, table, ("tables", name)), frame, [], whole, self.report)


def _mapped_only(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Of a source that names its columns, what it says once per key is what it names."""
    named = [*source.columns, *source.add, *(t for look in source.look_up for t in look.take)]
    return frame.select(*named, *PLACES) if source.columns else frame


def _once(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that repeat a key with the same facts count once."""
    facts = [c for c in frame.columns if c not in PLACES]
    return frame.unique(facts, keep="first", maintain_order=True)


def read_inputs(project: ProjectFile, plans: Iterable[str], *, set_aside: bool = False) -> tuple[Inputs | None, Report]:
    """Read every table of the project; None where a row or file cannot be read exactly (unless set aside)."""
    report = Report()
    reader = _Reader(project, report)
    for name in project.model.tables:
        reader.frame(name)
    return _inputs(project, reader, calendar_of(project), plans, set_aside=set_aside)


def calendar_read(project: ProjectFile) -> tuple[Calendar | None, Report]:
    """Return the project's calendar, reading its table of periods where it has one."""
    report = Report()
    if (calendar := calendar_of(project)) is not None:
        return calendar, report
    reader = _Reader(project, report)
    reader.frame("calendar")
    return calendar_from(reader.done.get("calendar"), project, report), report


def given_inputs(
    project: ProjectFile, given: Mapping[str, pl.DataFrame], calendar: Calendar | None, plans: Iterable[str]
) -> tuple[Inputs | None, Report]:
    """Type and check tables that are given as text, with `~file ~line`, as those read from files are."""
    reader = _Reader(project, Report(), given)
    for name in project.model.tables:
        reader.frame(name)
    return _inputs(project, reader, calendar, plans, set_aside=False)


def _inputs(
    project: ProjectFile, reader: _Reader, calendar: Calendar | None, plans: Iterable[str], *, set_aside: bool
) -> tuple[Inputs | None, Report]:
    """Check the tables read against each other and put the inputs together."""
    report = reader.report
    calendar = calendar or calendar_from(reader.done.get("calendar"), project, report)
    tables, exceptions = _checked(project, reader, calendar, list(plans), report)
    acknowledged = _acknowledged(reader, report)
    if calendar is None or any(reader.done.get(n) is None for n in project.model.tables):
        return None, report
    aside: list[pl.DataFrame] = [exceptions] if exceptions is not None else []
    if set_aside:
        report, moved = _moved(reader, report)
        aside += moved
    if report.errors:
        return None, report
    return Inputs(
        {n: _plain(t) for n, t in tables.items()},
        calendar,
        pl.concat(aside, how="diagonal") if aside else _no_exceptions(),
        reader.counts,
        dict(sorted(reader.digests.items())),
        tuple(n for m in reader.done.values() if m is not None for n in m.notes),
        acknowledged,
    ), report


def _acknowledged(reader: _Reader, report: Report) -> pl.DataFrame:
    """Return which exceptions were looked at, why they may stay, and who says so; each once."""
    read, names = reader.done.get("acknowledged"), TABLES["acknowledged"].required
    if read is None or not set(names) <= set(read.frame.columns):
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    once(read.frame, ["exception_id"], "acknowledged", report)
    return read.frame.select(names)


def read_people(project: ProjectFile) -> tuple[pl.DataFrame | None, Calendar | None, Mapping[str, str]]:
    """Return the payees and the calendar alone, with the digests of the files read; no payees where these have errors."""
    report = Report()
    reader = _Reader(project, report)
    frames = {n: reader.frame(n) for n in ("payees", "calendar") if n in project.model.tables}
    calendar = calendar_of(project) or calendar_from(reader.done.get("calendar"), project, report)
    payees = frames.get("payees")
    if payees is None or not set(TABLES["payees"].required) <= set(payees.columns):
        return None, calendar, reader.digests
    payees = check_payees(_without_blank(composed(payees, report), "payee_id"), report, _links(project))
    return None if report.errors else _plain(payees), calendar, reader.digests


def _checked(
    project: ProjectFile, reader: _Reader, calendar: Calendar | None, plans: list[str], report: Report
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame | None]:
    """Check each table by itself and against the others; those that could not be read are left out, the others told on."""
    found = {n: m.frame for n, m in reader.done.items() if m is not None and n in ENGINE_TABLES}
    if "deals" not in project.model.tables:
        found["deals"] = _no_deals(project)
    found = {n: composed(f, report) for n, f in found.items()}
    whole = {n for n, f in found.items() if set(TABLES[n].required) <= set(f.columns)}
    names: Names | None = None
    if "payees" in whole:
        found["payees"] = check_payees(_without_blank(found["payees"], "payee_id"), report, _links(project))
        names = names_of(found["payees"])
    if "assignments" in whole:
        found["assignments"] = check_assignments(_without_blank(found["assignments"], "payee_id"), names, plans, report)
    foreign = None
    if "deals" in whole:
        total_rows(found["deals"], reader.done.get("deals"), report)
        found["deals"] = check_deals(_without_blank(found["deals"], "deal_id"), names, project.model.credit_date, report)
        found["deals"] = found["deals"].with_columns(
            resolved(c, names).alias(c) for c in naming_columns(project.model) if c in found["deals"].columns
        )
        known_currencies(found["deals"], "currency", report)
        one_currency_each(found["deals"], project.model.currency, report)
        if "fx" not in project.model.tables:
            found["deals"], foreign = other_currencies(found["deals"], project.model.currency)
    if "payees" in whole:
        known_currencies(found["payees"], "currency", report)
    if "fx" in whole:
        found["fx"] = check_rates(found["fx"], calendar, report)
    for name in (n for n in ("quotas", "kpis", "adjustments") if n in whole):
        found[name] = check_dated_figures(found[name], name, names, calendar, report)
    if "splits" in whole:
        deals = _deal_ids(found["deals"], reader.done.get("deals")) if "deals" in whole else None
        found["splits"] = check_splits(found["splits"], names, deals, report)
    if "territories" in whole:
        keys = project.model.tables["territories"].key
        found["territories"] = check_territories(found["territories"], keys, names, report)
    if "events" in whole:
        once(found["events"], ["event_id"], "events", report)
    if "withdrawn" in whole:
        once(found["withdrawn"], ["deal_id"], "withdrawn", report)
    if "adjustments" in whole:
        check_adjustments(found["adjustments"], plans, report)
    if "openings" in whole:
        found["openings"] = found["openings"].with_columns(resolved("payee_id", names).alias("payee_id"))
        unknown(found["openings"], "payee_id", "openings", names, report)
        odd = found["openings"].filter(~pl.col("kind").is_in(OPENING_KINDS).fill_null(value=False))
        strangers(odd, "kind", (OPENING, "openings", OPENING_KINDS), report)
        of_plans = found["openings"].filter(pl.col("kind").is_in(("draw", "carried")) & ~pl.col("name").is_in(plans))
        strangers(of_plans, "name", (UNKNOWN_PLAN, "openings", plans), report)
    mapped_deals = reader.done.get("deals")
    rows = [*(mapped_deals.exceptions if mapped_deals is not None else []), *([foreign] if foreign is not None else [])]
    return found, _exceptions(rows) if rows and "deals" in whole else None


def _links(project: ProjectFile) -> list[str]:
    """The columns of the payees table that name a payee."""
    return [c for c, t in written_types(project, "payees").items() if t == "payee"]


def _deal_ids(deals: pl.DataFrame, mapped: Mapped | None) -> pl.Series:
    """Return the ids of all deals, those too that cannot be read exactly: a split of one of these names a deal."""
    bad = mapped.bad_rows if mapped is not None else None
    return deals["deal_id"] if bad is None else pl.concat([deals["deal_id"], bad["~deal"].rename("deal_id")])


def _no_deals(project: ProjectFile) -> pl.DataFrame:
    """A project may pay by KPIs alone: then there are no deals."""
    kinds: dict[str, pl.DataType | type[pl.DataType]] = {"date": pl.Date, "yes/no": pl.Boolean, **dict.fromkeys(NUMERIC, D)}
    columns = {c: kinds.get(t, pl.String) for c, t in written_types(project, "deals").items()}
    return pl.DataFrame(schema={"~file": pl.String, "~line": pl.UInt32, **columns})


def _without_blank(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    return frame.filter(pl.col(key).is_not_null()) if frame[key].null_count() else frame


def _exceptions(rows: list[pl.DataFrame]) -> pl.DataFrame:
    every = pl.concat([r.with_columns(pl.col("~file").cast(pl.String)) for r in rows], how="diagonal_relaxed")
    owner = pl.col("owner").fill_null("") if "owner" in every.columns else pl.lit("")
    return every.select(
        pl.col("~file").alias("file"),
        pl.col("~line").cast(pl.UInt32).alias("row"),
        pl.col("deal_id").fill_null("").alias("deal"),
        owner.alias("payee"),
        pl.lit("").alias("component"),
        pl.col("amount").cast(D).alias("amount"),
        pl.col("~code").alias("code"),
        pl.col("~reason").alias("reason"),
        pl.col("~mend").alias("mend"),
    )


def _no_exceptions() -> pl.DataFrame:
    text = dict.fromkeys(("file", "deal", "payee", "component", "code", "reason", "mend"), pl.String)
    return pl.DataFrame(schema={**text, "row": pl.UInt32, "amount": D})


def _moved(reader: _Reader, report: Report) -> tuple[Report, list[pl.DataFrame]]:
    """With --set-aside, rows of deals that cannot be read exactly become exceptions; other problems still refuse."""
    deals = reader.done.get("deals")
    if deals is None or deals.bad_rows is None:
        return report, []
    bad = {(str(f), n) for f, n in deals.bad_rows.select(PLACES).iter_rows()}
    kept = Report()
    for problem in report:
        if (
            problem.severity != "error"
            or not isinstance(problem.place, Cell)
            or (problem.place.file, problem.place.row) not in bad
        ):
            kept.add(problem)
    rows = deals.bad_rows.select(
        pl.col("~file").cast(pl.String).alias("file"),
        pl.col("~line").cast(pl.UInt32).alias("row"),
        pl.col("~deal").alias("deal"),
        pl.lit("").alias("payee"),
        pl.lit("").alias("component"),
        pl.lit(None, dtype=D).alias("amount"),
        pl.col("~code").alias("code"),
        pl.col("~reason").alias("reason"),
        pl.col("~mend").alias("mend"),
    ).sort("file", "row")
    reader.counts["deals"]["set aside"] += len(rows)
    return kept, [rows]


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep the place of each row as `file` and `row`; columns of the data that have these names are not read."""
    return frame.drop("file", "row", strict=False).rename({"~file": "file", "~line": "row"}, strict=False)
