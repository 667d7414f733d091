"""Random releases and clawbacks, the events that they wait for, adjustments and debts, put into a world that is there already."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from worlds import Row, World

from commcalc.plan.windows import rolling_of

Said = dict[str, Any]
SPANS = ("10 days", "45 days", "90 days", "1 month", "2 months", "3 months", "1 quarter", "1 year", "6 weeks")
TAKES = (
    "all", "all", "pro rata", "pro rata", "50%", "33.3333%", "if(payee.region = 'East', 100%, 40%)", "if(days_served > 20, 25%, 1x)",
    {"by": "months_served", "rows": {"..0": "100%", "1": "80%", "2..": "12.5%"}},
    {"by": "product", "rows": {"Orbit": "100%", "any": "20%"}},
    {"by": "payee.title", "rows": {"Rep": "100%", "any": "2x"}},
)  # fmt: skip
ENDS = ("month end", "quarter end", "half end", "year end")
HAPPENS = ("cash", "cancelled", "delivered")
MONEY = ("100", "250", "333.33", "1000", "-50", "0.01", "999.99")


def put_settled(r: Random, world: World) -> None:
    """Let some components be released in parts or taken back, and let things happen to their deals."""
    if r.random() < 0.55:
        return
    for name in world.plans:
        _of_plan(r, world.plans[name])
    world.tables["events"] = _events(r, [row["deal_id"] for row in world.tables["deals"]])
    if r.random() < 0.5:
        world.tables["adjustments"] = _adjustments(r, world)


def _of_plan(r: Random, plan: Said) -> None:
    relieved: dict[str, Any] = {}
    components = plan["components"].values() if "components" in plan else [plan]
    for said in components:
        of_payees = said["kind"] in ("bonus", "contest", "pool") or said.get("each") == "payee"
        if r.random() < 0.5:
            said["release"] = _release(r, deals=not of_payees)
        if not of_payees and r.random() < 0.6:
            said["clawback"] = _clawbacks(r, plan, said, relieved)
    payment = plan.get("payment")
    if payment is not None:
        if r.random() < 0.4:
            payment["leaving"] = {**payment.get("leaving", {}), "held": r.choice(("release", "forfeit"))}
        if r.random() < 0.4:
            debts: list[Any] = [_debt(r, n) for n in ("Loan", "Leads")[: r.choice((1, 2))]]
            if r.random() < 0.5 and "draw" in payment:
                debts.insert(r.randrange(len(debts) + 1), "draw")
            payment["debts"] = debts


def _debt(r: Random, name: str) -> Said:
    said: Said = {"share": r.choice(("35%", "50%", "100%", "33.3333%"))}
    for key, options in (
        ("protect", ("50 USD", "payee.variable / 1_000")),
        ("limit", ("40 USD", "100 USD")),
        ("starts", ("period 2",)),
    ):
        if r.random() < 0.3:
            said[key] = r.choice(options)
    return {"name": name, "recover": said}


def _release(r: Random, *, deals: bool) -> Any:
    shares = r.choice((("rest",), ("50%", "rest"), ("75%", "25%"), ("33.3333%", "rest"), ("40%", "30%", "rest"), ("100%",)))
    parts = [_part(r, share, deals=deals) for share in shares]
    return parts if len(parts) > 1 or r.random() < 0.5 else parts[0]


def _part(r: Random, share: str, *, deals: bool) -> Said:
    on = r.choice(("credit", "credit", *ENDS, *(("cash", "cash", "cash", "delivered") if deals else ())))
    said: Said = {"part": share, "on": on}
    if r.random() < 0.35:
        said["after"] = r.choice(("5 days", "1 month", "2 months", "1 week"))
    if r.random() < 0.3:
        said["over"] = r.choice(("3 months", "2 months", "4 weeks", "10 days", "6 months"))
    if r.random() < 0.2:
        said["latest"] = r.choice(("30 days", "3 months", "1 year"))
    if on in HAPPENS and r.random() < 0.8:
        said["partial"] = r.choice(("in proportion", "in proportion", "when whole"))
    return said


def _clawbacks(r: Random, plan: Said, said: Said, relieved: dict[str, Any]) -> Any:
    claws = [_clawback(r) for _ in range(r.choice((1, 1, 1, 2)))]
    measure = plan["measures"].get(said.get("on"), {})
    reliable = {"sum", "count"} & set(measure) and not rolling_of(measure["window"])
    on = said.get("on", "")
    for claw in claws:
        if claw["take"] == "rerun":
            claw["take"] = "all" if not reliable else "rerun"
        if claw["take"] != "rerun":
            choices = ("none", "original", *(() if measure.get("window") == "deal" else ("current",))) if reliable else ("none",)
            claw["quota_relief"] = r.choice(choices)
    windows = {"original" if c["take"] == "rerun" else c["quota_relief"] for c in claws} - {"none"}
    for claw in claws if len(windows) > 1 else ():  # a measure is relieved in one way
        claw["take"], claw["quota_relief"] = ("all" if claw["take"] == "rerun" else claw["take"]), "original"
    if on in relieved:
        claws = relieved[on]  # of components on one measure all say the same
    elif any(c.get("quota_relief") != "none" for c in claws):
        relieved[on] = claws
    found = json.loads(json.dumps(claws))
    return found if len(found) > 1 or r.random() < 0.5 else found[0]


def _clawback(r: Random) -> Said:
    within = r.choice((*SPANS, "paid_on"))
    if r.random() < 0.7:
        take = r.choice((*TAKES, "rerun"))
        return {"on": r.choice(("cancelled", "cancelled", "delivered")), "within": within, "take": take}
    take = r.choice(("all", "rerun", "50%", "if(product = 'Orbit', 100%, 40%)"))
    return {"unless": "cash", "within": within, "take": take, "restore": r.choice(("when it comes", "never"))}


def _events(r: Random, deals: list[str]) -> list[Row]:
    rows: list[Row] = []
    for number in range(len(deals)):
        day = date(2025, 12, 20) + timedelta(r.randint(0, 200))
        row: Row = {
            "event_id": f"X{number}",
            "deal_id": r.choice(deals),
            "event": r.choice(HAPPENS),
            "date": day,
            "amount": None,
            "known": None,
        }
        if row["event"] == "cash" and r.random() < 0.7:
            row["amount"] = Decimal(r.choice(MONEY))
        if r.random() < 0.15:
            row["known"] = day + timedelta(r.randint(-10, 60))
        rows.append(row)
    rows.append(
        {"event_id": "strange", "deal_id": "nowhere", "event": "cash", "date": date(2026, 1, 5), "amount": None, "known": None}
    )
    return rows


def _adjustments(r: Random, world: World) -> list[Row]:
    ids = sorted({row["payee_id"] for row in world.tables["payees"]})
    plans = [n for n, said in world.plans.items() if "payment" in said]
    rows: list[Row] = []
    for number in range(len(ids)):
        target = r.choice((None, "payment", "debt"))
        rows.append(
            {
                "adjustment_id": f"A{number}",
                "payee_id": r.choice(ids),
                "period": r.choice(("2026-01", "2026-02", "2026-03", "2026-Q1", "2026-04")),
                "amount": Decimal(r.choice(("25.50", "-10", "300", "99.99"))),
                "reason": "why not",
                "author": "Kim",
                "plan": r.choice((None, None, *plans)),
                "target": target,
                "component": r.choice(("Loan", "Leads", "Loan", "nothing")) if target == "debt" else None,
            }
        )
    return rows
