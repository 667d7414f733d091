"""Look-ups: columns taken from another table by a unique key; a row that finds nothing is listed, never blank by guess."""

from __future__ import annotations

import polars as pl

from commcalc.base.problem import Report
from commcalc.base.render import cut
from commcalc.inputs.csv_file import read_csv
from commcalc.inputs.field_problems import CIRCULAR, MISSED, NOT_UNIQUE
from commcalc.inputs.mapped import Job, Mapped, Marked, Path, typing_of
from commcalc.inputs.model import LookUp
from commcalc.inputs.problems import NO_COLUMN
from commcalc.inputs.project import files_of, written_types
from commcalc.inputs.typed import faults, typed
from commcalc.language.names import NameIndex, nearest


def looked_up(
    job: Job,
    frame: pl.DataFrame,
    at: tuple[LookUp, int],
    kept: tuple[list[tuple[LookUp, pl.Series]], list[Marked]],
    report: Report,
) -> pl.DataFrame | None:
    """Left-join columns of another table by a unique key; remember the rows that found nothing."""
    (look, number), (missed, marked) = at, kept
    path = (*job.path, "look_up", number)
    other = _other(job, look, path, report)
    if other is None:
        return None
    keys = _keys(look)
    for side, columns, names in (("ours", frame.columns, keys), ("theirs", other.columns, [*keys.values(), *look.take.values()])):
        lacking = [c for c in names if c not in columns]
        if lacking:
            near = nearest(lacking[0], columns)
            where = job.project.tree.span_of((*path, "by" if side == "ours" or lacking[0] in keys.values() else "take"))
            report.add(
                NO_COLUMN.at(
                    where,
                    column=lacking[0],
                    near=f"; did you mean `{near}`?" if near else "",
                    mend="the columns are " + ", ".join(c for c in columns if not c.startswith("~")),
                )
            )
            return None
    ranged = all(other.schema.get(c) == pl.Date for c in ("from", "to"))  # of exchange rates they are currencies
    dated = ranged and job.project.model.credit_date in frame.columns
    theirs = other.select(
        *(pl.col(t).cast(pl.String).alias(f"~key{i}") for i, t in enumerate(keys.values())),
        *(pl.col(t).alias(f"~take.{o}") for o, t in look.take.items()),
        *([pl.col("from").alias("~f"), pl.col("to").alias("~t")] if dated else []),
    )
    on = [f"~key{i}" for i in range(len(keys))]
    twice = (
        theirs.filter(pl.struct(on).is_duplicated() & pl.all_horizontal(pl.col(on).is_not_null()))
        if not dated
        else theirs.clear()
    )
    if len(twice):
        report.add(
            NOT_UNIQUE.at(
                job.project.tree.span_of((*path, "by")), table=look.in_, key=" / ".join(str(v) for v in twice.select(on).row(0))
            )
        )
        return None
    ours = frame.with_columns(*(pl.col(o).cast(pl.String).alias(f"~key{i}") for i, o in enumerate(keys)))
    joined = _joined(job, ours, theirs, on, dated=dated)
    if joined is None:
        report.add(NOT_UNIQUE.at(job.project.tree.span_of((*path, "by")), table=look.in_, key="the same key on the same day"))
        return None
    if look.missing is None:
        missed.append((look, joined["~hit"].is_null()))
    taken = [pl.col(f"~take.{o}").alias(o) for o in look.take]
    joined = joined.with_columns(taken).drop(*on, "~hit", *(f"~take.{o}" for o in look.take))
    return _typed_taken(job, joined, look, marked)


def _keys(look: LookUp) -> dict[str, str]:
    """Return our columns with those of the other table that they are compared with."""
    if isinstance(look.by, str):
        return {look.by: look.by}
    return {k: k for k in look.by} if isinstance(look.by, list) else dict(look.by)


def _joined(job: Job, ours: pl.DataFrame, theirs: pl.DataFrame, on: list[str], *, dated: bool) -> pl.DataFrame | None:
    """Left-join; `~hit` is null where nothing was found. None where a day finds two rows."""
    if not dated:
        return ours.join(theirs.with_columns(pl.lit(value=True).alias("~hit")), on=on, how="left", maintain_order="left")
    day = pl.col(job.project.model.credit_date)
    numbered = ours.with_row_index("~i")
    both = numbered.join(theirs, on=on).filter((day >= pl.col("~f").fill_null(day)) & (day <= pl.col("~t").fill_null(day)))
    if both["~i"].is_duplicated().any():
        return None
    found = both.select("~i", *(c for c in theirs.columns if c.startswith("~take.")), pl.lit(value=True).alias("~hit"))
    return numbered.join(found, on="~i", how="left", maintain_order="left").drop("~i")


def _other(job: Job, look: LookUp, path: Path, report: Report) -> pl.DataFrame | None:
    if look.in_ in job.project.model.tables:
        known = len(report.errors)
        other = job.table_of(look.in_)
        if other is None and len(report.errors) == known:
            report.add(CIRCULAR.at(job.project.tree.span_of((*path, "in")), table=job.table, path=look.in_))
        return other
    files, found = files_of(job.project, look.in_, (*path, "in"))
    report.extend(found)
    if not files:
        return None
    table, problems = read_csv(files[0], look.in_, job.source.read)
    report.extend(problems)
    if table is None:
        return None
    job.digests[look.in_] = table.digest
    return _dated_file(job, table.frame, look, report)


def _typed_taken(job: Job, frame: pl.DataFrame, look: LookUp, marked: list[Marked]) -> pl.DataFrame:
    """Columns taken as text from a file get the types that the mapping gives them; what cannot be read is marked."""
    written = written_types(job.project, job.table)
    for column in look.take:
        type_ = written.get(column)
        if type_ is not None and frame.schema[column] == pl.String:
            how = typing_of(job, column, type_)
            found = typed(frame[column], how)
            frame = frame.with_columns(found.value.alias(column))
            if found.bad is not None:
                marked.append((how, found))
    return frame


def misses(job: Job, frame: pl.DataFrame, missed: list[tuple[LookUp, pl.Series]], keep: pl.Series | None, out: Mapped) -> None:
    """List the rows whose look-up found nothing as exceptions, with the nearest key."""
    for look, mask in missed:
        counts = mask if keep is None else mask & keep
        if not counts.any():
            continue
        rows = frame.filter(counts)
        key = look.by if isinstance(look.by, str) else next(iter(look.by))
        known = _known_keys(job, look)
        texts = rows[key].cast(pl.String).fill_null("").to_list()
        names, problems = NameIndex(known), {}
        for text in dict.fromkeys(texts):
            near = names.nearest(text) or next((k for k in known if k.replace(" ", "") == text.replace(" ", "")), None)
            mend = (
                f"write `values: {{{key}: {{{text}: {near}}}}}` in the mapping, or mend the file"
                if near
                else f"add it to {look.in_}, or write `missing: blank` in the look-up"
            )
            problems[text] = MISSED.at(
                None, text=cut(text), table=look.in_, near=f"; the nearest is `{near}`" if near else "", mend=mend
            )
        out.exceptions.append(
            rows.with_columns(
                pl.lit(MISSED.code).alias("~code"),
                pl.Series("~reason", [problems[t].message for t in texts]),
                pl.Series("~mend", [problems[t].mend for t in texts]),
            )
        )


def _known_keys(job: Job, look: LookUp) -> list[str]:
    other = _other(job, look, (*job.path, "look_up"), Report())
    if other is None:
        return []
    key = look.by if isinstance(look.by, str) else look.by[0] if isinstance(look.by, list) else next(iter(look.by.values()))
    return [str(v) for v in other[key].drop_nulls().unique(maintain_order=True).to_list()]


def _dated_file(job: Job, frame: pl.DataFrame, look: LookUp, report: Report) -> pl.DataFrame | None:
    """A file with `from` and `to` is effective-dated: these two are dates, and a bad one is a fault of that file."""
    if not {"from", "to"} <= set(frame.columns):
        return frame
    places = frame.select(pl.lit(look.in_).alias("~file"), "~line")
    wrong = Report()
    for column in ("from", "to"):
        how = typing_of(job, column, "date")
        found = typed(frame[column], how)
        wrong.extend(faults(found, how, places, None))
        frame = frame.with_columns(found.value.alias(column))
    report.extend(wrong)
    return None if wrong.errors else frame
