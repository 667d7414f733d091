"""Money has the decimals of its currency, and ties are rounded as the plan says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from commcalc.base.money import RoundingMode, exact, minor_units, round_money


@pytest.mark.parametrize(("code", "places"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("EUR", 2), ("ISK", 0)])
def test_minor_units_are_those_of_iso_4217(code: str, places: int) -> None:
    assert minor_units(code) == places


TIES: list[tuple[str, RoundingMode, str]] = [
    ("7.905", "half-up", "7.91"),
    ("-7.905", "half-up", "-7.91"),
    ("7.905", "half-even", "7.90"),
    ("-7.905", "half-even", "-7.90"),
    ("7.915", "half-even", "7.92"),
    ("7.909", "down", "7.90"),
    ("-7.909", "down", "-7.90"),
    ("7.90499999999", "half-up", "7.90"),
    ("999999999999999.995", "half-up", "1000000000000000.00"),
]


@pytest.mark.parametrize(("amount", "mode", "rounded"), TIES)
def test_ties_go_where_the_mode_says(amount: str, mode: RoundingMode, rounded: str) -> None:
    assert str(round_money(Decimal(amount), 2, mode)) == rounded


def test_products_and_quotients_are_kept_at_twelve_decimals_half_even() -> None:
    assert str(exact(Decimal("0.0000000000005"))) == "0E-12"
    assert exact(Decimal("0.0000000000015")) == Decimal("0.000000000002")
    assert exact(Decimal("123456789012345678901234567890.1234567890125")) == Decimal(
        "123456789012345678901234567890.123456789012"
    )
