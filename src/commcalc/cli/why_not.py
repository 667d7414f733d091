"""`explain --why-not`: the rule that refused a deal to a payee, and what it would have paid without it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

import commcalc
from commcalc.base.render import shown as visible
from commcalc.cli import shown
from commcalc.cli.runs import written_runs
from commcalc.language.names import nearest


def why_not(project: Path, deal: str, payee: str, period: str | None, *, machine: bool) -> None:
    """Calculate the period anew, ask why the deal did not pay the payee, and print the answer."""
    opened = commcalc.open(project)
    last = [run.name for run in written_runs(opened.root / "out")[-1:]]
    run = opened.calculate(period or next(iter(last), None), set_aside=True, progress=shown.progress(quiet=False))
    shown.progress_over(quiet=False)
    if run.result is None or run.inputs is None:
        shown.problems(run.report, opened.sources, "full")
        raise typer.Exit(shown.status(run.report))
    payees = run.inputs.tables["payees"].select("payee_id", "name").rows()
    ids = {i for i, _ in payees}
    if payee not in ids:
        _unknown("payee", payee, {**{name: i for i, name in payees if name}, **{i: i for i in ids}})
    asked = importlib.import_module("commcalc.month_end").why_not(opened, run, deal, payee)
    if not asked:
        _unknown("deal", deal, {d: d for d in run.inputs.tables["deals"]["deal_id"].unique().sort()})
    changed = _changed(opened.root / "out" / run.result.period, run.manifest)
    words = importlib.import_module("commcalc.documents.why_not")
    if machine:
        shown.as_json(words.as_facts(asked, deal, payee, run.result.period, changed))
        return
    for text in words.in_words(asked, deal, payee, run.result.period):
        print(visible(text))
    if changed:
        shown.note(f"calculated anew: since out/{run.result.period} was written, {', '.join(changed)} changed")


def _unknown(noun: str, name: str, meant: Mapping[str, str]) -> None:
    """End with the nearest name; `meant`: what each known name stands for."""
    near = name if name in meant else nearest(name, meant)
    means = "" if near is None or meant[near] == near else f", {near}"
    shown.note(visible(f"there is no {noun} `{name}`" + (f"; did you mean `{meant[near]}`{means}?" if near else "")))
    raise typer.Exit(1)


def _changed(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Name the plans and files that are not as they were when the run was written; none where there is no such run."""
    try:
        written = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        before = {**written["plans"], **written["inputs"]}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    now = {**manifest["plans"], **manifest["inputs"]}
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
