"""A walk through a plan: every expression with its path and what is in scope where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from commcalc.language.expression import Expression
from commcalc.plan.components import Bonus, Commission, Contest, Pool, Spiff
from commcalc.plan.components.common import ComponentBase, Limit
from commcalc.plan.components.spiff import Budget
from commcalc.plan.draws import Debt
from commcalc.plan.model import Param, Plan
from commcalc.plan.payment import Payment
from commcalc.plan.shapes import Bands, Matrix, Points, Rows
from commcalc.plan.targets import PartOf
from commcalc.plan.tiers import Tiers

Wanted = Literal["any", "condition", "figure"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An expression of a plan: where it stands and what it may look at."""

    path: Path
    expression: Expression
    wanted: Wanted
    deal: bool  # a deal is in scope
    own: str | None = None  # the measure of bare value, quota, attainment
    component: str | None = None
    key: bool = False  # it is a key of the file, not a value


def named(path: Path) -> str:
    """Say where in a plan something stands: `rate of new-business`, `where of bookings`."""
    words = [p if isinstance(p, str) else f"no. {p + 1}" for p in path]
    if words[-1] == "when" and len(words) > 3:
        del words[-1]  # what has a condition is known by its own key: a gate, a multiplier
    if path[0] in ("components", "measures") and len(words) > 2:
        return f"{' '.join(words[2:])} of {words[1]}"
    return f"{words[-1]} of {words[0]}" if len(words) > 1 else words[0]


def places(plan: Plan) -> Iterator[Place]:
    """Yield every expression of the plan in the order of its file."""
    for name, param in plan.params.items():
        path: Path = ("params", name)
        if isinstance(param, Param):
            yield from _value((*path, "default"), param.default, Place((), _NONE, "figure", deal=False))
            for kind, values in (("title", param.title), ("payee", param.payee)):
                for key, value in values.items():
                    yield Place((*path, kind, key), value, "figure", deal=False)
        else:
            yield Place(path, param, "figure", deal=False)
    for name, value in plan.columns.items():
        yield from _value(("columns", name), value, Place((), _NONE, "any", deal=True))
    for name, value in plan.tables.items():
        yield from _value(("tables", name), value, Place((), _NONE, "any", deal=True))
    for name, measure in plan.measures.items():
        yield from _measure(("measures", name), name, measure)
    for name, component in plan.components.items():
        yield from component_places(name, component)
    for number, cap in enumerate(plan.caps):
        if not isinstance(cap.at, PartOf):
            yield Place(("caps", number, "at"), cap.at, "figure", deal=cap.of_deals)
    if plan.payment.ote is not None:
        yield from _value(("payment", "ote"), plan.payment.ote, Place((), _NONE, "figure", deal=False))
    yield from _payment(plan.payment)


def _payment(payment: Payment) -> Iterator[Place]:
    """Yield the amounts of draws, charges and limits of a payment: figures of a payee."""
    like = Place((), _NONE, "figure", deal=False)
    for number, charge in enumerate(payment.charges):
        yield from _value((*_nth("charges", payment.charges, number), "amount"), charge.amount, like)
    for number, draw in enumerate(payment.draw):
        inner = _nth("draw", payment.draw, number)
        yield from _value((*inner, "amount"), draw.amount, like)
        if draw.balance_limit is not None:
            yield _at((*inner, "balance_limit"), draw.balance_limit, like)
        for key in ("protect", "limit"):
            said = getattr(draw.recover, key, None)
            if said is not None:
                yield _at((*inner, "recover", key), said, like)
    for number, debt in enumerate(payment.debts):
        for key in ("protect", "limit") if isinstance(debt, Debt) else ():
            said = getattr(debt.recover, key)  # type: ignore[union-attr]
            if said is not None:
                yield _at((*_nth("debts", payment.debts, number), "recover", key), said, like)
    if payment.minimum is not None:
        yield from _value(("payment", "minimum"), payment.minimum, like)
    if payment.maximum is not None:
        yield from _value(("payment", "maximum", "at"), payment.maximum.at, like)


def _nth(key: str, items: Sequence[object], number: int) -> Path:
    """Return the path of one of several of a payment that may also stand alone."""
    return _nth_of(("payment",), key, items, number)


_NONE = Expression("0", None)  # type: ignore[arg-type]


def _at(path: Path, expression: Expression, like: Place, wanted: Wanted | None = None) -> Place:
    return Place(path, expression, wanted or like.wanted, like.deal, like.own, like.component)


def _value(path: Path, value: object, like: Place) -> Iterator[Place]:
    """Yield the expressions of a value: keys looked up may be of any type, values are what is wanted."""
    if isinstance(value, Expression):
        yield _at(path, value, like)
    elif isinstance(value, Rows | Matrix):
        for number, key in enumerate(value.by):
            yield _at((*path, "by", number) if len(value.by) > 1 else (*path, "by"), key, like, "any")
        if isinstance(value, Matrix):
            for down, across, given in value.cells():
                yield _at((*path, "matrix", down, across), given, like)
        elif isinstance(value.rows, dict):
            for cell, given in value.rows.items():
                yield _at((*path, "rows", cell.text), given, like)
        else:
            for number, row in enumerate(value.rows):
                yield _at((*path, "rows", number, len(row.cells)), row.value, like)
    elif isinstance(value, Bands):
        yield _at((*path, "by"), value.by, like, "figure")
        yield _at((*path, "before"), value.before, like)
        for number, band in enumerate(value.bands):
            yield _at((*path, "bands", number, "from"), band.start, like, "figure")
            yield _at((*path, "bands", number, "pay"), band.pay, like)
            if band.per_point is not None:
                yield _at((*path, "bands", number, "per_point"), band.per_point, like)
    elif isinstance(value, Points):
        yield _at((*path, "by"), value.by, like, "figure")
        for x, y in value.points.items():
            yield replace(_at((*path, "points", x.text), x, like, "figure"), key=True)
            yield _at((*path, "points", x.text), y, like)
        for side, said in (("before", value.before), ("beyond", value.beyond)):
            if isinstance(said, Expression):
                yield _at((*path, side), said, like)


def _measure(path: Path, name: str, measure: object) -> Iterator[Place]:
    aggregate = measure.aggregate  # type: ignore[attr-defined]
    deal = aggregate != "formula"
    expression = measure.expression  # type: ignore[attr-defined]
    if expression is not None:
        wanted: Wanted = "any" if aggregate == "distinct" else "figure"
        yield Place((*path, aggregate), expression, wanted, deal)
    for key, wanted_ in (("where", "condition"), ("weighted_by", "figure")):
        said = getattr(measure, key, None)
        if said is not None:
            yield Place((*path, key), said, wanted_, deal=True)  # type: ignore[arg-type]
    if measure.weight is not None:  # type: ignore[attr-defined]
        yield from _value((*path, "weight"), measure.weight, Place((), _NONE, "figure", deal=True))  # type: ignore[attr-defined]
    if measure.quota is not None and not isinstance(measure.quota, str):  # type: ignore[attr-defined]
        yield from _value((*path, "quota"), measure.quota, Place((), _NONE, "figure", deal=False))  # type: ignore[attr-defined]
    if measure.ramp is not None:  # type: ignore[attr-defined]
        yield from _value((*path, "ramp"), measure.ramp, Place((), _NONE, "figure", deal=False))  # type: ignore[attr-defined]
    del name


def component_places(name: str, component: ComponentBase) -> Iterator[Place]:
    """Yield every expression of one component."""
    path: Path = ("components", name)
    own = getattr(component, "on", None)
    line = Place((), _NONE, "figure", not component.per_payee, own, name)
    payee = Place((), _NONE, "figure", False, own, name)
    if component.eligible is not None:
        yield _at((*path, "eligible"), component.eligible, payee, "condition")
    if component.where is not None:
        yield _at((*path, "where"), component.where, line, "condition")
    if component.target is not None and not isinstance(component.target, PartOf):
        yield _at((*path, "target"), component.target, payee)
    yield from _listed(path, "kickers", component.kickers, "add", line)
    yield from _listed(path, "multiply", component.multiply, "factor", line)
    for number, gate in enumerate(component.gate):
        inner = (*path, "gate") if len(component.gate) == 1 else (*path, "gate", number)
        yield _at((*inner, "when"), gate.when, payee, "condition")
        yield _at((*inner, "else"), gate.otherwise, payee)
    for key, limits in (("cap", component.caps), ("floor", component.floors)):
        yield from _limits((*path, key), limits, line, payee)
    for number, claw in enumerate(component.clawback):
        if not isinstance(claw.take, str):
            yield from _value((*_nth_of(path, "clawback", component.clawback, number), "take"), claw.take, line)
    yield from _kind(path, component, line, payee)


def _nth_of(path: Path, key: str, items: Sequence[object], number: int) -> Path:
    return (*path, key) if len(items) == 1 else (*path, key, number)


def _listed(path: Path, key: str, items: tuple[object, ...], field: str, like: Place) -> Iterator[Place]:
    for number, item in enumerate(items):
        inner = (*path, key) if len(items) == 1 else (*path, key, number)
        yield from _value((*inner, field), getattr(item, field), like)
        if item.when is not None:  # type: ignore[attr-defined]
            yield _at((*inner, "when"), item.when, like, "condition")  # type: ignore[attr-defined]


def _limits(path: Path, limits: tuple[Limit, ...], line: Place, payee: Place) -> Iterator[Place]:
    for number, limit in enumerate(limits):
        inner = path if len(limits) == 1 else (*path, number)
        if not isinstance(limit.at, PartOf):
            yield _at((*inner, "at"), limit.at, line if limit.per == "deal" else payee)


def _kind(path: Path, component: ComponentBase, line: Place, payee: Place) -> Iterator[Place]:
    if isinstance(component, Commission):
        if component.basis is not None:
            yield _at((*path, "basis"), component.basis, line)
        if isinstance(component.rate, Tiers):
            yield from _tiers((*path, "rate"), component.rate, line)
        elif not isinstance(component.rate, str):
            yield from _value((*path, "rate"), component.rate, line)
        if component.accelerators is not None:
            yield from _tiers((*path, "accelerators"), component.accelerators, line)
    elif isinstance(component, Bonus):
        yield from _value((*path, "payout"), component.payout, payee)
    elif isinstance(component, Contest):
        for where, prize in component.prizes.items():
            yield _at((*path, "prizes", where.text), prize, payee)
        if component.qualify is not None:
            yield _at((*path, "qualify"), component.qualify, payee, "condition")
    elif isinstance(component, Pool):
        yield from _value((*path, "fund"), component.fund, payee)
        if not isinstance(component.shared_by, str):
            yield _at((*path, "shared_by"), component.shared_by, payee)
    elif isinstance(component, Spiff):
        yield from _value((*path, "pay"), component.pay, line)
        if component.when is not None:
            yield _at((*path, "when"), component.when, payee, "condition")
        if component.minimum is not None:
            yield from _value((*path, "minimum"), component.minimum, payee)
        if isinstance(component.budget, Budget):
            yield _at((*path, "budget", "amount"), component.budget.amount, payee)
        if component.basis is not None:
            yield _at((*path, "basis"), component.basis, line)


def _tiers(path: Path, tiers: Tiers, line: Place) -> Iterator[Place]:
    yield _at((*path, "by"), tiers.by, line)
    for number, tier in enumerate(tiers.tiers):
        key = "from" if tier.includes else "above"
        yield _at((*path, "tiers", number, key), tier.start, line)
        yield from _value((*path, "tiers", number, "pay"), tier.pay, line)
