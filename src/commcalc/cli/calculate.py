"""`calculate`: a period's pay for everybody, exact, with every row accounted for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

import commcalc
from commcalc.base.money import minor_units
from commcalc.base.problem import Problem, Report
from commcalc.cli import shown
from commcalc.cli.last_step import beyond_interrupts
from commcalc.cli.threads import as_many_as_needed
from commcalc.language.names import nearest
from commcalc.tables.results import STEPS

if TYPE_CHECKING:
    import polars as pl

    from commcalc.api import Project, Run
    from commcalc.engine.result import Result
    from commcalc.exports.run_folder import RunWriter

EPILOG = """

**Examples**

```text
commcalc calculate --period 2026-01     # writes out/2026-01
commcalc calculate                      # the last period with credits
commcalc calculate --verify             # and again by the reference
commcalc calculate --payee ann          # prints, writes nothing
commcalc calculate --format json        # for a script
```
"""
Style = Literal["text", "json"]
SUMS = ("base", "earned", "accrued", "held", *(c for c in STEPS.values() if c not in ("released", "base")), "payable")
ALWAYS = ("base", "earned", "accrued", "held", "payable")  # others are shown where anybody has them
STATUSES = (
    ("credited", "credited"),
    ("left out", "left out"),
    ("waiting", "waiting for a date"),
    ("later", "later"),
    ("exception", "exceptions"),
)
MOST_KINDS = 20
MOST_DEALS = 5
MOST_PAYEES = 500  # in the table; above, the totals are shown


def verb(
    period: Annotated[
        str | None, typer.Option("--period", "-p", help="The pay period; a quarter or year means its last one.")
    ] = None,
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    verify: Annotated[bool, typer.Option("--verify", help="Calculate again with the reference interpreter and compare.")] = False,
    set_aside: Annotated[bool, typer.Option("--set-aside", help="Rows that cannot be read become exceptions.")] = False,
    payee: Annotated[str | None, typer.Option("--payee", help="Print this payee only; nothing is written.")] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Print this plan only; nothing is written.")] = None,
    style: Annotated[Style, typer.Option("--format", help="How results are shown.")] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Exceptions and warnings too end with exit status 1.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only write the run.")] = False,
) -> None:
    """Calculate a period: payouts, lines and slices, and the account of every deal row."""
    opened = commcalc.open(project)
    as_many_as_needed(opened)
    with importlib.import_module("commcalc.exports.run_folder").RunWriter(opened.root / "out", beyond_interrupts) as writer:
        run = opened.calculate(period, set_aside=set_aside, progress=shown.progress(quiet=quiet), kept=writer)
        shown.progress_over(quiet=quiet)
        if run.result is None:
            if style == "json":
                _refused_as_json(run.report, opened)
            else:
                shown.problems(run.report, opened.sources, "full")
            raise typer.Exit(shown.status(run.report))
        _known(run.result, payee, plan)
        if verify:
            _verify(opened, run, quiet=quiet)
        written = _write(writer, run) if payee is None and plan is None else None
        found = Report([p for p in run.report.problems if p.severity != "exception"])
        if not quiet:
            shown.problems(found, opened.sources, "full")
            _show(run.result, style, payee, plan)
            if written:
                next_ = f"commcalc statements --period {run.result.period}, commcalc explain payee NAME"
                shown.note(f"written to {written}; next: {next_}")
    if strict and (len(run.result.exceptions) or len(found)):
        raise typer.Exit(1)


verb.__doc__ = (verb.__doc__ or "") + EPILOG


def _refused_as_json(report: Report, project: Project) -> None:
    """Print why nothing was calculated as `validate --format json` would: a script reads one form of findings."""
    documents = importlib.import_module("commcalc.documents.findings")
    found = documents.Findings(
        tuple(report.sorted()), project.sources, (), importlib.import_module("commcalc.api").VERSION, "", False
    )
    shown.note(documents.FORMATS["json"](found))


def _known(result: Result, payee: str | None, plan: str | None) -> None:
    """End the verb where a payee or plan is asked for that the run does not have."""
    plans = sorted({p for text in result.payouts["plan"].to_list() for p in (text or "").split(", ") if p})
    for what, name, known in (("payee", payee, result.payouts["payee"].to_list()), ("plan", plan, plans)):
        if name is not None and name not in known:
            near = nearest(name, known)
            suggestion = f"; did you mean `{near}`?" if near else ""
            shown.note(f"there is no {what} `{name}` in {result.period}{suggestion}")
            raise typer.Exit(1)


def _verify(project: Project, run: Run, *, quiet: bool) -> None:
    found = project.verify(run)
    if found.errors:
        shown.problems(found, project.sources, "full")
        raise typer.Exit(70)
    if not quiet and run.result is not None:
        counts = f"{run.result.length('lines'):,} lines and {run.result.length('slices'):,} slices"
        shown.note(f"verified: the reference interpreter agrees on all {counts}")


def _write(writer: RunWriter, run: Run) -> str:
    assert run.result is not None
    written = writer.finish(run.result, run.manifest)
    if isinstance(written, Problem):
        shown.single(written)
        raise typer.Exit(3 if written.code in shown.ENVIRONMENT else 1)
    return f"{written.folder} (run {written.digest[:12]})"


def _show(result: Result, style: str, payee: str | None, plan: str | None) -> None:
    payouts = result.payouts
    if payee is not None:
        payouts = payouts.filter(payouts["payee"] == payee)
    if plan is not None:
        payouts = payouts.filter(payouts["plan"].str.split(", ").list.contains(plan))
    if style == "json":
        _as_json(result, _lines_of(result, payee, plan), payouts)
        return
    _payouts(result.period, payouts)
    if payee is not None:
        _lines(_lines_of(result, payee, plan))
    _account(result)
    _exceptions(result)


def _lines_of(result: Result, payee: str | None, plan: str | None) -> pl.DataFrame:
    lines = result.lines
    for column, name in (("payee", payee), ("plan", plan)):
        lines = lines if name is None else lines.filter(lines[column] == name)
    return lines


def _as_json(result: Result, lines: pl.DataFrame, payouts: pl.DataFrame) -> None:
    slices = result.slices.filter(result.slices["line_id"].is_in(lines["id"].implode()))
    shown.as_json(
        {
            "period": result.period,
            "payouts": payouts.to_dicts(),
            "lines": lines.to_dicts(),
            "slices": slices.to_dicts(),
            "exceptions": result.exceptions.to_dicts(),
            "rows": dict(result.counts),
        }
    )


def _payouts(period: str, payouts: pl.DataFrame) -> None:
    rows: list[tuple[str, ...]] = []
    totals: dict[str, list[Decimal]] = {}
    for row in payouts.iter_rows(named=True):
        currency: str = row["currency"]
        figures = [row[n] for n in SUMS]
        before = totals.get(currency, [Decimal(0)] * len(SUMS))
        totals[currency] = [a + b for a, b in zip(before, figures, strict=True)]
        shown_figures = (shown.money(f, minor_units(currency)) for f in figures)
        if len(payouts) <= MOST_PAYEES:
            rows.append((row["payee"], row["name"] or "", row["plan"] or "", *shown_figures, currency, _abroad(row)))
    for currency, sums in sorted(totals.items()):
        shown_sums = (shown.money(s, minor_units(currency)) for s in sums)
        rows.append(("", f"total {currency}", "", *shown_sums, currency, ""))
    used = [n for n, name in enumerate(SUMS) if name in ALWAYS or any(totals[c][n] for c in totals)]
    abroad = any(row[-1] for row in rows)
    rows = [(*row[:3], *(row[3 + n] for n in used), *(row[-2:] if abroad else row[-2:-1])) for row in rows]
    columns = [
        ("payee", "left"),
        ("name", "left"),
        ("plan", "left"),
        *((SUMS[n].replace("_", " "), "right") for n in used),
        ("", "left"),
        *([("paid as", "right")] if abroad else []),
    ]
    shown.table(columns, rows, f"Payouts {period}")
    if len(payouts) > MOST_PAYEES:
        shown.line(f"{len(payouts):,} payees, each in payouts.csv; one of them here: --payee ID")
    below = payouts.filter(payouts["payable"] < 0)
    if len(below):
        shown.note(
            f"payable below zero: {', '.join(below['payee'][:MOST_DEALS])}; `negative: carry` in a plan's payment carries it over"
        )


def _abroad(row: Mapping[str, Any]) -> str:
    """What somebody is paid in another currency."""
    currency = row.get("paid_currency")
    if not currency:
        return ""
    return "no rate" if row["paid_amount"] is None else f"{shown.money(row['paid_amount'], minor_units(currency))} {currency}"


def _lines(lines: pl.DataFrame) -> None:
    rows: list[tuple[str, ...]] = []
    for row in lines.iter_rows(named=True):
        amount = shown.money(row["amount"], minor_units(row["currency"]))
        texts = (row["component"], row["deal"], str(row["credit_date"]), row["kind"], row["cause"])
        rows.append((*texts, amount, row["id"]))
    names = ("component", "deal", "date", "kind", "cause", "amount", "line")
    shown.table([(n, "right" if n == "amount" else "left") for n in names], rows, "\nLines")


def _account(result: Result) -> None:
    counts = result.counts
    parts = ", ".join(f"{counts.get(key, 0):,} {words}" for key, words in STATUSES)
    shown.line("")
    shown.line(f"{counts.get('rows', 0):,} deal rows: {parts}")
    for identity in result.identities:
        said = "ok" if identity.holds else "NOT EQUAL"
        shown.line(f"  {said}: {identity.name} ({shown.figure(identity.left)} = {shown.figure(identity.right)})")


def _exceptions(result: Result) -> None:
    if result.exceptions.is_empty():
        return
    groups: dict[tuple[str, str, str], list[str]] = {}
    for code, reason, mend, deal in result.exceptions.select("code", "reason", "mend", "deal").iter_rows():
        groups.setdefault((code, reason, mend), []).append(deal)
    count, rows = len(result.exceptions), result.counts.get("exception", 0)
    of_them = f"; {count - rows:,} of a credited deal or of a payee" if rows and count > rows else ""
    shown.note(f"\n{count:,} exception{'' if count == 1 else 's'}, not paid until settled (exceptions.csv{of_them}):")
    for (code, reason, mend), deals in list(groups.items())[:MOST_KINDS]:
        shown.note(f"  {code}: {reason}{_deals(deals)}")
        shown.note(f"        mend: {mend}")
    if len(groups) > MOST_KINDS:
        shown.note(f"  and {len(groups) - MOST_KINDS:,} more kinds")


def _deals(deals: list[str]) -> str:
    """Name the first deals of a cause, and say how many there are."""
    named = [d for d in deals if d]
    more = f" and {len(deals) - MOST_DEALS:,} more" if len(deals) > MOST_DEALS else ""
    return f" ({', '.join(named[:MOST_DEALS])}{more})" if named else ""
