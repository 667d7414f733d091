"""Cuts the text of an expression into numbers, texts, dates, names and signs, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from commcalc.base.problem import Kind
from commcalc.language.expression import literals
from commcalc.language.expression.characters import look_alike, refuse_character
from commcalc.language.expression.nodes import DateLit, Number, Text
from commcalc.language.expression.problems import FOREIGN, POWER, SYNTAX, TEXT, ExpressionFault

MOST_CHARACTERS = 500
KEYWORDS = frozenset({"and", "or", "not", "in", "between", "like", "is"})

_SPACE = re.compile(r"[ \t\r\n]+")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_SIGN = re.compile(r"\*\*|<>|<=|>=|==|!=|[-+*/=<>(),.]")
_SPELLED = {"==": "=", "!=": "<>"}
_MENDS = {
    "&&": "write `and`",
    "||": "write `or`",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, and `<>` for different",
    "//": "write `floor(a / b)`",
    "=>": "write `>=`",
    "=<": "write `<=`",
    "%": "a percentage is written `8%`; there is no remainder of a division",
    "^": "write the product out: `x * x`",
    ":=": "to name an amount, put it under `columns:`",
    ":": "to choose, write `if(condition, a, b)`; ranges stand in tables",
    "?": "to choose, write `if(condition, a, b)`",
    "[": "lists stand in round brackets after `in`; there is no indexing",
    "]": "lists stand in round brackets after `in`; there is no indexing",
    "{": "take the brackets away",
    "}": "take the brackets away",
    ";": "an expression is one value",
    "#": "comments stand outside the expression",
    "`": "names stand bare; texts stand in single quotes",
}

TokenKind = Literal["literal", "name", "keyword", "sign", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: what it is, how it is spelled (keywords in small letters), and where it stands."""

    kind: TokenKind
    text: str
    start: int
    end: int
    literal: Number | Text | DateLit | None = None


def tokens_of(text: str) -> tuple[list[Token], ExpressionFault | None]:
    """Return the pieces of an expression up to its end, or up to its first fault, which comes beside them.

    The last piece is an `end`. The fault is not raised here: what stands before it may be wrong already.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        space = _SPACE.match(text, at)
        if space:
            at = space.end()
            continue
        try:
            token = _token(text, at)
        except ExpressionFault as fault:
            return [*found, Token("end", "", at, at)], fault
        found.append(token)
        at = token.end
    return [*found, Token("end", "", len(text), len(text))], None


def _token(text: str, at: int) -> Token:
    char = text[at]
    if char.isascii() and char.isdigit():
        literal = literals.read_number(text, at)
        return Token("literal", text[at : literal.end], at, literal.end, literal)
    if char == "'":
        return _text(text, at)
    word = _WORD.match(text, at)
    if word:
        return _word(text, word)
    if char == "." and text[at + 1 : at + 2].isdigit() and not _after_name(text, at):
        literals.refuse_bare_point(text, at)
    sign = _SIGN.match(text, at)
    if sign and text[at : at + 2] not in ("//", "=>", "=<"):
        if sign[0] == "**":
            raise ExpressionFault(POWER, at, at + 2, {"op": "**"})
        return Token("sign", _SPELLED.get(sign[0], sign[0]), at, sign.end())
    raise _sign_fault(text, at)


def _word(text: str, word: re.Match[str]) -> Token:
    start, end = word.span()
    after = text[end : end + 1]
    if after == "'" and word[0].lower() in ("f", "r", "b", "u", "fr", "rf", "br", "rb", "n", "e", "x"):
        facts = {
            "what": f"`{word[0]}'...'` is not a text of the expression language",
            "mend": "write `'...'`",
        }
        raise ExpressionFault(FOREIGN, start, end, facts)
    if after and not after.isascii() and look_alike(after):
        refuse_character(text, end, in_name=True)
    lower = word[0].lower()
    if lower in KEYWORDS:
        return Token("keyword", lower, start, end)
    return Token("name", word[0], start, end)


def _text(text: str, at: int) -> Token:
    match = _TEXT.match(text, at)
    if match is None:
        facts = {"what": "the text that begins here has no closing quote", "mend": "put `'` at its end"}
        raise ExpressionFault(TEXT, at, len(text), facts)
    for offset, char in enumerate(match[1]):
        if not char.isprintable() or (char.isspace() and char != " "):
            refuse_character(text, at + 1 + offset, in_text=True)
    return Token("literal", match[0], at, match.end(), Text(match[1].replace("''", "'"), at, match.end()))


def _after_name(text: str, at: int) -> bool:
    return at > 0 and (text[at - 1].isalnum() or text[at - 1] in "_)]")


def _sign_fault(text: str, at: int) -> ExpressionFault:
    char = text[at]
    if char == '"':
        end = text.find('"', at + 1) + 1
        if end and text[end : end + 1] == ".":
            what = "the only dot of the expression language is that of `payee.x`"
            return ExpressionFault(FOREIGN, end, end + 1, {"what": what, "mend": "take it and what follows away"})
        inner = text[at + 1 : end - 1] if end and end - at <= 60 else "..."
        doubled = inner.replace("'", "''")
        facts = {"what": "texts stand in single quotes here", "mend": f"write `'{doubled}'`"}
        return ExpressionFault(TEXT, at, end or len(text), facts)
    if char in "$£€¥":
        literals.refuse_currency_sign(text, at)
    if not char.isascii() or not char.isprintable():
        refuse_character(text, at)
    two = text[at : at + 2]
    shown = two if two in _MENDS else char
    kind: Kind = POWER if shown == "^" else FOREIGN
    if shown == "\\":
        kind = SYNTAX
    what = f"`{shown}` is not part of the expression language"
    facts = {"op": shown, "what": what, "mend": _MENDS.get(shown, "take it away")}
    return ExpressionFault(kind, at, at + len(shown), facts)
