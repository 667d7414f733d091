"""Crediting rules: who is credited with a deal where not simply its owner is - territories, house accounts, overlays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field

from commcalc.language.bind import by_marker
from commcalc.language.expression import Expression
from commcalc.language.fields import Expr, PlainName, Share, Word
from commcalc.plan.shapes import Shape

SHARE = "how much of the deal it gives: 100%, where left out"
EQUAL = "how much each of them has; equal: what is said by of is divided evenly among them"
OF = "what equal shares divide: 100%, where left out"
EqualOrShare = Literal["equal"] | Share


class RuleBase(Shape):
    """The keys of every crediting rule."""

    rule: PlainName = Field(description="its name, as lines and statements show it", examples=["house-accounts"])
    when: Expr | None = Field(
        default=None,
        description="for which deals, a condition on the deal; for all of them, where left out",
        examples=["region = 'EMEA' and credit_date >= 2026-07-01"],
    )
    role: Word = Field(default="owner", description="in which role: owner, or an overlay role that measures credit")

    @property
    def expressions(self) -> dict[str, Expression]:
        """The rule's conditions by their key."""
        return {} if self.when is None else {"when": self.when}


class ToRule(RuleBase):
    """Credit to the payee whom a column of the deal names."""

    model_config = ConfigDict(title="rule by column")

    to: Word = Field(description="the column of the deal that names the payee, by id or alias", examples=["account_manager"])
    share: Share | None = Field(default=None, description=SHARE, examples=["50%"])


class PayeesRule(RuleBase):
    """Credit to the payees of whom a condition holds."""

    model_config = ConfigDict(title="rule by condition")

    payees: Expr = Field(
        description="which payees, a condition on the deal and the payee as of the credit date",
        examples=["payee.region = region and payee.title = 'AE'"],
    )
    share: EqualOrShare | None = Field(default=None, union_mode="left_to_right", description=EQUAL, examples=["equal"])
    of: Share | None = Field(default=None, description=OF, examples=["50%"])

    @property
    def expressions(self) -> dict[str, Expression]:
        """The rule's conditions by their key."""
        return {**super().expressions, "payees": self.payees}


class NobodyRule(RuleBase):
    """Credit to nobody: a house account."""

    model_config = ConfigDict(title="rule for nobody")

    nobody: Literal["yes"] = Field(description="yes: nobody is credited; the deal is left out by this rule, and counted")
    share: Share | None = Field(default=None, description=SHARE, examples=["50%"])


class TableRule(RuleBase):
    """Credit by the rows of the territories table."""

    model_config = ConfigDict(title="rule by territory")

    table: Literal["territories"] = Field(
        description="the table whose rows are credited: its key columns equal the deal's, its dates hold the credit date"
    )
    share: EqualOrShare | None = Field(default=None, union_mode="left_to_right", description=EQUAL, examples=["equal"])
    of: Share | None = Field(default=None, description=OF, examples=["50%"])


if TYPE_CHECKING:
    Rule = ToRule | PayeesRule | NobodyRule | TableRule
else:
    Rule = by_marker({"to": ToRule, "payees": PayeesRule, "nobody": NobodyRule, "table": TableRule})
"""Any crediting rule, told apart by whom it credits."""


class Crediting(Shape):
    """The rules that credit deals; their order is their priority."""

    model_config = ConfigDict(title="crediting")

    match: Literal["first", "all"] = Field(
        description="first: only the first rule that holds credits a deal; all: every rule that holds"
    )
    rules: list[Rule] = Field(min_length=1, description="the rules in the order of their priority")
