"""What can be wrong with a program beside the plans whose payees it is for."""

from __future__ import annotations

from commcalc.base.problem import Kind

GOAL_OF_NO_PLAN = Kind(
    "P320",
    "A program's goal that a plan does not have",
    "the program serves the goal `{goal}`, which is not among the goals of {plans}",
    "add `{goal}: {{title: ...}}` to the `goals` there, or say which of their goals the program serves",
    """A program is for the payees of every plan. A goal that a plan does not name has no title on the statements of its payees.

Fails: goal: orbit, beside a plan whose goals are growth and retention
Works: goal: growth""",
    "advice",
)
NO_VARIABLE = Kind(
    "P321",
    "No variable pay of its own",
    "`{text}` is a part of the pay that a plan states, and a program is for the payees of every plan",
    "write an amount: `target: 2_000 USD`",
    """On-target earnings and their mix belong to the plan that a payee is on; a program adds an amount to them.

Fails: a program with target: 10% of variable
Works: target: 2_000 USD""",
)
NOT_ANNOUNCED = Kind(
    "P322",
    "A program that nothing announces",
    "nothing says how the program is announced",
    "add `announce: {{headline: what it is in a line, channels: [email]}}`",
    """What nobody hears of moves nobody. The announcement travels with the program and pays nothing.

Fails: a program without announce
Works: announce: {headline: First Orbits in EMEA}""",
    "advice",
)
KINDS: tuple[Kind, ...] = (GOAL_OF_NO_PLAN, NO_VARIABLE, NOT_ANNOUNCED)
