"""What can go wrong while pay is calculated: exceptions of a deal, or of a payee and component."""

from __future__ import annotations

from commcalc.base.problem import Kind

UNKNOWN_OWNER = Kind(
    "K101",
    "Owner is not a payee",
    "`{owner}` is not a payee{near}",
    "add `{owner}` to the payees table, or to the `aliases` of the payee who is meant{suggest}",
    """The owner of a deal is matched with the payees' ids, then with their aliases, exactly as written: never by likeness.
A deal whose owner is nobody known is not paid and never dropped: it stays on the list of exceptions.

Fails: a deal of `Ann Le` where the payees table has `Ann Lee`.
Works: `aliases: Ann Le` in the row of Ann Lee.""",
    "exception",
)
NO_OWNER = Kind(
    "K102",
    "Deal without an owner",
    "this deal has no owner and no row in `splits`",
    "give the deal an owner, list it in `splits`, or leave it out by the table's `where`",
    """Every deal belongs to somebody. A deal that nobody owns earns nothing for anybody, which must be said, not guessed.

Fails: an empty `owner`.
Works: `where: owner is not empty` in the deals table, where such rows are meant to be left out.""",
    "exception",
)
NO_PLAN = Kind(
    "K103",
    "Owner is on no plan that day",
    "`{owner}` is on no plan on {date}{gap}",
    "{absent}",
    """A credit belongs to the plan that its payee is on at the credit date; both ends of an assignment count. The plan must be in force
then: its `effective` holds the day, and its `status` is active.

Fails: a deal of 15 March, assignments that end on 28 February and begin on 1 April.
Works: an assignment whose `from` and `to` hold 15 March.""",
    "exception",
)
BEFORE_HIRE = Kind(
    "K104",
    "Deal dated before its owner was hired",
    "the deal is dated {date}, `{owner}` was hired on {hired}",
    "correct the deal's date or owner, or the payee's `hired`",
    """A payee earns nothing before being hired; a deal dated earlier has a wrong date or a wrong owner.

Fails: hired 2026-03-01, deal of 2026-02-27.
Works: the deal belongs to the colleague who sold it.""",
    "exception",
)
BLANK_RULE = Kind(
    "K110",
    "A rule met an empty field",
    "{component}: `{rule}` could not be decided for this deal: {why}",
    "fill in {fields}, or say in the rule what an empty one means: `coalesce({first}, 0)`, `{first} is not empty and ...`",
    """A rule that reads an empty field, divides by zero or finds no row in a table has no answer. No answer is not `no`:
the deal is listed with the rule, and nothing is paid on it there until it is settled.

Fails: `where: term_months >= 24` on a deal without a term.
Works: `where: coalesce(term_months, 12) >= 24`.""",
    "exception",
)
NO_QUOTA = Kind(
    "K120",
    "No quota",
    "{component} needs a quota of `{measure}` above zero for `{payee}` in {window}, and there is none",
    "add a row to `quotas`, or say what it means: `no_quota: 0%`, `100%` or `leave out`",
    """Attainment is value / quota. Where the quota is missing, zero or below zero the attainment is not defined, and nothing is
paid by it. A plan may say what it means with `no_quota`.

Fails: a payee on a plan with `quota: own` and no row in `quotas`.
Works: the row, or `no_quota: leave out`.""",
    "exception",
)
NO_VALUE = Kind(
    "K121",
    "A figure is missing",
    "{component}: `{rule}` could not be worked out for `{payee}`: a figure that it reads is missing",
    "look for an empty KPI, target, parameter or payee field that the rule reads",
    """A gate, payout or limit of a payee reads figures: a KPI, an attainment, a field of the payee. Where one is missing there is
no answer, and the component pays that payee nothing until it is there.

Fails: `gate: {when: value('csat') >= 4, else: 0%}` without a csat row in `kpis`.
Works: the row in `kpis`.""",
    "exception",
)
SHARED_APART = Kind(
    "K131",
    "Those who share a deal are on different plans",
    "{component} splits pay, and not everybody who shares this deal is on its plan that day",
    "put all of them on one plan that day, or say `split: credit` in the component",
    """With `split: pay` a deal is earned as if it were one payee's, by one plan, and the pay is shared. Where some of those
who share it are on another plan that day there is no such one plan, and nothing is paid on the deal by the component.

Fails: a deal of Ann and Bob, Ann on plan `field`, Bob on plan `inside`, `split: pay`.
Works: `split: credit`, where each has a credit under their own plan.""",
    "exception",
)
RETURN_WITHOUT_SALE = Kind(
    "K130",
    "A negative row without its sale",
    "{component} has tiers and meets a deal below zero, and does not say `returns:`",
    "say `returns: unwind` in the component: the return walks back down today's tiers",
    """A negative row takes back a sale. With tiers it matters how: `returns: unwind` walks back down the tiers as they stand.
The component has to say so before money is paid by it.

Fails: a refund under a tiered commission that says nothing.
Works: `returns: unwind`.""",
    "exception",
)
DIGITS = Kind(
    "K140",
    "A figure too long to be exact",
    "{component}: {figure} may have {digits} digits before the point; at most 26 can be kept exact{by}",
    "look for an amount, a rate or a quota that is far too large",
    """Amounts have at most 15 digits before the point. The largest operands of a product, multiplied, have at most 26, and so has
the largest figure of a sum times its rows: every figure is then exact to the last of its decimals. It is told from the largest
figures of all rows, before anything is multiplied; nothing is ever rounded to make it fit.

Fails: a deal of 999_999_999_999_999 paid on a target of as much.
Works: amounts of a real currency.""",
)
STRANGE_EVENT = Kind(
    "K111",
    "Event of an unknown deal",
    "event `{event}`: there is no deal `{deal}`{near}",
    "mend the deal id in the table of events, or give the deal",
    """An event happens to a deal. One that names a deal which is not there cannot take anything back or release it, and is
listed, so that nobody waits for it.

Fails: an event of `D-17x` where the deal is `D-17`.
Works: an event of `D-17`.""",
    "exception",
)
NO_PAYMENT = Kind(
    "K112",
    "Adjustment that belongs to no payment",
    "adjustment `{adjustment}` of {amount}: {why}",
    "{mend}",
    """An adjustment belongs to a payment of its payee: under the plan that it names, else under the payee's plan in its period. One to
a debt names a debt of that plan. What belongs to no payment is listed, and neither paid nor owed.

Fails: an adjustment for 2026-03 of a payee who is on no plan in March and names none.
Works: `plan: ae-commercial` in its row.""",
    "exception",
)
VANISHED = Kind(
    "K113",
    "What was paid on is gone",
    "{what}: {amount} was paid in closed periods, and {where}",
    "{mend}",
    """A closed period paid on it, and now it is not there: a file that is not whole, or an id that became another. Nothing is
taken back. A deal that is really gone is listed in the table `withdrawn`, with a reason: then what was paid on it is.

Fails: deal `D-17`, paid in 2026-01, is not in the file of February.
Works: a file that holds all deals, or `D-17` in `withdrawn`.""",
    "exception",
)
IDENTITY = Kind(
    "K190",
    "The account does not balance",
    "{name}: {left} on one side, {right} on the other",
    "this is a fault of commcalc: please report it with the run's manifest",
    """Every run checks that rows in equal rows accounted for, and that lines add up to payouts. A run that does not is never written.

Fails: never, it is hoped.
Works: every run.""",
)
SAME_ID = Kind(
    "K191",
    "Two lines with one id",
    "the id {id} stands for {count} lines",
    "give one of the deals another id, and report it with the run's manifest",
    """A line's id is made of its key by mixing 80 bits; that two of ten million lines have the same one is to be expected once in ten
thousand million runs. A run in which it happens is never written.

Fails: never, it is hoped.
Works: every run.""",
)
KINDS: tuple[Kind, ...] = (
    UNKNOWN_OWNER,
    NO_OWNER,
    NO_PLAN,
    BEFORE_HIRE,
    BLANK_RULE,
    NO_QUOTA,
    NO_VALUE,
    RETURN_WITHOUT_SALE,
    SHARED_APART,
    DIGITS,
    STRANGE_EVENT,
    NO_PAYMENT,
    VANISHED,
    IDENTITY,
    SAME_ID,
)
