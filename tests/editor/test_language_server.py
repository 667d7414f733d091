"""In the language server that editors use, a plan is completed and explained with our schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from server import Server, found

from commcalc.plan.schema import schema

KEY = 10  # what the protocol calls a property; a whole shape with its keys filled in is of another kind
LINE = "# yaml-language-server: $schema=plan.schema.json\n"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = found()
    if program is None:
        pytest.skip("yaml-language-server is not installed (COMMCALC_YAML_LANGUAGE_SERVER or PATH)")
    folder = tmp_path_factory.mktemp("plans")
    (folder / "plan.schema.json").write_text(json.dumps(schema()), encoding="utf-8")
    running = Server(program, folder)
    running.folder = folder
    yield running
    running.close()


def at(server: Server, name: str, text: str) -> tuple[Path, int, int]:
    """Open a plan and return the place of its cursor, which is written as `@`."""
    before, after = (LINE + text).split("@")
    file = server.folder / f"{name}.yaml"
    server.open(file, before + after)
    return file, before.count("\n"), len(before) - before.rfind("\n") - 1


def keys(offered: dict[str, dict[str, object]]) -> set[str]:
    return {label for label, item in offered.items() if item["kind"] == KEY}


def test_a_component_whose_kind_is_said_is_offered_the_keys_of_that_kind(server: Server) -> None:
    offered = server.offered(*at(server, "kind", "plan: a\ncomponents:\n  new:\n    kind: commission\n    @\n"))
    assert {"on", "rate", "accelerators", "basis", "goal", "gate", "cap", "where", "returns"} <= keys(offered)
    assert not {"payout", "earned", "pay", "each", "budget", "stacks", "kind", "sum", "window"} & keys(offered)
    assert offered["rate"]["documentation"].startswith("what is paid on each deal")


def test_a_measure_that_sums_is_offered_no_other_way_to_count(server: Server) -> None:
    offered = server.offered(*at(server, "sum", "plan: a\nmeasures:\n  m:\n    sum: amount\n    @\n"))
    assert {"window", "where", "quota", "credit", "against", "weight"} <= keys(offered)
    assert not {"sum", "count", "distinct", "average", "weighted_by", "min", "max", "kpi", "formula", "rate"} & keys(offered)
    every = server.offered(*at(server, "empty", "plan: a\nmeasures:\n  m:\n    @\n"))
    assert {"sum", "count", "distinct", "average", "min", "max", "kpi", "formula"} <= keys(every)


def test_apply_is_offered_its_words_and_nothing_else(server: Server) -> None:
    text = "plan: a\ncomponents:\n  new:\n    kind: commission\n    on: m\n    rate:\n      by: attainment\n      apply: @\n"
    words = {"marginal", "retroactive", "prospective", "inclusive", "period"}
    assert set(server.offered(*at(server, "apply", text))) == words


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("h1", "plan: a\nmeasures:\n  m:\n    sum: amount\n    win@dow: year\n", "the stretch of time it is counted over"),
        (
            "h2",
            "plan: a\ncomponents:\n  c:\n    kind: commission\n    acc@elerators: {by: value}\n",
            "tiers of factors on top of",
        ),
        ("h3", "plan: a\npayment:\n  every: month\n  neg@ative: carry\n", "a payment below zero"),
        ("h4", "plan: a\ncomponents:\n  c:\n    kind: spiff\n    st@acks: on top\n", "on top, it is paid besides it"),
    ],
)
def test_hovering_over_a_key_shows_what_it_is(server: Server, name: str, text: str, says: str) -> None:
    assert says in server.told(*at(server, name, text))


def test_plans_that_are_right_are_not_underlined_and_wrong_ones_are(server: Server) -> None:
    for plan in sorted((ROOT / "plans").glob("*.yaml")):
        if ".test." in plan.name:
            continue
        text = plan.read_text(encoding="utf-8")
        file, _, _ = at(server, plan.stem, text + "@")
        assert server.wrong(file) == []
        file, _, _ = at(server, f"{plan.stem}-wrong", text.replace("  every: month", "  evry: month") + "@")
        assert any("evry" in said for said in server.wrong(file))
