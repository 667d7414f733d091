"""What extends something is that thing with what it says itself, key by key; each value keeps the place where it was written."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from small_plan import DEALS, HEAD, MONTH, TYPES
from small_project import Fault, write_small

from commcalc.api import Project, open_project
from commcalc.documents.explanation import plan_text
from commcalc.documents.plan_words import words_of
from commcalc.dry_run import changed_project
from commcalc.language.tree import plain

BASE = f"""{HEAD}title: Sales
status: draft
params: {{share: 5%}}
goals: {{more: {{title: Sell more}}}}
measures:
  booked: {{sum: amount, window: month, quota: own}}
components:
  commission:
    kind: commission
    goal: more
    on: booked
    rate:
      by: country
      rows: {{'NO': 5%, any: share}}
    cap: {{at: 500 USD, excess: forfeit}}
{MONTH}"""


def project(folder: Path, **plans: str) -> Project:
    """Open a project with these plans, each by its name, beside the one called sales that they may extend."""
    write_small(folder, Fault("extends", {"deals": DEALS}, {"deals": TYPES}))
    for name, text in {"sales": BASE, **plans}.items():
        (folder / "plans" / f"{name}.yaml").write_text(text, "utf-8")
    return open_project(folder)


def told(found: Project) -> list[str]:
    report = found.validate()
    return [f"{p.code} {p.place} {'; '.join(f'{label}: {at}' for at, label in p.also)}".strip() for p in report.sorted()]


def heir(folder: Path, text: str) -> dict[str, object]:
    """Return the plan that says this over the one called sales, written out as plain keys and values."""
    found = project(folder, heir=f"plan: heir\nextends: sales\n{text}")
    assert told(found) == []
    data = next(p.tree.data() for p in found.plans if p.plan.plan == "heir")
    assert isinstance(data, dict)
    return data


def test_a_plan_that_says_nothing_itself_is_the_other_one_by_another_name_and_in_force(tmp_path: Path) -> None:
    made = heir(tmp_path, "")
    base = next(p.tree.data() for p in open_project(tmp_path).plans if p.plan.plan == "sales")
    assert {**made, "plan": "sales", "status": "draft"} == base
    assert "status" not in made
    assert "extends" not in made


@pytest.mark.parametrize(
    ("says", "path", "value"),
    [
        ("owner: Ann", ("owner",), "Ann"),
        ("components: {commission: {cap: {at: 900 USD}}}", ("components", "commission", "cap"), {"at": "900 USD", "excess": "forfeit"}),
        ("components: {commission: {cap: remove}}", ("components", "commission", "cap"), None),
        ("components: {commission: {cap: none}}", ("components", "commission", "cap"), "none"),
        ("components: {commission: {rate: {rows: {'NO': 6%}}}}", ("components", "commission", "rate", "rows"), {"NO": "6%", "any": "share"}),
        ("components: {commission: {rate: {by: units, rows: {any: 6%}}}}", ("components", "commission", "rate", "rows"), {"any": "6%"}),
        ("components: {commission: {rate: 7%}}", ("components", "commission", "rate"), "7%"),
        ("components: {commission: {rate: {by: amount, between: steps, before: 0%, beyond: flat, points: {0: 1%}}}}", ("components", "commission", "rate", "rows"), None),
        ("components: {commission: {goal: [more]}}", ("components", "commission", "goal"), ["more"]),
        ("components: {second: {extends: commission, rate: 1%}}", ("components", "second", "on"), "booked"),
        ("components: {second: {extends: commission, rate: 1%}}", ("components", "commission", "rate", "by"), "country"),
        ("params: {share: 4%, other: 1%}", ("params",), {"share": "4%", "other": "1%"}),
        ("measures: {year: {extends: booked, window: year, against: full quota}}", ("measures", "year", "named"), "booked"),
        ("measures: {year: {extends: booked, named: annual, quota: remove}}", ("measures", "year", "named"), "annual"),
        ("measures: {units: {extends: booked, count: deals, quota: remove}}", ("measures", "units"), {"count": "deals", "window": "month", "named": "booked"}),
    ],
)  # fmt: skip
def test_what_it_says_itself_takes_the_place_of_what_was_said(
    says: str, path: tuple[str, ...], value: object, tmp_path: Path
) -> None:
    found: object = heir(tmp_path, says)
    for step in path:
        assert isinstance(found, dict)
        found = found.get(step)
    assert found == value


def test_it_goes_on_over_several_steps_and_each_value_keeps_its_place(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        heir="plan: heir\nextends: sales\ntitle: Heir\n",
        last="plan: last\nextends: heir\nmeasures: {year: {extends: booked, window: year, against: full quota}}\n",
    )
    assert told(found) == []
    last = next(p for p in found.plans if p.plan.plan == "last")
    spots = {
        path: str(last.tree.span_of(path)) for path in (("title",), ("measures", "year", "window"), ("measures", "year", "quota"))
    }
    assert list(spots.values()) == ["plans/heir.yaml:3:8", "plans/last.yaml:3:44", "plans/sales.yaml:10:47"]
    assert set(last.digests) == {"plans/last.yaml", "plans/heir.yaml", "plans/sales.yaml"}
    assert plain(last.tree.root) == last.tree.data()


@pytest.mark.parametrize(
    ("plans", "problems"),
    [
        ({"a": "plan: a\nextends: a\n"}, ["P018 plans/a.yaml:2:10"]),
        ({"a": "plan: a\nextends: b\n", "b": "plan: b\nextends: a\n"}, ["P018 plans/a.yaml:2:10", "P018 plans/b.yaml:2:10"]),
        ({"a": "plan: a\nextends: b\n", "b": "plan: b\nextends: b\n"}, ["P018 plans/b.yaml:2:10"]),
        ({"a": "plan: a\nextends: sale\n"}, ["P019 plans/a.yaml:2:10"]),
        ({"a": "plan: a\nextends: b\n", "b": "plan: b\nextends: sale\n"}, ["P019 plans/b.yaml:2:10"]),
        ({"a": "plan: a\nextends: [sales, b]\n"}, ["P019 plans/a.yaml:2:10"]),
        ({"a": "plan: a\nextends: b\n", "b": "plan: b\ntitle: &x B\n"}, ["Y009 plans/b.yaml:2:8"]),
        ({"a": "plan: a\nextends: go\n", "go": "program: go\nversion: 1\ndates: 2026\neligible: all\ncurrency: USD\nmeasures: {m: {sum: amount, window: month}}\nkind: commission\non: m\nrate: 1%\nannounce: {headline: Go}\n"}, ["P020 plans/a.yaml:2:10"]),
        ({"a": "plan: a\nextends: sales\ncomponents: {commission: {gate: remove}}\n"}, ["P009 plans/a.yaml:3:33"]),
        ({"a": "plan: a\nextends: sales\ncomponents: {second: {extends: comission, rate: 1%}}\n"}, ["P019 plans/a.yaml:3:32"]),
        ({"a": "plan: a\nextends: sales\ncomponents: {second: {extends: second, rate: 1%}}\n"}, ["P018 plans/a.yaml:3:32"]),
        ({"a": "plan: a\nextends: sales\nmeasures: {booked: {windw: year}}\n"}, ["P001 plans/a.yaml:3:21"]),
        ({"a": "plan: a\nextends: sales\nparams: {share: remove}\n"}, ["X005 plans/sales.yaml:18:29 inherited by this `extends`: plans/a.yaml:2:10"]),
        ({"a": "plan: a\nextends: sales\ncomponents: {second: {extends: commission, on: remove}}\n"}, ["P002 plans/a.yaml:3:14"]),
    ],
)  # fmt: skip
def test_f143_what_cannot_be_extended_is_told_once_at_its_place(
    plans: dict[str, str], problems: list[str], tmp_path: Path
) -> None:
    assert told(project(tmp_path, **plans)) == problems


def test_what_is_wrong_with_the_plan_that_is_extended_is_told_there_alone(tmp_path: Path) -> None:
    found = project(tmp_path, heir="plan: heir\nextends: sales\n", sales=BASE.replace("any: share", "any: shre"))
    assert told(found) == ["X005 plans/sales.yaml:18:29"]


def test_a_table_in_a_file_stands_beside_the_plan_that_names_it(tmp_path: Path) -> None:
    base = BASE.replace("rows: {'NO': 5%, any: share}", "rows: rates.csv")
    project(tmp_path, sales=base)
    (tmp_path / "plans" / "far").mkdir()
    (tmp_path / "plans" / "far" / "heir.yaml").write_text("plan: heir\nextends: sales\n")
    (tmp_path / "plans" / "rates.csv").write_text("country,value\nNO,5%\nany,1%\n")
    found = open_project(tmp_path)
    assert told(found) == []
    made = next(p for p in found.plans if p.plan.plan == "heir")
    assert str(made.tree.span_of(("components", "commission", "rate", "rows", 1, 1))) == "plans/rates.csv:3:1"


def test_an_explanation_quotes_what_is_inherited_from_the_file_where_it_stands(tmp_path: Path) -> None:
    project(
        tmp_path, heir="plan: heir\nextends: sales\n", last="plan: last\nextends: heir\ncomponents: {commission: {rate: 1%}}\n"
    )
    (tmp_path / "data" / "assignments.csv").write_text(
        "payee_id,plan,from\n" + "".join(f"{who},2026-01-01\n" for who in ("ann,heir", "bob,last", "cy,last"))
    )
    found = open_project(tmp_path)
    run = found.calculate("2026-01")
    assert run.result is not None
    assert dict(run.result.lines.select("deal", "place").iter_rows()) == {
        "D1": "plans/sales.yaml:12", "D2": "plans/last.yaml:3", "D3": "plans/last.yaml:3",
    }  # fmt: skip
    assert dict(run.result.payouts.select("payee", "earned").iter_rows()) == {
        "ann": Decimal(5),
        "bob": Decimal("2.51"),
        "cy": Decimal("0.10"),
    }
    assert set(run.manifest["plans"]) == {"plans/heir.yaml", "plans/last.yaml", "plans/sales.yaml"}
    words = words_of(found.plans, run.manifest["plans"])
    assert [n for n, _ in plan_text("plans/sales.yaml:12", words)] == list(range(12, 20))
    assert not found.verify(run).problems
    (tmp_path / "plans" / "sales.yaml").write_text(BASE.replace("share: 5%", "share: 6%"))
    assert words_of(open_project(tmp_path).plans, run.manifest["plans"]).titles == {}


def test_a_change_of_a_plan_is_tried_with_the_plans_made_from_it(tmp_path: Path) -> None:
    opened = project(tmp_path, heir="plan: heir\nextends: sales\n")
    changed = tmp_path / "proposal" / "sales.yaml"
    changed.parent.mkdir()
    changed.write_text(BASE.replace("share: 5%", "share: 6%"))
    with changed_project(opened, str(changed)) as (tried, report):
        assert report.ok
        assert tried is not None
        assert {p.plan.plan: p.tree.data()["params"] for p in tried.plans} == {"heir": {"share": "6%"}, "sales": {"share": "6%"}}
        assert {p.plan.plan: p.plan.status for p in tried.plans} == {"heir": "active", "sales": "active"}
