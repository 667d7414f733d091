"""What must stay the same, or change alike, when deals are many, split, moved, made ten times as large or renamed: F168, F175 to F182."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from small_project import Fault, program, write_small

from commcalc.api import open_project

PLAN = """plan: sales
version: 1
effective: 2026
currency: {currency}
measures: {{booked: {{sum: amount, window: quarter, quota: own, against: full quota}}, by_value: {{sum: amount, window: quarter}}}}
components:
  tiers: {{kind: commission, on: by_value, returns: unwind, rounding: half-up, round: {round}, rate: {{by: value, apply: marginal, tiers: [{{from: 0, pay: 5%}}, {{from: {bound}, pay: 7.25%}}]}}}}
  quota: {{kind: commission, on: booked, round: {round}, returns: unwind, rate: {{by: attainment, apply: marginal, tiers: [{{from: 0%, pay: 1.1%}}, {{from: 50%, pay: 2.3%}}]}}}}
  capped: {{kind: commission, on: by_value, rate: 1%, round: {round}, cap: {{at: {cap} {currency}, per: quarter, excess: forfeit}}}}
payment: {{every: month, negative: carry}}
"""
HEADER = "deal_id,owner,close_date,amount,returns\n"
DEALS = (
    "D1,ann,2026-01-05,700.10,", "D2,ann,2026-01-09,655.55,", "D3,ann,2026-01-20,33.35,", "D4,bob,2026-01-05,2000,",
    "D5,bob,2026-01-06,-300.05,D4", "D6,bob,2026-01-30,0.05,",
)  # fmt: skip


def project(
    folder: Path,
    rows: tuple[str, ...] = DEALS,
    *,
    names: tuple[str, str] = ("ann", "bob"),
    times: int = 1,
    more: str = "",
    currency: str = "USD",
    rounded: str = "line",
) -> Path:
    plan = PLAN.format(bound=1_000 * times, cap=12 * times, round=rounded, currency=currency)
    people = dict(zip(("ann", "bob"), names, strict=True))
    made = [r.split(",") for r in rows]
    text = "".join(f"{i},{people.get(o, o)},{d},{Decimal(a) * times},{b}\n" for i, o, d, a, b in made)
    files = {
        "deals": HEADER + text + more,
        "payees": "payee_id,name\n" + "".join(f"{n},{n}\n" for n in (*names, "cy")),
        "assignments": "payee_id,plan,from\n" + "".join(f"{n},sales,2026-01-01\n" for n in (*names, "cy")),
        "quotas": "payee_id,measure,period,amount\n" + "".join(f"{n},booked,2026-Q1,{1_500 * times}\n" for n in (*names, "cy")),
    }
    fault = Fault("", {n: t.encode() for n, t in files.items()}, plan=plan, project={"currency": currency})
    return write_small(folder, fault)


def lines(folder: Path, period: str = "2026-01") -> dict[tuple[str, str, str, str], Decimal]:
    run = open_project(folder).calculate(period)
    assert run.result is not None, [p.message for p in run.report]
    return {(r["payee"], r["component"], r["deal"], r["kind"]): r["amount"] for r in run.result.lines.to_dicts()}


def totals(folder: Path, period: str = "2026-01") -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = {}
    for (payee, component, _, _), amount in lines(folder, period).items():
        found[payee, component] = found.get((payee, component), Decimal(0)) + amount
    return found


CENT = Decimal("0.01")
MANY = "".join(f"X{n},cy,2026-01-{n % 28 + 1:02},{n}.25,\n" for n in range(20_000))


def test_f175_and_f179_a_deal_is_paid_the_same_alone_and_among_twenty_thousand_of_others(tmp_path: Path) -> None:
    alone = lines(project(tmp_path / "one", DEALS[:1]))
    assert {k: v for k, v in alone.items() if k[0] == "ann"} == {
        ("ann", "tiers", "D1", "earning"): Decimal("35.01"),  # 700.10 x 5% = 35.005
        ("ann", "quota", "D1", "earning"): Decimal("7.70"),
        ("ann", "capped", "D1", "earning"): Decimal("7.00"),
    }
    among = lines(project(tmp_path / "many", DEALS[:1], more=MANY))
    assert {k: v for k, v in among.items() if k[0] == "ann"} == alone


@pytest.mark.parametrize(
    ("rows", "pays"),
    [
        # 1,500 earns 50 + 36.25; 800 of it come back: 700 x 5% stay
        (("D1,ann,2026-01-05,1500,", "R1,ann,2026-02-03,-800,D1"), {"2026-01": "86.25", "2026-02": "-51.25"}),
        # more comes back in February than was sold in it: February is below zero
        (("D1,ann,2026-01-05,1500,", "D2,ann,2026-02-02,100,", "R1,ann,2026-02-03,-1500,D1"), {"2026-01": "86.25", "2026-02": "-81.25"}),
        # what came back was never sold here: the whole quarter is below zero, in the bottom tier, which is open downwards
        (("D1,ann,2026-01-05,100,", "R1,ann,2026-02-03,-300,D1"), {"2026-01": "5.00", "2026-02": "-15.00"}),
        # exactly back to the bound of the tier, and to nothing
        (("D1,ann,2026-01-05,1500,", "R1,ann,2026-02-03,-500,D1", "R2,ann,2026-03-03,-1000,D1"), {"2026-01": "86.25", "2026-02": "-36.25", "2026-03": "-50.00"}),
    ],
)  # fmt: skip
def test_f168_a_refund_walks_back_down_the_tiers_and_below_them(
    rows: tuple[str, ...], pays: Mapping[str, str], tmp_path: Path
) -> None:
    folder = project(tmp_path / "p", rows)
    found = {period: totals(folder, period).get(("ann", "tiers"), Decimal(0)) for period in pays}
    assert found == {period: Decimal(amount) for period, amount in pays.items()}
    for period in pays:
        assert program("calculate", "--period", period, "--verify", "-q", folder=folder).returncode == 0


def test_f176_and_f177_threads_and_the_way_of_calculating_change_no_byte(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", more=MANY)
    found = []
    for more in (
        {"POLARS_MAX_THREADS": "1", "POLARS_ENGINE_AFFINITY": "in-memory"},
        {"POLARS_MAX_THREADS": "3", "POLARS_ENGINE_AFFINITY": "streaming"},
        {"POLARS_MAX_THREADS": "2", "POLARS_FORCE_NEW_STREAMING": "1", "POLARS_IDEAL_MORSEL_SIZE": "7"},
    ):
        assert program("calculate", "--period", "2026-01", "-q", folder=folder, **more).returncode == 0
        out = folder / "out" / "2026-01"
        found.append({p.name: p.read_bytes() for p in out.iterdir() if p.is_file()})
    assert len(found[0]) > 5
    assert found[1] == found[0]
    assert found[2] == found[0]


@pytest.mark.parametrize(("rounded", "most"), [("component", Decimal(0)), ("line", CENT)])
def test_f180_a_deal_in_two_parts_of_the_same_day_pays_the_same(rounded: str, most: Decimal, tmp_path: Path) -> None:
    whole = totals(project(tmp_path / "a", rounded=rounded))
    parted = ("D1,ann,2026-01-05,333.33,", "D1b,ann,2026-01-05,366.77,", *DEALS[1:])
    parts = totals(project(tmp_path / "b", parted, rounded=rounded))
    assert whole.keys() == parts.keys()
    for key, amount in whole.items():
        assert abs(parts[key] - amount) <= (most if key[0] == "ann" else 0), key


def test_f181_everything_ten_times_as_large_pays_ten_times_as_much_to_the_cent_of_each_line(tmp_path: Path) -> None:
    one, ten = lines(project(tmp_path / "a")), lines(project(tmp_path / "b", times=10))
    figures = {
        key: (one.get(key, Decimal(0)), ten.get(key, Decimal(0))) for key in {*one, *ten}
    }  # a cut below a cent has no line
    assert [key for key, (small, large) in figures.items() if abs(large - small * 10) > 10 * CENT / 2] == []
    assert any(large != small * 10 for small, large in figures.values())  # what was rounded is a cent no more


def test_f182_other_names_and_another_currency_change_nothing_but_the_names(tmp_path: Path) -> None:
    before = lines(project(tmp_path / "a"))
    renamed = lines(project(tmp_path / "b", names=("zoe", "abe"), currency="EUR"))
    people = {"ann": "zoe", "bob": "abe"}
    assert {(people[p], *rest): amount for (p, *rest), amount in before.items()} == renamed
