"""The catalogue of all kinds of problem, for their pages."""

from __future__ import annotations

import importlib

from commcalc.base.problem import Kind

MODULES = (
    "commcalc.language.problems",
    "commcalc.language.expression.problems",
    "commcalc.plan.problems",
    "commcalc.plan.extends_problems",
    "commcalc.plan.tests_problems",
    "commcalc.checks.problems",
    "commcalc.checks.program_problems",
    "commcalc.checks.spiff_problems",
    "commcalc.checks.sharing_problems",
    "commcalc.checks.settlement_problems",
    "commcalc.checks.measure_problems",
    "commcalc.advice.problems",
    "commcalc.inputs.problems",
    "commcalc.inputs.field_problems",
    "commcalc.inputs.crediting_problems",
    "commcalc.inputs.exchange_problems",
    "commcalc.engine.problems",
    "commcalc.engine.rule_problems",
    "commcalc.engine.currency_problems",
    "commcalc.month_end",
    "commcalc.plans_and_tables",
    "commcalc.exports.problems",
    "commcalc.ledger.problems",
    "commcalc.studies.problems",
)


def kinds() -> dict[str, Kind]:
    """Return every kind by its code."""
    found: dict[str, Kind] = {}
    for module in MODULES:
        for kind in importlib.import_module(module).KINDS:
            assert kind.code not in found or found[kind.code] is kind, f"{kind.code} is used twice"
            found[kind.code] = kind
    return found
