"""Exchange said: where money is in other currencies, plan or project says by which kind of rate it is converted."""

from __future__ import annotations

from commcalc.base.problem import Report
from commcalc.inputs.exchange_problems import NO_KIND_OF_RATE
from commcalc.inputs.project import ProjectFile
from commcalc.inputs.tables import Inputs
from commcalc.plan.exchange import exchange_of
from commcalc.plan.load import LoadedPlan


def rates_not_said(file: ProjectFile, plans: tuple[LoadedPlan, ...], inputs: Inputs, report: Report) -> None:
    """Where money is in another currency than the plan's, the plan or the project says by which kind of rate it is converted."""
    also = "" if "fx" in file.model.tables else "; the rates stand in a table `fx`"
    for table, what, key in (
        ("deals", ("deal is", "deals are"), "credit"),
        ("payees", ("payee is paid", "payees are paid"), "pay"),
    ):
        rows = inputs.tables[table]
        if "currency" not in rows.columns:
            continue
        foreign = rows["currency"].drop_nulls().filter(rows["currency"].drop_nulls() != file.model.currency)
        for loaded in plans if len(foreign) else ():
            if getattr(exchange_of(file.model.fx, loaded.plan), key) is None:
                place = loaded.tree.span_of(("currency",), key=True)
                facts = {
                    "count": len(foreign),
                    "what": what[len(foreign) > 1],
                    "currency": foreign[0],
                    "plan": loaded.plan.plan,
                    "key": key,
                }
                report.add(NO_KIND_OF_RATE.at(place, **facts, also=also))
