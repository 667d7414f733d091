"""What can be wrong with a SPIFF: what it counts, shares and spends, and what it takes the place of."""

from __future__ import annotations

from commcalc.base.problem import Kind
from commcalc.checks.problems import kind_of

SPIFF_WINDOW = kind_of(
    "P310",
    "A window of its own",
    "`{key}` looks at all deals of a window of `{on}`, and the window is {window}: {why}",
    "let it be on a measure over a month, quarter or year, or leave out `on` and write `dates`",
    (
        "`first`, `minimum` and `budget` hold for each window of the measure; without one for the SPIFF's dates.",
        "first: 3 per payee, on a measure with window: deal",
        "first: 3 per payee, on a measure with window: quarter",
    ),
)
SPIFF_SPLIT = kind_of(
    "P311",
    "Counted for whom?",
    "`{key}` counts for each payee, and under `split: pay` a deal that is shared has no payee until it is paid",
    "write `split: credit` here: each payee counts their own share",
    (
        "What a SPIFF counts it counts for each payee, by their share of the deal.",
        "split: pay, first: 3 per payee",
        "split: credit",
    ),
)
SPIFF_FLOOR = kind_of(
    "P312",
    "A floor above the budget",
    "a floor is paid whatever is left, and a budget is the most that all are paid",
    "leave out the floor, or write `budget: none`",
    ("A floor per window would pass the budget.", "floor: {at: 50}, budget: {amount: 1_000}", "budget: {amount: 1_000}"),
)
SPIFF_END = kind_of(
    "P313",
    "No end to share at",
    "`prorate` shares the budget at the end, and this SPIFF has none",
    "write `dates` with a last day, or a measure over a month, quarter or year",
    ("Until the end nobody knows what everybody's part is.", "when_spent: prorate, without dates", "dates: 2026-Q1"),
)
SPIFF_BUDGET = kind_of(
    "P314",
    "Not a plain amount",
    "the budget `{text}` is not a plain amount",
    "write one amount: 50_000 {currency}",
    (
        "A budget is one amount for all payees: no share of a target, no param, nothing of one payee.",
        "budget: 10%",
        "budget: 50_000",
    ),
)
SPIFF_MINIMUM = kind_of(
    "P315",
    "A number of deals",
    "the minimum `{text}` is {found}, and deals or units are counted",
    "write a number: `minimum: 3`; the least that is paid is `floor`",
    ("The minimum is a number of deals or units.", "minimum: 500 USD", "minimum: 3"),
)
SPIFF_ONCE = kind_of(
    "P316",
    "Once for each payee",
    "{what}",
    "{mend}",
    (
        "`each: payee` pays an amount once in a window of a measure to whoever has reached what `when` says; it counts no deals.",
        "each: payee, without when",
        "each: payee, when: value('won') >= 10",
    ),
)
SPIFF_INSTEAD = kind_of(
    "P317",
    "In the place of others",
    "{what}",
    "{mend}",
    (
        "A SPIFF that takes the place of components takes whole deals, of the same credit and date as theirs, and of the same plan.",
        "stacks: {instead_of: base, counts_to_quota: yes}, first: 3 per payee",
        "stacks: {instead_of: base, counts_to_quota: yes}",
    ),
)
KINDS: tuple[Kind, ...] = tuple(v for v in globals().values() if isinstance(v, Kind))
