"""The statements folder: every payee's statement in each format, the lists of them, and managers' pages; as one or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl

from commcalc.base.problem import Problem
from commcalc.documents.figures import percent
from commcalc.documents.file_names import file_name
from commcalc.documents.overview import Overviews, PayeeRow, Teams
from commcalc.documents.plan_words import PlanWords
from commcalc.documents.statement import Statement, Statements
from commcalc.documents.statement_html import Pages
from commcalc.documents.statement_json import json_of
from commcalc.documents.statement_markdown import markdown_of
from commcalc.documents.statement_text import text_of
from commcalc.exports.for_people import safe_text
from commcalc.exports.problems import CANNOT_WRITE
from commcalc.exports.run_folder import RunFolder
from commcalc.exports.whole_folder import LastStep, refused, write_bytes, written_whole

FORMATS = {"html": "html", "text": "txt", "md": "md", "json": "json"}
ENOUGH = 400_000  # lines that keep a process busy for longer than it takes to start one
MOST_JOBS = 8


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: formats, managers with their reports, and processes (None: as many as pay)."""

    words: PlanWords = field(default_factory=PlanWords)
    company: str = ""
    formats: tuple[str, ...] = ("html", "text")
    teams: Teams = field(default_factory=dict)
    jobs: int | None = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that was written: whose statement, in which currency, and its digest."""

    payee: str
    currency: str
    file: str
    digest: str


class Writer:
    """Makes the text of a statement in a format; templates are compiled once."""

    def __init__(self, formats: Iterable[str]) -> None:
        """Make ready for the formats."""
        makers: dict[str, Callable[[Statement], str]] = {"text": text_of, "md": markdown_of, "json": json_of}
        if "html" in formats:
            makers["html"] = Pages().html_of
        self._makers = {name: makers[name] for name in FORMATS if name in formats}

    def texts_of(self, statement: Statement) -> Iterator[tuple[str, str]]:
        """Yield the ending and the text of every format."""
        for name, make in self._makers.items():
            yield FORMATS[name], make(statement)


def write_statements(
    run: RunFolder, order: Order, tell: Callable[[int], None], last_step: LastStep = nullcontext
) -> int | Problem:
    """Write `statements/` of a run; return how many statements, or why nothing was changed. `last_step`: see written_whole."""
    target = run.folder / "statements"
    problem = refused(run.folder.parent, run.folder, target)
    if problem is not None:
        return problem
    try:
        with written_whole(target, last_step) as folder:
            entries = _written(run, order, folder, tell)
            _lists(run, order, folder, entries)
    except OSError as error:
        return CANNOT_WRITE.at(None, path=error.filename or target, why=error.strerror or error)
    return len({(e.payee, e.currency) for e in entries})


def _written(run: RunFolder, order: Order, folder: Path, tell: Callable[[int], None]) -> list[Entry]:
    """Write all statements, in several processes where that pays; the files are the same whichever wrote them."""
    payees = run.tables["payouts"]["payee"].unique(maintain_order=True).to_list()
    jobs = min(order.jobs or _that_pay(run), len(payees))
    if jobs <= 1:
        return list(_some(run, order, folder, None, tell))
    size = -(-len(payees) // jobs)
    shares = [payees[first : first + size] for first in range(0, len(payees), size)]
    one = partial(_share, run.folder, dict(run.manifest), order, folder)
    entries: list[Entry] = []
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        for found in pool.map(one, shares):
            entries += found
            tell(len({e.payee for e in entries}))
    return entries


def _that_pay(run: RunFolder) -> int:
    """Return how many processes have enough to do."""
    lengths: Mapping[str, int] = run.manifest["lengths"]
    return min(MOST_JOBS, os.cpu_count() or 1, 1 + (lengths["lines"] + lengths["slices"]) // ENOUGH)


def _share(run: Path, manifest: Mapping[str, Any], order: Order, folder: Path, payees: list[str]) -> list[Entry]:
    """Write the statements of some payees, in a process of its own."""
    return list(_some(RunFolder(run, manifest), order, folder, payees, lambda _: None))


def _some(run: RunFolder, order: Order, folder: Path, payees: list[str] | None, tell: Callable[[int], None]) -> Iterator[Entry]:
    """Write the statements of some payees or of all, yielding each file."""
    writer = Writer(order.formats)
    statements = Statements(run, order.words, order.company, payees=payees, records="json" in order.formats)
    stems = _stems(statements.payouts)
    for count, statement in enumerate(statements, 1):
        whose = (statement.payee, statement.payout["currency"])
        for ending, text in writer.texts_of(statement):
            name = f"{stems[whose]}.{ending}"
            yield Entry(*whose, name, write_bytes(folder / name, text.encode()))
        tell(count)


def _stems(payouts: pl.DataFrame) -> dict[tuple[str, str], str]:
    """Return the name of each statement's files; a payee's second currency has files of its own."""
    found: dict[tuple[str, str], str] = {}
    before: set[str] = set()
    for payee, currency in payouts.select("payee", "currency").iter_rows():
        found[payee, currency] = file_name(payee) + (f"-{currency.lower()}" if payee in before else "")
        before.add(payee)
    return found


def _lists(run: RunFolder, order: Order, folder: Path, entries: list[Entry]) -> None:
    """Write the list of everybody, for the eye and for a spreadsheet, and the managers' pages."""
    pages = {(e.payee, e.currency): e.file for e in entries if e.file.endswith(".html")}
    overviews = Overviews(run, order.company, pages)
    teams = {manager: f"{file_name(manager)}-team.html" for manager in order.teams} if "html" in order.formats else {}
    everybody = overviews.everybody(teams)
    made = list(entries)
    if "html" in order.formats:
        compiled = Pages()
        for manager, name in teams.items():
            text = compiled.team_of(overviews.team(manager, order.teams[manager], teams))
            made.append(Entry(manager, "", name, write_bytes(folder / name, text.encode())))
        write_bytes(folder / "index.html", compiled.index_of(everybody).encode())
    write_bytes(folder / "index.csv", _csv(made, everybody.rows).encode())


def _csv(entries: Iterable[Entry], rows: Iterable[PayeeRow]) -> str:
    """Return the list of files: whose each is, what is payable and attained by it, and its digest."""
    by_key = {(r.payee, r.currency): r for r in rows}
    names = {r.payee: r.name for r in by_key.values()}
    listed = []
    for e in entries:
        row = by_key.get((e.payee, e.currency))
        payable = f"{row.payable:.{row.places}f}" if row and row.payable is not None else ""
        attained = "; ".join(f"{a.measure} {a.window} {percent(a.attainment)}" for a in row.attained) if row else ""
        who = (safe_text(e.payee), safe_text(names.get(e.payee, "")), "statement" if row else "team")
        listed.append((*who, e.currency, payable, safe_text(attained), e.file, e.digest))
    heads = ("payee", "name", "what", "currency", "payable", "attained", "file", "digest")
    return pl.DataFrame(listed, schema=dict.fromkeys(heads, pl.String), orient="row").write_csv()
