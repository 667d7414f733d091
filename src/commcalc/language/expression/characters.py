"""Characters that look like others or cannot be seen: which one it is, and which one was meant."""

from __future__ import annotations

import unicodedata
from typing import NoReturn

from commcalc.language.expression.problems import CHARACTER, ExpressionFault

_MEANT = {
    **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
    **dict.fromkeys("“”„‟″«»", "'"),
    **dict.fromkeys("−–—‐‑‒﹣", "-"),
    "×": "*",
    "∗": "*",
    "·": "*",
    "÷": "/",
    "∕": "/",
    "⁄": "/",
    "≥": ">=",
    "≤": "<=",
    "≠": "<>",
    "٪": "%",
    "﹪": "%",
    **dict(zip("аесорхуіјѕһԁԛԝАВЕКМНОРСТХУІЅЈ", "aecopxyijshdqwABEKMHOPCTXYISJ", strict=True)),
    **dict(zip("αονρτυικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aovptuikABEZHIKMNOPTYX", strict=True)),
    "ı": "i",
    "ⅼ": "l",
}


def look_alike(char: str) -> bool:
    """Tell a letter, mark or invisible character, which would stand inside a name unseen, from a sign."""
    return unicodedata.category(char)[0] in "LMNC"


def refuse_character(text: str, at: int, in_name: bool = False, in_text: bool = False) -> NoReturn:
    """Say which character stands at this place, by its name and code point, and what to write instead."""
    char = text[at]
    category = unicodedata.category(char)
    name = unicodedata.name(char, "a control character").lower()
    unseen = category[0] in "CZ"
    facts = {
        "shown": "a character that cannot be seen" if unseen else f"`{char}`",
        "name": ("an " if name[0] in "aeiou" else "a ") + name if not name.startswith("a control") else name,
        "code": f"U+{ord(char):04X}",
        "where": " inside a name" if in_name else " inside a text" if in_text else "",
        "mend": _mend(char, category),
    }
    raise ExpressionFault(CHARACTER, at, at + 1, facts)


def _mend(char: str, category: str) -> str:
    if category[0] == "Z":
        return "write an ordinary space"
    if category[0] == "C":
        return "take it away: type the word anew"
    meant = _MEANT.get(char)
    if meant is None:
        plain = unicodedata.normalize("NFKD", char)[:1]
        meant = plain if plain.isascii() and plain.isprintable() else None
    if meant is None:
        return "names are written with the letters a to z, digits and `_`; other text stands in single quotes"
    return f"write the plain `{meant}`" if meant != "'" else "write the straight quote `'`"
