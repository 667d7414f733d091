"""Rule credit: what the house's crediting rules give, asked once for all deals that look alike to them (docs/semantics.md 3.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from commcalc.engine.people import FIRST_DAY, LAST_DAY, People
from commcalc.language.expression import Expression, walk
from commcalc.language.expression.nodes import Binary, Member, Name, Node
from commcalc.plan.crediting import Crediting, NobodyRule, PayeesRule, TableRule, ToRule
from commcalc.tables.exact import D
from commcalc.tables.expression import compile_expression

PAIRS = 2_000_000
"""About how many deals x payees are looked at together, where a condition does not say of whom it can hold."""
GIVEN = {"~s": pl.UInt32, "~i": pl.UInt32, "~t": pl.UInt32, "~p": pl.UInt32, "role": pl.String, "~n": pl.Int64, "~q": pl.Int64}
REFUSED = {"~s": pl.UInt32, "~i": pl.UInt32, "code": pl.String, "rule": pl.String, "fields": pl.String, "text": pl.String}
UNDECIDED, NO_PAYEE = "K105", "K106"


@dataclass(frozen=True, slots=True)
class HouseRules:
    """The rules with all that they look into. territories: the table's rows, or None; keys: its key columns."""

    crediting: Crediting
    people: People
    territories: pl.DataFrame | None
    keys: tuple[str, ...]
    rounding: str

    @property
    def columns(self) -> frozenset[str]:
        """The deal columns that the rules read."""
        return columns_of(self.crediting, self.keys)

    @property
    def dated(self) -> bool:
        """Whether the day can decide."""
        rules = self.crediting.rules
        named = any(n.id == "credit_date" for r in rules for e in r.expressions.values() for n in _names(e))
        return named or any(isinstance(r, PayeesRule | TableRule) for r in rules)


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules give each situation `~s`: shares, in the order of rule `~i` and turn `~t`; and whom they do not decide."""

    given: pl.DataFrame  # GIVEN
    refused: pl.DataFrame  # REFUSED, one row a situation


def columns_of(crediting: Crediting, keys: tuple[str, ...]) -> frozenset[str]:
    """Return the deal columns that crediting rules read; keys: those of the territories table."""
    rules = crediting.rules
    named = {n.id for r in rules for e in r.expressions.values() for n in _names(e)} - {"credit_date"}
    by_table = {k for k in keys if any(isinstance(r, TableRule) for r in rules)}
    return frozenset({*named, *by_table, *(r.to for r in rules if isinstance(r, ToRule))})


def asked(rules: HouseRules, situations: pl.DataFrame) -> Found:
    """Ask the rules about situations: `~s`, `~d` (the day) and the columns that they read, no two alike."""
    given, refused = [pl.DataFrame(schema=GIVEN)], [pl.DataFrame(schema=REFUSED)]
    still = situations
    for number, rule in enumerate(rules.crediting.rules):
        held, blank = _held(rules, rule, still)
        shares, wrong = _by_rule(rules, rule, held)
        none = _filled(shares.with_columns(pl.lit(number, dtype=pl.UInt32).alias("~i")), GIVEN)
        given.append(none)
        refused += [_filled(f.with_columns(pl.lit(number, dtype=pl.UInt32).alias("~i")), REFUSED) for f in (blank, wrong)]
        if rules.crediting.match == "first":
            done = pl.concat([held["~s"], blank["~s"]])
            still = still.filter(~pl.col("~s").is_in(done.implode()))
    wrong = pl.concat(refused).sort("~s", "~i", maintain_order=True).unique("~s", keep="first", maintain_order=True)
    return Found(pl.concat(given).filter(~pl.col("~s").is_in(wrong["~s"].implode())).sort("~s", "~i", "~t"), wrong)


def _filled(frame: pl.DataFrame, schema: Any) -> pl.DataFrame:
    return frame.select(pl.col(c).cast(t) for c, t in schema.items())


def _held(rules: HouseRules, rule: Any, situations: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The situations for which `when` holds, and those that it cannot decide."""
    if rule.when is None:
        return situations, _undecided(rule, "when", situations.clear())
    marked = situations.with_columns(_compiled(rules, rule.when.node).alias("~when"))
    return marked.filter("~when").drop("~when"), _undecided(rule, "when", marked.filter(pl.col("~when").is_null()))


def _undecided(rule: Any, key: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Name the fields that a condition reads and that are empty."""
    expression = rule.expressions.get(key)
    names = sorted({n.id for n in _names(expression)} & set(rows.columns)) if expression is not None else []
    empty = pl.concat_str([pl.when(pl.col(c).is_null()).then(pl.lit(c)) for c in names], separator=", ", ignore_nulls=True)
    return rows.select(
        "~s",
        pl.lit(UNDECIDED).alias("code"),
        pl.lit(rule.rule).alias("rule"),
        (empty if names else pl.lit("")).alias("fields"),
        pl.lit(expression.text if expression is not None else "").alias("text"),
    )


def _by_rule(rules: HouseRules, rule: Any, held: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a rule gives the situations for which it holds; and those in which it names no payee, or cannot tell whom."""
    nothing = _undecided(rule, "", held.clear())
    share = rule.share if isinstance(rule.share, Fraction) else Fraction(1)
    if isinstance(rule, NobodyRule):
        return _shares(held.select("~s", pl.lit(None, dtype=pl.UInt32).alias("~p")), rule.role, share), nothing
    if isinstance(rule, ToRule):
        named = held.join(_payees_by_name(rules.people), left_on=rule.to, right_on="~name", how="left", maintain_order="left")
        strangers = named.filter(pl.col("~p").is_null()).select(
            "~s",
            pl.lit(NO_PAYEE).alias("code"),
            pl.lit(rule.rule).alias("rule"),
            pl.lit(rule.to).alias("fields"),
            pl.col(rule.to).fill_null("").alias("text"),
        )
        return _shares(named.filter(pl.col("~p").is_not_null()).select("~s", "~p"), rule.role, share), strangers
    if isinstance(rule, PayeesRule):
        pairs, blank = _meant(rules, rule, held)
        found = _shares(pairs, rule.role, share)
    else:
        found, blank = _of_table(rules, rule, held, share), held["~s"].clear()
    whole = (rule.of if rule.of is not None else Fraction(1)) if rule.share == "equal" else share
    if rule.share == "equal":
        count = pl.len().over("~s").cast(pl.Int64)
        found = found.with_columns(
            pl.lit(whole.numerator, dtype=pl.Int64).alias("~n"), (count * whole.denominator).alias("~q")
        )  # fmt: skip
    none = held.filter(~pl.col("~s").is_in(found["~s"].unique().implode()) & ~pl.col("~s").is_in(blank.implode()))
    of_nobody = _shares(none.select("~s", pl.lit(None, dtype=pl.UInt32).alias("~p")), rule.role, whole)
    return pl.concat([found, of_nobody]), _undecided(rule, "payees", held.filter(pl.col("~s").is_in(blank.implode())))


def _shares(rows: pl.DataFrame, role: str, share: Fraction) -> pl.DataFrame:
    """Give a share to each row's payee, in the order of the rows."""
    return rows.select(
        "~s",
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("~t"),
        "~p",
        pl.lit(role).alias("role"),
        pl.lit(share.numerator, dtype=pl.Int64).alias("~n"),
        pl.lit(share.denominator, dtype=pl.Int64).alias("~q"),
    )


def _payees_by_name(people: People) -> pl.DataFrame:
    """Return `~name ~p`: ids, and the aliases that mean somebody."""
    ids = people.ids.select(pl.col("payee_id").alias("~name"), "~p")
    if "payee.aliases" not in people.facts.columns:
        return ids
    aliases = people.facts.select(pl.col("payee.aliases").str.split(";").alias("~name"), "~p").explode("~name")
    aliases = aliases.with_columns(pl.col("~name").str.strip_chars()).filter(pl.col("~name") != "")
    return pl.concat([ids, aliases]).unique("~name", keep="first", maintain_order=True)


def _meant(rules: HouseRules, rule: PayeesRule, held: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The payees of whom the condition holds, by id; and the situations that it cannot decide.

    Only payees are looked at of whom the parts that speak of the payee alone can hold; and where a fact must equal something
    of the deal, only those of whom it does - unless a field of the deal is empty, which may leave the condition undecided.
    """
    parts = list(_conjuncts(rule.payees.node))
    facts = rules.people.facts
    for part in parts:
        if _reads(part) == (False, True):
            facts = facts.filter(_compiled(rules, part).fill_null(value=True))
    names = sorted({n.id for n in _names(rule.payees)} - {"credit_date"})
    known = pl.all_horizontal([pl.col(c).is_not_null() for c in names]) if names else pl.lit(value=True)
    keys = [k for part in parts if (k := _equal(part)) is not None]
    found = [_pairs(rules, rule, held.filter(known), facts, keys), _pairs(rules, rule, held.filter(~known), facts, [])]
    every = pl.concat(found)
    blank = every.filter(pl.col("~blank"))["~s"].unique()
    meant = every.filter(~pl.col("~blank") & ~pl.col("~s").is_in(blank.implode())).sort("~s", "~p")
    return meant.select("~s", "~p"), blank


def _pairs(
    rules: HouseRules, rule: PayeesRule, held: pl.DataFrame, facts: pl.DataFrame, keys: list[tuple[Node, Node]]
) -> pl.DataFrame:
    """Return `~s ~p ~blank` of those who are there on the day and of whom the condition holds, or cannot be decided."""
    deal = held.with_columns(_compiled(rules, d).alias(f"~k{n}") for n, (d, _) in enumerate(keys))
    people = facts.with_columns(_compiled(rules, p).alias(f"~k{n}") for n, (_, p) in enumerate(keys))
    none = pl.lit(None, dtype=pl.Date)
    hired, left = (pl.col(c) if c in facts.columns else none for c in ("payee.hired", "payee.left"))
    there = pl.col("~d").is_between(
        pl.max_horizontal("~from", hired.fill_null(FIRST_DAY)), pl.min_horizontal("~to", left.fill_null(LAST_DAY))
    )
    names = [n.id for n in _names(rule.payees) if n.id != "credit_date"]
    empty = pl.any_horizontal([pl.col(c).is_null() for c in names]) if names else pl.lit(value=False)
    condition = _compiled(rules, rule.payees.node)
    found = [pl.DataFrame(schema={"~s": pl.UInt32, "~p": pl.UInt32, "~blank": pl.Boolean})]
    size = max(PAIRS // max(len(people), 1), 1) if not keys else PAIRS
    for part in deal.iter_slices(size):
        on = [f"~k{n}" for n in range(len(keys))]
        both = part.join(people, on=on) if keys else part.join(people, how="cross")
        both = both.filter(there).with_columns(condition.alias("~holds"), empty.alias("~empty"))
        kept = both.filter(pl.col("~holds").fill_null(pl.col("~empty")))
        found.append(kept.select("~s", "~p", pl.col("~holds").is_null().alias("~blank")))
    return pl.concat(found)


def _of_table(rules: HouseRules, rule: TableRule, held: pl.DataFrame, share: Fraction) -> pl.DataFrame:
    """The shares of the territories that hold the deal and the day; of these those of the least priority, in order."""
    table = rules.territories
    if table is None or table.is_empty():
        return pl.DataFrame(schema={c: t for c, t in GIVEN.items() if c != "~i"})
    none: dict[str, Any] = {"from": pl.Date, "to": pl.Date, "priority": D, "order": D, "role": pl.String}
    absent = [pl.lit(None, dtype=t).alias(c) for c, t in none.items() if c not in table.columns]
    absent += [pl.lit(None, dtype=pl.Int64).alias(c) for c in ("share_num", "share_den") if c not in table.columns]
    rows = table.with_columns(absent).join(_payees_by_name(rules.people), left_on="payee_id", right_on="~name", how="left")
    asked_for = [pl.when(pl.col(k).is_null()).then(pl.lit("-")).otherwise(pl.lit("+")) for k in rules.keys]
    found = []
    for (pattern,), group in rows.group_by(pl.concat_str(asked_for)):
        on = [k for k, mark in zip(rules.keys, str(pattern), strict=True) if mark == "+"]
        theirs = group.select("~p", *none, "share_num", "share_den", *(pl.col(k).alias(f"~k.{k}") for k in on))
        ours = held.select("~s", "~d", *(pl.col(k).alias(f"~k.{k}") for k in on))
        found.append(ours.join(theirs, on=[f"~k.{k}" for k in on]) if on else ours.join(theirs, how="cross"))
    both = pl.concat(found, how="diagonal")
    holds = pl.col("~d").is_between(pl.col("from").fill_null(FIRST_DAY), pl.col("to").fill_null(LAST_DAY))
    both = both.filter(holds)
    first = pl.col("priority").eq_missing(pl.col("priority").min().over("~s"))
    both = both.filter(first).sort("~s", "order", "~p", nulls_last=True)
    said = pl.col("share_num").is_not_null()
    return _shares(both, rule.role, share).with_columns(
        both["role"].fill_null(rule.role).alias("role"),
        pl.when(both.select(said).to_series()).then(both["share_num"]).otherwise("~n").alias("~n"),
        pl.when(both.select(said).to_series()).then(both["share_den"]).otherwise("~q").alias("~q"),
    )


def _names(expression: Expression) -> Iterator[Name]:
    return (n for n in walk(expression.node) if isinstance(n, Name))


def _compiled(rules: HouseRules, node: Node) -> pl.Expr:
    """A rule's expression as a column: the deal's columns by their names, facts as `payee.x`, the day as `~d`."""

    def name(part: Node) -> pl.Expr:
        if isinstance(part, Member):
            return pl.col(f"payee.{part.id}")
        assert isinstance(part, Name), part
        return pl.col("~d" if part.id == "credit_date" else part.id)

    return compile_expression(node, name, rules.rounding)


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Binary) and node.op == "and":
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node


def _reads(node: Node) -> tuple[bool, bool]:
    """Whether an expression reads the deal, and whether it reads the payee."""
    parts: Sequence[Node] = tuple(walk(node))
    return any(isinstance(p, Name) for p in parts), any(isinstance(p, Member) for p in parts)


def _equal(node: Node) -> tuple[Node, Node] | None:
    """Return what of the deal must equal what of the payee, where a condition says just that."""
    if not isinstance(node, Binary) or node.op != "=":
        return None
    for deal, payee in ((node.left, node.right), (node.right, node.left)):
        if (_reads(deal), _reads(payee)) == ((True, False), (False, True)):
            return deal, payee
    return None
