"""Readings: where a plan leaves something open, the house's answer holds; where neither speaks, nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping

from commcalc.plan.components.common import ComponentBase, Prorate
from commcalc.plan.model import Plan


def reading(name: str, component: object, house: Mapping[str, str]) -> str | None:
    """Return what holds for a component: its own word, else the house's, else None."""
    own = getattr(component, name, None)
    return own if own is not None else house.get(name)


def as_prorated(plan: Plan, component: ComponentBase) -> Plan:
    """Return the plan as a component reads it: its own switches under `prorate`, those of the payment where it is silent."""
    own = component.prorate
    if own is None:
        return plan
    common = plan.payment.prorate or Prorate()
    merged = common.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})
    return plan.model_copy(update={"payment": plan.payment.model_copy(update={"prorate": merged})})


def prorates(plan: Plan, what: str) -> bool:
    """Tell whether the plan reduces something - quota, target, bonus, cap, base - by days taking part."""
    return plan.payment.prorate is not None and getattr(plan.payment.prorate, what) == "days"
