"""Random people, deals, quotas, splits and KPIs for given plans, with amounts that hit their bounds exactly."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from currency_making import put_currencies
from payment_making import made_payment, payment_openings
from plan_making import OPEN_FINDINGS, made_plan, put_in_place_of
from program_making import components_of, made_program
from rule_making import made_crediting, made_territories
from settlement_making import put_settled
from sharing_making import put_shared
from worlds import Row, World

from commcalc.plan.windows import tile_of

AMOUNTS = tuple(
    map(
        Decimal,
        ("1000", "500", "250", "100", "2500", "333.33", "0", "0.01", "999.99", "1500", "750", "1234.56", "5000", "0.35", "400"),
    )
)
QUOTAS = {
    "money": ("1000", "2000", "5000", "3000", "1000.01", "0"),
    "units": ("2", "5", "10", "3", "7"),
    "number": ("2", "3", "4.5"),
}
FIRST, LAST = date(2025, 12, 20), date(2026, 4, 20)
PERIODS = ("2026-01", "2026-02", "2026-03", "2026-03", "2026-04", "2026-06", "2026-12", "2025-12")
SHARED = (("1/2", "1/2"), ("60%", "40%"), ("1/3", "1/3", "1/3"), ("33.3333%", "66.6667%"), ("1/3", "2/3"))
OVERLAYS = (("100%",), ("50%",), ("50%", "50%"), ("1/3",), ("30%", "30%"))


def made_world(seed: int, *, payees: tuple[int, int] = (6, 20), periods: int = 1, small: bool = False) -> World:
    """Make a world; the same seed makes the same world. A small one has one plan of one component."""
    r = Random(seed)
    readings = {
        "rounding": r.choice(("half-up", "half-up", "half-even", "down")),
        "round": r.choice(("line", "line", "deal", "component")),
        "remainder": r.choice(("largest", "largest", "first", "last", "drop")),
        "split": r.choice(("credit", "credit", "credit", "pay")),
        "late": "insert",
        "negative": "carry",
    }
    plans = {name: made_plan(r, name, readings, small=small) for name in ("alpha", "beta")[: 1 if small else r.choice((1, 1, 2))]}
    world = World(plans, {}, readings, r.sample(PERIODS, periods))
    assigned = list(plans)
    also = Random(f"a program beside {seed}")  # so that a world with a program is the world without it, and more
    for name in assigned:
        if also.random() < 0.25:
            put_in_place_of(also, plans[name], f"{name}-instead")
    paying = Random(f"payments of {seed}")  # and one with draws and charges the world without them
    for name in assigned:
        if paying.random() < 0.6:
            plans[name]["payment"] |= made_payment(paying)
    if also.random() < 0.4:
        plans["gamma"] = made_program(also, "gamma", readings)
    for name in [*plans][1:]:  # all plans have measures of the same names, and each its own quotas
        for measure, counted in plans[name]["measures"].items():
            if counted.get("quota") in ("own", "team", "plan"):
                counted["named"] = f"{name}-{measure}"
    numbers = r.random() < 0.3
    ids = [str(n + 1) if numbers else f"P{n + 1}" for n in range(r.randint(*payees))]
    world.tables["payees"] = _payees(r, ids)
    world.tables["assignments"] = _assignments(r, world.tables["payees"], assigned)
    world.tables["deals"] = deals = _deals(r, ids)
    world.tables["splits"] = _splits(r, ids, deals)
    world.tables["quotas"] = _quotas(r, ids, plans)
    world.tables["kpis"] = _kpis(r, ids, plans)
    world.tables["openings"] = _openings(r, ids, plans)
    if paying.random() < 0.3:
        world.tables["openings"] += payment_openings(paying, ids, assigned)
    world.crediting = made_crediting(r)
    world.tables["territories"] = made_territories(r, ids) if world.crediting else []
    put_shared(Random(f"shared beside {seed}"), world)
    put_settled(Random(f"settled beside {seed}"), world)
    put_currencies(Random(f"currencies beside {seed}"), world)
    return world


def _some_day(r: Random, first: date = FIRST, last: date = LAST) -> date:
    return first + timedelta(r.randint(0, (last - first).days))


def _payees(r: Random, ids: list[str]) -> list[Row]:
    rows: list[Row] = []
    dated = r.random() < 0.25
    managers, deep = ids[:2], r.random() < 0.5
    for n, payee in enumerate(ids):
        earlier = ids[:n] if deep else managers[:n]  # whoever is above somebody comes before: no circles
        above = r.choice(earlier) if n and r.random() < (0.85 if n > 1 else 0.5) else None
        row: Row = {
            "payee_id": payee,
            "name": f"Payee {payee}",
            "title": r.choice(("Rep", "Senior Rep", "Trainee")),
            "manager": above,
            "upline": r.choice((*ids[:n], None)),
        }
        row |= {"region": r.choice(("East", "West", None)), "team": r.choice(("red", "blue", None))}
        row["hired"] = _some_day(r, date(2025, 12, 1), date(2026, 3, 1)) if r.random() < 0.12 else date(2024, 1, 1)
        row["hired"] = None if r.random() < 0.03 else row["hired"]
        row["left"] = _some_day(r, date(2026, 1, 20), date(2026, 4, 30)) if r.random() < 0.1 else None
        if "hired-later" in OPEN_FINDINGS:
            row["hired"] = date(2024, 1, 1)
        if dated and n > 1 and row["left"] is None and r.random() < 0.4:
            change = _some_day(r, date(2026, 1, 10), date(2026, 3, 20))
            rows.append({**row, "to": change})
            after = {"title": "Senior Rep", "manager": r.choice((*earlier, None)), "upline": r.choice((*ids[:n], None))}
            rows.append({**row, "from": change + timedelta(1), **after})
            rows[-1] |= {"hired": change + timedelta(1)} if r.random() < 0.1 else {}  # let go, and hired again the next day
        else:
            rows.append(row)
    return rows


def _assignments(r: Random, payees: list[Row], plans: list[str]) -> list[Row]:
    rows: list[Row] = []
    for payee, left in {p["payee_id"]: p.get("left") for p in payees}.items():
        plan = r.choice(plans)
        first = date(2026, 1, 1) if r.random() < 0.75 else _some_day(r, date(2025, 12, 1), date(2026, 2, 20))
        row: Row = {"payee_id": payee, "plan": plan, "from": first}
        if r.random() < 0.2:
            row |= {"ote": r.choice((Decimal(100_000), Decimal("77777.77")))}
        if r.random() < 0.15:
            row |= {"mix": "60/40", "mix_base": Decimal(60), "mix_variable": Decimal(40)}
        if r.random() < 0.2 and left is None:
            last = first + timedelta(r.randint(5, 70))
            rows.append({**row, "to": last})
            if r.random() < 0.7:
                gap = r.choice((1, 1, 1, 9))
                rows.append(
                    {**row, "plan": r.choice(plans), "from": last + timedelta(gap), "ote": r.choice((None, Decimal(90_000)))}
                )
        else:
            rows.append(row)
    return rows


def _deals(r: Random, ids: list[str]) -> list[Row]:
    rows: list[Row] = []
    lined, paid = r.random() < 0.2, r.random() < 0.5
    for n in range(len(ids) * r.choice((1, 3, 5))):
        first = date(2026, r.choice((1, 1, 2, 3)), r.choice((1, 15, 28)))
        close = first if r.random() < 0.2 else _some_day(r)
        row: Row = {
            "deal_id": f"D{n + 1}",
            "owner": r.choice(ids) if r.random() < 0.97 else r.choice(("stranger", None)),
            "amount": r.choice(AMOUNTS),
            "close_date": close if r.random() < 0.98 else None,
            "stage": r.choice(("Won", "Won", "Won", "Lost", None)),
            "product": r.choice(("Orbit", "Atlas", "Harbor")),
            "account": r.choice(("Acme", "Bolt", "Cory")),
            "type": r.choice(("new", "new", "renewal", "upsell", None)),
            "term_months": r.choice((Decimal(12), Decimal(24), Decimal(36), None)),
            "margin": r.choice((*AMOUNTS[:5], None, Decimal("-20"))),
            "units": r.choice((Decimal(1), Decimal(2), Decimal(3), Decimal(5), Decimal(0), None)),
        }
        if "empty-figure" in OPEN_FINDINGS:
            row |= {
                c: row[c] or v
                for c, v in (("type", "new"), ("margin", AMOUNTS[0]), ("units", Decimal(2)), ("term_months", Decimal(12)))
            }
        if paid and close:
            row["paid_on"] = close + timedelta(r.randint(0, 45)) if r.random() < 0.8 else None
        rows.append(row)
        if lined and r.random() < 0.3:
            row["line"] = Decimal(1)
            rows.append({**row, "line": Decimal(2), "amount": r.choice(AMOUNTS), "product": r.choice(("Orbit", "Atlas"))})
        if row["amount"] > 0 and row["close_date"] and r.random() < 0.12:
            part = row["amount"] if r.random() < 0.6 else (row["amount"] / 2).quantize(Decimal("0.01"))
            back = {
                **row,
                "deal_id": f"R{n + 1}",
                "amount": -part,
                "returns": row["deal_id"],
                "close_date": close + timedelta(r.randint(0, 50)),
            }
            back |= {
                "margin": None if row["margin"] is None else -row["margin"],
                "units": None if row["units"] is None else -row["units"],
            }
            rows.append({k: v for k, v in back.items() if k != "line"} | ({"line": Decimal(1)} if lined else {}))
    return rows


def _share(text: str) -> tuple[int, int]:
    found = Fraction(Decimal(text[:-1]) / 100) if text.endswith("%") else Fraction(text)
    return found.numerator, found.denominator


def _splits(r: Random, ids: list[str], deals: list[Row]) -> list[Row]:
    if r.random() < 0.35:
        return []
    rows: list[Row] = []
    ordered = r.random() < 0.5
    kept = (
        {x for d in deals if "returns" in d for x in (d["deal_id"], d["returns"])} if "per-deal-net" in OPEN_FINDINGS else set()
    )
    for deal in dict.fromkeys(d["deal_id"] for d in deals if d["deal_id"] not in kept):
        shared = r.random() < 0.2
        before = len(rows)
        if shared:
            rows += _shared(r, ids, deal, "owner", r.choice(SHARED), ordered=ordered)
        shared = len(rows) > before
        if r.random() < (0.5 if shared else 0.1):
            rows += _shared(r, ids, deal, "SE", r.choice(OVERLAYS), ordered=ordered)
    return rows


def _shared(r: Random, ids: list[str], deal: str, role: str, shares: tuple[str, ...], *, ordered: bool) -> list[Row]:
    who = r.sample(ids, min(len(shares), len(ids)))
    if len(who) < len(shares):
        return []
    if role == "owner" and r.random() < 0.15:
        who[r.randrange(len(who))] = "nobody"
    rows = []
    for n, (payee, share) in enumerate(zip(who, shares, strict=True)):
        num, den = _share(share)
        row: Row = {"deal_id": deal, "payee_id": payee, "share": share, "share_num": num, "share_den": den, "role": role}
        rows.append({**row, "order": Decimal(len(who) - n)} if ordered else row)
    return rows


def _quotas(r: Random, ids: list[str], plans: dict[str, dict[str, Any]]) -> list[Row]:
    rows: list[Row] = []
    for name, plan in plans.items():
        for measure, said in plan["measures"].items():
            whose = said.get("quota")
            if whose not in ("own", "team", "plan", "sum of reports"):
                continue
            measure = said.get("named", measure)
            kind = "money" if ("sum" in said and said["sum"] != "units") or "average" in said else "units"
            if whose in ("own", "sum of reports"):
                for payee in ids:
                    if r.random() < 0.88:
                        rows += _rows_of(r, {"payee_id": payee}, measure, said, kind)
            if whose == "team" or (whose == "own" and r.random() < 0.3):
                rows += [x for team in ("red", "blue") for x in _rows_of(r, {"team": team}, measure, said, kind)]
            if whose == "plan" or (whose == "own" and r.random() < 0.3):
                rows += _rows_of(r, {"plan": name}, measure, said, kind)
    seen: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        seen.setdefault(tuple(str(row.get(c)) for c in ("payee_id", "team", "plan", "measure", "period", "start")), row)
    return list(seen.values())


def _rows_of(r: Random, whose: Row, measure: str, said: dict[str, Any], kind: str) -> list[Row]:
    def row(period: str, start: date | None = None) -> Row:
        return {**whose, "measure": measure, "period": period, "start": start, "amount": Decimal(r.choice(QUOTAS[kind]))}

    window = tile_of(said["window"])
    if window == "quota row":
        starts = sorted(r.sample((date(2026, 1, 1), date(2026, 1, 15), date(2026, 2, 10), date(2026, 3, 1)), r.randint(1, 3)))
        return [row(f"{d.year}-{d.month:02}", d) for d in starts]
    months = [f"2026-{n:02}" for n in range(1, 13)]
    spans = {
        "month": months, "period": months, "quarter": [f"2026-Q{q}" for q in (1, 2, 3, 4)], "half": ["2026-H1", "2026-H2"], "year": ["2026"],
    }  # fmt: skip
    order = ["month", "quarter", "half", "year"]
    at = order.index(window) if window in order else 0
    if "spread" in said and r.random() < 0.5 and at < 3:  # ratios are as many as windows in the next longer one
        return [row(p) for p in spans[order[at + 1 if isinstance(said["spread"], list) else r.randint(at + 1, 3)]]]
    if at and r.random() < 0.4:
        return [row(p) for p in spans[order[r.randint(0, at - 1)]] if r.random() < 0.95]
    return [row(p) for p in spans[order[at]]]


def _kpis(r: Random, ids: list[str], plans: dict[str, dict[str, Any]]) -> list[Row]:
    rows: list[Row] = []
    for name in sorted({s["kpi"] for p in plans.values() for s in p["measures"].values() if "kpi" in s}):
        weighted = r.random() < 0.5
        for payee in ids:
            for period in r.sample(("2026-01", "2026-02", "2026-03", "2026-Q1", "2026"), r.randint(0, 4)):
                row: Row = {
                    "payee_id": payee,
                    "kpi": name,
                    "period": period,
                    "value": Decimal(r.choice(("1", "2", "3.5", "4.75"))),
                }
                rows.append({**row, "weight": Decimal(r.choice((1, 2, 40)))} if weighted and r.random() < 0.8 else row)
        if r.random() < 0.4:
            rows += [{"team": t, "kpi": name, "period": "2026-02", "value": Decimal(2)} for t in ("red", "blue")]
    return rows


def _openings(r: Random, ids: list[str], plans: dict[str, dict[str, Any]]) -> list[Row]:
    rows: list[Row] = []
    if r.random() < 0.8:
        return rows
    names = [n for p in plans.values() for n, s in p["measures"].items() if {"sum", "count"} & set(s) and s["window"] != "deal"]
    earned = [
        n
        for name, p in plans.items()
        for n, c in components_of(name, p).items()
        if c["kind"] == "bonus" and c.get("earned") in ("to date", "ratchet")
    ]
    for payee in r.sample(ids, len(ids) // 2):
        day = r.choice((date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 10)))
        if names and r.random() < 0.7 and "lone-openings" not in OPEN_FINDINGS:
            rows.append(
                {
                    "payee_id": payee,
                    "as_of": day,
                    "kind": "measure",
                    "name": r.choice(names),
                    "amount": Decimal(r.choice(("100", "2", "500"))),
                }
            )
        if earned and r.random() < 0.7 and "earned-openings" not in OPEN_FINDINGS:
            rows.append({"payee_id": payee, "as_of": day, "kind": "earned", "name": r.choice(earned), "amount": Decimal("25.50")})
    seen = {(x["payee_id"], x["as_of"], x["kind"], x["name"]): x for x in rows}
    return list(seen.values())
