"""`export`: files for other programs, made from closed periods."""

from __future__ import annotations

import importlib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from commcalc.base.problem import Report
from commcalc.cli import books, shown

app = typer.Typer(
    help="Files for other programs: what payroll has to pay of a closed period.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.callback()
def _main() -> None:
    pass  # so that the one file that there is yet has its name said


@app.command("payroll")
def payroll(
    period: Annotated[str, typer.Argument(help="A closed period.")],
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file that ends in .csv; else it is printed.")] = None,
    pay_date: Annotated[
        datetime | None, typer.Option("--pay-date", formats=["%Y-%m-%d"], help="The day on which it is paid.")
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Also of a period that is not closed; every row says so.")] = False,
) -> None:
    """Write what each payee is paid of a period, a row for each earning code: the rows add up to what is payable.

    Employee ids are those of the payees table (`employee_id`, else the payee's own). Earning codes are those of `exports:` in
    commcalc.yaml. `commcalc ledger paid` reads back what payroll says that it has paid.

    **Examples**

    ```text
    commcalc export payroll 2026-01
    commcalc export payroll 2026-01 --pay-date 2026-02-15 --output payroll-2026-01.csv
    commcalc export payroll 2026-02 --draft     # to look at before the period is closed
    ```
    """
    if output is not None and output.suffix != ".csv":
        raise typer.BadParameter("the file ends in .csv, so that no input is overwritten", param_hint="--output")
    opened = books.opened(project)
    order = books.order(opened, period, "export")
    day: date | None = pay_date.date() if pay_date is not None else None
    text: str | Report = importlib.import_module("commcalc.paying").payroll(order, day, draft=draft)
    if isinstance(text, Report):
        books.ended(text, opened)
        return
    if output is None:
        print(text, end="")
        return
    shown.written(output, text)
    rows = text.count("\n") - 1
    shown.note(f"written to {output}: {rows:,} row{'s' * (rows != 1)}; next: commcalc ledger paid {period} REGISTER --by NAME")
