"""What comparing runs can find: lines on which engine and reference disagree, and changes that cannot be tried."""

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
NO_SPAN = Kind(
    "K201",
    "Not a span",
    "`{text}` is no span to try a change against: {why}",
    "write --against 2026-Q1, 2026-01..2026-03 or last-quarter",
    """A change is tried against whole pay periods: one that the calendar names (a period, quarter, half or year), from one of
these to another, or two dates that begin and end with a pay period.

Fails: --against 2026-01-15..2026-03-31
Works: --against 2026-01..2026-03""",
)
NO_QUARTER = Kind(
    "K202",
    "No full quarter",
    "there is no quarter of which every pay period has a credited deal",
    "name the span: --against {example}",
    """`last-quarter` is the last quarter that the deals fill. Where the data hold less than that, the span is named.

Fails: --against last-quarter, with deals of January and February
Works: --against 2026-01..2026-02""",
)
NOTHING_TO_TRY = Kind(
    "K203",
    "No change to try",
    "`{changed}` is no plan file, no folder with plans and nothing that git knows",
    "name a changed plan (plans/sales-rep.yaml), a folder of plans, or a branch, tag or commit",
    """`dry-run` compares the project as it is with a changed plan file, a folder with changed plans (or a whole project), or the
project as a git branch, tag or commit has it.

Fails: commcalc dry-run no-such-branch
Works: commcalc dry-run proposals/sales-rep.yaml""",
)
OTHER_HOUSE = Kind(
    "K204",
    "The two sides cannot be compared",
    "{what} differs: `{before}` before, `{after}` after",
    "change it on both sides, then try the plans",
    """Both sides are paid in one currency and over the same pay periods, or there is nothing to set against each other.

Fails: currency USD in the project, EUR in the branch
Works: the same currency and calendar on both sides""",
)
NOBODY = Kind(
    "K205",
    "Nobody is on the changed plan",
    "no assignment names the plan `{plan}`, so it pays nobody",
    "give it the name of the plan that it is to replace{near}, or assign payees to it",
    """A changed plan is tried in the place of the plan that has its name.

Fails: plan: sales-rep-2027, with everybody assigned to sales-rep
Works: plan: sales-rep""",
    "warning",
)
LATER_BEGIN = Kind(
    "K206",
    "A plan that begins later",
    "`{plan}` is effective from {first}; its terms are tried as if they had held from {held} on",
    "nothing needs to be mended; read the figures as a trial on past deals",
    """A plan for next year is tried on the deals of last year: in a dry run it is in force from when the plan it replaces was.

Fails: effective: 2027-01-01 .. 2027-12-31, tried against 2026-Q4
Works: effective as in the plan that is replaced""",
    "warning",
)
HARMED = Kind(
    "K207",
    "Less pay on what was already credited",
    "{plan}: {count} credited before {day} would pay {lost} {currency} less, most of all {worst}",
    "leave these deals under the old terms, announce the change before they are credited, or state why: --waive REASON",
    """Who closes a deal counts on the terms of that day. A change that lowers pay on deals credited before it was announced
(`announce.from`, else the first day of `effective`) is refused, unless somebody states a reason, which the report prints.
A plan that is taken away, or a changed reading of the house, is announced by nothing: every deal was credited before.

Fails: announce: {headline: New rates, from: 2026-04-01}, and a lower rate on deals of March
Works: the same with --waive 'agreed with the works council on 12 March'""",
)
MIDDLE = Kind(
    "K208",
    "The old plans cannot be calculated on the new data",
    "plans and data both differ, and the plans as they are cannot be calculated on the changed data",
    "try the changed data and the changed plans one after the other",
    """Where data differ too, the old plans on the new data tell apart what the data moved and what the plans moved.

Fails: a branch that renames a column of the deals and uses the new name in a plan
Works: a branch for the data, and one for the plan""",
)
NO_BASE = Kind(
    "K209",
    "Nothing to set the change against",
    "the project at `{ref}` cannot be calculated, so there is nothing to set the change against: {why}",
    "name a branch, tag or commit at which it can: --base main",
    """`--base REF` takes what is before from git. Where the project is not there yet, its plans or tables are wrong there, or its
data stand nowhere, there is no pay before, and no difference.

Fails: --base main, where plans/sales-rep.yaml of main has an error that this change mends
Works: --base v2026.3""",
)
KINDS: tuple[Kind, ...] = (
    DIFFERENT, MISSING, NOT_AS_EXPECTED, OTHER_REFUSAL, NO_SPAN, NO_QUARTER, NOTHING_TO_TRY, OTHER_HOUSE, NOBODY, LATER_BEGIN, HARMED, MIDDLE,
    NO_BASE,
)  # fmt: skip
