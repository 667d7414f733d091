"""Stability: components whose earlier credits can never earn anything else, so that only new ones are calculated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from commcalc.engine.earnings import Job
from commcalc.engine.rules import attainment_of
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.components.commission import Commission
from commcalc.plan.components.spiff import Spiff
from commcalc.plan.readings import reading
from commcalc.plan.tiers import Tiers


def chained(job: Job) -> bool:
    """Whether what was posted earlier decides: shared rounding, or a bonus that never falls back."""
    how = reading("round", job.component, job.book.house.readings) or "line"
    return how != "line" or (isinstance(job.component, Bonus) and job.component.earned == "ratchet")


def rises(job: Job) -> bool:
    """Whether what the component has come to never falls from one paying span to the next. Where in doubt the answer is no."""
    said = job.component
    amounts = job.book.deals["amount"] if "amount" in job.book.deals.columns else None
    if amounts is not None and len(amounts) and (amounts.min() or 0) < 0:  # type: ignore[operator]
        return False
    if said.per_payee:
        at_end = said.kind in ("contest", "pool") or getattr(said, "earned", "to date") == "at end"
        return at_end or (getattr(said, "earned", None) == "ratchet" and not said.gate)
    plain = said.model_copy(update={"cap": (), "floor": (), "round": "line"})  # these cut and add, and never take back
    return stable(replace(job, component=plain), job.book.now)


def stable(job: Job, first: date) -> bool:
    """Whether no credit before `first` can earn anything else now than it did then.

    True where a line depends only on what came before it in order: no retroactive tier, gate, limit or measure read to
    date. Where in doubt the answer is no, and the component is calculated twice and compared.
    """
    said = job.component
    del first
    if said.per_payee or chained(job) or said.gate or said.caps or said.floors:
        return False
    if isinstance(said, Spiff) and (said.limits_count or said.budget != "none"):
        return False
    if (reading("split", said, job.book.house.readings) or "credit") == "pay":
        return False
    tiers = [t for t in (getattr(said, "rate", None), getattr(said, "accelerators", None)) if isinstance(t, Tiers)]
    if any(t.apply == "retroactive" or any(x.reaches != "here" for x in t.tiers) for t in tiers):
        return False
    measured = job.measured
    on = getattr(said, "on", None)
    rules = job.rules.on(on)
    if any(rules.reads(t.by).measures - {on} for t in tiers):
        return False
    if measured is not None and measured.measure.against == "quota to date":
        quota = any(attainment_of(t.by.node, on) for t in tiers) or (isinstance(said, Commission) and said.rate == "on-target")
        if quota:
            return False
    plain: list[object] = [x for m in said.multiply for x in (m.factor, m.when) if x is not None]
    plain += [x for k in said.kickers for x in (k.add, k.when) if x is not None]
    plain += [
        v for v in (getattr(said, "rate", None), getattr(said, "pay", None)) if v is not None and not isinstance(v, (str, Tiers))
    ]
    plain += [x for t in tiers for s in t.tiers for x in (s.start, s.pay)]
    return not rules.reads(*plain).measures or said.as_of == "credit period"
