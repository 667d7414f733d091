"""Random plans out of the whole language: measures with their quotas, and what is paid on them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from commcalc.plan.windows import OF_PAYEE, rolling_of, tile_of

OPEN_FINDINGS: frozenset[str] = frozenset()
"""Names of what is not made for now, because a difference in it is known and not yet mended. Empty is as it should be."""

Said = dict[str, Any]
PERIODIC = ("period", "month", "quarter", "half", "year")
ROLLING = (
    "rolling 2 months",
    "rolling 3 months",
    "rolling 12 months",
    "rolling 2 periods",
    "rolling 2 quarters",
    "rolling 1 month",
    "rolling 2 years",
)
RAMPS = (
    {"by": "payee.months_on_plan", "rows": {"1": "25%", "2": "50%", "3..": "100%"}}, "33.3333%", "if(payee.months_employed > 3, 100%, 50%)",
    {"by": "payee.periods_on_plan", "rows": {"..2": "60%", "3..": "1.1x"}}, "if(payee.region = 'East', 50%, 100%)",
)  # fmt: skip
LONG = ("quarter", "half", "year", "quota row", "life")
BOUNDS = {  # by what is counted: where tiers, points and rows of a table begin
    "money": ("1_000", "2_500", "5_000", "333.33"),
    "units": ("2", "5", "10", "3.5"),
    "number": ("1", "2", "3", "2.5"),
}
SHARES = ("40%", "50%", "75%", "100%", "120%", "150%", "33.3333%")
RATES = ("1%", "2.5%", "5%", "7.25%", "10%", "33.3333%", "0%", "12bp")
COINS = ("1 USD", "2.50 USD", "10 USD", "0.335 USD", "25 USD", "0 USD")
FACTORS = ("1.1x", "0.5x", "1.25x", "2x", "1x", "0x", "1.3333x")
WHERE = (
    "stage = 'Won'", "type <> 'renewal'", "amount >= 500", "product in ('Orbit', 'Atlas')", "units is not empty",
    "term_months >= 24", "payee.region = 'East'", "amount > 0 or units > 2", "type like 'new%'", "not (stage = 'Lost')",
    "amount between 100 and 2_500", "coalesce(units, 1) <= 5", "days_between(credit_date, 2026-03-31) >= 0", "margin < amount",
    "payee.months_employed > 3", "coalesce(payee.months_on_plan, 0) <= 2",
)  # fmt: skip
ELIGIBLE = (
    "payee.region = 'East'",
    "payee.title <> 'Trainee'",
    "payee.title in ('Rep', 'Senior Rep')",
    "payee.months_on_plan <= 2",
    "payee.periods_on_plan > 1",
)
WHEN = ("term_months >= 24", "type = 'new'", "amount >= 1_000", "product = 'Orbit'", "payee.title = 'Senior Rep'")
SUMS = {
    "amount": "money", "margin": "money", "units": "units", "amount - margin": "money", "net": "money",
    "amount * 0.5": "money", "if(type = 'new', amount, margin)": "money", "max(margin, 0)": "money",
}  # fmt: skip


@dataclass
class Maker:
    """Makes one plan; what is made later looks at what has been made."""

    r: Random
    name: str
    readings: dict[str, str]
    measures: dict[str, Said] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # measure: money, units, number
    params: dict[str, Any] = field(default_factory=dict)

    def odds(self, chance: float) -> bool:
        """True with this chance."""
        return self.r.random() < chance

    def one(self, *options: Any) -> Any:
        """One of these."""
        return self.r.choice(options)

    def weighted(self, **odds: float) -> str:
        """One of these names by weight; `_` stands for a space."""
        return self.r.choices(list(odds), list(odds.values()))[0].replace("_", " ")

    def some(self, options: Sequence[Any], least: int, most: int) -> list[Any]:
        """Some of these, in their order."""
        chosen = set(self.r.sample(range(len(options)), min(self.r.randint(least, most), len(options))))
        return [o for n, o in enumerate(options) if n in chosen]

    @property
    def span(self) -> int:
        """How long the plan's own paying span is, as windows are ordered."""
        return {"month": 1, "period": 1, "quarter": 2, "half": 3, "year": 4}[self.every]

    every: str = "month"
    prorate: Said = field(default_factory=dict)

    def longer(self, window: str) -> bool:
        """Whether a window goes on after the span is paid."""
        return {"deal": 0, "period": 0, "month": 1, "quarter": 2, "half": 3, "year": 4}.get(tile_of(window), 9) > self.span


def made_plan(r: Random, name: str, readings: dict[str, str], *, small: bool = False, every: str = "") -> Said:
    """Make a plan; a small one has one component."""
    m = Maker(r, name, readings)
    m.every = every or m.weighted(month=0.62, quarter=0.2, period=0.08, half=0.05, year=0.05)
    if m.odds(0.5):
        default = m.one("5%", "1.5x") if m.odds(0.6) else "10%"
        m.params["uplift"] = m.one(default, {"default": default, "title": {"Senior Rep": "20%"}, "payee": {"P3": "2.5%"}})
    if m.odds(0.35):
        m.prorate = dict.fromkeys(m.some(("quota", "target", "bonus", "cap", "base"), 1, 5), "days")
    for n in range(r.choice((1, 1, 2) if small else (1, 1, 2, 3))):
        _measure(m, f"m{n + 1}")
    components = {f"{name}-c{n + 1}": _component(m) for n in range(1 if small else r.choice((1, 1, 2, 3)))}
    for (first, read), (_, reader) in itertools.pairwise(components.items()):
        if m.odds(0.35):
            _reads_earned(m, first, read, reader)
    caps = _joint_caps(m, components) if m.odds(0.25) else []
    if "deal-windows-only" in OPEN_FINDINGS and all(s["window"] == "deal" for s in m.measures.values()):
        _fallback(m)
    payment: Said = {"every": m.every, "negative": "carry"}
    if m.odds(0.7):
        payment |= {"ote": m.one("120_000", "60_000", "99_999.99"), "mix": m.one("50/50", "70/30", "95_000/65_000", "2/1")}
        payment |= {"base": m.one("paid", "shown")} if m.odds(0.6) else {}
    else:
        payment |= {"ote": "90_000", "mix": "60/40"}
    if m.prorate:
        payment["prorate"] = m.prorate
    said: Said = {
        "plan": name,
        "version": "2026.1",
        "effective": m.one("2026-01-01 .. 2026-12-31", "2026-01-01 ..", "2025-12-15 .. 2026-12-31", "2026-01-01 .. 2026-06-30")
        if "shared-before-plan" not in OPEN_FINDINGS
        else m.one("2025-12-01 .. 2026-12-31", "2025-12-01 ..", "2025-12-01 .. 2026-06-30"),
        "currency": "USD",
        "payment": payment,
        "columns": {"net": m.one("amount - coalesce(margin, 0)", "amount * 0.9", "if(type = 'renewal', amount / 3, amount)")},
        "measures": m.measures,
        "components": components,
    }
    said |= {"caps": caps} if caps else {}
    return {**said, "params": m.params} if m.params else said


def _measure(m: Maker, name: str) -> None:
    kind = m.weighted(sum=0.58, count=0.2, average=0.05, distinct=0.04, min=0.03, max=0.03, kpi=0.04, formula=0.03)
    if kind == "formula" and all(s["window"] == "deal" for s in m.measures.values()):
        kind = "sum"
    window = m.weighted(month=0.27, period=0.12, quarter=0.27, year=0.12, half=0.05, deal=0.08, life=0.04, quota_row=0.05)
    window = m.one(*ROLLING) if m.odds(0.1) else "year from payee.hired" if m.odds(0.06) else window
    said: Said = {}
    counted = "number"
    if kind == "sum":
        said["sum"] = m.one("amount", "amount", "amount", *SUMS)
        counted = SUMS[said["sum"]]
    elif kind == "count":
        said["count"] = m.one("deals", "deals", "whole deals")
        counted = "units"
    elif kind in ("average", "min", "max"):
        said[kind] = m.one("amount", "margin")
        counted = "money"
        if kind == "average" and m.odds(0.5):
            said["weighted_by"] = "units"
    elif kind == "distinct":
        said["distinct"] = m.one("product", "account", "type")
    elif kind == "kpi":
        said["kpi"] = m.one("csat", "nps")
    else:
        counted_over_time = [n for n, s in m.measures.items() if s["window"] != "deal"]
        first, second = m.one(*counted_over_time), m.one(*counted_over_time)
        said["formula"] = m.one(
            f"value('{first}') + value('{second}')", f"value('{first}') - 2", f"value('{first}') / value('{second}')"
        )
        counted = m.kinds[first] if "/" not in said["formula"] else "number"
    if kind in ("kpi", "formula", "distinct", "min", "max", "average") and window in (
        "deal",
        "quota row",
        "year from payee.hired",
    ):
        window = "quarter"
    said["window"] = window
    if kind not in ("kpi", "formula"):
        if m.odds(0.3):
            said["where"] = m.one(*WHERE)
        if kind in ("sum", "count") and m.odds(0.2):
            said["weight"] = m.one(
                "50%", "if(type = 'new', 100%, 50%)", {"by": "type", "rows": {"renewal": "50%", "new": "100%", "any": "75%"}},
                {"by": "term_months", "rows": {"..<24": "100%", "24..": "125%"}}, "33.3333%",
            )  # fmt: skip
        said |= {"credit": _credit(m)} if m.odds(0.3) else {}
        said |= {"date": "paid_on"} if m.odds(0.05) else {}
    if window != "life" or m.odds(0.3):
        said |= _quota(m, window, counted) if m.odds(0.75) or window == "quota row" else {}
    if (
        said.get("credit", "own") not in ("own", {"role": "SE"})
        and said.get("quota") == "own"
        and window != "quota row"
        and m.odds(0.6)
    ):
        said["quota"] = "sum of reports"
    m.measures[name], m.kinds[name] = said, counted


def _credit(m: Maker) -> Any:
    """Whose deals: those of a role, of everybody below, or of a group."""
    if m.odds(0.45):
        return m.one("reports", "all reports", {"role": "SE"})
    if m.odds(0.4):
        return m.one("team", "company", {"same": "region"})
    said: Said = {"reports_by": m.one("manager", "upline")}
    said |= {"levels": m.one("1", "1..2", "1..", "2..", "2..3")} if m.odds(0.8) else {}
    said |= {"own": "in"} if m.odds(0.5) else {}
    return said | ({"roles": m.one("SE", ["SE"])} if m.odds(0.5) else {})


def _quota(m: Maker, window: str, counted: str) -> Said:
    if window == "quota row":
        said: Said = {"quota": "own"}
    else:
        amount = {
            "money": m.one("1_000", "5_000", "2_500", "3_000"),
            "units": m.one("2", "5", "10", "3"),
            "number": m.one("2", "3"),
        }
        said = {"quota": m.one("own", "own", "own", "team", "plan", amount[counted])}
        if m.odds(0.6) or window == "life" or "longer-row-without-spread" in OPEN_FINDINGS:
            ratios = {
                "month": ["30%", "30%", "40%"],
                "period": ["25%", "25%", "50%"],
                "quarter": ["60%", "40%"],
                "half": ["33.3333%", "66.6667%"],
            }
            said["spread"] = ratios[window] if window in ratios and m.odds(0.3) else "evenly"
        if rolling_of(window) or window == "year from payee.hired":
            said.pop("spread", None)
        if window == "deal" or window == "life":
            said.pop("spread", None)
            said["quota"] = amount[counted]
    if window not in ("deal", "life", "quota row") and m.odds(0.15):
        said["ramp"] = m.one(*RAMPS)
    if m.longer(window) or m.odds(0.1):
        said["against"] = m.one("full quota", "quota to date")
    said |= {"no_quota": m.one("0%", "100%", "leave out", "refuse")} if m.odds(0.4) else {}
    said |= {"round": {"to": m.one("0.1%", "1%", "5%"), "how": m.one("half-up", "half-even", "down")}} if m.odds(0.12) else {}
    return said


def _component(m: Maker) -> Said:
    made = _commission if m.odds(0.62) else _bonus if m.odds(0.62) else _spiff
    return made(m)


def _common(m: Maker, said: Said, window: str, *, per_deal: bool) -> Said:
    """What every kind may say."""
    on = said.get("on")
    if per_deal:
        said |= {"where": m.one(*WHERE)} if m.odds(0.12) else {}
        said |= {"round": m.one("line", "deal", "component")} if m.odds(0.3) else {}
        said |= {"split": m.one("credit", "pay")} if m.odds(0.15) else {}
    said |= {"dates": m.one("2026-01-15 .. 2026-03-15", "2026-02-01 ..", "2025-12-01 .. 2026-02-28")} if m.odds(0.08) else {}
    said |= {"eligible": m.one(*ELIGIBLE)} if m.odds(0.1) else {}
    if m.odds(0.3):
        one = [_multiplier(m, per_deal) for _ in range(m.one(1, 1, 2))]
        said |= {"multiply": one if len(one) > 1 or m.odds(0.5) else one[0]}
        said |= {"combine": m.one("product", "sum")} if len(one) > 1 or m.odds(0.2) else {}
    said |= {"rounding": m.one("half-up", "half-even", "down")} if m.odds(0.2) else {}
    said |= {"remainder": m.one("largest", "first", "last", "drop")} if m.odds(0.2) else {}
    if m.odds(0.12):
        said["prorate"] = {k: m.one("days", "none") for k in m.some(("quota", "target", "bonus", "cap"), 1, 3)}
    _limits(m, said, window, per_deal=per_deal)
    if on is not None and m.odds(0.22) and not (window == "deal" and "deal-window-read" in OPEN_FINDINGS):
        said["gate"] = gate_of(m, on)
        if "hold-and-cap" in OPEN_FINDINGS and {"cap", "floor"} & set(said) and said["gate"]["until_known"] == "hold":
            said["gate"]["until_known"] = "to date"
    return said


def _multiplier(m: Maker, per_deal: bool) -> Said:
    if per_deal:
        factor = m.one(
            *FACTORS,
            {"by": "product", "rows": {"Orbit": "1.2x", "any": "1x"}},
            {"by": "payee.region", "rows": {"East": "1.5x", "any": "0.9x"}},
            {"by": "payee.periods_on_plan", "rows": {"1": "0.5x", "2..": "1.1x"}},
        )
        return {"factor": factor} | ({"when": m.one(*WHEN)} if m.odds(0.6) else {})
    return {"factor": m.one(*FACTORS)} | ({"when": m.one(*ELIGIBLE)} if m.odds(0.4) else {})


def _limits(m: Maker, said: Said, window: str, *, per_deal: bool) -> None:
    per_deal_kind = per_deal
    if "per-deal-net" in OPEN_FINDINGS and per_deal:
        told = m.measures.get(said.get("on", ""), {"where": ""})
        per_deal = "where" not in said and "where" not in told and told.get("sum", "amount") == "amount" and "basis" not in said
    pers = ["period", "month", "quarter", "year", "window"] if window not in ("deal",) else ["period", "month", "window"]
    if window == "life" or window == "quota row":
        pers = ["period", "month", "window"]
    caps: list[Said] = []
    if m.odds(0.25):
        caps.append({"at": m.one("50 USD", "120 USD", "300 USD", "33.33 USD"), "per": m.one(*pers), "excess": "forfeit"})
    if per_deal and m.odds(0.12):
        caps.append({"at": m.one("25 USD", "60 USD", "20.005 USD"), "per": "deal", "excess": "forfeit"})
    if "target" in said and m.odds(0.1):
        caps.append({"at": "150% of target", "per": "window", "excess": "forfeit"})
    floors: list[Said] = []
    if per_deal and m.odds(0.1):
        floors.append({"at": m.one("5 USD", "12.5 USD"), "per": "deal"})
    if m.odds(0.1) and (per_deal_kind or "floor-of-bonus" not in OPEN_FINDINGS):
        if "odd-window-floor" in OPEN_FINDINGS and window in ("deal", "quota row", "life"):
            pers = ["period", "month"]
        if window == "deal" and "on" in said:
            pers = ["period", "month"]  # a deal's own floor is one per deal
        floors.append({"at": m.one("10 USD", "20 USD", "33.33 USD"), "per": m.one(*pers)})
    if "floor-and-cap" in OPEN_FINDINGS and any(x["per"] == "deal" for x in (*caps, *floors)):
        caps = [c for c in caps if c["per"] == "deal"][:1]
        floors = [f for f in floors if f["per"] == "deal"][: 1 - len(caps)]
    said |= {"cap": caps[0] if len(caps) == 1 else caps} if caps else {}
    said |= {"floor": floors[0] if len(floors) == 1 else floors} if floors else {}


def gate_of(m: Maker, on: str) -> Said:
    """A condition over the component's measure and another one."""
    other = m.one(*m.measures)
    reads = []
    for name in (on, other):
        told = m.measures[name]
        if told["window"] == "deal" and (name != on or "deal-window-read" in OPEN_FINDINGS):
            continue
        if "quota" in told and ("no-quota-in-conditions" not in OPEN_FINDINGS or "%" not in told.get("no_quota", "")):
            reads.append(f"attainment('{name}') >= {m.one('50%', '100%', '75%')}")
        reads.append(f"value('{name}') >= {m.one(*BOUNDS[m.kinds[name]])}")
    if not reads:
        reads.append("payee.region = 'East' or payee.region is empty")
    said: Said = {"when": m.one(*reads), "else": m.one("0%", "50%", "0x", "33.3333%")}
    if m.odds(0.15) and not ("or-beside-missing-quota" in OPEN_FINDINGS and "attainment" in said["when"]):
        said["when"] += " or window_ended"
    said["until_known"] = m.one("pay", "to date", "hold")
    return said


def _joint_caps(m: Maker, components: Mapping[str, Said]) -> list[Said]:
    """Caps over components that pay line by line: for each deal, account, or stretch of time."""
    house = m.readings
    ours = [
        n
        for n, s in components.items()
        if s.get("round", house.get("round", "line")) == "line"
        and (s["kind"] == "bonus" or s.get("split", house.get("split", "credit")) == "credit")
        and s.get("earned") != "ratchet"
    ]
    if len(ours) < 2:
        return []
    caps: list[Said] = []
    for _ in range(m.one(1, 1, 2)):
        per = m.one("deal", "account", "month", "quarter", "year")
        at = (
            m.one("30 USD", "20.005 USD", "amount * 5%")
            if per in ("deal", "account")
            else m.one("100 USD", "40 USD", "1% of variable")
        )
        caps.append({"over": [*ours], "at": at, "per": per, "excess": "forfeit"})
    return caps


def _reads_earned(m: Maker, name: str, read: Said, reader: Said) -> None:
    """Let a component read what the one before it has earned: in a factor, as its basis, in a gate, a cap or a floor."""
    house = m.readings.get("split", "credit")
    if any(s.get("split", house) == "pay" and s["kind"] in ("commission", "spiff") for s in (read, reader)):
        return
    if read.get("earned") == "ratchet":
        return
    earned = f"earned('{name}')"
    tiers = isinstance(reader.get("rate"), dict) and "tiers" in reader["rate"]
    windowed = "on" in reader and m.measures[reader["on"]]["window"] != "deal"
    ways = ["factor"]
    ways += (
        ["basis"]
        if reader["kind"] == "commission" and not tiers and "accelerators" not in reader and "%" in str(reader.get("rate"))
        else []
    )
    ways += ["gate", "cap", "floor"] if windowed else []
    way = m.one(*ways)
    if way == "factor":
        known = reader.get("multiply", [])
        more = {"factor": m.one("1.2x", "50%"), "when": f"{earned} >= {m.one('1', '20', '60')}"}
        reader["multiply"] = [*(known if isinstance(known, list) else [known]), more]
        reader["combine"] = reader.get("combine", m.one("product", "sum"))
    elif way == "basis":
        reader["basis"] = earned
    elif way == "gate":
        reader["gate"] = {
            "when": f"{earned} >= {m.one('10', '50')}",
            "else": "50%",
            "until_known": m.one("pay", "to date", "hold"),
        }
    elif way == "cap":
        reader["cap"] = {"at": f"{earned} * {m.one('50%', '2')}", "per": m.one("month", "window"), "excess": "forfeit"}
    else:
        reader["floor"] = {"at": f"{earned} * {m.one('10%', '50%')}", "per": "month"}


def _tiering(m: Maker) -> list[str]:
    return [n for n, said in m.measures.items() if {"sum", "count"} & set(said) and not rolling_of(said["window"])]


def _commission(m: Maker) -> Said:
    names = _tiering(m)
    if not names:
        _measure_of_amount(m)
        names = _tiering(m)
    on = m.one(*names)
    measure = m.measures[on]
    said: Said = {"kind": "commission", "on": on}
    pays = "ratio" if "sum" in measure and m.kinds[on] == "money" and m.odds(0.9) else "coins"
    if m.odds(0.12):
        said["basis"] = m.one("margin", "amount", "max(margin, 0)")
        pays = "ratio"
    kind = m.weighted(flat=0.22, rows=0.17, tiers=0.43, target=0.12, points=0.06)
    if "on-target-without-quota" in OPEN_FINDINGS and "%" in measure.get("no_quota", ""):
        kind = "tiers" if kind == "target" else kind
    if "life-target" in OPEN_FINDINGS and measure["window"] == "life":
        kind = "tiers" if kind == "target" else kind
    if kind == "target" and "quota" in measure and measure["window"] != "deal":
        windowed = measure["window"] in PERIODIC
        said["target"] = m.one("80% of variable", "2_000 USD") if windowed else "2_000 USD"
        said["rate"] = "on-target"
        if m.odds(0.6):
            said["accelerators"] = _tiers(m, on, FACTORS)
    else:
        said["rate"] = _rate(m, on, kind if kind != "target" else "tiers", pays)
        if kind != "tiers" and m.odds(0.2):
            said["accelerators"] = _tiers(m, on, FACTORS)
    if m.odds(0.85):
        said["returns"] = "unwind"
    if m.odds(0.1):
        add = m.one("1%", "0.5%") if pays == "ratio" else m.one("1 USD", "0.25 USD")
        said["kickers"] = {"add": add} | ({"when": m.one(*WHEN)} if m.odds(0.7) else {})
    read = _reads_more(m, said)
    if read or m.odds(0.08):
        said["as_of"] = m.one("credit period", "to date")
    return _common(m, said, measure["window"], per_deal=True)


def _measure_of_amount(m: Maker) -> None:
    m.measures["m9"], m.kinds["m9"] = {"sum": "amount", "window": "quarter"}, "money"


def _reads_more(m: Maker, said: Said) -> bool:
    """Sometimes a multiplier that looks at another measure; then `as_of` may have to be said."""
    if not m.odds(0.08):
        return False
    other = m.one(*m.measures)
    if m.measures[other]["window"] == "deal":
        return False
    bound = BOUNDS[m.kinds[other]][0]
    said["multiply"] = {"when": f"value('{other}') >= {bound}", "factor": m.one(*FACTORS)}
    return True


def _rate(m: Maker, on: str, kind: str, pays: str) -> Any:
    pay = RATES if pays == "ratio" else COINS
    if kind == "tiers":
        return _tiers(m, on, pay)
    if kind == "points":
        return {"by": "amount", "between": m.one("steps", "linear"), "before": m.one(pay[0], "flat", "extend"), "beyond": m.one("flat", "extend"),
                "points": {"100": pay[1], "1_000": pay[2], "2_500": pay[3]}}  # fmt: skip
    if kind == "rows":
        return _rows(m, pay)
    return m.one(*pay) if m.odds(0.9) or pays == "coins" or not m.params else "coalesce(uplift, 5%)"


def _rows(m: Maker, pay: Sequence[str]) -> Said:
    tables: list[Callable[[], Said]] = [
        lambda: {"by": "product", "rows": {"Orbit": m.one(*pay), "Atlas": m.one(*pay), "any": m.one(*pay)}},
        lambda: {"by": "term_months", "rows": {"..<12": m.one(*pay), "12..<24": m.one(*pay), "24..": m.one(*pay)}},
        lambda: {"by": "amount", "rows": {"..1_000": m.one(*pay), "above 1_000": m.one(*pay)}},
        lambda: {"by": ["type", "term_months"], "rows": [["renewal", "..<24", m.one(*pay)], ["renewal", "24..", m.one(*pay)],
                 ["new", "any", m.one(*pay)], ["any", "any", m.one(*pay)]]},
        lambda: {"by": ["payee.region", "amount"], "rows": [["East", "..<1_000", m.one(*pay)], ["East", "1_000..", m.one(*pay)], ["any", "any", m.one(*pay)]]},
        lambda: {"by": ["amount", "term_months"], "matrix": [["..<24", "24.."], ["..<500", m.one(*pay), m.one(*pay)], ["500..", m.one(*pay), m.one(*pay)]]},
    ]  # fmt: skip
    return m.one(*tables)()


def _tiers(m: Maker, on: str, pay: Sequence[str]) -> Said:
    """Tiers by the component's own measure in any reading, or by another one in those that read it."""
    apply = m.weighted(marginal=0.42, retroactive=0.2, prospective=0.12, inclusive=0.13, period=0.13)
    by, name = "", on
    if apply in ("retroactive", "period") and m.odds(0.15):
        others = [n for n, s in m.measures.items() if s["window"] != "deal"]
        if "empty-measure-of-tiers" in OPEN_FINDINGS:
            others = [n for n in others if {"sum", "count", "distinct"} & set(m.measures[n])]
        name = m.one(*others or [on])
    has_quota = "quota" in m.measures[name]
    if "rounded-attainment" in OPEN_FINDINGS and "round" in m.measures[name]:
        has_quota = False
    what = "attainment" if has_quota and m.odds(0.7) else "value"
    by = what if name == on else f"{what}('{name}')"
    bounds = SHARES if what == "attainment" else BOUNDS[m.kinds[name]]
    starts = sorted(m.some(bounds, 1, 3), key=_size)
    tiers: list[Said] = [{"from": "0%" if what == "attainment" else "0", "pay": m.one(*pay)}]
    for n, start in enumerate(starts):
        tier: Said = {m.one("from", "from", "above"): start, "pay": m.one(*pay)}
        if apply == "marginal" and m.odds(0.2):
            tier["reaches"] = m.one("zero", "here", f"tier {m.r.randint(1, n + 2)}")
        tiers.append(tier)
    return {"by": by, "apply": apply, "tiers": tiers}


def _size(text: str) -> float:
    return float(text.rstrip("%").replace("_", ""))


def _bonus(m: Maker) -> Said:
    tiled = (*PERIODIC, "year from payee.hired")
    names = [n for n, s in m.measures.items() if tile_of(s["window"]) in tiled] or [_fallback(m)]
    on = m.one(*names)
    window = m.measures[on]["window"]
    said: Said = {"kind": "bonus", "on": on}
    ratio = m.odds(0.5)
    if ratio:
        said["target"] = m.one("20% of variable", "1_000 USD", "100% of variable") if window in PERIODIC else "1_000 USD"
    pay = ("0%", "50%", "100%", "150%", "33.3333%") if ratio else ("0 USD", "50 USD", "100 USD", "250 USD", "33.33 USD")
    what = "attainment" if "quota" in m.measures[on] and m.odds(0.75) else "value"
    bounds = sorted(m.some(SHARES if what == "attainment" else BOUNDS[m.kinds[on]], 2, 4), key=_size)
    if m.odds(0.7):
        between = m.one("steps", "linear")
        outside = ("flat", "extend" if between == "linear" else "flat", pay[0])
        said["payout"] = {"by": what, "between": between, "before": m.one(*outside), "beyond": "flat" if between == "steps" and "steps-beyond" in OPEN_FINDINGS else m.one(*outside),
                          "points": {b: m.one(*pay) for b in bounds}}  # fmt: skip
    elif m.odds(0.5):
        each = m.one(None, "2%", "0.3333%") if ratio else m.one(None, "2.50 USD", "1 USD")
        bands = [{"from": b, "pay": m.one(*pay)} | ({"per_point": each} if each else {}) for b in bounds]
        said["payout"] = {"by": what, "before": pay[0], "fractions": m.one("count", "drop"), "bands": bands}
    else:
        b = bounds[0]
        said["payout"] = {"by": what, "rows": {f"..<{b}": m.one(*pay), f"{b}..": m.one(*pay)}}
    if not ratio and m.odds(0.12):
        said["payout"] = m.one(
            "1.1 USD * payee.days_in_window", "0.335 USD * payee.months_on_plan", "if(window_ended, 40 USD, 2.50 USD)"
        )
    if m.longer(window) or m.odds(0.3):
        said["earned"] = m.one("at end", "to date", "ratchet")
    return _common(m, said, window, per_deal=False)


def _fallback(m: Maker) -> str:
    m.measures["m8"], m.kinds["m8"] = {"sum": "amount", "window": "quarter"}, "money"
    return "m8"


def _goal(m: Maker) -> Said:
    """A SPIFF paid once to each payee who reaches something."""
    names = [n for n, s in m.measures.items() if s["window"] in PERIODIC] or [_fallback(m)]
    on = m.one(*names)
    said: Said = {"kind": "spiff", "each": "payee", "on": on, "stacks": "on top", "budget": "none"}
    said["pay"] = m.one(*COINS, {"by": "payee.title", "rows": {"Rep": "50 USD", "any": "33.33 USD"}})
    said["when"] = f"value('{on}') >= {m.one(*BOUNDS[m.kinds[on]])}"
    if "quota" in m.measures[on] and m.odds(0.6):
        said["when"] = f"attainment{m.one('', f'({on!r})')} {m.one('>=', '>')} {m.one(*SHARES)}"
    if m.odds(0.3):
        said["when"] += m.one(" or payee.region = 'East'", " and payee.title <> 'Trainee'")
    if m.odds(0.3):
        said["budget"] = {"amount": m.one("20 USD", "75", "150 USD"), "when_spent": "prorate"}
    said = _common(m, said, m.measures[on]["window"], per_deal=False)
    floor = said.get("floor", [])
    if said["budget"] != "none" and any(f["per"] != "deal" for f in (floor if isinstance(floor, list) else [floor])):
        del said["floor"]
    return said


def _spiff(m: Maker) -> Said:
    if m.odds(0.25):
        return _goal(m)
    said: Said = {"kind": "spiff", "each": m.one("deal", "deal", "unit"), "budget": "none", "stacks": "on top"}
    names = _tiering(m)
    window = "deal"
    if names and m.odds(0.6):
        said["on"] = m.one(*names)
        window = m.measures[said["on"]]["window"]
    if ("on" not in said or m.odds(0.5)) and "spiff-return" not in OPEN_FINDINGS:
        said["dates"] = m.one("2026-01-15 .. 2026-03-15", "2026-01-01 .. 2026-03-31", "2026-02-01 .. 2026-02-28")
    if said["each"] == "unit":
        said |= {"basis": "units", "pay": m.one(*COINS)}
    else:
        said["pay"] = m.one(*COINS, {"by": "product", "rows": {"Orbit": "50 USD", "any": "10 USD"}}, "1%", "2.5%")
        if "%" in str(said["pay"]) and m.odds(0.5):
            said["basis"] = m.one("margin", "amount")
    said = _common(m, said, window, per_deal=True)
    if m.odds(0.65) and (window != "deal" or "on" not in said):
        _spiff_limits(m, said, window)
    return said


def put_in_place_of(r: Random, plan: Said, name: str) -> None:
    """Add a SPIFF that is paid instead of one of the plan's components on deals, where it has one."""
    on_deals = [n for n, c in plan["components"].items() if c["kind"] == "commission"]
    if not on_deals:
        return
    other = r.choice(on_deals)
    plan["components"][other]["split"] = "credit"
    said: Said = {"kind": "spiff", "each": r.choice(("deal", "unit")), "basis": "units", "pay": r.choice(COINS), "budget": "none"}
    if said["each"] == "deal":
        del said["basis"]
    measure = plan["measures"][plan["components"][other]["on"]]
    alone = [n for n, c in plan["components"].items() if c.get("on") == plan["components"][other]["on"]] == [other]
    counts = "no" if alone and r.random() < 0.5 and measure.get("credit", "own") == "own" and "date" not in measure else "yes"
    if counts == "yes" and measure["window"] != "quota row":
        said["on"] = plan["components"][other]["on"]
    for key, options in (("where", WHERE), ("eligible", ELIGIBLE), ("dates", ("2026-01-15 .. 2026-03-15", "2026-02-01 .."))):
        if r.random() < (0.8 if key == "where" else 0.3):
            said[key] = r.choice(options)
    plan["components"][name] = {**said, "split": "credit", "stacks": {"instead_of": other, "counts_to_quota": counts}}


def _spiff_limits(m: Maker, said: Said, window: str) -> None:
    """The first so many, a minimum, a budget: what looks at more than one deal."""
    said["split"] = "credit"
    alike = window not in OF_PAYEE  # all payees have the same windows
    if m.odds(0.6):
        said["first"] = m.one(
            "1 per payee", "2 per payee", "3 per payee", "2.5 per payee", *(("3 in all", "7 in all") if alike else ())
        )
    if m.odds(0.35):
        said["minimum"] = m.one("2", "1.5", "3", {"by": "payee.region", "rows": {"East": "1", "any": "2"}})
    if m.odds(0.5) and alike:
        ends = "dates" in said or window in PERIODIC
        spent = m.one("first come", "prorate") if ends else "first come"
        said["budget"] = {"amount": m.one("20 USD", "75", "33.33 USD", "150 USD"), "when_spent": spent}
        floor = said.get("floor", [])
        if any(f["per"] != "deal" for f in (floor if isinstance(floor, list) else [floor])):
            del said["floor"]
