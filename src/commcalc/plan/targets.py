"""Parts of the target: `80% of variable` as a component's target, `200% of target` as a cap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic_core import PydanticCustomError

from commcalc.language.expression import Expression, ExpressionFault, parse_expression
from commcalc.language.expression.nodes import Number

_PART = re.compile(r"^(?P<share>.+?)\s+of\s+(?P<of>variable|target)$")


@dataclass(frozen=True, slots=True)
class PartOf:
    """A ratio of the payee's target variable for the window, or of the component's target."""

    share: Decimal
    of: Literal["variable", "target"]


def part_of_text(value: Any) -> Any:
    """Read `80% of variable` or `200% of target`; anything else is left to be read as an expression."""
    if not isinstance(value, str):
        return value
    match = _PART.match(value.strip())
    if match is None:
        return value
    try:
        expression: Expression = parse_expression(match["share"])
    except ExpressionFault:
        expression = Expression(match["share"], None)  # type: ignore[arg-type]
    node = expression.node
    if not isinstance(node, Number) or node.type != "ratio":
        raise PydanticCustomError("part_of", "`{text}` wants a ratio before `of`: 80% of variable", {"text": value})
    return PartOf(node.value, match["of"])  # type: ignore[arg-type]
