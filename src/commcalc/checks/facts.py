"""What checks want to know of the project around a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from commcalc.language.expression import Type


@dataclass(frozen=True, slots=True)
class Facts:
    """Columns with their types, the house's readings, and the project's currency and credit date."""

    columns: Mapping[str, Type] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()  # deal columns that the mapping names
    counts: frozenset[str] = frozenset()  # deal columns of whole numbers
    payee_columns: Mapping[str, Type] = field(default_factory=dict)
    links: frozenset[str] = frozenset()  # payee columns that name a payee
    readings: Mapping[str, str] = field(default_factory=dict)
    currency: str = "USD"
    credit_date: str = "close_date"
