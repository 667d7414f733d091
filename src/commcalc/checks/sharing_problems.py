"""What can be wrong with a contest or a pool: what payees race for, or share."""

from __future__ import annotations

from commcalc.base.problem import Kind
from commcalc.checks.problems import kind_of

NO_SUCH_KEY = kind_of(
    "P330",
    "A key that does not act here",
    "`{key}` does not act on a {kind}: {why}",
    "{mend}",
    (
        "A contest pays places and a pool shares a fund: neither is paid on deals, and neither has a rate to be changed.",
        "kind: pool, multiply: {factor: 1.2x}",
        "kind: pool, fund: 1.2 * 2% * value('store')",
    ),
)
NO_COMMON_WINDOW = kind_of(
    "P331",
    "No window that all have",
    "the {kind} is worked out over {what}",
    "{mend}",
    (
        "Who races or shares does so over the same days: a month, quarter, half or year, or the life of the plan. All measures\n"
        "that a pool reads have one window.",
        "kind: contest, on a measure with window: deal",
        "kind: contest, on a measure with window: quarter",
    ),
)
PRIZES = kind_of(
    "P332",
    "Places with two prizes, or none",
    "{what}",
    "{mend}",
    (
        "Each place has one prize: places are named once, from the best on; `top 10%` stands last and begins after the others.",
        "prizes: {1..3: 500 USD, 3: 100 USD}",
        "prizes: {1..2: 500 USD, 3: 100 USD}",
    ),
)
NO_PLAN = kind_of(
    "P333",
    "A program has no plan of its own",
    "`among: plan` in a program: its payees are on several plans",
    "write `among: all eligible`, or a group: {{same: column}}",
    ("A program is for the eligible payees of all plans.", "program: race, among: plan", "program: race, among: all eligible"),
)

KINDS: tuple[Kind, ...] = (NO_SUCH_KEY, NO_COMMON_WINDOW, PRIZES, NO_PLAN)
