"""Reads an expression: `or` binds least, then `and`, `not`, comparisons, `+ -`, `* /`, and the sign most."""

from __future__ import annotations

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
from commcalc.language.expression.problems import CHAINED, FOREIGN, SYNTAX, TOO_LARGE, ExpressionFault
from commcalc.language.names import nearest

MOST_LEVELS = 16
MOST_NODES = 100
OR, AND, NOT, COMPARE, ADD, MULTIPLY, SIGN = range(1, 8)
_INFIX = {
    "or": OR, "and": AND, "+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY,
    **dict.fromkeys(COMPARISONS, COMPARE), **dict.fromkeys(("in", "between", "like", "is", "not"), COMPARE),
}  # fmt: skip
_WORDS = {
    "lambda": "there are no functions to define", "await": "there is nothing to wait for",
    "import": "there is nothing to import", "null": "write `is empty`", "none": "write `is empty`",
    "nan": "write `is empty`", "true": "a yes/no column stands for itself: `is_new`, or `not is_new`",
    "false": "a yes/no column stands for itself: `is_new`, or `not is_new`",
    "for": "there are no loops", "while": "there are no loops", "else": "write `if(condition, a, b)`",
    "then": "write `if(condition, a, b)`", "when": "write `if(condition, a, b)`",
    "case": "write `if(condition, a, b)`",
}  # fmt: skip


def parse_expression(text: str) -> Expression:
    """Read an expression, or raise the ExpressionFault that says what is wrong with it and where."""
    if len(text) > MOST_CHARACTERS:
        what = f"it has {len(text):_} characters, at most {MOST_CHARACTERS} are read"
        mend = "give part of it a name under `columns:`, or make a table of it"
        raise ExpressionFault(TOO_LARGE, 0, len(text), {"what": what, "mend": mend})
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
            self.refuse_next(node)
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
                self.refuse_not(token)
            return self.unary(token, NOT)
        self.refuse_start(token)

    def unary(self, token: Token, power: int) -> Node:
        self.deeper(token)
        operand = self.expression(power)
        self.levels -= 1
        return self.made(Unary(token.text, operand, token.start, operand.end))

    def bracket(self, token: Token) -> Node:
        self.deeper(token)
        inner = self.expression(OR)
        if self.is_at(","):
            self.fail(
                self.here, "a comma stands here outside a call", "a decimal point is `.`; lists follow `in`"
            )
        self.close(token)
        self.levels -= 1
        return inner

    def close(self, opened: Token) -> Token:
        if self.is_at(")"):
            return self.take()
        if self.here.kind == "end":
            self.fail(opened, "the bracket that opens here is not closed", "put `)` where it ends")
        self.refuse_next(None)

    def name(self, token: Token) -> Node:
        if self.is_at("("):
            return self.call(token)
        if self.is_at("."):
            return self.member(token)
        word = token.text.lower()
        if word in _WORDS and (word == "null" or not self.joined()):
            what = f"`{token.text}` is not part of the expression language"
            raise ExpressionFault(FOREIGN, token.start, token.end, {"what": what, "mend": _WORDS[word]})
        return self.made(Name(token.text, token.start, token.end))

    def joined(self) -> bool:
        """Tell whether what follows goes on as after a column of that name; `true` and the like never are one."""
        word = self.tokens[self.at - 1].text.lower()
        return word not in ("true", "false", "none", "nan") and self.here.kind not in ("name", "literal")

    def member(self, token: Token) -> Node:
        dot = self.take()
        after = self.here
        if token.text != "payee" or after.kind not in ("name", "keyword"):
            mend = (
                "write `payee.` and a column"
                if token.text.lower() == "payee"
                else f"write `{token.text}` alone"
            )
            what = "the only dot of the expression language is that of `payee.x`"
            raise ExpressionFault(FOREIGN, dot.start, dot.end, {"what": what, "mend": mend})
        self.take()
        if self.is_at(".", "("):
            what = f"`{self.here.text}` cannot follow `payee.{after.text}`"
            mend = f"write `payee.{after.text}` alone"
            raise ExpressionFault(FOREIGN, self.here.start, self.here.end, {"what": what, "mend": mend})
        return self.made(Member("payee", self.text[after.start : after.end], token.start, after.end))

    def call(self, token: Token) -> Node:
        function = token.text.lower()
        if function not in FUNCTIONS:
            near = nearest(function, FUNCTIONS)
            mend = f"did you mean `{near}`?" if near else "the functions are " + ", ".join(FUNCTIONS)
            what = f"`{token.text}` is not a function of the expression language"
            raise ExpressionFault(FOREIGN, token.start, token.end, {"what": what, "mend": mend})
        self.deeper(token)
        args, end = self.items()
        self.levels -= 1
        if self.is_at("."):
            what = f"a dot cannot follow `{function}(...)`"
            facts = {"what": what, "mend": "take the dot and what follows away"}
            raise ExpressionFault(FOREIGN, self.here.start, self.here.end, facts)
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
        self.fail(token, "`not` stands between two values", "write `a <> b`, `not in (...)`, or `and not`")

    def in_list(self, left: Node, token: Token, negated: bool) -> Node:
        if not self.is_at("("):
            self.fail(token, "`in` wants a list in round brackets", "write `in ('A', 'B')`")
        self.deeper(token)
        options, end = self.items()
        self.levels -= 1
        if not options:
            self.fail(token, "the list after `in` is empty", "write what it may be: `in ('A', 'B')`")
        return self.made(In(left, options, negated, left.start, end))

    def between(self, left: Node) -> Node:
        low = self.expression(ADD)
        if not self.is_at("and"):
            self.fail(self.here, "`between` wants two bounds", "write `between 10 and 20` (both are in)")
        self.take()
        high = self.expression(ADD)
        return self.made(Between(left, low, high, left.start, high.end))

    def like(self, left: Node) -> Node:
        token = self.take()
        if not isinstance(token.literal, Text):
            self.fail(token, "`like` wants a text in single quotes", "write `like 'A%'`")
        self.nodes += 1
        return self.made(Like(left, token.literal.value, left.start, token.end))

    def is_empty(self, left: Node, token: Token) -> Node:
        negated = self.is_at("not")
        if negated:
            self.take()
        word = self.take()
        if word.text.lower() != "empty":
            self.fail(word, "only `empty` follows `is`", "write `is empty`, `is not empty`, or `=`")
        return self.made(IsEmpty(left, negated, left.start, word.end))

    def made(self, node: Node) -> Node:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            what = f"it has more than {MOST_NODES} parts"
            mend = "give part of it a name under `columns:`, or make a table of it"
            raise ExpressionFault(TOO_LARGE, node.start, node.end, {"what": what, "mend": mend})
        return node

    def deeper(self, token: Token) -> None:
        self.levels += 1
        if self.levels > MOST_LEVELS:
            what = f"it goes deeper than {MOST_LEVELS} levels of brackets, calls and signs"
            mend = "give part of it a name under `columns:`, or make a table of it"
            raise ExpressionFault(TOO_LARGE, token.start, token.end, {"what": what, "mend": mend})

    def fail(self, token: Token, what: str, mend: str) -> NoReturn:
        raise ExpressionFault(SYNTAX, token.start, max(token.end, token.start), {"what": what, "mend": mend})

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

    def refuse_not(self, token: Token) -> NoReturn:
        self.fail(token, "`not` here binds less than the sign before it", "put it in brackets: `(not x)`")

    def refuse_start(self, token: Token) -> NoReturn:
        if token.kind == "end":
            before = self.tokens[self.at - 2].text if self.at > 1 else ""
            self.fail(token, f"a value is missing at the end, after `{before}`", "write what belongs there")
        if token.text == "+":
            self.fail(token, "a plus sign stands before a value", "take the `+` away")
        if token.text == ".":
            facts = {
                "what": "the only dot of the expression language is that of `payee.x`",
                "mend": "take it away",
            }
            raise ExpressionFault(FOREIGN, token.start, token.end, facts)
        if token.text == ")" and self.at > 1 and self.tokens[self.at - 2].text == "(":
            dot = self.here if self.is_at(".") else None
            if dot:
                facts = {
                    "what": "the only dot of the expression language is that of `payee.x`",
                    "mend": "take it away",
                }
                raise ExpressionFault(FOREIGN, dot.start, dot.end, facts)
            self.fail(token, "there is nothing in these brackets", "write a value in them")
        self.fail(token, f"a value is expected here, not `{token.text}`", "write a name, a number or a text")

    def refuse_next(self, left: Node | None) -> NoReturn:
        """Something stands where a sign, a comma or a closing bracket should."""
        token = self.here
        if token.text == ".":
            facts = {
                "what": "the only dot of the expression language is that of `payee.x`",
                "mend": "take it away",
            }
            raise ExpressionFault(FOREIGN, token.start, token.end, facts)
        if token.text == ")":
            self.fail(token, "this bracket was not opened", "take it away, or put `(` where it begins")
        if token.text == ",":
            self.fail(
                token, "a comma stands here outside a call", "a decimal point is `.`; lists follow `in`"
            )
        if token.text == "(":
            self.fail(token, "a bracket opens here without a sign before it", "write `*`, or take it away")
        if token.kind == "name" and token.text.lower() in _WORDS:
            what = f"`{token.text}` is not part of the expression language"
            raise ExpressionFault(
                FOREIGN, token.start, token.end, {"what": what, "mend": _WORDS[token.text.lower()]}
            )
        before = self.tokens[self.at - 1]
        if isinstance(before.literal, Text) and isinstance(token.literal, Text):
            self.fail(token, "two texts stand side by side", "join lists with commas after `in`")
        if (
            before.kind == "literal"
            and token.kind == "name"
            and len(token.text) == 3
            and token.text.isalpha()
        ):
            self.fail(token, f"`{token.text}` follows a number", f"a currency is written in capitals: {before.text} "
                      f"{token.text.upper()}")  # fmt: skip
        mend = "write a sign between them; a text stands in single quotes"
        self.fail(token, f"`{token.text}` follows `{before.text}` with no sign between them", mend)
