"""Two versions of a file put over each other: all changes made give the new one, none the old one, and each says what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from commcalc.language.changes import compared
from commcalc.language.tree import Tree, plain, read_tree
from commcalc.plan.load import load_plan
from commcalc.plan.meaning import meaning

KEYS = st.sampled_from(["rate", "tiers", "pay", "when", "from"])
DATA = st.recursive(
    st.sampled_from(["1x", "2x", "8%", "own", "none"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
FILES = st.dictionaries(KEYS, DATA, min_size=1, max_size=5)


def tree_of(data: Any) -> Tree:
    found, report = read_tree(yaml.safe_dump(data, sort_keys=False).encode(), "plan.yaml")
    assert found is not None, [p.message for p in report]
    return found


@settings(max_examples=200, deadline=None, derandomize=True)
@given(old=FILES, new=FILES)
def test_all_changes_give_the_new_file_and_none_the_old(old: Any, new: Any) -> None:
    both = compared(tree_of(old).root, tree_of(new).root)
    every = {c.number for c in both.changes}
    made, kept = both.taking(every), both.taking(())
    assert made is not None
    assert kept is not None
    assert (plain(made), plain(kept)) == (new, old)
    assert bool(every) == (old != new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"rate": "8%"}, {"rate": "9%"}, ["~ rate: 8% -> 9%"]),
        ({"a": {"b": "1"}}, {"a": {"b": "1", "c": "2"}}, ["+ a.c: 2"]),
        ({"a": {"b": "1", "c": "2"}}, {"a": {"b": "1"}}, ["- a.c: 2"]),
        ({"t": ["1", "2", "3"]}, {"t": ["1", "3"]}, ["- t[2]: 2"]),
        ({"t": ["1", "3"]}, {"t": ["1", "2", "3"]}, ["+ t[2]: 2"]),
        ({"t": [{"from": "0", "pay": "1x"}]}, {"t": [{"pay": "2x", "from": "0"}]}, ["~ t[1].pay: 1x -> 2x"]),
        ({"a": "1", "b": "2"}, {"b": "2", "a": "1"}, []),
        ({"a": "8%"}, {"a": {"by": "x", "rows": {"p": "1%"}}}, ["~ a: 8% -> {by: x, rows: {p: 1%}}"]),
        ({"a": "1", "c": "3"}, {"b": "2"}, ["- a: 1", "- c: 3", "+ b: 2"]),
    ],
)
def test_a_change_says_what_it_is(old: Any, new: Any, said: list[str]) -> None:
    assert [str(c) for c in compared(tree_of(old).root, tree_of(new).root).changes] == said


PLAN = """plan: rep
version: 1
effective: 2026
currency: USD
payment: {every: month}
measures: {sold: {sum: amount, where: stage = 'Won' and amount > 10, window: month, quota: 1_000}}
components:
  base: {kind: commission, on: sold, goal: a, rate: 8%, accelerators: {by: attainment, apply: marginal, tiers: [{from: 0%, pay: 1.5x}]}}
"""


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("1.5x", "150%", True), ("8%", "0.08x", True), ("8%", "800bp", True), ("1_000", "1000", True), ("goal: a", "goal: [a]", True),
        ("stage = 'Won' and amount > 10", "stage == 'Won' AND (amount > 10)", True), ("effective: 2026", "effective: 2026-01-01 .. 2026-12-31", True),
        ("goal: a, rate: 8%", "rate: 8%, goal: a", True),
        ("1.5x", "1.6x", False), ("'Won'", "'won'", False), ("amount > 10", "amount >= 10", False), ("from: 0%", "above: 0%", False),
        ("goal: a", "goal: A", False),
    ],
)  # fmt: skip
def test_a_value_means_the_same_however_it_is_written(old: str, new: str, same: bool) -> None:
    assert old in PLAN
    one, two = (load_plan(text.encode(), "rep.yaml", Path("rep.yaml"), Path())[0] for text in (PLAN, PLAN.replace(old, new)))
    assert one is not None
    assert two is not None
    assert (meaning(one.plan) == meaning(two.plan)) == same
