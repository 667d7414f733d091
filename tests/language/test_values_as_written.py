"""Numbers, ratios, money, dates, spans, names and cells are read exactly as written, or refused with what was meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from commcalc.language import fields
from commcalc.language.fields import Cell, Days, Length, MoneyValue


def read(field: str, text: object) -> Any:
    return TypeAdapter(getattr(fields, field)).validate_python(text)


def refused(field: str, text: object) -> tuple[str, str, str]:
    with pytest.raises(ValidationError) as caught:
        read(field, text)
    context = caught.value.errors()[0]["ctx"]
    problem = context["kind"].at(None, **context["facts"])
    return problem.code, problem.message, problem.mend


def ranged(low: Any, high: Any, text: str, low_in: bool = True, high_in: bool = True, currency: str | None = None) -> Cell:
    return Cell("range", None, low, low_in, high, high_in, text, currency)


TAKEN = [
    ("Exact", "150_000", Decimal(150000)),
    ("Exact", "1_000_000.50", Decimal("1000000.50")),
    ("Exact", "0.1", Decimal("0.1")),
    ("Exact", "-5", Decimal(-5)),
    ("Exact", "999999999999999", Decimal(999999999999999)),
    ("Ratio", "8%", Decimal("0.08")),
    ("Ratio", "150%", Decimal("1.5")),
    ("Ratio", "75bp", Decimal("0.0075")),
    ("Ratio", "1.5x", Decimal("1.5")),
    ("Share", "40%", Fraction(2, 5)),
    ("Share", "1/3", Fraction(1, 3)),
    ("Money", "500", MoneyValue(Decimal(500), None)),
    ("Money", "500 USD", MoneyValue(Decimal(500), "USD")),
    ("DateField", "2024-02-29", date(2024, 2, 29)),
    ("DateRange", "2026-01-01 .. 2026-03-31", Days(date(2026, 1, 1), date(2026, 3, 31))),
    ("DateRange", "2026-01-01 ..", Days(date(2026, 1, 1), None)),
    ("DateRange", "2026", Days(date(2026, 1, 1), date(2026, 12, 31))),
    ("DateRange", "2026-H2", Days(date(2026, 7, 1), date(2026, 12, 31))),
    ("DateRange", "2026-Q1 .. 2026-Q2", Days(date(2026, 1, 1), date(2026, 6, 30))),
    ("DateRange", "2024-02", Days(date(2024, 2, 1), date(2024, 2, 29))),
    ("DateRange", "2026-W05", Days(date(2026, 1, 26), date(2026, 2, 1))),
    ("Duration", "90 days", Length(90, "day")),
    ("Duration", "1 year", Length(1, "year")),
    ("YesNo", "yes", True),
    ("YesNo", "no", False),
    ("Word", "NO", "NO"),
    ("Word", "007", "007"),
    ("PlainName", "ae-commercial_2", "ae-commercial_2"),
    ("CurrencyCode", "KWD", "KWD"),
    ("CellRange", "24", Cell("value", Decimal(24), None, True, None, True, "24")),
    ("CellRange", "007", Cell("value", "007", None, True, None, True, "007")),
    ("CellRange", "1-10", Cell("value", "1-10", None, True, None, True, "1-10")),
    ("CellRange", "Orbit", Cell("value", "Orbit", None, True, None, True, "Orbit")),
    ("CellRange", "any", Cell("any", None, None, True, None, True, "any")),
    ("CellRange", "24..36", ranged(Decimal(24), Decimal(36), "24..36")),
    ("CellRange", "24 .. 36", ranged(Decimal(24), Decimal(36), "24 .. 36")),
    ("CellRange", "24..<36", ranged(Decimal(24), Decimal(36), "24..<36", high_in=False)),
    ("CellRange", "24..", ranged(Decimal(24), None, "24..")),
    ("CellRange", "..<10%", ranged(None, Decimal("0.10"), "..<10%", high_in=False)),
    ("CellRange", "-5..5", ranged(Decimal(-5), Decimal(5), "-5..5")),
    ("CellRange", "1.5..2.5", ranged(Decimal("1.5"), Decimal("2.5"), "1.5..2.5")),
    ("CellRange", "above 24", ranged(Decimal(24), None, "above 24", low_in=False)),
    ("CellRange", "above 24..36", ranged(Decimal(24), Decimal(36), "above 24..36", low_in=False)),
    ("CellRange", "500 USD..", ranged(Decimal(500), None, "500 USD..", currency="USD")),
    ("CellRange", "2026-01-01..2026-02-01", ranged(date(2026, 1, 1), date(2026, 2, 1), "2026-01-01..2026-02-01")),
]


@pytest.mark.parametrize(("field", "text", "value"), TAKEN)
def test_a_value_is_what_was_written(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


REFUSED = [
    ("Exact", "1,000", "X010", "1_000"),
    ("Exact", "1e3", "X010", "150_000"),
    ("Exact", "1e400", "X010", "150_000"),
    ("Exact", "9" * 500, "X010", "at most 15 digits"),
    ("Exact", "0.1234567890123", "X010", "at most 12 decimals"),
    ("Exact", "010", "X010", "10"),
    ("Exact", "0x1F", "X010", "decimals"),
    ("Exact", "0o10", "X010", "decimals"),
    ("Exact", "12_34", "X010", "1_234"),
    ("Exact", "5k", "X010", "5_000"),
    ("Exact", ".5", "Y021", "0.5"),
    ("Exact", "12:30", "Y021", "a decimal"),
    ("Exact", "190:20:30", "Y021", "a decimal"),
    ("Exact", ".inf", "Y021", "digits"),
    ("Exact", ".nan", "Y021", "digits"),
    ("Exact", "", "Y021", "digits"),
    ("Exact", "+5", "Y021", "write 5"),
    ("Exact", "−5", "Y021", "-5"),
    ("Exact", "１２", "Y021", "12"),
    ("Exact", "1 000", "Y021", "1_000"),
    ("Exact", "1\u00a0000", "Y021", "1_000"),
    ("Exact", "1.000,50", "Y021", "1_000.50"),
    ("Exact", "8%", "Y021", "without sign"),
    ("Ratio", "5", "Y022", "5% or 5x"),
    ("Ratio", "0.05", "Y022", "5% or 0.05x"),
    ("Ratio", "5 %", "Y022", "5%"),
    ("Ratio", "%8", "Y022", "8%"),
    ("Ratio", "8bps", "Y022", "8bp"),
    ("Ratio", "5 percent", "Y022", "5%"),
    ("Ratio", "1.5X", "Y022", "1.5x"),
    ("Ratio", "8.%", "Y022", "8%"),
    ("Ratio", "500 USD", "Y022", "8%"),
    ("Ratio", "1/3", "Y022", "33.3333%"),
    ("Share", "1/0", "Y022", "1/3"),
    ("Money", "$500", "Y021", "500 USD"),
    ("Money", "500$", "Y021", "500 USD"),
    ("Money", "USD 500", "Y021", "500 USD"),
    ("Money", "500USD", "Y021", "500 USD"),
    ("Money", "500 usd", "Y021", "500 USD"),
    ("Money", "€ 500", "Y021", "500 EUR"),
    ("Money", "500 USX", "Y021", "500 USD"),
    ("Money", "5%", "Y021", "500 USD"),
    ("DateField", "2025-02-30", "Y023", "2025-02-28"),
    ("DateField", "2025-01", "Y023", "2025-01-01"),
    ("DateField", "Q1 2025", "Y023", "2026-01-31"),
    ("DateField", "31.01.2025", "Y023", "2025-01-31"),
    ("DateField", "01/31/2025", "Y023", "2025-01-31"),
    ("DateField", "03/04/2025", "Y023", "2026-01-31"),
    ("DateField", "2025-1-5", "Y023", "2025-01-05"),
    ("DateField", "2025-01-31T00:00", "Y023", "2025-01-31"),
    ("DateRange", "2026-12-31 .. 2026-01-01", "Y024", "2026-01-01 .. 2026-12-31"),
    ("DateRange", "2026-01-01", "Y024", "2026-01-01 .."),
    ("DateRange", "2026-01-01 - 2026-12-31", "Y024", "2026-01-01 .. 2026-12-31"),
    ("DateRange", "..", "Y024", "2026-01-01 .."),
    ("DateRange", "2026-01-01 .. 2026-02-30", "Y023", "2026-02-28"),
    ("DateRange", "Q1 2026", "Y025", "2026-Q1"),
    ("DateRange", "9999", "Y025", "2026"),
    ("Duration", "90d", "Y026", "90 days"),
    ("Duration", "90", "Y026", "90 days or 90 months"),
    ("Duration", "three months", "Y026", "3 months"),
    ("Duration", "-3 days", "Y026", "90 days"),
    ("Mix", "60:40", "Y027", "60/40"),
    ("Mix", "0/0", "Y027", "50/50"),
    ("YesNo", "true", "Y028", "write yes"),
    ("YesNo", "NO", "Y028", "write no"),
    ("PlainName", "sales rep", "Y029", "sales-rep"),
    ("PlainName", "a\nb", "Y029", "without it"),
    ("PlainName", "a\u202eb", "Y029", "without it"),
    ("PlainName", "x" * 300, "Y029", "shorter"),
    ("PlainName", "é", "Y029", "write e"),
    ("Word", "a\u200bb", "Y029", "without it"),
    ("CurrencyCode", "usd", "Y030", "USD"),
    ("CurrencyCode", "US$", "Y030", "USD"),
    ("CurrencyCode", "€", "Y030", "EUR"),
    ("CurrencyCode", "XXX", "Y030", "capitals"),
    ("CellRange", ">24", "Y031", "above 24"),
    ("CellRange", ">= 24", "Y031", "24.."),
    ("CellRange", "<36", "Y031", "..<36"),
    ("CellRange", "36..24", "Y031", "24..36"),
    ("CellRange", "10%..20", "Y031", "alike"),
    ("CellRange", "5..<5", "Y031", "write 5"),
    ("CellRange", "*", "Y031", "any"),
    ("CellRange", "Any", "Y031", "any"),
    ("CellRange", "..", "Y031", "any"),
    ("CellRange", "1,000", "Y031", "1_000"),
    ("CellRange", "24...36", "Y031", "24..36"),
    ("CellRange", "24..36..48", "Y031", "24..36"),
    ("CellRange", "2026-02-30", "X012", "a day that exists"),
    ("Expr", "amount *", "X009", "what belongs there"),
]


@pytest.mark.parametrize(("field", "text", "code", "mends"), REFUSED, ids=lambda v: str(v)[:24])
def test_what_is_not_written_as_it_should_is_refused_with_its_mend(field: str, text: str, code: str, mends: str) -> None:
    found, _, mend = refused(field, text)
    assert found == code
    assert mends in mend


@pytest.mark.parametrize(
    "field", ["Exact", "Ratio", "Money", "DateField", "DateRange", "Duration", "Mix", "YesNo", "Word", "Expr"]
)
@pytest.mark.parametrize(("value", "says"), [([], "this is a list"), ({}, "this is a mapping")])
def test_a_list_or_mapping_is_no_value(field: str, value: object, says: str) -> None:
    code, message, _ = refused(field, value)
    assert code == "Y020"
    assert says in message


def test_a_long_value_is_cut_in_the_message() -> None:
    assert "..." in refused("CurrencyCode", "U" * 5_000)[1]
    assert len(refused("CurrencyCode", "U" * 5_000)[1]) < 100


def test_one_or_many_is_a_tuple_and_the_schema_shows_both() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(fields.OneOrMany[fields.Word])
    assert adapter.validate_python("a") == ("a",)
    assert adapter.validate_python(["a", "b"]) == ("a", "b")
    assert {"array"} < {str(branch.get("type")) for branch in adapter.json_schema()["anyOf"]}
