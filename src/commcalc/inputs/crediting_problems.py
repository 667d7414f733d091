"""What can be wrong with the crediting rules of the project file."""

from __future__ import annotations

from commcalc.base.problem import Kind

RULE_TWICE = Kind(
    "D070",
    "Two crediting rules of one name",
    "there is a crediting rule `{rule}` already",
    "give it another name",
    """Lines, credits and the rows left out name the rule that made them so; a name means one rule.

Fails: crediting: {match: all, rules: [{rule: house, nobody: yes}, {rule: house, to: owner}]}
Works: crediting: {match: all, rules: [{rule: house, when: amount < 0, nobody: yes}, {rule: rest, when: amount >= 0, to: owner}]}""",
)
NO_RULE_COLUMN = Kind(
    "D071",
    "A crediting rule names no column of the deals",
    "`{column}` is no column of the deals that holds a text{near}",
    "{mend}",
    """`to:` names the column of the deal in which the payee stands. A column of your own is mapped, taken or added, or states its
type: a rule is checked before any row is read.

Fails: crediting: {match: first, rules: [{rule: overlay, to: ownr}]}
Works: crediting: {match: first, rules: [{rule: overlay, to: owner}]}""",
)
NO_TERRITORIES = Kind(
    "D072",
    "A crediting rule without its table",
    "rule `{rule}` credits by the table `territories`: {what}",
    "{mend}",
    """A territory is a row of the table `territories`: who is credited, from when on, and what a deal must have to be in it. The
table's `key` says in which columns a row and a deal are compared; they are columns of both.

Fails: crediting: {match: first, rules: [{rule: lands, table: territories}]}
Works: crediting: {match: first, rules: [{rule: house, nobody: yes}]}""",
)
RULE_SHARE = Kind(
    "D073",
    "A share that a crediting rule cannot give",
    "{what}",
    "{mend}",
    """A rule gives more than nothing and at most the whole; `of` says what `share: equal` divides. Owners have the whole of a deal:
where only the first rule that holds is asked, it gives an owner 100%.

Fails: crediting: {match: first, rules: [{rule: half, to: owner, share: 50%}]}
Works: crediting: {match: all, rules: [{rule: half, to: owner, share: 50%}, {rule: other-half, nobody: yes, share: 50%}]}""",
)
NOT_A_RULE = Kind(
    "D074",
    "A crediting rule's condition",
    "{what}",
    "{mend}",
    """`when` and `payees` say yes or no: `when` of the deal, `payees` of a payee and the deal.

Fails: crediting: {match: first, rules: [{rule: house, when: amount, nobody: yes}]}
Works: crediting: {match: first, rules: [{rule: house, when: amount < 100, nobody: yes}]}""",
)
KINDS: tuple[Kind, ...] = (RULE_TWICE, NO_RULE_COLUMN, NO_TERRITORIES, RULE_SHARE, NOT_A_RULE)
