"""What can be wrong with a plan, measure or component that is made from another one."""

from __future__ import annotations

from commcalc.base.problem import Kind
from commcalc.language.merging import NOTHING_TO_REMOVE

EXTENDS_CIRCLE = Kind(
    "P018",
    "Made from itself",
    "these extend each other in a circle: {path}",
    "let one of them be written out",
    """What is made from another one says what is different about it. In a circle there is none to begin with.

Fails: a measure bookings with extends: renewals, and renewals with extends: bookings
Works: bookings written out, and renewals with extends: bookings""",
)
EXTENDS_NOTHING = Kind(
    "P019",
    "Made from what is not there",
    "there is no {what} `{name}` to extend{near}",
    "{mend}",
    """A plan extends another plan in `plans`; a measure or component extends one of the same plan, or of the plan that it extends.

Fails: renewals: {extends: booking, where: type = 'renewal'}
Works: renewals: {extends: bookings, where: type = 'renewal'}""",
)
EXTENDS_PROGRAM = Kind(
    "P020",
    "Made from a program",
    "`{name}` is a program, and a plan is made from a plan",
    "write the component out, or leave it to the program: it is for the payees of every plan",
    """A program is one component for the payees of every plan; it has no payment of its own that a plan could take over.

Fails: a plan with extends: orbit-launch, which is a program
Works: a plan that extends another plan""",
)
PROGRAM_EXTENDS = Kind(
    "P021",
    "A program is written out",
    "a program extends nothing",
    "write its keys out; its measures may extend each other",
    """A program is read by itself, beside every plan.

Fails: a program with extends: last-launch
Works: the program with its keys written out""",
)
EXTENDS_KIND = Kind(
    "P022",
    "Another kind of component",
    "this is a {mine}, and `{base}`, which it extends, is a {theirs}",
    "write it out, or leave out `kind`",
    """Keys of one kind of component mean nothing to another one.

Fails: a bonus with extends: base, where base is a commission
Works: a commission with extends: base""",
)
KINDS: tuple[Kind, ...] = (NOTHING_TO_REMOVE, EXTENDS_CIRCLE, EXTENDS_NOTHING, EXTENDS_PROGRAM, PROGRAM_EXTENDS, EXTENDS_KIND)
