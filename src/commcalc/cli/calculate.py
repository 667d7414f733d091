"""`calculate`: a period's pay for everybody, exact, with every row accounted for."""

from __future__ import annotations

import importlib
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commcalc.api import Project, Run, open_project
from commcalc.base.money import minor_units
from commcalc.base.problem import Problem, Report
from commcalc.cli import shown

if TYPE_CHECKING:
    from commcalc.engine.result import Result

EPILOG = """
**Examples**

    commcalc calculate --period 2026-01     # writes out/2026-01
    commcalc calculate                      # the last period that has credits
    commcalc calculate --verify             # and once more by the reference interpreter
    commcalc calculate --payee ann          # prints, and writes nothing
    commcalc calculate --format json        # for a script
"""


def verb(
    period: Annotated[str | None, typer.Option("--period", "-p", help="The pay period; a quarter or year means its last one.")] = None,
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    verify: Annotated[bool, typer.Option("--verify", help="Calculate again with the reference interpreter and compare every line.")] = False,
    set_aside: Annotated[bool, typer.Option("--set-aside", help="Rows that cannot be read become exceptions.")] = False,
    payee: Annotated[str | None, typer.Option("--payee", help="Print this payee only; nothing is written.")] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Print this plan only; nothing is written.")] = None,
    style: Annotated[Literal["text", "json"], typer.Option("--format", help="How results are shown.")] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Exceptions too end with exit status 1.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only write the run.")] = False,
) -> None:
    """Calculate a period: payouts, lines and slices, and the account of every deal row."""
    opened = open_project(project)
    run = opened.calculate(period, set_aside=set_aside, progress=_progress(quiet))
    if run.result is None:
        shown.problems(run.report, opened.sources, "full")
        raise typer.Exit(_status(run.report))
    if verify:
        _verify(opened, run, quiet)
    written = None
    if payee is None and plan is None:
        written = _write(opened, run)
    rest = Report([p for p in run.report.problems if p.severity != "exception"])
    if not quiet:
        shown.problems(rest, opened.sources, "full")
        _show(run.result, style, payee, plan)
        if written:
            shown.note(f"written to {written}; next: commcalc statements --period {run.result.period}, commcalc explain payee NAME")
    if strict and (len(run.result.exceptions) or len(rest)):
        raise typer.Exit(1)


verb.__doc__ = (verb.__doc__ or "") + EPILOG


def _status(report: Report) -> int:
    return 3 if any(p.code in ("D001", "D003") for p in report.errors) else 1


def _progress(quiet: bool) -> object:
    """Return what tells the step under way: on a terminal, once a second has gone by."""
    begun = time.monotonic()

    def tell(step: str) -> None:
        if not quiet and sys.stderr.isatty() and time.monotonic() - begun > 1:
            sys.stderr.write(f"\r\x1b[K{step} ...")
            sys.stderr.flush()

    return tell


def _verify(project: Project, run: Run, quiet: bool) -> None:
    found = project.verify(run)
    if found.errors:
        shown.problems(found, project.sources, "full")
        raise typer.Exit(70)
    if not quiet:
        assert run.result is not None
        shown.note(f"verified: the reference interpreter agrees on all {len(run.result.lines):,} lines and {len(run.result.slices):,} slices")


def _write(project: Project, run: Run) -> str:
    exports = importlib.import_module("commcalc.exports.run_folder")  # brings polars; the verb's help does without
    written = exports.write_run(run.result, run.manifest, project.root / "out")
    if isinstance(written, Problem):
        shown.single(written)
        raise typer.Exit(3)
    return f"{written.folder} (run {written.digest[:12]})"


def _show(result: Result, style: str, payee: str | None, plan: str | None) -> None:
    lines, payouts = result.lines, result.payouts
    if payee is not None:
        lines, payouts = lines.filter(lines["payee"] == payee), payouts.filter(payouts["payee"] == payee)
    if plan is not None:
        lines = lines.filter(lines["plan"] == plan)
        payouts = payouts.filter(payouts["plan"].str.contains(plan, literal=True))
    if style == "json":
        shown.as_json(
            {
                "period": result.period,
                "payouts": payouts.to_dicts(),
                "lines": lines.to_dicts(),
                "slices": result.slices.filter(result.slices["line_id"].is_in(lines["id"].implode())).to_dicts(),
                "exceptions": result.exceptions.to_dicts(),
                "rows": dict(result.counts),
            }
        )
        return
    _payouts(result, payouts)
    if payee is not None:
        _lines(lines)
    _account(result)
    _exceptions(result)


def _payouts(result: Result, payouts: object) -> None:
    names = ("base", "earned", "accrued", "held", "payable")
    rows = []
    for row in payouts.iter_rows(named=True):  # type: ignore[attr-defined]
        places = minor_units(row["currency"])
        rows.append((row["payee"], row["name"] or "", row["plan"] or "", *(shown.money(row[n], places) for n in names), row["currency"]))
    columns = [("payee", "left"), ("name", "left"), ("plan", "left"), *((n, "right") for n in names), ("", "left")]
    for currency in sorted({r[-1] for r in rows}):
        mine = payouts.filter(payouts["currency"] == currency)  # type: ignore[attr-defined, index]
        places = minor_units(currency)
        rows.append(("", "total", "", *(shown.money(mine[n].sum() or Decimal(0), places) for n in names), currency))
    shown.table(columns, rows, f"Payouts {result.period}")


def _lines(lines: object) -> None:
    rows = []
    for row in lines.iter_rows(named=True):  # type: ignore[attr-defined]
        places = minor_units(row["currency"])
        rows.append((row["component"], row["deal"], str(row["credit_date"]), row["kind"], row["cause"], shown.money(row["amount"], places), row["id"]))
    shown.table([("component", "left"), ("deal", "left"), ("date", "left"), ("kind", "left"), ("cause", "left"), ("amount", "right"), ("line", "left")], rows, "\nLines")


def _account(result: Result) -> None:
    counts = result.counts
    parts = ", ".join(f"{counts.get(k, 0):,} {w}" for k, w in (("credited", "credited"), ("left out", "left out"), ("waiting", "waiting for a date"), ("later", "later"), ("exception", "exceptions")))
    console = shown.out()
    console.print(f"\n{counts.get('rows', 0):,} deal rows: {parts}", markup=False)
    for identity in result.identities:
        console.print(f"  {'ok' if identity.holds else 'NOT EQUAL'}: {identity.name} ({identity.left:f} = {identity.right:f})".replace(".000000000000", ""), markup=False)


def _exceptions(result: Result) -> None:
    if result.exceptions.is_empty():
        return
    groups = result.exceptions.group_by("code", "reason", "mend", maintain_order=True).len()
    console = shown.err()
    console.print(f"\n{len(result.exceptions):,} exceptions (exceptions.csv):", markup=False)
    for code, reason, mend, count in groups.head(20).iter_rows():
        console.print(f"  {code}: {reason}" + (f" ({count} rows)" if count > 1 else ""), markup=False, soft_wrap=True)
        console.print(f"        mend: {mend}", markup=False, soft_wrap=True)
    if len(groups) > 20:
        console.print(f"  and {len(groups) - 20} more kinds", markup=False)
