"""Figures: how numbers, ratios, shares, money and mixes are read from the text as written, and what to write instead of a slip."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from commcalc.base.money import CURRENCIES
from commcalc.language.expression import ExpressionFault
from commcalc.language.expression.literals import read_number
from commcalc.language.expression.nodes import DateLit, Number
from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_MIX, NOT_A_NUMBER, NOT_A_RATIO
from commcalc.language.names import nearest

_SIGNS = {"$": "USD", "US$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY"}
_PLAIN = r"[0-9][0-9_.,']*"
_SIGNED = re.compile(
    rf"(?P<before>US\$|[$£€¥]|[A-Za-z]{{3}})\s*(?P<a>{_PLAIN})|(?P<b>{_PLAIN})\s*(?P<after>US\$|[$£€¥]|[A-Za-z]{{3}})"
)
_DASHES = "−–—‐‑‒﹣－"


@dataclass(frozen=True, slots=True)
class MoneyValue:
    """An amount; without currency it is in the plan's."""

    amount: Decimal
    currency: str | None


@dataclass(frozen=True, slots=True)
class BaseToVariable:
    """A mix: the parts of base and variable in their sum."""

    base: Decimal
    variable: Decimal


def read_literal(text: str) -> Number | DateLit:
    """Read a whole text as one number, ratio, money or date; a leading minus is taken."""
    return _literal(text, "a number")


def _literal(text: str, wanted: str) -> Number | DateLit:
    """Read one literal; what is wrong is said of the whole text, with what to write instead."""
    body = text.strip()
    negative = body.startswith("-")
    begin = 1 if negative else 0
    why, example = _slip(body)
    if not re.match(r"[0-9]", body[begin:]) or why:
        raise fault(NOT_A_NUMBER, text=text, wanted=wanted, why=why and f": {why}", example=example)
    try:
        found = read_number(body, begin)
    except ExpressionFault as error:
        lead = len(text) - len(text.lstrip())
        raise fault(error.kind, error.start + lead, error.end + lead, **error.facts) from None
    if found.end != len(body):
        raise fault(NOT_A_NUMBER, text=text, wanted=wanted, why="", example=example)
    if negative and isinstance(found, Number):
        return Number(-found.value, found.type, found.currency, 0, found.end)
    return found


def _slip(body: str) -> tuple[str, str]:
    """Return what is unlike the plan language in a text that is nearly a number, and what was probably meant."""
    plain = unicodedata.normalize("NFKC", body)
    for dash in _DASHES:
        plain = plain.replace(dash, "-")
    if not body.isascii() and plain != body and re.match(r"-?[0-9]", plain):
        other = next(c for c in body if not c.isascii())
        name = unicodedata.name(other, f"U+{ord(other):04X}").lower()
        return f"it has a character that only looks right ({name})", _tidy(plain)
    if re.fullmatch(r"\.[0-9]+\S*", body):
        return "it begins with a point", f"0{body}"
    if body.startswith("+"):
        return "it has a plus sign", body[1:].strip() or "5"
    if re.fullmatch(r"[0-9]{1,3}(:[0-9]{2})+", body):
        return "it is written like a time of day", "a decimal, as 12.5"
    if re.fullmatch(r"-?[0-9]{1,3}( [0-9]{3})+(\.[0-9]+)?\S*", body):
        return "it has spaces in it", body.replace(" ", "_")
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})*,[0-9]{1,2}%?", body):
        return "its decimals follow a comma", body.replace(".", "_").replace(",", ".")
    money = _SIGNED.fullmatch(body)
    if money is not None:
        sign = money["before"] or money["after"]
        amount = _tidy(money["a"] or money["b"])
        code = _SIGNS.get(sign) or (sign.upper() if sign.upper() in CURRENCIES else None)
        if code is not None and re.sub(r"[ \t]+", " ", body) != f"{money['b']} {code}":
            return "the currency stands behind the amount, as three capitals", f"{amount} {code}"
    return "", "digits, `_` between groups of three, a point for decimals: 150_000.50"


def _tidy(digits: str) -> str:
    grouped = re.fullmatch(r"-?[0-9]{1,3}(?:[ ,'][0-9]{3})+(?:\.[0-9]+)?(.*)", digits)
    return re.sub(r"[ ,']", "_", digits) if grouped else digits.rstrip(".,")


def number_of(text: str) -> Decimal:
    """Read a bare number."""
    found = _literal(text, "a bare number")
    if not isinstance(found, Number) or found.type != "number":
        what = "a date" if isinstance(found, DateLit) else f"a {found.type}" if found.type == "ratio" else "money"
        raise fault(NOT_A_NUMBER, text=text, wanted="a bare number", why=f": it is {what}", example="it without sign or currency")
    return found.value


def ratio_of(text: str) -> Decimal:
    """Read a ratio: 8%, 75bp, 1.5x."""
    body = text.strip()
    why, example = _ratio_slip(body)
    if why:
        raise fault(NOT_A_RATIO, text=text, why=why, example=example)
    found = _literal(text, "a ratio")
    if isinstance(found, Number) and found.type == "ratio":
        return found.value
    if isinstance(found, DateLit):
        raise fault(NOT_A_RATIO, text=text, why="it is a date", example="8%")
    if found.type == "money":
        raise fault(NOT_A_RATIO, text=text, why="it is money", example="8%, 75bp or 1.5x")
    raise fault(NOT_A_RATIO, text=text, why=f"{body} what?", example=_bare(body, found.value))


def _bare(body: str, value: Decimal) -> str:
    if abs(value) < 1 and value:
        percent = f"{value * 100:f}"
        percent = percent.rstrip("0").rstrip(".") if "." in percent else percent
        return f"{percent}% or {body}x"
    return f"{body}% or {body}x"


def _ratio_slip(body: str) -> tuple[str, str]:
    if re.fullmatch(r"-?[0-9][0-9_.]*\s+(%|bp|x)", body):
        return "there is a space before its sign", re.sub(r"\s+", "", body)
    before = re.fullmatch(r"%\s*(-?[0-9][0-9_.]*)", body)
    if before is not None:
        return "the percent sign comes after the number", f"{before[1]}%"
    words = re.fullmatch(r"(-?[0-9][0-9_.]*)\s*(pct|percent|per cent|pp|bps|basis points|times|X|BP)\.?", body)
    if words is not None:
        sign = {"bps": "bp", "basis points": "bp", "BP": "bp", "times": "x", "X": "x"}.get(words[2], "%")
        return f"`{words[2]}` is written `{sign}`", f"{words[1]}{sign}"
    if re.fullmatch(r"[0-9]+\s*/\s*[0-9]+", body):
        return "a fraction is not kept exact here", "it as a decimal with %: 33.3333%"
    point = re.fullmatch(r"(-?[0-9_]+)\.(%|bp|x)", body)
    if point is not None:
        return "there is a point without decimals", f"{point[1]}{point[2]}"
    if not re.search(r"\d", body):
        return "it is no number with %, bp or x behind it", "8%, 75bp or 1.5x"
    return "", ""


def share_of(text: str) -> Fraction:
    """Read a share: 40% or 1/3, kept as a fraction."""
    match = re.fullmatch(r"\s*([0-9]{1,15})\s*/\s*([0-9]{1,15})\s*", text)
    if match is not None and int(match[2]):
        return Fraction(int(match[1]), int(match[2]))
    if match is not None:
        raise fault(NOT_A_RATIO, text=text, why="nothing can be shared by zero", example="1/3 or 40%")
    return Fraction(ratio_of(text))


def money_of(text: str) -> MoneyValue:
    """Read money: 500 USD, or a bare number in the plan's currency."""
    found = _literal(text, "an amount")
    if not isinstance(found, Number) or found.type == "ratio":
        what = "a date" if isinstance(found, DateLit) else "a ratio"
        raise fault(NOT_A_NUMBER, text=text, wanted="an amount", why=f": it is {what}", example="500 USD")
    if found.currency is not None and found.currency not in CURRENCIES:
        near = nearest(found.currency, CURRENCIES)
        why = f": {found.currency} is no currency of ISO 4217"
        body = text.strip().removesuffix(found.currency).rstrip()
        raise fault(NOT_A_NUMBER, text=text, wanted="an amount", why=why, example=f"{body} {near or 'USD'}")
    return MoneyValue(found.value, found.currency)


def mix_of(text: str) -> BaseToVariable:
    """Read a mix of base to variable: 50/50 or 95_000/65_000."""
    parts = [part.strip().removesuffix("%") for part in text.split("/")]
    plain = r"[0-9][0-9_]*(\.[0-9]+)?"
    if len(parts) != 2 or not all(re.fullmatch(plain, part) for part in parts):
        other = re.fullmatch(rf"\s*({plain})\s*%?\s*[:\-–]\s*({plain})\s*%?\s*", text)
        raise fault(NOT_A_MIX, text=text, example=f"{other[1]}/{other[3]}" if other else "50/50")
    base, variable = (number_of(part) for part in parts)
    if base + variable <= 0:
        raise fault(NOT_A_MIX, text=text, example="50/50")
    return BaseToVariable(base, variable)
