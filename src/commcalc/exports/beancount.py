"""The books as a beancount file, so that an independent program can see that they balance: `bean-check FILE`.

One transaction for each entry, payee and currency, on the last day of its period; every balance is asserted for the day after each close.
The same ledger gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from commcalc.ledger.form import Entry
from commcalc.ledger.postings import CLEARING, EXPENSE, HELD, PAYABLE, RECEIVABLE
from commcalc.ledger.read import Books
from commcalc.ledger.ties import owed_by_payee

TOP = {
    EXPENSE: "Expenses:Commission",
    PAYABLE: "Liabilities:Payable",
    RECEIVABLE: "Assets:Receivable",
    HELD: "Liabilities:Held",
    CLEARING: "Equity:Clearing",
}
"""Under which account of beancount each of ours stands; what is carried stands by itself, for it is owed."""
CARRIED = "Liabilities:Carried"
FIRST = date(1970, 1, 1)
"""On which accounts are opened: before anything was sold."""


def beancount_of(books: Books, company: str) -> str:
    """Return the file. books: with the tables that are always read."""
    postings = books.tables["postings"]
    names = _Names(books.tables[table][column] for table in ("postings", "balances") for column in ("payee", "plan", "balance"))
    rows = postings.with_row_index("~n").sort("entry", "~n")
    parts: list[str] = []
    for entry in books.entries:
        mine = rows.filter(pl.col("entry") == entry.number)
        for (payee, currency), group in mine.group_by("payee", "currency", maintain_order=True):
            parts.append(_transaction(entry, (str(payee), str(currency)), group, names))
        parts.extend(_assertions(books, entry, names))
    opened = [f"{FIRST} open {account}" for account in sorted(names.used)]
    head = [
        f'option "title" {_text(company or "Commissions")}',
        *_currencies(postings),
        'option "tolerance_multiplier" "0"',
    ]
    return "\n".join([*head, "", *opened, "", *parts]) + "\n"


def _currencies(postings: pl.DataFrame) -> list[str]:
    return [f'option "operating_currency" "{c}"' for c in sorted(postings["currency"].unique())]


def _transaction(entry: Entry, of: tuple[str, str], rows: pl.DataFrame, names: _Names) -> str:
    """Return what an entry posts for a payee in a currency; what it posts to one account in one step of a component is one posting."""
    payee, currency = of
    said = {"reopen": "opened again", "paid": "paid"}.get(entry.kind, "closed")
    lines = [f"{entry.last} * {_text(payee)} {_text(f'{entry.period} {said}')}"]
    facts = {"entry": str(entry.number), "run": entry.run, "by": entry.by, "approved_by": entry.approved_by, "hash": entry.hash}
    lines += [f"  {name}: {_text(value)}" for name, value in facts.items() if value]
    keys = ["account", "plan", "component", "step", "balance"]
    for row in rows.group_by(keys, maintain_order=True).agg(pl.col("amount").sum()).to_dicts():
        if row["amount"]:
            account = names.account(row["account"], payee, row["plan"], row["balance"])
            lines.append(f"  {account}  {_figure(row['amount'])} {currency}")
            more = {"plan": row["plan"], "component": row["component"], "step": row["step"]}
            lines += [f"    {name}: {_text(value)}" for name, value in more.items() if value]
    return "\n".join([*lines, ""])


def _assertions(books: Books, entry: Entry, names: _Names) -> Iterator[str]:
    """Yield what each balance comes to after a close, where no later entry speaks of the same day."""
    closed = books.closed
    if entry not in closed or any(e.number > entry.number and e.last <= entry.last for e in books.entries):
        return
    numbers = [e.number for e in closed if e.number <= entry.number]
    keys = ["payee", "plan", "currency", "balance"]
    rows = books.tables["balances"].filter(pl.col("entry").is_in(numbers)).unique(keys, keep="last", maintain_order=True)
    sums: dict[tuple[str, str], Decimal] = {}
    for payee, _, currency, balance, closing in rows.select(*keys, "closing").iter_rows():
        owed = owed_by_payee(balance)
        account = names.account(RECEIVABLE if owed else HELD if balance == "held" else CLEARING, payee, "", balance)
        sums[account, currency] = sums.get((account, currency), Decimal(0)) + (closing if owed else -closing)
    day = date.fromisoformat(entry.last) + timedelta(days=1)
    for (account, currency), amount in sorted(sums.items()):
        yield f"{day} balance {account}  {_figure(amount)} ~ 0 {currency}"
    yield ""


class _Names:
    """Names of payees, plans and balances as parts of accounts: letters, digits and hyphens, no two alike; and the accounts that are used."""

    def __init__(self, columns: Iterable[pl.Series]) -> None:
        self.used: set[str] = set()
        plain: dict[str, list[str]] = {}
        for text in sorted({t for column in columns for t in column.unique() if t}):
            plain.setdefault(_plain(text), []).append(text)
        self._parts = {
            text: part
            if len(same) == 1 and part.casefold() == text.casefold()
            else f"{part}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
            for part, same in plain.items()
            for text in same
        }

    def account(self, account: str, payee: str, plan: str, balance: str) -> str:
        """Return the account of a posting, which is used from now on: expenses by plan, all else by payee and the balance that it moves."""
        whose = self._parts.get(plan if account == EXPENSE else payee, "None")
        below = f":{self._parts[balance]}" if account == RECEIVABLE and balance else ""
        found = f"{CARRIED if account == CLEARING and balance == 'carried' else TOP[account]}:{whose}{below}"
        self.used.add(found)
        return found


def _plain(text: str) -> str:
    """Return a text as a part of an account's name: it begins with a capital or a digit."""
    part = re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-")
    return part[:1].upper() + part[1:] if part else "X"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", " ", escaped) + '"'


def _figure(value: Decimal) -> str:
    """Return an amount with at least two decimals, none of them idle beyond."""
    whole = value.normalize()
    return f"{whole:f}" if isinstance(e := whole.as_tuple().exponent, int) and e < -2 else f"{value:.2f}"
