"""Reproducing: a closed period worked out once more, from the files it was made from and after the periods closed before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from commcalc.api import Progress, Project, Run, open_project
from commcalc.base.problem import Problem, Report
from commcalc.exports.run_folder import RunWriter
from commcalc.ledger.form import BY_NAME, Entry
from commcalc.ledger.kept import folder_of, laid_out
from commcalc.ledger.post import as_text
from commcalc.ledger.postings import settled_balances
from commcalc.ledger.problems import NOT_REPRODUCED
from commcalc.ledger.read import Books
from commcalc.month_end import calculate_after
from commcalc.tables.posted import KEPT

TABLES = ("lines", "slices", "payments", "balances", "deal_rates")
WANTED = ("sources", *KEPT, *TABLES)
"""The tables of the books that are needed."""


@dataclass(frozen=True, slots=True)
class Reproduced:
    """What came of it. digest: of the run as it is worked out now; same: to the byte. Else `report` has what is otherwise, or nothing
    where all figures are the same and the run is made by other versions.
    """

    report: Report
    digest: str = ""
    same: bool = False


def reproduce(project: Project, books: Books, entry: Entry, progress: Progress) -> Reproduced:
    """Work a closed period out once more in a folder of its own, and compare the run, then its figures, with what was posted.

    books: with the tables WANTED.
    """
    with TemporaryDirectory(prefix="commcalc-") as place:
        root = Path(place) / "project"
        files = {name: digest for _, name, digest in books.of("sources", entry).iter_rows()}
        lost = list(laid_out(folder_of(books.path), files, root, project.root))
        if lost:
            mend = "put the files back as they were, or compare with a copy of the project that has them"
            return Reproduced(_report(entry, lost, mend))
        again = open_project(root)
        report = again.validate()
        if again.file is None or report.errors:
            return Reproduced(Report(report.errors))
        return _compared(again, (books, entry), root, progress)


def _compared(again: Project, of: tuple[Books, Entry], root: Path, progress: Progress) -> Reproduced:
    books, entry = of
    with RunWriter(root / "out") as writer:
        run = _calculated(again, books.before(entry), entry, progress, writer)
        if run.result is None:
            return Reproduced(Report(run.report.errors))
        written = writer.beside(run.result, run.manifest)
        if isinstance(written, Problem):
            return Reproduced(Report([written]))
        if written.digest == entry.run:
            return Reproduced(Report(), written.digest, same=True)
        mend = "look at what is otherwise: the version of the program or of polars, or the ledger"
        return Reproduced(_report(entry, list(_otherwise(books, entry, run)), mend), written.digest)


def _calculated(again: Project, before: Books, entry: Entry, progress: Progress, writer: RunWriter) -> Run:
    """Calculate; rows that cannot be read were set aside where the period was closed, else it would not have been."""
    inputs, report = again.check_data()
    if inputs is None:
        inputs, report = again.check_data(set_aside=True)
    if inputs is None or report.errors:
        return Run(None, report)
    return calculate_after(again, inputs, report, entry.period, before, progress, writer)


def _otherwise(books: Books, entry: Entry, run: Run) -> Iterator[str]:
    """Yield the tables whose rows are not those that were posted."""
    assert run.result is not None
    before = books.before(entry).balances()
    now = {name: getattr(run.result, name) for name in TABLES}
    now["balances"] = settled_balances(now["lines"], now["payments"], now["balances"], before)
    for name in TABLES:
        table = BY_NAME[name]
        posted, made = as_text(books.of(name, entry), table), as_text(now[name], table)
        if not posted.equals(made, null_equal=True):
            gone, new = (len(a.join(b, on=a.columns, how="anti", nulls_equal=True)) for a, b in ((posted, made), (made, posted)))
            yield f"{name}: {gone:,} row{'s' * (gone != 1)} that were posted are not made, {new:,} others are"


def _report(entry: Entry, what: list[str], mend: str) -> Report:
    return Report([NOT_REPRODUCED.at(None, period=entry.period, what=text, mend=mend) for text in what])
