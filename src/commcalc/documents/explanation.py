"""An explanation in words: from the cent to the deal, the rule, the tier and the line of the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from commcalc.base.money import minor_units
from commcalc.documents.statement import amount, exact, rate
from commcalc.exports.run_folder import RunFolder

Row = Mapping[str, Any]


def lines_about(run: RunFolder, noun: str, name: str) -> pl.DataFrame:
    """Return the lines of a payee, deal or line."""
    column = {"payee": "payee", "deal": "deal", "line": "id"}[noun]
    return run.tables["lines"].filter(pl.col(column) == name)


def explained(run: RunFolder, noun: str, name: str, texts: Mapping[str, str]) -> Iterator[str]:
    """Yield the paragraphs that explain the lines of a payee, deal or line."""
    lines = lines_about(run, noun, name)
    period = run.manifest["period"]
    if noun == "payee":
        payouts = run.tables["payouts"].filter(pl.col("payee") == name)
        for row in payouts.iter_rows(named=True):
            places = minor_units(row["currency"])
            parts = [f"{amount(row[k], places)} {k}" for k in ("base", "released") if row[k]]
            yield f"{name} is paid {amount(row['payable'], places)} {row['currency']} for {period}" + (f": {' + '.join(parts)}." if parts else ".")
            if row["accrued"] or row["held"]:
                yield f"  Not payable yet: {amount(row['accrued'], places)} accrued, {amount(row['held'], places)} held."
    if noun == "deal":
        yield from _deal(run, name, lines)
    slices = run.tables["slices"].filter(pl.col("line_id").is_in(lines["id"].implode()))
    by_line = {k[0]: f.to_dicts() for k, f in slices.partition_by("line_id", as_dict=True).items()}
    for row in lines.iter_rows(named=True):
        yield ""
        yield from line_in_words(row, by_line.get(row["id"], []), texts)
    if noun == "payee":
        for row in run.tables["exceptions"].filter(pl.col("payee") == name).iter_rows(named=True):
            yield f"\nNot calculated: {row['deal'] or row['component']}: {row['reason']}; {row['mend']}."
    yield f"\nRun {run.manifest['run']} of {period}; rounding {run.manifest['readings'].get('rounding', 'half-up')}."


def _deal(run: RunFolder, name: str, lines: pl.DataFrame) -> Iterator[str]:
    if len(lines):
        total = lines["amount"].sum()
        yield f"Deal {name} earns {exact(total)} {lines['currency'][0]} in {run.manifest['period']}, in {len(lines)} lines."
    for row in run.tables["left_out"].filter(pl.col("deal") == name).iter_rows(named=True):
        yield f"Deal {name}, line {row['line']}: {row['status']} ({row['rule']})."
    for row in run.tables["exceptions"].filter(pl.col("deal") == name).iter_rows(named=True):
        yield f"Deal {name} is an exception: {row['reason']}; {row['mend']}."
    for row in run.tables["credits"].filter(pl.col("deal") == name).iter_rows(named=True):
        yield f"It counts {exact(row['amount'])} for {row['payee']} in {row['plan']}.{row['measure']}, from {exact(row['before'])} to {exact(row['before'] + row['amount'])}."


def line_in_words(row: Row, slices: list[Row], texts: Mapping[str, str]) -> Iterator[str]:
    """Yield one line's explanation: what it is, how it is made of its slices, and the plan's own words."""
    places = minor_units(row["currency"])
    what = f"deal {row['deal']}" if row["deal"] else f"the window {row['window_first'] or 'from the start'} to {row['window_last'] or 'now'}"
    kinds = {
        "earning": "earned on", "minimum": "raised to the minimum on", "maximum": "cut to the maximum on", "gate": "withheld by a gate on",
        "proration": "prorated on", "cap": "cut by the cap on", "floor": "raised to the floor for",
    }  # fmt: skip
    yield f"{row['id']}: {amount(row['amount'], places)} {row['currency']} {kinds.get(row['kind'], row['kind'])} {what}, for {row['payee']} as {row['role']}, {row['credit_date']}."
    parts = []
    for part in slices if row["kind"] == "earning" else []:
        if part["basis"] is None:
            continue
        tier = f" (tier {part['tier']}, from {exact(part['start'])} to {exact(part['stop'])})" if part["tier"] else ""
        factor = f" x {exact(part['factor'])}" if part["factor"] not in (None, Decimal(1)) else ""
        parts.append(f"{exact(part['basis'])} x {rate(part['rate'])}{factor} = {exact(part['exact'])}{tier}")
    if parts:
        yield "  " + "\n  + ".join(parts)
    if row["kind"] == "earning":
        yield f"  Exactly {exact(row['exact'])}, rounded to {amount(row['amount'], places)}."
    if row["cause"] == "true-up":
        yield f"  It corrects {row['corrects']}: what all facts known now earn, less what had been posted."
    if row["accrued"]:
        yield "  Accrued: the plan pays more slowly; it is payable at the end of its own span."
    if row["held"]:
        yield "  Held: a gate holds it back until its window has ended."
    yield f"  By {row['plan']} {row['version']}, component {row['component']}" + (f", which serves {row['goal']}" if row["goal"] else "") + f" ({row['place']}):"
    yield from ("    " + text for text in _quoted(row["place"], texts))


def _quoted(place: str, texts: Mapping[str, str]) -> list[str]:
    """Return the plan's lines from `file:line` on, as long as they are indented deeper than the first."""
    file, _, number = place.rpartition(":")
    lines = texts.get(file, "").splitlines()
    start = int(number) - 1 if number.isdigit() else 0
    if not lines or start >= len(lines):
        return []
    first = lines[start]
    indent = len(first) - len(first.lstrip())
    found = [first]
    for line in lines[start + 1 : start + 16]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        found.append(line)
    return [line[indent:] for line in found if line.strip()]


def facts(run: RunFolder, noun: str, name: str) -> dict[str, Any]:
    """Return all that is needed to recompute the lines: lines, slices, credits, measures, readings, plan digests."""
    lines = lines_about(run, noun, name)
    payees = lines["payee"].unique().to_list()
    tables = run.tables
    return {
        "run": run.manifest["run"],
        "period": run.manifest["period"],
        "readings": run.manifest["readings"],
        "plans": run.manifest["plans"],
        "inputs": run.manifest["inputs"],
        "lines": lines.to_dicts(),
        "slices": tables["slices"].filter(pl.col("line_id").is_in(lines["id"].implode())).to_dicts(),
        "credits": tables["credits"].filter(pl.col("deal").is_in(lines["deal"].implode()) & pl.col("payee").is_in(payees)).to_dicts(),
        "measures": tables["measures"].filter(pl.col("payee").is_in(payees)).to_dicts(),
        "exceptions": tables["exceptions"].filter((pl.col("deal") == name) | (pl.col("payee") == name)).to_dicts(),
    }
