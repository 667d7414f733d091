"""An explanation in words: from the cent to the deal, the rule, the tier and the line of the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import polars as pl

from commcalc.base.money import minor_units
from commcalc.documents.figures import amount, exact, many, percent, rate, window
from commcalc.documents.plan_words import PlanWords, served
from commcalc.documents.statement_abroad import abroad_of
from commcalc.exports.run_folder import RunFolder

Row = Mapping[str, Any]
Noun = Literal["payee", "deal", "line"]
COLUMN = {"payee": "payee", "deal": "deal", "line": "id"}
MOST_QUOTED = 24
PARTS = {
    "base": "base pay",
    "released": "earned",
    "carried_in": "carried in",
    "clawback": "taken back",
    "adjustments": "adjusted by hand",
    "charges": "charges",
    "draw": "draw",
    "recovery": "paid back of draws and debts",
    "minimum": "up to the minimum",
    "maximum": "above the maximum",
    "forgiven": "forgiven",
    "carried_out": "carried into the next payment",
}
"""What a payment is made of, by the columns of the payouts."""
KINDS = {
    "earning": "earned on",
    "minimum": "added to reach the minimum on",
    "maximum": "taken off by the maximum on",
    "gate": "withheld by a gate on",
    "proration": "taken off for days not taken part in, on",
    "cap": "taken off by the cap on",
    "budget": "refused by the budget, which is spent, on",
    "floor": "added to reach the floor for",
    "clawback": "taken back on",
    "forfeit": "lost, for it was held when the payee left, on",
}


def lines_about(run: RunFolder, noun: Noun, name: str) -> pl.DataFrame:
    """Return the lines of a payee, deal or line."""
    return _where(run, "lines", COLUMN[noun], name)


def _where(run: RunFolder, table: str, column: str, name: str) -> pl.DataFrame:
    """Return the rows of a table that are about one name: no others are read."""
    return run.scan(table).filter(pl.col(column) == name).collect()


def is_known(run: RunFolder, noun: Noun, name: str) -> bool:
    """Return whether the run has a payee, deal or line of that name."""
    if noun == "payee":
        return name in run.tables["payouts"]["payee"]
    tables = ("lines", "credits", "left_out", "exceptions") if noun == "deal" else ("lines",)
    found = (run.scan(t).filter(pl.col(COLUMN[noun]) == name).select(pl.len()).collect().item() for t in tables)
    return any(found)


def names_known(run: RunFolder, noun: Noun) -> list[str]:
    """Return every name of that kind in the run, for the nearest one."""
    tables = {"line": ("lines",), "payee": ("payouts",), "deal": ("lines", "credits", "left_out", "exceptions")}[noun]
    columns = [run.scan(t).select(pl.col(COLUMN[noun]).unique()).collect().to_series() for t in tables]
    return sorted({name for column in columns for name in column.to_list() if name})


def explained(run: RunFolder, noun: Noun, name: str, words: PlanWords) -> Iterator[str]:
    """Yield the lines of text that explain a payee, deal or line."""
    lines = lines_about(run, noun, name)
    if noun == "payee":
        yield from _payee(run, name)
    if noun == "deal":
        yield from _deal(run, name, lines)
    slices: dict[str, list[Row]] = {}
    for part in _slices(run, lines).iter_rows(named=True):
        slices.setdefault(part["line_id"], []).append(part)
    for _, component in lines.group_by("plan", "component", maintain_order=True):
        rows = component.to_dicts()
        tiers: set[int] = set()
        for row in rows:
            parts = slices.get(row["id"], []) if row["kind"] == "earning" else []
            tiers |= {part["tier"] for part in parts}
            yield ""
            yield from line_in_words(row, parts, words)
        yield ""
        yield from _standing(run, rows, words)
        yield from _rule(rows[0], tiers, words)
    if noun == "payee":
        yield from _unpaid(run, name, lines)
    yield f"\nRun {run.manifest['run']} of {run.manifest['period']}."


def _slices(run: RunFolder, lines: pl.DataFrame) -> pl.DataFrame:
    return run.scan("slices").filter(pl.col("line_id").is_in(lines["id"].implode())).collect()


def _payee(run: RunFolder, name: str) -> Iterator[str]:
    for row in run.tables["payouts"].filter(pl.col("payee") == name).iter_rows(named=True):
        places = minor_units(row["currency"])
        named = [(row[k], said) for k, said in PARTS.items() if row[k]]
        signed = (f"{'- ' if v < 0 else '+ '}{amount(abs(v), places)} {said}" for v, said in named)
        parts = " ".join(signed).removeprefix("+ ")
        who = f"{row['name']} ({name})" if row["name"] else name
        yield f"{who} is paid {amount(row['payable'], places)} {row['currency']} for {run.manifest['period']}{': ' + parts if parts else ''}."
        yield from _abroad(run, row)
        if row["accrued"]:
            yield f"{amount(row['accrued'], places)} is accrued: earned, and payable at the end of the plan's own span."
        if row["held"] > 0:
            yield f"{amount(row['held'], places)} is held for now: earned, and released later."
        if row["held"] < 0:
            yield f"{amount(-row['held'], places)} that was held is released, or was lost or taken back."


def _abroad(run: RunFolder, payout: Row) -> Iterator[str]:
    """What is paid in another currency, each step with its rate."""
    steps = [r for r in _where(run, "payments", "payee", payout["payee"]).to_dicts() if r.get("paid_currency")]
    found = abroad_of(payout, [r for r in steps if r["currency"] == payout["currency"]], lambda _, name: name)
    if found is not None:
        yield f"That is {found.paid} {found.currency}: " + "; ".join(f"{s.label} {s.how} = {s.paid}" for s in found.steps) + "."


def _unpaid(run: RunFolder, name: str, lines: pl.DataFrame) -> Iterator[str]:
    """What a payee may miss: nothing earned at all, what could not be calculated, deals that were not credited."""
    if lines.is_empty():
        yield "\nNothing was earned: no component has a line."
    for row in run.tables["exceptions"].filter(pl.col("payee") == name).iter_rows(named=True):
        yield f"\nNot calculated: {row['deal'] or row['component']}: {row['reason']}; {row['mend']}."
    left = _where(run, "left_out", "payee", name).to_dicts()
    if left:
        yield ""
    for row in left[:MOST_QUOTED]:
        yield f"Not credited: {row['deal']}{_line(row)}: {row['status']} ({row['rule']})."
    if len(left) > MOST_QUOTED:
        yield f"Not credited: {many(len(left) - MOST_QUOTED, 'more deal')}."


def _deal(run: RunFolder, name: str, lines: pl.DataFrame) -> Iterator[str]:
    period = run.manifest["period"]
    for (currency,), rows in lines.group_by("currency", maintain_order=True):
        total: Decimal = sum(rows["amount"].to_list(), Decimal(0))
        yield f"Deal {name} earns {amount(total, minor_units(str(currency)))} {currency} in {period}, in {many(len(rows), 'line')}."
    about = {n: _where(run, n, "deal", name).to_dicts() for n in ("left_out", "exceptions", "credits")}
    for row in about["left_out"]:
        yield f"Deal {name}{_line(row)} is not credited: {row['status']} ({row['rule']})."
    for row in about["exceptions"]:
        yield f"Deal {name} is an exception: {row['reason']}; {row['mend']}."
    for row in about["credits"]:
        to = f": from {exact(row['before'])} to {exact(row['before'] + row['amount'])}" if row["before"] is not None else ""
        yield f"It counts {exact(row['amount'])} in {row['measure']} of {row['plan']}, for {row['payee']}{_as(row)}{to}."


def _line(row: Row) -> str:
    return f", line {row['line']}," if row["line"] else ""


def _as(row: Row) -> str:
    by = f" by crediting rule {row['rule']}" if row["rule"] else ""
    level = f", {row['level']} levels up" if row["level"] > 1 else ""
    return (f" as {row['role']}{level}" if row["role"] not in ("", "owner") else "") + by


def line_in_words(row: Row, slices: Sequence[Row], words: PlanWords) -> Iterator[str]:
    """Yield one line's explanation: what it is, and how it is made of its slices."""
    key = (row["plan"], row["component"])
    each = key in words.in_money
    places = minor_units(row["currency"])
    what = f"{row['deal']}{_line(row)}" if row["deal"] else window(row["window_first"], row["window_last"])
    kind = KINDS.get(row["kind"], row["kind"])
    yield f"{row['id']}: {amount(row['amount'], places)} {row['currency']} {kind} {what} of {row['credit_date']}, for {row['payee']}{_as(row)}"
    if row.get("deal_rate") is not None:
        other = row["currency"] if row["deal_rate_from"] == row["deal_currency"] else row["deal_currency"]
        yield f"  the deal is in {row['deal_currency']}: 1 {row['deal_rate_from']} = {exact(row['deal_rate'])} {other} ({row['deal_rate_of']})"
    if key in words.contests:
        yield from (f"  = {_place(p, words.paid_on.get(key))}" for p in slices)
    parts = [p for p in slices if p["basis"] is not None]
    for part in parts:
        factor = f" x {exact(part['factor'])}" if part["factor"] not in (None, Decimal(1)) else ""
        sign = "=" if part is parts[0] else "+"
        yield f"  {sign} {exact(part['basis'])} at {rate(part['rate'], each=each)}{factor} = {exact(part['exact'])}{_tier(part, key, words)}"
    if parts and row["exact"] != row["amount"]:
        yield f"  exactly {exact(row['exact'])}, rounded once to {amount(row['amount'], places)}"
    if row["kind"] == "clawback" and key in words.claws:
        yield f"  by the clawback {words.claws[key]}"
    if row["cause"] == "true-up":
        yield f"  corrects {row['corrects']}: what all facts known now earn, less what had been posted"
    if row["accrued"]:
        yield "  accrued: payable at the end of the plan's own span"
    if row["held"]:
        why = words.waits.get(key)
        yield f"  held: {f'it waits for {why}' if why else 'a gate holds it back until its window has ended'}"


def _place(part: Row, measure: str | None) -> str:
    """Name the place that somebody has in a contest, and what for."""
    return f"place {part['tier']}, with {exact(part['stop'])}{f' in {measure}' if measure else ''}"


def _tier(part: Row, key: tuple[str, str], words: PlanWords) -> str:
    """Name the tier of a slice, what the plan writes there, and the stretch of the measure that the slice fills."""
    if not part["tier"] or key in words.contests:
        return ""
    said = "".join(f", {t.begins}: {t.pays}" for t in words.ladders.get(key, ()) if t.tier == part["tier"])
    measure = f"{words.paid_on[key]} " if key in words.paid_on else ""
    known = None not in (part["start"], part["stop"])
    stretch = f"; {measure}{exact(part['start'])} to {exact(part['stop'])}" if known else ""
    return f"  (tier {part['tier']}{said}{stretch})"


def _standing(run: RunFolder, rows: Sequence[Row], words: PlanWords) -> Iterator[str]:
    """Say where each payee's measure stands that a component is paid on."""
    key = (rows[0]["plan"], rows[0]["component"])
    if key not in words.paid_on:
        return
    windows = list(dict.fromkeys((row["payee"], row["window_first"]) for row in rows))
    found = run.tables["measures"].filter((pl.col("plan") == key[0]) & (pl.col("measure") == words.paid_on[key]))
    for row in found.iter_rows(named=True):
        if (row["payee"], row["window_first"]) not in windows or row["value"] is None:
            continue
        quota = f" of a quota of {exact(row['quota'])}" if row["quota"] is not None else ""
        attained = f", {percent(row['attainment'])}" if row["attainment"] is not None else ""
        rated = "; the rate is the target pay over that quota" if quota and key in words.on_target else ""
        yield f"{row['payee']} has {exact(row['value'])} in {row['measure']} for {row['window']}{quota}{attained}{rated}."


def _rule(row: Row, tiers: set[int], words: PlanWords) -> Iterator[str]:
    """Quote the component as the plan writes it, with an arrow at each tier that paid."""
    goals = served(row["plan"], row["component"], filter(None, (row["goal"] or "").split(", ")), words)
    goal = f", which serves {goals}" if goals else ""
    said = f"component {row['component']} of {row['plan']}" if row["plan"] not in words.programs else f"program {row['plan']}"
    yield f"By {said} {row['version']}{goal}:"
    quoted = list(plan_text(row["place"], words))
    if not quoted:
        yield f"  {row['place']} (the plan's file is not the one that the run was made from: calculate again to see its text)"
        return
    marked = {words.tier_lines.get((row["plan"], row["component"], tier)) for tier in tiers}
    yield f"  --> {row['place']}"
    size = len(str(quoted[-1][0]))
    for number, text in quoted:
        yield f"  {number:>{size}} |{'>' if number in marked else ' '}{text}"


def plan_text(place: str, words: PlanWords) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a plan from `file:line` on, as long as they are indented deeper than the first; a program whole."""
    file, _, number = place.rpartition(":")
    lines = words.texts.get(file, "").splitlines()
    start = int(number) - 1 if number.isdigit() else len(lines)
    if start >= len(lines):
        return
    indent = len(lines[start]) - len(lines[start].lstrip())
    yield start + 1, lines[start][indent:]
    for offset, line in enumerate(lines[start + 1 : start + MOST_QUOTED], start + 2):
        if line.strip() and len(line) - len(line.lstrip()) <= indent and not lines[start].startswith("program:"):
            return
        if line.strip():
            yield offset, line[indent:]


def facts(run: RunFolder, noun: Noun, name: str, words: PlanWords) -> dict[str, Any]:
    """Return all that is needed to recompute the lines: slices, credits, measures, readings, the plan's own text."""
    lines = lines_about(run, noun, name)
    tables = run.tables
    mine = {"payee": name} if noun == "payee" else {"deal": name} if noun == "deal" else {}
    places = lines["place"].unique(maintain_order=True).to_list()
    credits = run.scan("credits").filter(pl.col("deal").is_in(lines["deal"].unique().implode())).collect()
    credits = credits.join(lines.select("deal", "payee"), on=("deal", "payee"), how="semi")
    return {
        "run": run.manifest["run"],
        "period": run.manifest["period"],
        "readings": run.manifest["readings"],
        "plans": run.manifest["plans"],
        "inputs": run.manifest["inputs"],
        "text": {place: "\n".join(text for _, text in plan_text(place, words)) for place in places},
        "lines": lines.to_dicts(),
        "slices": _slices(run, lines).to_dicts(),
        "credits": credits.to_dicts(),
        "measures": tables["measures"].join(lines.select("payee", "plan"), on=("payee", "plan"), how="semi").to_dicts(),
        **{n: _about(run, n, mine) for n in ("payouts", "exceptions", "left_out")},
    }


def _about(run: RunFolder, table: str, mine: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of a table that are about a payee or a deal; none where it has no such column."""
    scanned = run.scan(table)
    if not mine or not mine.keys() <= set(scanned.collect_schema().names()):
        return []
    return scanned.filter(*(pl.col(c) == v for c, v in mine.items())).collect().to_dicts()
