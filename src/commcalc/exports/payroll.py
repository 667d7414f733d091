"""The file for payroll: what each payee is paid of a period, by earning code, in the currency that they are paid in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from commcalc.base.money import minor_units

LAYOUT = ("employee_id", "employee_name", "earning_code", "amount", "currency", "period_start", "period_end", "pay_date", "memo")
EARNED = ("released", "clawback")
"""The steps of a payment that are a component's; the others have codes of their own."""


@dataclass(frozen=True, slots=True)
class Employee:
    """A payee as payroll knows them."""

    payee: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the file is of. kinds: of each component, by plan and component; codes: as the project says; draft: the period is open."""

    period: str
    first: date
    last: date
    pay_date: date | None
    kinds: Mapping[tuple[str, str], str]
    codes: Mapping[str, str]
    draft: bool = False

    def code(self, plan: str, component: str, step: str) -> str:
        """Return the earning code of a step: of its component, its kind, or the step itself; else its name in capitals."""
        kind = self.kinds.get((plan, component), "commission") if step in EARNED else step
        named = (f"{plan}.{component}", component) if step in EARNED else ()
        found = next((self.codes[k] for k in (*named, kind) if k in self.codes), None)
        return found if found is not None else kind.upper().replace(" ", "_")


def in_pay_currency(payments: pl.DataFrame) -> pl.DataFrame:
    """Return `payee plan component step amount currency` as it is paid: in the payee's currency, where that is another.

    `amount` is empty where there is no rate.
    """
    columns = ["payee", "plan", "component", "step"]
    if "paid_currency" not in payments.columns:
        return payments.select(*columns, "amount", "currency")
    abroad = pl.col("paid_currency").is_not_null()
    return payments.select(
        *columns,
        pl.when(abroad).then("paid_amount").otherwise("amount").alias("amount"),
        pl.when(abroad).then(pl.col("paid_currency")).otherwise(pl.col("currency").cast(pl.String)).alias("currency"),
    )


def employees(payees: pl.DataFrame, wanted: Iterable[str], last: date) -> dict[str, Employee]:
    """Return who the payees are in payroll: by the row that holds the period's last day, else the last one before it, else the first."""
    rows: dict[str, list[dict[str, object]]] = {}
    for row in payees.iter_rows(named=True):
        rows.setdefault(str(row["payee_id"]), []).append(row)
    found = {}
    for payee in wanted:
        mine = sorted(rows.get(payee, []), key=lambda r: str(r.get("from") or ""))
        begun = [r for r in mine if r.get("from") is None or r["from"] <= last] or mine[:1]  # type: ignore[operator]
        row = begun[-1] if begun else {}
        found[payee] = Employee(payee, str(row.get("employee_id") or payee), str(row.get("name") or ""))
    return found


def shared_ids(known: Mapping[str, Employee]) -> Iterator[tuple[str, list[str]]]:
    """Yield each employee id that several payees have."""
    by_id: dict[str, list[str]] = {}
    for one in known.values():
        by_id.setdefault(one.id, []).append(one.payee)
    yield from ((i, sorted(p)) for i, p in sorted(by_id.items()) if len(p) > 1)


def payroll_of(payments: pl.DataFrame, known: Mapping[str, Employee], sheet: Sheet) -> str:
    """Return the file: a row for each payee, currency and code that does not come to nothing, by employee id.

    payments: as `in_pay_currency` returns them, every amount known.
    """
    sums: dict[tuple[str, str, str], Decimal] = {}
    plans: dict[tuple[str, str, str], dict[str, None]] = {}
    for payee, plan, component, step, amount, currency in payments.iter_rows():
        key = (payee, currency, sheet.code(plan, component or "", step))
        sums[key] = sums.get(key, Decimal(0)) + amount
        plans.setdefault(key, {})[plan] = None
    rows = [
        _row(known[payee], (code, amount, currency), plans[payee, currency, code], sheet)
        for (payee, currency, code), amount in sums.items()
        if amount
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LAYOUT)
    writer.writerows(sorted(rows))
    return text.getvalue()


def _row(one: Employee, paid: tuple[str, Decimal, str], plans: Iterable[str], sheet: Sheet) -> tuple[str, ...]:
    code, amount, currency = paid
    memo = f"{'DRAFT ' if sheet.draft else ''}{sheet.period}: {', '.join(sorted(plans))}"
    shown = f"{amount:.{minor_units(currency)}f}"
    day = sheet.pay_date.isoformat() if sheet.pay_date is not None else ""
    return (one.id, one.name, code, shown, currency, sheet.first.isoformat(), sheet.last.isoformat(), day, memo)
