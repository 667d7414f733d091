"""Random programs: a component out of the whole language in a file of its own, for the payees of every plan."""

from __future__ import annotations

from random import Random
from typing import Any

from plan_making import ELIGIBLE, Said, made_plan

HEADER = ("version", "currency", "columns", "params", "measures")
DATES = (
    "2026-01-01 .. 2026-03-31",
    "2026-01-15 .. 2026-02-28",
    "2026-01-01 ..",
    "2025-12-15 .. 2026-12-31",
    "2026-02-01 .. 2026-06-30",
)


def made_program(r: Random, name: str, readings: dict[str, str]) -> Said:
    """Make a program of one component; its measures are its own."""
    plan = made_plan(r, name, readings, small=True, every="period")
    (component,) = plan["components"].values()
    if str(component.get("target", "")).endswith("variable"):
        component["target"] = "1_500 USD"
    eligible = component.pop("eligible", r.choice(ELIGIBLE) if r.random() < 0.4 else "all")
    component.pop("dates", None)
    header = {key: plan[key] for key in HEADER if key in plan}
    said: Said = {"program": name, **header, "dates": r.choice(DATES), "eligible": eligible, "announce": {"headline": "More"}}
    return {**said, **component}


def components_of(name: str, said: dict[str, Any]) -> dict[str, Said]:
    """Return the components of a plan, or the one of a program, by name."""
    return {name: said} if "program" in said else said["components"]
