"""Of two hundred typos in keys, words and names, at least one hundred and eighty find what was meant."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from commcalc.language.expression.nodes import FUNCTIONS
from commcalc.language.markers import keys_of
from commcalc.language.names import nearest
from commcalc.plan.components import KINDS
from commcalc.plan.components.common import Gate, Kicker, Limit, Multiplier, Prorate
from commcalc.plan.measures import SumMeasure
from commcalc.plan.model import Param, Plan
from commcalc.plan.payment import Payment
from commcalc.plan.shapes import Matrix, Points, Rows
from commcalc.plan.tiers import TierFrom, Tiers

SHAPES: tuple[type[BaseModel], ...] = (
    Plan, Param, Payment, SumMeasure, *KINDS, Gate, Kicker, Limit, Multiplier, Prorate, Rows, Matrix, Points, Tiers, TierFrom,
)  # fmt: skip
COLUMNS = (
    "deal_id", "owner", "close_date", "amount", "units", "stage", "product", "term_months", "region", "currency", "margin_pct",
    "gross_profit", "customer_id", "contract_id", "list_price", "discount", "credit_date", "quota", "value", "attainment",
)  # fmt: skip
MEASURES = ("bookings", "renewals", "new-arr", "meetings", "gross-profit", "csat", "units-sold", "team-bookings")
PLACES: tuple[Sequence[str], ...] = (*(sorted(keys_of(s)) for s in SHAPES), FUNCTIONS, COLUMNS, MEASURES)
"""The words among which one is looked for, place by place: the keys of each shape, functions, columns, measures."""


def typos(seed: int) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield a word, a typo of it that is no other word there, and the words of the place, without end."""
    chance = random.Random(seed)
    while True:
        words = chance.choice(PLACES)
        word = chance.choice(words)
        at, letter = chance.randrange(len(word)), chance.choice("abcdefghijklmnopqrstuvwxyz")
        slip = chance.choice((
            word[:at] + word[at + 1 :], word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            word[: at + 1] + word[at:], word[:at] + letter + word[at + 1 :],
        ))  # fmt: skip
        if len(word) > 2 and slip not in words:
            yield word, slip, words


def test_at_least_180_of_200_typos_find_what_was_meant() -> None:
    made = typos(2026)
    tried = [next(made) for _ in range(200)]
    missed = [f"{slip}: {word}, not {nearest(slip, words)}" for word, slip, words in tried if nearest(slip, words) != word]
    assert 200 - len(missed) >= 180, missed


def test_the_share_holds_for_other_typos_too() -> None:
    made = typos(1)
    tried = [next(made) for _ in range(5_000)]
    assert sum(nearest(slip, words) == word for word, slip, words in tried) >= 0.9 * 5_000
