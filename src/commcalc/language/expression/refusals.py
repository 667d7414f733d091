"""Says why an expression cannot be read on from some place: what stands there, and what belongs there."""

from __future__ import annotations

from commcalc.language.expression.lexer import Token
from commcalc.language.expression.nodes import Text
from commcalc.language.expression.problems import FOREIGN, SYNTAX, TOO_LARGE, ExpressionFault

_CHOOSE = "write `if(condition, a, b)`"
_EMPTY = "write `is empty`"
_YES_NO = "a yes/no column stands for itself: `is_new`, or `not is_new`"
WORDS_OF_OTHERS = {
    "lambda": "there are no functions to define", "await": "there is nothing to wait for",
    "import": "there is nothing to import", "for": "there are no loops", "while": "there are no loops",
    "null": _EMPTY, "none": _EMPTY, "nan": _EMPTY, "true": _YES_NO, "false": _YES_NO,
    "else": _CHOOSE, "then": _CHOOSE, "when": _CHOOSE, "case": _CHOOSE,
}  # fmt: skip
NEVER_NAMES = ("null", "none", "nan", "true", "false")


def syntax(token: Token, what: str, mend: str) -> ExpressionFault:
    """Return the fault of a piece that does not belong where it stands."""
    return ExpressionFault(SYNTAX, token.start, token.end, {"what": what, "mend": mend})


def foreign(token: Token, what: str, mend: str) -> ExpressionFault:
    """Return the fault of a piece that belongs to other languages."""
    return ExpressionFault(FOREIGN, token.start, token.end, {"what": what, "mend": mend})


def word_of_others(token: Token) -> ExpressionFault:
    """Return the fault of `lambda`, `null`, `case` and their like."""
    what = f"`{token.text}` is not part of the expression language"
    return foreign(token, what, WORDS_OF_OTHERS[token.text.lower()])


def dot(token: Token, mend: str = "take it away") -> ExpressionFault:
    """Return the fault of a dot elsewhere than in `payee.x`."""
    return foreign(token, "the only dot of the expression language is that of `payee.x`", mend)


def too_large(start: int, end: int, what: str) -> ExpressionFault:
    """Return the fault of an expression that is too long, too deep or of too many parts."""
    mend = "give part of it a name under `columns:`, or make a table of it"
    return ExpressionFault(TOO_LARGE, start, end, {"what": what, "mend": mend})


def no_value(before: Token | None, token: Token, after: Token | None) -> ExpressionFault:
    """Return the fault where a value should begin at `token`."""
    if token.kind == "end":
        said = f", after `{before.text}`" if before else ""
        return syntax(token, f"a value is missing at the end{said}", "write what belongs there")
    if token.text == "+":
        return syntax(token, "a plus sign stands before a value", "take the `+` away")
    if token.text == ".":
        return dot(token)
    if token.text == ")" and before and before.text == "(":
        if after and after.text == ".":
            return dot(after)
        return syntax(token, "there is nothing in these brackets", "write a value in them")
    return syntax(token, f"a value is expected here, not `{token.text}`", "write a name, a number or a text")


def no_sign(before: Token, token: Token) -> ExpressionFault:
    """Return the fault where a sign, a comma or a closing bracket should stand at `token`, after `before`."""
    if token.text == ".":
        return dot(token)
    if token.text == ")":
        return syntax(token, "this bracket was not opened", "take it away, or put `(` where it begins")
    if token.text == ",":
        what = "a comma stands here outside a call"
        return syntax(token, what, "a decimal point is `.`; lists follow `in`")
    if token.text == "(":
        return syntax(token, "a bracket opens here without a sign before it", "write `*`, or take it away")
    if token.kind == "name" and token.text.lower() in WORDS_OF_OTHERS:
        return word_of_others(token)
    if isinstance(before.literal, Text) and isinstance(token.literal, Text):
        return syntax(token, "two texts stand side by side", "join lists with commas after `in`")
    if before.kind == "literal" and token.kind == "name" and len(token.text) == 3 and token.text.isalpha():
        mend = f"a currency is written in capitals: {before.text} {token.text.upper()}"
        return syntax(token, f"`{token.text}` follows a number", mend)
    mend = "write a sign between them; a text stands in single quotes"
    return syntax(token, f"`{token.text}` follows `{before.text}` with no sign between them", mend)
