"""Crediting rules checked without any data: names, conditions, columns, shares, and the table they look into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from commcalc.base.problem import Problem
from commcalc.inputs.crediting_problems import NO_RULE_COLUMN, NO_TERRITORIES, NOT_A_RULE, RULE_SHARE, RULE_TWICE
from commcalc.inputs.model import ProjectModel
from commcalc.language.expression import Scope, Type, check_expression, walk
from commcalc.language.expression.nodes import Member
from commcalc.language.names import nearest
from commcalc.language.tree import Tree
from commcalc.plan.crediting import Crediting, TableRule, ToRule

Path = tuple[str | int, ...]
Columns = Mapping[str, Mapping[str, Type]]
KEY = "crediting"


def naming_columns(model: ProjectModel) -> tuple[str, ...]:
    """Return the columns of the deals in which crediting rules find payees."""
    rules = model.crediting.rules if model.crediting is not None else []
    return tuple(dict.fromkeys(r.to for r in rules if isinstance(r, ToRule)))


def check_crediting(model: ProjectModel, tree: Tree, columns: Columns) -> Iterator[Problem]:
    """Yield what is wrong with the crediting rules, each at its place. columns: of each table, with their types."""
    crediting = model.crediting
    if crediting is None:
        return
    seen: dict[str, int] = {}
    for number, rule in enumerate(crediting.rules):
        path = (KEY, "rules", number)
        if (before := seen.setdefault(rule.rule, number)) != number:
            first = tree.span_of((KEY, "rules", before, "rule"))
            yield RULE_TWICE.at(tree.span_of((*path, "rule")), rule=rule.rule).with_also(first, "the first")
        yield from _conditions(rule, path, tree, columns)
        yield from _shares(crediting, rule, path, tree)
        if isinstance(rule, ToRule):
            yield from _column(rule, path, tree, columns["deals"])
        if isinstance(rule, TableRule):
            yield from _table(rule, path, tree, (model, columns))


def _conditions(rule: Any, path: Path, tree: Tree, columns: Columns) -> Iterator[Problem]:
    scope = Scope(columns=columns["deals"], payee=columns["payees"], others={"credit_date": Type.DATE})
    for key, expression in rule.expressions.items():
        at = (*path, key)
        facts = [n for n in walk(expression.node) if isinstance(n, Member)] if key == "when" else []
        for node in facts[:1]:
            what = f"`when` looks at the deal, and `payee.{node.id}` is a fact of a payee"
            mend = "let a condition on the payee stand in `payees:`"
            yield NOT_A_RULE.at(tree.scalar_place(at, node.start, node.end), what=what, mend=mend)
        found, wrong = check_expression(expression, scope)
        for kind, start, end, words in wrong:
            yield kind.at(tree.scalar_place(at, start, end), **words)
        if not wrong and found is not Type.YES_NO:
            what = f"`{expression.text}` is {found}, and `{key}` takes a condition"
            yield NOT_A_RULE.at(tree.span_of(at), what=what, mend="compare it with something")


def _shares(crediting: Crediting, rule: Any, path: Path, tree: Tree) -> Iterator[Problem]:
    share, of = rule.share, getattr(rule, "of", None)
    for key, figure in (("share", share), ("of", of)):
        if isinstance(figure, Fraction) and not 0 < figure <= 1:
            what = f"`{key}` is {'above 100%' if figure > 1 else 'not above zero'}"
            yield RULE_SHARE.at(tree.span_of((*path, key)), what=what, mend="write a share above zero, at most 100%")
    if of is not None and share != "equal":
        what = "`of` is what `share: equal` divides, and the share is not `equal`"
        yield RULE_SHARE.at(tree.span_of((*path, "of"), key=True), what=what, mend="leave it out, or write `share: equal`")
    whole = of if share == "equal" else share
    alone = share == "equal" or not hasattr(rule, "of")  # several payees may have parts that add up to the whole
    if crediting.match == "first" and rule.role == "owner" and alone and isinstance(whole, Fraction) and whole < 1:
        what = f"rule `{rule.rule}` gives an owner {_percent(whole)}, and no other rule is asked: `match: first`"
        mend = "write `match: all` and a rule for the rest, or give the share a `role` of its own"
        yield RULE_SHARE.at(tree.span_of((*path, "of" if share == "equal" else "share")), what=what, mend=mend)


def _percent(share: Fraction) -> str:
    whole = share * 100
    return f"{whole.numerator}%" if whole.denominator == 1 else str(share)


def _column(rule: ToRule, path: Path, tree: Tree, deals: Mapping[str, Type]) -> Iterator[Problem]:
    if deals.get(rule.to) is Type.TEXT:
        return
    near = nearest(rule.to, [c for c, t in deals.items() if t is Type.TEXT])
    mend = f"write `to: {near}`" if near else f"map the column, or state its type: `types: {{{rule.to}: payee}}`"
    said = f"; did you mean `{near}`?" if near else ""
    yield NO_RULE_COLUMN.at(tree.span_of((*path, "to")), column=rule.to, near=said, mend=mend)


def _table(rule: TableRule, path: Path, tree: Tree, known: tuple[ProjectModel, Columns]) -> Iterator[Problem]:
    model, columns = known
    table = model.tables.get("territories")
    if table is None:
        what, mend = "the project has none", "add `territories: {file: data/territories.csv, key: [region]}` under `tables:`"
        yield NO_TERRITORIES.at(tree.span_of((*path, "table")), rule=rule.rule, what=what, mend=mend)
        return
    place = tree.span_of(("tables", "territories"), key=True)
    if not table.key:
        both = sorted((columns["territories"].keys() - {"role", "share", "order"}) & columns["deals"].keys())
        what = "it does not say in which columns a row and a deal are compared"
        yield NO_TERRITORIES.at(
            place, rule=rule.rule, what=what, mend=f"write `key: [{', '.join(both) or 'region'}]` for the table"
        )
    for column in table.key:
        if column not in columns["deals"]:
            near = nearest(column, columns["deals"])
            what = f"its key `{column}` is no column of the deals" + (f"; did you mean `{near}`?" if near else "")
            yield NO_TERRITORIES.at(
                place, rule=rule.rule, what=what, mend=f"map or add `{column}` to the deals, or leave it out of `key`"
            )
        elif columns["territories"].get(column) is not columns["deals"][column]:
            what = f"its key `{column}` is {columns['territories'].get(column)} there and {columns['deals'][column]} in the deals"
            yield NO_TERRITORIES.at(
                place, rule=rule.rule, what=what, mend=f"state one type for both: `types: {{{column}: text}}`"
            )
