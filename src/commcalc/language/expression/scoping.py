"""Which names may be used here, and of what type each is; for one not known, the one that was meant."""

from __future__ import annotations

from collections.abc import Iterable

from commcalc.language.expression.nodes import FUNCTIONS, OWN, Call, Member, Name, Text
from commcalc.language.expression.problems import ARGUMENTS, NO_DEAL, NO_OWN, NOT_DEFINED, UNKNOWN
from commcalc.language.expression.trouble import Trouble
from commcalc.language.expression.types import Scope, Type
from commcalc.language.names import nearest

_WHAT = {
    "value": "measure",
    "quota": "measure",
    "attainment": "measure",
    "earned": "component",
    "table": "table",
}


def type_of_name(node: Name, scope: Scope, trouble: Trouble) -> Type | None:
    """Return the type of a bare name; where it is not known here, say so."""
    if node.id in OWN:
        if scope.own is None:
            trouble.add(NO_OWN, node, name=node.id, measure=min(scope.measures, default="measure"))
            return None
        return Type.RATIO if node.id == "attainment" else scope.own
    known = scope.params.get(node.id) or scope.others.get(node.id)
    if known is not None:
        return known
    if node.id in scope.columns:
        if not scope.deal_in_scope:
            trouble.add(NO_DEAL, node, name=node.id, mend=_without_deal(node.id, scope))
            return None
        return scope.columns[node.id]
    trouble.add(UNKNOWN, node, name=node.id, what=f"`{node.id}` is not a name known here", mend=_meant(node.id, scope))
    return None


def _without_deal(name: str, scope: Scope) -> str:
    if name in scope.payee:
        return f"for the payee's own, write `payee.{name}`"
    if scope.measures:
        return f"read a measure, as `value('{min(scope.measures)}')`, a param or `payee.x`"
    return "read a measure, a param or `payee.x`"


def _meant(name: str, scope: Scope) -> str:
    """Say how to mend a name that is not known: spelling, missing prefix, missing quotes, missing type."""
    if name == "payee":
        return "write `payee.` and a column of the payees table, as `payee.region`"
    if name in scope.payee:
        return f"write `payee.{name}`"
    if name in scope.measures:
        return f"write `value('{name}')`"
    if name == "window_ended":
        return "it is known where a window is spoken of: in a gate, in the payout of a bonus and in its factors"
    if name in FUNCTIONS:
        return f"`{name}` is a function: write `{name}(...)`"
    columns = scope.columns if scope.deal_in_scope else {}
    near = nearest(name, [*columns, *scope.params, *scope.others, *OWN])
    if near is not None:
        return f"did you mean `{near}`?"
    of_payee = nearest(name, scope.payee)
    if of_payee is not None:
        return f"did you mean `payee.{of_payee}`?"
    if not scope.deal_in_scope:
        return f"write a param or `payee.x`; a text stands in single quotes: `'{name}'`"
    return (
        f"for a deal column, state its type in commcalc.yaml: `types: {{{name}: money}}`; "
        f"a text stands in single quotes: `'{name}'`"
    )


def type_of_member(node: Member, scope: Scope, trouble: Trouble) -> Type | None:
    """Return the type of `payee.x`."""
    if node.id in scope.payee:
        return scope.payee[node.id]
    near = nearest(node.id, scope.payee)
    if near is not None:
        mend = f"did you mean `payee.{near}`?"
    elif node.id in scope.columns and scope.deal_in_scope:
        mend = f"for the deal's column, write `{node.id}`"
    else:
        mend = "the payees table has " + ", ".join(sorted(scope.payee)) if scope.payee else "add the column"
    trouble.add(UNKNOWN, node, name=f"payee.{node.id}", what=f"payees have no `{node.id}`", mend=mend)
    return None


def type_of_naming(node: Call, scope: Scope, trouble: Trouble) -> Type | None:
    """Return the type of value('m'), quota('m'), attainment('m'), earned('c') or table('t')."""
    function, what = node.function, _WHAT[node.function]
    if len(node.args) != 1 or not isinstance(node.args[0], Text):
        said = f"`{function}` takes the name of a {what} in quotes"
        bare = f"`{function}` without brackets, or " if function in OWN and not node.args else ""
        mend = f"write {bare}`{function}('{_example(node, scope)}')`"
        trouble.add(ARGUMENTS, node, what=said, mend=mend)
        return None
    name = node.args[0].value
    known = _names(function, scope)
    if name not in known:
        if function == "earned" and "." in name:
            return Type.MONEY  # of another plan: the plans are looked at together elsewhere
        near = nearest(name, known)
        mend = f"did you mean `{near}`?" if near else _list(what, known)
        trouble.add(NOT_DEFINED, node.args[0], what=what, name=name, mend=mend)
        return None
    if function == "earned":
        return Type.MONEY
    if function == "attainment":
        return Type.RATIO
    return scope.tables[name] if function == "table" else scope.measures[name]


def _names(function: str, scope: Scope) -> list[str]:
    if function == "earned":
        return sorted(scope.components)
    return sorted(scope.tables if function == "table" else scope.measures)


def _example(node: Call, scope: Scope) -> str:
    if node.args and isinstance(node.args[0], Name):
        return node.args[0].id
    return next(iter(_names(node.function, scope)), _WHAT[node.function])


def _list(what: str, known: Iterable[str]) -> str:
    listed = ", ".join(f"`{k}`" for k in known)
    return f"the plan has {listed}" if listed else f"the plan has no {what} yet: define one under `{what}s:`"
