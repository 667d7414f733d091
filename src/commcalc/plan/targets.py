"""Parts of the target: `80% of variable` as a component's target, `200% of target` as a cap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from commcalc.language.expression.nodes import Number, Unary
from commcalc.language.faults import fault
from commcalc.language.field_problems import NOT_A_RATIO
from commcalc.language.fields import read_expression

_PART = re.compile(r"^(?P<share>.+?)\s+of\s+(?P<of>variable|target)$")


@dataclass(frozen=True, slots=True)
class PartOf:
    """A ratio of the payee's target variable for the window, or of the component's target."""

    share: Decimal
    of: Literal["variable", "target"]
    text: str = ""  # as written


def part_of_text(value: Any) -> Any:
    """Read `80% of variable` or `200% of target`; anything else is left to be read as an expression."""
    if not isinstance(value, str):
        return value
    match = _PART.match(value.strip())
    if match is None:
        return value
    node = read_expression(match["share"]).node
    negative = isinstance(node, Unary) and node.op == "-"
    number = node.operand if isinstance(node, Unary) else node
    if not isinstance(number, Number) or number.type != "ratio":
        raise fault(
            NOT_A_RATIO, text=match["share"], why=f"a part of the {match['of']} is wanted", example=f"80% of {match['of']}"
        )
    return PartOf(-number.value if negative else number.value, match["of"], value.strip())  # type: ignore[arg-type]
