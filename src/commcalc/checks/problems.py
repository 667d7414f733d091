"""What can be wrong with a plan as a whole, each with an example that fails and one that works."""

from __future__ import annotations

from commcalc.base.problem import Kind, Severity


def kind_of(code: str, title: str, says: str, mend: str, page: tuple[str, str, str], severity: Severity = "error") -> Kind:
    """Return a kind of problem whose page says why, with an example that fails and one that works."""
    why, fails, works = page
    return Kind(code, title, says, mend, f"{why}\n\nFails: {fails}\nWorks: {works}", severity)


NOT_A_CONDITION = kind_of(
    "P101",
    "Not a condition",
    "a condition is wanted here, and `{text}` is {found}",
    "compare it with something: `{text} >= 10`",
    ("`where`, `when` and `eligible` hold or do not.", "where: amount", "where: amount >= 1_000"),
)
NOT_A_FIGURE = kind_of(
    "P102",
    "Not a figure",
    "a figure is wanted here, and `{text}` is {found}",
    "write a number, a ratio or an amount",
    ("A rate, a factor, a bound or an amount is a figure.", "rate: product", "rate: {by: product, rows: {Orbit: 12%, any: 8%}}"),
)
BARE_RATE = kind_of(
    "P103",
    "100 what?",
    "`{text}` is a bare number: {text} what?",
    "write {text}% or {text}x for a ratio{amount}",
    ("A rate, a tier's pay or a SPIFF's pay says what it is: a ratio or an amount.", "rate: 5", "rate: 5%"),
)
BELOW_ZERO = kind_of(
    "P104",
    "A rate below zero",
    "the rate `{text}` is below zero",
    "write a rate of zero or more; what is taken back has its own keys",
    ("A rate below zero would take money for selling.", "rate: -2%", "rate: 2%"),
)
OVER_ONE = kind_of(
    "P105",
    "More than the sale",
    "the rate `{text}` pays more than what was sold",
    "look at it again; 150% may be meant as 1.5x of a rate",
    ("A rate above 100% of an amount is right for margin now and then, and more often a slip.", "rate: 150%", "rate: 15%"),
    "warning",
)
MONEY_OF_MONEY = kind_of(
    "P107",
    "Ratios and amounts",
    "{what}",
    "{mend}",
    (
        "A ratio is paid of money, an amount for units. Factors, and what a gate lets through, are ratios; limits are amounts.",
        "rate: 5 USD, on a sum of amounts",
        "rate: 5%",
    ),
)
UNKNOWN_MEASURE = kind_of(
    "P110",
    "Unknown measure",
    "`{name}` is not a measure of this plan{near}",
    "{mend}",
    ("What a component is on, or reads, is a measure of the same plan.", "on: booking", "on: bookings"),
)
UNKNOWN_GOAL = kind_of(
    "P111",
    "Unknown goal",
    "`{name}` is not a goal of this plan{near}",
    "{mend}",
    ("Goals are written once and named by components.", "goal: groth", "goal: growth"),
)
CIRCLE = kind_of(
    "P112",
    "In a circle",
    "these read each other in a circle: {path}",
    "let one of them read something else",
    ("A figure that needs itself has no beginning.", "columns: {a: b, b: a}", "columns: {a: amount, b: a * 2}"),
)
NOT_YET = kind_of(
    "P113",
    "Not calculated yet",
    "`{name}` is part of the language; this version does not calculate it yet",
    "leave it out for now",
    ("What would change pay is refused until it is calculated.", "earned('sales-rep.base')", "the plan without it"),
)
EARNED_HERE = kind_of(
    "P123",
    "Earnings that are not known here",
    "`{text}` is read where nothing is earned yet, or for no payee's window",
    "{mend}",
    (
        "What a component has earned is known once its lines are: where another is paid, not where deals are chosen or counted.\n"
        "A commission or SPIFF reads what was earned on the same credit; a bonus, a pool, a gate, cap or floor what was earned\n"
        "in its window. A gate, cap or floor of a component whose window is one deal has no window to read it in.",
        "where: earned('base') > 0",
        "multiply: {when: earned('base') > 0, factor: 1.1x}",
    ),
)
EARNED_OF = kind_of(
    "P124",
    "Earnings that cannot be read",
    "`{text}`: `{name}` {why}",
    "write {mend}",
    (
        "What is earned whole and shared out afterwards, or what never falls back, is not the payee's own sum of what is there now.",
        "split: pay, on a component that another reads",
        "split: credit",
    ),
)
JOINT_CAP = kind_of(
    "P125",
    "A cap over components that cannot be kept",
    "{what}",
    "{mend}",
    (
        "A cap over components looks at what each of them pays a payee, line by line, in the order in which they are listed.",
        "caps: [{over: [base, bonus], at: 500 USD, per: month, excess: forfeit}], and no component bonus",
        "over: [base, more]",
    ),
)
SAME_NAME = kind_of(
    "P114",
    "Names alike",
    "`{name}` and `{other}` differ by case, - or _ alone",
    "rename one of them",
    ("Names are told apart regardless of case and of - or _.", "new-business and New_Business", "new-business and renewals"),
)
NAME_TAKEN = kind_of(
    "P115",
    "A name with two meanings",
    "`{name}` is {one} and {other}",
    "rename one of them",
    ("A bare name in an expression means one thing.", "params: {amount: 5}", "params: {least_amount: 5}"),
)
FURTHER_DOWN = kind_of(
    "P116",
    "A column that comes later",
    "`{name}` stands further down: a column reads those above it",
    "move `{name}` above `{mine}`",
    ("Columns are worked out in their order.", "columns: {a: b * 2, b: amount}", "columns: {b: amount, a: b * 2}"),
)
NOT_A_DATE = kind_of(
    "P117",
    "Not a date of the deals",
    "{what}, and a date is wanted here",
    "{mend}",
    ("`date` names the date column that credits a measure.", "date: close_dat", "date: close_date"),
)
TIER_ORDER = kind_of(
    "P210",
    "Tiers out of order",
    "this tier starts at {bound}, {how} the one before it ({before})",
    "sort the tiers by where they start, smallest first",
    ("Tiers ascend; each begins where the one before it ends.", "from: 100%, then from: 80%", "from: 80%, then from: 100%"),
)
FIRST_TIER = kind_of(
    "P211",
    "Nothing below the first tier",
    "the first tier starts at {bound}; what is below it has no rate",
    "begin with `{{from: 0, pay: 0%}}`, or whatever is paid there",
    (
        "The first tier starts at or below zero, so that every figure has a tier.",
        "tiers: [{from: 50%, pay: 5%}]",
        "tiers: [{from: 0%, pay: 0%}, {from: 50%, pay: 5%}]",
    ),
)
TIER_BY = kind_of(
    "P212",
    "Tiers by what?",
    "tiers go by attainment or value of a measure, and this is `{text}`",
    "write attainment, value, attainment('m') or value('m')",
    ("Where a credit stands is told by a measure.", "by: amount", "by: value"),
)
TIER_OTHER = kind_of(
    "P213",
    "Tiers by another measure",
    "`apply: {apply}` places each credit in the component's own measure, and `by` names `{name}`",
    "write `apply: retroactive` or `apply: period`; or, if it sums or counts these deals, `on: {name}` with what is paid under `basis`",
    (
        "Another measure is read at the end of the period or window; its credits are not these. A component can stand in one "
        "measure and pay on another figure: on: deals, basis: watts pays each watt by which deal of the month it is.",
        "on: bookings, by: attainment('csat'), apply: marginal",
        "apply: retroactive",
    ),
)
TIER_AVERAGE = kind_of(
    "P214",
    "Tiers over an average",
    "`{name}` is {aggregate}: credits have no place in it one after the other",
    "write `apply: retroactive` or `apply: period`",
    ("Only a sum or count grows credit by credit.", "apply: marginal by an average", "apply: retroactive"),
)
REACHES = kind_of(
    "P215",
    "`reaches` out of place",
    "{what}",
    "{mend}",
    (
        "Only a marginal tier reaches back, to a tier below it.",
        "apply: retroactive with reaches: zero",
        "apply: marginal with reaches: zero",
    ),
)
INTEGER_BOUNDS = kind_of(
    "P216",
    "A gap of less than one",
    "this bound ({bound}) is one above {before}: {half} would fall between",
    "let it begin where the other ends: `above {before}`",
    (
        "Amounts have cents: 5,000.50 lies between 5,000 and 5,001.",
        "rows: {0..5_000: 4%, 5_001..: 6%}",
        "rows: {..5_000: 4%, above 5_000: 6%}",
    ),
)
GAP = kind_of(
    "P220",
    "A gap",
    "nothing is said of {low} to {high}",
    "let one row begin where the other ends",
    ("A value that falls between two rows has no rate.", "..10_000 and 12_000..", "..<12_000 and 12_000.."),
)
OVERLAP = kind_of(
    "P221",
    "Two rows for one value",
    "this row and another both hold {value}, and neither is more specific",
    "let one row begin where the other ends; `..<24` leaves 24 out",
    ("Of two rows the more specific holds. Where neither is, nothing decides.", "..24 and 24..36", "..<24 and 24..36"),
)
OPEN_ENDS = kind_of(
    "P222",
    "Values outside the rows",
    "nothing is said {where} {bound}",
    "open the {side} row: `{mend}`",
    (
        "A value above the last row, or below the first, will come one day.",
        "0..10_000 and 10_000..50_000",
        "0..<10_000 and 10_000..",
    ),
)
SAME_ROW = kind_of(
    "P224",
    "A row twice",
    "the row `{text}` stands twice",
    "keep one",
    ("Two rows for the same cells leave open which holds.", "Orbit twice", "Orbit once"),
)
SHAPE = kind_of(
    "P225",
    "A table of uneven rows",
    "this row has {found} cells, and there are {wanted} keys",
    "give every row a cell for each key, and its value last",
    ("Each row has a cell for each key of `by`, then the value.", "by: [a, b], rows: [[x, 5%]]", "rows: [[x, any, 5%]]"),
)
CELL = kind_of(
    "P226",
    "A cell of another kind",
    "`{text}` is looked up by `{by}`, and its cells are {wanted}",
    "write what `{by}` can be",
    ("A cell is of the type of what is looked up.", "by: close_date, rows: {24..: 5%}", "by: amount, rows: {any: 5%}"),
)
POINTS = kind_of(
    "P230",
    "Points out of order",
    "the point {bound} is not above the one before it ({before})",
    "sort the points, smallest first",
    ("A curve goes from left to right.", "100%: 100%, 80%: 50%", "80%: 50%, 100%: 100%"),
)
FEW_POINTS = kind_of(
    "P231",
    "A line through one point",
    "a line wants two points, and there is one",
    "write another point, or `between: steps`",
    ("Linear curves run between points.", "points: {100%: 100%}", "points: {80%: 50%, 100%: 100%}"),
)
BANDS = kind_of(
    "P232",
    "Bands that do not follow",
    "{what}",
    "{mend}",
    (
        "Bands begin at plain figures of one kind - 90%, or 10 - the smallest first; a point is 1% of a ratio, else 1.",
        "bands: [{from: 100%, pay: 100%}, {from: 90%, pay: 50%}]",
        "bands: [{from: 90%, pay: 50%}, {from: 100%, pay: 100%}]",
    ),
)
NO_TARGET = kind_of(
    "P240",
    "On target of what?",
    "`{key}` needs a target, and {name} has none",
    "write `target: 100% of variable`, or an amount for one window",
    ("The rate on target is target / quota.", "rate: on-target without target", "target: 80% of variable"),
)
NO_QUOTA = kind_of(
    "P241",
    "Attainment of what?",
    "`{text}` reads the attainment of `{name}`, which has no quota",
    "write `quota: own` in the measure, or go by `value`",
    ("Attainment is value / quota.", "by: attainment on a measure without quota", "quota: own"),
)
NO_WINDOW = kind_of(
    "P118",
    "Whose deal?",
    "`{text}` reads `{name}`, whose window is one deal, where no deal of it is looked at",
    "give `{name}` a window of time, or let the component be on it",
    (
        "A measure with `window: deal` stands for one deal. Only a component that is on it has that deal at hand.",
        "gate: {when: value('ticket') >= 100, else: 0%}, on another measure, ticket having window: deal",
        "window: month",
    ),
)
TOO_EARLY = kind_of(
    "P122",
    "Read before it is counted",
    "`{text}` is what a measure came to, and {what} before that is known",
    "{mend}",
    (
        "Which deals count, and what of them, is settled first; what came of it decides by `gate`, `when`, rates and tiers.",
        "eligible: value('bookings') >= 500",
        "gate: {when: value('bookings') >= 500, else: 0%}",
    ),
)
DEAL_FLOOR = kind_of(
    "P303",
    "A floor for each window of one deal",
    "`per: {per}` of a component on `{name}`, whose window is one deal, would be a floor for each deal",
    "write `per: deal`",
    (
        "A floor per window is made up at the window's end; a deal has its own: `per: deal`.",
        "floor: 20 USD, on a window of one deal",
        "per: deal",
    ),
)
NO_AMOUNT = kind_of(
    "P242",
    "No part of the year",
    "a window of `{window}` is no part of the year, so it has no share of the year's target",
    "write an amount: `target: 5_000 USD`",
    (
        "A window has its part of the year's target by its calendar periods; others have none.",
        "target: 80% of variable, window: deal",
        "target: 5_000 USD",
    ),
)
SHARES = kind_of(
    "P243",
    "Shares of the target",
    "the components' shares of variable add up to {sum}",
    "let them add up to 100%",
    ("Components take shares of the target variable that add up to 100%.", "60% and 30%", "60% and 40%"),
    "advice",
)
NOT_STATED = kind_of(
    "P300",
    "A reading is not stated",
    "`{key}` is not stated, and money depends on it: {why}",
    "write {mend}",
    (
        "Where a plan leaves open how it is read, somebody's pay depends on a guess. It is asked for instead.",
        "a year's quota without `against`",
        "against: full quota",
    ),
)
CAP_FLOOR = kind_of(
    "P301",
    "Cap below floor",
    "the cap ({cap}) is below the floor ({floor})",
    "let the cap be above the floor",
    ("Nothing can be at least more than it is at most.", "floor 200, cap 100", "floor 100, cap 200"),
)
LIMIT_BELOW = kind_of(
    "P302",
    "An amount below zero",
    "{what} `{text}` is below zero",
    "write zero or more",
    ("Caps, floors, targets, quotas and earnings are amounts.", "cap: {at: -5}", "cap: {at: 500 USD}"),
)
OTHER_CURRENCY = kind_of(
    "P304",
    "Not the project's currency",
    "the plan pays in {plan}, the deals are in {project}; exchange rates are not read yet",
    "write `currency: {project}`, or keep such plans in a project of their own",
    ("Currencies are never added, and no rate is taken as 1.", "a plan in EUR in a project in USD", "one currency"),
)
KINDS: tuple[Kind, ...] = tuple(v for v in globals().values() if isinstance(v, Kind))
