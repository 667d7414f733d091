"""`ledger`: what is in the books, whether they are sound, what everybody owes or has coming, and a copy of it all."""

from __future__ import annotations

import importlib
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from commcalc.base.money import minor_units
from commcalc.base.problem import Problem, Report
from commcalc.cli import books, shown
from commcalc.ledger.problems import NO_LEDGER

if TYPE_CHECKING:
    import polars as pl

    from commcalc.api import Project
    from commcalc.ledger.form import Entry
    from commcalc.ledger.read import Books

app = typer.Typer(
    help="The books: closed periods, what they posted, and whether anything was changed since.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
Style = Annotated[Literal["text", "json"], typer.Option("--format", help="How results are shown.")]
Folder = Annotated[Path, typer.Option("--project", help="The project's folder.")]
LETTERS = 12


def _books(path: Path, wanted: tuple[str, ...] = ()) -> tuple[Project, Books]:
    """Return the project and its books; ends the verb where they are not sound."""
    project = books.opened(path)
    file = _file(project)
    found, report = importlib.import_module("commcalc.ledger.posted").sound(file, project.root / "out", wanted)
    if found is None:
        books.ended(report, project)
    return project, found


def _file(project: Project) -> Path:
    said = project.file.model.ledger if project.file is not None else None
    if said is None:
        books.ended(Report([NO_LEDGER.at(None)]), project)
    assert said is not None
    return project.root / said.file


@app.command("show")
def show(
    period: Annotated[str | None, typer.Argument(help="A closed period; without it every entry.")] = None,
    project: Folder = Path(),
    style: Style = "text",
) -> None:
    """Show the entries of the ledger, or what a closed period posted.

    **Examples**

    ```text
    commcalc ledger show
    commcalc ledger show 2026-01
    commcalc ledger show 2026-01 --format json
    ```
    """
    _, found = _books(project)
    if period is None:
        _show_all(found, style)
        return
    entry = found.closing_of(period)
    if entry is None:
        shown.note(f"{period} is not closed; closed are: {', '.join(e.period for e in found.closed) or 'none'}")
        raise typer.Exit(1)
    postings = found.of("postings", entry)
    if style == "json":
        tables = {name: found.of(name, entry).to_dicts() for name in ("sources", "acknowledged", "payments", "balances")}
        shown.as_json({**_head(entry), **tables, "postings": postings.to_dicts()})
        return
    for name, value in _head(entry).items():
        if value not in ("", 0):
            shown.line(f"{name.replace('_', ' '):<12} {value}")
    _accounts(postings)
    for kind, name, digest in found.of("sources", entry).iter_rows():
        shown.line(f"{kind:<6} {digest[:LETTERS]}  {name}")
    for exception, reason, author in found.of("acknowledged", entry).iter_rows():
        shown.line(f"acknowledged {exception}: {reason} ({author})")


def _head(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in type(entry).__dataclass_fields__}


def _show_all(found: Books, style: str) -> None:
    if style == "json":
        shown.as_json({"head": found.head, "entries": [_head(e) for e in found.entries]})
        return
    if not found.entries:
        shown.line("no period is closed yet")
        return
    payable = found.tables["postings"].filter(found.tables["postings"]["account"] == "payable")
    sums: dict[int, list[str]] = {}
    for (number, currency), rows in sorted(payable.group_by("entry", "currency"), key=lambda g: g[0]):
        total = Decimal(rows["amount"].sum())
        sums.setdefault(int(str(number)), []).append(f"{shown.money(-total, minor_units(str(currency)))} {currency}")
    rows_ = [
        (
            str(e.number),
            e.kind if not e.reverses else f"{e.kind} (of {e.reverses})",
            e.period,
            e.by,
            e.approved_by or e.reason,
            ", ".join(sums.get(e.number, ["0.00"])),
            e.run[:LETTERS],
            e.hash[:LETTERS],
            e.at,
        )
        for e in found.entries
    ]
    names = ("entry", "what", "period", "by", "approved by, or why", "payable", "run", "hash", "at")
    shown.table([(n, "right" if n in ("entry", "payable") else "left") for n in names], rows_, "Ledger")


def _accounts(postings: pl.DataFrame) -> None:
    """Show what each account of each payee has of an entry."""
    accounts = ("expense", "payable", "draw receivable", "held", "clearing")
    sums: dict[tuple[str, str], dict[str, Decimal]] = {}
    for payee, currency, account, amount in postings.select("payee", "currency", "account", "amount").iter_rows():
        mine = sums.setdefault((payee, currency), dict.fromkeys(accounts, Decimal(0)))
        mine[account] += amount
    rows = [
        (payee, *(shown.money(mine[a], minor_units(currency)) for a in accounts), currency)
        for (payee, currency), mine in sorted(sums.items())
    ]
    shown.table([("payee", "left"), *((a, "right") for a in accounts), ("", "left")], rows, "\nDebit, and below zero credit")


@app.command("verify")
def verify(
    project: Folder = Path(), quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the status.")] = False
) -> None:
    """Compare every row with its mark, every entry with the chain, postings with figures, the end with the run folders.

    **Examples**

    ```text
    commcalc ledger verify
    commcalc ledger verify --quiet || echo "not sound"
    ```
    """
    opened, found = _books(project)
    if quiet:
        return
    tail = importlib.import_module("commcalc.ledger.tail")
    for period in tail.unaware(found, tail.statuses(opened.root / "out")):
        shown.note(f"out/{period} does not know yet that it is closed; the same `commcalc close {period}` again tells it")
    if not found.entries:
        shown.line("no period is closed yet")
        return
    postings = len(found.tables["postings"])
    shown.line(f"sound: {len(found.entries):,} entries, {postings:,} postings, closed up to {_up_to(found)}; head {found.head}")


def _up_to(found: Books) -> str:
    latest = found.latest
    return f"{latest.period} ({latest.last})" if latest is not None else "nothing"


@app.command("balances")
def balances(
    project: Folder = Path(),
    payee: Annotated[str | None, typer.Option("--payee", help="This payee's only.")] = None,
    style: Style = "text",
) -> None:
    """Show what everybody owes, has held or has carried on, as of the latest closed period.

    **Examples**

    ```text
    commcalc ledger balances
    commcalc ledger balances --payee ann --format json
    ```
    """
    _, found = _books(project)
    rows = found.balances()
    rows = rows if payee is None else rows.filter(rows["payee"] == payee)
    if style == "json":
        shown.as_json({"as_of": found.latest.last if found.latest else None, "balances": rows.to_dicts()})
        return
    if rows.is_empty():
        shown.line("there are no balances")
        return
    names = ("payee", "plan", "balance", "closing", "")
    texts = [(r[0], r[1], r[3], shown.money(r[4], minor_units(r[2])), r[2]) for r in rows.iter_rows()]
    shown.table([(n, "right" if n == "closing" else "left") for n in names], texts, f"Balances, closed up to {_up_to(found)}")


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="A new file.")],
    project: Folder = Path(),
) -> None:
    """Copy the ledger as it is at one moment, also while somebody is closing, and verify the copy.

    **Examples**

    ```text
    commcalc ledger backup ledger-2026-01.sqlite
    ```
    """
    opened = books.opened(project)
    module = importlib.import_module("commcalc.ledger.copy")
    found: Books | Problem | Report = module.backup(_file(opened), file)
    if isinstance(found, Problem | Report):
        books.ended(found if isinstance(found, Report) else Report([found]), opened)
        return
    shown.note(f"written to {file}: {len(found.entries):,} entries, head {found.head}")


@app.command("reproduce")
def reproduce(
    period: Annotated[str, typer.Argument(help="A closed period.")],
    project: Folder = Path(),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the status.")] = False,
) -> None:
    """Work a closed period out once more from the files that were kept of it, and compare it with what was posted.

    The same run to the byte, or at least the same figures, ends with 0; anything else is named and ends with 4.

    **Examples**

    ```text
    commcalc ledger reproduce 2026-01
    commcalc ledger reproduce 2026-01 --quiet || echo "not what was paid"
    ```
    """
    module = importlib.import_module("commcalc.reproducing")
    opened, found = _books(project, module.WANTED)
    entry = found.closing_of(period)
    if entry is None:
        shown.note(f"{period} is not closed; closed are: {', '.join(e.period for e in found.closed) or 'none'}")
        raise typer.Exit(1)
    again = module.reproduce(opened, found, entry, shown.progress(quiet=quiet))
    shown.progress_over(quiet=quiet)
    if not again.report.ok:
        books.ended(again.report, opened)
    if quiet:
        return
    if again.same:
        shown.line(f"{period} is reproduced to the byte: run {again.digest}")
    else:
        shown.line(
            f"{period}: every line, slice, payment and balance is as it was posted; the run is {again.digest[:LETTERS]}, not {entry.run[:LETTERS]}:"
        )
        shown.line(f"it is made by another version of the program (closed by {entry.engine}) or of polars")


@app.command("paid")
def paid(
    period: Annotated[str, typer.Argument(help="A closed period.")],
    register: Annotated[Path, typer.Argument(help="What payroll has paid: a CSV file with employee_id, amount and currency.")],
    by: Annotated[str, typer.Option("--by", help="Who reads it back.")],
    project: Folder = Path(),
    style: Style = "text",
) -> None:
    """Read the payroll register back: post what was paid, and list what was not paid as the period says.

    Ends with 1 where anything was paid otherwise. What was paid is posted all the same: it has gone out.

    **Examples**

    ```text
    commcalc ledger paid 2026-01 register-2026-01.csv --by mia
    commcalc ledger paid 2026-01 correction.csv --by mia --format json
    ```
    """
    opened = books.opened(project)
    found = importlib.import_module("commcalc.paying").read_back(books.order(opened, period, by), register)
    for note in found.notes:
        shown.note(note)
    if not found.report.ok:
        books.ended(found.report, opened)
    if style == "json":
        unlike = [{n: getattr(u, n) for n in ("payee", "employee", "currency", "said", "paid")} for u in found.unlike]
        entry = found.entry.number if found.entry is not None else None
        shown.as_json({"period": period, "entry": entry, "paid": found.amounts, "unlike": unlike})
    else:
        _show_paid(period, found)
    if found.unlike:
        raise typer.Exit(1)


def _show_paid(period: str, found: Any) -> None:
    if found.unlike:
        rows = [
            (
                u.payee or "nobody here",
                u.employee,
                *(shown.money(a, minor_units(u.currency or "USD")) for a in (u.said, u.paid, u.paid - u.said)),
                u.currency,
            )
            for u in found.unlike
        ]
        names = ("to be paid", "paid", "difference")
        heads = [("payee", "left"), ("employee", "left"), *((n, "right") for n in names), ("", "left")]
        shown.table(heads, rows, f"Not paid as {period} says")
    sums = ", ".join(f"{shown.money(a, minor_units(c or 'USD'))} {c}" for c, a in sorted(found.amounts.items()))
    posted = f"entry {found.entry.number}" if found.entry is not None else "nothing is posted"
    shown.note(f"{period}: paid {sums or 'nothing'}; {posted}{'' if found.unlike else '; all of it as the period says'}")


@app.command("beancount")
def beancount(
    project: Folder = Path(),
    output: Annotated[Path | None, typer.Option("--output", help="A file that ends in .beancount; else it is printed.")] = None,
) -> None:
    """Write the whole ledger as a beancount file, so that another program can see that the books balance.

    **Examples**

    ```text
    commcalc ledger beancount --output books.beancount && bean-check books.beancount
    ```
    """
    if output is not None and output.suffix != ".beancount":
        raise typer.BadParameter("the file ends in .beancount, so that no input is overwritten", param_hint="--output")
    opened, found = _books(project)
    company = (opened.file.model.company if opened.file is not None else None) or ""
    text: str = importlib.import_module("commcalc.exports.beancount").beancount_of(found, company)
    if output is None:
        print(text, end="")
        return
    shown.written(output, text)
    shown.note(f"written to {output}: {len(found.entries):,} entries")
