"""Reads an expression: `or` binds least, then `and`, `not`, comparisons, `+ -`, `* /`, and the sign most."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from commcalc.language.expression.lexer import MOST_CHARACTERS, Token, tokens_of
from commcalc.language.expression.nodes import (
    COMPARISONS,
    FUNCTIONS,
    Between,
    Binary,
    Call,
    Expression,
    In,
    IsEmpty,
    Like,
    Member,
    Name,
    Node,
    Text,
    Unary,
)
from commcalc.language.expression.problems import CHAINED, SYNTAX, ExpressionFault
from commcalc.language.expression.refusals import (
    NEVER_NAMES,
    WORDS_OF_OTHERS,
    dot,
    foreign,
    no_sign,
    no_value,
    syntax,
    too_large,
    word_of_others,
)
from commcalc.language.names import nearest

MOST_LEVELS = 16
MOST_NODES = 100
OR, AND, NOT, COMPARE, ADD, MULTIPLY, SIGN = range(1, 8)
_INFIX = {
    "or": OR, "and": AND, "+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY,
    **dict.fromkeys(COMPARISONS, COMPARE), **dict.fromkeys(("in", "between", "like", "is", "not"), COMPARE),
}  # fmt: skip


def parse_expression(text: str) -> Expression:
    """Read an expression, or raise the ExpressionFault that says what is wrong with it and where."""
    if len(text) > MOST_CHARACTERS:
        raise too_large(0, len(text), f"it has {len(text):_} characters, at most {MOST_CHARACTERS} are read")
    if not text.strip():
        facts = {"what": "the expression is empty", "mend": "write a value, as `amount * 8%`"}
        raise ExpressionFault(SYNTAX, 0, len(text), facts)
    tokens, unreadable = tokens_of(text)
    parser = _Parser(text, tokens)
    if unreadable is None:
        return Expression(text, parser.whole())
    try:
        parser.whole()
    except ExpressionFault as earlier:
        if not parser.at_end:
            raise earlier from None
    raise unreadable


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.levels = 0
        self.nodes = 0

    @property
    def at_end(self) -> bool:
        """True where all pieces but the end are read."""
        return self.at >= len(self.tokens) - 1

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def is_at(self, *texts: str) -> bool:
        return self.here.kind in ("sign", "keyword") and self.here.text in texts

    def whole(self) -> Node:
        node = self.expression(OR)
        if self.here.kind != "end":
            raise no_sign(self.tokens[self.at - 1], self.here)
        return node

    def expression(self, least: int) -> Node:
        """Read a value and all that is joined to it by signs that bind at least so strongly."""
        left = self.value(least)
        while True:
            token = self.here
            power = _INFIX.get(token.text, 0) if token.kind in ("sign", "keyword") else 0
            if power < least or power == 0:
                return left
            if power == COMPARE:
                left = self.comparison(left)
                if self.here.kind in ("sign", "keyword") and _INFIX.get(self.here.text) == COMPARE:
                    self.refuse_chain(left)
            else:
                self.take()
                right = self.expression(power + 1)
                left = self.made(Binary(token.text, left, right, left.start, right.end))

    def value(self, least: int) -> Node:
        token = self.take()
        if token.kind == "literal":
            assert token.literal is not None
            return self.made(token.literal)
        if token.kind == "name":
            return self.name(token)
        if token.kind == "sign" and token.text == "(":
            return self.bracket(token)
        if token.kind == "sign" and token.text == "-":
            return self.unary(token, SIGN)
        if token.kind == "keyword" and token.text == "not":
            if least > NOT:
                raise syntax(token, "`not` here binds less than the sign before it", "put it in brackets: `(not x)`")
            return self.unary(token, NOT)
        after = self.here if token.kind != "end" else None
        raise no_value(self.tokens[self.at - 2] if self.at > 1 else None, token, after)
        return None

    def unary(self, token: Token, power: int) -> Node:
        self.deeper(token)
        operand = self.expression(power)
        self.levels -= 1
        return self.made(Unary(token.text, operand, token.start, operand.end))

    def bracket(self, token: Token) -> Node:
        self.deeper(token)
        inner = self.expression(OR)
        end = self.close(token).end
        self.levels -= 1
        return replace(inner, start=token.start, end=end)

    def close(self, opened: Token) -> Token:
        if self.is_at(")"):
            return self.take()
        if self.here.kind == "end":
            raise syntax(opened, "the bracket that opens here is not closed", "put `)` where it ends")
        raise no_sign(self.tokens[self.at - 1], self.here)
        return None

    def name(self, token: Token) -> Node:
        if self.is_at("("):
            return self.call(token)
        if self.is_at("."):
            return self.member(token)
        word = token.text.lower()
        joined = self.here.kind not in ("name", "literal")  # goes on as after a column of that name
        if word in NEVER_NAMES or (word in WORDS_OF_OTHERS and not joined):
            raise word_of_others(token)
        return self.made(Name(token.text, token.start, token.end))

    def member(self, token: Token) -> Node:
        point, after = self.take(), self.here
        if token.text != "payee" or after.kind not in ("name", "keyword"):
            payee = token.text.lower() == "payee"
            raise dot(point, "write `payee.` and a column" if payee else f"write `{token.text}` alone")
        self.take()
        if self.is_at(".", "("):
            name = f"payee.{after.text}"
            raise foreign(self.here, f"`{self.here.text}` cannot follow `{name}`", f"write `{name}` alone")
        return self.made(Member("payee", self.text[after.start : after.end], token.start, after.end))

    def call(self, token: Token) -> Node:
        function = token.text.lower()
        if function not in FUNCTIONS:
            near = nearest(function, FUNCTIONS)
            mend = f"did you mean `{near}`?" if near else "the functions are " + ", ".join(FUNCTIONS)
            raise foreign(token, f"`{token.text}` is not a function of the expression language", mend)
        self.deeper(token)
        args, end = self.items()
        self.levels -= 1
        if self.is_at("."):
            raise dot(self.here, "take the dot and what follows away")
        return self.made(Call(function, args, token.start, end))

    def items(self) -> tuple[tuple[Node, ...], int]:
        """Read `(a, b, ...)`, also `()`; return the items and where the closing bracket ends."""
        opened = self.take()
        found: list[Node] = []
        if not self.is_at(")"):
            found.append(self.expression(OR))
            while self.is_at(","):
                self.take()
                found.append(self.expression(OR))
        return tuple(found), self.close(opened).end

    def comparison(self, left: Node) -> Node:
        token = self.take()
        if token.kind == "sign":
            right = self.expression(ADD)
            return self.made(Binary(token.text, left, right, left.start, right.end))
        negated = token.text == "not"
        if negated:
            token = self.take()
        if token.kind == "keyword" and token.text == "in":
            return self.in_list(left, token, negated)
        if token.kind == "keyword" and token.text == "is" and not negated:
            return self.is_empty(left, token)
        if token.kind == "keyword" and token.text in ("between", "like"):
            node = self.between(left) if token.text == "between" else self.like(left)
            return self.made(Unary("not", node, left.start, node.end)) if negated else node
        raise syntax(token, "`not` stands between two values", "write `a <> b`, `not in (...)`, or `and not`")
        return None

    def in_list(self, left: Node, token: Token, negated: bool) -> Node:
        if not self.is_at("("):
            raise syntax(token, "`in` wants a list in round brackets", "write `in ('A', 'B')`")
        self.deeper(token)
        options, end = self.items()
        self.levels -= 1
        if not options:
            raise syntax(token, "the list after `in` is empty", "write what it may be: `in ('A', 'B')`")
        return self.made(In(left, options, negated, left.start, end))

    def between(self, left: Node) -> Node:
        low = self.expression(ADD)
        if not self.is_at("and"):
            raise syntax(self.here, "`between` wants two bounds", "write `between 10 and 20` (both are in)")
        self.take()
        high = self.expression(ADD)
        return self.made(Between(left, low, high, left.start, high.end))

    def like(self, left: Node) -> Node:
        token = self.take()
        if not isinstance(token.literal, Text):
            raise syntax(token, "`like` wants a text in single quotes", "write `like 'A%'`")
        self.nodes += 1
        return self.made(Like(left, token.literal.value, left.start, token.end))

    def is_empty(self, left: Node, token: Token) -> Node:
        negated = self.is_at("not")
        if negated:
            self.take()
        word = self.take()
        if word.text.lower() != "empty":
            raise syntax(word, "only `empty` follows `is`", "write `is empty`, `is not empty`, or `=`")
        return self.made(IsEmpty(left, negated, left.start, word.end))

    def made(self, node: Node) -> Node:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise too_large(node.start, node.end, f"it has more than {MOST_NODES} parts")
        return node

    def deeper(self, token: Token) -> None:
        self.levels += 1
        if self.levels > MOST_LEVELS:
            what = f"it goes deeper than {MOST_LEVELS} levels of brackets, calls and signs"
            raise too_large(token.start, token.end, what)

    def refuse_chain(self, left: Node) -> NoReturn:
        """0 < x < 10: show both halves, the second with the middle value again."""
        assert isinstance(left, Binary | In | Between | Like | IsEmpty | Unary)
        sign = self.here
        middle = left.right if isinstance(left, Binary) else left
        first = self.text[left.start : left.end]
        try:
            second = self.comparison(middle)
            end, tail = second.end, self.text[sign.start : second.end]
        except ExpressionFault:
            end, tail = sign.end, f"{sign.text} ..."
        again = self.text[middle.start : middle.end] if isinstance(left, Binary) else "..."
        facts = {"text": self.text[left.start : end], "mend": f"{first} and {again} {tail}"}
        raise ExpressionFault(CHAINED, sign.start, sign.end, facts)
