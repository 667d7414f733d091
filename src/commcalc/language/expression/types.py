"""What kind of thing a value is: number, ratio, money, text, date or yes/no; and which names may be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Type(Enum):
    """The type of a value; its words are those of the plan language."""

    NUMBER = "number"
    RATIO = "ratio"
    MONEY = "money"
    TEXT = "text"
    DATE = "date"
    YES_NO = "yes/no"

    def __str__(self) -> str:
        return self.value

    @property
    def numeric(self) -> bool:
        """True for what one can calculate with."""
        return self in (Type.NUMBER, Type.RATIO, Type.MONEY)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that an expression may use at its place in the plan, with their types.

    `columns` lists the deal columns also where no deal is in scope, so that the message can say so.
    `own` is the type of bare `value` (and `quota`); None where bare value, quota and attainment mean nothing.
    """

    columns: Mapping[str, Type] = field(default_factory=dict)
    payee: Mapping[str, Type] = field(default_factory=dict)
    params: Mapping[str, Type] = field(default_factory=dict)
    others: Mapping[str, Type] = field(default_factory=dict)  # built-ins such as credit_date, window_ended
    measures: Mapping[str, Type] = field(default_factory=dict)  # type of value('m')
    components: frozenset[str] = frozenset()
    tables: Mapping[str, Type] = field(default_factory=dict)
    own: Type | None = None
    deal_in_scope: bool = True
    currency: str | None = None  # the plan's, for `500 USD`; None: any
