"""Rule credit: what the house's crediting rules give of a deal, asked one rule after the other (§3.9 to §3.11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, Protocol

from commcalc.language.expression import names_in
from commcalc.plan.crediting import Crediting, NobodyRule, PayeesRule, TableRule, ToRule
from commcalc.reference.expression import Given, evaluate
from commcalc.reference.job import House, Job, Row

if TYPE_CHECKING:
    from commcalc.base.money import RoundingMode
    from commcalc.reference.currency import Valued

NOBODY = "nobody"
WHOLE = Fraction(1)
MOST = 10**15  # of the common divisor of shares that are added


class Known(Protocol):
    """What the rules look into: the tables, who is meant by a name, and the order of payees."""

    job: Job
    house: House
    payees: dict[str, list[Row]]
    valued: Valued

    def named(self, text: str) -> str:
        """Return the payee's id for an id or alias."""

    def place(self, payee: str) -> tuple[int, str]:
        """Return what payees are ordered by."""


class Undecided(Exception):
    """The rules do not decide a row; the reason is the text."""


@dataclass(frozen=True, slots=True)
class Given_:
    """A share that a rule gives: to whom, in which role."""

    role: str
    payee: str
    share: Fraction
    rule: str


@dataclass(slots=True)
class ShareList:
    """Who has a row, by role: each payee's share and the rules that gave it; `why`, where the rules do not decide it."""

    roles: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    rules: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    why: str = ""

    def add(self, one: Given_) -> None:
        """Take in a share; several of one payee in one role are one."""
        holders = self.roles.setdefault(one.role, {})
        holders[one.payee] = holders.get(one.payee, Fraction(0)) + one.share
        names = self.rules.setdefault((one.role, one.payee), [])
        if one.rule and one.rule not in names:
            names.append(one.rule)


def asked_row(records: Known, deal: Row, column: str) -> Row:
    """Return the row that the rules are asked about: of what takes back a sale, the sale's own (§3.10)."""
    sale = deal.get("returns")
    rows = [d for d in records.job.deals if d["deal_id"] == sale] if sale else []
    same = [d for d in rows if (d.get("line") or 0) == (deal.get("line") or 0)]
    found = same or sorted(rows, key=lambda d: d.get("line") or 0)
    return found[0] if found and found[0].get(column) is not None else deal


def shares_by(records: Known, crediting: Crediting, deal: Row, column: str, split: Mapping[str, Any]) -> ShareList:
    """Return who has a row by `splits` and the rules, as of the date in a column. split: the holders of each role by `splits`."""
    found = ShareList()
    for role, holders in split.items():
        for who, n, d in holders:
            found.add(Given_(role, who, Fraction(n, d), ""))
    row = asked_row(records, deal, column)
    if row.get(column) is None:
        return found  # it waits for its date
    try:
        given = _given(records, crediting, records.valued.of(row, None), row[column])
    except Undecided as undecided:
        return ShareList({"owner": {NOBODY: WHOLE}}, why=str(undecided))
    owned = [g for g in given if g.role == "owner"]
    if "owner" in split:
        given = [g for g in given if g.role != "owner"]
    elif owned and sum((g.share for g in owned), Fraction(0)) != 1:
        return ShareList({"owner": {NOBODY: WHOLE}}, why="the owner shares of the rules are not 100%")
    shares = [Fraction(n, d) for rows in split.values() for _, n, d in rows] + [g.share for g in given]
    if given and lcm(*(s.denominator for s in shares)) > MOST:
        return ShareList({"owner": {NOBODY: WHOLE}}, why="the shares are too fine to be added")
    for one in given:
        found.add(one)
    return found


def _given(records: Known, crediting: Crediting, row: Row, day: date) -> list[Given_]:
    found: list[Given_] = []
    for rule in crediting.rules:
        holds = True if rule.when is None else evaluate(rule.when.node, _Names(records, row, day))
        if holds is None:
            raise Undecided(f"when of {rule.rule} is empty")
        if holds:
            found += _by_rule(records, rule, row, day)
            if crediting.match == "first":
                return found
    return found


def _by_rule(records: Known, rule: Any, row: Row, day: date) -> list[Given_]:
    share = rule.share if isinstance(rule.share, Fraction) else WHOLE
    if isinstance(rule, NobodyRule):
        return [Given_(rule.role, NOBODY, share, rule.rule)]
    if isinstance(rule, ToRule):
        who = records.named(row.get(rule.to) or "")
        if who not in records.payees:
            raise Undecided(f"{rule.to} of {rule.rule} names no payee")
        return [Given_(rule.role, who, share, rule.rule)]
    whole = (rule.of if rule.of is not None else WHOLE) if rule.share == "equal" else share
    if isinstance(rule, PayeesRule):
        people = [p for p in sorted(records.payees, key=records.place) if _is_meant(records, rule, row, day, p)]
        found = [Given_(rule.role, p, share, rule.rule) for p in people]
    else:
        assert isinstance(rule, TableRule), rule
        found = [
            Given_(t.get("role") or rule.role, records.named(t["payee_id"]), _of_row(t) or share, rule.rule)
            for t in _territories(records, row, day)
        ]
    if not found:
        return [Given_(rule.role, NOBODY, whole, rule.rule)]
    if rule.share == "equal":
        return [Given_(g.role, g.payee, whole / len(found), g.rule) for g in found]
    return found


def _is_meant(records: Known, rule: PayeesRule, row: Row, day: date, payee: str) -> bool:
    """Tell whether the condition holds of a payee who is there on the day."""
    facts = next((r for r in records.payees[payee] if _holds(r, day)), None)
    if facts is None or (facts.get("hired") or day) > day or (facts.get("left") or day) < day:
        return False
    found = evaluate(rule.payees.node, _Names(records, row, day, facts))
    if found is None and any(row.get(c) is None for c in names_in(rule.payees.node) - {"credit_date"}):
        raise Undecided(f"payees of {rule.rule} reads an empty column")
    return bool(found)


def _territories(records: Known, row: Row, day: date) -> list[Row]:
    """The rows of the table that hold the deal and the day, those of the least priority, in order."""
    found = [
        t for t in records.job.territories
        if _holds(t, day) and all(t.get(k) is None or t.get(k) == row.get(k) for k in records.house.territory_keys)
    ]  # fmt: skip
    first = min((_last_if_none(t.get("priority")) for t in found), default=None)
    found = [t for t in found if _last_if_none(t.get("priority")) == first]
    return sorted(found, key=lambda t: (_last_if_none(t.get("order")), _place(records, t["payee_id"])))


def _holds(row: Row, day: date) -> bool:
    return (row.get("from") or date.min) <= day <= (row.get("to") or date.max)


def _last_if_none(figure: Any) -> tuple[bool, Decimal]:
    return (figure is None, Decimal(0) if figure is None else Decimal(figure))


def _place(records: Known, text: str) -> tuple[bool, tuple[int, str]]:
    who = records.named(text)
    return (who == NOBODY, (0, "") if who == NOBODY else records.place(who))


def _of_row(row: Row) -> Fraction | None:
    return None if row.get("share_num") is None else Fraction(row["share_num"], row["share_den"])


class _Names:
    """What the names in a rule stand for: the deal's columns, its credit date, and a payee's facts."""

    def __init__(self, records: Known, row: Row, day: date, facts: Row | None = None) -> None:
        self.rounding: RoundingMode = records.house.readings.get("rounding", "half-up")  # type: ignore[assignment]
        self.row, self.day, self.facts = row, day, facts or {}

    def name(self, word: str) -> Given:
        return self.day if word == "credit_date" else _plain(self.row.get(word))

    def member(self, word: str) -> Given:
        return _plain(self.facts.get(word))

    def measured(self, function: str, measure: str | None) -> Given:
        raise AssertionError((function, measure))  # a rule reads no measures: checked

    def scaled(self, measure: str | None) -> tuple[Decimal, Decimal] | None:
        raise AssertionError(measure)

    def table(self, word: str) -> Given:
        raise AssertionError(word)


def _plain(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
