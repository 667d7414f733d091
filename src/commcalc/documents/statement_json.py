"""The statement for a machine: everything that the page says, figures as exact text. docs/statements.md lists the keys."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from commcalc.base.money import minor_units
from commcalc.documents.statement import ComponentShown, MeasureShown, Row, Statement
from commcalc.documents.statement_abroad import Abroad
from commcalc.tables.results import BALANCE, STEPS

VERSION = "commcalc-statement-1"  # a key may be added; one that is there keeps its name and meaning
MONEY = (
    "payable", "earned", "accrued", "held", "released", *(c for c in STEPS.values() if c not in ("released", "base")), "base", "base_shown",
)  # fmt: skip
EXCEPTION = ("id", "deal", "component", "code", "reason", "mend")
LEFT_OUT = ("deal", "line", "status", "rule")


def json_of(s: Statement) -> str:
    """Return a statement as JSON text."""
    return json.dumps(record_of(s), indent=1, ensure_ascii=False) + "\n"


def record_of(s: Statement) -> dict[str, Any]:
    """Return a statement as JSON knows it: dictionaries, lists and text."""
    payout = s.payout

    def money(value: Decimal | None) -> str:
        return f"{round(value or Decimal(0), s.places) or Decimal(0):.{s.places}f}"

    return {
        "format": VERSION,
        "run": s.run,
        "company": s.company,
        "period": s.period,
        "payee": s.payee,
        "name": payout["name"] or "",
        "currency": payout["currency"],
        **{key: money(payout[key]) for key in MONEY},
        **({"paid": _abroad(s.abroad, payout)} if s.abroad is not None else {}),
        "plans": [{"plan": plan, "version": version, "title": title} for plan, version, title in s.plans],
        "balances": [{"plan": b["plan"], "balance": b["balance"], **{k: money(b[k]) for k in BALANCE}} for b in s.balances],
        "components": [_component(c, money(c.amount)) for c in s.components],
        "measures": [_measure(m) for m in s.measures],
        "corrections": [{"period": c.period, "lines": c.lines, "amount": money(c.amount)} for c in s.corrections],
        "exceptions": [{key: row[key] for key in EXCEPTION} for row in s.exceptions],
        "left_out": [{key: row[key] for key in LEFT_OUT} for row in s.left_out],
        "later": s.later,
    }


def _abroad(abroad: Abroad, payout: Row) -> dict[str, Any]:
    """What is paid in another currency; what has no rate is not known."""
    places = minor_units(abroad.currency)

    def paid(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:.{places}f}"

    steps = [
        {
            **{key: step.row[key] for key in ("plan", "step", "component")},
            "amount": f"{step.row['amount']:.{minor_units(step.row['currency'])}f}",
            "rate": _plain(step.row["rate"]),
            **{key: step.row[key] or None for key in ("rate_from", "rate_of")},
            "paid": paid(step.row["paid_amount"]),
        }
        for step in abroad.steps
    ]
    return {"currency": abroad.currency, "amount": paid(payout["paid_amount"]), "steps": steps}


def _component(c: ComponentShown, total: str) -> dict[str, Any]:
    lines = [{**r, "slices": r["slices"] or []} for r in c.records]
    return {"plan": c.plan, "component": c.name, "title": c.title, "goal": c.goal, "amount": total, "lines": lines}


def _measure(m: MeasureShown) -> dict[str, Any]:
    row: Row = m.row
    ladders = [
        {
            "component": ladder.component,
            "tier": ladder.tier or None,
            "tiers": [{"tier": t.tier, "begins": t.begins, "pays": t.pays} for t in ladder.tiers],
        }
        for ladder in m.ladders
    ]
    return {
        **{key: row[key] for key in ("plan", "measure", "window")},
        **{key: row[key].isoformat() if row[key] else None for key in ("window_first", "window_last")},
        **{key: _plain(row[key]) for key in ("value", "quota", "attainment", "next_at")},
        "ladders": ladders,
    }


def _plain(value: Decimal | None) -> str | None:
    if value is None:
        return None
    text = f"{value or Decimal(0):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
