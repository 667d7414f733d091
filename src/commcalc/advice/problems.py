"""What may be advised of a plan that has no errors: each with a page, and each can be silenced with a reason."""

from __future__ import annotations

from commcalc.base.problem import Kind


def _advice(code: str, title: str, says: str, mend: str, page: tuple[str, str, str]) -> Kind:
    text, fails, works = page
    return Kind(code, title, says, mend, f"{text}\n\nFails: {fails}\nWorks: {works}", "advice")


OR_SILENCE = "; or silence it in commcalc.yaml, with the reason"
NEVER = _advice(
    "A001",
    "Never reached",
    "{what} is never reached: {why}",
    "take it away, or mend the condition",
    (
        "A condition lets some deals in; a row or a rule that is only for others does nothing, and whoever reads it is misled.",
        "rate: {by: product, rows: {Orbit: 5%, Comet: 6%}}, on a measure with where: product = 'Orbit'",
        "rate: {by: product, rows: {Orbit: 5%, Comet: 6%}}, on a measure of both products",
    ),
)
UNSERVED = _advice(
    "A002",
    "A goal that nothing serves",
    "no component serves the goal `{goal}`",
    "say `goal: {goal}` in the component that serves it, or take the goal away",
    (
        "A goal that no pay depends on is a wish. Components, factors and programs say which goals they serve.",
        "goals: {growth: {title: Grow}, margin: {title: Margin}}, and components that serve growth alone",
        "goals: {growth: {title: Grow}}",
    ),
)
AIMLESS = _advice(
    "A003",
    "A component that serves no goal",
    "`{component}` serves none of the plan's goals: {goals}",
    "say which one it serves: `goal: {first}`",
    (
        "Where a plan names its goals, what a component is for should be said: it stands on the statement beside the pay.",
        "a component without goal, in a plan with goals: {growth: {title: Grow}}",
        "goal: growth",
    ),
)
UNANNOUNCED = _advice(
    "A004",
    "A SPIFF that nothing announces",
    "nothing says how the SPIFF `{component}` is announced",
    "add `announce: {{headline: what it is in a line, channels: [email]}}`",
    (
        "A SPIFF is there to move people now, and what nobody hears of moves nobody.",
        "a component of the kind spiff without announce",
        "announce: {headline: 50 USD for each Orbit in March}",
    ),
)
LONG_SPIFF = _advice(
    "A005",
    "A SPIFF longer than a quarter",
    "the SPIFF `{component}` runs {days}, longer than a quarter",
    "give it `dates` of at most three months" + OR_SILENCE,
    (
        "A short reward that lasts is a part of the pay that people count on, and hard to take away again.",
        "a SPIFF without dates, in a plan for the year",
        "dates: 2026-Q1",
    ),
)
SLOWS_DOWN = _advice(
    "A006",
    "A higher tier pays less",
    "from `{bound}` on it pays {pay}, less than the {before} before it",
    "let rates rise with what is reached" + OR_SILENCE,
    (
        "A lower rate for more slows down who is ahead, and a sale is best kept for the next window.",
        "tiers: [{from: 0%, pay: 1x}, {from: 100%, pay: 0.5x}]",
        "tiers: [{from: 0%, pay: 1x}, {from: 100%, pay: 1.5x}]",
    ),
)
ORDER = _advice(
    "A007",
    "The order of deals decides",
    "`apply: {apply}` rates a whole deal by {how}: two deals of one month pay another sum in the other order",
    "`apply: marginal` pays the same in any order" + OR_SILENCE,
    (
        "Where the order decides, the day on which a deal is entered is worth money.",
        "apply: prospective",
        "apply: marginal",
    ),
)
CLIFF = _advice(
    "A008",
    "A cliff",
    "{below} pays {low}, and {at} {high}: crossing `{bound}` is worth {worth}",
    "`apply: marginal` without `reaches` pays each part at its own tier" + OR_SILENCE,
    (
        "Where a bound changes what is paid on all that was sold before, a cent is worth a great deal, and deals are moved for it.",
        "apply: retroactive; tiers: [{from: 0, pay: 5%}, {from: 100_000, pay: 6%}]",
        "apply: marginal; tiers: [{from: 0, pay: 5%}, {from: 100_000, pay: 6%}]",
    ),
)
FALLS = _advice(
    "A009",
    "One more sale lowers the pay",
    "one more of `{measure}` lowers the pay: {below} pays {low}, and {at} {high}",
    "let it never fall" + OR_SILENCE,
    (
        "Nobody should be paid less for selling more. Only measures of deals are looked at: of a KPI less may be better.",
        "points: {50%: 100 USD, 100%: 500 USD, 120%: 400 USD}",
        "points: {50%: 100 USD, 100%: 500 USD, 120%: 600 USD}",
    ),
)
TERMS = _advice(
    "A010",
    "A term that the law may ask for",
    "`legal` names the law of {law}, and nothing says {what}",
    "add `{key}: ...` under `legal`",
    (
        "Where a plan says which law governs it, it should say what such laws ask for: the method by which pay is worked out, how a "
        "draw is reconciled, and what holds when somebody leaves.",
        "legal: {law: California}",
        "legal: {law: California, method: Sections 2 to 4, on_leaving: Section 7}",
    ),
)
SILENT_FOR_NOTHING = _advice(
    "A011",
    "Silenced, and there is nothing",
    "`{code}` is silenced here{where}, and {late}",
    "take the entry away, or mend its code or place",
    (
        "An entry that silences nothing would hide what comes up later.",
        "silence: [{code: A008, because: agreed}], and no plan has a cliff",
        "the entry taken away",
    ),
)
KINDS: tuple[Kind, ...] = (
    NEVER, UNSERVED, AIMLESS, UNANNOUNCED, LONG_SPIFF, SLOWS_DOWN, ORDER, CLIFF, FALLS, TERMS, SILENT_FOR_NOTHING,
)  # fmt: skip
