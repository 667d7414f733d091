"""What each function takes and gives: how many arguments, of which types."""

from __future__ import annotations

from commcalc.language.expression.joining import comparable, join_all
from commcalc.language.expression.nodes import Call, Number, Unary
from commcalc.language.expression.problems import ARGUMENTS, TYPES
from commcalc.language.expression.trouble import Trouble
from commcalc.language.expression.types import Type

_COUNTS = {
    "min": (2, None), "max": (2, None), "coalesce": (2, None), "if": (3, 3), "round": (2, 2), "abs": (1, 1),
    "floor": (1, 1), "ceil": (1, 1), "year": (1, 1), "month": (1, 1), "day": (1, 1),
    "days_between": (2, 2), "months_between": (2, 2),
}  # fmt: skip
_SHAPES = {
    "min": "min(a, b)", "max": "max(a, b)", "coalesce": "coalesce(a, 0)", "if": "if(condition, a, b)",
    "round": "round(x, 2)", "abs": "abs(x)", "floor": "floor(x)", "ceil": "ceil(x)", "year": "year(d)",
    "month": "month(d)", "day": "day(d)", "days_between": "days_between(first, last)",
    "months_between": "months_between(first, last)",
}  # fmt: skip
_OF_DATES = ("year", "month", "day", "days_between", "months_between")
_WORDS = {1: "one value", 2: "two values", 3: "three values"}


def check_call(node: Call, types: list[Type | None], trouble: Trouble) -> Type | None:
    """Return the type that a function gives for these types; None among them is a fault said already."""
    function = node.function
    least, most = _COUNTS[function]
    if len(types) < least or (most is not None and len(types) > most):
        takes = _WORDS[least] if most is not None else "two values or more"
        what = f"`{function}` takes {takes}; here it has {len(types)}"
        trouble.add(ARGUMENTS, node, what=what, mend=f"write `{_SHAPES[function]}`")
        return None
    if function in _OF_DATES:
        return _of_dates(node, types, trouble)
    if function == "if":
        _must_be(node, 0, types[0], Type.YES_NO, trouble)
        return _joined(node, types[1:], trouble, first=1)
    if function == "coalesce":
        return _joined(node, types, trouble)
    if function in ("min", "max"):
        found = _joined(node, types, trouble)
        if found in (Type.TEXT, Type.YES_NO):
            what = f"`{function}` takes numbers or dates, not {found}"
            trouble.add(TYPES, node, what=what, mend="take numbers or dates")
            return None
        return found
    if function == "round":
        _check_places(node, trouble)
    return _of_number(node, types[0], trouble)


def _of_number(node: Call, found: Type | None, trouble: Trouble) -> Type | None:
    if found is None or found.numeric:
        return found
    what = f"`{node.function}` takes a number; `{trouble.words(node.args[0])}` is {found}"
    trouble.add(TYPES, node.args[0], what=what, mend="give it a number, a ratio or money")
    return None


def _of_dates(node: Call, types: list[Type | None], trouble: Trouble) -> Type:
    for place, found in enumerate(types):
        _must_be(node, place, found, Type.DATE, trouble)
    return Type.NUMBER


def _must_be(node: Call, place: int, found: Type | None, wanted: Type, trouble: Trouble) -> None:
    if found in (None, wanted):
        return
    here = node.args[place]
    what = f"`{node.function}` takes a {'date' if wanted is Type.DATE else 'condition'} here; "
    mend = "write it as 2026-01-31, or take a date column" if wanted is Type.DATE else "compare it with something"
    trouble.add(TYPES, here, what=f"{what}`{trouble.words(here)}` is {found}", mend=mend)


def _joined(node: Call, types: list[Type | None], trouble: Trouble, first: int = 0) -> Type | None:
    """Return the one type of values of which one is taken."""
    for place in range(1, len(types)):
        earlier, here = types[place - 1], types[place]
        if not comparable(earlier, here):
            a, b = node.args[first + place - 1], node.args[first + place]
            what = f"`{node.function}` gives one of its values; `{trouble.words(a)}` is {earlier}, "
            mend = "make both the same: two ratios, two amounts, or two texts"
            trouble.add(TYPES, b, what=f"{what}`{trouble.words(b)}` is {here}", mend=mend)
            return None
    joined = join_all(types)
    if joined is None and None not in types:
        what = f"`{node.function}` gives one of its values, and they mix ratios and money"
        trouble.add(TYPES, node, what=what, mend="make all ratios or all money")
    return joined


def _check_places(node: Call, trouble: Trouble) -> None:
    places = node.args[1]
    if isinstance(places, Number) and places.type == "number" and places.value in range(13):
        return
    below = " not below zero" if isinstance(places, Unary) else ""
    what = f"the places of `round` are a whole number from 0 to 12, written out{below}"
    trouble.add(ARGUMENTS, places, what=what, mend="write `round(x, 2)` for cents")
