"""The small language of conditions and formulas in a plan: `amount * 8%`, `stage = 'Won' and term >= 24`."""

from commcalc.language.expression.check import check_expression
from commcalc.language.expression.nodes import Expression, walk
from commcalc.language.expression.parser import parse_expression
from commcalc.language.expression.problems import KINDS, ExpressionFault
from commcalc.language.expression.reads import Free, calls, free_of, names_in
from commcalc.language.expression.rewrite import ATTAINED, SCALE, without_division
from commcalc.language.expression.types import Scope, Type

__all__ = [
    "ATTAINED",
    "KINDS",
    "SCALE",
    "Expression",
    "ExpressionFault",
    "Free",
    "Scope",
    "Type",
    "calls",
    "check_expression",
    "free_of",
    "names_in",
    "parse_expression",
    "walk",
    "without_division",
]
