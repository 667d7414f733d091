"""The page of each problem tells the truth: its failing example has the problem, its working one has not."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commcalc.checks import Facts, check_plans
from commcalc.cli.catalogue import kinds
from commcalc.cli.main import app
from commcalc.inputs.project import read_project
from commcalc.language.expression import Type
from commcalc.plan.load import load_plan

FACTS = Facts(
    columns={
        "amount": Type.MONEY, "close_date": Type.DATE, "stage": Type.TEXT, "code": Type.TEXT, "product": Type.TEXT,
        "term": Type.NUMBER, "discount": Type.RATIO,
    },
    stated=frozenset({"amount", "close_date"}),
    payee_columns={"manager": Type.TEXT, "region": Type.TEXT},
    links=frozenset({"manager"}),
    readings={"rounding": "half-up", "round": "line"},
)  # fmt: skip
HEAD = "plan: sales-rep\nversion: 1\neffective: 2026\ncurrency: USD\ngoals: {growth: {title: Grow}}\n"
MEASURES = "measures:\n  bookings: {sum: amount, window: month, quota: 1_000}\n"
COMPONENT = "components:\n  base: {kind: commission, on: bookings, rate: 5%}\n"
END = "payment: {every: month}\n"


def top(text: str) -> str:
    return f"{HEAD}{MEASURES}{COMPONENT}{text}\n{END}"


def instead(text: str) -> str:
    """The header with this line in the place of the one that has the same key."""
    key = text.split(":")[0]
    return re.sub(rf"(?m)^{key}:.*$", lambda _: text, f"{HEAD}{MEASURES}{COMPONENT}{END}", count=1)


def measure(text: str) -> str:
    return f"{HEAD}measures:\n  {text}\n{COMPONENT}{END}"


def counted(text: str) -> str:
    return f"{HEAD}measures:\n  bookings:\n    sum: amount\n    window: month\n{textwrap.indent(text, '    ')}\n{COMPONENT}{END}"


def paid(text: str, first: str = "    kind: commission\n    on: bookings\n") -> str:
    rate = "" if re.match(r"rate:", text) else "    rate: 5%\n"
    return f"{HEAD}{MEASURES}components:\n  base:\n{first}{rate}{textwrap.indent(text, '    ')}\n{END}"


def tiers(text: str) -> str:
    said = {"by": "by: value", "apply": "apply: marginal", "tiers": "tiers: [{from: 0, pay: 5%}]"}
    for part in text.split("; "):
        said[part.split(":")[0].replace("teirs", "tiers")] = part
    return paid("rate:\n" + textwrap.indent("\n".join(said.values()), "  "))


def rows(text: str, by: str = "amount") -> str:
    return paid(f"rate: {{by: {by}, {text if text.startswith('rows:') else f'rows: {text}'}}}")


def ranges(text: str) -> str:
    return rows("{" + ", ".join(f"{cell}: 5%" for cell in text.split(" and ")) + "}")


def cells(text: str) -> str:
    return rows("{" + ", ".join(f'"{cell}": 5%' for cell in text.split(" or ")[:1]) + ", any: 1%}")


def points(text: str) -> str:
    given = text if text.startswith("points:") else f"points: {{{text}}}"
    bonus = "    kind: bonus\n    on: bookings\n    target: 500\n    payout: {by: attainment, between: linear, before: 0%, beyond: flat, "
    return f"{HEAD}{MEASURES}components:\n  base:\n{bonus}{given}}}\n{END}"


def condition(text: str) -> str:
    return counted(f"where: {text}")


def figure(text: str) -> str:
    return paid(f"basis: {text}")


def gate(text: str) -> str:
    return paid(f"gate: {{when: {text}, else: 0%}}")


def spiff(text: str, window: str = "month") -> str:
    budget = "" if "budget" in text else ", budget: none"
    component = f"base: {{kind: spiff, on: bookings, pay: 50 USD, each: deal, stacks: on top, {text}{budget}}}"
    return f"{HEAD}{MEASURES.replace('month, quota: 1_000', window)}components:\n  {component}\n{END}"


def flow(text: str) -> str:
    return measure(f"bookings: {{sum: amount, window: month, {text.strip('{}')}}}")


SLOTS: dict[str, Callable[[str], str]] = {
    "Y003": str, "Y004": str, "Y005": str, "Y006": paid, "Y008": tiers, "Y010": flow, "Y011": counted, "Y012": counted,
    "Y013": counted, "Y020": instead, "Y023": lambda t: paid(f"dates: {t} .."), "Y024": instead, "Y025": instead, "Y027": lambda t: top("").replace("{every: month}", f"{{every: month, {t}}}"),
    "Y029": instead, "Y030": instead, "Y031": cells, "Y032": spiff, "Y033": lambda t: shared("contest", t), "P001": tiers, "P003": tiers, "P004": tiers, "P006": paid, "P007": tiers,
    "P008": measure, "P101": counted, "P102": paid, "P103": paid, "P104": paid, "P105": paid, "P110": lambda t: paid("", f"    kind: commission\n    {t}\n"),
    "P111": paid, "P112": top, "P115": top, "P116": top, "P117": counted, "P119": counted, "P211": tiers, "P212": tiers,
    "P216": rows, "P220": ranges, "P221": lambda t: ranges(t + " and above 36"), "P222": ranges, "P230": points, "P231": points, "P302": lambda t: paid(t.replace("}", ", excess: forfeit}")),
    "X001": figure, "X002": figure, "X003": figure, "X004": condition, "X005": figure, "X007": condition, "X008": condition,
    "X009": figure, "X010": condition, "X011": condition, "X012": condition, "X013": figure, "X014": gate, "X015": gate,
    "X017": condition, "X018": figure,
}  # fmt: skip
"""Where the example of a page stands in a plan, as the page shows it."""


def _tier(*lines: str, apply: str = "marginal", by: str = "value") -> str:
    return tiers(f"by: {by}; apply: {apply}; tiers: [{', '.join('{' + line + '}' for line in lines)}]")


def program(text: str) -> str:
    return f"program: sales-rep\nversion: 1\ndates: 2026\neligible: all\ncurrency: USD\n{MEASURES}kind: commission\non: bookings\nrate: 5%\nannounce: {{headline: More}}\n{text}\n"


def shared(kind: str, text: str, window: str = "month") -> str:
    """A contest or pool with this text in the place of what it says by the same key."""
    said = {
        "contest": {"on": "bookings", "order": "highest first", "prizes": "{1: 500 USD}", "ties": "share"},
        "pool": {"fund": "2% * value('bookings')", "shared_by": "equal"},
    }[kind]
    key, _, value = text.partition(": ")
    keys = {"among": "all eligible", **said, **({key: value} if key else {})}
    lines = "".join(f"    {k}: {v}\n" for k, v in keys.items())
    return f"{HEAD}{MEASURES}components:\n  base:\n    kind: {kind}\n{lines}{END}".replace("window: month", f"window: {window}")


def settled(text: str, kind: str = "commission") -> str:
    """A component with this release or clawback."""
    pays = {"commission": "rate: 5%", "bonus": "payout: 100 USD"}[kind]
    return f"{HEAD}{MEASURES}components:\n  base:\n    kind: {kind}\n    on: bookings\n    {pays}\n    {text}\n{END}"


def made(text: str) -> str:
    """A component with a cap, and another one made from it."""
    return paid("cap: {at: 500 USD, excess: forfeit}").replace("payment:", f"  {text}\npayment:")


def reads_base(text: str) -> str:
    """A second component that reads what the first has earned."""
    return f"{HEAD}{MEASURES}{COMPONENT}  more:\n    kind: commission\n    on: bookings\n    rate: 1%\n    {text}\n{END}"


TOLD: dict[str, tuple[str, str]] = {
    "Y007": (f"{HEAD}measures:\n\tbookings: {{sum: amount, window: month}}\n{COMPONENT}{END}", top("")),
    "Y009": (paid("rate: *base"), top("params: {base_rate: 8%}").replace("rate: 5%", "rate: base_rate")),
    "P002": (top("").replace("currency: USD\n", ""), top("")),
    "P321": tuple(program(f"target: {t}") for t in ("10% of variable", "2_000 USD")),
    "P322": (program("").replace("announce", "# announce"), program("")),
    "P012": (top("").replace("plan: sales-rep", "plan: sales"), top("")),
    "P014": (rows("rows: ../../rates.csv"), rows("{any: 5%}")),
    "P015": (rows("rows: rats.csv"), rows("{any: 5%}")),
    "P107": (paid("rate: 5 USD"), paid("rate: 5%")),
    "P113": (gate("earned('plan.base') > 1"), top("")),
    "P126": tuple(top("").replace("window: month", f"window: {w}") for w in ("program", "life")),
    "P125": tuple(reads_base("").replace("payment:", f"caps: [{{over: [base, {n}], at: 500 USD, per: month, excess: forfeit}}]\npayment:") for n in ("bonus", "more")),
    "P123": (reads_base("where: earned('base') > 0"), reads_base("multiply: {when: earned('base') > 0, factor: 1.1x}")),
    "P124": (reads_base("multiply: {when: earned('base') > 0, factor: 1.1x}\n    split: pay"), reads_base("multiply: {when: earned('base') > 0, factor: 1.1x}\n    split: credit")),
    "P114": tuple(f"{HEAD}{MEASURES}{COMPONENT}  new-business: {{kind: commission, on: bookings, rate: 1%}}\n  {n}: {{kind: commission, on: bookings, rate: 1%}}\n{END}" for n in ("New_Business", "renewals")),
    "P210": (_tier("from: 0, pay: 1%", "from: 100, pay: 2%", "from: 80, pay: 3%"), _tier("from: 0, pay: 1%", "from: 80, pay: 2%", "from: 100, pay: 3%")),
    "P215": (_tier("from: 0, pay: 1%", "from: 5, pay: 2%, reaches: zero", apply="retroactive"), _tier("from: 0, pay: 1%", "from: 5, pay: 2%, reaches: zero")),
    "P225": tuple(rows(f"[[x, {cell}5%], [any, any, 1%]]", by="[product, stage]") for cell in ("", "any, ")),
    "P226": (rows("{24..: 5%, any: 1%}", by="close_date"), rows("{any: 5%}")),
    "P118": tuple(paid("gate: {when: value('ticket') >= 100, else: 0%}").replace("components:", f"  ticket: {{sum: amount, window: {w}}}\ncomponents:") for w in ("deal", "month")),
    "P122": (paid("eligible: value('bookings') >= 500"), paid("gate: {when: value('bookings') >= 500, else: 0%}")),
    "P232": tuple(paid(f"payout: {{by: attainment, before: 0 USD, fractions: count, {b}}}", "    kind: bonus\n    on: bookings\n").replace("    rate: 5%\n", "").replace("%, per", "%, pay: 5 USD, per") for b in ("bands: [{from: 100%, pay: 10 USD}, {from: 90%, pay: 5 USD}]", "bands: [{from: 90%, pay: 5 USD}, {from: 100%, pay: 10 USD}]")),
    "P303": tuple(paid(f"floor: {{at: 20 USD{per}}}").replace("window: month", "window: deal") for per in ("", ", per: deal")),
    "P240": (paid("rate: on-target"), paid("rate: on-target\ntarget: 80% of variable")),
    "P241": tuple(_tier("from: 0, pay: 1%", by="attainment").replace(", quota: 1_000", quota) for quota in ("", ", quota: own")),
    "P242": tuple(paid(f"target: {t}").replace("window: month", "window: deal") for t in ("80% of variable", "5_000 USD")),
    "P120": tuple(
        paid("").replace("components:", "  trailing: {sum: amount, window: rolling 3 months}\ncomponents:").replace("on: bookings", f"on: {on}")
        for on in ("trailing", "bookings")
    ),
    "P245": tuple(counted(f"quota: own{spread}").replace("window: month", "window: rolling 12 months") for spread in ("\nspread: evenly", "")),
    "P121": (counted("quota: 10 * payee.days_in_window"), paid("", "    kind: bonus\n    on: bookings\n    payout: 1 USD * payee.days_in_window\n").replace("    rate: 5%\n", "")),
    "P246": tuple(counted(f"ramp: 50%{quota}") for quota in ("", "\nquota: own")),
    "P244": tuple(counted(f"credit: {credit}\nquota: sum of reports") for credit in ("own", "all reports")),
    "P243": (paid("target: 60% of variable"), paid("target: 100% of variable")),
    "P300": tuple(_tier("from: 0%, pay: 1%", by="attainment").replace("window: month", f"window: year{a}") for a in ("", ", against: full quota")),
    "P301": tuple(paid(f"cap: {{at: {cap}, excess: forfeit}}\nfloor: {{at: {floor}}}") for cap, floor in ((100, 200), (200, 100))),
    **{code: (spiff(*fails), spiff(*works)) for code, fails, works in (
        ("P310", ("first: 3 per payee", "deal"), ("first: 3 per payee", "quarter")),
        ("P311", ("first: 3 per payee, split: pay",), ("first: 3 per payee, split: credit",)),
        ("P312", ("floor: {at: 50 USD}, budget: {amount: 1_000 USD, when_spent: first come}",), ("budget: {amount: 1_000 USD, when_spent: first come}",)),
        ("P313", ("budget: {amount: 1_000 USD, when_spent: prorate}", "life"), ("dates: 2026-Q1, budget: {amount: 1_000 USD, when_spent: prorate}", "life")),
        ("P314", ("budget: {amount: 10%, when_spent: first come}",), ("budget: {amount: 50_000, when_spent: first come}",)),
        ("P315", ("minimum: 500 USD",), ("minimum: 3",)),
        ("P316", ("when: value >= 3",), ("minimum: 3",)),
    )},
    **{code: tuple(shared(*said) for said in both) for code, *both in (
        ("P330", ("pool", "multiply: {factor: 1.2x}"), ("pool", "cap: {at: 500 USD, excess: forfeit}")),
        ("P331", ("contest", "", "deal"), ("contest", "", "quarter")),
        ("P332", ("contest", "prizes: {1..3: 500 USD, 3: 100 USD}"), ("contest", "prizes: {1..2: 500 USD, 3: 100 USD}")),
    )},
    **{code: tuple(settled(*said) for said in both) for code, *both in (
        ("P340", ("release: [{part: 50%, on: credit}, {part: 40%, on: cash}]",), ("release: [{part: 50%, on: credit}, {part: rest, on: cash}]",)),
        ("P341", ("clawback: {on: cancelled, within: 90 days, take: all}", "bonus"), ("release: {part: rest, on: credit, after: 1 month}", "bonus")),
        ("P342", ("release: {part: rest, on: credit, over: 0 months}",), ("release: {part: rest, on: credit, over: 3 months}",)),
        ("P343", ("clawback: {on: cancelled, within: amount, take: all}",), ("clawback: {on: cancelled, within: close_date, take: all}",)),
        ("P344", ("clawback: {unless: cash, within: 60 days, take: pro rata, restore: never}",), ("clawback: {unless: cash, within: 60 days, take: all, restore: never}",)),
        ("P345", ("clawback: {on: cancelled, within: 90 days, take: rerun, quota_relief: current}",), ("clawback: {on: cancelled, within: 90 days, take: rerun}",)),
    )},
    "P346": tuple(top("").replace("{every: month}", f"{{every: month, debts: [{{name: Leads, recover: {{share: 35%}}}}, {second}]}}") for second in ("{name: Leads, recover: {share: 50%}}", "draw")),
    "P333": tuple(program(f"among: {a}\norder: highest first\nties: share\nprizes: {{1: 5 USD}}").replace("kind: commission", "kind: contest").replace("rate: 5%\n", "") for a in ("plan", "all eligible")),
    "P317": tuple(spiff(f"where: product = 'Orbit'{some}").replace("on top", "{instead_of: other, counts_to_quota: yes}").replace("components:\n", "components:\n  other: {kind: commission, on: bookings, rate: 5%}\n") for some in (", first: 3 per payee", "")),
    "P304": (top("").replace("currency: USD", "currency: EUR"), top("")),
    "P009": tuple(made(f"renewals: {{extends: base, {key}: remove}}") for key in ("capp", "cap")),
    "P018": tuple(top("").replace("components:", "  renewals: {extends: bookings, window: year, against: full quota}\ncomponents:").replace("bookings: {sum: amount", f"bookings: {{{says}") for says in ("extends: renewals", "sum: amount")),
    "P019": tuple(top("").replace("components:", f"  renewals: {{extends: {base}, where: stage = 'Won'}}\ncomponents:") for base in ("booking", "bookings")),
    "P021": (program("extends: last-launch"), program("")),
    "P022": tuple(made(f"renewals: {{extends: base, kind: {kind}}}") for kind in ("bonus", "commission")),
}  # type: ignore[assignment]  # fmt: skip
"""Where a page tells its example in words: a plan that fails in this way, and one that works."""


def codes(plan: str) -> set[str]:
    loaded, report = load_plan(plan.encode(), "plans/sales-rep.yaml", Path("plans/sales-rep.yaml"), Path())
    if loaded is not None:
        report.extend(check_plans((loaded,), FACTS))
    return {p.code for p in report}


def examples(page: str) -> tuple[str, str]:
    """Return the failing and the working example of a page, out of their backticks or indentation."""
    fails, works = page[page.index("Fails:") + 6 :].split("\nWorks:", 1)

    def bare(text: str) -> str:
        ticked = re.match(r"\s*`(.+?)`(?:\s|$)", text)
        return ticked[1] if ticked else textwrap.dedent(text.lstrip("\n").rstrip()) if "\n" in text else text.strip()

    return bare(fails), bare(works)


@pytest.mark.parametrize("code", SLOTS)
def test_the_example_of_a_page_fails_and_works(code: str) -> None:
    fails, works = examples(kinds()[code].page)
    assert code in codes(SLOTS[code](fails))
    assert code not in codes(SLOTS[code](works))


@pytest.mark.parametrize("code", TOLD)
def test_what_a_page_tells_in_words_fails_and_works(code: str) -> None:
    fails, works = TOLD[code]
    assert code in codes(fails)
    assert code not in codes(works)


def test_a_goal_that_a_plan_does_not_have_is_told_at_the_program() -> None:
    def told(goal: str, plan: str = top("")) -> list[str]:
        files = (plan, program(f"goal: {goal}").replace("sales-rep", "launch"))
        loaded = tuple(found for text in files if (found := load_plan(text.encode(), "p.yaml", Path("p.yaml"), Path())[0]))
        return [f"{p.place}: {p.facts['goal']} of {p.facts['plans']}" for p in check_plans(loaded, FACTS) if p.code == "P320"]

    assert told("growth") == []
    assert told("orbit") == ["p.yaml:12:7: orbit of `sales-rep`"]
    assert told("[growth, orbit]") == ["p.yaml:12:16: orbit of `sales-rep`"]
    assert told("orbit", instead("effective: 2025")) == []  # no plan of its dates


@pytest.mark.parametrize("code", ["D070", "D071", "D072", "D073", "D074"])
def test_the_example_of_a_page_about_the_project_fails_and_works(code: str, tmp_path: Path) -> None:
    fails, works = examples(kinds()[code].page)
    assert code in _told(tmp_path, fails)
    assert _told(tmp_path, works) == set()


def _told(folder: Path, line: str) -> set[str]:
    for name in ("deals", "payees", "assignments"):
        (folder / f"{name}.csv").write_text("")
    tables = ", ".join(f"{n}: {{file: {n}.csv}}" for n in ("deals", "payees", "assignments"))
    text = f"commcalc: 1\ncurrency: USD\ncredit_date: close_date\n{line}\ntables: {{{tables}}}\n"
    (folder / "commcalc.yaml").write_text(text)
    return {p.code for p in read_project(folder)[1]}


@pytest.mark.parametrize("code", kinds())
def test_explain_prints_every_page(code: str) -> None:
    done = CliRunner().invoke(app, ["explain", "code", code])
    assert done.exit_code == 0
    assert done.output.startswith(f"{code}: ")
    assert "\nFails:" in done.output
    assert "\nWorks:" in done.output
