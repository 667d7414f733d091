"""Rules: a plan's expressions, tables and curves as columns of the table they are asked about."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from commcalc.language.expression import ATTAINED, SCALE, Expression, walk, without_division
from commcalc.language.expression.nodes import Call, Member, Name, Node, Number, Text
from commcalc.language.fields import Cell
from commcalc.plan.model import Param, Plan
from commcalc.plan.shapes import Bands, Matrix, Points, Rows, expressions_of
from commcalc.tables.exact import D, as_text, exact_lit, product, quotient, whole_quotient
from commcalc.tables.expression import compile_expression

BUILT_IN = {
    "credit_date": "~d",
    "role": "~role",
    "level": "~level",
    "share": "~share",
    "window_ended": "~ended",
    "months_served": "~months",
    "days_served": "~days",
}
RESERVED = frozenset({"value", "quota", "attainment"})


@dataclass(frozen=True, slots=True)
class Reads:
    """What a value looks at: measures, payee fields, params, deal columns; and measures whose attainment or quota it asks for."""

    measures: frozenset[str]
    payee: frozenset[str]
    params: frozenset[str]
    columns: frozenset[str]
    components: frozenset[str]
    quotas: frozenset[str] = frozenset()

    def __or__(self, other: Reads) -> Reads:
        return Reads(
            self.measures | other.measures,
            self.payee | other.payee,
            self.params | other.params,
            self.columns | other.columns,
            self.components | other.components,
            self.quotas | other.quotas,
        )


NOTHING = Reads(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())


def _of_measure(what: str, measure: str | None) -> Reads:
    if measure is None:
        return NOTHING
    one, none = frozenset({measure}), frozenset[str]()
    return Reads(one, none, none, none, none, none if what == "value" else one)


@dataclass(frozen=True, slots=True)
class Rules:
    """How the names in a plan's rules are read.

    A deal column is itself; `payee.x` is the column of that name, `param.x` is worked out from the assignment,
    the payee, the title or the default; `value('m')` is the column `value:m`, likewise quota and attainment.
    """

    plan: Plan
    rounding: str
    own: str | None = None  # the measure that bare value, quota and attainment speak of
    assigned: frozenset[str] = frozenset()  # params that assignments override, as columns `assign.x`

    def on(self, measure: str | None) -> Rules:
        """Return these rules with bare value, quota and attainment speaking of `measure`."""
        return Rules(self.plan, self.rounding, measure, self.assigned)

    def reads(self, *values: object) -> Reads:
        """Return all that the values look at, through columns, params and named tables of the plan."""
        found = NOTHING
        for value in values:
            for expression in expressions_of(value):
                for node in walk(expression.node):
                    found = found | self._read(node)
        return found

    def _read(self, node: Node) -> Reads:
        none: frozenset[str] = frozenset()
        if isinstance(node, Member):
            return Reads(none, frozenset({node.id}), none, none, none)
        if isinstance(node, Name):
            if node.id in RESERVED:
                return _of_measure(node.id, self.own)
            if node.id in self.plan.params:
                inner = self.reads(*_param_values(self.plan.params[node.id]))
                title = frozenset({"title"}) if _has_titles(self.plan.params[node.id]) else none
                return inner | Reads(none, title, frozenset({node.id}), none, none)
            if node.id in self.plan.columns:
                return self.reads(self.plan.columns[node.id]) | Reads(none, none, none, frozenset({node.id}), none)
            return Reads(none, none, none, frozenset({node.id}), none)
        if isinstance(node, Call) and node.args:
            first = node.args[0]
            if isinstance(first, Text):
                if node.function in RESERVED:
                    return _of_measure(node.function, first.value)
                if node.function == "earned":
                    return Reads(none, none, none, none, frozenset({first.value}))
                if node.function == "table" and first.value in self.plan.tables:
                    return self.reads(self.plan.tables[first.value])
        if isinstance(node, Call) and node.function in RESERVED and not node.args:
            return _of_measure(node.function, self.own)
        return NOTHING

    def value(self, value: object) -> pl.Expr:
        """Return a value of the plan as a column; empty where no row of a table fits or a name in it is empty."""
        if isinstance(value, Rows | Matrix):
            return self._table(list(value.by), [(cells, v) for cells, v in value.entries()])
        if isinstance(value, Points | Bands):
            numerator, divisor = self.parts(value)
            return numerator if divisor is None else quotient(numerator, divisor)
        assert isinstance(value, Expression), value
        return self.expression(value)

    def parts(self, value: object) -> tuple[pl.Expr, pl.Expr | None]:
        """Return a value as numerator and divisor, so that a figure made with it is divided once."""
        if isinstance(value, Bands):
            return self._bands(value)
        if not isinstance(value, Points):
            return self.value(value), None
        x, scale = self.abscissa(value.by)
        points = [(self.expression(a), self.value(p)) for a, p in value.points.items()]
        cuts = [(product(a, scale) if scale is not None else a, p) for a, p in points]
        if value.between == "steps":
            return _steps(x, cuts, self._outside(value.before, cuts[0][1]), self._outside(value.beyond, cuts[-1][1])), None
        pieces = self._segments(value, cuts)
        return _choose(x, cuts, [_line(x, *p)[0] for p in pieces]), _choose(x, cuts, [_line(x, *p)[1] for p in pieces])

    def _bands(self, said: Bands) -> tuple[pl.Expr, pl.Expr | None]:
        """The start of the band reached and so much for each point above it: one numerator over the quota."""
        x, scale = self.abscissa(said.by)
        known = pl.when(x.is_null()).then(pl.lit(None, dtype=D))
        numerator, divisor = self.expression(said.before), exact_lit(Decimal(1))
        for band in said.bands:
            start = self.expression(band.start)
            cut = start if scale is None else product(start, scale)
            pay = self.expression(band.pay)
            each = self.expression(band.per_point) if band.per_point is not None else exact_lit(Decimal(0))
            above = product(x - cut, exact_lit(Decimal(said.point)))
            if said.fractions == "drop":
                figure, over = pay + product(each, whole_quotient(above, scale)), exact_lit(Decimal(1))
            else:
                figure = (pay if scale is None else product(pay, scale)) + product(each, above)
                over = scale if scale is not None else exact_lit(Decimal(1))
            numerator = pl.when(x >= cut).then(figure).otherwise(numerator)
            divisor = pl.when(x >= cut).then(over).otherwise(divisor)
        return known.otherwise(numerator), known.otherwise(divisor)

    def expression(self, expression: Expression) -> pl.Expr:
        """Return an expression as a column; comparisons with attainment do not divide (semantics 4.6)."""
        return compile_expression(without_division(expression.node), self._name, self.rounding)

    def _name(self, node: Node) -> pl.Expr:
        if isinstance(node, Member):
            return pl.col(f"payee.{node.id}")
        if isinstance(node, Name):
            if node.id in RESERVED:
                return pl.col(f"{node.id}:{self.own}")
            for number, word in enumerate((ATTAINED, SCALE)):
                if node.id.startswith(word):
                    return self.attained(node.id.removeprefix(word) or self.own or "")[number]
            if node.id in self.plan.params:
                return self._param(node.id)
            if node.id == "currency":
                return pl.lit(self.plan.currency)
            return pl.col(BUILT_IN.get(node.id, node.id))
        assert isinstance(node, Call), node
        if node.function == "table":
            first = node.args[0]
            assert isinstance(first, Text)
            return self.value(self.plan.tables[first.value])
        target = node.args[0].value if node.args else self.own  # type: ignore[union-attr]
        return pl.col(f"{node.function}:{target}")

    def _param(self, name: str) -> pl.Expr:
        """The assignment's own figure, else the payee's, else the title's, else the default; one that is said and empty stays empty."""
        param = self.plan.params[name]
        chosen = self.value(param.default if isinstance(param, Param) else param)
        if isinstance(param, Param):
            for column, values in (("payee.title", param.title), ("payee.payee_id", param.payee)):
                for key, value in values.items():
                    chosen = pl.when(pl.col(column) == key).then(self.expression(value)).otherwise(chosen)
        return pl.coalesce(f"assign.{name}", chosen) if name in self.assigned else chosen

    def _table(self, by: list[Expression], rows: list[tuple[tuple[Cell, ...], Expression]]) -> pl.Expr:
        """Most specific row first: fewer `any`, then more single values; equal rank never overlaps (checked)."""
        looked_up = [self.abscissa(k) for k in by]
        keys = [k for k, _ in looked_up]
        if len(by) == 1 and (found := _looked_up(keys[0], [(cells[0], value) for cells, value in rows])) is not None:
            return found
        ranked = sorted(rows, key=lambda r: (sum(c.kind == "any" for c in r[0]), sum(c.kind != "value" for c in r[0])))
        chain: pl.Expr = pl.lit(None, dtype=D)
        for cells, value in reversed(ranked):
            chain = pl.when(_holds(looked_up, cells)).then(self.expression(value)).otherwise(chain)
        known = [k.is_not_null() for i, k in enumerate(keys) if any(r[0][i].kind != "any" for r in rows)]
        return pl.when(pl.all_horizontal(known)).then(chain) if known else chain

    def abscissa(self, by: Expression) -> tuple[pl.Expr, pl.Expr | None]:
        """Return what a table, curve or tier is read at, and for plain attainment the scale of its bounds."""
        measure = attainment_of(by.node, self.own)
        return self.attained(measure) if measure is not None else (self.expression(by), None)

    def attained(self, measure: str) -> tuple[pl.Expr, pl.Expr]:
        """Return attainment undivided: value and quota over their common divisor.

        Without a quota it is what the plan says that means, 0% or 100%, and rounded where so said: the scale is then 1.
        """
        if self.plan.measures[measure].round:
            return pl.col(f"attainment:{measure}"), exact_lit(Decimal(1))
        good = (pl.col(f"quota_num:{measure}") > 0).fill_null(value=False)
        value = product(pl.col(f"value:{measure}"), pl.col(f"quota_den:{measure}"))
        x = pl.when(good).then(value).otherwise(pl.col(f"attainment:{measure}"))
        return x, pl.when(good).then(pl.col(f"quota_num:{measure}")).otherwise(exact_lit(Decimal(1)))

    def _outside(self, said: object, outermost: pl.Expr) -> pl.Expr:
        return outermost if said in ("flat", "extend") else self.expression(said)  # type: ignore[arg-type]

    def _segments(self, curve: Points, cuts: list[Cut]) -> list[tuple[Cut, Cut | None]]:
        """Return the stretches of a curve: below the first point, between each two, beyond the last."""
        first: tuple[Cut, Cut | None] = (
            (cuts[0], cuts[1])
            if curve.before == "extend" and len(cuts) > 1
            else ((cuts[0][0], self._outside(curve.before, cuts[0][1])), None)
        )
        last: tuple[Cut, Cut | None] = (
            (cuts[-2], cuts[-1])
            if curve.beyond == "extend" and len(cuts) > 1
            else ((cuts[-1][0], self._outside(curve.beyond, cuts[-1][1])), None)
        )
        return [first, *itertools.pairwise(cuts), last]


Cut = tuple[pl.Expr, pl.Expr]


def attainment_of(node: Node, own: str | None) -> str | None:
    """Return the measure where `node` is plain `attainment` or `attainment('m')`, else None."""
    if isinstance(node, Name) and node.id == "attainment":
        return own
    if isinstance(node, Call) and node.function == "attainment":
        return _named(node, own)
    return None


def value_of(node: Node, own: str | None) -> str | None:
    """Return the measure where `node` is plain `value` or `value('m')`, else None."""
    if isinstance(node, Name) and node.id == "value":
        return own
    if isinstance(node, Call) and node.function == "value":
        return _named(node, own)
    return None


def _named(node: Call, own: str | None) -> str | None:
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, Text) else own


def _steps(x: pl.Expr, cuts: list[Cut], below: pl.Expr, beyond: pl.Expr) -> pl.Expr:
    """The value at the highest point reached; below the first and beyond the last what is said of these."""
    chain = below
    for cut, pay in cuts:
        chain = pl.when(x >= cut).then(pay).otherwise(chain)
    chain = pl.when(x > cuts[-1][0]).then(beyond).otherwise(chain)
    return pl.when(x.is_null()).then(pl.lit(None, dtype=D)).otherwise(chain)


def _line(x: pl.Expr, low: Cut, high: Cut | None) -> tuple[pl.Expr, pl.Expr]:
    """p0 + (x - a0)(p1 - p0) / (a1 - a0) as one numerator over one divisor; flat where there is no second point."""
    a0, p0 = low
    if high is None:
        return p0, exact_lit(Decimal(1))
    a1, p1 = high
    return product(p0, a1 - a0) + product(x - a0, p1 - p0), a1 - a0


def _choose(x: pl.Expr, cuts: list[Cut], pieces: list[pl.Expr]) -> pl.Expr:
    """The piece whose stretch holds x; a point belongs to the stretch that it ends or starts, which agree there."""
    chain = pl.when(x.is_null()).then(pl.lit(None, dtype=D)).when(x > cuts[-1][0]).then(pieces[-1])
    for (start, _), piece in reversed(list(zip(cuts[:-1], pieces[1:-1], strict=True))):
        chain = chain.when(x >= start).then(piece)
    return chain.otherwise(pieces[0])


def _looked_up(key: pl.Expr, rows: list[tuple[Cell, Expression]]) -> pl.Expr | None:
    """Return the value of each text in a table of single texts and plain numbers: found by its digest, not row by row."""
    texts = {c.value: constant(v) for c, v in rows if c.kind == "value"}
    others = [constant(v) for c, v in rows if c.kind == "any"]
    plain = all(isinstance(t, str) for t in texts) and None not in texts.values() and None not in others
    if not plain or len(texts) + len(others) < len(rows) or not texts:
        return None
    default = exact_lit(others[0]) if others else pl.lit(None, dtype=D)  # type: ignore[arg-type]
    values = pl.Series([as_text(v) for v in texts.values() if v is not None], dtype=pl.String).cast(D)
    found = key.replace_strict(list(texts), values, default=default, return_dtype=D)
    return pl.when(key.is_not_null()).then(found)


def _holds(keys: list[tuple[pl.Expr, pl.Expr | None]], cells: tuple[Cell, ...]) -> pl.Expr:
    tests = [_cell(k, c, scale) for (k, scale), c in zip(keys, cells, strict=True) if c.kind != "any"]
    return pl.all_horizontal(tests) if tests else pl.lit(value=True)


def _cell(key: pl.Expr, cell: Cell, scale: pl.Expr | None) -> pl.Expr:
    if cell.kind == "value":
        return key == _bound(cell.value, scale)
    tests = []
    if cell.low is not None:
        low = _bound(cell.low, scale)
        tests.append(key >= low if cell.low_in else key > low)
    if cell.high is not None:
        high = _bound(cell.high, scale)
        tests.append(key <= high if cell.high_in else key < high)
    return pl.all_horizontal(tests)


def _bound(value: object, scale: pl.Expr | None) -> pl.Expr:
    if not isinstance(value, Decimal):
        return pl.lit(value)
    return exact_lit(value) if scale is None else product(exact_lit(value), scale)


def constant(value: object) -> Decimal | None:
    """Return the number where a value is one plain literal, else None."""
    if isinstance(value, Expression) and isinstance(value.node, Number):
        return value.node.value
    return None


def _param_values(param: object) -> list[object]:
    if isinstance(param, Param):
        return [param.default, *param.title.values(), *param.payee.values()]
    return [param]


def _has_titles(param: object) -> bool:
    return isinstance(param, Param) and bool(param.title)


def deal_rules(component: object) -> list[object]:
    """Return what a component asks of each deal: basis, conditions, rate, tiers, factors and kickers."""
    found = [getattr(component, k, None) for k in ("basis", "where", "eligible", "pay")]
    rate, steps = getattr(component, "rate", None), getattr(component, "accelerators", None)
    for tiers in (rate, steps):
        if hasattr(tiers, "tiers"):
            found += [tiers.by, *(t.start for t in tiers.tiers), *(t.pay for t in tiers.tiers)]  # type: ignore[union-attr]
        elif tiers is not None and not isinstance(tiers, str):
            found.append(tiers)
    for extra in (*component.multiply, *component.kickers):  # type: ignore[attr-defined]
        found += [getattr(extra, "factor", None), getattr(extra, "add", None), extra.when]
    return [v for v in found if v is not None]
