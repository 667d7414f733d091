"""What does not fit a model is told in plain words at its own place, each slip once."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from commcalc.language.bind import bind, by_marker
from commcalc.language.fields import Expr, OneOrMany, PlainName, Ratio, Word
from commcalc.language.tree import read_tree


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Tiers(Part):
    by: Expr
    apply: Literal["marginal", "retroactive"]
    tiers: list[Ratio] = Field(min_length=1)


class Rows(Part):
    later: ClassVar[dict[str, str]] = {"bands": "bands with a start"}
    by: Expr
    rows: dict[Word, Expr]


class Gate(Part):
    when: Expr
    otherwise: Expr = Field(alias="else")


class Cat(Part):
    later: ClassVar[dict[str, str]] = {"release": "pay released in parts"}
    marker: ClassVar[str] = "cat"
    kind: Literal["cat"]
    rate: by_marker(
        {"tiers": Tiers, "rows": Rows}, scalar=Annotated[Literal["on-target"] | Expr, Field(union_mode="left_to_right")]
    )  # type: ignore[valid-type]
    gate: OneOrMany[Gate] = ()
    cap: Annotated[Literal["none"] | OneOrMany[Gate], Field(union_mode="left_to_right")] = ()
    level: Annotated[str, Field(pattern="^(here|zero|tier [1-9][0-9]*)$")] = "here"


class Dog(Part):
    marker: ClassVar[str] = "dog"
    kind: Literal["dog"]
    barks: Ratio


class Zoo(Part):
    zoo: PlainName
    currency: Word = Field(description="an ISO code")
    pens: dict[PlainName, Annotated[Cat | Dog, Field(discriminator="kind")]]


KEYS = ["kind", "rate", "by", "apply", "tiers", "rows", "gate", "when", "else", "cap", "level", "barks", "teirs", "release"]
HEAD = "zoo: x\ncurrency: USD\npens:\n  a:\n    kind: cat\n"
SLIPS = [
    ("rate: 8%\n    gaet: {when: a, else: b}", [("P001", "7:5", "did you mean `gate`?")]),
    ("rate: {by: a, apply: marginal, teirs: [1%]}", [("P001", "6:36", "did you mean `tiers`?")]),
    ("rate: {by: a, row: {x: 1}}", [("P001", "6:19", "did you mean `rows`?")]),
    ("rate: {by: a}", [("P008", "6:5", "none of `tiers`, `rows`")]),
    ("rate: {by: a, bands: [1%]}", [("P005", "6:19", "does not calculate it yet")]),
    ("rate: {}", [("P008", "6:5", "none of `tiers`, `rows`")]),
    ("rate: {by: a, rows: {x: 1}, tiers: [1%]}", [("P006", "6:33", "both `rows` and `tiers`")]),
    ("rate: {by: a, apply: marginaly, tiers: [1%]}", [("P003", "6:26", "did you mean `marginal`?")]),
    ("rate: {by: a, apply: [x], tiers: [1%]}", [("P004", "6:26", "one of marginal, retroactive")]),
    ("rate: {by: a, apply: marginal, tiers: []}", [("P007", "6:43", "takes at least 1")]),
    ("rate: {by: a, apply: marginal, tiers: 5%}", [("P004", "6:43", "should be a list, and is `5%`")]),
    ("rate: {by: a, apply: marginal, tiers: [1%, 5]}", [("Y022", "6:48", "5 what?")]),
    ("rate: on-target", []),
    ("rate: amount * * 3", [("X009", "6:20", "not `*`")]),
    ("rate: >-\n      if(a > 1,\n      2%, * 3)", [("X009", "8:11", "not `*`")]),
    ("rate: {by: a, rows: {x: 'a *'}}", [("X009", "6:33", "at the end")]),
    ("rate: [8%]", [("Y020", "6:11", "a list, and one value")]),
    ("rate: 8%\n    gate: {when: a, esle: b}", [("P001", "7:21", "did you mean `else`?")]),
    ("rate: 8%\n    gate: [{when: a, else: b}, {when: a}]", [("P002", "7:32", "lacks `else`")]),
    ("rate: 8%\n    cap: non", [("P003", "7:10", "did you mean `none`?")]),
    ("rate: 8%\n    cap: 5%", [("P003", "7:10", "not one of none, keys with values")]),
    ("rate: 8%\n    cap: {when: a}", [("P002", "7:5", "lacks `else`")]),
    ("rate: 8%\n    release: x", [("P005", "7:5", "does not calculate it yet")]),
    ("rate: 8%\n    relaese: x", [("P001", "7:5", "did you mean `release`?")]),
    ("rate: 8%\n    level: tier x", [("P007", "7:12", "not written as it should be")]),
    ("rate: 8%\n  b: {kind: dgo, barks: 1%}", [("P003", "7:13", "did you mean `dog`?")]),
    ("rate: 8%\n  b: {barks: 1%}", [("P002", "7:3", "lacks `kind`")]),
    ("rate: 8%\n  b c: {kind: dog, barks: 1%}", [("Y029", "7:3", "cannot be a name")]),
    ("rate: 8%\n  b: {kind: dog, barks: 5, brk: 1}", [("Y022", "7:25", "5 what?"), ("P001", "7:28", "`brk`")]),
    ("rate: 8%\n  b: 3", [("P004", "7:6", "keys with values, and is `3`")]),
]


@pytest.mark.parametrize(("body", "told"), SLIPS, ids=[row[0][:40] for row in SLIPS])
def test_each_slip_is_told_once_at_its_place(body: str, told: list[tuple[str, str, str]]) -> None:
    tree, report = read_tree(f"{HEAD}    {body}\n".encode(), "z")
    assert tree is not None, [p.message for p in report]
    found, report = bind(tree, Zoo)
    assert [(p.code, str(p.place)) for p in report] == [(code, f"z:{place}") for code, place, _ in told]
    for problem, (_, _, says) in zip(report, told, strict=True):
        assert says in problem.message
    assert (found is None) == bool(told)


def test_a_missing_key_says_what_it_is_for_at_the_line_of_its_parent() -> None:
    tree, _ = read_tree(b"zoo: x\npens: {}\n", "z")
    assert tree is not None
    _, report = bind(tree, Zoo)
    (problem,) = report
    assert (problem.code, str(problem.place), problem.message) == ("P002", "z:1:1", "this file lacks `currency`")
    assert problem.mend == "add `currency:` (an ISO code)"


def test_a_slip_in_rows_of_another_file_stands_in_that_file() -> None:
    tree, _ = read_tree(f"{HEAD}    rate: {{by: a, rows: {{x: 1}}}}\n".encode(), "z")
    assert tree is not None
    other, _ = read_tree(b"x: a *\n", "rows.csv")
    assert other is not None
    node = tree.node_at(("pens", "a", "rate"))
    entries = tuple((k, other.root if k.text == "rows" else v) for k, v in node.entries)  # type: ignore[union-attr]
    rate = type(node)(entries, node.span)  # type: ignore[union-attr, call-arg, arg-type]
    pen = tree.node_at(("pens", "a"))
    new_pen = type(pen)(tuple((k, rate if k.text == "rate" else v) for k, v in pen.entries), pen.span)  # type: ignore
    pens = tree.node_at(("pens",))
    new_pens = type(pens)(((pens.entries[0][0], new_pen),), pens.span)  # type: ignore
    root = type(tree.root)(tuple((k, new_pens if k.text == "pens" else v) for k, v in tree.root.entries), tree.root.span)  # type: ignore
    _, report = bind(tree.replace_root(root), Zoo)
    assert [(p.code, p.place.file) for p in report] == [("X009", "rows.csv")]  # type: ignore[union-attr]


def test_the_schema_offers_the_shapes_and_nothing_of_how_they_are_told_apart() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(by_marker({"tiers": Tiers, "rows": Rows}, scalar=Expr))
    schema = adapter.json_schema()
    assert len(schema["oneOf"]) == 3
    assert set(schema["$defs"]) == {"Tiers", "Rows"}


@settings(max_examples=300, deadline=None)
@given(st.recursive(
    st.sampled_from(["cat", "dog", "8%", "a *", "on-target", "none", "tier 2", ""]),
    lambda deep: st.lists(deep, max_size=2) | st.dictionaries(st.sampled_from(KEYS), deep, max_size=4), max_leaves=12,
))  # fmt: skip
def test_what_is_refused_is_never_refused_without_a_word(pens: Any) -> None:
    def flow(value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
        return "[" + ", ".join(map(flow, value)) + "]" if isinstance(value, list) else f'"{value}"'

    tree, _ = read_tree(f"zoo: x\ncurrency: USD\npens: {{a: {flow(pens)}}}\n".encode(), "z")
    assert tree is not None
    found, report = bind(tree, Zoo)
    assert (found is None) == bool(report.errors)
    assert all(p.place is not None and p.place.file == "z" and "{" not in p.code for p in report)
