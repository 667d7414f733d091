"""Does an expression make sense: are its names known here, and do its types fit together?"""

from __future__ import annotations

from commcalc.base.problem import Kind
from commcalc.language.expression.nodes import (
    NAMING,
    OWN,
    Between,
    Binary,
    Call,
    DateLit,
    Expression,
    In,
    IsEmpty,
    Like,
    Member,
    Name,
    Node,
    Number,
    Text,
    Unary,
)
from commcalc.language.expression.problems import BY_ZERO, CURRENCY, TYPES
from commcalc.language.expression.signatures import check_call
from commcalc.language.expression.scoping import type_of_member, type_of_name, type_of_naming
from commcalc.language.expression.trouble import Trouble
from commcalc.language.expression.types import Scope, Type


def check_expression(
    expression: Expression, scope: Scope
) -> tuple[Type | None, list[tuple[Kind, int, int, dict[str, str]]]]:
    """Return the expression's type (None where it has none) and all that is wrong with it, in the text's order."""
    trouble = Trouble(expression.text)
    found = _Checker(scope, trouble).type_of(expression.node)
    return found, sorted(trouble.found, key=lambda f: (f[1], f[2]))
