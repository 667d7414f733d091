"""Does an expression make sense: are its names known here, and do its types fit together?"""

from __future__ import annotations

from commcalc.language.expression.joining import comparable, join, over, times
from commcalc.language.expression.nodes import (
    COMPARISONS,
    NAMING,
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
from commcalc.language.expression.problems import BY_ZERO, CURRENCY, TEXT, TYPES
from commcalc.language.expression.scoping import type_of_member, type_of_name, type_of_naming
from commcalc.language.expression.signatures import check_call
from commcalc.language.expression.trouble import Fault, Trouble
from commcalc.language.expression.types import Scope, Type


def check_expression(expression: Expression, scope: Scope) -> tuple[Type | None, list[Fault]]:
    """Return the expression's type (None: it has none) and all that is wrong with it, in the text's order."""
    trouble = Trouble(expression.text)
    found = _Checker(scope, trouble).type_of(expression.node)
    return found, sorted(trouble.found, key=lambda fault: (fault[1], fault[2], fault[0].code))


class _Checker:
    def __init__(self, scope: Scope, trouble: Trouble) -> None:
        self.scope = scope
        self.trouble = trouble

    def type_of(self, node: Node) -> Type | None:
        """Return the node's type; None where something in it is wrong, which has been said then."""
        if isinstance(node, Number):
            return self.number(node)
        if isinstance(node, Text):
            return Type.TEXT
        if isinstance(node, DateLit):
            return Type.DATE
        if isinstance(node, Name):
            return type_of_name(node, self.scope, self.trouble)
        if isinstance(node, Member):
            return type_of_member(node, self.scope, self.trouble)
        if isinstance(node, Call):
            return self.call(node)
        if isinstance(node, Unary):
            return self.unary(node)
        if isinstance(node, Binary):
            return self.binary(node)
        self.condition(node)
        return Type.YES_NO

    def number(self, node: Number) -> Type:
        plan = self.scope.currency
        if node.currency is not None and plan is not None and node.currency != plan:
            self.trouble.add(CURRENCY, node, text=self.trouble.words(node), currency=node.currency, plan=plan)
        return Type(node.type)

    def call(self, node: Call) -> Type | None:
        if node.function in NAMING:
            return type_of_naming(node, self.scope, self.trouble)
        return check_call(node, [self.type_of(a) for a in node.args], self.trouble)

    def unary(self, node: Unary) -> Type | None:
        found = self.type_of(node.operand)
        if node.op == "not":
            self.must_be_condition(node.operand, found, "not")
            return Type.YES_NO
        if found is None or found.numeric:
            return found
        what = f"`-` takes a number; `{self.trouble.words(node.operand)}` is {found}"
        self.trouble.add(TYPES, node, what=what, mend="take the sign away")
        return None

    def binary(self, node: Binary) -> Type | None:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if node.op in ("and", "or"):
            self.must_be_condition(node.left, left, node.op)
            self.must_be_condition(node.right, right, node.op)
            return Type.YES_NO
        if node.op in COMPARISONS:
            self.compared(node, (node.left, left), (node.right, right), ordered=node.op not in ("=", "<>"))
            return Type.YES_NO
        return self.calculated(node, left, right)

    def must_be_condition(self, node: Node, found: Type | None, word: str) -> None:
        if found not in (None, Type.YES_NO):
            what = f"`{word}` joins conditions; `{self.trouble.words(node)}` is {found}"
            mend = f"compare it: `{self.trouble.words(node)} > 0`" if found and found.numeric else "compare it"
            self.trouble.add(TYPES, node, what=what, mend=mend)

    def condition(self, node: In | Between | Like | IsEmpty) -> None:
        item = self.type_of(node.item)
        if isinstance(node, In):
            for option in node.options:
                self.compared(option, (node.item, item), (option, self.type_of(option)), ordered=False)
        elif isinstance(node, Between):
            for bound in (node.low, node.high):
                self.compared(bound, (node.item, item), (bound, self.type_of(bound)), ordered=True)
        elif isinstance(node, Like) and item not in (None, Type.TEXT):
            what = f"`like` looks at texts; `{self.trouble.words(node.item)}` is {item}"
            self.trouble.add(TYPES, node, what=what, mend="compare it with `=`, `<` or `between`")

    def compared(self, at: Node, left: tuple[Node, Type | None], right: tuple[Node, Type | None], ordered: bool) -> None:
        """Two values side by side in a comparison, a list or between bounds."""
        (a, a_type), (b, b_type) = left, right
        for this, other in ((a, b), (b, a)):
            if isinstance(this, Text) and not this.value and not ordered:
                words = self.trouble.words(other)
                what = "no field is the text `''`: an empty field has no value"
                self.trouble.add(TEXT, this, what=what, mend=f"write `{words} is empty`, or `{words} is not empty`")
                return
        if not comparable(a_type, b_type):
            words = f"`{self.trouble.words(a)}` is {a_type}, `{self.trouble.words(b)}` is {b_type}"
            mend = self.mend_of(left, right)
            self.trouble.add(TYPES, at, what=f"{words}: they cannot be compared", mend=mend)
        elif ordered and None not in (a_type, b_type) and (a_type in _UNORDERED or b_type in _UNORDERED):
            found = a_type if a_type in _UNORDERED else b_type
            mend = "compare with `=` or `<>`"
            if found is Type.TEXT:
                mend += "; a column of numbers states its type in commcalc.yaml: `types: {column: number}`"
            self.trouble.add(TYPES, at, what=f"{found} has no order: `<` and `>` compare numbers and dates", mend=mend)

    def mend_of(self, left: tuple[Node, Type | None], right: tuple[Node, Type | None]) -> str:
        """Say how two values of different types become comparable."""
        for (a, a_type), (b, b_type) in ((left, right), (right, left)):
            if isinstance(a, Text) and b_type is not None and (b_type.numeric or b_type is Type.DATE):
                return f"write `{a.value}` without quotes"
            if isinstance(a, Number | DateLit) and b_type is Type.TEXT:
                column = f"`types: {{{b.id}: {a_type}}}`" if isinstance(b, Name) else "`types:`"
                return f"write `'{self.trouble.words(a)}'`, or state the type in commcalc.yaml: {column}"
            if isinstance(a, Number) and b_type is Type.DATE:
                return f"write a date, as 2026-01-31, or compare `year({self.trouble.words(b)})`"
            if a_type is Type.YES_NO:
                return f"`{self.trouble.words(a)}` stands for itself: write it, or `not {self.trouble.words(a)}`"
        return "compare what is of one type: money with money, a ratio with a ratio"

    def calculated(self, node: Binary, left: Type | None, right: Type | None) -> Type | None:
        if node.op == "/" and isinstance(node.right, Number) and node.right.value == 0:
            self.trouble.add(BY_ZERO, node, text=self.trouble.words(node))
        if left is None or right is None:
            return None
        found: Type | None = None
        if left.numeric and right.numeric:
            found = {"*": times, "/": over}.get(node.op, join)(left, right)
        if found is None:
            what = f"`{self.trouble.words(node.left)}` is {left}, `{self.trouble.words(node.right)}` is {right}"
            verb = {"+": "added", "-": "subtracted", "*": "multiplied", "/": "divided"}[node.op]
            mend = _mend_of_sum(node.op, left, right, self.trouble.words(node.left), self.trouble.words(node.right))
            self.trouble.add(TYPES, node, what=f"{what}: they cannot be {verb}", mend=mend)
        return found


_UNORDERED = (Type.TEXT, Type.YES_NO)


def _mend_of_sum(op: str, left: Type, right: Type, a: str, b: str) -> str:
    if op == "-" and left is right is Type.DATE:
        return f"write `days_between({b}, {a})`"
    if Type.DATE in (left, right):
        return "there is no arithmetic with dates; `days_between` and `months_between` give numbers"
    if Type.YES_NO in (left, right):
        return "to count a condition, write `if(condition, 1, 0)`"
    if Type.TEXT in (left, right):
        return "a number stands without quotes; a column of numbers states its type in commcalc.yaml: `types:`"
    if op in "+-":
        money, ratio = (a, b) if left is Type.MONEY else (b, a)
        return f"for a part of the amount, write `{money} * {ratio}`"
    return "multiply money by a ratio or a number" if op == "*" else "divide the ratio by a ratio or a number"
