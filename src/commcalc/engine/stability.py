"""Stability: components whose earlier credits can never earn anything else, so that only new ones are calculated."""

from __future__ import annotations

from datetime import date

from commcalc.engine.earnings import Job
from commcalc.engine.release import waits
from commcalc.engine.relief import relieves
from commcalc.engine.rules import attainment_of, deal_rules
from commcalc.plan.components.bonus import Bonus
from commcalc.plan.components.commission import Commission
from commcalc.plan.components.spiff import Spiff
from commcalc.plan.readings import reading
from commcalc.plan.tiers import Tiers


def chained(job: Job) -> bool:
    """Whether what was posted earlier decides: shared rounding, or a bonus that never falls back."""
    how = reading("round", job.component, job.book.house.readings) or "line"
    return how != "line" or (isinstance(job.component, Bonus) and job.component.earned == "ratchet")


def stable(job: Job, first: date) -> bool:
    """Whether no credit before `first` can earn anything else now than it did then.

    True where a line depends only on what came before it in order: no retroactive tier, gate, limit or measure read to
    date. Where in doubt the answer is no, and the component is calculated twice and compared.
    """
    said = job.component
    del first
    if said.per_payee or chained(job) or said.gate or said.caps or said.floors:
        return False
    if any(job.name in c.over for c in job.plan.caps):
        return False
    if waits(job) or relieves(job.plan):
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
    if rules.reads(*plain, *deal_rules(said)).components:
        return False
    return not rules.reads(*plain).measures or said.as_of == "credit period"
