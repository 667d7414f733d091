"""The mapping: from a file's own columns to ours - names, values, types, look-ups, added columns, and rows left out."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import polars as pl

from commcalc.base.problem import Report
from commcalc.base.source import Cell
from commcalc.inputs.coins import MOST_PLACES, by_currency, other_currencies
from commcalc.inputs.csv_file import TextTable, read_csv
from commcalc.inputs.field_problems import EXPRESSION, NOT_UNIQUE, UNDECIDED
from commcalc.inputs.look_up import looked_up, misses
from commcalc.inputs.mapped import PLACES, Job, Mapped, Marked, Path, typing_of
from commcalc.inputs.model import LookUp, TableSource
from commcalc.inputs.problems import HEADERS_DIFFER, NO_COLUMN, TWO_HEADERS
from commcalc.inputs.project import TYPES, files_of, readable, written_types
from commcalc.inputs.typed import MOST_LISTED, Typing, blanks, faults, reasons, typed
from commcalc.language.expression import Expression, Scope, Type, check_expression, names_in
from commcalc.language.expression.nodes import Name, Node
from commcalc.language.names import nearest
from commcalc.tables.expression import compile_expression
from commcalc.tables.schemas import TABLES

SMALL = 1_000  # rows that are typed sooner than threads are begun


def mapped(job: Job, report: Report) -> Mapped | None:
    """Return a source's rows in our columns and types; every problem goes to the report."""
    text = _text(job, report) if readable(job.source) else None
    if text is None:
        return None
    return mapped_text(job, *text, report)


def mapped_text(job: Job, frame: pl.DataFrame, notes: list[str], report: Report) -> Mapped | None:
    """Return rows of text, with `~file ~line`, in our columns and types."""
    renamed = _renamed(job, frame, report)
    if renamed is None:
        return None
    frame = renamed
    out = Mapped(frame, rows_read=len(frame), notes=[*notes, *_further(job, frame)])
    replaced = _replaced(job, frame, report)
    if replaced is None:
        return None
    out.frame = replaced
    frame, marked = _typed(job, replaced, written_types(job.project, job.table))
    return finished(job, frame, marked, out, report)


def finished(job: Job, frame: pl.DataFrame, marked: list[Marked], out: Mapped, report: Report) -> Mapped | None:
    """Look up, add, make the key, leave out by `where`; then report what is wrong with the rows that stay."""
    written = written_types(job.project, job.table)
    places = frame.select(PLACES)
    missed: list[tuple[LookUp, pl.Series]] = []
    for number, look in enumerate(job.source.look_up):
        looked = looked_up(job, frame, (look, number), (missed, marked), report)
        if looked is None:
            return None
        frame = looked
    frame = _added(job, frame, written, report)
    frame = _keyed(job, frame)
    keep = _kept(job, frame, places, marked, report)
    _faults(job, marked, places, keep, report, out)
    misses(job, frame, missed, keep, out)
    out.left_out += len(frame) - int(keep.sum()) if keep is not None else 0
    gone = _gone(out, places, keep)
    out.frame = frame if gone is None else frame.filter(~gone)
    return out


def _keyed(job: Job, frame: pl.DataFrame) -> pl.DataFrame:
    """A key of several columns becomes the table's own key, joined by ` / `."""
    table = job.project.model.tables[job.table]
    if not table.key or job.table == "territories" or (job.source is not table and not isinstance(job.source, TableSource)):
        return frame
    name = TABLES[job.table].key[0] if job.table in TABLES else "key"
    return frame.with_columns(pl.concat_str([pl.col(k).cast(pl.String) for k in table.key], separator=" / ").alias(name))


def _text(job: Job, report: Report) -> tuple[pl.DataFrame, list[str]] | None:
    """Read the source's files as text, put together."""
    files, found = files_of(job.project, job.source.file or "", (*job.path, "file"))
    report.extend(found)
    tables: list[tuple[str, TextTable]] = []
    for file in files:
        name = str(file.relative_to(job.project.root))
        table, problems = read_csv(file, name, job.source.read)
        report.extend(problems)
        if table is not None:
            job.digests[name] = table.digest
            tables.append((name, table))
    if len(tables) < len(files) or not tables:
        return None
    first_name, first = tables[0]
    for name, table in tables[1:]:
        if table.headers != first.headers:
            report.add(HEADERS_DIFFER.at(Cell(name, 1), first=first_name))
            return None
    names = pl.Enum([n for n, _ in tables])
    frames = [t.frame.with_columns(pl.lit(n, dtype=names).alias("~file"), pl.col("~line").cast(pl.UInt32)) for n, t in tables]
    notes = [f"{n}: {note}" for n, t in tables for note in t.notes]
    notes += [f"{n}: {t.skipped} blank lines skipped" for n, t in tables if t.skipped]
    return pl.concat(frames), notes


def _renamed(job: Job, frame: pl.DataFrame, report: Report) -> pl.DataFrame | None:
    """Give mapped columns our names; the other headers stay as they are."""
    headers = [c for c in frame.columns if not c.startswith("~")]
    first = frame["~file"][0] if len(frame) else str(job.source.file)
    used: set[str] = set()
    columns: list[pl.Expr] = []
    fine = True
    for ours, aliases in job.source.columns.items():
        present = [a for a in aliases if a in headers]
        if len(present) > 1:
            report.add(TWO_HEADERS.at(job.project.tree.span_of((*job.path, "columns", ours)), column=" and ".join(present)))
            fine = False
        elif not present:
            near = nearest(aliases[0], headers)
            mend = f"write `columns: {{{ours}: {near}}}`" if near else "the file's headers are " + ", ".join(headers[:12])
            report.add(
                NO_COLUMN.at(
                    job.project.tree.span_of((*job.path, "columns", ours)),
                    column=aliases[0],
                    near=f"; did you mean `{near}`?" if near else "",
                    mend=mend,
                ).with_also(Cell(first, 1), "the header")
            )
            fine = False
        else:
            used.add(present[0])
            columns.append(pl.col(present[0]).alias(ours))
    if not fine:
        return None
    taken = set(job.source.columns)
    columns += [pl.col(h) for h in headers if h not in used and h not in taken]
    return frame.select(*columns, *PLACES)


def _further(job: Job, frame: pl.DataFrame) -> list[str]:
    """Columns that neither the language nor the mapping knows are kept, and that is said once."""
    written = written_types(job.project, job.table)
    names = [c for c in frame.columns if not c.startswith("~") and c not in written]
    return [f"{job.table}: further columns: {', '.join(names)}"] if names else []


def _replaced(job: Job, frame: pl.DataFrame, report: Report) -> pl.DataFrame | None:
    """Put what the mapping's `values` say in the place of what the file says; they may stand in a file of two columns."""
    for column, meaning in job.source.values.items():
        words = meaning if isinstance(meaning, dict) else _words(job, meaning, (*job.path, "values", column), report)
        if words is None:
            return None
        if column in frame.columns:
            frame = frame.with_columns(pl.col(column).replace(words))
    return frame


def _words(job: Job, file: str, path: Path, report: Report) -> dict[str, str] | None:
    files, found = files_of(job.project, file, path)
    report.extend(found)
    if not files:
        return None
    table, problems = read_csv(files[0], file, job.source.read)
    report.extend(problems)
    if table is None:
        return None
    job.digests[file] = table.digest
    if len(table.headers) != 2:
        report.add(
            EXPRESSION.at(
                job.project.tree.span_of(path),
                what=f"{file} has {len(table.headers)} columns",
                mend="two columns: what is written, and what it means",
            )
        )
        return None
    pairs = table.frame.select(table.headers).drop_nulls()
    twice = pairs.filter(pl.col(table.headers[0]).is_duplicated())
    if len(twice):
        report.add(NOT_UNIQUE.at(job.project.tree.span_of(path), table=file, key=twice.row(0)[0]))
        return None
    return dict(pairs.iter_rows())


def _typed(job: Job, frame: pl.DataFrame, written: Mapping[str, str]) -> tuple[pl.DataFrame, list[Marked]]:
    """Type the columns that have a type; what cannot be read is marked, not yet reported."""
    known = [c for c in frame.columns if c in written and not c.startswith("~")]
    hows = [typing_of(job, column, written[column]) for column in known]
    foreign = other_currencies(job, frame)
    if foreign:
        hows = [replace(how, places=MOST_PLACES) if how.type == "money" else how for how in hows]
    if len(frame) < SMALL:
        found = [typed(frame[how.column], how) for how in hows]
    else:
        with ThreadPoolExecutor() as pool:  # columns do not depend on each other; their order stays
            found = list(pool.map(lambda how: typed(frame[how.column], how), hows))
    marked = [
        (how, one) for how, one in zip(hows, found, strict=True) if one.bad is not None and not (foreign and how.type == "money")
    ]
    if foreign:
        money = [(how, one) for how, one in zip(hows, found, strict=True) if how.type == "money"]
        marked += [m for how, one in money for m in by_currency(job, frame, how, one)]
    return frame.with_columns(one.value.alias(how.column) for how, one in zip(hows, found, strict=True)), marked


def _scope(written: Mapping[str, str], frame: pl.DataFrame) -> Scope:
    return Scope(columns={c: TYPES[written.get(c, "text")] for c in frame.columns if not c.startswith("~")})


def _compiled(job: Job, expression: Expression, scope: Scope, path: Path, report: Report) -> pl.Expr | None:
    _, wrong = check_expression(expression, scope)
    for kind, start, end, facts in wrong:
        report.add(kind.at(job.project.tree.scalar_place(path, start, end), **facts))
    if wrong:
        return None

    def name(node: Node) -> pl.Expr:
        assert isinstance(node, Name), node
        return pl.col(node.id)

    return compile_expression(expression.node, name, job.project.model.readings.get("rounding", "half-up"))


def _added(job: Job, frame: pl.DataFrame, written: Mapping[str, str], report: Report) -> pl.DataFrame:
    for column, expression in job.source.add.items():
        compiled = _compiled(job, expression, _scope(written, frame), (*job.path, "add", column), report)
        if compiled is not None:
            frame = frame.with_columns(compiled.alias(column))
    return frame


def _kept(job: Job, frame: pl.DataFrame, places: pl.DataFrame, marked: list[Marked], report: Report) -> pl.Series | None:
    """Return which rows `where` keeps; a row that it cannot decide is a fault unless one of its fields is one already."""
    rule = job.source.where
    if rule is None:
        return None
    written = written_types(job.project, job.table)
    scope = _scope(written, frame)
    compiled = _compiled(job, rule, scope, (*job.path, "where"), report)
    if compiled is None:
        return None
    given, _ = check_expression(rule, scope)
    if given is not Type.YES_NO:
        place = job.project.tree.span_of((*job.path, "where"))
        report.add(EXPRESSION.at(place, what=f"`{rule.text}` is {given}, not a condition", mend="compare it with something"))
        return None
    kept = frame.lazy().select(compiled.alias("k")).collect()["k"]
    unknown = kept.is_null()
    if unknown.any():
        for how, found in marked:
            if how.column in names_in(rule.node):
                assert found.bad is not None
                unknown = unknown & ~found.bad
        rows = places.filter(unknown)
        if len(rows):
            cells = [Cell(f, n) for f, n in rows.head(MOST_LISTED + 1).iter_rows()]
            fields = sorted(names_in(rule.node))
            report.add(UNDECIDED.at(cells[0], rule=rule.text, field=fields[0] if fields else "").times(len(rows), cells[1:]))
    return kept.fill_null(value=True)


def _faults(job: Job, marked: list[Marked], places: pl.DataFrame, keep: pl.Series | None, report: Report, out: Mapped) -> None:
    bad: list[pl.DataFrame] = []
    deals = deal_ids(out.frame)
    for how, found in marked:
        read_by_where = job.source.where is not None and how.column in names_in(job.source.where.node)
        counts = None if read_by_where else keep
        report.extend(faults(found, how, places.with_columns(deals), counts))
        assert found.bad is not None
        mask = found.bad if counts is None else found.bad & counts
        rows = places.with_columns(deals, found.text.alias("~text")).filter(mask)
        bad.append(_with_reasons(rows, how))
    bad = [b for b in bad if len(b)]
    if bad:
        out.bad_rows = pl.concat([*([] if out.bad_rows is None else [out.bad_rows]), *bad]).unique(
            PLACES, keep="first", maintain_order=True
        )


def deal_ids(frame: pl.DataFrame) -> pl.Series:
    """Return the deal of each row as `~deal`, for the account of rows that are set aside."""
    if "deal_id" not in frame.columns:
        return pl.Series("~deal", [""], dtype=pl.String).new_from_index(0, len(frame))
    return frame["deal_id"].cast(pl.String).fill_null("").alias("~deal")


def _with_reasons(rows: pl.DataFrame, how: Typing) -> pl.DataFrame:
    said = reasons(rows["~text"].unique().to_list(), how)
    told = {
        "~code": {t: p.code for t, p in said.items()},
        "~reason": {t: p.message for t, p in said.items()},
        "~mend": {t: p.mend for t, p in said.items()},
    }
    return rows.with_columns(
        pl.col("~text").replace_strict(words, return_dtype=pl.String).alias(c) for c, words in told.items()
    ).drop("~text")


def _gone(out: Mapped, places: pl.DataFrame, keep: pl.Series | None) -> pl.Series | None:
    """Rows that do not go on: left out, an exception already, or not to be read exactly."""
    gone = None if keep is None else ~keep
    faulty = [] if out.bad_rows is None else [out.bad_rows]
    for rows in [*out.exceptions, *faulty]:
        mark = rows.select(PLACES).with_columns(pl.lit(value=True).alias("~x"))
        hit = places.join(mark, on=PLACES, how="left", maintain_order="left", nulls_equal=True)["~x"].fill_null(value=False)
        gone = hit if gone is None else gone | hit
    return gone


def required(job: Job, out: Mapped, report: Report) -> None:
    """The columns that a table cannot do without are there, and are not empty; rows where one is go no further."""
    frame = out.frame
    schema = TABLES.get(job.table)
    if schema is None:
        return
    always = [*schema.required, *([job.project.model.credit_date] if job.table == "deals" else [])]
    gone = pl.Series("gone", [False], dtype=pl.Boolean).new_from_index(0, len(frame))
    for column in always:
        if column not in frame.columns:
            headers = [c for c in frame.columns if not c.startswith("~")]
            near = nearest(column, headers)
            place = job.project.tree.span_of(("tables", job.table), key=True)
            mend = f"write `columns: {{{column}: {near or 'its header'}}}` for this table"
            problem = NO_COLUMN.at(place, column=column, near=f"; did you mean `{near}`?" if near else "", mend=mend)
            report.add(problem.with_also(Cell(frame["~file"][0], 1) if len(frame) else None, "the header"))
        elif column in schema.required:
            gone = gone | _empty(frame, column, report, out)
    out.frame = frame.filter(~gone) if gone.any() else frame


def _empty(frame: pl.DataFrame, column: str, report: Report, out: Mapped) -> pl.Series:
    """Return and report the rows in which a required column is empty, or holds spaces only: they cannot be read exactly."""
    blank = pl.col(column).is_null()
    if frame.schema[column] == pl.String:
        blank = blank | pl.col(column).str.contains(r"^\s*$").fill_null(value=False)
    empty = frame.select(blank).to_series()
    if not empty.any():
        return empty
    problems = list(blanks(empty, column, frame.select(*PLACES, deal_ids(frame))))
    report.extend(problems)
    told = {"~code": problems[0].code, "~reason": problems[0].message, "~mend": problems[0].mend}
    rows = frame.select(*PLACES, deal_ids(frame)).filter(empty).with_columns(pl.lit(v).alias(c) for c, v in told.items())
    out.bad_rows = (
        rows if out.bad_rows is None else pl.concat([out.bad_rows, rows]).unique(PLACES, keep="first", maintain_order=True)
    )
    return empty
