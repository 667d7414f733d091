"""Each problem of YAML, keys and values as a person reads it, to the letter; the wanted texts stand in language.txt."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from commcalc.base.problem import Problem
from commcalc.base.render import render_full
from commcalc.base.source import Sources
from commcalc.language import fields
from commcalc.language.bind import bind, by_marker
from commcalc.language.problems import KINDS
from commcalc.language.tree import read_tree
from commcalc.plan.components.contest import PlacesField
from commcalc.plan.components.spiff import First


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Tiers(Part):
    by: fields.Expr
    apply: Literal["marginal", "retroactive"]
    tiers: list[fields.Ratio] = Field(min_length=1)


class Rows(Part):
    by: fields.Expr
    rows: dict[fields.CellRange, fields.Expr]


class Sample(Part):
    later: ClassVar[dict[str, str]] = {"draw": "an advance on commission"}
    plan: fields.PlainName
    rate: by_marker({"tiers": Tiers, "rows": Rows}, scalar=fields.Expr) | None = None  # type: ignore[valid-type]
    amount: fields.Money | None = None
    count: fields.Exact | None = None
    to: fields.Ratio | None = None
    on: fields.DateField | None = None
    effective: fields.DateRange | None = None
    within: fields.Duration | None = None
    mix: fields.Mix | None = None
    shown: fields.YesNo | None = None
    currency: fields.CurrencyCode | None = None
    first: First | None = None
    prizes: dict[PlacesField, fields.Expr] | None = None


WRITTEN = Path(__file__).with_name("language.txt").read_text(encoding="utf-8")
CASES = {
    code: (given, wanted)
    for code, given, wanted in re.findall(r"^=== (\w+)\n(.*?)\n~~~\n(.*?)\n(?=^===|\Z)", WRITTEN, re.DOTALL | re.MULTILINE)
}
SPECIAL = {
    "Y001": b"plan: caf\xe9\n",
    "Y002": b"plan: " + b"[" * 40,
    "Y003": b"# a plan will come\n",
    "Y007": b"rate:\n\tby: amount\n",
}


def told(code: str, given: str) -> Problem:
    raw = SPECIAL.get(code, f"{given}\n".encode())
    tree, report = read_tree(raw, "plans/sample.yaml")
    if tree is not None:
        _, found = bind(tree, Sample)
        report.extend(found)
    (problem,) = (p for p in report if p.code == code)
    return problem


def source(code: str, given: str) -> Sources:
    text = SPECIAL[code].decode("latin-1") if code in SPECIAL else given
    return Sources({"plans/sample.yaml": text})


@pytest.mark.parametrize("code", [kind.code for kind in KINDS])
def test_the_message_is_to_the_letter(code: str) -> None:
    given, wanted = CASES[code]
    assert render_full(told(code, given), source(code, given)) == wanted


def test_each_kind_has_a_page_of_three_to_ten_lines_with_both_examples() -> None:
    for kind in KINDS:
        lines = kind.page.split("\n")
        assert 3 <= len(lines) <= 14, kind.code
        assert "\nFails: " in kind.page, kind.code
        assert "\nWorks: " in kind.page, kind.code


def test_every_template_is_filled() -> None:
    for code, (given, _) in CASES.items():
        problem = told(code, given)
        assert "{" not in problem.message.replace("{}", ""), code
        assert not re.search(r"\{\w+\}", problem.mend), code
