"""Plan tests checked without calculating: what they expect exists in their plans, and something is expected at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from commcalc.base.calendar import Calendar, Period
from commcalc.base.problem import Problem, Report
from commcalc.base.source import Span
from commcalc.language.names import nearest
from commcalc.language.tree import Mapping_
from commcalc.plan.load import LoadedPlan
from commcalc.plan.tests_load import LoadedTest, plans_of
from commcalc.plan.tests_problems import (
    NO_SUCH_PAYEE,
    NOT_A_PERIOD,
    NOTHING_EXPECTED,
    OUT_OF_ORDER,
    REFUSED_ALONE,
    UNKNOWN_FIGURE,
)
from commcalc.tables.results import STEPS

if TYPE_CHECKING:
    from commcalc.plan.tests_model import Expected

OF_PAYOUT = ("earned", "accrued", "held", "released", "base", "payable")
OF_MEASURE = ("attainment", "value", "quota")
OF_COMPONENT = ("exact", "cap", "floor", "gate", "minimum", "maximum", "proration", "budget", "clawback", "forfeit", "paid")
OF_PAYMENT = {column.replace("_", " "): step for step, column in STEPS.items() if column not in OF_PAYOUT}
"""What a test calls the steps of a payment."""
OF_BALANCE = ("balance draw", "balance carried", "balance held")
OF_DEBT = "balance debt "
"""What a test calls the balance of a debt, before its name."""
PAID = "paid"
"""What a test calls what is paid in the payee's currency, in all or, before its name, of a component."""
ALONE = (PAID, *OF_PAYOUT, *OF_PAYMENT, *OF_BALANCE, "total")


def check_tests(
    tests: tuple[LoadedTest, ...], plans: Mapping[str, LoadedPlan], currency: str, calendar: Calendar | None
) -> Report:
    """Return every problem of the tests that shows without calculating; the plans they write are bound, not checked."""
    report = Report()
    for loaded in tests:
        found, problems = plans_of(loaded, plans, currency)
        if not expects_refusal(loaded):
            report.extend(problems)
        report.extend(check_test(loaded, found, whole=not problems.errors))
        report.extend(periods_named(loaded, calendar))
    return report


def expects_refusal(loaded: LoadedTest) -> bool:
    """True where the project itself must be refused."""
    return any(what.refused for *_, what in loaded.test.expected())


def check_test(loaded: LoadedTest, plans: tuple[LoadedPlan, ...], *, whole: bool = True) -> Iterator[Problem]:
    """Yield what a test expects that its plans cannot give, and places that expect nothing. whole: all plans bound."""
    tree = loaded.tree
    payees = _payees(loaded)
    names = _names(plans)
    empty = True
    for path, payee, _, what in loaded.test.expected():
        empty = False
        if what.is_empty:
            place = tree.span_of(path, key=True)
            yield NOTHING_EXPECTED.at(place, where=f"`{path[-1]}`", mend="name a figure: `{commission: 100.00}`")
        if payee is not None and payees and payee not in payees:
            near = nearest(payee, payees)
            said = f"; did you mean `{near}`?" if near else ""
            place = tree.span_of(path[:2], key=True)
            yield NO_SUCH_PAYEE.at(place, name=payee, near=said, names=", ".join(payees))
        if what.refused and (what.figures or what.lines or what.exceptions is not None or what.nothing_else):
            yield REFUSED_ALONE.at(tree.span_of((*path, "refused"), key=True))
        if whole:
            yield from _figures(loaded, path, what, names)
    if empty or not all(_filled(loaded)):
        place = tree.span_of(("expect",), key=True)
        yield NOTHING_EXPECTED.at(place, where="`expect`", mend="name a period and a figure: `{2026-01: {commission: 100.00}}`")


def _filled(loaded: LoadedTest) -> Iterator[bool]:
    """Whether each payee that `expect` names has a period."""
    node = loaded.tree.node_at(("expect",))
    for _, inner in node.entries if isinstance(node, Mapping_) else ():
        yield not isinstance(inner, Mapping_) or bool(inner.entries)


def _payees(loaded: LoadedTest) -> list[str]:
    """The ids given in the test; none where they stand in a file."""
    said = loaded.test.given.payees
    if isinstance(said, dict):
        return list(said)
    if isinstance(said, list):
        return [row[key] for row in said for key in ("payee", "payee_id") if key in row]
    return []


def _names(plans: tuple[LoadedPlan, ...]) -> dict[str, list[str]]:
    """What can be named: components (also as `plan.component`) and measures."""
    components = [c for p in plans for c in p.plan.components]
    return {
        "components": [*dict.fromkeys(components), *(f"{p.plan.plan}.{c}" for p in plans for c in p.plan.components)],
        "debts": [f"{OF_DEBT}{d.name}" for p in plans for d in p.plan.payment.named_debts],
        "measures": list(dict.fromkeys(m for p in plans for m in p.plan.measures)),
    }


def _figures(loaded: LoadedTest, path: tuple[str, ...], what: Expected, names: Mapping[str, list[str]]) -> Iterator[Problem]:
    for figure in what.figures:
        place = loaded.tree.span_of((*path, figure), key=True)
        head, _, rest = figure.partition(" ")
        if figure in names["components"] or figure in ALONE or (head == "deal" and rest) or figure in names["debts"]:
            continue
        known = names["measures"] if head in OF_MEASURE else names["components"] if head in OF_COMPONENT else []
        if rest in known and rest:
            continue
        every = [*known] if known and rest else [*names["components"], *ALONE, *names["debts"]]
        yield _unknown(figure, rest if known and rest else figure, head if known and rest else "", (every, place))
    for number, line in enumerate(what.lines or ()):
        if line.component is not None and line.component not in names["components"]:
            place = loaded.tree.span_of((*path, "lines", number, "component"))
            yield _unknown(line.component, line.component, "", (names["components"], place))
        if not line.model_fields_set:
            place = loaded.tree.span_of((*path, "lines", number))
            yield NOTHING_EXPECTED.at(place, where="a line", mend="name its deal and a figure: `{deal: D1, amount: 100.00}`")


def _unknown(figure: str, word: str, head: str, known: tuple[list[str], Span]) -> Problem:
    names, place = known
    near = nearest(word, names)
    written = f"{head} {near}".strip()
    suggestion = f"; did you mean `{written}`?" if near else ""
    mend = f"write `{written}`" if near else f"the figures here are {', '.join(f'{head} {n}'.strip() for n in names)}"
    return UNKNOWN_FIGURE.at(place, name=figure, near=suggestion, mend=mend)


def periods_named(loaded: LoadedTest, calendar: Calendar | None) -> Iterator[Problem]:
    """Yield what is no period of the calendar; nothing where the calendar is a table that was not read."""
    if calendar is None:
        return
    for path, _, period, _ in loaded.test.expected():
        if calendar.period_named(period) is None:
            place = loaded.tree.span_of(path, key=True)
            yield NOT_A_PERIOD.at(place, name=period, example="2026-01, 2026-Q1 or 2026")
    last: Period | None = None
    for number, name in enumerate(loaded.test.given.closed):
        place = loaded.tree.span_of(("given", "closed", number))
        found = calendar.period_named(name)
        if found is None:
            yield NOT_A_PERIOD.at(place, name=name, example="2026-01, 2026-Q1 or 2026")
        elif last is not None and found.first != last.last + timedelta(days=1):
            yield OUT_OF_ORDER.at(place, name=name, last=last.name)
        last = found or last
