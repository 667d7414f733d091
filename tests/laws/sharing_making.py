"""Random contests and pools, put beside what a world has: a world with one is the world without it, and more."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from plan_making import BOUNDS, COINS, ELIGIBLE, PERIODIC, SHARES, Maker, Said, gate_of
from program_making import HEADER
from worlds import World

from commcalc.plan.windows import tile_of

WINDOWS = (*PERIODIC, "life")
GROUPS: tuple[Any, ...] = ("all eligible", "all eligible", "plan", "team", {"same": "region"})
MONEY: tuple[Said, ...] = (
    {"1": "100 USD", "2": "50.005 USD", "3..4": "33.33 USD"},
    {"1": "250 USD", "top 50%": "10 USD"},
    {"top 33.3333%": "25.50 USD"},
    {"1..2": "if(payee.region = 'East', 100 USD, 60 USD)", "3": "0 USD", "5": "10 USD"},
)
RATIOS: tuple[Said, ...] = (
    {"1": "50%", "2": "33.3333%", "3": "10%"},
    {"1": "1.5x", "top 60%": "if(payee.title = 'Rep', 10%, 5%)"},
)
PEOPLE = "payee.region = 'East' or payee.title = 'Rep'"  # undecided for some
DATES = ("2026-01-15 .. 2026-03-15", "2026-02-01 ..", "2025-12-01 .. 2026-02-28")


def put_shared(r: Random, world: World) -> None:
    """Add a contest or a pool to some of the plans, or let a program be one."""
    for name, plan in world.plans.items():
        if r.random() >= 0.4:
            continue
        m = Maker(r, name, world.readings, plan["measures"])
        m.kinds = {n: "money" if "sum" in s and s["sum"] != "units" else "number" for n, s in m.measures.items()}
        made = _contest(m, name) if m.odds(0.5) else _pool(m, name)
        if "program" in plan:
            _program(plan, made)
        else:
            plan["components"][f"{name}-shared"] = made
        _hours(m, world)


def _program(plan: Said, made: Said) -> None:
    """Let a program be this, with what it says of itself."""
    for key in [k for k in plan if k not in ("program", "dates", "eligible", "announce", *HEADER)]:
        del plan[key]
    plan |= {k: v for k, v in made.items() if k not in ("dates", "eligible")}
    plan |= {"among": "all eligible"} if plan["among"] == "plan" else {}
    if str(plan.get("target", "")).endswith("variable"):
        plan["target"] = "1_500 USD"


def _hours(m: Maker, world: World) -> None:
    """The hours of some payees, where they are counted; mostly of all, so that a group can be paid."""
    if any(s.get("kpi") == "hours" for s in m.measures.values()):
        least = m.one(0.75, 1, 1)
        world.tables["kpis"] += [
            {"payee_id": payee, "kpi": "hours", "period": period, "value": Decimal(m.one("-8", "0", "40", "40", "160.5"))}
            for payee in dict.fromkeys(p["payee_id"] for p in world.tables["payees"])
            for period in ("2026-01", "2026-Q1", "2026")
            if m.odds(least)
            and not any((k.get("payee_id"), k["kpi"], k["period"]) == (payee, "hours", period) for k in world.tables["kpis"])
        ]


def _measure(m: Maker, name: str, window: str, *options: Said) -> str:
    """Count something more over a window."""
    m.measures[name] = {**m.one(*options), "window": window}
    m.kinds[name] = "number"
    return name


def _contest(m: Maker, name: str) -> Said:
    known = [n for n, s in m.measures.items() if tile_of(s["window"]) in WINDOWS]
    new = (
        {"count": "deals"},
        {"sum": "units"},
        {"sum": "amount", "credit": m.one("own", "all reports", "team")},
        {"kpi": "hours"},
    )
    on = m.one(*known) if known and m.odds(0.6) else _measure(m, f"{name}-race", m.one("month", "month", *WINDOWS), *new)
    window = m.measures[on]["window"]
    said: Said = {"kind": "contest", "on": on, "among": m.one(*GROUPS), "order": m.one("highest first", "lowest first")}
    if m.odds(0.4):
        said |= {"target": m.one("20% of variable", "1_000 USD") if window in PERIODIC else "1_000 USD", "prizes": m.one(*RATIOS)}
    else:
        said["prizes"] = m.one(*MONEY)
    others = [n for n, s in m.measures.items() if tile_of(s["window"]) in WINDOWS]
    said["ties"] = m.one("share", "share", "each", {"by": m.one(*others)})
    if m.odds(0.35):
        other = m.one(*others)
        said["qualify"] = m.one(PEOPLE, f"value('{other}') >= {m.one(*BOUNDS[m.kinds[other]])}")
        if "quota" in m.measures[on] and m.odds(0.6):
            said["qualify"] = f"attainment >= {m.one(*SHARES)}"
    return _common(m, said, on)


def _pool(m: Maker, name: str) -> Said:
    window = m.one("month", "month", *WINDOWS)
    whose = m.one("company", "company", "team", {"same": "region"}, "own")
    fund = _measure(m, f"{name}-fund", window, {"sum": "amount", "credit": whose})
    known = [n for n, s in m.measures.items() if s["window"] == window]
    hours = _measure(m, f"{name}-hours", window, {"kpi": "hours"}, {"kpi": "hours"}, {"sum": "units"}, {"sum": "amount"})
    weight = m.one(*known)
    said: Said = {"kind": "pool", "among": m.one(*GROUPS)}
    said["fund"] = m.one(
        f"100.01 USD + 0 * value('{fund}')", f"250 USD + 0 * value('{fund}')", f"2.5% * value('{fund}')", f"100 USD + 0.3333% * value('{fund}')",
        {"by": f"value('{fund}')", "between": m.one("linear", "steps"), "before": COINS[0], "beyond": "flat", "points": {"500": "50 USD", "5_000": "333.33 USD"}},
    )  # fmt: skip
    said["shared_by"] = m.one("equal", "payee.days_in_window", f"value('{hours}')", f"value('{hours}')", f"value('{weight}')")
    if "quota" in m.measures[weight] and m.odds(0.6):
        said["shared_by"] = f"attainment('{weight}')"
    return _common(m, said, fund)


def _common(m: Maker, said: Said, on: str) -> Said:
    """What acts on both."""
    said |= {"eligible": m.one(*ELIGIBLE)} if m.odds(0.2) else {}
    said |= {"dates": m.one(*DATES)} if m.odds(0.12) else {}
    said |= {"rounding": m.one("half-up", "half-even", "down")} if m.odds(0.3) else {}
    said |= {"remainder": m.one("largest", "first", "last", "drop")} if m.odds(0.5) else {}
    if m.odds(0.2):
        said["cap"] = {
            "at": m.one("20 USD", "60 USD", "33.335 USD"),
            "per": m.one("window", "year", "month"),
            "excess": "forfeit",
        }
    if m.odds(0.15):
        said["floor"] = {"at": m.one("5 USD", "33.33 USD"), "per": m.one("window", "year")}
    if m.odds(0.2):
        said["gate"] = gate_of(m, on)
    return said
