"""What can be wrong with plan tests: plans, figures, payees and columns that are not there, and tests that cannot fail."""

from __future__ import annotations

from commcalc.base.problem import Kind
from commcalc.language.field_problems import kind

NO_SUCH_PLAN = kind(
    "P400", "No such plan", "there is no plan `{name}`{near}", "{mend}",
    "A test names a plan of the project by its name, or writes a plan of its own under `plan:`.",
    "plan: ae-comercial", "plan: ae-commercial",
)  # fmt: skip
NOTHING_EXPECTED = kind(
    "P401", "A test that cannot fail", "{where} expects nothing, so it cannot fail", "{mend}",
    "A test says what is to come out. One that expects nothing passes whatever the plan says, and proves nothing.",
    "expect: {2026-01: {}}", "expect: {2026-01: {commission: 100.00}}",
)  # fmt: skip
UNKNOWN_FIGURE = kind(
    "P402", "No such figure", "`{name}` is not a figure of this test{near}", "{mend}",
    "Expected are components by their name (`plan.component` where two plans have one of the name), `attainment M`, `value M`\n"
    "and `quota M` of a measure, `deal D`, `exact C` of a component, what a rule changed (`cap C`, `floor C`, `gate C`,\n"
    "`proration C`, `minimum C`, `maximum C`), `earned`, `accrued`, `held`, `released`, `base`, `payable` and `total`;\n"
    "further `lines`, `exceptions`, `refused` and `nothing else`.",
    "expect: {2026-01: {comission: 100.00}}", "expect: {2026-01: {commission: 100.00}}",
)  # fmt: skip
SAME_TEST = kind(
    "P403", "Two tests of one name", "another test of this file is called so", "say what each of them proves",
    "A test is called by its sentence, in messages and in reports.",
    "two tests called `it works`", "test: a deal that crosses 100% is paid at both rates",
)  # fmt: skip
UNKNOWN_COLUMN = kind(
    "P404", "No such column", "`{name}` is not a column of {table}{near}", "{mend}",
    "A column that nothing knows would be ignored, and the test would prove something else than it says.",
    "deals: [{id: D1, date: 2026-01-15, amuont: 100}]", "deals: [{id: D1, date: 2026-01-15, amount: 100}]",
)  # fmt: skip
NO_SUCH_PAYEE = kind(
    "P405", "No such payee", "`{name}` is not a payee of this test{near}", "write one of {names}",
    "Where `payees` are given, `expect` is keyed by payee first.",
    "expect: {2026-01: {...}} beside payees: {E1: {}}", "expect: {E1: {2026-01: {...}}}",
)  # fmt: skip
NOT_A_PERIOD = kind(
    "P406", "Not a period", "`{name}` is not a period of the calendar", "write {example}",
    "Expected is what a pay period gives; a quarter or year means its last one.",
    "expect: {January: {...}}", "expect: {2026-01: {...}}",
)  # fmt: skip
BY_MEASURE = kind(
    "P407", "Cannot be given by measure", "{what}", "{mend}",
    "`quotas: {bookings: 750_000}` is the quota of each window of the measure that the test touches. Where that says too little,\n"
    "quotas are rows of the quotas table.",
    "quotas: {boookings: 750_000}", "quotas: {bookings: 750_000}",
)  # fmt: skip
NO_SUCH_PARAM = kind(
    "P408", "No such param", "no plan of this test has a param `{name}`{near}", "{mend}",
    "`params:` sets a param of the plan for this test, for everybody.",
    "params: {quota_per_hed: 20}", "params: {quota_per_head: 20}",
)  # fmt: skip
REFUSED_ALONE = kind(
    "P409", "Refused, and yet figures", "a project that is refused has no figures", "keep `refused`, or the others",
    "`refused` names the problem for which nothing is calculated at all.",
    "expect: {2026-01: {refused: P210, commission: 100.00}}", "expect: {2026-01: {refused: P210}}",
)  # fmt: skip
NO_FILE = kind(
    "P410", "No such file of rows", "there is no file `{path}` beside the test", "mend the name",
    "Long tables of a test may stand in a CSV file beside it, in the same folder or below.",
    "deals: dales.csv", "deals: deals.csv",
)  # fmt: skip
OUT_OF_ORDER = kind(
    "P411", "Closed out of order", "`{name}` does not follow `{last}`", "name each period after the one before, and none twice",
    "Periods are closed one after another: what each pays is what has become due, less what those before have paid.",
    "closed: [2026-01, 2026-03]", "closed: [2026-01, 2026-02, 2026-03]",
)  # fmt: skip
KINDS: tuple[Kind, ...] = (
    NO_SUCH_PLAN, NOTHING_EXPECTED, UNKNOWN_FIGURE, SAME_TEST, UNKNOWN_COLUMN, NO_SUCH_PAYEE, NOT_A_PERIOD, BY_MEASURE,
    NO_SUCH_PARAM, REFUSED_ALONE, NO_FILE, OUT_OF_ORDER,
)  # fmt: skip
