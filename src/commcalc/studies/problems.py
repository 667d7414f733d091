"""What a second opinion can find: lines on which engine and reference disagree."""

from __future__ import annotations

from commcalc.base.problem import Kind

DIFFERENT = Kind(
    "K195",
    "Engine and reference disagree",
    "{what} of {line}: the engine says {engine}, the reference {reference}",
    "do not pay by this run: report it with the project's inputs",
    """`calculate --verify` calculates everything a second time with a plain interpreter that shares no code with the engine.
Both must agree on every line and slice, to the last digit. A difference is a fault of commcalc, not of the inputs.

Fails: never, it is hoped.
Works: every run.""",
)
MISSING = Kind(
    "K196",
    "A line that only one of the two has",
    "{line}: only the {who} has it ({amount})",
    "do not pay by this run: report it with the project's inputs",
    """See K195.

Fails: never, it is hoped.
Works: every run.""",
)
NOT_AS_EXPECTED = Kind(
    "K197",
    "Not as the test expects",
    "{what} is {found}, and {expected} is expected",
    "mend the plan; or the test, if the plan is as it is meant",
    """A plan test states what a plan pays, to the last digit. What is named is compared exactly, and nothing else.

Fails: expect: {2026-01: {commission: 100.00}}, where the plan pays 99.99
Works: expect: {2026-01: {commission: 99.99}}""",
)
OTHER_REFUSAL = Kind(
    "K198",
    "Not refused as the test expects",
    "{found}, and {expected} is expected",
    "mend the plan; or the test, if the plan is as it is meant",
    """`expect: {2026-01: {refused: P210}}` wants the project to be refused, and for that reason.

Fails: expect: {2026-01: {refused: P210}}, where the plan is calculated
Works: expect: {2026-01: {refused: P210}}, where its tiers are out of order""",
)
KINDS: tuple[Kind, ...] = (DIFFERENT, MISSING, NOT_AS_EXPECTED, OTHER_REFUSAL)
