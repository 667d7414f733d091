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
KINDS: tuple[Kind, ...] = (DIFFERENT, MISSING)
