"""What a test expects beside what was calculated: every figure that is not exactly as expected, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from commcalc.base.money import minor_units
from commcalc.base.problem import Problem
from commcalc.checks.plan_tests import ALONE, OF_BALANCE, OF_COMPONENT, OF_DEBT, OF_MEASURE, OF_PAYMENT, OF_PAYOUT, PAID
from commcalc.documents.explanation import line_in_words
from commcalc.documents.figures import amount, exact, percent
from commcalc.documents.plan_words import PlanWords, words_of
from commcalc.engine.result import Result
from commcalc.language.expression.nodes import Number
from commcalc.plan.load import LoadedPlan
from commcalc.plan.tests_load import LoadedTest
from commcalc.plan.tests_model import FIGURES, SELECTORS, Expected, ExpectedLine
from commcalc.studies.problems import NOT_AS_EXPECTED

Row = Mapping[str, Any]
ZERO = Decimal(0)
MOST_LINES = 5
PAID_FOR = ("released", "clawback")


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not as expected: the problem at its place, and how the figure was made."""

    problem: Problem
    how: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run gave one payee (everybody, where a test has one payee)."""

    lines: Sequence[Row]
    slices: Mapping[str, Sequence[Row]]
    payouts: Sequence[Row]
    payments: Sequence[Row]
    balances: Sequence[Row]
    measures: Sequence[Row]
    exceptions: Sequence[Row]
    words: PlanWords = field(default_factory=PlanWords)

    @classmethod
    def of(cls, result: Result, payee: str | None, plans: tuple[LoadedPlan, ...]) -> Seen:
        """Take what a result has of a payee."""

        def mine(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [row for row in rows if payee is None or row["payee"] == payee]

        slices: dict[str, list[Row]] = {}
        for row in result.slices.sort("line_id", "n").to_dicts():
            slices.setdefault(row["line_id"], []).append(row)
        return cls(
            mine(result.lines.to_dicts()),
            slices,
            mine(result.payouts.to_dicts()),
            mine(result.payments.to_dicts()),
            mine(result.balances.to_dicts()),
            mine(result.measures.to_dicts()),
            result.exceptions.to_dicts(),
            words_of(plans, {file: digest for p in plans for file, digest in p.digests.items()}),
        )

    def component(self, name: str) -> list[Row]:
        """Return the lines of `component`, or of `plan.component`."""
        return [r for r in self.lines if name in (r["component"], f"{r['plan']}.{r['component']}")]


@dataclass(frozen=True, slots=True)
class Looked:
    """A figure that was looked up: what it is, the lines that make it and the measures that it stands on."""

    value: Decimal | None
    lines: Sequence[Row] = ()
    measures: Sequence[Row] = ()
    payouts: Sequence[Row] = ()
    steps: Sequence[Row] = ()
    balances: Sequence[Row] = ()
    ratio: bool = False


@dataclass(frozen=True, slots=True)
class At:
    """Where an expectation stands, and of whom and when it speaks."""

    loaded: LoadedTest
    path: tuple[str, ...]
    payee: str | None
    period: str

    def problem(self, path: Sequence[str | int], what: str, found: str, expected: str) -> Problem:
        """Return the problem of a figure at a place below this one."""
        whom = f"{self.payee}, " if self.payee else ""
        place = self.loaded.tree.span_of((*self.path, *path))
        return NOT_AS_EXPECTED.at(place, what=f"{whom}{self.period}: {what}", found=found, expected=expected)


def differences(at: At, expected: Expected, seen: Seen, components: Sequence[str]) -> list[Difference]:
    """Return every figure that is not as expected, in the order of the file; only what is named is compared."""
    found = [d for name, figure in expected.figures.items() for d in _figure(at, name, figure, seen, components)]
    for number, line in enumerate(expected.lines or ()):
        found += _line(at, number, line, seen)
    found += _exceptions(at, expected, seen)
    if expected.nothing_else:
        found += _others(at, expected, seen, components)
    return sorted(found, key=lambda d: (d.problem.place.line, d.problem.place.column) if d.problem.place else (0, 0))  # type: ignore[union-attr]


def _figure(at: At, name: str, figure: Number, seen: Seen, components: Sequence[str]) -> Iterator[Difference]:
    looked = _look(name, seen, components)
    currencies = {(row.get("paid_currency") if name.split(" ")[0] == PAID else None) or row["currency"] for row in seen.payouts}
    if looked.value != figure.value:
        shown = percent_or(figure.value, looked)
        less = f" ({_apart(looked.value, figure.value, looked)})" if looked.value is not None else ""
        what = percent_or(looked.value, looked) + less if looked.value is not None else "not there"
        yield Difference(at.problem((name,), f"`{name}`", what, shown), tuple(_how(looked, seen)))
    elif figure.currency is not None and currencies - {figure.currency}:
        wrong = ", ".join(sorted(currencies - {figure.currency}))
        yield Difference(at.problem((name,), f"`{name}`", f"in {wrong}", f"{exact(figure.value)} {figure.currency}"))


def percent_or(value: Decimal, looked: Looked) -> str:
    """Return a figure with all its decimals, a ratio as a percentage."""
    return f"{exact(value * 100)}%" if looked.ratio else exact(value)


def _apart(found: Decimal, wanted: Decimal, looked: Looked) -> str:
    return f"{percent_or(abs(found - wanted), looked)} too {'much' if found > wanted else 'little'}"


def _look(name: str, seen: Seen, components: Sequence[str]) -> Looked:
    """Look up a figure by its name; a component's name comes first."""
    head, _, rest = name.partition(" ")
    if name in components:
        return _added(seen.component(name))
    if head == PAID:
        rows = [
            r
            for r in seen.payments
            if not rest or (r["step"] in PAID_FOR and rest in (r["component"], f"{r['plan']}.{r['component']}"))
        ]
        unknown = any(r.get("paid_currency") and r["paid_amount"] is None for r in rows)
        paid = [r["paid_amount"] if r.get("paid_currency") else r["amount"] for r in rows]
        return Looked(None if unknown else sum(paid, ZERO), steps=rows)
    if name in OF_PAYOUT:
        told = [] if name == "base" else seen.lines
        return Looked(sum((row[name] or ZERO for row in seen.payouts), ZERO), told, payouts=seen.payouts)
    if name in OF_PAYMENT:
        rows = [r for r in seen.payments if r["step"] == OF_PAYMENT[name]]
        return Looked(_added(rows).value, steps=seen.payments)
    if name in OF_BALANCE or name.startswith(OF_DEBT):
        rows = [r for r in seen.balances if r["balance"] == rest]
        return Looked(_added(rows, "closing").value, balances=rows)
    if name in ALONE:
        return _added(seen.lines)
    if head == "deal":
        return _added([r for r in seen.lines if r["deal"] == rest])
    if head in OF_MEASURE:
        rows = sorted((r for r in seen.measures if r["measure"] == rest), key=lambda r: str(r["window_first"] or ""))
        return Looked(rows[-1][head] if rows else None, (), rows[-1:], ratio=head == "attainment")
    assert head in OF_COMPONENT, name
    rows = seen.component(rest)
    if head == "exact":
        return _added(rows, "exact")
    return Looked(_added([r for r in rows if r["kind"] == head]).value, rows)


def _added(rows: Sequence[Row], column: str = "amount") -> Looked:
    return Looked(sum((r[column] for r in rows if r[column] is not None), ZERO), rows)


def _how(looked: Looked, seen: Seen) -> Iterator[str]:
    """Say how a figure was made: its lines with their slices, and where the measures stand."""
    for row in looked.lines[:MOST_LINES]:
        parts = seen.slices.get(row["id"], ()) if row["kind"] == "earning" else ()
        yield from line_in_words(row, parts, seen.words)
    if len(looked.lines) > MOST_LINES:
        places = minor_units(looked.lines[0]["currency"])
        rest = sum((r["amount"] for r in looked.lines[MOST_LINES:]), ZERO)
        yield f"and {len(looked.lines) - MOST_LINES} lines more: {amount(rest, places)}"
    on = {(r["plan"], seen.words.paid_on.get((r["plan"], r["component"])), r["payee"]) for r in looked.lines}
    standing = [m for m in seen.measures if (m["plan"], m["measure"], m["payee"]) in on and m["value"] is not None]
    for row in [*looked.measures, *standing]:
        quota = f" of a quota of {exact(row['quota'])}" if row["quota"] is not None else ""
        attained = f", {percent(row['attainment'])}" if row["attainment"] is not None else ""
        yield f"{row['payee']} has {exact(row['value'])} in {row['measure']} for {row['window']}{quota}{attained}"
    for place in dict.fromkeys(r["place"] for r in looked.lines):
        yield f"by {place}"
    for row in looked.payouts:
        yield f"{row['payee']}: " + ", ".join(f"{n} {exact(row[n])}" for n in OF_PAYOUT if row[n]) + f" {row['currency']}"
    for row in looked.steps:
        named = f" {row['component']}" if row["component"] else ""
        abroad = f", paid {exact(row['paid_amount'])} {row['paid_currency']}" if row.get("paid_amount") is not None else ""
        yield f"{row['payee']}, {row['plan']}: {row['step']}{named} {exact(row['amount'])} {row['currency']}{abroad}"
    for row in looked.balances:
        changed = ", ".join(f"{n} {exact(row[n])}" for n in ("opening", "given", "recovered", "forgiven", "closing"))
        yield f"{row['payee']}, {row['plan']}: balance {row['balance']}: {changed} {row['currency']}"
    if not (looked.lines or looked.measures or looked.payouts or looked.steps or looked.balances):
        yield "no line makes it"
        for row in seen.exceptions[:MOST_LINES]:
            yield f"not calculated: {row['deal'] or row['component']}: {row['code']} {row['reason']}"


def _line(at: At, number: int, said: ExpectedLine, seen: Seen) -> Iterator[Difference]:
    """Compare one line: told by its deal, component, kind and cause, then its figures and slices."""
    chosen = {k: getattr(said, k) for k in SELECTORS if getattr(said, k) is not None}
    rows = [r for r in seen.lines if all(r[k] == v for k, v in chosen.items())]
    name = "line" + "".join(f" {k} {v}" for k, v in chosen.items())
    if len(rows) != 1:
        how = tuple(_how(Looked(None, rows), seen))
        yield Difference(at.problem(("lines", number), name, f"{len(rows)} lines", "one line"), how)
        return
    row, slices = rows[0], seen.slices.get(rows[0]["id"], [])
    pairs: list[tuple[str, Any, Any]] = []
    for key in FIGURES:
        if (figure := getattr(said, key)) is not None:
            pairs.append((key, row[key], figure.value))
    if said.slices is not None:
        pairs.append(("slices", [s["exact"] for s in slices], [f.value for f in said.slices]))
    if said.tiers is not None:
        pairs.append(("tiers", [s["tier"] for s in slices], list(said.tiers)))
    if said.from_ is not None:
        pairs.append(("from", slices[0]["start"] if slices else None, said.from_.value))
    if said.to is not None:
        pairs.append(("to", slices[-1]["stop"] if slices else None, said.to.value))
    for key, found, wanted in pairs:
        if found != wanted:
            problem = at.problem(("lines", number, key), f"{name}: {key}", _shown(found), _shown(wanted))
            yield Difference(problem, tuple(_how(Looked(None, [row]), seen)))


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_shown(v) for v in value) + "]"
    return "not there" if value is None else exact(value) if isinstance(value, Decimal) else str(value)


def _exceptions(at: At, expected: Expected, seen: Seen) -> Iterator[Difference]:
    """Exceptions of the run, by code or how many in all."""
    said = expected.exceptions
    how = tuple(
        f"{row['file']}:{row['row']}: {row['code']} {row['deal'] or row['component']}: {row['reason']}" for row in seen.exceptions
    )
    if isinstance(said, int):
        if len(seen.exceptions) != said:
            yield Difference(at.problem(("exceptions",), "exceptions", str(len(seen.exceptions)), str(said)), how)
        return
    for code, wanted in (said or {}).items():
        found = sum(1 for row in seen.exceptions if row["code"] == code)
        if found != wanted:
            yield Difference(at.problem(("exceptions", code), f"exceptions {code}", str(found), str(wanted)), how)


def _others(at: At, expected: Expected, seen: Seen, components: Sequence[str]) -> Iterator[Difference]:
    """Components that pay something and are not named."""
    named = [n for n in expected.figures if n in components]
    told = {id(r) for n in named for r in seen.component(n)}
    others: dict[str, list[Row]] = {}
    for row in seen.lines:
        if id(row) not in told and row["amount"]:
            others.setdefault(row["component"], []).append(row)
    for name, rows in others.items():
        looked = _added(rows)
        problem = at.problem(("nothing else",), f"`{name}`", exact(looked.value), "nothing else")
        yield Difference(problem, tuple(_how(looked, seen)))
