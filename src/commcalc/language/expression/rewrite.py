"""No division decides: a comparison with attainment becomes one of the value with so much of the quota."""

from __future__ import annotations

from commcalc.language.expression.nodes import (
    COMPARISONS,
    Between,
    Binary,
    Call,
    In,
    IsEmpty,
    Like,
    Name,
    Node,
    Text,
    Unary,
    walk,
)

ATTAINED, SCALE = "attained:", "scale:"


def without_division(node: Node) -> Node:
    """Return the expression with `attainment('m') >= x` as `attained:m >= x * scale:m`, everywhere in it.

    What was attained and the scale are the value and the quota over their common divisor, or the attainment itself and 1
    where there is no quota or the attainment is rounded: that is for who gives these names a meaning. Bare `attainment` is
    `attained:`. Also for `between` and `in`, and with attainment on the right; where the other side reads attainment too,
    the comparison stays.
    """
    if isinstance(node, Binary) and node.op in COMPARISONS:
        if _attainment(node.left) and not _reads_attainment(node.right):
            return Binary(node.op, _of(node.left, ATTAINED), _times(node.right, node.left), node.start, node.end)
        if _attainment(node.right) and not _reads_attainment(node.left):
            return Binary(node.op, _times(node.left, node.right), _of(node.right, ATTAINED), node.start, node.end)
    if isinstance(node, Between) and _attainment(node.item) and not _any_attainment(node.low, node.high):
        low, high = _times(node.low, node.item), _times(node.high, node.item)
        return Between(_of(node.item, ATTAINED), low, high, node.start, node.end)
    if isinstance(node, In) and _attainment(node.item) and not _any_attainment(*node.options):
        options = tuple(_times(o, node.item) for o in node.options)
        return In(_of(node.item, ATTAINED), options, node.negated, node.start, node.end)
    return _in_its_parts(node)


def _in_its_parts(node: Node) -> Node:
    again = without_division
    if isinstance(node, Call):
        return Call(node.function, tuple(again(a) for a in node.args), node.start, node.end)
    if isinstance(node, Unary):
        return Unary(node.op, again(node.operand), node.start, node.end)
    if isinstance(node, Binary):
        return Binary(node.op, again(node.left), again(node.right), node.start, node.end)
    if isinstance(node, In):
        return In(again(node.item), tuple(again(o) for o in node.options), node.negated, node.start, node.end)
    if isinstance(node, Between):
        return Between(again(node.item), again(node.low), again(node.high), node.start, node.end)
    if isinstance(node, Like):
        return Like(again(node.item), node.pattern, node.start, node.end)
    if isinstance(node, IsEmpty):
        return IsEmpty(again(node.item), node.negated, node.start, node.end)
    return node


def _attainment(node: Node) -> bool:
    return (isinstance(node, Name) and node.id == "attainment") or (isinstance(node, Call) and node.function == "attainment")


def _reads_attainment(node: Node) -> bool:
    return any(_attainment(n) for n in walk(node))


def _any_attainment(*nodes: Node) -> bool:
    return any(_reads_attainment(n) for n in nodes)


def _of(attainment: Node, what: str) -> Node:
    """What was attained, or the scale, of the measure whose attainment it is."""
    named = attainment.args[0] if isinstance(attainment, Call) and attainment.args else None
    return Name(what + (named.value if isinstance(named, Text) else ""), attainment.start, attainment.end)


def _times(other: Node, attainment: Node) -> Node:
    return Binary("*", without_division(other), _of(attainment, SCALE), other.start, other.end)
