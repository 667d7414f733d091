"""The report of a dry run for a script: every figure exact and as text, in a form that docs/dry-run.md describes."""

from __future__ import annotations

from typing import Any

from commcalc.documents.dry_run import DryRunPage
from commcalc.documents.figures import exact
from commcalc.studies.compare import Group, PayeeChange


def facts_of(page: DryRunPage) -> dict[str, Any]:
    """Return the report as plain data; amounts are texts with the decimals that they have."""
    c = page.comparison
    return {
        "head": page.head,
        "currency": c.currency,
        "periods": [p.name for p in c.periods],
        "before": _plain(c.before),
        "after": _plain(c.after),
        "difference": _plain(c.difference),
        "keep_whole": _plain(c.keep_whole),
        "base_pay_counted": c.with_base,
        "payees": len(c.payees),
        "differing": len(c.differing),
        "winners": len(c.winners),
        "losers": len(c.losers),
        "exceptions": {"before": c.exceptions[0], "after": c.exceptions[1]},
        "diff": [
            {
                "plan": d.plan,
                "versions": d.versions,
                "digest": d.digest,
                "changes": [{"cause": x.cause, "text": x.text} for x in d.lines],
            }
            for d in page.diffs
        ],
        "causes": [
            {"cause": n + 1, "kind": x.kind, "plan": x.plan, "changes": list(x.words), "moved": _plain(c.moved(n))}
            for n, x in enumerate(c.causes)
        ],
        "changed_payees": [_payee(p) for p in c.differing],
        "components": [_group(g, "component") for g in c.components],
        "goals": [_group(g, "goal") for g in c.goals],
        "histogram": [{"step": b.label, "payees": b.count} for b in page.histogram],
        "announced": [{"plan": a.plan, "day": str(a.day) if a.day else None, "said": a.said} for a in page.guard.announced],
        "harmed": [
            {
                "payee": h.payee,
                "plan": h.plan,
                "deal": h.deal,
                "component": h.component,
                "credit_date": str(h.credit_date),
                "before": _plain(h.before),
                "after": _plain(h.after),
            }
            for h in page.guard.harms
        ],
        "waived": page.waived or None,
        "past_limits": list(page.past),
        "to_know": list(page.warnings),
    }


def _plain(value: Any) -> str:
    return exact(value).replace(",", "")


def _payee(p: PayeeChange) -> dict[str, Any]:
    return {
        "payee": p.payee,
        "name": p.name,
        "plans": p.plans,
        "before": _plain(p.before),
        "after": _plain(p.after),
        "difference": _plain(p.difference),
        "parts": [{"plan": x.plan, "component": x.component, "cause": x.cause + 1, "amount": _plain(x.amount)} for x in p.parts],
    }


def _group(g: Group, what: str) -> dict[str, Any]:
    return {what: g.name, "before": _plain(g.before), "after": _plain(g.after), "difference": _plain(g.difference)}
