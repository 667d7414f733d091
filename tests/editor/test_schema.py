"""The schema that editors read says what the models say: a key it lacks, a plan it refuses, would mislead whoever writes plans."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

from commcalc.inputs import schema as project_schema
from commcalc.inputs.model import ProjectModel
from commcalc.language.bind import bind
from commcalc.language.tree import read_tree
from commcalc.plan import schema as plan_schema
from commcalc.plan.model import Plan
from commcalc.plan.program import PROGRAMS as KINDS_OF_PROGRAM

ROOT = Path(__file__).parents[2]
SCHEMAS = {"plan": plan_schema.schema(), "program": plan_schema.program_schema(), "project": project_schema.schema()}
PROGRAMS = sorted(p for p in ROOT.glob("plans/programs/*.yaml") if ".test." not in p.name)
PLANS = sorted(p for folder in ("plans", "examples/*/plans") for p in ROOT.glob(f"{folder}/*.yaml") if ".test." not in p.name)
PROJECTS = sorted(ROOT.glob("examples/*/commcalc.yaml"))
GOOD = (ROOT / "plans" / "saas-ae.yaml").read_text(encoding="utf-8")
BROKEN = {
    "a misspelt key": ("  every: month", "  evry: month"),
    "a key that is missing": ("    rate: on-target\n", ""),
    "a kind that there is not": ("kind: commission", "kind: comission"),
    "a key of another kind": ("    rate: on-target\n", "    rate: on-target\n    payout: 5%\n"),
    "a word that there is not": ("apply: marginal", "apply: marginl"),
    "tiers that do not say how they apply": ("      apply: marginal\n", ""),
    "two ways to count": ("    sum: amount\n", "    sum: amount\n    count: deals\n"),
    "no way to count": ("    sum: amount\n", ""),
    "a tier with both bounds": ("{above: 150%, pay: 2x}", "{above: 150%, from: 150%, pay: 2x}"),
    "a list where a text is wanted": ("window: year", "window: [year]"),
    "an empty value": ("title: Account executive", "title:"),
    "a currency that is no code": ("currency: USD", "currency: dollars"),
    "a table in a file that is no table": ("factor: 1.1x", "factor: {by: product, rows: rates.xlsx}"),
    "a key by a name that is not its own": (
        "returns: unwind",
        "gate: {when: attainment >= 10%, otherwise: 0%, until_known: pay}",
    ),
    "no payment": ("payment:\n", "goals:\n"),
}


class AsEditorsRead(yaml.SafeLoader):
    """YAML 1.2's core types, as a language server takes them: figures, true and false, null; no dates, no yes and no."""


AsEditorsRead.yaml_implicit_resolvers = {}
for tag, form, begins in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    AsEditorsRead.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{form})$"), list(begins))


def complaints(name: str, text: str) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed; the dev extra has it")
    validator = jsonschema.Draft7Validator(SCHEMAS[name])
    return [f"{list(e.path)}: {e.message[:200]}" for e in validator.iter_errors(yaml.load(text, AsEditorsRead))]


def fits(text: str) -> bool:
    """Tell whether the program itself reads a plan."""
    tree, report = read_tree(text.encode(), "plan.yaml")
    return tree is not None and not report.errors and bind(tree, Plan)[0] is not None


def models(option: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield every model that can stand in a file, each once."""
    if isinstance(option, type) and issubclass(option, BaseModel):
        if option not in seen:
            seen.add(option)
            yield option
            for field in option.model_fields.values():
                yield from models(field.annotation, seen)
        return
    for argument in get_args(option):
        yield from models(argument, seen)


MODELS = [m for top in (Plan, *(program for program, _ in KINDS_OF_PROGRAM), ProjectModel) for m in models(top, set())]


def test_every_key_has_a_description_that_is_a_phrase() -> None:
    assert {"Plan", "Tiers", "TierAbove", "Points", "Gate", "KpiMeasure", "Spiff", "LookUp"} <= {m.__name__ for m in MODELS}
    bare = [f"{m.__name__}.{n}" for m in MODELS for n, f in m.model_fields.items() if len((f.description or "").split()) < 2]
    assert bare == []
    odd = [
        f.description
        for m in MODELS
        for f in m.model_fields.values()
        if not re.fullmatch(r"[^A-Z`][^`]*[^.`]", f.description or "")
    ]
    assert odd == []


def test_every_shape_has_a_title_in_the_words_of_plans() -> None:
    named = [d for schema in SCHEMAS.values() for d in (schema, *schema["definitions"].values())]
    assert len(named) > 30
    for shape in named:
        assert re.fullmatch(r"[a-z][a-z -]+", shape["title"]), shape["title"]
        assert shape["description"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_draft_07_whole_and_without_null(name: str) -> None:
    text = json.dumps(SCHEMAS[name])
    pytest.importorskip("jsonschema").Draft7Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"] == "http://json-schema.org/draft-07/schema#"
    for newer in ("$defs", "prefixItems", '"null"', '"discriminator"', "unevaluated"):
        assert newer not in text
    assert set(re.findall(r'"#/definitions/(\w+)"', text)) == set(SCHEMAS[name]["definitions"])


@pytest.mark.parametrize("file", PLANS, ids=lambda f: f"{f.parents[1].name}/{f.stem}")
def test_every_plan_of_ours_fits(file: Path) -> None:
    assert complaints("plan", file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", PROGRAMS, ids=lambda f: f.stem)
def test_every_program_of_ours_fits_and_with_a_key_of_another_kind_does_not(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert complaints("program", text) == []
    assert complaints("program", text + "payout: 5%\n") != []
    assert complaints("program", text.replace("eligible:", "eligble:")) != []
    assert complaints("plan", text) != []


@pytest.mark.parametrize("file", PROJECTS, ids=lambda f: f.parent.name)
def test_every_project_file_of_ours_fits(file: Path) -> None:
    assert complaints("project", file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_plan_does_not_fit(what: str) -> None:
    before, after = BROKEN[what]
    assert before in GOOD
    assert complaints("plan", GOOD.replace(before, after, 1)) != []
    assert not fits(GOOD.replace(before, after, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rate: on-target", "rate: 8%"),
        ("rate: on-target", "rate: {by: product, rows: {Orbit: 12%, any: 8%}}"),
        ("rate: on-target", "rate: {by: [product, term_months], rows: [[Orbit, 24.., 15%], [any, any, 1%]]}"),
        ("rate: on-target", "rate: {by: product, rows: rates.csv}"),
        ("rate: on-target", "rate: {by: [margin, pct], matrix: [[..<10%, 10%..], [..<50, 0%, 5%], [50.., 5%, 10%]]}"),
        ("goal: share", "goal: [share, retention]"),
        ("returns: unwind", "gate: {when: attainment('bookings') >= 40%, else: 0%, until_known: hold}"),
        ("returns: unwind", "gate: [{when: term_months > 1, else: 0%}, {when: term_months > 2, else: 50%}]"),
        ("returns: unwind", "cap: none"),
        ("returns: unwind", "cap: [{at: 200% of target}, {at: 500, per: deal, excess: forfeit}]"),
        ("quota: own", "quota: 1_000_000"),
        ("quota: own", "quota: 1000000.50"),
        ("effective: 2026-01-01 .. 2026-12-31", "effective: 2026"),
    ],
)  # fmt: skip
def test_each_form_that_a_value_may_have_fits(before: str, after: str) -> None:
    assert complaints("plan", GOOD.replace(before, after)) == []
    assert ".csv" in after or fits(GOOD.replace(before, after))


def schema(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "commcalc", "schema", *arguments]
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_verb_prints_it_and_writes_it(tmp_path: Path) -> None:
    for name, wanted in SCHEMAS.items():
        assert json.loads(schema(name, folder=tmp_path).stdout) == wanted
        done = schema(name, "--output", "made.json", folder=tmp_path)
        assert (done.returncode, done.stdout) == (0, "")
        assert json.loads((tmp_path / "made.json").read_text()) == wanted
    assert [f.name for f in tmp_path.iterdir()] == ["made.json"]


def test_a_place_that_cannot_be_written_ends_with_3_and_a_schema_that_there_is_not_with_2(tmp_path: Path) -> None:
    done = schema("plan", "--output", "no/such/folder.json", folder=tmp_path)
    assert done.returncode == 3
    assert "no/such/folder.json cannot be written" in done.stderr
    assert schema("pln", folder=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("text", "fits_schema"),
    [
        ("plan: a\nextends: b\n", True),
        ("plan: a\nextends: b\ncomponents: {new: {cap: {at: 5}, gate: remove}, old: remove}\n", True),
        ("plan: a\nextends: b\nmeasures: {m: {window: year}}\npayment: {draw: remove}\n", True),
        ("plan: a\nextends: b\ncomponents: {new: {capp: {at: 5}}}\n", False),
        ("plan: a\nextends: b\ncomponents: {new: {gate: [{when: x}]}}\n", False),
        ("plan: a\nextends: b\nmeasures: {m: {window: yer}}\n", False),
        ("plan: a\ncomponents: {old: remove}\n", False),
        (GOOD + "  other: {extends: new-business, rate: 8%}\n", True),
        (GOOD + "  other: {extends: new-business, rte: 8%}\n", False),
        (GOOD + "  other: {on: bookings, rate: 8%}\n", False),
        (GOOD.replace("components:", "  m2: {extends: bookings, where: remove}\ncomponents:"), True),
    ],
)  # fmt: skip
def test_what_extends_something_need_say_only_what_is_different(text: str, fits_schema: bool) -> None:
    assert (complaints("plan", text) == []) == fits_schema


def test_a_measure_of_a_program_may_extend_another_and_a_program_nothing() -> None:
    text = PROGRAMS[0].read_text(encoding="utf-8")
    measures = "measures:\n  sold: {sum: amount, window: month}\n  again: {extends: sold, window: year}\n"
    assert complaints("program", text + measures) == []
    assert complaints("program", text + "extends: other\n") != []
