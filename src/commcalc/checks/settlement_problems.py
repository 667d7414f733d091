"""What can be wrong with releases, clawbacks and debts."""

from __future__ import annotations

from commcalc.base.problem import Kind
from commcalc.checks.problems import kind_of

PARTS = kind_of(
    "P340",
    "Parts that are not the whole",
    "{what}",
    "{mend}",
    (
        "What is earned is released whole, in the end: the parts add up to 100%, or one of them is the rest.",
        "release: [{part: 50%, on: credit}, {part: 40%, on: cash}]",
        "release: [{part: 50%, on: credit}, {part: rest, on: cash}]",
    ),
)
NO_DEAL = kind_of(
    "P341",
    "Nothing happens to what is no deal",
    "`{key}` waits for something that happens to a deal, and this {kind} is not paid on deals",
    "{mend}",
    (
        "A bonus, a contest, a pool and what is paid once to each payee are earned for a window, not on deals: events do not touch them.",
        "kind: bonus, clawback: {on: cancelled, within: 90 days, take: all}",
        "kind: bonus, release: {part: rest, on: credit, after: 1 month}",
    ),
)
SPAN = kind_of(
    "P342",
    "Not a span for this",
    "`{key}: {text}` {why}",
    "{mend}",
    (
        "Releases and clawbacks count days, weeks, months, quarters or years from a day, one at least and a hundred years at most.",
        "release: {part: rest, on: credit, over: 0 months}",
        "release: {part: rest, on: credit, over: 3 months}",
    ),
)
NO_DATE = kind_of(
    "P343",
    "Not a date of the deal",
    "`within: {text}` is neither a span of time nor a date column of the deals{near}",
    "write a span, as 90 days, or a date column with its type in commcalc.yaml",
    (
        "A clawback acts within so much time after the credit date, or until a day that the deal names.",
        "clawback: {on: cancelled, within: amount, take: all}",
        "clawback: {on: cancelled, within: close_date, take: all}",
    ),
)
TAKEN = kind_of(
    "P344",
    "What is taken cannot be told",
    "{what}",
    "{mend}",
    (
        "The time served ends with an event, and what is taken is told of a deal and its payee, not of how a measure stands.",
        "clawback: {unless: cash, within: 60 days, take: pro rata, restore: never}",
        "clawback: {unless: cash, within: 60 days, take: all, restore: never}",
    ),
)
RELIEF = kind_of(
    "P345",
    "Relief that cannot be given",
    "{what}",
    "{mend}",
    (
        "A sum or count over days can be relieved of a deal that is taken back; of components on one measure all say the same.",
        "clawback: {on: cancelled, within: 90 days, take: rerun, quota_relief: current}",
        "clawback: {on: cancelled, within: 90 days, take: rerun}",
    ),
)
DEBTS = kind_of(
    "P346",
    "Two debts of one name",
    "`{name}` stands twice under `debts`",
    "name each once; the draw's place is said once, too",
    (
        "An adjustment finds a debt by its name.",
        "debts: [{name: Leads, recover: {share: 35%}}, {name: Leads, recover: {share: 50%}}]",
        "debts: [{name: Leads, recover: {share: 35%}}, draw]",
    ),
)

KINDS: tuple[Kind, ...] = (PARTS, NO_DEAL, SPAN, NO_DATE, TAKEN, RELIEF, DEBTS)
